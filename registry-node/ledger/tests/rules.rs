//! Who may change what: each rule by the transaction that breaks it.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

mod network;

use std::collections::BTreeSet;

use ed25519_dalek::Signer as _;
use network::{DELAY, LIFE, PROPOSAL_LIFE, TestNetwork, admit, anchor, id, key_of, public, text};
use registry_ledger::genesis::{Genesis, found};
use registry_ledger::reject::Reject;
use registry_ledger::tree::prove;
use registry_proof::entry::{Der, Entry, KeyMaterial, KeyState, RegisteredClaims, Role, Standing};
use registry_proof::key::{Key, Purpose};
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Change, Consent, Register, Transaction};

const VCT: &str = "urn:eudi:pid:xs:1";
const LIST: &str = "https://interior.example/status/1";
const MEDIA_TYPE: &str = "application/statuslist+jwt";

fn publish_type(network: &mut TestNetwork, version: u32) -> Result<Vec<Key>, Reject> {
    network
        .act("interior", Action::PublishType { vct: VCT.parse().unwrap(), metadata_sha256: [1; 32], version })
}

fn registration(consent_by: &str) -> Register {
    registration_of(consent_by, 1)
}

fn registration_of(consent_by: &str, version: u32) -> Register {
    let mut register = Register {
        version,
        member: id("bank"),
        use_name: "login".parse().unwrap(),
        purpose: text("Log you in"),
        claims: vec![RegisteredClaims {
            vct: VCT.parse().unwrap(),
            paths: vec![vec![Some("given_name".to_owned())]],
        }],
        retention_days: 30,
        operators: BTreeSet::from([id("login")]),
        consent: Consent::default(),
    };
    let message = register.consent_bytes(&"test".parse().unwrap());
    register.consent.signature = key_of(consent_by).sign(&message).to_bytes().to_vec();
    register
}

fn anchor_status(uri: &str, sequence: u64) -> Action {
    Action::AnchorStatus {
        uri: uri.to_owned(),
        media_type: MEDIA_TYPE.to_owned(),
        sequence,
        token_sha256: [9; 32],
    }
}

#[test]
fn three_of_four_governors_admit_a_member_after_the_delay() {
    let mut network = TestNetwork::new();
    network.admit("bank", &[Role::Verifier]);
    let Some(Entry::Member(bank)) = network.entry(&Key::Member(id("bank"))) else { panic!("no member") };
    assert_eq!(bank.standing, Standing::Active);
}

#[test]
fn two_of_four_governors_admit_nobody() {
    let mut network = TestNetwork::new();
    let proposal = network.propose("gov-1", admit("bank", &[Role::Verifier])).unwrap();
    network.act("gov-2", Action::Vote { proposal, approve: true }).unwrap();
    network.now = network.now.plus(DELAY);
    assert_eq!(network.act("gov-1", Action::Enact { proposal }), Err(Reject::Waiting));
    assert_eq!(network.entry(&Key::Member(id("bank"))), None);
}

#[test]
fn one_governor_counts_once() {
    let mut network = TestNetwork::new();
    let proposal = network.propose("gov-1", admit("bank", &[Role::Verifier])).unwrap();
    for _ in 0..3 {
        network.act("gov-1", Action::Vote { proposal, approve: true }).unwrap();
    }
    network.now = network.now.plus(DELAY);
    assert_eq!(network.act("gov-1", Action::Enact { proposal }), Err(Reject::Waiting));
}

#[test]
fn what_widens_trust_waits_and_what_narrows_it_does_not() {
    let mut network = TestNetwork::with_members();
    let proposal = network.propose("gov-1", admit("shop", &[Role::Verifier])).unwrap();
    network.act("gov-2", Action::Vote { proposal, approve: true }).unwrap();
    network.act("gov-3", Action::Vote { proposal, approve: true }).unwrap();
    assert_eq!(network.act("gov-4", Action::Enact { proposal }), Err(Reject::Waiting));

    let suspend = Change::SetStanding { id: id("bank"), standing: Standing::Suspended };
    let proposal = network.propose("gov-1", suspend).unwrap();
    network.act("gov-2", Action::Vote { proposal, approve: true }).unwrap();
    network.act("gov-3", Action::Vote { proposal, approve: true }).unwrap();
    let Some(Entry::Member(bank)) = network.entry(&Key::Member(id("bank"))) else { panic!("no member") };
    assert_eq!(bank.standing, Standing::Suspended);
}

