//! Certificates of applied headers, taken from the engine's archive and handed to the node.
//!
//! Nearly every height has a certificate of its own. One that has none is final through a later block, whose
//! header proves no less; it is left out.

use core::time::Duration;
use std::sync::Arc;

use commonware_codec::Encode as _;
use commonware_consensus::marshal::core::Mailbox;
use commonware_consensus::marshal::standard::Standard;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::types::Height;
use commonware_runtime::Clock;
use registry_proof::header::Header;
use tokio::sync::mpsc;

use crate::block::Block;
use crate::chain::Chain;

/// How often, and how many times, the archive is asked for the newest block's certificate.
const RETRY: Duration = Duration::from_millis(10);
const TRIES: u32 = 50;

/// Hands over one certificate after the other until the engine ends.
pub(crate) async fn hand_over(
    rt: impl Clock,
    archive: Mailbox<Scheme, Standard<Block>>,
    chain: Arc<dyn Chain>,
    mut applied: mpsc::UnboundedReceiver<Header>,
) {
    while let Some(header) = applied.recv().await {
        let mut tries = 0;
        let found = loop {
            let found = archive.get_finalization(Height::new(header.height)).await;
            if found.is_some() || tries == TRIES || !applied.is_empty() {
                break found;
            }
            tries += 1;
            rt.sleep(RETRY).await;
        };
        let Some(certificate) = found else { continue };
        if let Err(error) = chain.certify(&header, &certificate.encode()) {
            tracing::error!(error = &error as &dyn std::error::Error, "a certificate was not kept");
        }
    }
}
