//! The form of a backup's file: a header that anyone may read, and one encrypted piece behind it.
//!
//! ```text
//! "symbolon backup"  version  memory   passes   lanes  salt      nonce     AES-256-GCM of the content
//! 15 bytes           1        4 (KiB)  4        1      16 bytes  12 bytes  the rest, its tag last
//! ```
//!
//! Numbers are big-endian. The key is Argon2id of the phrase's 128 bits under the header's salt and effort, and
//! the whole header is authenticated with the content: no byte of the file can change unnoticed. The phrase
//! cannot be guessed whatever the effort; the effort is for one of which somebody saw some words.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use super::{BackupError, MAX_FILE};
use crate::phrase::Phrase;
use crate::random::Random;

/// Bytes of the header.
pub(crate) const HEADER: usize = MAGIC.len() + 1 + 4 + 4 + 1 + SALT + NONCE;
/// Bytes of the tag.
pub(crate) const TAG: usize = 16;

const MAGIC: &[u8; 15] = b"symbolon backup";
const VERSION: u8 = 1;
const SALT: usize = 16;
const NONCE: usize = 12;

/// Argon2id's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Effort {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
    pub(crate) lanes: u8,
}

/// What a backup is made with: RFC 9106 section 4, second choice, in one lane as phones have it.
pub(crate) const EFFORT: Effort = Effort { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
/// What is done at most to open one: some seconds, on a phone.
const MOST: Effort = Effort { memory_kib: 4 * EFFORT.memory_kib, passes: 4 * EFFORT.passes, lanes: 4 };

struct Header {
    effort: Effort,
    salt: [u8; SALT],
    nonce: [u8; NONCE],
}

impl Header {
    fn to_bytes(&self) -> Vec<u8> {
        let Effort { memory_kib, passes, lanes } = self.effort;
        let numbers = [memory_kib.to_be_bytes(), passes.to_be_bytes()].concat();
        [MAGIC.as_slice(), &[VERSION], &numbers, &[lanes], &self.salt, &self.nonce].concat()
    }

    /// The header, and the bytes behind it.
    fn split(file: &[u8]) -> Result<(Self, &[u8]), BackupError> {
        let rest = file.strip_prefix(MAGIC).ok_or(BackupError::NotABackup)?;
        let (version, rest) = take::<1>(rest)?;
        if version[0] != VERSION {
            return Err(if version[0] > VERSION {
                BackupError::Newer(version[0])
            } else {
                BackupError::NotABackup
            });
        }
        let (memory_kib, rest) = take(rest)?;
        let (passes, rest) = take(rest)?;
        let ([lanes], rest) = take(rest)?;
        let (salt, rest) = take(rest)?;
        let (nonce, rest) = take(rest)?;
        let (memory_kib, passes) = (u32::from_be_bytes(memory_kib), u32::from_be_bytes(passes));
        Ok((Self { effort: Effort { memory_kib, passes, lanes }, salt, nonce }, rest))
    }

    fn cipher(&self, phrase: &Phrase) -> Result<Aes256Gcm, BackupError> {
        let Effort { memory_kib, passes, lanes } = self.effort;
        let modest = memory_kib <= MOST.memory_kib && passes <= MOST.passes && lanes <= MOST.lanes;
        let parameters = Params::new(memory_kib, passes, u32::from(lanes), Some(32));
        let (true, Ok(parameters)) = (modest, parameters) else { return Err(BackupError::Effort) };
        let mut key = Zeroizing::new([0u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into(phrase.expose_secret(), &self.salt, key.as_mut_slice())
            .map_err(|_| BackupError::Effort)?;
        Ok(Aes256Gcm::new((&*key).into()))
    }
}

/// Whether these bytes begin as a backup does, of this or of another version.
pub(crate) fn is_backup(file: &[u8]) -> bool {
    file.starts_with(MAGIC)
}

/// Encrypts `content` under `phrase`.
pub(crate) fn seal(
    content: &[u8],
    phrase: &Phrase,
    effort: Effort,
    random: &Random,
) -> Result<Vec<u8>, BackupError> {
    let header = Header { effort, salt: random.bytes(), nonce: random.bytes() };
    let aad = header.to_bytes();
    let payload = Payload { msg: content, aad: &aad };
    let nonce = Nonce::from(header.nonce);
    let sealed = header.cipher(phrase)?.encrypt(&nonce, payload).map_err(|_| BackupError::Effort)?;
    Ok([aad, sealed].concat())
}

/// Decrypts the file of a backup.
pub(crate) fn open(file: &[u8], phrase: &Phrase) -> Result<Zeroizing<Vec<u8>>, BackupError> {
    if file.len() > MAX_FILE {
        return Err(BackupError::NotABackup);
    }
    let (header, sealed) = Header::split(file)?;
    let payload = Payload { msg: sealed, aad: &file[..HEADER] };
    let content = header.cipher(phrase)?.decrypt(&Nonce::from(header.nonce), payload);
    Ok(Zeroizing::new(content.map_err(|_| BackupError::Closed)?))
}

fn take<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), BackupError> {
    bytes.split_first_chunk().map(|(head, rest)| (*head, rest)).ok_or(BackupError::NotABackup)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::random;

    /// Next to no effort, so that thousands of files can be tried.
    const LITTLE: Effort = Effort { memory_kib: 8, passes: 1, lanes: 1 };

    fn phrase() -> Phrase {
        Phrase::read("legal winner thank year wave sausage worth useful legal winner thank yellow").unwrap()
    }

    fn file() -> Vec<u8> {
        seal(b"what nobody else may read", &phrase(), LITTLE, &random()).unwrap()
    }

    #[test]
    fn the_phrase_opens_what_it_closed() {
        assert_eq!(open(&file(), &phrase()).unwrap().as_slice(), b"what nobody else may read");
        assert!(file().windows(6).all(|window| window != b"nobody"));
        assert_eq!(file().len(), HEADER + 25 + TAG);
    }

    #[test]
    fn another_phrase_opens_nothing() {
        let other = Phrase::make(&random());
        assert!(matches!(open(&file(), &other), Err(BackupError::Closed)));
    }

    #[test]
    fn no_byte_of_a_file_can_change() {
        let good = file();
        for place in 0..good.len() {
            for bit in [1u8, 0x80] {
                let mut file = good.clone();
                file[place] ^= bit;
                assert!(open(&file, &phrase()).is_err(), "byte {place}");
            }
        }
    }

    #[test]
    fn no_part_of_a_file_is_taken_for_the_whole() {
        let good = file();
        for length in 0..good.len() {
            assert!(open(&good[..length], &phrase()).is_err(), "{length} bytes");
        }
        assert!(open(&[good, vec![0]].concat(), &phrase()).is_err());
    }

    #[test]
    fn a_later_version_is_told_apart_from_damage() {
        let mut file = file();
        file[MAGIC.len()] = 2;
        assert!(matches!(open(&file, &phrase()), Err(BackupError::Newer(2))));
        assert!(matches!(open(b"%PDF-1.7", &phrase()), Err(BackupError::NotABackup)));
        assert!(matches!(open(&vec![b's'; MAX_FILE + 1], &phrase()), Err(BackupError::NotABackup)));
    }

    #[test]
    fn an_absurd_effort_is_not_made() {
        for absurd in [
            Effort { memory_kib: u32::MAX, ..LITTLE },
            Effort { passes: u32::MAX, ..LITTLE },
            Effort { lanes: 255, ..LITTLE },
            Effort { memory_kib: MOST.memory_kib + 1, ..EFFORT },
            Effort { passes: 0, ..LITTLE },
        ] {
            let header = Header { effort: absurd, salt: [0; SALT], nonce: [0; NONCE] };
            let file = [header.to_bytes(), vec![0; 64]].concat();
            assert!(matches!(open(&file, &phrase()), Err(BackupError::Effort)), "{absurd:?}");
        }
    }
}
