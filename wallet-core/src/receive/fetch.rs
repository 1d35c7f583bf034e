//! Asking for copies of a card: now, or for those that were promised.
//!
//! Spec: OpenID4VCI 1.0 sections 7 to 10.

use credential::jwe::DecryptionKey;
use credential::key::Signer;
use openid4vc::vci::deferred::DeferredRequest;
use openid4vc::vci::encryption::{self, Recipient};
use openid4vc::vci::metadata::IssuerMetadata;
use openid4vc::vci::nonce::NonceResponse;
use openid4vc::vci::proof;
use openid4vc::vci::request::{CredentialRequest, Wanted};
use openid4vc::vci::response::CredentialResponse;
use openid4vc::web_url::WebUrl;
use serde_json::Value;

use super::authorize::Post;
use super::{Access, MAX_COPIES, Offered, ReceiveError};
use crate::http::{Body, Request};
use crate::keys::KeyHandle;
use crate::wallet::Wallet;

/// A key that a copy is to be bound to.
pub(super) struct NewKey {
    pub(super) handle: KeyHandle,
    pub(super) signer: Box<dyn Signer>,
}

/// How a request and its answer are encrypted.
struct Envelope {
    issuer: Recipient,
    own: DecryptionKey,
    answer: Recipient,
}

impl Wallet {
    pub(super) fn make_keys(&self, metadata: &IssuerMetadata) -> Result<Vec<NewKey>, ReceiveError> {
        let make = |_| {
            let handle = self.keys.make_card_key()?;
            let signer = self.keys.card_key(&handle)?;
            Ok(NewKey { handle, signer })
        };
        (0..metadata.batch_size.min(MAX_COPIES)).map(make).collect()
    }

    /// Proves `keys` and asks for a copy for each.
    pub(super) async fn ask(
        &self,
        offered: &Offered,
        id: &str,
        keys: &[NewKey],
        access: &Access,
    ) -> Result<CredentialResponse, ReceiveError> {
        let nonce = self.nonce(&offered.metadata).await?;
        let issuer = offered.metadata.credential_issuer.as_str();
        let client_id = access.client_id.as_deref();
        let attestation = self.attestation_of(offered, id, keys, &nonce).await?;
        let attestation = attestation.as_deref();
        let prove = |key: &NewKey| {
            proof::make_attested(issuer, &nonce, client_id, &*key.signer, self.now(), attestation)
        };
        let proofs = keys.iter().map(prove).collect::<Result<Vec<_>, _>>()?;
        let envelope = self.envelope(&offered.metadata)?;
        let request = CredentialRequest {
            wanted: Wanted::Configuration(id.to_owned()),
            proofs,
            response_encryption: envelope.as_ref().map(|envelope| envelope.answer.clone()),
        };
        let to = &offered.metadata.credential_endpoint;
        self.exchange(to, &request.to_json(), envelope.as_ref(), access).await
    }

    /// What the wallet's provider attests of the keys, where the issuer wants that.
    async fn attestation_of(
        &self,
        offered: &Offered,
        id: &str,
        keys: &[NewKey],
        nonce: &str,
    ) -> Result<Option<String>, ReceiveError> {
        if !offered.configuration(id)?.key_attestations_required {
            return Ok(None);
        }
        let provider = self.provider.as_ref().ok_or(ReceiveError::NotAttested)?;
        let keys = keys.iter().map(|key| key.signer.public_key().clone()).collect();
        let attested = (provider.attest_keys)(keys, nonce.to_owned()).await;
        attested.map(Some).ok_or(ReceiveError::NotAttested)
    }

    /// Asks for copies that were promised under `transaction_id`.
    pub(super) async fn ask_again(
        &self,
        offered: &Offered,
        transaction_id: &str,
        access: &Access,
    ) -> Result<CredentialResponse, ReceiveError> {
        let to = offered.metadata.deferred_credential_endpoint.as_ref();
        let to = to.ok_or(ReceiveError::UnsupportedCard)?;
        let envelope = self.envelope(&offered.metadata)?;
        let request = DeferredRequest {
            transaction_id: transaction_id.to_owned(),
            response_encryption: envelope.as_ref().map(|envelope| envelope.answer.clone()),
        };
        self.exchange(to, &request.to_json(), envelope.as_ref(), access).await
    }

    /// Sends a request, in its envelope where there is one, and opens the answer.
    async fn exchange(
        &self,
        to: &WebUrl,
        request: &Value,
        envelope: Option<&Envelope>,
        access: &Access,
    ) -> Result<CredentialResponse, ReceiveError> {
        let (media_type, text) = match envelope {
            None => ("application/json", request.to_string()),
            Some(envelope) => {
                (encryption::MEDIA_TYPE, envelope.issuer.seal(request, &mut *self.random.rng())?)
            }
        };
        let post = Post { to, media_type, text, token: Some(&access.token), server: None };
        let answer = self.post_with_proof(&post, &*access.key.signer).await?;
        match envelope {
            None => Ok(CredentialResponse::parse(&answer.body)?),
            Some(_) if answer.media_type != encryption::MEDIA_TYPE => Err(ReceiveError::InTheClear),
            Some(envelope) => {
                let text = core::str::from_utf8(&answer.body).map_err(|_| ReceiveError::Message)?;
                Ok(CredentialResponse::parse_encrypted(text.trim(), &envelope.own)?)
            }
        }
    }

    async fn nonce(&self, metadata: &IssuerMetadata) -> Result<String, ReceiveError> {
        let endpoint = metadata.nonce_endpoint.as_ref().ok_or(ReceiveError::UnsupportedCard)?;
        let answer = self.http.send(Request::post(endpoint.url().clone(), Body::Nothing)).await?;
        if !answer.is_good() {
            return Err(ReceiveError::Fetch(answer.status));
        }
        Ok(NonceResponse::parse(&answer.body)?.c_nonce)
    }

    /// Encryption both ways where the issuer can; none where it cannot and does not require it.
    fn envelope(&self, metadata: &IssuerMetadata) -> Result<Option<Envelope>, ReceiveError> {
        let (request, response) = (&metadata.request_encryption, &metadata.response_encryption);
        let required =
            request.as_ref().is_some_and(|it| it.required) || response.as_ref().is_some_and(|it| it.required);
        let to_issuer = request
            .as_ref()
            .and_then(|it| Some(Recipient { jwk: it.key.clone()?, enc: *it.content_encryptions.first()? }));
        let enc = response.as_ref().filter(|it| it.ecdh_es).and_then(|it| it.content_encryptions.first());
        match (to_issuer, enc) {
            (Some(issuer), Some(enc)) => {
                let own = DecryptionKey::generate(&mut *self.random.rng());
                let answer = Recipient::for_key(&own, "answer", *enc);
                Ok(Some(Envelope { issuer, own, answer }))
            }
            _ if required => Err(ReceiveError::Encryption(encryption::EncryptionError::ContentEncryption)),
            _ => Ok(None),
        }
    }
}
