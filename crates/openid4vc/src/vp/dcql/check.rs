//! The verifier's half: whether what was shown is what was asked for.
//!
//! `values` is not looked at: a wallet matches it as best it can, and a verifier that depends on a value
//! reads it from the verified claims (section 6.4.1).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::vp::dcql::select::{Indexes, select};
use crate::vp::dcql::{CredentialQuery, Format, Query};

/// A presentation that was verified.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// Its format.
    pub format: &'a Format,
    /// Its type.
    pub vct: &'a str,
    /// The claims that were disclosed, with those that always are.
    pub claims: &'a Map<String, Value>,
}

/// Why an answer is not one to the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// It answers a question that was not asked.
    #[error("answer has a part that was not asked for")]
    UnknownId,
    /// More cards than wanted, or an empty list.
    #[error("answer has a wrong number of presentations")]
    Count,
    /// A card of another format or type.
    #[error("presentation is of another format or type")]
    Type,
    /// A claim that was asked for is not there.
    #[error("presentation lacks a claim that was asked for")]
    Claims,
    /// A required card is not there.
    #[error("answer lacks a required presentation")]
    Incomplete,
}

impl Query {
    /// Holds an answer, by query identifier, against the query.
    ///
    /// # Errors
    /// [`CheckError`].
    pub fn check(&self, answer: &BTreeMap<String, Vec<Shown<'_>>>) -> Result<(), CheckError> {
        for (id, shown) in answer {
            let credential = self.credential(id).ok_or(CheckError::UnknownId)?;
            credential.check_count(shown.len())?;
            shown.iter().try_for_each(|one| credential.check(one))?;
        }
        let needs = self.needs(&|id| answer.contains_key(id));
        if needs.iter().any(|need| need.required && need.options.is_empty()) {
            return Err(CheckError::Incomplete);
        }
        Ok(())
    }
}

impl CredentialQuery {
    /// Holds one presentation against its part of the query.
    ///
    /// # Errors
    /// [`CheckError::Type`] and [`CheckError::Claims`].
    pub fn check(&self, shown: &Shown<'_>) -> Result<(), CheckError> {
        if !self.is_of_type(shown.format, shown.vct) {
            return Err(CheckError::Type);
        }
        let has =
            |index: &usize| !select(&self.claims[*index].path, shown.claims, Indexes::Shifted).is_empty();
        if self.claim_options().iter().any(|option| option.iter().all(has)) {
            Ok(())
        } else {
            Err(CheckError::Claims)
        }
    }

    pub(crate) fn check_count(&self, count: usize) -> Result<(), CheckError> {
        if count == 1 || (count > 1 && self.multiple) { Ok(()) } else { Err(CheckError::Count) }
    }
}
