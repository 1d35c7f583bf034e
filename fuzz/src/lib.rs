//! Every reader of outsiders' data, as one entry point each.
//!
//! The same entry points run under libFuzzer (`cargo xtask fuzz`, with a nightly toolchain) and as property tests
//! over changed seeds (everywhere, and in `cargo test`). An entry point panics where something that must always
//! hold does not: that no input panics is only the first of these. A reader more is a function in `entry` and a
//! line in [`TARGETS`].

pub mod change;
mod entry;
pub mod seeds;

use entry::{certificates, did, documents, jose, json, mdoc, sd_jwt, status_list};
use seeds::Seeds;

/// One reader.
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// Reads one input, and says whether all of it was accepted.
    pub run: fn(&[u8]) -> bool,
    /// Inputs to begin with.
    pub seeds: fn(&Seeds) -> Vec<Vec<u8>>,
}

/// Every reader.
pub const TARGETS: [Target; 18] = [
    Target { name: "json", run: json::read, seeds: json::seeds },
    Target { name: "jws", run: jose::read_jws, seeds: jose::jws_seeds },
    Target { name: "jwe", run: jose::read_jwe, seeds: jose::jwe_seeds },
    Target { name: "jwk", run: jose::read_jwk, seeds: jose::jwk_seeds },
    Target { name: "sd_jwt", run: sd_jwt::read, seeds: sd_jwt::seeds },
    Target { name: "disclosures", run: sd_jwt::read_parts, seeds: sd_jwt::part_seeds },
    Target { name: "status_list_token", run: status_list::read_token, seeds: status_list::token_seeds },
    Target { name: "status_list_read", run: status_list::read, seeds: status_list::seeds },
    Target { name: "status_list_write", run: status_list::write, seeds: status_list::written_seeds },
    Target { name: "did", run: did::read, seeds: did::seeds },
    Target { name: "did_document", run: documents::read_did, seeds: documents::did_seeds },
    Target { name: "type_metadata", run: documents::read_type, seeds: documents::type_seeds },
    Target { name: "issuer_metadata", run: documents::read_issuer, seeds: documents::issuer_seeds },
    Target { name: "cbor", run: mdoc::read_cbor, seeds: mdoc::cbor_seeds },
    Target { name: "mdoc_issued", run: mdoc::read_issued, seeds: mdoc::issued_seeds },
    Target { name: "mdoc_response", run: mdoc::read_response, seeds: mdoc::response_seeds },
    Target { name: "status_list_cwt", run: mdoc::read_cwt, seeds: mdoc::cwt_seeds },
    Target { name: "certificates", run: certificates::read, seeds: certificates::seeds },
];

/// The reader of this name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
