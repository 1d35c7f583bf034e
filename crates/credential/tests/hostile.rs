//! Whatever an outsider sends, every reader answers and none panics or takes long.
//!
//! Good texts are cut, spliced and changed by a fixed sequence of steps, so that a failure repeats itself.

use core::time::Duration;

use credential::bitstring::Bitstring;
use credential::cbor;
use credential::claim_path::ClaimPath;
use credential::did::document::{DidDocument, Relationship};
use credential::did::syntax::Did;
use credential::did::web::WebDid;
use credential::did::{SymbolonDid, did_jwk, did_key, resolve};
use credential::fetch_url::FetchUrl;
use credential::issuer::KeyReference;
use credential::jwe::{ContentEncryption, DecryptionKey, encrypt};
use credential::jws;
use credential::key::{Algorithm, RustCrypto, Signer as _, SigningKey};
use credential::mdoc;
use credential::mdoc::device::DeviceProof;
use credential::mdoc::elements::Elements;
use credential::mdoc::hold::Held;
use credential::mdoc::security_object::{DigestAlgorithm, ValidityInfo};
use credential::mdoc::transcript::SessionTranscript;
use credential::mdoc::verify::{DeviceResponse, ExpectedSession};
use credential::sd_jwt::binding::{Binding, ExpectedBinding};
use credential::sd_jwt::{self, Policy};
use credential::sd_jwt_vc::{self, Issuance, NEVER_DISCLOSABLE, TYPE, Unverified, every_claim};
use credential::status_list::cwt::UnverifiedCwt;
use credential::status_list::{StatusList, TokenClaims, UnverifiedToken};
use credential::time::UnixTime;
use credential::type_metadata::TypeReference;
use credential::type_metadata::retrieve::{Progress, Retrieval};
use credential::vcdm::jwt::UnverifiedCredential;
use credential::vcdm::presentation::Presentation;
use credential::vcdm::{BASE_CONTEXT, Credential, date};
use credential::x509::Chain;
use rand_core::{Infallible, Rng as _, TryCryptoRng, TryRng};
use serde_json::{Map, Value, json};

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
const ROUNDS: u32 = 400;

/// A linear congruential generator: no randomness at all, which is the point.
struct Steps(u64);

impl TryRng for Steps {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok((self.0 >> 33) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.try_next_u32()?) << 32 | u64::from(self.try_next_u32()?))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.try_next_u32()? as u8;
        }
        Ok(())
    }
}

impl TryCryptoRng for Steps {}

impl Steps {
    fn below(&mut self, end: usize) -> usize {
        self.next_u32() as usize % end.max(1)
    }

    /// `text` with one to four changes: a character, a cut, a piece doubled, a separator put in.
    fn change(&mut self, text: &str) -> String {
        const CHARACTERS: &[char] = &['A', '_', '~', '.', '=', '"', '{', '[', ',', '\0', 'é', '#', ':', '9'];
        let mut characters: Vec<char> = text.chars().collect();
        for _ in 0..=self.below(4) {
            let (from, to) = (self.below(characters.len()), self.below(characters.len()));
            let piece = from.min(to)..from.max(to);
            match self.below(5) {
                0 if !characters.is_empty() => characters[from] = CHARACTERS[self.below(CHARACTERS.len())],
                1 => drop(characters.drain(piece)),
                2 => {
                    let doubled = characters[piece].to_vec();
                    characters.splice(to..to, doubled);
                }
                3 => characters.truncate(from),
                _ => characters.insert(from.min(characters.len()), CHARACTERS[self.below(CHARACTERS.len())]),
            }
            characters.truncate(16 * 1024);
        }
        characters.into_iter().collect()
    }
}

