//! `verifier_info`: what a request carries about its verifier from others (section 5.11).

use credential::encoding::{base64url, from_base64url};
use serde_json::{Value, json};

use crate::message::{Members, MessageError};
use crate::vp::request::{
    MAX_ENTRIES, MAX_STAPLE, REGISTRATION_FORMAT, RequestError, StapledRegistration, VerifierInfo,
};

impl VerifierInfo {
    pub(super) fn parse(members: Members<'_>) -> Result<Self, RequestError> {
        let mut registration = None;
        for entry in members.list("verifier_info", MAX_ENTRIES)?.unwrap_or_default() {
            let entry = Members::of(entry, "verifier_info")?;
            if entry.required_text("format")? != REGISTRATION_FORMAT {
                continue;
            }
            let data = entry.required_object("data")?;
            if registration.replace(StapledRegistration::parse(data)?).is_some() {
                return Err(RequestError::Registration);
            }
        }
        Ok(Self { registration })
    }

    pub(super) fn to_json(&self) -> Option<Value> {
        let registration = self.registration.as_ref()?;
        Some(json!([{"format": REGISTRATION_FORMAT, "data": {
            "member": registration.member,
            "use": registration.use_name,
            "proof": base64url(&registration.proof),
        }}]))
    }
}

impl StapledRegistration {
    fn parse(data: Members<'_>) -> Result<Self, RequestError> {
        let proof = data.value("proof").ok_or(MessageError::Missing("proof"))?;
        let proof = proof.as_str().ok_or(MessageError::Kind("proof"))?;
        if proof.len() > MAX_STAPLE.div_ceil(3) * 4 {
            return Err(MessageError::TooLarge("proof").into());
        }
        Ok(Self {
            member: data.required_text("member")?.to_owned(),
            use_name: data.required_text("use")?.to_owned(),
            proof: from_base64url(proof).map_err(|_| RequestError::Registration)?,
        })
    }
}
