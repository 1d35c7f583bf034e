//! Whatever an outsider sends, every reader answers and none panics or takes long.
//!
//! Good texts are cut, spliced and changed by a fixed sequence of steps, so that a failure repeats itself.

use core::time::Duration;

use credential::bitstring::Bitstring;
use credential::claim_path::ClaimPath;
use credential::did::document::{DidDocument, Relationship};
use credential::did::syntax::Did;
use credential::did::web::WebDid;
use credential::did::{SymbolonDid, did_jwk, did_key, resolve};
use credential::issuer::KeyReference;
use credential::jwe::{ContentEncryption, DecryptionKey, encrypt};
use credential::jws;
use credential::key::{Algorithm, RustCrypto, Signer as _, SigningKey};
use credential::sd_jwt::binding::{Binding, ExpectedBinding};
use credential::sd_jwt_vc::{Held, Issuance, Unverified, every_claim};
use credential::status_list::{StatusList, TokenClaims, UnverifiedToken};
use credential::time::UnixTime;
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
    let held = Held::parse(&credential()).expect("held");
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
    let all: Map<String, Value> = Held::parse(&good).expect("held").claims().clone();
    let mut steps = Steps(11);
    for _ in 0..ROUNDS {
        let changed = steps.change(&good);
        let Ok(held) = Held::parse(&changed) else { continue };
        if held.verify_issued(key(1).public_key(), NOW, &RustCrypto).is_ok() {
            assert!(held.claims().keys().all(|name| all.contains_key(name)));
        }
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
