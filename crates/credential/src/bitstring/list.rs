//! The credential that carries a list (section 2.2), and what it says of an entry (section 3.2).

use core::time::Duration;

use serde_json::{Map, Value, json};

use crate::bitstring::{Bitstring, BitstringError, StatusEntry, is_of_type};
use crate::time::UnixTime;
use crate::vcdm::jwt::VerifiedCredential;
use crate::vcdm::{BASE_CONTEXT, Credential, date};

const CREDENTIAL_TYPE: &str = "BitstringStatusListCredential";
const SUBJECT_TYPE: &str = "BitstringStatusList";
/// Purposes of one list, at most: the specification knows four.
const MAX_PURPOSES: usize = 8;

/// A list whose credential holds, still packed.
#[derive(Clone, Debug)]
pub struct StatusListCredential {
    id: Option<String>,
    issuer: String,
    purposes: Vec<String>,
    encoded: String,
    ttl: Option<Duration>,
    valid_until: Option<UnixTime>,
}

/// A list whose credential holds, unpacked for entries of one size.
#[derive(Clone, Debug)]
pub struct UnpackedList {
    credential: StatusListCredential,
    bits: Bitstring,
}

impl StatusListCredential {
    /// The list in a verified credential.
    ///
    /// # Errors
    /// [`BitstringError::Type`], [`BitstringError::Purpose`], [`BitstringError::TimeToLive`],
    /// [`BitstringError::Encoding`].
    pub fn read(verified: &VerifiedCredential) -> Result<Self, BitstringError> {
        let credential = verified.credential();
        if !credential.types().any(|kind| kind == CREDENTIAL_TYPE) {
            return Err(BitstringError::Type);
        }
        let subject = credential.members().get("credentialSubject").ok_or(BitstringError::Type)?;
        if !is_of_type(subject, SUBJECT_TYPE) {
            return Err(BitstringError::Type);
        }
        let encoded = subject.get("encodedList").and_then(Value::as_str).ok_or(BitstringError::Encoding)?;
        Ok(Self {
            id: credential.members().get("id").and_then(Value::as_str).map(str::to_owned),
            issuer: credential.issuer().to_owned(),
            purposes: read_purposes(subject.get("statusPurpose"))?,
            encoded: encoded.to_owned(),
            ttl: read_ttl(subject.get("ttl"))?,
            valid_until: credential.valid_until(),
        })
    }

    /// The credential of a list for one purpose, to be signed as `vc+jwt`.
    ///
    /// # Errors
    /// [`BitstringError::Credential`] where an address is none.
    pub fn make(
        list: &Bitstring,
        url: &str,
        issuer: &str,
        purpose: &str,
        valid: (UnixTime, UnixTime),
    ) -> Result<Credential, BitstringError> {
        let mut members = Map::new();
        members.insert("@context".into(), json!([BASE_CONTEXT]));
        members.insert("id".into(), url.into());
        members.insert("type".into(), json!(["VerifiableCredential", CREDENTIAL_TYPE]));
        members.insert("issuer".into(), issuer.into());
        for (name, moment) in [("validFrom", valid.0), ("validUntil", valid.1)] {
            members.insert(name.into(), date::write(moment).into());
        }
        let subject = json!({
            "id": format!("{url}#list"),
            "type": SUBJECT_TYPE,
            "statusPurpose": purpose,
            "encodedList": list.to_encoded(),
        });
        members.insert("credentialSubject".into(), subject);
        Credential::new(members).map_err(BitstringError::Credential)
    }

    /// The list unpacked, for entries of `size` bits: unpack once, read often.
    ///
    /// # Errors
    /// As [`Bitstring::from_encoded`].
    pub fn unpack(self, size: u8) -> Result<UnpackedList, BitstringError> {
        let bits = Bitstring::from_encoded(size, &self.encoded)?;
        Ok(UnpackedList { credential: Self { encoded: String::new(), ..self }, bits })
    }

    /// The issuer of the list, which the caller holds against that of the credential.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// How long a copy may be kept after it was fetched.
    pub const fn ttl(&self) -> Option<Duration> {
        self.ttl
    }

    /// Until when the list may be used at all.
    pub const fn valid_until(&self) -> Option<UnixTime> {
        self.valid_until
    }
}

impl UnpackedList {
    /// The status of `entry`: 0 where the purpose does not apply.
    ///
    /// # Errors
    /// [`BitstringError::List`], [`BitstringError::Purpose`], [`BitstringError::Size`],
    /// [`BitstringError::Index`].
    pub fn status(&self, entry: &StatusEntry) -> Result<u8, BitstringError> {
        if self.credential.id.as_deref().is_some_and(|id| id != entry.list) {
            return Err(BitstringError::List);
        }
        if !self.credential.purposes.contains(&entry.purpose) {
            return Err(BitstringError::Purpose);
        }
        if self.bits.size != entry.size {
            return Err(BitstringError::Size);
        }
        self.bits.get(entry.index)
    }

    /// What its credential says.
    pub const fn credential(&self) -> &StatusListCredential {
        &self.credential
    }
}

/// One purpose, or a list of them.
fn read_purposes(value: Option<&Value>) -> Result<Vec<String>, BitstringError> {
    let all = match value {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => core::slice::from_ref(one),
        None => &[],
    };
    let texts: Option<Vec<String>> = all.iter().map(|one| one.as_str().map(str::to_owned)).collect();
    texts.filter(|texts| (1..=MAX_PURPOSES).contains(&texts.len())).ok_or(BitstringError::Purpose)
}

/// Milliseconds; less than a second is none.
fn read_ttl(value: Option<&Value>) -> Result<Option<Duration>, BitstringError> {
    match value {
        None => Ok(None),
        Some(ttl) => {
            let milliseconds = ttl.as_u64().filter(|ttl| *ttl > 0).ok_or(BitstringError::TimeToLive)?;
            Ok(Some(Duration::from_millis(milliseconds)))
        }
    }
}
