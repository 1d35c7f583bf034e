//! Offers that are taken up, and issuers that are not believed.

use std::time::Duration;

use credential::encoding::base64url;
use credential::key::Signer as _;
use registry_proof::entry::{Entry, KeyState, Role};
use registry_proof::key::{Key, Purpose};
use serde_json::json;
use wallet_core::receive::ReceiveError;
use wallet_core::view::Needs;

use crate::issuer::{CODE, Issuer, start};
use crate::now;
use crate::register::{Register, VCT};
use crate::world::{Home, issue, issue_as, key};

pub(crate) fn home(name: &str) -> Home {
    Home::new(name, &Register::new(now()))
}

/// Takes the offer of an issuer up.
pub(crate) async fn receive(home: &Home, issuer: &Issuer, code: Option<&str>) -> Result<usize, ReceiveError> {
    let offered = home.wallet.look_at_offer(&issuer.offer()).await?;
    Ok(home.wallet.receive(&offered, code).await?.len())
}

#[tokio::test]
async fn an_offer_becomes_copies_of_a_card() {
    let (issuer, _server) = start(|_| ()).await;
    let home = home("receive");
    let offered = home.wallet.look_at_offer(&issuer.offer()).await.unwrap();
    let view = offered.view();
    assert_eq!((view.issuer.member.as_str(), view.cards[0].pick("en")), ("interior", "Personal identity"));
    assert_eq!(view.needs, Needs::Code { length: Some(6), digits: true });
    let cards = home.wallet.receive(&offered, Some("493 536")).await.unwrap();
    assert_eq!((cards[0].copies, cards[0].unused_copies), (3, 3));
    assert_eq!(cards[0].issuer.pick("en"), "The interior");
    let details = home.wallet.card(&cards[0].id).unwrap();
    assert!(details.claims.iter().any(|claim| claim.value == "Maria"));
}

#[tokio::test]
async fn a_wrong_code_is_told_apart_and_can_be_corrected() {
    let (issuer, _server) = start(|_| ()).await;
    let home = home("receive-code");
    let before = home.digest();
    assert_eq!(receive(&home, &issuer, None).await.unwrap_err().code(), "code_needed");
    assert_eq!(receive(&home, &issuer, Some("000000")).await.unwrap_err().code(), "code_wrong");
    assert_eq!(home.digest(), before);
    assert_eq!(receive(&home, &issuer, Some(CODE)).await.unwrap(), 1);
}

pub(crate) type Change = fn(&mut Issuer);

