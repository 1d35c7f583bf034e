//! `wallet history` and `wallet report`, and what a third party finds in an exported history.

use std::process::Command;

use serde_json::{Value, json};

use crate::provider::World;
use crate::server::Page;
use crate::{Folder, failing, outcome, read, refused, run, wallet};

fn command(world: &World, arguments: &[&str]) -> Command {
    let mut command = wallet();
    command
        .env("WALLET_HOME", world.home.folder.path())
        .env("WALLET_PIN", "135790")
        .args(arguments)
        .arg("--json");
    command
}

fn on(world: &World, arguments: &[&str]) -> (i32, Value) {
    read(&command(world, arguments).output().unwrap())
}

fn done(world: &World, arguments: &[&str]) -> Value {
    let (code, said) = on(world, arguments);
    assert_eq!(code, 0, "{said}");
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_are_proven_shown_and_exported() {
    let world = World::new("cli-history").await;
    assert_eq!(done(&world, &["history"])[0]["receipt"], "checked");
    world.anchor();
    let said = done(&world, &["history", "--check"]);
    assert_eq!(said["checks"], json!([{ "id": world.line, "receipt": "anchored", "refused": null }]));
    assert_eq!(said["lines"][0]["receipt"], "anchored");
    let line = world.line.to_string();
    let details = done(&world, &["history", "--show", &line]);
    assert_eq!((&details["token"], &details["checked"]["anchored"]), (&json!(world.receipt()), &json!(true)));
    let folder = Folder::new("cli-export");
    let file = folder.path().join("history.json");
    let name = file.to_str().unwrap();
    done(&world, &["history", "--export", name]);
    assert_eq!(refused(on(&world, &["history", "--export", name])), "export_failed");
    let (code, found) = run(&["inspect", name]);
    assert_eq!((code, &found["kind"]), (0, &json!("history")), "{found}");
    for check in
        ["what the receipt says", "proof of the register", "signature of the receipt", "place under the root"]
    {
        assert_eq!(outcome(&found, check), "holds", "{found}");
    }
    assert_eq!(found["wrong"], json!([]));
}

/// What somebody does to a line.
type Change<'c> = &'c dyn Fn(&mut Value);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exported_history_that_was_changed_names_the_rule_that_it_breaks() {
    let world = World::new("cli-changed").await;
    let tree = world.anchor();
    world.home.wallet.prove_receipts().await.unwrap();
    let export: Value = serde_json::from_str(&world.home.wallet.export_history().unwrap()).unwrap();
    let folder = Folder::new("cli-changed");
    let inspect = |change: Change<'_>| {
        let mut changed = export.clone();
        change(&mut changed["lines"][0]);
        let (code, found) = run(&["inspect", &folder.file("history.json", changed.to_string())]);
        assert_eq!(code, 0, "{found}");
        found
    };
    let other = serde_json::to_value(&tree.places[1]).unwrap();
    let longer = |line: &mut Value| line["proof"]["place"]["siblings"] = "A".repeat(43 * 128).into();
    let receipt = world.receipt();
    let forged = format!("{}A{}", &receipt[..receipt.len() - 60], &receipt[receipt.len() - 59..]);
    let cases: [(&str, Change<'_>); 9] = [
        ("receipt_says_otherwise", &|line| line["asked_by"]["member"] = "library".into()),
        ("receipt_says_otherwise", &|line| line["use"] = "another".into()),
        ("receipt_says_otherwise", &|line| line["receipt"] = "nonsense".into()),
        ("receipt_proof_wrong", &|line| line["proof"]["period"] = "20270114T000000Z".into()),
        ("receipt_proof_wrong", &|line| line["proof"]["registry_proof"] = "AAAA".into()),
        ("receipt_salt_wrong", &|line| line["proof"]["place"] = other.clone()),
        ("receipt_path_wrong", &|line| line["proof"]["place"]["siblings"] = other["siblings"].clone()),
        ("receipt_path_too_long", &longer),
        ("invalid_signature", &|line| line["receipt"] = forged.clone().into()),
    ];
    for (code, change) in cases {
        let found = inspect(change);
        assert!(failing(&found).contains(&code.to_owned()), "{code}: {found}");
    }
    let bare = inspect(&|line| line["proof"] = Value::Null);
    assert_eq!(outcome(&bare, "receipt"), "not_checked");
    let (_, broken) = run(&["inspect", &json!({ "format": "symbolon-history-1", "lines": 7 }).to_string()]);
    assert!(!broken["wrong"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_that_is_left_out_is_said_to_be_missing() {
    let world = World::new("cli-missing").await;
    world.anchor();
    world.change(|behaviour| behaviour.place = Some(crate::provider::placed(None, &behaviour.register)));
    let said = done(&world, &["history", "--check"]);
    assert_eq!(said["checks"][0]["refused"], "receipt_left_out");
    let mut people = wallet();
    people.env("WALLET_HOME", world.home.folder.path()).env("WALLET_PIN", "135790").arg("history");
    let text = String::from_utf8(people.output().unwrap().stdout).unwrap();
    assert!(text.contains("Missing: you have their receipt, but they left it out"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wishes_and_reports_are_sent_by_the_number_of_their_line() {
    let world = World::new("cli-wish").await;
    let line = world.line.to_string();
    assert!(done(&world, &["history", "--delete", &line])["asked_at"].is_u64());
    assert!(done(&world, &["history"])[0]["deletion"]["asked_at"].is_u64());
    assert_eq!(refused(on(&world, &["history", "--delete", "99"])), "no_such_line");
    let said = done(&world, &["report", &line, "--why", "not-me"]);
    assert_eq!((&said["session_ended"], &said["to"]["member"]), (&json!(true), &json!("digital")));
    done(&world, &["report", "--why", "feedback", "--text", "Thank you"]);
    assert_eq!(refused(on(&world, &["report", "--why", "not-me"])), "no_receipt");
    let long = "x".repeat(2_001);
    assert_eq!(refused(on(&world, &["report", "--why", "feedback", "--text", &long])), "text_too_long");
    world.change(|behaviour| behaviour.feedback = Page::new(503, "{}"));
    assert_eq!(refused(on(&world, &["report", &line, "--why", "too-much"])), "look_back_refused");
    let wrong = command(&world, &["report", &line]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2), "a report says why");
    let both = command(&world, &["history", "--check", "--delete", &line]).output().unwrap();
    assert_eq!(both.status.code(), Some(2));
}
