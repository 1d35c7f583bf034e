//! From a folder to an open wallet: make it, open it, restore it; and what is done without opening it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;
use wallet_core::phrase::{Phrase, WordList};
use wallet_core::unlock::Pin;
use wallet_core::wallet::{Ports, Setup, Wallet as Core};
use wallet_core::{erase, wallet};

use crate::error::WalletError;
use crate::hardware::{AppKeys, HardwareKeys};
use crate::system;
use crate::threads::block;
use crate::wallet::Wallet;

/// Whom a wallet believes: part of the app, and newer in each of its releases.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Register {
    /// The register's checkpoint, as its operator publishes it (JSON).
    pub checkpoint: String,
    /// Addresses of nodes that answer for it.
    pub nodes: Vec<String>,
}

/// The language of recovery words.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum Words {
    /// English.
    English,
    /// Chinese, simplified.
    Chinese,
}

/// Whether there is a wallet in a folder.
#[uniffi::export]
pub fn wallet_exists(folder: String) -> bool {
    wallet::exists(Path::new(&folder))
}

/// Makes a wallet in a folder of the app's own. The PIN has six digits or more.
///
/// # Errors
/// [`WalletError`].
#[uniffi::export]
pub async fn create_wallet(
    folder: String,
    pin: String,
    register: Register,
    keys: Arc<dyn HardwareKeys>,
) -> Result<Arc<Wallet>, WalletError> {
    let (pin, setup) = (Pin::new(pin)?, register.read()?);
    block(move || Ok(Wallet::of(Core::init(Path::new(&folder), &pin, &setup, ports(keys))?))).await
}

/// Opens the wallet of a folder. A wrong PIN is counted; after three, the next try has to wait. Where `register` is a
/// later point of the register that the wallet believes, the wallet goes on from there.
///
/// # Errors
/// [`WalletError`].
#[uniffi::export]
pub async fn open_wallet(
    folder: String,
    pin: String,
    register: Register,
    keys: Arc<dyn HardwareKeys>,
) -> Result<Arc<Wallet>, WalletError> {
    let (pin, pinned) = (Pin::new(pin)?, register.read()?);
    block(move || Ok(Wallet::of(Core::unlock(Path::new(&folder), &pin, Some(&pinned), ports(keys))?))).await
}

/// Gives a wallet another PIN.
///
/// # Errors
/// [`WalletError`]. A wrong old PIN is counted as a guess.
#[uniffi::export]
pub async fn change_pin(
    folder: String,
    old: String,
    new: String,
    keys: Arc<dyn HardwareKeys>,
) -> Result<(), WalletError> {
    let (old, new) = (Pin::new(old)?, Pin::new(new)?);
    block(move || Ok(Core::change_pin(Path::new(&folder), &old, &new, &ports(keys))?)).await
}

/// Makes a wallet out of a backup and its twelve words. Cards come back by name, to be had again; history comes back.
///
/// # Errors
/// [`WalletError`].
#[uniffi::export]
pub async fn restore_wallet(
    folder: String,
    backup: Vec<u8>,
    words: String,
    pin: String,
    register: Register,
    keys: Arc<dyn HardwareKeys>,
) -> Result<Arc<Wallet>, WalletError> {
    let (phrase, pin, setup) = (Phrase::read(&words)?, Pin::new(pin)?, register.read()?);
    let folder = PathBuf::from(folder);
    block(move || Ok(Wallet::of(Core::restore(&folder, &backup, &phrase, &pin, Some(setup), ports(keys))?)))
        .await
}

/// Erases the wallet of a folder for good, open or not.
///
/// # Errors
/// [`WalletError`].
#[uniffi::export]
pub async fn erase_wallet(folder: String, keys: Arc<dyn HardwareKeys>) -> Result<(), WalletError> {
    block(move || Ok(erase::erase(Path::new(&folder), &AppKeys(keys))?)).await
}

/// Twelve new words. They are kept nowhere.
#[uniffi::export]
pub fn recovery_words(language: Words) -> Vec<String> {
    let list = match language {
        Words::English => WordList::English,
        Words::Chinese => WordList::Chinese,
    };
    Phrase::make(&system::random()).words(list).map(str::to_owned).to_vec()
}

impl Register {
    pub(crate) fn read(&self) -> Result<Setup, WalletError> {
        let unusable = || WalletError::failed("register_unusable");
        let checkpoint = serde_json::from_str(&self.checkpoint).map_err(|_| unusable())?;
        let nodes: Vec<Url> = self
            .nodes
            .iter()
            .map(|node| Url::parse(node))
            .collect::<Result<_, _>>()
            .map_err(|_| unusable())?;
        Ok(Setup { checkpoint, nodes })
    }
}

pub(crate) fn ports(keys: Arc<dyn HardwareKeys>) -> Ports {
    Ports { keys: Arc::new(AppKeys(keys)), clock: system::clock(), random: system::random() }
}
