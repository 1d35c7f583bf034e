//! `/authorize`: where a browser comes to log in. A live session answers at once what it may; everything else
//! goes to the login page, in this browser alone.
//!
//! Spec: OpenID Connect Core section 3.1.2; RFC 9126 section 4; RFC 9207.

use core::time::Duration;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use openid4vc::form::Form;
use registry_client::trust::TrustError;
use service_kit::language::Language;
use url::Url;

use super::{BROWSER, SESSION, SESSION_LONGEST};
use crate::claims::asked;
use crate::client::{Client, Tier};
use crate::login::{Parameters, Prompt, RequestError, back_to, redirect_uri};
use crate::reason;
use crate::service::Provider;
use crate::store::asks::{Ask, AskState, Device, Kind};
use crate::store::digest;
use crate::store::sessions::Session;
use crate::wallet::AnswerError;

/// Bytes of an authorization request, at most.
const MAX_REQUEST: usize = 16 * 1024;
/// The prefix of pushed requests (RFC 9126 section 2.2).
pub(crate) const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";

/// A request that may be answered: whose, what, and the key that it is bound to.
struct Wanted {
    client: Client,
    parameters: Parameters,
    dpop_jkt: Option<String>,
    pushed: Option<[u8; 32]>,
}

pub(super) async fn plain(
    State(provider): State<Provider>,
    language: Language,
    headers: HeaderMap,
    query: RawQuery,
    body: Bytes,
) -> Response {
    authorize(&provider, Tier::Plain, language, &headers, query, &body).await
}

pub(super) async fn strict(
    State(provider): State<Provider>,
    language: Language,
    headers: HeaderMap,
    query: RawQuery,
    body: Bytes,
) -> Response {
    authorize(&provider, Tier::Strict, language, &headers, query, &body).await
}

async fn authorize(
    provider: &Provider,
    tier: Tier,
    language: Language,
    headers: &HeaderMap,
    RawQuery(query): RawQuery,
    body: &Bytes,
) -> Response {
    let text =
        if body.is_empty() { query.unwrap_or_default() } else { String::from_utf8_lossy(body).into_owned() };
    let wanted = match read(provider, tier, language, &text).await {
        Ok(wanted) => wanted,
        Err(response) => return *response,
    };
    match by_session(provider, &wanted, headers).await {
        Ok(Some(response)) => response,
        Ok(None) if wanted.parameters.prompt == Prompt::None => {
            refuse(provider, &wanted, "login_required", "a person has to show a card, and may not be asked")
        }
        Ok(None) => match begin(provider, wanted, headers).await {
            Ok(response) => response,
            Err(error) => broken(provider, language, error.as_ref()),
        },
        Err(error) => broken(provider, language, error.as_ref()),
    }
}

/// Reads the request: pushed before, or in the address. What is wrong goes back to the relying party where
/// its address is known to be its own, and to the person otherwise.
async fn read(
    provider: &Provider,
    tier: Tier,
    language: Language,
    text: &str,
) -> Result<Wanted, Box<Response>> {
    let stop = |code: &str, english: &str, chinese: &str| {
        Box::new(provider.stop(
            StatusCode::BAD_REQUEST,
            language,
            (code, language.pick(english, chinese)),
            None,
        ))
    };
    let bad = || {
        stop(
            "invalid_request",
            "The page that sent you here made a mistake. Go back and try again.",
            "将您转到此处的网页有误。请返回重试。",
        )
    };
    let form = Form::parse(text, MAX_REQUEST).map_err(|_| bad())?;
    let client =
        form.value("client_id").and_then(|id| provider.clients.find(id)).filter(|client| client.tier == tier);
    let client = client.ok_or_else(|| {
        stop(
            "unknown_client",
            "The organisation that sent you here is not known to us. Nothing was passed on.",
            "我们不认识将您转到此处的机构，未传递任何信息。",
        )
    })?;
    if let Some(request_uri) = form.value("request_uri") {
        let key = digest(request_uri.strip_prefix(PUSHED).unwrap_or_default());
        let pushed = provider
            .store
            .pushed(key, provider.clock.now())
            .await
            .map_err(|error| Box::new(broken(provider, language, &error)))?;
        let pushed = pushed.filter(|pushed| pushed.client_id == client.client_id).ok_or_else(|| {
            stop(
                "request_expired",
                "This login took too long to begin. Go back and try again.",
                "登录开始得太慢，已失效。请返回重试。",
            )
        })?;
        return Ok(Wanted {
            client,
            parameters: pushed.parameters,
            dpop_jkt: pushed.dpop_jkt,
            pushed: Some(key),
        });
    }
    if tier == Tier::Strict {
        return Err(bad());
    }
    match Parameters::read(&form, &client) {
        Ok(parameters) => Ok(Wanted {
            client,
            parameters,
            dpop_jkt: form.value("dpop_jkt").map(str::to_owned),
            pushed: None,
        }),
        Err(RequestError::RedirectUri) => Err(bad()),
        Err(RequestError::Other(error, description)) => {
            let Ok(redirect) = redirect_uri(&form, &client) else { return Err(bad()) };
            let answer = [("error", error), ("error_description", description)];
            let url = back_to(&redirect, form.value("state"), &provider.issuer(tier), &answer);
            Err(Box::new(go(&url)))
        }
    }
}

