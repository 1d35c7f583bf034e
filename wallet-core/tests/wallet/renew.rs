//! Cards that renew themselves.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use credential::key::Signer as _;
use credential::sd_jwt_vc::Held;
use credential::time::UnixTime;
use serde_json::json;
use wallet_core::keys::KeyHandle;
use wallet_core::receive::ReceiveError;
use wallet_core::store::entries::{How, Sharing};
use wallet_core::store::received::{Again, Delivery, Received, Whose};
use wallet_core::view::{CardState, CardView, Party, RenewalOutcome, RenewalView, Texts};
use wallet_core::wallet::Wallet;

use crate::issuer::{CODE, Issuer, start};
use crate::now;
use crate::server::Server;
use crate::world::{Home, issue, key};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// A wallet with one card of three copies.
async fn with_card(name: &str, change: fn(&mut Issuer)) -> (Home, Arc<Issuer>, Server, CardView) {
    let (issuer, server) = start(change).await;
    let home = Home::new(name, &issuer.register);
    let card = receive(&home, &issuer).await;
    (home, issuer, server, card)
}

async fn receive(home: &Home, issuer: &Issuer) -> CardView {
    let offered = home.wallet.look_at_offer(&issuer.offer()).await.unwrap();
    home.wallet.receive(&offered, Some(CODE)).await.unwrap().remove(0)
}

/// Shows all copies of a card that were never shown, long ago.
fn use_up(home: &Home, card: &str) {
    let bank = Party { member: "bank".to_owned(), name: Texts::one("Bank") };
    let sharing = Sharing {
        asked_by: bank,
        through: None,
        use_name: "login".to_owned(),
        purpose: Texts::default(),
        network: "demo".to_owned(),
        through_member: "bank".to_owned(),
        how: How::Card,
        address: String::new(),
        kept_days: None,
        state: None,
        transactions: Vec::new(),
        cards: Vec::new(),
    };
    while home.wallet.store().copies(card).unwrap().unused > 0 {
        let copy = home.wallet.store().next_copy(card).unwrap();
        home.wallet.store().begin_sharing(now().minus(DAY), &sharing, &[&copy]).unwrap();
    }
}

/// Lets the wallet plan, and then try again every ten minutes until something is done.
async fn until_something_is_done(wallet: &Wallet, from: UnixTime) -> (UnixTime, Vec<RenewalView>) {
    for turn in 0..2000 {
        let at = from.plus(Duration::from_secs(600) * turn);
        let done = wallet.renew_copies(at).await.unwrap();
        if !done.is_empty() {
            return (at, done);
        }
    }
    panic!("nothing was done in two weeks");
}

fn copies(home: &Home, card: &str) -> Vec<String> {
    home.wallet.store().copies_of(card).unwrap()
}

fn token(home: &Home, card: &str) -> String {
    home.wallet.store().renewal_of(card).unwrap().unwrap().with.token
}

fn asked(server: &Server, path: &str) -> usize {
    server.posted(path).len()
}

#[tokio::test]
async fn a_card_that_is_used_up_gets_fresh_copies_by_itself() {
    let (home, issuer, server, card) = with_card("renew", |_| ()).await;
    assert!(card.renews_itself);
    use_up(&home, &card.id);
    let old = copies(&home, &card.id);
    assert!(home.wallet.renew_copies(now()).await.unwrap().is_empty(), "never at once");
    assert_eq!(asked(&server, "/token"), 1);
    let (at, done) = until_something_is_done(&home.wallet, now()).await;
    assert!(at >= now().plus(Duration::from_secs(600)) && at <= now().plus(HOUR * 2));
    assert_eq!((done.len(), &done[0].outcome), (1, &RenewalOutcome::Renewed));

    let fresh = home.wallet.card(&card.id).unwrap().card;
    assert_eq!((fresh.copies, fresh.unused_copies, fresh.received_at), (3, 3, card.received_at));
    let new = copies(&home, &card.id);
    assert!(new.iter().all(|copy| !old.contains(copy)), "old copies are gone");
    let key = |copy: &String| Held::parse(copy).unwrap().holder_key().thumbprint();
    let keys: BTreeSet<String> = old.iter().chain(&new).map(key).collect();
    assert_eq!(keys.len(), 6, "no key comes twice");
    assert_eq!(token(&home, &card.id), "r2");
    assert_eq!(
        issuer.mood().told,
        [
            json!({"notification_id": "n1", "event": "credential_accepted"}),
            json!({"notification_id": "n2", "event": "credential_accepted"}),
        ]
    );
    assert!(home.wallet.renew_copies(at.plus(HOUR)).await.unwrap().is_empty(), "it is good again");
    assert_eq!(home.wallet.cards().unwrap().len(), 1);
}

