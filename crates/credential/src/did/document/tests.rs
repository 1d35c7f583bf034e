use serde_json::{Value, json};

use super::*;
use crate::did::did_key;
use crate::key::Signer as _;
use crate::testing::{holder, issuer};

const DID: &str = "did:web:a.example";

fn parse(document: &Value) -> Result<DidDocument, DocumentError> {
    DidDocument::parse(document.to_string().as_bytes(), &DID.parse().unwrap())
}

fn method(id: &str) -> Value {
    json!({"id": id, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": issuer().public_key().to_jwk()})
}

fn good() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/did/v1"], "id": DID, "controller": DID,
        "alsoKnownAs": ["https://a.example"],
        "verificationMethod": [method("#one"), method("did:web:a.example#two")],
        "assertionMethod": ["#one"], "authentication": ["#one", "did:web:a.example#two"],
        "service": [{"id": "#s", "type": "X", "serviceEndpoint": "https://a.example"}],
    })
}

/// `good` with one member changed, or left out where the value is null.
fn refused(name: &str, value: Value) -> DocumentError {
    let mut document = good();
    document[name] = value;
    document.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    parse(&document).unwrap_err()
}

fn method_refused(name: &str, value: Value) -> DocumentError {
    let mut one = method("#one");
    one[name] = value;
    one.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    refused("verificationMethod", json!([one, method("#two")]))
}

#[test]
fn a_key_is_found_under_its_name_for_what_it_may_do() {
    let document = parse(&good()).unwrap();
    let key = issuer().public_key().clone();
    assert_eq!((document.id().as_str(), document.keys()), (DID, 2));
    for kid in ["#one", "did:web:a.example#one"] {
        assert_eq!(document.key(kid, Relationship::AssertionMethod), Ok(&key));
        assert_eq!(document.key(kid, Relationship::Authentication), Ok(&key));
    }
    for relationship in
        [Relationship::KeyAgreement, Relationship::CapabilityInvocation, Relationship::CapabilityDelegation]
    {
        assert_eq!(document.key("#one", relationship), Err(DocumentError::Unrelated));
    }
    assert_eq!(document.key("#two", Relationship::AssertionMethod), Err(DocumentError::Unrelated));
    assert_eq!(document.key("#three", Relationship::AssertionMethod), Err(DocumentError::Unknown));
    let elsewhere = document.key("did:web:b.example#one", Relationship::AssertionMethod);
    assert_eq!(elsewhere, Err(DocumentError::Unknown));
    assert_eq!(document.key("one", Relationship::AssertionMethod), Err(DocumentError::MethodId));
}

#[test]
fn every_relationship_gives_its_own_keys() {
    for relationship in Relationship::ALL {
        let mut document = json!({"id": DID, "verificationMethod": [method("#one")]});
        document[relationship.name()] = json!(["#one"]);
        let document = parse(&document).unwrap();
        for other in Relationship::ALL {
            assert_eq!(document.key("#one", other).is_ok(), other == relationship, "{other:?}");
        }
    }
}

#[test]
fn a_key_inside_a_relationship_is_for_that_alone() {
    let document = json!({"id": DID, "assertionMethod": [method("#one")]});
    let document = parse(&document).unwrap();
    assert!(document.key("#one", Relationship::AssertionMethod).is_ok());
    assert_eq!(document.key("#one", Relationship::Authentication), Err(DocumentError::Unrelated));
}

#[test]
fn keys_in_multibase_are_read() {
    let multibase = did_key(holder().public_key())["did:key:".len()..].to_owned();
    for kind in ["Multikey", "Ed25519VerificationKey2020"] {
        let method = json!({"id": "#m", "type": kind, "controller": DID, "publicKeyMultibase": multibase});
        let document = parse(&json!({"id": DID, "assertionMethod": [method]})).unwrap();
        assert_eq!(document.key("#m", Relationship::AssertionMethod), Ok(holder().public_key()));
    }
}

