use std::collections::BTreeSet;

use credential::encoding::base64url;

use super::cards::{About, Card, Source};
use super::entries::{How, Outcome, ReceiptState, Sharing};
use super::promises::{NewPromise, Promised};
use super::received::{Again, Delivery, Received, Whose};
use super::renewals::{NewRenewal, Renewal};
use super::unneeded::Unneeded;
use super::*;
use crate::held::CardFormat;
use crate::keys::KeyHandle;
use crate::testing::{Folder, NOW};
use crate::view::{Party, Texts};

fn card(id: &str) -> Card {
    Card {
        id: id.to_owned(),
        format: CardFormat::SdJwtVc,
        vct: "urn:eudi:pid:xs:1".to_owned(),
        issuer: "interior".to_owned(),
        received_at: NOW,
        about: About { title: Texts::one("Personal identity"), ..About::default() },
        source: None,
    }
}

fn copies(count: u8) -> Vec<(String, KeyHandle)> {
    (0..count).map(|number| (format!("copy {number}"), KeyHandle::from_bytes(vec![number]))).collect()
}

fn sharing() -> Sharing {
    let bank = Party { member: "bank".to_owned(), name: Texts::one("Bank") };
    Sharing {
        asked_by: bank,
        through: None,
        use_name: "login".to_owned(),
        purpose: Texts::default(),
        network: "demo".to_owned(),
        through_member: "bank".to_owned(),
        how: How::Card,
        address: String::new(),
        kept_days: None,
        state: None,
        cards: Vec::new(),
        transactions: Vec::new(),
    }
}

#[test]
fn each_copy_is_shown_once_before_any_is_shown_again() {
    let store = Store::in_memory().unwrap();
    store.keep_card(&card("a"), &copies(2)).unwrap();
    let mut shown = Vec::new();
    for _ in 0..3 {
        let copy = store.next_copy("a").unwrap();
        store.begin_sharing(NOW, &sharing(), &[&copy]).unwrap();
        shown.push((copy.credential, copy.uses));
    }
    let expected = [("copy 0", 0), ("copy 1", 0), ("copy 0", 1)].map(|(text, uses)| (text.to_owned(), uses));
    assert_eq!(shown, expected);
    assert_eq!(store.copies("a").unwrap().unused, 0);
}

#[test]
fn a_copy_is_never_taken_by_two() {
    let store = Store::in_memory().unwrap();
    store.keep_card(&card("a"), &copies(1)).unwrap();
    let copy = store.next_copy("a").unwrap();
    store.begin_sharing(NOW, &sharing(), &[&copy]).unwrap();
    let before = store.digest().unwrap();
    assert!(matches!(store.begin_sharing(NOW, &sharing(), &[&copy]), Err(StoreError::Taken)));
    assert_eq!(store.digest().unwrap(), before);
}

#[test]
fn a_copy_that_came_in_the_place_of_another_is_not_taken_for_it() {
    let store = Store::in_memory().unwrap();
    store.keep_received(&answer(Whose::New, &[1, 2], Again::Never)).unwrap();
    let copy = store.next_copy("a").unwrap();
    store.keep_received(&answer(Whose::Old, &[3, 4], Again::Never)).unwrap();
    let next = store.next_copy("a").unwrap();
    assert_eq!((next.id, next.uses), (copy.id, copy.uses), "numbers come again");
    let before = store.digest().unwrap();
    assert!(matches!(store.begin_sharing(NOW, &sharing(), &[&copy]), Err(StoreError::Taken)));
    assert_eq!(store.digest().unwrap(), before);
    store.begin_sharing(NOW, &sharing(), &[&next]).unwrap();
}

#[test]
fn a_card_is_kept_with_all_its_copies_or_not_at_all() {
    let store = Store::in_memory().unwrap();
    let before = store.digest().unwrap();
    let mut twice = copies(2);
    twice[1].1 = KeyHandle::from_bytes(vec![0]);
    assert!(store.keep_card(&card("a"), &twice).is_err());
    assert_eq!(store.digest().unwrap(), before);
    assert!(store.cards().unwrap().is_empty());
}

