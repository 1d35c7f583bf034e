//! Checking every copy of a card before any is kept.
//!
//! Spec: OpenID4VCI 1.0 section 8.3; SD-JWT VC draft 19 section 2.5.

use std::collections::BTreeSet;

use credential::key::RustCrypto;
use credential::sd_jwt_vc::Held;
use openid4vc::vci::metadata::Configuration;

use super::fetch::NewKey;
use super::{Offered, ReceiveError};
use crate::keys::KeyHandle;
use crate::wallet::Wallet;

impl Wallet {
    /// Holds every copy against the issuer that offered it, and against the key that it was asked for with.
    pub(super) fn check(
        &self,
        offered: &Offered,
        configuration: &Configuration,
        mut keys: Vec<NewKey>,
        texts: &[String],
    ) -> Result<Vec<(String, KeyHandle)>, ReceiveError> {
        if texts.is_empty() || texts.len() > keys.len() {
            return Err(ReceiveError::Copies);
        }
        let mut copies = Vec::new();
        let mut marks = BTreeSet::new();
        for text in texts {
            let held = Held::parse(text)?;
            let now = self.now();
            let (vct, issued_at) = (held.vct(), held.issued_at());
            let signer = offered.facts.issuer(held.issuer(), vct, issued_at, now, &RustCrypto)?;
            if signer.member != offered.member || configuration.vct.as_deref() != Some(vct) {
                return Err(ReceiveError::OtherCard);
            }
            held.verify_issued(&signer.key, now, &RustCrypto)?;
            let ours = keys.iter().position(|key| key.signer.public_key() == held.holder_key());
            let key = keys.swap_remove(ours.ok_or(ReceiveError::OtherCard)?);
            if !marks_of(&held, text).into_iter().all(|mark| marks.insert(mark)) {
                return Err(ReceiveError::Linkable);
            }
            copies.push((text.clone(), key.handle));
        }
        Ok(copies)
    }
}

/// What would tell two copies to be of one card if they shared it: the place of their status, and each
/// disclosure with its salt.
fn marks_of(held: &Held, text: &str) -> Vec<String> {
    let place = held.status().map(|status| format!("{} {}", status.uri, status.index));
    let disclosures = text.split('~').skip(1).filter(|part| !part.is_empty()).map(str::to_owned);
    place.into_iter().chain(disclosures).collect()
}
