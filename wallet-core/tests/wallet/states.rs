//! What became of one's cards, seen without showing them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use credential::issuer::KeyReference;
use credential::key::SigningKey;
use credential::sd_jwt_vc::{Issuance, StatusReference, every_claim};
use credential::status_list::{Status, StatusList, TokenClaims};
use credential::time::UnixTime;
use registry_proof::entry::Role;
use registry_proof::key::Purpose;
use serde_json::json;
use wallet_core::held::CardFormat;
use wallet_core::keys::{KeyHandle, KeyStore as _};
use wallet_core::store::cards::{About, Card};
use wallet_core::view::{CardState, Texts};

use crate::now;
use crate::register::{Register, VCT};
use crate::server::{Page, Server};
use crate::world::{FixedRng, Home, key};

/// Two lists, as they are served.
struct Lists {
    origin: String,
    signer: SigningKey,
    issued_at: UnixTime,
    /// As of when the register's node proves what it says.
    proven_at: UnixTime,
    /// Places of each list that are not valid.
    marks: [Vec<(u64, Status)>; 2],
    /// A list that is not there.
    gone: Option<usize>,
}

impl Lists {
    fn token(&self, number: usize) -> String {
        let mut list = StatusList::new(2, 1024).unwrap();
        for (place, status) in &self.marks[number] {
            list.set(*place, *status).unwrap();
        }
        let uri = format!("{}/list/{number}", self.origin);
        let claims = TokenClaims {
            uri: &uri,
            issued_at: self.issued_at,
            expires_at: Some(self.issued_at.plus(Duration::from_secs(3600))),
            ttl: None,
        };
        let kid = KeyReference::Kid("did:symbolon:demo:interior#issuer-0".to_owned());
        list.to_token(&claims, &kid, &self.signer).unwrap()
    }
}

/// A wallet with a card of two copies, each in a list of its own; and the server of lists and register.
async fn with_lists(name: &str) -> (Home, Arc<Mutex<Lists>>, Server) {
    let mut made = None;
    let server = Server::start(|origin| {
        let mut register = Register::new(now());
        register.add_member("interior", Role::Issuer, "http://127.0.0.1:2");
        register.add_key("interior", Purpose::Issuer, &key(3));
        register.add_member("other", Role::Issuer, "http://127.0.0.1:3");
        register.add_key("other", Purpose::Issuer, &key(4));
        register.add_accreditation("interior");
        register.add_accreditation("other");
        let node = register.same();
        let lists = Arc::new(Mutex::new(Lists {
            origin: origin.to_owned(),
            signer: key(3),
            issued_at: now(),
            proven_at: now(),
            marks: [Vec::new(), Vec::new()],
            gone: None,
        }));
        made = Some((register, Arc::clone(&lists)));
        Box::new(move |got| {
            let lists = lists.lock().unwrap();
            Some(match got.path.as_str() {
                "/v1/head" | "/v1/snapshot" => Page::new(200, node.bundle(lists.proven_at)),
                "/list/0" if lists.gone != Some(0) => Page::new(200, lists.token(0)),
                "/list/1" if lists.gone != Some(1) => Page::new(200, lists.token(1)),
                _ => Page::new(404, ""),
            })
        })
    })
    .await;
    let (register, lists) = made.unwrap();
    let home = Home::with_node(name, &register, &server.origin);
    let copies =
        [0, 1].map(|number| copy(&home, "interior", &format!("{}/list/{number}", server.origin), 7 + number));
    let received_at = now().minus(Duration::from_secs(4 * 86_400));
    home.wallet.store().keep_card(&Card { received_at, ..card("card", "interior") }, &copies).unwrap();
    (home, lists, server)
}

/// A card that came just now.
fn card(id: &str, issuer: &str) -> Card {
    Card {
        id: id.to_owned(),
        format: CardFormat::SdJwtVc,
        vct: VCT.to_owned(),
        issuer: issuer.to_owned(),
        received_at: now(),
        about: About { title: Texts::one("Personal identity"), ..About::default() },
        source: None,
    }
}

