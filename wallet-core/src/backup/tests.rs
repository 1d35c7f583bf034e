use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;

use credential::claim_path::ClaimPath;
use credential::encoding::base64url;
use credential::time::UnixTime;
use registry_proof::light::Head;
use registry_proof::time::Millis;

use super::content::{Content, ContentError, KeptEntry, SeenList};
use super::*;
use crate::clock::Clock;
use crate::held::CardFormat;
use crate::keys::{FileKeyStore, KeyHandle};
use crate::store::cards::{About, Card, Source};
use crate::store::entries::{How, Outcome, ReceiptState, SharedCard, Sharing};
use crate::testing::{Folder, NOW, random, random_from};
use crate::unlock::Pin;
use crate::view::{CardState, Party, Texts, TransactionView};
use crate::wallet::Ports;

const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";
const GOLDEN: &[u8] = include_bytes!("../../tests/golden/backup-1.symbolon-backup");

struct Standing;

impl Clock for Standing {
    fn now(&self) -> UnixTime {
        NOW
    }
}

fn phrase() -> Phrase {
    Phrase::read(PHRASE).unwrap()
}

fn pin(text: &str) -> Pin {
    Pin::new(text.to_owned()).unwrap()
}

fn setup(network: &str, height: u64) -> Setup {
    let checkpoint = serde_json::json!({
        "network": network, "epoch": 0, "height": height, "digest": "A".repeat(43),
        "validators": ["ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"], "time": NOW.secs() * 1000,
    });
    let nodes = vec!["http://127.0.0.1:1".parse().unwrap()];
    Setup { checkpoint: serde_json::from_value(checkpoint).unwrap(), nodes }
}

const HEAD: Head = Head { height: 42, digest: [7; 32], time: Millis::from_secs(NOW.secs()) };

fn ports(folder: &Folder, seed: u64) -> Ports {
    let keys = FileKeyStore::create(&folder.path().join("device.key"), random_from(seed)).unwrap();
    Ports { keys: Arc::new(keys), clock: Arc::new(Standing), random: random_from(seed + 1) }
}

fn sharing(purpose: &str) -> Sharing {
    let party = |member: &str| Party { member: member.to_owned(), name: Texts::one(member) };
    let card = SharedCard {
        card: "a1".to_owned(),
        vct: "urn:eudi:pid:xs:1".to_owned(),
        title: Texts::one("Personal identity"),
        paths: vec![ClaimPath::name("given_name")],
        names: vec![Texts::one("Given name")],
        reused: false,
    };
    Sharing {
        asked_by: party("bank"),
        through: Some(party("login")),
        use_name: "login".to_owned(),
        purpose: Texts::one(purpose),
        network: "demo".to_owned(),
        through_member: "login".to_owned(),
        how: How::Card,
        address: String::new(),
        kept_days: None,
        state: None,
        transactions: Vec::new(),
        cards: vec![card],
    }
}

/// A wallet with a card of two copies, two lines of history, a head and a status list.
fn wallet(folder: &Folder) -> Wallet {
    let wallet = Wallet::init(folder.path(), &pin("135790"), &setup("demo", 0), ports(folder, 10)).unwrap();
    let card = Card {
        id: "a1".to_owned(),
        format: CardFormat::SdJwtVc,
        vct: "urn:eudi:pid:xs:1".to_owned(),
        issuer: "interior".to_owned(),
        received_at: NOW,
        about: About {
            title: Texts::one("Personal identity"),
            issuer_name: Texts::one("The interior"),
            background: Some("#0b4f4c".to_owned()),
            text: Some("#ffffff".to_owned()),
            ..About::default()
        },
        source: Some(Source {
            issuer: "https://interior.example".to_owned(),
            configuration: "pid".to_owned(),
        }),
    };
    let copies = [("A-CREDENTIAL-OF-MARIA", [1; 32]), ("ANOTHER-OF-MARIA", [2; 32])]
        .map(|(text, key)| (text.to_owned(), KeyHandle::from_bytes(key.to_vec())));
    let store = wallet.store();
    store.keep_card(&card, &copies).unwrap();
    let first = store.begin_sharing(NOW, &sharing("Opening an account"), &[]).unwrap();
    store.end_sharing(first, Outcome::Shared, Some("a.receipt.kept"), ReceiptState::Checked).unwrap();
    store.begin_sharing(NOW, &sharing("Logging in"), &[]).unwrap();
    store.see_list("https://interior.example/lists/1", NOW).unwrap();
    store.keep_head(&HEAD).unwrap();
    wallet
}

