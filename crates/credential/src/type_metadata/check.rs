//! Credentials held to the rules of their type.
//!
//! Array positions count as issued, and a claim is disclosable where it is a disclosure of its own. What was
//! not shown to a verifier is no evidence that it was not issued; a holder has all of it.
//!
//! Spec: SD-JWT VC draft 19 sections 5.6 and 5.7.

use crate::sd_jwt::SdJwtError;
use crate::sd_jwt::issued::{Issued, Selection};
use crate::sd_jwt_vc::{Held, Verified};
use crate::type_metadata::claim::{ClaimMetadata, Disclosure};
use crate::type_metadata::{TypeMetadata, TypeReference};

/// Why a credential is not what its type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypeRuleError {
    /// The credential is of another type.
    #[error("credential is of another type than its metadata")]
    OtherType,
    /// The credential says that its type's document hashes to something else.
    #[error("credential means another document of its type")]
    OtherIntegrity,
    /// The credential is no acceptable SD-JWT.
    #[error("sd-jwt is refused")]
    SdJwt(#[source] SdJwtError),
    /// A path steps by name into what is no object, or by position into what is no array.
    #[error("claim is of another kind than its type says")]
    WrongKind,
    /// A mandatory claim was not issued.
    #[error("mandatory claim is missing")]
    Missing,
    /// A claim is not selectively disclosable and must be.
    #[error("claim must be selectively disclosable")]
    NotDisclosable,
    /// A claim is selectively disclosable and must not be.
    #[error("claim must not be selectively disclosable")]
    Disclosable,
}

/// How much of a credential is here.
#[derive(Clone, Copy)]
enum Extent {
    /// All that was issued: digests that lead nowhere are decoys.
    Whole,
    /// What its holder chose to show.
    Shown,
}

impl TypeMetadata {
    /// Holds a credential, with all its disclosures, to this type's rules.
    ///
    /// # Errors
    /// [`TypeRuleError`].
    pub fn check_held(&self, held: &Held) -> Result<(), TypeRuleError> {
        self.check_reference(held.type_reference())?;
        self.check_claims(&held.issued().map_err(TypeRuleError::SdJwt)?, Extent::Whole)
    }

    /// Holds what was shown of a credential to this type's rules.
    ///
    /// # Errors
    /// [`TypeRuleError`].
    pub fn check_shown(&self, shown: &Verified) -> Result<(), TypeRuleError> {
        self.check_reference(shown.type_reference())?;
        self.check_claims(&shown.issued().map_err(TypeRuleError::SdJwt)?, Extent::Shown)
    }

    fn check_reference(&self, credential: &TypeReference) -> Result<(), TypeRuleError> {
        if credential.vct != self.reference().vct {
            return Err(TypeRuleError::OtherType);
        }
        if credential.integrity.is_some() && credential.integrity != self.reference().integrity {
            return Err(TypeRuleError::OtherIntegrity);
        }
        Ok(())
    }

    fn check_claims(&self, issued: &Issued, extent: Extent) -> Result<(), TypeRuleError> {
        self.claims().iter().try_for_each(|claim| {
            let selection = issued.select(claim.path()).map_err(|_| TypeRuleError::WrongKind)?;
            check_mandatory(claim, &selection, extent)?;
            check_disclosure(claim, &selection)
        })
    }
}

fn check_mandatory(
    claim: &ClaimMetadata,
    selection: &Selection<'_>,
    extent: Extent,
) -> Result<(), TypeRuleError> {
    let may_be_hidden = match extent {
        Extent::Whole => false,
        Extent::Shown => selection.hidden_above || selection.hidden_here,
    };
    if claim.is_mandatory() && selection.places.is_empty() && !may_be_hidden {
        return Err(TypeRuleError::Missing);
    }
    Ok(())
}

fn check_disclosure(claim: &ClaimMetadata, selection: &Selection<'_>) -> Result<(), TypeRuleError> {
    let mut places = selection.places.iter();
    match claim.disclosure() {
        Disclosure::Always if !places.all(|place| place.disclosable) => Err(TypeRuleError::NotDisclosable),
        Disclosure::Never if places.any(|place| place.disclosable) => Err(TypeRuleError::Disclosable),
        Disclosure::Always | Disclosure::Allowed | Disclosure::Never => Ok(()),
    }
}

#[cfg(test)]
mod tests;
