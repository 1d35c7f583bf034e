//! Who signed something, as far as the thing itself says: nothing here is believed.

use credential::cose::{CertificatePlace, Headers};
use credential::did;
use credential::issuer::{KeyReference, MAX_REFERENCE, ReferenceError};
use credential::jws::Header;
use credential::key::PublicKey;
use credential::x509::Chain;
use serde_json::{Value, json};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use crate::words::{fill, words};

/// A signer that a header names.
pub(crate) struct Signer {
    says: Value,
    text: String,
    key: Option<PublicKey>,
}

impl Signer {
    /// The signer that `header` names.
    pub(crate) fn of(header: &Header) -> Result<Self, ReferenceError> {
        if let Some(jwk) = header.jwk().filter(|_| !header.members().contains_key("x5c")) {
            let key = PublicKey::from_jwk(jwk).map_err(|_| ReferenceError::Key)?;
            let (says, text) =
                (json!({ "by": "jwk", "thumbprint": key.thumbprint() }), words().by_carried_key.to_owned());
            return Ok(Self { says, text, key: Some(key) });
        }
        match KeyReference::from_header(header)? {
            KeyReference::X5c(chain) => Ok(Self::of_chain(&chain)),
            KeyReference::Kid(kid) => Ok(Self::of_kid(&kid)),
        }
    }

    /// The signer that the headers of a signed message in CBOR name.
    pub(crate) fn of_cose(headers: &Headers) -> Option<Self> {
        if headers.has_certificates() {
            return headers.chain(CertificatePlace::Either).ok().map(|chain| Self::of_chain(&chain));
        }
        let kid = core::str::from_utf8(headers.kid()?).ok()?;
        (kid.len() <= MAX_REFERENCE).then(|| Self::of_kid(kid))
    }

    fn of_kid(kid: &str) -> Self {
        let text = fill(words().by_named_key, &[kid]);
        Self { says: json!({ "by": "kid", "kid": kid }), text, key: did::resolve(kid).ok() }
    }

    /// The signer whose certificates these are.
    pub(crate) fn of_chain(chain: &Chain) -> Self {
        let certificates = describe(chain);
        let name = |member: &str| certificates[0][member].as_str().unwrap_or_default().to_owned();
        let text = fill(words().by_certificate, &[&name("subject"), &name("issuer")]);
        Self {
            says: json!({ "by": "x5c", "certificates": certificates }),
            text,
            key: Some(chain.leaf_key().clone()),
        }
    }

    /// The key, where it can be read without asking anybody.
    pub(crate) const fn key(&self) -> Option<&PublicKey> {
        self.key.as_ref()
    }

    pub(crate) const fn to_json(&self) -> &Value {
        &self.says
    }

    pub(crate) fn to_text(&self) -> &str {
        &self.text
    }
}

/// What each certificate of a chain says of itself.
pub(crate) fn describe(chain: &Chain) -> Value {
    let decode = |text: &String| credential::encoding::from_base64(text).unwrap_or_default();
    chain.to_x5c().iter().map(|text| describe_one(&decode(text))).collect()
}

fn describe_one(der: &[u8]) -> Value {
    let Ok(certificate) = Certificate::from_der(der) else { return Value::Null };
    let body = certificate.tbs_certificate();
    let validity = body.validity();
    let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs();
    json!({
        "subject": body.subject().to_string(), "issuer": body.issuer().to_string(),
        "not_before": seconds(validity.not_before), "not_after": seconds(validity.not_after),
        "serial": body.serial_number().to_string(),
    })
}