impl Steps {
    /// `bytes` with one to four changes: a byte, a cut, a piece doubled, a length put in.
    fn change_bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        const BYTES: &[u8] = &[0x00, 0x5f, 0x9b, 0xbf, 0xbb, 0xd8, 0x18, 0xf6, 0xf7, 0xff, 0x5b, 0x81, 0xa1];
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let (from, to) = (self.below(bytes.len()), self.below(bytes.len()));
            let piece = from.min(to)..from.max(to);
            match self.below(5) {
                0 if !bytes.is_empty() => bytes[from] = BYTES[self.below(BYTES.len())],
                1 => drop(bytes.drain(piece)),
                2 => {
                    let doubled = bytes[piece].to_vec();
                    bytes.splice(to..to, doubled);
                }
                3 if !bytes.is_empty() => bytes[from] ^= 1 << self.below(8),
                _ => bytes.insert(from.min(bytes.len()), BYTES[self.below(BYTES.len())]),
            }
            bytes.truncate(16 * 1024);
        }
        bytes
    }
}

/// Reads the changed forms of `good`, which must itself be accepted; changed texts must not be, unless the
/// change was none.
fn all_refused(good: &str, accepts: impl Fn(&str) -> bool) {
    assert!(accepts(good));
    let mut steps = Steps(7);
    for round in 0..ROUNDS {
        let changed = steps.change(good);
        assert!(changed == good || !accepts(&changed), "round {round}");
    }
}

fn key(seed: u64) -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut Steps(seed))
}

fn credential() -> String {
    let claims = json!({"a": 1, "b": {"c": [1, 2], "d": "x"}}).as_object().cloned().expect("an object");
    let issuance = Issuance {
        issuer: Some("https://issuer.example".into()),
        vct: "urn:x".into(),
        issued_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(60)),
        not_before: None,
        holder: key(2).public_key().clone(),
        status: None,
        disclosable: every_claim(&claims),
        claims,
        decoys: 2,
    };
    issuance.issue(&KeyReference::Kid("k".into()), &key(1), &mut Steps(3)).expect("issued")
}

#[test]
fn changed_presentations_are_refused() {
    let binding = Binding { audience: "a", nonce: "n", issued_at: NOW, transaction_data: &[] };
    let held = sd_jwt_vc::Held::parse(&credential()).expect("held");
    let text = held.present(&[ClaimPath::name("b")], &binding, &key(2)).expect("presented");
    let expected = ExpectedBinding {
        audience: "a",
        nonce: "n",
        max_age: Duration::from_secs(60),
        now: NOW,
        transaction_data: &[],
    };
    all_refused(&text, |text| {
        Unverified::parse(text)
            .and_then(|presentation| presentation.verify(key(1).public_key(), &expected, &RustCrypto))
            .is_ok()
    });
}

#[test]
fn changed_credentials_are_never_more_than_the_issuer_signed() {
    let good = credential();
    let all: Map<String, Value> = sd_jwt_vc::Held::parse(&good).expect("held").claims().clone();
    let mut steps = Steps(11);
    for _ in 0..ROUNDS {
        let changed = steps.change(&good);
        let Ok(held) = sd_jwt_vc::Held::parse(&changed) else { continue };
        if held.verify_issued(key(1).public_key(), NOW, &RustCrypto).is_ok() {
            assert!(held.claims().keys().all(|name| all.contains_key(name)));
        }
    }
}

#[test]
fn changed_json_serialisations_say_no_more_than_the_issuer_signed() {
    let good = credential();
    let (token, disclosures) = good.split_once('~').expect("an sd-jwt");
    let parts: Vec<&str> = token.split('.').collect();
    let disclosures: Vec<&str> = disclosures.split_terminator('~').collect();
    let form = json!({
        "protected": parts[0], "payload": parts[1], "signature": parts[2], "header": {"disclosures": disclosures},
    });
    let all: Map<String, Value> = sd_jwt_vc::Held::parse(&good).expect("held").claims().clone();
    let policy = Policy {
        typ: Some(TYPE),
        never_disclosable: &NEVER_DISCLOSABLE,
        required: &[],
        binding: None,
        now: NOW,
    };
    let read = |text: &str| {
        let token = sd_jwt::Unverified::parse_json(text.as_bytes())?;
        token.verify(key(1).public_key(), &policy, &RustCrypto)
    };
    assert_eq!(*read(&form.to_string()).expect("good").claims(), all);
    let mut steps = Steps(13);
    for _ in 0..ROUNDS {
        let Ok(verified) = read(&steps.change(&form.to_string())) else { continue };
        assert!(verified.claims().keys().all(|name| all.contains_key(name)));
    }
}

