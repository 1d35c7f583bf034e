//! Who may speak to the bridge: the page that it served itself, in the browser that was given this run's token.
//!
//! A name that a foreign page resolves to this machine (DNS rebinding) shows in `Host`; a foreign page's own request in
//! `Origin`; a foreign program on this machine lacks the token.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use subtle::ConstantTimeEq as _;

/// Bytes of a command's arguments, at most: a picture or a backup of 8 MiB in base64.
pub const MAX_BODY: usize = 12 << 20;
/// The header that carries the run's token.
pub const TOKEN: &str = "x-symbolon-token";

/// The page's policy: its own scripts, styles, fonts and pictures, and this bridge to speak to. `data:` and `blob:`
/// pictures are drawn by the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
    img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Every answer's headers.
const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(self), microphone=(), geolocation=(), display-capture=()"),
    ("x-frame-options", "DENY"),
];

/// What requests are held against.
#[derive(Clone)]
pub struct Guard {
    /// Address and port, as `Host` has them.
    host: Arc<str>,
    token: Arc<str>,
}

impl Guard {
    /// For a bridge at `host` (address and port), and this run's token.
    pub fn new(host: &str, token: &str) -> Self {
        Self { host: host.into(), token: token.into() }
    }

    fn admits(&self, method: &Method, path: &str, headers: &HeaderMap) -> bool {
        let is = |name, wanted: &str| {
            single(headers, name).is_some_and(|value| value.as_bytes() == wanted.as_bytes())
        };
        if !is(HOST.as_str(), &self.host) {
            return false;
        }
        if !path.starts_with("/ipc/") {
            return method == Method::GET;
        }
        let from_own_page = is(ORIGIN.as_str(), &format!("http://{}", self.host))
            && (headers.get("sec-fetch-site").is_none() || is("sec-fetch-site", "same-origin"));
        let token = single(headers, TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
        method == Method::POST
            && from_own_page
            && is(CONTENT_TYPE.as_str(), "application/json")
            && bool::from(token.ct_eq(self.token.as_bytes()))
    }
}

/// The value of a header that is there once.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

/// Lets through what the guard admits, and gives every answer its headers.
pub async fn watch(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let admitted = guard.admits(request.method(), request.uri().path(), request.headers());
    let length = single(request.headers(), CONTENT_LENGTH.as_str())
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let mut response = match (admitted, length) {
        (false, _) => (StatusCode::FORBIDDEN, Json(json!({ "code": "forbidden" }))).into_response(),
        (true, Some(MAX_BODY..)) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        (true, _) => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
