//! Receipts that are proven, and every way in which a provider does not prove one.

use std::time::Duration;

use registry_proof::key::Key;
use registry_proof::merkle::Siblings;
use registry_proof::receipts::Place;
use serde_json::{Value, json};
use wallet_core::store::entries::ReceiptState;
use wallet_core::view::ReceiptCheck;

use crate::now;
use crate::provider::{Behaviour, PERIOD, World, answer, placed, placed_by};
use crate::server::Page;

async fn prove(world: &World) -> ReceiptCheck {
    let checks = world.home.wallet.prove_receipts().await.unwrap();
    assert_eq!(checks.len(), 1);
    let known = world.home.wallet.history().unwrap()[0].receipt;
    assert_eq!(known, checks[0].receipt, "what is said is not what is kept");
    checks[0].clone()
}

#[tokio::test]
async fn a_receipt_under_its_anchored_root_is_proven_for_good() {
    let world = World::new("prove").await;
    let tree = world.anchor();
    assert_eq!(
        prove(&world).await,
        ReceiptCheck { id: world.line, receipt: ReceiptState::Anchored, refused: None }
    );
    let details = world.home.wallet.receipt(world.line).unwrap();
    let proof = details.proof.unwrap();
    assert_eq!((proof.period.as_str(), proof.anchored_at, proof.proven_at), (PERIOD, now(), now()));
    assert_eq!(proof.root, credential::encoding::base64url(tree.root));
    assert_eq!((details.checked.signed, details.checked.anchored), (Some(true), Some(true)));
    // It is not asked for again.
    assert!(world.home.wallet.prove_receipts().await.unwrap().is_empty());
    assert_eq!(world.server.posted("/receipts/place").len(), 1);
}

#[tokio::test]
async fn the_question_names_the_receipt_by_its_digest_and_says_nothing_else() {
    let world = World::new("prove-question").await;
    world.anchor();
    prove(&world).await;
    let got = world.server.got();
    let asked = got.iter().find(|got| got.path == "/receipts/place").unwrap();
    let question: serde_json::Map<String, Value> = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(question.keys().collect::<Vec<_>>(), ["digest", "period"]);
    assert!(!asked.body.contains(&world.receipt()));
    assert_eq!(asked.header("connection"), Some("close"), "questions share a connection");
    assert_eq!(asked.header("cookie"), None);
}

#[tokio::test]
async fn a_receipt_waits_until_its_period_is_over() {
    let world = World::new("prove-waits").await;
    let waits = ReceiptCheck { id: world.line, receipt: ReceiptState::Checked, refused: None };
    assert_eq!(prove(&world).await, waits);
    assert_eq!(prove(&world).await, waits);
    world.anchor();
    assert_eq!(prove(&world).await.receipt, ReceiptState::Anchored);
}

#[tokio::test]
async fn a_receipt_that_was_said_to_be_left_out_can_still_be_proven() {
    let world = World::new("prove-mended").await;
    world.anchor();
    world.change(|behaviour| behaviour.place = Some(placed(None, &behaviour.register)));
    assert_eq!(prove(&world).await.receipt, ReceiptState::LeftOut);
    world.anchor();
    assert_eq!(prove(&world).await.receipt, ReceiptState::Anchored);
}

/// The answer about another receipt's place.
fn changed(behaviour: &mut Behaviour, place: Place) {
    behaviour.place = Some(placed(Some(&place), &behaviour.register));
}

type Cheat = fn(&mut Behaviour, &[Place]);

