//! Who is believed: one test for each reason to believe somebody not.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

use std::collections::BTreeMap;

use core::time::Duration;

use credential::claim_path::{ClaimPath, PathElement};
use credential::issuer::{IssuerReference, KeyReference};
use credential::key::{Algorithm, RustCrypto, Signer as _, SigningKey};
use credential::time::UnixTime;
use credential::x509::Chain;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use registry_client::facts::Facts;
use registry_client::trust::{Ask, TrustError};
use registry_proof::entry::{
    Accreditation, CredentialType, Der, Entry, KeyMaterial, KeyState, Member, MemberKey, Network, Parameters,
    RegisteredClaims, Registration, Role, Standing,
};
use registry_proof::freshness::{Age, Freshness, Use};
use registry_proof::header::Header;
use registry_proof::key::{Key, Purpose};
use registry_proof::light::Proven;
use registry_proof::public_key::PublicKey;
use registry_proof::time::Millis;

const VCT: &str = "urn:eudi:pid:xs:1";
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
const ISSUER_KID: &str = "did:symbolon:test:interior#issuer-0";
const PROVIDER_KID: &str = "did:symbolon:test:login#request-0";
const BANK_KID: &str = "did:symbolon:test:bank#request-0";

/// A register in which everything is right; each test spoils one thing.
struct Register(BTreeMap<Key, Option<Entry>>);

fn at(seconds: i64) -> Millis {
    Millis::from_secs(NOW.secs().checked_add_signed(seconds).unwrap())
}

fn time(seconds: i64) -> UnixTime {
    UnixTime::from_secs(NOW.secs().checked_add_signed(seconds).unwrap())
}

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

fn public(seed: u8) -> PublicKey {
    let key = SigningKey::from_secret_bytes(Algorithm::Es256, &[seed; 32]).unwrap();
    PublicKey::p256(&key.public_key().to_compressed_bytes()).unwrap()
}

fn text(english: &str) -> BTreeMap<String, String> {
    [("en".to_owned(), english.to_owned())].into()
}

impl Register {
    fn new() -> Self {
        let limits = Freshness { max_age_ms: 10_000, grace_ms: 100_000 };
        let network = Network {
            id: "test".parse().unwrap(),
            parameters: Parameters {
                heartbeat_ms: 1_000,
                proposal_delay_ms: 0,
                proposal_life_ms: 1,
                transaction_life_ms: 1_000,
                freshness: [(Use::Login, limits)].into(),
            },
            epoch: 0,
            validators: Vec::new(),
            next_validators: None,
            governors: Default::default(),
            next_proposal: 0,
        };
        let mut register = Self(BTreeMap::new());
        register.put("network", Entry::Network(network));
        register.member("interior", Role::Issuer);
        register.member("rival", Role::Issuer);
        register.member("bank", Role::Verifier);
        register.member("login", Role::Operator);
        register.key("key/interior/issuer/0", KeyMaterial::Key(public(1)), KeyState::Active);
        register.key("key/rival/issuer/0", KeyMaterial::Key(public(2)), KeyState::Active);
        register.key("key/login/request/0", KeyMaterial::Key(public(3)), KeyState::Active);
        register.key("key/bank/request/0", KeyMaterial::Key(public(4)), KeyState::Active);
        let steward = "interior".parse().unwrap();
        register.put(
            &format!("type/{VCT}"),
            Entry::Type(CredentialType { metadata_sha256: [1; 32], steward, version: 1 }),
        );
        register.accredit(-1_000, 1_000, 2_000);
        register.registration(Standing::Active, &["login"]);
        register
    }

    fn put(&mut self, at: &str, entry: Entry) {
        self.0.insert(key(at), Some(entry));
    }

    fn member(&mut self, id: &str, role: Role) {
        self.put(
            &format!("member/{id}"),
            Entry::Member(Member {
                legal_name: text(id),
                origins: vec![format!("https://{id}.example")],
                roles: [role].into(),
                standing: Standing::Active,
                since: at(-9_000),
            }),
        );
    }

    fn key(&mut self, at_key: &str, material: KeyMaterial, state: KeyState) {
        self.put(at_key, Entry::MemberKey(MemberKey { material, state, since: at(-9_000) }));
    }

