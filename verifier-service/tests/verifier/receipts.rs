//! Receipts stand under the anchored root of their period, whatever is cut short; whoever holds one can have
//! that proven, and nobody learns more.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use credential::status_list::Status;
use registry_proof::bundle::{MAX_STAPLED, ProofBundle};
use registry_proof::entry::{Entry, ReceiptsRoot};
use registry_proof::key::Key;
use registry_proof::receipts::Place;
use registry_proof::time::Millis;
use reqwest::Response;
use serde_json::{Value, json};
use service_kit::random::Random;
use sha2::{Digest as _, Sha256};
use verifier_service::store::receipts::Root;

use crate::browser::{Asked, Browser, location, payload};
use crate::register::Writes;
use crate::wallet::{Wrong, post};
use crate::world::{World, refusal};

pub(crate) const DAY: u64 = 86_400;

/// What the wallet that was given a receipt knows.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) receipt: String,
    pub(crate) state: String,
}

impl Given {
    pub(crate) fn says(&self, name: &str) -> Value {
        payload(&self.receipt)[name].clone()
    }

    fn period(&self) -> String {
        self.says("period").as_str().unwrap().to_owned()
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.receipt).into()
    }

    pub(crate) fn authority(&self) -> Value {
        json!({ "receipt": self.receipt, "state": self.state })
    }
}

/// Shows a card to a relying party and finishes the login in the browser.
pub(crate) async fn log_in(world: &World, browser: &Browser, party: &str) -> Given {
    let open = Asked::new(world, party).open(world, browser).await;
    let given = show(world, open.qr()).await;
    open.code(world, browser).await;
    given
}

/// Shows a card to whoever asks by this link.
pub(crate) async fn show(world: &World, link: &str) -> Given {
    let wallet = world.wallet();
    let request = wallet.fetch(world, link).await;
    let state = request.content().state.clone().unwrap();
    let answer = post(world, &request, wallet.form(world, &request, Wrong::default())).await;
    let receipt = answer.json::<Value>().await.unwrap()["receipt"].as_str().unwrap().to_owned();
    Given { receipt, state }
}

/// A login in a browser that is logged in already.
pub(crate) async fn log_in_again(world: &World, browser: &Browser, party: &str) {
    let url = location(&Asked::new(world, party).authorize(world, browser).await);
    assert!(url.query_pairs().any(|(name, _)| name == "code"), "the wallet would be asked: {url}");
}

pub(crate) async fn ask(world: &World, path: &str, question: &Value) -> Response {
    world.http.post(world.url(path)).json(question).send().await.unwrap()
}

