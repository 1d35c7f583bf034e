//! Signing in on the page of a card's office.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wallet_core::receive::{Offered, ReceiveError};
use wallet_core::view::CardView;
use wallet_core::wallet::Wallet;

use crate::words;

/// Bytes of what a browser sends when it comes back, at most.
const MAX_RETURN: usize = 16 * 1024;

/// What the office's form wants to know.
pub(crate) struct Person {
    number: String,
    code: String,
}

impl Person {
    /// From the command line, where both are there.
    pub(crate) fn of(number: Option<String>, code: Option<String>) -> Option<Self> {
        Some(Self { number: number?, code: code? })
    }
}

/// With number and code the issuer's form is filled in here; otherwise in the person's browser, which comes
/// back to a port of this program.
pub(crate) async fn run(
    wallet: &Wallet,
    offered: &Offered,
    person: Option<&Person>,
) -> Result<Vec<CardView>, ReceiveError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|_| ReceiveError::SignInNeeded)?;
    let port = listener.local_addr().map_err(|_| ReceiveError::SignInNeeded)?.port();
    let base = format!("http://127.0.0.1:{port}");
    let sign_in = wallet.begin_sign_in(offered, &format!("{base}/back")).await?;
    let back = match person {
        Some(Person { number, code }) => wallet.fill_in(&sign_in.address, number, code).await?,
        None => {
            eprintln!("{}", words::fill(words::words().open_page, &[&sign_in.address]));
            wait_for_browser(&listener, &base).await.ok_or(ReceiveError::SignInNeeded)?
        }
    };
    wallet.end_sign_in(offered, sign_in, &back).await
}

/// The address that the browser came back to.
async fn wait_for_browser(listener: &TcpListener, base: &str) -> Option<String> {
    loop {
        let (mut stream, _) = listener.accept().await.ok()?;
        let Some(path) = read_path(&mut stream).await else { continue };
        let text = words::words().close_page;
        let answer = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
        if path.starts_with("/back?") {
            return Some(format!("{base}{path}"));
        }
    }
}

async fn read_path(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.contains(&b'\n') && bytes.len() < MAX_RETURN {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    text.split(' ').nth(1).map(str::to_owned)
}
