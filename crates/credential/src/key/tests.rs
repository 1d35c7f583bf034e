use serde_json::{Value, json};

use super::*;
use crate::encoding::base64url;
use crate::testing::FixedRng;

fn keys() -> [SigningKey; 2] {
    [Algorithm::Es256, Algorithm::EdDsa].map(|algorithm| SigningKey::generate(algorithm, &mut FixedRng(1)))
}

fn changed(jwk: &Value, name: &str, value: Value) -> Value {
    let mut jwk = jwk.clone();
    jwk[name] = value;
    jwk
}

#[test]
fn a_signature_holds_for_its_message_and_key_alone() {
    let [p256, ed25519] = keys();
    for key in [&p256, &ed25519] {
        let signature = key.sign(b"message").unwrap();
        assert_eq!(signature.len(), 64);
        assert!(RustCrypto.verify(key.public_key(), b"message", &signature).is_ok());
        assert!(RustCrypto.verify(key.public_key(), b"messagf", &signature).is_err());
        assert!(RustCrypto.verify(key.public_key(), b"message", &signature[..63]).is_err());
        assert!(RustCrypto.verify(key.public_key(), b"message", &[]).is_err());
        let other = SigningKey::generate(key.public_key().algorithm(), &mut FixedRng(2));
        assert!(RustCrypto.verify(other.public_key(), b"message", &signature).is_err());
    }
    let crossed = ed25519.sign(b"message").unwrap();
    assert!(RustCrypto.verify(p256.public_key(), b"message", &crossed).is_err());
}

#[test]
fn keys_survive_their_forms() {
    for key in keys() {
        let public = key.public_key();
        assert_eq!(PublicKey::from_jwk(&public.to_jwk()).as_ref(), Ok(public));
        for bytes in [public.to_bytes(), public.to_compressed_bytes()] {
            assert_eq!(PublicKey::from_bytes(public.algorithm(), &bytes).as_ref(), Ok(public));
        }
        assert_eq!(SigningKey::from_jwk(&key.dangerous_to_jwk()).unwrap().public_key(), public);
        let bytes = key.dangerous_to_bytes();
        assert_eq!(SigningKey::from_secret_bytes(public.algorithm(), &bytes).unwrap().public_key(), public);
    }
    let [p256, ed25519] = keys();
    let pem = p256.to_pkcs8_pem().unwrap();
    assert_eq!(SigningKey::from_pkcs8_pem(&pem).unwrap().public_key(), p256.public_key());
    assert_eq!(ed25519.to_pkcs8_pem().err(), Some(KeyError::Type));
}

#[test]
fn a_secret_is_silent() {
    for key in keys() {
        let jwk = key.dangerous_to_jwk();
        assert!(!format!("{key:?}").contains(jwk["d"].as_str().unwrap()));
    }
}

#[test]
fn public_keys_with_private_members_are_refused() {
    for key in keys() {
        assert_eq!(PublicKey::from_jwk(&key.dangerous_to_jwk()), Err(KeyError::Private));
        let jwk = key.public_key().to_jwk();
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert_eq!(PublicKey::from_jwk(&changed(&jwk, name, json!(""))), Err(KeyError::Private));
        }
    }
}

#[test]
fn keys_for_another_purpose_are_refused() {
    for key in keys() {
        let jwk = key.public_key().to_jwk();
        let name = key.public_key().algorithm().name();
        for (member, good) in [("alg", json!(name)), ("use", json!("sig")), ("key_ops", json!(["verify"]))] {
            assert!(PublicKey::from_jwk(&changed(&jwk, member, good)).is_ok());
        }
        for (member, bad, error) in [
            ("alg", json!("none"), KeyError::Algorithm),
            ("alg", json!("HS256"), KeyError::Algorithm),
            ("alg", json!("ECDH-ES"), KeyError::Algorithm),
            ("alg", json!(7), KeyError::Algorithm),
            ("use", json!("enc"), KeyError::Purpose),
            ("use", json!(null), KeyError::Purpose),
            ("key_ops", json!(["encrypt"]), KeyError::Purpose),
            ("key_ops", json!("verify"), KeyError::Purpose),
        ] {
            assert_eq!(PublicKey::from_jwk(&changed(&jwk, member, bad)), Err(error));
        }
    }
    let [p256, ed25519] = keys();
    assert!(PublicKey::from_jwk(&changed(&p256.public_key().to_jwk(), "alg", json!("EdDSA"))).is_err());
    assert!(PublicKey::from_jwk(&changed(&ed25519.public_key().to_jwk(), "alg", json!("ES256"))).is_err());
}

#[test]
fn malformed_and_foreign_keys_are_refused() {
    let [p256, ed25519] = keys();
    let p256 = p256.public_key().to_jwk();
    for bad in [json!([]), json!("x"), json!({}), json!({"kty": "EC", "crv": "P-256"})] {
        assert_eq!(PublicKey::from_jwk(&bad), Err(KeyError::Malformed));
    }
    assert_eq!(PublicKey::from_jwk(&changed(&p256, "crv", json!("P-384"))), Err(KeyError::Type));
    assert_eq!(PublicKey::from_jwk(&changed(&p256, "kty", json!("oct"))), Err(KeyError::Type));
    assert_eq!(PublicKey::from_jwk(&changed(&p256, "x", json!("AAAA"))), Err(KeyError::Malformed));
    let off_curve = base64url([1; 32]);
    assert_eq!(PublicKey::from_jwk(&changed(&p256, "y", json!(off_curve))), Err(KeyError::Point));
    let padded = format!("{}=", p256["x"].as_str().unwrap());
    assert_eq!(PublicKey::from_jwk(&changed(&p256, "x", json!(padded))), Err(KeyError::Malformed));
    let ed25519 = ed25519.public_key().to_jwk();
    assert_eq!(PublicKey::from_jwk(&changed(&ed25519, "crv", json!("X25519"))), Err(KeyError::Type));
}

#[test]
fn points_of_small_order_are_refused() {
    let mut identity = [0; 32];
    identity[0] = 1;
    for weak in [[0; 32], identity] {
        assert_eq!(PublicKey::from_bytes(Algorithm::EdDsa, &weak), Err(KeyError::Point));
    }
    assert_eq!(PublicKey::from_bytes(Algorithm::Es256, &[0]), Err(KeyError::Point), "infinity");
    assert_eq!(PublicKey::from_bytes(Algorithm::Es256, &[]), Err(KeyError::Point));
}

#[test]
fn private_keys_that_do_not_fit_are_refused() {
    let [p256, ed25519] = keys();
    let other = SigningKey::generate(Algorithm::Es256, &mut FixedRng(5)).dangerous_to_jwk();
    let mixed = changed(&p256.dangerous_to_jwk(), "d", other["d"].clone());
    assert_eq!(SigningKey::from_jwk(&mixed).err(), Some(KeyError::Mismatch));
    assert_eq!(SigningKey::from_jwk(&ed25519.public_key().to_jwk()).err(), Some(KeyError::Malformed));
    for zero in [&[0; 32][..], &[255; 32], &[1; 31]] {
        assert_eq!(SigningKey::from_secret_bytes(Algorithm::Es256, zero).err(), Some(KeyError::Malformed));
    }
}

#[test]
fn a_key_is_named_by_its_thumbprint_and_a_private_one_says_nothing() {
    let [p256, ed25519] = keys();
    let public = p256.public_key();
    assert_eq!(format!("{public:?}"), format!("PublicKey(ES256, {})", public.thumbprint()));
    assert_eq!(format!("{ed25519:?}"), "SigningKey(EdDSA, secret)");
}
