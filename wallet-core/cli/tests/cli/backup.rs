//! Backups, moves and the change of a PIN, with real processes that are killed in between.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Folder, read, refused, wallet};

const PIN: &str = "135790";
const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

/// A wallet's folder, and a backup of it beside it.
struct Person {
    folder: Folder,
    checkpoint: String,
}

impl Person {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let checkpoint = folder.file("checkpoint.json", checkpoint("demo").to_string());
        let person = Self { folder, checkpoint };
        let init = ["init", "--checkpoint", &person.checkpoint, "--node", "http://127.0.0.1:1"];
        assert!(person.run("home", &init).status.success());
        person
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn command(&self, home: &str, arguments: &[&str]) -> Command {
        let mut command = wallet();
        command.env("WALLET_HOME", self.path(home)).env("WALLET_PIN", PIN).env("WALLET_PHRASE", PHRASE);
        command.args(arguments).arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, home: &str, arguments: &[&str]) -> Output {
        self.command(home, arguments).output().unwrap()
    }

    fn done(&self, home: &str, arguments: &[&str]) -> Value {
        let (code, found) = read(&self.run(home, arguments));
        assert_eq!(code, 0, "{arguments:?}: {found}");
        found
    }

    fn refused(&self, home: &str, arguments: &[&str]) -> String {
        refused(read(&self.run(home, arguments)))
    }

    fn backup(&self) -> String {
        let file = self.path("backup");
        self.done("home", &["backup", &file]);
        file
    }
}

fn checkpoint(network: &str) -> Value {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    json!({
        "network": network, "epoch": 0, "height": 0, "digest": "A".repeat(43),
        "validators": ["ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
        "time": u64::try_from(since.as_millis()).unwrap(),
    })
}

/// Writes `lines` to a command and waits for it.
fn with_input(mut command: Command, lines: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_backup_comes_back_in_another_folder() {
    let person = Person::new("backup");
    let file = person.backup();
    assert_eq!(person.done("new", &["restore", &file])["cards"], json!([]));
    assert_eq!(person.done("new", &["list"]), json!([]));
    assert_eq!(person.refused("new", &["restore", &file]), "wallet_exists");
    // It is made again in the place of the older one, and of nothing else.
    person.backup();
    let other = person.folder.file("letter", "Dear Maria");
    assert_eq!(person.refused("home", &["backup", &other]), "file_exists");
    assert_eq!(std::fs::read(other).unwrap(), b"Dear Maria");
}

#[test]
fn what_is_no_backup_of_these_words_leaves_no_wallet() {
    let person = Person::new("backup-refused");
    let file = person.backup();
    let with_phrase = |phrase: &str| {
        let mut command = person.command("new", &["restore", &file]);
        refused(read(&command.env("WALLET_PHRASE", phrase).output().unwrap()))
    };
    assert_eq!(with_phrase("legal winner"), "phrase_length");
    assert_eq!(with_phrase(&PHRASE.replace("wave", "weve")), "phrase_word");
    assert_eq!(with_phrase(&PHRASE.replace("yellow", "legal")), "phrase_checksum");
    assert_eq!(with_phrase(&format!("{} about", ["abandon"; 11].join(" "))), "backup_closed");
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut bytes = std::fs::read(&file).unwrap();
        change(&mut bytes);
        person.refused("new", &["restore", &person.folder.file("changed", bytes)])
    };
    assert_eq!(changed(|bytes| bytes[15] = 2), "backup_newer");
    assert_eq!(changed(|bytes| bytes[100] ^= 1), "backup_closed");
    assert_eq!(changed(|bytes| bytes.truncate(20)), "not_a_backup");
    assert_eq!(changed(Vec::clear), "not_a_backup");
    let elsewhere = person.folder.file("elsewhere.json", checkpoint("elsewhere").to_string());
    let pinned = ["restore", &file, "--checkpoint", &elsewhere, "--node", "http://127.0.0.1:1"];
    assert_eq!(person.refused("new", &pinned), "other_network");
    assert_eq!(person.refused("new", &["list"]), "no_wallet");
}

#[test]
fn words_are_made_into_a_file_that_only_its_owner_reads_and_serve_again() {
    let person = Person::new("phrase-file");
    let (file, words) = (person.path("backup"), person.path("words"));
    let run = |home: &str, command: &str| {
        let mut command = person.command(home, &[command, &file, "--phrase-file", &words]);
        command.env_remove("WALLET_PHRASE").output().unwrap()
    };
    assert!(run("home", "backup").status.success());
    let text = std::fs::read_to_string(&words).unwrap();
    assert_eq!(text.split(' ').count(), 12);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for path in [&words, &file] {
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{path}");
        }
    }
    assert!(run("home", "backup").status.success());
    assert_eq!(std::fs::read_to_string(&words).unwrap(), text, "the words stay the same");
    assert!(run("new", "restore").status.success());
}

