//! Mobile documents: checking an answer beside its two signature checks, issuing beside the one signature.

use core::time::Duration;

use credential::cbor::value::Value;
use credential::issuer::KeyReference;
use credential::key::{Algorithm, PublicKey, Signer, VerifySignature as _};
use credential::mdoc::device::DeviceProof;
use credential::mdoc::elements::Elements;
use credential::mdoc::hold::Held;
use credential::mdoc::issue::Issuance;
use credential::mdoc::security_object::{DigestAlgorithm, ValidityInfo};
use credential::mdoc::transcript::SessionTranscript;
use credential::mdoc::verify::{DeviceResponse, ExpectedSession};
use service_kit::random::Random;
use service_kit::signature::AwsLc;

use crate::card::{AUDIENCE, Card, NONCE, NOW};
use crate::clock::{Compared, compare};
use crate::row::{Row, Target};

/// Answers that take turns.
const ANSWERS: usize = 64;
const NAMESPACE: &str = "org.iso.18013.5.1";
/// Twelve elements, of which the first four are shown.
const ELEMENTS: [(&str, &str); 12] = [
    ("given_name", "Erika"),
    ("family_name", "Mustermann"),
    ("birth_date", "1984-01-26"),
    ("resident_city", "Koeln"),
    ("document_number", "XS-8401-26-0042"),
    ("issuing_country", "XS"),
    ("issuing_authority", "Ministry of the Interior"),
    ("resident_address", "Heidestrasse 17"),
    ("resident_postal_code", "51147"),
    ("resident_country", "XS"),
    ("nationality", "XS"),
    ("birth_place", "Koeln"),
];
/// What the two signatures are over has about these sizes: a security object of twelve digests, and a session.
const SIGNED: [usize; 2] = [900, 300];

pub(crate) fn rows() -> Vec<Row> {
    let card = Card::new(Algorithm::Es256);
    let session = session();
    let answers: Vec<Vec<u8>> = (0..ANSWERS).map(|_| answer(&card, &session)).collect();
    let mut next = answers.iter().cycle();
    let raw = RawChecks::of(&card);
    let checked = compare(|| check(next.next().expect("a cycle has no end"), &card, &session), || raw.run());
    let issued = compare(|| drop(issue(&card)), || drop(card.issuer.sign(&raw.signed[0].0).expect("signed")));
    vec![
        row("check a mobile document and its device, ES256, to 2 raw checks", &checked, Some(1.3)),
        row("issue a mobile document, 12 elements, ES256, to 1 raw signature", &issued, None),
    ]
}

fn row(name: &str, compared: &Compared, limit: Option<f64>) -> Row {
    let (reference, ratio) = (Some(compared.reference), Some(compared.ratio));
    let target = limit.map(Target::AtMost);
    Row { name: name.into(), value: compared.ours, unit: "us", reference, ratio, target }
}

/// The session that answers are made for.
pub(crate) fn session() -> SessionTranscript {
    SessionTranscript::openid4vp(AUDIENCE, NONCE, None, "https://verifier.example/response")
}

/// What a verifier does with each answer.
pub(crate) fn check(answer: &[u8], card: &Card, session: &SessionTranscript) {
    let expected = ExpectedSession { transcript: session, reader: None, now: NOW };
    let document = DeviceResponse::parse(answer).and_then(DeviceResponse::into_only_document);
    let document = document.expect("one document");
    drop(document.verify(card.issuer_key(), &expected, &AwsLc).expect("a good answer"));
}

/// A document as its issuer sends it.
pub(crate) fn issue(card: &Card) -> Vec<u8> {
    let KeyReference::X5c(chain) = &card.reference else { panic!("ES256 brings certificates") };
    let mut elements = Elements::default();
    for (name, text) in ELEMENTS {
        elements.insert(NAMESPACE, name, Value::from(text));
    }
    let issuance = Issuance {
        doc_type: "org.iso.18013.5.1.mDL".into(),
        elements,
        digest_algorithm: DigestAlgorithm::Sha256,
        validity: ValidityInfo {
            signed: NOW,
            valid_from: NOW,
            valid_until: NOW.plus(Duration::from_secs(90 * 86_400)),
            expected_update: None,
        },
        device_key: card.holder.public_key().clone(),
        status: None,
    };
    issuance.issue(chain, &*card.issuer, &mut *Random::system().rng()).expect("issued")
}

/// A document shown, four of its elements.
pub(crate) fn answer(card: &Card, session: &SessionTranscript) -> Vec<u8> {
    let shown: Vec<(&str, &str)> = ELEMENTS.iter().take(4).map(|(name, _)| (NAMESPACE, *name)).collect();
    let held = Held::parse(&issue(card)).expect("held");
    held.present(&shown, session, &DeviceProof::Signature(&card.holder)).expect("presented")
}

/// Two signatures over as much; the device's key is read from its bytes, as it comes with each document.
struct RawChecks {
    issuer: PublicKey,
    device: Vec<u8>,
    signed: [(Vec<u8>, Vec<u8>); 2],
}

impl RawChecks {
    fn of(card: &Card) -> Self {
        let sign = |signer: &dyn Signer, size: usize| {
            let bytes = vec![7; size];
            let signature = signer.sign(&bytes).expect("signed");
            (bytes, signature)
        };
        Self {
            issuer: card.issuer_key().clone(),
            device: card.holder.public_key().to_bytes(),
            signed: [sign(&*card.issuer, SIGNED[0]), sign(&card.holder, SIGNED[1])],
        }
    }

    fn run(&self) {
        let device = PublicKey::from_bytes(Algorithm::Es256, &self.device).expect("a key");
        for (key, (bytes, signature)) in [&self.issuer, &device].into_iter().zip(&self.signed) {
            AwsLc.verify(key, bytes, signature).expect("a good signature");
        }
    }
}
