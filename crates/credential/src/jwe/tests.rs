use super::*;
use crate::testing::{FixedRng, hex, vectors};

fn key() -> DecryptionKey {
    DecryptionKey::generate(&mut FixedRng(1))
}

fn token(enc: ContentEncryption, extra: Value) -> String {
    let extra = extra.as_object().unwrap().clone();
    encrypt(&key().public_jwk("k1"), enc, extra, b"secret", &mut FixedRng(2)).unwrap()
}

fn good() -> String {
    token(ContentEncryption::A256Gcm, json!({}))
}

/// The token under another header, everything else as it was.
fn with_header(header: Value) -> String {
    let good = good();
    let (_, rest) = good.split_once('.').unwrap();
    format!("{}.{rest}", base64url(header.to_string()))
}

fn header() -> Value {
    Value::Object(key().decrypt(&good()).unwrap().header)
}

#[test]
fn what_was_sealed_opens() {
    for enc in [ContentEncryption::A128Gcm, ContentEncryption::A256Gcm] {
        let plaintext = key().decrypt(&token(enc, json!({"cty": "JWT", "apv": "bm9uY2U"}))).unwrap();
        assert_eq!(*plaintext.bytes, b"secret");
        assert_eq!(plaintext.header["kid"], "k1");
        assert_eq!(plaintext.header["enc"], enc.name());
        assert_eq!(plaintext.header["cty"], "JWT");
    }
}

#[test]
fn a_key_survives_its_form_and_stays_silent() {
    let jwk = key().dangerous_to_jwk();
    assert!(DecryptionKey::from_jwk(&jwk).unwrap().decrypt(&good()).is_ok());
    assert_eq!(format!("{:?}", key()), "DecryptionKey(secret)");
    assert_eq!(format!("{:?}", key().decrypt(&good()).unwrap()), "Plaintext(6 bytes)");
    assert!(key().public_jwk("k1").get("d").is_none());
}

#[test]
fn another_key_does_not_open_it() {
    let other = DecryptionKey::generate(&mut FixedRng(9));
    assert_eq!(other.decrypt(&good()).unwrap_err(), JweError::Decrypt);
}

#[test]
fn a_change_anywhere_is_refused() {
    let good = good();
    for place in 0..good.len() {
        let mut bytes = good.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(key().decrypt(&changed).is_err(), "byte {place}");
    }
}

#[test]
fn texts_of_another_form_are_refused() {
    let good = good();
    let parts: Vec<&str> = good.split('.').collect();
    let short_tag = format!("{}..{}.{}.{}", parts[0], parts[2], parts[3], &parts[4][..16]);
    let short_iv = format!("{}..{}.{}.{}", parts[0], &parts[2][..8], parts[3], parts[4]);
    let wrapped = format!("{}.AAAA.{}.{}.{}", parts[0], parts[2], parts[3], parts[4]);
    for bad in [
        String::new(),
        "....".into(),
        format!("{good}.a"),
        parts[..4].join("."),
        short_tag,
        short_iv,
        wrapped,
    ] {
        assert_eq!(key().decrypt(&bad).unwrap_err(), JweError::Form, "{bad}");
    }
}

#[test]
fn a_token_and_its_header_are_read_up_to_their_limits() {
    assert_eq!(key().decrypt(&"a".repeat(MAX_TOKEN)).unwrap_err(), JweError::Form);
    assert_eq!(key().decrypt(&"a".repeat(MAX_TOKEN + 1)).unwrap_err(), JweError::TooLarge);
    let others = header().to_string().len() + r#","x":"""#.len();
    let filled = |header: usize| token(ContentEncryption::A256Gcm, json!({"x": "x".repeat(header - others)}));
    assert!(key().decrypt(&filled(4096)).is_ok());
    assert_eq!(key().decrypt(&filled(4097)).unwrap_err(), JweError::Form);
}

#[test]
fn other_algorithms_and_extensions_are_refused() {
    for (name, value) in [
        ("alg", json!("ECDH-ES+A128KW")),
        ("alg", json!("dir")),
        ("alg", json!(null)),
        ("enc", json!("A128CBC-HS256")),
        ("enc", json!("A192GCM")),
        ("enc", json!(1)),
    ] {
        let mut header = header();
        header[name] = value;
        assert_eq!(key().decrypt(&with_header(header)).unwrap_err(), JweError::Algorithm, "{name}");
    }
    for (name, value, error) in [
        ("zip", json!("DEF"), JweError::Compressed),
        ("zip", json!(null), JweError::Compressed),
        ("crit", json!(["exp"]), JweError::Critical),
        ("crit", json!([]), JweError::Critical),
    ] {
        let mut header = header();
        header[name] = value;
        assert_eq!(key().decrypt(&with_header(header)).unwrap_err(), error, "{name}");
    }
}

