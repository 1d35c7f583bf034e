//! `/credential`: key proofs in, copies of a card out, each bound to a key of its own.
//!
//! Every copy has its own key, its own salts and its own place in a status list, so that two
//! presentations of one card have nothing in common that a verifier could compare.
//!
//! Spec: OpenID4VCI 1.0 sections 8 and 10; RFC 9449 section 7; HAIP 1.0.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use credential::jwe::{self, ContentEncryption};
use credential::key::Algorithm;
use credential::time::UnixTime;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use service_kit::signature::AwsLc;

use super::oauth::Refusal;
use crate::cards::Card;
use crate::copies::NewCopy;
use crate::digest;
use crate::proofs::{KeyProof, check_key_proof};
use crate::service::Issuer;
use crate::store::credentials::{Grant, IssueError, NewCredential, Place, ShownToken};

/// The largest request: a batch of 100 proofs with room.
const MAX_REQUEST: usize = 256 * 1024;

#[derive(Deserialize)]
struct CredentialRequest {
    credential_configuration_id: Option<String>,
    credential_identifier: Option<Value>,
    proofs: Option<Map<String, Value>>,
    credential_response_encryption: Option<ResponseEncryption>,
}

#[derive(Deserialize)]
struct ResponseEncryption {
    jwk: Value,
    enc: String,
    zip: Option<Value>,
}

/// A request that was read, and how its answer is to be wrapped.
struct Asked {
    request: CredentialRequest,
    wrap: Option<(Value, ContentEncryption)>,
}

/// Issues a batch.
pub async fn issue(
    State(issuer): State<Issuer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let (token, grant) = authorize(&issuer, &headers).await?;
    let asked = issuer.read_request(&headers, &body)?;
    let card = issuer.check_card(&asked.request, &grant)?;
    let proofs = issuer.check_proofs(&asked.request, &grant)?;
    issuer.check_attested_keys(&proofs).await?;
    let now = issuer.clock.now();
    let person = issuer.store.person(&grant.person).await.map_err(|error| Refusal::internal(&error))?;
    let places = reserve(&issuer, token, grant, card, &proofs, now).await?;
    let credentials = proofs
        .into_iter()
        .zip(places)
        .map(|(proof, place)| {
            let copy = NewCopy { person: &person, key: proof.key, place: &place, now };
            issuer.sign_copy(card, copy).map(|text| json!({ "credential": text }))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Refusal::internal(&error))?;
    issuer.metrics.count("credentials_total", &[]);
    answer(&issuer, &json!({ "credentials": credentials }), asked.wrap)
}

/// The access token and its DPoP proof, held against the store.
async fn authorize(issuer: &Issuer, headers: &HeaderMap) -> Result<([u8; 32], Grant), Refusal> {
    let refuse = || Refusal::unauthorized("invalid_token", "a valid access token is required");
    let header =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(refuse)?;
    let (scheme, token) = header.split_once(' ').ok_or_else(refuse)?;
    if !scheme.eq_ignore_ascii_case("DPoP") {
        return Err(refuse());
    }
    let proof = issuer
        .dpop(headers, "/credential", Some(token))
        .map_err(|_| Refusal::unauthorized("invalid_dpop_proof", "the DPoP proof is not acceptable"))?
        .ok_or_else(|| Refusal::unauthorized("invalid_dpop_proof", "a DPoP proof is required"))?;
    let digest = digest::of_token(token);
    let shown =
        ShownToken { digest, dpop_jkt: proof.jkt, proof_digest: proof.digest, proof_until: proof.until };
    let grant = issuer.store.grant(shown, issuer.clock.now()).await.map_err(refusal)?;
    Ok((digest, grant))
}

async fn reserve(
    issuer: &Issuer,
    token: [u8; 32],
    grant: Grant,
    card: Card<'_>,
    proofs: &[KeyProof],
    now: UnixTime,
) -> Result<Vec<Place>, Refusal> {
    let stale = || Refusal::new("invalid_nonce", "fetch a new nonce from the nonce endpoint");
    let nonces: BTreeSet<[u8; 32]> = proofs
        .iter()
        .map(|proof| issuer.check_nonce(&proof.nonce).map(|nonce| nonce.digest).map_err(|_| stale()))
        .collect::<Result<_, _>>()?;
    let credential = NewCredential {
        id: hex::encode(issuer.random.bytes::<12>()),
        grant,
        nonces: nonces.into_iter().collect(),
        nonces_until: issuer.nonces_until(),
        keys: proofs.iter().map(|proof| digest::of_token(&proof.key.thumbprint())).collect(),
        issued_at: now,
        expires_at: card.expires_at(now),
    };
    let (id, places) = issuer.store.issue(token, credential, issuer.random.clone()).await.map_err(refusal)?;
    tracing::info!(credential = id, copies = places.len(), "card issued");
    Ok(places)
}

impl Issuer {
    /// Reads a request, opening it first when it came encrypted. An encrypted answer needs an encrypted
    /// request, so that nobody on the way can swap the key.
    fn read_request(&self, headers: &HeaderMap, body: &[u8]) -> Result<Asked, Refusal> {
        let media_type =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let encrypted = media_type.split(';').next().is_some_and(|name| name.trim() == "application/jwt");
        let malformed = || Refusal::new("invalid_credential_request", "the body is not a credential request");
        let bytes = if encrypted {
            let text = core::str::from_utf8(body).map_err(|_| malformed())?;
            let opened = self.store.request_key().decrypt(text);
            opened
                .map_err(|_| {
                    Refusal::new("invalid_encryption_parameters", "the request cannot be decrypted")
                })?
                .bytes
                .to_vec()
        } else {
            body.to_vec()
        };
        let value = credential::json::parse(&bytes, MAX_REQUEST).map_err(|_| malformed())?;
        let request: CredentialRequest = serde_json::from_value(value).map_err(|_| malformed())?;
        let wrap = match &request.credential_response_encryption {
            None => None,
            Some(_) if !encrypted => {
                return Err(Refusal::new(
                    "invalid_encryption_parameters",
                    "an encrypted response needs an encrypted request",
                ));
            }
            Some(ResponseEncryption { zip: Some(_), .. }) => {
                return Err(Refusal::new("invalid_encryption_parameters", "compression is not supported"));
            }
            Some(ResponseEncryption { jwk, enc, zip: None }) => {
                let enc = ContentEncryption::from_name(enc)
                    .map_err(|_| Refusal::new("invalid_encryption_parameters", "enc is not supported"))?;
                // Tried now: a key that is of no use must not use up a delivery.
                seal(self, jwk, enc, b"")?;
                Some((jwk.clone(), enc))
            }
        };
        Ok(Asked { request, wrap })
    }

    /// The card that is asked for, which must be the one of the grant.
    fn check_card(&self, request: &CredentialRequest, grant: &Grant) -> Result<Card<'_>, Refusal> {
        if request.credential_identifier.is_some() {
            return Err(Refusal::new("unknown_credential_identifier", "use credential_configuration_id"));
        }
        if request.credential_configuration_id.as_deref() != Some(grant.credential_type.as_str()) {
            return Err(Refusal::new("unknown_credential_configuration", "the token is not for this card"));
        }
        let gone = || Refusal::new("unknown_credential_configuration", "this card is issued no more");
        self.card(&grant.credential_type).ok_or_else(gone)
    }

    /// Each key proof, held against this issuer.
    fn check_proofs(&self, request: &CredentialRequest, grant: &Grant) -> Result<Vec<KeyProof>, Refusal> {
        let refuse = |description: &str| Refusal::new("invalid_proof", description);
        let proofs = request.proofs.as_ref().ok_or_else(|| refuse("proofs are required"))?;
        if proofs.len() != 1 {
            return Err(refuse("proofs must have exactly one type"));
        }
        let proofs = proofs
            .get("jwt")
            .and_then(Value::as_array)
            .ok_or_else(|| refuse("proofs must be of type jwt"))?;
        if proofs.is_empty() || proofs.len() > self.batch_size {
            return Err(refuse("there are no proofs, or more than batch_size"));
        }
        let (origin, now) = (self.origin(), self.clock.now());
        let mut keys = BTreeSet::new();
        let mut checked = Vec::with_capacity(proofs.len());
        for proof in proofs {
            let proof = proof.as_str().ok_or_else(|| refuse("a proof is not a text"))?;
            let proof = check_key_proof(proof, &origin, grant.client_id.as_deref(), now, &AwsLc)
                .map_err(|error| refuse(&error.to_string()))?;
            if proof.key.algorithm() != Algorithm::Es256 {
                return Err(refuse("keys must be for ES256"));
            }
            if !keys.insert(proof.key.thumbprint()) {
                return Err(refuse("two copies cannot share a key"));
            }
            checked.push(proof);
        }
        Ok(checked)
    }
}

