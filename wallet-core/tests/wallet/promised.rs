//! Cards that are promised for later.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use wallet_core::view::{PromiseOutcome, PromiseView};

use crate::issuer::{CODE, Issuer, start};
use crate::now;
use crate::server::Server;
use crate::world::Home;

const HOUR: Duration = Duration::from_secs(3600);

/// A wallet whose card was promised for an hour later.
async fn with_promise(name: &str) -> (Home, Arc<Issuer>, Server) {
    let (issuer, server) = start(|_| ()).await;
    issuer.mood().promises = Some(3600);
    let home = Home::new(name, &issuer.register);
    let offered = home.wallet.look_at_offer(&issuer.offer()).await.unwrap();
    assert!(home.wallet.receive(&offered, Some(CODE)).await.unwrap().is_empty());
    (home, issuer, server)
}

fn only(promises: Vec<PromiseView>) -> PromiseView {
    assert_eq!(promises.len(), 1);
    promises.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_promise_is_told_and_asked_for_when_its_time_has_come() {
    let (home, issuer, server) = with_promise("promise").await;
    let told = only(home.wallet.promised().unwrap());
    assert_eq!((told.title.pick("en"), told.issuer.pick("en")), ("Personal identity", "The interior"));
    assert_eq!(told.outcome, PromiseOutcome::Waits { at: now().plus(HOUR) });
    let early = now().plus(HOUR).minus(Duration::from_secs(1));
    assert!(home.wallet.fetch_promised(early).await.unwrap().is_empty());
    assert!(server.posted("/deferred").is_empty());

    let asked = only(home.wallet.fetch_promised(now().plus(HOUR)).await.unwrap());
    assert_eq!(asked.outcome, PromiseOutcome::Waits { at: now().plus(HOUR * 2) }, "not yet");
    issuer.mood().promises = None;
    // A wallet that starts anew knows of it.
    let anew = home.unlock("135790").unwrap();
    let came = only(anew.fetch_promised(now().plus(HOUR * 2)).await.unwrap());
    let PromiseOutcome::Came { card } = came.outcome else { panic!("{came:?}") };
    assert_eq!((card.copies, card.unused_copies, card.renews_itself), (3, 3, true));
    assert!(anew.promised().unwrap().is_empty());
    assert_eq!(issuer.mood().told, [json!({"notification_id": "n1", "event": "credential_accepted"})]);
}

#[tokio::test]
async fn an_access_token_that_has_run_out_is_renewed_for_it() {
    let (home, issuer, server) = with_promise("promise-token").await;
    issuer.mood().promises = None;
    issuer.forget_access_token();
    let came = only(home.wallet.fetch_promised(now().plus(HOUR)).await.unwrap());
    assert!(matches!(came.outcome, PromiseOutcome::Came { .. }), "{came:?}");
    assert_eq!((server.posted("/deferred").len(), server.posted("/token").len()), (2, 2));
}

#[tokio::test]
async fn a_promise_that_will_not_be_kept_is_told_and_forgotten() {
    for (status, body, code) in [
        (400, r#"{"error":"invalid_transaction_id"}"#, "invalid_transaction_id"),
        (400, r#"{"error":"credential_request_denied"}"#, "card_denied"),
    ] {
        let (home, issuer, _server) = with_promise(&format!("promise-{code}")).await;
        issuer.mood().refuses = Some(("/deferred", status, body));
        let over = only(home.wallet.fetch_promised(now().plus(HOUR)).await.unwrap());
        assert_eq!(over.outcome, PromiseOutcome::Over { code });
        assert!(home.wallet.promised().unwrap().is_empty());
        assert!(home.wallet.store().renewals().unwrap().is_empty(), "nor is its token kept");
    }
}

#[tokio::test]
async fn a_promise_that_cannot_be_asked_for_now_is_asked_for_later() {
    let (home, issuer, server) = with_promise("promise-fails").await;
    for (path, status, body, code) in [
        ("/deferred", 503, r#"{"error":"temporarily_unavailable"}"#, "temporarily_unavailable"),
        ("/deferred", 200, r#"{"credentials":[{"credential":"x"}]}"#, "answer_in_the_clear"),
        ("/.well-known/openid-credential-issuer", 404, "", "document_not_there"),
    ] {
        issuer.mood().refuses = Some((path, status, body));
        let due = home.wallet.store().promises().unwrap()[0].due_at;
        let later = only(home.wallet.fetch_promised(due).await.unwrap());
        let PromiseOutcome::Later { code: found, at } = later.outcome else { panic!("{later:?}") };
        assert_eq!(found, code);
        assert!(at >= due.plus(HOUR));
    }
    assert_eq!(home.wallet.store().promises().unwrap()[0].failures, 3);
    assert!(home.wallet.cards().unwrap().is_empty());
    drop(server);
}

#[tokio::test]
async fn a_promise_that_was_put_off_further_than_any_is_asked_for() {
    let (home, issuer, _server) = with_promise("promise-far").await;
    issuer.mood().promises = None;
    let promise = home.wallet.store().promises().unwrap().remove(0);
    home.wallet.store().put_off_promise(&promise, now().plus(HOUR * 24 * 365), 0).unwrap();
    let came = only(home.wallet.fetch_promised(now()).await.unwrap());
    assert!(matches!(came.outcome, PromiseOutcome::Came { .. }), "{came:?}");
}

#[tokio::test]
async fn an_issuer_cannot_have_a_wallet_ask_without_end_or_never() {
    let (home, issuer, server) = with_promise("promise-interval").await;
    for (interval, wait) in [(0, 30), (u64::MAX, 7 * 86_400)] {
        issuer.mood().promises = Some(interval);
        let due = home.wallet.store().promises().unwrap()[0].due_at;
        let waits = only(home.wallet.fetch_promised(due).await.unwrap());
        assert_eq!(waits.outcome, PromiseOutcome::Waits { at: due.plus(Duration::from_secs(wait)) });
    }
    assert_eq!(server.posted("/deferred").len(), 2);
}

#[tokio::test]
async fn fresh_copies_can_be_promised_too() {
    let (issuer, _server) = start(|_| ()).await;
    let home = Home::new("promise-renewal", &issuer.register);
    let offered = home.wallet.look_at_offer(&issuer.offer()).await.unwrap();
    let card = home.wallet.receive(&offered, Some(CODE)).await.unwrap().remove(0);
    let old = home.wallet.store().copies_of(&card.id).unwrap();
    issuer.mood().promises = Some(3600);
    assert!(home.wallet.renew_card(&card.id).await.unwrap().is_empty());
    assert_eq!(home.wallet.store().copies_of(&card.id).unwrap(), old, "the old ones stay until then");
    // Near its end it would be renewed by itself; what is promised is not asked for again.
    for hours in 1..40 {
        assert!(home.wallet.renew_copies(now().plus(HOUR * hours)).await.unwrap().is_empty());
    }
    assert_eq!(home.wallet.promised().unwrap().len(), 1);
    issuer.mood().promises = None;
    let came = only(home.wallet.fetch_promised(now().plus(HOUR)).await.unwrap());
    let PromiseOutcome::Came { card: fresh } = came.outcome else { panic!("{came:?}") };
    assert_eq!((&fresh.id, home.wallet.cards().unwrap().len()), (&card.id, 1));
    assert!(home.wallet.store().copies_of(&card.id).unwrap().iter().all(|copy| !old.contains(copy)));
}
