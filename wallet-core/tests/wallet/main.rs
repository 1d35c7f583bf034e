//! A wallet among others: a register, issuers and relying parties in this process, honest and not.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

mod log_in;
mod present;
mod receipts;
mod receive;
mod register;
mod server;
mod world;
