//! A counter of the bank's, a person with a card, and the register and the lists that both know.

use std::collections::BTreeMap;
use std::time::Duration;

use credential::claim_path::ClaimPath;
use credential::issuer::KeyReference;
use credential::jwe::DecryptionKey;
use credential::key::{PublicKey, SigningKey};
use credential::sd_jwt_vc::{Issuance, StatusReference, every_claim};
use credential::status_list::{MEDIA_TYPE, Status, StatusList, TokenClaims, UnverifiedToken};
use credential::time::UnixTime;
use openid4vc::vp::dcql::Query;
use openid4vc::vp::request::{
    AnswerTo, ClientMetadata, RequestContent, StapledRegistration, UnverifiedRequest, VerifierInfo,
};
use registry_proof::bundle::{MAX_STAPLED, ProofBundle};
use registry_proof::entry::{Entry, Registration, Role, StatusAnchor};
use registry_proof::key::{Key, Purpose};
use registry_proof::time::Millis;
use serde_json::json;
use wallet_core::counter::CounterError;
use wallet_core::counter::ask::{Desk, Question};
use wallet_core::counter::bundle::{Bundle, Offline};
use wallet_core::counter::envelope::{self, Kind};
use wallet_core::frames::{Collector, Progress};
use wallet_core::held::CardFormat;
use wallet_core::keys::KeyStore as _;
use wallet_core::store::cards::{About, Card};
use wallet_core::view::Texts;

use crate::now;
use crate::register::{Register, VCT};
use crate::world::{DOC_TYPE, FixedRng, Home, anchor, client, key, query};

const LIST: &str = "http://127.0.0.1:2/status/1";
const PLACE: u64 = 7;

/// Everything at one counter.
pub(crate) struct Place {
    pub(crate) home: Home,
    pub(crate) register: Register,
    pub(crate) desk_key: SigningKey,
    pub(crate) lists: BTreeMap<String, String>,
    /// When the counter fetched what it knows, and when it asks.
    pub(crate) fetched_at: UnixTime,
    pub(crate) asked_at: UnixTime,
    issuer: SigningKey,
}