fn answer(
    issuer: &Issuer,
    body: &Value,
    wrap: Option<(Value, ContentEncryption)>,
) -> Result<Response, Refusal> {
    let (media_type, text) = match wrap {
        None => ("application/json", body.to_string()),
        Some((jwk, enc)) => ("application/jwt", seal(issuer, &jwk, enc, body.to_string().as_bytes())?),
    };
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::OK, headers, text).into_response())
}

fn seal(issuer: &Issuer, jwk: &Value, enc: ContentEncryption, text: &[u8]) -> Result<String, Refusal> {
    jwe::encrypt(jwk, enc, Map::new(), text, &mut *issuer.random.rng())
        .map_err(|_| Refusal::new("invalid_encryption_parameters", "the key for the response is not usable"))
}

fn refusal(error: IssueError) -> Refusal {
    match error {
        IssueError::Token | IssueError::UsedUp => Refusal::unauthorized("invalid_token", &error.to_string()),
        IssueError::Replay => Refusal::unauthorized("invalid_dpop_proof", &error.to_string()),
        IssueError::Nonce => Refusal::new("invalid_nonce", "fetch a new nonce from the nonce endpoint"),
        IssueError::KeyUsed => Refusal::new("invalid_proof", "every copy needs a key that no other copy has"),
        IssueError::TooMany => Refusal::too_many("the card has had its copies for today"),
        IssueError::Revoked => denied(&error).because("card_revoked"),
        IssueError::Suspended => denied(&error).because("card_suspended"),
        IssueError::Full => Refusal::unavailable("status lists are not ready; try again in a moment"),
        IssueError::Database(error) => Refusal::internal(&error),
    }
}

fn denied(error: &IssueError) -> Refusal {
    Refusal::new("credential_request_denied", &error.to_string())
}