#[test]
fn two_refusals_of_four_close_a_proposal() {
    let mut network = TestNetwork::new();
    let proposal = network.propose("gov-1", admit("bank", &[Role::Verifier])).unwrap();
    network.act("gov-2", Action::Vote { proposal, approve: false }).unwrap();
    network.act("gov-3", Action::Vote { proposal, approve: false }).unwrap();
    assert_eq!(network.act("gov-4", Action::Vote { proposal, approve: true }), Err(Reject::Closed));
}

#[test]
fn members_that_do_not_govern_neither_propose_nor_vote() {
    let mut network = TestNetwork::with_members();
    assert_eq!(network.propose("bank", admit("shop", &[])), Err(Reject::Role));
    let proposal = network.propose("gov-1", admit("shop", &[])).unwrap();
    assert_eq!(network.act("bank", Action::Vote { proposal, approve: true }), Err(Reject::Role));
}

#[test]
fn a_transaction_is_applied_once() {
    let mut network = TestNetwork::with_members();
    let transaction = network.sign("bank", Action::SuspendSelf {});
    let twice = network.apply(&[transaction.clone(), transaction.clone()]);
    assert_eq!(twice[1].result, Err(Reject::Replayed));
    assert_eq!(network.apply(&[transaction])[0].result, Err(Reject::Replayed));
}

#[test]
fn expired_and_far_dated_transactions_are_refused() {
    let mut network = TestNetwork::with_members();
    let transaction = network.sign("bank", Action::SuspendSelf {});
    let before = network.now;
    network.now = network.now.plus(10_001);
    assert_eq!(network.apply(std::slice::from_ref(&transaction))[0].result, Err(Reject::Expired));
    network.now = Millis::new(before.get() - LIFE);
    assert_eq!(network.apply(&[transaction])[0].result, Err(Reject::TooFarAhead));
}

#[test]
fn a_forged_or_altered_transaction_is_refused() {
    let mut network = TestNetwork::with_members();
    let mut transaction = Transaction::from_bytes(&network.sign("bank", Action::SuspendSelf {})).unwrap();
    transaction.body.member = id("interior");
    assert_eq!(network.apply(&[transaction.to_bytes()])[0].result, Err(Reject::Signature));
    transaction.body.member = id("nobody");
    assert_eq!(network.apply(&[transaction.to_bytes()])[0].result, Err(Reject::UnknownMember));
    transaction.body.network = "other".parse().unwrap();
    assert_eq!(network.apply(&[transaction.to_bytes()])[0].result, Err(Reject::Network));
    assert_eq!(network.apply(&[vec![0xff; 40]])[0].result, Err(Reject::Malformed));
}

#[test]
fn a_member_suspends_itself_at_once_and_then_does_nothing() {
    let mut network = TestNetwork::with_members();
    network.act("bank", Action::SuspendSelf {}).unwrap();
    assert_eq!(network.act("bank", Action::SuspendSelf {}), Err(Reject::Suspended));
}

#[test]
fn a_key_belongs_to_one_member_and_one_purpose() {
    let mut network = TestNetwork::with_members();
    let add = |purpose, number, material| Action::AddKey { purpose, number, material };
    network.act("interior", add(Purpose::Issuer, 0, anchor("ca", 1))).unwrap();
    assert_eq!(network.act("interior", add(Purpose::Issuer, 1, anchor("ca", 1))), Err(Reject::KeyTaken));
    assert_eq!(network.act("login", add(Purpose::Request, 0, anchor("ca", 1))), Err(Reject::KeyTaken));
    let transaction_key = KeyMaterial::Key(public(&key_of("bank")));
    let steal = Action::AddKey { purpose: Purpose::Request, number: 0, material: transaction_key };
    assert_eq!(network.act("login", steal), Err(Reject::KeyTaken));
}