#[test]
fn the_cards_of_an_offer_are_kept_together_or_not_at_all() {
    let store = Store::in_memory().unwrap();
    let before = store.digest().unwrap();
    let sharing_a_key = [(card("a"), copies(1)), (card("b"), copies(1))];
    assert!(store.keep_cards(&sharing_a_key).is_err());
    assert_eq!(store.digest().unwrap(), before);
    store.keep_cards(&[(card("a"), copies(1)), (card("b"), copies(2).split_off(1))]).unwrap();
    assert_eq!(store.cards().unwrap().len(), 2);
}

/// An answer of an issuer's: copies of a card, with keys of these numbers, and what to come again with.
fn answer(whose: Whose, keys: &[u8], again: Again) -> Received {
    let copies = keys.iter().map(|key| (format!("with {key}"), KeyHandle::from_bytes(vec![*key]))).collect();
    let delivery = Delivery { card: card("a"), whose, copies, notification: None };
    Received { deliveries: vec![delivery], promises: Vec::new(), again, kept_promise: None, at: NOW }
}

/// What came along with a card, under a key of this number.
fn renewal(key: u8, token: &str) -> NewRenewal {
    NewRenewal {
        server: None,
        client_id: None,
        token: token.to_owned(),
        key: KeyHandle::from_bytes(vec![key]),
    }
}

/// A promise under a token key and for a copy with a key of these numbers.
fn promise(card: Option<&str>, token: u8, proven: u8) -> NewPromise {
    let what = Promised {
        source: Source { issuer: "https://issuer.example".to_owned(), configuration: "id".to_owned() },
        member: "interior".to_owned(),
        title: Texts::default(),
        issuer_name: Texts::default(),
        server: None,
        client_id: None,
        transaction_id: "t".to_owned(),
        access_token: "a".to_owned(),
        token_key: base64url([token]),
        keys: vec![base64url([proven])],
    };
    NewPromise { card: card.map(str::to_owned), due_at: NOW, what }
}

/// An answer of an issuer's that only promises.
fn promises(promise: NewPromise) -> Received {
    let promises = vec![promise];
    Received { deliveries: Vec::new(), promises, again: Again::Never, kept_promise: None, at: NOW }
}

/// A renewal that was forgotten with its card, and another that has its number since.
fn with_renewal_replaced(store: &Store) -> (Renewal, Renewal) {
    store.keep_received(&answer(Whose::New, &[1], Again::With(renewal(9, "gone")))).unwrap();
    let gone = store.renewals().unwrap().remove(0);
    store.remove_card("a").unwrap();
    store.keep_received(&answer(Whose::New, &[2], Again::With(renewal(8, "other")))).unwrap();
    let other = store.renewals().unwrap().remove(0);
    assert_eq!(other.id, gone.id, "numbers come again");
    (gone, other)
}

#[test]
fn a_renewal_that_has_the_number_of_a_forgotten_one_is_not_taken_for_it() {
    let store = Store::in_memory().unwrap();
    let (gone, other) = with_renewal_replaced(&store);
    assert_eq!(store.renewal(&gone.name()).unwrap(), None);
    store.keep_token(&gone.name(), "a stranger's").unwrap();
    store.plan_renewal(&gone.name(), NOW, 3).unwrap();
    store.end_renewal(&gone.name()).unwrap();
    assert_eq!(store.renewals().unwrap(), std::slice::from_ref(&other));
    assert_eq!(store.renewal(&other.name()).unwrap(), Some(other));
}

#[test]
fn a_card_that_came_by_a_forgotten_renewal_does_not_come_again_by_another() {
    let store = Store::in_memory().unwrap();
    let (gone, other) = with_renewal_replaced(&store);
    store.plan_renewal(&other.name(), NOW, 2).unwrap();
    let mut received = answer(Whose::New, &[3], Again::Kept(gone.name()));
    received.deliveries[0].card.id = "b".to_owned();
    store.keep_received(&received).unwrap();
    assert_eq!(store.renewal_of("b").unwrap(), None);
    assert_eq!(store.renewals().unwrap()[0].failures, 2);
}

