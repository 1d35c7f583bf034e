//! Certificate chains as `x5c` carries them, held against trust anchors that the caller names.
//!
//! This is not web PKI: no host names are matched and no system store is asked. A chain is one to four
//! certificates, leaf first, the anchor itself left out; each is signed by the next and the last by an
//! anchor; every certificate above the leaf may sign certificates; the leaf may sign data and is no CA.
//!
//! Spec: RFC 5280 sections 4 and 6.1, RFC 7515 section 4.1.6, HAIP 1.0 section 6.1.1.

mod certificate;
mod document_signer;

use sha2::{Digest as _, Sha256};

use crate::encoding::{base64, from_base64};
use crate::key::{KeyError, PublicKey, VerifySignature};
use crate::time::UnixTime;

use certificate::Parsed;

/// Certificates in one chain, at most: a leaf and three authorities, each of which costs a signature to check.
pub const MAX_CHAIN: usize = 4;
/// Bytes of one certificate, at most: those of the EUDI and ICAO profiles stay below two kilobytes.
pub const MAX_CERTIFICATE: usize = 8 * 1024;

/// Why a chain is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum X509Error {
    /// Not a certificate in DER, or not in base64.
    #[error("certificate is malformed")]
    Malformed,
    /// No certificate at all, or more than [`MAX_CHAIN`].
    #[error("certificate chain is empty or too long")]
    ChainLength,
    /// A certificate is larger than [`MAX_CERTIFICATE`].
    #[error("certificate is larger than allowed")]
    TooLarge,
    /// One extension stands twice in a certificate (RFC 5280 section 4.2).
    #[error("certificate repeats an extension")]
    RepeatedExtension,
    /// A key that we do not use.
    #[error("certificate holds an unusable key")]
    Key(#[source] KeyError),
    /// A critical extension that we do not understand.
    #[error("certificate has an unknown critical extension")]
    CriticalExtension,
    /// Names or policies are constrained (RFC 5280 sections 4.2.1.10, 4.2.1.11 and 4.2.1.14), which is not
    /// checked here and must not be passed over.
    #[error("certificate constrains names or policies")]
    Constrained,
    /// Signed with an algorithm that we do not allow.
    #[error("certificate is signed with an algorithm that is not allowed")]
    Algorithm,
    /// Not yet, or no longer, valid.
    #[error("certificate is outside its validity")]
    Validity,
    /// A certificate is issued under another name than the next one has, or under none.
    #[error("certificate is issued under another name than the next one has")]
    Name,
    /// A signature inside the chain does not hold.
    #[error("certificate is not signed by the next one")]
    Signature,
    /// No anchor signed the end of the chain.
    #[error("certificate chain leads to no trusted anchor")]
    NoAnchor,
    /// A certificate above the leaf is no authority.
    #[error("certificate above the leaf is no authority")]
    NotAnAuthority,
    /// The key of a certificate above the leaf is not for signing certificates.
    #[error("certificate may not sign certificates")]
    AuthorityUsage,
    /// There are more authorities below a certificate than it allows.
    #[error("certificate chain is longer than an authority allows")]
    PathLength,
    /// A leaf that is an authority.
    #[error("leaf certificate is an authority")]
    LeafIsAuthority,
    /// A leaf that names itself as its issuer.
    #[error("leaf certificate is issued by itself")]
    LeafIsOwnIssuer,
    /// The key of the leaf is not for signing data.
    #[error("leaf certificate may not sign data")]
    LeafUsage,
    /// The anchor itself stands in the chain.
    #[error("chain carries its own anchor")]
    AnchorIncluded,
    /// A document signer that is not directly under an authority which signs leaves only.
    #[error("document signer does not stand directly under its authority")]
    NotDirect,
    /// Key usage, which both certificates of a document signer must state, is missing.
    #[error("certificate of a document signer or its authority states no key usage")]
    KeyUsage,
    /// The certificate is not one for signing documents.
    #[error("certificate is not for signing documents")]
    ExtendedKeyUsage,
    /// Document signer and authority are not of one country, or of none.
    #[error("document signer and its authority are not of one country")]
    Country,
    /// The document signer is valid before or after its authority.
    #[error("document signer is valid for longer than its authority")]
    Nesting,
}

/// A chain as it arrived: parsed, not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    certificates: Vec<Parsed>,
}

