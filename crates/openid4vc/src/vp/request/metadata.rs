//! `client_metadata`: the key and the methods for the answer, and the formats that the verifier reads.
//!
//! Spec: OpenID4VP 1.0 sections 5.1, 8.3 and 11; appendices B.2.2 (`mso_mdoc`) and B.3.4 (`dc+sd-jwt`).

use credential::jwe::{ContentEncryption, DecryptionKey};
use credential::key::Algorithm;
use serde_json::{Map, Value, json};

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
            sd_jwt: Some(Algorithms {
                issuer: vec![Algorithm::Es256, Algorithm::EdDsa],
                holder: vec![Algorithm::Es256],
            }),
            mdoc: Some(Algorithms {
                issuer: vec![Algorithm::Es256, Algorithm::EdDsa],
                holder: vec![Algorithm::Es256],
            }),
        }
    }

    pub(super) fn parse(members: Members<'_>) -> Result<Self, RequestError> {
        let jwks = members.object("jwks")?.ok_or(RequestError::EncryptionKey)?;
        let keys = jwks.required_list("keys", MAX_ENTRIES)?;
        let encryption_key = keys.iter().find(|key| is_usable(key)).ok_or(RequestError::EncryptionKey)?;
        let formats = members.required_object("vp_formats_supported")?;
        let (sd_jwt, mdoc) = (Algorithms::of_sd_jwt(formats)?, Algorithms::of_mdoc(formats)?);
        if sd_jwt.is_none() && mdoc.is_none() {
            return Err(RequestError::Formats);
        }
        Ok(Self {
            encryption_key: encryption_key.clone(),
            content_encryptions: parse_encryptions(members)?,
            sd_jwt,
            mdoc,
        })
    }

    pub(super) fn to_json(&self) -> Value {
        let mut formats = Map::new();
        if let Some(algorithms) = &self.sd_jwt {
            let written =
                algorithms.write(["sd-jwt_alg_values", "kb-jwt_alg_values"], |one| one.name().into());
            formats.insert("dc+sd-jwt".into(), written);
        }
        if let Some(algorithms) = &self.mdoc {
            let written = algorithms
                .write(["issuerauth_alg_values", "deviceauth_alg_values"], |one| cose_number(one).into());
            formats.insert("mso_mdoc".into(), written);
        }
        let encryptions: Vec<_> = self.content_encryptions.iter().map(|one| one.name()).collect();
        json!({
            "jwks": {"keys": [self.encryption_key]},
            "encrypted_response_enc_values_supported": encryptions,
            "vp_formats_supported": formats,
        })
    }
}

impl Algorithms {
    fn of_sd_jwt(formats: Members<'_>) -> Result<Option<Self>, RequestError> {
        let Some(format) = formats.object("dc+sd-jwt")? else { return Ok(None) };
        let known = |name: &'static str| -> Result<_, RequestError> {
            let names = format.texts(name, MAX_NAMES)?;
            Ok(only_known(names, |name| Algorithm::from_name(name).ok()))
        };
        Ok(Self::of_both(known("sd-jwt_alg_values")?, known("kb-jwt_alg_values")?))
    }

    fn of_mdoc(formats: Members<'_>) -> Result<Option<Self>, RequestError> {
        let Some(format) = formats.object("mso_mdoc")? else { return Ok(None) };
        let known = |name: &'static str| -> Result<_, RequestError> {
            Ok(only_known(format.list(name, MAX_NAMES)?.map(<[Value]>::to_vec), cose_algorithm))
        };
        Ok(Self::of_both(known("issuerauth_alg_values")?, known("deviceauth_alg_values")?))
    }

    /// A format of which nothing is known that would do is none that the verifier takes from us.
    fn of_both(issuer: Option<Vec<Algorithm>>, holder: Option<Vec<Algorithm>>) -> Option<Self> {
        Some(Self { issuer: issuer?, holder: holder? })
    }

    /// Both lists under these names; one that says nothing is left out.
    fn write(&self, names: [&str; 2], write: impl Fn(Algorithm) -> Value) -> Value {
        let lists = names.into_iter().zip([&self.issuer, &self.holder]);
        let said = lists.filter(|(_, list)| !list.is_empty());
        said.map(|(name, list)| (name.to_owned(), list.iter().map(|one| write(*one)).collect::<Value>()))
            .collect()
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

/// What is known of a list: everything that is not there to say otherwise, nothing where all of it is unknown.
fn only_known<T>(listed: Option<Vec<T>>, read: impl Fn(&T) -> Option<Algorithm>) -> Option<Vec<Algorithm>> {
    let Some(listed) = listed else { return Some(Vec::new()) };
    let known: Vec<Algorithm> = listed.iter().filter_map(read).collect();
    if known.is_empty() { None } else { Some(known) }
}

/// A COSE algorithm: by its own name, or by that of its curve (RFC 9864).
fn cose_algorithm(number: &Value) -> Option<Algorithm> {
    match number.as_i64() {
        Some(-7 | -9) => Some(Algorithm::Es256),
        Some(-8 | -19) => Some(Algorithm::EdDsa),
        _ => None,
    }
}

const fn cose_number(algorithm: Algorithm) -> i64 {
    match algorithm {
        Algorithm::Es256 => -7,
        Algorithm::EdDsa => -8,
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
