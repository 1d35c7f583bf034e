//! A verifier's question, signed.
//!
//! The verifier fills in [`RequestContent`] and signs it. The wallet reads an [`UnverifiedRequest`], finds
//! out whose key signed it, and then has a [`Request`]. Only parameters inside the signed object count.
//!
//! Spec: OpenID4VP 1.0 section 5; RFC 9101; HAIP 1.0 section 5. Supported: `vp_token` by `direct_post.jwt`, and
//! by [`SCREEN`] where neither side has the network.

mod metadata;
mod parse;
mod sign;
mod verifier_info;

use core::time::Duration;

use credential::issuer::ReferenceError;
use credential::jws::{self, JwsError};
use credential::key::SignError;
use credential::mdoc::transcript::SessionTranscript;
use credential::time::UnixTime;

use crate::encryption_key::thumbprint;
use crate::message::MessageError;
use crate::vp::client_id::{ClientId, ClientIdError};
use crate::vp::dcql::{DcqlError, Query};
use crate::vp::transaction::TransactionData;
use crate::web_url::{WebUrl, WebUrlError};

/// The `typ` of a signed request.
pub const TYPE: &str = "oauth-authz-req+jwt";
/// The media type of a signed request.
pub const MEDIA_TYPE: &str = "application/oauth-authz-req+jwt";
/// The `aud` of a request to a wallet that published no metadata (section 5.8).
pub const AUDIENCE: &str = "https://self-issued.me/v2";
/// Characters of a signed request, at most: the staple of a registration takes most of it.
pub const MAX_REQUEST: usize = 512 * 1024;
/// Bytes of a stapled registration, at most: a header with its votes and a few dozen Merkle steps per fact.
pub const MAX_STAPLE: usize = 256 * 1024;
/// How old a request may be by its own `iat`: longer than anyone looks at a QR code.
pub const MAX_AGE: Duration = Duration::from_secs(3600);
/// How far the verifier's clock may be ahead.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);
/// Characters of a fresh value with 128 bits, at least (section 5.2).
pub const MIN_FRESH: usize = 22;
/// Characters of a nonce or state, at most: the wallet repeats it.
pub const MAX_FRESH: usize = 512;
/// Keys in `client_metadata.jwks`, entries in `verifier_info`, at most.
pub const MAX_ENTRIES: usize = 8;
/// The `response_mode` of a request that is answered on the wallet's screen. OpenID4VP has modes for an address
/// and for a browser's API, and none for two devices without the network, so this one is ours: the answer is the
/// encrypted token of `direct_post.jwt` (section 8.3), and there is no `response_uri`.
pub const SCREEN: &str = "urn:symbolon:screen.jwt";
/// The `format` of a stapled registration in `verifier_info`.
pub const REGISTRATION_FORMAT: &str = "urn:symbolon:registration";

/// What a verifier asks.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestContent {
    /// Who asks.
    pub client_id: ClientId,
    /// Where the answer goes.
    pub answer_to: AnswerTo,
    /// What the answer is bound to; 128 random bits or more as base64url.
    pub nonce: String,
    /// What the verifier finds its own session by; as fresh as the nonce.
    pub state: Option<String>,
    /// What is to be shown.
    pub query: Query,
    /// What is to be confirmed by it.
    pub transaction_data: Vec<TransactionData>,
    /// How to encrypt the answer.
    pub client_metadata: ClientMetadata,
    /// What others say about this verifier.
    pub verifier_info: VerifierInfo,
    /// The wallet's own nonce, repeated, where it fetched the request by POST.
    pub wallet_nonce: Option<String>,
    /// `iat`.
    pub issued_at: Option<UnixTime>,
    /// `exp`.
    pub expires_at: Option<UnixTime>,
}

/// Where an answer goes (section 5.6 and 8.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerTo {
    /// `direct_post.jwt`: it is posted to this `response_uri`.
    Address(WebUrl),
    /// [`SCREEN`]: the wallet shows it, and whoever asks reads it there.
    Screen,
}

impl AnswerTo {
    /// The address, where there is one.
    pub const fn address(&self) -> Option<&WebUrl> {
        match self {
            Self::Address(address) => Some(address),
            Self::Screen => None,
        }
    }
}

/// How a verifier wants to be answered (section 5.1, `client_metadata`).
#[derive(Clone, Debug, PartialEq)]
pub struct ClientMetadata {
    /// The P-256 key to encrypt to, a public JWK with `kid` and `alg` of `ECDH-ES`.
    pub encryption_key: serde_json::Value,
    /// The content encryptions that will do, the preferred first.
    pub content_encryptions: Vec<credential::jwe::ContentEncryption>,
    /// Signature algorithms of `dc+sd-jwt` that the verifier checks; of those, the ones we know. None where
    /// it takes no such cards.
    pub sd_jwt: Option<Algorithms>,
    /// The same for `mso_mdoc`: the holder is the device.
    pub mdoc: Option<Algorithms>,
}

/// The signature algorithms that a verifier checks. An empty list stands for no word on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Algorithms {
    /// The issuer's.
    pub issuer: Vec<credential::key::Algorithm>,
    /// The holder's.
    pub holder: Vec<credential::key::Algorithm>,
}