/// The message of frames.
pub(crate) fn collect(frames: &[String]) -> Vec<u8> {
    let mut collector = Collector::new();
    let whole = frames.iter().find_map(|frame| match collector.take(frame).unwrap() {
        Progress::Whole(message) => Some(message),
        Progress::Part { .. } => None,
    });
    whole.expect("all frames")
}

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        let (desk_key, issuer) = (key(1), key(3));
        let mut register = Register::new(now());
        register.add_member("interior", Role::Issuer, "http://127.0.0.1:2");
        register.add_member("bank", Role::Verifier, "https://bank.example");
        register.add_key("interior", Purpose::Issuer, &issuer);
        register.add_key("bank", Purpose::Request, &desk_key);
        register.add_accreditation("interior");
        register.add_registration("bank", "login", &["given_name", "login_identifier"]);
        move_use(&mut register, "login", "counter");
        let home =
            Home::new(&format!("counter-{name}"), &Register::new(now().minus(Duration::from_secs(200_000))));
        let mut place = Self {
            home,
            register,
            desk_key,
            lists: BTreeMap::new(),
            fetched_at: now(),
            asked_at: now(),
            issuer,
        };
        place.publish(Status::Valid, 1);
        place.keep_card(2, &[]);
        place
    }

    /// A card whose code shows `code`.
    pub(crate) fn keep_card(&self, copies: u64, code: &[&str]) {
        let copy = |salt| {
            let handle = self.home.keys.make_card_key().unwrap();
            let holder = self.home.keys.card_key(&handle).unwrap().public_key().clone();
            (self.issue(holder, salt), handle)
        };
        let copies: Vec<_> = (0..copies).map(|number| copy(number + 100 * code.len() as u64)).collect();
        let code: Vec<ClaimPath> = code.iter().map(|name| ClaimPath::name(name)).collect();
        let card = Card {
            id: if code.is_empty() { "card" } else { "with-code" }.to_owned(),
            format: CardFormat::SdJwtVc,
            vct: VCT.to_owned(),
            issuer: "interior".to_owned(),
            received_at: now(),
            about: About { title: Texts::one("Personal identity"), code, ..About::default() },
            source: None,
        };
        self.home.wallet.store().keep_card(&card, &copies).unwrap();
    }

    pub(crate) fn issue(&self, holder: PublicKey, salt: u64) -> String {
        let claims = json!({"given_name": "Maria", "family_name": "Okafor", "birthdate": "1987-04-12",
                            "age_over_18": true});
        let claims = claims.as_object().unwrap().clone();
        let issuance = Issuance {
            issuer: Some("did:symbolon:demo:interior".to_owned()),
            vct: VCT.to_owned(),
            issued_at: now().minus(Duration::from_secs(3600)),
            expires_at: now().plus(Duration::from_secs(86_400)),
            not_before: None,
            holder,
            status: Some(StatusReference { uri: LIST.to_owned(), index: PLACE }),
            disclosable: every_claim(&claims),
            claims,
            decoys: 0,
        };
        let kid = KeyReference::Kid("did:symbolon:demo:interior#issuer-0".to_owned());
        issuance.issue(&kid, &self.issuer, &mut FixedRng(5_000_000 + salt)).unwrap()
    }

    /// The issuer publishes a new version of its list, in which the card is revoked.
    pub(crate) fn revoke(&mut self) {
        self.publish(Status::Invalid, 2);
    }

    fn publish(&mut self, status: Status, sequence: u64) {
        let mut list = StatusList::new(2, 64).unwrap();
        list.set(PLACE, status).unwrap();
        let claims = TokenClaims {
            uri: LIST,
            issued_at: now().minus(Duration::from_secs(86_400 - sequence)),
            expires_at: Some(now().plus(Duration::from_secs(86_400))),
            ttl: None,
        };
        let kid = KeyReference::Kid("did:symbolon:demo:interior#issuer-0".to_owned());
        let token = list.to_token(&claims, &kid, &self.issuer).unwrap();
        let anchor = StatusAnchor {
            issuer: "interior".parse().unwrap(),
            sequence,
            token_sha256: UnverifiedToken::parse(&token).unwrap().sha256(),
            at: Millis::default(),
        };
        self.register.entries.insert(Key::status(LIST, MEDIA_TYPE), Entry::Status(anchor));
        self.lists.insert(LIST.to_owned(), token);
    }

    /// What the counter knows, fetched now.
    pub(crate) fn offline(&self) -> Offline {
        self.offline_at(now())
    }

    /// What the counter knows, fetched at another time.
    pub(crate) fn offline_at(&self, at: UnixTime) -> Offline {
        self.bundle_of(&self.register, at).open(&self.early_checkpoint(), now()).unwrap()
    }

    pub(crate) fn bundle_of(&self, register: &Register, at: UnixTime) -> Bundle {
        let snapshot = ProofBundle::from_cbor(&register.bundle(at), MAX_STAPLED).unwrap();
        let bundle = Bundle::of(&snapshot, self.lists.clone());
        Bundle::from_bytes(&bundle.to_bytes()).unwrap()
    }

    /// The checkpoint of a register that is older than everything in these tests.
    fn early_checkpoint(&self) -> registry_proof::light::Checkpoint {
        let time = Millis::from_secs(now().secs() - 200_000);
        registry_proof::light::Checkpoint { time, ..self.register.checkpoint() }
    }

    pub(crate) fn ask(&self, claims: &[&str]) -> Result<Question, CounterError> {
        self.ask_with(claims, 1)
    }

    /// Another request of the same counter.
    pub(crate) fn ask_again(&self, claims: &[&str]) -> Question {
        self.ask_with(claims, 2).unwrap()
    }

    fn ask_with(&self, claims: &[&str], seed: u64) -> Result<Question, CounterError> {
        let kid = KeyReference::Kid("did:symbolon:demo:bank#request-0".to_owned());
        let (member, use_name) = ("bank".parse().unwrap(), "counter".parse().unwrap());
        let desk = Desk { member: &member, use_name: &use_name, key: &kid, signer: &self.desk_key };
        let claims: Vec<ClaimPath> = claims.iter().map(|name| ClaimPath::name(name)).collect();
        desk.ask(&self.offline(), None, &claims, &mut FixedRng(seed << 40), now())
    }

    /// The message of a desk that does not ask the register first, after `change`.
    pub(crate) fn ask_anything(&self, claims: &[&str], change: impl FnOnce(&mut Asking)) -> Vec<u8> {
        let mut asking =
            Asking { register: self.register.same(), fetched_at: self.fetched_at, asked_at: self.asked_at };
        change(&mut asking);
        let content = RequestContent {
            client_id: client("bank"),
            answer_to: AnswerTo::Screen,
            nonce: "n".repeat(43),
            state: None,
            query: query(claims),
            transaction_data: Vec::new(),
            client_metadata: ClientMetadata::for_key(&DecryptionKey::generate(&mut FixedRng(7)), "k"),
            verifier_info: VerifierInfo {
                registration: Some(StapledRegistration {
                    member: "bank".to_owned(),
                    use_name: "counter".to_owned(),
                    proof: asking.register.bundle(asking.fetched_at),
                }),
            },
            wallet_nonce: None,
            issued_at: Some(asking.asked_at),
            expires_at: Some(asking.asked_at.plus(Duration::from_secs(300))),
        };
        let kid = KeyReference::Kid("did:symbolon:demo:bank#request-0".to_owned());
        envelope::pack(Kind::Request, &content.sign(&kid, &self.desk_key).unwrap()).unwrap()
    }

    /// The same question with the same key, but another nonce.
    pub(crate) fn with_another_nonce(&self, question: &Question) -> Question {
        self.ask_otherwise(question, |content| content.nonce = "m".repeat(43))
    }

    /// A question for a mobile document, which no desk of ours asks, of a person who has one.
    pub(crate) fn ask_for_document(&mut self) -> Question {
        self.register.add_accreditation_for("interior", DOC_TYPE);
        self.register.add_anchor("interior", Purpose::Issuer, anchor());
        self.register.add_registration_of("bank", "login", &[(DOC_TYPE, &[DOC_TYPE])]);
        move_use(&mut self.register, "login", "counter");
        self.home.keep_document("licence", 1, &self.issuer);
        let question = self.ask(&[DOC_TYPE]).unwrap();
        let query = json!({"credentials": [{"id": "card", "format": "mso_mdoc",
            "meta": {"doctype_value": DOC_TYPE}, "claims": [{"path": [DOC_TYPE, "age_over_18"]}]}]});
        self.ask_otherwise(&question, |content| content.query = Query::parse(&query).unwrap())
    }

    /// The same question with the same key, after a change of what is asked.
    fn ask_otherwise(&self, question: &Question, change: impl FnOnce(&mut RequestContent)) -> Question {
        let mut kept: serde_json::Value = serde_json::from_slice(&question.dangerous_to_bytes()).unwrap();
        let request = kept["request"].as_str().unwrap();
        let mut content = UnverifiedRequest::parse_shown(request).unwrap().dangerous_content().clone();
        change(&mut content);
        let kid = KeyReference::Kid("did:symbolon:demo:bank#request-0".to_owned());
        kept["request"] = content.sign(&kid, &self.desk_key).unwrap().into();
        Question::from_bytes(kept.to_string().as_bytes()).unwrap()
    }

    /// What the person's phone answers.
    pub(crate) fn answer(&self, question: &Question) -> Vec<u8> {
        collect(&self.answer_frames(question))
    }

    pub(crate) fn answer_frames(&self, question: &Question) -> Vec<String> {
        let message = collect(&question.frames().unwrap());
        let asked = self.home.wallet.look_at_counter(&message).unwrap();
        self.home.wallet.show_at_counter(asked).unwrap().frames
    }

    /// Puts a proof of the issuer into the phone.
    pub(crate) fn keep_proof(&self, proof: Vec<u8>, at: UnixTime) {
        self.home.wallet.store().keep_issuer_proof("interior", VCT, at.secs(), &proof).unwrap();
    }
}

/// What a desk that cheats can change.
pub(crate) struct Asking {
    pub(crate) register: Register,
    pub(crate) fetched_at: UnixTime,
    pub(crate) asked_at: UnixTime,
}

/// The bank's registration under another name, without operators.
fn move_use(register: &mut Register, from: &str, to: &str) {
    let key = |name: &str| Key::Registration("bank".parse().unwrap(), name.parse().unwrap());
    let Some(Entry::Registration(found)) = register.entries.remove(&key(from)) else { panic!("no such use") };
    let moved = Registration { operators: Default::default(), ..found };
    register.entries.insert(key(to), Entry::Registration(moved));
}
