//! Receipts: the other side's signed word on what it was shown, which the person can prove later.

use core::time::Duration;
use std::collections::BTreeSet;

use credential::claim_path::ClaimPath;
use credential::did::SymbolonDid;
use credential::encoding::base64url;
use credential::issuer::KeyReference;
use credential::jws;
use credential::key::RustCrypto;
use credential::time::UnixTime;
use registry_client::facts::Facts;
use registry_client::trust::written;
use registry_proof::entry::Entry as RegisterEntry;
use registry_proof::key::{Key, MAX_PERIOD, Purpose};
use registry_proof::name::MemberId;
use registry_proof::receipts::TYPE;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::present::asker::party;
use crate::store::entries::{Entry, How, ReceiptState, RequestState, Sharing};
use crate::view::Texts;

/// How far the receipt's time may lie from the sharing's.
const MAX_APART: Duration = Duration::from_secs(600);

/// What `receipt` is worth: whether its signer is proven by `facts`, and whether it says what was shared.
pub(crate) fn judge(receipt: &str, sharing: &Sharing, facts: &Facts, at: UnixTime) -> ReceiptState {
    let Ok(token) = jws::Unverified::parse(receipt) else { return ReceiptState::Wrong };
    let Ok(claims) = token.dangerous_claims() else { return ReceiptState::Wrong };
    let kid = token.header().kid().unwrap_or_default().to_owned();
    if !says_what_was_shared(&claims, &kid, sharing, at) {
        return ReceiptState::Wrong;
    }
    let Ok(signer) = facts.signer(&KeyReference::Kid(kid), Purpose::Receipt, at, &RustCrypto) else {
        return ReceiptState::Unchecked;
    };
    match token.verify(&signer.key, TYPE, &RustCrypto) {
        Ok(_) => ReceiptState::Checked,
        Err(_) => ReceiptState::Wrong,
    }
}

/// What a receipt says of itself: its period, and by when the root of that is in the register.
pub(crate) struct Says {
    pub(crate) period: String,
    pub(crate) due: UnixTime,
}

impl Says {
    /// Nothing where the receipt promises no root.
    pub(crate) fn of(receipt: &str) -> Option<Self> {
        let claims = claims(receipt)?;
        let period = claims.get("period").and_then(Value::as_str).filter(|text| text.len() <= MAX_PERIOD)?;
        let due = claims.get("due").and_then(UnixTime::from_claim)?;
        Some(Self { period: period.to_owned(), due })
    }
}

/// What a receipt says. Its signature was checked when it came, or is said not to have been.
pub(crate) fn claims(receipt: &str) -> Option<Map<String, Value>> {
    jws::Unverified::parse(receipt).ok()?.dangerous_claims().ok()
}

/// The login that a receipt is for, by the session that `first` began: when it was, and who learnt what.
/// Nothing where the receipt does not hold, or cannot be checked now.
pub(crate) fn judge_login(
    receipt: &str,
    first: &Entry,
    facts: &Facts,
    now: UnixTime,
) -> Option<(UnixTime, Sharing)> {
    let token = jws::Unverified::parse(receipt).ok()?;
    let kid = token.header().kid()?.to_owned();
    let claims = token.dangerous_claims().ok()?;
    let at = claims.get("iat").and_then(UnixTime::from_claim)?;
    let signer = facts.signer(&KeyReference::Kid(kid.clone()), Purpose::Receipt, at, &RustCrypto).ok()?;
    token.verify(&signer.key, TYPE, &RustCrypto).ok()?;
    let what = login_of(&claims, &first.what, facts)?;
    let in_time = at.plus(MAX_APART) >= first.at && now.plus(MAX_APART) >= at;
    (in_time && says_who_and_whom(&claims, &kid, &what)).then_some((at, what))
}

/// Who learnt by a session that it is the same person, and why, as the register has it.
fn login_of(claims: &Map<String, Value>, first: &Sharing, facts: &Facts) -> Option<Sharing> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let RequestState(state) = first.state.as_ref()?;
    let is_our_session = text("state_hash") == Some(&base64url(Sha256::digest(state)));
    let shared_nothing = claims.get("shared")?.as_array()?.is_empty();
    if !is_our_session || !shared_nothing || text("how") != Some("session") {
        return None;
    }
    let member: MemberId = text("aud")?.parse::<SymbolonDid>().ok()?.member().parse().ok()?;
    let Some(RegisterEntry::Member(found)) = facts.get(&Key::Member(member.clone())) else { return None };
    let registration = Key::Registration(member.clone(), text("use")?.parse().ok()?);
    let registration = match facts.get(&registration) {
        Some(RegisterEntry::Registration(found)) => Some(found),
        _ => None,
    };
    Some(Sharing {
        asked_by: party(&member, &found.legal_name),
        use_name: text("use")?.to_owned(),
        purpose: registration.map(|found| Texts::new(found.purpose.clone())).unwrap_or_default(),
        kept_days: registration.map(|found| found.retention_days),
        how: How::Session,
        cards: Vec::new(),
        transactions: Vec::new(),
        ..first.clone()
    })
}

fn says_what_was_shared(claims: &Map<String, Value>, kid: &str, sharing: &Sharing, at: UnixTime) -> bool {
    let time = claims.get("iat").and_then(UnixTime::from_claim);
    says_who_and_whom(claims, kid, sharing)
        && time.is_some_and(|time| time.since(at).max(at.since(time)) <= MAX_APART)
        && named_paths(claims.get("shared")) == Some(shared_paths(sharing))
}

fn says_who_and_whom(claims: &Map<String, Value>, kid: &str, sharing: &Sharing) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let is_did = |text: Option<&str>, member: &str| {
        text.and_then(|text| text.parse::<SymbolonDid>().ok())
            .is_some_and(|did| did.network() == sharing.network && did.member() == member)
    };
    is_did(text("iss"), &sharing.through_member)
        && is_did(kid.split('#').next(), &sharing.through_member)
        && is_did(text("aud"), &sharing.asked_by.member)
        && text("use") == Some(&sharing.use_name)
}

fn shared_paths(sharing: &Sharing) -> BTreeSet<String> {
    sharing.cards.iter().flat_map(|card| &card.paths).map(written).collect()
}

/// Paths as OpenID4VP writes them, or as people read them.
fn named_paths(value: Option<&Value>) -> Option<BTreeSet<String>> {
    let path = |item: &Value| match item {
        Value::String(text) => Some(text.clone()),
        other => serde_json::from_value::<ClaimPath>(other.clone()).ok().map(|path| written(&path)),
    };
    value?.as_array()?.iter().map(path).collect()
}
