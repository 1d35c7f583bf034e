//! The sample card and the demo bank. Nobody is called that.

use core::time::Duration;

use credential::claim_path::ClaimPath;
use credential::time::UnixTime;
use serde_json::{Value, json};
use wallet_core::view::{
    AskedClaim, CardConsent, CardDetails, CardState, CardView, Choice, Consent, NeedConsent, NeedOption,
    Needs, OfferView, Party, ShownClaim, Texts,
};

/// How long the sample card is valid.
const VALID_FOR: Duration = Duration::from_secs(5 * 365 * 86_400);
/// Copies of the sample card.
const COPIES: u32 = 10;
/// What the demo bank may ask for.
const ASKED: [&str; 2] = ["given_name", "family_name"];
/// The one part of its question.
const QUERY: &str = "identity";

fn texts(english: &str, chinese: &str) -> Texts {
    Texts::new([("en".to_owned(), english.to_owned()), ("zh".to_owned(), chinese.to_owned())].into())
}

fn agency() -> Party {
    Party { member: "practice-agency".to_owned(), name: texts("Practice Agency", "练习机构") }
}

/// The demo bank.
pub(super) fn bank() -> Party {
    Party { member: "practice-bank".to_owned(), name: texts("Practice Bank", "练习银行") }
}

fn title() -> Texts {
    texts("Sample identity card", "示例身份卡")
}

fn claims() -> Vec<ShownClaim> {
    let claim = |path: &str, name: Texts, value: Value| ShownClaim::new(&ClaimPath::name(path), name, &value);
    vec![
        claim("given_name", texts("Given names", "名"), json!("Sam")),
        claim("family_name", texts("Family name", "姓"), json!("Sample")),
        claim("birthdate", texts("Date of birth", "出生日期"), json!("1990-01-31")),
        claim("national_number", texts("National number", "身份号码"), json!("PRACTICE-000")),
    ]
}

/// The sample card, with every copy unused.
pub(super) fn card(now: UnixTime) -> CardDetails {
    let card = CardView {
        id: "practice".to_owned(),
        title: title(),
        vct: "urn:symbolon:practice".to_owned(),
        issuer: agency().name,
        received_at: now,
        valid_until: Some(now.plus(VALID_FOR)),
        copies: COPIES,
        unused_copies: COPIES,
        background: Some("#0b4f4c".to_owned()),
        text: Some("#ffffff".to_owned()),
        has_code: false,
        state: CardState::Ready,
        checked_at: None,
        renews_itself: false,
    };
    CardDetails { card, claims: claims() }
}

/// The agency's offer.
pub(super) fn offer() -> OfferView {
    OfferView {
        issuer: agency(),
        issuer_since: None,
        address: "https://agency.practice.invalid".to_owned(),
        cards: vec![title()],
        needs: Needs::Nothing,
    }
}

/// What the bank would see of `card`.
pub(super) fn consent(card: &CardDetails) -> Consent {
    let is_asked = |claim: &&ShownClaim| ASKED.iter().any(|name| claim.path == ClaimPath::name(name));
    let (shared, kept): (Vec<&ShownClaim>, Vec<&ShownClaim>) = card.claims.iter().partition(is_asked);
    Consent {
        asks: bank(),
        asks_since: None,
        through: None,
        address: "https://bank.practice.invalid".to_owned(),
        purpose: texts("To log you in, for practice.", "用于练习登录。"),
        kept_days: Some(30),
        cards: vec![CardConsent {
            query: QUERY.to_owned(),
            id: card.card.id.clone(),
            title: title(),
            shared: shared.into_iter().map(asked).collect(),
            optional: Vec::new(),
            not_shared: kept.into_iter().map(|claim| claim.name.clone()).collect(),
            instead: Vec::new(),
            several: false,
            reused: card.card.unused_copies == 0,
        }],
        needs: vec![NeedConsent {
            required: true,
            options: vec![NeedOption { queries: vec![QUERY.to_owned()], cards: vec![title()] }],
        }],
        transactions: Vec::new(),
        choice: Choice { options: vec![Some(0)], cards: Vec::new() },
        proof_age_seconds: 3,
    }
}

/// The bank cannot do without any of it.
fn asked(claim: &ShownClaim) -> AskedClaim {
    AskedClaim { claim: claim.clone(), required: true, unasked: false, switch: None }
}

/// What a curious bank asks for beyond what it may.
pub(super) fn too_much() -> Vec<Texts> {
    vec![texts("National number", "身份号码")]
}
