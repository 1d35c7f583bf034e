//! The registry as a state machine: the same blocks give the same bytes, on every machine, for years.
//!
//! No clock, no randomness, no floats, no hash maps and no I/O: a [`store::Store`] is read, and what a block
//! changes comes back as a [`tree::Commit`] for the caller to write in one go with the block's height. A
//! transaction is checked alone first, then applied; a rejection leaves the state as it was.

pub mod apply;
pub mod block;
pub mod genesis;
mod govern;
mod keys;
mod material;
mod publish;
pub mod reject;
mod state;
pub mod store;
mod texts;
pub mod tree;
