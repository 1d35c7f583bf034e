//! Whoever asks is hostile: every request gets a code and every text is harmless, and the wallet stays as it was.

use credential::jws;
use openid4vc::vp::dcql::Query;
use openid4vc::vp::request::AnswerTo;
use openid4vc::web_url::WebUrl;
use registry_proof::entry::{Entry, Texts as Named};
use registry_proof::key::Key;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wallet_core::view::Choice;

use crate::now;
use crate::present::{good, home, provider, provider_of};
use crate::register::{Register, VCT};
use crate::server::Page;
use crate::world::{Asking, Home, key, person};

/// Markup, characters that turn text around, that are not seen, that rewrite a terminal.
pub(crate) const HOSTILE: &str =
    "<b onclick=\"x()\">A\u{202e}B\u{2066}C\u{0}\u{1b}[2J\r\nD\u{200b}\u{feff}\u{e0041}E\u{2028}</b>";

/// Holds every text of a view against what a person may be shown.
pub(crate) fn assert_plain(view: &impl Serialize) {
    let is_bad = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    };
    let text = serde_json::to_value(view).unwrap();
    let mut left = vec![&text];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => assert!(!text.contains(is_bad), "{text:?}"),
            Value::Array(items) => left.extend(items),
            Value::Object(members) => {
                assert!(members.keys().all(|name| !name.contains(is_bad)), "{members:?}");
                left.extend(members.values());
            }
            _ => {}
        }
    }
}

/// The request, its parameters changed and signed again.
pub(crate) fn changed(change: impl Fn(&mut Map<String, Value>)) -> impl FnOnce(&Asking) -> String {
    move |asking| {
        let token = jws::Unverified::parse(&asking.signed()).unwrap();
        let mut claims = token.dangerous_claims().unwrap();
        change(&mut claims);
        jws::sign(token.header().members().clone(), &claims, &asking.request_key).unwrap()
    }
}

/// What becomes of a request that is written so; nothing has changed and nothing was answered.
async fn refused(name: &str, write: impl FnOnce(&Asking) -> String) -> &'static str {
    let (asking, server) = provider_of(|_| (), write, good()).await;
    let home = home(name, &asking, 1);
    let before = home.digest();
    let error = home.wallet.look_at_request(&asking.link()).await.err().unwrap();
    assert_eq!(home.digest(), before);
    assert!(server.posted("/response").is_empty());
    error.code()
}

fn credential(id: &str, more: Value) -> Value {
    let mut credential = json!({"id": id, "format": "dc+sd-jwt", "meta": {"vct_values": [VCT]}});
    credential.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    credential
}

/// Queries beyond what a person could judge or a phone should work on.
fn bombs() -> Vec<(&'static str, Value)> {
    let one = |more: Value| json!({"credentials": [credential("card", more)]});
    let claims = |count: usize| vec![json!({"path": ["given_name"]}); count];
    let named: Vec<Value> =
        (0..4).map(|number| json!({"id": format!("c{number}"), "path": ["given_name"]})).collect();
    let deep_path: Vec<Value> = (0..1000).map(|_| json!("a")).collect();
    let cards = |count: usize| (0..count).map(|n| credential(&n.to_string(), json!({}))).collect::<Vec<_>>();
    vec![
        ("member_too_large", json!({"credentials": cards(17)})),
        ("member_too_large", one(json!({"claims": claims(129)}))),
        ("member_too_large", one(json!({"claims": named, "claim_sets": vec![json!(["c0"]); 33]}))),
        ("member_too_large", one(json!({"claims": [{"path": ["given_name"], "values": vec!["x"; 65]}]}))),
        (
            "member_too_large",
            json!({"credentials": cards(1), "credential_sets": vec![json!({"options": [["0"]]}); 33]}),
        ),
        ("member_too_large", one(json!({"note": "x".repeat(70_000)}))),
        ("claim_path_malformed", one(json!({"claims": [{"path": deep_path}]}))),
        (
            "query_id_repeated",
            json!({"credentials": [credential("a", json!({})), credential("a", json!({}))]}),
        ),
        ("query_id_repeated", one(json!({"claims": [named[0], named[0]]}))),
        ("query_id_unknown", one(json!({"claims": named, "claim_sets": [["c9"]]}))),
        ("query_id_malformed", json!({"credentials": [credential("<b>", json!({}))]})),
    ]
}

