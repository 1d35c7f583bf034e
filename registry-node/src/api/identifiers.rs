//! Members' DID documents, in the form of a DIF resolver, with the proof beside them.
//!
//! Spec: DID Core 1.0 sections 5 and 7; keys are those that are active.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use registry_proof::bundle::ProofBundle;
use registry_proof::entry::{Entry, KeyMaterial, KeyState, Standing};
use registry_proof::key::{Key, Purpose};
use registry_proof::name::MemberId;
use registry_proof::public_key::PublicKey;
use serde_json::{Value, json};
use service_kit::problem::Problem;

use super::{before_the_first_proof, decode_entry};
use crate::service::Node;

pub(super) async fn resolve(State(node): State<Node>, Path(did): Path<String>) -> Result<Response, Problem> {
    let prefix = format!("did:symbolon:{}:", node.network());
    let Some(member) = did.strip_prefix(&prefix).and_then(|id| id.parse::<MemberId>().ok()) else {
        return Ok(failure(StatusCode::BAD_REQUEST, "invalidDid"));
    };
    let chain = node.chain.clone();
    let bundle = tokio::task::spawn_blocking(move || chain.snapshot())
        .await
        .map_err(|error| Problem::internal(&error))?
        .map_err(|error| Problem::internal(&error))?
        .ok_or_else(before_the_first_proof)?;
    let own = of_member(bundle, &member);
    let Some(standing) = standing(&own) else { return Ok(failure(StatusCode::NOT_FOUND, "notFound")) };
    let document = document(&did, &own);
    Ok(Json(json!({
        "@context": "https://w3id.org/did-resolution/v1",
        "didDocument": document,
        "didResolutionMetadata": { "contentType": "application/did+json" },
        "didDocumentMetadata": { "deactivated": standing == Standing::Suspended },
        "proof": own,
    }))
    .into_response())
}

fn of_member(bundle: ProofBundle, member: &MemberId) -> ProofBundle {
    let is_own = |key: &Key| match key {
        Key::Member(id) | Key::MemberKey(id, _, _) => id == member,
        _ => false,
    };
    ProofBundle {
        entries: bundle.entries.into_iter().filter(|proven| is_own(&proven.key)).collect(),
        ..bundle
    }
}

fn standing(own: &ProofBundle) -> Option<Standing> {
    own.entries.iter().find_map(|proven| match decode_entry(proven) {
        Some(Entry::Member(member)) => Some(member.standing),
        _ => None,
    })
}

/// The document: each active public key under its number, in the relation of its purpose.
fn document(did: &str, own: &ProofBundle) -> Value {
    let (mut methods, mut assertion, mut authentication) = (Vec::new(), Vec::new(), Vec::new());
    for proven in &own.entries {
        let (Key::MemberKey(_, purpose, number), Some(Entry::MemberKey(key))) =
            (&proven.key, decode_entry(proven))
        else {
            continue;
        };
        let (KeyMaterial::Key(public), KeyState::Active) = (&key.material, key.state) else { continue };
        let id = format!("{did}#{}-{number}", purpose_name(*purpose));
        methods
            .push(json!({ "id": id, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk(public) }));
        match purpose {
            Purpose::Issuer | Purpose::Receipt | Purpose::Attestation => assertion.push(id),
            Purpose::Request | Purpose::Transaction => authentication.push(id),
        }
    }
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": assertion,
        "authentication": authentication,
    })
}

const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Transaction => "transaction",
        Purpose::Issuer => "issuer",
        Purpose::Request => "request",
        Purpose::Receipt => "receipt",
        Purpose::Attestation => "attestation",
    }
}

fn jwk(key: &PublicKey) -> Value {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match key.coordinates() {
        Some((x, y)) => json!({ "kty": "EC", "crv": "P-256", "x": text(&x), "y": text(&y) }),
        None => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(key.as_bytes()) }),
    }
}

fn failure(status: StatusCode, error: &str) -> Response {
    let body = json!({
        "@context": "https://w3id.org/did-resolution/v1",
        "didDocument": null,
        "didResolutionMetadata": { "error": error },
        "didDocumentMetadata": {},
    });
    (status, Json(body)).into_response()
}
