//! Issuing, holding, presenting and verifying, and every way in which that must fail.

mod presented;
mod signed;

use core::time::Duration;

use super::*;
use crate::key::{RustCrypto, Signer as _, SigningKey};
use crate::mdoc::device::{AgreementKey, DeviceProof};
use crate::mdoc::hold::{Held, PresentError};
use crate::mdoc::issue::{Issuance, IssueError};
use crate::mdoc::security_object::{DigestAlgorithm, ValidityInfo};
use crate::mdoc::transcript::SessionTranscript;
use crate::mdoc::verify::{DeviceResponse, ExpectedSession, Unverified, Verified};
use crate::sd_jwt_vc::StatusReference;
use crate::testing::{FixedRng, NOW, holder, issuer};

const DAY: Duration = Duration::from_secs(86_400);
const MDL: &str = "org.iso.18013.5.1.mDL";
const VALIDITY: ValidityInfo =
    ValidityInfo { signed: NOW, valid_from: NOW, valid_until: NOW.plus(DAY), expected_update: None };

/// A device key on P-256, which can agree on MAC keys too.
fn device() -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut FixedRng(3000))
}

fn agreement(key: &SigningKey) -> AgreementKey {
    AgreementKey::from_secret_bytes(&key.dangerous_to_bytes()).unwrap()
}

fn reader() -> AgreementKey {
    AgreementKey::generate(&mut FixedRng(4000))
}

fn transcript() -> SessionTranscript {
    SessionTranscript::openid4vp("x509_hash:abc", "n-1", Some([7; 32]), "https://verifier.example/answer")
}

/// A chain of one: the issuer's certificate, for the country NL.
fn chain() -> Chain {
    let pair = rcgen::KeyPair::from_pem(&issuer().to_pkcs8_pem().unwrap()).unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CountryName, "NL");
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2028, 1, 1);
    Chain::from_ders(&[params.self_signed(&pair).unwrap().der().to_vec()]).unwrap()
}

fn issuance() -> Issuance {
    let mut elements = Elements::default();
    elements.insert(DRIVING_LICENCE, "family_name", "Jansen".into());
    elements.insert(DRIVING_LICENCE, "age_over_18", Value::Bool(true));
    elements.insert(DRIVING_LICENCE, "portrait", vec![1; 300].into());
    elements.insert(DRIVING_LICENCE, ISSUING_COUNTRY, "NL".into());
    elements.insert("org.example", "number", 7_u64.into());
    Issuance {
        doc_type: MDL.into(),
        elements,
        digest_algorithm: DigestAlgorithm::Sha256,
        validity: VALIDITY,
        device_key: device().public_key().clone(),
        status: Some(StatusReference { uri: "https://issuer.example/status/1".into(), index: 9 }),
    }
}

fn issue(issuance: &Issuance) -> Vec<u8> {
    issuance.issue(&chain(), &issuer(), &mut FixedRng(5)).unwrap()
}

/// What is signed, taken apart.
fn parts(bytes: &[u8]) -> IssuerSigned {
    IssuerSigned::read(&Item::parse(bytes, MAX_MDOC).unwrap()).unwrap()
}

fn held() -> Held {
    Held::parse(&issue(&issuance())).unwrap()
}

const SHOWN: [(&str, &str); 2] = [(DRIVING_LICENCE, "family_name"), (DRIVING_LICENCE, "age_over_18")];

fn present() -> Vec<u8> {
    held().present(&SHOWN, &transcript(), &DeviceProof::Signature(&device())).unwrap()
}

fn document(response: &[u8]) -> Result<Unverified, MdocError> {
    DeviceResponse::parse(response)?.into_only_document()
}

fn check_at(response: &[u8], transcript: &SessionTranscript, now: UnixTime) -> Result<Verified, MdocError> {
    let expected = ExpectedSession { transcript, reader: None, now };
    document(response)?.verify(issuer().public_key(), &expected, &RustCrypto)
}

fn check(response: &[u8]) -> Result<Verified, MdocError> {
    check_at(response, &transcript(), NOW)
}

