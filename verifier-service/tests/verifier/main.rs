//! A provider in this process or one of its own, asked by relying parties and wallets, honest and not.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

mod answers;
mod browser;
mod browsers;
mod clients;
mod codes;
mod deletions;
mod documents;
mod ends;
mod hostile;
mod kill;
mod log_in;
mod node;
mod proofs;
mod pushed;
mod receipts;
mod register;
mod single_sign_on;
mod systems;
mod wallet;
mod world;