fn restored(
    name: &str,
    file: &[u8],
    pinned: Option<Setup>,
) -> (Folder, Result<Wallet, crate::restore::RestoreError>) {
    let folder = Folder::new(name);
    let wallet = Wallet::restore(folder.path(), file, &phrase(), &pin("246802"), pinned, ports(&folder, 20));
    (folder, wallet)
}

fn check_restored(wallet: &Wallet) {
    let cards = wallet.cards().unwrap();
    let card = &cards[0];
    assert_eq!((cards.len(), card.state, card.copies, card.id.as_str()), (1, CardState::GetAgain, 0, "a1"));
    assert_eq!((card.title.pick("en"), card.issuer.pick("en")), ("Personal identity", "The interior"));
    assert!(wallet.card("a1").unwrap().claims.is_empty());
    let source = wallet.store().card("a1").unwrap().source.unwrap();
    assert_eq!((source.issuer.as_str(), source.configuration.as_str()), ("https://interior.example", "pid"));
    let entries = wallet.store().entries().unwrap();
    let purposes: Vec<&str> = entries.iter().map(|entry| entry.what.purpose.pick("en")).collect();
    assert_eq!(purposes, ["Logging in", "Opening an account"]);
    assert_eq!((entries[0].outcome, entries[1].outcome), (Outcome::Unknown, Outcome::Shared));
    assert_eq!(
        (entries[1].receipt.as_deref(), entries[1].what.clone()),
        (Some("a.receipt.kept"), sharing("Opening an account"))
    );
    assert!(!wallet.store().see_list("https://interior.example/lists/1", UnixTime::from_secs(1)).unwrap());
    assert_eq!(wallet.registry().unwrap().head(), HEAD);
    let asked = wallet
        .store()
        .cards_of_type(CardFormat::SdJwtVc, "urn:eudi:pid:xs:1", &BTreeSet::new(), NOW)
        .unwrap();
    assert!(asked.is_empty(), "there is nothing to show yet");
}

#[test]
fn a_backup_comes_back_in_a_new_wallet_with_a_new_pin() {
    let folder = Folder::new("backup");
    let made = wallet(&folder).backup(&phrase()).unwrap();
    assert_eq!((made.view.cards.len(), made.view.entries, made.view.left_out), (1, 2, 0));
    let (home, new) = restored("backup-back", &made.file, None);
    check_restored(&new.unwrap());
    let open = |text: &str| {
        let keys = FileKeyStore::open(&home.path().join("device.key"), random()).unwrap();
        let ports = Ports { keys: Arc::new(keys), clock: Arc::new(Standing), random: random() };
        Wallet::unlock(home.path(), &pin(text), None, ports)
    };
    assert!(open("135790").is_err());
    check_restored(&open("246802").unwrap());
}

/// Version 1, as it was first written. A file of this form opens for ever.
#[test]
fn the_first_backup_ever_made_opens() {
    let (_home, new) = restored("golden", GOLDEN, None);
    check_restored(&new.unwrap());
    assert_eq!(&GOLDEN[..25], b"symbolon backup\x01\0\x01\0\0\0\0\0\x03\x01");
    assert_eq!(GOLDEN.len(), 53 + 16 * 1024 + 16);
}