#[test]
fn keys_need_their_role_and_follow_one_another() {
    let mut network = TestNetwork::with_members();
    let add = |purpose, number| Action::AddKey { purpose, number, material: anchor("ca", 1) };
    assert_eq!(network.act("bank", add(Purpose::Issuer, 0)), Err(Reject::Role));
    assert_eq!(network.act("bank", add(Purpose::Attestation, 0)), Err(Reject::Role));
    assert_eq!(network.act("interior", add(Purpose::Attestation, 0)), Err(Reject::Role));
    assert_eq!(network.act("interior", add(Purpose::Issuer, 1)), Err(Reject::Sequence));
    assert_eq!(network.act("interior", add(Purpose::Transaction, 1)), Err(Reject::Content));
}

#[test]
fn a_key_never_becomes_active_again() {
    let mut network = TestNetwork::with_members();
    let set = |state| Action::SetKeyState { purpose: Purpose::Issuer, number: 0, state };
    let material = anchor("ca", 1);
    network.act("interior", Action::AddKey { purpose: Purpose::Issuer, number: 0, material }).unwrap();
    network.act("interior", set(KeyState::Retired { honoured_until: Millis::new(5) })).unwrap();
    assert_eq!(network.act("interior", set(KeyState::Active)), Err(Reject::KeyState));
    network.act("interior", set(KeyState::Compromised)).unwrap();
    let back = KeyState::Retired { honoured_until: Millis::new(4) };
    assert_eq!(network.act("interior", set(back)), Err(Reject::KeyState));
}

#[test]
fn governors_mark_a_stolen_key_and_its_thief_can_do_nothing() {
    let mut network = TestNetwork::with_members();
    let stolen = Change::CompromiseKey { member: id("bank"), purpose: Purpose::Transaction, number: 0 };
    let proposal = network.propose("gov-1", stolen).unwrap();
    network.act("gov-2", Action::Vote { proposal, approve: true }).unwrap();
    network.act("gov-3", Action::Vote { proposal, approve: true }).unwrap();
    assert_eq!(network.act("bank", Action::SuspendSelf {}), Err(Reject::Key));
}

#[test]
fn a_type_is_its_stewards_and_versions_follow() {
    let mut network = TestNetwork::with_members();
    publish_type(&mut network, 1).unwrap();
    assert_eq!(publish_type(&mut network, 1), Err(Reject::Sequence));
    publish_type(&mut network, 2).unwrap();
    network.admit("rival", &[Role::Steward, Role::Issuer]);
    let hijack = Action::PublishType { vct: VCT.parse().unwrap(), metadata_sha256: [2; 32], version: 3 };
    assert_eq!(network.act("rival", hijack), Err(Reject::NotOwner));
}

#[test]
fn only_the_steward_accredits_and_only_issuers() {
    let mut network = TestNetwork::with_members();
    publish_type(&mut network, 1).unwrap();
    let accredit = |member: &str| Action::Accredit {
        member: id(member),
        vct: VCT.parse().unwrap(),
        from: Millis::new(0),
        until: Millis::new(5),
        honoured_until: Millis::new(6),
    };
    network.admit("rival", &[Role::Steward]);
    assert_eq!(network.act("rival", accredit("interior")), Err(Reject::NotOwner));
    assert_eq!(network.act("registrar", accredit("interior")), Err(Reject::Role));
    assert_eq!(network.act("interior", accredit("bank")), Err(Reject::Role));
    network.act("interior", accredit("interior")).unwrap();
}

#[test]
fn a_registration_needs_registrar_and_relying_party() {
    let mut network = TestNetwork::with_members();
    publish_type(&mut network, 1).unwrap();
    assert_eq!(network.act("bank", Action::Register(registration("bank"))), Err(Reject::Role));
    assert_eq!(network.act("registrar", Action::Register(registration("registrar"))), Err(Reject::Consent));
    network.act("registrar", Action::Register(registration("bank"))).unwrap();
    let mut widened = registration("bank");
    widened.claims[0].paths.push(vec![Some("family_name".to_owned())]);
    assert_eq!(network.act("registrar", Action::Register(widened)), Err(Reject::Consent));
}

