//! The consensus engine bound to the ledger's blocks; the only crate that names the engine.
//!
//! It runs on a thread and a runtime of its own. What it needs of the node is the trait [`chain::Chain`];
//! what the node needs of it is [`run::Engine`]. Votes, certificates and blocks are kept by the engine in
//! its own folder; the state is kept by the node.

mod application;
mod block;
mod certify;
pub mod chain;
mod gossip;
mod network;
pub mod run;
mod wiring;
