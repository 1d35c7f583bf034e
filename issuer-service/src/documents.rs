//! Mobile documents: what the agency knows of its people, by the elements' names of the EUDI PID rulebook.
//!
//! The configuration says which elements stand in which namespace of which document type. The random login
//! identifier is in none of them: whoever is shown a document sees all of the elements that were asked for, and
//! that one is for operators of a login only.
//!
//! Spec: ISO/IEC 18013-5 sections 7.2.1 and 8.3.2.1; EUDI PID rulebook 1.7 section 3; OpenID4VCI 1.0 appendix A.2.

use std::collections::BTreeSet;

use credential::cbor::value::Value as Cbor;
use credential::mdoc::elements::Elements;
use credential::time::UnixTime;
use serde_json::{Map, Value, json};

use crate::config::Document;
use crate::identity::{GROUND, OF_AGE, whole_days};

/// Documents of one agency, at most: each makes the proof that its metadata carries longer.
pub const MAX_DOCUMENTS: usize = 8;
/// The tag of a full date (RFC 8943).
const FULL_DATE: u64 = 1004;

/// One element: its name, its names for people, the claim that it comes from, how it is written.
struct Element {
    name: &'static str,
    english: &'static str,
    chinese: &'static str,
    claim: &'static [&'static str],
    form: Form,
}

/// How a claim becomes an element.
#[derive(Clone, Copy)]
enum Form {
    /// As it is.
    Plain,
    /// A date, which CBOR marks as one.
    Date,
}

const fn plain(
    name: &'static str,
    english: &'static str,
    chinese: &'static str,
    claim: &'static [&'static str],
) -> Element {
    Element { name, english, chinese, claim, form: Form::Plain }
}

const fn date(
    name: &'static str,
    english: &'static str,
    chinese: &'static str,
    claim: &'static [&'static str],
) -> Element {
    Element { name, english, chinese, claim, form: Form::Date }
}

const ELEMENTS: [Element; 20] = [
    plain("family_name", "Family name", "姓", &["family_name"]),
    plain("given_name", "Given names", "名", &["given_name"]),
    date("birth_date", "Date of birth", "出生日期", &["birthdate"]),
    plain("age_over_18", "Over 18", "已满 18 岁", &[OF_AGE]),
    plain("place_of_birth", "Place of birth", "出生地", &["place_of_birth"]),
    plain("nationality", "Nationalities", "国籍", &["nationalities"]),
    plain("sex", "Sex", "性别", &["sex"]),
    plain("resident_street", "Street", "街道", &["address", "street_address"]),
    plain("resident_city", "Town", "城市", &["address", "locality"]),
    plain("resident_postal_code", "Postal code", "邮政编码", &["address", "postal_code"]),
    plain("resident_state", "Region", "地区", &["address", "region"]),
    plain("resident_country", "Country", "国家", &["address", "country"]),
    plain("email_address", "E-mail", "电子邮箱", &["email"]),
    plain("personal_administrative_number", "Person number", "个人编号", &["personal_administrative_number"]),
    plain("family_name_birth", "Family name at birth", "出生时的姓", &["birth_family_name"]),
    plain("given_name_birth", "Given names at birth", "出生时的名", &["birth_given_name"]),
    plain("issuing_authority", "Issued by", "签发机关", &["issuing_authority"]),
    plain("issuing_country", "Issuing country", "签发国", &["issuing_country"]),
    date("issuance_date", "Issued on", "签发日期", &["date_of_issuance"]),
    date("expiry_date", "Valid until", "有效期至", &["date_of_expiry"]),
];

/// Why a document of the configuration cannot be issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// There are more than [`MAX_DOCUMENTS`].
    #[error("there are more documents than allowed")]
    TooMany,
    /// Its name is empty, or has characters that an address cannot carry as they are.
    #[error("document.name must be of small letters, digits and hyphens")]
    Name,
    /// Two cards have one name, or one type.
    #[error("two cards share a name or a type")]
    Twice,
    /// It has no elements, or a namespace without any.
    #[error("a namespace of a document is empty or without a name")]
    Empty,
    /// The agency knows nothing of an element by this name.
    #[error("element {0} is unknown")]
    UnknownElement(String),
    /// An element stands twice in a namespace.
    #[error("element {0} stands twice in a namespace")]
    RepeatedElement(String),
    /// Days outside of what makes sense.
    #[error("document.valid_days is out of range")]
    Days,
}

/// A namespace and its elements, in the order of the configuration.
struct Namespace {
    name: String,
    elements: Vec<&'static Element>,
}

/// A document type of one agency.
pub struct DocumentType {
    doctype: String,
    name: String,
    title: [String; 2],
    valid_days: u64,
    namespaces: Vec<Namespace>,
    metadata: String,
}

