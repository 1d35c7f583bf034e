//! Keys as CBOR: P-256 and Ed25519, public part only.
//!
//! Spec: RFC 9052 section 7, RFC 9053 section 7.

use crate::cbor::value::Value;
use crate::cbor::{Item, Kind};
use crate::key::{Algorithm, KeyError, PublicKey};

const KTY: i64 = 1;
const ALG: i64 = 3;
const KEY_OPS: i64 = 4;
const CRV: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const D: i64 = -4;

const OKP: i64 = 1;
const EC2: i64 = 2;
const P256: i64 = 1;
const ED25519: i64 = 6;
const VERIFY: u64 = 2;

impl PublicKey {
    /// A key from a public `COSE_Key`. `kid` is the caller's to judge.
    ///
    /// # Errors
    /// [`KeyError`]: of another kind, malformed, off the curve, with a private part, or for another use.
    pub fn from_cose_key(item: &Item<'_>) -> Result<Self, KeyError> {
        if item.as_map().is_none() {
            return Err(KeyError::Malformed);
        }
        if item.member(D).is_some() {
            return Err(KeyError::Private);
        }
        let number = |label: i64| item.member(label).and_then(Item::as_integer).ok_or(KeyError::Type);
        let key = match (number(KTY)?, number(CRV)?) {
            (EC2, P256) => Self::from_bytes(Algorithm::Es256, &read_point(item)?)?,
            (OKP, ED25519) => Self::from_bytes(Algorithm::EdDsa, coordinate(item, X)?)?,
            _ => return Err(KeyError::Type),
        };
        key.check_cose_purpose(item)?;
        Ok(key)
    }

    fn check_cose_purpose(&self, item: &Item<'_>) -> Result<(), KeyError> {
        if let Some(alg) = item.member(ALG) {
            let number = alg.as_integer().ok_or(KeyError::Algorithm)?;
            if Algorithm::from_cose_number(number)? != self.algorithm() {
                return Err(KeyError::Algorithm);
            }
        }
        let Some(operations) = item.member(KEY_OPS) else { return Ok(()) };
        let operations = operations.as_array().ok_or(KeyError::Malformed)?;
        let verifies = operations.iter().any(|operation| operation.as_unsigned() == Some(VERIFY));
        if verifies { Ok(()) } else { Err(KeyError::Purpose) }
    }

    /// The public `COSE_Key`, required members only.
    pub fn to_cose_key(&self) -> Value {
        let bytes = self.to_bytes();
        let members = match self.algorithm() {
            Algorithm::Es256 => {
                let (x, y) = bytes[1..].split_at(32);
                vec![(KTY, EC2.into()), (CRV, P256.into()), (X, x.into()), (Y, y.into())]
            }
            Algorithm::EdDsa => vec![(KTY, OKP.into()), (CRV, ED25519.into()), (X, bytes.into())],
        };
        Value::map(members)
    }
}

/// SEC1 of a point, whose `y` may be there by its sign only (RFC 9053 section 7.1.1).
fn read_point(item: &Item<'_>) -> Result<Vec<u8>, KeyError> {
    let x = coordinate(item, X)?;
    match item.member(Y).map(Item::kind) {
        Some(Kind::Bool(odd)) => Ok([&[2 + u8::from(*odd)][..], x].concat()),
        Some(_) => Ok([&[4][..], x, coordinate(item, Y)?].concat()),
        None => Err(KeyError::Malformed),
    }
}

fn coordinate<'a>(item: &Item<'a>, label: i64) -> Result<&'a [u8], KeyError> {
    let bytes = item.member(label).and_then(Item::as_bytes);
    bytes.filter(|bytes| bytes.len() == 32).ok_or(KeyError::Malformed)
}
