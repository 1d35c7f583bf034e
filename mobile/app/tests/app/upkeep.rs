//! What the wallet does by itself while it is open, and what it leaves.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use credential::encoding::base64url;
use credential::issuer::KeyReference;
use credential::key::PublicKey;
use credential::sd_jwt_vc::{Issuance, StatusReference, every_claim};
use credential::status_list::{Status, StatusList, TokenClaims};
use credential::time::UnixTime;
use serde_json::{Value, json};

use crate::issuer::{CODE, Issuer};
use crate::now;
use crate::phone::{PIN, Phone, offer_link, provider};
use crate::register::VCT;
use crate::server::{Got, Page, Server};
use crate::world::{FixedRng, key, person};

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// An office, its status list, and a node of the register, behind one address.
struct House {
    issuer: Issuer,
    /// The time there: it goes with the phone's.
    clock: AtomicU64,
    /// The places of the list that are not good.
    marks: Mutex<Vec<(u64, Status)>>,
}

impl House {
    fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.clock.load(Ordering::SeqCst))
    }

    fn answer(&self, got: &Got) -> Option<Page> {
        Some(match got.path.as_str() {
            "/v1/head" | "/v1/snapshot" => Page::new(200, self.issuer.register.bundle(self.now())),
            "/list" => Page::new(200, self.list()),
            "/.well-known/openid-credential-issuer" => {
                let mut metadata = self.issuer.metadata.clone();
                let staple = base64url(self.issuer.register.bundle(self.now()));
                metadata["symbolon_registry_proof"] = staple.into();
                Page::new(200, metadata.to_string())
            }
            _ => return self.issuer.answer(got),
        })
    }

    fn list(&self) -> String {
        let mut list = StatusList::new(2, 1024).unwrap();
        for (place, status) in self.marks.lock().unwrap().iter() {
            list.set(*place, *status).unwrap();
        }
        let uri = format!("{}/list", self.issuer.origin);
        let claims = TokenClaims {
            uri: &uri,
            issued_at: self.now(),
            expires_at: Some(self.now().plus(Duration::from_secs(3600))),
            ttl: None,
        };
        let kid = KeyReference::Kid("did:symbolon:demo:interior#issuer-0".to_owned());
        list.to_token(&claims, &kid, &key(3)).unwrap()
    }
}

/// Copies that are valid from some time ago, for some time to come: in days.
fn copies(issuer: &Issuer, keys: &[PublicKey], from: u64, until: u64) -> Vec<String> {
    let day = |days: u64| Duration::from_secs(days * 86_400);
    let copy = |(number, holder): (u64, &PublicKey)| {
        let claims = person().as_object().unwrap().clone();
        let issuance = Issuance {
            issuer: Some("did:symbolon:demo:interior".to_owned()),
            vct: VCT.to_owned(),
            issued_at: now().minus(day(from)),
            expires_at: now().plus(day(until)),
            not_before: None,
            holder: holder.clone(),
            status: Some(StatusReference { uri: format!("{}/list", issuer.origin), index: number }),
            disclosable: every_claim(&claims),
            claims,
            decoys: 0,
        };
        let kid = KeyReference::Kid("did:symbolon:demo:interior#issuer-0".to_owned());
        let salt = 7_000_000 + if issuer.is_first_batch() { 0 } else { 1000 } + number;
        issuance.issue(&kid, &issuer.signer, &mut FixedRng(salt)).unwrap()
    };
    (0..).zip(keys).map(copy).collect()
}

/// A phone with a card, its office, and all that is asked there.
async fn with_card(name: &str, change: fn(&mut Issuer)) -> (Phone, Arc<House>, Server, Value) {
    let mut made = None;
    let server = Server::start(|origin| {
        let mut issuer = Issuer::new(origin);
        issuer.copies = |issuer, keys| copies(issuer, keys, 1, 365);
        change(&mut issuer);
        let clock = AtomicU64::new(now().secs());
        let house = Arc::new(House { issuer, clock, marks: Mutex::default() });
        made = Some(Arc::clone(&house));
        Box::new(move |got| house.answer(got))
    })
    .await;
    let house = made.unwrap();
    let phone = Phone::open_at(name, &house.issuer.register, &server.origin).await;
    let found = phone.good("look", json!({ "text": offer_link(&house.issuer.offer()) })).await;
    let cards = phone.good("accept", json!({ "id": found["id"], "code": CODE })).await;
    (phone, house, server, cards[0]["id"].clone())
}

fn turn(phone: &Phone, house: &House, seconds: i64) {
    phone.turn(seconds);
    let turn = |now: u64| now.checked_add_signed(seconds);
    house.clock.fetch_update(Ordering::SeqCst, Ordering::SeqCst, turn).unwrap();
}

async fn keep_up(phone: &Phone) -> bool {
    phone.good("keep_up", json!({})).await["changed"].as_bool().unwrap()
}

async fn state(phone: &Phone) -> Value {
    phone.good("cards", json!({})).await[0]["state"].clone()
}

fn times(server: &Server, path: &str) -> usize {
    server.got().iter().filter(|got| got.path == path).count()
}

#[tokio::test]
async fn a_card_that_its_office_took_back_is_seen_so_without_showing_it() {
    let (phone, house, server, _) = with_card("seen-revoked", |_| ()).await;
    house.marks.lock().unwrap().push((1, Status::Invalid));
    assert!(!keep_up(&phone).await);
    assert_eq!((times(&server, "/list"), state(&phone).await), (0, json!("ready")), "it is not time yet");
    turn(&phone, &house, 15 * HOUR);
    assert!(keep_up(&phone).await);
    assert_eq!((times(&server, "/list"), state(&phone).await), (1, json!("revoked")));
    assert!(!keep_up(&phone).await);
    assert_eq!(times(&server, "/list"), 1, "the next look has its time");
}

