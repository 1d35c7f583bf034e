//! Looking back: logins that the wallet was not asked for, "delete it", "this wasn't me", reports, and the
//! history as a file.

use std::time::Duration;

use openid4vc::vp::transaction::{Payment, Transaction, TransactionData};
use registry_proof::entry::{Entry, Role, Standing};
use registry_proof::key::Key;
use serde_json::{Value, json};
use wallet_core::report::Why;
use wallet_core::store::entries::{How, ReceiptState};
use wallet_core::view::{HistoryLine, Party, Texts, TooMuch};

use crate::now;
use crate::provider::{PERIOD, World, placed};
use crate::server::Page;
use crate::world::{Asking, key};

fn history(world: &World) -> Vec<HistoryLine> {
    world.home.wallet.history().unwrap()
}

/// The provider's member in the register.
fn provider(world: &World, change: impl FnOnce(&mut registry_proof::entry::Member)) {
    world.change(|behaviour| {
        let found = behaviour.register.entries.get_mut(&Key::Member("login".parse().unwrap()));
        let Some(Entry::Member(member)) = found else { panic!("no provider") };
        change(member);
    });
}

#[tokio::test]
async fn a_login_that_the_wallet_was_not_asked_for_is_listed_once_and_proven() {
    let world = World::new("logins").await;
    let login = world.login(json!({}), &world.asking.receipt_key);
    let tree = world.tree(std::slice::from_ref(&login));
    world.change(|behaviour| {
        behaviour.logins = vec![login.clone()];
        behaviour.register.add_receipts(PERIOD, tree.root);
        behaviour.place = Some(placed(Some(&tree.places[2]), &behaviour.register));
    });
    for _ in 0..2 {
        world.home.wallet.prove_receipts().await.unwrap();
    }
    let lines = history(&world);
    assert_eq!(lines.len(), 2);
    let line = lines.iter().find(|line| line.how == How::Session).unwrap();
    assert_eq!((line.asks.member.as_str(), line.asks.name.pick("en")), ("library", "The library"));
    assert_eq!((line.purpose.pick("en"), line.kept_days), ("Logging in", Some(30)));
    assert!(line.shared.is_empty());
    assert_eq!(line.receipt, ReceiptState::Anchored);
    let asked: Value = serde_json::from_str(&world.server.posted("/receipts/logins")[0]).unwrap();
    assert_eq!(asked["receipt"], world.receipt());
    assert!(world.home.wallet.receipt(line.id).unwrap().can_ask);
}

#[tokio::test]
async fn a_login_by_session_confirms_no_payment_that_its_first_one_did() {
    let world = World::asked("logins-payment", |asking: &mut Asking| {
        let payment = Payment {
            amount: "12.50".to_owned(),
            currency: "EUR".to_owned(),
            payee: "Corner Bakery".to_owned(),
            account: None,
            reference: None,
        };
        asking.content.transaction_data = vec![TransactionData::new("card", Transaction::Payment(payment))];
    })
    .await;
    let login = world.login(json!({}), &world.asking.receipt_key);
    world.change(|behaviour| behaviour.logins = vec![login]);
    world.home.wallet.prove_receipts().await.unwrap();
    let lines = history(&world);
    let confirmed = |how: How| lines.iter().find(|line| line.how == how).unwrap().transactions.len();
    assert_eq!((confirmed(How::Card), confirmed(How::Session)), (1, 0));
}

#[tokio::test]
async fn receipts_that_do_not_belong_to_the_session_are_not_listed() {
    let world = World::new("logins-foreign").await;
    let own = &world.asking.receipt_key;
    let elsewhere = now().secs() - 3_600;
    world.change(|behaviour| {
        behaviour.logins = vec![
            "nonsense".to_owned(),
            String::new(),
            world.login(json!({}), &key(9)),
            world.login(json!({ "state_hash": "another" }), own),
            world.login(json!({ "state_hash": null }), own),
            world.login(json!({ "how": "card" }), own),
            world.login(json!({ "shared": [["given_name"]] }), own),
            world.login(json!({ "shared": null }), own),
            world.login(json!({ "aud": "did:symbolon:demo:nobody" }), own),
            world.login(json!({ "aud": "did:symbolon:other:library" }), own),
            world.login(json!({ "iss": "did:symbolon:demo:bank" }), own),
            world.login(json!({ "use": "Another Use" }), own),
            world.login(json!({ "iat": elsewhere }), own),
            world.login(json!({ "iat": now().secs() + 3_600 }), own),
            world.receipt(),
        ];
    });
    let before = world.home.digest();
    world.home.wallet.prove_receipts().await.unwrap();
    assert_eq!(world.server.posted("/receipts/logins").len(), 1);
    assert_eq!(history(&world).len(), 1);
    assert_eq!(world.home.digest(), before);
}

