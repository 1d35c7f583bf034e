//! Simplex, its archives and the block exchange, put together.

use core::time::Duration;
use std::sync::Arc;

use commonware_broadcast::buffered;
use commonware_consensus::marshal::core::{Actor, Mailbox};
use commonware_consensus::marshal::resolver::p2p as resolver;
use commonware_consensus::marshal::standard::{Inline, Standard};
use commonware_consensus::marshal::{self};
use commonware_consensus::simplex::elector::RoundRobin;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::{self};
use commonware_consensus::types::{Epoch, FixedEpocher, ViewDelta};
use commonware_cryptography::certificate::{ConstantProvider, Verifier as _};
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::{Digested, Digestible as _, Sha256};
use commonware_p2p::authenticated::lookup::Oracle;
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::tokio::Context;
use commonware_runtime::{Handle, Spawner as _, Supervisor as _};
use commonware_storage::archive::immutable;
use commonware_utils::{NZDuration, NZU16, NZU64, NZUsize};
use registry_proof::header::Header;
use tokio::sync::mpsc;

use crate::application::Application;
use crate::block::Block;
use crate::chain::Chain;
use crate::network::Channels;
use crate::{certify, gossip};

/// How long the others wait for a leader; longer than the longest heartbeat.
const LEADER: Duration = Duration::from_millis(1_500);
const CERTIFICATION: Duration = Duration::from_millis(2_500);
const RETRY: Duration = Duration::from_secs(4);
/// After this long, a silent validator's turns are skipped at once.
const SKIP: Duration = Duration::from_secs(5);
const MAILBOX: usize = 1_024;
const MEBIBYTE: usize = 1 << 20;

/// What one validator is made of.
pub(crate) struct Parts {
    pub(crate) me: PublicKey,
    pub(crate) scheme: Scheme,
    pub(crate) genesis: Header,
    pub(crate) chain: Arc<dyn Chain>,
    pub(crate) oracle: Oracle<PublicKey>,
    pub(crate) channels: Channels,
    pub(crate) own_transactions: mpsc::Receiver<Vec<u8>>,
}

/// Starts everything; the handle ends when the engine does.
pub(crate) async fn start(context: Context, parts: Parts) -> Handle<()> {
    let Parts { me, scheme, genesis, chain, oracle, channels, own_transactions } = parts;
    let pages = CacheRef::new(NZU16!(4096), NZUsize!(2048));
    let epocher = FixedEpocher::new(NZU64!(u64::MAX / 2));
    let genesis = Block::new(genesis, Vec::new());
    let genesis_digest = genesis.digest();

    let (marshal, archive) =
        archive(&context, &scheme, &epocher, Digested::precomputed(genesis, genesis_digest), &pages).await;
    let (blocks, block_mailbox) = buffered::Engine::new(
        context.child("blocks"),
        buffered::Config {
            public_key: me.clone(),
            mailbox_size: NZUsize!(MAILBOX),
            deque_size: 16,
            priority: true,
            codec_config: (),
            peer_provider: oracle.clone(),
            strategy: Sequential,
        },
    );
    blocks.start(channels.blocks);
    let backfill = resolver::init(
        context.child("backfill"),
        resolver::Config {
            public_key: me,
            peer_provider: oracle.clone(),
            blocker: oracle.clone(),
            mailbox_size: NZUsize!(MAILBOX),
            fetch_timeout: NZDuration!(Duration::from_secs(2)),
            fetch_retry_delay: Duration::from_millis(100),
            priority_requests: false,
            priority_responses: false,
        },
        channels.backfill,
    );

    let (applied, announced) = mpsc::unbounded_channel();
    let application = Application::new(chain.clone(), applied);
    marshal.start(application.clone(), block_mailbox, backfill);
    let certifying = (archive.clone(), chain.clone());
    context
        .child("certificates")
        .spawn(move |rt| certify::hand_over(rt, certifying.0, certifying.1, announced));
    let (sender, receiver) = channels.transactions;
    let passing_on = chain.clone();
    context.child("send").spawn(move |rt| gossip::send(rt, sender, own_transactions, passing_on));
    context.child("receive").spawn(move |_| gossip::receive(receiver, chain));

    let automaton = Inline::new(context.child("application"), application, archive, epocher);
    let engine = simplex::Engine::new(
        context.child("simplex"),
        simplex::Config {
            scheme,
            elector: RoundRobin::<Sha256>::default(),
            blocker: oracle,
            automaton: automaton.clone(),
            relay: automaton.clone(),
            reporter: automaton,
            track_historical_votes: false,
            strategy: Sequential,
            partition: "simplex".to_owned(),
            mailbox_size: NZUsize!(MAILBOX),
            epoch: Epoch::zero(),
            floor: simplex::Floor::Genesis(genesis_digest),
            replay_buffer: NZUsize!(MEBIBYTE),
            write_buffer: NZUsize!(MEBIBYTE),
            page_cache: pages,
            leader_timeout: LEADER,
            certification_timeout: CERTIFICATION,
            timeout_retry: RETRY,
            view_retention: ViewDelta::new(256),
            skip: simplex::SkipPolicy::Enabled { timeout: SKIP, budget: Default::default() },
            fetch_timeout: NZDuration!(Duration::from_secs(1)),
            fetch_retry_delay: Duration::from_millis(100),
            forward: simplex::ForwardPolicy::SilentVoters,
        },
    );
    engine.start(channels.votes, channels.certificates, channels.resolver)
}

