//! Keys, identifiers, thumbprints and raw signatures.

use credential::did::{did_jwk, did_key, resolve};
use credential::encoding::base64url;
use credential::key::{Algorithm, KeyError, PublicKey, Signer as _, SigningKey};
use serde_json::Value;

use crate::{hex, items, load, text};

#[test]
fn thumbprints_are_those_of_the_rfcs() {
    let Some(vectors) = load("jwk-thumbprint-rfc7638/vectors.json") else { return };
    let [rsa, ed25519, p256] = items(&vectors) else { panic!("three vectors") };
    assert_eq!(PublicKey::from_jwk(&rsa["jwk"]), Err(KeyError::Type), "RSA is no key of ours");
    let key = PublicKey::from_jwk(&ed25519["jwk"]).expect("a key");
    assert_eq!(key.thumbprint(), text(ed25519, "sha256_thumbprint"));
    assert_eq!(PublicKey::from_jwk(&p256["jwk"]), Err(KeyError::Algorithm), "it is for encryption");
    let mut jwk = p256["jwk"].clone();
    jwk.as_object_mut().expect("an object").retain(|name, _| !matches!(name.as_str(), "use" | "alg"));
    let key = PublicKey::from_jwk(&jwk).expect("a key");
    assert_eq!(key.thumbprint(), base64url(hex(text(p256, "sha256_thumbprint_hex"))));
}

/// The key of a did:key vector, from its JWK or from the seed of its private key.
fn expected_key(vector: &Value) -> Option<PublicKey> {
    let methods = [&vector["verificationMethod"], &vector["verificationKeyPair"]];
    let jwk = methods.iter().find_map(|method| method.get("publicKeyJwk"));
    let from_seed = || {
        let seed = hex(vector["seed"].as_str()?);
        let key = SigningKey::from_secret_bytes(Algorithm::EdDsa, &seed).ok()?;
        Some(key.public_key().clone())
    };
    jwk.map_or_else(from_seed, |jwk| PublicKey::from_jwk(jwk).ok())
}

#[test]
fn did_keys_of_our_curves_resolve_and_no_others() {
    for (file, expected) in [
        ("nist-curves", 2),
        ("ed25519-x25519", 5),
        ("x25519", 0),
        ("secp256k1", 0),
        ("rsa", 0),
        ("bls12381", 0),
    ] {
        let Some(vectors) = load(&format!("did-key/test-vectors/{file}.json")) else { continue };
        let mut compared = 0;
        for (did, vector) in vectors.as_object().expect("an object") {
            let ours = did.starts_with("did:key:zDn") || did.starts_with("did:key:z6Mk");
            let Ok(key) = resolve(did) else {
                assert!(!ours, "{did}");
                continue;
            };
            assert!(ours, "{did}");
            assert_eq!(did_key(&key), *did);
            if let Some(expected) = expected_key(vector) {
                assert_eq!(key, expected, "{did}");
                compared += 1;
            }
        }
        assert_eq!(compared, expected, "{file}");
    }
}

#[test]
fn the_did_jwk_of_the_specification_resolves() {
    let Some(vectors) = load("did-jwk/spec-examples.json") else { return };
    let dids: Vec<&str> = items(&vectors).iter().map(|block| text(block, "text").trim()).collect();
    let dids: Vec<&str> = dids.into_iter().filter(|block| block.starts_with("did:jwk:ey")).collect();
    assert_eq!(dids.len(), 4);
    let key = resolve(dids[0]).expect("a P-256 key");
    assert_eq!(resolve(dids[1]), Ok(key.clone()), "with its fragment");
    assert_eq!(resolve(&did_jwk(&key)), Ok(key));
    assert!(resolve(dids[2]).is_err(), "an X25519 key verifies nothing");
}
