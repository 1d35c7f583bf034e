//! Wallets that somebody vouches for: a wallet provider of the registry attests the wallet itself at `/par` and `/token`,
//! and the keys of its cards at `/credential`.
//!
//! Which providers there are is the registry's to say: members with that role, by keys of that purpose. An attestation
//! that has a status of its own is refused, since nobody here looks it up.
//!
//! Spec: OAuth 2.0 Attestation-Based Client Authentication, drafts 07 and 10; OpenID4VCI 1.0 appendices D and E; HAIP
//! 1.0 sections 4.4 and 4.5.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use axum::http::HeaderMap;
use credential::time::UnixTime;
use openid4vc::oauth::client_attestation::pop::{ExpectedPop, Pop};
use openid4vc::oauth::client_attestation::{
    Attestation, AttestationError, HEADER, POP_HEADER, UnverifiedAttestation,
};
use openid4vc::vci::key_attestation::{
    Expected, KeyAttestation, KeyAttestationError, Place, UnverifiedKeyAttestation,
};
use registry_client::facts::Facts;
use registry_client::trust::TrustError;
use registry_proof::freshness::Use;
use service_kit::signature::AwsLc;

use crate::endpoints::oauth::Refusal;
use crate::proofs::KeyProof;
use crate::service::Issuer;

/// Why nobody vouches for a wallet or its keys.
#[derive(Debug, thiserror::Error)]
pub enum Unattested {
    /// The wallet's attestation, or its proof of possession, does not hold.
    #[error("attestation of the wallet is refused")]
    Wallet(#[from] AttestationError),
    /// The attestation of the keys does not hold.
    #[error("attestation of the keys is refused")]
    Keys(#[from] KeyAttestationError),
    /// Whoever attests is no wallet provider of the registry.
    #[error("attester is no wallet provider")]
    Provider(#[from] TrustError),
    /// The attestation has a status of its own, which is not looked up.
    #[error("attestation has a status")]
    Status,
    /// A proof brings no attestation of its key.
    #[error("key is not attested")]
    Missing,
}

/// A wallet that a provider vouches for.
#[derive(Debug)]
pub struct Wallet {
    /// The client that all wallets of that make are.
    pub client_id: String,
    /// The proof that this one holds the attested key, to be used once.
    pub pop: Pop,
}

/// Holds a wallet's attestation and its proof of possession, as they came in their headers, against the providers that
/// `facts` name; `audience` is this server.
///
/// # Errors
/// [`Unattested`].
pub fn verify_wallet(
    facts: &Facts,
    headers: (&[&str], &[&str]),
    client_id: Option<&str>,
    audience: &str,
    now: UnixTime,
) -> Result<Wallet, Unattested> {
    let unverified = UnverifiedAttestation::parse(headers.0)?;
    let provider = facts.wallet_provider(&unverified.key_reference()?, now, &AwsLc)?;
    let attestation: Attestation = unverified.verify(&provider.key, client_id, now, &AwsLc)?;
    if attestation.status.is_some() {
        return Err(Unattested::Status);
    }
    let expected = ExpectedPop { audience, challenge: None, now };
    let pop = attestation.verify_pop(headers.1, &expected, &AwsLc)?;
    Ok(Wallet { client_id: attestation.client_id, pop })
}

/// Holds the attestations that key proofs bring against the providers that `facts` name: every key has to be attested.
///
/// # Errors
/// [`Unattested`].
pub fn verify_keys(facts: &Facts, proofs: &[KeyProof], now: UnixTime) -> Result<(), Unattested> {
    // The keys of a batch stand in one attestation mostly, which is checked once.
    let mut verified: BTreeMap<(&str, &str), KeyAttestation> = BTreeMap::new();
    for proof in proofs {
        let text = proof.attestation.as_deref().ok_or(Unattested::Missing)?;
        let attestation = match verified.entry((text, proof.nonce.as_str())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(verify_key_attestation(facts, text, &proof.nonce, now)?),
        };
        attestation.check_proof_key(&proof.key)?;
    }
    Ok(())
}

fn verify_key_attestation(
    facts: &Facts,
    text: &str,
    nonce: &str,
    now: UnixTime,
) -> Result<KeyAttestation, Unattested> {
    let unverified = UnverifiedKeyAttestation::parse(text)?;
    let provider = facts.wallet_provider(&unverified.key_reference()?, now, &AwsLc)?;
    let place = Place::JwtProof;
    let expected = Expected { place, nonce: Some(nonce), key_storage: &[], user_authentication: &[], now };
    let attestation = unverified.verify(&provider.key, &expected, &AwsLc)?;
    if attestation.status.is_some() { Err(Unattested::Status) } else { Ok(attestation) }
}

impl Issuer {
    /// The wallet that sends a request, where wallets have to be attested; its proof is used up.
    pub(crate) async fn check_attested_wallet(
        &self,
        headers: &HeaderMap,
        client_id: Option<&str>,
    ) -> Result<Option<Wallet>, Refusal> {
        if !self.attestation.required {
            return Ok(None);
        }
        let values = |name: &str| -> Vec<&str> {
            headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default()).collect()
        };
        let (attestation, pop) = (values(HEADER), values(POP_HEADER));
        if attestation.is_empty() {
            return Err(Refusal::new("invalid_client", "a wallet attestation is required"));
        }
        let refuse =
            |error: &dyn core::error::Error| Refusal::new("invalid_client_attestation", &error.to_string());
        let (facts, origin) = (self.providers().await?, self.origin());
        let wallet = verify_wallet(&facts, (&attestation, &pop), client_id, &origin, self.clock.now())
            .map_err(|error| refuse(&error))?;
        let Pop { digest, remember_until } = wallet.pop;
        let fresh = self.store.use_proof(digest, remember_until).await;
        match fresh.map_err(|error| Refusal::internal(&error))? {
            true => Ok(Some(wallet)),
            false => Err(Refusal::new("invalid_client_attestation", "proof of possession was used before")),
        }
    }

    /// Whether the keys of a request are attested, where they have to be.
    pub(crate) async fn check_attested_keys(&self, proofs: &[KeyProof]) -> Result<(), Refusal> {
        if !self.attestation.required {
            return Ok(());
        }
        let facts = self.providers().await?;
        verify_keys(&facts, proofs, self.clock.now())
            .map_err(|error| Refusal::new("invalid_proof", &error.to_string()))
    }

    async fn providers(&self) -> Result<Arc<Facts>, Refusal> {
        let silent = || Refusal::unavailable("the registry does not say which wallet providers there are");
        let registry = self.registry.as_ref().ok_or_else(silent)?;
        let facts = registry.facts(&self.clock).await.map_err(|_| silent())?;
        facts.judge(Use::Check, self.clock.now()).map_err(|_| silent())?;
        Ok(facts)
    }
}
