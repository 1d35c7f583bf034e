//! `client_metadata`: the key and the methods for the answer, and the formats that the verifier reads.
//!
//! Spec: OpenID4VP 1.0 sections 5.1, 8.3 and 11; appendix B.3.4 (`dc+sd-jwt`).

use credential::jwe::{ContentEncryption, DecryptionKey};
use credential::key::Algorithm;
use serde_json::{Value, json};

use crate::encryption_key::is_encryption_key;
use crate::message::Members;
use crate::vp::request::{Algorithms, ClientMetadata, MAX_ENTRIES, RequestError};

/// Names in a list of algorithms, at most: the whole JOSE registry has fewer that sign.
const MAX_NAMES: usize = 32;

impl ClientMetadata {
    /// The metadata for one request: its own fresh key under `kid`, both content encryptions (HAIP 1.0
    /// section 5), and the algorithms that we verify.
    pub fn for_key(key: &DecryptionKey, kid: &str) -> Self {
        Self {
            encryption_key: key.public_jwk(kid),
            content_encryptions: vec![ContentEncryption::A128Gcm, ContentEncryption::A256Gcm],
            algorithms: Algorithms {
                issuer: vec![Algorithm::Es256, Algorithm::EdDsa],
                holder: vec![Algorithm::Es256],
            },
        }
    }

    pub(super) fn parse(members: Members<'_>) -> Result<Self, RequestError> {
        let jwks = members.object("jwks")?.ok_or(RequestError::EncryptionKey)?;
        let keys = jwks.required_list("keys", MAX_ENTRIES)?;
        let encryption_key = keys.iter().find(|key| is_usable(key)).ok_or(RequestError::EncryptionKey)?;
        Ok(Self {
            encryption_key: encryption_key.clone(),
            content_encryptions: parse_encryptions(members)?,
            algorithms: Algorithms::parse(members.required_object("vp_formats_supported")?)?,
        })
    }

    pub(super) fn to_json(&self) -> Value {
        let names = |all: &[Algorithm]| all.iter().map(|one| one.name()).collect::<Vec<_>>();
        let mut format = json!({});
        if !self.algorithms.issuer.is_empty() {
            format["sd-jwt_alg_values"] = json!(names(&self.algorithms.issuer));
        }
        if !self.algorithms.holder.is_empty() {
            format["kb-jwt_alg_values"] = json!(names(&self.algorithms.holder));
        }
        let encryptions: Vec<_> = self.content_encryptions.iter().map(|one| one.name()).collect();
        json!({
            "jwks": {"keys": [self.encryption_key]},
            "encrypted_response_enc_values_supported": encryptions,
            "vp_formats_supported": {"dc+sd-jwt": format},
        })
    }
}

impl Algorithms {
    fn parse(formats: Members<'_>) -> Result<Self, RequestError> {
        let format = formats.object("dc+sd-jwt")?.ok_or(RequestError::Formats)?;
        let known = |name: &'static str| match format.texts(name, MAX_NAMES)? {
            None => Ok(Vec::new()),
            Some(names) => {
                let known: Vec<_> = names.iter().filter_map(|name| Algorithm::from_name(name).ok()).collect();
                if known.is_empty() { Err(RequestError::Formats) } else { Ok(known) }
            }
        };
        Ok(Self { issuer: known("sd-jwt_alg_values")?, holder: known("kb-jwt_alg_values")? })
    }

    /// Whether the verifier can check a holder's signature of this algorithm.
    pub fn allow_holder(&self, algorithm: Algorithm) -> bool {
        self.holder.is_empty() || self.holder.contains(&algorithm)
    }

    /// Whether the verifier can check an issuer's signature of this algorithm.
    pub fn allow_issuer(&self, algorithm: Algorithm) -> bool {
        self.issuer.is_empty() || self.issuer.contains(&algorithm)
    }
}

/// Section 8.3 requires a `kid`, which the answer repeats.
fn is_usable(key: &Value) -> bool {
    is_encryption_key(key) && key["kid"].as_str().is_some_and(|kid| !kid.is_empty())
}

/// The default is A128GCM alone (section 5.1).
fn parse_encryptions(members: Members<'_>) -> Result<Vec<ContentEncryption>, RequestError> {
    const NAME: &str = "encrypted_response_enc_values_supported";
    let Some(names) = members.texts(NAME, MAX_NAMES)? else { return Ok(vec![ContentEncryption::A128Gcm]) };
    let known: Vec<_> = names.iter().filter_map(|name| ContentEncryption::from_name(name).ok()).collect();
    if known.is_empty() { Err(RequestError::ContentEncryption) } else { Ok(known) }
}
