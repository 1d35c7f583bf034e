//! The wallet: receives cards, shows them, logs in with them, and remembers what it showed.
//!
//! A person's way: [`unlock`] the [`wallet`], `receive` a card, `present` it or `log_in` with it, look at
//! its [`store`]d history. What a screen may see is in [`view`].

#[cfg(not(any(all(feature = "sqlcipher", feature = "tls"), debug_assertions)))]
compile_error!(
    "a wallet without `sqlcipher` and `tls` can be type-checked and nothing else: no release has it"
);

pub mod backup;
pub mod cards;
pub mod check;
pub mod clock;
pub mod cookies;
pub mod counter;
pub mod deletion;
pub mod durable;
pub mod erase;
pub mod export;
pub mod frames;
pub mod held;
pub mod history;
pub mod http;
pub mod keys;
pub mod log_in;
mod logins;
pub mod look_back;
pub mod move_phone;
pub mod outside;
mod page;
pub mod phrase;
pub mod picture;
pub mod present;
mod prove;
pub mod provider;
pub mod random;
mod receipt;
pub mod receive;
pub mod report;
pub mod restore;
pub mod sign_in;
pub mod states;
pub mod status;
pub mod store;
pub mod tries;
pub mod unlock;
mod unneeded;
pub mod view;
pub mod wallet;

#[cfg(test)]
mod testing;
