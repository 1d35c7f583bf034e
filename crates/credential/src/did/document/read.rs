//! From JSON to a document.

use serde_json::{Map, Value};

use crate::did::DidError;
use crate::did::document::{
    DidDocument, DocumentError, MAX_DOCUMENT, MAX_METHODS, MAX_NAMES, MAX_REFERENCES, MAX_SERVICES, Method,
    Relationship,
};
use crate::did::from_multikey;
use crate::did::syntax::{Did, KeyId};
use crate::json;
use crate::key::{KeyError, PublicKey};

const CONTEXTS: [&str; 2] = ["https://www.w3.org/ns/did/v1", "https://www.w3.org/ns/did/v1.1"];

/// Where a method may carry its key; all but the first two are of other kinds, and none may stand beside another.
const MATERIALS: [&str; 6] = [
    "publicKeyJwk",
    "publicKeyMultibase",
    "publicKeyBase58",
    "publicKeyHex",
    "blockchainAccountId",
    "ethereumAddress",
];

impl DidDocument {
    /// Reads the document of `did`.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn parse(bytes: &[u8], did: &Did) -> Result<Self, DocumentError> {
        let members = json::parse_object(bytes, MAX_DOCUMENT).map_err(DocumentError::Json)?;
        check_context(&members)?;
        check_subject(&members, did)?;
        check_names(&members, "controller")?;
        check_names(&members, "alsoKnownAs")?;
        check_services(&members, did)?;
        let mut document = Self { id: did.clone(), methods: Vec::new(), related: Vec::new() };
        for method in list(&members, "verificationMethod", MAX_METHODS, DocumentError::Method)? {
            document.add_method(method)?;
        }
        for relationship in Relationship::ALL {
            document.read_relationship(&members, relationship)?;
        }
        document.check_references()?;
        Ok(document)
    }

    fn add_method(&mut self, value: &Value) -> Result<KeyId, DocumentError> {
        let method = read_method(value, &self.id)?;
        if self.methods.len() >= MAX_METHODS {
            return Err(DocumentError::TooMany);
        }
        if self.methods.iter().any(|other| other.id == method.id) {
            return Err(DocumentError::Repeated);
        }
        let id = method.id.clone();
        self.methods.push(method);
        Ok(id)
    }

    fn read_relationship(
        &mut self,
        members: &Map<String, Value>,
        relationship: Relationship,
    ) -> Result<(), DocumentError> {
        let name = relationship.name();
        for entry in list(members, name, MAX_REFERENCES, DocumentError::Relationship)? {
            let id = match entry {
                Value::String(text) => self.id.key_id(text).map_err(|_| DocumentError::Relationship)?,
                Value::Object(_) => self.add_method(entry)?,
                _ => return Err(DocumentError::Relationship),
            };
            if self.related.contains(&(relationship, id.clone())) {
                return Err(DocumentError::Repeated);
            }
            self.related.push((relationship, id));
        }
        Ok(())
    }

    /// References to other documents lead nowhere here; those to this one must lead to a key.
    fn check_references(&self) -> Result<(), DocumentError> {
        let is_known =
            |id: &KeyId| *id.did() != self.id || self.methods.iter().any(|method| method.id == *id);
        if self.related.iter().all(|(_, id)| is_known(id)) { Ok(()) } else { Err(DocumentError::Dangling) }
    }
}

fn check_context(members: &Map<String, Value>) -> Result<(), DocumentError> {
    let first = match members.get("@context") {
        None => return Ok(()),
        Some(Value::Array(all)) if all.len() <= MAX_NAMES => all.first().and_then(Value::as_str),
        Some(other) => other.as_str(),
    };
    if first.is_some_and(|first| CONTEXTS.contains(&first)) { Ok(()) } else { Err(DocumentError::Context) }
}

fn check_subject(members: &Map<String, Value>, did: &Did) -> Result<(), DocumentError> {
    let id = members.get("id").and_then(Value::as_str).and_then(|id| id.parse::<Did>().ok());
    match id {
        None => Err(DocumentError::Id),
        Some(id) if id != *did => Err(DocumentError::Subject),
        Some(_) => Ok(()),
    }
}

