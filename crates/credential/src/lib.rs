//! Credential formats and the cryptography under them.
//!
//! Nothing here does I/O, reads a clock or makes randomness: callers pass in bytes, `now` and `rng`, and
//! say which back end verifies. What arrives is parsed into an unverified type; only checking makes the
//! verified one.

pub mod bitstring;
pub mod cbor;
pub mod claim_path;
mod code;
pub mod cose;
pub mod did;
pub mod encoding;
pub mod fetch_url;
pub mod issuer;
pub mod issuer_metadata;
pub mod json;
pub mod jwe;
pub mod jws;
pub mod key;
pub mod mdoc;
pub mod sd_jwt;
pub mod sd_jwt_vc;
pub mod status_list;
pub mod time;
pub mod type_metadata;
pub mod vcdm;
pub mod x509;

#[cfg(test)]
mod testing;
