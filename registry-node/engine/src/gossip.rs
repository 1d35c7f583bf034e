//! Transactions passed on, so that whoever proposes next knows them.

use std::sync::Arc;

use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::{Receiver, Recipients, Sender};
use tokio::sync::mpsc;

use crate::chain::Chain;

/// Sends what the node took in itself. Lost messages are no harm: the transaction stands in our own pool.
pub(crate) async fn send(
    mut sender: impl Sender<PublicKey = PublicKey>,
    mut transactions: mpsc::Receiver<Vec<u8>>,
) {
    while let Some(transaction) = transactions.recv().await {
        let _ = sender.send(Recipients::All, transaction, false);
    }
}

/// Takes in what others send.
pub(crate) async fn receive(mut receiver: impl Receiver<PublicKey = PublicKey>, chain: Arc<dyn Chain>) {
    while let Ok((_, message)) = receiver.recv().await {
        chain.receive(message.as_ref());
    }
}