/// One text or a list of them; a controller must be a DID.
fn check_names(members: &Map<String, Value>, name: &str) -> Result<(), DocumentError> {
    let texts = match members.get(name) {
        None => return Ok(()),
        Some(Value::Array(all)) if all.len() <= MAX_NAMES => all.as_slice(),
        Some(one) if name == "controller" => core::slice::from_ref(one),
        Some(_) => return Err(DocumentError::Names),
    };
    let fits =
        |text: &Value| text.as_str().is_some_and(|text| name != "controller" || text.parse::<Did>().is_ok());
    if texts.iter().all(fits) { Ok(()) } else { Err(DocumentError::Names) }
}

fn check_services(members: &Map<String, Value>, did: &Did) -> Result<(), DocumentError> {
    let mut ids: Vec<String> = Vec::new();
    for service in list(members, "service", MAX_SERVICES, DocumentError::Service)? {
        let id = service.get("id").and_then(Value::as_str).ok_or(DocumentError::Service)?;
        let has_type = service.get("type").is_some_and(|kind| kind.is_string() || kind.is_array());
        if id.is_empty() || !has_type || service.get("serviceEndpoint").is_none() {
            return Err(DocumentError::Service);
        }
        let id = if id.starts_with('#') { format!("{did}{id}") } else { id.to_owned() };
        if ids.contains(&id) {
            return Err(DocumentError::Repeated);
        }
        ids.push(id);
    }
    Ok(())
}

/// The elements of a list that may be absent.
fn list<'a>(
    members: &'a Map<String, Value>,
    name: &str,
    max: usize,
    malformed: DocumentError,
) -> Result<&'a [Value], DocumentError> {
    match members.get(name) {
        None => Ok(&[]),
        Some(Value::Array(all)) if all.len() > max => Err(DocumentError::TooMany),
        Some(Value::Array(all)) => Ok(all),
        Some(_) => Err(malformed),
    }
}

fn read_method(value: &Value, did: &Did) -> Result<Method, DocumentError> {
    let members = value.as_object().ok_or(DocumentError::Method)?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).ok_or(DocumentError::Method);
    let id = did.key_id(text("id")?).map_err(|_| DocumentError::MethodId)?;
    if id.did() != did {
        return Err(DocumentError::MethodId);
    }
    let controller: Did = text("controller")?.parse().map_err(|_| DocumentError::Method)?;
    Ok(Method { id, is_own: controller == *did, key: read_key(text("type")?, members)? })
}

/// The key of a method, where it is of a kind that we use.
fn read_key(kind: &str, members: &Map<String, Value>) -> Result<Option<PublicKey>, DocumentError> {
    if members.keys().any(|name| name.starts_with("private") || name.starts_with("secret")) {
        return Err(DocumentError::Key(KeyError::Private));
    }
    if MATERIALS.iter().filter(|name| members.contains_key(**name)).count() > 1 {
        return Err(DocumentError::Material);
    }
    let key = match kind {
        "JsonWebKey" | "JsonWebKey2020" => {
            PublicKey::from_jwk(members.get("publicKeyJwk").ok_or(DocumentError::Material)?)
        }
        "Multikey" | "Ed25519VerificationKey2020" => {
            let text = members.get("publicKeyMultibase").and_then(Value::as_str);
            match from_multikey(text.ok_or(DocumentError::Material)?) {
                Ok(key) => Ok(key),
                Err(DidError::Key(error)) => Err(error),
                Err(_) => Err(KeyError::Malformed),
            }
        }
        _ => return Ok(None),
    };
    match key {
        Ok(key) => Ok(Some(key)),
        Err(KeyError::Type | KeyError::Algorithm | KeyError::Purpose) => Ok(None),
        Err(error @ (KeyError::Malformed | KeyError::Private | KeyError::Point | KeyError::Mismatch)) => {
            Err(DocumentError::Key(error))
        }
    }
}