/// What a provider can do instead, the code of the refusal, and what becomes of the receipt.
const CHEATS: [(&str, ReceiptState, Cheat); 18] = [
    ("receipt_left_out", ReceiptState::LeftOut, |it, _| it.place = Some(placed(None, &it.register))),
    ("receipt_salt_wrong", ReceiptState::LeftOut, |it, places| changed(it, places[1].clone())),
    ("receipt_salt_wrong", ReceiptState::LeftOut, |it, places| {
        changed(it, Place { salt: [9; 32], ..places[0].clone() });
    }),
    ("receipt_path_wrong", ReceiptState::LeftOut, |it, places| {
        changed(it, Place { siblings: places[1].siblings.clone(), ..places[0].clone() });
    }),
    ("receipt_path_wrong", ReceiptState::LeftOut, |it, places| {
        changed(it, Place { index: places[0].index + 65_536, ..places[0].clone() });
    }),
    ("receipt_path_wrong", ReceiptState::LeftOut, |it, places| {
        // The root of another day, under this day's name.
        it.register.add_receipts(PERIOD, [3; 32]);
        changed(it, places[0].clone());
    }),
    ("receipt_path_too_long", ReceiptState::LeftOut, |it, places| {
        changed(it, Place { siblings: Siblings::new(&vec![[0; 32]; 1_000]), ..places[0].clone() });
    }),
    ("answer_malformed", ReceiptState::Checked, |it, places| {
        changed(it, Place { siblings: Siblings::new(&vec![[0; 32]; 10_000]), ..places[0].clone() });
    }),
    ("answer_too_large", ReceiptState::Checked, |it, _| it.place = Some(Page::new(200, "x".repeat(3 << 20)))),
    ("receipt_period_differs", ReceiptState::Checked, |it, places| {
        // The register's proof is of the day before alone.
        let root = it.register.entries.remove(&root_of(PERIOD)).unwrap();
        it.register.entries.insert(root_of("20270114T000000Z"), root);
        changed(it, places[0].clone());
    }),
    ("receipt_period_differs", ReceiptState::Checked, |it, places| {
        let proof = credential::encoding::base64url(it.register.bundle(now()));
        let body = json!({ "period": "20270114T000000Z", "place": places[0], "registry_proof": proof });
        it.place = Some(answer(&body));
    }),
    ("receipts_not_anchored", ReceiptState::Checked, |it, places| {
        it.register.entries.remove(&root_of(PERIOD)).unwrap();
        it.place = Some(placed_by(Some(&places[0]), &it.register.bundle_with(now(), &[root_of(PERIOD)])));
    }),
    ("proof_too_old", ReceiptState::Checked, |it, places| {
        it.place =
            Some(placed_by(Some(&places[0]), &it.register.bundle(now().minus(Duration::from_secs(3600)))));
    }),
    ("proof_ahead", ReceiptState::Checked, |it, places| {
        it.place =
            Some(placed_by(Some(&places[0]), &it.register.bundle(now().plus(Duration::from_secs(3600)))));
    }),
    ("registry_proof_invalid", ReceiptState::Checked, |it, places| {
        it.place = Some(placed_by(Some(&places[0]), &it.register.forged().bundle(now())));
    }),
    ("registry_answer_malformed", ReceiptState::Checked, |it, places| {
        it.place = Some(placed_by(Some(&places[0]), &[0; 100]));
    }),
    ("answer_malformed", ReceiptState::Checked, |it, _| it.place = Some(Page::new(200, "[".repeat(1_000)))),
    ("look_back_refused", ReceiptState::Checked, |it, _| it.place = Some(Page::to("/elsewhere"))),
];

fn root_of(period: &str) -> Key {
    Key::Receipts("login".parse().unwrap(), period.to_owned())
}

#[tokio::test]
async fn what_does_not_prove_a_receipt_is_refused_by_its_own_code() {
    for (number, (code, state, cheat)) in CHEATS.into_iter().enumerate() {
        let world = World::new(&format!("prove-cheat-{number}")).await;
        let tree = world.anchor();
        world.change(|behaviour| cheat(behaviour, &tree.places));
        let before = world.home.digest();
        let check = prove(&world).await;
        assert_eq!((check.refused, check.receipt), (Some(code), state), "{number}");
        assert!(world.home.wallet.receipt(world.line).unwrap().proof.is_none(), "{number}: a proof was kept");
        assert_eq!(state == ReceiptState::Checked, before == world.home.digest(), "{number}");
        assert!(world.server.got().iter().all(|got| got.path != "/elsewhere"), "a redirect was followed");
    }
}

#[tokio::test]
async fn when_the_time_is_over_whatever_proves_nothing_is_late() {
    for (number, (code, state, cheat)) in CHEATS.into_iter().enumerate() {
        let world = World::overdue(&format!("prove-late-{number}")).await;
        let tree = world.anchor();
        world.change(|behaviour| cheat(behaviour, &tree.places));
        let expected = match state {
            ReceiptState::LeftOut => ReceiptState::LeftOut,
            // Nothing was answered that one could hold against anybody.
            _ if code == "answer_too_large" => ReceiptState::Checked,
            _ => ReceiptState::Late,
        };
        assert_eq!(prove(&world).await.receipt, expected, "{number} {code}");
    }
}

#[tokio::test]
async fn a_receipt_that_is_not_anchored_in_time_is_missing() {
    let world = World::overdue("prove-overdue").await;
    assert_eq!(
        prove(&world).await,
        ReceiptCheck { id: world.line, receipt: ReceiptState::Late, refused: None }
    );
    world.anchor();
    assert_eq!(prove(&world).await.receipt, ReceiptState::Anchored);
}

#[tokio::test]
async fn who_cannot_be_reached_is_accused_of_nothing() {
    let world = World::overdue("prove-unreachable").await;
    world.change(|behaviour| behaviour.place = None);
    let before = world.home.digest();
    let check = prove(&world).await;
    assert_eq!((check.refused, check.receipt), (Some("unreachable"), ReceiptState::Checked));
    assert_eq!(world.home.digest(), before);
}

#[tokio::test]
async fn a_receipt_that_promises_nothing_is_asked_about_nowhere() {
    let old = World::with_receipt("prove-old", json!({})).await;
    let long = World::with_receipt("prove-long", json!({ "period": "x".repeat(33), "due": 1 })).await;
    let wrong = World::with_receipt(
        "prove-wrong",
        json!({ "period": PERIOD, "due": 1, "aud": "did:symbolon:demo:eve" }),
    );
    for world in [old, long, wrong.await] {
        assert!(world.home.wallet.prove_receipts().await.unwrap().is_empty());
        assert!(world.server.posted("/receipts/place").is_empty());
    }
}