    fn accredit(&mut self, from: i64, until: i64, honoured_until: i64) {
        let (from, until, honoured_until) = (at(from), at(until), at(honoured_until));
        self.put(
            &format!("accreditation/interior/{VCT}"),
            Entry::Accreditation(Accreditation { from, until, honoured_until }),
        );
    }

    fn registration(&mut self, standing: Standing, operators: &[&str]) {
        let name = |name: &str| vec![Some(name.to_owned())];
        self.put(
            "registration/bank/login",
            Entry::Registration(Registration {
                purpose: text("Log you in"),
                claims: vec![RegisteredClaims {
                    vct: VCT.parse().unwrap(),
                    paths: vec![name("given_name"), vec![Some("nationalities".to_owned()), None]],
                }],
                retention_days: 30,
                operators: operators.iter().map(|id| id.parse().unwrap()).collect(),
                standing,
                since: at(-9_000),
                version: 1,
            }),
        );
    }

    fn set_key(&mut self, at: &str, state: KeyState) {
        let Some(Some(Entry::MemberKey(found))) = self.0.get_mut(&key(at)) else { panic!("no key") };
        found.state = state;
    }

    fn with_member(&mut self, id: &str, change: impl FnOnce(&mut Member)) {
        let Some(Some(Entry::Member(member))) = self.0.get_mut(&key(&format!("member/{id}"))) else {
            panic!("no member")
        };
        change(member);
    }

    fn facts(&self) -> Facts {
        let header = Header {
            network: [0; 32],
            epoch: 0,
            height: 9,
            time: at(0),
            parent: [0; 32],
            state_height: 8,
            state_root: [0; 32],
            transactions_root: [0; 32],
            validators: [0; 32],
            next_validators: [0; 32],
        };
        Facts::new("test".parse().unwrap(), Proven { header, entries: self.0.clone() }, at(0))
    }

    /// Who issued a credential, by a key's name.
    fn issuer(&self, kid: &str, iss: Option<&str>, issued: i64, now: i64) -> Result<String, TrustError> {
        let reference =
            IssuerReference { iss: iss.map(str::to_owned), key: KeyReference::Kid(kid.to_owned()) };
        let signer = self.facts().issuer(&reference, VCT, Some(time(issued)), time(now), &RustCrypto)?;
        Ok(signer.member.to_string())
    }

    /// Who asks; `to` is empty where the answer is shown on the screen.
    fn asks(&self, kid: &str, to: &str, claims: &[(&str, ClaimPath)]) -> Result<String, TrustError> {
        let claims: Vec<_> = claims.iter().map(|(vct, path)| ((*vct).to_owned(), path.clone())).collect();
        let address = (!to.is_empty()).then(|| to.parse().unwrap());
        let ask = Ask {
            member: &"bank".parse().unwrap(),
            use_name: &"login".parse().unwrap(),
            response_uri: address.as_ref(),
            claims: &claims,
        };
        let requester = self.facts().requester(&KeyReference::Kid(kid.to_owned()), &ask, NOW, &RustCrypto)?;
        Ok(requester.operator.map_or_else(|| "itself".to_owned(), |operator| operator.member.to_string()))
    }

    /// What the provider asks in the bank's name.
    fn asks_as_usual(&self) -> Result<String, TrustError> {
        self.asks(PROVIDER_KID, "https://login.example/answer", &[(VCT, ClaimPath::name("given_name"))])
    }
}

#[test]
fn an_answer_on_the_screen_needs_no_address_and_all_else() {
    let register = Register::new();
    let given_name = [(VCT, ClaimPath::name("given_name"))];
    assert_eq!(register.asks(PROVIDER_KID, "", &given_name), register.asks_as_usual());
    let beyond = register.asks(PROVIDER_KID, "", &[(VCT, ClaimPath::name("email"))]);
    assert_eq!(beyond, Err(TrustError::TooMuch(vec!["email".to_owned()])));
    let stranger = register.asks("did:symbolon:test:nobody#request-0", "", &given_name);
    assert_eq!(stranger, Err(TrustError::UnknownSigner));
}

fn issued_now(register: &Register) -> Result<String, TrustError> {
    register.issuer(ISSUER_KID, None, 0, 0)
}

