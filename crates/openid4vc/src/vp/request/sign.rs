//! The verifier's half: writing a request and signing it.

use credential::issuer::KeyReference;
use credential::jws;
use credential::key::Signer;
use serde_json::{Map, Value};

use crate::vp::request::{AUDIENCE, AnswerTo, MIN_FRESH, RequestContent, RequestError, SCREEN, TYPE};
use crate::vp::transaction::{MAX_TRANSACTIONS, TransactionData};

impl RequestContent {
    /// Signs the request: the compact token that the wallet fetches.
    ///
    /// # Errors
    /// [`RequestError::OtherKey`] where `key` is not one of `client_id`; [`RequestError::Fresh`] and
    /// [`RequestError::StateMissing`]; [`RequestError::TransactionData`]; [`RequestError::Sign`].
    pub fn sign(&self, key: &KeyReference, signer: &dyn Signer) -> Result<String, RequestError> {
        if !self.client_id.fits(key) {
            return Err(RequestError::OtherKey);
        }
        self.check_fresh(MIN_FRESH)?;
        self.check_transactions()?;
        let mut header = Map::new();
        header.insert("typ".into(), TYPE.into());
        key.write_to(&mut header);
        jws::sign(header, &self.to_claims(), signer).map_err(RequestError::Sign)
    }

    fn check_transactions(&self) -> Result<(), RequestError> {
        let few = self.transaction_data.len() <= MAX_TRANSACTIONS;
        let known = self.transaction_data.iter().all(|one| one.can_be_asked(&self.query));
        if few && known { Ok(()) } else { Err(RequestError::TransactionData) }
    }

    fn to_claims(&self) -> Map<String, Value> {
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        let client_id = Value::from(self.client_id.to_string());
        let mode = match &self.answer_to {
            AnswerTo::Address(_) => "direct_post.jwt",
            AnswerTo::Screen => SCREEN,
        };
        let optional = [
            ("iss", Some(client_id.clone())),
            ("response_uri", self.answer_to.address().map(|address| address.as_str().into())),
            ("state", text(&self.state)),
            ("wallet_nonce", text(&self.wallet_nonce)),
            ("verifier_info", self.verifier_info.to_json()),
            ("transaction_data", self.transactions_to_json()),
            ("iat", self.issued_at.map(|time| time.secs().into())),
            ("exp", self.expires_at.map(|time| time.secs().into())),
        ];
        let fixed = [
            ("aud", AUDIENCE.into()),
            ("client_id", client_id),
            ("response_type", "vp_token".into()),
            ("response_mode", mode.into()),
            ("nonce", self.nonce.as_str().into()),
            ("dcql_query", self.query.as_json().clone()),
            ("client_metadata", self.client_metadata.to_json()),
        ];
        let optional = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
        fixed.into_iter().chain(optional).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn transactions_to_json(&self) -> Option<Value> {
        let texts: Value = self.transaction_data.iter().map(TransactionData::encoded).collect();
        (!self.transaction_data.is_empty()).then_some(texts)
    }
}
