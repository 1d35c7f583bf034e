//! A card from the offer to the wallet, over real HTTP with a real database.

use crate::world::{
    Offer, PERSON, Wallet, World, copies_of, key_proof, key_proof_signed_by, new_key, refusal,
};
use credential::jwe::{ContentEncryption, DecryptionKey, encrypt};
use credential::key::Signer as _;
use credential::sd_jwt_vc::{Held, StatusReference};
use credential::status_list::{Status, UnverifiedToken};
use reqwest::StatusCode;
use serde_json::{Map, Value, json};
use service_kit::random::Random;
use service_kit::signature::AwsLc;
use std::collections::BTreeSet;

pub(crate) async fn status_of(world: &World, copy: &str) -> Status {
    let held = Held::parse(copy).unwrap();
    status_at(world, held.status().unwrap()).await
}

/// What the list says at a place.
pub(crate) async fn status_at(world: &World, reference: &StatusReference) -> Status {
    let token = world.http.get(&reference.uri).send().await.unwrap();
    assert_eq!(token.headers()["content-type"], "application/statuslist+jwt");
    let token = UnverifiedToken::parse(&token.text().await.unwrap()).unwrap();
    let key = match token.issuer().unwrap().key {
        credential::issuer::KeyReference::X5c(chain) => chain.leaf_key().clone(),
        credential::issuer::KeyReference::Kid(_) => panic!("lists carry a chain"),
    };
    let token = token.verify(&key, &reference.uri, world.now(), &AwsLc).unwrap();
    token.list().get(reference.index).unwrap()
}

#[tokio::test]
async fn a_batch_has_keys_salts_and_places_of_its_own() {
    let world = World::new("batch").await;
    let (offer, wallet) = (world.offer().await, Wallet::new());
    let token = world.access_token(&wallet, &offer).await;
    let keys: Vec<_> = (0..4).map(|_| new_key()).collect();
    let request = world.request(&keys, &world.nonce().await);
    let answer: Value = world.credential(&wallet, &token, request).await.json().await.unwrap();
    let copies = copies_of(&answer);

    let (mut places, mut disclosures) = (BTreeSet::new(), BTreeSet::new());
    for (copy, key) in copies.iter().zip(&keys) {
        let held = Held::parse(copy).unwrap();
        let credential::issuer::KeyReference::X5c(chain) = &held.issuer().key else {
            panic!("cards carry a chain")
        };
        held.verify_issued(chain.leaf_key(), world.now(), &AwsLc).unwrap();
        assert!(held.holder_key() == key.public_key());
        assert_eq!(held.vct(), "urn:eudi:pid:xs:1");
        assert_eq!(held.claims()["family_name"], "Lindqvist");
        assert_eq!(held.claims()["address"]["locality"], "Harbour Town");
        let status = held.status().unwrap();
        assert!(places.insert((status.uri.clone(), status.index)));
        for disclosure in copy.split('~').skip(1).filter(|text| !text.is_empty()) {
            assert!(disclosures.insert(disclosure.to_owned()));
        }
        assert_eq!(status_of(&world, copy).await, Status::Valid);
    }
    assert_eq!(places.iter().map(|(uri, _)| uri).collect::<BTreeSet<_>>().len(), 2);
}

#[tokio::test]
async fn the_login_identifier_is_the_same_in_every_card_of_a_person_and_nobody_elses() {
    let world = World::new("login-identifier").await;
    let identifier = |copies: Vec<String>| {
        Held::parse(&copies[0]).unwrap().claims()["login_identifier"].as_str().unwrap().to_owned()
    };
    let first = identifier(world.receive(1).await.1);
    let again = identifier(world.receive(1).await.1);
    assert_eq!(first, again);
    assert_eq!(first.len(), 43);
    assert!(!PERSON.contains(&first));
    let other = world.store().person("XS-1959-1103-08").await.unwrap().login_identifier;
    assert_ne!(first, other);
}

