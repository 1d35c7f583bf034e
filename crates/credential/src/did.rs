//! Decentralised identifiers: did:key and did:jwk, which hold their key; did:web, whose document the caller
//! fetches; and the form of our own did:symbolon.
//!
//! A `did:symbolon` names a member of a registry; what it resolves to is the registry's to say, with a proof.
//!
//! Spec: DID Core 1.0 section 3, did:key 0.9, did:jwk, did:web.

pub mod document;
pub mod syntax;
pub mod web;

use core::fmt;
use core::str::FromStr;

use serde_json::Value;

use crate::encoding::{base64url, from_base64url};
use crate::json;
use crate::key::{Algorithm, KeyError, PublicKey};

/// Characters of an identifier, at most: a did:jwk of an RSA key needs 600, and base58 takes the square of its
/// length to read.
pub const MAX_DID: usize = 1024;
/// Characters of a network's or member's name, at most: as the register has it.
pub const MAX_NAME: usize = 40;

const P256_CODE: [u8; 2] = [0x80, 0x24];
const ED25519_CODE: [u8; 2] = [0xed, 0x01];

/// Why a text names no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DidError {
    /// Not of the form that its method prescribes.
    #[error("identifier is malformed")]
    Form,
    /// Of a method that cannot be resolved here.
    #[error("identifier is of another method")]
    Method,
    /// A did:web whose host is an address in digits, a private name, or no host at all.
    #[error("identifier names no public host")]
    Host,
    /// A did:web whose path could lead elsewhere than it says.
    #[error("identifier has an unacceptable path")]
    Path,
    /// It holds a key that we refuse.
    #[error("identifier holds an unusable key")]
    Key(#[source] KeyError),
}

/// The did:key of a key: multibase base58btc over its multicodec.
pub fn did_key(key: &PublicKey) -> String {
    let code = match key.algorithm() {
        Algorithm::Es256 => P256_CODE,
        Algorithm::EdDsa => ED25519_CODE,
    };
    let bytes = [&code[..], &key.to_compressed_bytes()].concat();
    format!("did:key:z{}", bs58::encode(bytes).into_string())
}

/// The did:jwk of a key.
pub fn did_jwk(key: &PublicKey) -> String {
    format!("did:jwk:{}", base64url(key.to_jwk().to_string()))
}

/// The key that a did:key or did:jwk, or a `kid` that begins with one, holds. A fragment must be the one
/// that the method gives: the multibase text again, or `0`.
///
/// # Errors
/// [`DidError`].
pub fn resolve(text: &str) -> Result<PublicKey, DidError> {
    if text.len() > MAX_DID {
        return Err(DidError::Form);
    }
    let (did, fragment) = match text.split_once('#') {
        Some((did, fragment)) => (did, Some(fragment)),
        None => (text, None),
    };
    if let Some(id) = did.strip_prefix("did:key:") {
        if fragment.is_some_and(|fragment| fragment != id) {
            return Err(DidError::Form);
        }
        return from_multikey(id);
    }
    if let Some(id) = did.strip_prefix("did:jwk:") {
        if fragment.is_some_and(|fragment| fragment != "0") {
            return Err(DidError::Form);
        }
        return from_did_jwk(id);
    }
    Err(DidError::Method)
}

fn from_multikey(id: &str) -> Result<PublicKey, DidError> {
    let text = id.strip_prefix('z').ok_or(DidError::Form)?;
    if text.len() > MAX_DID {
        return Err(DidError::Key(KeyError::Type));
    }
    let bytes = bs58::decode(text).into_vec().map_err(|_| DidError::Form)?;
    let (code, key) = bytes.split_at_checked(2).ok_or(DidError::Form)?;
    let algorithm = match code {
        code if code == P256_CODE && key.len() == 33 => Algorithm::Es256,
        code if code == ED25519_CODE => Algorithm::EdDsa,
        _ => return Err(DidError::Key(KeyError::Type)),
    };
    PublicKey::from_bytes(algorithm, key).map_err(DidError::Key)
}

