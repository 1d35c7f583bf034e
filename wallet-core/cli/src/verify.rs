//! `wallet verify`

use std::io::Read as _;
use std::path::Path;

use credential::json;
use credential::key::PublicKey;
use credential::sd_jwt::MAX_SD_JWT;
use credential::time::UnixTime;
use registry_client::registry::Registry;
use serde_json::Value;
use wallet_core::check::{self, CheckError, Question};
use wallet_core::durable;
use wallet_core::http::Reach;

use crate::arguments::{Profile, Verify};
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{init, ports};

const MAX_JWK: usize = 16 * 1024;

pub(crate) async fn run(verify: Verify) -> Result<Output, Refusal> {
    let at = verify.at.map_or_else(ports::now, UnixTime::from_secs);
    let question = Question {
        profile: match verify.profile {
            Profile::SdJwt => check::Profile::SdJwt,
            Profile::SdJwtVc => check::Profile::SdJwtVc,
        },
        audience: verify.aud,
        nonce: verify.nonce,
        require_binding: verify.require_key_binding,
        at,
    };
    let token = read_token(&verify.token)?;
    let refuse = |error: CheckError| Refusal::technical(error.code(), &error);
    let claims = match (&verify.issuer_jwk, verify.registry, &verify.checkpoint) {
        (Some(file), None, _) => question.check(&token, &read_key(file)?).map_err(refuse)?,
        (None, Some(node), Some(checkpoint)) => {
            let checkpoint = init::read_checkpoint(checkpoint)?;
            let reach = Reach::of(core::slice::from_ref(&node));
            let registry = Registry::open(vec![node], &checkpoint, None, at)
                .map_err(|error| Refusal::technical(error.code(), &error))?;
            question.check_by_register(&token, &registry, reach).await.map_err(refuse)?
        }
        _ => {
            return Err(Refusal::usage(
                "usage",
                "Name either a key or a register.",
                "See wallet verify --help.",
            ));
        }
    };
    Ok(Output::of_json(Value::Object(claims)))
}

fn read_token(token: &str) -> Result<String, Refusal> {
    if token != "-" {
        return Ok(token.trim().to_owned());
    }
    let mut text = String::new();
    let limit = MAX_SD_JWT as u64 + 2;
    match std::io::stdin().lock().take(limit).read_to_string(&mut text) {
        Ok(_) => Ok(text.trim().to_owned()),
        Err(_) => Err(Refusal::new("token_malformed", "standard input holds no text", "Do not rely on it.")),
    }
}

/// A public key from a file that holds a JWK.
pub(crate) fn read_key(path: &Path) -> Result<PublicKey, Refusal> {
    let unreadable =
        || Refusal::usage("key_unreadable", "The key file cannot be read.", "Name a file with a public JWK.");
    let bytes = durable::read(path, MAX_JWK as u64).map_err(|_| unreadable())?;
    let jwk = json::parse(&bytes, MAX_JWK).map_err(|_| unreadable())?;
    PublicKey::from_jwk(&jwk).map_err(|error| Refusal::technical("issuer_key_unusable", &error))
}
