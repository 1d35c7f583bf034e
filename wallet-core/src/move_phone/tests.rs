use std::sync::Arc;

use super::*;
use crate::backup::content::KeptEntry;
use crate::keys::{FileKeyStore, KeyStore};
use crate::store::entries::{How, Outcome, ReceiptState, Sharing};
use crate::testing::{Folder, NOW, random, random_from};
use crate::view::{Party, Texts};

struct Standing;

impl crate::clock::Clock for Standing {
    fn now(&self) -> credential::time::UnixTime {
        NOW
    }
}

fn setup(network: &str) -> Setup {
    let checkpoint = json!({
        "network": network, "epoch": 0, "height": 0, "digest": "A".repeat(43),
        "validators": ["ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"], "time": NOW.secs() * 1000,
    });
    let nodes = vec!["http://127.0.0.1:1".parse().unwrap()];
    Setup { checkpoint: serde_json::from_value(checkpoint).unwrap(), nodes }
}

fn pin() -> Pin {
    Pin::new("135790".to_owned()).unwrap()
}

fn ports(folder: &Folder) -> Ports {
    let keys = FileKeyStore::create(&folder.path().join("device.key"), random()).unwrap();
    Ports { keys: Arc::new(keys) as Arc<dyn KeyStore>, clock: Arc::new(Standing), random: random_from(3) }
}

fn sharing() -> Sharing {
    Sharing {
        asked_by: Party { member: "bank".to_owned(), name: Texts::one("Bank") },
        through: None,
        use_name: "login".to_owned(),
        purpose: Texts::one("Logging in"),
        network: "demo".to_owned(),
        through_member: "bank".to_owned(),
        how: How::Card,
        address: String::new(),
        kept_days: None,
        state: None,
        transactions: Vec::new(),
        cards: Vec::new(),
    }
}

/// The old phone, with one line of history.
fn old_phone(folder: &Folder) -> Wallet {
    let wallet = Wallet::init(folder.path(), &pin(), &setup("demo"), ports(folder)).unwrap();
    let entry = wallet.store().begin_sharing(NOW, &sharing(), &[]).unwrap();
    wallet.store().end_sharing(entry, Outcome::Shared, Some("receipt"), ReceiptState::Checked).unwrap();
    wallet
}

fn collect(moving: &mut MoveIn, frames: &[String]) -> Result<Moved, MoveError> {
    for frame in frames {
        if let MoveProgress::Whole(moved) = moving.take(frame)? {
            return Ok(*moved);
        }
    }
    panic!("frames are missing")
}

/// What the old phone shows to whom it takes for the new one.
fn shown(name: &str, to: &MoveIn) -> Vec<String> {
    let folder = Folder::new(name);
    let view = to.view();
    old_phone(&folder).move_out(&Destination::read(&view.text).unwrap(), &view.check).unwrap().frames
}

#[test]
fn a_wallet_moves_from_screen_to_camera() {
    let mut moving = MoveIn::begin(&random_from(1)).unwrap();
    let mut frames = shown("move", &moving);
    assert_eq!(frames.len(), 17);
    frames.reverse();
    let moved = collect(&mut moving, &frames).unwrap();
    assert_eq!((moved.view().entries, moved.view().left_out), (1, 0));
    let home = Folder::new("move-new");
    let wallet = moved.settle(home.path(), &pin(), &setup("demo"), ports(&home)).unwrap();
    let entry = wallet.store().entries().unwrap().remove(0);
    assert_eq!((entry.what, entry.receipt.as_deref()), (sharing(), Some("receipt")));
    assert_eq!(entry.receipt_state, ReceiptState::Unchecked, "this phone has not checked it");
}

#[test]
fn who_films_the_old_phone_opens_nothing() {
    let moving = MoveIn::begin(&random_from(1)).unwrap();
    let frames = shown("move-film", &moving);
    assert!(!frames.concat().contains("bank"));
    let mut other = MoveIn::begin(&random_from(2)).unwrap();
    assert_eq!(collect(&mut other, &frames).unwrap_err().code(), "move_closed");
}

#[test]
fn another_code_has_another_number_and_nothing_is_shown() {
    let folder = Folder::new("move-swap");
    let wallet = old_phone(&folder);
    let (ours, theirs) = (MoveIn::begin(&random_from(1)).unwrap(), MoveIn::begin(&random_from(2)).unwrap());
    let scanned = Destination::read(&theirs.view().text).unwrap();
    for typed in [ours.view().check.as_str(), "", "0", "0000 0000 0000"] {
        assert_eq!(wallet.move_out(&scanned, typed).unwrap_err().code(), "check_differs", "{typed}");
    }
    let typed = theirs.view().check.replace(' ', "-");
    assert!(wallet.move_out(&scanned, &typed).is_ok());
}