/// A copy whose status stands at a place of the list at `uri`.
fn copy(home: &Home, issuer: &str, uri: &str, place: u64) -> (String, KeyHandle) {
    let handle = home.keys.make_card_key().unwrap();
    let claims = json!({"given_name": "Maria"}).as_object().unwrap().clone();
    let issuance = Issuance {
        issuer: Some(format!("did:symbolon:demo:{issuer}")),
        vct: VCT.to_owned(),
        issued_at: now(),
        expires_at: now().plus(Duration::from_secs(365 * 86_400)),
        not_before: None,
        holder: home.keys.card_key(&handle).unwrap().public_key().clone(),
        status: Some(StatusReference { uri: uri.to_owned(), index: place }),
        disclosable: every_claim(&claims),
        claims,
        decoys: 0,
    };
    let kid = KeyReference::Kid(format!("did:symbolon:demo:{issuer}#issuer-0"));
    let signer = key(if issuer == "interior" { 3 } else { 4 });
    (issuance.issue(&kid, &signer, &mut FixedRng(9_000_000 + place)).unwrap(), handle)
}

/// A copy that nobody can read.
fn unreadable() -> (String, KeyHandle) {
    ("no card".to_owned(), KeyHandle::from_bytes(vec![1]))
}

/// The state of each card after a look.
async fn look_at_all(home: &Home) -> Vec<(String, CardState)> {
    let cards = home.wallet.refresh_states().await.unwrap();
    cards.into_iter().map(|card| (card.id, card.state)).collect()
}

fn states<const N: usize>(expected: [(&str, CardState); N]) -> Vec<(String, CardState)> {
    expected.map(|(id, state)| (id.to_owned(), state)).to_vec()
}

async fn look(home: &Home) -> (CardState, Option<UnixTime>) {
    let cards = home.wallet.refresh_states().await.unwrap();
    (cards[0].state, cards[0].checked_at)
}

/// The state of a card that nobody could look up for four days.
fn unseen() -> (CardState, Option<UnixTime>) {
    (CardState::NotChecked, Some(now().minus(Duration::from_secs(4 * 86_400))))
}

#[tokio::test]
async fn a_revoked_or_suspended_card_is_seen_without_showing_it() {
    let (home, lists, _server) = with_lists("states").await;
    assert_eq!(home.wallet.cards().unwrap()[0].state, CardState::NotChecked);
    assert!(home.wallet.states_due().unwrap());
    assert_eq!(look(&home).await, (CardState::Ready, Some(now())));
    assert!(!home.wallet.states_due().unwrap(), "the next look has its time");
    for (status, state) in [
        (Status::Suspended, CardState::Suspended),
        (Status::Other(3), CardState::Suspended),
        (Status::Valid, CardState::Ready),
        (Status::Invalid, CardState::Revoked),
    ] {
        lists.lock().unwrap().marks[1] = vec![(8, status)];
        assert_eq!(look(&home).await, (state, Some(now())), "{status:?}");
    }
    assert!(home.wallet.history().unwrap().is_empty());
}

#[tokio::test]
async fn lists_are_fetched_whole_and_once_and_the_register_is_not_asked_for_them() {
    let (home, _lists, server) = with_lists("states-whole").await;
    look(&home).await;
    let mut paths: Vec<String> = server.got().into_iter().map(|got| got.path).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/list/0", "/list/1", "/v1/head", "/v1/snapshot"]);
}

#[tokio::test]
async fn places_of_others_say_nothing_of_this_card() {
    let (home, lists, _server) = with_lists("states-others").await;
    lists.lock().unwrap().marks = [vec![(8, Status::Invalid)], vec![(7, Status::Invalid)]];
    assert_eq!(look(&home).await.0, CardState::Ready);
}

#[tokio::test]
async fn an_issuer_that_names_the_list_of_another_hides_nothing_of_it() {
    let (home, lists, server) = with_lists("states-two").await;
    let foreign = copy(&home, "other", &format!("{}/list/0", server.origin), 7);
    home.wallet.store().keep_card(&card("foreign", "other"), &[foreign]).unwrap();
    lists.lock().unwrap().marks[0] = vec![(7, Status::Invalid)];
    let expected = states([("foreign", CardState::Ready), ("card", CardState::Revoked)]);
    assert_eq!(look_at_all(&home).await, expected, "nor is it believed of that other's cards");
    let asked = server.got().into_iter().filter(|got| got.path == "/list/0").count();
    assert_eq!(asked, 1, "each address is asked once");
}

#[tokio::test]
async fn a_card_that_cannot_be_read_can_be_seen_and_thrown_away_and_others_are_looked_up() {
    let (home, _lists, _server) = with_lists("states-damaged").await;
    home.wallet.store().keep_card(&card("damaged", "interior"), &[unreadable()]).unwrap();
    let expected = states([("damaged", CardState::GetAgain), ("card", CardState::Ready)]);
    assert_eq!(look_at_all(&home).await, expected);
    assert!(home.wallet.card("damaged").unwrap().claims.is_empty());
    home.wallet.remove_card("damaged").await.unwrap();
    assert_eq!(look_at_all(&home).await, expected[1..]);
}

