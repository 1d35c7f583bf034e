//! What a credential issuer says about itself and its cards.
//!
//! Spec: OpenID4VCI 1.0 section 12.2 and appendices A.2 (`mso_mdoc`) and A.3 (`dc+sd-jwt`).

mod configuration;

use std::collections::BTreeMap;

use credential::jwe::ContentEncryption;
use credential::key::Algorithm;
use serde_json::{Map, Value};

use crate::encryption_key::is_encryption_key;
use crate::message::{self, Members, MessageError, check_list, texts_of};
use crate::oauth::metadata::{MetadataError, read_endpoint};
use crate::web_url::WebUrl;

/// The well-known name; see [`WebUrl::well_known`].
pub const WELL_KNOWN: &str = "openid-credential-issuer";
/// Bytes of the document, at most: the EU's own reference issuer needs 270,000.
pub const MAX_METADATA: usize = 1 << 20;
/// Configurations of one issuer, at most.
pub const MAX_CONFIGURATIONS: usize = 256;
/// Names in one list, at most.
pub const MAX_NAMES: usize = 64;

/// An issuer's metadata: what we use of it, and the rest as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct IssuerMetadata {
    /// The issuer's identifier.
    pub credential_issuer: WebUrl,
    /// Its authorization servers; none means the issuer itself.
    pub authorization_servers: Vec<WebUrl>,
    /// Where cards are asked for.
    pub credential_endpoint: WebUrl,
    /// Where nonces are had; with it, every key proof needs one.
    pub nonce_endpoint: Option<WebUrl>,
    /// Where deferred cards are asked for.
    pub deferred_credential_endpoint: Option<WebUrl>,
    /// Where the issuer is told what became of its cards.
    pub notification_endpoint: Option<WebUrl>,
    /// How many keys one request may prove: at least one.
    pub batch_size: usize,
    /// How to encrypt requests.
    pub request_encryption: Option<RequestEncryption>,
    /// How responses can be encrypted.
    pub response_encryption: Option<ResponseEncryption>,
    /// What is issued, by name.
    pub configurations: BTreeMap<String, Configuration>,
    /// Every member as it came, for `display` and what a network adds.
    pub members: Map<String, Value>,
}

/// `credential_request_encryption`.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestEncryption {
    /// The first key that we can use, a public JWK; `None` where there is none.
    pub key: Option<Value>,
    /// The content encryptions that we know, in the issuer's order.
    pub content_encryptions: Vec<ContentEncryption>,
    /// Whether requests must be encrypted.
    pub required: bool,
}

/// `credential_response_encryption`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseEncryption {
    /// Whether `ECDH-ES` is among the key agreements.
    pub ecdh_es: bool,
    /// The content encryptions that we know, in the issuer's order.
    pub content_encryptions: Vec<ContentEncryption>,
    /// Whether responses must be encrypted.
    pub required: bool,
}

/// One kind of card that is issued.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// Its format, `dc+sd-jwt` or `mso_mdoc` for ours.
    pub format: String,
    /// The credential type, where the format has one.
    pub vct: Option<String>,
    /// The document type, where the format has one.
    pub doctype: Option<String>,
    /// The scope to ask for it with.
    pub scope: Option<String>,
    /// `cryptographic_binding_methods_supported`: `jwk` for ours.
    pub binding_methods: Vec<String>,
    /// The algorithms of key proofs of type `jwt`, those that we know; `None` where that type is not taken.
    pub proof_algorithms: Option<Vec<Algorithm>>,
    /// Whether proofs of type `jwt` have to bring an attestation of their keys.
    pub key_attestations_required: bool,
    /// `credential_metadata`: names, logos and claims to show.
    pub display: Option<Value>,
}

