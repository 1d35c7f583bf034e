//! Credential formats and the cryptography under them.
//!
//! Nothing here does I/O, reads a clock or makes randomness: callers pass in bytes, `now` and `rng`, and
//! say which back end verifies. What arrives is parsed into an unverified type; only checking makes the
//! verified one.

pub mod bitstring;
pub mod claim_path;
mod code;
pub mod did;
pub mod encoding;
pub mod issuer;
pub mod json;
pub mod jwe;
pub mod jws;
pub mod key;
pub mod sd_jwt;
pub mod sd_jwt_vc;
pub mod status_list;
pub mod time;
pub mod vcdm;
pub mod x509;

#[cfg(test)]
mod testing;