#[test]
fn no_backup_is_made_before_the_words_are_known_to_be_noted() {
    let person = Person::new("phrase-asked");
    let file = person.path("backup");
    let mut command = person.command("home", &["backup", &file]);
    command.env_remove("WALLET_PHRASE");
    let output = with_input(command, "legal\nlegal\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("phrase_not_noted"), "{said}");
    assert!(said.contains("12. "), "{said}");
    assert!(!Path::new(&file).exists());
}

/// Moments from the start of `command` to a little after its end, as long as it takes on this machine now.
fn moments(mut command: Command) -> Vec<Duration> {
    let started = std::time::UNIX_EPOCH.elapsed().unwrap();
    assert!(command.output().unwrap().status.success());
    let whole = std::time::UNIX_EPOCH.elapsed().unwrap() - started;
    (0..12).map(|part| whole * part / 10).collect()
}

/// Starts the command and kills it after `moment`: whether it had come to its end by then.
fn cut_short(mut command: Command, moment: Duration) -> bool {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(moment);
    let _ = child.kill();
    child.wait().unwrap().success()
}

#[test]
fn a_kill_during_a_restore_leaves_no_wallet_or_the_whole() {
    let person = Person::new("kill-restore");
    let file = person.backup();
    let restore = || person.command("new", &["restore", &file]);
    let mut cut = 0;
    for moment in moments(restore()) {
        std::fs::remove_dir_all(person.path("new")).unwrap_or_default();
        let ended = cut_short(restore(), moment);
        let (code, found) = read(&person.run("new", &["list"]));
        if code != 0 {
            assert_eq!(found["code"], "no_wallet", "after {moment:?}");
            assert!(!ended);
            person.done("new", &["restore", &file]);
            assert_eq!(person.done("new", &["list"]), json!([]));
            cut += 1;
        }
    }
    assert!(cut > 3, "{cut} of 12 were cut short: the moments say nothing");
}

#[test]
fn a_kill_while_the_pin_changes_leaves_one_pin_or_the_other() {
    let person = Person::new("kill-pin");
    let change = |old: &str, new: &str| {
        let mut change = person.command("home", &["change-pin"]);
        change.env("WALLET_PIN", old).env("WALLET_NEW_PIN", new);
        change
    };
    let opens = |pin: &str| person.command("home", &["list"]).env("WALLET_PIN", pin).output().unwrap();
    let (mut old, mut new) = ("246802", "135790");
    let mut cut = 0;
    for moment in moments(change(new, old)) {
        let ended = cut_short(change(old, new), moment);
        if opens(new).status.success() {
            (old, new) = (new, old);
        } else {
            assert!(!ended, "what was said to be changed is not");
            cut += 1;
        }
        assert!(opens(old).status.success(), "after {moment:?} neither opens");
    }
    assert!(cut > 3, "{cut} of 12 were cut short: the moments say nothing");
    assert_eq!(refused(read(&opens(new))), "wrong_pin");
}

#[test]
fn a_kill_while_a_wallet_is_erased_leaves_it_as_it_was_or_closed_for_good() {
    let person = Person::new("kill-erase");
    let erase = || person.command("home", &["erase", "--yes"]);
    let init = ["init", "--checkpoint", &person.checkpoint, "--node", "http://127.0.0.1:1"];
    for moment in moments(erase()) {
        let _ = person.run("home", &init);
        let ended = cut_short(erase(), moment);
        let (code, found) = read(&person.run("home", &["list"]));
        assert!(!ended || found["code"] == "no_wallet", "after {moment:?}: {found}");
        if code != 0 && found["code"] != "no_wallet" {
            // It was closed for good in the middle: erasing once more finishes it.
            assert!(["lock_damaged", "key_store"].contains(&found["code"].as_str().unwrap()), "{found}");
            person.done("home", &["erase", "--yes"]);
        }
    }
}

#[test]
fn erasing_is_asked_twice() {
    let person = Person::new("erase");
    let erase = |answers: &str| with_input(person.command("home", &["erase"]), answers);
    assert_eq!(erase("don't\n").status.code(), Some(1));
    assert_eq!(erase("erase\ndon't\n").status.code(), Some(1));
    assert_eq!(erase("erase\n").status.code(), Some(1));
    assert_eq!(person.done("home", &["list"]), json!([]));
    assert!(erase("erase\nerase\n").status.success());
    assert_eq!(person.refused("home", &["list"]), "no_wallet");
}

#[test]
fn a_forgotten_pin_leads_to_the_backup() {
    let person = Person::new("forgotten");
    let file = person.backup();
    person.done("home", &["erase", "--yes"]);
    person.done("home", &["restore", &file]);
    assert_eq!(person.done("home", &["list"]), json!([]));
}

#[test]
fn a_wallet_moves_by_a_picture_of_its_codes() {
    use std::io::{BufRead as _, BufReader};
    let person = Person::new("move");
    let move_in = ["move-in", "--checkpoint", &person.checkpoint, "--node", "http://127.0.0.1:1"];
    let mut child = person.command("new", &move_in).stdin(Stdio::piped()).spawn().unwrap();
    let mut says = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    says.read_line(&mut line).unwrap();
    let view: Value = serde_json::from_str(&line).unwrap();
    let (text, check) = (view["text"].as_str().unwrap(), view["check"].as_str().unwrap());
    assert_eq!(person.refused("home", &["move-out", text, "--check", "000000000000"]), "check_differs");
    assert_eq!(
        person.refused("home", &["move-out", "https://a.example", "--check", check]),
        "move_link_malformed"
    );
    let picture = person.path("codes.png");
    person.done("home", &["move-out", text, "--check", check, "--out", &picture]);
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "SYMBOLON:noise\n{picture}").unwrap();
    drop(input);
    line.clear();
    says.read_line(&mut line).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["entries"], 0);
    assert_eq!(person.done("new", &["list"]), json!([]));
}

