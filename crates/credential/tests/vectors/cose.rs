//! COSE: the working group's examples, and the parts that isomdl keeps.

use credential::cbor::Item;
use credential::cose::CoseError;
use credential::cose::mac0::{Mac0, MacKey};
use credential::cose::sign1::Sign1;
use credential::encoding::from_base64url;
use credential::key::{Algorithm, PublicKey, RustCrypto, Signer as _, SigningKey};
use serde_json::{Value, json};

use crate::{hex, load, load_text, text};

const MAX: usize = 4096;
const OURS: &[Algorithm] = &[Algorithm::Es256, Algorithm::EdDsa];

/// Examples that are well made but not for us: `alg` must be protected, and these leave it out there.
const UNPROTECTED_ALGORITHM: [&str; 4] = [
    "sign1-tests/sign-pass-01",
    "mac0-tests/mac-pass-01",
    "mac0-tests/mac-pass-02",
    "mac0-tests/mac-pass-03",
];

/// Examples of one signature or MAC with an algorithm or curve that we do not have.
const OTHER_ALGORITHM: [&str; 5] = [
    "RFC8152/Appendix_C_6_1",
    "ecdsa-examples/ecdsa-sig-02",
    "ecdsa-examples/ecdsa-sig-03",
    "ecdsa-examples/ecdsa-sig-04",
    "eddsa-examples/eddsa-sig-02",
];

/// Examples of kinds that we do not read: several signers, MACs with recipients, encryption.
const OTHER_KIND: [&str; 23] = [
    "RFC8152/Appendix_B",
    "RFC8152/Appendix_C_1_1",
    "RFC8152/Appendix_C_1_2",
    "RFC8152/Appendix_C_1_3",
    "RFC8152/Appendix_C_1_4",
    "RFC8152/Appendix_C_3_1",
    "RFC8152/Appendix_C_3_2",
    "RFC8152/Appendix_C_3_3",
    "RFC8152/Appendix_C_3_4",
    "RFC8152/Appendix_C_4_1",
    "RFC8152/Appendix_C_4_2",
    "RFC8152/Appendix_C_5_1",
    "RFC8152/Appendix_C_5_2",
    "RFC8152/Appendix_C_5_3",
    "RFC8152/Appendix_C_5_4",
    "X25519-tests/x25519-hkdf-256-direct",
    "X25519-tests/x25519-ss-hkdf-256-direct",
    "ecdsa-examples/ecdsa-01",
    "ecdsa-examples/ecdsa-02",
    "ecdsa-examples/ecdsa-03",
    "ecdsa-examples/ecdsa-04",
    "eddsa-examples/eddsa-01",
    "eddsa-examples/eddsa-02",
];

const ACCEPTED: [&str; 6] = [
    "RFC8152/Appendix_C_2_1",
    "ecdsa-examples/ecdsa-sig-01",
    "eddsa-examples/eddsa-sig-01",
    "mac0-tests/HMac-01",
    "sign1-tests/sign-pass-02",
    "sign1-tests/sign-pass-03",
];

/// Made to fail, each by one change.
const MADE_TO_FAIL: [(&str, CoseError); 12] = [
    ("mac0-tests/mac-fail-01", CoseError::Tag),
    ("mac0-tests/mac-fail-02", CoseError::Mac),
    ("mac0-tests/mac-fail-03", CoseError::Algorithm),
    ("mac0-tests/mac-fail-04", CoseError::Algorithm),
    ("mac0-tests/mac-fail-06", CoseError::Mac),
    ("mac0-tests/mac-fail-07", CoseError::Mac),
    ("sign1-tests/sign-fail-01", CoseError::Tag),
    ("sign1-tests/sign-fail-02", CoseError::Signature),
    ("sign1-tests/sign-fail-03", CoseError::Algorithm),
    ("sign1-tests/sign-fail-04", CoseError::Algorithm),
    ("sign1-tests/sign-fail-06", CoseError::Signature),
    ("sign1-tests/sign-fail-07", CoseError::Signature),
];

fn key(jwk: &Value) -> Option<PublicKey> {
    let hexadecimal = jwk["x_hex"].as_str().map(hex);
    let jwk = match hexadecimal {
        Some(x) => json!({"kty": jwk["kty"], "crv": jwk["crv"], "x": credential::encoding::base64url(x)}),
        None => json!({"kty": jwk["kty"], "crv": jwk["crv"], "x": jwk["x"], "y": jwk["y"]}),
    };
    PublicKey::from_jwk(&jwk).ok()
}

