//! What tests share: a random source that is none, keys that never change, one moment, a card and a request.

use credential::claim_path::ClaimPath;
use credential::issuer::KeyReference;
use credential::jwe::DecryptionKey;
use credential::key::{Algorithm, Signer as _, SigningKey};
use credential::mdoc;
use credential::mdoc::elements::Elements;
use credential::mdoc::security_object::{DigestAlgorithm, ValidityInfo};
use credential::sd_jwt_vc::{Held, Issuance, every_claim};
use credential::time::UnixTime;
use credential::x509::Chain;
use rand_core::{Infallible, TryCryptoRng, TryRng};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::vp::client_id::ClientId;
use crate::vp::dcql::Query;
use crate::vp::request::{AnswerTo, ClientMetadata, RequestContent, StapledRegistration, VerifierInfo};
use crate::web_url::WebUrl;

/// The moment of every test.
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
/// The type of the test card.
pub(crate) const VCT: &str = "urn:eudi:pid:xs:1";
/// The verifier's DID.
pub(crate) const VERIFIER: &str = "did:symbolon:demo:login";
/// The verifier's full client identifier.
pub(crate) const CLIENT: &str = "decentralized_identifier:did:symbolon:demo:login";

/// SHA-256 of a counter: the same bytes in every run.
pub(crate) struct FixedRng(pub(crate) u64);

impl TryRng for FixedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&Sha256::digest(self.0.to_be_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for FixedRng {}

/// A P-256 key of its own for each number.
pub(crate) fn key(number: u64) -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut FixedRng(number * 1000))
}

/// The issuer's key.
pub(crate) fn issuer() -> SigningKey {
    key(1)
}

/// The holder's key.
pub(crate) fn holder() -> SigningKey {
    key(2)
}

/// The verifier's key for requests.
pub(crate) fn verifier() -> SigningKey {
    key(3)
}

/// The verifier's key for one answer.
pub(crate) fn decryption_key() -> DecryptionKey {
    DecryptionKey::generate(&mut FixedRng(4000))
}

/// How the verifier names its key.
pub(crate) fn verifier_key() -> KeyReference {
    KeyReference::Kid(format!("{VERIFIER}#request-0"))
}

/// A certificate of the verifier's key, as `x5c` has it.
const CERTIFICATE: &str = concat!(
    "MIIBczCCARigAwIBAgIBATAKBggqhkjOPQQDAjARMQ8wDQYDVQQDDAZhbmNob3IwIBcNMjYxMTIzMDkzMDMwWhgPMjEyNjEw",
    "MzAwOTMwMzBaMBAxDjAMBgNVBAMMBWxvZ2luMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAERFNukijHAajL73FlWYiCKBbV",
    "2tH9pJSMlbu4yoB1LNItCBNHgekBXB/9lQru5rBGfY4sL8Y3qi9jUE5PvGGUeKNgMF4wDAYDVR0TAQH/BAIwADAOBgNVHQ8B",
    "Af8EBAMCB4AwHQYDVR0OBBYEFDrroHuMGaZALRvhhcvvu9zx5P2bMB8GA1UdIwQYMBaAFPIqjU6TmqKRfPbkR4EAxl83spjo",
    "MAoGCCqGSM49BAMCA0kAMEYCIQD2hKd5r6vyyezc1Sz3kAXCf11HOM8Od8e+yxm+KeyGbwIhAO0IFWXMkDgClydYGnFB31vS",
    "JBHuorbEMnWuCvBASRYN",
);

/// How the verifier names its key by certificate.
pub(crate) fn certified_key() -> KeyReference {
    KeyReference::X5c(Chain::from_x5c(&[CERTIFICATE.to_owned()]).unwrap())
}

/// The members of an object.
pub(crate) fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => panic!("not an object"),
    }
}

/// The path of nested names.
pub(crate) fn path(names: &[&str]) -> ClaimPath {
    ClaimPath::names(names).unwrap()
}

