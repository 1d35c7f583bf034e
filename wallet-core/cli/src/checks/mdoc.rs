//! The checks of a mobile document, each by itself, so that one that fails hides no other. This explains and
//! decides nothing: what is accepted is for `wallet_core::check` to say.
//!
//! Spec: ISO/IEC 18013-5 sections 9.1.3 and 9.3, OpenID4VP 1.0 appendix B.2.

use credential::key::{PublicKey, RustCrypto};
use credential::mdoc::hold::Held;
use credential::mdoc::transcript::SessionTranscript;
use credential::mdoc::verify::{DeviceCheck, DeviceResponse, ExpectedSession, Unverified};
use credential::mdoc::{IssuerCheck, MdocError};
use credential::time::UnixTime;
use credential::x509::Chain;
use wallet_core::check::CheckError;
use wallet_core::check::mdoc::{Session, Trust};

use crate::checks::Check;
use crate::rules::Topic;

/// What a document is held against.
pub(crate) struct Asked<'a> {
    /// Whose signature counts, where that is known.
    pub(crate) trust: Option<Trust<'a>>,
    /// The session that a response answers, where it is known.
    pub(crate) session: Option<Session<'a>>,
    /// Whether a document must be shown by its device.
    pub(crate) presented: bool,
    pub(crate) at: UnixTime,
}

const FORM: &str = "form";
const ANSWER: &str = "device's answer to the session";

/// Every check of a document as its issuer sent it.
pub(crate) fn of_issued(bytes: &[u8], asked: &Asked<'_>) -> Vec<Check> {
    Check::about(Topic::Mdoc, issued(bytes, asked))
}

fn issued(bytes: &[u8], asked: &Asked<'_>) -> Vec<Check> {
    let held = Held::parse(bytes);
    let mut checks = vec![Check::of(FORM, &held, MdocError::code)];
    if let Ok(held) = held {
        let check = |check, key: &PublicKey| held.check_issued(check, key, asked.at, &RustCrypto);
        checks.extend(of_issuer(held.chain(), asked, check));
        checks.extend(Check::status_reference(held.status().is_some()));
    }
    if asked.presented {
        let missing = MdocError::DeviceAuthForm;
        checks.push(Check::fails(ANSWER, missing.code(), &missing));
    }
    checks
}

/// Every check of a response, document by document.
pub(crate) fn of_response(bytes: &[u8], asked: &Asked<'_>) -> Vec<Check> {
    Check::about(Topic::Mdoc, response(bytes, asked))
}

fn response(bytes: &[u8], asked: &Asked<'_>) -> Vec<Check> {
    let response = DeviceResponse::parse(bytes);
    let mut checks = vec![Check::of(FORM, &response, MdocError::code)];
    let Ok(response) = response else { return checks };
    if asked.session.is_some() {
        let only = response.clone().into_only_document();
        checks.push(Check::of("number of documents", &only, MdocError::code));
    }
    let documents = response.into_documents();
    if let [document] = documents.as_slice() {
        checks.extend(of_document(document, asked));
        return checks;
    }
    for (number, document) in (1..).zip(&documents) {
        checks.extend(of_document(document, asked).into_iter().map(|check| check.of_document(number)));
    }
    checks
}

fn of_document(document: &Unverified, asked: &Asked<'_>) -> Vec<Check> {
    let check = |check, key: &PublicKey| document.check_issued(check, key, asked.at, &RustCrypto);
    let mut checks = of_issuer(document.chain(), asked, check);
    checks.extend(of_device(document, asked));
    checks.extend(Check::status_reference(document.dangerous_status().is_some()));
    checks
}

/// The checks of the issuer's half: who signed it, and whether that signature covers what came.
fn of_issuer(
    chain: &Chain,
    asked: &Asked<'_>,
    check: impl Fn(IssuerCheck, &PublicKey) -> Result<(), MdocError>,
) -> Vec<Check> {
    let key = match asked.trust {
        Some(Trust::Key(key)) => key,
        Some(Trust::Anchors(_)) | None => chain.leaf_key(),
    };
    let of = |name, one| Check::of(name, &check(one, key), MdocError::code);
    let trusted = match &asked.trust {
        None => Check::not_checked("certificates", "an anchor decides that, and none is named here"),
        Some(Trust::Key(_)) => of("issuer's key", IssuerCheck::Key),
        Some(trust @ Trust::Anchors(_)) => {
            Check::of("certificates", &trust.key(chain, asked.at), CheckError::code)
        }
    };
    vec![
        trusted,
        of("signature", IssuerCheck::Signature),
        of("digests", IssuerCheck::Digests),
        of("dates", IssuerCheck::Dates),
        of("signed while the certificate was valid", IssuerCheck::SigningTime),
        of("issuing country", IssuerCheck::Country),
    ]
}

/// The checks of the device's half: whether it answers this session.
fn of_device(document: &Unverified, asked: &Asked<'_>) -> Vec<Check> {
    // Two of the checks ask for no session, so that any will do.
    let any = SessionTranscript::openid4vp("", "", None, "");
    let Session { transcript, reader } = asked.session.unwrap_or(Session { transcript: &any, reader: None });
    let expected = ExpectedSession { transcript, reader, now: asked.at };
    let of =
        |name, check| Check::of(name, &document.check_shown(check, &expected, &RustCrypto), MdocError::code);
    let answer = match asked.session {
        Some(_) => of(ANSWER, DeviceCheck::Authentication),
        None => Check::not_checked(ANSWER, "the session that it answers is not named"),
    };
    vec![
        of("type of document", DeviceCheck::Type),
        answer,
        of("elements that the device adds", DeviceCheck::Authorizations),
    ]
}
