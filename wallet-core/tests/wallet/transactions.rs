//! What a person confirms by showing a card: said in full before, bound into the answer, and known afterwards.

use credential::encoding::base64url;
use openid4vc::vp::dcql::Query;
use openid4vc::vp::transaction::{Document, Payment, Transaction, TransactionData};
use serde_json::{Value, json};
use wallet_core::view::{Choice, TransactionView};

use crate::hostile_verifier::{HOSTILE, assert_plain, changed};
use crate::present::{good, home, provider, provider_of};
use crate::register::VCT;
use crate::world::Asking;

fn payment(payee: &str) -> Transaction {
    Transaction::Payment(Payment {
        amount: "12.50".to_owned(),
        currency: "EUR".to_owned(),
        payee: payee.to_owned(),
        account: None,
        reference: Some("Order 7".to_owned()),
    })
}

fn text(text: &str) -> Transaction {
    Transaction::Text(Document { title: "Lease".to_owned(), text: text.to_owned() })
}

fn confirms(what: Vec<Transaction>) -> impl FnOnce(&mut Asking) {
    move |asking| {
        let entries = what.into_iter().map(|what| TransactionData::new("card", what));
        asking.content.transaction_data = entries.collect();
    }
}

#[tokio::test]
async fn what_is_confirmed_is_said_in_full_and_bound_into_the_answer() {
    let what = vec![payment("Corner Bakery"), text("I rent it.\nFrom May.")];
    let (asking, server) = provider(confirms(what), good()).await;
    let home = home("confirm", &asking, 1);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    let said = asked.consent().transactions.clone();
    let TransactionView::Payment { amount, currency, payee, reference, .. } = &said[0] else {
        panic!("{said:?}")
    };
    assert_eq!((amount.as_str(), currency.as_str(), payee.as_str()), ("12.50", "EUR", "Corner Bakery"));
    assert_eq!(reference.as_deref(), Some("Order 7"));
    let signed =
        TransactionView::Text { title: "Lease".to_owned(), text: "I rent it.\nFrom May.".to_owned() };
    assert_eq!(said[1], signed);
    home.wallet.share(asked).await.unwrap();
    assert!(asking.open(&server.posted("/response")[0]).is_ok(), "the other side checks the hashes");
    assert_eq!(home.wallet.history().unwrap()[0].transactions, said);
}

#[tokio::test]
async fn an_answer_confirms_what_was_asked_and_nothing_else() {
    let (asking, server) = provider(confirms(vec![payment("Corner Bakery")]), good()).await;
    let home = home("confirm-other", &asking, 1);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    home.wallet.share(asked).await.unwrap();
    let body = &server.posted("/response")[0];
    for other in [vec![], vec![payment("Somebody else")], vec![payment("Corner Bakery"), text("x")]] {
        let mut expected = asking.content.clone();
        expected.transaction_data =
            other.into_iter().map(|what| TransactionData::new("card", what)).collect();
        assert_eq!(asking.verify(body, &expected).unwrap_err(), "key_binding_wrong_transaction_data");
    }
}

/// The request, with this as its transaction data.
fn with_raw(entry: Value) -> impl FnOnce(&Asking) -> String {
    changed(move |claims| {
        claims.insert("transaction_data".into(), json!([base64url(entry.to_string())]));
    })
}

#[tokio::test]
async fn what_cannot_be_shown_as_it_is_signed_is_not_confirmed_and_they_are_told() {
    let entry = |more: Value| {
        let mut entry = json!({"type": "urn:symbolon:transaction:text:1", "credential_ids": ["card"],
            "title": "Lease", "text": "x"});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entry
    };
    for (number, hostile) in [
        entry(json!({"type": "urn:example:unknown"})),
        entry(json!({"text": HOSTILE})),
        entry(json!({"text": "pay 1\u{202e}000"})),
        entry(json!({"title": "a\u{200b}b"})),
        entry(json!({"hidden": "and my house"})),
        entry(json!({"text": "x".repeat(3000)})),
    ]
    .into_iter()
    .enumerate()
    {
        let (asking, server) = provider_of(|_| (), with_raw(hostile), good()).await;
        let home = home(&format!("confirm-hostile-{number}"), &asking, 1);
        let before = home.digest();
        let error = home.wallet.look_at_request(&asking.link()).await.err().unwrap();
        assert_eq!(error.code(), "transaction_data_unsupported", "{number}");
        assert_eq!(home.digest(), before);
        let told = asking.open(&server.posted("/response")[0]);
        assert_eq!(told, Err("invalid_transaction_data".to_owned()), "{number}");
    }
}

#[tokio::test]
async fn transaction_data_that_is_none_is_refused_without_an_answer() {
    for (number, raw) in
        [json!("x"), json!([]), json!(["?"]), json!([base64url("[]")]), json!(vec![base64url("{}"); 5])]
            .into_iter()
            .enumerate()
    {
        let write = changed(move |claims| {
            claims.insert("transaction_data".into(), raw.clone());
        });
        let (asking, server) = provider_of(|_| (), write, good()).await;
        let home = home(&format!("confirm-none-{number}"), &asking, 1);
        let error = home.wallet.look_at_request(&asking.link()).await.err().unwrap();
        assert_eq!(error.code(), "transaction_data_unsupported", "{number}");
        assert!(server.posted("/response").is_empty());
    }
}

#[tokio::test]
async fn a_transaction_turns_the_card_on_that_it_needs() {
    let part = |id: &str| json!({"id": id, "format": "dc+sd-jwt", "meta": {"vct_values": [VCT]}, "claims": [{"path": ["given_name"]}]});
    let query = json!({"credentials": [part("other"), part("card")],
        "credential_sets": [{"options": [["other"]]}, {"options": [["card"]], "required": false}]});
    let ask = |asking: &mut Asking| {
        asking.content.query = Query::parse(&query).unwrap();
        confirms(vec![payment("Corner Bakery")])(asking);
    };
    let (asking, server) = provider(ask, good()).await;
    let home = home("confirm-optional", &asking, 2);
    let mut asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    assert_eq!(asked.consent().choice.options, [Some(0), Some(0)]);
    assert_plain(asked.consent());
    let without: Choice = serde_json::from_value(json!({"options": [0, null]})).unwrap();
    assert_eq!(home.wallet.choose(&mut asked, &without).unwrap_err().code(), "choice_not_offered");
    assert!(server.posted("/response").is_empty());
}