/// Single sign-on: the subject and nothing else, for two relying parties that both take part, while the card
/// is still valid. A card that is no longer valid ends the session and refuses this login.
async fn by_session(
    provider: &Provider,
    wanted: &Wanted,
    headers: &HeaderMap,
) -> Result<Option<Response>, Box<dyn std::error::Error + Send + Sync>> {
    let Wanted { client, parameters, .. } = wanted;
    let now = provider.clock.now();
    if !client.sso || parameters.needs_card() {
        return Ok(None);
    }
    let Some(cookie) = provider.cookie(headers, SESSION) else { return Ok(None) };
    let idle = provider.login.session_idle;
    let Some(session) = provider.store.session(digest(&cookie), idle, now).await? else { return Ok(None) };
    let age = now.since(session.auth_time).as_secs();
    let too_old = age > parameters.max_age.unwrap_or(u64::MAX).min(SESSION_LONGEST);
    let too_weak = parameters.same_device_only && session.acr != crate::login::ACR_SAME_DEVICE;
    if too_old || too_weak {
        return Ok(None);
    }
    match provider.recheck(&session).await {
        Ok(()) => {
            let grant = provider.grant_of_session(client, parameters, wanted.dpop_jkt.clone(), &session);
            let receipt = provider.receipt_for_session(client, &session);
            let url = provider.give_code(None, client, grant, None, wanted.pushed, receipt).await?;
            provider.metrics.count("logins_total", &[("how", "session")]);
            Ok(url.map(|url| go(&url)))
        }
        Err(error) if error.is_final() => {
            provider.store.end_session(digest(&cookie)).await?;
            Ok(Some(refuse(provider, wanted, "access_denied", sentence(&error))))
        }
        Err(error) => Ok(Some(refuse(provider, wanted, "temporarily_unavailable", sentence(&error)))),
    }
}

/// For the relying party's developers: RFC 6749 section 4.1.2.1 allows no characters but ASCII's.
fn sentence(error: &AnswerError) -> &'static str {
    reason::sentence(error.code(), Language::English)
}

/// Begins a login in this browser: two requests for two ways to the wallet, each with ids of its own.
async fn begin(
    provider: &Provider,
    wanted: Wanted,
    headers: &HeaderMap,
) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
    let Wanted { client, mut parameters, dpop_jkt, pushed } = wanted;
    parameters.dpop_jkt = dpop_jkt;
    let now = provider.clock.now();
    let query = provider.login_query(&asked(&provider.login.identifier, &parameters.scopes))?;
    if let Err(error) = provider.check_registered(&client, &query).await {
        let (code, description) = not_registered(&error);
        let url = parameters
            .back(&provider.issuer(client.tier), &[("error", code), ("error_description", description)]);
        return Ok(go(&url));
    }
    let mut requests = vec![provider.new_request(Device::Same, &query, &[])];
    if !parameters.same_device_only {
        requests.push(provider.new_request(Device::Other, &query, &[]));
    }
    let browser = provider.cookie(headers, BROWSER).unwrap_or_else(|| provider.random.token());
    let id = provider.random.token();
    let ask = Ask {
        id: id.clone(),
        kind: Kind::Login,
        client_id: client.client_id,
        parameters,
        browser: Some(digest(&browser)),
        pushed,
        state: AskState::Waiting,
        reason: None,
        result: None,
        answered_by: None,
        response_code: None,
        expires_at: now.plus(Duration::from_secs(provider.login.lifetime)),
    };
    provider.store.begin(ask, requests, now).await?;
    let mut response = go(&provider.origin.join(&format!("/login/{id}"))?);
    provider.set_cookie(&mut response, BROWSER, &browser, 3600);
    Ok(response)
}

/// What the relying party is told when the register does not let it ask, or does not vouch for us.
const fn not_registered(error: &TrustError) -> (&'static str, &'static str) {
    match error {
        TrustError::TooMuch(_) => ("invalid_scope", "the register does not let this relying party ask that"),
        TrustError::Suspended
        | TrustError::UnknownRequester
        | TrustError::NotRegistered
        | TrustError::NotOperator => {
            ("unauthorized_client", "the register does not let this relying party ask")
        }
        TrustError::Stale(_)
        | TrustError::Ahead
        | TrustError::Incomplete
        | TrustError::UnknownSigner
        | TrustError::KeyCompromised
        | TrustError::KeyRetired
        | TrustError::WrongIssuer
        | TrustError::UnknownType
        | TrustError::NotAccredited
        | TrustError::ForeignAddress => {
            ("temporarily_unavailable", "the register does not vouch for this provider at the moment")
        }
    }
}

impl Provider {
    /// What a session gives: the subject, and how it came about.
    fn grant_of_session(
        &self,
        client: &Client,
        parameters: &Parameters,
        dpop_jkt: Option<String>,
        session: &Session,
    ) -> crate::store::grants::Grant {
        crate::store::grants::Grant {
            client_id: client.client_id.clone(),
            parameters: parameters.clone(),
            dpop_jkt,
            sub: crate::claims::subject(
                self.subjects.expose().as_bytes(),
                &client.member,
                &session.identifier,
            ),
            claims: serde_json::Map::new(),
            auth_time: session.auth_time,
            acr: session.acr.clone(),
            amr: vec!["sso".to_owned()],
        }
    }
}

/// Takes the browser back to the relying party with an error.
fn refuse(provider: &Provider, wanted: &Wanted, error: &str, description: &str) -> Response {
    let issuer = provider.issuer(wanted.client.tier);
    go(&wanted.parameters.back(&issuer, &[("error", error), ("error_description", description)]))
}

/// Sends a browser on; never to be kept.
pub(super) fn go(url: &Url) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(value) = HeaderValue::from_str(url.as_str()) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Our own fault: the page has an id that finds the log line.
pub(super) fn broken(
    provider: &Provider,
    language: Language,
    error: &(dyn std::error::Error + Send + Sync + 'static),
) -> Response {
    let id = service_kit::problem::log_internal(error);
    let text = language
        .pick("Something went wrong on our side. Try again in a moment.", "我们这边出了问题。请稍后重试。");
    provider.stop(StatusCode::INTERNAL_SERVER_ERROR, language, (&id, text), None)
}
