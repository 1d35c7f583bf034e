//! Attacks on a locked wallet: stolen files, files put back, files changed, and the device's own way out.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use credential::key::Signer;
use wallet_core::erase::erase;
use wallet_core::keys::{FileKeyStore, KeyHandle, KeyStore, KeyStoreError, Secret32};
use wallet_core::store::entries::{How, Sharing};
use wallet_core::tries::MAX_WRONG;
use wallet_core::unlock::Pin;
use wallet_core::view::{Party, Texts};
use wallet_core::wallet::{OpenError, Ports, Setup, Wallet, exists};

use crate::now;
use crate::register::Register;
use crate::world::{Folder, Standing, keep_card, key, random, random_from};

const PIN: &str = "135790";

/// A key store whose numbers are where no file can be put back over them, as hardware has it.
struct Hardware {
    files: FileKeyStore,
    /// Whether there is a device key.
    device: Mutex<bool>,
    /// Card keys that were destroyed; nothing while it is busy.
    destroyed: Mutex<Vec<KeyHandle>>,
    busy: Mutex<bool>,
    guesses: Mutex<u64>,
    right: Mutex<u64>,
    state: Mutex<u64>,
}

impl Hardware {
    fn over(files: FileKeyStore) -> Self {
        let (guesses, right, state) = (Mutex::default(), Mutex::default(), Mutex::new(1000));
        let (device, destroyed, busy) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { files, device, destroyed, busy, guesses, right, state }
    }
}

impl KeyStore for Hardware {
    fn make_device_key(&self) -> Result<(), KeyStoreError> {
        *self.device.lock().unwrap() = true;
        Ok(())
    }

    fn mix(&self, input: &[u8; 32]) -> Result<Secret32, KeyStoreError> {
        if *self.device.lock().unwrap() { self.files.mix(input) } else { Err(KeyStoreError::Gone) }
    }

    fn guesses(&self) -> Result<u64, KeyStoreError> {
        Ok(*self.guesses.lock().unwrap())
    }

    fn count_guess(&self) -> Result<(), KeyStoreError> {
        *self.guesses.lock().unwrap() += 1;
        Ok(())
    }

    fn right_guess(&self) -> Result<u64, KeyStoreError> {
        Ok(*self.right.lock().unwrap())
    }

    fn keep_right_guess(&self, guess: u64) -> Result<(), KeyStoreError> {
        *self.right.lock().unwrap() = guess;
        Ok(())
    }

    fn newest_state(&self) -> Result<Option<u64>, KeyStoreError> {
        Ok(Some(*self.state.lock().unwrap()))
    }

    fn keep_newest_state(&self, state: u64) -> Result<(), KeyStoreError> {
        let mut newest = self.state.lock().unwrap();
        *newest = state.max(*newest);
        Ok(())
    }

    fn destroy(&self) -> Result<(), KeyStoreError> {
        *self.device.lock().unwrap() = false;
        self.keep_right_guess(self.guesses()?)
    }

    fn make_card_key(&self) -> Result<KeyHandle, KeyStoreError> {
        self.files.make_card_key()
    }

    fn card_key(&self, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        self.files.card_key(handle)
    }

    fn destroy_card_key(&self, handle: &KeyHandle) -> Result<(), KeyStoreError> {
        if *self.busy.lock().unwrap() {
            return Err(KeyStoreError::ConfirmingLocked);
        }
        self.destroyed.lock().unwrap().push(handle.clone());
        Ok(())
    }

    fn destroy_token_key(&self, handle: &KeyHandle) -> Result<(), KeyStoreError> {
        self.files.destroy_token_key(handle)
    }

    fn make_token_key(&self) -> Result<KeyHandle, KeyStoreError> {
        self.files.make_token_key()
    }

    fn token_key(&self, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        self.files.token_key(handle)
    }
}

/// A locked wallet with a card of three copies.
struct Locked {
    folder: Folder,
    keys: Arc<dyn KeyStore>,
    /// Its own randomness.
    seed: u64,
}

/// All files of a folder, by name.
type Files = Vec<(PathBuf, Vec<u8>)>;

impl Locked {
    fn in_files(name: &str) -> Self {
        Self::new(name, |files| Arc::new(files))
    }

    fn in_hardware(name: &str) -> Self {
        Self::in_this_hardware(name).0
    }

    fn in_this_hardware(name: &str) -> (Self, Arc<Hardware>) {
        let mut hardware = None;
        let locked = Self::new(name, |files| {
            let made = Arc::new(Hardware::over(files));
            hardware = Some(Arc::clone(&made));
            made
        });
        (locked, hardware.unwrap())
    }

