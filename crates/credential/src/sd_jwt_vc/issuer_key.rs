//! The key of an issuer that publishes its keys under its own address.
//!
//! Whether an issuer's keys may be found this way is the verifier's to know beforehand, issuer by issuer: a
//! token that could choose between this, certificates and a registry would choose the weakest.
//!
//! Spec: SD-JWT VC draft 19 sections 2.5, 4 and 7.3.

use serde_json::Value;

use crate::fetch_url::FetchUrl;
use crate::issuer_metadata::{IssuerKeys, IssuerMetadataError, KeySet};
use crate::key::PublicKey;
use crate::sd_jwt_vc::Unverified;

impl Unverified {
    /// Where the issuer that the token names publishes its keys.
    ///
    /// # Errors
    /// [`IssuerMetadataError::NoIssuer`] and [`IssuerMetadataError::Address`].
    pub fn issuer_metadata_url(&self) -> Result<FetchUrl, IssuerMetadataError> {
        FetchUrl::of_issuer_metadata(self.iss()?).map_err(IssuerMetadataError::Address)
    }

    /// Reads what was fetched from [`Unverified::issuer_metadata_url`].
    ///
    /// # Errors
    /// [`IssuerMetadataError`].
    pub fn issuer_keys(&self, octets: &[u8]) -> Result<IssuerKeys, IssuerMetadataError> {
        IssuerKeys::parse(octets, self.iss()?)
    }

    /// The key of `keys` that the token's header names.
    ///
    /// # Errors
    /// [`IssuerMetadataError::NoKey`] and [`IssuerMetadataError::Ambiguous`].
    pub fn issuer_key<'k>(&self, keys: &'k KeySet) -> Result<&'k PublicKey, IssuerMetadataError> {
        let header = self.sd_jwt.header();
        if header.members().contains_key("kid") && header.kid().is_none() {
            return Err(IssuerMetadataError::NoKey);
        }
        keys.choose(header.kid(), header.algorithm())
    }

    fn iss(&self) -> Result<&str, IssuerMetadataError> {
        let iss = self.sd_jwt.dangerous_payload().get("iss").and_then(Value::as_str);
        iss.ok_or(IssuerMetadataError::NoIssuer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fetch_url::FetchUrlError;
    use crate::key::{RustCrypto, Signer as _};
    use crate::sd_jwt_vc::TYPE;
    use crate::testing::{NOW, holder, issuer, signed};

    const ISS: &str = "https://issuer.example/t";

    fn token(header: Value, iss: Value) -> Unverified {
        let mut whole = json!({"typ": TYPE});
        whole.as_object_mut().unwrap().extend(crate::testing::members(header));
        let text = signed(whole, json!({"vct": "urn:x", "iss": iss}), &issuer()) + "~";
        Unverified::parse(&text).unwrap()
    }

    fn metadata() -> Vec<u8> {
        let jwk = |kid: &str, key: &PublicKey| {
            let mut jwk = key.to_jwk();
            jwk["kid"] = kid.into();
            jwk
        };
        let keys = [jwk("a", issuer().public_key()), jwk("b", holder().public_key())];
        json!({"issuer": ISS, "jwks": {"keys": keys}}).to_string().into_bytes()
    }

    #[test]
    fn a_credential_verifies_with_a_key_that_its_issuer_publishes() {
        for header in [json!({"kid": "a"}), json!({})] {
            let token = token(header, json!(ISS));
            let url = token.issuer_metadata_url().unwrap();
            assert_eq!(url.as_str(), "https://issuer.example/.well-known/jwt-vc-issuer/t");
            let Ok(IssuerKeys::Here(keys)) = token.issuer_keys(&metadata()) else { panic!("not here") };
            let key = token.issuer_key(&keys).unwrap();
            assert!(token.clone().dangerous_verify_unbound(key, NOW, &RustCrypto).is_ok());
        }
    }

    #[test]
    fn a_credential_of_another_issuer_has_no_key_here() {
        let other = token(json!({"kid": "a"}), json!("https://issuer.example/u"));
        assert_eq!(other.issuer_keys(&metadata()).unwrap_err(), IssuerMetadataError::Issuer);
        let Ok(IssuerKeys::Here(keys)) = token(json!({}), json!(ISS)).issuer_keys(&metadata()) else {
            panic!("not here")
        };
        for kid in [json!("b"), json!("c"), json!(""), json!(1), json!(null)] {
            let token = token(json!({"kid": kid}), json!(ISS));
            assert_eq!(token.issuer_key(&keys), Err(IssuerMetadataError::NoKey), "{kid}");
        }
    }

    #[test]
    fn an_issuer_that_is_no_safe_address_is_not_asked() {
        for iss in [json!(null), json!(1)] {
            let refused = token(json!({}), iss).issuer_metadata_url().unwrap_err();
            assert_eq!(refused, IssuerMetadataError::NoIssuer);
        }
        for (iss, error) in [
            ("did:web:issuer.example", FetchUrlError::Scheme),
            ("https://10.0.0.1/", FetchUrlError::Number),
            ("https://issuer.example/#x", FetchUrlError::Suffix),
            ("https://issuer.example/?x", FetchUrlError::Suffix),
        ] {
            let refused = token(json!({}), json!(iss)).issuer_metadata_url().unwrap_err();
            assert_eq!(refused, IssuerMetadataError::Address(error));
        }
    }
}
