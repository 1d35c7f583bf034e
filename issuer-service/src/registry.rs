//! The registry, as this issuer needs it: lists anchored, and the proof of who it is, to staple.

use credential::key::PublicKey;
use service_kit::clock::Clock;
use service_kit::config::Loaded;
use service_kit::random::Random;

use crate::config::{self, Config};

/// Why the registry's settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// TODO
    #[error("transaction key is not usable")]
    Key,
}

/// Why a list was not anchored.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// TODO
    #[error("registry")]
    Submit,
}

/// The registry.
pub struct Registry {}

impl Registry {
    /// Opens.
    pub fn open(_: &config::Registry, _: &Loaded<Config>, _: &Clock) -> Result<Self, RegistryError> {
        Err(RegistryError::Key)
    }
    /// Key.
    pub fn transaction_public_key(&self) -> &PublicKey {
        todo!()
    }
    /// Number.
    pub fn key_number(&self) -> u32 {
        todo!()
    }
    /// Member.
    pub fn member(&self) -> &str {
        todo!()
    }
    /// Anchors.
    pub async fn anchor(
        &self,
        _uri: &str,
        _sequence: u64,
        _token: &[u8],
        _: &Clock,
        _: &Random,
    ) -> Result<(), AnchorError> {
        Err(AnchorError::Submit)
    }
    /// Staple.
    pub async fn staple(&self, _vct: &str, _: &Clock) -> Option<Vec<u8>> {
        None
    }
}
