//! What the wallet's provider says of it, where it has one: shown to issuers that want to know which wallet they give
//! their cards to.
//!
//! Spec: OAuth 2.0 Attestation-Based Client Authentication, drafts 07 and 10; OpenID4VCI 1.0 appendices D and E.

use core::fmt;
use core::pin::Pin;
use std::sync::Arc;

use credential::key::{PublicKey, SignError, Signer};
use credential::time::UnixTime;
use openid4vc::oauth::client_attestation::pop::{ExpectedPop, make_pop};
use openid4vc::oauth::metadata::AuthorizationServerMetadata;

use crate::random::Random;

/// How a server says that it wants wallets attested.
const METHOD: &str = "attest_jwt_client_auth";

/// The provider's answer to a wish for attested keys: an attestation of all of them over the nonce, or none.
pub type Attested = Pin<Box<dyn Future<Output = Option<String>> + Send>>;

/// What a provider gave this wallet.
#[derive(Clone)]
pub struct Provider {
    /// What it attests of the wallet.
    pub attestation: String,
    /// The key that the attestation names; it signs proofs of that and nothing else.
    pub instance: Arc<dyn Signer>,
    /// Asks it to attest keys that were made just now, over an issuer's nonce.
    pub attest_keys: Arc<dyn Fn(Vec<PublicKey>, String) -> Attested + Send + Sync>,
}

impl Provider {
    /// The headers that go along to a server, where it wants them: the attestation, and a proof made for it.
    pub(crate) fn headers(
        &self,
        server: &AuthorizationServerMetadata,
        client_id: &str,
        now: UnixTime,
        random: &Random,
    ) -> Result<Vec<(&'static str, String)>, SignError> {
        if !server.client_authentication.iter().any(|method| method == METHOD) {
            return Ok(Vec::new());
        }
        let expected = ExpectedPop { audience: server.issuer.as_str(), challenge: None, now };
        let pop = make_pop(&expected, Some(client_id), &*self.instance, &mut *random.rng())?;
        Ok(vec![
            ("oauth-client-attestation", self.attestation.clone()),
            ("oauth-client-attestation-pop", pop),
        ])
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Provider")
    }
}
