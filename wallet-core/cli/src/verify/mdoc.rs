//! `wallet verify --profile mdoc`: a mobile document against trust anchors or one issuer's key.

use std::path::Path;

use credential::encoding::from_base64;
use credential::key::PublicKey;
use credential::mdoc::MdocError;
use credential::time::UnixTime;
use credential::x509::{Chain, X509Error};
use wallet_core::check::CheckError;
use wallet_core::check::mdoc::{Session, Trust};
use wallet_core::durable;

use crate::arguments::Verify;
use crate::checks::Check;
use crate::checks::mdoc::{Asked, of_issued, of_response};
use crate::elements::{of_held, of_verified};
use crate::input::{Input, cbor_in};
use crate::inspect::mdoc::Form;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::rules::Topic;
use crate::verify::read_key;
use crate::verify::session;

/// Bytes of a file with anchors, at most: [`MAX_ANCHORS`] of them in PEM.
const MAX_ANCHOR_FILE: u64 = 512 * 1024;
/// Anchors in one file, at most: each is looked at for every document.
const MAX_ANCHORS: usize = 32;
const PEM: &str = "-----BEGIN CERTIFICATE-----";

/// Whose signature counts, as the command line says.
enum Trusted {
    Key(PublicKey),
    Anchors(Vec<Vec<u8>>),
}

impl Trusted {
    fn read(verify: &Verify) -> Result<Self, Refusal> {
        match (&verify.issuer_jwk, &verify.anchor) {
            (Some(file), None) => read_key(file).map(Self::Key),
            (None, Some(file)) => read_anchors(file).map(Self::Anchors),
            _ => {
                let profile = CheckError::Profile;
                Err(Refusal::technical(profile.code(), &profile))
            }
        }
    }

    fn as_trust(&self) -> Trust<'_> {
        match self {
            Self::Key(key) => Trust::Key(key),
            Self::Anchors(anchors) => Trust::Anchors(anchors),
        }
    }
}

pub(super) fn run(verify: &Verify, at: UnixTime) -> Result<Output, Refusal> {
    let trusted = Trusted::read(verify)?;
    let trust = trusted.as_trust();
    let (bytes, _) = Input::read(&verify.token)?.into_bytes();
    let cbor = cbor_in(&bytes).unwrap_or(bytes);
    match Form::of(&cbor) {
        Some(Form::Response) => shown(verify, &cbor, trust, at),
        Some(Form::Issued) | None => issued(verify, &cbor, trust, at),
    }
}

/// What an issuer sends answers no session, so that none may be named.
fn issued(verify: &Verify, cbor: &[u8], trust: Trust<'_>, at: UnixTime) -> Result<Output, Refusal> {
    if verify.session.is_named() {
        return Err(Refusal::misused("session_unexpected"));
    }
    let checks = of_issued(
        cbor,
        &Asked { trust: Some(trust), session: None, presented: verify.require_key_binding, at },
    );
    let answer = match trust.check_issued(cbor, at) {
        Ok(_) if verify.require_key_binding => Err(CheckError::Mdoc(MdocError::DeviceAuthForm)),
        answer => answer,
    };
    match answer {
        Ok(held) => Ok(Output::of_json(of_held(&held)).with_checks(&checks)),
        Err(error) => Err(refused(&error, checks)),
    }
}

fn shown(verify: &Verify, cbor: &[u8], trust: Trust<'_>, at: UnixTime) -> Result<Output, Refusal> {
    let (transcript, reader) = session::read(verify)?;
    let session = Session { transcript: &transcript, reader: reader.as_ref() };
    let checks =
        of_response(cbor, &Asked { trust: Some(trust), session: Some(session), presented: true, at });
    match trust.check_shown(cbor, &session, at) {
        Ok(document) => Ok(Output::of_json(of_verified(&document)).with_checks(&checks)),
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
