//! `wallet verify --profile mdoc`: a mobile document against the register, trust anchors or one issuer's key.

use std::path::Path;

use credential::encoding::from_base64;
use credential::key::PublicKey;
use credential::mdoc::MdocError;
use credential::mdoc::hold::Held;
use credential::mdoc::verify::Verified;
use credential::time::UnixTime;
use credential::x509::{Chain, X509Error};
use registry_client::registry::Registry;
use wallet_core::check::mdoc::{Session, Trust};
use wallet_core::check::{CheckError, Register};
use wallet_core::durable;
use wallet_core::http::Reach;

use crate::arguments::Verify;
use crate::checks::Check;
use crate::checks::mdoc::{Asked, of_issued, of_response};
use crate::elements::{of_held, of_verified};
use crate::input::{Input, cbor_in};
use crate::inspect::mdoc::Form;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::rules::Topic;
use crate::verify::{open, read_key, session};

/// Bytes of a file with anchors, at most: [`MAX_ANCHORS`] of them in PEM.
const MAX_ANCHOR_FILE: u64 = 512 * 1024;
/// Anchors in one file, at most: each is looked at for every document.
const MAX_ANCHORS: usize = 32;
const PEM: &str = "-----BEGIN CERTIFICATE-----";

/// Whose signature counts, as the command line says.
enum Trusted {
    Key(PublicKey),
    Anchors(Vec<Vec<u8>>),
    Register(Registry, Reach),
}

/// What was found, and the key of the issuer where the register names it.
type Answer<T> = Result<(T, Option<PublicKey>), CheckError>;

impl Trusted {
    fn read(verify: &Verify, at: UnixTime) -> Result<Self, Refusal> {
        match (&verify.issuer_jwk, &verify.anchor, &verify.registry, &verify.checkpoint) {
            (Some(file), None, None, _) => read_key(file).map(Self::Key),
            (None, Some(file), None, _) => read_anchors(file).map(Self::Anchors),
            (None, None, Some(node), Some(checkpoint)) => {
                let reach = Reach::of(core::slice::from_ref(node));
                open(node, checkpoint, at).map(|registry| Self::Register(registry, reach))
            }
            _ => Err(Refusal::misused("trust_unusable")),
        }
    }

    async fn check_issued(&self, cbor: &[u8], at: UnixTime) -> Answer<Held> {
        match self {
            Self::Key(key) => Ok((Trust::Key(key).check_issued(cbor, at)?, None)),
            Self::Anchors(anchors) => Ok((Trust::Anchors(anchors).check_issued(cbor, at)?, None)),
            Self::Register(registry, reach) => {
                let (held, key) = register(registry, reach).check_issued(cbor, at).await?;
                Ok((held, Some(key)))
            }
        }
    }

    async fn check_shown(&self, cbor: &[u8], session: &Session<'_>, at: UnixTime) -> Answer<Verified> {
        match self {
            Self::Key(key) => Ok((Trust::Key(key).check_shown(cbor, session, at)?, None)),
            Self::Anchors(anchors) => Ok((Trust::Anchors(anchors).check_shown(cbor, session, at)?, None)),
            Self::Register(registry, reach) => {
                let (document, key) = register(registry, reach).check_shown(cbor, session, at).await?;
                Ok((document, Some(key)))
            }
        }
    }

    /// For the checks one by one: of the register's word only the key is left.
    fn as_trust<'t, T>(&'t self, answer: &'t Answer<T>) -> Option<Trust<'t>> {
        match (self, answer) {
            (Self::Key(key), _) | (Self::Register(..), Ok((_, Some(key)))) => Some(Trust::Key(key)),
            (Self::Anchors(anchors), _) => Some(Trust::Anchors(anchors)),
            (Self::Register(..), _) => None,
        }
    }

    /// What the register says beside the other checks, where it was asked.
    fn and_register<T>(&self, answer: &Answer<T>, mut checks: Vec<Check>) -> Vec<Check> {
        if let Self::Register(..) = self {
            checks.push(super::register(answer, &checks));
        }
        checks
    }
}

fn register<'r>(registry: &'r Registry, reach: &Reach) -> Register<'r> {
    Register { registry, reach: *reach }
}

pub(super) async fn run(verify: &Verify, at: UnixTime) -> Result<Output, Refusal> {
    let trusted = Trusted::read(verify, at)?;
    let (bytes, _) = Input::read(&verify.token)?.into_bytes();
    let cbor = cbor_in(&bytes).unwrap_or(bytes);
    match Form::of(&cbor) {
        Some(Form::Response) => shown(verify, &cbor, &trusted, at).await,
        Some(Form::Issued) | None => issued(verify, &cbor, &trusted, at).await,
    }
}

/// What an issuer sends answers no session, so that none may be named.
async fn issued(verify: &Verify, cbor: &[u8], trusted: &Trusted, at: UnixTime) -> Result<Output, Refusal> {
    if verify.session.is_named() {
        return Err(Refusal::misused("session_unexpected"));
    }
    let answer = match trusted.check_issued(cbor, at).await {
        Ok(_) if verify.require_key_binding => Err(CheckError::Mdoc(MdocError::DeviceAuthForm)),
        answer => answer,
    };
    let trust = trusted.as_trust(&answer);
    let asked = Asked { trust, session: None, presented: verify.require_key_binding, at };
    let checks = trusted.and_register(&answer, of_issued(cbor, &asked));
    match answer {
        Ok((held, _)) => Ok(Output::of_json(of_held(&held)).with_checks(&checks)),
        Err(error) => Err(refused(&error, checks)),
    }
}

async fn shown(verify: &Verify, cbor: &[u8], trusted: &Trusted, at: UnixTime) -> Result<Output, Refusal> {
    let (transcript, reader) = session::read(verify)?;
    let session = Session { transcript: &transcript, reader: reader.as_ref() };
    let answer = trusted.check_shown(cbor, &session, at).await;
    let asked = Asked { trust: trusted.as_trust(&answer), session: Some(session), presented: true, at };
    let checks = trusted.and_register(&answer, of_response(cbor, &asked));
    match answer {
        Ok((document, _)) => Ok(Output::of_json(of_verified(&document)).with_checks(&checks)),
        Err(error) => Err(refused(&error, checks)),
    }
}

fn refused(error: &CheckError, checks: Vec<Check>) -> Refusal {
    Refusal::technical_about(Topic::Mdoc, error.code(), error).with_checks(checks)
}

/// The certificates in a file, in DER or PEM.
fn read_anchors(file: &Path) -> Result<Vec<Vec<u8>>, Refusal> {
    let unreadable = || Refusal::misused("anchor_unreadable");
    let bytes = durable::read(file, MAX_ANCHOR_FILE).map_err(|_| unreadable())?;
    let ders = match core::str::from_utf8(&bytes) {
        Ok(text) => blocks(text).take(MAX_ANCHORS + 1).collect::<Option<Vec<_>>>().ok_or_else(unreadable)?,
        Err(_) => vec![bytes],
    };
    if ders.is_empty() || ders.len() > MAX_ANCHORS {
        return Err(unreadable());
    }
    for der in &ders {
        Chain::from_ders(core::slice::from_ref(der))
            .map_err(|error: X509Error| Refusal::technical(error.code(), &error))?;
    }
    Ok(ders)
}

/// The DER in each block of PEM.
fn blocks(text: &str) -> impl Iterator<Item = Option<Vec<u8>>> + '_ {
    text.split(PEM).skip(1).map(|rest| {
        let lines: String = rest.split("-----END").next().unwrap_or_default().split_whitespace().collect();
        from_base64(lines).ok()
    })
}
