//! `wallet receive`

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wallet_core::receive::{Offered, ReceiveError};
use wallet_core::view::{CardView, Needs};
use wallet_core::wallet::Wallet;

use crate::arguments::Receive;
use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{ask, inspect, words};

/// Bytes of what a browser sends when it comes back, at most.
const MAX_RETURN: usize = 16 * 1024;

pub(crate) async fn run(home: &Home, arguments: Receive) -> Result<Output, Refusal> {
    let text = inspect::text_of(&arguments.offer)?;
    let wallet = home.unlock()?;
    let offered = wallet.look_at_offer(&text).await.map_err(refuse)?;
    if !arguments.yes {
        eprintln!("{}\n", words::offer(offered.view()));
        let words = words::words();
        if !ask::decide(words.receive_question, words.receive, words.dont)? {
            return Err(Refusal::for_people("offer_declined"));
        }
    }
    let cards = match offered.view().needs {
        Needs::Nothing => wallet.receive(&offered, None).await,
        Needs::Code { .. } => {
            let code = arguments.code.or_else(|| ask::line(words::words().code));
            wallet.receive(&offered, code.as_deref()).await
        }
        Needs::SignIn => sign_in(&wallet, &offered, &arguments).await,
    };
    let cards = cards.map_err(refuse)?;
    let json = json!({ "cards": cards, "issuer": offered.view().issuer });
    Ok(Output::new(cards.iter().map(line).collect::<Vec<_>>().join("\n"), json))
}

/// With number and code the issuer's form is filled in here; otherwise in the person's browser, which comes
/// back to a port of this program.
async fn sign_in(
    wallet: &Wallet,
    offered: &Offered,
    arguments: &Receive,
) -> Result<Vec<CardView>, ReceiveError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|_| ReceiveError::SignInNeeded)?;
    let port = listener.local_addr().map_err(|_| ReceiveError::SignInNeeded)?.port();
    let base = format!("http://127.0.0.1:{port}");
    let sign_in = wallet.begin_sign_in(offered, &format!("{base}/back")).await?;
    let back = match (&arguments.person_number, &arguments.code) {
        (Some(person), Some(code)) => wallet.fill_in(&sign_in.address, person, code).await?,
        _ => {
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

fn line(card: &CardView) -> String {
    let copies = card.copies.to_string();
    words::fill(
        words::words().new_card,
        &[&words::say(&card.title), &words::say(&card.issuer), &card.id, &copies],
    )
}

fn refuse(error: ReceiveError) -> Refusal {
    let (message, next) = words::of_offer_code(error.code());
    Refusal::new(error.code(), message, next)
}
