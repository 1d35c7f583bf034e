//! What a receipt is worth.

use serde_json::{Value, json};
use wallet_core::store::entries::ReceiptState;

use crate::now;
use crate::register::Register;
use crate::server::{Page, Server};
use crate::world::{Asking, Home, key};

/// Shares a card with a provider that gives `receipt` for it.
async fn receipt_for(name: &str, receipt: impl Fn(&Asking) -> String) -> ReceiptState {
    let mut made = None;
    let server = Server::start(|origin| {
        let asking = Asking::new(origin);
        let (request, reply) = (asking.signed(), json!({ "receipt": receipt(&asking) }).to_string());
        made = Some(asking);
        Box::new(move |got| {
            Some(Page::new(200, if got.path == "/request" { request.clone() } else { reply.clone() }))
        })
    })
    .await;
    let asking = made.unwrap();
    let home = Home::new(name, &Register::new(now()));
    home.keep_card(1, &asking.issuer);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    let shared = home.wallet.share(asked).await.unwrap();
    assert_eq!(home.wallet.history().unwrap()[0].receipt, shared.receipt);
    drop(server);
    shared.receipt
}

fn shared() -> Value {
    json!([["given_name"]])
}

#[tokio::test]
async fn a_receipt_for_what_was_shared_is_checked() {
    let state = receipt_for("receipt", |asking| asking.receipt(&shared(), &asking.receipt_key)).await;
    assert_eq!(state, ReceiptState::Checked);
    let written =
        receipt_for("receipt-text", |asking| asking.receipt(&json!(["given_name"]), &asking.receipt_key));
    assert_eq!(written.await, ReceiptState::Checked);
}

#[tokio::test]
async fn a_receipt_for_something_else_is_wrong() {
    for claims in [json!([]), json!([["given_name"], ["birthdate"]]), json!("given_name"), json!([[1.5]])] {
        let state = receipt_for("receipt-else", |asking| asking.receipt(&claims, &asking.receipt_key)).await;
        assert_eq!(state, ReceiptState::Wrong, "{claims}");
    }
}

#[tokio::test]
async fn a_receipt_by_another_key_is_wrong() {
    let state = receipt_for("receipt-key", |asking| asking.receipt(&shared(), &key(9))).await;
    assert_eq!(state, ReceiptState::Wrong);
    assert_eq!(receipt_for("receipt-none", |_| "nonsense".to_owned()).await, ReceiptState::Wrong);
}
