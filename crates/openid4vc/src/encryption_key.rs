//! Keys that others publish to be encrypted to: P-256 with ECDH-ES, as both protocols use them.
//!
//! Spec: OpenID4VP 1.0 section 8.3; OpenID4VCI 1.0 section 10.

use credential::encoding::from_base64url;
use credential::key::{Algorithm, PublicKey};
use serde_json::Value;

/// Characters of a `kid`, at most: it is repeated in every header.
const MAX_KID: usize = 512;

/// Whether a JWK says to be a public P-256 key for ECDH-ES. Whether its point is one, encrypting will tell.
pub(crate) fn is_encryption_key(key: &Value) -> bool {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    text("kty") == Some("EC")
        && text("crv") == Some("P-256")
        && text("alg") == Some("ECDH-ES")
        && key.get("kid").is_none_or(|kid| kid.as_str().is_some_and(|kid| kid.len() <= MAX_KID))
        && key.get("use").is_none_or(|purpose| purpose == "enc")
        && key.get("d").is_none()
}

/// The SHA-256 thumbprint of such a key (RFC 7638); none where its point is none.
pub(crate) fn thumbprint(key: &Value) -> Option<[u8; 32]> {
    let coordinate = |name: &str| from_base64url(key.get(name)?.as_str()?).ok();
    let point = [vec![4], coordinate("x")?, coordinate("y")?].concat();
    let key = PublicKey::from_bytes(Algorithm::Es256, &point).ok()?;
    from_base64url(key.thumbprint()).ok()?.try_into().ok()
}