/// The person's claims.
pub(crate) fn person() -> Value {
    json!({
        "given_name": "Ada",
        "family_name": "Lovelace",
        "nationalities": ["GB", "FR"],
        "address": {"locality": "London", "country": "GB"},
    })
}

/// A card for `holder`, of type `vct`.
pub(crate) fn issue_card(vct: &str, holder: &SigningKey) -> String {
    let claims = members(person());
    let issuance = Issuance {
        issuer: Some("https://issuer.example".into()),
        vct: vct.into(),
        issued_at: NOW,
        expires_at: UnixTime::from_secs(NOW.secs() + 86_400),
        not_before: None,
        holder: holder.public_key().clone(),
        status: None,
        disclosable: every_claim(&claims),
        claims,
        decoys: 0,
    };
    issuance.issue(&KeyReference::Kid("issuer-0".into()), &issuer(), &mut FixedRng(7)).unwrap()
}

/// The test card in its holder's hands.
pub(crate) fn card() -> Held {
    Held::parse(&issue_card(VCT, &holder())).unwrap()
}

/// The type of the test document, and the namespace of its elements.
pub(crate) const DOC_TYPE: &str = "org.example.identity.1";

/// A mobile document for `holder`. Its issuer has the key with a certificate.
pub(crate) fn document(holder: &SigningKey) -> mdoc::hold::Held {
    let KeyReference::X5c(chain) = certified_key() else { panic!("no certificate") };
    let mut elements = Elements::default();
    elements.insert(DOC_TYPE, "given_name", "Ada".into());
    elements.insert(DOC_TYPE, "family_name", "Lovelace".into());
    let valid_until = UnixTime::from_secs(NOW.secs() + 86_400);
    let issuance = mdoc::issue::Issuance {
        doc_type: DOC_TYPE.into(),
        elements,
        digest_algorithm: DigestAlgorithm::Sha256,
        validity: ValidityInfo { signed: NOW, valid_from: NOW, valid_until, expected_update: None },
        device_key: holder.public_key().clone(),
        status: None,
    };
    mdoc::hold::Held::parse(&issuance.issue(&chain, &verifier(), &mut FixedRng(8)).unwrap()).unwrap()
}

/// The verifier's request for two claims.
pub(crate) fn request() -> RequestContent {
    let claims = [path(&["given_name"]), path(&["address", "locality"])];
    RequestContent {
        client_id: CLIENT.parse::<ClientId>().unwrap(),
        answer_to: AnswerTo::Address(WebUrl::parse("https://login.example/answer/1").unwrap()),
        nonce: "nonce-nonce-nonce-nonce-1".into(),
        state: Some("state-state-state-state-1".into()),
        query: Query::for_card("pid", VCT, &claims).unwrap(),
        transaction_data: Vec::new(),
        client_metadata: ClientMetadata::for_key(&decryption_key(), "enc-1"),
        verifier_info: VerifierInfo {
            registration: Some(StapledRegistration {
                member: "bank".into(),
                use_name: "login".into(),
                proof: vec![1, 2, 3],
            }),
        },
        wallet_nonce: None,
        issued_at: Some(NOW),
        expires_at: Some(UnixTime::from_secs(NOW.secs() + 300)),
    }
}

/// The folder of shared vectors of this name, where it is there; else one line says that it is not.
pub(crate) fn vectors(name: &str) -> Option<std::path::PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    let folder = std::env::var_os("VECTORS_DIR").unwrap_or_else(|| beside.into());
    let folder = std::path::Path::new(&folder).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("vectors {name} are not here: not run");
    None
}

/// The body of the first example of OpenID4VCI 1.0 that holds `text`, where the vectors are there.
pub(crate) fn inline_example(text: &str) -> Option<String> {
    let file = vectors("openid4vci")?.join("inline-examples-1_0.json");
    let examples: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut examples = examples.as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap());
    let example = examples.find(|example| example.contains(text)).expect("an example of the specification");
    Some(example.split_once("\n\n").map_or(example, |(_, body)| body).to_owned())
}
