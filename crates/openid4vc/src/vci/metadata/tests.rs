//! Metadata of others, by what their names promise, and each rule.

use serde_json::json;

use super::*;
use crate::testing::{decryption_key, members, vectors};
use crate::web_url::WebUrlError;

const ISSUER: &str = "https://issuer.example/tenant";

fn document() -> Value {
    json!({
        "credential_issuer": ISSUER,
        "credential_endpoint": "https://issuer.example/credential",
        "nonce_endpoint": "https://issuer.example/nonce",
        "batch_credential_issuance": {"batch_size": 10},
        "credential_request_encryption": {
            "jwks": {"keys": [{"kty": "RSA"}, decryption_key().public_jwk("k")]},
            "enc_values_supported": ["XC20P", "A256GCM"], "encryption_required": false,
        },
        "credential_response_encryption": {
            "alg_values_supported": ["ECDH-ES"], "enc_values_supported": ["A128GCM"],
            "encryption_required": true,
        },
        "credential_configurations_supported": {"pid": {
            "format": "dc+sd-jwt", "vct": "urn:eudi:pid:xs:1", "scope": "pid",
            "cryptographic_binding_methods_supported": ["jwk"],
            "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES512", "ES256"]}},
        }},
        "symbolon_registry_proof": "AQID",
    })
}

fn with(name: &str, value: Value) -> Result<IssuerMetadata, MetadataError> {
    let mut document = members(document());
    document.insert(name.into(), value);
    document.retain(|_, value| !value.is_null());
    IssuerMetadata::parse(Value::Object(document).to_string().as_bytes(), ISSUER)
}

#[test]
fn a_document_is_read() {
    let metadata = with("unknown", json!({})).unwrap();
    assert_eq!(metadata.batch_size, 10);
    assert_eq!(metadata.members["symbolon_registry_proof"], "AQID");
    assert_eq!(metadata.authorization_server(None).unwrap().as_str(), ISSUER);
    let encryption = metadata.request_encryption.unwrap();
    assert_eq!(encryption.key, Some(decryption_key().public_jwk("k")));
    assert_eq!(encryption.content_encryptions, [ContentEncryption::A256Gcm]);
    assert!(metadata.configurations["pid"].is_receivable(Algorithm::Es256));
    assert!(!metadata.configurations["pid"].is_receivable(Algorithm::EdDsa));
}

#[test]
fn a_document_that_does_not_fit_is_refused() {
    const CONFIGURATIONS: &str = "credential_configurations_supported";
    let many: Map<String, Value> =
        (0..=MAX_CONFIGURATIONS).map(|n| (n.to_string(), json!({"format": "x"}))).collect();
    for (name, value, error) in [
        ("credential_issuer", json!("https://issuer.example/tenant/"), MetadataError::OtherIssuer),
        ("credential_issuer", Value::Null, MessageError::Missing("credential_issuer").into()),
        ("credential_endpoint", Value::Null, MessageError::Missing("credential_endpoint").into()),
        ("credential_endpoint", json!("http://issuer.example/c"), WebUrlError::Insecure.into()),
        ("credential_endpoint", json!("http://127.0.0.1/c"), MetadataError::Loopback),
        ("nonce_endpoint", json!("nonce"), WebUrlError::Malformed.into()),
        ("nonce_endpoint", json!(1), MessageError::Kind("nonce_endpoint").into()),
        (
            "authorization_servers",
            json!("https://a.example"),
            MessageError::Kind("authorization_servers").into(),
        ),
        ("authorization_servers", json!([]), MessageError::Empty("authorization_servers").into()),
        ("authorization_servers", json!(["http://127.0.0.1"]), MetadataError::Loopback),
        ("batch_credential_issuance", json!({"batch_size": 1}), MessageError::Kind("batch_size").into()),
        ("batch_credential_issuance", json!({}), MessageError::Missing("batch_size").into()),
        (CONFIGURATIONS, Value::Null, MessageError::Missing(CONFIGURATIONS).into()),
        (CONFIGURATIONS, json!([]), MessageError::Kind(CONFIGURATIONS).into()),
        (CONFIGURATIONS, json!({"a": {}}), MessageError::Missing("format").into()),
        (CONFIGURATIONS, json!({"a": {"format": "x", "vct": 1}}), MessageError::Kind("vct").into()),
        (CONFIGURATIONS, many.into(), MessageError::TooLarge(CONFIGURATIONS).into()),
    ] {
        assert_eq!(with(name, value.clone()), Err(error), "{name}");
    }
    let other = IssuerMetadata::parse(document().to_string().as_bytes(), "https://other.example");
    assert_eq!(other, Err(MetadataError::OtherIssuer));
}