#[tokio::test]
async fn a_receipt_goes_with_its_state_only_where_the_register_says_that_its_signer_is() {
    let moved: fn(&World) = |world| {
        provider(world, |member| member.origins = vec!["https://elsewhere.example".to_owned()]);
    };
    let suspended: fn(&World) = |world| provider(world, |member| member.standing = Standing::Suspended);
    let gone: fn(&World) = |world| {
        world.change(|behaviour| {
            behaviour.register.entries.remove(&Key::Member("login".parse().unwrap())).unwrap();
        });
    };
    let cases = [("foreign_address", moved), ("suspended", suspended), ("unknown_signer", gone)];
    for (number, (code, change)) in cases.into_iter().enumerate() {
        let world = World::new(&format!("authority-{number}")).await;
        change(&world);
        let before = world.home.digest();
        world.home.wallet.prove_receipts().await.unwrap();
        assert_eq!(world.home.wallet.ask_deletion(world.line).await.unwrap_err().code(), code);
        let error = world.home.wallet.report(Some(world.line), Why::NotMe, String::new()).await.unwrap_err();
        assert_eq!(error.code(), code);
        for path in ["/receipts/logins", "/receipts/deletion", "/receipts/not-me", "/feedback"] {
            assert!(world.server.posted(path).is_empty(), "{code}: {path} was asked");
        }
        assert_eq!(world.home.digest(), before);
    }
}

#[tokio::test]
async fn a_word_of_the_register_that_is_too_old_is_refused_before_anything_is_sent() {
    let world = World::new("register-old").await;
    let wallet = &world.home.wallet;
    let card = wallet.cards().unwrap().remove(0);
    wallet.store().deletion_stands(world.line, now(), None).unwrap();
    let login = world.login(json!({}), &world.asking.receipt_key);
    world.change(|behaviour| {
        behaviour.proven_at = now().minus(Duration::from_secs(3_600));
        behaviour.logins = vec![login];
    });
    let before = world.home.digest();
    wallet.prove_receipts().await.unwrap();
    wallet.check_deletions().await.unwrap();
    let much = TooMuch {
        asks: Party { member: "bank".to_owned(), name: Texts::one("Bank") },
        through: None,
        address: String::new(),
        use_name: "login".to_owned(),
        purpose: Texts::default(),
        claims: Vec::new(),
        paths: Vec::new(),
    };
    let refusals = [
        wallet.ask_deletion(world.line).await.unwrap_err(),
        wallet.report(Some(world.line), Why::NotMe, String::new()).await.unwrap_err(),
        wallet.report(None, Why::Feedback, String::new()).await.unwrap_err(),
        wallet.report_too_much(&much, "").await.unwrap_err(),
        wallet.feedback_on_card(&card.id, "").await.unwrap_err(),
    ];
    assert_eq!(refusals.map(|error| error.code()), ["proof_too_old"; 5]);
    for path in [
        "/receipts/logins",
        "/receipts/deletion",
        "/receipts/deletion/state",
        "/receipts/not-me",
        "/feedback",
    ] {
        assert!(world.server.posted(path).is_empty(), "{path} was asked");
    }
    assert_eq!(world.home.digest(), before);
}

#[tokio::test]
async fn a_receipt_is_not_checked_against_a_register_of_the_past() {
    let world = World::new("receipt-past").await;
    let wallet = &world.home.wallet;
    wallet.store().judge_receipt(world.line, ReceiptState::Unchecked).unwrap();
    world.change(|behaviour| behaviour.proven_at = now().minus(Duration::from_secs(3_600)));
    wallet.check_receipts().await.unwrap();
    assert_eq!(history(&world)[0].receipt, ReceiptState::Unchecked);
    // This phone's clock is slow: what the validators signed is no older for it.
    world.change(|behaviour| behaviour.proven_at = now().plus(Duration::from_secs(40)));
    wallet.check_receipts().await.unwrap();
    assert_eq!(history(&world)[0].receipt, ReceiptState::Checked);
}

#[tokio::test]
async fn a_wish_to_delete_is_kept_with_how_it_stands() {
    let world = World::new("delete").await;
    let wallet = &world.home.wallet;
    assert_eq!(history(&world)[0].deletion, None);
    let wish = wallet.ask_deletion(world.line).await.unwrap();
    assert_eq!((wish.asked_at, wish.done_at), (now(), None));
    assert_eq!(history(&world)[0].deletion, Some(wish));
    let asked: Value = serde_json::from_str(&world.server.posted("/receipts/deletion")[0]).unwrap();
    assert_eq!(asked["receipt"], world.receipt());
    assert_eq!(asked.as_object().unwrap().len(), 2);
    world.change(|behaviour| behaviour.deletion["done_at"] = (now().secs() + 5).into());
    wallet.check_deletions().await.unwrap();
    assert_eq!(history(&world)[0].deletion.unwrap().done_at.unwrap().secs(), now().secs() + 5);
    // What is done is not asked about again.
    wallet.check_deletions().await.unwrap();
    assert_eq!(world.server.posted("/receipts/deletion/state").len(), 1);
}