fn mac_key(jwk: &Value) -> MacKey {
    let bytes = from_base64url(text(jwk, "k")).expect("base64url");
    MacKey::new(<[u8; 32]>::try_from(bytes).expect("32 bytes").into())
}

/// The payload of one example, read with its tag, or without where the example takes that away.
fn judge(example: &Value) -> Result<Vec<u8>, CoseError> {
    let input = &example["input"];
    let bytes = hex(text(&example["output"], "cbor"));
    let untagged = !input["failures"]["RemoveCBORTag"].is_null();
    let item = Item::parse(&bytes, MAX).expect("cbor");
    if let Some(mac) = input.get("mac0") {
        let external = mac["external"].as_str().map(hex).unwrap_or_default();
        let message = if untagged { Mac0::read(&item)? } else { Mac0::parse_tagged(&bytes, MAX)? };
        return message.verify(&mac_key(&mac["recipients"][0]["key"]), &external).map(<[u8]>::to_vec);
    }
    let message = if untagged { Sign1::read(&item, OURS)? } else { Sign1::parse_tagged(&bytes, MAX, OURS)? };
    let sign = &input["sign0"];
    let external = sign["external"].as_str().map(hex).unwrap_or_default();
    let key = key(&sign["key"]).ok_or(CoseError::Algorithm)?;
    message.verify(&key, &external, &RustCrypto).map(<[u8]>::to_vec)
}

fn example(name: &str) -> Option<Value> {
    load(&format!("cose-examples/{name}.json"))
}

#[test]
fn the_examples_of_the_working_group_are_judged_as_they_say() {
    let mut run = 0;
    for name in ACCEPTED {
        let Some(example) = example(name) else { return };
        assert_eq!(judge(&example).as_deref(), Ok(text(&example["input"], "plaintext").as_bytes()), "{name}");
        run += 1;
    }
    for (name, error) in MADE_TO_FAIL {
        let Some(example) = example(name) else { return };
        assert_eq!(example["input"]["fail"].as_bool().or(example["fail"].as_bool()), Some(true), "{name}");
        assert_eq!(judge(&example), Err(error), "{name}");
        run += 1;
    }
    for name in UNPROTECTED_ALGORITHM.into_iter().chain(OTHER_ALGORITHM) {
        let Some(example) = example(name) else { return };
        assert_eq!(judge(&example), Err(CoseError::Algorithm), "{name}");
        run += 1;
    }
    for name in OTHER_KIND {
        let Some(example) = example(name) else { return };
        assert_eq!(judge(&example), Err(CoseError::Tag), "{name}");
        run += 1;
    }
    assert_eq!(run, 50);
}

#[test]
fn the_parts_that_isomdl_keeps_hold() {
    let part = |name: &str| load_text(&format!("mdoc-iso18013-5/isomdl/definitions/{name}"));
    let Some(message) = part("cose/sign1/serialized.cbor") else { return };
    let secret = |name: &str| hex(part(name).expect("a key").trim());
    let bytes = hex(message.trim());
    let signer = SigningKey::from_secret_bytes(Algorithm::Es256, &secret("cose/sign1/secret_key"));
    let message = Sign1::read(&Item::parse(&bytes, MAX).expect("cbor"), OURS).expect("a message");
    let payload = message.verify(signer.expect("a key").public_key(), &[], &RustCrypto);
    assert_eq!(payload, Ok(&b"This is the content."[..]));

    let bytes = hex(part("cose/mac0/serialized.cbor").expect("a message").trim());
    let message = Mac0::read(&Item::parse(&bytes, MAX).expect("cbor")).expect("a message");
    let long = secret("cose/mac0/secret_key");
    assert_eq!(long.len(), 50, "no key of 32 bytes, which are all that we use: it is read, and not believed");
    assert_eq!(message.verify(&MacKey::new([0; 32].into()), &[]), Err(CoseError::Mac));

    let bytes = hex(part("cose_key/ec_p256.cbor").expect("a key").trim());
    let item = Item::parse(&bytes, MAX).expect("cbor");
    let key = PublicKey::from_cose_key(&item).expect("a key");
    assert_eq!(key.to_cose_key().encode(), bytes);
}
