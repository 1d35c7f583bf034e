//! Which key some material holds, so that no key leads to two members: of a trust anchor, the public key in
//! it, whatever certificate is around it.
//!
//! Certificates are walked in strict DER (definite, shortest lengths), as far as the key. Whether the rest of
//! one is any good is for those who verify with it.
//!
//! Spec: RFC 5280 section 4.1, X.690 section 10.1.

use registry_proof::entry::KeyMaterial;
use registry_proof::public_key::PublicKey;
use sha2::{Digest as _, Sha256};

use crate::reject::Reject;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const EXPLICIT_VERSION: u8 = 0xa0;
/// id-ecPublicKey.
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// id-Ed25519.
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// SHA-256 over the key that `material` holds, in its one form.
pub(crate) fn material_hash(material: &KeyMaterial) -> Result<[u8; 32], Reject> {
    let text = match material {
        KeyMaterial::Key(key) => key.to_string(),
        KeyMaterial::Anchor(der) => key_of(&der.0).ok_or(Reject::Content)?.to_string(),
    };
    Ok(Sha256::digest(text).into())
}

/// The public key of a certificate: P-256 or Ed25519, since we verify with nothing else.
fn key_of(der: &[u8]) -> Option<PublicKey> {
    let certificate = whole(der, SEQUENCE)?;
    let (mut rest, _) = take(certificate, SEQUENCE)?;
    if rest.first() == Some(&EXPLICIT_VERSION) {
        (_, rest) = take(rest, EXPLICIT_VERSION)?;
    }
    (_, rest) = take(rest, INTEGER)?;
    for _ in ["signature", "issuer", "validity", "subject"] {
        (_, rest) = take(rest, SEQUENCE)?;
    }
    let (key, _) = take(rest, SEQUENCE)?;
    let (algorithm, rest) = take(key, SEQUENCE)?;
    let (oid, _) = take(algorithm, OBJECT_IDENTIFIER)?;
    let (&unused, point) = whole(rest, BIT_STRING)?.split_first()?;
    match (unused, oid) {
        (0, EC) => PublicKey::p256(point).ok(),
        (0, ED25519) => PublicKey::ed25519(point).ok(),
        _ => None,
    }
}

/// The content of an element that fills `bytes` to the last.
fn whole(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (content, rest) = take(bytes, tag)?;
    rest.is_empty().then_some(content)
}

/// The content of the first element, which must be of `tag`, and what follows it.
fn take(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => {
            let (&[low], rest) = rest.split_first_chunk()?;
            (usize::from(low), rest)
        }
        0x82 => {
            let (&bytes, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(bytes)), rest)
        }
        _ => return None,
    };
    let shortest = match first {
        0x81 => length > 0x7f,
        0x82 => length > 0xff,
        _ => true,
    };
    if found == tag && shortest { rest.split_at_checked(length) } else { None }
}