#[test]
fn a_promise_that_has_the_number_of_a_forgotten_one_is_not_taken_for_it() {
    let store = Store::in_memory().unwrap();
    store.keep_received(&promises(promise(None, 9, 1))).unwrap();
    let gone = store.promises().unwrap().remove(0);
    store.forget_promise(&gone).unwrap();
    store.keep_received(&promises(promise(None, 8, 2))).unwrap();
    let other = store.promises().unwrap().remove(0);
    assert_eq!(other.id, gone.id, "numbers come again");
    let before = store.digest().unwrap();
    store.put_off_promise(&gone, NOW.plus(Duration::from_secs(60)), 3).unwrap();
    store.forget_promise(&gone).unwrap();
    let mut received = answer(Whose::New, &[], Again::Never);
    (received.deliveries, received.kept_promise) = (Vec::new(), Some(gone));
    store.keep_received(&received).unwrap();
    assert_eq!(store.digest().unwrap(), before);
    store.put_off_promise(&other, NOW, 3).unwrap();
    assert_eq!(store.promises().unwrap()[0].failures, 3);
}

#[test]
fn what_comes_for_a_card_that_was_thrown_away_is_refused() {
    let store = Store::in_memory().unwrap();
    let before = store.digest().unwrap();
    for received in [answer(Whose::Old, &[1], Again::Never), promises(promise(Some("a"), 9, 1))] {
        assert!(matches!(store.keep_received(&received), Err(StoreError::NoCard)));
    }
    assert_eq!(store.digest().unwrap(), before);
}

#[test]
fn keys_of_what_is_dropped_are_noted_until_they_are_destroyed() {
    let store = Store::in_memory().unwrap();
    let handle = |key| KeyHandle::from_bytes(vec![key]);
    let cards = |keys: &[u8]| keys.iter().map(|key| Unneeded::Card(handle(*key))).collect::<Vec<_>>();
    store.keep_received(&answer(Whose::New, &[1, 2], Again::With(renewal(9, "r1")))).unwrap();
    assert!(store.unneeded_keys().unwrap().is_empty());
    store.keep_received(&answer(Whose::Old, &[3], Again::Never)).unwrap();
    assert_eq!(store.unneeded_keys().unwrap(), cards(&[1, 2]));
    store.forget_key(&cards(&[1])[0]).unwrap();
    store.remove_card("a").unwrap();
    let all = [cards(&[2, 3]), vec![Unneeded::Token(handle(9))]].concat();
    assert_eq!(
        store.unneeded_keys().unwrap(),
        all,
        "those of the copies, and of the renewal that went with them"
    );
    store.keep_received(&answer(Whose::New, &[2], Again::Never)).unwrap();
    assert_eq!(store.unneeded_keys().unwrap(), all[1..], "what is needed again stays");
}

#[test]
fn keys_that_a_promise_waits_with_stay_until_it_is_kept_or_forgotten() {
    let store = Store::in_memory().unwrap();
    let (token, proven) = (KeyHandle::from_bytes(vec![9]), KeyHandle::from_bytes(vec![4]));
    let card = answer(Whose::New, &[4], Again::With(renewal(9, "r1")));
    store.keep_received(&Received { promises: vec![promise(None, 9, 4)], ..card }).unwrap();
    let made = store.promises().unwrap().remove(0);
    store.end_renewal(made.renewal.as_ref().unwrap()).unwrap();
    store.remove_card("a").unwrap();
    assert_eq!(store.unneeded_keys().unwrap(), [], "the promise is still asked for with them");
    store.forget_promise(&made).unwrap();
    assert_eq!(store.unneeded_keys().unwrap(), [Unneeded::Token(token), Unneeded::Card(proven)]);
}

#[test]
fn an_entry_stays_unknown_until_its_end_is_known() {
    let store = Store::in_memory().unwrap();
    let id = store.begin_sharing(NOW, &sharing(), &[]).unwrap();
    assert_eq!(store.entries().unwrap()[0].outcome, Outcome::Unknown);
    store.end_sharing(id, Outcome::Shared, Some("receipt"), ReceiptState::Checked).unwrap();
    let entry = store.entries().unwrap().remove(0);
    assert_eq!((entry.outcome, entry.receipt_state), (Outcome::Shared, ReceiptState::Checked));
    assert_eq!(entry.what, sharing());
}

#[test]
fn a_status_list_never_goes_back() {
    let store = Store::in_memory().unwrap();
    let earlier = NOW.minus(Duration::from_secs(1));
    assert!(store.see_list("https://a.example/1", NOW).unwrap());
    assert!(store.see_list("https://a.example/1", NOW).unwrap());
    assert!(!store.see_list("https://a.example/1", earlier).unwrap());
    assert!(store.see_list("https://a.example/2", earlier).unwrap());
}

