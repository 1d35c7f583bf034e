//! Requests that are answered, and requests that are not.

use std::sync::Arc;
use std::time::Duration;

use openid4vc::vp::request::AnswerTo;
use openid4vc::web_url::WebUrl;
use registry_proof::entry::{Entry, KeyState, Role, Standing};
use registry_proof::key::{Key, Purpose};
use serde_json::json;
use wallet_core::store::entries::{Outcome, ReceiptState};

use crate::now;
use crate::server::{Page, Server};
use crate::world::{Asking, Home, client, key, query};

/// A provider that gives out its request and answers `reply` to what comes back.
pub(crate) async fn provider(change: impl FnOnce(&mut Asking), reply: Option<Page>) -> (Arc<Asking>, Server) {
    provider_of(change, Asking::signed, reply).await
}

/// As [`provider`], with a request that is written otherwise.
pub(crate) async fn provider_of(
    change: impl FnOnce(&mut Asking),
    write: impl FnOnce(&Asking) -> String,
    reply: Option<Page>,
) -> (Arc<Asking>, Server) {
    let mut made = None;
    let server = Server::start(|origin| {
        let mut asking = Asking::new(origin);
        change(&mut asking);
        let request = write(&asking);
        made = Some(Arc::new(asking));
        Box::new(move |got| match got.path.as_str() {
            "/request" => Some(Page::new(200, request.clone())),
            "/response" => reply.clone(),
            _ => Some(Page::new(404, "")),
        })
    })
    .await;
    (made.unwrap(), server)
}

pub(crate) fn good() -> Option<Page> {
    Some(Page::new(200, "{}"))
}

pub(crate) fn home(name: &str, asking: &Asking, copies: u64) -> Home {
    let home = Home::new(name, &crate::register::Register::new(now()));
    home.keep_card(copies, &asking.issuer);
    home
}

#[tokio::test]
async fn what_was_asked_is_shown_and_nothing_else() {
    let (asking, server) = provider(|_| (), good()).await;
    let home = home("shown", &asking, 1);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    let consent = asked.consent();
    assert_eq!((consent.asks.member.as_str(), consent.asks.name.pick("en")), ("bank", "The bank"));
    assert_eq!(consent.through.as_ref().unwrap().member, "login");
    assert_eq!(consent.cards[0].shared[0].claim.value, "Maria");
    assert!(consent.cards[0].shared[0].required);
    let kept: Vec<&str> = consent.cards[0].not_shared.iter().map(|name| name.pick("en")).collect();
    assert_eq!(kept, ["birthdate", "family name", "login identifier"]);
    let shared = home.wallet.share(asked).await.unwrap();
    assert_eq!(shared.receipt, ReceiptState::Missing);
    let claims = asking.open(&server.posted("/response")[0]).unwrap();
    assert_eq!(claims["given_name"], "Maria");
    for hidden in ["family_name", "birthdate", "login_identifier"] {
        assert!(!claims.contains_key(hidden));
    }
    assert_eq!(home.wallet.history().unwrap()[0].outcome, Outcome::Shared);
}

#[tokio::test]
async fn each_copy_is_shown_once_and_then_the_person_is_told() {
    let (asking, server) = provider(|_| (), good()).await;
    let home = home("copies", &asking, 2);
    let mut reused = Vec::new();
    for _ in 0..3 {
        let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
        reused.push(asked.consent().cards[0].reused);
        home.wallet.share(asked).await.unwrap();
    }
    assert_eq!(reused, [false, false, true]);
    let keys: Vec<_> = server
        .posted("/response")
        .iter()
        .map(|body| asking.open(body).unwrap()["cnf"]["jwk"]["x"].as_str().unwrap().to_owned())
        .collect();
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[0], keys[2]);
}

type Change = fn(&mut Asking);

/// Every way to ask that is not answered, with its code.
const REFUSED: [(&str, Change); 15] = [
    ("too_much", |asking| asking.content.query = query(&["given_name", "birthdate"])),
    ("too_much", |asking| {
        asking.content.query = openid4vc::vp::dcql::Query::for_card("card", "urn:other", &[]).unwrap();
    }),
    ("no_registration", |asking| asking.content.verifier_info.registration = None),
    ("registry_proof_invalid", |asking| asking.staple_bytes(asking.register.forged().bundle(now()))),
    ("registry_answer_malformed", |asking| asking.staple_bytes(vec![0; 100])),
    ("proof_too_old", |asking| {
        asking.staple_bytes(asking.register.bundle(now().minus(Duration::from_secs(3600))));
    }),
    ("proof_ahead", |asking| {
        asking.staple_bytes(asking.register.bundle(now().plus(Duration::from_secs(3600))))
    }),
    ("foreign_address", |asking| {
        asking.content.answer_to = AnswerTo::Address(WebUrl::parse("http://127.0.0.1:9/response").unwrap());
    }),
    ("not_operator", |asking| {
        asking.register.add_registration("bank", "treasury", &["given_name"]);
        asking.staple();
    }),
    ("not_registered", |asking| {
        asking.register.entries.remove(&Key::Registration("bank".parse().unwrap(), "login".parse().unwrap()));
        asking.staple();
    }),
    ("not_registered", |asking| {
        asking.register.add_member("bank", Role::Issuer, "https://bank.example");
        asking.staple();
    }),
    ("suspended", |asking| {
        let bank = asking.register.entries.get_mut(&Key::Member("bank".parse().unwrap())).unwrap();
        let Entry::Member(bank) = bank else { panic!("not a member") };
        bank.standing = Standing::Suspended;
        asking.staple();
    }),
    ("key_compromised", |asking| {
        let place = Key::MemberKey("login".parse().unwrap(), Purpose::Request, 0);
        let Some(Entry::MemberKey(key)) = asking.register.entries.get_mut(&place) else { panic!("no key") };
        key.state = KeyState::Compromised;
        asking.staple();
    }),
    ("request_expired", |asking| {
        asking.content.issued_at = None;
        asking.content.expires_at = Some(now().minus(Duration::from_secs(3600)));
    }),
    ("no_card", |asking| {
        asking.register.add_registration("bank", "login", &["driving_privileges"]);
        asking.staple();
        asking.content.query = query(&["driving_privileges"]);
    }),
];

