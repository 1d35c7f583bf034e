//! The wallet's half: reading a request and holding it against its signer's key.

use credential::issuer::KeyReference;
use credential::jws;
use credential::key::{PublicKey, VerifySignature};
use credential::time::UnixTime;
use serde_json::{Map, Value};

use crate::message::{Members, MessageError, check_list};
use crate::vp::client_id::ClientId;
use crate::vp::dcql::Query;
use crate::vp::request::{
    AUDIENCE, AnswerTo, ClientMetadata, MAX_AGE, MAX_CLOCK_SKEW, MAX_FRESH, MAX_REQUEST, Request,
    RequestContent, RequestError, SCREEN, TYPE, UnverifiedRequest, VerifierInfo, WalletContext,
};
use crate::vp::transaction::{MAX_TRANSACTIONS, TransactionData};
use crate::web_url::WebUrl;

impl UnverifiedRequest {
    /// Reads a signed request, which came by a link of `client_id`, and checks all that needs no key.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn parse(text: &str, client_id: &ClientId) -> Result<Self, RequestError> {
        let request = Self::read(text, Some(client_id))?;
        match request.content.answer_to {
            AnswerTo::Address(_) => Ok(request),
            AnswerTo::Screen => Err(RequestError::ResponseMode),
        }
    }

    /// Reads a signed request that was itself shown on a screen, and is answered on one.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn parse_shown(text: &str) -> Result<Self, RequestError> {
        let request = Self::read(text, None)?;
        match request.content.answer_to {
            AnswerTo::Screen => Ok(request),
            AnswerTo::Address(_) => Err(RequestError::ResponseMode),
        }
    }

    /// Reads a request of the client that a link named; of any, where there was no link.
    fn read(text: &str, named: Option<&ClientId>) -> Result<Self, RequestError> {
        if text.len() > MAX_REQUEST {
            return Err(RequestError::TooLarge);
        }
        let token = jws::Unverified::parse(text).map_err(RequestError::Jws)?;
        let claims = token.dangerous_claims().map_err(RequestError::Jws)?;
        let content = parse_content(&claims)?;
        if named.is_some_and(|named| content.client_id != *named) {
            return Err(RequestError::OtherClient);
        }
        let key = KeyReference::from_header(token.header()).map_err(RequestError::Key)?;
        if !content.client_id.fits(&key) {
            return Err(RequestError::OtherKey);
        }
        Ok(Self { token, key, content })
    }

    /// The key that says to have signed it. With `x5c` its certificate is the one that `client_id` names.
    pub const fn key(&self) -> &KeyReference {
        &self.key
    }

    /// What it says, before its signature holds: only to find the signer's key by.
    pub const fn dangerous_content(&self) -> &RequestContent {
        &self.content
    }

    /// Holds the request against its signer's key, the wallet's nonce and the time.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn verify(
        self,
        key: &PublicKey,
        context: &WalletContext<'_>,
        backend: &dyn VerifySignature,
    ) -> Result<Request, RequestError> {
        let token = self.token.verify(key, TYPE, backend).map_err(RequestError::Jws)?;
        check_times(&self.content, context)?;
        check_begin(Members::new(token.claims()), context.now)?;
        if self.content.wallet_nonce.as_deref() != context.wallet_nonce {
            return Err(RequestError::WalletNonce);
        }
        if is_same_point(&self.content.client_metadata.encryption_key, &key.to_jwk()) {
            return Err(RequestError::EncryptionKeyReused);
        }
        Ok(Request(self.content))
    }
}

fn parse_content(claims: &Map<String, Value>) -> Result<RequestContent, RequestError> {
    let members = Members::new(claims);
    check_fixed(members)?;
    let query = members.value("dcql_query").ok_or(MessageError::Missing("dcql_query"))?;
    let query = Query::parse(query).map_err(RequestError::Query)?;
    let content = RequestContent {
        client_id: members.required_text("client_id")?.parse().map_err(RequestError::ClientId)?,
        answer_to: parse_answer_to(members)?,
        nonce: members.required_text("nonce")?.to_owned(),
        state: members.text("state")?.map(str::to_owned),
        transaction_data: parse_transactions(members, &query)?,
        query,
        client_metadata: ClientMetadata::parse(members.required_object("client_metadata")?)?,
        verifier_info: VerifierInfo::parse(members)?,
        wallet_nonce: members.text("wallet_nonce")?.map(str::to_owned),
        issued_at: members.time("iat")?,
        expires_at: members.time("exp")?,
    };
    content.check_fresh(1)?;
    Ok(content)
}

