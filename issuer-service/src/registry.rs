//! The registry, as this issuer needs it: lists anchored, and the proof of who it is, to staple.

use std::sync::{Arc, Mutex, PoisonError};

use credential::key::{PublicKey, SignError, Signer as _, SigningKey};
use credential::status_list::MEDIA_TYPE;
use registry_client::facts::Facts;
use registry_client::registry::{ClientError, Registry as Client};
use registry_proof::entry::StatusAnchor;
use registry_proof::key::{Key, Purpose};
use registry_proof::light::Checkpoint;
use registry_proof::name::{MemberId, NetworkId, Vct};
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Body, Transaction};
use service_kit::clock::Clock;
use service_kit::config::Loaded;
use service_kit::random::Random;
use service_kit::secret::{Secret, SecretError};
use sha2::{Digest as _, Sha256};

use crate::config::{self, Config};

/// How long an anchoring transaction may wait to be applied, in milliseconds.
const TRANSACTION_LIFE: u64 = 60_000;
/// How old a stapled proof may be before a newer one is fetched, in milliseconds.
const STAPLE_AGE: u64 = 2_000;
/// The largest checkpoint file.
const MAX_CHECKPOINT: usize = 256 * 1024;

/// Why the registry's settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The key file is missing.
    #[error("transaction key file is not usable")]
    KeyFile(#[from] SecretError),
    /// The file holds no private JWK.
    #[error("transaction key is not a private jwk")]
    Key,
    /// The checkpoint file is missing or too large.
    #[error("checkpoint file is not readable")]
    CheckpointFile(#[source] std::io::Error),
    /// The file is no checkpoint.
    #[error("checkpoint is malformed")]
    Checkpoint(#[source] serde_json::Error),
    /// The nodes or the checkpoint are of no use.
    #[error("registry cannot be read with these settings")]
    Client(#[from] ClientError),
    /// The member's name or a type's cannot stand in the registry.
    #[error("member or credential type is not a name that the registry can hold")]
    Name,
}

/// Why a list was not anchored.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The registry did not do it.
    #[error("registry did not take the anchor")]
    Client(#[from] ClientError),
    /// The registry holds another version under this number or a later one: another issuer process, or a
    /// database that was put back.
    #[error("registry holds another version of this list")]
    Conflict,
    /// The transaction could not be signed.
    #[error("transaction could not be signed")]
    Sign(#[from] SignError),
}

/// The registry.
pub struct Registry {
    member: MemberId,
    network: NetworkId,
    types: Vec<Vct>,
    key: SigningKey,
    key_number: u32,
    client: Client,
    staple: Mutex<Option<(u64, Vec<u8>)>>,
}

impl Registry {
    /// Reads the key and the checkpoint; no node is asked yet.
    pub fn open(
        settings: &config::Registry,
        loaded: &Loaded<Config>,
        clock: &Clock,
    ) -> Result<Self, RegistryError> {
        let secret = Secret::read(&loaded.resolve(&settings.transaction_key))?;
        let jwk =
            credential::json::parse(secret.expose().as_bytes(), 4096).map_err(|_| RegistryError::Key)?;
        let checkpoint =
            std::fs::read(loaded.resolve(&settings.checkpoint)).map_err(RegistryError::CheckpointFile)?;
        if checkpoint.len() > MAX_CHECKPOINT {
            let error = std::io::Error::new(std::io::ErrorKind::FileTooLarge, "checkpoint is too large");
            return Err(RegistryError::CheckpointFile(error));
        }
        let checkpoint: Checkpoint =
            serde_json::from_slice(&checkpoint).map_err(RegistryError::Checkpoint)?;
        let client = Client::open(settings.nodes.clone(), &checkpoint, None, clock.now())?;
        Ok(Self {
            client,
            staple: Mutex::new(None),
            member: settings.member.parse().map_err(|_| RegistryError::Name)?,
            network: checkpoint.network,
            types: types(&loaded.config)?,
            key: SigningKey::from_jwk(&jwk).map_err(|_| RegistryError::Key)?,
            key_number: settings.key_number,
        })
    }

    /// The key that signs transactions.
    pub fn transaction_public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// Its number among the member's transaction keys.
    pub fn key_number(&self) -> u32 {
        self.key_number
    }

    /// The agency's member id.
    pub fn member(&self) -> &str {
        self.member.as_str()
    }

    /// Anchors one version of a list. Anchoring the same version again is done already, and no error.
    pub async fn anchor(
        &self,
        uri: &str,
        sequence: u64,
        token: &[u8],
        clock: &Clock,
        random: &Random,
    ) -> Result<(), AnchorError> {
        let token_sha256: [u8; 32] = Sha256::digest(token).into();
        let action = Action::AnchorStatus {
            uri: uri.to_owned(),
            media_type: MEDIA_TYPE.to_owned(),
            sequence,
            token_sha256,
        };
        match self.client.submit(&self.sign(action, clock, random)?).await {
            Ok(_) => Ok(()),
            Err(ClientError::Rejected(code)) if code == "sequence" => {
                let known = self.client.status_anchor(uri, MEDIA_TYPE).await?;
                let ours =
                    |known: &StatusAnchor| known.sequence == sequence && known.token_sha256 == token_sha256;
                if known.as_ref().is_some_and(ours) { Ok(()) } else { Err(AnchorError::Conflict) }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What the whole registry says; while it does not answer, what it said last, whose age is the caller's to judge.
    pub async fn facts(&self, clock: &Clock) -> Result<Arc<Facts>, ClientError> {
        let refreshed = self.client.refresh(clock.now()).await;
        match self.client.facts() {
            Some(facts) => Ok(facts),
            None => Err(refreshed.err().unwrap_or(ClientError::Unreachable)),
        }
    }

    /// The proof that a wallet needs to believe this issuer, as CBOR. While the registry does not answer,
    /// the last one is given: the wallet judges its age.
    pub async fn staple(&self, clock: &Clock) -> Option<Vec<u8>> {
        let kept = self.staple.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, bytes)) = &kept
            && clock.millis().saturating_sub(*at) < STAPLE_AGE
        {
            return Some(bytes.clone());
        }
        let Self { member, types, .. } = self;
        let own =
            [Key::Network, Key::Member(member.clone()), Key::MemberKey(member.clone(), Purpose::Issuer, 0)];
        let of_type = |vct: &Vct| [Key::Type(vct.clone()), Key::Accreditation(member.clone(), vct.clone())];
        let keys: Vec<Key> = own.into_iter().chain(types.iter().flat_map(of_type)).collect();
        match self.client.bundle(&keys).await {
            Ok(bundle) => {
                let bytes = bundle.to_cbor();
                let fresh = Some((clock.millis(), bytes.clone()));
                *self.staple.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
                Some(bytes)
            }
            Err(error) => {
                tracing::warn!(error = %error, "stapled proof is not renewed");
                kept.map(|(_, bytes)| bytes)
            }
        }
    }

    fn sign(&self, action: Action, clock: &Clock, random: &Random) -> Result<Transaction, SignError> {
        let Self { member, network, key, key_number, .. } = self;
        let body = Body {
            network: network.clone(),
            member: member.clone(),
            key: *key_number,
            nonce: random.bytes(),
            expires: Millis::new(clock.millis() + TRANSACTION_LIFE),
            action,
        };
        let signature = key.sign(&body.signed_bytes())?;
        Ok(body.sign(|_| signature))
    }
}

/// The types of all cards, as the registry names them.
fn types(config: &Config) -> Result<Vec<Vct>, RegistryError> {
    let documents = config.document.iter().map(|document| &document.doctype);
    let names = core::iter::once(&config.identity.vct).chain(documents);
    names.map(|name| name.parse().map_err(|_| RegistryError::Name)).collect()
}