#[test]
fn a_backup_holds_no_copy_no_key_and_no_secret_of_a_login() {
    let folder = Folder::new("backup-holds");
    let wallet = wallet(&folder);
    let device = std::fs::read(folder.path().join("device.key")).unwrap();
    let content = serde_json::to_string(&wallet.content().unwrap()).unwrap();
    for secret in
        ["A-CREDENTIAL-OF-MARIA", "ANOTHER-OF-MARIA", &base64url([1; 32]), &base64url(device), "[1,1,1"]
    {
        assert!(!content.contains(secret), "{secret}");
    }
    // What a backup holds is named here: a member more is a decision.
    let content: serde_json::Value = serde_json::from_str(&content).unwrap();
    let names =
        |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(names(&content), "cards entries head lists made_at setup");
    assert_eq!(names(&content["cards"][0]), "about format id issuer received_at source vct");
    assert_eq!(
        names(&content["entries"][0]),
        "at deletion_asked_at deletion_done_at outcome receipt receipt_state reported_at what"
    );
    assert_eq!(names(&content["setup"]), "checkpoint nodes");
}

#[test]
fn what_the_person_did_about_a_line_comes_back_and_its_proof_is_to_be_had_again() {
    let folder = Folder::new("backup-wishes");
    let wallet = wallet(&folder);
    let entry = wallet.store().entries().unwrap().remove(1);
    wallet.store().judge_receipt(entry.id, ReceiptState::Anchored).unwrap();
    let kept = wallet.store().entries().unwrap().into_iter().map(|entry| {
        KeptEntry::from(crate::store::entries::Entry {
            reported_at: Some(NOW),
            deletion_asked_at: Some(NOW),
            ..entry
        })
    });
    let content = Content { entries: kept.collect(), ..wallet.content().unwrap() };
    let home = Folder::new("backup-wishes-back");
    let new = Wallet::from_content(home.path(), content, &pin("246802"), &setup("demo", 0), ports(&home, 20));
    let back = new.unwrap().store().entries().unwrap().remove(1);
    assert_eq!(
        (back.reported_at, back.deletion_asked_at, back.deletion_done_at),
        (Some(NOW), Some(NOW), None)
    );
    assert_eq!(back.receipt_state, ReceiptState::Checked);
}

#[test]
fn a_wallet_is_never_put_in_the_place_of_another() {
    let folder = Folder::new("backup-over");
    let old = wallet(&folder);
    let made = old.backup(&phrase()).unwrap();
    let before = old.store().digest().unwrap();
    let keys = FileKeyStore::open(&folder.path().join("device.key"), random()).unwrap();
    let ports = Ports { keys: Arc::new(keys), clock: Arc::new(Standing), random: random() };
    let error =
        Wallet::restore(folder.path(), &made.file, &phrase(), &pin("246802"), None, ports).unwrap_err();
    assert_eq!(error.code(), "wallet_exists");
    assert_eq!(old.store().digest().unwrap(), before);
}

#[test]
fn the_apps_own_register_goes_before_the_backups_but_never_behind_its_head() {
    let folder = Folder::new("backup-pinned");
    let file = wallet(&folder).backup(&phrase()).unwrap().file;
    let head = |name: &str, pinned: Setup| {
        let (_home, new) = restored(name, &file, Some(pinned));
        new.map(|wallet| wallet.registry().unwrap().head().height)
    };
    assert_eq!(head("backup-older", setup("demo", 7)).unwrap(), 42);
    assert_eq!(head("backup-younger", setup("demo", 100)).unwrap(), 100);
    let (home, other) = restored("backup-other", &file, Some(setup("elsewhere", 7)));
    assert_eq!(other.unwrap_err().code(), "other_network");
    assert!(!crate::wallet::exists(home.path()));
}

