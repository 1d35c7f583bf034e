//! Who a verifier says to be: `client_id` with its prefix.
//!
//! The full text, prefix included, is the identifier everywhere: in the link, in the request, as the
//! audience of a key binding.
//!
//! Spec: OpenID4VP 1.0 section 5.9.

use core::fmt;
use core::str::FromStr;

use credential::encoding::{base64url, from_base64url};
use credential::issuer::KeyReference;

/// Characters of a client identifier, at most.
pub const MAX_CLIENT_ID: usize = 512;

const X509_HASH: &str = "x509_hash";
const DECENTRALIZED_IDENTIFIER: &str = "decentralized_identifier";

/// A verifier's identifier, of a kind whose key can be found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientId {
    /// `x509_hash:`, SHA-256 over the DER of the signer's certificate.
    X509Hash([u8; 32]),
    /// `decentralized_identifier:`, a DID; the request's `kid` is one of its keys.
    DecentralizedIdentifier(String),
}

/// Why a client identifier is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    /// Empty, too long, or not what its prefix promises.
    #[error("client identifier is malformed")]
    Malformed,
    /// No prefix: a client that would have to be registered with this wallet.
    #[error("client identifier has no prefix")]
    PreRegistered,
    /// A prefix whose keys we cannot look up.
    #[error("client identifier prefix is not supported")]
    Unsupported,
    /// `origin:`, which is never a client identifier.
    #[error("client identifier uses the reserved origin prefix")]
    Reserved,
}

impl ClientId {
    /// Whether `key` is the kind of key that this identifier leads to, and names the same verifier.
    pub(crate) fn fits(&self, key: &KeyReference) -> bool {
        match (self, key) {
            (Self::X509Hash(hash), KeyReference::X5c(chain)) => chain.leaf_sha256() == *hash,
            (Self::DecentralizedIdentifier(did), KeyReference::Kid(kid)) => {
                kid.strip_prefix(did.as_str()).is_some_and(|rest| rest.starts_with('#') && rest.len() > 1)
            }
            (Self::X509Hash(_), KeyReference::Kid(_))
            | (Self::DecentralizedIdentifier(_), KeyReference::X5c(_)) => false,
        }
    }
}

impl FromStr for ClientId {
    type Err = ClientIdError;

    fn from_str(text: &str) -> Result<Self, ClientIdError> {
        if text.is_empty() || text.len() > MAX_CLIENT_ID {
            return Err(ClientIdError::Malformed);
        }
        let (prefix, rest) = text.split_once(':').ok_or(ClientIdError::PreRegistered)?;
        match prefix {
            X509_HASH => {
                let hash = from_base64url(rest).map_err(|_| ClientIdError::Malformed)?;
                hash.try_into().map(Self::X509Hash).map_err(|_| ClientIdError::Malformed)
            }
            DECENTRALIZED_IDENTIFIER if is_did(rest) => Ok(Self::DecentralizedIdentifier(rest.to_owned())),
            DECENTRALIZED_IDENTIFIER => Err(ClientIdError::Malformed),
            "origin" => Err(ClientIdError::Reserved),
            _ => Err(ClientIdError::Unsupported),
        }
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::X509Hash(hash) => write!(f, "{X509_HASH}:{}", base64url(hash)),
            Self::DecentralizedIdentifier(did) => write!(f, "{DECENTRALIZED_IDENTIFIER}:{did}"),
        }
    }
}

/// `did:method:id`, without a path, query or fragment (DID Core section 3.1).
fn is_did(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let (scheme, method, id) = (parts.next(), parts.next(), parts.next());
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b".-_:%".contains(&b);
    scheme == Some("did")
        && method.is_some_and(|method| {
            !method.is_empty() && method.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
        && id.is_some_and(|id| !id.is_empty() && id.bytes().all(allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supported_identifiers_are_read_and_written() {
        let hash = format!("x509_hash:{}", base64url([7; 32]));
        for text in [hash.as_str(), "decentralized_identifier:did:symbolon:demo:login"] {
            assert_eq!(text.parse::<ClientId>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_identifiers_are_refused() {
        for (text, error) in [
            ("", ClientIdError::Malformed),
            ("bank", ClientIdError::PreRegistered),
            ("origin:https://bank.example", ClientIdError::Reserved),
            ("redirect_uri:https://bank.example", ClientIdError::Unsupported),
            ("x509_san_dns:bank.example", ClientIdError::Unsupported),
            ("openid_federation:https://bank.example", ClientIdError::Unsupported),
            ("verifier_attestation:bank", ClientIdError::Unsupported),
            ("https://bank.example", ClientIdError::Unsupported),
            ("x509_hash:", ClientIdError::Malformed),
            ("x509_hash:AAAA", ClientIdError::Malformed),
            ("decentralized_identifier:", ClientIdError::Malformed),
            ("decentralized_identifier:did:symbolon:", ClientIdError::Malformed),
            ("decentralized_identifier:did:symbolon:demo:login#request-0", ClientIdError::Malformed),
            ("decentralized_identifier:did:Symbolon:demo", ClientIdError::Malformed),
            ("decentralized_identifier:symbolon:demo:login", ClientIdError::Malformed),
        ] {
            assert_eq!(text.parse::<ClientId>(), Err(error), "{text}");
        }
        assert_eq!("x".repeat(MAX_CLIENT_ID + 1).parse::<ClientId>(), Err(ClientIdError::Malformed));
    }

    #[test]
    fn a_key_of_another_did_does_not_fit() {
        let id: ClientId = "decentralized_identifier:did:symbolon:demo:login".parse().unwrap();
        let fits = |kid: &str| id.fits(&KeyReference::Kid(kid.to_owned()));
        assert!(fits("did:symbolon:demo:login#request-0"));
        assert!(!fits("did:symbolon:demo:bank#request-0"));
        assert!(!fits("did:symbolon:demo:login2#request-0"));
        assert!(!fits("did:symbolon:demo:login#"));
        assert!(!fits("did:symbolon:demo:login"));
    }
}
