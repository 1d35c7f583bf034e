//! From the command line to a bridge that serves.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use tokio::net::TcpListener;
use url::Url;
use wallet_app::app::{App, Keys, Place};
use wallet_app::system::{SystemClock, random};
use wallet_bridge::guard::Guard;
use wallet_bridge::screens::{BACK, Screens};
use wallet_bridge::serve;
use wallet_core::durable;
use wallet_core::wallet::Setup;

/// Bytes of a checkpoint, at most.
const MAX_CHECKPOINT: u64 = 256 * 1024;

/// The phone app in a browser on this machine, for tests and the demo.
#[derive(Parser)]
struct Arguments {
    /// The wallet's folder. Two of them are two phones.
    #[arg(long)]
    home: PathBuf,
    /// The checkpoint of the register that a new wallet believes.
    #[arg(long)]
    checkpoint: PathBuf,
    /// A node of that register.
    #[arg(long = "node", required = true)]
    nodes: Vec<Url>,
    /// The folder with the built screens.
    #[arg(long)]
    screens: PathBuf,
    /// Where to listen; on loopback.
    #[arg(long)]
    listen: SocketAddr,
    /// A file, readable by its owner only, that gets the address to open once the bridge serves.
    #[arg(long)]
    address_file: Option<PathBuf>,
}

pub(crate) fn main() -> ExitCode {
    let done = tokio::runtime::Runtime::new()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run(Arguments::parse())));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(1)
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    ensure!(arguments.listen.ip().is_loopback(), "the bridge listens on loopback only");
    let checkpoint =
        durable::read(&arguments.checkpoint, MAX_CHECKPOINT).context("the checkpoint cannot be read")?;
    let checkpoint = serde_json::from_slice(&checkpoint).context("the checkpoint is none")?;
    let screens = Screens::read(&arguments.screens)?;
    let listener = TcpListener::bind(arguments.listen).await.context("the address is taken")?;
    let host = listener.local_addr()?.to_string();
    let random = random();
    let token = random.token();
    let app = Arc::new(App::new(Place {
        home: arguments.home,
        setup: Setup { checkpoint, nodes: arguments.nodes },
        keys: Keys::InFile,
        clock: Arc::new(SystemClock),
        random,
        comes_back_to: format!("http://{host}{BACK}"),
    }));
    let address = format!("http://{host}/#token={token}");
    match &arguments.address_file {
        Some(file) => durable::replace(file, address.as_bytes()).context("the address cannot be written")?,
        None => println!("{address}"),
    }
    let watch = tokio::spawn(serve::keep_watch(Arc::clone(&app)));
    axum::serve(listener, serve::routes(app, screens, Guard::new(&host, &token))).await?;
    watch.abort();
    Ok(())
}
