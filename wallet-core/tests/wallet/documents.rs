//! Mobile documents as cards: received, kept, shown, and believed by the other side, or refused.

use std::time::Duration;

use credential::encoding::{base64url, from_base64url};
use credential::key::Signer as _;
use credential::sd_jwt_vc::StatusReference;
use openid4vc::vp::dcql::Query;
use registry_proof::entry::{Entry, KeyState};
use registry_proof::key::{Key, Purpose};
use serde_json::{Value, json};

use crate::issuer::{CODE, Issuer, start};
use crate::now;
use crate::present::{good, provider};
use crate::receive::{Change, home, receive};
use crate::register::{Register, VCT};
use crate::world::{Asking, DOC_TYPE, Home, Licence, anchor, authority_key, key, person};

/// An issuer that offers licences.
fn licences(issuer: &mut Issuer) {
    issuer.offers = "licence";
    issuer.copies = |issuer, keys| issuer.documents(keys);
}

/// The bank asks `query`, and may.
fn asks(query: Value) -> impl FnOnce(&mut Asking) {
    move |asking| {
        let types: [(&str, &[&str]); 2] = [(VCT, &["given_name"]), (DOC_TYPE, &[DOC_TYPE])];
        asking.register.add_registration_of("bank", "login", &types);
        asking.staple();
        asking.content.query = Query::parse(&query).unwrap();
    }
}

fn wants(elements: &[&str]) -> Value {
    let claims: Vec<Value> = elements.iter().map(|name| json!({"path": [DOC_TYPE, name]})).collect();
    json!({"id": "licence", "format": "mso_mdoc", "meta": {"doctype_value": DOC_TYPE}, "claims": claims})
}

#[tokio::test]
async fn a_document_is_received_and_shown_in_part() {
    let (issuer, _issuing) = start(|issuer| {
        licences(issuer);
        // The register moves on between receiving and showing.
        let earlier = issuer.register.bundle(now().minus(Duration::from_secs(1)));
        issuer.metadata["symbolon_registry_proof"] = base64url(earlier).into();
    })
    .await;
    let (asking, server) = provider(asks(json!({"credentials": [wants(&["age_over_18"])]})), good()).await;
    let home = home("document");
    let offered = home.wallet.look_at_offer(&issuer.offer()).await.unwrap();
    assert_eq!(offered.view().cards[0].pick("en"), "Driving licence");
    let cards = home.wallet.receive(&offered, Some(CODE)).await.unwrap();
    assert_eq!((cards[0].copies, cards[0].vct.as_str()), (3, DOC_TYPE));
    assert_eq!(cards[0].valid_until, Some(now().plus(Duration::from_secs(3600))));
    let details = home.wallet.card(&cards[0].id).unwrap();
    let said: Vec<_> = details.claims.iter().map(|claim| (claim.name.pick("en"), &claim.value)).collect();
    assert_eq!(said[0], ("age over 18", &json!(true)));
    assert_eq!(said[1], ("Family name", &json!("Okafor")));

    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    let card = &asked.consent().cards[0];
    assert_eq!((card.shared.len(), &card.shared[0].claim.value), (1, &json!(true)));
    let kept: Vec<_> = card.not_shared.iter().map(|name| name.pick("en")).collect();
    assert_eq!(kept, ["Family name", "portrait"]);
    home.wallet.share(asked).await.unwrap();
    let shown = asking.open_all(&server.posted("/response")[0]).unwrap();
    assert_eq!(json!(shown["licence"][0]), json!({DOC_TYPE: {"age_over_18": true}}), "and nothing else");
    assert_eq!(home.wallet.cards().unwrap()[0].unused_copies, 2);
    assert_eq!(home.wallet.history().unwrap()[0].shared[0].pick("en"), "age over 18");
}

#[tokio::test]
async fn cards_of_both_formats_are_shown_together() {
    let identity = json!({"id": "card", "format": "dc+sd-jwt", "meta": {"vct_values": [VCT]},
        "claims": [{"path": ["given_name"]}]});
    let query = json!({"credentials": [identity, wants(&["family_name"])]});
    let (asking, server) = provider(asks(query), good()).await;
    let home = Home::new("both-formats", &Register::new(now()));
    home.keep("card-1", VCT, &person(), 1, &asking.issuer);
    home.keep_document("licence-1", 1, &asking.issuer);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    assert_eq!(asked.consent().cards.len(), 2);
    home.wallet.share(asked).await.unwrap();
    let shown = asking.open_all(&server.posted("/response")[0]).unwrap();
    assert_eq!(shown["card"][0]["given_name"], "Maria");
    assert_eq!(shown["licence"][0][DOC_TYPE], json!({"family_name": "Okafor"}));
}

