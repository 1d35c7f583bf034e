//! The personal identity card: a type after the EUDI PID rulebook, with a random login identifier.
//!
//! The login identifier is what a provider derives pairwise subjects from. It has 256 random bits, is
//! the same in every card of one person, and is disclosed to operators of a login only.
//!
//! Spec: EUDI PID rulebook 1.7 section 4; SD-JWT VC draft 19 section 4 (type metadata).

use credential::time::UnixTime;
use serde_json::{Map, Value, json};
use service_kit::calendar::{DAY, Date};

use crate::config::{Agency, Identity};
use crate::store::persons::PersonRecord;

/// One claim: its path, its names, whether every card has it.
struct Claim {
    path: &'static [&'static str],
    english: &'static str,
    chinese: &'static str,
    mandatory: bool,
}

const fn claim(
    path: &'static [&'static str],
    english: &'static str,
    chinese: &'static str,
    mandatory: bool,
) -> Claim {
    Claim { path, english, chinese, mandatory }
}

const CLAIMS: [Claim; 25] = [
    claim(&["family_name"], "Family name", "姓", true),
    claim(&["given_name"], "Given names", "名", true),
    claim(&["birthdate"], "Date of birth", "出生日期", true),
    claim(&[OF_AGE], "Over 18", "已满 18 岁", false),
    claim(&["place_of_birth"], "Place of birth", "出生地", true),
    claim(&["place_of_birth", "country"], "Country of birth", "出生国家", false),
    claim(&["place_of_birth", "locality"], "Town of birth", "出生城市", false),
    claim(&["nationalities"], "Nationalities", "国籍", true),
    claim(&["address"], "Address", "住址", false),
    claim(&["address", "street_address"], "Street", "街道", false),
    claim(&["address", "house_number"], "House number", "门牌号", false),
    claim(&["address", "postal_code"], "Postal code", "邮政编码", false),
    claim(&["address", "locality"], "Town", "城市", false),
    claim(&["address", "region"], "Region", "地区", false),
    claim(&["address", "country"], "Country", "国家", false),
    claim(&["sex"], "Sex", "性别", false),
    claim(&["email"], "E-mail", "电子邮箱", false),
    claim(&["personal_administrative_number"], "Person number", "个人编号", false),
    claim(&["issuing_authority"], "Issued by", "签发机关", true),
    claim(&["issuing_country"], "Issuing country", "签发国", true),
    claim(&["date_of_issuance"], "Issued on", "签发日期", false),
    claim(&["date_of_expiry"], "Valid until", "有效期至", false),
    claim(&["login_identifier"], "Login number", "登录标识", true),
    claim(&["birth_family_name"], "Family name at birth", "出生时的姓", false),
    claim(&["birth_given_name"], "Given names at birth", "出生时的名", false),
];

/// Whether the holder was 18 or older when the card was issued: what a code of this card shows.
pub(crate) const OF_AGE: &str = "age_over_18";
/// The ground of the card; text on it is white.
pub(crate) const GROUND: &str = "#0b4f4c";

/// The personal identity type of one agency.
#[derive(Debug)]
pub struct IdentityType {
    vct: String,
    name: String,
    valid_days: u64,
    authority: String,
    country: String,
    metadata: String,
}

impl IdentityType {
    /// The type as configured.
    pub fn new(identity: &Identity, agency: &Agency) -> Self {
        Self {
            vct: identity.vct.clone(),
            name: identity.name.clone(),
            valid_days: identity.valid_days,
            authority: agency.name.clone(),
            country: agency.country.clone(),
            metadata: metadata(&identity.vct).to_string(),
        }
    }

    /// The credential type.
    pub fn vct(&self) -> &str {
        &self.vct
    }

    /// The name under `/types/`, in offers and in the issuer's metadata.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type metadata, as the bytes that are served; the registry knows their SHA-256.
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// Until when a card issued now is valid: whole days, so that the time of day tells nothing.
    pub fn expires_at(&self, now: UnixTime) -> UnixTime {
        whole_days(now, self.valid_days)
    }

    /// All that a card which is issued now and ends then says about its holder.
    pub fn claims(&self, person: &PersonRecord, now: UnixTime, expires_at: UnixTime) -> Map<String, Value> {
        let mut claims = person.claims.clone();
        let own = [
            ("issuing_authority", self.authority.clone()),
            ("issuing_country", self.country.clone()),
            ("date_of_issuance", Date::of(now).to_string()),
            ("date_of_expiry", Date::of(expires_at).to_string()),
            ("login_identifier", person.login_identifier.clone()),
        ];
        claims.extend(own.map(|(name, text)| (name.to_owned(), Value::String(text))));
        let birthdate = claims.get("birthdate").and_then(Value::as_str).map(Date::parse);
        if let Some(Ok(birthdate)) = birthdate {
            let of_age = Date { year: birthdate.year.saturating_add(18), ..birthdate } <= Date::of(now);
            claims.insert(OF_AGE.to_owned(), Value::Bool(of_age));
        }
        claims
    }

    /// The card's name and look, for the issuer's metadata.
    pub fn display(&self) -> Value {
        json!([
            { "name": "Personal identity", "locale": "en", "background_color": GROUND, "text_color": "#ffffff" },
            { "name": "个人身份", "locale": "zh", "background_color": GROUND, "text_color": "#ffffff" },
        ])
    }

    /// The claims with their names, for the issuer's metadata (OpenID4VCI 1.0 appendix B.2).
    pub fn claim_descriptions(&self) -> Value {
        let descriptions = CLAIMS.iter().map(|claim| {
            json!({
                "path": claim.path,
                "mandatory": claim.mandatory,
                "display": [{ "name": claim.english, "locale": "en" }, { "name": claim.chinese, "locale": "zh" }],
            })
        });
        Value::Array(descriptions.collect())
    }
}

/// The midnight that `days` days lead to.
pub(crate) fn whole_days(now: UnixTime, days: u64) -> UnixTime {
    UnixTime::from_secs((now.secs() / DAY + days) * DAY)
}

fn metadata(vct: &str) -> Value {
    let claims = CLAIMS.iter().map(|claim| {
        json!({
            "path": claim.path,
            "display": [{ "locale": "en", "label": claim.english }, { "locale": "zh", "label": claim.chinese }],
            "sd": "always",
            "mandatory": claim.mandatory,
        })
    });
    json!({
        "vct": vct,
        "name": "Personal identity",
        "description": "Personal identification data after the EUDI PID rulebook, with a random login identifier.",
        "display": [
            {
                "locale": "en", "name": "Personal identity", "description": "Shows who you are.",
                "rendering": { "simple": { "background_color": GROUND, "text_color": "#ffffff" } },
            },
            {
                "locale": "zh", "name": "个人身份", "description": "证明您的身份。",
                "rendering": { "simple": { "background_color": GROUND, "text_color": "#ffffff" } },
            },
        ],
        "claims": Value::Array(claims.collect()),
        // What a wallet may show to any counter, as a code that is good for half a minute; nothing else.
        "symbolon_code": [[OF_AGE]],
    })
}