#[tokio::test]
async fn an_answer_comes_encrypted_when_an_encrypted_request_asks_for_it() {
    let world = World::new("encrypted").await;
    let (offer, wallet) = (world.offer().await, Wallet::new());
    let token = world.access_token(&wallet, &offer).await;
    let metadata = world.get_json("/.well-known/openid-credential-issuer").await;
    let recipient = &metadata["credential_request_encryption"]["jwks"]["keys"][0];
    let mut rng = Random::system().rng();
    let ours = DecryptionKey::generate(&mut *rng);
    let mut request = world.request(&[new_key()], &world.nonce().await);
    request["credential_response_encryption"] = json!({ "jwk": ours.public_jwk("mine"), "enc": "A256GCM" });

    let refused = world.credential(&wallet, &token, request.clone()).await;
    assert_eq!(refusal(refused).await, (400, "invalid_encryption_parameters".to_owned()));

    let body = request.to_string();
    let sealed =
        encrypt(recipient, ContentEncryption::A128Gcm, Map::new(), body.as_bytes(), &mut *rng).unwrap();
    let proof = wallet.dpop(&world.url("/credential"), Some(&token), world.now());
    let answer = world
        .http
        .post(world.url("/credential"))
        .header("Authorization", format!("DPoP {token}"))
        .header("DPoP", proof)
        .header("Content-Type", "application/jwt")
        .body(sealed)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/jwt");
    let opened = ours.decrypt(&answer.text().await.unwrap()).unwrap();
    let copies = copies_of(&serde_json::from_slice(&opened.bytes).unwrap());
    assert_eq!(copies.len(), 1);
}

#[tokio::test]
async fn revoked_suspended_and_reinstated_cards_say_so_in_the_lists() {
    let world = World::new("revoke").await;
    let (offer, copies) = world.receive(3).await;
    let id =
        world.api_get(&format!("/api/offers/{}", offer.id)).await["credential"].as_str().unwrap().to_owned();

    for (change, status) in
        [("suspend", Status::Suspended), ("reinstate", Status::Valid), ("revoke", Status::Invalid)]
    {
        let answer = world.api(&format!("/api/credentials/{id}/{change}"), json!({})).await;
        assert_eq!(answer.status(), StatusCode::OK, "{change}");
        assert_eq!(answer.json::<Value>().await.unwrap()["published"], true);
        for copy in &copies {
            assert_eq!(status_of(&world, copy).await, status, "{change}");
        }
    }
    let back = world.api(&format!("/api/credentials/{id}/reinstate"), json!({})).await;
    assert_eq!(refusal(back).await, (409, "revoked".to_owned()));
}

/// Two cards of two people come out in one change of the lists: whose copies are whose is not told by it.
#[tokio::test]
async fn changes_between_two_rounds_come_out_together() {
    let mut world = World::configured("every", "every = 0 ", "every = 600 ").await;
    let mut copies = Vec::new();
    for _ in 0..2 {
        let (offer, received) = world.receive(2).await;
        let found = world.api_get(&format!("/api/offers/{}", offer.id)).await;
        let id = found["credential"].as_str().unwrap();
        let answer = world.api(&format!("/api/credentials/{id}/revoke"), json!({})).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        assert_eq!(answer.json::<Value>().await.unwrap()["published"], false);
        copies.extend(received);
    }
    for copy in &copies {
        assert_eq!(status_of(&world, copy).await, Status::Valid);
    }
    world.hand.advance(600);
    world.restart().await;
    for copy in &copies {
        assert_eq!(status_of(&world, copy).await, Status::Invalid);
    }
}

#[tokio::test]
async fn what_was_issued_and_revoked_survives_a_crash() {
    let mut world = World::new("crash").await;
    let (offer, copies) = world.receive(2).await;
    let id =
        world.api_get(&format!("/api/offers/{}", offer.id)).await["credential"].as_str().unwrap().to_owned();
    assert_eq!(world.api(&format!("/api/credentials/{id}/revoke"), json!({})).await.status(), StatusCode::OK);
    let open = world.offer().await;

    world.restart().await;
    for copy in &copies {
        assert_eq!(status_of(&world, copy).await, Status::Invalid);
    }
    let again = world.token(&Wallet::new(), &offer, &offer.code).await;
    assert_eq!(refusal(again).await, (400, "invalid_grant".to_owned()));
    world.access_token(&Wallet::new(), &open).await;
}