#[test]
fn changed_types_are_read_or_refused() {
    let document = json!({
        "vct": "urn:x", "extends": "urn:y", "extends#integrity": "sha256-AAAA sha512-AAAA",
        "display": [{"locale": "en", "name": "A", "rendering": {
            "simple": {"logo": {"uri": "https://a.example/"}, "text_color": "#fff"},
            "svg_templates": [{"uri": "data:image/svg+xml,x", "properties": {"contrast": "high"}}],
        }}],
        "claims": [{"path": ["b", "c", null], "sd": "always", "mandatory": true, "svg_id": "a"}],
    });
    let reference = TypeReference { vct: "urn:x".into(), integrity: None };
    let read = |text: &str| Retrieval::new(reference.clone()).receive(text.as_bytes());
    assert!(read(&document.to_string()).is_ok());
    let held = sd_jwt_vc::Held::parse(&credential()).expect("held");
    let mut steps = Steps(17);
    for _ in 0..ROUNDS {
        if let Ok(Progress::Complete(metadata)) = read(&steps.change(&document.to_string())) {
            let _ = metadata.check_held(&held);
        }
    }
}

#[test]
fn changed_addresses_stay_public_https() {
    let mut steps = Steps(19);
    for _ in 0..ROUNDS * 10 {
        let Ok(url) = FetchUrl::parse(&steps.change("https://issuer.example:8443/t/1?a=b")) else { continue };
        let host = url.as_str().strip_prefix("https://").expect("https");
        assert!(!host.contains(['@', '#', '\\']) && !host.starts_with(['[', ':']));
    }
}

#[test]
fn changed_tokens_are_refused() {
    let token = jws::sign(Map::new(), &Map::new(), &key(1)).expect("signed");
    all_refused(&token, |text| {
        jws::Unverified::parse(text)
            .and_then(|token| token.verify_any_type(key(1).public_key(), &RustCrypto))
            .is_ok()
    });
}

#[test]
fn changed_ciphertexts_are_refused() {
    let key = DecryptionKey::generate(&mut Steps(1));
    let recipient = key.public_jwk("k");
    let enc = ContentEncryption::A128Gcm;
    let token = encrypt(&recipient, enc, Map::new(), b"{}", &mut Steps(2)).expect("encrypted");
    all_refused(&token, |text| key.decrypt(text).is_ok());
}

#[test]
fn changed_status_lists_are_refused() {
    let claims = TokenClaims { uri: "u", issued_at: NOW, expires_at: None, ttl: None };
    let list = StatusList::new(1, 64).expect("a list");
    let token = list.to_token(&claims, &KeyReference::Kid("k".into()), &key(1)).expect("signed");
    all_refused(&token, |text| {
        UnverifiedToken::parse(text)
            .and_then(|token| token.verify(key(1).public_key(), "u", NOW, &RustCrypto))
            .is_ok()
    });
    let mut steps = Steps(5);
    let packed = list.to_compressed();
    for _ in 0..ROUNDS {
        let _ = StatusList::from_compressed(1, &steps.change(&packed));
    }
}

