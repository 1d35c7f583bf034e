//! Checking every copy of a card before any is kept.
//!
//! Spec: OpenID4VCI 1.0 section 8.3; SD-JWT VC draft 19 section 2.5.

use std::collections::BTreeSet;

use credential::claim_path::ClaimPath;
use credential::key::RustCrypto;
use openid4vc::vci::metadata::Configuration;
use serde_json::Value;

use super::fetch::NewKey;
use super::{Offered, ReceiveError};
use crate::cards::value_at;
use crate::held::{CardFormat, Held};
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
        let (mut copies, mut marks, mut says) = (Vec::new(), BTreeSet::new(), None);
        for text in texts {
            let held = Held::parse(format_of(configuration)?, text)?;
            self.check_issuer(offered, configuration, &held)?;
            let ours = keys.iter().position(|key| key.signer.public_key() == held.holder_key());
            let key = keys.swap_remove(ours.ok_or(ReceiveError::OtherCard)?);
            if !held.marks().into_iter().all(|mark| marks.insert(mark)) {
                return Err(ReceiveError::Linkable);
            }
            if *says.get_or_insert_with(|| own_values(&held)) != own_values(&held) {
                return Err(ReceiveError::CopiesDiffer);
            }
            copies.push((text.clone(), key.handle));
        }
        Ok(copies)
    }

    /// The card is one that was offered, and signed by whoever offered it.
    fn check_issuer(
        &self,
        offered: &Offered,
        configuration: &Configuration,
        held: &Held,
    ) -> Result<(), ReceiveError> {
        let (now, vct, issued_at) = (self.now(), held.vct(), held.issued_at());
        let (by, facts) = (held.issuer(), &offered.facts);
        let signer = match held {
            Held::SdJwtVc(_) => facts.issuer(&by, vct, issued_at, now, &RustCrypto)?,
            Held::Mdoc(_) => facts.document_issuer(&by, vct, issued_at, now, &RustCrypto)?,
        };
        if signer.member != offered.member || configuration.card_type() != Some(vct) {
            return Err(ReceiveError::OtherCard);
        }
        Ok(held.verify_issued(&signer.key, now, &RustCrypto)?)
    }
}

/// The format that a configuration is for.
pub(super) fn format_of(configuration: &Configuration) -> Result<CardFormat, ReceiveError> {
    CardFormat::from_name(&configuration.format).ok_or(ReceiveError::UnsupportedCard)
}

/// What a copy says about the person: the same as every other copy of its card.
fn own_values(held: &Held) -> Vec<(ClaimPath, Value)> {
    held.own_paths().into_iter().map(|path| (path.clone(), value_at(held.claims(), &path))).collect()
}
