//! What was to be confirmed is confirmed by the right card, or the answer proves nothing.

use super::*;
use crate::vp::transaction::{Document, Payment, Transaction, TransactionData};

fn payment(amount: &str) -> TransactionData {
    let payment = Payment {
        amount: amount.into(),
        currency: "EUR".into(),
        payee: "Corner Bakery".into(),
        account: None,
        reference: None,
    };
    TransactionData::new("pid", Transaction::Payment(payment))
}

fn confirms(transactions: Vec<TransactionData>) -> RequestContent {
    RequestContent { transaction_data: transactions, ..request() }
}

#[test]
fn what_is_confirmed_is_covered_by_the_key_binding() {
    let text = Document { title: "Lease".into(), text: "I rent it.".into() };
    let content = confirms(vec![payment("12.50"), TransactionData::new("pid", Transaction::Text(text))]);
    let response = show(&content, &card(), &holder());
    assert!(decide(&content, &response, NOW).is_ok());
}

#[test]
fn a_confirmation_of_something_else_is_refused() {
    let asked = confirms(vec![payment("12.50")]);
    for other in [
        vec![],
        vec![payment("12500")],
        vec![payment("12.50"), payment("1")],
        vec![payment("1"), payment("12.50")],
    ] {
        let response = show(&confirms(other), &card(), &holder());
        assert_eq!(code(decide(&asked, &response, NOW)), "key_binding_wrong_transaction_data");
    }
    let response = show(&asked, &card(), &holder());
    assert_eq!(code(decide(&request(), &response, NOW)), "key_binding_wrong_transaction_data");
}

/// Two parts, the second of which may be left out and is the one that confirms.
fn optional_confirmation() -> RequestContent {
    let part = |id: &str| json!({"id": id, "format": "dc+sd-jwt", "meta": {"vct_values": [VCT]}});
    let query = json!({"credentials": [part("other"), part("pid")],
        "credential_sets": [{"options": [["other"]]}, {"options": [["pid"]], "required": false}]});
    RequestContent { query: Query::parse(&query).unwrap(), ..confirms(vec![payment("1")]) }
}

#[test]
fn an_answer_without_the_card_that_confirms_is_refused() {
    let content = optional_confirmation();
    let unconfirmed = RequestContent { transaction_data: Vec::new(), ..content.clone() };
    let (card, signer) = (card(), holder());
    let other = Chosen { query: "other", card: HeldCard::SdJwtVc(&card), disclose: &[], signer: &signer };
    let response = wallet_reads(&unconfirmed).present(&[other], NOW).unwrap();
    assert_eq!(code(decide(&content, &response, NOW)), "transaction_not_confirmed");
    assert_eq!(wallet_reads(&content).present(&[other], NOW), Err(PresentError::Transaction));
    let both = [other, Chosen { query: "pid", ..other }];
    let response = wallet_reads(&content).present(&both, NOW).unwrap();
    assert!(decide(&content, &response, NOW).is_ok());
}

#[test]
fn a_wallet_confirms_nothing_that_it_does_not_know() {
    let unknown = json!({"type": "urn:example:other", "credential_ids": ["pid"]}).to_string();
    let unknown = TransactionData::parse(&credential::encoding::base64url(unknown)).unwrap();
    let content = confirms(vec![unknown]);
    let (card, signer) = (card(), holder());
    let disclose = asked();
    let chosen =
        Chosen { query: "pid", card: HeldCard::SdJwtVc(&card), disclose: &disclose, signer: &signer };
    assert_eq!(wallet_reads(&content).present(&[chosen], NOW), Err(PresentError::Transaction));
}
