//! Asking for copies of a card, and checking every one of them before any is kept.
//!
//! Spec: OpenID4VCI 1.0 sections 7, 8 and 10.

use std::collections::BTreeSet;

use credential::claim_path::ClaimPath;
use credential::jwe::DecryptionKey;
use credential::key::{RustCrypto, Signer};
use credential::sd_jwt_vc::Held;
use openid4vc::vci::encryption::{self, Recipient};
use openid4vc::vci::metadata::{Configuration, IssuerMetadata};
use openid4vc::vci::nonce::NonceResponse;
use openid4vc::vci::proof;
use openid4vc::vci::request::{CredentialRequest, Wanted};
use openid4vc::vci::response::CredentialResponse;

use super::authorize::Post;
use super::{Access, MAX_COPIES, Offered, ReceiveError, about};
use crate::http::{Body, Request};
use crate::keys::KeyHandle;
use crate::present::show_code;
use crate::store::cards::{Card, Source};
use crate::view::CardView;
use crate::wallet::Wallet;

/// A key that a copy is to be bound to.
struct NewKey {
    handle: KeyHandle,
    signer: Box<dyn Signer>,
}

/// How a request and its answer are encrypted.
struct Envelope {
    issuer: Recipient,
    own: DecryptionKey,
    answer: Recipient,
}

impl Wallet {
    /// Fetches every card of an offer, and keeps them once all copies of all have been checked.
    pub(super) async fn fetch_cards(
        &self,
        offered: &Offered,
        access: &Access,
    ) -> Result<Vec<CardView>, ReceiveError> {
        let mut fetched = Vec::new();
        for id in &offered.offer.configuration_ids {
            let configuration = offered.configuration(id)?;
            let keys = self.make_keys(&offered.metadata)?;
            let texts = self.ask(offered, id, &keys, access).await?;
            let copies = self.check(offered, configuration, keys, texts)?;
            let mut card = self.new_card(offered, id, configuration);
            card.about.code = self.code_of(offered, id, &card.vct).await;
            fetched.push((card, copies));
        }
        self.store.keep_cards(&fetched)?;
        for (card, _) in &fetched {
            self.keep_staple(offered, card);
        }
        fetched.into_iter().map(|(card, _)| self.view(card)).collect()
    }

    fn make_keys(&self, metadata: &IssuerMetadata) -> Result<Vec<NewKey>, ReceiveError> {
        let make = |_| {
            let handle = self.keys.make_card_key()?;
            let signer = self.keys.card_key(&handle)?;
            Ok(NewKey { handle, signer })
        };
        (0..metadata.batch_size.min(MAX_COPIES)).map(make).collect()
    }