/// What a request carries about its verifier from others; entries of unknown formats are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifierInfo {
    /// Its registration, with the registry's proof.
    pub registration: Option<StapledRegistration>,
}

/// A registration of a relying party, stapled. Nothing in it is believed before the proof was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StapledRegistration {
    /// The relying party, a member of the network.
    pub member: String,
    /// Which of its uses.
    pub use_name: String,
    /// A proof bundle of the registry, in its own encoding.
    pub proof: Vec<u8>,
}

/// What a wallet holds a request against.
#[derive(Clone, Copy, Debug)]
pub struct WalletContext<'a> {
    /// The nonce that the wallet sent along, where it fetched the request by POST.
    pub wallet_nonce: Option<&'a str>,
    /// The present.
    pub now: UnixTime,
}

/// A request as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct UnverifiedRequest {
    token: jws::Unverified,
    key: credential::issuer::KeyReference,
    content: RequestContent,
}

/// A request whose signature and rules hold. Whether its signer may ask is the registry's to say.
#[derive(Clone, Debug)]
pub struct Request(RequestContent);

impl Request {
    /// What is asked.
    pub const fn content(&self) -> &RequestContent {
        &self.0
    }
}

impl RequestContent {
    /// The session that an answer in `mso_mdoc` is for (appendix B.2.6.1). An answer that is shown on a screen goes
    /// to no address: its place stays empty.
    pub fn session(&self) -> SessionTranscript {
        let key = thumbprint(&self.client_metadata.encryption_key);
        let address = self.answer_to.address().map_or("", WebUrl::as_str);
        SessionTranscript::openid4vp(&self.client_id.to_string(), &self.nonce, key, address)
    }
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Longer than allowed.
    #[error("request is larger than allowed")]
    TooLarge,
    /// The token is malformed, of another type, or its signature does not hold.
    #[error("request token is refused")]
    Jws(#[source] JwsError),
    /// The header names no key that can be looked up.
    #[error("request names no key that can be looked up")]
    Key(#[source] ReferenceError),
    /// A parameter is missing or of the wrong kind.
    #[error("request parameter is refused")]
    Message(#[from] MessageError),
    /// `client_id` is of an unsupported kind.
    #[error("client identifier is refused")]
    ClientId(#[source] ClientIdError),
    /// `client_id` is not the one of the link.
    #[error("request is by another client than its link")]
    OtherClient,
    /// The signer's key is not one of `client_id`.
    #[error("request is signed by a key of another client")]
    OtherKey,
    /// `aud` is not a wallet.
    #[error("request is for another audience")]
    Audience,
    /// `response_type` is not `vp_token`.
    #[error("response type is not supported")]
    ResponseType,
    /// `response_mode` is neither `direct_post.jwt` nor [`SCREEN`], or not the one for the way that the request
    /// came.
    #[error("response mode is not supported")]
    ResponseMode,
    /// `redirect_uri` is there, which `direct_post.jwt` does not allow (section 8.2), or a `response_uri` where
    /// the answer is shown on the screen.
    #[error("request has an address that its response mode does not allow")]
    RedirectUri,
    /// `response_uri` is not an address that we would call.
    #[error("response address is refused")]
    ResponseUri(#[source] WebUrlError),
    /// `nonce` or `state` is too long, or not of URL-safe characters; when signing, also too short.
    #[error("nonce or state is malformed")]
    Fresh,
    /// A card may be shown unbound and there is no `state` (section 5.3).
    #[error("request without holder binding has no state")]
    StateMissing,
    /// The query breaks its rules.
    #[error("query is refused")]
    Query(#[source] DcqlError),
    /// `scope` is there, which excludes a query.
    #[error("request has a scope")]
    Scope,
    /// `transaction_data` is malformed, or names cards that cannot confirm it. When signing, also where more
    /// than one card could.
    #[error("transaction data of the request is refused")]
    TransactionData,
    /// No key to encrypt to: P-256, `ECDH-ES`, with `kid`.
    #[error("request has no usable encryption key")]
    EncryptionKey,
    /// The encryption key is the one that signed the request (section 5.1).
    #[error("encryption key is the key that signed the request")]
    EncryptionKeyReused,
    /// None of the content encryptions is one of ours.
    #[error("content encryption is not supported")]
    ContentEncryption,
    /// The verifier takes neither `dc+sd-jwt` nor `mso_mdoc`, or none that is signed with our algorithms.
    #[error("verifier does not take our formats")]
    Formats,
    /// `verifier_info` has a registration that is malformed or repeated.
    #[error("stapled registration is malformed")]
    Registration,
    /// The wallet's nonce is missing or another one, or is there unasked.
    #[error("request answers another wallet nonce")]
    WalletNonce,
    /// `iat` or `nbf` lie ahead, or `exp` before `iat`.
    #[error("request is from the future")]
    Future,
    /// `exp` has passed, or `iat` is too long ago.
    #[error("request has expired")]
    Expired,
    /// The signer failed.
    #[error("request could not be signed")]
    Sign(#[source] SignError),
}

#[cfg(test)]
mod tests;
