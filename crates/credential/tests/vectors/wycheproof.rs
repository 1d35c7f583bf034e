//! Wycheproof: every file of the folder is run here or in the unit tests, or says why not.

use std::collections::BTreeSet;

use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use credential::encoding::base64url;
use credential::jwe::DecryptionKey;
use credential::jws::{JwsError, Unverified};
use credential::key::{Algorithm, PublicKey, RustCrypto, VerifySignature as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{folder, hex, items, load, text};

/// Where a file is run.
enum Runs {
    /// In this file.
    Here,
    /// In a unit test, since what it judges is private there.
    Inside(&'static str),
    /// Nowhere, because it judges nothing that we have.
    Nowhere(&'static str),
}

use Runs::{Here, Inside, Nowhere};

const FILES: [(&str, Runs); 20] = [
    ("a128cbc_hs256", Nowhere("A128CBC-HS256 is refused by name: json_web_encryption")),
    ("a256cbc_hs512", Nowhere("A256CBC-HS512 is refused by name: json_web_encryption")),
    ("aes_gcm", Inside("jwe/tests.rs")),
    ("aes_wrap", Nowhere("no key is wrapped: ECDH-ES is direct, and A128KW is refused by name")),
    ("ecdh_secp256r1", Nowhere("no SubjectPublicKeyInfo is read for an agreement; ecpoint has its points")),
    ("ecdh_secp256r1_ecpoint", Here),
    ("ecdh_secp256r1_webcrypto", Here),
    ("ecdsa_secp256r1_sha256", Inside("x509/tests.rs: certificates alone carry signatures in DER")),
    ("ecdsa_secp256r1_sha256_p1363", Here),
    ("ecdsa_secp384r1_sha384", Nowhere("ES384 is no algorithm of ours")),
    ("ecdsa_secp384r1_sha384_p1363", Nowhere("ES384 is no algorithm of ours")),
    ("ed25519", Here),
    ("hkdf_sha256", Nowhere("no JOSE algorithm of ours derives keys by HKDF")),
    ("hmac_sha256", Nowhere("no JOSE algorithm of ours is a MAC: HS256 is refused by name: json_web_crypto")),
    ("json_web_crypto", Here),
    ("json_web_encryption", Here),
    ("json_web_key", Here),
    ("json_web_signature", Here),
    ("x25519", Nowhere("X25519 is no curve of ours; x25519_jwk shows that its keys are refused")),
    ("x25519_jwk", Here),
];

#[test]
fn every_file_of_the_folder_is_run_or_says_why_not() {
    let Some(folder) = folder() else { return };
    let listing = std::fs::read_dir(folder.join("wycheproof")).expect("a folder");
    let names = listing.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let found: BTreeSet<String> =
        names.filter_map(|name| name.strip_suffix("_test.json").map(str::to_owned)).collect();
    assert_eq!(found, FILES.iter().map(|(name, _)| (*name).to_owned()).collect());
    for (name, runs) in FILES {
        let count = |source: &str| source.matches(&format!("wycheproof/{name}_test.json")).count();
        match runs {
            Here => assert!(count(include_str!("wycheproof.rs")) > 0, "{name} is not run"),
            Inside(place) => {
                let inside =
                    [include_str!("../../src/jwe/tests.rs"), include_str!("../../src/x509/tests.rs")];
                assert!(inside.iter().any(|source| count(source) > 0), "{name} is not run in {place}");
            }
            Nowhere(reason) => assert!(!reason.is_empty()),
        }
    }
}

/// How many tests were accepted and refused.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    accepted: u32,
    refused: u32,
}

/// Runs every test of a file, and holds each verdict against the expected one.
fn judge(
    file: &str,
    verdict: impl Fn(&Value, &Value) -> bool,
    ours: impl Fn(&Value, &Value) -> bool,
) -> Option<Counts> {
    let vectors = load(file)?;
    let mut counts = Counts::default();
    for group in items(&vectors["testGroups"]) {
        for test in items(&group["tests"]) {
            let accepted = verdict(group, test);
            let expected = text(test, "result") == "valid" && ours(group, test);
            assert_eq!(accepted, expected, "{file} {} {}", test["tcId"], test["comment"]);
            if accepted {
                counts.accepted += 1;
            } else {
                counts.refused += 1;
            }
        }
    }
    assert_eq!(u64::from(counts.accepted + counts.refused), vectors["numberOfTests"], "{file}");
    Some(counts)
}

fn assert_counts(counts: Option<Counts>, accepted: u32, refused: u32) {
    if let Some(counts) = counts {
        assert_eq!(counts, Counts { accepted, refused });
    }
}

fn raw_signature(key: Result<PublicKey, impl Sized>, test: &Value) -> bool {
    let (message, signature) = (hex(text(test, "msg")), hex(text(test, "sig")));
    key.is_ok_and(|key| RustCrypto.verify(&key, &message, &signature).is_ok())
}

#[test]
fn ed25519_signatures_are_judged() {
    let verdict = |group: &Value, test: &Value| {
        let bytes = hex(text(&group["publicKey"], "pk"));
        raw_signature(PublicKey::from_bytes(Algorithm::EdDsa, &bytes), test)
    };
    assert_counts(judge("wycheproof/ed25519_test.json", verdict, |_, _| true), 88, 63);
    let by_jwk =
        |group: &Value, test: &Value| raw_signature(PublicKey::from_jwk(&group["publicKeyJwk"]), test);
    assert_counts(judge("wycheproof/ed25519_test.json", by_jwk, |_, _| true), 88, 63);
}

#[test]
fn p256_signatures_are_judged() {
    let verdict = |group: &Value, test: &Value| {
        let bytes = hex(text(&group["publicKey"], "uncompressed"));
        raw_signature(PublicKey::from_bytes(Algorithm::Es256, &bytes), test)
    };
    let file = "wycheproof/ecdsa_secp256r1_sha256_p1363_test.json";
    assert_counts(judge(file, verdict, |_, _| true), 173, 89);
}

/// Whether the signature of a test's token holds; what it signs need not be JSON here.
fn token_holds(group: &Value, test: &Value) -> bool {
    let token = test["jws"].as_str().map_or_else(|| test["jws"].to_string(), str::to_owned);
    let Ok(parsed) = Unverified::parse(&token) else { return false };
    let Some(jwk) = key_for(&group["public"], parsed.header().kid()) else { return false };
    let Ok(key) = PublicKey::from_jwk(jwk) else { return false };
    matches!(parsed.verify_any_type(&key, &RustCrypto), Ok(_) | Err(JwsError::Payload(_)))
}

/// The key itself, or the one of a set that `kid` names.
fn key_for<'a>(keys: &'a Value, kid: Option<&str>) -> Option<&'a Value> {
    match keys["keys"].as_array() {
        Some(set) => set.iter().find(|key| key["kid"].as_str() == kid),
        None => keys.is_object().then_some(keys),
    }
}

