//! Mobile documents from the offer to the wallet, over real HTTP with a real database.

use std::collections::BTreeSet;

use credential::cbor::value::Value as Cbor;
use credential::encoding::from_base64url;
use credential::key::{Signer as _, SigningKey};
use credential::mdoc::MdocError;
use credential::mdoc::hold::Held;
use credential::status_list::Status;
use reqwest::StatusCode;
use serde_json::{Value, json};
use service_kit::certificates::{self, Authority, Subject};
use service_kit::signature::AwsLc;

use crate::issue::status_at;
use crate::world::{Offer, PERSON, START, Wallet, World, copies_of, new_key, refusal};

const NAME: &str = "personal-identity-document";
const DOCTYPE: &str = "eu.europa.ec.eudi.pid.1";

async fn offer(world: &World) -> Offer {
    world.offer_with(json!({ "type": DOCTYPE })).await
}

/// Takes an offer of a document up: a copy for each key.
async fn receive(world: &World, keys: &[SigningKey]) -> (Offer, Vec<Held>) {
    let (offer, wallet) = (offer(world).await, Wallet::new());
    let token = world.access_token(&wallet, &offer).await;
    let request = world.request_for(NAME, keys, &world.nonce().await);
    let answer = world.credential(&wallet, &token, request).await;
    assert_eq!(answer.status(), StatusCode::OK);
    (offer, copies_of(&answer.json().await.unwrap()).iter().map(|copy| held(copy)).collect())
}

fn held(copy: &str) -> Held {
    Held::parse(&from_base64url(copy).unwrap()).unwrap()
}

fn keys(count: usize) -> Vec<SigningKey> {
    (0..count).map(|_| new_key()).collect()
}

#[tokio::test]
async fn each_copy_of_a_document_has_a_key_salts_and_a_place_of_its_own() {
    let world = World::new("documents").await;
    let keys = keys(4);
    let (_, copies) = receive(&world, &keys).await;
    let anchor = certificates::read(&world.file("keys/authority.pem")).unwrap().remove(0);

    let (mut places, mut salts) = (BTreeSet::new(), BTreeSet::new());
    for (copy, key) in copies.iter().zip(&keys) {
        copy.chain().verify_document_signer(&[&anchor], world.now(), &AwsLc).unwrap();
        copy.verify_issued(copy.chain().leaf_key(), world.now(), &AwsLc).unwrap();
        assert_eq!(copy.doc_type(), DOCTYPE);
        assert!(copy.device_key() == key.public_key());
        assert_eq!(copy.validity().signed.secs() % 86_400, 0, "the time of day tells nothing");
        assert_eq!(copy.validity().valid_until.secs() % 86_400, 0);
        let place = copy.status().unwrap();
        assert!(places.insert((place.uri.clone(), place.index)));
        for salt in copy.salts() {
            assert!(salts.insert(salt));
        }
        assert_eq!(status_at(&world, place).await, Status::Valid);
    }
    assert_eq!(places.iter().map(|(uri, _)| uri).collect::<BTreeSet<_>>().len(), 2);
}

#[tokio::test]
async fn a_document_says_what_the_agency_knows_and_no_login_identifier() {
    let world = World::new("document-says").await;
    let (_, copies) = receive(&world, &keys(1)).await;
    let element = |name: &str| copies[0].elements().get(DOCTYPE, name).cloned();
    assert_eq!(element("family_name"), Some("Lindqvist".into()));
    assert_eq!(element("birth_date"), Some(Cbor::tag(1004, "1987-04-12")));
    assert_eq!(element("nationality"), Some(Cbor::Array(vec!["XS".into()])));
    assert_eq!(element("sex"), Some(Cbor::Unsigned(2)));
    assert_eq!(element("issuing_country"), Some("XS".into()));
    assert_eq!(element("expiry_date"), Some(Cbor::tag(1004, "2027-11-06")));
    assert_eq!(element("login_identifier"), None);
    let identifier = world.store().person(PERSON).await.unwrap().login_identifier;
    let bytes = copies[0].as_bytes();
    assert!(!bytes.windows(identifier.len()).any(|window| window == identifier.as_bytes()));
}

#[tokio::test]
async fn a_revoked_document_says_so_in_the_lists() {
    let world = World::new("document-revoked").await;
    let (offer, copies) = receive(&world, &keys(3)).await;
    let found = world.api_get(&format!("/api/offers/{}", offer.id)).await;
    let id = found["credential"].as_str().unwrap();
    for (change, status) in
        [("suspend", Status::Suspended), ("reinstate", Status::Valid), ("revoke", Status::Invalid)]
    {
        let answer = world.api(&format!("/api/credentials/{id}/{change}"), json!({})).await;
        assert_eq!(answer.json::<Value>().await.unwrap()["published"], true);
        for copy in &copies {
            assert_eq!(status_at(&world, copy.status().unwrap()).await, status, "{change}");
        }
    }
    assert_eq!(world.api_get(&format!("/api/credentials/{id}")).await["type"], NAME);
}

