//! `/nonce`: a fresh nonce for key proofs. Nothing is kept until one is used, so nobody can fill the disk.
//!
//! A nonce is its expiry, 16 random bytes, and a keyed digest of both; used ones are remembered until
//! they would have expired.
//!
//! Spec: OpenID4VCI 1.0 section 7.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use core::time::Duration;
use credential::encoding::{base64url, from_base64url};
use credential::time::UnixTime;
use serde_json::json;
use subtle::ConstantTimeEq as _;

use crate::digest;
use crate::service::Issuer;

/// How long a nonce can be used.
const LIFETIME: Duration = Duration::from_secs(300);

/// Gives a nonce.
pub async fn make(State(issuer): State<Issuer>) -> Response {
    let nonce = issuer.make_nonce();
    ([(header::CACHE_CONTROL, "no-store")], Json(json!({ "c_nonce": nonce }))).into_response()
}

/// A nonce that is ours and still good, but perhaps used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreshNonce {
    /// Its digest, under which it is noted once used.
    pub digest: [u8; 32],
}

/// The nonce is not ours, or its time is over.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("nonce is not one of ours or has expired")]
pub struct StaleNonce;

impl Issuer {
    /// Until when a nonce that is used now has to be remembered.
    pub(crate) fn nonces_until(&self) -> UnixTime {
        self.clock.now().plus(LIFETIME)
    }

    pub(crate) fn make_nonce(&self) -> String {
        let mut bytes = Vec::with_capacity(40);
        bytes.extend(self.clock.now().plus(LIFETIME).secs().to_be_bytes());
        bytes.extend(self.random.bytes::<16>());
        let mac = self.store.digests().of_nonce(&bytes);
        bytes.extend(&mac[..16]);
        base64url(bytes)
    }

    pub(crate) fn check_nonce(&self, nonce: &str) -> Result<FreshNonce, StaleNonce> {
        let bytes = from_base64url(nonce).map_err(|_| StaleNonce)?;
        let (body, mac) = bytes.split_at_checked(24).ok_or(StaleNonce)?;
        let expected = self.store.digests().of_nonce(body);
        if !bool::from(expected[..16].ct_eq(mac)) {
            return Err(StaleNonce);
        }
        let expiry = body.first_chunk::<8>().ok_or(StaleNonce)?;
        if UnixTime::from_secs(u64::from_be_bytes(*expiry)) <= self.clock.now() {
            return Err(StaleNonce);
        }
        Ok(FreshNonce { digest: digest::of_token(nonce) })
    }
}
