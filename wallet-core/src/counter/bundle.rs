//! What a counter fetches while it has the network, and believes later without it.
//!
//! A file holds the whole register with its proof, and every status list that its issuers publish. Nothing in
//! it is believed for being there: the proof is held against a pinned checkpoint, and a list against its
//! issuer's key and its anchor in the register, each time.
//!
//! Issuers are found through the register and all of them are asked, so that nobody learns whose cards a
//! counter sees.
//!
//! Spec: Token Status List draft 20 sections 8 and 9; OpenID4VCI 1.0 section 12.2.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use credential::encoding::{base64url, from_base64url};
use credential::json;
use credential::sd_jwt_vc::StatusReference;
use credential::status_list::aggregation::Aggregation;
use credential::status_list::{MEDIA_TYPE, UnverifiedToken};
use credential::time::UnixTime;
use openid4vc::vci::metadata;
use openid4vc::web_url::WebUrl;
use registry_client::facts::Facts;
use registry_client::registry::Registry;
use registry_proof::bundle::{MAX_BUNDLE, MAX_STAPLED, ProofBundle};
use registry_proof::entry::{Entry, Member, Role, Standing};
use registry_proof::freshness::Use;
use registry_proof::key::Key;
use registry_proof::light::{Checkpoint, LightClient};
use registry_proof::name::MemberId;
use registry_proof::time::Millis;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::counter::CounterError;
use crate::http::{Http, Reach, Request};
use crate::status::{self, StatusError};

/// Bytes of a file, at most: the largest register, and lists beside it.
pub const MAX_FILE: usize = 256 * 1024 * 1024;
/// Status lists, at most: at a million cards each, more than a country has.
pub const MAX_LISTS: usize = 2_000;
/// Bytes of all status lists, at most: a million cards take some kilobytes while few are revoked.
pub const MAX_LIST_BYTES: usize = 128 * 1024 * 1024;
/// The member of an issuer's metadata that says where its lists are named (Token Status List section 9.2).
const AGGREGATION: &str = "status_list_aggregation_endpoint";

/// What was fetched, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The register's snapshot, CBOR as base64url.
    register: String,
    /// Status lists by address.
    lists: BTreeMap<String, String>,
}

/// What came of fetching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// How many lists are there.
    pub lists: usize,
    /// Lists in the register that could not be had: cards that refer to them will be refused.
    pub missing: usize,
}

impl Bundle {
    /// Fetches the register and the lists of all its issuers. An issuer that does not answer leaves lists
    /// missing, and says so.
    ///
    /// # Errors
    /// [`CounterError::Registry`], [`CounterError::Http`].
    pub async fn fetch(registry: &Registry, reach: Reach) -> Result<(Self, Fetched), CounterError> {
        let http = Http::new(reach)?;
        let facts = registry.accept(&registry.snapshot().await?)?;
        let mut lists = BTreeMap::new();
        let mut bytes = 0;
        for origin in issuers(&facts).values().flatten() {
            for uri in lists_of(&http, origin).await.unwrap_or_default() {
                // An issuer that stops answering keeps nobody waiting for each of its lists.
                let Some(token) = text(&http, &uri, MEDIA_TYPE).await else { break };
                bytes += token.len();
                if lists.len() < MAX_LISTS && bytes <= MAX_LIST_BYTES {
                    lists.insert(uri, token.trim().to_owned());
                }
            }
        }
        // Anchored before it is published: a snapshot from now knows every list that was just fetched.
        let snapshot = registry.snapshot().await?;
        let facts = registry.accept(&snapshot)?;
        lists.retain(|uri, token| is_anchored(&facts, uri, token));
        let anchored = facts.entries().filter(|(_, entry)| matches!(entry, Entry::Status(_))).count();
        let fetched = Fetched { lists: lists.len(), missing: anchored.saturating_sub(lists.len()) };
        Ok((Self { register: base64url(snapshot.to_cbor()), lists }, fetched))
    }

    /// What was put together by other means: a snapshot of the register, and lists by their addresses.
    pub fn of(snapshot: &ProofBundle, lists: BTreeMap<String, String>) -> Self {
        Self { register: base64url(snapshot.to_cbor()), lists }
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// A bundle from a file's bytes.
    ///
    /// # Errors
    /// [`CounterError::Bundle`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CounterError> {
        let value = json::parse(bytes, MAX_FILE).map_err(|_| CounterError::Bundle)?;
        serde_json::from_value(value).map_err(|_| CounterError::Bundle)
    }

