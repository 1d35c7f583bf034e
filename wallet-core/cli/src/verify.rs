//! `wallet verify`

mod mdoc;
mod session;

use std::io::Read as _;
use std::path::Path;

use credential::json;
use credential::key::PublicKey;
use credential::sd_jwt::MAX_SD_JWT;
use credential::time::UnixTime;
use registry_client::registry::Registry;
use serde_json::{Map, Value};
use url::Url;
use wallet_core::check::{self, CheckError, Question};
use wallet_core::durable;
use wallet_core::http::Reach;

use crate::arguments::{Profile, Verify};
use crate::checks::sd_jwt::{Asked, Wanted};
use crate::checks::{self, Check};
use crate::output::Output;
use crate::refusal::Refusal;
use crate::rules::Topic;
use crate::{init, ports};

/// Bytes of a file with a key, at most.
const MAX_JWK: usize = 16 * 1024;

pub(crate) async fn run(verify: Verify) -> Result<Output, Refusal> {
    let at = verify.at.map_or_else(ports::now, UnixTime::from_secs);
    let profile = match verify.profile {
        Profile::Mdoc => return mdoc::run(&verify, at).await,
        Profile::SdJwt => check::Profile::SdJwt,
        Profile::SdJwtVc => check::Profile::SdJwtVc,
        Profile::Vcdm => check::Profile::Vcdm,
    };
    if verify.session.is_named() {
        return Err(Refusal::misused("session_unexpected"));
    }
    let question = Question {
        profile,
        audience: verify.aud.clone(),
        nonce: verify.nonce.clone(),
        require_binding: verify.require_key_binding,
        at,
    };
    let token = read_token(&verify.token)?;
    let (answer, key) = match (&verify.issuer_jwk, &verify.registry, &verify.checkpoint) {
        (Some(file), None, _) => {
            let key = read_key(file)?;
            (question.check(&token, &key), Some(key))
        }
        (None, Some(node), Some(checkpoint)) => by_register(&question, &token, node, checkpoint).await?,
        _ => {
            return Err(Refusal::misused("trust_unusable"));
        }
    };
    let topic = if profile == check::Profile::Vcdm { Topic::DataModel } else { Topic::Token };
    let mut checks = all_checks(&token, &question, key.as_ref());
    if verify.registry.is_some() {
        checks.push(register(&answer, &checks));
    }
    match answer {
        Ok(claims) => Ok(Output::of_json(Value::Object(claims)).with_checks(&checks)),
        Err(error) => Err(Refusal::technical_about(topic, error.code(), &error).with_checks(checks)),
    }
}

type Answer = Result<Map<String, Value>, CheckError>;

/// What the register says, and the issuer's key where it names one.
async fn by_register(
    question: &Question,
    token: &str,
    node: &Url,
    checkpoint: &Path,
) -> Result<(Answer, Option<PublicKey>), Refusal> {
    let registry = open(node, checkpoint, question.at)?;
    let reach = Reach::of(core::slice::from_ref(node));
    Ok(match question.check_by_register(token, &registry, reach).await {
        Ok(checked) => (Ok(checked.claims), Some(checked.issuer_key)),
        Err(error) => (Err(error), None),
    })
}

fn open(node: &Url, checkpoint: &Path, at: UnixTime) -> Result<Registry, Refusal> {
    let checkpoint = init::read_checkpoint(checkpoint)?;
    Registry::open(vec![node.clone()], &checkpoint, None, at)
        .map_err(|error| Refusal::technical(error.code(), &error))
}

/// The same question, each check by itself.
fn all_checks(token: &str, question: &Question, key: Option<&PublicKey>) -> Vec<Check> {
    if question.profile == check::Profile::Vcdm {
        let asked = checks::data_model::Asked {
            key,
            audience: question.audience.as_deref(),
            nonce: question.nonce.as_deref(),
            presented: question.require_binding,
            at: question.at,
        };
        return checks::data_model::of(token, &asked);
    }
    checks::sd_jwt::of(token, &asked(question, key))
}

fn asked<'a>(question: &'a Question, key: Option<&'a PublicKey>) -> Asked<'a> {
    let named = question.audience.is_some() || question.nonce.is_some();
    Asked {
        credential: question.profile == check::Profile::SdJwtVc,
        key,
        binding: match (question.require_binding, named) {
            (true, _) => Wanted::Required,
            (false, true) => Wanted::IfThere,
            (false, false) => Wanted::Nothing,
        },
        audience: question.audience.as_deref(),
        nonce: question.nonce.as_deref(),
        at: question.at,
    }
}

/// Whether the register vouches for issuer, type and status.
fn register<T>(answer: &Result<T, CheckError>, others: &[Check]) -> Check {
    const NAME: &str = "issuer, type and status in the register";
    match answer {
        Ok(_) => Check::holds(NAME),
        Err(error) if others.iter().any(|check| check.code() == Some(error.code())) => {
            Check::not_checked(NAME, "another check fails")
        }
        Err(error) => Check::fails(NAME, error.code(), error),
    }
}

fn read_token(token: &str) -> Result<String, Refusal> {
    if token != "-" {
        return Ok(token.trim().to_owned());
    }
    let mut text = String::new();
    let limit = MAX_SD_JWT as u64 + 2;
    match std::io::stdin().lock().take(limit).read_to_string(&mut text) {
        Ok(_) => Ok(text.trim().to_owned()),
        Err(_) => Err(Refusal::for_people("no_text")),
    }
}

/// A public key from a file that holds a JWK.
pub(crate) fn read_key(path: &Path) -> Result<PublicKey, Refusal> {
    let unreadable = || Refusal::misused("key_unreadable");
    let bytes = durable::read(path, MAX_JWK as u64).map_err(|_| unreadable())?;
    let jwk = json::parse(&bytes, MAX_JWK).map_err(|_| unreadable())?;
    PublicKey::from_jwk(&jwk).map_err(|error| Refusal::technical("issuer_key_unusable", &error))
}
