use std::path::PathBuf;

use super::*;
use crate::keys::FileKeyStore;
use crate::testing::{Folder, NOW, random};
use crate::tries::MAX_WRONG;

fn pin(text: &str) -> Pin {
    Pin::new(text.to_owned()).unwrap()
}

struct Locked {
    folder: Folder,
    lock: Lock,
    keys: FileKeyStore,
    key: Secret32,
}

impl Locked {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let keys = FileKeyStore::create(&folder.path().join("device.key"), random()).unwrap();
        let lock = Lock::in_folder(folder.path());
        let key = Secret32::new([7; 32]);
        lock.close(&key, &pin("135790"), &keys, &random(), NOW).unwrap();
        Self { folder, lock, keys, key }
    }

    fn open(&self, text: &str, now: UnixTime) -> Result<Secret32, UnlockError> {
        let Opened { key, guess, .. } = self.lock.open(&pin(text), &self.keys, now)?;
        guess.was_right(&self.keys)?;
        Ok(key)
    }

    fn change(&self, from: &str, to: &str) -> u64 {
        let opened = self.lock.open(&pin(from), &self.keys, NOW).unwrap();
        let number = self.lock.change(&opened, &pin(to), &self.keys, &random_from(5)).unwrap();
        opened.was_right(&self.keys).unwrap();
        number
    }

    fn lock_file(&self) -> PathBuf {
        self.folder.path().join("lock.json")
    }

    fn tries(&self) -> PathBuf {
        self.folder.path().join("tries.json")
    }
}

fn after(seconds: u64) -> UnixTime {
    NOW.plus(Duration::from_secs(seconds))
}

#[test]
fn the_right_pin_opens() {
    let locked = Locked::new("right-pin");
    assert_eq!(locked.open("135790", NOW).unwrap().expose_secret(), locked.key.expose_secret());
}

#[test]
fn the_pin_without_the_device_opens_nothing() {
    let locked = Locked::new("other-device");
    let other = FileKeyStore::create(&locked.folder.path().join("other.key"), random_from(99)).unwrap();
    assert!(matches!(locked.lock.open(&pin("135790"), &other, NOW), Err(UnlockError::WrongPin(_))));
}

fn random_from(seed: u64) -> Random {
    crate::testing::random_from(seed)
}

#[test]
fn a_third_wrong_pin_costs_a_wait_that_doubles() {
    let locked = Locked::new("waits");
    let wait = |result: Result<Secret32, UnlockError>| match result {
        Err(UnlockError::WrongPin(wait)) => wait.as_secs(),
        other => panic!("{other:?}"),
    };
    assert_eq!(wait(locked.open("000000", NOW)), 0);
    assert_eq!(wait(locked.open("000001", NOW)), 0);
    assert_eq!(wait(locked.open("000002", NOW)), 30);
    assert_eq!(wait(locked.open("000003", after(30))), 60);
    assert_eq!(wait(locked.open("000004", after(90))), 120);
}

#[test]
fn during_a_wait_even_the_right_pin_is_not_looked_at() {
    let locked = Locked::new("early");
    for text in ["000000", "000001", "000002"] {
        let _ = locked.open(text, NOW);
    }
    let kept = std::fs::read(locked.tries()).unwrap();
    let early = locked.open("135790", after(29));
    assert!(matches!(early, Err(UnlockError::Tries(TriesError::Wait(left))) if left.as_secs() == 1));
    assert_eq!(std::fs::read(locked.tries()).unwrap(), kept);
    assert!(locked.open("135790", after(30)).is_ok());
    assert!(matches!(locked.open("000000", after(31)), Err(UnlockError::WrongPin(Duration::ZERO))));
}

#[test]
fn a_guess_counts_before_it_is_checked() {
    let locked = Locked::new("counted-first");
    drop(Guess::begin(&locked.tries(), &locked.keys, NOW).unwrap());
    drop(Guess::begin(&locked.tries(), &locked.keys, NOW).unwrap());
    drop(Guess::begin(&locked.tries(), &locked.keys, NOW).unwrap());
    assert!(matches!(locked.open("135790", NOW), Err(UnlockError::Tries(TriesError::Wait(_)))));
}

#[test]
fn a_time_that_was_deleted_starts_the_wait_anew() {
    let locked = Locked::new("deleted");
    for text in ["000000", "000001", "000002"] {
        let _ = locked.open(text, NOW);
    }
    std::fs::remove_file(locked.tries()).unwrap();
    let early = locked.open("135790", after(29));
    assert!(matches!(early, Err(UnlockError::Tries(TriesError::Wait(left))) if left.as_secs() == 30));
    assert!(locked.open("135790", after(59)).is_ok());
}

