//! Who a relying party is, and that it holds its keys: client authentication and DPoP.
//!
//! Spec: RFC 6749 section 2.3.1, RFC 7523, RFC 9449; FAPI 2.0 Security Profile section 5.3.2.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openid4vc::form::Form;
use openid4vc::oauth::client_assertion::{ASSERTION_TYPE, UnverifiedAssertion};
use openid4vc::oauth::dpop::{self, Target};
use serde_json::json;
use service_kit::problem::log_internal;
use service_kit::signature::AwsLc;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::client::{Authentication, Client, Tier};
use crate::service::Provider;
use crate::store::digest;

/// The error of a request that brings no access token at all.
const NO_TOKEN: &str = "invalid_request";

/// An error as OAuth endpoints answer it (RFC 6749 section 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthError {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

impl OauthError {
    /// 400 with this error.
    pub const fn new(error: &'static str, description: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description }
    }

    /// The relying party did not prove who it is.
    pub const fn client(description: &'static str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "invalid_client", description }
    }

    /// There is no access token.
    pub const fn no_token() -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: NO_TOKEN, description: "an access token is needed" }
    }

    /// The access token is no good.
    pub const fn token(description: &'static str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "invalid_token", description }
    }

    /// Our own fault; the log says more.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        log_internal(error);
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: "server_error",
            description: "try again later",
        }
    }
}

impl OauthError {
    /// The answer of userinfo, where every refusal is a challenge: in each scheme of the tier, with the error
    /// where a token was brought (RFC 6750 section 3, RFC 9449 section 7.1).
    pub fn at_userinfo(self, tier: Tier) -> Response {
        let status = match self.status {
            StatusCode::BAD_REQUEST => StatusCode::UNAUTHORIZED,
            status => status,
        };
        let (bearer, dpop) = match self.error {
            NO_TOKEN => ("Bearer", "DPoP algs=\"ES256 EdDSA\""),
            "invalid_dpop_proof" => ("Bearer", "DPoP error=\"invalid_dpop_proof\", algs=\"ES256 EdDSA\""),
            _ => ("Bearer error=\"invalid_token\"", "DPoP error=\"invalid_token\", algs=\"ES256 EdDSA\""),
        };
        let mut response = Self { status, ..self }.into_response();
        if status == StatusCode::UNAUTHORIZED {
            let headers = response.headers_mut();
            headers.remove(header::WWW_AUTHENTICATE);
            if tier == Tier::Plain {
                headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(bearer));
            }
            headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static(dpop));
        }
        response
    }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.error, "error_description": self.description }));
        let mut response = (self.status, [(header::CACHE_CONTROL, "no-store")], body).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Basic realm=\"token\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl Provider {
    /// The relying party that authenticates this request, which must belong to `tier`.
    ///
    /// # Errors
    /// [`OauthError`], `invalid_client`.
    pub async fn authenticate(
        &self,
        tier: Tier,
        headers: &HeaderMap,
        form: &Form,
    ) -> Result<Client, OauthError> {
        // One way and no more (RFC 6749 section 2.3): a secret in the form is a second one, or not ours.
        if form.value("client_secret").is_some() {
            return Err(OauthError::client("a secret belongs in the authorization header alone"));
        }
        let client = match form.value("client_assertion") {
            Some(_) if headers.contains_key(header::AUTHORIZATION) => {
                return Err(OauthError::client("one way of authentication at a time"));
            }
            Some(assertion) => self.by_assertion(tier, assertion, form).await?,
            None => self.by_secret(headers)?,
        };
        let named = form.value("client_id").is_none_or(|named| named == client.client_id);
        if client.tier == tier && named {
            Ok(client)
        } else {
            Err(OauthError::client("this relying party is registered for something else"))
        }
    }

    async fn by_assertion(&self, tier: Tier, assertion: &str, form: &Form) -> Result<Client, OauthError> {
        let refuse = |_| OauthError::client("client assertion is refused");
        if form.value("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(OauthError::client("client_assertion_type is not supported"));
        }
        let unverified = UnverifiedAssertion::parse(assertion).map_err(refuse)?;
        let client = self.clients.find(unverified.dangerous_client_id());
        let client = client.filter(|client| client.auth == Authentication::PrivateKeyJwt);
        let client = client.ok_or(OauthError::client("relying party is not known"))?;
        let key = client.signing_key(unverified.kid()).ok_or(OauthError::client("key is not known"))?;
        let now = self.clock.now();
        let verified = unverified.verify(&key, &self.issuer(tier), now, &AwsLc).map_err(refuse)?;
        let once = digest(&format!("assertion {} {}", verified.client_id, verified.jti));
        match self.store.use_once(once, verified.remember_until).await {
            Ok(true) => Ok(client),
            Ok(false) => Err(OauthError::client("client assertion was used before")),
            Err(error) => Err(OauthError::internal(&error)),
        }
    }

    fn by_secret(&self, headers: &HeaderMap) -> Result<Client, OauthError> {
        const REFUSED: OauthError = OauthError::client("relying party or secret is not known");
        let (id, secret) =
            basic(headers).ok_or(OauthError::client("relying party does not say who it is"))?;
        let client = self.clients.find(&id).filter(|client| client.auth == Authentication::ClientSecretBasic);
        let client = client.ok_or(REFUSED)?;
        let known = client.secret_sha256.as_deref().and_then(|text| hex::decode(text).ok()).ok_or(REFUSED)?;
        let offered = Sha256::digest(secret.as_bytes());
        if bool::from(offered.as_slice().ct_eq(&known)) { Ok(client) } else { Err(REFUSED) }
    }

    /// The thumbprint of the key that signed this request's DPoP proof; none where there is no proof.
    ///
    /// # Errors
    /// [`OauthError`], `invalid_dpop_proof`.
    pub async fn dpop(
        &self,
        headers: &HeaderMap,
        method: &'static str,
        url: &str,
        access_token: Option<&str>,
    ) -> Result<Option<String>, OauthError> {
        const REFUSED: OauthError = OauthError::new("invalid_dpop_proof", "dpop proof is refused");
        let mut proofs = headers.get_all("dpop").iter();
        let Some(proof) = proofs.next() else { return Ok(None) };
        if proofs.next().is_some() {
            return Err(REFUSED);
        }
        let target = Target { method, url, access_token, nonce: None };
        let proof = proof.to_str().map_err(|_| REFUSED)?;
        let proof = dpop::verify(proof, &target, self.clock.now(), &AwsLc).map_err(|error| {
            tracing::debug!(error = &error as &dyn std::error::Error, "dpop proof is refused");
            REFUSED
        })?;
        match self.store.use_once(proof.digest, proof.remember_until).await {
            Ok(true) => Ok(Some(proof.jkt)),
            Ok(false) => Err(OauthError::new("invalid_dpop_proof", "dpop proof was used before")),
            Err(error) => Err(OauthError::internal(&error)),
        }
    }
}

/// What stands after the scheme `wanted` in `Authorization`; its case does not count (RFC 9110 section 11.1).
pub fn credentials<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then_some(credentials)
}

/// Name and secret of `Authorization: Basic`, each form-encoded (RFC 6749 section 2.3.1).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let decoded = STANDARD.decode(credentials(headers, "Basic")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |text: &str| {
        let pair = format!("x={text}");
        url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}