impl DocumentType {
    /// The types as configured. `taken` are the names and types of other cards.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn read_all(configured: &[Document], taken: &[&str]) -> Result<Vec<Self>, DocumentError> {
        if configured.len() > MAX_DOCUMENTS {
            return Err(DocumentError::TooMany);
        }
        let mut names: BTreeSet<&str> = taken.iter().copied().collect();
        let read = |document| {
            let Document { name, doctype, .. }: &'_ Document = document;
            if name == doctype || !names.insert(name) || !names.insert(doctype) {
                return Err(DocumentError::Twice);
            }
            Self::read(document)
        };
        configured.iter().map(read).collect()
    }

    fn read(configured: &Document) -> Result<Self, DocumentError> {
        let Document { name, doctype, title, title_zh, valid_days, namespaces } = configured;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || !name.bytes().all(plain) {
            return Err(DocumentError::Name);
        }
        if !(1..=3650).contains(valid_days) {
            return Err(DocumentError::Days);
        }
        let namespaces = namespaces.iter().map(|(name, elements)| Namespace::read(name, elements));
        let namespaces = namespaces.collect::<Result<Vec<_>, _>>()?;
        if namespaces.is_empty() {
            return Err(DocumentError::Empty);
        }
        let mut document = Self {
            doctype: doctype.clone(),
            name: name.clone(),
            title: [title.clone(), title_zh.clone()],
            valid_days: *valid_days,
            namespaces,
            metadata: String::new(),
        };
        document.metadata = document.type_metadata().to_string();
        Ok(document)
    }

    /// The document type.
    pub fn doctype(&self) -> &str {
        &self.doctype
    }

    /// The name under `/types/`, in offers and in the issuer's metadata.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type metadata, as the bytes that are served; the registry knows their SHA-256.
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// Until when a document issued now is valid: whole days, so that the time of day tells nothing.
    pub fn expires_at(&self, now: UnixTime) -> UnixTime {
        whole_days(now, self.valid_days)
    }

    /// The elements of a document for somebody with these claims; those that nothing is known for are left out.
    pub fn elements(&self, claims: &Map<String, Value>) -> Elements {
        let mut elements = Elements::default();
        for Namespace { name, elements: known } in &self.namespaces {
            for element in known {
                if let Some(value) = element.value(claims) {
                    elements.insert(name, element.name, value);
                }
            }
        }
        elements
    }

    /// The document's name and look, for the issuer's metadata.
    pub fn display(&self) -> Value {
        let [english, chinese] = &self.title;
        json!([
            { "name": english, "locale": "en", "background_color": GROUND, "text_color": "#ffffff" },
            { "name": chinese, "locale": "zh", "background_color": GROUND, "text_color": "#ffffff" },
        ])
    }

    /// The elements with their names, for the issuer's metadata (OpenID4VCI 1.0 appendix B.2).
    pub fn element_descriptions(&self) -> Value {
        let described = self.each(|namespace, element| {
            json!({
                "path": [namespace, element.name],
                "display": [{ "name": element.english, "locale": "en" }, { "name": element.chinese, "locale": "zh" }],
            })
        });
        Value::Array(described.collect())
    }

    fn type_metadata(&self) -> Value {
        let claims = self.each(|namespace, element| {
            json!({
                "path": [namespace, element.name],
                "display": [{ "locale": "en", "label": element.english }, { "locale": "zh", "label": element.chinese }],
            })
        });
        let [english, chinese] = &self.title;
        json!({
            "vct": self.doctype,
            "name": english,
            "display": [{ "locale": "en", "name": english }, { "locale": "zh", "name": chinese }],
            "claims": Value::Array(claims.collect()),
        })
    }

    fn each<'a>(
        &'a self,
        describe: impl Fn(&'a str, &'static Element) -> Value + Copy + 'a,
    ) -> impl Iterator<Item = Value> + 'a {
        self.namespaces.iter().flat_map(move |namespace| {
            namespace.elements.iter().map(move |element| describe(&namespace.name, element))
        })
    }
}

impl Namespace {
    fn read(name: &str, configured: &[String]) -> Result<Self, DocumentError> {
        if name.is_empty() || configured.is_empty() {
            return Err(DocumentError::Empty);
        }
        let mut seen = BTreeSet::new();
        let elements = configured.iter().map(|wanted| {
            if !seen.insert(wanted) {
                return Err(DocumentError::RepeatedElement(wanted.clone()));
            }
            let known = ELEMENTS.iter().find(|element| element.name == wanted);
            known.ok_or_else(|| DocumentError::UnknownElement(wanted.clone()))
        });
        Ok(Self { name: name.to_owned(), elements: elements.collect::<Result<_, _>>()? })
    }
}

impl Element {
    fn value(&self, claims: &Map<String, Value>) -> Option<Cbor> {
        let (first, rest) = self.claim.split_first()?;
        let claim = rest.iter().try_fold(claims.get(*first)?, |value, name| value.get(name))?;
        match self.form {
            Form::Plain => to_cbor(claim),
            Form::Date => Some(Cbor::tag(FULL_DATE, claim.as_str()?)),
        }
    }
}

/// A claim as CBOR. People's claims hold texts, numbers from 0, flags, and lists and objects of them; of anything
/// else, nothing is said.
fn to_cbor(claim: &Value) -> Option<Cbor> {
    match claim {
        Value::Null => None,
        Value::Bool(flag) => Some(Cbor::Bool(*flag)),
        Value::Number(number) => number.as_u64().map(Cbor::Unsigned),
        Value::String(text) => Some(text.as_str().into()),
        Value::Array(items) => items.iter().map(to_cbor).collect::<Option<Vec<_>>>().map(Cbor::Array),
        Value::Object(members) => {
            let written = members.iter().map(|(name, value)| Some((name.as_str(), to_cbor(value)?)));
            written.collect::<Option<Vec<_>>>().map(Cbor::map)
        }
    }
}

#[cfg(test)]
mod tests;
