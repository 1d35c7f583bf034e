//! Wallets that earlier versions made: each opens, and everything is there.
//!
//! `golden/wallet-0001` was made by the first version, before backups. Its PIN is 135790.

use std::path::Path;
use std::sync::Arc;

use wallet_core::keys::FileKeyStore;
use wallet_core::store::entries::{Outcome, ReceiptState};
use wallet_core::unlock::Pin;
use wallet_core::view::CardState;
use wallet_core::wallet::{Ports, Wallet};

use crate::now;
use crate::world::{Folder, Standing, random};

/// The folder of the first version's wallet, to be changed at will.
fn first(name: &str) -> Folder {
    let folder = Folder::new(name);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/wallet-0001");
    for entry in std::fs::read_dir(golden).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    folder
}

fn ports(folder: &Folder) -> Ports {
    let keys = FileKeyStore::open(&folder.path().join("device.key"), random()).unwrap();
    Ports { keys: Arc::new(keys), clock: Arc::new(Standing), random: random() }
}

fn pin(text: &str) -> Pin {
    Pin::new(text.to_owned()).unwrap()
}

#[test]
fn a_wallet_of_the_first_version_opens_with_everything_in_it() {
    let folder = first("first-opens");
    for _ in 0..2 {
        let wallet = Wallet::unlock(folder.path(), &pin("135790"), None, ports(&folder)).unwrap();
        let card = wallet.cards().unwrap().remove(0);
        assert_eq!((card.id.as_str(), card.title.pick("en")), ("a1b2c3d4e5f6", "Personal identity"));
        assert_eq!((card.copies, card.unused_copies, card.state), (3, 2, CardState::Ready));
        assert!(wallet.card(&card.id).unwrap().claims.iter().any(|claim| claim.value == "Maria"));
        let store = wallet.store();
        assert_eq!(store.card(&card.id).unwrap().source, None, "nobody had noted it");
        let entries = store.entries().unwrap();
        assert_eq!((entries[0].outcome, entries[1].outcome), (Outcome::Unknown, Outcome::Shared));
        assert_eq!(entries[1].receipt.as_deref(), Some("a.receipt.kept"));
        assert_eq!(entries[1].receipt_state, ReceiptState::Checked);
        assert_eq!(entries[1].what.cards[0].names[0].pick("en"), "Given name");
        assert!(
            !store
                .see_list("https://interior.example/lists/1", credential::time::UnixTime::from_secs(1))
                .unwrap()
        );
        assert_eq!(wallet.registry().unwrap().head().height, 42);
    }
}

#[test]
fn the_pin_of_an_earlier_wallet_can_be_changed() {
    let folder = first("first-pin");
    let ports = ports(&folder);
    Wallet::change_pin(folder.path(), &pin("135790"), &pin("246802"), &ports).unwrap();
    assert!(Wallet::unlock(folder.path(), &pin("135790"), None, ports.clone()).is_err());
    let wallet = Wallet::unlock(folder.path(), &pin("246802"), None, ports).unwrap();
    let copy = wallet.store().next_copy("a1b2c3d4e5f6").unwrap();
    wallet.store().begin_sharing(now(), &wallet.store().entries().unwrap()[0].what, &[&copy]).unwrap();
    assert_eq!(wallet.cards().unwrap()[0].unused_copies, 1);
}