#[test]
fn a_time_that_is_lost_costs_its_owner_nothing() {
    let locked = Locked::new("lost");
    for _ in 0..30 {
        locked.open("135790", NOW).unwrap();
    }
    std::fs::remove_file(locked.tries()).unwrap();
    assert!(locked.open("135790", NOW).is_ok());
}

#[test]
fn no_file_but_the_key_stores_own_gives_guesses_back() {
    let locked = Locked::new("forged");
    for text in ["000000", "000001", "000002"] {
        let _ = locked.open(text, NOW);
    }
    let guesses = locked.keys.guesses().unwrap();
    for forged in [
        format!(r#"{{"wrong":0,"last":0,"guesses":{guesses}}}"#),
        format!(r#"{{"last":0,"guesses":{}}}"#, guesses + 1),
        r#"{"last":0,"guesses":0}"#.to_owned(),
        String::new(),
    ] {
        // A time far back is as good as a clock put forward, and no better: guesses still come to an end.
        std::fs::write(locked.tries(), forged).unwrap();
        let _ = locked.open("000003", NOW);
    }
    assert!(locked.keys.guesses().unwrap() - locked.keys.right_guess().unwrap() >= 4);
    let mut last = None;
    for _ in 0..MAX_WRONG {
        let guesses = locked.keys.guesses().unwrap();
        std::fs::write(locked.tries(), format!(r#"{{"last":0,"guesses":{guesses}}}"#)).unwrap();
        last = locked.open("000004", NOW).err();
    }
    assert!(matches!(last, Some(UnlockError::Tries(TriesError::ForGood))), "{last:?}");
    assert_eq!(locked.keys.guesses().unwrap(), MAX_WRONG);
}

#[test]
fn a_time_that_was_put_back_gives_no_guess_back() {
    let locked = Locked::new("rolled-back");
    let _ = locked.open("135790", NOW).unwrap();
    let old = std::fs::read(locked.tries()).unwrap();
    let mut now = NOW;
    for wait in [0, 0, 30, 60, 120] {
        let Err(UnlockError::WrongPin(found)) = locked.open("000000", now) else { panic!("opened") };
        assert_eq!(found.as_secs(), wait);
        std::fs::write(locked.tries(), &old).unwrap();
        // The old file says that nothing is to be waited for: the key store knows better.
        if wait > 0 {
            let early = locked.open("135790", now);
            assert!(matches!(early, Err(UnlockError::Tries(TriesError::Wait(left))) if left == found));
        }
        now = now.plus(found);
    }
}

#[test]
fn a_clock_put_back_does_not_shorten_a_wait() {
    let locked = Locked::new("clock");
    for text in ["000000", "000001", "000002"] {
        let _ = locked.open(text, NOW);
    }
    let earlier = NOW.minus(Duration::from_secs(3600));
    assert!(matches!(locked.open("135790", earlier), Err(UnlockError::Tries(TriesError::Wait(_)))));
}

#[test]
fn a_lock_with_absurd_costs_is_not_tried() {
    let locked = Locked::new("absurd");
    let text = std::fs::read_to_string(locked.lock_file()).unwrap();
    std::fs::write(locked.lock_file(), text.replace("19456", "4194304")).unwrap();
    assert!(matches!(locked.open("135790", NOW), Err(UnlockError::Damaged)));
}

#[test]
fn of_ten_thousand_guesses_twenty_are_looked_at() {
    let locked = Locked::new("ten-thousand");
    let _ = locked.open("135790", NOW).unwrap();
    let fresh = std::fs::read(locked.tries()).unwrap();
    let (mut now, mut waited) = (NOW, Duration::ZERO);
    for number in 0..10_000 {
        match locked.open(&format!("{number:06}"), now) {
            Err(UnlockError::WrongPin(wait)) => {
                assert!(wait >= waited, "guess {number} waits less than the one before");
                // Every second earlier is too early, with the right PIN too.
                if !wait.is_zero() {
                    let early = locked.open("135790", now.plus(wait - Duration::from_secs(1)));
                    assert!(matches!(early, Err(UnlockError::Tries(TriesError::Wait(_)))), "{early:?}");
                }
                (now, waited) = (now.plus(wait), wait);
            }
            Err(UnlockError::Tries(TriesError::ForGood)) => now = now.plus(Duration::from_secs(LONG)),
            other => panic!("guess {number}: {other:?}"),
        }
    }
    assert_eq!(locked.keys.guesses().unwrap(), 1 + MAX_WRONG);
    for count in [None, Some(fresh)] {
        if let Some(count) = count {
            std::fs::write(locked.tries(), count).unwrap();
        }
        let right = locked.open("135790", now.plus(Duration::from_secs(LONG)));
        assert!(matches!(right, Err(UnlockError::Tries(TriesError::ForGood))), "{right:?}");
    }
}

/// Longer than any wait.
const LONG: u64 = 100 * 24 * 3600;

#[test]
fn twenty_guesses_take_six_days() {
    let locked = Locked::new("six-days");
    let mut now = NOW;
    for guess in 1..MAX_WRONG {
        match locked.open("000000", now) {
            Err(UnlockError::WrongPin(wait)) => now = now.plus(wait),
            other => panic!("guess {guess}: {other:?}"),
        }
    }
    assert!(now.since(NOW) > Duration::from_secs(6 * 24 * 3600), "{:?}", now.since(NOW));
    assert!(locked.open("135790", now).is_ok());
    assert!(matches!(locked.open("000000", now), Err(UnlockError::WrongPin(Duration::ZERO))));
}

#[test]
fn a_right_pin_counts_as_wrong_until_what_is_behind_the_lock_is_known() {
    let locked = Locked::new("behind");
    for _ in 0..3 {
        drop(locked.lock.open(&pin("135790"), &locked.keys, NOW).unwrap());
    }
    assert!(matches!(locked.open("135790", NOW), Err(UnlockError::Tries(TriesError::Wait(_)))));
}

#[test]
fn an_erasing_that_was_interrupted_leaves_no_wrong_guess_to_the_next_wallet() {
    let locked = Locked::new("interrupted");
    for _ in 0..MAX_WRONG {
        locked.keys.count_guess().unwrap();
    }
    assert!(matches!(locked.open("135790", NOW), Err(UnlockError::Tries(TriesError::ForGood))));
    locked.lock.destroy().unwrap();
    locked.lock.close(&locked.key, &pin("246802"), &locked.keys, &random(), NOW).unwrap();
    assert_eq!(locked.keys.guesses().unwrap(), MAX_WRONG);
    assert!(locked.open("246802", NOW).is_ok());
}

#[test]
fn a_lock_that_is_there_keeps_its_wrong_guesses() {
    let locked = Locked::new("stays");
    for _ in 0..MAX_WRONG {
        locked.keys.count_guess().unwrap();
    }
    let closed = locked.lock.close(&locked.key, &pin("246802"), &locked.keys, &random(), NOW);
    assert!(matches!(closed, Err(UnlockError::Exists)));
    assert!(matches!(locked.open("135790", NOW), Err(UnlockError::Tries(TriesError::ForGood))));
}

#[test]
fn a_changed_pin_opens_and_the_old_one_does_not() {
    let locked = Locked::new("changed");
    assert_eq!(locked.change("135790", "246802"), FIRST_LOCK + 1);
    assert!(matches!(locked.open("135790", NOW), Err(UnlockError::WrongPin(_))));
    assert_eq!(locked.open("246802", NOW).unwrap().expose_secret(), locked.key.expose_secret());
}

#[test]
fn a_lock_cannot_be_given_another_number() {
    let locked = Locked::new("number");
    let old = std::fs::read_to_string(locked.lock_file()).unwrap();
    locked.change("135790", "246802");
    for number in ["0", "2", "18446744073709551615"] {
        std::fs::write(locked.lock_file(), old.replace("\"number\": 1", &format!("\"number\": {number}")))
            .unwrap();
        let opened = locked.lock.open(&pin("135790"), &locked.keys, after(LONG));
        assert!(matches!(opened, Err(UnlockError::WrongPin(_) | UnlockError::Tries(_))), "{number}");
        let _ = std::fs::remove_file(locked.tries());
    }
}

#[test]
fn nothing_in_the_lock_tells_the_pin_or_the_key() {
    let locked = Locked::new("tells");
    let text = std::fs::read(locked.lock_file()).unwrap();
    let key = base64url(locked.key.expose_secret());
    for known in ["135790", key.as_str()] {
        assert!(!text.windows(known.len()).any(|window| window == known.as_bytes()));
    }
}

#[test]
fn a_pin_has_six_characters_at_least() {
    assert!(Pin::new("12345".to_owned()).is_err());
    assert!(Pin::new("123456".to_owned()).is_ok());
    assert!(!format!("{:?}", pin("secret")).contains("secret\""));
}
