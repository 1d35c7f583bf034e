//! COSE: signatures and MACs over CBOR, by one key, with what we allow and nothing else.
//!
//! `alg` stands in the protected header and is one that this use allows; a label stands once, in one of the
//! two headers; `crit` is refused, since we understand no extension. What is signed is built from the
//! protected header's bytes as received.
//!
//! Spec: RFC 9052 sections 3, 4.2, 4.4 and 6.2, RFC 9053, RFC 9360 (`x5chain`), RFC 9596 (`typ`), RFC 9864.

pub mod mac0;
pub mod sign1;

mod key;

use crate::cbor::value::Value;
use crate::cbor::{CborError, Item, Kind};
use crate::key::{Algorithm, KeyError};
use crate::x509::{Chain, MAX_CHAIN, X509Error};

/// Bytes of a protected header, at most: four certificates of 8 KiB and room.
pub const MAX_HEADER: usize = 48 * 1024;

const ALG: i64 = 1;
const CRIT: i64 = 2;
const KID: i64 = 4;
const TYP: i64 = 16;
const X5CHAIN: i64 = 33;

/// Why a COSE message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoseError {
    /// Not CBOR that may be read.
    #[error("message is unacceptable cbor")]
    Cbor(#[source] CborError),
    /// Not an array of the two headers, a payload and a signature or MAC.
    #[error("message has not the form of its kind")]
    Form,
    /// A tag where none may be, another one, or none where one must be.
    #[error("message has not the tag of its kind")]
    Tag,
    /// The protected header is not acceptable CBOR.
    #[error("protected header is unacceptable cbor")]
    Protected(#[source] CborError),
    /// A header is no map, or a parameter is of the wrong kind.
    #[error("header is malformed")]
    Header,
    /// One label in both headers.
    #[error("header parameter is both protected and unprotected")]
    RepeatedLabel,
    /// `crit` is present, and we understand no extension.
    #[error("message has critical header parameters")]
    Critical,
    /// `alg` is not protected, not allowed, or not the key's.
    #[error("algorithm is not allowed for this key")]
    Algorithm,
    /// `typ` is not what was expected here.
    #[error("message is of another type")]
    Type,
    /// `x5chain` is missing, or not in the header where this use has it.
    #[error("certificates are missing or in the wrong header")]
    CertificatePlace,
    /// `x5chain` holds no acceptable chain.
    #[error("certificate chain is not acceptable")]
    Chain(#[source] X509Error),
    /// A payload where a detached one was expected, or none where one must be.
    #[error("payload is missing or unexpected")]
    Payload,
    /// The signature does not hold.
    #[error("signature does not verify")]
    Signature,
    /// The MAC does not hold.
    #[error("mac does not verify")]
    Mac,
}

/// Where `x5chain` may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificatePlace {
    /// In the unprotected header only (ISO 18013-5 section 9.1.2.4).
    Unprotected,
    /// In either (RFC 9360 section 2).
    Either,
}

/// The headers of a message. Only the protected ones are covered by its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headers {
    protected: Vec<u8>,
    algorithm: i64,
    typ: Option<String>,
    kid: Option<Vec<u8>>,
    certificates: Option<Certificates>,
}

/// What `x5chain` holds, and in which header.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Certificates {
    place: CertificatePlace,
    ders: Vec<Vec<u8>>,
}

impl Headers {
    /// `typ`, where present.
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// `kid`, where present. Not protected: only to find the key by.
    pub fn kid(&self) -> Option<&[u8]> {
        self.kid.as_deref()
    }

    /// Whether certificates are present.
    pub const fn has_certificates(&self) -> bool {
        self.certificates.is_some()
    }

    /// The chain in `x5chain`, which says itself whom it leads to.
    ///
    /// # Errors
    /// [`CoseError::CertificatePlace`] and [`CoseError::Chain`].
    pub fn chain(&self, allowed: CertificatePlace) -> Result<Chain, CoseError> {
        let certificates = self.certificates.as_ref().ok_or(CoseError::CertificatePlace)?;
        if allowed == CertificatePlace::Unprotected && certificates.place != allowed {
            return Err(CoseError::CertificatePlace);
        }
        Chain::from_ders(&certificates.ders).map_err(CoseError::Chain)
    }

