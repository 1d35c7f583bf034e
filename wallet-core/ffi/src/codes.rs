//! A message that comes as several QR codes, from another screen.

use std::sync::{Arc, Mutex, PoisonError};

use wallet_core::frames::{Collector, Progress};

use crate::error::WalletError;

/// How much of a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CodesProgress {
    /// Codes that came.
    pub got: u32,
    /// Codes that there are. Where as many came, everything is there.
    pub of: u32,
}

impl CodesProgress {
    /// `got` of `of`.
    pub(crate) fn new(got: usize, of: usize) -> Self {
        let count = |codes: usize| u32::try_from(codes).unwrap_or(u32::MAX);
        Self { got: count(got), of: count(of) }
    }
}

/// Collects the codes that a camera sees, in any order, each as often as it comes.
#[derive(Default, uniffi::Object)]
pub struct Codes(Mutex<Collected>);

#[derive(Default)]
struct Collected {
    collector: Collector,
    count: u32,
    whole: Option<Vec<u8>>,
}

#[uniffi::export]
impl Codes {
    /// Nothing yet: the first code says which message it is.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Takes the text of a code.
    ///
    /// # Errors
    /// [`WalletError::Failed`] for a code that is no part of the message; those that came still count.
    pub fn take(&self, text: String) -> Result<CodesProgress, WalletError> {
        let mut collected = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if collected.whole.is_none() {
            match collected.collector.take(&text)? {
                Progress::Part { got, of } => {
                    let progress = CodesProgress::new(got, of);
                    collected.count = progress.of;
                    return Ok(progress);
                }
                Progress::Whole(message) => {
                    collected.count = collected.count.max(1);
                    collected.whole = Some(message);
                }
            }
        }
        Ok(CodesProgress { got: collected.count, of: collected.count })
    }
}

impl Codes {
    /// The message.
    pub(crate) fn message(&self) -> Result<Vec<u8>, WalletError> {
        let collected = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        collected.whole.clone().ok_or_else(|| WalletError::failed("codes_missing"))
    }
}