#[tokio::test]
async fn a_token_for_one_card_gives_no_other() {
    let world = World::new("document-or-card").await;
    let (document, card) = (offer(&world).await, world.offer().await);
    let nonce = world.nonce().await;
    for (offer, wrong) in [(&document, "personal-identity"), (&card, NAME)] {
        let wallet = Wallet::new();
        let token = world.access_token(&wallet, offer).await;
        let before = world.digest().await;
        let request = world.request_for(wrong, &keys(1), &nonce);
        let refused = refusal(world.credential(&wallet, &token, request).await).await;
        assert_eq!(refused, (400, "unknown_credential_configuration".to_owned()));
        assert_eq!(world.digest().await, before);
    }
}

#[tokio::test]
async fn a_key_is_that_of_one_copy_whatever_the_format() {
    let world = World::new("document-key").await;
    let key = new_key();
    receive(&world, std::slice::from_ref(&key)).await;
    let before_token = world.offer().await;
    let wallet = Wallet::new();
    let token = world.access_token(&wallet, &before_token).await;
    let request = world.request(&[key], &world.nonce().await);
    let before = world.digest().await;
    let refused = refusal(world.credential(&wallet, &token, request).await).await;
    assert_eq!(refused, (400, "invalid_proof".to_owned()));
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_document_that_is_issued_no_more_is_refused_to_who_was_offered_it() {
    let mut world = World::new("document-gone").await;
    let (offer, wallet) = (offer(&world).await, Wallet::new());
    let token = world.access_token(&wallet, &offer).await;
    world.change(&[("name = \"personal-identity-document\"", "name = \"another-document\"")]);
    world.restart().await;
    let request = world.request_for(NAME, &keys(1), &world.nonce().await);
    let refused = refusal(world.credential(&wallet, &token, request).await).await;
    assert_eq!(refused, (400, "unknown_credential_configuration".to_owned()));
    let unknown = world.api("/api/offers", json!({ "type": NAME, "person": PERSON, "code": true })).await;
    assert_eq!(refusal(unknown).await, (422, "type_unknown".to_owned()));
}

#[tokio::test]
async fn a_changed_document_is_no_longer_its_issuers() {
    let world = World::new("document-changed").await;
    let (_, copies) = receive(&world, &keys(1)).await;
    let mut bytes = copies[0].as_bytes().to_vec();
    let place = bytes.windows(9).position(|window| window == b"Lindqvist").unwrap();
    bytes[place] = b'X';
    let changed = Held::parse(&bytes).unwrap();
    let refused = changed.verify_issued(changed.chain().leaf_key(), world.now(), &AwsLc).unwrap_err();
    assert_eq!(refused, MdocError::WrongDigest);
}

#[tokio::test]
async fn wallets_and_the_register_are_told_of_each_kind_of_card() {
    let world = World::new("document-told").await;
    let metadata = world.get_json("/.well-known/openid-credential-issuer").await;
    let card = &metadata["credential_configurations_supported"][NAME];
    assert_eq!((&card["format"], &card["doctype"]), (&json!("mso_mdoc"), &json!(DOCTYPE)));
    assert_eq!(card["cryptographic_binding_methods_supported"], json!(["cose_key"]));
    assert_eq!(card["credential_signing_alg_values_supported"], json!([-7, -9]));
    assert_eq!(card["credential_metadata"]["claims"][0]["path"], json!([DOCTYPE, "family_name"]));
    let server = world.get_json("/.well-known/oauth-authorization-server").await;
    assert_eq!(server["scopes_supported"], json!(["personal-identity", NAME]));
    assert_eq!(world.get_json(&format!("/types/{NAME}")).await["vct"], DOCTYPE);
    assert_eq!(world.get_json("/types/unknown").await["code"], "not_found");
    let enrolment = issuer_service::enrolment::enrolment(world.issuer());
    let types: Vec<&Value> = enrolment["types"].as_array().unwrap().iter().map(|kind| &kind["vct"]).collect();
    assert_eq!(types, ["urn:eudi:pid:xs:1", DOCTYPE]);
}

/// What a reader of documents would refuse, the start refuses.
#[tokio::test]
async fn an_issuer_whose_documents_nobody_would_believe_does_not_start() {
    let without = |world: &World| {
        world.change(&[("document_chain = ", "# "), ("document_key = ", "# ")]);
    };
    let signer_of_cards = |world: &World| {
        world.change(&[
            ("keys/document.pem", "keys/card.pem"),
            ("keys/document.key.pem", "keys/card.key.pem"),
        ]);
    };
    let other_key = |world: &World| world.change(&[("keys/document.key.pem", "keys/card.key.pem")]);
    let foreign = |world: &World| {
        let origin = "https://other.example".parse().unwrap();
        let subject = Subject { organization: "Another Ministry", country: Some("XS"), origin: &origin };
        let leaf = Authority::make(&subject, START).unwrap().document_signer(&subject, START).unwrap();
        std::fs::write(world.file("keys/document.pem"), leaf.pem).unwrap();
    };
    let stopped = [
        World::stopped("document-without", without).await,
        World::stopped("document-other-key", other_key).await,
    ];
    assert_eq!(
        stopped,
        [
            "documents need keys.document_chain and keys.document_key",
            "signing key does not belong to the certificate",
        ]
    );
    for stopped in [
        World::stopped("document-card-signer", signer_of_cards).await,
        World::stopped("document-foreign", foreign).await,
    ] {
        assert_eq!(
            stopped,
            "certificate for documents does not lead to the anchor as one of a document signer"
        );
    }
}
