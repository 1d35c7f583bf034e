//! What the OAuth endpoints share: their error body, and the DPoP header.
//!
//! Spec: RFC 6749 section 5.2; RFC 9449 sections 4, 5 and 7.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;
use service_kit::problem::log_internal;
use service_kit::signature::AwsLc;

use crate::proofs::{DpopContext, DpopProof, check_dpop};
use crate::service::Issuer;

/// A refusal in the form of OAuth.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    code: Option<&'static str>,
}

impl Refusal {
    /// 400 with a code of the specification and a sentence for the wallet's maker.
    pub fn new(error: &'static str, description: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.to_owned(), code: None }
    }

    /// A finer reason beside the code of the specification, for wallets that have words for it.
    pub fn because(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// 401 at a protected resource.
    pub fn unauthorized(error: &'static str, description: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::new(error, description) }
    }

    /// 429: try again later.
    pub fn too_many(description: &str) -> Self {
        Self { status: StatusCode::TOO_MANY_REQUESTS, ..Self::new("slow_down", description) }
    }

    /// 503: what is needed is not there now; nothing was done.
    pub fn unavailable(description: &str) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, ..Self::new("temporarily_unavailable", description) }
    }

    /// 500: our own fault; the log has it under the id.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let id = log_internal(error);
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, ..Self::new("server_error", &id) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({ "error": self.error, "error_description": self.description });
        if let Some(code) = self.code {
            body["code"] = code.into();
        }
        let mut response = (self.status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = format!("DPoP error=\"{}\", algs=\"ES256 EdDSA\"", self.error);
            if let Ok(value) = HeaderValue::from_str(&challenge) {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
            }
        }
        response
    }
}

/// A form body; anything else is `invalid_request`.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Issuer> for Form<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, issuer: &Issuer) -> Result<Self, Refusal> {
        axum::extract::Form::from_request(request, issuer)
            .await
            .map(|form| Self(form.0))
            .map_err(|_| Refusal::new("invalid_request", "the body is not the expected form"))
    }
}

impl Issuer {
    /// The DPoP proof of a request, held against it; `None` when there is none.
    pub(crate) fn dpop(
        &self,
        headers: &HeaderMap,
        path: &str,
        access_token: Option<&str>,
    ) -> Result<Option<DpopProof>, Refusal> {
        let mut proofs = headers.get_all("dpop").iter();
        let Some(proof) = proofs.next() else { return Ok(None) };
        let proof = proof.to_str().ok().filter(|_| proofs.next().is_none());
        let refuse = || Refusal::new("invalid_dpop_proof", "the DPoP proof is not acceptable");
        let url = self.link(path);
        let context = DpopContext { method: "POST", url: &url, access_token, now: self.clock.now() };
        let checked = check_dpop(proof.ok_or_else(refuse)?, &context, &AwsLc)
            .map_err(|error| Refusal { description: error.to_string(), ..refuse() })?;
        Ok(Some(checked))
    }
}