impl IssuerMetadata {
    /// Reads the document of the issuer `issuer`. Unknown members are ignored.
    ///
    /// # Errors
    /// [`MetadataError`]; [`MetadataError::OtherIssuer`] unless `issuer` stands in it, letter by letter.
    pub fn parse(body: &[u8], issuer: &str) -> Result<Self, MetadataError> {
        let document = message::parse(body, MAX_METADATA)?;
        let members = Members::new(&document);
        let named = members.required_text("credential_issuer")?;
        if named != issuer {
            return Err(MetadataError::OtherIssuer);
        }
        let credential_issuer = WebUrl::parse(named)?;
        let endpoint = |name| read_endpoint(members, name, &credential_issuer);
        Ok(Self {
            authorization_servers: parse_servers(members, &credential_issuer)?,
            credential_endpoint: endpoint("credential_endpoint")?
                .ok_or(MessageError::Missing("credential_endpoint"))?,
            nonce_endpoint: endpoint("nonce_endpoint")?,
            deferred_credential_endpoint: endpoint("deferred_credential_endpoint")?,
            notification_endpoint: endpoint("notification_endpoint")?,
            batch_size: parse_batch_size(members)?,
            request_encryption: members
                .object("credential_request_encryption")?
                .map(RequestEncryption::parse)
                .transpose()?,
            response_encryption: members
                .object("credential_response_encryption")?
                .map(ResponseEncryption::parse)
                .transpose()?,
            configurations: configuration::parse_all(members)?,
            credential_issuer,
            members: document,
        })
    }

    /// The authorization server to use: the issuer itself where it names none, else the one that an offer
    /// chose among them, or the first.
    ///
    /// # Errors
    /// [`MetadataError::OtherIssuer`] where the offer's choice is not one of them.
    pub fn authorization_server(&self, chosen: Option<&str>) -> Result<&WebUrl, MetadataError> {
        let mut servers = self.authorization_servers.iter();
        match (chosen, self.authorization_servers.is_empty()) {
            (None, true) => Ok(&self.credential_issuer),
            (None, false) => servers.next().ok_or(MetadataError::OtherIssuer),
            (Some(chosen), _) => {
                servers.find(|server| server.as_str() == chosen).ok_or(MetadataError::OtherIssuer)
            }
        }
    }
}

fn parse_servers(members: Members<'_>, issuer: &WebUrl) -> Result<Vec<WebUrl>, MetadataError> {
    let mut servers = Vec::new();
    for text in members.texts("authorization_servers", MAX_NAMES)?.unwrap_or_default() {
        let server = WebUrl::parse(&text)?;
        if server.is_loopback() && !issuer.is_loopback() {
            return Err(MetadataError::Loopback);
        }
        servers.push(server);
    }
    Ok(servers)
}

/// A batch has at least two (section 12.2.4); without one, requests prove one key.
fn parse_batch_size(members: Members<'_>) -> Result<usize, MessageError> {
    let Some(batch) = members.object("batch_credential_issuance")? else { return Ok(1) };
    let size = batch.number("batch_size")?.ok_or(MessageError::Missing("batch_size"))?;
    let size = usize::try_from(size).map_err(|_| MessageError::TooLarge("batch_size"))?;
    if size < 2 { Err(MessageError::Kind("batch_size")) } else { Ok(size) }
}

impl RequestEncryption {
    fn parse(members: Members<'_>) -> Result<Self, MessageError> {
        let keys = members.required_object("jwks")?.required_list("keys", MAX_NAMES)?;
        Ok(Self {
            key: keys.iter().find(|key| is_encryption_key(key)).cloned(),
            content_encryptions: parse_encryptions(members)?,
            required: parse_required(members)?,
        })
    }
}

impl ResponseEncryption {
    fn parse(members: Members<'_>) -> Result<Self, MessageError> {
        const NAME: &str = "alg_values_supported";
        let algorithms = members.texts(NAME, MAX_NAMES)?.ok_or(MessageError::Missing(NAME))?;
        Ok(Self {
            ecdh_es: algorithms.iter().any(|name| name == "ECDH-ES"),
            content_encryptions: parse_encryptions(members)?,
            required: parse_required(members)?,
        })
    }
}

fn parse_encryptions(members: Members<'_>) -> Result<Vec<ContentEncryption>, MessageError> {
    const NAME: &str = "enc_values_supported";
    let names = members.texts(NAME, MAX_NAMES)?.ok_or(MessageError::Missing(NAME))?;
    Ok(names.iter().filter_map(|name| ContentEncryption::from_name(name).ok()).collect())
}

fn parse_required(members: Members<'_>) -> Result<bool, MessageError> {
    const NAME: &str = "encryption_required";
    members.value(NAME).ok_or(MessageError::Missing(NAME))?;
    members.flag(NAME, false)
}

fn names(members: Members<'_>, name: &'static str) -> Result<Vec<String>, MessageError> {
    match members.value(name) {
        None => Ok(Vec::new()),
        Some(value) => texts_of(check_list(value, name, MAX_NAMES)?, name),
    }
}

#[cfg(test)]
mod tests;
