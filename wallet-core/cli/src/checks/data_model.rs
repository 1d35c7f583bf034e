//! The checks of credentials and presentations of the W3C data model, each by itself. This explains and decides
//! nothing: what is accepted is for `wallet_core::check` to say.
//!
//! Spec: VC Data Model 2.0 section 4; Securing VCs using JOSE and COSE 1.0 section 3.1.

use core::time::Duration;

use credential::bitstring::StatusEntry;
use credential::issuer::{KeyReference, ReferenceError};
use credential::jws::{self, JwsError, Use};
use credential::key::{PublicKey, RustCrypto};
use credential::time::UnixTime;
use credential::vcdm::jwt::{self, UnverifiedCredential, VerifiedCredential};
use credential::vcdm::presentation::{self, ExpectedPresentation, Presentation, VerifiedPresentation};
use credential::vcdm::{Credential, VcdmError};
use serde_json::{Map, Value};
use wallet_core::check::{CheckError, data_model};

use crate::checks::Check;
use crate::checks::sd_jwt::{Taken, signature};
use crate::rules::Topic;

/// What a token is held against.
pub(crate) struct Asked<'a> {
    /// The issuer's key, where it is known.
    pub(crate) key: Option<&'a PublicKey>,
    /// As for a presentation; what is not named is compared with itself.
    pub(crate) audience: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
    /// Whether a credential must come in a presentation.
    pub(crate) presented: bool,
    pub(crate) at: UnixTime,
}

const FORM: &str = "form";
const TYPE: &str = "type of token";
const MODEL: &str = "data model";
const DATES: &str = "dates";
const PRESENTATION: &str = "presentation by its holder";

/// Every check of the token `text`.
pub(crate) fn of(text: &str, asked: &Asked<'_>) -> Vec<Check> {
    if data_model::is_presentation(text) {
        return of_presentation(text, asked);
    }
    let mut checks = of_credential(text, asked);
    if asked.presented {
        let missing = CheckError::NoPresentation;
        checks.push(Check::fails(PRESENTATION, missing.code(), &missing));
    }
    checks
}

/// Every check of a credential as JWT.
pub(crate) fn of_credential(text: &str, asked: &Asked<'_>) -> Vec<Check> {
    Check::about(Topic::DataModel, credential(text, asked))
}

fn credential(text: &str, asked: &Asked<'_>) -> Vec<Check> {
    let token = jws::Unverified::parse(text);
    let mut checks = vec![Check::of(FORM, &token, JwsError::code)];
    let Ok(token) = token else { return checks };
    if asked.key.is_none() {
        let named = KeyReference::from_header(token.header());
        checks.push(Check::of("issuer's key is named", &named, ReferenceError::code));
    }
    let read = dangerous_read(text, asked.at);
    checks.push(typ(text, &token, jwt::TYPE, "vc"));
    checks.push(signature(text, asked.key));
    let credential = UnverifiedCredential::parse(text);
    checks.push(Check::of(MODEL, &credential, VcdmError::code));
    checks.push(dates(&read));
    if let Ok(credential) = credential {
        checks.extend(status(credential.dangerous_credential()));
    }
    checks
}

/// The credential as it would be if its signature held.
pub(crate) fn dangerous_read(text: &str, at: UnixTime) -> Result<VerifiedCredential, VcdmError> {
    let token = jws::Unverified::parse(text).map_err(VcdmError::Jws)?;
    let key = Taken::stand_in(token.header().algorithm());
    UnverifiedCredential::parse(text)?.verify(&key, at, &Taken::of(text))
}

/// The checks of the model alone, for a credential that nobody signed.
pub(crate) fn of_unsecured(members: Map<String, Value>, at: UnixTime) -> Vec<Check> {
    let credential = Credential::new(members);
    let mut checks = vec![Check::of(MODEL, &credential, VcdmError::code)];
    if let Ok(credential) = credential {
        checks.push(Check::of(DATES, &credential.check_period(at), VcdmError::code));
        checks.extend(status(&credential));
    }
    Check::about(Topic::DataModel, checks)
}

fn status(credential: &Credential) -> Vec<Check> {
    match StatusEntry::all_of(credential) {
        Ok(entries) => Check::status_reference(!entries.is_empty()),
        Err(error) => vec![Check::fails("status reference", error.code(), &error)],
    }
}

const EARLIER: &str = "what comes before it does not hold";

/// Whether `typ` and `cty` are those of a credential (`vc`) or presentation (`vp`).
fn typ(text: &str, token: &jws::Unverified, typ: &str, cty: &str) -> Check {
    let expected = Use { cty: Some(cty), ..Use::of(typ) };
    let key = Taken::stand_in(token.header().algorithm());
    match token.clone().verify_for(&key, &expected, &Taken::of(text)) {
        Err(error @ (JwsError::Type | JwsError::ContentType)) => Check::fails(TYPE, error.code(), &error),
        _ => Check::holds(TYPE),
    }
}

fn dates<T>(read: &Result<T, VcdmError>) -> Check {
    match read {
        Ok(_) => Check::holds(DATES),
        Err(
            error @ (VcdmError::NotYetValid
            | VcdmError::Expired
            | VcdmError::TimeForm
            | VcdmError::Period
            | VcdmError::TooOld),
        ) => Check::fails(DATES, error.code(), error),
        Err(_) => Check::not_checked(DATES, EARLIER),
    }
}