#[tokio::test]
async fn an_answer_lost_on_the_way_can_be_fetched_anew_a_few_times_and_stays_one_card() {
    let mut world = World::new("lost").await;
    let (offer, wallet) = (world.offer().await, Wallet::new());
    let token = world.access_token(&wallet, &offer).await;
    for _ in 0..3 {
        world.restart().await;
        let request = world.request(&[new_key(), new_key()], &world.nonce().await);
        assert_eq!(world.credential(&wallet, &token, request).await.status(), StatusCode::OK);
    }
    let cards: Value =
        world.api("/api/credentials/find", json!({ "person": PERSON })).await.json().await.unwrap();
    assert_eq!(cards["credentials"].as_array().unwrap().len(), 1);
    assert_eq!(cards["credentials"][0]["copies"], 6);

    let before = world.digest().await;
    let request = world.request(&[new_key()], &world.nonce().await);
    let refused = world.credential(&wallet, &token, request).await;
    assert_eq!(refusal(refused).await, (401, "invalid_token".to_owned()));
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_code_is_redeemed_once_whoever_races() {
    let world = World::new("race").await;
    let offer = world.offer().await;
    let (one, two, three) = (Wallet::new(), Wallet::new(), Wallet::new());
    let answers = tokio::join!(
        world.token(&one, &offer, &offer.code),
        world.token(&two, &offer, &offer.code),
        world.token(&three, &offer, &offer.code),
    );
    let granted =
        [answers.0, answers.1, answers.2].iter().filter(|answer| answer.status() == StatusCode::OK).count();
    assert_eq!(granted, 1);
}

#[tokio::test]
async fn refused_token_requests_change_nothing() {
    let world = World::new("token-refusals").await;
    let (offer, wallet) = (world.offer().await, Wallet::new());
    let used = world.offer().await;
    world.access_token(&Wallet::new(), &used).await;
    let before = world.digest().await;
    let at_token = world.url("/token");
    let fresh = || wallet.dpop(&at_token, None, world.now());

    let wrong_code = if offer.code == "000000" { "000001" } else { "000000" };
    let cases = [
        (world.token(&wallet, &offer, wrong_code).await, 400, "invalid_grant"),
        (world.token_with(&offer, None, &fresh()).await, 400, "invalid_request"),
        (world.token(&wallet, &used, &used.code).await, 400, "invalid_grant"),
        (
            world
                .token_with(&offer, Some(&offer.code), &wallet.dpop(&world.url("/par"), None, world.now()))
                .await,
            400,
            "invalid_dpop_proof",
        ),
        (world.token_with(&offer, Some(&offer.code), "no.proof.atall").await, 400, "invalid_dpop_proof"),
        (
            world
                .token_with(
                    &offer,
                    Some(&offer.code),
                    &wallet.dpop(&at_token, None, world.now().minus(std::time::Duration::from_secs(600))),
                )
                .await,
            400,
            "invalid_dpop_proof",
        ),
    ];
    for (answer, status, code) in cases {
        assert_eq!(refusal(answer).await, (status, code.to_owned()));
    }
    let form = [
        ("grant_type", crate::world::PRE_AUTHORIZED),
        ("pre-authorized_code", "unknown"),
        ("tx_code", "123456"),
    ];
    let unknown = world.http.post(&at_token).header("DPoP", fresh()).form(&form).send().await.unwrap();
    assert_eq!(refusal(unknown).await, (400, "invalid_grant".to_owned()));
    let proofless = world.http.post(&at_token).form(&form).send().await.unwrap();
    assert_eq!(refusal(proofless).await, (400, "invalid_dpop_proof".to_owned()));
    assert_eq!(world.digest().await, before);
    world.access_token(&wallet, &offer).await;
}

#[tokio::test]
async fn a_dpop_proof_is_used_once() {
    let world = World::new("dpop-replay").await;
    let (one, two, wallet) = (world.offer().await, world.offer().await, Wallet::new());
    let proof = wallet.dpop(&world.url("/token"), None, world.now());
    assert_eq!(world.token_with(&one, Some(&one.code), &proof).await.status(), StatusCode::OK);
    let before = world.digest().await;
    let replay = world.token_with(&two, Some(&two.code), &proof).await;
    assert_eq!(refusal(replay).await, (400, "invalid_dpop_proof".to_owned()));
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn what_became_of_an_offer_is_told_only_to_who_knows_its_code() {
    let world = World::new("told-apart").await;
    let (used, locked, open, old) =
        (world.offer().await, world.offer().await, world.offer().await, world.offer().await);
    world.access_token(&Wallet::new(), &used).await;
    for _ in 0..5 {
        world.token(&Wallet::new(), &locked, "wrong").await;
    }
    let code = async |offer: &Offer, typed: &str| {
        let answer = world.token(&Wallet::new(), offer, typed).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"], "invalid_grant");
        body["code"].clone()
    };
    assert_eq!(code(&used, &used.code).await, "offer_used");
    assert_eq!(code(&used, "wrong").await, "offer_used");
    assert_eq!(code(&locked, &locked.code).await, "offer_locked");
    assert_eq!(code(&open, "wrong").await, "code_wrong");
    world.hand.advance(1801);
    assert_eq!(code(&old, &old.code).await, "offer_expired");
    let guessed = Offer { grant: "guessed".to_owned(), ..open };
    assert_eq!(code(&guessed, &old.code).await, Value::Null);
}

#[tokio::test]
async fn a_useless_key_for_the_answer_uses_nothing_up() {
    let world = World::new("useless-key").await;
    let (offer, wallet) = (world.offer().await, Wallet::new());
    let token = world.access_token(&wallet, &offer).await;
    let nonce = world.nonce().await;
    let before = world.digest().await;
    let mut request = world.request(&[new_key()], &nonce);
    let point = json!({ "kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA" });
    request["credential_response_encryption"] = json!({ "jwk": point, "enc": "A128GCM" });
    let metadata = world.get_json("/.well-known/openid-credential-issuer").await;
    let recipient = &metadata["credential_request_encryption"]["jwks"]["keys"][0];
    let body = request.to_string();
    let rng = &mut *Random::system().rng();
    let sealed = encrypt(recipient, ContentEncryption::A128Gcm, Map::new(), body.as_bytes(), rng).unwrap();
    let proof = wallet.dpop(&world.url("/credential"), Some(&token), world.now());
    let ask = world.http.post(world.url("/credential")).header("Authorization", format!("DPoP {token}"));
    let ask = ask.header("DPoP", proof).header("Content-Type", "application/jwt").body(sealed);
    let refused = refusal(ask.send().await.unwrap()).await;
    assert_eq!(refused, (400, "invalid_encryption_parameters".to_owned()));
    assert_eq!(world.digest().await, before);
    let good = world.request(&[new_key()], &nonce);
    assert_eq!(world.credential(&wallet, &token, good).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_expired_offer_is_refused() {
    let world = World::new("expired").await;
    let offer = world.offer().await;
    world.hand.advance(1801);
    let before = world.digest().await;
    let refused = world.token(&Wallet::new(), &offer, &offer.code).await;
    assert_eq!(refusal(refused).await, (400, "invalid_grant".to_owned()));
    assert_eq!(world.digest().await, before);
    assert_eq!(world.api_get(&format!("/api/offers/{}", offer.id)).await["state"], "expired");
}

#[tokio::test]
async fn five_wrong_codes_lock_an_offer() {
    let world = World::new("locked").await;
    let (offer, wallet) = (world.offer().await, Wallet::new());
    for _ in 0..5 {
        assert_eq!(world.token(&wallet, &offer, "wrong").await.status(), StatusCode::BAD_REQUEST);
    }
    let right = world.token(&wallet, &offer, &offer.code).await;
    assert_eq!(refusal(right).await, (400, "invalid_grant".to_owned()));
    assert_eq!(world.api_get(&format!("/api/offers/{}", offer.id)).await["state"], "locked");
}

#[tokio::test]
async fn refused_credential_requests_change_nothing() {
    let world = World::new("credential-refusals").await;
    let (offer, wallet) = (world.offer().await, Wallet::new());
    let token = world.access_token(&wallet, &offer).await;
    let (key, other, nonce) = (new_key(), new_key(), world.nonce().await);
    let now = world.now();
    let before = world.digest().await;
    let ask = |proofs: Value| json!({ "credential_configuration_id": "personal-identity", "proofs": proofs });
    let jwt = |proof: String| ask(json!({ "jwt": [proof] }));
    let long_ago = now.minus(std::time::Duration::from_secs(3600));

    let wrong_aud = jwt(key_proof(&key, "https://other.example", &nonce, now));
    let wrong_signer = jwt(key_proof_signed_by(&key, &other, &world.origin, &nonce, now));
    let made_up_nonce = jwt(key_proof(&key, &world.origin, "bWFkZSB1cA", now));
    let no_nonce = jwt(key_proof(&key, &world.origin, "", now));
    let too_old = jwt(key_proof(&key, &world.origin, &nonce, long_ago));
    let twice = key_proof(&key, &world.origin, &nonce, now);
    let same_key = ask(json!({ "jwt": [twice, twice] }));
    let none = ask(json!({ "jwt": [] }));
    let other_kind = ask(json!({ "di_vp": [{}] }));
    let too_many = world.request(&(0..5).map(|_| new_key()).collect::<Vec<_>>(), &nonce);
    let other_card = json!({ "credential_configuration_id": "driving-licence", "proofs": { "jwt": [] } });
    let cases = [
        (wrong_aud, "invalid_proof"),
        (wrong_signer, "invalid_proof"),
        (made_up_nonce, "invalid_nonce"),
        (no_nonce, "invalid_nonce"),
        (too_old, "invalid_proof"),
        (same_key, "invalid_proof"),
        (none, "invalid_proof"),
        (other_kind, "invalid_proof"),
        (too_many, "invalid_proof"),
        (other_card, "unknown_credential_configuration"),
        (json!([]), "invalid_credential_request"),
    ];
    for (body, code) in cases {
        let answer = world.credential(&wallet, &token, body.clone()).await;
        assert_eq!(refusal(answer).await, (400, code.to_owned()), "{body}");
    }

    let good = world.request(&[new_key()], &nonce);
    let thief = Wallet::new();
    let stolen = world.credential(&thief, &token, good.clone()).await;
    assert_eq!(refusal(stolen).await, (401, "invalid_token".to_owned()));
    let for_another = wallet.dpop(&world.url("/credential"), Some("another token"), now);
    let swapped = world.credential_with(&token, &for_another, good.clone()).await;
    assert_eq!(refusal(swapped).await, (401, "invalid_dpop_proof".to_owned()));
    let bearer =
        world.http.post(world.url("/credential")).bearer_auth(&token).json(&good).send().await.unwrap();
    assert_eq!(refusal(bearer).await, (401, "invalid_token".to_owned()));
    let unknown = world.credential(&wallet, "unknown", good.clone()).await;
    assert_eq!(refusal(unknown).await, (401, "invalid_token".to_owned()));
    assert_eq!(world.digest().await, before);

    assert_eq!(world.credential(&wallet, &token, good.clone()).await.status(), StatusCode::OK);
    let after = world.digest().await;
    let reused = world.credential(&wallet, &token, good).await;
    assert_eq!(refusal(reused).await, (400, "invalid_nonce".to_owned()));
    assert_eq!(world.digest().await, after);
}

#[tokio::test]
async fn a_token_and_a_nonce_end() {
    let world = World::new("ends").await;
    let (offer, wallet) = (world.offer().await, Wallet::new());
    let token = world.access_token(&wallet, &offer).await;
    let nonce = world.nonce().await;
    world.hand.advance(301);
    let request = world.request(&[new_key()], &nonce);
    let refused = world.credential(&wallet, &token, request).await;
    assert_eq!(refusal(refused).await, (401, "invalid_token".to_owned()));

    let offer = world.offer().await;
    let token = world.access_token(&wallet, &offer).await;
    let refused = world.credential(&wallet, &token, world.request(&[new_key()], &nonce)).await;
    assert_eq!(refusal(refused).await, (400, "invalid_nonce".to_owned()));
}
