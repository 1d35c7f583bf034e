//! What goes into the next block, whether another's block is right, and what happens when one is final.
//!
//! A header commits to the state after an earlier, already applied block, so nothing is executed before it
//! is final. A block is proposed at once while a transaction waits or while a change has no header that
//! proves it; otherwise one comes with each heartbeat.

use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;

use commonware_actor::Feedback;
use commonware_consensus::marshal::Update;
use commonware_consensus::marshal::ancestry::Ancestry;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Context;
use commonware_consensus::{Application as EngineApplication, Reporter};
use commonware_cryptography::Digested;
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::sha256::Digest;
use commonware_parallel::Sequential;
use commonware_runtime::{Clock, Metrics, Spawner};
use commonware_utils::Acknowledgement as _;
use registry_proof::block::transactions_root;
use registry_proof::header::Header;
use registry_proof::time::Millis;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use crate::block::Block;
use crate::chain::{Chain, ChainError, Progress};

/// How often a proposer looks for something to propose.
const LOOK: Duration = Duration::from_millis(4);
/// How long a change may lack its certificate before another block is made for it.
const PATIENCE: Duration = Duration::from_millis(250);
/// The longest heartbeat: within it the other validators must see a proposal.
pub(crate) const LONGEST_HEARTBEAT: Duration = Duration::from_millis(1_000);
/// How far ahead of our clock a block's time may lie; others are waited for.
const MAX_AHEAD: u64 = 500;
/// How far ahead a block's time may lie to be waited for at all.
const MAX_WAIT: u64 = 10_000;

/// The application: the chain, and where finished blocks are announced.
#[derive(Clone)]
pub(crate) struct Application {
    chain: Arc<dyn Chain>,
    applied: mpsc::UnboundedSender<Header>,
}

impl Application {
    pub(crate) fn new(chain: Arc<dyn Chain>, applied: mpsc::UnboundedSender<Header>) -> Self {
        Self { chain, applied }
    }

    /// Waits until there is something to propose on top of `parent`, a heartbeat at the longest.
    async fn wait(&self, rt: &impl Clock, parent: &Header, taken: &BTreeSet<[u8; 32]>) -> Vec<Vec<u8>> {
        let heartbeat = self.chain.heartbeat().min(LONGEST_HEARTBEAT);
        let mut waited = Duration::ZERO;
        loop {
            let transactions = self.chain.pending(taken);
            let wanted = header_is_wanted(self.chain.progress(), parent, waited);
            if !transactions.is_empty() || wanted || waited >= heartbeat {
                return transactions;
            }
            rt.sleep(LOOK).await;
            waited += LOOK;
        }
    }

    fn header(&self, parent: &Header, transactions: &[Vec<u8>]) -> Result<Option<Header>, ChainError> {
        let state_height = self.chain.progress().applied.min(parent.height);
        let Some(state_root) = self.chain.state_root(state_height)? else { return Ok(None) };
        Ok(Some(Header {
            height: parent.height + 1,
            time: self.chain.now().max(parent.time.plus(1)),
            parent: parent.digest(),
            state_height,
            state_root,
            transactions_root: transactions_root(transactions),
            ..parent.clone()
        }))
    }

    /// Whether the header's root is ours; waits until the block that it speaks of is applied here too.
    async fn roots_agree(&self, rt: &impl Clock, header: &Header) -> Result<bool, ChainError> {
        loop {
            if let Some(root) = self.chain.state_root(header.state_height)? {
                return Ok(root == header.state_root);
            }
            rt.sleep(LOOK).await;
        }
    }
}

/// A change is applied, and no header in sight commits to it, or the one that does is long in coming.
fn header_is_wanted(progress: Progress, parent: &Header, waited: Duration) -> bool {
    let unseen = progress.changed > parent.state_height;
    let late = progress.changed > progress.provable && waited >= PATIENCE;
    unseen || late
}

/// What can be said of a header and its parent alone.
fn follows(header: &Header, parent: &Header, now: Millis) -> bool {
    header.network == parent.network
        && header.epoch == parent.epoch
        && header.validators == parent.validators
        && header.next_validators == parent.next_validators
        && header.height == parent.height + 1
        && header.time > parent.time
        && header.time <= now.plus(MAX_WAIT)
        && header.state_height >= parent.state_height
        && header.state_height <= parent.height
}

impl<E: Spawner + Metrics + Clock> EngineApplication<E> for Application {
    type SigningScheme = Scheme;
    type Context = Context<Digest, PublicKey>;
    type Block = Block;
    type Input = ();

    async fn propose(
        &mut self,
        (rt, _): (E, Self::Context),
        mut ancestry: impl Ancestry<Block>,
        (): (),
    ) -> Option<Digested<Block>> {
        use futures::StreamExt as _;
        let parent = ancestry.next().await?;
        let mut taken = BTreeSet::new();
        let mut block = parent.clone();
        while block.inner().header().height > self.chain.progress().applied {
            taken.extend(
                block.inner().transactions().iter().map(|bytes| <[u8; 32]>::from(Sha256::digest(bytes))),
            );
            let Some(before) = ancestry.next().await else { break };
            block = before;
        }
        let parent = parent.inner().header();
        let transactions = self.wait(&rt, parent, &taken).await;
        match self.header(parent, &transactions) {
            Ok(Some(header)) => Some(Digested::compute(Block::new(header, transactions), &Sequential).await),
            Ok(None) => None,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "no block is proposed");
                None
            }
        }
    }

    async fn verify(&mut self, (rt, _): (E, Self::Context), mut ancestry: impl Ancestry<Block>) -> bool {
        use futures::StreamExt as _;
        let Some(block) = ancestry.next().await else { return false };
        let Some(parent) = ancestry.next().await else { return false };
        let header = block.inner().header();
        if !follows(header, parent.inner().header(), self.chain.now()) {
            return false;
        }
        while header.time > self.chain.now().plus(MAX_AHEAD) {
            rt.sleep(LOOK).await;
        }
        self.roots_agree(&rt, header).await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a block could not be checked");
            false
        })
    }
}

impl Reporter for Application {
    type Activity = Update<Block>;

    fn report(&mut self, activity: Self::Activity) -> Feedback {
        if let Update::Block(block, acknowledgement) = activity {
            let block = block.inner();
            match self.chain.apply(block.header(), block.transactions()) {
                Ok(()) => {
                    acknowledgement.acknowledge();
                    // The other end is gone only while the process ends.
                    let _ = self.applied.send(block.header().clone());
                }
                // Not acknowledged: nothing more is delivered, and the block comes again after a restart.
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "a final block was not applied; the node stands still"
                    );
                }
            }
        }
        Feedback::Ok
    }
}