#[test]
fn the_number_of_a_key_stays_what_it_is() {
    let key = json!({
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    assert_eq!(Destination::of(&key).unwrap().check(), "0968 5970 9211");
}

#[test]
fn what_is_no_code_of_a_new_phone_is_refused() {
    let good = MoveIn::begin(&random_from(1)).unwrap().view().text;
    let newer = good.replace(":1:", ":2:");
    let off_the_curve = format!("{LINK}{}:{}", "A".repeat(43), "A".repeat(43));
    let (start, y) = good.rsplit_once(':').unwrap();
    let x = start.rsplit_once(':').unwrap().1;
    for (code, text) in [
        ("move_newer", newer.as_str()),
        ("move_link_malformed", ""),
        ("move_link_malformed", "https://bank.example"),
        ("move_link_malformed", LINK),
        ("move_link_malformed", &off_the_curve),
        ("move_link_malformed", &format!("{LINK}{x}")),
        ("move_link_malformed", &format!("{LINK}{y}:{x}")),
        ("move_link_malformed", &format!("{good}:{y}")),
        ("move_link_malformed", &format!("{good}{}", "A".repeat(300))),
    ] {
        assert_eq!(Destination::read(text).unwrap_err().code(), code, "{text}");
    }
    assert!(Destination::read(&format!(" {good}\n")).is_ok());
}

/// A message that anybody may make who has seen the new phone's code.
fn forged(to: &MoveIn, typ: &str, enc: ContentEncryption, kid: &str, content: &[u8]) -> String {
    let mut jwk = to.own.key.to_jwk();
    jwk["kid"] = kid.into();
    let header = [("typ".to_owned(), Value::from(typ))].into_iter().collect();
    encrypt(&jwk, enc, header, content, &mut *random_from(7).rng()).unwrap()
}

#[test]
fn a_message_of_another_kind_is_no_move() {
    let moving = MoveIn::begin(&random_from(1)).unwrap();
    let kid = moving.own.key.thumbprint();
    let content = Content {
        made_at: NOW,
        setup: setup("demo"),
        head: None,
        lists: vec![],
        cards: vec![],
        entries: Vec::<KeptEntry>::new(),
    };
    let bytes = content.pack(MIN_CONTENT, MAX_CONTENT).unwrap().bytes;
    let open = |typ: &str, enc, kid: &str, content: &[u8]| {
        moving
            .open(forged(&moving, typ, enc, kid, content).as_bytes())
            .map(|_| ())
            .map_err(|error| error.code())
    };
    let (a128, a256) = (ContentEncryption::A128Gcm, ContentEncryption::A256Gcm);
    assert_eq!(open(TYPE, a256, &kid, &bytes), Ok(()));
    assert_eq!(open("JWT", a256, &kid, &bytes), Err("move_closed"));
    assert_eq!(open(TYPE, a128, &kid, &bytes), Err("move_closed"));
    assert_eq!(open(TYPE, a256, "another", &bytes), Err("move_closed"));
    assert_eq!(open(TYPE, a256, &kid, b"noise"), Err("backup_damaged"));
    assert_eq!(moving.open(b"\xff").unwrap_err().code(), "move_closed");
}

#[test]
fn no_character_of_a_message_can_change() {
    let moving = MoveIn::begin(&random_from(1)).unwrap();
    let kid = moving.own.key.thumbprint();
    let good = forged(&moving, TYPE, ContentEncryption::A256Gcm, &kid, &[0; 64]).into_bytes();
    for place in 0..good.len() {
        let mut message = good.clone();
        message[place] = if message[place] == b'A' { b'B' } else { b'A' };
        assert!(matches!(moving.open(&message), Err(MoveError::Closed(_) | MoveError::NotAMove)), "{place}");
    }
}

#[test]
fn the_new_phone_believes_its_own_register_and_no_other() {
    let mut moving = MoveIn::begin(&random_from(1)).unwrap();
    let frames = shown("move-register", &moving);
    let moved = collect(&mut moving, &frames).unwrap();
    let home = Folder::new("move-elsewhere");
    let error = moved.settle(home.path(), &pin(), &setup("elsewhere"), ports(&home)).unwrap_err();
    assert_eq!(error.code(), "other_network");
    assert!(!crate::wallet::exists(home.path()));
}

#[test]
fn a_key_is_used_for_one_move() {
    let one = MoveIn::begin(&random_from(1)).unwrap().view();
    let other = MoveIn::begin(&random_from(2)).unwrap().view();
    assert_ne!((one.text, one.check), (other.text, other.check));
}