/// Texts, each of them a transaction that some part of the query can confirm (section 5.1).
fn parse_transactions(members: Members<'_>, query: &Query) -> Result<Vec<TransactionData>, RequestError> {
    let Some(items) = members.value("transaction_data") else { return Ok(Vec::new()) };
    let items = check_list(items, "transaction_data", MAX_TRANSACTIONS);
    let parse = |item: &Value| {
        let encoded = item.as_str().ok_or(RequestError::TransactionData)?;
        let read = TransactionData::parse(encoded).map_err(|_| RequestError::TransactionData)?;
        if read.fits(query) { Ok(read) } else { Err(RequestError::TransactionData) }
    };
    items.map_err(|_| RequestError::TransactionData)?.iter().map(parse).collect()
}

/// What has one right value, and what must not be there. `iss` is ignored (section 5.8).
fn check_fixed(members: Members<'_>) -> Result<(), RequestError> {
    if members.value("redirect_uri").is_some() {
        return Err(RequestError::RedirectUri);
    }
    if members.value("scope").is_some() {
        return Err(RequestError::Scope);
    }
    if members.required_text("response_type")? != "vp_token" {
        return Err(RequestError::ResponseType);
    }
    let audience = members.value("aud").ok_or(MessageError::Missing("aud"))?;
    let is_ours = |one: &Value| one == AUDIENCE;
    if is_ours(audience) || audience.as_array().is_some_and(|all| all.iter().any(is_ours)) {
        Ok(())
    } else {
        Err(RequestError::Audience)
    }
}

fn parse_answer_to(members: Members<'_>) -> Result<AnswerTo, RequestError> {
    match members.text("response_mode")? {
        Some("direct_post.jwt") => {
            let address = members.required_text("response_uri")?;
            WebUrl::parse(address).map(AnswerTo::Address).map_err(RequestError::ResponseUri)
        }
        Some(SCREEN) if members.value("response_uri").is_some() => Err(RequestError::RedirectUri),
        Some(SCREEN) => Ok(AnswerTo::Screen),
        _ => Err(RequestError::ResponseMode),
    }
}

impl RequestContent {
    /// Nonce and state: of URL-safe characters, `min` at least, and there where they must be.
    pub(super) fn check_fresh(&self, min: usize) -> Result<(), RequestError> {
        let is_fresh = |text: &String| {
            let safe = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
            (min..=MAX_FRESH).contains(&text.len()) && text.bytes().all(safe)
        };
        if !is_fresh(&self.nonce) || !self.state.iter().all(is_fresh) {
            return Err(RequestError::Fresh);
        }
        if self.state.is_none() && self.query.allows_unbound() {
            return Err(RequestError::StateMissing);
        }
        Ok(())
    }
}

fn check_times(content: &RequestContent, context: &WalletContext<'_>) -> Result<(), RequestError> {
    if let Some(issued_at) = content.issued_at {
        let ends_before = content.expires_at.is_some_and(|expires_at| expires_at < issued_at);
        if issued_at > context.now.plus(MAX_CLOCK_SKEW) || ends_before {
            return Err(RequestError::Future);
        }
        if context.now.since(issued_at) > MAX_AGE {
            return Err(RequestError::Expired);
        }
    }
    if content.expires_at.is_some_and(|expires_at| expires_at.plus(MAX_CLOCK_SKEW) <= context.now) {
        return Err(RequestError::Expired);
    }
    Ok(())
}

/// `nbf`, where present (RFC 7519 section 4.1.5).
fn check_begin(claims: Members<'_>, now: UnixTime) -> Result<(), RequestError> {
    if claims.time("nbf")?.is_some_and(|begin| begin > now.plus(MAX_CLOCK_SKEW)) {
        return Err(RequestError::Future);
    }
    Ok(())
}

fn is_same_point(a: &Value, b: &Value) -> bool {
    ["kty", "crv", "x", "y"].iter().all(|name| a.get(name) == b.get(name))
}