#[tokio::test]
async fn queries_out_of_bounds_are_refused() {
    for (number, (code, query)) in bombs().into_iter().enumerate() {
        let write = changed(move |claims| claims["dcql_query"] = query.clone());
        assert_eq!(refused(&format!("bomb-{number}"), write).await, code, "{number}");
    }
}

#[tokio::test]
async fn requests_that_are_too_large_or_too_deep_are_refused() {
    let large = refused("large", |asking| asking.signed() + &"x".repeat(600_000)).await;
    assert_eq!(large, "request_too_large");
    let larger = refused("larger", |_| "x".repeat(3 << 20)).await;
    assert_eq!(larger, "answer_too_large");
    let deep = |asking: &Asking| {
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!([deep]);
        }
        changed(move |claims| claims["client_metadata"]["x"] = deep.clone())(asking)
    };
    assert_eq!(refused("deep", deep).await, "payload_malformed");
}

/// The largest query that is allowed, all of it about cards that the person has.
fn heaviest() -> Value {
    let claims: Vec<Value> = (0..64)
        .map(|n| json!({"id": format!("{n}"), "path": if n % 2 == 0 { ["given_name"] } else { ["family_name"] }}))
        .collect();
    let ids: Vec<String> = (0..64).map(|n| n.to_string()).collect();
    let part = |n: usize| {
        let sets = vec![ids.clone(); if n == 0 { 32 } else { 1 }];
        credential(&format!("p{n}"), json!({"claims": claims, "claim_sets": sets, "multiple": true}))
    };
    let parts: Vec<Value> = (0..10).map(part).collect();
    json!({"credentials": parts})
}

#[tokio::test]
async fn the_heaviest_query_comes_to_a_consent_that_a_screen_can_hold() {
    let ask = |asking: &mut Asking| {
        asking.register.add_registration("bank", "login", &["given_name", "family_name"]);
        asking.staple();
        asking.content.query = Query::parse(&heaviest()).unwrap();
    };
    let (asking, server) = provider(ask, good()).await;
    let home = Home::new("heaviest", &Register::new(now()));
    for number in 0..80 {
        home.keep(&format!("card-{number:02}"), VCT, &person(), 1, &asking.issuer);
    }
    let mut asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    let consent = asked.consent();
    assert_eq!((consent.cards.len(), consent.cards[0].shared.len()), (10, 2));
    assert_eq!(consent.cards[0].instead.len(), 63, "no list longer than a person looks through");
    assert!(serde_json::to_vec(consent).unwrap().len() < 256 * 1024);
    let every = json!(
        (0..10)
            .flat_map(|part| (0..64)
                .map(move |card| { json!({"query": format!("p{part}"), "card": format!("card-{card:02}")}) }))
            .collect::<Vec<_>>()
    );
    let choice: Choice = serde_json::from_value(json!({"options": [0], "cards": every})).unwrap();
    assert_eq!(home.wallet.choose(&mut asked, &choice).unwrap_err().code(), "choice_not_offered");
    assert!(server.posted("/response").is_empty());
}

fn hostile_names() -> Named {
    [("en".to_owned(), HOSTILE.to_owned()), ("zh\u{202e}".to_owned(), HOSTILE.to_owned())].into()
}

/// The register, too, was written by others.
fn with_hostile_names(asking: &mut Asking) {
    for entry in asking.register.entries.values_mut() {
        match entry {
            Entry::Member(member) => member.legal_name = hostile_names(),
            Entry::Registration(registration) => registration.purpose = hostile_names(),
            _ => {}
        }
    }
    asking.staple();
}

