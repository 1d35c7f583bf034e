//! A finality certificate: more than two thirds of an epoch's validators signed one header's digest.
//!
//! The bytes are the consensus engine's own, read here without the engine: a proposal (epoch, view and
//! parent view as variable-length numbers, the digest), a bitmap of signers (its length in bits as eight
//! bytes, then the bits, lowest first), and a signature of 64 bytes for each. What each validator signed is
//! the proposal under the network's namespace. Votes are checked by the engine's own Ed25519 rule
//! (ZIP 215), so that none counts for the chain and not for a phone.

use ed25519_zebra::{Signature, VerificationKey};

use crate::name::NetworkId;

/// Bytes of a certificate, at most: a hundred validators.
pub const MAX_CERTIFICATE: usize = 8 * 1024;

const SUFFIX: &[u8] = b"_FINALIZE";

/// Why a certificate proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not of the engine's form.
    #[error("certificate is malformed")]
    Malformed,
    /// Of another epoch.
    #[error("certificate is of another epoch")]
    Epoch,
    /// For another header.
    #[error("certificate is for another header")]
    Digest,
    /// Fewer votes than the quorum.
    #[error("certificate has fewer votes than the quorum")]
    Quorum,
    /// A vote that does not hold.
    #[error("certificate holds a vote that does not verify")]
    Signature,
}

/// The engine's namespace of a network's votes.
pub fn namespace(network: &NetworkId) -> Vec<u8> {
    format!("symbolon/{network}").into_bytes()
}

/// How many of `validators` must sign: more than two thirds.
pub const fn quorum(validators: usize) -> usize {
    validators - validators.saturating_sub(1) / 3
}

/// A certificate taken apart; no vote checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    proposal: Vec<u8>,
    epoch: u64,
    digest: [u8; 32],
    participants: u64,
    signers: Vec<usize>,
    signatures: Vec<[u8; 64]>,
}

impl Certificate {
    /// Reads a certificate, to the last byte.
    ///
    /// # Errors
    /// [`CertificateError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() > MAX_CERTIFICATE {
            return Err(CertificateError::Malformed);
        }
        let mut rest = bytes;
        let epoch = varint(&mut rest)?;
        let _view = varint(&mut rest)?;
        let _parent = varint(&mut rest)?;
        let digest = take(&mut rest)?;
        let proposal = bytes[..bytes.len() - rest.len()].to_vec();
        let participants = u64::from_be_bytes(take(&mut rest)?);
        let signers = bitmap(&mut rest, participants)?;
        let count = usize::try_from(varint(&mut rest)?).map_err(|_| CertificateError::Malformed)?;
        if count != signers.len() {
            return Err(CertificateError::Malformed);
        }
        let signatures = (0..count).map(|_| take(&mut rest)).collect::<Result<_, _>>()?;
        if !rest.is_empty() {
            return Err(CertificateError::Malformed);
        }
        Ok(Self { proposal, epoch, digest, participants, signers, signatures })
    }

    /// Checks that `validators` (the epoch's Ed25519 keys, in any order) finalised `digest` in `epoch`.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn verify(
        &self,
        network: &NetworkId,
        epoch: u64,
        validators: &[[u8; 32]],
        digest: &[u8; 32],
    ) -> Result<(), CertificateError> {
        if self.epoch != epoch {
            return Err(CertificateError::Epoch);
        }
        if self.digest != *digest {
            return Err(CertificateError::Digest);
        }
        if self.participants != validators.len() as u64 || self.signers.len() < quorum(validators.len()) {
            return Err(CertificateError::Quorum);
        }
        let mut sorted = validators.to_vec();
        sorted.sort_unstable();
        let message = signed_bytes(network, &self.proposal);
        for (signer, signature) in self.signers.iter().zip(&self.signatures) {
            let key = sorted.get(*signer).ok_or(CertificateError::Malformed)?;
            let key = VerificationKey::try_from(*key).map_err(|_| CertificateError::Signature)?;
            key.verify(&Signature::from(*signature), &message).map_err(|_| CertificateError::Signature)?;
        }
        Ok(())
    }
}

/// What a validator signs: the namespace, preceded by its length, and the proposal.
pub fn signed_bytes(network: &NetworkId, proposal: &[u8]) -> Vec<u8> {
    let namespace = [&namespace(network), SUFFIX].concat();
    [&write_varint(namespace.len() as u64), namespace.as_slice(), proposal].concat()
}

fn bitmap(rest: &mut &[u8], participants: u64) -> Result<Vec<usize>, CertificateError> {
    let length = usize::try_from(participants).map_err(|_| CertificateError::Malformed)?;
    if length == 0 || length > MAX_CERTIFICATE {
        return Err(CertificateError::Malformed);
    }
    let (bits, tail) = rest.split_at_checked(length.div_ceil(8)).ok_or(CertificateError::Malformed)?;
    *rest = tail;
    let set: Vec<usize> =
        (0..bits.len() * 8).filter(|index| bits[index / 8] >> (index % 8) & 1 == 1).collect();
    if set.last().is_some_and(|last| *last >= length) {
        return Err(CertificateError::Malformed);
    }
    Ok(set)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], CertificateError> {
    let (head, tail) = rest.split_first_chunk().ok_or(CertificateError::Malformed)?;
    *rest = tail;
    Ok(*head)
}

/// A number in groups of seven bits, lowest first, in its shortest form.
fn varint(rest: &mut &[u8]) -> Result<u64, CertificateError> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let [byte] = take(rest)?;
        let bits = u64::from(byte & 0x7f);
        if (shift == 63 && bits > 1) || (shift > 0 && byte == 0) {
            return Err(CertificateError::Malformed);
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(CertificateError::Malformed)
}

fn write_varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 & 0x7f | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// Certificates made with keys in hand, in the engine's form: for tests of everything that reads one.
#[cfg(any(test, feature = "test-support"))]
pub mod dangerous_make {
    use ed25519_zebra::SigningKey;

    use super::{signed_bytes, write_varint};
    use crate::name::NetworkId;

    /// A certificate over `digest` by those `validators` whose position is in `signers`.
    pub fn certificate(
        network: &NetworkId,
        epoch: u64,
        view: u64,
        digest: &[u8; 32],
        validators: &[SigningKey],
        signers: &[usize],
    ) -> Vec<u8> {
        let key = |signer: &SigningKey| -> [u8; 32] { ed25519_zebra::VerificationKey::from(signer).into() };
        let mut sorted: Vec<&SigningKey> = validators.iter().collect();
        sorted.sort_by_key(|signer| key(signer));
        let proposal =
            [write_varint(epoch), write_varint(view), write_varint(view.saturating_sub(1)), digest.to_vec()]
                .concat();
        let mut bits = vec![0u8; validators.len().div_ceil(8)];
        for signer in signers {
            bits[signer / 8] |= 1 << (signer % 8);
        }
        let message = signed_bytes(network, &proposal);
        let mut bytes = proposal;
        bytes.extend((validators.len() as u64).to_be_bytes());
        bytes.extend(bits);
        bytes.extend(write_varint(signers.len() as u64));
        for signer in signers {
            bytes.extend(<[u8; 64]>::from(sorted[*signer].sign(&message)));
        }
        bytes
    }
}