#[test]
fn where_everything_is_right_the_issuer_is_believed() {
    let register = Register::new();
    for iss in [None, Some("did:symbolon:test:interior"), Some("https://interior.example/pid")] {
        assert_eq!(register.issuer(ISSUER_KID, iss, 0, 0), Ok("interior".to_owned()), "{iss:?}");
    }
}

#[test]
fn a_signer_that_is_not_in_the_register_is_unknown() {
    let register = Register::new();
    let kids = [
        "did:symbolon:test:nobody#issuer-0",
        "did:symbolon:test:interior#issuer-1",
        "did:symbolon:other:interior#issuer-0",
        "did:symbolon:test:login#request-0",
        "did:symbolon:test:interior#issuer-00",
        "did:key:z6Mk",
        "",
    ];
    for kid in kids {
        assert_eq!(register.issuer(kid, None, 0, 0), Err(TrustError::UnknownSigner), "{kid}");
    }
}

#[test]
fn a_key_whose_member_is_not_proven_is_unknown() {
    let mut register = Register::new();
    register.0.remove(&key("member/interior"));
    assert_eq!(issued_now(&register), Err(TrustError::UnknownSigner));
}

#[test]
fn a_key_of_another_purpose_signs_no_credential() {
    let mut register = Register::new();
    register.key("key/interior/request/0", KeyMaterial::Key(public(9)), KeyState::Active);
    let refused = register.issuer("did:symbolon:test:interior#request-0", None, 0, 0);
    assert_eq!(refused, Err(TrustError::UnknownSigner));
}

#[test]
fn an_anchor_is_no_key_that_a_name_leads_to() {
    let mut register = Register::new();
    let anchor = KeyMaterial::Anchor(Der(authority("root", &pair(1))));
    register.key("key/interior/issuer/0", anchor, KeyState::Active);
    assert_eq!(issued_now(&register), Err(TrustError::UnknownSigner));
}

#[test]
fn a_suspended_issuer_is_not_believed() {
    let mut register = Register::new();
    register.with_member("interior", |member| member.standing = Standing::Suspended);
    assert_eq!(issued_now(&register), Err(TrustError::Suspended));
}

#[test]
fn a_compromised_key_is_never_believed_whatever_date_it_signed_under() {
    let mut register = Register::new();
    register.set_key("key/interior/issuer/0", KeyState::Compromised);
    for issued in [-900, 0] {
        assert_eq!(register.issuer(ISSUER_KID, None, issued, 0), Err(TrustError::KeyCompromised));
    }
}

#[test]
fn a_retired_key_is_honoured_until_its_day_and_not_after() {
    let mut register = Register::new();
    register.set_key("key/interior/issuer/0", KeyState::Retired { honoured_until: at(100) });
    assert_eq!(register.issuer(ISSUER_KID, None, -900, 100), Ok("interior".to_owned()));
    assert_eq!(register.issuer(ISSUER_KID, None, -900, 101), Err(TrustError::KeyRetired));
}

#[test]
fn an_issuer_that_the_credential_does_not_name_is_refused() {
    let register = Register::new();
    let names = [
        "did:symbolon:test:rival",
        "did:symbolon:other:interior",
        "https://rival.example",
        "https://interior.example.evil",
        "http://interior.example",
        "interior",
        "",
    ];
    for iss in names {
        let refused = register.issuer(ISSUER_KID, Some(iss), 0, 0);
        assert_eq!(refused, Err(TrustError::WrongIssuer), "{iss}");
    }
}

#[test]
fn a_type_that_is_not_in_the_register_is_refused() {
    let mut register = Register::new();
    register.0.remove(&key(&format!("type/{VCT}")));
    assert_eq!(issued_now(&register), Err(TrustError::UnknownType));
    let facts = Register::new().facts();
    let refused = facts.may_issue(&"interior".parse().unwrap(), "no type", None, NOW);
    assert_eq!(refused, Err(TrustError::UnknownType));
}

#[test]
fn who_is_not_accredited_issues_nothing() {
    let register = Register::new();
    let refused = register.issuer("did:symbolon:test:rival#issuer-0", None, 0, 0);
    assert_eq!(refused, Err(TrustError::NotAccredited));
}

