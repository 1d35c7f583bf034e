//! Transactions passed on, so that whoever proposes next knows them.

use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;

use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::{Receiver, Recipients, Sender};
use commonware_runtime::Clock;
use tokio::sync::mpsc;

use crate::chain::Chain;

/// Between two looks at what still waits.
const AGAIN: Duration = Duration::from_secs(2);

/// Sends what the node took in itself, and again what waited at two looks: a validator may have been away. That is
/// at most what one block holds, since [`Chain::pending`] gives no more.
pub(crate) async fn send(
    clock: impl Clock,
    mut sender: impl Sender<PublicKey = PublicKey>,
    mut transactions: mpsc::Receiver<Vec<u8>>,
    chain: Arc<dyn Chain>,
) {
    let mut waited = BTreeSet::new();
    let mut next_look = clock.current() + AGAIN;
    loop {
        tokio::select! {
            transaction = transactions.recv() => {
                let Some(transaction) = transaction else { return };
                let _ = sender.send(Recipients::All, transaction, false);
            }
            () = clock.sleep_until(next_look) => {
                let waits: BTreeSet<Vec<u8>> = chain.pending(&BTreeSet::new()).into_iter().collect();
                for transaction in waits.intersection(&waited) {
                    let _ = sender.send(Recipients::All, transaction.clone(), false);
                }
                waited = waits;
                next_look = clock.current() + AGAIN;
            }
        }
    }
}

/// Takes in what others send.
pub(crate) async fn receive(mut receiver: impl Receiver<PublicKey = PublicKey>, chain: Arc<dyn Chain>) {
    while let Ok((_, message)) = receiver.recv().await {
        chain.receive(message.as_ref());
    }
}