#[test]
fn a_stolen_file_is_noise() {
    let folder = Folder::new("stolen");
    let path = folder.path().join("wallet.db");
    let store = Store::open(&path, &Secret32::new([1; 32])).unwrap();
    store
        .keep_card(&card("a"), &[("A-CREDENTIAL-OF-MARIA".to_owned(), KeyHandle::from_bytes(vec![1]))])
        .unwrap();
    drop(store);
    let bytes = std::fs::read(&path).unwrap();
    for known in [&b"MARIA"[..], b"SQLite format", b"CREATE TABLE", b"urn:eudi"] {
        assert!(!bytes.windows(known.len()).any(|window| window == known));
    }
    assert!(matches!(Store::open(&path, &Secret32::new([2; 32])), Err(StoreError::Key)));
    assert_eq!(Store::open(&path, &Secret32::new([1; 32])).unwrap().cards().unwrap().len(), 1);
}

/// A key store whose numbers nobody can put back, and which can be made to say that it has none.
#[derive(Default)]
struct Counting {
    newest: Mutex<Option<u64>>,
    /// What another process does before the next answer.
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl KeyStore for Counting {
    fn newest_state(&self) -> Result<Option<u64>, KeyStoreError> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        Ok(*self.newest.lock().unwrap())
    }

    fn keep_newest_state(&self, state: u64) -> Result<(), KeyStoreError> {
        let mut newest = self.newest.lock().unwrap();
        *newest = newest.map(|newest| newest.max(state));
        Ok(())
    }

    fn make_device_key(&self) -> Result<(), KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn mix(&self, _: &[u8; 32]) -> Result<Secret32, KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn guesses(&self) -> Result<u64, KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn count_guess(&self) -> Result<(), KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn right_guess(&self) -> Result<u64, KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn keep_right_guess(&self, _: u64) -> Result<(), KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn destroy(&self) -> Result<(), KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn make_card_key(&self) -> Result<KeyHandle, KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn card_key(&self, _: &KeyHandle) -> Result<Box<dyn credential::key::Signer>, KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn destroy_card_key(&self, _: &KeyHandle) -> Result<(), KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn destroy_token_key(&self, _: &KeyHandle) -> Result<(), KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn make_token_key(&self) -> Result<KeyHandle, KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }

    fn token_key(&self, _: &KeyHandle) -> Result<Box<dyn credential::key::Signer>, KeyStoreError> {
        Err(KeyStoreError::Damaged)
    }
}

fn counting(newest: Option<u64>) -> Arc<Counting> {
    Arc::new(Counting { newest: Mutex::new(newest), ..Counting::default() })
}

fn numbered(keys: &Arc<Counting>) -> Store {
    let mut store = Store::in_memory().unwrap();
    store.start_numbers(Arc::clone(keys) as Arc<dyn KeyStore>).unwrap();
    store.keep_card(&card("a"), &copies(2)).unwrap();
    store
}

#[test]
fn a_used_copy_is_told_to_the_key_store_before_it_leaves() {
    let keys = counting(Some(40));
    let store = numbered(&keys);
    let copy = store.next_copy("a").unwrap();
    store.begin_sharing(NOW, &sharing(), &[&copy]).unwrap();
    assert_eq!(keys.newest_state().unwrap(), Some(41));
    assert!(matches!(store.begin_sharing(NOW, &sharing(), &[&copy]), Err(StoreError::Taken)));
    assert_eq!(keys.newest_state().unwrap(), Some(41));
}

#[test]
fn a_file_that_is_behind_its_key_store_is_refused() {
    let keys = counting(Some(0));
    let mut store = numbered(&keys);
    let again =
        |store: &mut Store| store.check_numbers(newest::FIRST_LOCK, Arc::clone(&keys) as Arc<dyn KeyStore>);
    again(&mut store).unwrap();
    keys.keep_newest_state(1).unwrap();
    assert!(matches!(again(&mut store), Err(StoreError::PutBack)));
}

#[test]
fn a_file_that_is_ahead_was_interrupted_and_its_key_store_catches_up() {
    let keys = counting(Some(0));
    let mut store = numbered(&keys);
    store.keys = None;
    store.begin_sharing(NOW, &sharing(), &[]).unwrap();
    assert_eq!(keys.newest_state().unwrap(), Some(0));
    store.check_numbers(newest::FIRST_LOCK, Arc::clone(&keys) as Arc<dyn KeyStore>).unwrap();
    assert_eq!(keys.newest_state().unwrap(), Some(1));
}