#[test]
fn who_is_an_issuer_no_longer_issues_nothing() {
    let mut register = Register::new();
    register.with_member("interior", |member| member.roles.clear());
    assert_eq!(issued_now(&register), Err(TrustError::NotAccredited));
}

#[test]
fn an_accreditation_counts_from_its_first_day_to_its_last_and_what_was_issued_is_honoured_longer() {
    let mut register = Register::new();
    register.accredit(100, 200, 300);
    let issued = |issued, now| register.issuer(ISSUER_KID, None, issued, now);
    let (good, refused) = (Ok("interior".to_owned()), Err(TrustError::NotAccredited));
    assert_eq!(issued(99, 99), refused, "before");
    assert_eq!(issued(99, 150), refused, "issued before");
    assert_eq!(issued(100, 99), refused, "dated ahead");
    assert_eq!(issued(100, 100), good);
    assert_eq!(issued(200, 200), good);
    assert_eq!(issued(201, 201), refused, "issued after");
    assert_eq!(issued(150, 300), good, "honoured");
    assert_eq!(issued(150, 301), refused, "no longer honoured");
}

#[test]
fn a_status_list_is_signed_by_the_issuer_of_its_credentials() {
    let facts = Register::new().facts();
    let signed = |kid: &str| {
        let key = KeyReference::Kid(kid.to_owned());
        facts.same_issuer(&key, &"interior".parse().unwrap(), NOW, &RustCrypto).map(|_| ())
    };
    assert_eq!(signed(ISSUER_KID), Ok(()));
    assert_eq!(signed("did:symbolon:test:rival#issuer-0"), Err(TrustError::WrongIssuer));
}

#[test]
fn where_everything_is_right_an_operator_and_the_party_itself_may_ask() {
    let register = Register::new();
    assert_eq!(register.asks_as_usual(), Ok("login".to_owned()));
    let itself = register.asks(BANK_KID, "https://bank.example/answer", &[]);
    assert_eq!(itself, Ok("itself".to_owned()));
}

#[test]
fn a_party_that_is_not_in_the_register_asks_nothing() {
    let mut register = Register::new();
    register.0.remove(&key("member/bank"));
    assert_eq!(register.asks_as_usual(), Err(TrustError::UnknownRequester));
}

#[test]
fn neither_a_suspended_party_nor_a_suspended_operator_asks() {
    for id in ["bank", "login"] {
        let mut register = Register::new();
        register.with_member(id, |member| member.standing = Standing::Suspended);
        assert_eq!(register.asks_as_usual(), Err(TrustError::Suspended), "{id}");
    }
}

#[test]
fn without_a_registration_that_counts_nothing_is_asked() {
    let mut missing = Register::new();
    missing.0.insert(key("registration/bank/login"), None);
    assert_eq!(missing.asks_as_usual(), Err(TrustError::NotRegistered));
    let mut stopped = Register::new();
    stopped.registration(Standing::Suspended, &["login"]);
    assert_eq!(stopped.asks_as_usual(), Err(TrustError::NotRegistered));
    let mut no_verifier = Register::new();
    no_verifier.with_member("bank", |member| member.roles.clear());
    assert_eq!(no_verifier.asks_as_usual(), Err(TrustError::NotRegistered));
}

#[test]
fn only_an_operator_that_the_party_named_asks_in_its_name() {
    let mut unnamed = Register::new();
    unnamed.registration(Standing::Active, &[]);
    assert_eq!(unnamed.asks_as_usual(), Err(TrustError::NotOperator));
    let mut no_operator = Register::new();
    no_operator.with_member("login", |member| member.roles = [Role::Verifier].into());
    assert_eq!(no_operator.asks_as_usual(), Err(TrustError::NotOperator));
}

#[test]
fn an_answer_goes_only_to_an_address_of_who_signed() {
    let register = Register::new();
    let addresses = [
        "https://bank.example/answer",
        "https://login.example.evil/answer",
        "https://evil.example/?https://login.example",
        "http://login.example/answer",
        "https://login.example:8443/answer",
        "https://login.example@evil.example/answer",
    ];
    for to in addresses {
        assert_eq!(register.asks(PROVIDER_KID, to, &[]), Err(TrustError::ForeignAddress), "{to}");
    }
}