    /// The copies as they came.
    async fn ask(
        &self,
        offered: &Offered,
        id: &str,
        keys: &[NewKey],
        access: &Access,
    ) -> Result<Vec<String>, ReceiveError> {
        let nonce = self.nonce(&offered.metadata).await?;
        let issuer = offered.metadata.credential_issuer.as_str();
        let prove = |key: &NewKey| proof::make(issuer, &nonce, access.client_id, &*key.signer, self.now());
        let proofs = keys.iter().map(prove).collect::<Result<Vec<_>, _>>()?;
        let envelope = self.envelope(&offered.metadata)?;
        let request = CredentialRequest {
            wanted: Wanted::Configuration(id.to_owned()),
            proofs,
            response_encryption: envelope.as_ref().map(|envelope| envelope.answer.clone()),
        };
        let (media_type, text) = match &envelope {
            None => ("application/json", request.to_json().to_string()),
            Some(envelope) => {
                let sealed = envelope.issuer.seal(&request.to_json(), &mut *self.random.rng())?;
                (encryption::MEDIA_TYPE, sealed)
            }
        };
        let to = &offered.metadata.credential_endpoint;
        let post = Post { to, media_type, text, token: Some(&access.token) };
        let answer = self.post_with_proof(&post, &access.dpop).await?;
        let response = match &envelope {
            None => CredentialResponse::parse(&answer.body)?,
            Some(_) if answer.media_type != encryption::MEDIA_TYPE => return Err(ReceiveError::InTheClear),
            Some(envelope) => {
                let text = core::str::from_utf8(&answer.body).map_err(|_| ReceiveError::Message)?;
                CredentialResponse::parse_encrypted(text.trim(), &envelope.own)?
            }
        };
        match response {
            CredentialResponse::Issued { credentials, .. } => Ok(credentials),
            CredentialResponse::Deferred { .. } => Err(ReceiveError::Later),
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

    /// Holds every copy against the issuer that offered it, and against the key that it was asked for with.
    fn check(
        &self,
        offered: &Offered,
        configuration: &Configuration,
        mut keys: Vec<NewKey>,
        texts: Vec<String>,
    ) -> Result<Vec<(String, KeyHandle)>, ReceiveError> {
        if texts.is_empty() || texts.len() > keys.len() {
            return Err(ReceiveError::Copies);
        }
        let mut copies = Vec::new();
        let mut marks = BTreeSet::new();
        for text in texts {
            let held = Held::parse(&text)?;
            let now = self.now();
            let (vct, issued_at) = (held.vct(), held.issued_at());
            let signer = offered.facts.issuer(held.issuer(), vct, issued_at, now, &RustCrypto)?;
            if signer.member != offered.member || configuration.vct.as_deref() != Some(vct) {
                return Err(ReceiveError::OtherCard);
            }
            held.verify_issued(&signer.key, now, &RustCrypto)?;
            let ours = keys.iter().position(|key| key.signer.public_key() == held.holder_key());
            let key = keys.swap_remove(ours.ok_or(ReceiveError::OtherCard)?);
            if !marks_of(&held, &text).into_iter().all(|mark| marks.insert(mark)) {
                return Err(ReceiveError::Linkable);
            }
            copies.push((text, key.handle));
        }
        Ok(copies)
    }

    fn new_card(&self, offered: &Offered, id: &str, configuration: &Configuration) -> Card {
        let hexadecimal = |bytes: [u8; 6]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Card {
            id: hexadecimal(self.random.bytes()),
            vct: configuration.vct.clone().unwrap_or_default(),
            issuer: offered.member.to_string(),
            received_at: self.now(),
            about: about::of(configuration.display.as_ref(), offered.view.issuer.name.clone()),
            source: Some(Source {
                issuer: offered.metadata.credential_issuer.as_str().to_owned(),
                configuration: id.to_owned(),
            }),
        }
    }

    /// What a code of this type shows, by the type's metadata, which the issuer serves and the register knows.
    /// Without them there is no code, and the card is received all the same.
    async fn code_of(&self, offered: &Offered, id: &str, vct: &str) -> Vec<ClaimPath> {
        let Ok(address) = offered.offer.credential_issuer.url().join(&format!("/types/{id}")) else {
            return Vec::new();
        };
        match self.document(address).await {
            Ok(metadata) => show_code::allowed(&metadata, vct, &offered.facts),
            Err(_) => Vec::new(),
        }
    }

    /// Keeps the issuer's proof that came with its metadata, for a counter without the network. The card is good
    /// without it, so this may fail quietly.
    fn keep_staple(&self, offered: &Offered, card: &Card) {
        if let Some(staple) = offered.staple() {
            let at = offered.facts.time().get() / 1000;
            let _ = self.store.keep_issuer_proof(&card.issuer, &card.vct, at, &staple);
        }
    }

    fn view(&self, card: Card) -> Result<CardView, ReceiveError> {
        Ok(self.card_view(&self.in_hand(card)?)?)
    }
}

/// What would tell two copies to be of one card if they shared it: the place of their status, and each
/// disclosure with its salt.
fn marks_of(held: &Held, text: &str) -> Vec<String> {
    let place = held.status().map(|status| format!("{} {}", status.uri, status.index));
    let disclosures = text.split('~').skip(1).filter(|part| !part.is_empty()).map(str::to_owned);
    place.into_iter().chain(disclosures).collect()
}