/// Every check of a presentation as JWT, and of what it holds.
pub(crate) fn of_presentation(text: &str, asked: &Asked<'_>) -> Vec<Check> {
    Check::about(Topic::DataModel, presented(text, asked))
}

fn presented(text: &str, asked: &Asked<'_>) -> Vec<Check> {
    let token = jws::Unverified::parse(text);
    let mut checks = vec![Check::of(FORM, &token, JwsError::code)];
    let Ok(token) = token else { return checks };
    let claims = token.dangerous_claims();
    checks.push(Check::of("payload", &claims, JwsError::code));
    let Ok(claims) = claims else { return checks };
    let apart = Presented { text, claims: &claims, at: asked.at };
    let own = apart.read(None, None);
    checks.push(typ(text, &token, presentation::TYPE, "vp"));
    checks.extend(holder(text, &token));
    checks.push(model(&claims, &own));
    checks.push(dates(&own));
    checks.push(apart.audience(asked.audience));
    checks.push(apart.nonce(asked.nonce));
    if let Ok(shown) = own {
        checks.push(credentials(shown.credentials(), data_model::holder_key(&token).as_ref(), asked));
    }
    checks
}

/// Whether the holder's key is named, and its signature holds.
fn holder(text: &str, token: &jws::Unverified) -> [Check; 2] {
    const NAMED: &str = "holder's key is named";
    let key = data_model::holder_key(token);
    let missing = CheckError::HolderKey;
    let named = match key {
        Some(_) => Check::holds(NAMED),
        None => Check::fails(NAMED, missing.code(), &missing),
    };
    [named, signature(text, key.as_ref())]
}

/// The model by itself, and what a token adds to it.
fn model<T>(claims: &Map<String, Value>, own: &Result<T, VcdmError>) -> Check {
    let read = Presentation::new(claims.clone());
    match (&read, own) {
        (
            Ok(_),
            Err(
                error @ (VcdmError::Wrapped
                | VcdmError::Proof
                | VcdmError::Contradiction
                | VcdmError::Unsecured),
            ),
        ) => Check::fails(MODEL, error.code(), error),
        (read, _) => Check::of(MODEL, read, VcdmError::code),
    }
}

/// The first credential that does not hold, or is bound to another key, speaks for all.
fn credentials(tokens: &[String], holder: Option<&PublicKey>, asked: &Asked<'_>) -> Check {
    const NAME: &str = "credentials in it";
    let check = |token: &String| -> Result<(), CheckError> {
        let read = UnverifiedCredential::parse(token)?;
        let bound =
            holder.is_some_and(|holder| data_model::is_bound(read.dangerous_credential().members(), holder));
        match asked.key {
            Some(key) => read.verify(key, asked.at, &RustCrypto).map(drop)?,
            None => drop(dangerous_read(token, asked.at)?),
        }
        if bound { Ok(()) } else { Err(CheckError::Unbound) }
    };
    let all = match tokens {
        [] => Err(CheckError::NothingShown),
        tokens => tokens.iter().try_for_each(check),
    };
    Check::of(NAME, &all, CheckError::code)
}

/// A presentation apart from its signature, which is a check of its own.
struct Presented<'a> {
    text: &'a str,
    claims: &'a Map<String, Value>,
    at: UnixTime,
}

impl Presented<'_> {
    /// What is not named is compared with itself.
    fn read(&self, audience: Option<&str>, nonce: Option<&str>) -> Result<VerifiedPresentation, VcdmError> {
        let own = |name: &str| self.claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let expected = ExpectedPresentation {
            audience: audience.unwrap_or_else(|| own("aud")),
            nonce: nonce.unwrap_or_else(|| own("nonce")),
            max_age: Duration::MAX,
            now: self.at,
        };
        let token = jws::Unverified::parse(self.text).map_err(VcdmError::Jws)?;
        let key = Taken::stand_in(token.header().algorithm());
        VerifiedPresentation::verify(self.text, &key, &expected, &Taken::of(self.text))
    }

    fn audience(&self, audience: Option<&str>) -> Check {
        const NAME: &str = "audience";
        match self.read(audience, None) {
            Err(error @ VcdmError::Audience) => Check::fails(NAME, error.code(), &error),
            Err(VcdmError::Jws(_) | VcdmError::Wrapped | VcdmError::Proof) => {
                Check::not_checked(NAME, EARLIER)
            }
            _ if audience.is_none() => Check::not_checked(NAME, "nobody asked for it"),
            _ => Check::holds(NAME),
        }
    }

    fn nonce(&self, nonce: Option<&str>) -> Check {
        const NAME: &str = "nonce";
        match self.read(None, nonce) {
            Err(error @ VcdmError::Nonce) => Check::fails(NAME, error.code(), &error),
            Err(VcdmError::Jws(_) | VcdmError::Wrapped | VcdmError::Proof | VcdmError::Audience) => {
                Check::not_checked(NAME, EARLIER)
            }
            _ if nonce.is_none() => Check::not_checked(NAME, "nobody asked for it"),
            _ => Check::holds(NAME),
        }
    }
}