#[test]
fn documents_of_another_form_are_refused() {
    let names = |count: usize| json!(vec![DID; count]);
    for (name, value, error) in [
        ("@context", json!("https://www.w3.org/ns/credentials/v2"), DocumentError::Context),
        ("@context", json!(["https://a.example", "https://www.w3.org/ns/did/v1"]), DocumentError::Context),
        ("@context", json!([]), DocumentError::Context),
        ("@context", json!({}), DocumentError::Context),
        ("@context", json!(vec!["https://www.w3.org/ns/did/v1"; MAX_NAMES + 1]), DocumentError::Context),
        ("id", Value::Null, DocumentError::Id),
        ("id", json!(1), DocumentError::Id),
        ("id", json!("a.example"), DocumentError::Id),
        ("id", json!("did:web:b.example"), DocumentError::Subject),
        ("controller", json!("b.example"), DocumentError::Names),
        ("controller", json!([1]), DocumentError::Names),
        ("controller", names(MAX_NAMES + 1), DocumentError::Names),
        ("alsoKnownAs", json!("https://a.example"), DocumentError::Names),
        ("alsoKnownAs", json!([{}]), DocumentError::Names),
        ("verificationMethod", json!({}), DocumentError::Method),
        ("verificationMethod", json!(["#one"]), DocumentError::Method),
        ("verificationMethod", json!([method("#one")]), DocumentError::Dangling),
        ("assertionMethod", json!("#one"), DocumentError::Relationship),
        ("assertionMethod", json!([1]), DocumentError::Relationship),
        ("assertionMethod", json!(["one"]), DocumentError::Relationship),
        ("assertionMethod", json!(["#three"]), DocumentError::Dangling),
        ("service", json!({}), DocumentError::Service),
        ("service", json!([{"id": "#s", "type": "X"}]), DocumentError::Service),
        ("service", json!([{"id": "#s", "serviceEndpoint": "x"}]), DocumentError::Service),
        ("service", json!([{"id": "", "type": "X", "serviceEndpoint": "x"}]), DocumentError::Service),
        ("service", json!([{"type": "X", "serviceEndpoint": "x"}]), DocumentError::Service),
    ] {
        assert_eq!(refused(name, value.clone()), error, "{name} {value}");
    }
    let id: Did = DID.parse().unwrap();
    let large = format!("{}{}", good(), " ".repeat(MAX_DOCUMENT));
    let refusal = |text: &str| DidDocument::parse(text.as_bytes(), &id).unwrap_err();
    assert_eq!(refusal(&large), DocumentError::Json(JsonError::TooLarge));
    assert_eq!(refusal("[]"), DocumentError::Json(JsonError::NotAnObject));
    assert_eq!(refusal(r#"{"id":"x","id":"y"}"#), DocumentError::Json(JsonError::Malformed));
}

#[test]
fn identifiers_that_are_repeated_are_refused() {
    let service = |id: &str| json!({"id": id, "type": "X", "serviceEndpoint": "x"});
    for (name, value) in [
        ("verificationMethod", json!([method("#one"), method("did:web:a.example#one")])),
        ("assertionMethod", json!(["#one", "did:web:a.example#one"])),
        ("assertionMethod", json!([method("#one")])),
        ("service", json!([service("#s"), service("did:web:a.example#s")])),
    ] {
        assert_eq!(refused(name, value), DocumentError::Repeated, "{name}");
    }
}

#[test]
fn counts_are_capped() {
    let many = |count: usize| (0..count).map(|n| method(&format!("#{n}"))).collect::<Vec<_>>();
    assert_eq!(refused("verificationMethod", json!(many(MAX_METHODS + 1))), DocumentError::TooMany);
    let with_all = |uses: Value| {
        parse(&json!({"id": DID, "verificationMethod": many(MAX_METHODS), "assertionMethod": uses}))
    };
    let references = (0..MAX_REFERENCES).map(|n| format!("#{n}")).collect::<Vec<_>>();
    assert_eq!(with_all(json!(references)).unwrap().keys(), MAX_METHODS);
    assert_eq!(with_all(json!([method("#x")])).unwrap_err(), DocumentError::TooMany);
    assert_eq!(refused("assertionMethod", json!(vec!["#one"; MAX_REFERENCES + 1])), DocumentError::TooMany);
    assert_eq!(refused("service", json!(vec![1; MAX_SERVICES + 1])), DocumentError::TooMany);
    let names = json!({
        "@context": vec!["https://www.w3.org/ns/did/v1"; MAX_NAMES], "id": DID,
        "controller": vec![DID; MAX_NAMES], "alsoKnownAs": vec!["https://a.example"; MAX_NAMES],
    });
    assert!(parse(&names).is_ok());
    assert_eq!(refused("alsoKnownAs", json!(vec!["x"; MAX_NAMES + 1])), DocumentError::Names);
}

#[test]
fn methods_of_another_form_are_refused() {
    let jwk = issuer().public_key().to_jwk();
    let mut off_curve = jwk.clone();
    off_curve["y"] = off_curve["x"].clone();
    for (name, value, error) in [
        ("id", Value::Null, DocumentError::Method),
        ("id", json!("one"), DocumentError::MethodId),
        ("id", json!("did:web:b.example#one"), DocumentError::MethodId),
        ("type", Value::Null, DocumentError::Method),
        ("controller", Value::Null, DocumentError::Method),
        ("controller", json!("b.example"), DocumentError::Method),
        ("publicKeyJwk", Value::Null, DocumentError::Material),
        ("publicKeyMultibase", json!("z6Mk"), DocumentError::Material),
        ("type", json!("Multikey"), DocumentError::Material),
        ("publicKeyJwk", json!("x"), DocumentError::Key(KeyError::Malformed)),
        ("publicKeyJwk", off_curve, DocumentError::Key(KeyError::Point)),
        ("publicKeyJwk", issuer().dangerous_to_jwk(), DocumentError::Key(KeyError::Private)),
        ("privateKeyJwk", json!({}), DocumentError::Key(KeyError::Private)),
        ("secretKeyMultibase", json!("z"), DocumentError::Key(KeyError::Private)),
    ] {
        assert_eq!(method_refused(name, value.clone()), error, "{name} {value}");
    }
    let method = json!({"id": "#m", "type": "Multikey", "controller": DID, "publicKeyMultibase": "u6Mk"});
    let document = json!({"id": DID, "assertionMethod": [method]});
    assert_eq!(parse(&document).unwrap_err(), DocumentError::Key(KeyError::Malformed));
}

#[test]
fn keys_of_another_kind_or_controller_are_never_used() {
    let use_one = |change: &dyn Fn(&mut Value)| {
        let mut one = method("#one");
        change(&mut one);
        let document = parse(&json!({"id": DID, "assertionMethod": [one]})).unwrap();
        document.key("#one", Relationship::AssertionMethod).map(drop).unwrap_err()
    };
    assert_eq!(use_one(&|one| one["type"] = json!("Other")), DocumentError::Kind);
    assert_eq!(use_one(&|one| one["publicKeyJwk"]["use"] = json!("enc")), DocumentError::Kind);
    assert_eq!(use_one(&|one| one["publicKeyJwk"] = json!({"kty": "RSA"})), DocumentError::Kind);
    assert_eq!(use_one(&|one| one["controller"] = json!("did:web:b.example")), DocumentError::Controller);
}

#[test]
fn references_to_another_document_lead_nowhere() {
    let document = parse(&json!({"id": DID, "assertionMethod": ["did:web:b.example#one"]})).unwrap();
    let found = document.key("did:web:b.example#one", Relationship::AssertionMethod);
    assert_eq!(found, Err(DocumentError::Unknown));
}

/// The form in which a node of the register shows a member (`/1.0/identifiers/<did>`).
#[test]
fn documents_of_our_own_register_are_read() {
    let did: Did = "did:symbolon:demo:interior".parse().unwrap();
    let key = issuer().public_key().clone();
    let id = format!("{did}#issuer-0");
    let document = json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"], "id": did.as_str(),
        "verificationMethod": [
            {"id": id, "type": "JsonWebKey", "controller": did.as_str(), "publicKeyJwk": key.to_jwk()},
        ],
        "assertionMethod": [id], "authentication": [],
    });
    let document = DidDocument::parse(document.to_string().as_bytes(), &did).unwrap();
    assert_eq!(document.key(&id, Relationship::AssertionMethod), Ok(&key));
    assert_eq!(document.key(&id, Relationship::Authentication), Err(DocumentError::Unrelated));
}
