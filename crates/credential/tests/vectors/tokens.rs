//! JWS and JWE.

use credential::jwe::DecryptionKey;
use credential::jws::{JwsError, Unverified};
use credential::key::{PublicKey, RustCrypto, Signer as _, SigningKey};
use credential::x509::Chain;
use serde_json::Value;

use crate::{hex, items, load, text};

/// Whether the signature of `token` holds; what it signs need not be JSON here.
fn holds(token: &str, key: &PublicKey) -> bool {
    let verified = Unverified::parse(token).and_then(|token| token.verify_any_type(key, &RustCrypto));
    matches!(verified, Ok(_) | Err(JwsError::Payload(_)))
}

#[test]
fn es256_tokens_are_judged_as_wycheproof_says() {
    let Some(vectors) = load("wycheproof/json_web_signature_test.json") else { return };
    let (mut accepted, mut refused) = (0, 0);
    for group in items(&vectors["testGroups"]) {
        let key = PublicKey::from_jwk(&group["public"]);
        for test in items(&group["tests"]) {
            let Some(token) = test["jws"].as_str() else { continue };
            let ours = key.as_ref().is_ok_and(|key| holds(token, key));
            let valid = text(test, "result") == "valid";
            assert!(valid || !ours, "accepted {} {}", test["tcId"], test["comment"]);
            if ours {
                accepted += 1
            } else {
                refused += 1
            }
            let named = text(group, "comment");
            let expected = valid && (named == "es256" || named == "SpecialCaseEs256");
            assert_eq!(ours, expected, "{named} {} {}", test["tcId"], test["comment"]);
        }
    }
    assert!(accepted > 0 && refused > 300, "{accepted} {refused}");
}

#[test]
fn ecdh_es_tokens_are_judged_as_wycheproof_says() {
    let Some(vectors) = load("wycheproof/json_web_encryption_test.json") else { return };
    let (mut opened, mut refused) = (0, 0);
    for group in items(&vectors["testGroups"]) {
        let Ok(key) = DecryptionKey::from_jwk(&group["private"]) else { continue };
        let direct = group["private"]["alg"] == "ECDH-ES";
        for test in items(&group["tests"]) {
            let Some(token) = test["jwe"].as_str() else { continue };
            let plaintext = key.decrypt(token);
            let ours = direct && matches!(test["enc"].as_str(), Some("A128GCM" | "A256GCM"));
            let expected = ours && text(test, "result") == "valid";
            assert_eq!(plaintext.is_ok(), expected, "{} {}", test["tcId"], test["comment"]);
            match plaintext {
                Ok(plaintext) => {
                    assert_eq!(*plaintext.bytes, hex(text(test, "pt")));
                    opened += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(opened > 0 && refused > opened, "{opened} {refused}");
}

#[test]
fn the_encrypted_response_of_openid4vp_opens() {
    let Some(vectors) = load("openid4vp/verified-vectors-1_0.json") else { return };
    let vector = &vectors["jwe_direct_post_jwt"];
    let key = DecryptionKey::from_jwk(&vector["private_jwk"]).expect("a private key");
    let plaintext = key.decrypt(text(vector, "jwe")).expect("it opens");
    assert_eq!(*plaintext.bytes, text(vector, "plaintext").as_bytes());
    assert_eq!(plaintext.header, *vector["protected"].as_object().expect("a header"));
}

#[test]
fn the_dpop_proofs_of_rfc_9449_hold_under_their_own_key() {
    let Some(vectors) = load("dpop-rfc9449/vectors.json") else { return };
    let proofs = |vector: &&Value| vector["header"]["typ"] == "dpop+jwt";
    for vector in items(&vectors["vectors"]).iter().filter(proofs) {
        let token = Unverified::parse(text(vector, "jwt")).expect("a token");
        let key = PublicKey::from_jwk(token.header().jwk().expect("a key")).expect("of ours");
        assert_eq!(key.thumbprint(), text(vector, "jkt"));
        let verified = token.verify(&key, "dpop+jwt", &RustCrypto).expect("it verifies");
        assert_eq!(verified.claims(), vector["payload"].as_object().expect("claims"));
    }
}

#[test]
fn the_tokens_of_openid4vci_hold_under_their_own_key() {
    let Some(vectors) = load("openid4vci/verified-vectors-1_0.json") else { return };
    let proof = Unverified::parse(text(&vectors["jwt_key_proof"], "jwt")).expect("a token");
    let key = PublicKey::from_jwk(proof.header().jwk().expect("a key")).expect("of ours");
    assert!(proof.verify(&key, "openid4vci-proof+jwt", &RustCrypto).is_ok());
    let metadata = Unverified::parse(text(&vectors["signed_issuer_metadata"], "jwt")).expect("a token");
    let chain = Chain::from_x5c(&metadata.header().x5c().expect("certificates")).expect("a chain");
    assert!(metadata.verify(chain.leaf_key(), "openidvci-issuer-metadata+jwt", &RustCrypto).is_ok());
}

#[test]
fn the_ed25519_token_of_rfc_8037_holds() {
    let Some(vector) = load("jose-cookbook-rfc7520/curve25519/jws.json") else { return };
    let key = SigningKey::from_jwk(&vector["input"]["key"]).expect("a key");
    let token = text(&vector["output"], "compact");
    assert!(holds(token, key.public_key()));
    assert!(!holds(&token.replace('A', "B"), key.public_key()));
}