#[test]
fn a_file_that_does_not_open_leaves_no_wallet() {
    let folder = Folder::new("backup-closed");
    let good = wallet(&folder).backup(&phrase()).unwrap().file;
    let refused = |name: &str, file: &[u8]| {
        let (home, new) = restored(name, file, None);
        assert!(!crate::wallet::exists(home.path()), "{name}");
        new.unwrap_err().code()
    };
    assert_eq!(refused("backup-empty", b""), "not_a_backup");
    assert_eq!(refused("backup-cut", &good[..good.len() - 1]), "backup_closed");
    assert_eq!(refused("backup-newer", &[&good[..15], &[9], &good[16..]].concat()), "backup_newer");
    let other = sealed::seal(b"no content", &phrase(), sealed::EFFORT, &random()).unwrap();
    assert_eq!(refused("backup-content", &other), "backup_damaged");
    let wrong = Phrase::make(&random());
    let home = Folder::new("backup-phrase");
    let new = Wallet::restore(home.path(), &good, &wrong, &pin("246802"), None, ports(&home, 20));
    assert_eq!(new.unwrap_err().code(), "backup_closed");
}

fn content(entries: usize) -> Content {
    let entry = |number: usize| KeptEntry {
        at: NOW,
        outcome: Outcome::Shared,
        what: sharing(&format!("purpose {number}")),
        // Nothing that could be deflated, as signatures are.
        receipt: Some(base64url(random_from(number as u64).bytes::<300>())),
        receipt_state: ReceiptState::Checked,
        deletion_asked_at: None,
        deletion_done_at: None,
        reported_at: None,
    };
    let entries = (0..entries).map(entry).collect();
    Content { made_at: NOW, setup: setup("demo", 0), head: None, lists: vec![], cards: vec![], entries }
}

#[test]
fn the_length_of_a_backup_says_little() {
    for count in [0, 1, 5, 20] {
        assert_eq!(
            content(count).pack(MIN_CONTENT, MAX_CONTENT).unwrap().bytes.len(),
            MIN_CONTENT,
            "{count}"
        );
    }
    assert_eq!(content(150).pack(MIN_CONTENT, MAX_CONTENT).unwrap().bytes.len(), 4 * MIN_CONTENT);
}

#[test]
fn of_a_history_that_does_not_fit_the_oldest_lines_stay_out() {
    let all = content(100);
    let packed = all.clone().pack(MIN_CONTENT, MIN_CONTENT).unwrap();
    let kept = Content::unpack(&packed.bytes).unwrap().entries;
    assert!((20..60).contains(&kept.len()), "{}", kept.len());
    assert_eq!(kept, all.entries[..kept.len()]);
    assert_eq!((packed.view.entries, packed.view.left_out), (kept.len(), 100 - kept.len()));
    assert_eq!(content(0).pack(1, 64).err(), Some(ContentError::TooLarge));
}

/// What a stranger may have packed.
fn packed(value: &serde_json::Value) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(value.to_string().as_bytes()).unwrap();
    let deflated = encoder.finish().unwrap();
    [&u32::try_from(deflated.len()).unwrap().to_be_bytes(), deflated.as_slice()].concat()
}

#[test]
fn texts_of_a_stranger_come_out_plain() {
    const HOSTILE: &str = "The\u{202e} knab\u{1b}[2J";
    const SHOWN: &str = "The knab [2J";
    let texts = serde_json::json!({ "en": HOSTILE });
    let payment = |payee: &str| {
        serde_json::json!({
            "kind": "payment", "amount": "1", "currency": "EUR", "payee": payee, "account": null, "reference": null,
        })
    };
    let mut stranger = serde_json::to_value(content(1)).unwrap();
    let what = &mut stranger["entries"][0]["what"];
    for name in ["asked_by", "through"] {
        what[name] = serde_json::json!({ "member": HOSTILE, "name": texts });
    }
    what["address"] = HOSTILE.into();
    what["purpose"] = texts.clone();
    what["cards"][0]["title"] = texts.clone();
    what["cards"][0]["names"][0] = texts.clone();
    what["transactions"] = vec![payment(HOSTILE), payment("Corner Bakery")].into();
    let mut about = serde_json::to_value(About::default()).unwrap();
    about["title"] = texts;
    stranger["cards"] = vec![serde_json::json!({
        "id": "a", "vct": "v", "issuer": "i", "received_at": 1, "about": about, "source": null,
    })]
    .into();
    let read = Content::unpack(&packed(&stranger)).unwrap();
    let what = &read.entries[0].what;
    for party in [&what.asked_by, what.through.as_ref().unwrap()] {
        assert_eq!((party.member.as_str(), party.name.pick("en")), (SHOWN, SHOWN));
    }
    assert_eq!((what.address.as_str(), what.purpose.pick("en")), (SHOWN, SHOWN));
    assert_eq!((what.cards[0].title.pick("en"), what.cards[0].names[0].pick("en")), (SHOWN, SHOWN));
    assert_eq!(read.cards[0].about.title.pick("en"), SHOWN);
    let TransactionView::Payment { payee, .. } = &what.transactions[0] else { panic!("no payment") };
    assert_eq!((payee.as_str(), what.transactions.len()), ("Corner Bakery", 1));
}

