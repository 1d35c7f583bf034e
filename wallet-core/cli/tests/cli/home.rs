//! Making and unlocking a wallet: PINs, files, and a kill in between.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::{Folder, read, refused, wallet};

const PIN: &str = "135790";

struct Home {
    folder: Folder,
    checkpoint: String,
}

impl Home {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let since = std::time::UNIX_EPOCH.elapsed().unwrap();
        let checkpoint = json!({
            "network": "demo", "epoch": 0, "height": 0, "digest": "A".repeat(43),
            "validators": ["ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
            "time": u64::try_from(since.as_millis()).unwrap(),
        });
        let checkpoint = folder.file("checkpoint.json", checkpoint.to_string());
        Self { folder, checkpoint }
    }

    fn wallet(&self, pin: &str) -> Command {
        let mut command = wallet();
        command.env("WALLET_HOME", self.folder.path().join("home")).env("WALLET_PIN", pin).arg("--json");
        command
    }

    fn init(&self, pin: &str) -> Command {
        let mut command = self.wallet(pin);
        command.args(["init", "--checkpoint", &self.checkpoint, "--node", "http://127.0.0.1:1"]);
        command
    }

    fn list(&self, pin: &str) -> (i32, serde_json::Value) {
        read(&self.wallet(pin).arg("list").output().unwrap())
    }
}

#[test]
fn a_wallet_is_made_once_and_opened_with_its_pin() {
    let home = Home::new("init");
    assert_eq!(refused(home.list(PIN)), "no_wallet");
    assert_eq!(read(&home.init(PIN).output().unwrap()).1["network"], "demo");
    assert_eq!(refused(read(&home.init(PIN).output().unwrap())), "wallet_exists");
    assert_eq!(home.list(PIN), (0, json!([])));
    let show = home.wallet(PIN).args(["show", "x"]).output().unwrap();
    assert_eq!(refused(read(&show)), "no_such_card");
}

#[test]
fn wrong_pins_are_counted_over_restarts() {
    let home = Home::new("pins");
    home.init(PIN).output().unwrap();
    for _ in 0..3 {
        assert_eq!(refused(home.list("000000")), "wrong_pin");
    }
    assert_eq!(refused(home.list("000000")), "too_many_wrong_pins");
    assert_eq!(refused(home.list(PIN)), "too_many_wrong_pins");
}

#[test]
fn guesses_made_at_once_are_counted_one_by_one() {
    let home = Home::new("at-once");
    home.init(PIN).output().unwrap();
    let start = |_| {
        let mut command = home.wallet("000000");
        command.arg("list").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..10).map(start).collect();
    let codes = children.into_iter().map(|child| refused(read(&child.wait_with_output().unwrap())));
    let codes: Vec<String> = codes.collect();
    assert_eq!(codes.iter().filter(|code| *code == "wrong_pin").count(), 3, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| *code == "too_many_wrong_pins").count(), 7, "{codes:?}");
}

#[test]
fn a_count_that_is_put_back_gives_no_guess_back() {
    let home = Home::new("put-back");
    home.init(PIN).output().unwrap();
    let tries = home.folder.path().join("home/tries.json");
    let fresh = std::fs::read(&tries).unwrap();
    for _ in 0..3 {
        assert_eq!(refused(home.list("000000")), "wrong_pin");
        std::fs::write(&tries, &fresh).unwrap();
    }
    assert_eq!(refused(home.list(PIN)), "too_many_wrong_pins");
}

#[test]
fn a_short_pin_is_refused() {
    let home = Home::new("short");
    assert_eq!(refused(read(&home.init("1234").output().unwrap())), "pin_length");
    assert_eq!(refused(home.list(PIN)), "no_wallet");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_wallets_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new("modes");
    home.init(PIN).output().unwrap();
    let mode = |name: &str| {
        let path = home.folder.path().join("home").join(name);
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode(""), 0o700);
    for name in ["device.key", "device.guesses", "device.right", "device.state", "lock.json", "tries.json"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
}

#[test]
fn a_kill_at_any_moment_leaves_a_wallet_or_none() {
    let home = Home::new("kill");
    for millis in (0..60).step_by(4) {
        let _ = std::fs::remove_dir_all(home.folder.path().join("home"));
        let mut child = home.init(PIN).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(millis));
        let _ = child.kill();
        child.wait().unwrap();
        let (code, found) = home.list(PIN);
        if code != 0 {
            assert_eq!(found["code"], "no_wallet", "after {millis} ms");
            assert!(home.init(PIN).output().unwrap().status.success(), "after {millis} ms");
            assert_eq!(home.list(PIN).0, 0);
        }
    }
}

#[test]
fn a_kill_during_guesses_forgets_none() {
    let home = Home::new("kill-guess");
    home.init(PIN).output().unwrap();
    for _ in 0..3 {
        let mut child = home.wallet("000000").arg("list").stderr(Stdio::null()).spawn().unwrap();
        let tries = home.folder.path().join("home/tries.json");
        let before = std::fs::read(&tries).unwrap();
        while child.try_wait().unwrap().is_none() {
            if std::fs::read(&tries).unwrap() != before {
                let _ = child.kill();
            }
        }
    }
    assert_eq!(refused(home.list(PIN)), "too_many_wrong_pins");
}

#[test]
fn refusals_are_in_the_persons_language() {
    let home = Home::new("language");
    let said = |name: &str, value: &str| {
        let mut command = home.wallet(PIN);
        let output = command.env_remove("LANG").env(name, value).arg("list").output().unwrap();
        read(&output).1["message"].as_str().unwrap().to_owned()
    };
    for chinese in ["zh_CN.UTF-8", "zh_TW", "zh"] {
        assert_eq!(said("LANG", chinese), "这里没有钱包。");
        assert_eq!(said("LC_ALL", chinese), "这里没有钱包。");
    }
    for other in ["C", "fr_FR.UTF-8", "en_SG", ""] {
        assert_eq!(said("LANG", other), "There is no wallet here.");
    }
}