#[tokio::test]
async fn each_copy_of_a_document_answers_with_a_key_of_its_own() {
    let (asking, server) = provider(asks(json!({"credentials": [wants(&["age_over_18"])]})), good()).await;
    let home = Home::new("document-copies", &Register::new(now()));
    home.keep_document("licence-1", 2, &asking.issuer);
    for _ in 0..2 {
        let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
        assert!(!asked.consent().cards[0].reused);
        home.wallet.share(asked).await.unwrap();
    }
    let keys: Vec<_> = server.posted("/response").iter().map(|body| asking.device_key(body)).collect();
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn a_value_of_an_element_decides_which_document_fits() {
    for (value, fits) in [(json!("Okafor"), true), (json!("Lindqvist"), false), (json!(true), false)] {
        let mut query = wants(&["family_name"]);
        query["claims"][0]["values"] = json!([value]);
        let (asking, _server) = provider(asks(json!({"credentials": [query]})), good()).await;
        let home = Home::new("document-value", &Register::new(now()));
        home.keep_document("licence-1", 1, &asking.issuer);
        assert_eq!(home.wallet.look_at_request(&asking.link()).await.is_ok(), fits, "{value}");
    }
}

#[tokio::test]
async fn only_what_a_named_authority_vouches_for_answers() {
    let own = base64url(authority_key());
    let cases = [
        (json!([{"type": "aki", "values": ["AAAA", own]}]), true),
        (
            json!([{"type": "openid_federation", "values": ["https://a.example"]}, {"type": "aki", "values": [own]}]),
            true,
        ),
        (json!([{"type": "aki", "values": ["AAAA"]}]), false),
        (json!([{"type": "etsi_tl", "values": [own]}]), false),
        (json!([{"type": "openid_federation", "values": ["https://a.example"]}]), false),
    ];
    for (number, (authorities, fits)) in cases.into_iter().enumerate() {
        let mut query = wants(&["family_name"]);
        query["trusted_authorities"] = authorities.clone();
        let (asking, _server) = provider(asks(json!({"credentials": [query]})), good()).await;
        let home = Home::new(&format!("authority-{number}"), &Register::new(now()));
        home.keep_document("licence-1", 1, &asking.issuer);
        let before = home.digest();
        let looked = home.wallet.look_at_request(&asking.link()).await;
        assert_eq!(
            looked.as_ref().map_err(|error| error.code()).err(),
            (!fits).then_some("no_card"),
            "{authorities}"
        );
        assert_eq!(home.digest(), before);
    }
}

#[tokio::test]
async fn a_card_whose_issuer_is_named_without_certificates_is_under_no_authority() {
    let card = json!({"id": "card", "format": "dc+sd-jwt", "meta": {"vct_values": [VCT]},
        "trusted_authorities": [{"type": "aki", "values": [base64url(authority_key())]}]});
    let (asking, _server) = provider(asks(json!({"credentials": [card]})), good()).await;
    let home = Home::new("no-authority", &Register::new(now()));
    home.keep("card-1", VCT, &person(), 1, &asking.issuer);
    let refused = home.wallet.look_at_request(&asking.link()).await.err().unwrap();
    assert_eq!(refused.code(), "no_card");
}

#[tokio::test]
async fn an_element_that_is_not_registered_is_too_much() {
    let ask = |asking: &mut Asking| {
        asks(json!({"credentials": [wants(&["portrait"])]}))(asking);
        asking.register.add_registration("bank", "login", &["given_name"]);
        asking.staple();
    };
    let (asking, _server) = provider(ask, good()).await;
    let home = Home::new("document-too-much", &Register::new(now()));
    home.keep_document("licence-1", 1, &asking.issuer);
    let error = home.wallet.look_at_request(&asking.link()).await.err().unwrap();
    assert_eq!(error.too_much().unwrap().paths, [format!("{DOC_TYPE}.portrait"), DOC_TYPE.to_owned()]);
}

/// A place of a status list that all copies share.
fn one_place() -> Option<StatusReference> {
    Some(StatusReference { uri: "https://interior.example/status/1".to_owned(), index: 7 })
}

/// Every way to cheat with a document, with the code of its refusal.
const CHEATS: [(&str, Change); 12] = [
    ("unknown_signer", |issuer| {
        issuer.register.add_anchor("interior", Purpose::Request, anchor());
        issuer.register.entries.remove(&Key::MemberKey("interior".parse().unwrap(), Purpose::Issuer, 1));
        issuer.staple();
    }),
    ("key_compromised", |issuer| {
        let place = Key::MemberKey("interior".parse().unwrap(), Purpose::Issuer, 1);
        let Some(Entry::MemberKey(key)) = issuer.register.entries.get_mut(&place) else { panic!("no key") };
        key.state = KeyState::Compromised;
        issuer.staple();
    }),
    ("not_accredited", |issuer| {
        let key = Key::Accreditation("interior".parse().unwrap(), DOC_TYPE.parse().unwrap());
        issuer.register.entries.remove(&key);
        issuer.staple();
    }),
    ("other_card", |issuer| {
        issuer.copies = |issuer, _| vec![Licence::of(key(9).public_key()).sign(&issuer.signer, 1)];
    }),
    ("copies_linkable", |issuer| {
        issuer.copies =
            |issuer, keys| keys.iter().map(|key| Licence::of(key).sign(&issuer.signer, 1)).collect();
    }),
    ("copies_linkable", |issuer| {
        issuer.copies = |issuer, keys| {
            let copy =
                |(salt, key)| Licence { status: one_place(), ..Licence::of(key) }.sign(&issuer.signer, salt);
            (0..).zip(keys).map(copy).collect()
        };
    }),
    ("copies_differ", |issuer| {
        issuer.copies = |issuer, keys| {
            let names = ["Okafor", "Okafor", "Lindqvist"];
            let copy = |((salt, key), family_name)| {
                Licence { family_name, ..Licence::of(key) }.sign(&issuer.signer, salt)
            };
            (0..).zip(keys).zip(names).map(copy).collect()
        };
    }),
    ("not_accredited", |issuer| {
        issuer.copies = |issuer, keys| {
            vec![Licence { doc_type: "org.example.other.1", ..Licence::of(&keys[0]) }.sign(&issuer.signer, 1)]
        };
        issuer.register.add_accreditation_for("other", "org.example.other.1");
        issuer.staple();
    }),
    ("other_card", |issuer| {
        issuer.copies = |issuer, keys| {
            vec![Licence { doc_type: "org.example.other.1", ..Licence::of(&keys[0]) }.sign(&issuer.signer, 1)]
        };
        issuer.register.add_accreditation_for("interior", "org.example.other.1");
        issuer.staple();
    }),
    ("expired", |issuer| {
        issuer.copies = |issuer, keys| {
            let signed = now().minus(Duration::from_secs(7201));
            vec![Licence { signed, ..Licence::of(&keys[0]) }.sign(&issuer.signer, 1)]
        };
    }),
    ("mdoc_digest_mismatch", |issuer| {
        issuer.copies = |issuer, keys| {
            let mut bytes = from_base64url(issuer.documents(keys)[0].as_str()).unwrap();
            let place = bytes.windows(6).position(|window| window == b"Okafor").unwrap();
            bytes[place] = b'X';
            vec![base64url(bytes)]
        };
    }),
    ("mdoc_malformed", |issuer| issuer.copies = |issuer, keys| issuer.honest(keys)),
];

#[tokio::test]
async fn an_issuer_that_cheats_with_a_document_leaves_nothing_behind() {
    for (number, (code, change)) in CHEATS.into_iter().enumerate() {
        let (issuer, _server) = start_with(change).await;
        let home = home(&format!("document-cheat-{number}"));
        let before = home.digest();
        let error =
            receive(&home, &issuer, Some(CODE)).await.err().unwrap_or_else(|| panic!("{number} {code}"));
        assert_eq!(error.code(), code, "{number}: {error:?}");
        assert_eq!(home.digest(), before, "{code}");
    }
}

async fn start_with(change: Change) -> (std::sync::Arc<Issuer>, crate::server::Server) {
    start(move |issuer| {
        licences(issuer);
        change(issuer);
    })
    .await
}
