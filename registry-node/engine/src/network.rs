//! The validators' network: authenticated and encrypted TCP between keys that know each other.

use core::time::Duration;
use std::net::SocketAddr;

use commonware_cryptography::ed25519::{PrivateKey, PublicKey};
use commonware_cryptography::{ChaCha20Poly1305, Signer as _};
use commonware_p2p::authenticated::lookup::{self, Network, Oracle, Receiver, Sender};
use commonware_p2p::{Address, AddressableManager as _};
use commonware_runtime::tokio::Context;
use commonware_runtime::{Quota, Supervisor as _};
use commonware_stream::cups::{self, Cups};
use commonware_stream::sake::{self, Sake};
use commonware_utils::ordered::Map;
use commonware_utils::{NZU32, NZUsize, TryCollect as _};

/// How far two validators' clocks may differ for a handshake.
const CLOCKS: Duration = Duration::from_secs(5);
/// How old a handshake may be.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Validators at once, at most.
const PEERS: usize = 128;
/// Messages that wait inside.
const MAILBOX: usize = 1_024;

/// Both ends of a channel.
pub(crate) type Channel = (Sender<PublicKey, Context>, Receiver<PublicKey>);

/// The channels, each with its own quota.
pub(crate) struct Channels {
    pub(crate) votes: Channel,
    pub(crate) certificates: Channel,
    pub(crate) resolver: Channel,
    pub(crate) blocks: Channel,
    pub(crate) backfill: Channel,
    pub(crate) transactions: Channel,
}

/// Where this validator listens, and the others.
pub(crate) struct Place<'a> {
    pub(crate) namespace: &'a [u8],
    pub(crate) listen: SocketAddr,
    pub(crate) peers: &'a [(PublicKey, SocketAddr)],
    pub(crate) max_message: u32,
}

/// Joins the network.
pub(crate) fn join(context: &Context, key: &PrivateKey, place: &Place<'_>) -> (Oracle<PublicKey>, Channels) {
    let (mut network, mut oracle) = Network::new(context.child("network"), config(key, place));
    let peers: Option<Map<PublicKey, Address>> =
        place.peers.iter().map(|(key, address)| (key.clone(), Address::from(*address))).try_collect().ok();
    oracle.track(0, peers.unwrap_or_default());
    let channels = Channels {
        votes: network.register(0, Quota::per_second(NZU32!(256))),
        certificates: network.register(1, Quota::per_second(NZU32!(256))),
        resolver: network.register(2, Quota::per_second(NZU32!(256))),
        blocks: network.register(3, Quota::per_second(NZU32!(256))),
        backfill: network.register(4, Quota::per_second(NZU32!(256))),
        transactions: network.register(5, Quota::per_second(NZU32!(2_048))),
    };
    network.start();
    (oracle, channels)
}

fn config(key: &PrivateKey, place: &Place<'_>) -> lookup::Config<Cups<Sake<PrivateKey>, ChaCha20Poly1305>> {
    let sake = Sake {
        signer: key.clone(),
        synchrony_bound: CLOCKS,
        max_handshake_age: HANDSHAKE,
        version: sake::Version::V1,
    };
    let upgrade = Cups::<_, ChaCha20Poly1305>::new(sake, cups::Version::V1);
    let (peers, mailbox) = (NZUsize!(PEERS), NZUsize!(MAILBOX));
    let mut config = if place.listen.ip().is_loopback() {
        lookup::Config::local(upgrade, place.namespace, place.listen, peers, place.max_message, mailbox)
    } else {
        lookup::Config::recommended(upgrade, place.namespace, place.listen, peers, place.max_message, mailbox)
    };
    // Keys say who a peer is; addresses of government networks are often translated on the way.
    config.bypass_ip_check = true;
    config.allow_private_ips = true;
    config.tracked_peer_sets = NZUsize!(1);
    // A validator that restarts is wanted back at once.
    config.peer_connection_cooldown = Duration::from_secs(1);
    config
}

/// The public half.
pub(crate) fn public(key: &PrivateKey) -> PublicKey {
    key.public_key()
}
