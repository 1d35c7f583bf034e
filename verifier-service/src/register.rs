//! The register, as this provider needs it: who may issue, and proofs to staple to requests.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use credential::time::UnixTime;
use registry_client::facts::Facts;
use registry_client::registry::{ClientError, Registry};
use registry_proof::freshness::{Age, Use};
use registry_proof::key::{Key, Purpose};
use registry_proof::name::{MemberId, UseName};
use service_kit::clock::Clock;

use crate::store::Store;

/// How often the register is read.
const EVERY: Duration = Duration::from_secs(2);
/// How old a staple may be before a newer one is fetched, in milliseconds.
const STAPLE_AGE: u64 = 2_000;
/// Staples that are kept, at most.
const MAX_STAPLES: usize = 1_000;

/// Whose registration, for which use.
type Registration = (MemberId, UseName);

/// What travels in `verifier_info`, and when it was fetched, in milliseconds.
type Staple = (u64, Vec<u8>);

/// The register.
#[derive(Clone)]
pub struct Register {
    client: Registry,
    member: MemberId,
    staples: Arc<Mutex<HashMap<Registration, Staple>>>,
}

impl Register {
    /// The register, for the operator `member`.
    pub fn new(client: Registry, member: MemberId) -> Self {
        Self { client, member, staples: Arc::default() }
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
        let name = (member.clone(), use_name.clone());
        let kept = self.staples.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
        if let Some((at, bytes)) = &kept
            && clock.millis().saturating_sub(*at) < STAPLE_AGE
        {
            return Ok(bytes.clone());
        }
        let keys = [
            Key::Network,
            Key::Member(member.clone()),
            Key::Registration(member.clone(), use_name.clone()),
            Key::Member(self.member.clone()),
            Key::MemberKey(self.member.clone(), Purpose::Request, 0),
            Key::MemberKey(self.member.clone(), Purpose::Receipt, 0),
        ];
        match self.client.bundle(&keys).await {
            Ok(bundle) => {
                let bytes = bundle.to_cbor();
                let mut staples = self.staples.lock().unwrap_or_else(PoisonError::into_inner);
                if staples.len() >= MAX_STAPLES {
                    staples.clear();
                }
                staples.insert(name, (clock.millis(), bytes.clone()));
                Ok(bytes)
            }
            Err(error) => kept.map(|(_, bytes)| bytes).ok_or(error),
        }
    }
}