fn is_es256(group: &Value) -> bool {
    let keys = &group["public"];
    let first = keys["keys"].get(0).unwrap_or(keys);
    first["alg"] == "ES256"
}

#[test]
fn signed_tokens_are_judged() {
    let file = "wycheproof/json_web_signature_test.json";
    assert_counts(judge(file, token_holds, |group, _| is_es256(group)), 2, 399);
}

#[test]
fn keys_of_signed_tokens_are_judged() {
    let file = "wycheproof/json_web_key_test.json";
    assert_counts(judge(file, token_holds, |group, _| is_es256(group)), 0, 26);
}

/// Whether a test's token opens, to the right text.
fn token_opens(group: &Value, test: &Value) -> bool {
    let token = test["jwe"].as_str().map_or_else(|| test["jwe"].to_string(), str::to_owned);
    let Ok(key) = DecryptionKey::from_jwk(&group["private"]) else { return false };
    let Ok(plaintext) = key.decrypt(&token) else { return false };
    assert_eq!(*plaintext.bytes, hex(text(test, "pt")), "{}", test["tcId"]);
    true
}

/// ECDH-ES, direct, with a method of ours.
fn is_our_encryption(group: &Value, test: &Value) -> bool {
    group["private"]["alg"] == "ECDH-ES" && matches!(test["enc"].as_str(), Some("A128GCM" | "A256GCM"))
}

