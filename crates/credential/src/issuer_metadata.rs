//! The keys that an issuer publishes under its own address.
//!
//! The caller fetches [`FetchUrl::of_issuer_metadata`], and the key set behind it where the answer names
//! one; here the answers are read and the key of a token is chosen.
//!
//! Spec: SD-JWT VC draft 19 section 4, RFC 7517 section 5.

use serde_json::{Map, Value};

use crate::fetch_url::{FetchUrl, FetchUrlError};
use crate::json::{self, JsonError};
use crate::key::{Algorithm, KeyError, PublicKey};

/// Bytes of issuer metadata or of a key set, at most: [`MAX_KEYS`] keys, each with a short chain, and room.
pub const MAX_DOCUMENT: usize = 256 * 1024;
/// Keys in one set, at most: an issuer that rotates its keys has a handful.
pub const MAX_KEYS: usize = 64;

/// Why issuer metadata or a key set is refused, or holds no key for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerMetadataError {
    /// Not an acceptable JSON object.
    #[error("issuer metadata is not acceptable json")]
    Json(#[source] JsonError),
    /// The token has no `iss`.
    #[error("token names no issuer")]
    NoIssuer,
    /// `issuer` is not the `iss` that was asked about.
    #[error("issuer metadata is of another issuer")]
    Issuer,
    /// Neither `jwks` nor `jwks_uri`, or both.
    #[error("issuer metadata names no key set, or two")]
    Keys,
    /// `iss` or `jwks_uri` may not be fetched.
    #[error("address of issuer metadata or its key set is refused")]
    Address(#[source] FetchUrlError),
    /// A key set is no array of objects, or has more than [`MAX_KEYS`].
    #[error("key set is malformed or too large")]
    KeySet,
    /// A private key was published.
    #[error("key set holds a private key")]
    Private,
    /// No key of the set is the token's.
    #[error("key set holds no key for this token")]
    NoKey,
    /// More than one key of the set could be the token's.
    #[error("key set holds several keys for this token")]
    Ambiguous,
}

/// Where an issuer's keys are.
#[derive(Clone, Debug)]
pub enum IssuerKeys {
    /// In the metadata itself.
    Here(KeySet),
    /// At this address.
    At(FetchUrl),
}

impl IssuerKeys {
    /// Reads the metadata that was fetched for the issuer `iss`.
    ///
    /// # Errors
    /// [`IssuerMetadataError`].
    pub fn parse(bytes: &[u8], iss: &str) -> Result<Self, IssuerMetadataError> {
        let members = json::parse_object(bytes, MAX_DOCUMENT).map_err(IssuerMetadataError::Json)?;
        if members.get("issuer").and_then(Value::as_str) != Some(iss) {
            return Err(IssuerMetadataError::Issuer);
        }
        match (members.get("jwks"), members.get("jwks_uri")) {
            (Some(Value::Object(set)), None) => KeySet::from_members(set).map(Self::Here),
            (None, Some(Value::String(address))) => {
                FetchUrl::parse(address).map(Self::At).map_err(IssuerMetadataError::Address)
            }
            _ => Err(IssuerMetadataError::Keys),
        }
    }
}

/// The keys of a set that we use; others in it are passed over (RFC 7517 section 5).
#[derive(Clone, Debug)]
pub struct KeySet(Vec<(Option<String>, PublicKey)>);

impl KeySet {
    /// Reads the key set that was fetched from `jwks_uri`.
    ///
    /// # Errors
    /// [`IssuerMetadataError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, IssuerMetadataError> {
        Self::from_members(&json::parse_object(bytes, MAX_DOCUMENT).map_err(IssuerMetadataError::Json)?)
    }

    fn from_members(members: &Map<String, Value>) -> Result<Self, IssuerMetadataError> {
        let jwks = members.get("keys").and_then(Value::as_array).ok_or(IssuerMetadataError::KeySet)?;
        if jwks.len() > MAX_KEYS {
            return Err(IssuerMetadataError::KeySet);
        }
        let mut keys = Vec::with_capacity(jwks.len());
        for jwk in jwks {
            let kid = match jwk.as_object().ok_or(IssuerMetadataError::KeySet)?.get("kid") {
                None => None,
                Some(Value::String(kid)) => Some(kid.clone()),
                Some(_) => return Err(IssuerMetadataError::KeySet),
            };
            match PublicKey::from_jwk(jwk) {
                Ok(key) => keys.push((kid, key)),
                Err(KeyError::Private) => return Err(IssuerMetadataError::Private),
                Err(_) => {}
            }
        }
        Ok(Self(keys))
    }

    /// The key of a token whose header says `kid` and `algorithm`. A token without a `kid` has a key only
    /// where one key alone is of its algorithm; which of several is never tried out.
    ///
    /// # Errors
    /// [`IssuerMetadataError::NoKey`] and [`IssuerMetadataError::Ambiguous`].
    pub fn choose(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<&PublicKey, IssuerMetadataError> {
        let named = |own: &Option<String>| kid.is_none() || own.as_deref() == kid;
        let mut fitting =
            self.0.iter().filter(|(own, key)| named(own) && key.algorithm() == algorithm).map(|(_, key)| key);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (None, _) => Err(IssuerMetadataError::NoKey),
            (Some(_), Some(_)) => Err(IssuerMetadataError::Ambiguous),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::key::Signer as _;
    use crate::testing::{holder, issuer};

    const ISS: &str = "https://example.com/t";

    fn jwk(kid: &str, key: &PublicKey) -> Value {
        let mut jwk = key.to_jwk();
        jwk["kid"] = kid.into();
        jwk
    }

    fn set(keys: Value) -> Result<KeySet, IssuerMetadataError> {
        KeySet::parse(json!({"keys": keys}).to_string().as_bytes())
    }

    fn refused(metadata: Value) -> IssuerMetadataError {
        IssuerKeys::parse(metadata.to_string().as_bytes(), ISS).unwrap_err()
    }

    #[test]
    fn keys_are_here_or_elsewhere() {
        let (issuer, holder) = (issuer(), holder());
        let keys =
            json!([jwk("a", issuer.public_key()), {"kty": "RSA", "kid": "r"}, jwk("b", holder.public_key())]);
        let here = json!({"issuer": ISS, "jwks": {"keys": keys}, "more": 1}).to_string();
        let Ok(IssuerKeys::Here(set)) = IssuerKeys::parse(here.as_bytes(), ISS) else { panic!("not here") };
        assert_eq!(set.choose(Some("a"), Algorithm::Es256), Ok(issuer.public_key()));
        assert_eq!(set.choose(None, Algorithm::EdDsa), Ok(holder.public_key()));
        let there = json!({"issuer": ISS, "jwks_uri": "https://keys.example/set"}).to_string();
        assert!(
            matches!(IssuerKeys::parse(there.as_bytes(), ISS), Ok(IssuerKeys::At(url)) if url.as_str() == "https://keys.example/set")
        );
    }

    #[test]
    fn metadata_of_another_issuer_is_refused() {
        for iss in [json!("https://example.com"), json!("https://example.com/t/"), json!(null), json!(1)] {
            assert_eq!(refused(json!({"issuer": iss, "jwks": {"keys": []}})), IssuerMetadataError::Issuer);
        }
    }

    #[test]
    fn metadata_with_no_or_two_key_sets_is_refused() {
        for (jwks, uri) in [
            (None, None),
            (Some(json!({"keys": []})), Some(json!("https://a.example"))),
            (Some(json!([])), None),
            (None, Some(json!(1))),
        ] {
            let mut metadata = json!({"issuer": ISS});
            let mut put = |name: &str, value: Option<Value>| value.map(|value| metadata[name] = value);
            put("jwks", jwks);
            put("jwks_uri", uri);
            assert_eq!(refused(metadata), IssuerMetadataError::Keys);
        }
    }

    #[test]
    fn key_sets_at_unsafe_addresses_are_refused() {
        let metadata = json!({"issuer": ISS, "jwks_uri": "https://127.0.0.1/"});
        assert_eq!(refused(metadata), IssuerMetadataError::Address(FetchUrlError::Number));
    }

    #[test]
    fn malformed_and_large_documents_are_refused() {
        assert_eq!(refused(json!([])), IssuerMetadataError::Json(JsonError::NotAnObject));
        let large = vec![b' '; MAX_DOCUMENT + 1];
        assert_eq!(KeySet::parse(&large).unwrap_err(), IssuerMetadataError::Json(JsonError::TooLarge));
        for keys in [json!(null), json!({}), json!([1]), json!([{"kid": 1}])] {
            assert_eq!(set(keys).unwrap_err(), IssuerMetadataError::KeySet);
        }
    }

    #[test]
    fn a_set_has_so_many_keys_and_no_more() {
        let key = issuer().public_key().clone();
        let many = |count: usize| set((0..count).map(|n| jwk(&n.to_string(), &key)).collect());
        assert_eq!(many(MAX_KEYS).unwrap().choose(Some("63"), Algorithm::Es256), Ok(&key));
        assert_eq!(many(MAX_KEYS + 1).unwrap_err(), IssuerMetadataError::KeySet);
    }

    #[test]
    fn a_published_private_key_spoils_the_set() {
        let keys = json!([issuer().dangerous_to_jwk().clone()]);
        assert_eq!(set(keys).unwrap_err(), IssuerMetadataError::Private);
    }

    #[test]
    fn a_key_that_is_not_the_only_one_is_not_chosen() {
        let (issuer, holder) = (issuer(), holder());
        let two = set(json!([jwk("a", issuer.public_key()), jwk("a", issuer.public_key())])).unwrap();
        assert_eq!(two.choose(Some("a"), Algorithm::Es256), Err(IssuerMetadataError::Ambiguous));
        assert_eq!(two.choose(None, Algorithm::Es256), Err(IssuerMetadataError::Ambiguous));
        let one = set(json!([jwk("a", holder.public_key()), issuer.public_key().to_jwk()])).unwrap();
        assert_eq!(one.choose(Some("b"), Algorithm::EdDsa), Err(IssuerMetadataError::NoKey));
        assert_eq!(one.choose(Some("a"), Algorithm::Es256), Err(IssuerMetadataError::NoKey));
    }
}