#[test]
fn a_registration_names_operators_and_types_that_exist() {
    let mut network = TestNetwork::with_members();
    assert_eq!(network.act("registrar", Action::Register(registration("bank"))), Err(Reject::Missing));
    publish_type(&mut network, 1).unwrap();
    let mut register = registration("bank");
    register.operators = BTreeSet::from([id("interior")]);
    assert_eq!(network.act("registrar", Action::Register(register)), Err(Reject::Role));
}

#[test]
fn both_sides_can_stop_a_use_and_nobody_else() {
    let mut network = TestNetwork::with_members();
    publish_type(&mut network, 1).unwrap();
    network.act("registrar", Action::Register(registration("bank"))).unwrap();
    let stop = || Action::StopUse { member: id("bank"), use_name: "login".parse().unwrap() };
    assert_eq!(network.act("login", stop()), Err(Reject::Role));
    network.act("bank", stop()).unwrap();
    let key = Key::Registration(id("bank"), "login".parse().unwrap());
    let Some(Entry::Registration(stopped)) = network.entry(&key) else { panic!("no registration") };
    assert_eq!(stopped.standing, Standing::Suspended);
}

#[test]
fn status_anchors_rise_and_stay_under_their_issuers_origin() {
    let mut network = TestNetwork::with_members();
    network.act("interior", anchor_status(LIST, 1)).unwrap();
    assert_eq!(network.act("interior", anchor_status(LIST, 1)), Err(Reject::Sequence));
    network.act("interior", anchor_status(LIST, 2)).unwrap();
    assert_eq!(
        network.act("interior", anchor_status("https://bank.example/status/1", 1)),
        Err(Reject::Origin)
    );
    assert_eq!(network.act("bank", anchor_status(LIST, 3)), Err(Reject::Role));
}

#[test]
fn the_last_three_governors_stay() {
    let mut network = TestNetwork::new();
    network.act("gov-1", Action::SuspendSelf {}).unwrap();
    assert_eq!(network.act("gov-4", Action::SuspendSelf {}), Err(Reject::LastGovernor));
}

#[test]
fn a_network_is_not_founded_on_one_alone() {
    let spoil = |change: fn(&mut Genesis)| {
        let mut genesis = network::genesis();
        change(&mut genesis);
        found(&genesis).map(|_| ()).unwrap_err().to_string()
    };
    let too_few = spoil(|genesis| {
        genesis.members[0].roles.remove(&Role::Governor);
        genesis.members[1].roles.remove(&Role::Governor);
    });
    assert_eq!(too_few, "genesis breaks a rule");
    let unusable = "genesis has unusable validators";
    assert_eq!(spoil(|genesis| genesis.validators.clear()), unusable);
    assert_eq!(spoil(|genesis| genesis.validators[1].member = id("gov-1")), unusable);
    assert_eq!(spoil(|genesis| genesis.validators[1].key = genesis.validators[0].key.clone()), unusable);
    assert_eq!(spoil(|genesis| genesis.validators[1].member = id("nobody")), unusable);
    assert_eq!(spoil(|genesis| genesis.members[1].roles = BTreeSet::from([Role::Governor])), unusable);
}

#[test]
fn founders_share_neither_keys_nor_origins() {
    let mut genesis = network::genesis();
    genesis.members[1].transaction_key = genesis.members[0].transaction_key.clone();
    assert!(found(&genesis).is_err());
    let mut genesis = network::genesis();
    genesis.members[0].origins = vec!["https://one.example".to_owned()];
    genesis.members[1].origins = vec!["https://one.example".to_owned()];
    assert!(found(&genesis).is_err());
}

#[test]
fn a_rejection_leaves_the_state_as_it_was() {
    let mut network = TestNetwork::with_members();
    let before = network.tip;
    publish_type(&mut network, 7).unwrap_err();
    assert_eq!((network.tip.root, network.tip.version), (before.root, before.version));
}

