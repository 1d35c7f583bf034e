//! A history that somebody exported: each receipt, where it stands, and the register's proof, taken apart and
//! held against each other. Whether the votes under a proof count, only a checkpoint can tell.

use core::fmt;

use credential::did::SymbolonDid;
use credential::encoding::from_base64url;
use credential::jws::{self, JwsError};
use credential::key::{PublicKey, RustCrypto};
use registry_client::trust::public_key;
use registry_proof::bundle::{MAX_STAPLED, ProofBundle};
use registry_proof::entry::{Entry, KeyMaterial};
use registry_proof::header::Header;
use registry_proof::key::{Key, Purpose};
use registry_proof::name::MemberId;
use registry_proof::receipts::{PlaceError, TYPE};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wallet_core::export::{Export, ExportedLine, ExportedProof, FORMAT};

use super::Finding;
use super::kind::Material;
use crate::checks::Check;

const WHAT: &str = "a history of what was shown, with receipts";
/// Lines that are looked at, at most.
const MAX_LINES: usize = 10_000;

/// The register's proof does not say what a line needs.
#[derive(Debug)]
struct NotInProof;

impl fmt::Display for NotInProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("proof of the register does not hold, or is about something else")
    }
}

impl core::error::Error for NotInProof {}

/// A line says something else than its receipt.
#[derive(Debug)]
struct SaysOtherwise;

impl fmt::Display for SaysOtherwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("line says something else than its receipt")
    }
}

impl core::error::Error for SaysOtherwise {}

/// What a register's proof says about one receipt.
struct Proven {
    root: [u8; 32],
    key: Option<PublicKey>,
    height: u64,
}

fn read(material: &Material<'_>) -> Option<Export> {
    material.member("format").filter(|format| *format == FORMAT)?;
    serde_json::from_value(material.json.clone()?).ok()
}

pub(super) fn is(material: &Material<'_>) -> bool {
    material.member("format").is_some_and(|format| *format == FORMAT)
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let Some(export) = read(material) else {
        return Finding::new(WHAT, Value::Null).but("it is not written as a history is");
    };
    let mut checks = Vec::new();
    let mut lines = Vec::new();
    for line in export.lines.iter().take(MAX_LINES) {
        let (says, more) = look_at(line);
        lines.push(says);
        checks.extend(more);
    }
    let says = json!({
        "exported_at": export.exported_at, "lines": lines, "votes": "not checked: that needs a checkpoint",
    });
    let finding = Finding::new(WHAT, says).with_checks(checks);
    if export.lines.len() > MAX_LINES { finding.but("it has more lines than are looked at") } else { finding }
}

fn look_at(line: &ExportedLine) -> (Value, Vec<Check>) {
    let mut says = json!({
        "at": line.at, "asked_by": line.asked_by.member, "signed_by": line.signed_by, "use": line.use_name,
        "shared": line.shared, "receipt_state": line.receipt_state,
    });
    let Some(receipt) = &line.receipt else { return (says, Vec::new()) };
    let Some(proof) = &line.proof else {
        return (says, vec![Check::not_checked("receipt", "nothing came with it that proves it")]);
    };
    let proven = proven(line, proof);
    let mut checks = vec![
        Check::of(
            "what the receipt says",
            &says_the_same(line, receipt, proof),
            |_| "receipt_says_otherwise",
        ),
        Check::of("proof of the register", &proven, |_| "receipt_proof_wrong"),
    ];
    if let Ok(proven) = &proven {
        says["anchored"] = json!({ "period": proof.period, "height": proven.height });
        checks.push(signature(receipt, proven.key.as_ref()));
        let place = proof.place.check(&Sha256::digest(receipt).into(), &proven.root);
        checks.push(Check::of("place under the root", &place, |error: &PlaceError| error.code()));
    }
    (says, checks)
}

/// Whether who, for whom, for what and when are the receipt's own.
fn says_the_same(line: &ExportedLine, receipt: &str, proof: &ExportedProof) -> Result<(), SaysOtherwise> {
    let token = jws::Unverified::parse(receipt).map_err(|_| SaysOtherwise)?;
    let claims = token.dangerous_claims().map_err(|_| SaysOtherwise)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let is = |name: &str, member: &str| {
        let did = text(name).and_then(|did| did.parse::<SymbolonDid>().ok());
        did.is_some_and(|did| did.member() == member && did.network() == line.network)
    };
    let same = is("iss", &line.signed_by)
        && is("aud", &line.asked_by.member)
        && text("use") == Some(&line.use_name)
        && text("period") == Some(&proof.period);
    if same { Ok(()) } else { Err(SaysOtherwise) }
}

fn signature(receipt: &str, key: Option<&PublicKey>) -> Check {
    const NAME: &str = "signature of the receipt";
    let Some(key) = key else { return Check::not_checked(NAME, "the proof does not hold its key") };
    let verified = jws::Unverified::parse(receipt).and_then(|token| token.verify(key, TYPE, &RustCrypto));
    Check::of(NAME, &verified, JwsError::code)
}

fn proven(line: &ExportedLine, proof: &ExportedProof) -> Result<Proven, NotInProof> {
    let bytes = from_base64url(&proof.registry_proof).map_err(|_| NotInProof)?;
    let bundle = ProofBundle::from_cbor(&bytes, MAX_STAPLED).map_err(|_| NotInProof)?;
    let header = Header::from_bytes(&bundle.header).map_err(|_| NotInProof)?;
    let member: MemberId = line.signed_by.parse().map_err(|_| NotInProof)?;
    let root = Key::Receipts(member.clone(), proof.period.clone());
    let Some(Entry::Receipts(root)) = entry(&bundle, &header, &root) else { return Err(NotInProof) };
    let key = Key::MemberKey(member, Purpose::Receipt, 0);
    let key = match entry(&bundle, &header, &key) {
        Some(Entry::MemberKey(found)) => match found.material {
            KeyMaterial::Key(key) => public_key(&key).ok(),
            KeyMaterial::Anchor(_) => None,
        },
        _ => None,
    };
    Ok(Proven { root: root.root, key, height: header.height })
}

/// An entry whose path leads to the header's root.
fn entry(bundle: &ProofBundle, header: &Header, key: &Key) -> Option<Entry> {
    let proven = bundle.entries.iter().find(|proven| proven.key == *key)?;
    let value = proven.value.as_ref()?.0.as_slice();
    proven.path.check(&key.hash(), Some(value), &header.state_root).ok()?;
    Entry::from_bytes(value).ok()
}