#[tokio::test]
async fn a_card_with_copies_left_and_long_to_live_is_left_alone() {
    let (home, _issuer, server, _card) = with_card("renew-not", |_| ()).await;
    for minutes in 0..50 {
        let at = now().plus(Duration::from_secs(minutes * 30));
        assert!(home.wallet.renew_copies(at).await.unwrap().is_empty());
    }
    assert_eq!(asked(&server, "/token"), 1);
    // It lives two hours in all, one of them from now on.
    let (_, done) = until_something_is_done(&home.wallet, now().plus(HOUR / 2)).await;
    assert_eq!(done[0].outcome, RenewalOutcome::Renewed, "near its end it is renewed as a whole");
}

#[tokio::test]
async fn nothing_is_renewed_near_a_showing() {
    let (home, _issuer, server, card) = with_card("renew-quiet", |_| ()).await;
    use_up(&home, &card.id);
    home.wallet.renew_copies(now()).await.unwrap();
    let at = home.wallet.store().renewals().unwrap()[0].due_at.unwrap();
    let copy = home.wallet.store().next_copy(&card.id).unwrap();
    let sharing = home.wallet.store().entries().unwrap()[0].what.clone();
    home.wallet.store().begin_sharing(at.minus(Duration::from_secs(599)), &sharing, &[&copy]).unwrap();
    assert!(home.wallet.renew_copies(at).await.unwrap().is_empty());
    assert_eq!(asked(&server, "/token"), 1);
    assert!(!home.wallet.renew_copies(at.plus(Duration::from_secs(1))).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_showing_that_lies_ahead_silences_nothing() {
    let (home, _issuer, _server, card) = with_card("renew-ahead", |_| ()).await;
    use_up(&home, &card.id);
    let copy = home.wallet.store().next_copy(&card.id).unwrap();
    let sharing = home.wallet.store().entries().unwrap()[0].what.clone();
    home.wallet.store().begin_sharing(now().plus(DAY * 365), &sharing, &[&copy]).unwrap();
    assert_eq!(home.wallet.quiet_for(now()).unwrap(), None);
    home.wallet.store().begin_sharing(now(), &sharing, &[]).unwrap();
    assert_eq!(home.wallet.quiet_for(now()).unwrap(), Some(Duration::from_secs(600)), "others count on");
}

#[tokio::test]
async fn a_renewal_that_is_planned_further_ahead_than_any_is_planned_anew() {
    for failures in [0, 3] {
        let (home, _issuer, _server, card) = with_card(&format!("renew-far-{failures}"), |_| ()).await;
        use_up(&home, &card.id);
        let name = home.wallet.store().renewals().unwrap()[0].name();
        home.wallet.store().plan_renewal(&name, now().plus(DAY * 365), failures).unwrap();
        let (at, done) = until_something_is_done(&home.wallet, now()).await;
        assert!(at <= now().plus(HOUR * 2), "after {failures} failures");
        assert_eq!(done[0].outcome, RenewalOutcome::Renewed);
    }
}

/// Puts a copy that nobody can read in the place of a card's.
fn damage(home: &Home, card: &str) {
    let store = home.wallet.store();
    let delivery = Delivery {
        card: store.card(card).unwrap(),
        whose: Whose::Old,
        copies: vec![("no card".to_owned(), KeyHandle::from_bytes(vec![1]))],
        notification: None,
    };
    let again = Again::Never;
    let received =
        Received { deliveries: vec![delivery], promises: Vec::new(), again, kept_promise: None, at: now() };
    store.keep_received(&received).unwrap();
}

#[tokio::test]
async fn a_card_that_cannot_be_read_hides_no_other_and_gets_fresh_copies() {
    let (home, issuer, _server, damaged) = with_card("renew-damaged", |_| ()).await;
    home.keep_card(2, &issuer.signer);
    damage(&home, &damaged.id);
    let seen = |card: &str| {
        let found = home.wallet.card(card).unwrap().card;
        (found.state, found.copies)
    };
    assert_eq!(home.wallet.cards().unwrap().len(), 2);
    assert_eq!((seen(&damaged.id), seen("card").1), ((CardState::GetAgain, 0), 2));
    let (_, done) = until_something_is_done(&home.wallet, now()).await;
    assert_eq!((done[0].card.as_str(), &done[0].outcome), (damaged.id.as_str(), &RenewalOutcome::Renewed));
    assert_eq!(seen(&damaged.id).1, 3);
}

#[tokio::test]
async fn by_hand_a_card_is_renewed_at_once_but_not_near_a_showing() {
    let (home, _issuer, _server, card) = with_card("renew-hand", |_| ()).await;
    let renewed = home.wallet.renew_card(&card.id).await.unwrap();
    assert_eq!((renewed.len(), renewed[0].unused_copies), (1, 3));
    use_up(&home, &card.id);
    let copy = home.wallet.store().next_copy(&card.id).unwrap();
    let sharing = home.wallet.store().entries().unwrap()[0].what.clone();
    home.wallet.store().begin_sharing(now(), &sharing, &[&copy]).unwrap();
    let before = home.digest();
    let refused = home.wallet.renew_card(&card.id).await.unwrap_err();
    assert!(matches!(refused, ReceiveError::JustShown(wait) if wait == Duration::from_secs(600)));
    assert_eq!(home.digest(), before);
    assert_eq!(home.wallet.renew_card("none").await.unwrap_err().code(), "just_shown");
}

#[tokio::test]
async fn cards_that_are_due_together_are_renewed_apart() {
    let (home, issuer, server, first) = with_card("renew-apart", |_| ()).await;
    let second = receive(&home, &issuer).await;
    for card in [&first, &second] {
        use_up(&home, &card.id);
    }
    home.wallet.renew_copies(now()).await.unwrap();
    let due: BTreeSet<_> = home.wallet.store().renewals().unwrap().iter().map(|one| one.due_at).collect();
    assert_eq!(due.len(), 2, "each has a time of its own");
    // The phone slept until both were due.
    let later = now().plus(DAY);
    let done = home.wallet.renew_copies(later).await.unwrap();
    assert_eq!((done.len(), asked(&server, "/token")), (1, 3));
    assert!(home.wallet.renew_copies(later).await.unwrap().is_empty(), "the other waits on");
}

#[tokio::test]
async fn an_answer_lost_on_the_way_costs_nothing() {
    // The next token is kept before copies are asked for with what came along with it.
    for (path, kept) in [("/token", "r1"), ("/nonce", "r2"), ("/credential", "r2")] {
        let (home, issuer, _server, card) = with_card(&format!("renew-lost{}", &path[1..]), |_| ()).await;
        let old = copies(&home, &card.id);
        issuer.mood().loses = path;
        assert_eq!(home.wallet.renew_card(&card.id).await.unwrap_err().code(), "unreachable", "{path}");
        assert_eq!((copies(&home, &card.id), token(&home, &card.id).as_str()), (old, kept), "{path}");
        issuer.mood().loses = "";
        // A wallet that starts anew has what the last run had.
        let anew = home.unlock("135790").unwrap();
        assert_eq!(anew.renew_card(&card.id).await.unwrap()[0].unused_copies, 3, "{path}");
        assert_eq!(token(&home, &card.id), "r3");
    }
}

#[tokio::test]
async fn an_answer_to_the_wallets_last_word_may_be_lost_too() {
    let (home, issuer, _server, card) = with_card("renew-untold", |_| ()).await;
    issuer.mood().loses = "/notification";
    assert_eq!(home.wallet.renew_card(&card.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn failures_are_tried_again_less_and_less_often() {
    let (home, issuer, server, card) = with_card("renew-fails", |_| ()).await;
    use_up(&home, &card.id);
    issuer.mood().refuses = Some(("/token", 503, r#"{"error":"temporarily_unavailable"}"#));
    let mut at = now();
    let mut waits = Vec::new();
    for _ in 0..4 {
        let (tried, done) = until_something_is_done(&home.wallet, at).await;
        let RenewalOutcome::Later { code, at: next } = &done[0].outcome else { panic!("{done:?}") };
        assert_eq!(*code, "temporarily_unavailable");
        assert!(home.wallet.renew_copies(tried.plus(HOUR / 2)).await.unwrap().is_empty());
        waits.push(next.since(tried));
        at = *next;
    }
    assert!(waits.windows(2).all(|pair| pair[1] > pair[0]), "{waits:?}");
    issuer.mood().refuses = None;
    let (_, done) = until_something_is_done(&home.wallet, at).await;
    assert_eq!(done[0].outcome, RenewalOutcome::Renewed);
    assert_eq!(asked(&server, "/token"), 6);
    assert_eq!(home.wallet.store().renewals().unwrap()[0].failures, 0);
}

#[tokio::test]
async fn a_renewal_that_its_issuer_ended_is_over_and_the_card_stays() {
    for (body, code) in [
        (r#"{"error":"invalid_grant"}"#, "renewal_over"),
        (r#"{"error":"invalid_grant","code":"card_revoked"}"#, "card_revoked"),
    ] {
        let (home, issuer, _server, card) = with_card(&format!("renew-over-{code}"), |_| ()).await;
        use_up(&home, &card.id);
        issuer.mood().refuses = Some(("/token", 400, body));
        let (_, done) = until_something_is_done(&home.wallet, now()).await;
        assert_eq!(done[0].outcome, RenewalOutcome::Over { code });
        let card = home.wallet.card(&card.id).unwrap().card;
        assert_eq!((card.copies, card.renews_itself), (3, false));
        let refused = home.wallet.renew_card(&card.id).await.unwrap_err();
        assert_eq!(refused.code(), "not_renewable");
    }
}

#[tokio::test]
async fn a_suspended_card_is_tried_again() {
    let (home, issuer, _server, card) = with_card("renew-suspended", |_| ()).await;
    use_up(&home, &card.id);
    let denied = r#"{"error":"credential_request_denied","code":"card_suspended"}"#;
    issuer.mood().refuses = Some(("/credential", 400, denied));
    let (_, done) = until_something_is_done(&home.wallet, now()).await;
    assert!(matches!(done[0].outcome, RenewalOutcome::Later { code: "card_suspended", .. }));
    assert!(home.wallet.card(&card.id).unwrap().card.renews_itself);
}

type Change = fn(&mut Issuer);

/// Ways to cheat with a renewal, after a first card that was good.
#[tokio::test]
async fn an_issuer_that_cheats_with_a_renewal_changes_no_copy() {
    let cheats: [(&str, Change); 3] = [
        ("other_card", |issuer| {
            issuer.copies = |issuer, keys| match issuer.is_first_batch() {
                true => issuer.honest(keys),
                false => {
                    vec![issue(key(9).public_key().clone(), &issuer.signer, 1)]
                }
            };
        }),
        ("copies_linkable", |issuer| {
            issuer.copies = |issuer, keys| match issuer.is_first_batch() {
                true => issuer.honest(keys),
                false => keys.iter().map(|one| issue(one.clone(), &issuer.signer, 1)).collect(),
            };
        }),
        ("wrong_number_of_copies", |issuer| {
            issuer.copies = |issuer, keys| match issuer.is_first_batch() {
                true => issuer.honest(keys),
                false => [issuer.honest(keys), issuer.honest(keys)].concat(),
            };
        }),
    ];
    for (code, change) in cheats {
        let (home, issuer, _server, card) = with_card(&format!("renew-cheat-{code}"), change).await;
        let old = copies(&home, &card.id);
        assert_eq!(home.wallet.renew_card(&card.id).await.unwrap_err().code(), code);
        assert_eq!(copies(&home, &card.id), old);
        assert_eq!(issuer.mood().told[1]["event"], "credential_failure");
    }
}

#[tokio::test]
async fn a_token_is_never_in_two_hands() {
    let (home, _issuer, server, card) = with_card("renew-two", |_| ()).await;
    let other = std::fs::File::create(home.folder.path().join("tokens.lock")).unwrap();
    #[expect(clippy::disallowed_methods, reason = "no test runs on a phone")]
    other.lock().unwrap();
    assert_eq!(home.wallet.renew_card(&card.id).await.unwrap_err().code(), "copy_taken");
    assert_eq!(asked(&server, "/token"), 1, "nothing was sent");
    // The other hand may die: the system lets go for it.
    drop(other);
    assert_eq!(home.wallet.renew_card(&card.id).await.unwrap().len(), 1);
    assert_eq!(home.unlock("135790").unwrap().renew_card(&card.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_card_that_is_thrown_away_is_told_of_and_renews_itself_no_more() {
    let (home, issuer, _server, card) = with_card("remove", |_| ()).await;
    home.wallet.remove_card(&card.id).await.unwrap();
    assert!(home.wallet.cards().unwrap().is_empty() && home.wallet.store().renewals().unwrap().is_empty());
    assert_eq!(issuer.mood().told[1], json!({"notification_id": "n1", "event": "credential_deleted"}));
    assert_eq!(home.wallet.remove_card(&card.id).await.unwrap_err().code(), "no_such_card");
}

#[tokio::test]
async fn a_card_is_thrown_away_without_its_issuer_too() {
    let (home, issuer, server, card) = with_card("remove-offline", |_| ()).await;
    drop(server);
    home.wallet.remove_card(&card.id).await.unwrap();
    assert!(home.wallet.cards().unwrap().is_empty());
    assert_eq!(issuer.mood().told.len(), 1);
}
