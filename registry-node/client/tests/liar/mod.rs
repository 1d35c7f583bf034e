//! A node that serves whatever a test tells it to, over real HTTP.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use registry_proof::bundle::{MAX_BUNDLE, ProofBundle};
use registry_proof::header::Header;
use registry_proof::light::Checkpoint;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

pub(crate) const OLD: &[u8] = include_bytes!("../../../proof/tests/golden/old.cbor");
pub(crate) const SNAPSHOT: &[u8] = include_bytes!("../../../proof/tests/golden/snapshot.cbor");
pub(crate) const HEAD: &[u8] = include_bytes!("../../../proof/tests/golden/head.cbor");
pub(crate) const ENTRIES: &[u8] = include_bytes!("../../../proof/tests/golden/entries.cbor");
pub(crate) const TRANSACTIONS: &str = include_str!("../../../proof/tests/golden/transactions.json");

pub(crate) fn checkpoint() -> Checkpoint {
    serde_json::from_str(include_str!("../../../proof/tests/golden/checkpoint.json")).unwrap()
}

pub(crate) fn bundle(bytes: &[u8]) -> ProofBundle {
    ProofBundle::from_cbor(bytes, MAX_BUNDLE).unwrap()
}

pub(crate) fn header(bytes: &[u8]) -> Header {
    Header::from_bytes(&bundle(bytes).header).unwrap()
}

/// What a node answers to one path.
#[derive(Clone)]
pub(crate) enum Says {
    /// A status and a body.
    This(u16, Vec<u8>),
    /// A redirect.
    Elsewhere(String),
    /// The beginning of an answer, and then nothing.
    Nothing,
    /// A body that does not end.
    Endless,
}

impl Says {
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        Self::This(200, bytes.to_vec())
    }

    pub(crate) fn bundle(bundle: &ProofBundle) -> Self {
        Self::This(200, bundle.to_cbor())
    }
}

/// A node. What it says can change while it runs.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) url: Url,
    says: Arc<Mutex<BTreeMap<String, Says>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Node {
    pub(crate) async fn start(says: &[(&str, Says)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let node = Self { url, says: Arc::default(), asked: Arc::default() };
        node.now_says(says);
        let serving = node.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let node = serving.clone();
                tokio::spawn(async move { node.serve(stream).await });
            }
        });
        node
    }

    /// An honest node with this snapshot and head.
    pub(crate) async fn honest(snapshot: &[u8], head: &[u8]) -> Self {
        Self::start(&[("/v1/snapshot", Says::bytes(snapshot)), ("/v1/head", Says::bytes(head))]).await
    }

    pub(crate) fn now_says(&self, says: &[(&str, Says)]) {
        let says = says.iter().map(|(path, says)| ((*path).to_owned(), says.clone()));
        self.says.lock().unwrap().extend(says);
    }

    /// The paths that were asked so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// One request, one answer, and the connection ends.
    async fn serve(&self, mut stream: TcpStream) {
        let Some(path) = read_request(&mut stream).await else { return };
        self.asked.lock().unwrap().push(path.clone());
        let says = self.says.lock().unwrap().get(&path).cloned().unwrap_or(Says::This(404, Vec::new()));
        let head = |status: u16, length: usize| {
            format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n")
        };
        match says {
            Says::This(status, body) => {
                let bytes = [format!("{}\r\n", head(status, body.len())).into_bytes(), body].concat();
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            }
            Says::Elsewhere(to) => {
                let text = format!("{}location: {to}\r\n\r\n", head(307, 0));
                let _ = stream.write_all(text.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
            Says::Nothing => {
                let _ = stream.write_all(format!("{}\r\nx", head(200, 100)).as_bytes()).await;
                std::future::pending::<()>().await;
            }
            Says::Endless => {
                let _ = stream.write_all(b"HTTP/1.1 200 x\r\nconnection: close\r\n\r\n").await;
                while stream.write_all(&[b'x'; 64 * 1024]).await.is_ok() {}
            }
        }
    }
}

/// Reads a request to the end of its body, and gives its path.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if bytes.len() >= head.len() + 4 + length.unwrap_or(0usize) {
                return head.split(' ').nth(1).map(str::to_owned);
            }
        }
        let mut more = [0u8; 4096];
        match stream.read(&mut more).await.ok()? {
            0 => return None,
            count => bytes.extend_from_slice(&more[..count]),
        }
    }
}