#[test]
fn what_a_stranger_says_of_the_register_stays_only_where_it_can_be_true() {
    let (hour, half_a_year) = (Duration::from_secs(3600), Duration::from_secs(181 * 86_400));
    let cases = [
        ("now", NOW, true, true),
        ("soon", NOW.plus(Duration::from_secs(30)), true, true),
        ("later", NOW.plus(hour), false, false),
        ("long-ago", NOW.minus(half_a_year), false, true),
    ];
    for (name, time, head_stays, list_stays) in cases {
        let said = Content {
            head: Some(Head { time: Millis::from_secs(time.secs()), ..HEAD }),
            lists: vec![SeenList { uri: "https://interior.example/lists/1".to_owned(), issued_at: time }],
            ..content(0)
        };
        let home = Folder::new(&format!("backup-said-{name}"));
        let new =
            Wallet::from_content(home.path(), said, &pin("246802"), &setup("demo", 0), ports(&home, 20));
        let new = new.unwrap();
        assert_eq!(new.store().head::<Head>().unwrap().is_some(), head_stays, "{name}");
        let height = if head_stays { HEAD.height } else { 0 };
        assert_eq!(new.registry().unwrap().head().height, height, "{name}");
        assert_eq!(new.store().lists_seen().unwrap().len(), usize::from(list_stays), "{name}");
    }
}

#[test]
fn content_of_a_stranger_is_bounded() {
    let good = serde_json::to_value(content(1)).unwrap();
    assert!(Content::unpack(&packed(&good)).is_ok());
    let card = serde_json::json!({
        "id": "a", "vct": "v", "issuer": "i", "received_at": 1, "about": About::default(), "source": null,
    });
    let changed = |name: &str, value: serde_json::Value| {
        let mut content = good.clone();
        content[name] = value;
        packed(&content)
    };
    let with_id = |id: &str| {
        let mut card = card.clone();
        card["id"] = id.into();
        changed("cards", vec![card].into())
    };
    let list = serde_json::json!({ "uri": "u", "issued_at": 1 });
    for (what, bytes) in [
        ("a bomb", changed("made_at", " ".repeat(17 << 20).into())),
        ("many cards", changed("cards", vec![card.clone(); 1001].into())),
        ("many lists", changed("lists", vec![list; 10_001].into())),
        ("many lines", changed("entries", vec![good["entries"][0].clone(); 20_001].into())),
        ("a name of nothing", with_id("")),
        ("a name that is none", with_id("../x")),
        ("a name without end", with_id(&"a".repeat(65))),
        (
            "depth",
            changed(
                "head",
                serde_json::from_str(&format!("{}{}", "[".repeat(100), "]".repeat(100))).unwrap(),
            ),
        ),
        ("nothing", vec![]),
        ("no length", vec![0, 0, 0]),
        ("a length beyond", vec![255, 255, 255, 255, 1]),
        ("noise", [0, 0, 0, 4, 1, 2, 3, 4].to_vec()),
    ] {
        assert_eq!(Content::unpack(&bytes).err(), Some(ContentError::Unreadable), "{what}");
    }
    let mut painted = card.clone();
    painted["about"]["background"] = "red;background:url(//x)".into();
    let content = Content::unpack(&changed("cards", vec![painted].into())).unwrap();
    assert_eq!(content.cards[0].about.background, None);
}
