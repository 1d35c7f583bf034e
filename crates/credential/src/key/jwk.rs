//! Keys as JSON, and their thumbprints.
//!
//! Spec: RFC 7517, RFC 7518 section 6.2, RFC 8037 section 2, RFC 7638.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::encoding::{base64url, from_base64url};
use crate::key::{Algorithm, KeyError, PublicKey, SigningKey};

impl PublicKey {
    /// A key from a public JWK (RFC 7517). `kid` is the caller's to judge.
    ///
    /// # Errors
    /// [`KeyError`]: of another kind, malformed, off the curve, with a private member, or for another use.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
        let members = jwk.as_object().ok_or(KeyError::Malformed)?;
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(KeyError::Private);
        }
        let key = Self::from_public_members(members)?;
        key.check_purpose(members)?;
        Ok(key)
    }

    /// A key that says what it is for must be for verifying signatures of its own algorithm.
    fn check_purpose(&self, members: &Map<String, Value>) -> Result<(), KeyError> {
        let alg = match members.get("alg") {
            None => true,
            Some(name) => name.as_str().map(Algorithm::from_name).transpose()? == Some(self.algorithm()),
        };
        let purpose = members.get("use").is_none_or(|purpose| purpose == "sig");
        let operations = match members.get("key_ops") {
            None => true,
            Some(operations) => {
                operations.as_array().is_some_and(|all| all.iter().any(|one| one == "verify"))
            }
        };
        if !alg {
            return Err(KeyError::Algorithm);
        }
        if purpose && operations { Ok(()) } else { Err(KeyError::Purpose) }
    }

    fn from_public_members(members: &Map<String, Value>) -> Result<Self, KeyError> {
        let text = |name: &str| members.get(name).and_then(Value::as_str).ok_or(KeyError::Malformed);
        let coordinate = |name: &str| -> Result<[u8; 32], KeyError> {
            from_base64url(text(name)?)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or(KeyError::Malformed)
        };
        let kind = match text("kty")? {
            kind @ ("EC" | "OKP") => (kind, text("crv")?),
            _ => return Err(KeyError::Type),
        };
        match kind {
            ("EC", "P-256") => {
                let sec1 = [&[4u8][..], &coordinate("x")?, &coordinate("y")?].concat();
                Self::from_bytes(Algorithm::Es256, &sec1)
            }
            ("OKP", "Ed25519") => Self::from_bytes(Algorithm::EdDsa, &coordinate("x")?),
            _ => Err(KeyError::Type),
        }
    }

    /// The public JWK, required members only.
    pub fn to_jwk(&self) -> Value {
        let bytes = self.to_bytes();
        match self.algorithm() {
            Algorithm::Es256 => {
                json!({"kty": "EC", "crv": "P-256", "x": base64url(&bytes[1..33]), "y": base64url(&bytes[33..65])})
            }
            Algorithm::EdDsa => json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(&bytes)}),
        }
    }

    /// The SHA-256 thumbprint, base64url (RFC 7638, RFC 8037 appendix A.3).
    pub fn thumbprint(&self) -> String {
        let bytes = self.to_bytes();
        let canonical = match self.algorithm() {
            Algorithm::Es256 => format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                base64url(&bytes[1..33]),
                base64url(&bytes[33..65])
            ),
            Algorithm::EdDsa => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url(&bytes)),
        };
        base64url(Sha256::digest(canonical))
    }
}

impl SigningKey {
    /// A key from a private JWK.
    ///
    /// # Errors
    /// [`KeyError`]; [`KeyError::Mismatch`] where `d` does not belong to the public members.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let members = jwk.as_object().ok_or(KeyError::Malformed)?;
        let public = PublicKey::from_public_members(members)?;
        let d = members.get("d").and_then(Value::as_str).ok_or(KeyError::Malformed)?;
        let d = Zeroizing::new(from_base64url(d).map_err(|_| KeyError::Malformed)?);
        let key = Self::from_secret_bytes(public.algorithm(), &d)?;
        if key.public != public {
            return Err(KeyError::Mismatch);
        }
        Ok(key)
    }

    /// The private JWK, for the one file that keeps it.
    pub fn dangerous_to_jwk(&self) -> Value {
        let mut jwk = self.public.to_jwk();
        jwk["d"] = Value::String(base64url(self.dangerous_to_bytes().as_slice()));
        jwk
    }
}
