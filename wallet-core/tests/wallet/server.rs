//! A web server of a few lines on a loopback port of its own.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Got {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.headers.lines().filter_map(|line| line.split_once(": "));
        pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// What goes back.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Page {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn bytes(body: Vec<u8>) -> Self {
        Self::new(200, body)
    }

    pub(crate) fn to(location: impl Into<String>) -> Self {
        Self::new(303, "").with("location", location)
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// Answers every request; `None` closes the connection without a word.
pub(crate) type Handler = Box<dyn Fn(&Got) -> Option<Page> + Send + Sync>;

/// A server, and all that it was asked.
pub(crate) struct Server {
    pub(crate) origin: String,
    got: Arc<Mutex<Vec<Got>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// A server on a free port; the handler is made once its origin is known.
    pub(crate) async fn start(handler: impl FnOnce(&str) -> Handler) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let handler = Arc::new(handler(&origin));
        let got = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&got);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (handler, kept) = (Arc::clone(&handler), Arc::clone(&kept));
                tokio::spawn(async move { answer(stream, &handler, &kept).await });
            }
        });
        Self { origin, got, task }
    }

    /// The requests so far.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// The bodies that were posted to `path`.
    pub(crate) fn posted(&self, path: &str) -> Vec<String> {
        let to_path = |got: &Got| got.method == "POST" && got.path == path;
        self.got().into_iter().filter(to_path).map(|got| got.body).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut stream: TcpStream, handler: &Handler, kept: &Mutex<Vec<Got>>) {
    let Some(got) = read(&mut stream).await else { return };
    kept.lock().unwrap().push(got.clone());
    let Some(page) = handler(&got) else { return };
    let mut text =
        format!("HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n", page.status, page.body.len());
    for (name, value) in &page.headers {
        text += &format!("{name}: {value}\r\n");
    }
    let _ = stream.write_all(&[text.as_bytes(), b"\r\n", &page.body].concat()).await;
}

async fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            if body.len() >= length.unwrap_or(0_usize) {
                let mut start = head.lines().next()?.split(' ');
                return Some(Got {
                    method: start.next()?.to_owned(),
                    path: start.next()?.to_owned(),
                    headers: head.to_owned(),
                    body: body.to_owned(),
                });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