#[test]
fn what_is_issued_is_held_presented_and_verified() {
    let held = held();
    assert_eq!(held.verify_issued(issuer().public_key(), NOW, &RustCrypto), Ok(()));
    assert_eq!(held.elements(), &issuance().elements);
    assert_eq!(held.doc_type(), MDL);
    let verified = check(&present()).unwrap();
    let shown: Vec<_> = verified.elements().iter().map(|(namespace, name, _)| (namespace, name)).collect();
    assert_eq!(shown, [(DRIVING_LICENCE, "age_over_18"), (DRIVING_LICENCE, "family_name")]);
    assert_eq!(verified.elements().get(DRIVING_LICENCE, "family_name"), Some(&"Jansen".into()));
    assert_eq!(verified.device_key(), device().public_key());
    assert_eq!(verified.validity(), &VALIDITY);
    assert_eq!(verified.status(), issuance().status.as_ref());
    assert_eq!(document(&present()).unwrap().chain().leaf_key(), issuer().public_key());
}

#[test]
fn what_a_document_says_of_itself_is_told_before_and_after_it_is_believed() {
    let before = document(&present()).unwrap();
    assert_eq!((before.doc_type(), before.dangerous_status()), (MDL, issuance().status.as_ref()));
    assert_eq!(check(&present()).unwrap().doc_type(), MDL);
}

#[test]
fn a_check_of_the_issuers_half_by_itself_says_what_is_wrong() {
    let document = document(&present()).unwrap();
    let checks = |key: &PublicKey, now| {
        IssuerCheck::ALL.map(|check| document.check_issued(check, key, now, &RustCrypto).err())
    };
    let count = |found: &[Option<MdocError>]| found.iter().flatten().count();
    assert_eq!(count(&checks(issuer().public_key(), NOW)), 0);
    let expired = checks(issuer().public_key(), NOW.plus(2 * DAY));
    assert_eq!((count(&expired), expired.contains(&Some(MdocError::Expired))), (1, true));
    assert_eq!(
        count(&checks(device().public_key(), NOW)),
        2,
        "another key is none of theirs, and signed nothing"
    );
}

#[test]
fn each_item_has_a_salt_of_its_own() {
    let salts = held().salts();
    assert_eq!(salts.iter().map(Vec::len).collect::<Vec<_>>(), [32; 5]);
    assert!(salts.iter().enumerate().all(|(place, salt)| !salts[..place].contains(salt)));
}

#[test]
fn every_digest_algorithm_works() {
    for digest_algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512] {
        let held = Held::parse(&issue(&Issuance { digest_algorithm, ..issuance() })).unwrap();
        assert_eq!(held.verify_issued(issuer().public_key(), NOW, &RustCrypto), Ok(()));
    }
}

#[test]
fn an_ed25519_device_signs_and_agrees_on_no_mac() {
    let held =
        Held::parse(&issue(&Issuance { device_key: holder().public_key().clone(), ..issuance() })).unwrap();
    let response = held.present(&SHOWN, &transcript(), &DeviceProof::Signature(&holder())).unwrap();
    assert!(check(&response).is_ok());
    let refused = reader().mac_key(holder().public_key(), &transcript()).unwrap_err();
    assert_eq!(refused, KeyError::Type);
}

#[test]
fn a_mac_is_for_one_reader_in_one_session() {
    let (device_side, reader_key) = (agreement(&device()), reader().public_key());
    let proof = DeviceProof::Mac { device: &device_side, reader: &reader_key };
    let response = held().present(&SHOWN, &transcript(), &proof).unwrap();
    let check = |transcript: &SessionTranscript, reader: Option<&AgreementKey>| {
        let expected = ExpectedSession { transcript, reader, now: NOW };
        document(&response)?.verify(issuer().public_key(), &expected, &RustCrypto).map(|_| ())
    };
    assert_eq!(check(&transcript(), Some(&reader())), Ok(()));
    assert_eq!(check(&transcript(), None), Err(MdocError::UnexpectedMac));
    let other = AgreementKey::generate(&mut FixedRng(9));
    let wrong = Err(MdocError::DeviceAuth(CoseError::Mac));
    assert_eq!(check(&transcript(), Some(&other)), wrong);
    assert_eq!(check(&SessionTranscript::openid4vp_dc_api("o", "n-1", None), Some(&reader())), wrong);
    assert_eq!(format!("{other:?}"), "AgreementKey(secret)");
}