fn from_did_jwk(id: &str) -> Result<PublicKey, DidError> {
    let bytes = from_base64url(id).map_err(|_| DidError::Form)?;
    let jwk: Value = json::parse(&bytes, MAX_DID).map_err(|_| DidError::Form)?;
    PublicKey::from_jwk(&jwk).map_err(DidError::Key)
}

/// `did:symbolon:<network>:<member>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SymbolonDid {
    network: String,
    member: String,
}

impl SymbolonDid {
    /// The identifier of `member` on `network`; both are lower-case letters, digits and inner hyphens.
    ///
    /// # Errors
    /// [`DidError::Form`].
    pub fn new(network: &str, member: &str) -> Result<Self, DidError> {
        if !is_name(network) || !is_name(member) {
            return Err(DidError::Form);
        }
        Ok(Self { network: network.to_owned(), member: member.to_owned() })
    }

    /// The network's name.
    pub fn network(&self) -> &str {
        &self.network
    }

    /// The member's name.
    pub fn member(&self) -> &str {
        &self.member
    }

    /// The `kid` of the member's key `number` of one purpose: `did:symbolon:<network>:<member>#issuer-0`.
    pub fn key_id(&self, purpose: &str, number: u64) -> String {
        format!("{self}#{purpose}-{number}")
    }

    /// The member, the purpose and the number of the key that a `kid` names.
    ///
    /// # Errors
    /// [`DidError`]; a number with a sign or leading zeros, and a purpose that is not lower-case letters, are
    /// malformed.
    pub fn parse_key_id(kid: &str) -> Result<(Self, String, u64), DidError> {
        let (did, key) = kid.split_once('#').ok_or(DidError::Form)?;
        let (purpose, number) = key.split_once('-').ok_or(DidError::Form)?;
        let value: u64 = number.parse().map_err(|_| DidError::Form)?;
        let is_purpose = (1..=20).contains(&purpose.len()) && purpose.bytes().all(|b| b.is_ascii_lowercase());
        if !is_purpose || value.to_string() != number {
            return Err(DidError::Form);
        }
        Ok((did.parse()?, purpose.to_owned(), value))
    }
}

impl FromStr for SymbolonDid {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        let id = text.strip_prefix("did:symbolon:").ok_or(DidError::Method)?;
        let (network, member) = id.split_once(':').ok_or(DidError::Form)?;
        Self::new(network, member)
    }
}

impl fmt::Display for SymbolonDid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "did:symbolon:{}:{}", self.network, self.member)
    }
}

fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (2..=MAX_NAME).contains(&text.len())
        && text.chars().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Signer as _;
    use crate::testing::issuer;
    use serde_json::json;

    fn ed25519() -> PublicKey {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        PublicKey::from_jwk(&jwk).unwrap()
    }

    #[test]
    fn a_key_and_its_identifiers_are_one() {
        for key in [ed25519(), issuer().public_key().clone()] {
            for did in [did_key(&key), did_jwk(&key)] {
                assert_eq!(resolve(&did).as_ref(), Ok(&key), "{did}");
            }
        }
        assert!(did_key(issuer().public_key()).starts_with("did:key:zDn"));
        let did = did_key(&ed25519());
        assert!(did.starts_with("did:key:z6Mk"));
        assert_eq!(resolve(&format!("{did}#{}", &did[8..])).unwrap(), ed25519());
    }

    #[test]
    fn foreign_fragments_and_methods_are_refused() {
        let did = did_key(&ed25519());
        assert_eq!(resolve(&format!("{did}#other")), Err(DidError::Form));
        assert_eq!(resolve(&format!("{}#1", did_jwk(&ed25519()))), Err(DidError::Form));
        assert_eq!(resolve("did:web:example.org"), Err(DidError::Method));
        assert_eq!(resolve("did:key:u6Mk"), Err(DidError::Form));
        let beyond = format!("did:key:z{}", "1".repeat(MAX_DID));
        assert_eq!(resolve(&beyond), Err(DidError::Form), "never decoded");
        let long = from_multikey(&format!("z{}", "0".repeat(MAX_DID + 1)));
        assert_eq!(long, Err(DidError::Key(KeyError::Type)), "never decoded");
    }

    #[test]
    fn a_multikey_is_an_ed25519_key_or_a_compressed_p256_key() {
        let (ed25519, p256) = (ed25519(), issuer().public_key().clone());
        let read = |code: [u8; 2], key: &[u8]| {
            from_multikey(&format!("z{}", bs58::encode([&code[..], key].concat()).into_string()))
        };
        assert_eq!(read(P256_CODE, &p256.to_compressed_bytes()).as_ref(), Ok(&p256));
        assert_eq!(read(ED25519_CODE, &ed25519.to_bytes()).as_ref(), Ok(&ed25519));
        let x25519 = [0xec, 0x01];
        for other in [
            read(P256_CODE, &p256.to_bytes()),
            read(x25519, &p256.to_compressed_bytes()),
            read(x25519, &ed25519.to_bytes()),
        ] {
            assert_eq!(other, Err(DidError::Key(KeyError::Type)));
        }
    }

    #[test]
    fn an_identifier_of_the_greatest_length_is_still_read() {
        let jwk = ed25519().to_jwk().to_string();
        let did = |length: usize| format!("did:jwk:{}", base64url(format!("{jwk:length$}")));
        assert_eq!(did(762).len(), MAX_DID);
        assert_eq!(resolve(&did(762)), Ok(ed25519()));
        assert_eq!(resolve(&did(763)), Err(DidError::Form));
        let foreign_digits = format!("z{}", "0".repeat(MAX_DID));
        assert_eq!(from_multikey(&foreign_digits), Err(DidError::Form), "decoded, and no base58");
    }

    #[test]
    fn private_keys_in_an_identifier_are_refused() {
        let mut jwk = ed25519().to_jwk();
        jwk["d"] = "AAAA".into();
        let did = format!("did:jwk:{}", base64url(jwk.to_string()));
        assert_eq!(resolve(&did), Err(DidError::Key(KeyError::Private)));
    }

    #[test]
    fn member_identifiers_hold_their_form() {
        let did: SymbolonDid = "did:symbolon:demo:interior".parse().unwrap();
        assert_eq!((did.network(), did.member()), ("demo", "interior"));
        assert_eq!(did.to_string(), "did:symbolon:demo:interior");
        for bad in [
            "did:symbolon:demo",
            "did:symbolon:demo:A",
            "did:symbolon::interior",
            "did:symbolon:demo:x:y",
            "did:key:z",
        ] {
            assert!(bad.parse::<SymbolonDid>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_is_of_lower_case_letters_digits_and_inner_hyphens() {
        let longest = "x".repeat(MAX_NAME);
        for name in ["ab", "07", "a-1", &longest] {
            assert!(SymbolonDid::new(name, name).is_ok(), "{name}");
        }
        let longer = "x".repeat(MAX_NAME + 1);
        for name in ["", "a", "-a", "a-", "aB", "a_b", "aé", &longer] {
            assert_eq!(SymbolonDid::new("demo", name), Err(DidError::Form), "{name}");
            assert_eq!(SymbolonDid::new(name, "interior"), Err(DidError::Form), "{name}");
        }
    }

    #[test]
    fn a_member_key_is_named_by_its_purpose_and_number() {
        let did: SymbolonDid = "did:symbolon:demo:interior".parse().unwrap();
        assert_eq!(SymbolonDid::parse_key_id(&did.key_id("issuer", 7)), Ok((did, "issuer".to_owned(), 7)));
        let named_for = |length: usize| format!("did:symbolon:demo:interior#{}-1", "x".repeat(length));
        assert!(SymbolonDid::parse_key_id(&named_for(20)).is_ok());
        assert_eq!(SymbolonDid::parse_key_id(&named_for(21)), Err(DidError::Form));
        for bad in
            ["#", "#-1", "#x-+1", "#x-01", "#x-a", "", "#1", "#X-1", "#x-1#x-1", "#x-18446744073709551616"]
        {
            let kid = format!("did:symbolon:demo:interior{bad}");
            assert!(SymbolonDid::parse_key_id(&kid).is_err(), "{kid}");
        }
    }
}
