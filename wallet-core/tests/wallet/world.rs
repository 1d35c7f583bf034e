//! A wallet with a card, a relying party that asks, and the register between them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use credential::cbor::value::Value as CborValue;
use credential::claim_path::ClaimPath;
use credential::encoding::base64url;
use credential::issuer::KeyReference;
use credential::jwe::DecryptionKey;
use credential::jws;
use credential::key::{Algorithm, PublicKey, RustCrypto, SigningKey};
use credential::mdoc;
use credential::mdoc::elements::Elements;
use credential::mdoc::security_object::{DigestAlgorithm, ValidityInfo};
use credential::sd_jwt_vc::{Issuance, StatusReference, every_claim};
use credential::time::UnixTime;
use credential::x509::Chain;
use openid4vc::vp::client_id::ClientId;
use openid4vc::vp::dcql::Query;
use openid4vc::vp::link::{AuthorizationLink, Method};
use openid4vc::vp::request::{AnswerTo, ClientMetadata, RequestContent, StapledRegistration, VerifierInfo};
use openid4vc::vp::response::{Answer, Posted};
use openid4vc::vp::verify::{Expected, Presented, Verified};
use openid4vc::web_url::WebUrl;
use rand_core::{Infallible, TryCryptoRng, TryRng};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
};
use registry_proof::entry::Role;
use registry_proof::key::Purpose;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use wallet_core::clock::Clock;
use wallet_core::held::CardFormat;
use wallet_core::keys::{FileKeyStore, KeyStore};
use wallet_core::provider::Provider;
use wallet_core::random::Random;
use wallet_core::store::Store;
use wallet_core::store::cards::{About, Card};
use wallet_core::unlock::Pin;
use wallet_core::view::Texts;
use wallet_core::wallet::{Ports, Setup, Wallet};

use crate::now;
use crate::register::{Register, VCT};

pub(crate) struct Standing;

impl Clock for Standing {
    fn now(&self) -> UnixTime {
        now()
    }
}

/// SHA-256 of a counter.
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

pub(crate) fn random() -> Random {
    random_from(0)
}

/// As [`random`], another sequence for each seed.
pub(crate) fn random_from(seed: u64) -> Random {
    let calls = Mutex::new(seed << 40);
    Random::from_source(move || {
        let mut calls = calls.lock().unwrap();
        *calls += 1 << 20;
        Box::new(FixedRng(*calls))
    })
}

pub(crate) fn key(seed: u64) -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut FixedRng(seed << 32))
}

/// A folder that is gone when the test is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("wallet-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A wallet in a folder that is gone when the test is over.
pub(crate) struct Home {
    pub(crate) wallet: Wallet,
    pub(crate) keys: Arc<FileKeyStore>,
    pub(crate) folder: Folder,
}

impl Home {
    pub(crate) fn new(name: &str, register: &Register) -> Self {
        Self::with_node(name, register, "http://127.0.0.1:1")
    }

    /// A wallet that asks this node of the register.
    pub(crate) fn with_node(name: &str, register: &Register, node: &str) -> Self {
        let folder = Folder::new(name);
        let keys = Arc::new(FileKeyStore::create(&folder.path().join("device.key"), random()).unwrap());
        let nodes = vec![node.parse().unwrap()];
        let setup = Setup { checkpoint: register.checkpoint(), nodes };
        let ports = Ports {
            keys: Arc::clone(&keys) as Arc<dyn KeyStore>,
            clock: Arc::new(Standing),
            random: random(),
        };
        let pin = Pin::new("135790".to_owned()).unwrap();
        let wallet = Wallet::init(folder.path(), &pin, &setup, ports).unwrap();
        Self { wallet, keys, folder }
    }

    /// Puts a card with so many copies into the wallet.
    pub(crate) fn keep_card(&self, copies: u64, issuer: &SigningKey) {
        self.keep("card", VCT, &person(), copies, issuer);
    }

    /// The same wallet, for which somebody vouches.
    pub(crate) fn vouched_for(self, provider: Provider) -> Self {
        Self { wallet: self.wallet.vouched_for(provider), ..self }
    }

    /// Puts a card of type `vct` that says `claims` into the wallet.
    pub(crate) fn keep(&self, id: &str, vct: &str, claims: &Value, copies: u64, issuer: &SigningKey) {
        keep(self.wallet.store(), &*self.keys, (id, vct, claims), copies, issuer);
    }

