//! What somebody offers.

use credential::time::UnixTime;
use serde::Serialize;

use super::{Party, Texts};

/// What somebody offers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfferView {
    /// Who offers.
    pub issuer: Party,
    /// Since when the registry has them.
    pub issuer_since: Option<UnixTime>,
    /// Its web address.
    pub address: String,
    /// The cards, by name.
    pub cards: Vec<Texts>,
    /// What the person has to bring.
    pub needs: Needs,
}

/// What receiving a card takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Needs {
    /// Nothing but a yes.
    Nothing,
    /// A code that came another way.
    Code {
        /// How long it is, where that is known.
        length: Option<usize>,
        /// Whether it has digits only.
        digits: bool,
    },
    /// Signing in on the issuer's page.
    SignIn,
}
