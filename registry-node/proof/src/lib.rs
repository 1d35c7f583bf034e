//! What a phone links to believe the registry: entries, transactions, headers, certificates, proofs.
//!
//! Nothing here does I/O or reads a clock. The bytes of headers, certificates and entries are frozen by the
//! golden files in `tests/golden`: a citizen keeps proofs for years.
//!
//! A reader's path: [`entry`] (what the registry says), [`transaction`] (how that changes), [`header`] and
//! [`certificate`] (what validators sign), [`merkle`] (where an entry stands under a header), [`bundle`]
//! (all of it in one envelope), [`light`] (who is believed), [`freshness`] (for how long); and [`receipts`],
//! what stands under a root over access receipts.

pub mod block;
pub mod bundle;
pub mod canonical;
pub mod certificate;
pub mod entry;
pub mod freshness;
pub mod header;
pub mod key;
pub mod light;
pub mod merkle;
pub mod name;
pub mod public_key;
pub mod receipts;
pub mod time;
pub mod transaction;