#[test]
fn a_header_with_a_repeated_member_is_refused() {
    let good = good();
    let (_, rest) = good.split_once('.').unwrap();
    let twice = header().to_string().replacen('{', r#"{"alg":"ECDH-ES","#, 1);
    assert_eq!(key().decrypt(&format!("{}.{rest}", base64url(twice))).unwrap_err(), JweError::Form);
    let large = json!({"alg": "ECDH-ES", "x": "x".repeat(MAX_HEADER)});
    assert_eq!(key().decrypt(&with_header(large)).unwrap_err(), JweError::Form);
}

#[test]
fn keys_for_another_purpose_are_refused() {
    let public = key().public_jwk("k1");
    let private = key().dangerous_to_jwk();
    for (name, value) in [
        ("use", json!("sig")),
        ("use", json!(null)),
        ("alg", json!("ES256")),
        ("alg", json!("ECDH-ES+A128KW")),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!("deriveBits")),
    ] {
        let with = |jwk: &Value| {
            let mut jwk = jwk.clone();
            jwk[name] = value.clone();
            jwk
        };
        let made = encrypt(&with(&public), ContentEncryption::A128Gcm, Map::new(), b"x", &mut FixedRng(2));
        assert_eq!(made.unwrap_err(), JweError::Purpose, "{name} {value}");
        assert_eq!(DecryptionKey::from_jwk(&with(&private)).err(), Some(JweError::Purpose), "{name} {value}");
    }
    let mut derives = private.clone();
    derives["key_ops"] = json!(["deriveBits"]);
    assert!(DecryptionKey::from_jwk(&derives).is_ok());
}

#[test]
fn public_keys_with_private_members_are_refused() {
    let private = key().dangerous_to_jwk();
    let made = encrypt(&private, ContentEncryption::A128Gcm, Map::new(), b"x", &mut FixedRng(2));
    assert_eq!(made.unwrap_err(), JweError::Private);
    let mut header = header();
    header["epk"]["d"] = private["d"].clone();
    assert_eq!(key().decrypt(&with_header(header)).unwrap_err(), JweError::Private);
}

#[test]
fn points_off_the_curve_are_refused() {
    let mut header = header();
    header["epk"]["y"] = json!(base64url([1; 32]));
    assert_eq!(key().decrypt(&with_header(header.clone())).unwrap_err(), JweError::Key);
    header["epk"] = json!(null);
    assert_eq!(key().decrypt(&with_header(header)).unwrap_err(), JweError::Key);
}

#[test]
fn recipients_that_are_unusable_are_refused() {
    let good = key().public_jwk("k1");
    for (name, value) in [
        ("kty", json!("OKP")),
        ("crv", json!("P-384")),
        ("x", json!("AAAA")),
        ("y", json!(base64url([1; 32]))),
    ] {
        let mut jwk = good.clone();
        jwk[name] = value;
        let made = encrypt(&jwk, ContentEncryption::A128Gcm, Map::new(), b"x", &mut FixedRng(2));
        assert_eq!(made.unwrap_err(), JweError::Key, "{name}");
    }
}

#[test]
fn private_keys_that_do_not_fit_are_refused() {
    let mut jwk = key().dangerous_to_jwk();
    jwk["d"] = DecryptionKey::generate(&mut FixedRng(9)).dangerous_to_jwk()["d"].clone();
    assert!(DecryptionKey::from_jwk(&jwk).is_err());
    assert!(DecryptionKey::from_jwk(&key().public_jwk("k")).is_err());
}

#[test]
fn contents_are_sealed_and_opened_as_wycheproof_says() {
    let Some(vectors) = vectors("wycheproof/aes_gcm_test.json") else { return };
    let (mut opened, mut refused, mut not_ours) = (0, 0, 0);
    for group in vectors["testGroups"].as_array().unwrap() {
        let enc = match (group["keySize"].as_u64(), group["ivSize"].as_u64(), group["tagSize"].as_u64()) {
            (Some(128), Some(96), Some(128)) => Some(ContentEncryption::A128Gcm),
            (Some(256), Some(96), Some(128)) => Some(ContentEncryption::A256Gcm),
            _ => None,
        };
        for test in group["tests"].as_array().unwrap() {
            let Some(enc) = enc else {
                not_ours += 1;
                continue;
            };
            let bytes = |name: &str| hex(test[name].as_str().unwrap());
            let (key, iv, aad) = (bytes("key"), bytes("iv").try_into().unwrap(), bytes("aad"));
            let sealed = [bytes("ct"), bytes("tag")].concat();
            let found = enc.open(&key, &iv, Payload { msg: &sealed, aad: &aad });
            if test["result"] == "valid" {
                assert_eq!(found, Ok(bytes("msg")), "{}", test["tcId"]);
                assert_eq!(enc.seal(&key, &iv, Payload { msg: &bytes("msg"), aad: &aad }), Ok(sealed));
                opened += 1;
            } else {
                assert_eq!(found, Err(JweError::Decrypt), "{}", test["tcId"]);
                refused += 1;
            }
        }
    }
    assert_eq!((opened, refused, not_ours), (79, 54, 183), "JOSE has no other sizes");
}

#[test]
fn numbers_of_another_length_are_refused() {
    let mut secret = [0; 32];
    secret[31] = 5;
    let key = crate::key::SigningKey::from_secret_bytes(crate::key::Algorithm::Es256, &secret).unwrap();
    let good = key.dangerous_to_jwk();
    assert!(DecryptionKey::from_jwk(&good).is_ok());
    let mut short = good.clone();
    short["d"] = json!(base64url(&secret[1..]));
    assert_eq!(DecryptionKey::from_jwk(&short).err(), Some(JweError::Key));
    let coordinate = |name: &str| from_base64url(good[name].as_str().unwrap()).unwrap();
    let both = [coordinate("x"), coordinate("y")].concat();
    let mut shifted = good.clone();
    shifted["x"] = json!(base64url(&both[..31]));
    shifted["y"] = json!(base64url(&both[31..]));
    assert_eq!(DecryptionKey::from_jwk(&shifted).err(), Some(JweError::Key));
}
