//! Files that a person keeps where they want, as a backup or the history: the phone asks its owner where they go.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wallet_core::keys::KeyStoreError;

use crate::app::App;
use crate::command::Save;
use crate::failure::Failure;

/// Bytes of a file's name, at most.
const MAX_NAME: usize = 64;

/// Asks the phone's owner where a file of this name goes, and writes it there; whether they chose a place.
pub(crate) type Saver = Arc<dyn Fn(&str, &[u8]) -> Result<bool, KeyStoreError> + Send + Sync>;

/// The name of a file: letters, digits, `-`, `_` and `.`, and no path.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct FileName(String);

/// A name that leads elsewhere, or is none.
#[derive(Debug, thiserror::Error)]
#[error("file name is not plain")]
pub(crate) struct NotPlain;

#[derive(Serialize)]
pub(crate) struct Saved {
    /// Whether it is saved, or the person broke it off; nothing where only the screen itself can offer it.
    saved: Option<bool>,
}

impl App {
    /// Where the phone can ask its owner where a file goes: `save` does so, and may take its time.
    pub fn saved_by(
        &mut self,
        save: impl Fn(&str, &[u8]) -> Result<bool, KeyStoreError> + Send + Sync + 'static,
    ) {
        self.saver = Some(Arc::new(save));
    }

    /// Saves a file that a screen has, as long as the wallet that it is from is open.
    pub(crate) async fn save(&self, given: Save) -> Result<Saved, Failure> {
        self.wallet()?;
        let Some(save) = self.saver.clone() else { return Ok(Saved { saved: None }) };
        let work = move || save(&given.file_name.0, &given.base64.into_vec());
        let saved = tokio::task::spawn_blocking(work).await.map_err(|_| Failure::BROKEN)?;
        let saved = saved.map_err(|_| Failure::new("file_not_saved"))?;
        Ok(Saved { saved: Some(saved) })
    }
}

impl TryFrom<String> for FileName {
    type Error = NotPlain;

    fn try_from(name: String) -> Result<Self, NotPlain> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let fits = (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_plain);
        if fits && !name.starts_with('.') { Ok(Self(name)) } else { Err(NotPlain) }
    }
}