async fn place(world: &World, digest: [u8; 32], period: &str) -> Value {
    let question = json!({ "digest": URL_SAFE_NO_PAD.encode(digest), "period": period });
    let answer = ask(world, "/receipts/place", &question).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

async fn place_of(world: &World, given: &Given) -> Value {
    place(world, given.digest(), &given.period()).await
}

/// The place under the root that the register has; nothing where it is not given.
async fn proven(world: &World, given: &Given) -> Option<Place> {
    let answer = place_of(world, given).await;
    let place: Place = serde_json::from_value(answer["place"].clone()).ok()?;
    let root = world.node.register().roots()[&given.period()];
    place.check(&given.digest(), &root).unwrap();
    Some(place)
}

/// Goes to the next period and anchors what is over.
async fn pass_a_day(world: &World) {
    next_day(world);
    world.provider().anchor_due().await.unwrap();
}

/// A day later, and the ministry's list is a new one.
fn next_day(world: &World) {
    world.hand.advance(DAY);
    world.set_status(Status::Valid);
}

#[tokio::test]
async fn a_receipt_stands_under_the_anchored_root_of_the_period_that_it_names() {
    let world = World::new("receipts").await;
    let mut given = Vec::new();
    for party in ["bank", "tax", "library"] {
        given.push(log_in(&world, &Browser::default(), party).await);
    }
    let waiting = place_of(&world, &given[0]).await;
    assert_eq!(waiting, json!({ "period": given[0].period(), "place": null, "registry_proof": null }));
    pass_a_day(&world).await;
    for one in &given {
        proven(&world, one).await.expect("no place");
    }
    let due = given[0].says("due").as_u64().unwrap();
    assert!(due > world.now().secs() && due <= world.now().secs() + DAY);
    // The receipt itself asks as well as its digest does.
    let by_itself = ask(&world, "/receipts/place", &json!({ "receipt": given[0].receipt })).await;
    assert_eq!(by_itself.json::<Value>().await.unwrap(), place_of(&world, &given[0]).await);
}

#[tokio::test]
async fn the_registers_proof_of_the_root_comes_along() {
    let world = World::new("receipts-staple").await;
    let given = log_in(&world, &Browser::default(), "bank").await;
    pass_a_day(&world).await;
    let answer = place_of(&world, &given).await;
    let proof = URL_SAFE_NO_PAD.decode(answer["registry_proof"].as_str().unwrap()).unwrap();
    let proof = ProofBundle::from_cbor(&proof, MAX_STAPLED).unwrap();
    let keys: Vec<&Key> = proof.entries.iter().map(|entry| &entry.key).collect();
    for wanted in [
        "network".to_owned(),
        "member/login".to_owned(),
        "key/login/receipt/0".to_owned(),
        format!("receipts/login/{}", given.period()),
    ] {
        assert!(keys.contains(&&wanted.parse().unwrap()), "{wanted}");
    }
}

#[tokio::test]
async fn what_is_unknown_is_answered_as_what_waits() {
    let world = World::new("receipts-unknown").await;
    let given = log_in(&world, &Browser::default(), "bank").await;
    let period = given.period();
    assert_eq!(place(&world, [7; 32], &period).await, place_of(&world, &given).await);
    pass_a_day(&world).await;
    let (known, unknown) = (place_of(&world, &given).await, place(&world, [7; 32], &period).await);
    assert_eq!(unknown["place"], Value::Null);
    assert_eq!(unknown["registry_proof"], known["registry_proof"]);
    // A period that is not the receipt's, one that never was, and one that is no period.
    for other in ["20200101T000000Z", "", "../../etc", &"x".repeat(32)] {
        let nothing = json!({ "period": other, "place": null, "registry_proof": null });
        assert_eq!(place(&world, given.digest(), other).await, nothing);
    }
}

#[tokio::test]
async fn questions_that_cannot_be_read_are_refused() {
    let world = World::new("receipts-malformed").await;
    let given = log_in(&world, &Browser::default(), "bank").await;
    let digest = URL_SAFE_NO_PAD.encode(given.digest());
    let before = world.digest().await;
    for question in [
        json!({}),
        json!([]),
        json!({ "digest": digest }),
        json!({ "digest": &digest[1..], "period": given.period() }),
        json!({ "digest": digest, "period": "x".repeat(33) }),
        json!({ "digest": digest, "period": given.period(), "sub": "x" }),
        json!({ "receipt": "nonsense" }),
        json!({ "receipt": given.receipt, "period": given.period() }),
    ] {
        let refused = refusal(ask(&world, "/receipts/place", &question).await).await;
        assert_eq!(refused, (400, "malformed".to_owned()), "{question}");
    }
    let large = json!({ "receipt": "a".repeat(30_000) });
    assert_eq!(ask(&world, "/receipts/place", &large).await.status(), 413);
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_receipt_never_stands_in_an_address() {
    let world = World::new("receipts-address").await;
    let given = log_in(&world, &Browser::default(), "bank").await;
    let address = world.url(&format!("/receipts/place?receipt={}", given.receipt));
    assert_eq!(world.http.get(address).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn silence_tells_nothing() {
    let world = World::new("receipts-empty").await;
    pass_a_day(&world).await;
    log_in(&world, &Browser::default(), "bank").await;
    pass_a_day(&world).await;
    pass_a_day(&world).await;
    let roots = world.node.register().roots();
    assert_eq!(roots.len(), 3, "a day has no root");
    let different: BTreeSet<_> = roots.values().collect();
    assert_eq!(different.len(), 3, "a root gives an empty day away");
}

#[tokio::test]
async fn a_path_is_as_long_for_one_receipt_as_for_many() {
    let world = World::new("receipts-padded").await;
    let alone = log_in(&world, &Browser::default(), "bank").await;
    pass_a_day(&world).await;
    let among = log_in(&world, &Browser::default(), "bank").await;
    for _ in 0..5 {
        log_in(&world, &Browser::default(), "tax").await;
    }
    pass_a_day(&world).await;
    let length = async |given: &Given| {
        serde_json::to_value(proven(&world, given).await.unwrap().siblings).unwrap().as_str().unwrap().len()
    };
    assert_eq!(length(&alone).await, length(&among).await);
}

/// How far a round gets before the provider is gone.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Closed,
    SomePlacesKept,
    AllPlacesKept,
    RootKept,
    NotArrived,
    NotAnswered,
}

/// Does a part of what a round does.
async fn cut_short(world: &World, cut: Cut) {
    let store = world.provider().store();
    next_day(world);
    store.turn_period(DAY, Random::system().bytes(), world.now()).await.unwrap();
    if matches!(cut, Cut::NotArrived | Cut::NotAnswered) {
        let writes =
            if matches!(cut, Cut::NotArrived) { Writes::NeverArrive } else { Writes::AreNotAnswered };
        world.node.register().writes = writes;
        world.provider().anchor_due().await.unwrap_err();
        world.node.register().writes = Writes::AreTaken;
        return;
    }
    for period in store.periods_without_root().await.unwrap() {
        let Some((tree, mut digests)) = store.make_tree(period.clone()).await.unwrap() else { continue };
        match cut {
            Cut::SomePlacesKept => digests.truncate(1),
            Cut::Closed => digests.clear(),
            Cut::AllPlacesKept | Cut::RootKept | Cut::NotArrived | Cut::NotAnswered => {}
        }
        store.keep_places(digests, tree.places).await.unwrap();
        if matches!(cut, Cut::RootKept) {
            store.keep_root(Root { period, root: tree.root }).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_round_that_is_cut_short_after_any_step_is_finished_by_the_next_start() {
    let cuts = [
        Cut::Closed,
        Cut::SomePlacesKept,
        Cut::AllPlacesKept,
        Cut::RootKept,
        Cut::NotArrived,
        Cut::NotAnswered,
    ];
    for cut in cuts {
        let mut world = World::new(&format!("receipts-cut-{cut:?}")).await;
        world.node.register().writes = Writes::NeverArrive;
        let given = [
            log_in(&world, &Browser::default(), "bank").await,
            log_in(&world, &Browser::default(), "tax").await,
        ];
        cut_short(&world, cut).await;
        assert!(
            proven(&world, &given[0]).await.is_none(),
            "{cut:?}: a place is given before its root is anchored"
        );
        world.node.register().writes = Writes::AreTaken;
        world.restart().await;
        world.provider().anchor_due().await.unwrap();
        for one in &given {
            proven(&world, one).await.unwrap_or_else(|| panic!("{cut:?}: a receipt was lost"));
        }
        assert_eq!(world.node.register().roots().len(), 1, "{cut:?}");
        let after = log_in(&world, &Browser::default(), "bank").await;
        assert_ne!(after.period(), given[0].period(), "{cut:?}: a closed period took a receipt");
    }
}

#[tokio::test]
async fn a_root_that_another_process_anchored_is_never_given_out_as_ours() {
    let world = World::new("receipts-conflict").await;
    let given = log_in(&world, &Browser::default(), "bank").await;
    let key = Key::Receipts("login".parse().unwrap(), given.period());
    let theirs = Entry::Receipts(ReceiptsRoot { root: [9; 32], at: Millis::default() });
    world.node.register().entries.insert(key, theirs);
    next_day(&world);
    world.provider().anchor_due().await.unwrap_err();
    let later = log_in(&world, &Browser::default(), "bank").await;
    next_day(&world);
    let error = world.provider().anchor_due().await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "register holds another root for this period");
    assert_eq!(place_of(&world, &given).await["place"], Value::Null);
    proven(&world, &later).await.expect("one period kept another from its root");
}

/// Logs in until the provider no longer answers; gives the receipts that arrived.
async fn work(world: &World, given: &std::sync::Mutex<Vec<String>>) -> Option<()> {
    let wallet = world.wallet();
    loop {
        let (asked, browser) = (Asked::new(world, "library"), Browser::default());
        let mut address = url::Url::parse(&world.url("/authorize")).ok()?;
        address.query_pairs_mut().extend_pairs(&asked.parameters);
        let path = location(&browser.try_get(world, address.as_str()).await?).path().to_owned();
        let page = browser.try_get(world, &world.url(&path)).await?.text().await.ok()?;
        let link = page.split_once("data-request=\"")?.1.split_once('"')?.0.replace("&#38;", "&");
        let body: Value = wallet.try_answer(world, &link).await?.json().await.ok()?;
        given.lock().unwrap().push(body["receipt"].as_str()?.to_owned());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_that_was_given_is_under_exactly_one_root_however_often_the_provider_is_killed() {
    let mut world = World::of_process_with("receipts-kill", "every = 86400", "every = 2").await;
    world.kill();
    let given = std::sync::Mutex::new(Vec::new());
    let rounds = [Writes::AreTaken, Writes::AreNotAnswered, Writes::NeverArrive, Writes::AreTaken];
    for (round, writes) in rounds.into_iter().enumerate() {
        world.node.register().writes = writes;
        world.start().await;
        // The last round goes on into another period, however fast the rounds before were.
        let is_enough = || {
            let given = given.lock().unwrap();
            given.len() >= 4 * (round + 1) && (round < 3 || periods_of(&given).len() > 1)
        };
        let enough = async {
            while !is_enough() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::select! {
            () = enough => {}
            _ = async { tokio::join!(work(&world, &given), work(&world, &given)) } => panic!("it stopped by itself"),
        }
        world.kill();
    }
    world.node.register().writes = Writes::AreTaken;
    world.start().await;
    let given = given.into_inner().unwrap();
    let periods = periods_of(&given);
    let given = given.into_iter().map(|receipt| Given { receipt, state: String::new() });
    for one in &given.collect::<Vec<_>>() {
        wait_for_place(&world, one).await;
        let roots = world.node.register().roots();
        for other in roots.keys().filter(|period| **period != one.period()).take(3) {
            assert_eq!(place(&world, one.digest(), other).await["place"], Value::Null, "under two roots");
        }
    }
    assert!(periods.len() > 1, "all receipts stand in one period: nothing was cut short");
}

fn periods_of(receipts: &[String]) -> BTreeSet<String> {
    receipts.iter().map(|receipt| Given { receipt: receipt.clone(), state: String::new() }.period()).collect()
}

async fn wait_for_place(world: &World, given: &Given) {
    for _ in 0..600 {
        if proven(world, given).await.is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("a receipt of {} was lost", given.period());
}

#[tokio::test]
async fn a_login_by_session_leaves_a_receipt_that_the_first_ones_holder_can_fetch() {
    let world = World::new("receipts-session").await;
    let browser = Browser::default();
    let first = log_in(&world, &browser, "bank").await;
    let nothing = ask(&world, "/receipts/logins", &first.authority()).await.json::<Value>().await.unwrap();
    assert_eq!(nothing, json!({ "receipts": [] }));
    log_in_again(&world, &browser, "insurer").await;
    log_in_again(&world, &browser, "library").await;
    let told: Value = ask(&world, "/receipts/logins", &first.authority()).await.json().await.unwrap();
    let receipts = told["receipts"].as_array().unwrap();
    assert_eq!(receipts.len(), 2);
    let mut to: Vec<String> = Vec::new();
    pass_a_day(&world).await;
    for receipt in receipts {
        let given = Given { receipt: receipt.as_str().unwrap().to_owned(), state: first.state.clone() };
        assert_eq!((given.says("how"), given.says("shared")), (json!("session"), json!([])));
        to.push(given.says("aud").as_str().unwrap().to_owned());
        proven(&world, &given).await.expect("a login by session has no place");
    }
    to.sort();
    assert_eq!(to, ["did:symbolon:demo:insurer", "did:symbolon:demo:library"]);
}

#[tokio::test]
async fn logins_by_session_are_told_to_nobody_else() {
    let world = World::new("receipts-session-foreign").await;
    let browser = Browser::default();
    let first = log_in(&world, &browser, "bank").await;
    log_in_again(&world, &browser, "insurer").await;
    let stranger = log_in(&world, &Browser::default(), "bank").await;
    let told = ask(&world, "/receipts/logins", &stranger.authority()).await;
    assert_eq!(told.json::<Value>().await.unwrap(), json!({ "receipts": [] }));
    // A copy of the receipt, as somebody has it who was shown it as a proof.
    for state in ["", "guess", &stranger.state] {
        let copy = json!({ "receipt": first.receipt, "state": state });
        let refused = refusal(ask(&world, "/receipts/logins", &copy).await).await;
        assert_eq!(refused, (403, "receipt_refused".to_owned()));
    }
    let without = refusal(ask(&world, "/receipts/logins", &json!({ "receipt": first.receipt })).await).await;
    assert_eq!(without, (400, "malformed".to_owned()));
}

#[tokio::test]
async fn the_text_of_a_receipt_is_kept_for_a_while_and_its_place_for_good() {
    let world = World::new("receipts-forget").await;
    let browser = Browser::default();
    let first = log_in(&world, &browser, "bank").await;
    log_in_again(&world, &browser, "insurer").await;
    let told: Value = ask(&world, "/receipts/logins", &first.authority()).await.json().await.unwrap();
    let later =
        Given { receipt: told["receipts"][0].as_str().unwrap().to_owned(), state: first.state.clone() };
    pass_a_day(&world).await;
    world.hand.advance(90 * DAY);
    world.provider().store().forget_expired(900, world.now()).await.unwrap();
    let told: Value = ask(&world, "/receipts/logins", &first.authority()).await.json().await.unwrap();
    assert_eq!(told, json!({ "receipts": [] }));
    proven(&world, &later).await.expect("its place is forgotten");
}

#[tokio::test]
async fn wallets_that_ask_too_often_wait() {
    let mut world = World::new("receipts-often").await;
    let given = log_in(&world, &Browser::default(), "bank").await;
    world.configure("requests_per_minute = 100000", "requests_per_minute = 40");
    world.restart().await;
    let question = json!({ "receipt": given.receipt });
    let mut last = 200;
    for _ in 0..3 {
        last = ask(&world, "/receipts/place", &question).await.status().as_u16();
    }
    assert_eq!(last, 429);
}
