//! What a document's octets must hash to, as whoever refers to it says.
//!
//! Spec: SD-JWT VC draft 19 section 6, W3C SRI section 3 (syntax only).

use crate::encoding::from_base64;
use crate::sd_jwt::disclosure::HashAlgorithm;

/// Characters of integrity metadata, at most: eight SHA-512 hashes.
pub const MAX_INTEGRITY: usize = 1024;

/// Integrity metadata: the hashes of the strongest algorithm in it that we support. A hash of another length
/// than its algorithm's is in the syntax, as one is in the draft's own example; it matches nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integrity {
    text: String,
    strongest: Option<(HashAlgorithm, Vec<Vec<u8>>)>,
}

/// Why a document is not the one that was meant, or cannot be known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntegrityError {
    /// Empty, too long, or not in the syntax of hashes in standard base64.
    #[error("integrity metadata is malformed")]
    Malformed,
    /// No hash in it is one that we support.
    #[error("integrity metadata holds no supported hash")]
    Unsupported,
    /// The document hashes to something else.
    #[error("document does not match its integrity metadata")]
    Mismatch,
}

impl Integrity {
    /// Reads `sha256-<base64>` and its like, one or several with white space between.
    ///
    /// # Errors
    /// [`IntegrityError::Malformed`], also where one hash of several is malformed.
    pub fn parse(text: &str) -> Result<Self, IntegrityError> {
        if text.len() > MAX_INTEGRITY || text.trim().is_empty() {
            return Err(IntegrityError::Malformed);
        }
        let mut strongest: Option<(HashAlgorithm, Vec<Vec<u8>>)> = None;
        for expression in text.split_ascii_whitespace() {
            let Some(Expression { algorithm, hash }) = parse_expression(expression)? else { continue };
            match &mut strongest {
                Some((best, hashes)) if *best == algorithm => hashes.extend(hash),
                Some((best, _)) if best.length() > algorithm.length() => {}
                _ => strongest = Some((algorithm, hash.into_iter().collect())),
            }
        }
        Ok(Self { text: text.to_owned(), strongest })
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Holds the octets of a document, as they were received, against the strongest hashes.
    ///
    /// # Errors
    /// [`IntegrityError::Unsupported`] and [`IntegrityError::Mismatch`].
    pub fn check(&self, octets: &[u8]) -> Result<(), IntegrityError> {
        let (algorithm, hashes) = self.strongest.as_ref().ok_or(IntegrityError::Unsupported)?;
        if hashes.contains(&algorithm.hash(octets)) { Ok(()) } else { Err(IntegrityError::Mismatch) }
    }
}

struct Expression {
    algorithm: HashAlgorithm,
    /// None where it can be no hash of its algorithm.
    hash: Option<Vec<u8>>,
}

/// One hash expression; nothing where its algorithm is not ours.
fn parse_expression(text: &str) -> Result<Option<Expression>, IntegrityError> {
    let (name, rest) = text.split_once('-').ok_or(IntegrityError::Malformed)?;
    let algorithm = match name {
        "sha256" => HashAlgorithm::Sha256,
        "sha384" => HashAlgorithm::Sha384,
        "sha512" => HashAlgorithm::Sha512,
        _ => return Ok(None),
    };
    let value = rest.split_once('?').map_or(rest, |(value, _)| value);
    let digits = value.strip_suffix("==").or(value.strip_suffix('=')).unwrap_or(value);
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    if digits.is_empty() || !digits.bytes().all(base64) {
        return Err(IntegrityError::Malformed);
    }
    let hash = from_base64(value).ok().filter(|hash| hash.len() == algorithm.length());
    Ok(Some(Expression { algorithm, hash }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::{base64, base64url};

    fn sri(name: &str, algorithm: HashAlgorithm, octets: &[u8]) -> String {
        format!("{name}-{}", base64(algorithm.hash(octets)))
    }

    fn check(text: &str) -> Result<(), IntegrityError> {
        Integrity::parse(text)?.check(b"document")
    }

    #[test]
    fn each_supported_hash_is_checked_over_the_octets() {
        for (name, algorithm) in [
            ("sha256", HashAlgorithm::Sha256),
            ("sha384", HashAlgorithm::Sha384),
            ("sha512", HashAlgorithm::Sha512),
        ] {
            assert_eq!(check(&sri(name, algorithm, b"document")), Ok(()));
            assert_eq!(check(&(sri(name, algorithm, b"document") + "?option")), Ok(()));
            assert_eq!(check(&sri(name, algorithm, b"document\n")), Err(IntegrityError::Mismatch));
        }
    }

    #[test]
    fn only_the_strongest_hash_counts() {
        let (weak, strong) = (
            sri("sha256", HashAlgorithm::Sha256, b"document"),
            sri("sha512", HashAlgorithm::Sha512, b"other"),
        );
        for text in
            [format!("{weak} {strong}"), format!("{strong} {weak}"), format!("{weak}\n{strong} md5-AAAA")]
        {
            assert_eq!(check(&text), Err(IntegrityError::Mismatch));
        }
    }

    #[test]
    fn any_of_several_strongest_hashes_is_enough() {
        let [right, wrong] =
            [b"document".as_slice(), b"other"].map(|octets| sri("sha384", HashAlgorithm::Sha384, octets));
        assert_eq!(check(&format!("{wrong} {right}")), Ok(()));
        assert_eq!(check(&format!("{right} {wrong}")), Ok(()));
    }

    #[test]
    fn metadata_of_the_greatest_length_is_read_and_kept_as_it_came() {
        let good = sri("sha256", HashAlgorithm::Sha256, b"document");
        let of_length = |length: usize| format!("{good:length$}");
        assert_eq!(check(&of_length(MAX_INTEGRITY)), Ok(()));
        assert_eq!(check(&of_length(MAX_INTEGRITY + 1)), Err(IntegrityError::Malformed));
        assert_eq!(Integrity::parse(&of_length(100)).unwrap().as_str(), of_length(100));
    }

    #[test]
    fn unsupported_hashes_alone_are_refused() {
        assert_eq!(check("md5-AAAA sha3-AAAA SHA256-AAAA"), Err(IntegrityError::Unsupported));
    }

    #[test]
    fn malformed_metadata_is_refused() {
        let url_safe = base64url(HashAlgorithm::Sha256.hash(b"document"));
        for text in [
            String::new(),
            " ".into(),
            "sha256".into(),
            "sha256-".into(),
            "sha256-=".into(),
            "sha256-A===".into(),
            "sha256-A=A".into(),
            format!("sha256-{url_safe}"),
            "sha256-AAAA sha512".into(),
            format!("{} ", sri("sha256", HashAlgorithm::Sha256, b"document")).repeat(30),
        ] {
            assert_eq!(check(&text), Err(IntegrityError::Malformed), "{text}");
        }
    }

    #[test]
    fn hashes_that_can_match_nothing_match_nothing() {
        let good = sri("sha256", HashAlgorithm::Sha256, b"document");
        for text in ["sha256-AAAA", "sha256-A", "sha256-AA=", good.trim_end_matches('=')] {
            assert_eq!(check(text), Err(IntegrityError::Mismatch), "{text}");
            assert_eq!(check(&format!("{text} {good}")), Ok(()));
        }
        assert_eq!(
            check(&format!("{good} sha512-AAAA")),
            Err(IntegrityError::Mismatch),
            "the strongest counts"
        );
    }
}
