//! What a counter fetches while it has the network: from nodes and issuers over HTTP, honest and not.

use std::sync::{Arc, Mutex};

use credential::issuer::KeyReference;
use credential::status_list::{MEDIA_TYPE, StatusList, TokenClaims, UnverifiedToken};
use registry_client::registry::Registry;
use registry_proof::entry::{Entry, Role, StatusAnchor};
use registry_proof::key::{Key, Purpose};
use registry_proof::time::Millis;
use serde_json::json;
use wallet_core::counter::bundle::{Bundle, Fetched};
use wallet_core::http::Reach;

use crate::now;
use crate::register::Register;
use crate::server::{Page, Server};
use crate::world::key;

/// An issuer with one list, and a node, at one address; `named` are the lists that the issuer names.
async fn fetch(named: fn(&str) -> Vec<String>, served: fn(String) -> Page) -> (Fetched, Vec<String>) {
    let made = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&made);
    let server = Server::start(move |origin| {
        let (register, token) = world(origin);
        *kept.lock().unwrap() = Some(register.checkpoint());
        let origin = origin.to_owned();
        Box::new(move |got| {
            Some(match got.path.as_str() {
                "/v1/snapshot" => Page::new(200, register.bundle(now())),
                "/.well-known/openid-credential-issuer" => {
                    let lists = format!("{origin}/status");
                    Page::new(200, json!({ "status_list_aggregation_endpoint": lists }).to_string())
                }
                "/status" => Page::new(200, json!({ "status_lists": named(&origin) }).to_string()),
                "/status/1" => served(token.clone()),
                _ => Page::new(404, ""),
            })
        })
    })
    .await;
    let checkpoint = made.lock().unwrap().clone().unwrap();
    let nodes: Vec<url::Url> = vec![server.origin.parse().unwrap()];
    let reach = Reach::of(&nodes);
    let registry = Registry::open(nodes, &checkpoint, None, now()).unwrap();
    let (bundle, fetched) = Bundle::fetch(&registry, reach).await.unwrap();
    let text: serde_json::Value = serde_json::from_slice(&bundle.to_bytes()).unwrap();
    assert!(bundle.open(&checkpoint, now()).is_ok());
    let lists = text["lists"].as_object().unwrap().keys().map(|uri| uri.replace(&server.origin, ""));
    (fetched, lists.collect())
}

fn world(origin: &str) -> (Register, String) {
    let issuer = key(3);
    let mut register = Register::new(now());
    register.add_member("interior", Role::Issuer, origin);
    register.add_key("interior", Purpose::Issuer, &issuer);
    let uri = format!("{origin}/status/1");
    let claims = TokenClaims { uri: &uri, issued_at: now(), expires_at: None, ttl: None };
    let kid = KeyReference::Kid("did:symbolon:demo:interior#issuer-0".to_owned());
    let token = StatusList::new(2, 64).unwrap().to_token(&claims, &kid, &issuer).unwrap();
    let anchor = StatusAnchor {
        issuer: "interior".parse().unwrap(),
        sequence: 1,
        token_sha256: UnverifiedToken::parse(&token).unwrap().sha256(),
        at: Millis::default(),
    };
    register.entries.insert(Key::status(&uri, MEDIA_TYPE), Entry::Status(anchor));
    (register, token)
}

fn own(origin: &str) -> Vec<String> {
    vec![format!("{origin}/status/1")]
}

#[tokio::test]
async fn the_register_and_every_list_are_fetched() {
    let (fetched, lists) = fetch(own, |token| Page::new(200, token)).await;
    assert_eq!((fetched, lists), (Fetched { lists: 1, missing: 0 }, vec!["/status/1".to_owned()]));
}

#[tokio::test]
async fn a_list_that_is_not_the_anchored_one_is_left_out_and_said_to_be_missing() {
    let missing = Fetched { lists: 0, missing: 1 };
    let served: [fn(String) -> Page; 3] = [
        |token| Page::new(200, token.replace('.', "..")),
        |_| Page::new(200, "YQ.YQ.YQ"),
        |_| Page::new(500, ""),
    ];
    for page in served {
        assert_eq!(fetch(own, page).await, (missing.clone(), Vec::new()));
    }
}

#[tokio::test]
async fn an_issuer_that_names_lists_of_another_host_has_none() {
    let elsewhere = |origin: &str| vec![format!("{origin}/status/1"), "http://127.0.0.9:9/x".to_owned()];
    let (fetched, _) = fetch(elsewhere, |token| Page::new(200, token)).await;
    assert_eq!(fetched, Fetched { lists: 0, missing: 1 });
}