#[test]
fn changed_identifiers_name_no_other_key_by_accident() {
    let mut steps = Steps(5);
    let public = key(1).public_key().clone();
    for good in [did_key(&public), did_jwk(&public), "did:symbolon:demo:interior#1".into()] {
        for _ in 0..ROUNDS {
            let changed = steps.change(&good);
            if let Ok(resolved) = resolve(&changed) {
                let again = [did_key(&resolved), did_jwk(&resolved)];
                assert!(resolved == public || again.iter().any(|did| resolve(did) == Ok(resolved.clone())));
            }
            let _ = SymbolonDid::parse_key_id(&changed);
        }
    }
}

#[test]
fn noise_is_no_certificate() {
    let mut steps = Steps(5);
    for length in 0..ROUNDS {
        let mut noise = vec![0x30; length as usize];
        steps.fill_bytes(noise.get_mut(4..).unwrap_or_default());
        assert!(Chain::from_ders(&[noise]).is_err());
    }
}

/// A certificate that `signer` gave itself.
fn certificate(signer: &SigningKey) -> Chain {
    let pair = rcgen::KeyPair::from_pem(&signer.to_pkcs8_pem().expect("pem")).expect("a pair");
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    let der = params.self_signed(&pair).expect("signed").der().to_vec();
    Chain::from_ders(&[der]).expect("a chain")
}

fn document() -> Held {
    let mut elements = Elements::default();
    elements.insert("n", "a", "x".into());
    elements.insert("n", "b", cbor::value::Value::Array(vec![1_u64.into(), cbor::value::Value::Null]));
    let validity = ValidityInfo {
        signed: NOW,
        valid_from: NOW,
        valid_until: NOW.plus(Duration::from_secs(60)),
        expected_update: None,
    };
    let issuance = mdoc::issue::Issuance {
        doc_type: "d".into(),
        elements,
        digest_algorithm: DigestAlgorithm::Sha256,
        validity,
        device_key: key(2).public_key().clone(),
        status: None,
    };
    let bytes = issuance.issue(&certificate(&key(1)), &key(1), &mut Steps(3)).expect("issued");
    Held::parse(&bytes).expect("held")
}

#[test]
fn changed_documents_are_never_more_than_the_issuer_signed() {
    let held = document();
    let transcript = SessionTranscript::openid4vp("c", "n", None, "u");
    let signer = key(2);
    let proof = DeviceProof::Signature(&signer);
    let response = held.present(&[("n", "a"), ("n", "b")], &transcript, &proof).expect("presented");
    let expected = ExpectedSession { transcript: &transcript, reader: None, now: NOW };
    let verify = |bytes: &[u8]| {
        let document = DeviceResponse::parse(bytes)?.into_only_document()?;
        document.verify(key(1).public_key(), &expected, &RustCrypto)
    };
    assert_eq!(verify(&response).expect("verified").elements(), held.elements());
    let (mut steps, mut refused) = (Steps(7), 0);
    for _ in 0..ROUNDS * 5 {
        match verify(&steps.change_bytes(&response)) {
            Err(_) => refused += 1,
            Ok(verified) => {
                let signed = |(namespace, name, value)| held.elements().get(namespace, name) == Some(value);
                assert!(verified.elements().iter().all(signed));
            }
        }
    }
    assert!(refused > ROUNDS * 4, "{refused}");
    for _ in 0..ROUNDS {
        let changed = steps.change_bytes(held.as_bytes());
        let Ok(read) = Held::parse(&changed) else { continue };
        if read.verify_issued(key(1).public_key(), NOW, &RustCrypto).is_ok() {
            let signed = |(namespace, name, value)| held.elements().get(namespace, name) == Some(value);
            assert!(read.elements().iter().all(signed));
        }
    }
}

#[test]
fn changed_status_lists_in_cbor_are_never_other_lists() {
    let claims = TokenClaims { uri: "u", issued_at: NOW, expires_at: None, ttl: None };
    let list = StatusList::new(1, 64).expect("a list");
    let token = list.to_cwt(&claims, &KeyReference::Kid("k".into()), &key(1)).expect("signed");
    let mut steps = Steps(5);
    for _ in 0..ROUNDS {
        let Ok(token) = UnverifiedCwt::parse(&steps.change_bytes(&token)) else { continue };
        let _ = token.issuer();
        if let Ok(verified) = token.verify(key(1).public_key(), "u", NOW, &RustCrypto) {
            assert_eq!(verified.list(), &list);
        }
    }
}

