//! The issuer's half.

use rand_core::CryptoRng;
use serde_json::{Map, Value, json};

use crate::claim_path::{ClaimPath, PathElement};
use crate::issuer::KeyReference;
use crate::jws;
use crate::key::Signer;
use crate::sd_jwt::conceal::conceal;
use crate::sd_jwt_vc::{Issuance, IssueError, NEVER_DISCLOSABLE, TYPE};

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
        self.check_names()?;
        let mut payload = self.claims.clone();
        let disclosures = conceal(&mut payload, &self.disclosable, self.decoys, rng)
            .map_err(|_| IssueError::NoSuchClaim)?;
        self.add_registered(&mut payload);
        let mut header = Map::new();
        header.insert("typ".into(), TYPE.into());
        key.write_to(&mut header);
        let mut text = jws::sign(header, &payload, signer).map_err(IssueError::Sign)?;
        for disclosure in disclosures {
            text.push('~');
            text.push_str(&disclosure);
        }
        text.push('~');
        Ok(text)
    }

    fn check_names(&self) -> Result<(), IssueError> {
        let registered = |name: &str| name == "iat" || NEVER_DISCLOSABLE.contains(&name);
        if self.claims.keys().any(|name| registered(name)) || self.claims.iter().any(uses_reserved_name) {
            return Err(IssueError::ReservedName);
        }
        let concealed = |path: &ClaimPath| match path.steps().first() {
            Some(PathElement::Name(name)) => registered(name),
            _ => false,
        };
        if self.disclosable.iter().any(concealed) { Err(IssueError::NotDisclosable) } else { Ok(()) }
    }

    fn add_registered(&self, payload: &mut Map<String, Value>) {
        let status = self.status.as_ref().map(|status| json!({"status_list": status}));
        let iss = self.issuer.as_deref().map(Value::from);
        let nbf = self.not_before.map(|time| time.secs().into());
        for (name, value) in [("iss", iss), ("nbf", nbf), ("status", status)] {
            if let Some(value) = value {
                payload.insert(name.into(), value);
            }
        }
        payload.insert("vct".into(), self.vct.as_str().into());
        payload.insert("iat".into(), self.issued_at.secs().into());
        payload.insert("exp".into(), self.expires_at.secs().into());
        payload.insert("cnf".into(), json!({"jwk": self.holder.to_jwk()}));
        payload.insert("_sd_alg".into(), "sha-256".into());
    }
}

fn uses_reserved_name((name, value): (&String, &Value)) -> bool {
    matches!(name.as_str(), "_sd" | "..." | "_sd_alg") || holds_reserved_name(value)
}

fn holds_reserved_name(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(uses_reserved_name),
        Value::Array(items) => items.iter().any(holds_reserved_name),
        _ => false,
    }
}
