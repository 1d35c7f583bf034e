//! Where an entry stands: the state key, written as a path.

use core::fmt;
use core::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::name::{MemberId, UseName, Vct};

/// Characters of a state key, at most.
pub const MAX_KEY: usize = 400;
/// Characters of a receipts' period, at most.
pub const MAX_PERIOD: usize = 32;

/// A text is not a state key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("state key is malformed")]
pub struct KeyError;

/// What a key is for; a key has one purpose only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Signs this member's transactions, votes and consents.
    Transaction,
    /// Signs credentials and status lists.
    Issuer,
    /// Signs requests for presentations.
    Request,
    /// Signs access receipts.
    Receipt,
    /// Signs what a wallet provider attests of its wallets and their keys.
    Attestation,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Transaction => "transaction",
            Self::Issuer => "issuer",
            Self::Request => "request",
            Self::Receipt => "receipt",
            Self::Attestation => "attestation",
        }
    }
}

impl FromStr for Purpose {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        [Self::Transaction, Self::Issuer, Self::Request, Self::Receipt, Self::Attestation]
            .into_iter()
            .find(|purpose| purpose.name() == text)
            .ok_or(KeyError)
    }
}

/// A state key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Key {
    /// `network`
    Network,
    /// `member/<id>`
    Member(MemberId),
    /// `key/<member>/<purpose>/<n>`
    MemberKey(MemberId, Purpose, u32),
    /// `type/<vct>`
    Type(Vct),
    /// `accreditation/<member>/<vct>`
    Accreditation(MemberId, Vct),
    /// `registration/<member>/<use>`
    Registration(MemberId, UseName),
    /// `status/<SHA-256 of the list's address>/<media type>`
    Status([u8; 32], String),
    /// `receipts/<member>/<period>`
    Receipts(MemberId, String),
    /// `proposal/<n>`
    Proposal(u64),
    /// `material/<SHA-256 of a key>`: whose key it is, so that it is nobody else's
    Material([u8; 32]),
    /// `origin/<SHA-256 of a web origin>`: whose it is, so that it is nobody else's
    Origin([u8; 32]),
    /// `tally/<member>`: how much it has written, so that nobody fills the register alone
    Tally(MemberId),
}

impl Key {
    /// The key of a status list's anchor.
    pub fn status(uri: &str, media_type: &str) -> Self {
        Self::Status(Sha256::digest(uri).into(), media_type.to_owned())
    }

    /// The key of a web origin's owner.
    pub fn origin(origin: &str) -> Self {
        Self::Origin(Sha256::digest(origin).into())
    }

    /// Where it stands in the tree.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.to_string()).into()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |bytes: &[u8; 32]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Network => f.write_str("network"),
            Self::Member(member) => write!(f, "member/{member}"),
            Self::MemberKey(member, purpose, number) => write!(f, "key/{member}/{}/{number}", purpose.name()),
            Self::Type(vct) => write!(f, "type/{vct}"),
            Self::Accreditation(member, vct) => write!(f, "accreditation/{member}/{vct}"),
            Self::Registration(member, use_name) => write!(f, "registration/{member}/{use_name}"),
            Self::Status(uri, media_type) => write!(f, "status/{}/{media_type}", text(uri)),
            Self::Receipts(member, period) => write!(f, "receipts/{member}/{period}"),
            Self::Proposal(number) => write!(f, "proposal/{number}"),
            Self::Material(hash) => write!(f, "material/{}", text(hash)),
            Self::Origin(hash) => write!(f, "origin/{}", text(hash)),
            Self::Tally(member) => write!(f, "tally/{member}"),
        }
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if text.len() > MAX_KEY {
            return Err(KeyError);
        }
        let (kind, rest) = text.split_once('/').unwrap_or((text, ""));
        let key = parse(kind, rest).ok_or(KeyError)?;
        // One text for each key: no leading zeros, no other spelling.
        if key.to_string() == text { Ok(key) } else { Err(KeyError) }
    }
}

fn parse(kind: &str, rest: &str) -> Option<Key> {
    let hash = |text: &str| URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok();
    let plain = |text: &str, max: usize| {
        let fits = (1..=max).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+./".contains(&b));
        fits.then(|| text.to_owned())
    };
    Some(match kind {
        "network" => Key::Network,
        "member" => Key::Member(rest.parse().ok()?),
        "key" => {
            let mut parts = rest.splitn(3, '/');
            Key::MemberKey(
                parts.next()?.parse().ok()?,
                parts.next()?.parse().ok()?,
                parts.next()?.parse().ok()?,
            )
        }
        "type" => Key::Type(rest.parse().ok()?),
        "accreditation" => {
            let (member, vct) = rest.split_once('/')?;
            Key::Accreditation(member.parse().ok()?, vct.parse().ok()?)
        }
        "registration" => {
            let (member, use_name) = rest.split_once('/')?;
            Key::Registration(member.parse().ok()?, use_name.parse().ok()?)
        }
        "status" => {
            let (uri, media_type) = rest.split_once('/')?;
            Key::Status(hash(uri)?, plain(media_type, 64)?)
        }
        "receipts" => {
            let (member, period) = rest.split_once('/')?;
            Key::Receipts(member.parse().ok()?, plain(period, MAX_PERIOD)?)
        }
        "proposal" => Key::Proposal(rest.parse().ok()?),
        "material" => Key::Material(hash(rest)?),
        "origin" => Key::Origin(hash(rest)?),
        "tally" => Key::Tally(rest.parse().ok()?),
        _ => return None,
    })
}

impl TryFrom<String> for Key {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}
