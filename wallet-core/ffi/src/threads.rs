//! Threads of our own: what the app awaits runs here, never on the thread that awaits.
//!
//! The app's key store may make its owner wait for a finger or a face. That holds one of these threads, and no screen.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::Runtime;

use crate::error::WalletError;

/// As many calls may wait for the phone's owner at once.
const THREADS: usize = 4;

static RUNTIME: OnceLock<Result<Runtime, std::io::Error>> = OnceLock::new();

fn runtime() -> Result<&'static Runtime, WalletError> {
    let made = RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build()
    });
    made.as_ref().map_err(|_| WalletError::broken())
}

/// Runs `work` to its end, whether or not anybody waits for it that long.
pub(crate) async fn run<T: Send + 'static>(
    work: impl Future<Output = Result<T, WalletError>> + Send + 'static,
) -> Result<T, WalletError> {
    runtime()?.spawn(work).await.map_err(|_| WalletError::broken())?
}

/// Runs `work`, which waits or reckons long, on a thread of its own.
pub(crate) async fn block<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, WalletError> + Send + 'static,
) -> Result<T, WalletError> {
    let handle = runtime()?;
    handle
        .spawn_blocking(move || {
            let _inside = handle.enter();
            work()
        })
        .await
        .map_err(|_| WalletError::broken())?
}