    fn new(name: &str, keys: impl FnOnce(FileKeyStore) -> Arc<dyn KeyStore>) -> Self {
        let folder = Folder::new(name);
        let seed = name.bytes().map(u64::from).sum();
        let keys = keys(FileKeyStore::create(&folder.path().join("device.key"), random_from(seed)).unwrap());
        let locked = Self { folder, keys, seed };
        let wallet = Wallet::init(locked.path(), &pin(PIN), &setup(), locked.ports()).unwrap();
        keep_card(wallet.store(), &*locked.keys, 3, &key(3));
        drop(wallet);
        locked
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn ports(&self) -> Ports {
        Ports { keys: Arc::clone(&self.keys), clock: Arc::new(Standing), random: random_from(self.seed + 1) }
    }

    fn unlock(&self, text: &str) -> Result<Wallet, OpenError> {
        Wallet::unlock(self.path(), &pin(text), None, self.ports())
    }

    /// Opens and reads everything: a digest of it, or the code of the refusal.
    fn digest(&self) -> Result<[u8; 32], &'static str> {
        let wallet = self.unlock(PIN).map_err(|error| error.code())?;
        wallet.store().digest().map_err(|error| error.code())
    }

    fn change_pin(&self, from: &str, to: &str) -> Result<(), OpenError> {
        Wallet::change_pin(self.path(), &pin(from), &pin(to), &self.ports())
    }

    /// Shows the next copy of the card to somebody.
    fn use_copy(&self) {
        let wallet = self.unlock(PIN).unwrap();
        let copy = wallet.store().next_copy("card").unwrap();
        wallet.store().begin_sharing(now(), &sharing(), &[&copy]).unwrap();
    }

    fn unused(&self) -> u32 {
        self.unlock(PIN).unwrap().cards().unwrap()[0].unused_copies
    }

    fn files(&self) -> Files {
        let entries = std::fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
    }

    /// Throws the app away with its files and sets it up again, with a new PIN: the hardware remembers.
    fn reinstall(&self, new_pin: &str) {
        for (path, _) in self.files() {
            std::fs::remove_file(path).unwrap();
        }
        Wallet::init(self.path(), &pin(new_pin), &setup(), self.ports()).unwrap();
    }

    fn put_back(&self, files: &Files, which: &[&str]) {
        for (path, bytes) in files {
            if which.is_empty() || which.iter().any(|name| path.ends_with(name)) {
                std::fs::write(path, bytes).unwrap();
            }
        }
    }
}

fn setup() -> Setup {
    let nodes = vec!["http://127.0.0.1:1".parse().unwrap()];
    Setup { checkpoint: Register::new(now()).checkpoint(), nodes }
}

fn pin(text: &str) -> Pin {
    Pin::new(text.to_owned()).unwrap()
}

fn code<T>(result: Result<T, OpenError>) -> &'static str {
    result.map(drop).expect_err("it opened").code()
}

