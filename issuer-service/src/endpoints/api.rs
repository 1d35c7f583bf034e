//! The agency's own systems: who they are, by a bearer token of a role.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use service_kit::problem::Problem;

use crate::config::Role;
use crate::service::Issuer;

/// A caller whose token is one of ours.
#[derive(Clone, Copy, Debug)]
pub struct Caller(Role);

impl Caller {
    /// Refuses a caller that may not make offers.
    pub fn may_offer(self) -> Result<(), Problem> {
        match self.0 {
            Role::Counter | Role::Agency => Ok(()),
            Role::Revocation | Role::Feedback => Err(Problem::forbidden()),
        }
    }

    /// Refuses a caller that may not revoke.
    pub fn may_revoke(self) -> Result<(), Problem> {
        match self.0 {
            Role::Revocation | Role::Agency => Ok(()),
            Role::Counter | Role::Feedback => Err(Problem::forbidden()),
        }
    }

    /// Refuses a caller that may not read what people report.
    pub fn may_read_feedback(self) -> Result<(), Problem> {
        match self.0 {
            Role::Feedback | Role::Agency => Ok(()),
            Role::Counter | Role::Revocation => Err(Problem::forbidden()),
        }
    }
}

impl FromRequestParts<Issuer> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, issuer: &Issuer) -> Result<Self, Problem> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let offered =
            header.and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(Problem::unauthorized)?;
        // Every token is compared, each in constant time, so that the time tells nothing.
        let mut found = None;
        for (role, token) in &issuer.api_tokens {
            if token.matches(offered) {
                found = Some(Self(*role));
            }
        }
        found.ok_or_else(Problem::unauthorized)
    }
}

/// A JSON body; what is not the expected JSON is a problem that says where.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Issuer> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, issuer: &Issuer) -> Result<Self, Problem> {
        let bytes = axum::body::Bytes::from_request(request, issuer).await.map_err(|_| {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "the body is too large")
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let place = format!(
                "the body is not the expected json (line {}, column {})",
                error.line(),
                error.column()
            );
            Problem::bad_request("malformed", place)
        })
    }
}