    /// Puts a mobile document with so many copies into the wallet.
    pub(crate) fn keep_document(&self, id: &str, copies: u64, issuer: &SigningKey) {
        let copy = |number: u64| {
            let handle = self.keys.make_card_key().unwrap();
            let holder = self.keys.card_key(&handle).unwrap().public_key().clone();
            (Licence::of(&holder).sign(issuer, number), handle)
        };
        let copies: Vec<_> = (0..copies).map(copy).collect();
        let card = Card {
            id: id.to_owned(),
            format: CardFormat::Mdoc,
            vct: DOC_TYPE.to_owned(),
            issuer: "interior".to_owned(),
            received_at: now(),
            about: About { title: Texts::one("Driving licence"), ..About::default() },
            source: None,
        };
        self.wallet.store().keep_card(&card, &copies).unwrap();
    }

    /// What a PIN opens, by a wallet that starts anew.
    pub(crate) fn unlock(&self, pin: &str) -> Result<Wallet, wallet_core::wallet::OpenError> {
        let ports = Ports {
            keys: Arc::clone(&self.keys) as Arc<dyn KeyStore>,
            clock: Arc::new(Standing),
            random: random(),
        };
        Wallet::unlock(self.folder.path(), &Pin::new(pin.to_owned()).unwrap(), None, ports)
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        self.wallet.store().digest().unwrap()
    }
}

/// Puts a card with so many copies into a store.
pub(crate) fn keep_card(store: &Store, keys: &dyn KeyStore, copies: u64, issuer: &SigningKey) {
    keep(store, keys, ("card", VCT, &person()), copies, issuer);
}

/// Puts a card of this name and type that says `claims` into a store.
fn keep(
    store: &Store,
    keys: &dyn KeyStore,
    (id, vct, claims): (&str, &str, &Value),
    copies: u64,
    issuer: &SigningKey,
) {
    let copy = |number: u64| {
        let handle = keys.make_card_key().unwrap();
        let holder = keys.card_key(&handle).unwrap().public_key().clone();
        let content = CardContent { vct, claims, ..CardContent::of(&holder) };
        (content.sign(issuer, number), handle)
    };
    let copies: Vec<_> = (0..copies).map(copy).collect();
    let card = Card {
        id: id.to_owned(),
        format: CardFormat::SdJwtVc,
        vct: vct.to_owned(),
        issuer: "interior".to_owned(),
        received_at: now(),
        about: About { title: Texts::one("Personal identity"), ..About::default() },
        source: None,
    };
    store.keep_card(&card, &copies).unwrap();
}

/// What the person's card says.
pub(crate) fn person() -> Value {
    json!({"given_name": "Maria", "family_name": "Okafor", "birthdate": "1987-04-12", "login_identifier": "L"})
}

pub(crate) fn issue(holder: PublicKey, issuer: &SigningKey, salt: u64) -> String {
    CardContent::of(&holder).sign(issuer, salt)
}

/// A card that says it is `iss`'s, signed with a key that is said to be `signer`'s.
pub(crate) fn issue_as(iss: &str, signer: &str, holder: &PublicKey, key: &SigningKey) -> String {
    CardContent { iss, signer, ..CardContent::of(holder) }.sign(key, 1)
}

/// What a card says, and who is said to have signed it.
pub(crate) struct CardContent<'a> {
    pub(crate) iss: &'a str,
    pub(crate) signer: &'a str,
    pub(crate) vct: &'a str,
    pub(crate) claims: &'a Value,
    pub(crate) holder: &'a PublicKey,
    pub(crate) status: Option<StatusReference>,
}

impl<'a> CardContent<'a> {
    pub(crate) fn of(holder: &'a PublicKey) -> Self {
        static PERSON: LazyLock<Value> = LazyLock::new(person);
        Self { iss: "interior", signer: "interior", vct: VCT, claims: &PERSON, holder, status: None }
    }

    pub(crate) fn sign(self, key: &SigningKey, salt: u64) -> String {
        let claims = self.claims.as_object().unwrap().clone();
        let issuance = Issuance {
            issuer: Some(format!("did:symbolon:demo:{}", self.iss)),
            vct: self.vct.to_owned(),
            issued_at: now().minus(Duration::from_secs(3600)),
            expires_at: now().plus(Duration::from_secs(3600)),
            not_before: None,
            holder: self.holder.clone(),
            status: self.status,
            disclosable: every_claim(&claims),
            claims,
            decoys: 0,
        };
        let kid = KeyReference::Kid(format!("did:symbolon:demo:{}#issuer-0", self.signer));
        issuance.issue(&kid, key, &mut FixedRng(1_000_000 + salt)).unwrap()
    }
}

/// The type of the test document, and the namespace of its elements.
pub(crate) const DOC_TYPE: &str = "org.example.licence.1";

