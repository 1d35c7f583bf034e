//! `wallet counter`, `present --counter` and `show-code`, as scripts use them: pictures and texts, no network.

use std::path::Path;

use png::{BitDepth, ColorType, Encoder};
use qrcode::QrCode;
use serde_json::Value;

use crate::now;
use crate::place::Place;
use crate::{Folder, read, refused, run, wallet};

/// A counter's files, beside a person's wallet.
struct Desk {
    place: Place,
    folder: Folder,
    checkpoint: String,
    bundle: String,
    key: String,
}

impl Desk {
    fn new(name: &str) -> Self {
        let place = Place::new(&format!("cli-{name}"));
        place.keep_card(2, &["age_over_18"]);
        let folder = Folder::new(&format!("counter-{name}"));
        let checkpoint =
            folder.file("checkpoint.json", serde_json::to_vec(&place.register.checkpoint()).unwrap());
        let bundle = folder.file("bundle", place.bundle_of(&place.register, now()).to_bytes());
        let key = folder.file("counter.jwk", place.desk_key.dangerous_to_jwk().to_string());
        Self { place, folder, checkpoint, bundle, key }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn request(&self, claims: &str, out: &str) -> (i32, Value) {
        let question = self.path("question.json");
        run(&[
            "counter",
            "request",
            "--use",
            "counter",
            "--member",
            "bank",
            "--claims",
            claims,
            "--key",
            &self.key,
            "--question",
            &question,
            "--checkpoint",
            &self.checkpoint,
            "--bundle",
            &self.bundle,
            "--out",
            out,
        ])
    }

    fn check(&self, shown: &[&str]) -> (i32, Value) {
        let question = self.path("question.json");
        let known = ["--question", &question, "--checkpoint", &self.checkpoint, "--bundle", &self.bundle];
        run(&[&["counter", "check"], shown, &known].concat())
    }

    /// The person's command.
    fn person(&self, arguments: &[&str]) -> (i32, Value) {
        let mut command = wallet();
        command.env("WALLET_HOME", self.place.home.folder.path()).env("WALLET_PIN", "135790");
        read(&command.args(arguments).arg("--json").output().unwrap())
    }

    /// Asks and answers by pictures; gives the answer's.
    fn answer(&self) -> String {
        let (request, answer) = (self.path("request.png"), self.path("answer.png"));
        assert_eq!(self.request("given_name", &request).0, 0);
        let (code, said) = self.person(&["present", &request, "--counter", "--yes", "--out", &answer]);
        assert_eq!((code, &said["receipt"]), (0, &Value::from("without_network")), "{said}");
        answer
    }
}

fn texts(said: &Value) -> Vec<String> {
    serde_json::from_value(said["frames"].clone()).unwrap()
}

#[test]
fn a_card_is_shown_by_pictures_and_believed_once() {
    let desk = Desk::new("pictures");
    let answer = desk.answer();
    let (code, seen) = desk.check(&[&answer]);
    assert_eq!((code, &seen["cards"][0]["claims"]["given_name"]), (0, &Value::from("Maria")), "{seen}");
    assert!(seen["cards"][0]["status_age_seconds"].is_u64(), "{seen}");
    assert!(!Path::new(&desk.path("question.json")).exists());
    assert_eq!(refused(desk.check(&[&answer])), "question_used");
}

#[test]
fn a_card_is_shown_by_texts_in_any_order() {
    let desk = Desk::new("texts");
    let (_, asked) = desk.request("given_name", "-");
    let file = desk.folder.file("request.txt", texts(&asked).join("\n"));
    let (code, shown) = desk.person(&["present", &file, "--counter", "--yes"]);
    assert_eq!(code, 0, "{shown}");
    let mut frames = texts(&shown);
    frames.reverse();
    let missing: Vec<&str> = frames.iter().skip(1).map(String::as_str).collect();
    assert_eq!(refused(desk.check(&missing)), "frames_missing");
    let all: Vec<&str> = frames.iter().map(String::as_str).collect();
    assert_eq!(desk.check(&all).0, 0);
}

#[test]
fn frames_of_two_messages_are_refused() {
    let desk = Desk::new("two-messages");
    let (_, one) = desk.request("given_name", "-");
    let (_, other) = desk.request("given_name", "-");
    let mixed = [texts(&one)[0].clone(), texts(&other)[1].clone()];
    let mixed: Vec<&str> = mixed.iter().map(String::as_str).collect();
    assert_eq!(refused(desk.check(&mixed)), "frame_of_another");
}

#[test]
fn ten_thousand_frames_are_read_without_harm() {
    let desk = Desk::new("many");
    let one = wallet_core::frames::split(&[7; 400]).unwrap();
    let many = desk.folder.file("many.txt", format!("{}\n", one[0]).repeat(10_000));
    assert_eq!(refused(desk.check(&[&many])), "frames_missing");
    let noise = desk.folder.file("noise.txt", "SYMBOLON:1/2/AAAAAAAA/\n".repeat(10_000));
    assert_eq!(refused(desk.check(&[&noise])), "no_frame");
    assert_eq!(refused(desk.check(&["hello"])), "no_frame");
    let endless = desk.folder.file("endless.txt", "SYMBOLON:\n".repeat(1_000_000));
    assert_eq!(desk.check(&[&endless]).1["code"], "file_unreadable");
}

#[test]
fn every_code_of_a_picture_is_read_whatever_else_is_in_it() {
    let desk = Desk::new("several");
    let (_, asked) = desk.request("given_name", "-");
    let mut all = vec!["https://bank.example/opening-hours".to_owned()];
    all.extend(texts(&asked));
    let pictures: Vec<String> = all
        .chunks(2)
        .enumerate()
        .map(|(number, pair)| desk.folder.file(&format!("{number}.png"), side_by_side(pair)))
        .collect();
    let mut arguments = vec!["present", "--counter", "--yes"];
    arguments.extend(pictures.iter().map(String::as_str));
    let (code, shown) = desk.person(&arguments);
    assert_eq!(code, 0, "{shown}");
}

#[test]
fn asking_for_more_than_is_registered_is_refused_with_what_it_was() {
    let desk = Desk::new("too-much");
    let (code, refusal) = desk.request("given_name,birthdate", "-");
    assert_eq!((code, &refusal["code"]), (1, &Value::from("too_much")));
    assert!(refusal["message"].as_str().unwrap().contains("birthdate"), "{refusal}");
    for bad in ["", "a..b", "."] {
        assert_eq!(refused(desk.request(bad, "-")), "query_malformed", "{bad}");
    }
}

#[test]
fn a_code_is_shown_and_read_and_says_what_it_does_not_prove() {
    let desk = Desk::new("code");
    let picture = desk.path("code.png");
    let (code, shown) = desk.person(&["show-code", "with-code", "--out", &picture]);
    assert_eq!((code, &shown["seconds"]), (0, &Value::from(30)), "{shown}");
    let (code, seen) = desk.check(&[&picture]);
    assert_eq!(code, 0, "{seen}");
    assert_eq!(seen["cards"][0]["claims"], serde_json::json!({"age_over_18": true}));
    assert_eq!(seen["cards"][0]["anywhere"], true);
    assert_eq!(refused(desk.person(&["show-code", "card"])), "no_code");
}

#[test]
fn the_history_says_that_there_was_no_network() {
    let desk = Desk::new("history");
    desk.answer();
    let (_, lines) = desk.person(&["history"]);
    assert_eq!(lines[0]["receipt"], "without_network");
    let mut command = wallet();
    command
        .env("WALLET_HOME", desk.place.home.folder.path())
        .env("WALLET_PIN", "135790")
        .env("LANG", "zh_CN");
    let text = String::from_utf8(command.arg("history").output().unwrap().stdout).unwrap();
    assert!(text.contains("没有网络"), "{text}");
}

#[test]
fn what_was_fetched_beforehand_must_be_what_it_says() {
    let desk = Desk::new("bundle");
    for bad in
        ["", "{}", "[]", r#"{"register":"AAAA","lists":{}}"#, r#"{"register":"AAAA","lists":{},"x":1}"#]
    {
        std::fs::write(&desk.bundle, bad).unwrap();
        assert_eq!(refused(desk.request("given_name", "-")), "bundle_malformed", "{bad}");
    }
}

#[test]
fn a_key_is_made_once_and_only_its_public_half_is_printed() {
    let folder = Folder::new("counter-key");
    let file = folder.path().join("key.jwk");
    let (code, said) = run(&["counter", "key", file.to_str().unwrap()]);
    assert_eq!((code, &said["add_key"]["purpose"]), (0, &Value::from("request")));
    let kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert!(!said.to_string().contains(kept["d"].as_str().unwrap()));
    assert_eq!(run(&["counter", "key", file.to_str().unwrap()]).0, 2);
}

#[test]
fn a_question_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new("owner");
    desk.request("given_name", "-");
    let mode = std::fs::metadata(desk.path("question.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}

/// One picture with the codes of these texts beside each other.
fn side_by_side(texts: &[String]) -> Vec<u8> {
    const MODULE: usize = 4;
    let codes: Vec<QrCode> = texts.iter().map(|text| QrCode::new(text).unwrap()).collect();
    let cell = codes.iter().map(QrCode::width).max().unwrap() + 8;
    let (width, height) = (cell * codes.len() * MODULE, cell * MODULE);
    let grey = |at: usize| {
        let (x, y) = (at % width / MODULE, at / width / MODULE);
        let code = &codes[x / cell];
        let module = |at: usize| at.checked_sub(4).filter(|at| *at < code.width());
        let dark = module(x % cell).zip(module(y)).is_some_and(|(x, y)| code[(x, y)] == qrcode::Color::Dark);
        if dark { 0 } else { 255 }
    };
    let picture: Vec<u8> = (0..width * height).map(grey).collect();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(&picture).unwrap();
    bytes
}

#[test]
fn a_mobile_document_is_refused_in_plain_words() {
    let mut desk = Desk::new("document");
    let question = desk.place.ask_for_document();
    desk.folder.file("bundle", desk.place.bundle_of(&desk.place.register, now()).to_bytes());
    desk.folder.file("question.json", question.dangerous_to_bytes());
    let frames = desk.place.answer_frames(&question);
    let (code, said) = desk.check(&frames.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((code, &said["code"]), (1, &Value::from("format_not_checked")), "{said}");
    let (message, next) = (said["message"].as_str().unwrap(), said["next"].as_str().unwrap());
    assert!(message.contains("mobile document") && next.contains("card"), "{said}");
}