fn sharing() -> Sharing {
    Sharing {
        asked_by: Party { member: "bank".to_owned(), name: Texts::one("Bank") },
        through: None,
        use_name: "login".to_owned(),
        purpose: Texts::default(),
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

#[test]
fn a_pin_that_was_changed_opens_and_the_old_one_does_not() {
    let locked = Locked::in_files("change");
    let before = locked.digest().unwrap();
    assert_eq!(code(locked.change_pin("000000", "246802")), "wrong_pin");
    locked.change_pin(PIN, "246802").unwrap();
    assert_eq!(code(locked.unlock(PIN)), "wrong_pin");
    assert_eq!(locked.unlock("246802").unwrap().store().digest().unwrap(), before);
}

#[test]
fn hardware_counts_guesses_whatever_is_done_to_the_files() {
    let locked = Locked::in_hardware("hardware-guesses");
    let fresh = locked.files();
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(code(locked.unlock("000000")));
        locked.put_back(&fresh, &[]);
    }
    assert_eq!(codes, ["wrong_pin", "wrong_pin", "wrong_pin", "too_many_wrong_pins"]);
    assert_eq!(code(locked.unlock(PIN)), "too_many_wrong_pins");
}

/// A wallet in hardware that was shut for good, and the app set up anew.
fn reinstalled_after_too_many_guesses(name: &str, new_pin: &str) -> Locked {
    let locked = Locked::in_hardware(name);
    for _ in 0..MAX_WRONG {
        locked.keys.count_guess().unwrap();
    }
    assert_eq!(code(locked.unlock(PIN)), "locked_for_good");
    locked.reinstall(new_pin);
    assert!(locked.keys.guesses().unwrap() >= MAX_WRONG, "what was counted stays counted");
    locked
}

#[test]
fn a_new_wallet_opens_at_once_whatever_was_guessed_at_the_one_before() {
    let locked = reinstalled_after_too_many_guesses("reinstalled", "246802");
    locked.unlock("246802").unwrap();
}

#[test]
fn wrong_guesses_at_a_new_wallet_count_from_nought() {
    let locked = reinstalled_after_too_many_guesses("reinstalled-guesses", "246802");
    let codes = [(); 4].map(|()| code(locked.unlock(PIN)));
    assert_eq!(codes, ["wrong_pin", "wrong_pin", "wrong_pin", "too_many_wrong_pins"]);
    assert_eq!(locked.keys.guesses().unwrap(), MAX_WRONG + 3);
}

#[test]
fn an_old_lock_opens_nothing_with_its_old_pin() {
    let locked = Locked::in_files("old-lock");
    let old = locked.files();
    locked.change_pin(PIN, "246802").unwrap();
    let new = locked.files();
    for _ in 0..3 {
        locked.put_back(&old, &["lock.json"]);
        assert_eq!(code(locked.unlock(PIN)), "lock_put_back");
    }
    // Whoever knows an old PIN buys no guesses at the new one with it.
    locked.put_back(&new, &["lock.json"]);
    assert_eq!(code(locked.unlock("246802")), "too_many_wrong_pins");
}

#[test]
fn hardware_notices_a_database_that_was_put_back_with_everything_around_it() {
    let locked = Locked::in_hardware("hardware");
    let old = locked.files();
    locked.use_copy();
    assert_eq!(locked.unused(), 2);
    let new = locked.files();
    locked.put_back(&old, &[]);
    assert_eq!(code(locked.unlock(PIN)), "database_put_back");
    locked.put_back(&new, &[]);
    assert_eq!(locked.unused(), 2);
}

#[test]
fn hardware_notices_an_old_pin_that_was_put_back_with_everything_around_it() {
    let locked = Locked::in_hardware("hardware-pin");
    let old = locked.files();
    locked.change_pin(PIN, "246802").unwrap();
    locked.put_back(&old, &[]);
    assert_eq!(code(locked.unlock(PIN)), "database_put_back");
}

#[test]
fn where_the_device_key_vanished_no_pin_seems_wrong_and_a_new_wallet_can_be_made() {
    let locked = Locked::in_hardware("vanished");
    locked.keys.destroy().unwrap();
    assert_eq!(code(locked.unlock(PIN)), "device_key_gone");
    assert_eq!(locked.change_pin(PIN, "246802").unwrap_err().code(), "device_key_gone");
    assert_eq!(code(locked.unlock(PIN)), "device_key_gone", "no other took its place");
    erase(locked.path(), &*locked.keys).unwrap();
    Wallet::init(locked.path(), &pin(PIN), &setup(), locked.ports()).unwrap();
    assert_eq!(code(locked.unlock("246802")), "wrong_pin");
    locked.unlock(PIN).unwrap();
}

#[tokio::test]
async fn keys_of_a_card_that_is_thrown_away_are_destroyed_with_it() {
    let (locked, hardware) = Locked::in_this_hardware("thrown-away");
    locked.unlock(PIN).unwrap().remove_card("card").await.unwrap();
    assert_eq!(hardware.destroyed.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn keys_that_could_not_be_destroyed_then_are_when_the_wallet_next_opens() {
    let (locked, hardware) = Locked::in_this_hardware("thrown-away-busy");
    let destroyed = || hardware.destroyed.lock().unwrap().len();
    let wallet = locked.unlock(PIN).unwrap();
    *hardware.busy.lock().unwrap() = true;
    wallet.remove_card("card").await.unwrap();
    drop(wallet);
    drop(locked.unlock(PIN).unwrap());
    assert_eq!(destroyed(), 0);
    *hardware.busy.lock().unwrap() = false;
    for _ in 0..2 {
        drop(locked.unlock(PIN).unwrap());
        assert_eq!(destroyed(), 3, "each of them, once");
    }
}

#[test]
fn a_key_store_in_files_notices_a_database_that_was_put_back_alone() {
    let locked = Locked::in_files("database-alone");
    let old = locked.files();
    locked.use_copy();
    locked.put_back(&old, &["wallet.db", "lock.json", "tries.json"]);
    assert_eq!(code(locked.unlock(PIN)), "database_put_back");
}

/// What the documentation says that it cannot do: if this fails, correct the documentation.
#[test]
fn a_key_store_in_files_notices_nothing_where_all_files_were_put_back() {
    let locked = Locked::in_files("everything");
    let old = locked.files();
    locked.use_copy();
    locked.put_back(&old, &[]);
    assert_eq!(locked.unused(), 3);
}

#[test]
fn a_database_and_its_lock_without_the_key_store_open_nothing() {
    let locked = Locked::in_files("stolen");
    let thief = Folder::new("thief");
    for name in ["wallet.db", "lock.json", "tries.json"] {
        std::fs::copy(locked.path().join(name), thief.path().join(name)).unwrap();
    }
    let keys = FileKeyStore::create(&thief.path().join("device.key"), random_from(9)).unwrap();
    let ports = Ports { keys: Arc::new(keys), clock: Arc::new(Standing), random: random() };
    assert_eq!(code(Wallet::unlock(thief.path(), &pin(PIN), None, ports)), "wrong_pin");
}

#[test]
fn files_of_two_wallets_do_not_fit_together() {
    let (one, other) = (Locked::in_files("mixed-one"), Locked::in_files("mixed-other"));
    other.change_pin(PIN, "246802").unwrap();
    std::fs::copy(other.path().join("lock.json"), one.path().join("lock.json")).unwrap();
    assert_eq!(code(one.unlock("246802")), "wrong_pin");
    std::fs::copy(other.path().join("device.key"), one.path().join("device.key")).unwrap();
    let keys = FileKeyStore::open(&one.path().join("device.key"), random()).unwrap();
    let ports = Ports { keys: Arc::new(keys), ..one.ports() };
    assert_eq!(code(Wallet::unlock(one.path(), &pin("246802"), None, ports)), "database_key");
}

#[test]
fn no_file_can_be_cut_short() {
    let locked = Locked::in_files("cut");
    let good = locked.digest();
    let files = locked.files();
    for (path, bytes) in &files {
        for length in
            [0, 1, bytes.len() / 2, bytes.len().saturating_sub(1)].map(|length| length.min(bytes.len()))
        {
            locked.put_back(&files, &[]);
            std::fs::write(path, &bytes[..length]).unwrap();
            let found = locked.digest();
            assert!(found.is_err() || found == good, "{} cut to {length}", path.display());
        }
    }
}

#[test]
fn no_bit_of_a_file_can_change_what_is_read() {
    let locked = Locked::in_files("flipped");
    let good = locked.digest();
    let files = locked.files();
    let mut refused = 0;
    for (path, bytes) in &files {
        // A few dozen places in each file, in every page of the database. The time of the newest guess is believed or
        // not, and opens nothing either way.
        for place in (0..bytes.len()).step_by((bytes.len() / 40).max(1)) {
            locked.put_back(&files, &[]);
            let mut changed = bytes.clone();
            changed[place] ^= 1 << (place % 8);
            std::fs::write(path, changed).unwrap();
            let found = locked.digest();
            assert!(found.is_err() || found == good, "{} byte {place}", path.display());
            refused += usize::from(found.is_err());
        }
    }
    assert!(refused > 60, "{refused} refused: the changes were not where they matter");
}

#[test]
fn an_erased_wallet_is_gone_and_another_can_be_made() {
    let locked = Locked::in_files("erased");
    let lost = locked.unlock(PIN).unwrap().before_erasing().unwrap();
    assert_eq!((lost.cards.len(), lost.unused_copies, lost.entries), (1, 3, 0));
    let old = locked.files();
    for _ in 0..2 {
        erase(locked.path(), &*locked.keys).unwrap();
        assert!(!exists(locked.path()));
        assert_eq!(code(locked.unlock(PIN)), "no_wallet");
    }
    // Without the device key the rest is noise, even for who kept a copy of it.
    for name in ["wallet.db", "lock.json", "tries.json"] {
        assert!(!locked.path().join(name).exists(), "{name}");
    }
    locked.put_back(&old, &["wallet.db", "lock.json", "tries.json", "device.guesses"]);
    assert!(FileKeyStore::open(&locked.path().join("device.key"), random()).is_err());
    erase(locked.path(), &*locked.keys).unwrap();
    let keys = FileKeyStore::create(&locked.path().join("device.key"), random()).unwrap();
    let ports = Ports { keys: Arc::new(keys), clock: Arc::new(Standing), random: random() };
    assert!(
        Wallet::init(locked.path(), &pin("246802"), &setup(), ports).unwrap().cards().unwrap().is_empty()
    );
}

#[test]
fn of_two_who_make_a_wallet_at_once_one_has_it_and_it_opens() {
    for round in 0..8 {
        let folder = Folder::new(&format!("made-twice-{round}"));
        let keys: Arc<dyn KeyStore> =
            Arc::new(FileKeyStore::create(&folder.path().join("device.key"), random_from(1)).unwrap());
        let ports =
            |seed| Ports { keys: Arc::clone(&keys), clock: Arc::new(Standing), random: random_from(seed) };
        let make = |seed| Wallet::init(folder.path(), &pin(PIN), &setup(), ports(seed)).map(drop);
        let made = std::thread::scope(|threads| {
            let both = [2, 3].map(|seed| threads.spawn(move || make(seed)));
            both.map(|thread| thread.join().unwrap().map_err(|error| error.code()))
        });
        assert!(made.contains(&Ok(())) && made.contains(&Err("wallet_exists")), "{made:?}");
        let opened = Wallet::unlock(folder.path(), &pin(PIN), None, ports(4)).unwrap();
        assert!(opened.cards().unwrap().is_empty());
    }
}
