//! The bridge as a browser, a foreign page and a foreign program meet it.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wallet_app::app::{App, Keys, Place};
use wallet_app::system::{SystemClock, random};
use wallet_bridge::guard::Guard;
use wallet_bridge::screens::Screens;
use wallet_bridge::serve::routes;
use wallet_core::wallet::Setup;

const TOKEN: &str = "the-token-of-this-run";
/// A register that nobody here asks.
const CHECKPOINT: &str = include_str!("../../../registry-node/proof/tests/golden/checkpoint.json");

/// A bridge on a free port, with screens of three files.
struct Bridge {
    host: String,
    folder: PathBuf,
    task: tokio::task::JoinHandle<()>,
}

impl Bridge {
    async fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("bridge-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let dist = folder.join("dist");
        std::fs::create_dir_all(dist.join("assets")).unwrap();
        std::fs::write(dist.join("index.html"), "<title>the app</title>").unwrap();
        std::fs::write(dist.join("assets/app.js"), "1").unwrap();
        std::fs::write(folder.join("secret.json"), "{}").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let app = Arc::new(App::new(Place {
            home: folder.join("home"),
            setup: Setup {
                checkpoint: serde_json::from_str(CHECKPOINT).unwrap(),
                nodes: vec!["http://127.0.0.1:1".parse().unwrap()],
            },
            keys: Keys::InFile,
            clock: Arc::new(SystemClock),
            random: random(),
            comes_back_to: format!("http://{host}/back"),
        }));
        let routes = routes(app, Screens::read(&dist).unwrap(), Guard::new(&host, TOKEN));
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { host, folder, task }
    }

    /// Sends a request as it stands; status and the whole answer.
    async fn send(&self, head: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.host).await.unwrap();
        let request = format!("{head}connection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
    }

    async fn get(&self, path: &str) -> (u16, String) {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: {}\r\n", self.host), "").await
    }

    /// A command as the page sends it, but for `change`: the old text of the head, and the new one.
    async fn call(&self, command: &str, body: &str, change: (&str, &str)) -> (u16, String) {
        let host = &self.host;
        let head = format!(
            "POST /ipc/{command} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
             sec-fetch-site: same-origin\r\ncontent-type: application/json\r\nx-symbolon-token: {TOKEN}\r\n"
        );
        assert!(head.contains(change.0), "{change:?}");
        self.send(&head.replacen(change.0, change.1, 1), body).await
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn the_page_that_it_serves_may_call() {
    let bridge = Bridge::start("good").await;
    let (status, answer) = bridge.call("state", "{}", ("", "")).await;
    assert_eq!(status, 200);
    assert!(answer.contains(r#""phase":"new""#), "{answer}");
    // An older browser does not say where a request comes from; its origin does.
    assert_eq!(bridge.call("state", "{}", ("sec-fetch-site: same-origin\r\n", "")).await.0, 200);
    let (status, answer) = bridge.call("cards", "{}", ("", "")).await;
    assert_eq!(status, 422);
    assert!(answer.ends_with(r#"{"code":"locked"}"#), "{answer}");
}

#[tokio::test]
async fn nobody_else_may() {
    let bridge = Bridge::start("bad").await;
    let host = bridge.host.clone();
    let origin = format!("origin: http://{host}\r\n");
    let token = format!("x-symbolon-token: {TOKEN}\r\n");
    for change in [
        // A name that was made to lead here.
        (format!("host: {host}\r\n"), "host: evil.example\r\n".to_owned()),
        (format!("host: {host}\r\n"), "host: localhost\r\n".to_owned()),
        (format!("host: {host}\r\n"), format!("host: {host}\r\nhost: evil.example\r\n")),
        (format!("host: {host}\r\n"), String::new()),
        // A foreign page.
        (origin.clone(), "origin: http://evil.example\r\n".to_owned()),
        (origin.clone(), "origin: null\r\n".to_owned()),
        (origin.clone(), format!("origin: http://{host}.evil.example\r\n")),
        (origin.clone(), format!("{origin}{origin}")),
        (origin, String::new()),
        ("same-origin".to_owned(), "cross-site".to_owned()),
        ("same-origin".to_owned(), "same-site".to_owned()),
        ("application/json".to_owned(), "text/plain".to_owned()),
        // A foreign program.
        (token.clone(), String::new()),
        (token.clone(), "x-symbolon-token: \r\n".to_owned()),
        (token.clone(), format!("x-symbolon-token: {TOKEN}x\r\n")),
        (token.clone(), format!("x-symbolon-token: {}\r\n", &TOKEN[1..])),
        (token.clone(), format!("{token}{token}")),
        ("POST".to_owned(), "GET".to_owned()),
        ("POST".to_owned(), "PUT".to_owned()),
        ("POST".to_owned(), "OPTIONS".to_owned()),
    ] {
        let (status, answer) = bridge.call("state", "{}", (&change.0, &change.1)).await;
        assert!(matches!(status, 400 | 403), "{change:?}: {status}");
        assert!(!answer.contains("phase"), "{change:?}");
        assert!(!answer.to_lowercase().contains("access-control-allow"), "{change:?}");
    }
}

#[tokio::test]
async fn screens_are_served_with_a_policy_and_nothing_beside_them_is() {
    let bridge = Bridge::start("screens").await;
    for path in ["/", "/index.html", "/back?code=1&state=2"] {
        let (status, answer) = bridge.get(path).await;
        assert_eq!((status, answer.contains("the app")), (200, true), "{path}");
        assert!(answer.contains("default-src 'none'") && answer.contains("frame-ancestors 'none'"));
        assert!(!answer.contains("unsafe"), "{answer}");
        assert!(
            answer.contains("x-content-type-options: nosniff") && answer.contains("cache-control: no-store")
        );
    }
    assert!(bridge.get("/assets/app.js").await.1.contains("text/javascript"));
    for path in [
        "/secret.json",
        "/../secret.json",
        "/assets/../../secret.json",
        "/%2e%2e/secret.json",
        "/assets/",
        "/assets",
        "//etc/passwd",
        "/back/",
        "/ipc/",
        "/ipc/state",
    ] {
        let (status, answer) = bridge.get(path).await;
        assert!(matches!(status, 400 | 403 | 404 | 405), "{path}: {status}");
        assert!(!answer.contains("the app"), "{path}");
    }
    let (status, _) = bridge.send("GET / HTTP/1.1\r\nhost: evil.example\r\n", "").await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn what_is_malformed_or_too_large_is_refused() {
    let bridge = Bridge::start("malformed").await;
    for (body, status) in [("", 400), ("{", 400), ("null", 422), ("[]", 422), (r#"{"home":"/"}"#, 422)] {
        let (found, answer) = bridge.call("state", body, ("", "")).await;
        assert_eq!(found, status, "{body}: {answer}");
        assert!(answer.contains("arguments_malformed"), "{body}: {answer}");
    }
    let (status, answer) = bridge.call("nonsense", "{}", ("", "")).await;
    assert_eq!((status, answer.contains("unknown_command")), (422, true));
    assert_eq!(bridge.call("state/more", "{}", ("", "")).await.0, 405);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(bridge.call("state", &deep, ("", "")).await.0, 400);
}

#[tokio::test]
async fn a_body_larger_than_a_picture_is_not_read() {
    let bridge = Bridge::start("large").await;
    let head = format!(
        "POST /ipc/look HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\ncontent-type: application/json\r\n\
         x-symbolon-token: {TOKEN}\r\nconnection: close\r\ncontent-length: 20000000\r\n\r\n",
        bridge.host
    );
    let mut stream = TcpStream::connect(&bridge.host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}
