//! The issuer's half.

use rand_core::CryptoRng;
use serde_json::{Map, Value, json};

use crate::issuer::KeyReference;
use crate::key::Signer;
use crate::sd_jwt::disclosure::HashAlgorithm;
use crate::sd_jwt::issue::{self, check_disclosable};
use crate::sd_jwt_vc::{Issuance, IssueError, TYPE};

/// Claims that stand in fields of their own, or none of whose readers may miss them.
const OWN_CLAIMS: [&str; 9] =
    ["iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"];

impl Issuance {
    /// Signs the credential: the issuer's token and every disclosure, ending with a tilde.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn issue(
        &self,
        key: &KeyReference,
        signer: &dyn Signer,
        rng: &mut dyn CryptoRng,
    ) -> Result<String, IssueError> {
        if self.issuer.is_none() && matches!(key, KeyReference::Kid(_)) {
            return Err(IssueError::Unnamed);
        }
        if self.claims.keys().any(|name| OWN_CLAIMS.contains(&name.as_str())) {
            return Err(IssueError::SdJwt(issue::IssueError::ReservedName));
        }
        check_disclosable(&self.disclosable, &OWN_CLAIMS).map_err(IssueError::SdJwt)?;
        let mut header = Map::new();
        header.insert("typ".into(), TYPE.into());
        key.write_to(&mut header);
        let token = issue::Issuance {
            header,
            claims: self.with_registered(),
            disclosable: self.disclosable.clone(),
            decoys: self.decoys,
            algorithm: HashAlgorithm::Sha256,
        };
        token.issue(signer, rng).map_err(IssueError::SdJwt)
    }

    fn with_registered(&self) -> Map<String, Value> {
        let mut claims = self.claims.clone();
        let status = self.status.as_ref().map(|status| json!({"status_list": status}));
        let iss = self.issuer.as_deref().map(Value::from);
        let nbf = self.not_before.map(|time| time.secs().into());
        for (name, value) in [("iss", iss), ("nbf", nbf), ("status", status)] {
            claims.extend(value.map(|value| (name.to_owned(), value)));
        }
        claims.insert("vct".into(), self.vct.as_str().into());
        claims.insert("iat".into(), self.issued_at.secs().into());
        claims.insert("exp".into(), self.expires_at.secs().into());
        claims.insert("cnf".into(), json!({"jwk": self.holder.to_jwk()}));
        claims
    }
}