#[test]
fn the_same_blocks_give_the_same_bytes() {
    let run = || {
        let mut network = TestNetwork::with_members();
        publish_type(&mut network, 1).unwrap();
        network.act("registrar", Action::Register(registration("bank"))).unwrap();
        network.tip
    };
    assert_eq!(run(), run());
}

#[test]
fn presence_and_absence_are_proven_and_neither_can_be_forged() {
    let mut network = TestNetwork::with_members();
    publish_type(&mut network, 1).unwrap();
    let (present, absent) = (Key::Type(VCT.parse().unwrap()), Key::Type("urn:other".parse().unwrap()));
    assert!(network.entry(&present).is_some());
    assert!(network.entry(&absent).is_none());
    let proven = prove(&network.store, network.tip.version, &present).unwrap();
    let missing = prove(&network.store, network.tip.version, &absent).unwrap();
    assert!(proven.path.check(&present.hash(), Some(b"forged"), &network.tip.root).is_err());
    assert!(proven.path.check(&present.hash(), None, &network.tip.root).is_err());
    assert!(missing.path.check(&present.hash(), None, &network.tip.root).is_err());
    let value = proven.value.unwrap().0;
    assert!(missing.path.check(&absent.hash(), Some(&value), &network.tip.root).is_err());
}

#[test]
fn another_certificate_around_the_same_key_is_the_same_key() {
    let mut network = TestNetwork::with_members();
    network.admit("rival", &[Role::Issuer]);
    let add = |material| Action::AddKey { purpose: Purpose::Issuer, number: 0, material };
    network.act("interior", add(anchor("ca", 1))).unwrap();
    assert_eq!(network.act("rival", add(anchor("ca", 2))), Err(Reject::KeyTaken));
    assert_eq!(network.act("rival", add(KeyMaterial::Key(public(&key_of("ca"))))), Err(Reject::KeyTaken));
    network.act("rival", add(anchor("another ca", 1))).unwrap();
}

#[test]
fn an_anchor_that_holds_no_readable_key_is_refused() {
    let mut network = TestNetwork::with_members();
    let KeyMaterial::Anchor(Der(good)) = anchor("ca", 1) else { panic!("no anchor") };
    let (length, content) = if good[1] == 0x81 { (good[2], &good[3..]) } else { (good[1], &good[2..]) };
    let long_form = [&[0x30, 0x82, 0x00, length], content].concat();
    for der in [vec![1, 2, 3], good[..good.len() - 1].to_vec(), [&good[..], &[0]].concat(), long_form] {
        let material = KeyMaterial::Anchor(Der(der));
        let add = Action::AddKey { purpose: Purpose::Issuer, number: 0, material };
        assert_eq!(network.act("interior", add), Err(Reject::Content));
    }
}

#[test]
fn an_origin_is_one_members_until_it_is_given_up() {
    let mut network = TestNetwork::with_members();
    let grab = || Change::SetIdentity {
        id: id("login"),
        legal_name: text("login"),
        origins: vec!["https://login.example".to_owned(), "https://bank.example".to_owned()],
    };
    assert_eq!(network.decide(grab()), Err(Reject::OriginTaken));
    let give_up = || Action::GiveUpOrigin { origin: "https://bank.example".to_owned() };
    assert_eq!(network.act("login", give_up()), Err(Reject::Missing));
    network.act("bank", give_up()).unwrap();
    network.decide(grab()).unwrap();
    let Some(Entry::Member(bank)) = network.entry(&Key::Member(id("bank"))) else { panic!("no member") };
    assert_eq!(bank.origins, Vec::<String>::new());
}

#[test]
fn a_new_name_is_the_governors_to_give_and_waits() {
    let mut network = TestNetwork::with_members();
    let rename = Change::SetIdentity { id: id("bank"), legal_name: text("Tax Office"), origins: Vec::new() };
    assert_eq!(network.propose("bank", rename.clone()), Err(Reject::Role));
    let proposal = network.pass(rename);
    assert_eq!(network.act("gov-4", Action::Enact { proposal }), Err(Reject::Waiting));
}

