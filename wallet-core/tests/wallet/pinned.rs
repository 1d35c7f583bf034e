//! Whom a wallet believes: pinned when it was made, and anew by each release of its app.

use std::sync::Arc;
use std::time::Duration;

use credential::time::UnixTime;
use registry_proof::light::Checkpoint;
use registry_proof::time::Millis;
use wallet_core::clock::Clock;
use wallet_core::keys::{FileKeyStore, KeyStore};
use wallet_core::unlock::Pin;
use wallet_core::wallet::{Ports, Setup, Wallet};

use crate::now;
use crate::present::{good, provider};
use crate::server::Server;
use crate::world::{Asking, Folder, Standing, keep_card, random, random_from};

/// The height that the wallet was made with.
const FIRST: u64 = 5;

/// The clock when the wallet was made: longer ago than a pin is trusted.
struct LongAgo;

impl Clock for LongAgo {
    fn now(&self) -> UnixTime {
        long_ago()
    }
}

fn long_ago() -> UnixTime {
    now().minus(Duration::from_secs(181 * 86_400))
}

fn pin() -> Pin {
    Pin::new("135790".to_owned()).unwrap()
}

/// A wallet that was made long ago and has heard nothing since, and somebody who asks it today.
struct Old {
    folder: Folder,
    keys: Arc<dyn KeyStore>,
    asking: Arc<Asking>,
    _server: Server,
}

impl Old {
    async fn new(name: &str) -> Self {
        let (asking, server) = provider(|_| (), good()).await;
        let folder = Folder::new(name);
        let keys = FileKeyStore::create(&folder.path().join("device.key"), random()).unwrap();
        let old = Self { folder, keys: Arc::new(keys), asking, _server: server };
        let (first, ports) = (old.pinned("demo", FIRST, long_ago()), old.ports(Arc::new(LongAgo)));
        let wallet = Wallet::init(old.folder.path(), &pin(), &first, ports).unwrap();
        keep_card(wallet.store(), &*old.keys, 1, &old.asking.issuer);
        drop(wallet);
        old
    }

    fn ports(&self, clock: Arc<dyn Clock>) -> Ports {
        Ports { keys: Arc::clone(&self.keys), clock, random: random_from(1) }
    }

    /// What an app pins: this height of a network, at this time, and a node of its own.
    fn pinned(&self, network: &str, height: u64, at: UnixTime) -> Setup {
        let checkpoint = Checkpoint {
            network: network.parse().unwrap(),
            height,
            time: Millis::from_secs(at.secs()),
            ..self.asking.register.checkpoint()
        };
        Setup { checkpoint, nodes: vec![format!("http://127.0.0.1:{height}").parse().unwrap()] }
    }

    /// The wallet, opened today by an app that pins this.
    fn open(&self, pinned: Option<&Setup>) -> Wallet {
        Wallet::unlock(self.folder.path(), &pin(), pinned, self.ports(Arc::new(Standing))).unwrap()
    }

    /// Whether the wallet can tell who asks, or why not.
    async fn looks(&self, wallet: &Wallet) -> Result<(), &'static str> {
        wallet.look_at_request(&self.asking.link()).await.map(drop).map_err(|error| error.code())
    }
}

fn kept(wallet: &Wallet) -> Setup {
    wallet.store().setting("setup").unwrap().unwrap()
}

#[tokio::test]
async fn a_wallet_that_heard_nothing_for_half_a_year_goes_on_from_what_a_newer_app_pins() {
    let old = Old::new("pinned").await;
    let wallet = old.open(None);
    assert_eq!(wallet.cards().unwrap().len(), 1, "cards can be looked at");
    assert_eq!(old.looks(&wallet).await, Err("registry_too_old"));
    drop(wallet);
    let newer = old.pinned("demo", FIRST + 1, now());
    let wallet = old.open(Some(&newer));
    assert_eq!(wallet.registry().unwrap().head().height, FIRST + 1);
    assert_eq!(old.looks(&wallet).await, Ok(()));
    drop(wallet);
    let wallet = old.open(None);
    assert_eq!(kept(&wallet), newer, "with its node");
    assert_eq!(old.looks(&wallet).await, Ok(()));
}

#[tokio::test]
async fn a_pin_of_another_network_or_of_no_later_height_changes_nothing() {
    let old = Old::new("pinned-other").await;
    let first = old.pinned("demo", FIRST, long_ago());
    for (network, height) in [("other", FIRST + 1), ("demo", FIRST), ("demo", FIRST - 1)] {
        let wallet = old.open(Some(&old.pinned(network, height, now())));
        assert_eq!(old.looks(&wallet).await, Err("registry_too_old"), "{network} {height}");
        assert_eq!(kept(&wallet), first, "{network} {height}");
    }
}
