//! Tokens and keys of JOSE.

use std::sync::LazyLock;

use credential::encoding::base64url;
use credential::issuer::IssuerReference;
use credential::json::parse;
use credential::jwe::{ContentEncryption, DecryptionKey, encrypt};
use credential::jws::{self, Unverified};
use credential::key::{Algorithm, PublicKey, Signer as _, SigningKey};
use serde_json::{Map, Value};

use super::{Believing, key, public, text};
use crate::change::Steps;
use crate::seeds::{Seeds, bytes};

/// A token whose key has another algorithm is never believed, whatever its signature.
pub(crate) fn read_jws(data: &[u8]) -> bool {
    let Ok(token) = Unverified::parse(text(data)) else { return false };
    let algorithm = token.header().algorithm();
    if let Ok(claims) = token.dangerous_claims() {
        let _ = IssuerReference::new(token.header(), &claims);
    }
    let other = if algorithm == Algorithm::Es256 { Algorithm::EdDsa } else { Algorithm::Es256 };
    assert!(token.clone().verify_any_type(&public(other), &Believing).is_err(), "a key of another algorithm");
    let _ = token.clone().verify(&public(algorithm), "jwt", &Believing);
    let Ok(verified) = token.verify_any_type(&public(algorithm), &Believing) else { return false };
    assert!(!verified.header().members().contains_key("crit"), "an extension that nobody understands");
    true
}

pub(crate) fn jws_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let own = jws::sign(Map::new(), &Map::new(), &key(Algorithm::Es256)).expect("signed");
    bytes(
        seeds.texts(|text| text.matches('.').count() == 2 && text.starts_with("ey")).into_iter().chain([own]),
    )
}

static DECRYPTION_KEY: LazyLock<DecryptionKey> = LazyLock::new(|| DecryptionKey::generate(&mut Steps(1)));

/// Texts are read as they come; anything else is a header in JSON, a line end, and what was encrypted.
pub(crate) fn read_jwe(data: &[u8]) -> bool {
    let key = &*DECRYPTION_KEY;
    let opened = key.decrypt(text(data)).is_ok();
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let (header, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let iv = base64url([0; 12]);
    let _ = key.decrypt(&format!("{}..{iv}.{}.{}", base64url(header), base64url(rest), base64url([0; 16])));
    opened
}

pub(crate) fn jwe_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let recipient = DECRYPTION_KEY.public_jwk("k");
    let own = [ContentEncryption::A128Gcm, ContentEncryption::A256Gcm]
        .map(|enc| encrypt(&recipient, enc, Map::new(), b"{}", &mut Steps(2)).expect("encrypted"));
    let header = r#"{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"EC","crv":"P-256","x":"","y":""},"apu":"","apv":""}"#;
    let others = seeds.texts(|text| text.matches('.').count() == 4 && text.starts_with("ey"));
    bytes(others.into_iter().chain(own).chain([format!("{header}\ntext")]))
}

/// A key that is read is written and read as the same key, and its thumbprint stays.
pub(crate) fn read_jwk(data: &[u8]) -> bool {
    let Ok(jwk) = parse(data, data.len()) else { return false };
    if let Ok(key) = PublicKey::from_jwk(&jwk) {
        assert!(jwk.get("d").is_none(), "a public key with its private part");
        let again = PublicKey::from_jwk(&key.to_jwk()).expect("our own key");
        assert!(again == key && again.thumbprint() == key.thumbprint(), "another key");
    }
    if let Ok(key) = SigningKey::from_jwk(&jwk) {
        let message = key.sign(data).expect("signed");
        assert_eq!(message.len(), 64, "a signature of another length");
    }
    PublicKey::from_jwk(&jwk).is_ok()
}

pub(crate) fn jwk_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let own = [Algorithm::Es256, Algorithm::EdDsa]
        .into_iter()
        .flat_map(|algorithm| [public(algorithm).to_jwk(), key(algorithm).dangerous_to_jwk()])
        .map(|jwk: Value| jwk.to_string());
    bytes(seeds.values(|value| value.get("kty").is_some()).into_iter().chain(own))
}
