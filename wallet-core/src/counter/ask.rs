//! Asking at a counter: a signed request, with the register's proof of who asks and for what it is registered.
//!
//! The register is asked first, as the phone will ask it: what is not registered is refused here, before
//! anybody has scanned it.
//!
//! Spec: OpenID4VP 1.0 sections 5 and 8.3; HAIP 1.0 section 5 (a fresh key for each request).

use core::time::Duration;

use credential::claim_path::ClaimPath;
use credential::encoding::base64url;
use credential::issuer::KeyReference;
use credential::json;
use credential::jwe::DecryptionKey;
use credential::key::{RustCrypto, Signer};
use credential::time::UnixTime;
use openid4vc::vp::client_id::ClientId;
use openid4vc::vp::dcql::{DcqlError, Query};
use openid4vc::vp::request::{
    AnswerTo, ClientMetadata, MAX_REQUEST, RequestContent, RequestError, StapledRegistration,
    UnverifiedRequest, VerifierInfo,
};
use rand_core::CryptoRng;
use registry_client::facts::Facts;
use registry_client::trust::{Ask, TrustError};
use registry_proof::entry::{Entry, RegisteredClaims};
use registry_proof::freshness::Use;
use registry_proof::key::{Key, Purpose};
use registry_proof::name::{MemberId, UseName};
use serde_json::{Value, json};

use crate::counter::CounterError;
use crate::counter::bundle::Offline;
use crate::counter::envelope::{self, Kind};
use crate::frames;

/// How long a request can be answered: time to read it and to decide.
pub const LIFE: Duration = Duration::from_secs(300);
/// Bytes of a kept request with its key, at most.
pub const MAX_KEPT: usize = MAX_REQUEST + 4 * 1024;
/// The name of the one key for answers.
const KEY_NAME: &str = "counter";
/// The name of the one card in the query.
const CARD: &str = "card";

/// What a counter asks with.
pub struct Desk<'a> {
    /// In whose name it asks.
    pub member: &'a MemberId,
    /// Under which registered use.
    pub use_name: &'a UseName,
    /// How its request key is found in the register.
    pub key: &'a KeyReference,
    /// That key.
    pub signer: &'a dyn Signer,
}

/// A request and the one key that opens its answer: good for one answer. Not `Clone`, silent in `Debug`.
pub struct Question {
    pub(super) content: RequestContent,
    pub(super) key: DecryptionKey,
    request: String,
}

