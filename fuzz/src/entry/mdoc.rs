//! CBOR, mobile documents and status lists as CWT.

use core::time::Duration;

use credential::cbor::value::Value as Cbor;
use credential::cbor::{Item, Kind, MAX_DEPTH};
use credential::issuer::KeyReference;
use credential::key::Algorithm;
use credential::mdoc::device::DeviceProof;
use credential::mdoc::elements::Elements;
use credential::mdoc::hold::Held;
use credential::mdoc::issue::Issuance;
use credential::mdoc::security_object::{DigestAlgorithm, ValidityInfo};
use credential::mdoc::transcript::SessionTranscript;
use credential::mdoc::verify::{DeviceResponse, ExpectedSession};
use credential::status_list::cwt::UnverifiedCwt;
use credential::status_list::{StatusList, TokenClaims};
use credential::x509::Chain;

use super::{Believing, NOW, Nothing, certificates, key, public};
use crate::change::Steps;
use crate::seeds::Seeds;

/// What is read is no deeper than allowed, and each item is a part of what came.
pub(crate) fn read_cbor(data: &[u8]) -> bool {
    let Ok(item) = Item::parse(data, data.len()) else { return false };
    assert!(depth(&item) <= MAX_DEPTH + 1, "deeper than allowed");
    assert_eq!(item.raw(), data, "it is not all of it");
    true
}

fn depth(item: &Item<'_>) -> usize {
    match item.kind() {
        Kind::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Kind::Map(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 1,
    }
}

pub(crate) fn cbor_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    seeds.binary().into_iter().chain(issued_seeds(&Seeds::default())).collect()
}

/// A document as its issuer sends it.
pub(crate) fn read_issued(data: &[u8]) -> bool {
    let Ok(held) = Held::parse(data) else { return false };
    assert_eq!(held.as_bytes(), data, "it is kept another way");
    let _ = held.issuer();
    held.verify_issued(&public(Algorithm::Es256), NOW, &Believing).is_ok()
}

pub(crate) fn issued_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    seeds.binary().into_iter().filter(|bytes| Held::parse(bytes).is_ok()).chain([example()]).collect()
}

/// A response as a device sends it.
pub(crate) fn read_response(data: &[u8]) -> bool {
    let Ok(response) = DeviceResponse::parse(data) else { return false };
    let transcript = SessionTranscript::openid4vp_dc_api("https://a.example", "n", None);
    let session = ExpectedSession { transcript: &transcript, reader: None, now: NOW };
    let documents = response.into_documents();
    let verify = |document: credential::mdoc::verify::Unverified| {
        let key = document.chain().leaf_key().clone();
        document.verify(&key, &session, &Believing).is_ok()
    };
    documents.into_iter().all(verify)
}

pub(crate) fn response_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let transcript = SessionTranscript::openid4vp_dc_api("https://a.example", "n", None);
    let held = Held::parse(&example()).expect("a document");
    let signer = key(Algorithm::Es256);
    let shown = held.present(&[("n", "name")], &transcript, &DeviceProof::Signature(&signer)).expect("shown");
    seeds.binary().into_iter().filter(|bytes| DeviceResponse::parse(bytes).is_ok()).chain([shown]).collect()
}

fn example() -> Vec<u8> {
    let mut elements = Elements::default();
    elements.insert("n", "name", Cbor::from("Ada"));
    elements.insert("n", "age", Cbor::from(36_u64));
    let until = NOW.plus(Duration::from_secs(1 << 30));
    let issuance = Issuance {
        doc_type: "t".into(),
        elements,
        digest_algorithm: DigestAlgorithm::Sha256,
        validity: ValidityInfo { signed: NOW, valid_from: NOW, valid_until: until, expected_update: None },
        device_key: public(Algorithm::Es256),
        status: None,
    };
    let chain = Chain::from_ders(&[certificates::leaf()]).expect("a chain");
    issuance.issue(&chain, &key(Algorithm::Es256), &mut Steps(3)).expect("issued")
}

const URI: &str = "https://a.example/1";

/// A status list token as CWT.
pub(crate) fn read_cwt(data: &[u8]) -> bool {
    let Ok(token) = UnverifiedCwt::parse(data) else { return false };
    let _ = token.issuer();
    let another = token.clone().verify(&public(Algorithm::Es256), "another", NOW, &Believing);
    assert!(another.is_err(), "of any list");
    token.verify(&public(Algorithm::Es256), URI, NOW, &Believing).is_ok()
}

pub(crate) fn cwt_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let claims = TokenClaims { uri: URI, issued_at: NOW, expires_at: None, ttl: None };
    let list = StatusList::new(1, 64).expect("a list");
    let signer = Nothing(public(Algorithm::Es256));
    let own = list.to_cwt(&claims, &KeyReference::Kid("k".into()), &signer).expect("a token");
    seeds.binary().into_iter().filter(|bytes| UnverifiedCwt::parse(bytes).is_ok()).chain([own]).collect()
}
