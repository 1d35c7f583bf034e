//! Receipts: the other side's signed word on what it was shown, which the person can prove later.

use core::time::Duration;
use std::collections::BTreeSet;

use credential::claim_path::ClaimPath;
use credential::did::SymbolonDid;
use credential::issuer::KeyReference;
use credential::jws;
use credential::key::RustCrypto;
use credential::time::UnixTime;
use registry_client::facts::Facts;
use registry_client::trust::written;
use registry_proof::key::Purpose;
use serde_json::{Map, Value};

use crate::store::entries::{ReceiptState, Sharing};

/// The `typ` of a receipt.
pub const TYPE: &str = "symbolon-receipt+jwt";
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

fn says_what_was_shared(claims: &Map<String, Value>, kid: &str, sharing: &Sharing, at: UnixTime) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let is_did = |text: Option<&str>, member: &str| {
        text.and_then(|text| text.parse::<SymbolonDid>().ok())
            .is_some_and(|did| did.network() == sharing.network && did.member() == member)
    };
    let signer = kid.split('#').next();
    let time = claims.get("iat").and_then(UnixTime::from_claim);
    is_did(text("iss"), &sharing.through_member)
        && is_did(signer, &sharing.through_member)
        && is_did(text("aud"), &sharing.asked_by.member)
        && text("use") == Some(&sharing.use_name)
        && time.is_some_and(|time| time.since(at).max(at.since(time)) <= MAX_APART)
        && named_paths(claims.get("shared")) == Some(shared_paths(sharing))
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