#[tokio::test]
async fn a_request_that_may_not_be_answered_changes_nothing_and_learns_nothing() {
    for (number, (code, change)) in REFUSED.into_iter().enumerate() {
        let (asking, server) = provider(change, good()).await;
        let home = home(&format!("refused-{number}"), &asking, 1);
        let before = home.digest();
        let error = home.wallet.look_at_request(&asking.link()).await.err().expect(code);
        assert_eq!(error.code(), code, "{number}: {error:?}");
        assert_eq!(home.digest(), before, "{code}");
        assert!(server.posted("/response").is_empty(), "{code}");
    }
}

#[tokio::test]
async fn a_request_signed_by_another_key_is_refused() {
    let (asking, _server) = provider(|asking| asking.request_key = key(9), good()).await;
    let home = home("other-key", &asking, 1);
    let error = home.wallet.look_at_request(&asking.link()).await.err().unwrap();
    assert_eq!(error.code(), "invalid_signature");
}

#[tokio::test]
async fn a_request_by_another_client_than_its_link_is_refused() {
    let (asking, _server) = provider(|asking| asking.content.client_id = client("login"), good()).await;
    let home = home("other-client", &asking, 1);
    let link = asking.link().replace("demo%3Alogin", "demo%3Abank");
    assert!(home.wallet.look_at_request(&link).await.is_err());
}

#[tokio::test]
async fn over_asking_is_refused_with_what_was_too_much() {
    let (asking, _server) =
        provider(|asking| asking.content.query = query(&["given_name", "birthdate"]), good()).await;
    let home = home("too-much", &asking, 1);
    let error = home.wallet.look_at_request(&asking.link()).await.err().unwrap();
    let view = error.too_much().unwrap();
    assert_eq!(
        (view.asks.member.as_str(), view.through.as_ref().unwrap().member.as_str()),
        ("bank", "login")
    );
    assert_eq!(
        (view.claims[0].pick("en"), view.paths.as_slice()),
        ("birthdate", &["birthdate".to_owned()][..])
    );
}

#[tokio::test]
async fn nobody_is_said_to_ask_for_too_much_who_did_not_ask() {
    let forged = |asking: &mut Asking| {
        asking.content.query = query(&["given_name", "birthdate"]);
        asking.request_key = key(9);
    };
    let (asking, _server) = provider(forged, good()).await;
    let home = home("framed", &asking, 1);
    let error = home.wallet.look_at_request(&asking.link()).await.err().unwrap();
    assert_eq!((error.code(), error.too_much()), ("invalid_signature", None));
}

#[tokio::test]
async fn a_refused_answer_counts_as_seen() {
    let (asking, _server) = provider(|_| (), Some(Page::new(400, "{}"))).await;
    let home = home("answer-refused", &asking, 1);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    assert_eq!(home.wallet.share(asked).await.unwrap_err().code(), "answer_refused");
    assert_eq!(home.wallet.history().unwrap()[0].outcome, Outcome::Refused);
    assert_eq!(home.wallet.cards().unwrap()[0].unused_copies, 0);
}

#[tokio::test]
async fn an_answer_that_may_have_arrived_stays_unknown() {
    let (asking, _server) = provider(|_| (), None).await;
    let home = home("unknown", &asking, 1);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    assert_eq!(home.wallet.share(asked).await.unwrap_err().code(), "unreachable");
    assert_eq!(home.wallet.history().unwrap()[0].outcome, Outcome::Unknown);
    assert_eq!(home.wallet.cards().unwrap()[0].unused_copies, 0);
}

#[tokio::test]
async fn saying_no_tells_that_and_changes_nothing() {
    let (asking, server) = provider(|_| (), good()).await;
    let home = home("declined", &asking, 1);
    let before = home.digest();
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    home.wallet.decline(&asked).await.unwrap();
    assert_eq!(asking.open(&server.posted("/response")[0]), Err("access_denied".to_owned()));
    assert_eq!(home.digest(), before);
}

#[tokio::test]
async fn a_redirect_of_the_answer_is_not_followed() {
    let (asking, server) = provider(|_| (), Some(Page::to("/elsewhere"))).await;
    let home = home("redirected", &asking, 1);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    assert_eq!(home.wallet.share(asked).await.unwrap_err().code(), "answer_refused");
    assert!(server.got().iter().all(|got| got.path != "/elsewhere"));
}

#[tokio::test]
async fn hostile_replies_are_read_without_harm() {
    for body in
        ["", "[]", "{", "\u{0}", &"[".repeat(100_000), &json!({"redirect_uri": "javascript:1"}).to_string()]
    {
        let (asking, _server) = provider(|_| (), Some(Page::new(200, body))).await;
        let home = home("hostile-reply", &asking, 1);
        let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
        assert_eq!(home.wallet.share(asked).await.unwrap().redirect_uri, None);
    }
}