#[test]
fn a_consent_counts_once() {
    let mut network = TestNetwork::with_members();
    publish_type(&mut network, 1).unwrap();
    network.act("registrar", Action::Register(registration("bank"))).unwrap();
    network.act("bank", Action::StopUse { member: id("bank"), use_name: "login".parse().unwrap() }).unwrap();
    assert_eq!(network.act("registrar", Action::Register(registration("bank"))), Err(Reject::Sequence));
    assert_eq!(network.act("registrar", Action::Register(registration_of("bank", 3))), Err(Reject::Sequence));
    network.act("registrar", Action::Register(registration_of("bank", 2))).unwrap();
}

#[test]
fn who_is_a_steward_no_longer_accredits_nobody() {
    let mut network = TestNetwork::with_members();
    publish_type(&mut network, 1).unwrap();
    network.decide(Change::SetRoles { id: id("interior"), roles: BTreeSet::from([Role::Issuer]) }).unwrap();
    let accredit = Action::Accredit {
        member: id("interior"),
        vct: VCT.parse().unwrap(),
        from: Millis::new(0),
        until: Millis::new(5),
        honoured_until: Millis::new(6),
    };
    assert_eq!(network.act("interior", accredit), Err(Reject::Role));
}

#[test]
fn second_thoughts_within_the_delay_stop_a_proposal() {
    let mut network = TestNetwork::new();
    let proposal = network.pass(admit("bank", &[Role::Verifier]));
    network.act("gov-3", Action::Vote { proposal, approve: false }).unwrap();
    network.now = network.now.plus(DELAY);
    assert_eq!(network.act("gov-1", Action::Enact { proposal }), Err(Reject::Waiting));
    network.act("gov-2", Action::Vote { proposal, approve: false }).unwrap();
    assert_eq!(network.act("gov-1", Action::Enact { proposal }), Err(Reject::Closed));
    assert_eq!(network.entry(&Key::Member(id("bank"))), None);
}

#[test]
fn votes_of_governors_that_were_suspended_since_do_not_count() {
    let mut network = TestNetwork::new();
    let proposal = network.pass(admit("bank", &[Role::Verifier]));
    network.act("gov-1", Action::SuspendSelf {}).unwrap();
    network.now = network.now.plus(DELAY);
    assert_eq!(network.act("gov-2", Action::Enact { proposal }), Err(Reject::Waiting));
    network.act("gov-4", Action::Vote { proposal, approve: true }).unwrap();
    network.act("gov-2", Action::Enact { proposal }).unwrap();
}

#[test]
fn more_votes_do_not_begin_the_delay_anew_and_do_not_end_it() {
    let mut network = TestNetwork::new();
    let proposal = network.pass(admit("bank", &[Role::Verifier]));
    network.now = network.now.plus(DELAY - 1);
    network.act("gov-4", Action::Vote { proposal, approve: true }).unwrap();
    assert_eq!(network.act("gov-1", Action::Enact { proposal }), Err(Reject::Waiting));
    network.now = network.now.plus(1);
    network.act("gov-1", Action::Enact { proposal }).unwrap();
    assert_eq!(network.act("gov-1", Action::Enact { proposal }), Err(Reject::Closed));
}

#[test]
fn what_passed_long_ago_is_not_carried_out() {
    let mut network = TestNetwork::new();
    let proposal = network.pass(admit("bank", &[Role::Verifier]));
    network.now = network.now.plus(DELAY + PROPOSAL_LIFE + 1);
    assert_eq!(network.act("gov-1", Action::Enact { proposal }), Err(Reject::Closed));
}

#[test]
fn an_open_proposal_closes_when_its_life_ends() {
    let mut network = TestNetwork::new();
    let proposal = network.propose("gov-1", admit("bank", &[])).unwrap();
    network.now = network.now.plus(PROPOSAL_LIFE + 1);
    assert_eq!(network.act("gov-2", Action::Vote { proposal, approve: true }), Err(Reject::Closed));
}