type Marshal = Actor<
    Context,
    Standard<Block>,
    ConstantProvider<Scheme, Epoch>,
    immutable::Archive<
        Context,
        commonware_cryptography::sha256::Digest,
        simplex::types::Finalization<Scheme, commonware_cryptography::sha256::Digest>,
    >,
    immutable::Archive<Context, commonware_cryptography::sha256::Digest, Arc<Block>>,
    FixedEpocher,
    Sequential,
>;

async fn archive(
    context: &Context,
    scheme: &Scheme,
    epocher: &FixedEpocher,
    genesis: Digested<Block>,
    pages: &CacheRef,
) -> (Marshal, Mailbox<Scheme, Standard<Block>>) {
    let certificates = Scheme::certificate_codec_config_unbounded();
    let finalizations = open(context, "finalizations", certificates, pages).await;
    let blocks = open(context, "blocks", (), pages).await;
    let config = marshal::Config {
        provider: ConstantProvider::new(scheme.clone()),
        epocher: epocher.clone(),
        start: marshal::Start::Genesis(genesis),
        partition_prefix: "marshal".to_owned(),
        mailbox_size: NZUsize!(MAILBOX),
        view_retention: ViewDelta::new(2560),
        prunable_items_per_section: NZU64!(4096),
        page_cache: pages.clone(),
        replay_buffer: NZUsize!(MEBIBYTE),
        key_write_buffer: NZUsize!(MEBIBYTE),
        value_write_buffer: NZUsize!(MEBIBYTE),
        block_codec_config: (),
        max_repair: NZUsize!(20),
        max_pending_acks: NZUsize!(16),
        strategy: Sequential,
    };
    let (actor, mailbox, _) = Actor::init(context.child("marshal"), finalizations, blocks, config).await;
    (actor, mailbox)
}

async fn open<V: commonware_codec::CodecShared>(
    context: &Context,
    name: &'static str,
    codec_config: V::Cfg,
    pages: &CacheRef,
) -> immutable::Archive<Context, commonware_cryptography::sha256::Digest, V> {
    let config = immutable::Config {
        metadata_partition: format!("{name}-meta"),
        freezer_table_partition: format!("{name}-table"),
        freezer_table_initial_size: 65_536,
        freezer_table_resize_frequency: 4,
        freezer_table_resize_chunk_size: 65_536,
        freezer_key_partition: format!("{name}-key"),
        freezer_key_page_cache: pages.clone(),
        freezer_key_write_buffer: NZUsize!(MEBIBYTE),
        freezer_value_partition: format!("{name}-value"),
        freezer_value_target_size: 1 << 30,
        freezer_value_compression: None,
        freezer_value_write_buffer: NZUsize!(MEBIBYTE),
        ordinal_partition: format!("{name}-ordinal"),
        ordinal_write_buffer: NZUsize!(MEBIBYTE),
        items_per_section: NZU64!(262_144),
        replay_buffer: NZUsize!(MEBIBYTE),
        codec_config,
    };
    #[expect(clippy::expect_used, reason = "without its archive a validator must not run")]
    immutable::Archive::init(context.child(name), config).await.expect("the engine's archive opens")
}
