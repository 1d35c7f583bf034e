//! What a screen may see, as plain records. Nothing here is secret.
//!
//! They mirror [`wallet_core::view`]: times are seconds since 1970, values of claims are JSON, and a text is there in
//! each language that somebody wrote it in.

pub mod cards;
pub mod consent;
pub mod history;

use std::collections::HashMap;

use credential::claim_path::{ClaimPath, PathElement};
use wallet_core::view;

/// A text by language (BCP 47 tag).
pub type TextByLanguage = HashMap<String, String>;

/// An organisation, as the register proves it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Party {
    /// Its name in the register.
    pub member: String,
    /// Its legal name.
    pub name: TextByLanguage,
}

/// A claim with its value.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Claim {
    /// Where it stands: names; `*` for every element of a list, digits for one.
    pub path: Vec<String>,
    /// What it is called.
    pub name: TextByLanguage,
    /// What it says, as JSON.
    pub value: String,
}

fn texts(texts: &view::Texts) -> TextByLanguage {
    texts.iter().map(|(tag, text)| (tag.to_owned(), text.to_owned())).collect()
}

/// The core's own texts again, of what an app hands back.
fn core_texts(texts: TextByLanguage) -> view::Texts {
    view::Texts::new(texts.into_iter().collect())
}

pub(crate) fn all(many: &[view::Texts]) -> Vec<TextByLanguage> {
    many.iter().map(texts).collect()
}

fn party(party: &view::Party) -> Party {
    Party { member: party.member.clone(), name: texts(&party.name) }
}

impl From<Party> for view::Party {
    fn from(party: Party) -> Self {
        Self { member: party.member, name: core_texts(party.name) }
    }
}

pub(crate) fn claims(claims: &[view::ShownClaim]) -> Vec<Claim> {
    claims.iter().map(claim).collect()
}

fn claim(claim: &view::ShownClaim) -> Claim {
    Claim { path: path(&claim.path), name: texts(&claim.name), value: claim.value.to_string() }
}

fn path(path: &ClaimPath) -> Vec<String> {
    let step = |step: &PathElement| match step {
        PathElement::Name(name) => name.clone(),
        PathElement::Index(index) => index.to_string(),
        PathElement::All => "*".to_owned(),
    };
    path.steps().iter().map(step).collect()
}
