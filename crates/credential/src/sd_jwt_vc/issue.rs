//! The issuer's half.

use rand_core::CryptoRng;
use serde_json::{Map, Value, json};

use crate::issuer::KeyReference;
use crate::key::Signer;
use crate::sd_jwt::disclosure::HashAlgorithm;
use crate::sd_jwt::issue::{self, check_disclosable};
use crate::sd_jwt_vc::{Issuance, IssueError, NEVER_DISCLOSABLE, Registered, TYPE};

/// Claims that an [`Issuance`] has fields for.
const FIELDS: [&str; 7] = ["iss", "iat", "nbf", "exp", "cnf", "vct", "status"];

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
        if FIELDS.iter().any(|name| self.claims.contains_key(*name)) {
            return Err(IssueError::ReservedName);
        }
        check_disclosable(&self.disclosable, &FIELDS).map_err(IssueError::SdJwt)?;
        check_disclosable(&self.disclosable, &NEVER_DISCLOSABLE).map_err(IssueError::SdJwt)?;
        let claims = self.with_registered();
        Registered::read(&claims).map_err(IssueError::Registered)?;
        let mut header = Map::new();
        header.insert("typ".into(), TYPE.into());
        key.write_to(&mut header);
        let token = issue::Issuance {
            header,
            claims,
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