#[tokio::test]
async fn a_copy_that_cannot_be_read_is_passed_over() {
    let (home, lists, server) = with_lists("states-half-damaged").await;
    let good = copy(&home, "interior", &format!("{}/list/0", server.origin), 9);
    home.wallet.store().keep_card(&card("half", "interior"), &[unreadable(), good]).unwrap();
    assert!(!home.wallet.card("half").unwrap().claims.is_empty());
    lists.lock().unwrap().marks[0] = vec![(9, Status::Invalid)];
    let expected = states([("half", CardState::Revoked), ("card", CardState::Ready)]);
    assert_eq!(look_at_all(&home).await, expected);
}

#[tokio::test]
async fn a_look_that_is_planned_further_ahead_than_any_is_due() {
    let (home, _lists, _server) = with_lists("states-far").await;
    for (hours, expected) in [(0, true), (15, false), (16, true), (365 * 24, true)] {
        let at = now().plus(Duration::from_secs(hours * 3600));
        home.wallet.store().keep_setting("states_due", &at).unwrap();
        assert_eq!(home.wallet.states_due().unwrap(), expected, "{hours} hours ahead");
    }
}

type Change = fn(&mut Lists);

#[tokio::test]
async fn what_is_no_list_of_the_issuer_is_not_believed() {
    let cases: [(&str, Change); 5] = [
        ("another key", |lists| lists.signer = key(9)),
        ("run out", |lists| lists.issued_at = now().minus(Duration::from_secs(3601))),
        ("from the future", |lists| lists.issued_at = now().plus(Duration::from_secs(3600))),
        ("not there", |lists| lists.gone = Some(0)),
        ("another address", |lists| lists.origin = "http://127.0.0.1:9".to_owned()),
    ];
    for (number, (name, change)) in cases.into_iter().enumerate() {
        let (home, lists, _server) = with_lists(&format!("states-no-{number}")).await;
        change(&mut lists.lock().unwrap());
        assert_eq!(look(&home).await, unseen(), "{name}");
    }
}

#[tokio::test]
async fn a_list_older_than_one_seen_is_not_believed() {
    let (home, lists, _server) = with_lists("states-older").await;
    lists.lock().unwrap().marks[0] = vec![(7, Status::Invalid)];
    assert_eq!(look(&home).await.0, CardState::Revoked);
    lists.lock().unwrap().issued_at = now().minus(Duration::from_secs(60));
    lists.lock().unwrap().marks = [Vec::new(), Vec::new()];
    assert_eq!(look(&home).await.0, CardState::Revoked);
}

#[tokio::test]
async fn bad_news_counts_from_one_list_and_good_news_from_all() {
    let (home, lists, _server) = with_lists("states-half").await;
    lists.lock().unwrap().gone = Some(1);
    assert_eq!(look(&home).await, unseen());
    lists.lock().unwrap().marks[0] = vec![(7, Status::Suspended)];
    assert_eq!(look(&home).await, (CardState::Suspended, Some(now())));
}

#[tokio::test]
async fn by_a_word_of_the_register_that_is_too_old_no_list_is_fetched() {
    let (home, lists, server) = with_lists("states-past").await;
    lists.lock().unwrap().proven_at = now().minus(Duration::from_secs(3600));
    assert_eq!(look(&home).await, unseen());
    assert!(server.got().iter().all(|got| got.path.starts_with("/v1/")));
}

#[tokio::test]
async fn without_the_network_everything_stays_and_the_next_look_is_soon() {
    let (home, _lists, server) = with_lists("states-offline").await;
    drop(server);
    assert_eq!(look(&home).await, unseen());
    let due: UnixTime = home.wallet.store().setting("states_due").unwrap().unwrap();
    assert!(due > now() && due <= now().plus(Duration::from_secs(3600)));
}

#[tokio::test]
async fn a_card_that_just_came_needs_no_look() {
    let (issuer, _server) = crate::issuer::start(|_| ()).await;
    let home = Home::new("states-new", &issuer.register);
    assert!(!home.wallet.states_due().unwrap());
    let offered = home.wallet.look_at_offer(&issuer.offer()).await.unwrap();
    home.wallet.receive(&offered, Some(crate::issuer::CODE)).await.unwrap();
    assert!(!home.wallet.states_due().unwrap());
}
