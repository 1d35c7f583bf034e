//! A phone: the app in a folder that is gone when the test is over, and a clock that the test turns.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use credential::encoding::base64url;
use credential::time::UnixTime;
use serde_json::{Value, json};
use wallet_app::app::{App, Keys, Place};
use wallet_core::clock::Clock;
use wallet_core::wallet::Setup;

use crate::issuer::{Issuer, start as start_issuer};
use crate::now;
use crate::register::Register;
use crate::server::{Page, Server};
use crate::world::{Asking, random};

pub(crate) const PIN: &str = "135790";
pub(crate) const BACK: &str = "org.symbolon.wallet:/back";

#[derive(Clone)]
struct Turned(Arc<AtomicU64>);

impl Clock for Turned {
    fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) struct Phone {
    pub(crate) app: App,
    pub(crate) home: PathBuf,
    clock: Turned,
}

impl Phone {
    /// A phone without a wallet.
    pub(crate) fn new(name: &str) -> Self {
        let home = std::env::temp_dir().join(format!("phone-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&home);
        let clock = Turned(Arc::new(AtomicU64::new(now().secs())));
        Self { app: start(&home, &clock), home, clock }
    }

    /// A phone with an open wallet that believes `register`, for which the server `node` answers.
    pub(crate) async fn open_at(name: &str, register: &Register, node: &str) -> Self {
        let mut phone = Self::new(name);
        let setup = Setup { checkpoint: register.checkpoint(), nodes: vec![node.parse().unwrap()] };
        phone.app = start_at(&phone.home, &phone.clock, setup);
        phone.call("create", json!({ "pin": PIN })).await.unwrap();
        phone
    }

    /// A phone with an open wallet.
    pub(crate) async fn open(name: &str) -> Self {
        let phone = Self::new(name);
        phone.call("create", json!({ "pin": PIN })).await.unwrap();
        phone
    }

    pub(crate) async fn call(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        self.app.call(command, arguments).await.map_err(|failure| serde_json::to_value(failure).unwrap())
    }

    /// The result of a command that has to succeed.
    pub(crate) async fn good(&self, command: &str, arguments: Value) -> Value {
        self.call(command, arguments).await.unwrap_or_else(|failure| panic!("{command}: {failure}"))
    }

    /// The code of a command that has to be refused.
    pub(crate) async fn refused(&self, command: &str, arguments: Value) -> String {
        let failure = self.call(command, arguments).await.expect_err(command);
        failure["code"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn phase(&self) -> String {
        self.good("state", json!({})).await["phase"].as_str().unwrap().to_owned()
    }

    /// Turns the clock, forward or back.
    pub(crate) fn turn(&self, seconds: i64) {
        let turn = |now: u64| now.checked_add_signed(seconds);
        self.clock.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, turn).unwrap();
    }

    /// The app is ended and started again.
    pub(crate) fn restart(&mut self) {
        self.app = start(&self.home, &self.clock);
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

fn start(home: &std::path::Path, clock: &Turned) -> App {
    let nodes = vec!["http://127.0.0.1:1".parse().unwrap()];
    start_at(home, clock, Setup { checkpoint: Register::new(now()).checkpoint(), nodes })
}

fn start_at(home: &std::path::Path, clock: &Turned, setup: Setup) -> App {
    App::new(Place {
        home: home.to_owned(),
        setup,
        keys: Keys::InFile,
        clock: Arc::new(clock.clone()),
        random: random(),
        comes_back_to: BACK.to_owned(),
    })
}

thread_local! {
    static BLOCKS: Cell<u64> = const { Cell::new(0) };
}

/// The register's next block: each of these worlds has a register of its own, and a phone believes no two blocks of one
/// height. A test has a thread of its own.
fn next_block() -> UnixTime {
    const SPAN: u64 = 50;
    BLOCKS.set(BLOCKS.get() + 1);
    assert!(BLOCKS.get() < SPAN, "the proof would lie ahead");
    now().minus(Duration::from_secs(SPAN - BLOCKS.get()))
}

/// An issuer that offers a card.
pub(crate) async fn issuer() -> (Arc<Issuer>, Server) {
    start_issuer(|issuer| {
        issuer.metadata["symbolon_registry_proof"] = base64url(issuer.register.bundle(next_block())).into();
    })
    .await
}

/// A link to an offer, as a QR code has it.
pub(crate) fn offer_link(offer: &str) -> String {
    let offer: String = url::form_urlencoded::byte_serialize(offer.as_bytes()).collect();
    format!("openid-credential-offer://?credential_offer={offer}")
}

/// A relying party's provider that gives out its request and takes answers.
pub(crate) async fn provider(change: impl FnOnce(&mut Asking)) -> (Arc<Asking>, Server) {
    let mut made = None;
    let server = Server::start(|origin| {
        let mut asking = Asking::new(origin);
        change(&mut asking);
        asking.staple_bytes(asking.register.bundle(next_block()));
        let (request, done) =
            (asking.signed(), format!(r#"{{"redirect_uri":"{origin}/done?response_code=r"}}"#));
        made = Some(Arc::new(asking));
        Box::new(move |got| match got.path.as_str() {
            "/request" => Some(Page::new(200, request.clone())),
            "/response" => Some(Page::new(200, done.clone())),
            _ => Some(Page::new(404, "")),
        })
    })
    .await;
    (made.unwrap(), server)
}