#[test]
fn a_file_that_another_process_moves_on_while_it_opens_was_not_put_back() {
    let folder = Folder::new("moved-on");
    let open = || Store::open(&folder.path().join("wallet.db"), &Secret32::new([1; 32])).unwrap();
    let keys = counting(Some(0));
    let (mut store, mut other) = (open(), open());
    other.start_numbers(Arc::clone(&keys) as Arc<dyn KeyStore>).unwrap();
    *keys.meanwhile.lock().unwrap() = Some(Box::new(move || {
        other.begin_sharing(NOW, &sharing(), &[]).unwrap();
    }));
    store.check_numbers(newest::FIRST_LOCK, Arc::clone(&keys) as Arc<dyn KeyStore>).unwrap();
    assert_eq!(keys.newest_state().unwrap(), Some(1));
}

#[test]
fn a_device_that_cannot_count_opens_what_it_has() {
    let keys = counting(None);
    let mut store = numbered(&keys);
    store.begin_sharing(NOW, &sharing(), &[]).unwrap();
    store.check_numbers(newest::FIRST_LOCK, keys).unwrap();
}

#[test]
fn an_older_lock_is_refused_and_a_newer_one_is_noted() {
    let keys = counting(Some(0));
    let mut store = numbered(&keys);
    let mut see = |lock| store.check_numbers(lock, Arc::clone(&keys) as Arc<dyn KeyStore>);
    assert!(matches!(see(0), Err(StoreError::LockPutBack)));
    see(1).unwrap();
    see(3).unwrap();
    assert!(matches!(see(2), Err(StoreError::LockPutBack)));
    assert!(matches!(see(u64::MAX), Err(StoreError::Damaged)));
}

#[test]
fn every_earlier_database_becomes_one_of_now() {
    for version in 0..=MIGRATIONS.len() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_to(&mut connection, version).unwrap();
        migrate(&mut connection).unwrap();
        let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(found as usize, MIGRATIONS.len());
        let columns = |connection: &Connection| {
            let sql = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY name)";
            connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap()
        };
        let mut fresh = Connection::open_in_memory().unwrap();
        migrate(&mut fresh).unwrap();
        assert_eq!(columns(&connection), columns(&fresh), "from version {version}");
    }
}

#[test]
fn a_database_of_a_newer_wallet_is_refused() {
    let folder = Folder::new("newer");
    let path = folder.path().join("wallet.db");
    let key = Secret32::new([1; 32]);
    let store = Store::open(&path, &key).unwrap();
    store.read().pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    assert!(matches!(Store::open(&path, &key), Err(StoreError::Newer)));
}

#[test]
fn a_card_that_cannot_be_read_answers_nothing_and_stays() {
    let store = Store::in_memory().unwrap();
    store.keep_card(&card("a"), &copies(1)).unwrap();
    assert!(
        store
            .cards_of_type(CardFormat::SdJwtVc, "urn:eudi:pid:xs:1", &BTreeSet::new(), NOW)
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.cards().unwrap().len(), 1);
    let noted = || -> Vec<String> {
        let connection = store.read();
        let mut rows = connection.prepare("SELECT claims FROM content").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(noted(), ["null"], "it is read once, not at every look");
    store.read().execute("INSERT INTO copy (card, credential, key) VALUES ('a', 'x', x'07')", []).unwrap();
    assert!(noted().is_empty(), "what a new copy says is noted again");
}

#[test]
fn cards_of_a_wallet_before_formats_are_in_the_only_one_there_was() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(MIGRATIONS[0]).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    connection
        .execute_batch(
            "INSERT INTO card VALUES ('a', 'urn:x:1', 'interior', 7, '{\"title\":{},\"issuer_name\":{},\"claims\":[]}');
             INSERT INTO copy (card, credential, key) VALUES ('a', 'x', x'00');",
        )
        .unwrap();
    migrate(&mut connection).unwrap();
    let store = Store { connection: Mutex::new(connection), keys: None };
    let cards = store.cards().unwrap();
    assert_eq!((cards[0].id.as_str(), cards[0].format), ("a", CardFormat::SdJwtVc));
}
