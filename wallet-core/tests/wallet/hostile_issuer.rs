//! Whoever offers a card is hostile: each offer gets a code, and the wallet stays as it was.

use credential::sd_jwt_vc::StatusReference;
use serde_json::{Value, json};

use crate::hostile_verifier::{HOSTILE, assert_plain};
use crate::issuer::{CODE, Issuer, start};
use crate::receive::{Change, home, receive};
use crate::register::VCT;
use crate::world::{CardContent, key, person};

/// The card that is offered, in the metadata.
fn pid(issuer: &mut Issuer) -> &mut Value {
    &mut issuer.metadata["credential_configurations_supported"]["pid"]
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!([inner]))
}

/// Copies that say something else than they should.
fn copies_with(
    change: fn(usize, &mut CardContent<'_>),
) -> impl Fn(&Issuer, &[credential::key::PublicKey]) -> Vec<String> {
    move |issuer, keys| {
        let copy = |(number, holder)| {
            let mut content = CardContent::of(holder);
            change(number, &mut content);
            content.sign(&issuer.signer, number as u64)
        };
        keys.iter().enumerate().map(copy).collect()
    }
}

/// Bombs and cheats, with the code of their refusal.
const REFUSED: [(&str, Change); 12] = [
    ("json_malformed", |issuer| issuer.metadata["x"] = "x".repeat(1 << 20).into()),
    ("answer_too_large", |issuer| issuer.metadata["x"] = "x".repeat(3 << 20).into()),
    ("json_malformed", |issuer| issuer.metadata["x"] = nested(2000)),
    ("member_too_large", |issuer| {
        let card = pid(issuer).clone();
        let all = &mut issuer.metadata["credential_configurations_supported"];
        for number in 0..257 {
            all[format!("card-{number}")] = card.clone();
        }
    }),
    ("member_too_large", |issuer| {
        pid(issuer)["cryptographic_binding_methods_supported"] = json!(vec!["jwk"; 65]);
    }),
    ("member_wrong_kind", |issuer| issuer.metadata["batch_credential_issuance"]["batch_size"] = json!(-1)),
    ("json_malformed", |issuer| {
        let logo = format!("data:image/png;base64,{}", "A".repeat(1 << 20));
        pid(issuer)["credential_metadata"]["display"][0]["logo"] = json!({ "uri": logo });
    }),
    ("unknown_type", |issuer| {
        issuer.copies = |issuer, keys| copies_with(|_, copy| copy.vct = "urn:example:other:1")(issuer, keys);
    }),
    ("other_card", |issuer| {
        issuer.copies = |issuer, keys| copies_with(|_, copy| copy.vct = "urn:example:other:1")(issuer, keys);
        issuer.register.add_accreditation_for("interior", "urn:example:other:1");
        issuer.staple();
    }),
    ("copies_linkable", |issuer| {
        issuer.copies = |issuer, keys| {
            let place = |_, copy: &mut CardContent<'_>| {
                let uri = "https://interior.example/status/1".to_owned();
                copy.status = Some(StatusReference { uri, index: 4 });
            };
            copies_with(place)(issuer, keys)
        };
    }),
    ("copies_differ", |issuer| {
        issuer.copies = |issuer, keys| {
            static OTHER: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| {
                let mut other = person();
                other["family_name"] = json!("Somebody");
                other
            });
            let second = |number, copy: &mut CardContent<'_>| {
                if number == 1 {
                    copy.claims = &OTHER;
                }
            };
            copies_with(second)(issuer, keys)
        };
    }),
    ("member_too_large", |issuer| {
        issuer.copies = |issuer, keys| issuer.honest(&vec![keys[0].clone(); 101]);
    }),
];

#[tokio::test]
async fn bombs_and_cheats_are_refused_and_leave_nothing_behind() {
    for (number, (code, change)) in REFUSED.into_iter().enumerate() {
        let (issuer, _server) = start(change).await;
        let home = home(&format!("hostile-issuer-{number}"));
        let before = home.digest();
        let error =
            receive(&home, &issuer, Some(CODE)).await.err().unwrap_or_else(|| panic!("{number} {code}"));
        assert_eq!(error.code(), code, "{number}: {error:?}");
        assert_eq!(home.digest(), before, "{number} {code}");
    }
}

#[tokio::test]
async fn more_copies_than_a_wallet_keeps_are_not_asked_for() {
    let (issuer, _server) = start(|issuer| {
        issuer.metadata["batch_credential_issuance"]["batch_size"] = json!(1_000_000_000);
        issuer.batch = wallet_core::receive::MAX_COPIES;
    })
    .await;
    let home = home("endless-batch");
    receive(&home, &issuer, Some(CODE)).await.unwrap();
    assert_eq!(home.wallet.cards().unwrap()[0].copies as usize, wallet_core::receive::MAX_COPIES);
}

#[tokio::test]
async fn what_an_issuer_calls_things_cannot_turn_or_hide_text() {
    let (issuer, _server) = start(|issuer| {
        let long = "x".repeat(5000);
        pid(issuer)["credential_metadata"] = json!({
            "display": [
                { "name": HOSTILE, "locale": "en" }, { "name": HOSTILE, "locale": "zh\u{202e}" },
                { "name": long, "locale": "fr" }, { "name": 7 },
                { "name": "x", "locale": "de", "background_color": "javascript:x", "logo": { "uri": "javascript:x" } },
            ],
            "claims": [
                { "path": ["given_name"], "display": [{ "name": HOSTILE, "locale": "en" }] },
                { "path": [], "display": [{ "name": "x" }] },
            ],
        });
    })
    .await;
    let home = home("hostile-display");
    let offered = home.wallet.look_at_offer(&issuer.offer()).await.unwrap();
    assert_plain(offered.view());
    let cards = home.wallet.receive(&offered, Some(CODE)).await.unwrap();
    assert_plain(&cards);
    assert_eq!(cards[0].title.pick("fr"), cards[0].title.pick("en"), "what is too long is no name");
    assert_eq!(cards[0].background, None);
    assert_plain(&home.wallet.card(&cards[0].id).unwrap());
}

#[tokio::test]
async fn a_card_by_another_key_of_the_same_office_is_refused() {
    let (issuer, _server) = start(|issuer| {
        issuer.register.add_key("interior", registry_proof::key::Purpose::Request, &key(9));
        issuer.staple();
        issuer.copies =
            |_, keys| keys.iter().map(|one| crate::world::issue(one.clone(), &key(9), 1)).collect();
    })
    .await;
    let home = home("other-purpose");
    assert_eq!(receive(&home, &issuer, Some(CODE)).await.unwrap_err().code(), "invalid_signature");
    assert_eq!(pid_type(&issuer), VCT);
}

fn pid_type(issuer: &Issuer) -> &str {
    issuer.metadata["credential_configurations_supported"]["pid"]["vct"].as_str().unwrap()
}