/// Every way to cheat, with the code of its refusal.
const CHEATS: [(&str, Change); 20] = [
    ("registry_proof_invalid", |issuer| {
        let forged = issuer.register.forged().bundle(now());
        issuer.metadata["symbolon_registry_proof"] = base64url(forged).into();
    }),
    ("registry_answer_malformed", |issuer| issuer.metadata["symbolon_registry_proof"] = json!(7)),
    ("registry_unreachable", |issuer| {
        issuer.metadata.as_object_mut().unwrap().remove("symbolon_registry_proof");
    }),
    ("proof_too_old", |issuer| {
        let old = issuer.register.bundle(now().minus(Duration::from_secs(61)));
        issuer.metadata["symbolon_registry_proof"] = base64url(old).into();
    }),
    ("not_accredited", |issuer| {
        let key = Key::Accreditation("interior".parse().unwrap(), VCT.parse().unwrap());
        issuer.register.entries.remove(&key);
        issuer.staple();
    }),
    ("not_accredited", |issuer| {
        let key = Key::Accreditation("interior".parse().unwrap(), VCT.parse().unwrap());
        let Some(Entry::Accreditation(found)) = issuer.register.entries.get_mut(&key) else { panic!("none") };
        found.until = registry_proof::time::Millis::from_secs(now().secs() - 1);
        issuer.staple();
    }),
    ("unknown_signer", |issuer| {
        issuer.register.add_member("interior", Role::Issuer, "https://interior.example");
        issuer.staple();
    }),
    ("unsupported_card", |issuer| {
        issuer.metadata["credential_configurations_supported"]["pid"]["format"] = json!("jwt_vc_json");
    }),
    ("token_unbound", |issuer| issuer.token_type = "Bearer"),
    ("answer_in_the_clear", |issuer| issuer.encrypts = false),
    ("invalid_signature", |issuer| {
        issuer.copies = |_, keys| keys.iter().map(|one| issue(one.clone(), &key(9), 1)).collect();
    }),
    ("other_card", |issuer| {
        issuer.copies = |issuer, _| vec![issue(key(9).public_key().clone(), &issuer.signer, 1)];
    }),
    ("other_card", |issuer| {
        issuer.copies =
            |issuer, keys| [1, 2].map(|salt| issue(keys[0].clone(), &issuer.signer, salt)).to_vec();
    }),
    ("other_card", |issuer| {
        add_other(issuer);
        issuer.copies = |_, keys| keys.iter().map(|one| issue_as("other", "other", one, &key(9))).collect();
    }),
    ("wrong_issuer", |issuer| {
        add_other(issuer);
        issuer.copies =
            |_, keys| keys.iter().map(|one| issue_as("interior", "other", one, &key(9))).collect();
    }),
    ("key_compromised", |issuer| {
        // `iat` lies an hour back: before the theft, or so the thief says.
        let place = Key::MemberKey("interior".parse().unwrap(), Purpose::Issuer, 0);
        let Some(Entry::MemberKey(key)) = issuer.register.entries.get_mut(&place) else { panic!("no key") };
        key.state = KeyState::Compromised;
        issuer.staple();
    }),
    ("copies_linkable", |issuer| {
        issuer.copies = |issuer, keys| keys.iter().map(|one| issue(one.clone(), &issuer.signer, 1)).collect();
    }),
    ("issuer_differs", |issuer| {
        issuer.metadata["credential_issuer"] = json!("https://interior.example");
    }),
    ("address_refused", |issuer| {
        issuer.metadata["credential_endpoint"] = json!("https://10.0.0.1/credential");
    }),
    ("wrong_number_of_copies", |issuer| {
        issuer.copies = |issuer, keys| [issuer.honest(keys), issuer.honest(keys)].concat();
    }),
];

/// Another office that may give out the same card.
fn add_other(issuer: &mut Issuer) {
    issuer.register.add_member("other", Role::Issuer, "https://other.example");
    issuer.register.add_key("other", Purpose::Issuer, &key(9));
    issuer.register.add_accreditation("other");
    issuer.staple();
}

#[tokio::test]
async fn an_issuer_that_cheats_leaves_nothing_behind() {
    for (number, (code, change)) in CHEATS.into_iter().enumerate() {
        let (issuer, _server) = start(change).await;
        let home = home(&format!("cheat-{number}"));
        let before = home.digest();
        let error =
            receive(&home, &issuer, Some(CODE)).await.err().unwrap_or_else(|| panic!("{number} {code}"));
        assert_eq!(error.code(), code, "{number}: {error:?}");
        assert_eq!(home.digest(), before, "{code}");
    }
}

#[tokio::test]
async fn nothing_is_asked_of_an_issuer_that_is_not_proven() {
    let (issuer, server) = start(CHEATS[0].1).await;
    let home = home("unproven");
    receive(&home, &issuer, Some(CODE)).await.unwrap_err();
    let paths: Vec<String> = server.got().into_iter().map(|got| got.path).collect();
    assert_eq!(paths, ["/.well-known/openid-credential-issuer"]);
}

#[tokio::test]
async fn two_offers_share_no_key() {
    let (issuer, server) = start(|_| ()).await;
    let home = home("fresh-keys");
    receive(&home, &issuer, Some(CODE)).await.unwrap();
    receive(&home, &issuer, Some(CODE)).await.unwrap();
    let got = server.got();
    let keys = |path: &str| {
        let proofs = got.iter().filter(|got| got.path == path).map(|got| got.header("dpop").unwrap());
        let key = |proof: &str| credential::jws::Unverified::parse(proof).unwrap().header().jwk().cloned();
        proofs.map(|proof| key(proof).unwrap()["x"].to_string()).collect::<Vec<_>>()
    };
    let (at_token, at_credential) = (keys("/token"), keys("/credential"));
    assert_eq!(at_token, at_credential);
    assert_ne!(at_token[0], at_token[1]);
}
