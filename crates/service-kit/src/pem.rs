//! PEM, as far as keys and certificates need it (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// More blocks than any chain or key file has.
const MAX_BLOCKS: usize = 16;

/// Why a text is not PEM.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PemError {
    /// A block has no end, or ends under another label.
    #[error("block is not closed")]
    Unclosed,
    /// What is inside a block is not base64.
    #[error("block is not base64")]
    Base64,
    /// There are more blocks than allowed.
    #[error("too many blocks")]
    TooMany,
}

/// The contents of every block with `label`, in order; blocks of other labels are passed over.
pub fn decode(text: &str, label: &str) -> Result<Vec<Vec<u8>>, PemError> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(&begin) {
        let body = &rest[start + begin.len()..];
        let stop = body.find(&end).ok_or(PemError::Unclosed)?;
        let compact: String = body[..stop].chars().filter(|c| !c.is_ascii_whitespace()).collect();
        blocks.push(STANDARD.decode(compact).map_err(|_| PemError::Base64)?);
        if blocks.len() > MAX_BLOCKS {
            return Err(PemError::TooMany);
        }
        rest = &body[stop + end.len()..];
    }
    Ok(blocks)
}

/// One block.
pub fn encode(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in base64.as_bytes().chunks(64) {
        text.extend(line.iter().map(|&byte| char::from(byte)));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_back_in_order_and_others_are_passed_over() {
        let text = [encode("A", &[1; 70]), encode("B", &[2]), encode("A", &[3])].concat();
        assert_eq!(decode(&text, "A").unwrap(), [vec![1; 70], vec![3]]);
    }

    #[test]
    fn a_block_without_an_end_is_refused() {
        assert_eq!(decode("-----BEGIN A-----\nAQ==\n", "A"), Err(PemError::Unclosed));
        assert_eq!(decode("-----BEGIN A-----\n!\n-----END A-----", "A"), Err(PemError::Base64));
    }
}
