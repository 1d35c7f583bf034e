//! Why a transaction is not applied. Codes are stable: programs act on them.

use crate::store::StoreError;

/// A transaction breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reject {
    /// Not a canonical transaction, or too large.
    #[error("transaction is malformed")]
    Malformed,
    /// For another network.
    #[error("transaction is for another network")]
    Network,
    /// Its time has passed.
    #[error("transaction has expired")]
    Expired,
    /// It would expire later than the network allows.
    #[error("transaction expires too far ahead")]
    TooFarAhead,
    /// It was applied already.
    #[error("transaction was applied already")]
    Replayed,
    /// No such member.
    #[error("member is unknown")]
    UnknownMember,
    /// The member is suspended.
    #[error("member is suspended")]
    Suspended,
    /// No such key, or one that no longer signs.
    #[error("key is unknown or no longer signs")]
    Key,
    /// The signature does not hold.
    #[error("signature does not verify")]
    Signature,
    /// The member has no role for this.
    #[error("member has no role for this")]
    Role,
    /// A text, address or list that is empty, too long or malformed.
    #[error("content is malformed or too large")]
    Content,
    /// The key belongs to a member already, or to another purpose.
    #[error("key belongs to somebody or to another purpose already")]
    KeyTaken,
    /// Numbers of keys, versions or sequences follow one another.
    #[error("number does not follow the last one")]
    Sequence,
    /// A key never becomes active again.
    #[error("key cannot change to that state")]
    KeyState,
    /// The entry exists and cannot be written again.
    #[error("entry exists already")]
    Exists,
    /// What the action refers to does not exist.
    #[error("entry does not exist")]
    Missing,
    /// It is another member's.
    #[error("entry belongs to another member")]
    NotOwner,
    /// The relying party did not agree to this registration.
    #[error("relying party has not signed this registration")]
    Consent,
    /// The web origin is another member's.
    #[error("web origin belongs to another member")]
    OriginTaken,
    /// The member has as many of these as it may have.
    #[error("member has as many of these as it may have")]
    TooMany,
    /// The address is not under an origin of the member.
    #[error("address is not under an origin of the member")]
    Origin,
    /// The proposal is closed.
    #[error("proposal is no longer open")]
    Closed,
    /// The proposal has not passed, or still waits.
    #[error("proposal has not passed or still waits")]
    Waiting,
    /// The network would be left with too few governors.
    #[error("network would be left with too few governors")]
    LastGovernor,
}

impl Reject {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Network => "other_network",
            Self::Expired => "expired",
            Self::TooFarAhead => "expires_too_far_ahead",
            Self::Replayed => "replayed",
            Self::UnknownMember => "unknown_member",
            Self::Suspended => "suspended",
            Self::Key => "key_does_not_sign",
            Self::Signature => "signature",
            Self::Role => "no_role",
            Self::Content => "content",
            Self::KeyTaken => "key_taken",
            Self::Sequence => "sequence",
            Self::KeyState => "key_state",
            Self::Exists => "exists",
            Self::Missing => "missing",
            Self::NotOwner => "not_owner",
            Self::Consent => "no_consent",
            Self::OriginTaken => "origin_taken",
            Self::TooMany => "too_many",
            Self::Origin => "origin",
            Self::Closed => "proposal_closed",
            Self::Waiting => "proposal_waits",
            Self::LastGovernor => "last_governor",
        }
    }
}

/// A transaction was rejected, or the store failed underneath.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A rule: the state is unchanged and the block goes on.
    #[error("transaction is rejected")]
    Reject(#[from] Reject),
    /// The store: the block cannot be applied.
    #[error("store failed")]
    Store(#[from] StoreError),
}