#[tokio::test]
async fn a_wish_that_nobody_took_is_not_kept() {
    for answer in
        [json!({ "asked_at": null, "done_at": null }), json!({}), json!([1]), json!({ "asked_at": "now" })]
    {
        let world = World::new("delete-refused").await;
        world.change(|behaviour| behaviour.deletion = answer.clone());
        let before = world.home.digest();
        assert_eq!(world.home.wallet.ask_deletion(world.line).await.unwrap_err().code(), "answer_malformed");
        assert_eq!(world.home.digest(), before, "{answer}");
    }
}

#[tokio::test]
async fn nothing_can_be_wished_without_a_receipt() {
    let world = World::new("delete-none").await;
    let wallet = &world.home.wallet;
    assert_eq!(wallet.ask_deletion(world.line + 1).await.unwrap_err().code(), "no_such_line");
    assert_eq!(wallet.receipt(world.line + 1).unwrap_err().code(), "no_such_line");
    let (asking, _server) = crate::present::provider(|_| (), Some(Page::new(200, "{}"))).await;
    let home = crate::world::Home::new("delete-no-receipt", &crate::register::Register::new(now()));
    home.keep_card(1, &asking.issuer);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    let line = home.wallet.share(asked).await.unwrap().entry;
    assert_eq!(home.wallet.ask_deletion(line).await.unwrap_err().code(), "no_receipt");
    assert!(!home.wallet.receipt(line).unwrap().can_ask);
}

#[tokio::test]
async fn a_report_goes_to_the_registrar_that_the_register_names() {
    let world = World::new("report").await;
    let reported = world.home.wallet.report(Some(world.line), Why::TooMuch, "Why all this?".to_owned()).await;
    let reported = reported.unwrap();
    assert_eq!(reported.to.unwrap().member, "digital");
    assert_eq!(reported.session_ended, None);
    let sent: Value = serde_json::from_str(&world.server.posted("/feedback")[0]).unwrap();
    let expected = json!({ "kind": "too_much", "text": "Why all this?", "receipt": world.receipt() });
    assert_eq!(sent, expected, "more is reported than the person said");
    assert_eq!(history(&world)[0].reported_at, Some(now()));
    assert!(world.server.posted("/receipts/not-me").is_empty());
    // Something that is no line of the history.
    world.home.wallet.report(None, Why::Feedback, "Thank you".to_owned()).await.unwrap();
    let sent: Value = serde_json::from_str(&world.server.posted("/feedback")[1]).unwrap();
    assert_eq!(sent["receipt"], Value::Null);
}

#[tokio::test]
async fn a_report_of_over_asking_says_who_asked_for_what_and_nothing_of_a_card() {
    let world = World::new("report-much").await;
    let party = |member: &str| Party { member: member.to_owned(), name: Texts::one(member) };
    let much = TooMuch {
        asks: party("bank"),
        through: Some(party("login")),
        address: "https://login.example".to_owned(),
        use_name: "login".to_owned(),
        purpose: Texts::one("Logging in"),
        claims: vec![Texts::one("Date of birth")],
        paths: vec!["birthdate".to_owned(), "sex\nasks: nobody".to_owned()],
    };
    let reported = world.home.wallet.report_too_much(&much, "Why all this?").await.unwrap();
    assert_eq!(reported.to.unwrap().member, "digital");
    let sent: Value = serde_json::from_str(&world.server.posted("/feedback")[0]).unwrap();
    let text = sent["text"].as_str().unwrap();
    assert!(text.starts_with("Why all this?\n\nasks: bank\nthrough: login\nuse: login\n"), "{text}");
    assert!(text.contains("birthdate"), "{text}");
    assert_eq!(
        text.lines().filter(|line| line.starts_with("asks: ")).count(),
        1,
        "one line is forged: {text}"
    );
    assert_eq!((&sent["kind"], &sent["receipt"]), (&json!("too_much"), &Value::Null));
    // However much was asked, it is one report.
    let endless = TooMuch { through: None, paths: vec!["x".repeat(900); 9], ..much };
    world.home.wallet.report_too_much(&endless, &"界".repeat(1_500)).await.unwrap();
    let sent: Value = serde_json::from_str(&world.server.posted("/feedback")[1]).unwrap();
    assert_eq!(sent["text"].as_str().unwrap().chars().count(), 2_000);
    let long = world.home.wallet.report_too_much(&endless, &"界".repeat(1_501)).await.unwrap_err();
    assert_eq!(long.code(), "text_too_long");
}