    /// Believes it, from `checkpoint` on.
    ///
    /// # Errors
    /// [`CounterError::Bundle`], [`CounterError::Proof`].
    pub fn open(self, checkpoint: &Checkpoint, now: UnixTime) -> Result<Offline, CounterError> {
        if self.lists.len() > MAX_LISTS {
            return Err(CounterError::Bundle);
        }
        let bytes = from_base64url(&self.register).map_err(|_| CounterError::Bundle)?;
        let register = ProofBundle::from_cbor(&bytes, MAX_BUNDLE).map_err(|_| CounterError::Bundle)?;
        let mut light = LightClient::new(checkpoint, None, Millis::from_secs(now.secs()))?;
        let proven = light.accept(&register)?;
        let facts = Facts::new(light.network().clone(), proven, light.head().time);
        Ok(Offline { light, register, facts, lists: self.lists })
    }
}

/// A counter without the network: the register and the lists as they were.
#[derive(Debug)]
pub struct Offline {
    light: LightClient,
    register: ProofBundle,
    facts: Facts,
    lists: BTreeMap<String, String>,
}

impl Offline {
    /// What the register said when it was fetched.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The register with its proof, to staple parts of it.
    pub const fn register(&self) -> &ProofBundle {
        &self.register
    }

    /// What is known of the register: what was fetched, or what came with an answer where that is newer. How
    /// old it may be is judged here.
    ///
    /// # Errors
    /// [`CounterError::Bundle`] and [`CounterError::Proof`] for a proof that does not hold;
    /// [`CounterError::Trust`] where the newer one is too old too.
    pub fn newest(&self, proof: Option<&[u8]>, now: UnixTime) -> Result<Facts, CounterError> {
        let mut facts = self.facts.clone();
        if let Some(proof) = proof {
            let bundle = ProofBundle::from_cbor(proof, MAX_STAPLED).map_err(|_| CounterError::Bundle)?;
            let mut light = self.light.clone();
            let proven = light.accept(&bundle)?;
            let brought = Facts::new(light.network().clone(), proven, light.head().time);
            if brought.time() > facts.time() {
                facts = brought;
            }
        }
        facts.judge(Use::Counter, now)?;
        Ok(facts)
    }

    /// What a list says of a card of `issuer`, and how old that knowledge is: the register proves which version
    /// was the newest when it was fetched.
    ///
    /// # Errors
    /// [`CounterError::Status`]; [`CounterError::Trust`] where what was fetched is too old.
    pub(super) fn status(
        &self,
        newest: &Facts,
        issuer: &MemberId,
        reference: &StatusReference,
        now: UnixTime,
    ) -> Result<(status::Answered, Duration), CounterError> {
        let age = self.facts.judge(Use::Counter, now)?.duration();
        let token = self.lists.get(&reference.uri).ok_or(StatusError::NotFetched)?;
        let anchor = self.facts.status_anchor(&reference.uri, MEDIA_TYPE);
        Ok((status::read(token, newest, issuer, anchor, reference, now)?, age))
    }
}

/// The origins of every active issuer.
fn issuers(facts: &Facts) -> BTreeMap<&MemberId, BTreeSet<&String>> {
    let is_issuer =
        |member: &Member| member.standing == Standing::Active && member.roles.contains(&Role::Issuer);
    facts
        .entries()
        .filter_map(|(key, entry)| match (key, entry) {
            (Key::Member(id), Entry::Member(member)) if is_issuer(member) => {
                Some((id, member.origins.iter().collect()))
            }
            _ => None,
        })
        .collect()
}

/// The addresses of an issuer's lists, all of them on its own origin.
async fn lists_of(http: &Http, origin: &str) -> Option<Vec<String>> {
    let issuer = WebUrl::parse(origin).ok()?;
    let body = text(http, &issuer.well_known(metadata::WELL_KNOWN), "application/json").await?;
    let members = json::parse_object(body.as_bytes(), metadata::MAX_METADATA).ok()?;
    let aggregation = members.get(AGGREGATION).and_then(Value::as_str)?;
    let is_own = |uri: &str| WebUrl::parse(uri).is_ok_and(|uri| uri.origin() == issuer.origin());
    if !is_own(aggregation) {
        return None;
    }
    let body = text(http, aggregation, "application/json").await?;
    Aggregation::parse_own(body.as_bytes(), is_own).ok().map(|named| named.lists)
}

async fn text(http: &Http, uri: &str, media_type: &str) -> Option<String> {
    let answer = http.send(Request::get(uri.parse().ok()?, media_type)).await.ok()?;
    if answer.is_good() { String::from_utf8(answer.body).ok() } else { None }
}

fn is_anchored(facts: &Facts, uri: &str, token: &str) -> bool {
    let anchor = facts.status_anchor(uri, MEDIA_TYPE);
    let sha256 = UnverifiedToken::parse(token).map(|token| token.sha256());
    anchor.is_some_and(|anchor| Ok(anchor.token_sha256) == sha256)
}