/// A driving licence, as a mobile document.
pub(crate) struct Licence<'a> {
    pub(crate) doc_type: &'a str,
    pub(crate) family_name: &'a str,
    pub(crate) holder: &'a PublicKey,
    pub(crate) signed: UnixTime,
    pub(crate) status: Option<StatusReference>,
}

impl<'a> Licence<'a> {
    pub(crate) fn of(holder: &'a PublicKey) -> Self {
        let signed = now().minus(Duration::from_secs(3600));
        Self { doc_type: DOC_TYPE, family_name: "Okafor", holder, signed, status: None }
    }

    /// As it is sent and kept.
    pub(crate) fn sign(self, key: &SigningKey, salt: u64) -> String {
        let mut elements = Elements::default();
        elements.insert(DOC_TYPE, "family_name", self.family_name.into());
        elements.insert(DOC_TYPE, "age_over_18", CborValue::Bool(true));
        elements.insert(DOC_TYPE, "portrait", vec![7; 400].into());
        let issuance = mdoc::issue::Issuance {
            doc_type: self.doc_type.to_owned(),
            elements,
            digest_algorithm: DigestAlgorithm::Sha256,
            validity: ValidityInfo {
                signed: self.signed,
                valid_from: self.signed,
                valid_until: self.signed.plus(Duration::from_secs(7200)),
                expected_update: None,
            },
            device_key: self.holder.clone(),
            status: self.status,
        };
        base64url(issuance.issue(&chain(key), key, &mut FixedRng(2_000_000 + salt * 1000)).unwrap())
    }
}

fn certificate(name: &str, is_ca: IsCa, usage: KeyUsagePurpose) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.distinguished_name.push(DnType::CountryName, "XS");
    (params.is_ca, params.key_usages) = (is_ca, vec![usage]);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2028, 1, 1);
    params
}

fn authority() -> CertificateParams {
    certificate("authority", IsCa::Ca(BasicConstraints::Constrained(0)), KeyUsagePurpose::KeyCertSign)
}

fn key_pair(key: &SigningKey) -> KeyPair {
    KeyPair::from_pem(&key.to_pkcs8_pem().unwrap()).unwrap()
}

/// The authority that the register knows as the issuer's.
pub(crate) fn anchor() -> Vec<u8> {
    authority().self_signed(&key_pair(&key(30))).unwrap().der().to_vec()
}

/// What certificates under that authority call its key.
pub(crate) fn authority_key() -> Vec<u8> {
    authority().key_identifier(&key_pair(&key(30)))
}

/// A certificate of `signer`'s under that authority.
fn chain(signer: &SigningKey) -> Chain {
    let mut leaf = certificate("documents", IsCa::ExplicitNoCa, KeyUsagePurpose::DigitalSignature);
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(vec![1, 0, 18013, 5, 1, 2])];
    leaf.use_authority_key_identifier_extension = true;
    let authority = authority();
    let issuer = rcgen::Issuer::from_params(&authority, key_pair(&key(30)));
    Chain::from_ders(&[leaf.signed_by(&key_pair(signer), &issuer).unwrap().der().to_vec()]).unwrap()
}

/// The bank asks through the login provider.
pub(crate) struct Asking {
    pub(crate) register: Register,
    /// The provider's own origin, where requests are and answers go.
    pub(crate) origin: String,
    pub(crate) request_key: SigningKey,
    pub(crate) receipt_key: SigningKey,
    pub(crate) response_key: DecryptionKey,
    pub(crate) issuer: SigningKey,
    pub(crate) content: RequestContent,
}

impl Asking {
    pub(crate) fn new(origin: &str) -> Self {
        let (request_key, receipt_key, issuer) = (key(1), key(2), key(3));
        let mut register = Register::new(now());
        register.add_member("interior", Role::Issuer, "http://127.0.0.1:2");
        register.add_member("bank", Role::Verifier, "https://bank.example");
        register.add_member("login", Role::Operator, origin);
        register.add_key("interior", Purpose::Issuer, &issuer);
        register.add_key("login", Purpose::Request, &request_key);
        register.add_key("login", Purpose::Receipt, &receipt_key);
        register.add_anchor("interior", Purpose::Issuer, anchor());
        register.add_accreditation("interior");
        register.add_registration("bank", "login", &["given_name", "login_identifier"]);
        let response_key = DecryptionKey::generate(&mut FixedRng(77 << 32));
        let content = RequestContent {
            client_id: client("login"),
            answer_to: AnswerTo::Address(WebUrl::parse(&format!("{origin}/response")).unwrap()),
            nonce: "n".repeat(43),
            state: Some("s".repeat(43)),
            query: query(&["given_name"]),
            transaction_data: Vec::new(),
            client_metadata: ClientMetadata::for_key(&response_key, "k"),
            verifier_info: VerifierInfo::default(),
            wallet_nonce: None,
            issued_at: Some(now()),
            expires_at: Some(now().plus(Duration::from_secs(300))),
        };
        let mut asking = Self {
            register,
            origin: origin.to_owned(),
            request_key,
            receipt_key,
            response_key,
            issuer,
            content,
        };
        asking.staple();
        asking
    }