#[test]
fn encryption_that_does_not_fit_is_refused() {
    let request = |value: Value| with("credential_request_encryption", value).unwrap_err();
    let encs = json!(["A128GCM"]);
    let keys = json!({"keys": [{"kty": "RSA"}]});
    assert_eq!(request(json!({"jwks": [], "enc_values_supported": encs})), MessageError::Kind("jwks").into());
    let without = json!({"jwks": keys, "encryption_required": true});
    assert_eq!(request(without), MessageError::Missing("enc_values_supported").into());
    let without = json!({"jwks": keys, "enc_values_supported": encs});
    assert_eq!(request(without), MessageError::Missing("encryption_required").into());
    let response = |value: Value| with("credential_response_encryption", value).unwrap_err();
    let without = json!({"enc_values_supported": encs, "encryption_required": true});
    assert_eq!(response(without), MessageError::Missing("alg_values_supported").into());
}

#[test]
fn a_configuration_that_we_cannot_receive_is_known_as_one() {
    let configuration = |name: &str, value: Value| {
        let mut all = document()["credential_configurations_supported"].clone();
        all["pid"][name] = value;
        let metadata = with("credential_configurations_supported", all).unwrap();
        metadata.configurations["pid"].is_receivable(Algorithm::Es256)
    };
    assert!(configuration("scope", json!("other")));
    assert!(!configuration("format", json!("mso_mdoc")));
    assert!(!configuration("cryptographic_binding_methods_supported", json!(["did:web"])));
    assert!(!configuration("proof_types_supported", json!({"attestation": {}})));
}

#[test]
fn an_offer_chooses_among_the_issuers_servers() {
    let servers = json!(["https://a.example", "https://b.example"]);
    let metadata = with("authorization_servers", servers).unwrap();
    assert_eq!(metadata.authorization_server(None).unwrap().as_str(), "https://a.example");
    assert_eq!(
        metadata.authorization_server(Some("https://b.example")).unwrap().as_str(),
        "https://b.example"
    );
    let other = metadata.authorization_server(Some("https://evil.example"));
    assert_eq!(other, Err(MetadataError::OtherIssuer));
}

fn read(body: &[u8]) -> Result<IssuerMetadata, MetadataError> {
    let document: Value = serde_json::from_slice(body).unwrap();
    IssuerMetadata::parse(body, document["credential_issuer"].as_str().unwrap_or_default())
}

#[test]
fn documents_of_the_conformance_suite_come_out_as_named() {
    let Some(folder) = vectors("oidf-conformance-suite") else { return };
    // Both are refused there for members of older drafts, which 1.0 has us ignore.
    let drafts = ["bdr-example1", "ebsi"];
    let mut run = 0;
    for entry in std::fs::read_dir(folder.join("src/test/resources/metadata/openid4vci-1_0")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let promised = name.starts_with("valid-openid") || name.starts_with("invalid-openid");
        if !promised || drafts.iter().any(|draft| name.contains(draft)) {
            continue;
        }
        let found = read(&std::fs::read(&path).unwrap());
        assert_eq!(found.is_ok(), name.starts_with("valid-"), "{name}: {:?}", found.err());
        run += 1;
    }
    assert_eq!(run, 11);
}

#[test]
fn documents_of_the_eu_wallet_come_out_as_named() {
    let Some(folder) = vectors("openid4vci") else { return };
    let folder = folder.join("eudi-fixtures/eu/europa/ec/eudi/openid4vci/internal");
    assert!(read(&std::fs::read(folder.join("credential_issuer_metadata_valid.json")).unwrap()).is_ok());
    assert!(read(&std::fs::read(folder.join("invalid_credential_issuer_metadata.json")).unwrap()).is_err());
}
