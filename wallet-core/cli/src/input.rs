//! What a person gave: a text, a file, a picture of a QR code, standard input. Capped before anything is read
//! further.

use std::io::Read as _;
use std::path::Path;

use credential::encoding::from_base64url;
use wallet_core::{durable, picture};

use crate::refusal::Refusal;

/// Bytes of anything that is looked at.
pub(crate) const MAX_INPUT: u64 = 4 << 20;
/// Characters of a file's name, at most: whatever is longer is the thing itself.
const MAX_PATH: usize = 1024;

/// What was read.
pub(crate) enum Input {
    Text(String),
    /// A text that a QR code in a picture held.
    Picture(String),
    Bytes(Vec<u8>),
}

impl Input {
    /// Reads a text as it is, the file that it names, or standard input for `-`.
    pub(crate) fn read(anything: &str) -> Result<Self, Refusal> {
        let Some(bytes) = read_bytes(anything)? else { return Ok(Self::Text(anything.to_owned())) };
        if picture::is_picture(&bytes) {
            return Ok(Self::Picture(codes_in(&bytes)?.into_iter().next().unwrap_or_default()));
        }
        Ok(String::from_utf8(bytes).map_or_else(|error| Self::Bytes(error.into_bytes()), Self::Text))
    }

    /// The bytes, and whether they come from a picture.
    pub(crate) fn into_bytes(self) -> (Vec<u8>, bool) {
        match self {
            Self::Text(text) => (text.into_bytes(), false),
            Self::Picture(text) => (text.into_bytes(), true),
            Self::Bytes(bytes) => (bytes, false),
        }
    }
}

/// Every text behind what a person gave: each code of a picture, each line of a file, or the text itself.
pub(crate) fn texts_of(anything: &str) -> Result<Vec<String>, Refusal> {
    let text = match read_bytes(anything)? {
        None => anything.to_owned(),
        Some(bytes) if picture::is_picture(&bytes) => return codes_in(&bytes),
        Some(bytes) => String::from_utf8(bytes).map_err(|_| Refusal::misused("not_a_link"))?,
    };
    Ok(text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
}

fn codes_in(picture: &[u8]) -> Result<Vec<String>, Refusal> {
    picture::read_png(picture).map_err(|error| Refusal::for_people(error.code()))
}

/// What a file or standard input holds; nothing for what is itself the text.
fn read_bytes(anything: &str) -> Result<Option<Vec<u8>>, Refusal> {
    let bytes = if anything == "-" {
        from_standard_input()
    } else if anything.len() < MAX_PATH && Path::new(anything).is_file() {
        durable::read(Path::new(anything), MAX_INPUT)
    } else {
        return Ok(None);
    };
    bytes.map(Some).map_err(|_| Refusal::misused("file_unreadable"))
}

fn from_standard_input() -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(MAX_INPUT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_INPUT { Err(std::io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// What `bytes` hold of CBOR that stands alone: themselves, or what their text holds in hexadecimal or
/// base64url. Only maps and signed messages count, so that few texts are taken for CBOR.
pub(crate) fn cbor_in(bytes: &[u8]) -> Option<Vec<u8>> {
    cbor_that(bytes, begins_as_cbor)
}

/// As [`cbor_in`], of what begins in another way.
pub(crate) fn cbor_that(bytes: &[u8], begins: fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(bytes).map(str::trim).unwrap_or_default();
    let forms = [Some(bytes.to_vec()), from_hex(text), from_base64url(text).ok()];
    forms.into_iter().flatten().find(|form| begins(form))
}

/// A map (RFC 8949 section 3.1), or the tag of a `COSE_Sign1` (RFC 9052 section 2).
fn begins_as_cbor(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(0xa0..=0xbf | 0xd2))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len().is_multiple_of(2))?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cbor_is_found_in_each_of_its_forms() {
        for form in [&b"\xa1\x01\x02"[..], b"a10102", b" A10102\n", b"oQEC"] {
            assert_eq!(cbor_in(form).as_deref(), Some(&b"\xa1\x01\x02"[..]), "{form:?}");
        }
    }

    #[test]
    fn other_things_are_not_taken_for_cbor() {
        for other in [&b""[..], b"hello", b"a1010", b"{}", b"010203", b"\x83\x01\x02\x03"] {
            assert_eq!(cbor_in(other), None, "{other:?}");
        }
    }
}
