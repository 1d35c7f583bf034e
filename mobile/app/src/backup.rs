//! A backup that the person keeps, and the twelve words that open it.
//!
//! The words are shown once, on the person's own screen; they are the one secret that ever goes there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use wallet_core::backup::FILE_NAME;
use wallet_core::phrase::{Phrase, PhraseError, WordList};
use wallet_core::wallet::Wallet;

use crate::app::{App, Done};
use crate::command::{Backup, MakePhrase, Restore};
use crate::failure::Failure;
use crate::phase::KeyFile;
use crate::settings::Language;

/// The words of a new phrase.
#[derive(Serialize)]
pub(crate) struct Words {
    words: [&'static str; wallet_core::phrase::WORDS],
}

/// A backup's file.
#[derive(Serialize)]
pub(crate) struct File {
    file_name: &'static str,
    base64: String,
    /// Lines of history, the oldest, that did not fit.
    left_out: usize,
}

impl App {
    /// Makes a phrase in the person's language. It is kept nowhere.
    pub(crate) fn make_phrase(&self, given: &MakePhrase) -> Result<Words, Failure> {
        self.wallet()?;
        let list = match given.language {
            Language::Zh => WordList::Chinese,
            Language::En => WordList::English,
        };
        Ok(Words { words: Phrase::make(&self.place.random).words(list) })
    }

    pub(crate) async fn backup(&self, given: Backup) -> Result<File, Failure> {
        let (wallet, phrase) = (self.wallet()?, given.words.into_phrase()?);
        let made = tokio::task::spawn_blocking(move || wallet.backup(&phrase)).await;
        let backup = made.map_err(|_| Failure::BROKEN)??;
        let left_out = backup.view.left_out;
        Ok(File { file_name: FILE_NAME, base64: STANDARD.encode(backup.file), left_out })
    }

    /// Makes the wallet of this phone out of a backup. It believes whom this app believes.
    pub(crate) async fn restore(&self, given: Restore) -> Result<Done, Failure> {
        self.expect_no_wallet()?;
        let (phrase, pin) = (given.words.into_phrase()?, given.pin.into_pin()?);
        let (file, home) = (given.base64.into_vec(), self.place.home.clone());
        let (pinned, ports) = (Some(self.place.setup.clone()), self.ports(KeyFile::Make)?);
        self.open(move || Wallet::restore(&home, &file, &phrase, &pin, pinned, ports)).await
    }
}

impl From<PhraseError> for Failure {
    fn from(error: PhraseError) -> Self {
        Self::new(error.code())
    }
}
