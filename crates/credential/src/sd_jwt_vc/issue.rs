//! The issuer's half.

use rand_core::CryptoRng;
use serde_json::{Map, Value, json};

use crate::jws;
use crate::key::{PublicKey, SignError, Signer};
use crate::key_reference::KeyReference;
use crate::sd_jwt::conceal::conceal;
use crate::sd_jwt::path::ClaimPath;
use crate::sd_jwt_vc::{NEVER_CONCEALED, StatusReference, TYPE};
use crate::time::UnixTime;

/// What one copy of a credential is to say.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// `iss`, a URL or DID of the issuing member.
    pub issuer: Option<String>,
    /// `vct`, the type.
    pub vct: String,
    /// `iat`. Copies of one credential round it, so that it does not link them.
    pub issued_at: UnixTime,
    /// `nbf`.
    pub not_before: Option<UnixTime>,
    /// `exp`.
    pub expires_at: UnixTime,
    /// The key of the holder that this copy is bound to.
    pub holder: PublicKey,
    /// Where its status will stand.
    pub status: Option<StatusReference>,
    /// Everything that it says of its subject.
    pub claims: Map<String, Value>,
    /// Which of those claims the holder may keep back.
    pub concealed: Vec<ClaimPath>,
    /// Digests of nothing, which hide how many claims there are.
    pub decoys: usize,
}

/// Why a credential cannot be issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The subject's claims set a claim that only the issuance may set, or a reserved name.
    #[error("claims set a claim that is not theirs")]
    ReservedClaim,
    /// The key refused.
    #[error("credential could not be signed")]
    Sign(#[source] SignError),
}

/// Issues one copy: an SD-JWT with every disclosure, ending with a tilde.
///
/// # Errors
/// [`IssueError`].
pub fn issue(
    issuance: &Issuance,
    key: &KeyReference,
    signer: &dyn Signer,
    rng: &mut dyn CryptoRng,
) -> Result<String, IssueError> {
    let reserved = |name: &String| NEVER_CONCEALED.contains(&name.as_str()) || matches!(name.as_str(), "_sd" | "_sd_alg" | "..." | "iat");
    if issuance.claims.keys().any(reserved) {
        return Err(IssueError::ReservedClaim);
    }
    let mut claims = issuance.claims.clone();
    let disclosures = conceal(&mut claims, &issuance.concealed, issuance.decoys, rng);
    claims.extend(registered_claims(issuance));
    let mut header = Map::new();
    header.insert("typ".into(), TYPE.into());
    key.write(&mut header);
    let jwt = jws::sign(header, &claims, signer).map_err(IssueError::Sign)?;
    let texts: String = disclosures.iter().map(|disclosure| format!("{}~", disclosure.text())).collect();
    Ok(format!("{jwt}~{texts}"))
}

fn registered_claims(issuance: &Issuance) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    set("iss", issuance.issuer.clone().map(Value::String));
    set("vct", Some(issuance.vct.clone().into()));
    set("iat", Some(issuance.issued_at.secs().into()));
    set("nbf", issuance.not_before.map(|from| from.secs().into()));
    set("exp", Some(issuance.expires_at.secs().into()));
    set("cnf", Some(json!({"jwk": issuance.holder.to_jwk()})));
    set("_sd_alg", Some("sha-256".into()));
    set("status", issuance.status.as_ref().map(|status| json!({"status_list": {"idx": status.index, "uri": status.uri}})));
    claims
}
