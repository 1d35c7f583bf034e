//! What a wallet's provider says of it goes to the issuers that want it, and to no other.

use std::sync::Arc;

use credential::issuer::KeyReference;
use credential::jws;
use credential::key::{PublicKey, RustCrypto, Signer as _};
use openid4vc::oauth::client_attestation::pop::ExpectedPop;
use openid4vc::oauth::client_attestation::{AttestationClaims, UnverifiedAttestation};
use serde_json::{Value, json};
use wallet_core::provider::Provider;

use crate::issuer::{CODE, Issuer, start};
use crate::now;
use crate::server::{Got, Server};
use crate::world::{Home, key};

fn provider() -> Provider {
    let (provider, instance) = (key(20), key(21));
    let claims = AttestationClaims {
        client_id: "symbolon-wallet",
        issuer: None,
        key: instance.public_key(),
        issued_at: now(),
        expires_at: now().plus(std::time::Duration::from_secs(3600)),
    };
    let kid = KeyReference::Kid("did:symbolon:demo:maker#attestation-0".to_owned());
    Provider {
        attestation: claims.sign(&kid, &provider).unwrap(),
        instance: Arc::new(instance),
        attest_keys: Arc::new(|keys: Vec<PublicKey>, nonce| {
            Box::pin(async move { Some(format!("{} keys over {nonce}", keys.len())) })
        }),
    }
}

async fn receive(
    name: &str,
    provider: Option<Provider>,
    change: fn(&mut Issuer),
) -> (Result<usize, String>, Arc<Issuer>, Server) {
    let (issuer, server) = start(change).await;
    let mut home = Home::new(name, &issuer.register);
    if let Some(provider) = provider {
        home = home.vouched_for(provider);
    }
    let offered = home.wallet.look_at_offer(&issuer.offer()).await.unwrap();
    let received = home.wallet.receive(&offered, Some(CODE)).await;
    (received.map(|cards| cards.len()).map_err(|error| error.code().to_owned()), issuer, server)
}

fn posted(server: &Server, path: &str) -> Got {
    server.got().into_iter().rfind(|got| got.path == path).unwrap()
}

/// The header of the first key proof.
fn proof_header(issuer: &Issuer, server: &Server) -> Value {
    let request = issuer.opened(&posted(server, "/credential").body);
    let proof = jws::Unverified::parse(&request.proofs[0]).unwrap();
    Value::Object(proof.header().members().clone())
}

fn wants_keys(issuer: &mut Issuer) {
    issuer.metadata["credential_configurations_supported"]["pid"]["proof_types_supported"]["jwt"]["key_attestations_required"] =
        json!({});
}

#[tokio::test]
async fn a_server_that_wants_it_learns_which_wallet_comes() {
    let (received, _issuer, server) =
        receive("attested", Some(provider()), |issuer| issuer.wants_attestation = true).await;
    assert_eq!(received, Ok(1));
    let got = posted(&server, "/token");
    let attestation =
        UnverifiedAttestation::parse(&[got.header("oauth-client-attestation").unwrap()]).unwrap();
    let attestation =
        attestation.verify(key(20).public_key(), Some("symbolon-wallet"), now(), &RustCrypto).unwrap();
    let expected = ExpectedPop { audience: &server.origin, challenge: None, now: now() };
    let pop = got.header("oauth-client-attestation-pop").unwrap();
    attestation.verify_pop(&[pop], &expected, &RustCrypto).unwrap();
}

#[tokio::test]
async fn others_learn_nothing_of_the_wallets_maker() {
    let (received, issuer, server) = receive("attested-others", Some(provider()), |_| ()).await;
    assert_eq!(received, Ok(1));
    assert!(server.got().iter().all(|got| !got.headers.to_lowercase().contains("attestation")));
    assert_eq!(proof_header(&issuer, &server).get("key_attestation"), None);
}

#[tokio::test]
async fn keys_are_attested_where_the_issuer_wants_them_to_be() {
    let (received, issuer, server) = receive("attested-keys", Some(provider()), wants_keys).await;
    assert_eq!(received, Ok(1));
    let expected = "3 keys over a-nonce-of-the-issuer";
    assert_eq!(proof_header(&issuer, &server)["key_attestation"], expected);
}

#[tokio::test]
async fn without_a_provider_such_a_card_is_not_asked_for() {
    let (received, _issuer, server) = receive("attested-none", None, wants_keys).await;
    assert_eq!(received, Err("wallet_not_attested".to_owned()));
    let unwilling = Provider { attest_keys: Arc::new(|_, _| Box::pin(async { None })), ..provider() };
    let (refused, _issuer, second) = receive("attested-unwilling", Some(unwilling), wants_keys).await;
    assert_eq!(refused, Err("wallet_not_attested".to_owned()));
    assert!(server.posted("/credential").is_empty() && second.posted("/credential").is_empty());
}
