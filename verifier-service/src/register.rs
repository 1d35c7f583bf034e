//! The register, as this provider needs it: who may issue, and proofs to staple to requests.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use credential::key::{PublicKey, SignError, Signer as _, SigningKey};
use credential::time::UnixTime;
use registry_client::facts::Facts;
use registry_client::registry::{ClientError, Registry};
use registry_proof::entry::Entry;
use registry_proof::freshness::{Age, Use};
use registry_proof::key::{Key, Purpose};
use registry_proof::name::{MemberId, UseName};
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Body};
use service_kit::clock::Clock;
use service_kit::random::Random;

use crate::store::Store;

/// How often the register is read.
const EVERY: Duration = Duration::from_secs(2);
/// How old a staple may be before a newer one is fetched, in milliseconds.
const STAPLE_AGE: u64 = 2_000;
/// Staples that are kept, at most.
const MAX_STAPLES: usize = 1_000;

/// How long an anchoring transaction may wait to be applied, in milliseconds.
const TRANSACTION_LIFE: u64 = 60_000;

/// A proof to staple, and when it was fetched, in milliseconds.
type Staple = (u64, Vec<u8>);

/// Why a root over receipts is not anchored.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The register did not take it.
    #[error("register did not take the root")]
    Client(#[from] ClientError),
    /// The register holds another root for this period: another provider's process, or a database that was put
    /// back.
    #[error("register holds another root for this period")]
    Conflict,
    /// The transaction could not be signed.
    #[error("transaction could not be signed")]
    Sign(#[from] SignError),
}

/// What writes to the register in the provider's name.
#[derive(Clone)]
pub struct Writer {
    key: Arc<SigningKey>,
    number: u32,
}

impl Writer {
    /// Signs with `key`, the member's transaction key of this number.
    pub fn new(key: SigningKey, number: u32) -> Self {
        Self { key: Arc::new(key), number }
    }
}

/// The register.
#[derive(Clone)]
pub struct Register {
    client: Registry,
    member: MemberId,
    writer: Writer,
    staples: Arc<Mutex<HashMap<Vec<Key>, Staple>>>,
}

impl Register {
    /// The register, for the operator `member`.
    pub fn new(client: Registry, member: MemberId, writer: Writer) -> Self {
        Self { client, member, writer, staples: Arc::default() }
    }

    /// The key that signs its transactions.
    pub fn transaction_key(&self) -> &PublicKey {
        self.writer.key.public_key()
    }

    /// The client.
    pub const fn client(&self) -> &Registry {
        &self.client
    }

    /// What the register said last.
    pub fn facts(&self) -> Option<Arc<Facts>> {
        self.client.facts()
    }

    /// What the register says, read anew where the last reading is too old for `wanted`: after a halt the chain
    /// may have moved on since. What still cannot be read is for [`Facts::judge`].
    pub async fn facts_for(&self, wanted: Use, now: UnixTime) -> Option<Arc<Facts>> {
        let known = self.facts();
        if known.as_ref().is_some_and(|facts| matches!(facts.judge(wanted, now), Ok(Age::Fresh(_)))) {
            return known;
        }
        if let Err(error) = self.client.refresh(now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "register could not be read");
        }
        self.facts()
    }

    /// Reads the register until the process ends; keeps the newest head over restarts.
    pub async fn keep_fresh(self, store: Store, clock: Clock) {
        let mut kept = None;
        loop {
            if let Err(error) = self.client.refresh(clock.now()).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "register could not be read");
            }
            let head = self.client.head();
            if kept != Some(head) {
                match store.keep_head(head).await {
                    Ok(()) => kept = Some(head),
                    Err(error) => {
                        tracing::error!(error = &error as &dyn std::error::Error, "head was not kept")
                    }
                }
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// The proof that a wallet needs to answer a request in `member`'s name, as CBOR. While the register does
    /// not answer, the last one is given: the wallet judges its age.
    ///
    /// # Errors
    /// [`ClientError`] where none was ever fetched.
    pub async fn staple(
        &self,
        member: &MemberId,
        use_name: &UseName,
        clock: &Clock,
    ) -> Result<Vec<u8>, ClientError> {
        let keys = vec![
            Key::Network,
            Key::Member(member.clone()),
            Key::Registration(member.clone(), use_name.clone()),
            Key::Member(self.member.clone()),
            Key::MemberKey(self.member.clone(), Purpose::Request, 0),
            Key::MemberKey(self.member.clone(), Purpose::Receipt, 0),
        ];
        self.proof_of(keys, clock).await
    }

    /// The proof of the root over a period's receipts, and of whose it is, as CBOR.
    ///
    /// # Errors
    /// As [`Register::staple`].
    pub async fn staple_receipts(&self, period: &str, clock: &Clock) -> Result<Vec<u8>, ClientError> {
        let keys = vec![
            Key::Network,
            Key::Member(self.member.clone()),
            Key::MemberKey(self.member.clone(), Purpose::Receipt, 0),
            Key::Receipts(self.member.clone(), period.to_owned()),
        ];
        self.proof_of(keys, clock).await
    }

    async fn proof_of(&self, keys: Vec<Key>, clock: &Clock) -> Result<Vec<u8>, ClientError> {
        let kept = self.staples.lock().unwrap_or_else(PoisonError::into_inner).get(&keys).cloned();
        if let Some((at, bytes)) = &kept
            && clock.millis().saturating_sub(*at) < STAPLE_AGE
        {
            return Ok(bytes.clone());
        }
        match self.client.bundle(&keys).await {
            Ok(bundle) => {
                let bytes = bundle.to_cbor();
                let mut staples = self.staples.lock().unwrap_or_else(PoisonError::into_inner);
                if staples.len() >= MAX_STAPLES {
                    staples.clear();
                }
                staples.insert(keys, (clock.millis(), bytes.clone()));
                Ok(bytes)
            }
            Err(error) => kept.map(|(_, bytes)| bytes).ok_or(error),
        }
    }

    /// Anchors the root over a period's receipts, and waits until that is proven. Anchoring the same root again
    /// is done already, and no error.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub async fn anchor_receipts(
        &self,
        period: &str,
        root: [u8; 32],
        clock: &Clock,
        random: &Random,
    ) -> Result<(), AnchorError> {
        let body = Body {
            network: self.client.network(),
            member: self.member.clone(),
            key: self.writer.number,
            nonce: random.bytes(),
            expires: Millis::new(clock.millis() + TRANSACTION_LIFE),
            action: Action::AnchorReceipts { period: period.to_owned(), root },
        };
        let signature = self.writer.key.sign(&body.signed_bytes())?;
        match self.client.submit(&body.sign(|_| signature)).await {
            Ok(_) => Ok(()),
            Err(ClientError::Rejected(code)) if code == "exists" => match self.anchored_root(period).await? {
                Some(known) if known == root => Ok(()),
                Some(_) | None => Err(AnchorError::Conflict),
            },
            Err(error) => Err(error.into()),
        }
    }

    async fn anchored_root(&self, period: &str) -> Result<Option<[u8; 32]>, ClientError> {
        let key = Key::Receipts(self.member.clone(), period.to_owned());
        let bundle = self.client.bundle(core::slice::from_ref(&key)).await?;
        match self.client.accept(&bundle)?.get(&key) {
            Some(Entry::Receipts(found)) => Ok(Some(found.root)),
            _ => Ok(None),
        }
    }
}
