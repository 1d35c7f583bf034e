//! The registry node: one validator's state, its HTTP API and explorer, and what its operators do by hand.

pub mod api;
pub mod chain;
pub mod config;
pub mod explorer;
pub mod pool;
pub mod service;
pub mod setup;
pub mod sign;
pub mod store;
