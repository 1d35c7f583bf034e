//! The Digital Credentials Query Language: which cards a verifier wants to see, and which claims of them.
//!
//! A [`Query`] only exists when it keeps the language's rules. The wallet matches it against its cards; the
//! verifier holds what came back against it. Claims of a format that we do not hold can be asked for, and
//! then no card answers.
//!
//! Spec: OpenID4VP 1.0 sections 6 and 7.

pub mod answer;
pub mod check;
mod parse;
mod select;

use std::borrow::Cow;

use credential::claim_path::ClaimPath;
use credential::encoding::base64url;
use serde_json::{Map, Value, json};

use crate::message::MessageError;

/// Bytes of a query as JSON, at most: a person cannot judge more on one screen.
pub const MAX_QUERY: usize = 64 * 1024;
/// Cards in one query, at most.
pub const MAX_CREDENTIALS: usize = 16;
/// Claims of one card, at most: more than the EUDI rulebook defines.
pub const MAX_CLAIMS: usize = 128;
/// Alternatives in `claim_sets`, `options` and `credential_sets`, at most.
pub const MAX_ALTERNATIVES: usize = 32;
/// Elements of `values`, `vct_values` and `trusted_authorities`, at most.
pub const MAX_VALUES: usize = 64;
/// Characters of an identifier, at most: it becomes a member of every answer.
pub const MAX_ID: usize = 64;

/// Why a query is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DcqlError {
    /// A member is missing, empty, too large or of the wrong kind.
    #[error("query is malformed")]
    Message(#[from] MessageError),
    /// An `id` uses other characters than letters, digits, `_` and `-`, or is too long.
    #[error("identifier in the query is malformed")]
    Id,
    /// Two credentials, or two claims of one credential, have the same `id`.
    #[error("identifier in the query is not unique")]
    RepeatedId,
    /// A set names a credential or claim that the query does not have.
    #[error("set in the query names something unknown")]
    UnknownId,
    /// `claim_sets` without `claims`.
    #[error("query has claim sets without claims")]
    ClaimSetsWithoutClaims,
    /// A claim without `id` in a credential with `claim_sets`.
    #[error("claim of a query with claim sets has no identifier")]
    ClaimWithoutId,
    /// A path is malformed, or not what its format uses.
    #[error("claim path is malformed")]
    Path,
    /// `values` holds something that is no text, whole number or boolean.
    #[error("claim value is neither text, whole number nor boolean")]
    Value,
}

/// A format of cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// `dc+sd-jwt`.
    SdJwtVc,
    /// `mso_mdoc`.
    Mdoc,
    /// Any other: it can be asked for, and no card answers.
    Other(String),
}

impl Format {
    /// The format of this name.
    pub fn from_name(name: &str) -> Self {
        match name {
            "dc+sd-jwt" => Self::SdJwtVc,
            "mso_mdoc" => Self::Mdoc,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// A query that keeps the language's rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    json: Value,
    credentials: Vec<CredentialQuery>,
    sets: Vec<CredentialSet>,
}

/// What is wanted of one card.
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialQuery {
    id: String,
    format: Format,
    types: Vec<String>,
    multiple: bool,
    holder_binding: bool,
    claims: Vec<ClaimQuery>,
    /// Indexes into `claims`.
    claim_sets: Vec<Vec<usize>>,
    authorities: Vec<Authority>,
}

/// One claim that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimQuery {
    path: ClaimPath,
    values: Vec<Value>,
}

/// Cards that can stand for one another.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CredentialSet {
    options: Vec<Vec<String>>,
    required: bool,
}

/// The kind of [`Authority`] that is named by its key (section 6.1.1.1), the only one that HAIP 1.0 section 5 asks for.
/// No card is known to be vouched for by another kind, so a query for those alone has no answer.
const AKI: &str = "aki";

/// An authority that vouches for an issuer (section 6.1.1): `aki` and a base64url key identifier, say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The kind of trust framework.
    pub kind: String,
    /// The authority's name in it.
    pub value: String,
}