#[tokio::test]
async fn a_person_who_wants_to_know_looks_at_once() {
    let (phone, house, server, id) = with_card("by-hand", |_| ()).await;
    assert_eq!(phone.good("check_card", json!({ "id": id })).await["state"], "ready");
    house.marks.lock().unwrap().push((0, Status::Suspended));
    assert_eq!(phone.good("check_card", json!({ "id": id })).await["state"], "suspended");
    assert_eq!(phone.refused("check_card", json!({ "id": "another" })).await, "no_such_card");
    turn(&phone, &house, HOUR);
    drop(server);
    assert_eq!(phone.refused("check_card", json!({ "id": id })).await, "status_list_not_fetched");
    assert_eq!(state(&phone).await, "suspended");
}

#[tokio::test]
async fn copies_renew_by_themselves_before_they_run_out() {
    let (phone, house, _server, _) = with_card("renews", |issuer| {
        issuer.copies = |issuer, keys| copies(issuer, keys, 30, 2);
    })
    .await;
    assert_eq!(state(&phone).await, "ends_soon");
    assert_eq!(house.issuer.mood().told.len(), 1);
    // The time for it is drawn within a day of when that was seen.
    turn(&phone, &house, -DAY);
    keep_up(&phone).await;
    assert_eq!(house.issuer.mood().told.len(), 1);
    turn(&phone, &house, DAY);
    keep_up(&phone).await;
    assert_eq!(house.issuer.mood().told.len(), 2);
    assert_eq!(phone.good("cards", json!({})).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn proofs_for_counters_are_fetched_when_they_are_old() {
    let (phone, house, server, _) = with_card("prepared", |_| ()).await;
    keep_up(&phone).await;
    assert_eq!(times(&server, "/v1/snapshot"), 0, "the card came with one");
    turn(&phone, &house, 6 * HOUR);
    keep_up(&phone).await;
    assert_eq!(times(&server, "/v1/snapshot"), 1);
    keep_up(&phone).await;
    assert_eq!(times(&server, "/v1/snapshot"), 1);
}

#[tokio::test]
async fn nothing_is_done_while_a_person_decides() {
    let (phone, house, server, _) = with_card("decides", |_| ()).await;
    turn(&phone, &house, 15 * HOUR);
    let found = phone.good("look", json!({ "text": offer_link(&house.issuer.offer()) })).await;
    let before = server.got().len();
    assert!(!keep_up(&phone).await);
    assert_eq!(server.got().len(), before);
    phone.good("refuse", json!({ "id": found["id"] })).await;
    keep_up(&phone).await;
    assert_eq!(times(&server, "/list"), 1);
}

#[tokio::test]
async fn nothing_is_done_near_a_showing() {
    let (phone, house, server, id) = with_card("shown", |_| ()).await;
    // A look that saw nothing is soon followed by another: it is due when the card is shown.
    phone.turn(-HOUR);
    drop(phone.call("check_card", json!({ "id": id })).await);
    phone.turn(HOUR);
    let (asking, _other) = provider(|_| ()).await;
    let found = phone.good("look", json!({ "text": asking.link() })).await;
    phone.good("share", json!({ "id": found["id"] })).await;
    let before = server.got().len();
    turn(&phone, &house, 599);
    assert!(!keep_up(&phone).await);
    assert_eq!(server.got().len(), before);
    let looks = times(&server, "/list");
    turn(&phone, &house, 1);
    keep_up(&phone).await;
    assert_eq!(times(&server, "/list"), looks + 1);
}

#[tokio::test]
async fn whoever_asks_twice_has_it_done_once() {
    let (phone, house, server, _) = with_card("once", |_| ()).await;
    turn(&phone, &house, 15 * HOUR);
    tokio::join!(keep_up(&phone), keep_up(&phone));
    assert_eq!(times(&server, "/list"), 1);
}

#[tokio::test]
async fn locking_ends_it() {
    let (phone, house, server, _) = with_card("ended", |_| ()).await;
    turn(&phone, &house, 15 * HOUR);
    let (kept, locked) = tokio::join!(phone.call("keep_up", json!({})), phone.call("lock", json!({})));
    assert!(locked.is_ok());
    assert_eq!(kept.unwrap_err()["code"], "locked");
    assert_eq!(times(&server, "/list"), 0);
    assert_eq!(phone.refused("keep_up", json!({})).await, "locked");
    phone.good("unlock", json!({ "pin": PIN })).await;
    keep_up(&phone).await;
    assert_eq!(times(&server, "/list"), 1);
}

#[tokio::test]
async fn a_wallet_that_is_erased_meanwhile_is_gone() {
    let (phone, house, _server, _) = with_card("erased", |_| ()).await;
    turn(&phone, &house, 15 * HOUR);
    let (kept, erased) = tokio::join!(phone.call("keep_up", json!({})), phone.call("erase", json!({})));
    assert_eq!((kept.unwrap_err()["code"].clone(), erased.is_ok()), (json!("locked"), true));
    assert_eq!(phone.phase().await, "new");
}

#[tokio::test]
async fn without_the_network_cards_stay_as_they_were_and_nobody_is_told() {
    let (phone, house, server, _) = with_card("offline", |_| ()).await;
    drop(server);
    turn(&phone, &house, 15 * HOUR);
    assert!(!keep_up(&phone).await);
    assert_eq!(state(&phone).await, "ready");
    turn(&phone, &house, 3 * DAY);
    keep_up(&phone).await;
    assert_eq!(state(&phone).await, "not_checked", "that is seen on the card");
}
