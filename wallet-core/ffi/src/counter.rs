//! Showing a card at a counter, without any network: codes one way, codes the other.

use std::sync::Arc;

use wallet_core::view;

use crate::codes::Codes;
use crate::error::WalletError;
use crate::records::{Claim, claims};
use crate::threads::block;
use crate::wallet::{Request, Wallet};

/// What is shown to a counter that asked.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ShownAtCounter {
    /// The entry of the history.
    pub entry: i64,
    /// The texts of QR codes, to be shown one after the other, again and again.
    pub codes: Vec<String>,
}

/// A code that any counter reads, for a short time.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CardCode {
    /// The entry of the history.
    pub entry: i64,
    /// The texts of QR codes, to be shown one after the other, again and again.
    pub codes: Vec<String>,
    /// How long it is good, in seconds.
    pub seconds: u64,
    /// What it shows.
    pub shared: Vec<Claim>,
    /// No unused copy was left: whoever saw this one before can tell that it is the same.
    pub reused: bool,
}

#[uniffi::export]
impl Wallet {
    /// Looks at a counter's request, all of whose codes were collected.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn look_at_counter(&self, codes: Arc<Codes>) -> Result<Arc<Request>, WalletError> {
        let (core, message) = (self.core()?, codes.message()?);
        block(move || Ok(Request::of(core.look_at_counter(&message)?))).await
    }

    /// Shows what the consent says to the counter that asked, once. The copies count as used.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn show_at_counter(&self, request: Arc<Request>) -> Result<ShownAtCounter, WalletError> {
        let (core, asked) = (self.core()?, request.take()?);
        block(move || {
            let view::ShownAtCounter { entry, frames } = core.show_at_counter(*asked)?;
            Ok(ShownAtCounter { entry, codes: frames })
        })
        .await
    }

    /// What a code of the card would show to any counter, for the person to decide on. Nothing is used up.
    ///
    /// # Errors
    /// [`WalletError`]; the code `no_code` where the card's type has none.
    pub async fn look_at_code(&self, card: String) -> Result<Vec<Claim>, WalletError> {
        let core = self.core()?;
        block(move || Ok(claims(&core.look_at_code(&card)?))).await
    }

    /// A code of the card, good from now at any counter. A copy is used up.
    ///
    /// # Errors
    /// As [`Wallet::look_at_code`].
    pub async fn show_code(&self, card: String) -> Result<CardCode, WalletError> {
        let core = self.core()?;
        block(move || {
            let view::CodeView { entry, frames, seconds, shared, reused } = core.show_code(&card)?;
            Ok(CardCode { entry, codes: frames, seconds, shared: claims(&shared), reused })
        })
        .await
    }
}
