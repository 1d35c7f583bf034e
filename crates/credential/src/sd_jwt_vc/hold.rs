//! The holder's half: a credential that was received, and presentations of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::jws;
use crate::key::{PublicKey, SignError, Signer, VerifySignature};
use crate::key_reference::IssuerReference;
use crate::sd_jwt::path::ClaimPath;
use crate::sd_jwt_vc::{Content, KEY_BINDING_TYPE, Opened, StatusReference, VerifyError, text_hash};
use crate::time::UnixTime;

/// A credential as its issuer sent it, not yet checked.
#[derive(Clone, Debug)]
pub struct Received(Opened);

impl Received {
    /// Takes a credential apart. One that comes with a key binding is refused (RFC 9901 section 7.2).
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn parse(text: &str) -> Result<Self, VerifyError> {
        let opened = Opened::parse(text)?;
        if opened.parts.key_binding.is_some() {
            return Err(VerifyError::UnexpectedKeyBinding);
        }
        Ok(Self(opened))
    }

    /// Who it says issued it.
    pub const fn issuer(&self) -> &IssuerReference {
        &self.0.issuer
    }

    /// The type that it says it is of.
    pub fn vct(&self) -> &str {
        &self.0.vct
    }

    /// When it says it was issued.
    pub fn issued_at(&self) -> Option<UnixTime> {
        let claims = self.0.jws.dangerous_claims().ok()?;
        claims.get("iat").and_then(Value::as_u64).map(UnixTime::from_secs)
    }

    /// Checks it with the issuer's key, before it is kept.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify(self, issuer_key: &PublicKey, now: UnixTime, backend: &dyn VerifySignature) -> Result<Held, VerifyError> {
        let issuer = self.0.issuer.clone();
        let (content, parts) = self.0.check(issuer_key, now, backend)?;
        Ok(Held { issuer, jwt: parts.jwt, disclosures: parts.disclosures.iter().map(|d| d.text().to_owned()).collect(), content })
    }
}

/// A credential in its holder's hands.
#[derive(Clone, Debug)]
pub struct Held {
    issuer: IssuerReference,
    jwt: String,
    disclosures: Vec<String>,
    content: Content,
}

/// What a presentation is bound to.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Who asked: the whole client identifier.
    pub audience: String,
    /// The request's nonce.
    pub nonce: String,
    /// Now.
    pub issued_at: UnixTime,
    /// SHA-256 over each `transaction_data` text as received; empty where none was asked.
    pub transaction_data_hashes: Vec<String>,
}

impl Held {
    /// Reads back a credential that was verified when it was received. Its dates are not looked at: a card
    /// that has expired can still be shown as such.
    ///
    /// # Errors
    /// [`VerifyError`] where the stored text is damaged.
    pub fn from_store(text: &str) -> Result<Self, VerifyError> {
        let opened = Received::parse(text)?.0;
        let payload = opened.jws.dangerous_claims().map_err(VerifyError::Issuer)?;
        let content = Content::read(payload, &opened.parts)?;
        let disclosures = opened.parts.disclosures.iter().map(|d| d.text().to_owned()).collect();
        Ok(Self { issuer: opened.issuer, jwt: opened.parts.jwt, disclosures, content })
    }

    /// The text to keep.
    pub fn to_store(&self) -> String {
        let texts: String = self.disclosures.iter().map(|text| format!("{text}~")).collect();
        format!("{}~{texts}", self.jwt)
    }

    /// Who issued it.
    pub const fn issuer(&self) -> &IssuerReference {
        &self.issuer
    }

    /// Its type.
    pub fn vct(&self) -> &str {
        &self.content.vct
    }

    /// All its claims, disclosed.
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.content.processed.claims
    }

    /// The key that it is bound to.
    pub const fn holder_key(&self) -> &PublicKey {
        &self.content.holder
    }

    /// Where its status stands.
    pub const fn status(&self) -> Option<&StatusReference> {
        self.content.status.as_ref()
    }

    /// When it was issued.
    pub const fn issued_at(&self) -> Option<UnixTime> {
        self.content.issued_at
    }

    /// When it ends.
    pub const fn expires_at(&self) -> Option<UnixTime> {
        self.content.expires_at
    }

    /// Whether its holder can keep the claim at `path` back.
    pub fn can_conceal(&self, path: &ClaimPath) -> bool {
        self.content.processed.places.iter().any(|place| path.leads_through(&place.path) || path.selects(&place.path))
    }

    /// Presents what `disclose` selects (with everything inside it, and what it stands in), bound by the
    /// holder's key.
    ///
    /// # Errors
    /// [`SignError`] where the key's home refuses, or the key is not the credential's.
    pub fn present(&self, disclose: &[ClaimPath], binding: &Binding, signer: &dyn Signer) -> Result<String, SignError> {
        if signer.public_key() != &self.content.holder {
            return Err(SignError);
        }
        let chosen = self.chosen(disclose);
        let texts: String = chosen.iter().filter_map(|index| self.disclosures.get(*index)).map(|text| format!("{text}~")).collect();
        let hashed = format!("{}~{texts}", self.jwt);
        let mut header = Map::new();
        header.insert("typ".into(), KEY_BINDING_TYPE.into());
        let mut claims = Map::new();
        claims.insert("iat".into(), binding.issued_at.secs().into());
        claims.insert("aud".into(), binding.audience.as_str().into());
        claims.insert("nonce".into(), binding.nonce.as_str().into());
        claims.insert("sd_hash".into(), text_hash(self.content.processed.algorithm, &hashed).into());
        if !binding.transaction_data_hashes.is_empty() {
            claims.insert("transaction_data_hashes".into(), json!(binding.transaction_data_hashes));
            claims.insert("transaction_data_hashes_alg".into(), "sha-256".into());
        }
        Ok(format!("{hashed}{}", jws::sign(header, &claims, signer)?))
    }

    /// The disclosures to send, in the issuer's order.
    fn chosen(&self, disclose: &[ClaimPath]) -> BTreeSet<usize> {
        let places = &self.content.processed.places;
        let wanted = places.iter().filter(|place| {
            disclose.iter().any(|path| path.selects(&place.path) || path.leads_through(&place.path))
        });
        wanted.flat_map(|place| place.inside.iter().copied().chain([place.disclosure])).collect()
    }
}