    /// Staples what the register says now.
    pub(crate) fn staple(&mut self) {
        self.staple_bytes(self.register.bundle(now()));
    }

    pub(crate) fn staple_bytes(&mut self, proof: Vec<u8>) {
        let registration =
            StapledRegistration { member: "bank".to_owned(), use_name: "login".to_owned(), proof };
        self.content.verifier_info = VerifierInfo { registration: Some(registration) };
    }

    pub(crate) fn link(&self) -> String {
        let request_uri = WebUrl::parse(&format!("{}/request", self.origin)).unwrap();
        AuthorizationLink { client_id: client("login"), request_uri, method: Method::Get }.to_string()
    }

    pub(crate) fn signed(&self) -> String {
        let kid = KeyReference::Kid("did:symbolon:demo:login#request-0".to_owned());
        self.content.sign(&kid, &self.request_key).unwrap()
    }

    /// Opens an answer and verifies all of it: the claims of the one card that was shown, or the refusal's
    /// code.
    pub(crate) fn open(&self, body: &str) -> Result<Map<String, Value>, String> {
        let mut shown = self.open_all(body)?;
        assert_eq!(shown.len(), 1);
        Ok(shown.remove("card").unwrap().remove(0))
    }

    /// As [`Asking::open`], for each part of the query the claims of its cards.
    pub(crate) fn open_all(&self, body: &str) -> Result<BTreeMap<String, Vec<Map<String, Value>>>, String> {
        let presented = self.verify(body, &self.content)?;
        let claims = |one: &Presented| one.claims().clone();
        Ok(presented.iter().map(|(id, all)| (id.clone(), all.iter().map(claims).collect())).collect())
    }

    /// The key that answered for a document.
    pub(crate) fn device_key(&self, body: &str) -> PublicKey {
        let presented = self.verify(body, &self.content).unwrap();
        let Verified::Mdoc(document) = presented["licence"][0].credential() else { panic!("no document") };
        document.device_key().clone()
    }

    /// Opens an answer and holds it against what was asked, or is said to have been: the refusal's code.
    pub(crate) fn verify(
        &self,
        body: &str,
        content: &RequestContent,
    ) -> Result<BTreeMap<String, Vec<Presented>>, String> {
        let answer = Posted::parse(body).unwrap().open(content, &self.response_key).unwrap();
        let response = match answer {
            Answer::Shown(response) => response,
            Answer::Refused(refusal) => return Err(refusal.name().to_owned()),
        };
        let client_id = content.client_id.to_string();
        let issuer = credential::key::Signer::public_key(&self.issuer).clone();
        let trust = |_: &openid4vc::vp::verify::ClaimedIssuer<'_>| Ok::<_, String>(issuer.clone());
        let expected = Expected::of(content, &client_id, now());
        expected.verify(&response, trust, &RustCrypto).map_err(|error| error.code().to_owned())
    }

    pub(crate) fn receipt(&self, shared: &Value, signer: &SigningKey) -> String {
        self.receipt_saying(json!({ "shared": shared }), signer)
    }

    /// A receipt that says this besides what every receipt says, or instead of it.
    pub(crate) fn receipt_saying(&self, more: Value, signer: &SigningKey) -> String {
        let object = |value: Value| value.as_object().unwrap().clone();
        let header =
            object(json!({"typ": "symbolon-receipt+jwt", "kid": "did:symbolon:demo:login#receipt-0"}));
        let mut claims = object(json!({
            "iss": "did:symbolon:demo:login", "aud": "did:symbolon:demo:bank", "iat": now().secs(), "jti": "1",
            "use": "login", "vct": VCT, "shared": [["given_name"]],
        }));
        claims.extend(object(more));
        jws::sign(header, &claims, signer).unwrap()
    }
}

pub(crate) fn client(member: &str) -> ClientId {
    format!("decentralized_identifier:did:symbolon:demo:{member}").parse().unwrap()
}

pub(crate) fn query(claims: &[&str]) -> Query {
    let paths: Vec<ClaimPath> = claims.iter().map(|name| ClaimPath::name(name)).collect();
    Query::for_card("card", VCT, &paths).unwrap()
}