#[test]
fn codes_for_another_device_make_no_wallet() {
    let person = Person::new("move-other");
    let move_in = ["move-in", "--checkpoint", &person.checkpoint, "--node", "http://127.0.0.1:1"];
    let run = |lines: &str| {
        let output = with_input(person.command("new", &move_in), lines);
        let said = String::from_utf8(output.stderr).unwrap();
        let last: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
        last["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(run("noise\n"), "frames_missing");
    assert_eq!(run(""), "frames_missing");
    let other = ["move-in", "--checkpoint", &person.checkpoint, "--node", "http://127.0.0.1:1"];
    let shown = with_input(person.command("another", &other), "");
    let view: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let (text, check) = (view["text"].as_str().unwrap(), view["check"].as_str().unwrap());
    let out = person.done("home", &["move-out", text, "--check", check]);
    let frames: Vec<&str> = out["frames"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(run(&frames.join("\n")), "move_closed");
    assert_eq!(person.refused("new", &["list"]), "no_wallet");
}

#[test]
fn no_secret_is_an_argument_and_none_is_printed() {
    let person = Person::new("silent");
    let file = person.path("backup");
    let output = person.run("home", &["backup", &file]);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(PHRASE.split(' ').all(|word| !said.contains(word)), "{said}");
    let help = wallet().args(["backup", "--help"]).output().unwrap();
    assert!(!String::from_utf8(help.stdout).unwrap().contains("--phrase <"));
}