#[tokio::test]
async fn no_text_of_an_outsider_can_turn_or_hide_another() {
    let (asking, server) = provider(with_hostile_names, good()).await;
    let home = Home::new("hostile-texts", &Register::new(now()));
    let mut claims = person();
    claims["given_name"] = HOSTILE.into();
    claims["login_identifier"] = json!({ HOSTILE: [HOSTILE] });
    claims[HOSTILE] = HOSTILE.into();
    home.keep("card", VCT, &claims, 1, &asking.issuer);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    assert_plain(asked.consent());
    let shown = &asked.consent().cards[0].shared[0].claim.value;
    assert_eq!(shown, "<b onclick=\"x()\">ABC  [2J  DE </b>", "what is left is text, markup and all");
    home.wallet.share(asked).await.unwrap();
    assert_plain(&home.wallet.history().unwrap());
    assert_plain(&home.wallet.cards().unwrap());
    assert_plain(&home.wallet.card("card").unwrap());
    let sent = asking.open(&server.posted("/response")[0]).unwrap();
    assert_eq!(sent["given_name"], HOSTILE, "what the issuer signed is not touched");
}

#[tokio::test]
async fn a_refusal_for_asking_too_much_repeats_nothing_hostile() {
    let ask = |asking: &mut Asking| {
        with_hostile_names(asking);
        let claims = json!([{"path": [HOSTILE]}]);
        let query = json!({"credentials": [credential("card", json!({"claims": claims}))]});
        asking.content.query = Query::parse(&query).unwrap();
    };
    let (asking, _server) = provider(ask, good()).await;
    let home = home("hostile-too-much", &asking, 1);
    let error = home.wallet.look_at_request(&asking.link()).await.err().unwrap();
    assert_plain(error.too_much().unwrap());
    assert!(!error.to_string().contains('<'));
}

#[tokio::test]
async fn a_request_that_answers_another_nonce_is_refused() {
    for nonce in [None, Some("another")] {
        let (asking, server) =
            provider(|asking| asking.content.wallet_nonce = nonce.map(str::to_owned), good()).await;
        let home = home("other-nonce", &asking, 1);
        let link = format!("{}&request_uri_method=post", asking.link());
        let error = home.wallet.look_at_request(&link).await.err().unwrap();
        assert_eq!(error.code(), "wallet_nonce_differs");
        assert!(server.got()[0].body.starts_with("wallet_nonce="));
    }
    let unasked = refused(
        "nonce-unasked",
        changed(|claims| {
            claims.insert("wallet_nonce".into(), "x".into());
        }),
    );
    assert_eq!(unasked.await, "wallet_nonce_differs");
}

#[tokio::test]
async fn nobody_is_asked_for_a_card_that_the_other_side_could_not_check() {
    let write = changed(|claims| {
        let formats = &mut claims["client_metadata"]["vp_formats_supported"];
        *formats = json!({"dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["EdDSA"]}});
    });
    assert_eq!(refused("not-checked", write).await, "algorithm_unsupported");
}

#[tokio::test]
async fn a_request_from_elsewhere_is_not_fetched_and_an_answer_not_sent_there() {
    for (number, address) in
        ["http://10.0.0.1/r", "https://192.168.1.1/r", "https://169.254.169.254/r", "ftp://a.example/r"]
            .iter()
            .enumerate()
    {
        let home = Home::new(&format!("elsewhere-{number}"), &Register::new(now()));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", "decentralized_identifier:did:symbolon:demo:login")
            .append_pair("request_uri", address)
            .finish();
        let error = home.wallet.look_at_request(&format!("openid4vp://?{query}")).await.err().unwrap();
        assert!(error.code().starts_with("address_"), "{address}: {}", error.code());
    }
    for address in ["https://10.0.0.1/r", "https://evil.example/r", "http://127.0.0.1:9/r"] {
        let write = changed(move |claims| claims["response_uri"] = address.into());
        assert_eq!(refused("answer-elsewhere", write).await, "foreign_address", "{address}");
    }
}

#[tokio::test]
async fn a_redirect_instead_of_a_request_is_not_followed() {
    let server = crate::server::Server::start(|_| {
        Box::new(|got| Some(if got.path == "/request" { Page::to("/elsewhere") } else { Page::new(200, "") }))
    })
    .await;
    let asking = Asking::new(&server.origin);
    let home = home("moved", &asking, 1);
    assert_eq!(home.wallet.look_at_request(&asking.link()).await.err().unwrap().code(), "request_not_there");
    assert_eq!(server.got().len(), 1);
}

/// A server that answers with a body that never ends.
async fn endless() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.windows(4).any(|end| end == b"\r\n\r\n")
                    && stream.read_buf(&mut head).await.unwrap_or(0) > 0
                {}
                let mut sent = stream.write_all(b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\n").await;
                while sent.is_ok() {
                    sent = stream.write_all(&[b'a'; 16 * 1024]).await;
                }
            });
        }
    });
    origin
}