#[test]
fn each_change_that_widens_trust_waits_and_each_that_narrows_it_does_not() {
    let mut network = TestNetwork::with_members();
    let parameters = network::genesis().parameters;
    let wide = [
        Change::SetParameters { parameters },
        Change::SetRoles { id: id("bank"), roles: BTreeSet::from([Role::Verifier, Role::Issuer]) },
        Change::SetStanding { id: id("bank"), standing: Standing::Active },
        Change::ReplaceTransactionKey { member: id("bank"), number: 1, key: public(&key_of("new")) },
    ];
    for change in wide {
        let proposal = network.pass(change.clone());
        assert_eq!(network.act("gov-4", Action::Enact { proposal }), Err(Reject::Waiting), "{change:?}");
    }
    let narrow = [
        Change::SetRoles { id: id("bank"), roles: BTreeSet::new() },
        Change::SetStanding { id: id("bank"), standing: Standing::Suspended },
        Change::CompromiseKey { member: id("bank"), purpose: Purpose::Transaction, number: 0 },
    ];
    for change in narrow {
        let proposal = network.pass(change.clone());
        assert_eq!(network.act("gov-4", Action::Enact { proposal }), Err(Reject::Closed), "{change:?}");
    }
}

#[test]
fn an_entry_that_nobody_could_read_again_is_not_written() {
    let mut network = TestNetwork::with_members();
    publish_type(&mut network, 1).unwrap();
    let mut register = registration("bank");
    let long = |n: usize| vec![Some(format!("{n:0>390}"))];
    register.claims[0].paths = (0..32).map(long).collect();
    let message = register.consent_bytes(&"test".parse().unwrap());
    register.consent.signature = key_of("bank").sign(&message).to_bytes().to_vec();
    assert_eq!(network.act("registrar", Action::Register(register)), Err(Reject::Content));
    network.act("registrar", Action::Register(registration("bank"))).unwrap();
}

#[test]
fn claims_whose_names_hide_something_are_not_registered() {
    let mut network = TestNetwork::with_members();
    publish_type(&mut network, 1).unwrap();
    for name in ["", "given\u{202e}name", "a\u{0}b"] {
        let mut register = registration("bank");
        register.claims[0].paths = vec![vec![Some(name.to_owned())]];
        assert_eq!(network.act("registrar", Action::Register(register)), Err(Reject::Content), "{name:?}");
    }
}

#[test]
fn no_issuer_fills_the_register_with_status_lists() {
    let mut network = TestNetwork::with_members();
    let list = |n: u32| format!("https://interior.example/status/{n}");
    for n in 0..512 {
        network.act("interior", anchor_status(&list(n), 1)).unwrap();
    }
    assert_eq!(network.act("interior", anchor_status(&list(512), 1)), Err(Reject::TooMany));
    network.act("interior", anchor_status(&list(0), 2)).unwrap();
}

#[test]
fn receipts_are_anchored_once_for_a_period() {
    let mut network = TestNetwork::with_members();
    let receipts = |period: &str| Action::AnchorReceipts { period: period.to_owned(), root: [3; 32] };
    network.act("bank", receipts("2026-11")).unwrap();
    assert_eq!(network.act("bank", receipts("2026-11")), Err(Reject::Exists));
    for period in ["", "2026 11", &"9".repeat(33)] {
        assert_eq!(network.act("bank", receipts(period)), Err(Reject::Content), "{period:?}");
    }
}

#[test]
fn what_a_member_writes_about_another_is_refused() {
    let mut network = TestNetwork::with_members();
    network.admit("rival", &[Role::Issuer]);
    network.act("interior", anchor_status(LIST, 1)).unwrap();
    assert_eq!(network.act("rival", anchor_status(LIST, 2)), Err(Reject::Origin));
    let retire = Action::SetKeyState { purpose: Purpose::Issuer, number: 0, state: KeyState::Compromised };
    network
        .act("interior", Action::AddKey { purpose: Purpose::Issuer, number: 0, material: anchor("ca", 1) })
        .unwrap();
    assert_eq!(network.act("rival", retire), Err(Reject::Key));
}
