//! The checks of an SD-JWT, each by itself, so that one that fails hides no other. This explains and decides
//! nothing: what is accepted is for `wallet_core::check` to say.
//!
//! Spec: RFC 9901 sections 7.1 and 7.3, SD-JWT VC draft 19.

use core::time::Duration;

use credential::issuer::{KeyReference, ReferenceError};
use credential::jws::{self, JwsError};
use credential::key::{
    Algorithm, PublicKey, RustCrypto, SignatureError, Signer as _, SigningKey, VerifySignature,
};
use credential::sd_jwt::binding::{BindingError, ExpectedBinding};
use credential::sd_jwt::{Policy, SdJwtError, Unverified};
use credential::sd_jwt_vc::{self, NEVER_DISCLOSABLE, VerifyError};
use credential::time::UnixTime;
use serde_json::Value;

use crate::checks::Check;

/// What is asked of a key binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Nothing: one that came is not looked at.
    Nothing,
    /// One that came must hold.
    IfThere,
    /// One must be there and hold.
    Required,
}

/// What an SD-JWT is held against.
pub(crate) struct Asked<'a> {
    /// Whether the rules of credentials (SD-JWT VC) count too.
    pub(crate) credential: bool,
    /// The issuer's key, where it is known.
    pub(crate) key: Option<&'a PublicKey>,
    pub(crate) binding: Wanted,
    /// As for the key binding; what is not named is compared with itself.
    pub(crate) audience: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) at: UnixTime,
}

/// Every check of the token `text`.
pub(crate) fn of(text: &str, asked: &Asked<'_>) -> Vec<Check> {
    let token = Unverified::parse(text);
    let mut checks = vec![Check::of("form", &token, SdJwtError::code)];
    let Ok(token) = token else { return checks };
    let issued = text.split('~').next().unwrap_or_default();
    if asked.credential {
        checks.extend(types(text, &token));
        if asked.key.is_none() {
            let named = KeyReference::from_header(token.header());
            checks.push(Check::of("issuer's key is named", &named, ReferenceError::code));
        }
    }
    checks.push(signature(issued, asked.key));
    let apart = Apart::of(&token, issued, asked);
    let contents = apart.read(&token, None);
    checks.extend(disclosures_and_dates(&contents));
    if asked.credential {
        checks.push(apart.status(text));
    }
    checks.push(match &contents {
        Ok(()) => apart.binding(&token, text),
        Err(_) => Check::not_checked(BINDING, "what it belongs to does not hold"),
    });
    checks
}

const BINDING: &str = "key binding";
const STATUS: &str = "status reference";

fn types(text: &str, token: &Unverified) -> [Check; 2] {
    let typ = if token.header().typ() == Some(sd_jwt_vc::TYPE) { Ok(()) } else { Err(JwsError::Type) };
    let credential = sd_jwt_vc::Unverified::parse(text);
    [
        Check::of("type of token", &typ, JwsError::code),
        Check::of("type of credential", &credential, VerifyError::code),
    ]
}

/// The signature of the token `issued`, by `key`.
pub(crate) fn signature(issued: &str, key: Option<&PublicKey>) -> Check {
    const NAME: &str = "signature";
    let Some(key) = key else {
        return Check::not_checked(NAME, "the signer's key is not in the token; give it, or a register");
    };
    let verified = jws::Unverified::parse(issued).and_then(|token| token.verify_any_type(key, &RustCrypto));
    Check::of(NAME, &verified, JwsError::code)
}

fn disclosures_and_dates(contents: &Result<(), SdJwtError>) -> [Check; 2] {
    const DISCLOSURES: &str = "disclosures";
    const DATES: &str = "dates";
    match contents {
        Ok(()) => [Check::holds(DISCLOSURES), Check::holds(DATES)],
        Err(error @ (SdJwtError::TimeForm | SdJwtError::NotYetValid | SdJwtError::Expired)) => {
            [Check::holds(DISCLOSURES), Check::fails(DATES, error.code(), error)]
        }
        Err(error) => [
            Check::fails(DISCLOSURES, error.code(), error),
            Check::not_checked(DATES, "the claims cannot be put together"),
        ],
    }
}

/// Everything apart from the issuer's signature, which is a check of its own.
struct Apart<'a> {
    asked: &'a Asked<'a>,
    key: PublicKey,
    taken: Taken,
}

impl<'a> Apart<'a> {
    fn of(token: &Unverified, issued: &str, asked: &'a Asked<'a>) -> Self {
        Self { asked, key: Taken::stand_in(token.header().algorithm()), taken: Taken::of(issued) }
    }

    fn read(&self, token: &Unverified, binding: Option<&ExpectedBinding<'_>>) -> Result<(), SdJwtError> {
        let never_disclosable: &[&str] = if self.asked.credential { &NEVER_DISCLOSABLE } else { &[] };
        let policy = Policy { typ: None, never_disclosable, required: &[], binding, now: self.asked.at };
        token.clone().verify(&self.key, &policy, &self.taken).map(drop)
    }

    fn status(&self, text: &str) -> Check {
        let read = sd_jwt_vc::Unverified::parse(text)
            .and_then(|token| token.dangerous_verify_unbound(&self.key, self.asked.at, &self.taken));
        match read {
            Err(error @ VerifyError::Status) => Check::fails(STATUS, error.code(), &error),
            Err(_) => Check::not_checked(STATUS, "what it belongs to does not hold"),
            Ok(verified) if verified.status().is_none() => {
                Check::not_checked(STATUS, "the credential has none")
            }
            Ok(_) => Check::holds(STATUS),
        }
    }

    fn binding(&self, token: &Unverified, text: &str) -> Check {
        match (self.asked.binding, token.has_binding()) {
            (Wanted::Nothing, true) => return Check::not_checked(BINDING, "nobody asked for it"),
            (Wanted::Nothing | Wanted::IfThere, false) => return Check::not_checked(BINDING, "none came"),
            (Wanted::IfThere | Wanted::Required, _) => {}
        }
        let own = jws::Unverified::parse(text.rsplit('~').next().unwrap_or_default())
            .and_then(|token| token.dangerous_claims())
            .unwrap_or_default();
        let named = |name: &str| own.get(name).and_then(Value::as_str).unwrap_or_default();
        let expected = ExpectedBinding {
            audience: self.asked.audience.unwrap_or_else(|| named("aud")),
            nonce: self.asked.nonce.unwrap_or_else(|| named("nonce")),
            max_age: Duration::MAX,
            now: self.asked.at,
            transaction_data: &[],
        };
        match self.read(token, Some(&expected)) {
            // What was asked for is not known here, so what was signed for it cannot be compared.
            Err(SdJwtError::Binding(BindingError::TransactionData)) | Ok(()) => Check::holds(BINDING),
            Err(error) => Check::fails(BINDING, error.code(), &error),
        }
    }
}

/// Takes the issuer's signature as given, which is judged by itself, and verifies every other one.
pub(super) struct Taken {
    signed: String,
}

impl Taken {
    /// For the token `issued`.
    pub(super) fn of(issued: &str) -> Self {
        Self { signed: issued.rsplit_once('.').map_or(issued, |(signed, _)| signed).to_owned() }
    }

    /// A key of the algorithm that a token names, where its signature is not looked at.
    pub(super) fn stand_in(algorithm: Algorithm) -> PublicKey {
        let key = SigningKey::from_secret_bytes(algorithm, &[1; 32]);
        key.expect("such a number is a scalar of either curve").public_key().clone()
    }
}

impl VerifySignature for Taken {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        if message == self.signed.as_bytes() { Ok(()) } else { RustCrypto.verify(key, message, signature) }
    }
}