#[test]
fn more_than_is_registered_is_named_and_refused() {
    let register = Register::new();
    let nationality =
        |last| ClaimPath::new(vec![PathElement::Name("nationalities".to_owned()), last]).unwrap();
    let asks =
        |claims: &[(&str, ClaimPath)]| register.asks(PROVIDER_KID, "https://login.example/answer", claims);
    assert!(asks(&[(VCT, nationality(PathElement::All)), (VCT, nationality(PathElement::Index(0)))]).is_ok());
    let too_much = |path: &str| Err(TrustError::TooMuch(vec![path.to_owned()]));
    let given = || (VCT, ClaimPath::name("given_name"));
    assert_eq!(asks(&[given(), (VCT, ClaimPath::name("birthdate"))]), too_much("birthdate"));
    assert_eq!(asks(&[(VCT, ClaimPath::name("nationalities"))]), too_much("nationalities"));
    assert_eq!(asks(&[("urn:other", ClaimPath::name("given_name"))]), too_much("given_name"));
}

#[test]
fn a_proof_is_too_old_or_from_the_future_or_lacks_what_is_needed() {
    let register = Register::new();
    let facts = register.facts();
    assert_eq!(facts.judge(Use::Login, time(10)), Ok(Age::Fresh(Duration::from_secs(10))));
    assert_eq!(facts.judge(Use::Login, time(60)), Ok(Age::InGrace(Duration::from_secs(60))));
    assert_eq!(facts.judge(Use::Login, time(101)), Err(TrustError::Stale(Duration::from_secs(101))));
    assert_eq!(facts.judge(Use::Login, time(-31)), Err(TrustError::Ahead));
    assert_eq!(facts.judge(Use::Receive, time(0)), Err(TrustError::Incomplete));
    let mut bare = Register::new();
    bare.0.remove(&Key::Network);
    assert_eq!(bare.facts().judge(Use::Login, time(0)), Err(TrustError::Incomplete));
}

fn pair(seed: u8) -> KeyPair {
    let key = SigningKey::from_secret_bytes(Algorithm::Es256, &[seed; 32]).unwrap();
    KeyPair::from_pem(&key.to_pkcs8_pem().unwrap()).unwrap()
}

fn params(name: &str, is_ca: IsCa, usage: KeyUsagePurpose) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    (params.is_ca, params.key_usages) = (is_ca, vec![usage]);
    (params.not_before, params.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2028, 1, 1));
    params
}

fn authority_params(name: &str) -> CertificateParams {
    params(name, IsCa::Ca(BasicConstraints::Unconstrained), KeyUsagePurpose::KeyCertSign)
}

fn authority(name: &str, key: &KeyPair) -> Vec<u8> {
    authority_params(name).self_signed(key).unwrap().der().to_vec()
}

/// A leaf signed by the authority `root` with key 1.
fn leaf() -> Vec<u8> {
    let root = authority_params("root");
    let issuer = Issuer::from_params(&root, pair(1));
    let leaf = params("leaf", IsCa::ExplicitNoCa, KeyUsagePurpose::DigitalSignature);
    leaf.signed_by(&pair(2), &issuer).unwrap().der().to_vec()
}

/// Who a certificate chain leads to, when these anchors stand in the register.
fn leads_to(anchors: &[(&str, Vec<u8>, KeyState)]) -> Result<String, TrustError> {
    let mut register = Register::new();
    for (at, der, state) in anchors {
        register.key(at, KeyMaterial::Anchor(Der(der.clone())), *state);
    }
    let chain = KeyReference::X5c(Chain::from_ders(&[leaf()]).unwrap());
    let signer = register.facts().signer(&chain, Purpose::Issuer, NOW, &RustCrypto)?;
    Ok(signer.member.to_string())
}