#[tokio::test]
async fn words_about_a_card_go_to_its_office_with_its_type_alone() {
    let world = World::new("card-feedback").await;
    let wallet = &world.home.wallet;
    let card = wallet.cards().unwrap().remove(0);
    world.change(|behaviour| {
        behaviour.register.entries.remove(&Key::Member("interior".parse().unwrap())).unwrap();
    });
    let unknown = wallet.feedback_on_card(&card.id, "The name is misspelt").await.unwrap_err();
    assert_eq!(unknown.code(), "unknown_signer", "its office is not in this register");
    world.change(|behaviour| {
        let origin = behaviour.register.entries.values().find_map(|entry| match entry {
            Entry::Member(member) if member.roles.contains(&Role::Registrar) => {
                member.origins.first().cloned()
            }
            _ => None,
        });
        behaviour.register.add_member("interior", Role::Issuer, &origin.unwrap());
    });
    let reported = wallet.feedback_on_card(&card.id, "The name is misspelt").await.unwrap();
    assert_eq!(reported.to.unwrap().member, "interior");
    let sent: Value = serde_json::from_str(&world.server.posted("/feedback")[0]).unwrap();
    assert_eq!(sent["text"], format!("The name is misspelt\n\ncard: {}", card.vct));
    assert_eq!((&sent["kind"], &sent["receipt"]), (&json!("feedback"), &Value::Null));
    assert_eq!(wallet.feedback_on_card("another", "x").await.unwrap_err().code(), "no_such_card");
}

#[tokio::test]
async fn this_was_not_me_ends_the_session_and_is_reported() {
    let world = World::new("not-me").await;
    let reported = world.home.wallet.report(Some(world.line), Why::NotMe, String::new()).await.unwrap();
    assert_eq!(reported.session_ended, Some(true));
    let order: Vec<String> = world.server.got().into_iter().map(|got| got.path).collect();
    let at = |path: &str| order.iter().position(|one| one == path).unwrap();
    assert!(at("/receipts/not-me") < at("/feedback"));
}

#[tokio::test]
async fn a_session_is_ended_even_where_nobody_takes_the_report() {
    let world = World::new("not-me-alone").await;
    world.change(|behaviour| behaviour.feedback = Page::new(503, "{}"));
    let reported = world.home.wallet.report(Some(world.line), Why::NotMe, String::new()).await.unwrap();
    assert_eq!((reported.to, reported.session_ended), (None, Some(true)));
    assert_eq!(reported.refused, Some("look_back_refused"));
    assert_eq!(history(&world)[0].reported_at, None);
    let error = world.home.wallet.report(Some(world.line), Why::TooMuch, String::new()).await.unwrap_err();
    assert_eq!(error.code(), "look_back_refused");
}

#[tokio::test]
async fn a_report_is_sent_to_nobody_else() {
    let world = World::new("report-nobody").await;
    world.change(|behaviour| {
        behaviour.register.add_member("digital", Role::Steward, "https://digital.example")
    });
    let error = world.home.wallet.report(None, Why::Feedback, "x".to_owned()).await.unwrap_err();
    assert_eq!(error.code(), "no_registrar");
    world.change(|behaviour| {
        behaviour.register.add_member("digital", Role::Registrar, "http://10.0.0.1");
    });
    let error = world.home.wallet.report(None, Why::Feedback, "x".to_owned()).await.unwrap_err();
    assert_eq!(error.code(), "address_refused");
    let before = world.server.got().len();
    let long = world.home.wallet.report(None, Why::Feedback, "界".repeat(2_001)).await.unwrap_err();
    assert_eq!(long.code(), "text_too_long");
    let none = world.home.wallet.report(None, Why::NotMe, String::new()).await.unwrap_err();
    assert_eq!(none.code(), "no_receipt");
    assert!(world.server.posted("/feedback").is_empty());
    assert!(world.server.got()[before..].iter().all(|got| got.path.starts_with("/v1/")));
}

#[tokio::test]
async fn the_history_is_a_file_that_others_can_check_and_not_act_with() {
    let world = World::new("export").await;
    world.anchor();
    world.home.wallet.prove_receipts().await.unwrap();
    let text = world.home.wallet.export_history().unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["format"], "symbolon-history-1");
    let line = &file["lines"][0];
    assert_eq!((&line["receipt"], &line["proof"]["period"]), (&json!(world.receipt()), &json!(PERIOD)));
    assert_eq!(line["shared"], json!(["given_name"]));
    for secret in ["Maria", &"s".repeat(43), "\"state\""] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn the_state_of_a_request_is_silent() {
    let state: wallet_core::store::entries::RequestState = serde_json::from_str("\"secret\"").unwrap();
    assert_eq!(format!("{state:?}"), "RequestState");
}