    /// An encoded empty map counts as no bytes (RFC 9052 section 3), in what is signed too (section 4.4).
    fn parse(protected: &Item<'_>, unprotected: &Item<'_>) -> Result<Self, CoseError> {
        let bytes = protected.as_bytes().ok_or(CoseError::Header)?;
        let protected = match bytes {
            [] => &[0xa0][..],
            bytes => bytes,
        };
        let signed = Item::parse(protected, MAX_HEADER).map_err(CoseError::Protected)?;
        let labels = signed.as_map().ok_or(CoseError::Header)?;
        let others = unprotected.as_map().ok_or(CoseError::Header)?;
        if labels.keys().any(|label| others.contains_key(label)) {
            return Err(CoseError::RepeatedLabel);
        }
        if signed.member(CRIT).or_else(|| unprotected.member(CRIT)).is_some() {
            return Err(CoseError::Critical);
        }
        let either = |label: i64| signed.member(label).or_else(|| unprotected.member(label));
        Ok(Self {
            protected: if labels.is_empty() { Vec::new() } else { bytes.to_vec() },
            algorithm: signed.member(ALG).and_then(Item::as_integer).ok_or(CoseError::Algorithm)?,
            typ: signed.member(TYP).map(read_typ).transpose()?,
            kid: either(KID)
                .map(|kid| kid.as_bytes().map(<[u8]>::to_vec).ok_or(CoseError::Header))
                .transpose()?,
            certificates: read_certificates(&signed, unprotected)?,
        })
    }
}

fn read_typ(typ: &Item<'_>) -> Result<String, CoseError> {
    typ.as_text().map(str::to_owned).ok_or(CoseError::Type)
}

fn read_certificates(signed: &Item<'_>, unprotected: &Item<'_>) -> Result<Option<Certificates>, CoseError> {
    let (place, item) = match (signed.member(X5CHAIN), unprotected.member(X5CHAIN)) {
        (None, None) => return Ok(None),
        (Some(item), _) => (CertificatePlace::Either, item),
        (None, Some(item)) => (CertificatePlace::Unprotected, item),
    };
    let ders = match item.kind() {
        Kind::Bytes(der) => vec![der.to_vec()],
        // RFC 9360 wants a lone certificate outside an array; some issuers put it in one.
        Kind::Array(items) if (1..=MAX_CHAIN).contains(&items.len()) => {
            let ders = items.iter().map(|der| der.as_bytes().map(<[u8]>::to_vec));
            ders.collect::<Option<_>>().ok_or(CoseError::Header)?
        }
        _ => return Err(CoseError::Header),
    };
    Ok(Some(Certificates { place, ders }))
}

/// What a signer puts into the headers, beside `alg`.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewHeaders<'a> {
    /// `typ`, protected.
    pub typ: Option<&'a str>,
    /// `kid`, unprotected.
    pub kid: Option<&'a [u8]>,
    /// `x5chain`, unprotected.
    pub chain: Option<&'a Chain>,
}

impl NewHeaders<'_> {
    fn protected(&self, algorithm: i64) -> Vec<u8> {
        let typ = self.typ.map(|typ| (TYP, typ.into()));
        Value::map([(ALG, algorithm.into())].into_iter().chain(typ)).encode()
    }

    fn unprotected(&self) -> Value {
        let kid = self.kid.map(|kid| (KID, kid.into()));
        let chain = self.chain.map(|chain| (X5CHAIN, write_certificates(chain)));
        Value::map(kid.into_iter().chain(chain))
    }
}

fn write_certificates(chain: &Chain) -> Value {
    let mut ders: Vec<Value> = chain.ders().map(Value::from).collect();
    if ders.len() == 1 { ders.remove(0) } else { ders.into() }
}

/// The three parts that both kinds share, and what stands behind them.
struct Parts<'i> {
    headers: Headers,
    payload: Option<Vec<u8>>,
    proof: &'i [u8],
}

impl<'i> Parts<'i> {
    fn read(item: &Item<'i>) -> Result<Self, CoseError> {
        if matches!(item.kind(), Kind::Tag(..)) {
            return Err(CoseError::Tag);
        }
        let [protected, unprotected, payload, proof] = item.as_array().ok_or(CoseError::Form)? else {
            return Err(CoseError::Form);
        };
        let payload = match payload.kind() {
            Kind::Bytes(bytes) => Some(bytes.to_vec()),
            Kind::Null => None,
            _ => return Err(CoseError::Form),
        };
        let proof = proof.as_bytes().ok_or(CoseError::Form)?;
        Ok(Self { headers: Headers::parse(protected, unprotected)?, payload, proof })
    }
}

/// What a signature or MAC goes over (RFC 9052 sections 4.4 and 6.3).
fn covered(context: &str, protected: &[u8], external: &[u8], payload: &[u8]) -> Vec<u8> {
    Value::Array(vec![context.into(), protected.into(), external.into(), payload.into()]).encode()
}

impl Algorithm {
    /// The number that we write.
    const fn cose_number(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
        }
    }

    /// The algorithm of a COSE number: ES256 and EdDSA, or their fully specified forms ESP256 and Ed25519.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`].
    pub const fn from_cose_number(number: i64) -> Result<Self, KeyError> {
        match number {
            -7 | -9 => Ok(Self::Es256),
            -8 | -19 => Ok(Self::EdDsa),
            _ => Err(KeyError::Algorithm),
        }
    }
}

#[cfg(test)]
mod tests;
