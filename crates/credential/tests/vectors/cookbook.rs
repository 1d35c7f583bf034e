//! The JOSE cookbook: RFC 7520, with the examples of RFC 8037 and RFC 7797 beside it.
//!
//! One of its files is for us, the Ed25519 signature. All others are of algorithms, curves or forms that
//! must be refused, each for its own reason.

use credential::jwe::{DecryptionKey, JweError};
use credential::jws::{JwsError, Unverified};
use credential::key::{PublicKey, RustCrypto, SigningKey};
use serde_json::Value;

use crate::{folder, load, text};

/// The JSON files under a folder of the cookbook.
fn files(under: &str) -> Vec<String> {
    let Some(folder) = folder() else { return Vec::new() };
    let listing = std::fs::read_dir(folder.join(under)).expect("a folder");
    let mut names: Vec<String> = listing
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .filter(|name| name.ends_with(".json"))
        .map(|name| format!("{under}/{name}"))
        .collect();
    names.sort();
    names
}

/// Every form that a token of the file comes in.
fn forms(vector: &Value) -> Vec<String> {
    let output = vector["output"].as_object().expect("an output").values();
    output.map(|form| form.as_str().map_or_else(|| form.to_string(), str::to_owned)).collect()
}

#[test]
fn the_ed25519_token_of_rfc_8037_holds() {
    let Some(vector) = load("jose-cookbook-rfc7520/curve25519/jws.json") else { return };
    let key = SigningKey::from_jwk(&vector["input"]["key"]).expect("a key");
    let holds = |token: &str| {
        let parsed = Unverified::parse(token)?;
        assert_eq!(parsed.dangerous_payload(), text(&vector["input"], "payload").as_bytes());
        match parsed.verify_any_type(credential::key::Signer::public_key(&key), &RustCrypto) {
            Err(JwsError::Payload(_)) => Ok(()),
            other => other.map(drop),
        }
    };
    let token = text(&vector["output"], "compact");
    assert_eq!(holds(token), Ok(()));
    let (signed, _) = token.rsplit_once('.').expect("a signature");
    assert!(holds(&format!("{signed}.{}", "A".repeat(86))).is_err());
}

#[test]
fn signatures_of_others_are_refused_in_every_form() {
    let under = ["jose-cookbook-rfc7520/jws", "jose-cookbook-rfc7520/rfc7797"];
    let (mut named, mut unencoded, mut malformed) = (0, 0, 0);
    for file in under.into_iter().flat_map(files) {
        let vector = load(&file).expect("it is here");
        assert!(PublicKey::from_jwk(&vector["input"]["key"]).is_err(), "{file}");
        for form in forms(&vector) {
            match Unverified::parse(&form).expect_err(&file) {
                JwsError::Algorithm => named += 1,
                JwsError::Unencoded => unencoded += 1,
                JwsError::Form => malformed += 1,
                other => panic!("{file}: {other:?}"),
            }
        }
    }
    let counts = (named, unencoded, malformed);
    assert!(folder().is_none() || counts == (5, 1, 19), "{counts:?}");
}

#[test]
fn encryptions_of_others_are_refused_in_every_form() {
    let direct = "jose-cookbook-rfc7520/jwe/5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2.json";
    let Some(vector) = load(direct) else { return };
    let key = DecryptionKey::from_jwk(&vector["input"]["key"]).expect("a P-256 key");
    let (mut named, mut compressed, mut foreign, mut malformed) = (0, 0, 0, 0);
    let all = files("jose-cookbook-rfc7520/jwe").into_iter();
    for file in all.chain(["jose-cookbook-rfc7520/curve25519/ecdh-es.json".to_owned()]) {
        let vector = load(&file).expect("it is here");
        assert_eq!(DecryptionKey::from_jwk(&vector["input"]["key"]).is_ok(), file == direct, "{file}");
        for form in forms(&vector) {
            match key.decrypt(&form).expect_err(&file) {
                JweError::Algorithm => named += 1,
                JweError::Compressed => compressed += 1,
                JweError::Key => foreign += 1,
                JweError::Form => malformed += 1,
                other => panic!("{file}: {other:?}"),
            }
        }
    }
    assert_eq!((named, compressed, foreign, malformed), (8, 1, 1, 27));
}

#[test]
fn the_token_inside_a_token_is_refused_at_both_of_its_layers() {
    let file = "jose-cookbook-rfc7520/6.nesting_signatures_and_encryption.json";
    let Some(vector) = load(file) else { return };
    let key = DecryptionKey::from_jwk(&vector["encrypt"]["input"]["key"]);
    assert_eq!(key.err(), Some(JweError::Key));
    assert!(PublicKey::from_jwk(&vector["sign"]["input"]["key"]).is_err());
    let inner = Unverified::parse(text(&vector["sign"]["output"], "compact"));
    assert_eq!(inner.expect_err("PS256"), JwsError::Algorithm);
}

#[test]
fn keys_of_the_cookbook_are_of_other_kinds() {
    let names = files("jose-cookbook-rfc7520/jwk");
    for file in &names {
        let jwk = load(file).expect("it is here");
        assert!(PublicKey::from_jwk(&jwk).is_err() && SigningKey::from_jwk(&jwk).is_err(), "{file}");
        assert_eq!(DecryptionKey::from_jwk(&jwk).err(), Some(JweError::Key), "{file}");
    }
    assert!(folder().is_none() || names.len() == 6, "{names:?}");
}