#[test]
fn a_chain_leads_to_the_member_of_its_anchor() {
    let (root, other) = (authority("root", &pair(1)), authority("other", &pair(7)));
    let active = KeyState::Active;
    let anchors =
        [("key/interior/issuer/1", root.clone(), active), ("key/rival/issuer/1", other.clone(), active)];
    assert_eq!(leads_to(&anchors), Ok("interior".to_owned()));
    assert_eq!(leads_to(&anchors[1..]), Err(TrustError::UnknownSigner));
    let of_another_purpose = [("key/interior/request/1", root.clone(), active)];
    assert_eq!(leads_to(&of_another_purpose), Err(TrustError::UnknownSigner));
    let compromised = [("key/interior/issuer/1", root, KeyState::Compromised)];
    assert_eq!(leads_to(&compromised), Err(TrustError::KeyCompromised));
}

/// Whether a document under this leaf and this authority is believed to be the ministry's.
fn document(
    leaf: impl FnOnce(&mut CertificateParams),
    authority: impl FnOnce(&mut CertificateParams),
) -> Result<String, TrustError> {
    let constraints = BasicConstraints::Constrained(0);
    let mut root = params("root", IsCa::Ca(constraints), KeyUsagePurpose::KeyCertSign);
    let mut signer = params("documents", IsCa::ExplicitNoCa, KeyUsagePurpose::DigitalSignature);
    for one in [&mut root, &mut signer] {
        one.distinguished_name.push(DnType::CountryName, "XS");
    }
    signer.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(vec![1, 0, 18013, 5, 1, 2])];
    leaf(&mut signer);
    authority(&mut root);
    let der = signer.signed_by(&pair(2), &Issuer::from_params(&root, pair(1))).unwrap().der().to_vec();
    let mut register = Register::new();
    let anchor = root.self_signed(&pair(1)).unwrap().der().to_vec();
    register.key("key/interior/issuer/1", KeyMaterial::Anchor(Der(anchor)), KeyState::Active);
    let key = KeyReference::X5c(Chain::from_ders(&[der]).unwrap());
    let reference = IssuerReference { iss: None, key };
    let signer = register.facts().document_issuer(&reference, VCT, Some(NOW), NOW, &RustCrypto)?;
    Ok(signer.member.to_string())
}

#[test]
fn a_document_is_believed_by_a_certificate_for_documents_and_by_no_other() {
    assert_eq!(document(|_| (), |_| ()), Ok("interior".to_owned()));
    let unknown = Err(TrustError::UnknownSigner);
    assert_eq!(document(|leaf| leaf.extended_key_usages.clear(), |_| ()), unknown, "one for anything");
    let for_servers = |leaf: &mut CertificateParams| {
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    };
    assert_eq!(document(for_servers, |_| ()), unknown);
    let abroad = |leaf: &mut CertificateParams| leaf.distinguished_name.push(DnType::CountryName, "XY");
    assert_eq!(document(abroad, |_| ()), unknown, "of another country than its authority");
    let unbounded = |root: &mut CertificateParams| root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    assert_eq!(document(|_| (), unbounded), unknown, "an authority that other authorities stand below");
    let outlives = |leaf: &mut CertificateParams| leaf.not_after = date_time_ymd(2029, 1, 1);
    assert_eq!(document(outlives, |_| ()), unknown);
}

#[test]
fn a_document_needs_all_that_another_card_needs() {
    let of_name = |register: Register| {
        let key = KeyReference::Kid("did:symbolon:demo:interior#issuer-0".to_owned());
        let reference = IssuerReference { iss: None, key };
        register.facts().document_issuer(&reference, VCT, Some(NOW), NOW, &RustCrypto).map(|_| ())
    };
    assert_eq!(of_name(Register::new()), Err(TrustError::UnknownSigner), "documents carry certificates");
}

#[test]
fn a_chain_that_leads_to_two_members_leads_to_none() {
    let root = authority("root", &pair(1));
    let twice = [
        ("key/interior/issuer/1", root.clone(), KeyState::Active),
        ("key/rival/issuer/1", root, KeyState::Active),
    ];
    assert_eq!(leads_to(&twice), Err(TrustError::UnknownSigner));
}

#[test]
fn another_members_anchor_cannot_spoil_a_chain() {
    // A rival registers the very certificate that the agency signs with; nobody must care.
    let root = authority("root", &pair(1));
    let spoiled =
        [("key/interior/issuer/1", root, KeyState::Active), ("key/rival/issuer/1", leaf(), KeyState::Active)];
    assert_eq!(leads_to(&spoiled), Ok("interior".to_owned()));
}