impl Chain {
    /// Reads the texts of an `x5c` header.
    ///
    /// # Errors
    /// [`X509Error`]: of one certificate alone, or of how many there are.
    pub fn from_x5c(texts: &[String]) -> Result<Self, X509Error> {
        if texts.len() > MAX_CHAIN {
            return Err(X509Error::ChainLength);
        }
        if texts.iter().any(|text| text.len() > MAX_CERTIFICATE * 2) {
            return Err(X509Error::TooLarge);
        }
        let ders: Result<Vec<_>, _> = texts.iter().map(from_base64).collect();
        Self::from_ders(&ders.map_err(|_| X509Error::Malformed)?)
    }

    /// Reads DER certificates, leaf first.
    ///
    /// # Errors
    /// As [`Chain::from_x5c`].
    pub fn from_ders(ders: &[Vec<u8>]) -> Result<Self, X509Error> {
        if ders.is_empty() || ders.len() > MAX_CHAIN {
            return Err(X509Error::ChainLength);
        }
        let certificates = ders.iter().map(|der| Parsed::new(der)).collect::<Result<_, _>>()?;
        Ok(Self { certificates })
    }

    /// The texts for an `x5c` header.
    pub fn to_x5c(&self) -> Vec<String> {
        self.certificates.iter().map(|certificate| base64(&certificate.der)).collect()
    }

    /// The certificates in DER, leaf first.
    pub fn ders(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates.iter().map(|certificate| certificate.der.as_slice())
    }

    /// The leaf's key.
    pub fn leaf_key(&self) -> &PublicKey {
        &self.leaf().key
    }

    /// Whether the leaf is valid at `time`.
    pub fn leaf_is_valid_at(&self, time: UnixTime) -> bool {
        self.leaf().not_before <= time && time <= self.leaf().not_after
    }

    /// The country in the leaf's subject, where present.
    pub fn leaf_country(&self) -> Option<&str> {
        self.leaf().country.as_deref()
    }

    /// What each certificate calls the key that signed it (`authorityKeyIdentifier`, RFC 5280 section 4.2.1.1), where
    /// it says so. Only a name to look for: which key signed is for [`Chain::verify`] to say.
    pub fn authority_keys(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates.iter().filter_map(|certificate| certificate.authority_key.as_deref())
    }

    /// SHA-256 over the leaf's DER, as the `x509_hash` prefix names it (OpenID4VP 1.0 section 5.9.3).
    pub fn leaf_sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.leaf().der).into()
    }

    /// Checks the chain at `now` and says which of `anchors` (DER) it leads to. What the leaf is for is said by its anchor; a
    /// profile may ask for a purpose besides. Signatures inside the chain come last, so that a chain under no anchor costs
    /// none of them, however many anchors it is held against.
    ///
    /// # Errors
    /// [`X509Error`]; with several anchors, [`X509Error::NoAnchor`] where none of them signed the end.
    pub fn verify(
        &self,
        anchors: &[&[u8]],
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<usize, X509Error> {
        self.leaf().check_leaf(now)?;
        for (depth, pair) in self.certificates.windows(2).enumerate() {
            pair[1].check_authority(depth, now)?;
            pair[0].check_issued_by(&pair[1])?;
        }
        let index = self.find_anchor(anchors, now, backend)?;
        for pair in self.certificates.windows(2) {
            pair[0].check_signed_by(&pair[1], backend)?;
        }
        Ok(index)
    }

    /// Which of `anchors` signed the end of the chain.
    fn find_anchor(
        &self,
        anchors: &[&[u8]],
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<usize, X509Error> {
        let depth = self.certificates.len() - 1;
        let last = &self.certificates[depth];
        let mut refusal = X509Error::NoAnchor;
        for (index, der) in anchors.iter().enumerate() {
            if self.certificates.iter().any(|certificate| certificate.der == **der) {
                return Err(X509Error::AnchorIncluded);
            }
            let Ok(anchor) = Parsed::new(der) else { continue };
            if last.check_signed_by(&anchor, backend).is_err() {
                continue;
            }
            match anchor.check_authority(depth, now) {
                Ok(()) => return Ok(index),
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    fn leaf(&self) -> &Parsed {
        &self.certificates[0]
    }
}

/// A trust anchor that is fit to be one: an authority that signed itself and is valid now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor(Parsed);

impl Anchor {
    /// Checks one DER certificate.
    ///
    /// # Errors
    /// [`X509Error`].
    pub fn check(der: &[u8], now: UnixTime, backend: &dyn VerifySignature) -> Result<Self, X509Error> {
        let certificate = Parsed::new(der)?;
        certificate.check_authority(0, now)?;
        certificate.check_signed_by(&certificate, backend)?;
        Ok(Self(certificate))
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }
}

#[cfg(test)]
mod tests;