#[test]
fn two_documents_of_one_kind_share_nothing() {
    let issued = |seed| issuance().issue(&chain(), &issuer(), &mut FixedRng(seed)).unwrap();
    let digests = |bytes: &[u8]| {
        let object = parts(bytes).object;
        object.digests.into_values().flat_map(BTreeMap::into_values).collect::<Vec<_>>()
    };
    let (one, two) = (digests(&issued(1)), digests(&issued(2)));
    assert_eq!(one.len(), 5);
    assert!(one.iter().all(|digest| !two.contains(digest)));
}

#[test]
fn digest_ids_do_not_follow_the_names() {
    let order = |seed| {
        let bytes = issuance().issue(&chain(), &issuer(), &mut FixedRng(seed)).unwrap();
        let namespaces = parts(&bytes).namespaces;
        namespaces[DRIVING_LICENCE].iter().map(|item| item.digest_id).collect::<Vec<_>>()
    };
    assert!((1..20).any(|seed| order(seed) != order(seed + 100)));
}

#[test]
fn what_cannot_be_issued_is_refused() {
    let refused = |change: &dyn Fn(&mut Issuance)| {
        let mut issuance = issuance();
        change(&mut issuance);
        issuance.issue(&chain(), &issuer(), &mut FixedRng(5)).unwrap_err()
    };
    let early = NOW.minus(Duration::from_secs(1));
    assert_eq!(refused(&|issuance| issuance.validity.valid_from = early), IssueError::Validity);
    assert_eq!(refused(&|issuance| issuance.validity.valid_until = NOW), IssueError::Validity);
    let beyond = UnixTime::from_secs(300_000_000_000);
    assert_eq!(refused(&|issuance| issuance.validity.valid_until = beyond), IssueError::Validity);
    let long_ago = |issuance: &mut Issuance| issuance.validity.signed = UnixTime::from_secs(1_700_000_000);
    assert_eq!(refused(&long_ago), IssueError::Validity, "before the certificate");
    let wrong = issuance().issue(&chain(), &device(), &mut FixedRng(5)).unwrap_err();
    assert_eq!(wrong, IssueError::WrongKey);
}

#[test]
fn what_cannot_be_presented_is_refused() {
    let present = |disclose: &[(&str, &str)], proof: &DeviceProof<'_>| {
        held().present(disclose, &transcript(), proof).map(|_| ())
    };
    let device = device();
    let by_device = DeviceProof::Signature(&device);
    assert_eq!(present(&[(MDL, "family_name")], &by_device), Err(PresentError::NoSuchElement));
    assert_eq!(present(&[(DRIVING_LICENCE, "name")], &by_device), Err(PresentError::NoSuchElement));
    let other = issuer();
    assert_eq!(present(&SHOWN, &DeviceProof::Signature(&other)), Err(PresentError::WrongKey));
    let (mac_key, reader_key) = (agreement(&other), reader().public_key());
    let by_other = DeviceProof::Mac { device: &mac_key, reader: &reader_key };
    assert_eq!(present(&SHOWN, &by_other), Err(PresentError::WrongKey));
    let unreachable = holder();
    let agreed = agreement(&device);
    let to_ed25519 = DeviceProof::Mac { device: &agreed, reader: unreachable.public_key() };
    assert_eq!(present(&SHOWN, &to_ed25519), Err(PresentError::Sign(crate::key::SignError)));
}

#[test]
fn nothing_shown_is_a_document_without_elements() {
    let response = held().present(&[], &transcript(), &DeviceProof::Signature(&device())).unwrap();
    assert_eq!(check(&response).unwrap().elements(), &Elements::default());
}

#[test]
fn transcripts_of_other_forms_are_refused() {
    for bytes in [&[][..], &[0xf6], &[0x82, 0xf6, 0xf6], &[0x84, 0xf6, 0xf6, 0xf6, 0xf6], &[0x83, 0xf6, 0xf6]]
    {
        assert_eq!(SessionTranscript::from_bytes(bytes.to_vec()), Err(MdocError::Transcript));
    }
    let own = transcript();
    assert_eq!(SessionTranscript::from_bytes(own.as_bytes().to_vec()).as_ref(), Ok(&own));
}

#[test]
fn agreement_keys_of_other_forms_are_refused() {
    for bytes in [&[1; 31][..], &[1; 33], &[0; 32], &[0xff; 32]] {
        assert_eq!(AgreementKey::from_secret_bytes(bytes).unwrap_err(), KeyError::Malformed);
    }
}