#[test]
fn noise_is_read_as_cbor_or_refused() {
    let mut steps = Steps(5);
    for length in 0..ROUNDS * 5 {
        let mut noise = vec![0; length as usize % 64];
        steps.fill_bytes(&mut noise);
        if let Ok(item) = cbor::Item::parse(&noise, 64) {
            assert_eq!(item.raw(), noise);
            let again = cbor::value::Value::from(&item).encode();
            assert!(again.len() <= noise.len() && cbor::Item::parse(&again, 64).is_ok());
        }
    }
}

#[test]
fn changed_did_documents_never_give_a_key_that_is_not_in_them() {
    let did: Did = "did:web:a.example".parse().expect("a did");
    let public = key(1).public_key().clone();
    let method = json!({"id": "#k", "type": "JsonWebKey", "controller": did.as_str(), "publicKeyJwk": public.to_jwk()});
    let good =
        json!({"id": did.as_str(), "verificationMethod": [method], "assertionMethod": ["#k"]}).to_string();
    let found = |text: &str| {
        let document = DidDocument::parse(text.as_bytes(), &did).ok()?;
        document.key("#k", Relationship::AssertionMethod).ok().cloned()
    };
    assert_eq!(found(&good).as_ref(), Some(&public));
    let mut steps = Steps(7);
    for _ in 0..ROUNDS {
        let changed = steps.change(&good);
        if let Some(other) = found(&changed) {
            assert_eq!(other, public);
        }
    }
}

#[test]
fn changed_identifiers_of_did_web_lead_to_https_alone() {
    let mut steps = Steps(7);
    for _ in 0..ROUNDS {
        let Ok(did) = steps.change("did:web:a.example%3A8443:u:bob").parse::<WebDid>() else { continue };
        let url = did.document_url();
        let rest = url.as_str().strip_prefix("https://").expect("https");
        assert!(
            rest.starts_with(url.host()) && url.host().contains('.') && !rest.contains(['@', '#', '?', '%'])
        );
        assert!(!rest.split('/').any(|part| part == ".."));
    }
}

#[test]
fn changed_credentials_of_the_data_model_are_refused() {
    let members = json!({
        "@context": [BASE_CONTEXT], "type": ["VerifiableCredential"], "issuer": "https://issuer.example",
        "validUntil": "2040-01-01T00:00:00+01:00", "credentialSubject": {"id": "did:x:y"},
    });
    let credential = Credential::new(members.as_object().cloned().expect("an object")).expect("a credential");
    let token = credential.to_jwt(&KeyReference::Kid("k".into()), &key(1)).expect("signed");
    all_refused(&token, |text| {
        UnverifiedCredential::parse(text)
            .and_then(|token| token.verify(key(1).public_key(), NOW, &RustCrypto))
            .is_ok()
    });
    let mut steps = Steps(9);
    for _ in 0..ROUNDS {
        let changed = steps.change(&members.to_string());
        let Ok(Value::Object(members)) = serde_json::from_str(&changed) else { continue };
        let _ = Credential::new(members.clone());
        let _ = Presentation::new(members);
        let _ = date::parse(&steps.change("2040-01-01T00:00:00.5+01:00"));
    }
}

#[test]
fn changed_bitstrings_are_read_or_refused() {
    let list = Bitstring::new(1, 0).expect("a list");
    let packed = list.to_encoded();
    let mut steps = Steps(5);
    for _ in 0..ROUNDS {
        if let Ok(read) = Bitstring::from_encoded(1, &steps.change(&packed)) {
            assert_eq!(read, list, "the checksum holds for one text alone");
        }
    }
}
