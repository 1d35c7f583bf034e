//! A token as few bytes, so that it makes few QR codes.
//!
//! Requests, answers and codes are tokens of base64url parts between dots and tildes. A message is one letter
//! for its kind, and then, deflated, each part: what stands before it, its length, its bytes. Reading gives back
//! the same text, letter by letter, so that signatures and hashes over it hold.
//!
//! Spec: RFC 1951 (deflate).

use std::io::{Read as _, Write as _};

use credential::encoding::{base64url, from_base64url};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// Bytes of a message once it is inflated, at most: a few cards with portraits. What is deflated is mostly
/// random, so honest messages do not come near the cap.
pub const MAX_UNPACKED: usize = 256 * 1024;
/// Parts of a token, at most: a card with a hundred disclosures.
pub const MAX_PARTS: usize = 1024;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A counter's request: a signed token.
    Request,
    /// The answer to one: an encrypted token.
    Answer,
    /// A code for any counter: a card as an SD-JWT with key binding.
    Code,
}

/// Why a message cannot be made or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// It is no message of ours, or the token in it none.
    #[error("message is malformed")]
    Malformed,
    /// It is larger than allowed.
    #[error("message is larger than allowed")]
    TooLarge,
    /// It is a message of another kind.
    #[error("message is of another kind")]
    Kind,
}

impl EnvelopeError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "message_malformed",
            Self::TooLarge => "message_too_large",
            Self::Kind => "message_of_another_kind",
        }
    }
}

impl Kind {
    const ALL: [Self; 3] = [Self::Request, Self::Answer, Self::Code];

    const fn letter(self) -> u8 {
        match self {
            Self::Request => b'R',
            Self::Answer => b'A',
            Self::Code => b'C',
        }
    }
}

/// The message of a token.
///
/// # Errors
/// [`EnvelopeError`], where the token has other parts than base64url.
pub fn pack(kind: Kind, token: &str) -> Result<Vec<u8>, EnvelopeError> {
    if token.is_empty() {
        return Err(EnvelopeError::Malformed);
    }
    let mut parts = Vec::with_capacity(token.len());
    let mut before = 0;
    for part in token.split_inclusive(['.', '~']).chain(token.ends_with(['.', '~']).then_some("")) {
        let (text, after) = match part.as_bytes().last() {
            Some(&mark @ (b'.' | b'~')) => (&part[..part.len() - 1], mark),
            _ => (part, 0),
        };
        let bytes = from_base64url(text).map_err(|_| EnvelopeError::Malformed)?;
        let length = u32::try_from(bytes.len()).map_err(|_| EnvelopeError::TooLarge)?;
        parts.push(before);
        parts.extend(length.to_be_bytes());
        parts.extend(bytes);
        before = after;
    }
    if parts.len() > MAX_UNPACKED {
        return Err(EnvelopeError::TooLarge);
    }
    let mut encoder = DeflateEncoder::new(vec![kind.letter()], Compression::best());
    let written = encoder.write_all(&parts).and_then(|()| encoder.finish());
    written.map_err(|_| EnvelopeError::Malformed)
}

/// The kind of a message, before anything else of it was read.
///
/// # Errors
/// [`EnvelopeError::Malformed`].
pub fn kind(message: &[u8]) -> Result<Kind, EnvelopeError> {
    let letter = message.first();
    let kind = Kind::ALL.into_iter().find(|kind| Some(&kind.letter()) == letter);
    kind.ok_or(EnvelopeError::Malformed)
}

/// The token in a message of this kind.
///
/// # Errors
/// [`EnvelopeError`].
pub fn open(wanted: Kind, message: &[u8]) -> Result<String, EnvelopeError> {
    if kind(message)? != wanted {
        return Err(EnvelopeError::Kind);
    }
    let mut parts = Vec::new();
    let mut inflated = DeflateDecoder::new(&message[1..]).take(MAX_UNPACKED as u64 + 1);
    inflated.read_to_end(&mut parts).map_err(|_| EnvelopeError::Malformed)?;
    if parts.len() > MAX_UNPACKED {
        return Err(EnvelopeError::TooLarge);
    }
    read_parts(&parts).ok_or(EnvelopeError::Malformed)
}

fn read_parts(mut rest: &[u8]) -> Option<String> {
    let mut token = String::new();
    for count in 0..MAX_PARTS {
        let (&before, length_on) = rest.split_first()?;
        let (length, bytes_on) = length_on.split_first_chunk::<4>()?;
        let (bytes, behind) = bytes_on.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        match (count, before) {
            (0, 0) => {}
            (1.., b'.' | b'~') => token.push(char::from(before)),
            _ => return None,
        }
        token += &base64url(bytes);
        if behind.is_empty() {
            return Some(token);
        }
        rest = behind;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: [&str; 4] =
        ["YQ.YmM.ZGVm", "YQ..YmM.ZGVm.Zw", "YQ.YmM.ZGVm~YQ~YmM~YQ.YmM.ZGVm", "YQ.YmM.ZGVm~"];

    #[test]
    fn a_token_comes_back_letter_by_letter() {
        for token in TOKENS {
            let message = pack(Kind::Answer, token).unwrap();
            assert_eq!(open(Kind::Answer, &message).as_deref(), Ok(token), "{token}");
            assert_eq!(kind(&message), Ok(Kind::Answer));
        }
    }

    #[test]
    fn base64_in_base64_costs_its_bytes_alone() {
        let random: Vec<u8> = (0..3000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let inner = format!("{{\"proof\":\"{}\"}}", base64url(&random));
        let token = format!("YQ.{}.YQ", base64url(inner));
        assert!(token.len() > 5000);
        assert!(pack(Kind::Request, &token).unwrap().len() < 3200);
    }

    #[test]
    fn a_message_of_another_kind_is_refused() {
        let message = pack(Kind::Code, "YQ.YQ.YQ").unwrap();
        assert_eq!(open(Kind::Answer, &message), Err(EnvelopeError::Kind));
    }

    #[test]
    fn what_is_no_token_is_not_packed() {
        for bad in ["", "a b", "YQ==", "YR.YQ.YQ", "é"] {
            assert_eq!(pack(Kind::Answer, bad), Err(EnvelopeError::Malformed), "{bad}");
        }
    }

    fn deflated(parts: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(vec![b'A'], Compression::best());
        encoder.write_all(parts).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_message_that_grows_without_end_is_refused() {
        let bomb = deflated(&vec![0; 100 << 20]);
        assert!(bomb.len() < 200_000);
        assert_eq!(open(Kind::Answer, &bomb), Err(EnvelopeError::TooLarge));
    }

    #[test]
    fn malformed_messages_are_refused() {
        let many: Vec<u8> = [&[0, 0, 0, 0, 0][..], &b".\0\0\0\0".repeat(MAX_PARTS)].concat();
        for parts in [
            &b""[..],
            b"\0",
            b"\0\0\0\0\x01",
            b"\0\xff\xff\xff\xffa",
            b".\0\0\0\x01a",
            b"\0\0\0\0\x01a\0\0\0\0\x01a",
            b"\0\0\0\0\x01ax\0\0\0\x01a",
            &many,
        ] {
            assert_eq!(open(Kind::Answer, &deflated(parts)), Err(EnvelopeError::Malformed));
        }
        for message in [&b""[..], b"A", b"Z", b"A\xff\xff\xff", &deflated(b"\0\0\0\0\x01a")[..4]] {
            assert_eq!(open(Kind::Answer, message), Err(EnvelopeError::Malformed));
        }
    }
}