#[test]
fn encrypted_tokens_are_judged() {
    let file = "wycheproof/json_web_encryption_test.json";
    assert_counts(judge(file, token_opens, is_our_encryption), 2, 137);
}

#[test]
fn tokens_of_either_kind_are_judged() {
    let verdict = |group: &Value, test: &Value| {
        if test.get("jws").is_some() { token_holds(group, test) } else { token_opens(group, test) }
    };
    let ours = |group: &Value, test: &Value| is_es256(group) || is_our_encryption(group, test);
    assert_counts(judge("wycheproof/json_web_crypto_test.json", verdict, ours), 1, 82);
}

/// A token to which the agreed secret is `shared`, made without our own key agreement.
fn sealed(epk: &Value, shared: &[u8]) -> String {
    let header = json!({"alg": "ECDH-ES", "enc": "A128GCM", "epk": epk});
    let mut hash = Sha256::new();
    for part in [&1u32.to_be_bytes()[..], shared, &7u32.to_be_bytes(), b"A128GCM"] {
        hash.update(part);
    }
    hash.update([0; 8]);
    hash.update(128u32.to_be_bytes());
    let key = hash.finalize();
    let protected = base64url(header.to_string());
    let cipher = Aes128Gcm::new_from_slice(&key[..16]).expect("16 bytes");
    let payload = Payload { msg: b"agreed", aad: protected.as_bytes() };
    let text = cipher.encrypt(&[7; 12].into(), payload).expect("it seals");
    let (text, tag) = text.split_at(text.len() - 16);
    format!("{protected}..{}.{}.{}", base64url([7; 12]), base64url(text), base64url(tag))
}

fn agrees(private: &Value, public: &Value, shared: &[u8]) -> bool {
    let key = DecryptionKey::from_jwk(private);
    key.is_ok_and(|key| key.decrypt(&sealed(public, shared)).is_ok_and(|plain| *plain.bytes == b"agreed"))
}

#[test]
fn agreements_between_jwks_are_judged() {
    let verdict =
        |_: &Value, test: &Value| agrees(&test["private"], &test["public"], &hex(text(test, "shared")));
    let file = "wycheproof/ecdh_secp256r1_webcrypto_test.json";
    assert_counts(judge(file, verdict, |_, _| true), 330, 23);
}

/// A private scalar with its public point, as our keys are written.
fn private_jwk(scalar: &[u8]) -> Option<Value> {
    let digits = scalar.strip_prefix(&[0]).unwrap_or(scalar);
    let mut d = [0; 32];
    d.get_mut(32 - digits.len()..)?.copy_from_slice(digits);
    let secret = p256::SecretKey::from_slice(&d).ok()?;
    let point = credential::key::SigningKey::from_secret_bytes(Algorithm::Es256, &secret.to_bytes()).ok()?;
    Some(point.dangerous_to_jwk())
}

#[test]
fn agreements_between_points_are_judged() {
    let verdict = |_: &Value, test: &Value| {
        let Some(private) = private_jwk(&hex(text(test, "private"))) else { return false };
        let [4, point @ ..] = &hex(text(test, "public"))[..] else { return false };
        let (x, y) = point.split_at(point.len() / 2);
        let epk = json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)});
        agrees(&private, &epk, &hex(text(test, "shared")))
    };
    let file = "wycheproof/ecdh_secp256r1_ecpoint_test.json";
    assert_counts(judge(file, verdict, |_, _| true), 330, 25);
}

#[test]
fn x25519_keys_are_refused_for_every_use() {
    let verdict = |_: &Value, test: &Value| {
        let public = &test["public"];
        let verifies = public["crv"] == "X25519" && PublicKey::from_jwk(public).is_ok();
        verifies || DecryptionKey::from_jwk(&test["private"]).is_ok()
    };
    assert_counts(judge("wycheproof/x25519_jwk_test.json", verdict, |_, _| false), 0, 531);
}
