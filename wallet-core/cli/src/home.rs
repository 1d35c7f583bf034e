//! Where the wallet is, and how it is opened.

use std::path::{Path, PathBuf};

use wallet_core::unlock::{Pin, PinError};
use wallet_core::wallet::{OpenError, Ports, Wallet};

use crate::refusal::Refusal;
use crate::{ask, ports, words};

const KEY_FILE: &str = "device.key";

/// The wallet's folder.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new(named: Option<PathBuf>) -> Self {
        let below = |variable: &str, rest: &str| {
            std::env::var_os(variable)
                .filter(|value| !value.is_empty())
                .map(|base| Path::new(&base).join(rest))
        };
        Self(
            named
                .or_else(|| below("XDG_DATA_HOME", "symbolon-wallet"))
                .or_else(|| below("HOME", ".local/share/symbolon-wallet"))
                .unwrap_or_else(|| PathBuf::from("symbolon-wallet")),
        )
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.0.join(KEY_FILE)
    }

    /// What the wallet that is here runs on.
    pub(crate) fn ports(&self) -> Result<Ports, Refusal> {
        if !wallet_core::wallet::exists(&self.0) {
            return Err(Refusal::for_people("no_wallet"));
        }
        ports::open(&self.key_file()).map_err(|_| Refusal::for_people("key_store"))
    }

    /// Opens the wallet with the PIN of `WALLET_PIN`, or asks for it.
    pub(crate) fn unlock(&self) -> Result<Wallet, Refusal> {
        let ports = self.ports()?;
        let pin = pin(words::words().pin)?;
        Wallet::unlock(&self.0, &pin, None, ports).map_err(|error| refuse(&error))
    }
}

/// The PIN of `WALLET_PIN`, or typed.
pub(crate) fn pin(prompt: &str) -> Result<Pin, Refusal> {
    pin_from("WALLET_PIN", prompt)
}

/// The PIN of an environment variable, or typed.
pub(crate) fn pin_from(variable: &str, prompt: &str) -> Result<Pin, Refusal> {
    let text = match std::env::var(variable) {
        Ok(text) => text,
        Err(_) => ask::secret_line(prompt).unwrap_or_default(),
    };
    Pin::new(text).map_err(|PinError| Refusal::for_people("pin_length"))
}

pub(crate) fn refuse(error: &OpenError) -> Refusal {
    match error {
        OpenError::Unlock(unlock) => match unlock.wait() {
            Some(wait) => Refusal::wait(unlock.code(), wait),
            None => Refusal::for_people(unlock.code()),
        },
        other => Refusal::for_people(other.code()),
    }
}
