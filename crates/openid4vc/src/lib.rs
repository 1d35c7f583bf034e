//! What wallets, issuers and verifiers say to each other: OpenID4VP, OpenID4VCI and the OAuth under them.
//!
//! Nothing here does I/O, reads a clock or makes randomness. A message is parsed into a typed value that
//! keeps its specification's rules; what is signed stays unverified until its key has been found and the
//! signature holds.

mod code;
mod encryption_key;
pub mod form;
pub mod message;
pub mod oauth;
pub mod vci;
pub mod vp;
pub mod web_url;

#[cfg(test)]
mod end_to_end;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod testing;
