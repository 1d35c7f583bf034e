//! What strangers hand to a wallet: it gets a code, and the wallet stays as it was.

use serde_json::json;

use crate::issuer::{CODE, Issuer, start};
use crate::now;
use crate::register::Register;
use crate::server::{Page, Server};
use crate::world::{Asking, Home};

fn home(name: &str) -> Home {
    Home::new(name, &Register::new(now()))
}

#[tokio::test]
async fn a_wrong_pin_changes_nothing() {
    let home = home("bad-pin");
    home.keep_card(1, &crate::world::key(3));
    let before = home.digest();
    assert_eq!(home.unlock("000000").unwrap_err().code(), "wrong_pin");
    assert_eq!(home.digest(), before);
    assert_eq!(home.unlock("135790").unwrap().store().digest().unwrap(), before);
}

fn offer_of(issuer: &str) -> String {
    let grants =
        json!({ "urn:ietf:params:oauth:grant-type:pre-authorized_code": { "pre-authorized_code": "p" } });
    json!({ "credential_issuer": issuer, "credential_configuration_ids": ["pid"], "grants": grants })
        .to_string()
}

#[tokio::test]
async fn offers_that_lead_into_other_networks_are_refused() {
    let home = home("bad-addresses");
    let before = home.digest();
    for address in [
        "http://interior.example",
        "http://10.0.0.1",
        "https://10.0.0.1",
        "https://192.168.0.1",
        "https://169.254.169.254",
        "https://[fe80::1]",
        "https://[::ffff:192.168.0.1]",
        "https://user:secret@interior.example",
        "ftp://interior.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ] {
        let error = home.wallet.look_at_offer(&offer_of(address)).await.err().expect(address);
        assert!(!matches!(error.code(), "unreachable" | "document_not_there"), "{address}: {}", error.code());
        let by_reference = format!(
            "openid-credential-offer://?{}",
            url::form_urlencoded::Serializer::new(String::new())
                .append_pair("credential_offer_uri", address)
                .finish()
        );
        let error = home.wallet.look_at_offer(&by_reference).await.err().expect(address);
        assert!(!matches!(error.code(), "unreachable" | "document_not_there"), "{address}: {}", error.code());
        assert_eq!(home.digest(), before, "{address}");
    }
}

/// Texts that are no offer and no request, small and large, flat and deep.
fn garbage() -> Vec<String> {
    let deep = "[".repeat(100_000);
    let mut texts: Vec<String> =
        ["", "{", "{}", "null", "[]", "\u{0}", "\u{202e}{", "openid4vp://", "haip://?x"]
            .map(str::to_owned)
            .to_vec();
    texts.push(format!("{{\"credential_issuer\":{deep}"));
    texts.push(offer_of(&format!("https://{}.example", "a".repeat(1_000_000))));
    texts.push(format!("openid-credential-offer://?credential_offer={}", "%7B".repeat(100_000)));
    texts.push(format!(
        "openid4vp://?client_id=x&request_uri=https%3A%2F%2Fa.example%2F{}",
        "a".repeat(1_000_000)
    ));
    texts
}

#[tokio::test]
async fn garbage_is_refused_before_anything_is_asked() {
    let home = home("garbage");
    let before = home.digest();
    for text in garbage() {
        let shown: String = text.chars().take(40).collect();
        assert!(home.wallet.look_at_offer(&text).await.is_err(), "{shown}");
        assert!(home.wallet.look_at_request(&text).await.is_err(), "{shown}");
    }
    assert_eq!(home.digest(), before);
}

#[tokio::test]
async fn documents_that_are_garbage_are_refused() {
    let pages: [fn() -> Page; 6] = [
        || Page::new(200, ""),
        || Page::new(200, "[".repeat(100_000)),
        || Page::new(200, format!("{{\"credential_issuer\":\"{}\"}}", "a".repeat(3 << 20))),
        || Page::new(200, r#"{"credential_issuer":1}"#),
        || Page::new(500, "{}"),
        || Page::to("https://elsewhere.example/"),
    ];
    for (number, page) in pages.into_iter().enumerate() {
        let server = Server::start(|_| Box::new(move |_| Some(page()))).await;
        let home = home(&format!("document-{number}"));
        let before = home.digest();
        assert!(home.wallet.look_at_offer(&offer_of(&server.origin)).await.is_err(), "{number}");
        assert!(home.wallet.look_at_request(&Asking::new(&server.origin).link()).await.is_err(), "{number}");
        assert_eq!(home.digest(), before, "{number}");
        assert_eq!(server.got().len(), 2, "a redirect was followed");
    }
}

#[tokio::test]
async fn no_step_of_receiving_follows_a_redirect() {
    let steps: [fn(&mut Issuer); 4] = [
        |issuer| issuer.redirects = "/.well-known/oauth-authorization-server",
        |issuer| issuer.redirects = "/token",
        |issuer| issuer.redirects = "/nonce",
        |issuer| issuer.redirects = "/credential",
    ];
    for (number, step) in steps.into_iter().enumerate() {
        let (issuer, server) = start(step).await;
        let home = home(&format!("redirect-{number}"));
        let before = home.digest();
        let offered = home.wallet.look_at_offer(&issuer.offer()).await.unwrap();
        assert!(home.wallet.receive(&offered, Some(CODE)).await.is_err(), "{}", issuer.redirects);
        assert_eq!(home.digest(), before, "{}", issuer.redirects);
        let got = server.got();
        assert!(got.iter().any(|got| got.path == issuer.redirects), "{}", issuer.redirects);
        assert!(got.iter().all(|got| got.path != "/elsewhere"), "{}", issuer.redirects);
    }
}