impl Desk<'_> {
    /// Asks for some claims of one card; for all that are registered, where `claims` is empty. The type may be
    /// left out where only one is registered.
    ///
    /// # Errors
    /// [`CounterError::Trust`] where the register does not allow it, or what is known of it is too old.
    pub fn ask(
        &self,
        offline: &Offline,
        vct: Option<&str>,
        claims: &[ClaimPath],
        rng: &mut dyn CryptoRng,
        now: UnixTime,
    ) -> Result<Question, CounterError> {
        let facts = offline.facts();
        facts.judge(Use::Counter, now)?;
        let query = self.query(facts, vct, claims)?;
        let ask =
            Ask { member: self.member, use_name: self.use_name, response_uri: None, claims: &query.asked() };
        let requester = facts.requester(self.key, &ask, now, &RustCrypto)?;
        let signer = requester.operator.as_ref().map_or(&requester.member, |operator| &operator.member);
        let proof = offline.register().only(&self.entries(facts, signer)).to_cbor();
        let key = DecryptionKey::generate(rng);
        let content = RequestContent {
            client_id: client_id(self.key)?,
            answer_to: AnswerTo::Screen,
            nonce: fresh(rng),
            state: None,
            query,
            transaction_data: Vec::new(),
            client_metadata: ClientMetadata::for_key(&key, KEY_NAME),
            verifier_info: VerifierInfo {
                registration: Some(StapledRegistration {
                    member: self.member.to_string(),
                    use_name: self.use_name.to_string(),
                    proof,
                }),
            },
            wallet_nonce: None,
            issued_at: Some(now),
            expires_at: Some(now.plus(LIFE)),
        };
        let request = content.sign(self.key, self.signer)?;
        Ok(Question { content, key, request })
    }

    /// The query; whatever it asks, the registration is held against it afterwards.
    fn query(&self, facts: &Facts, vct: Option<&str>, claims: &[ClaimPath]) -> Result<Query, CounterError> {
        let key = Key::Registration(self.member.clone(), self.use_name.clone());
        let Some(Entry::Registration(registration)) = facts.get(&key) else {
            return Err(TrustError::NotRegistered.into());
        };
        let fits = |claims: &&RegisteredClaims| vct.is_none_or(|vct| claims.vct.as_str() == vct);
        let mut registered = registration.claims.iter().filter(fits);
        let (Some(first), None) = (registered.next(), registered.next()) else {
            return Err(TrustError::UnknownType.into());
        };
        let all = || first.paths.iter().filter_map(|steps| registry_client::trust::registered_path(steps));
        let claims: Vec<ClaimPath> = if claims.is_empty() { all().collect() } else { claims.to_vec() };
        let query = Query::for_card(CARD, first.vct.as_str(), &claims);
        query.map_err(|error: DcqlError| error.into())
    }

    /// What a phone has to know of the register.
    fn entries(&self, facts: &Facts, signer: &MemberId) -> Vec<Key> {
        let keys = facts.entries().filter_map(|(key, _)| match key {
            Key::MemberKey(member, Purpose::Request, _) if member == signer => Some(key.clone()),
            _ => None,
        });
        let named = [
            Key::Network,
            Key::Member(self.member.clone()),
            Key::Member(signer.clone()),
            Key::Registration(self.member.clone(), self.use_name.clone()),
        ];
        named.into_iter().chain(keys).collect()
    }
}

impl Question {
    /// The request as QR codes.
    ///
    /// # Errors
    /// [`CounterError::Envelope`], [`CounterError::Frames`]: a register's proof that is too long.
    pub fn frames(&self) -> Result<Vec<String>, CounterError> {
        Ok(frames::split(&envelope::pack(Kind::Request, &self.request)?)?)
    }

    /// Until when it can be answered.
    pub fn expires_at(&self) -> UnixTime {
        self.content.expires_at.unwrap_or_default()
    }

    /// What has to be kept until the answer comes, in a file that only its owner may read: whoever has it can
    /// read the answer.
    pub fn dangerous_to_bytes(&self) -> Vec<u8> {
        json!({ "request": self.request, "key": self.key.dangerous_to_jwk() }).to_string().into_bytes()
    }

    /// What was kept.
    ///
    /// # Errors
    /// [`CounterError::Request`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CounterError> {
        let read = || {
            let kept = json::parse(bytes, MAX_KEPT).ok()?;
            let request = kept.get("request").and_then(Value::as_str)?.to_owned();
            let key = DecryptionKey::from_jwk(kept.get("key")?).ok()?;
            Some((request, key))
        };
        let (request, key) = read().ok_or(RequestError::EncryptionKey)?;
        let content = UnverifiedRequest::parse_shown(&request)?.dangerous_content().clone();
        Ok(Self { content, key, request })
    }
}

impl core::fmt::Debug for Question {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Question")
    }
}

/// Who asks, by the key that signs: the DID of a `kid`, or the hash of a certificate.
fn client_id(key: &KeyReference) -> Result<ClientId, RequestError> {
    match key {
        KeyReference::X5c(chain) => Ok(ClientId::X509Hash(chain.leaf_sha256())),
        KeyReference::Kid(kid) => {
            let did = kid.split('#').next().unwrap_or_default();
            format!("decentralized_identifier:{did}").parse().map_err(RequestError::ClientId)
        }
    }
}

/// 256 random bits.
fn fresh(rng: &mut dyn CryptoRng) -> String {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    base64url(bytes)
}