/// A card that a wallet could show.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The wallet's own name for it.
    pub id: &'a str,
    /// Its format.
    pub format: &'a Format,
    /// Its type: `vct`, or the document type of an mdoc.
    pub vct: &'a str,
    /// Every claim, all disclosed; for an mdoc, elements by namespace.
    pub claims: &'a Map<String, Value>,
    /// Who vouches for its issuer; only compared where a query names authorities.
    pub authorities: &'a [Authority],
}

impl Query {
    /// A query for some claims of one card of type `vct`, in `dc+sd-jwt`.
    ///
    /// # Errors
    /// [`DcqlError`], where `id` or `vct` are malformed or there are too many claims.
    pub fn for_card(id: &str, vct: &str, claims: &[ClaimPath]) -> Result<Self, DcqlError> {
        let mut credential = json!({"id": id, "format": "dc+sd-jwt", "meta": {"vct_values": [vct]}});
        if !claims.is_empty() {
            credential["claims"] = claims.iter().map(|path| json!({"path": path})).collect();
        }
        Self::parse(&json!({"credentials": [credential]}))
    }

    /// The query as it was written.
    pub const fn as_json(&self) -> &Value {
        &self.json
    }

    /// What is wanted of each card.
    pub fn credentials(&self) -> &[CredentialQuery] {
        &self.credentials
    }

    /// The part for one card.
    pub fn credential(&self, id: &str) -> Option<&CredentialQuery> {
        self.credentials.iter().find(|credential| credential.id == id)
    }

    /// Everything that is asked for, alternatives included: each type with each claim. What a verifier's
    /// registration must cover.
    pub fn asked(&self) -> Vec<(String, ClaimPath)> {
        let pairs = |credential: &CredentialQuery| {
            let paths: Vec<ClaimPath> = credential.claims.iter().map(|claim| claim.path.clone()).collect();
            let types = credential.types.clone();
            types.into_iter().flat_map(move |vct| {
                paths.clone().into_iter().map(move |path| (vct.clone(), path)).collect::<Vec<_>>()
            })
        };
        self.credentials.iter().flat_map(pairs).collect()
    }

    /// Every type that is asked for, also where no claim of it is.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        self.credentials.iter().flat_map(|credential| credential.types.iter().map(String::as_str))
    }

    /// Whether some part takes only cards that named authorities vouch for.
    pub fn names_authorities(&self) -> bool {
        self.credentials.iter().any(|credential| !credential.authorities.is_empty())
    }

    /// Whether some card may be shown without a proof by its holder; then the request needs a state
    /// (section 5.3).
    pub fn allows_unbound(&self) -> bool {
        self.credentials.iter().any(|credential| !credential.holder_binding)
    }
}

impl Authority {
    /// The one whose key a certificate of the card's chain names as the one above it.
    pub fn of_key(identifier: &[u8]) -> Self {
        Self { kind: AKI.to_owned(), value: base64url(identifier) }
    }
}

impl CredentialQuery {
    /// Its identifier in this query.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The wanted format.
    pub const fn format(&self) -> &Format {
        &self.format
    }

    /// The types, any of which will do.
    pub fn types(&self) -> &[String] {
        &self.types
    }

    /// The claims, alternatives included; none means that nothing is to be disclosed.
    pub fn claims(&self) -> &[ClaimQuery] {
        &self.claims
    }

    /// Whether several cards may be shown.
    pub const fn is_multiple(&self) -> bool {
        self.multiple
    }

    /// The combinations of claims that will do, the preferred first.
    fn claim_options(&self) -> Cow<'_, [Vec<usize>]> {
        if self.claim_sets.is_empty() {
            Cow::Owned(vec![(0..self.claims.len()).collect()])
        } else {
            Cow::Borrowed(&self.claim_sets)
        }
    }

    /// Whether a card is to be bound to its holder's key and this request.
    pub const fn needs_holder_binding(&self) -> bool {
        self.holder_binding
    }

    fn is_of_type(&self, format: &Format, vct: &str) -> bool {
        self.format == *format && self.types.iter().any(|wanted| wanted == vct)
    }
}

impl ClaimQuery {
    /// Where it stands.
    pub const fn path(&self) -> &ClaimPath {
        &self.path
    }

    /// The values that would do; none means any.
    pub fn values(&self) -> &[Value] {
        &self.values
    }
}

#[cfg(test)]
mod range;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