#[tokio::test]
async fn a_body_without_an_end_is_cut_off() {
    let origin = endless().await;
    let asking = Asking::new(&origin);
    let home = home("endless", &asking, 1);
    let before = home.digest();
    assert_eq!(home.wallet.look_at_request(&asking.link()).await.err().unwrap().code(), "answer_too_large");
    assert_eq!(home.digest(), before);
}

#[tokio::test]
async fn an_endless_reply_to_an_answer_counts_as_seen() {
    let origin = endless().await;
    let ask = |asking: &mut Asking| {
        let login = asking.register.entries.get_mut(&Key::Member("login".parse().unwrap())).unwrap();
        let Entry::Member(login) = login else { panic!("not a member") };
        login.origins.push(origin.clone());
        asking.staple();
        asking.content.answer_to = AnswerTo::Address(WebUrl::parse(&format!("{origin}/response")).unwrap());
    };
    let (asking, _server) = provider(ask, good()).await;
    let home = home("endless-reply", &asking, 1);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    assert_eq!(home.wallet.share(asked).await.unwrap_err().code(), "answer_too_large");
    let line = &home.wallet.history().unwrap()[0];
    assert_eq!(line.outcome, wallet_core::store::entries::Outcome::Unknown);
}

#[tokio::test]
async fn what_is_signed_is_what_counts_and_a_signature_that_does_not_hold_counts_for_nothing() {
    let parameters: [fn(&mut Map<String, Value>); 4] = [
        |claims| claims["nonce"] = "x".repeat(43).into(),
        |claims| claims["state"] = "x".repeat(43).into(),
        |claims| claims["client_metadata"]["jwks"]["keys"][0]["kid"] = "x".into(),
        |claims| claims["dcql_query"]["credentials"][0]["claims"] = json!([{"path": ["login_identifier"]}]),
    ];
    for (number, change) in parameters.into_iter().enumerate() {
        let spliced = move |asking: &Asking| {
            let (signed, changed) = (asking.signed(), changed(change)(asking));
            let (content, _) = changed.rsplit_once('.').unwrap();
            let (_, signature) = signed.rsplit_once('.').unwrap();
            format!("{content}.{signature}")
        };
        assert_eq!(refused(&format!("spliced-{number}"), spliced).await, "invalid_signature");
    }
    let other = |asking: &Asking| {
        let kid = credential::issuer::KeyReference::Kid("did:symbolon:demo:login#request-0".to_owned());
        asking.content.sign(&kid, &key(9)).unwrap()
    };
    assert_eq!(refused("other-signer", other).await, "invalid_signature");
    let none = |asking: &Asking| {
        let (content, _) =
            asking.signed().rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        format!("{content}.")
    };
    assert_ne!(refused("no-signature", none).await, "");
}
