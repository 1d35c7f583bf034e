//! `/authorize`: the page on which a person signs in with the code from the counter.
//!
//! The browser that opens a request is the only one that can finish it: a cookie binds the two. The page
//! works without JavaScript.
//!
//! Spec: OpenID4VCI 1.0 section 5; RFC 9126 section 4; RFC 9207.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use service_kit::language::Language;
use service_kit::page::{self, Page};
use service_kit::problem::{Problem, log_internal};
use url::Url;

use super::par::REQUEST_URI;
use crate::digest;
use crate::service::Issuer;
use crate::store::authorizations::{AuthorizationError, SignIn, Waiting};
use crate::store::offers::RedeemError;

const COOKIE: &str = "symbolon_sign_in";

/// What the wallet sends the browser with.
#[derive(Deserialize)]
pub struct Opening {
    client_id: String,
    request_uri: String,
}

/// What the person filled in.
#[derive(Deserialize)]
pub struct Filled {
    request: String,
    client_id: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    ui_locales: String,
    answer: Option<String>,
}

/// What went wrong and what to do.
struct Refusal {
    what: &'static str,
    next: &'static str,
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    page: Page,
    request: String,
    client_id: String,
    wallet: String,
    person: String,
    refusal: Option<Refusal>,
    english: String,
    chinese: String,
}

#[derive(Template)]
#[template(path = "stopped.html")]
struct Stopped {
    page: Page,
    why: &'static str,
    next: &'static str,
    code: String,
}

/// Opens the page.
pub async fn open(
    State(issuer): State<Issuer>,
    language: Language,
    headers: HeaderMap,
    query: Result<Query<Opening>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Ok(Query(Opening { client_id, request_uri })) = query else {
        return stopped(&issuer, language, "request_malformed");
    };
    let Some(id) = request_uri.strip_prefix(REQUEST_URI) else {
        return stopped(&issuer, language, "request_malformed");
    };
    let browser = cookie(&headers).unwrap_or_else(|| issuer.random.token());
    match issuer.store.open_authorization(id, &client_id, &browser, issuer.clock.now()).await {
        Ok(waiting) => {
            let wallet = wallet_name(&waiting, language);
            let filled = Shown { request: id, client_id: &client_id, wallet: &wallet, person: "" };
            let page = form(&issuer, language, &filled, None);
            with_cookie(&issuer, page::render(StatusCode::OK, &page), &browser)
        }
        Err(error) => failed(&issuer, language, &error),
    }
}

/// Takes what the person filled in.
pub async fn sign_in(
    State(issuer): State<Issuer>,
    accepted: Language,
    headers: HeaderMap,
    filled: Result<Form<Filled>, axum::extract::rejection::FormRejection>,
) -> Response {
    let Ok(Form(filled)) = filled else { return stopped(&issuer, accepted, "request_malformed") };
    let language = Language::choose(&filled.ui_locales).unwrap_or(accepted);
    let Some(browser) = cookie(&headers) else { return stopped(&issuer, language, "other_browser") };
    let now = issuer.clock.now();
    if filled.answer.as_deref() == Some("no") {
        let opened = issuer.store.open_authorization(&filled.request, &filled.client_id, &browser, now).await;
        return match opened {
            Ok(waiting) => back(&issuer, &waiting, ("error", "access_denied")),
            Err(error) => failed(&issuer, language, &error),
        };
    }
    let person = filled.person.trim();
    // Counted under a digest: the number itself is nobody's business, and as long as a stranger likes.
    if issuer.tries.take(&hex::encode(digest::of_token(&format!("sign-in {person}")))).is_err() {
        return stopped(&issuer, language, "too_many_tries");
    }
    let typed: String = filled.code.chars().filter(|c| !c.is_whitespace()).collect();
    let code = issuer.random.token();
    let limit = issuer.offers.wrong_codes;
    let sign_in = SignIn {
        request: filled.request.clone(),
        browser: browser.clone(),
        person: person.to_owned(),
        typed,
    };
    match issuer.store.sign_in(sign_in, limit, &code, now).await {
        Ok(waiting) => back(&issuer, &waiting, ("code", &code)),
        Err(
            AuthorizationError::Refused(RedeemError::Database(error)) | AuthorizationError::Database(error),
        ) => stopped(&issuer, language, &log_internal(&error)),
        Err(AuthorizationError::Refused(reason)) => {
            let Filled { request, client_id, .. } = &filled;
            let opened = issuer.store.open_authorization(request, client_id, &browser, now).await;
            let wallet = match opened {
                Ok(waiting) => wallet_name(&waiting, language),
                Err(error) => return failed(&issuer, language, &error),
            };
            let shown = Shown { request, client_id, wallet: &wallet, person };
            let page = form(&issuer, language, &shown, Some(explain(&reason, language)));
            page::render(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => failed(&issuer, language, &error),
    }
}

/// Whether a number is unknown or a code is wrong is not told apart: the page must not say who is in the
/// register.
fn explain(reason: &RedeemError, language: Language) -> Refusal {
    match reason {
        RedeemError::Expired => Refusal {
            what: language.pick("This code has run out.", "此代码已过期。"),
            next: language.pick("Ask the counter for a new one.", "请向柜台索取新代码。"),
        },
        RedeemError::Locked => Refusal {
            what: language
                .pick("This code is locked after too many wrong tries.", "错误次数过多，此代码已锁定。"),
            next: language.pick("Ask the counter for a new one.", "请向柜台索取新代码。"),
        },
        RedeemError::Unknown
        | RedeemError::Used
        | RedeemError::CodeMissing
        | RedeemError::CodeUnexpected
        | RedeemError::CodeWrong
        | RedeemError::Replay
        | RedeemError::Database(_) => Refusal {
            what: language.pick("Number and code do not fit.", "编号与代码不匹配。"),
            next: language.pick(
                "Compare both with your letter and type them again.",
                "请对照单据，重新输入编号和代码。",
            ),
        },
    }
}

/// What the page shows beside its own words.
struct Shown<'a> {
    request: &'a str,
    client_id: &'a str,
    wallet: &'a str,
    person: &'a str,
}

fn form(issuer: &Issuer, language: Language, shown: &Shown<'_>, refusal: Option<Refusal>) -> SignInPage {
    let Shown { request, client_id, wallet, person } = *shown;
    let link = |locale: &str| {
        let request_uri = format!("{REQUEST_URI}{request}");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("client_id", client_id), ("request_uri", &request_uri), ("ui_locales", locale)])
            .finish();
        format!("/authorize?{query}")
    };
    let title = language.pick("Confirm that it is you", "请确认是您本人");
    SignInPage {
        page: Page::new(language, title, issuer.agency_name(language)),
        request: request.to_owned(),
        client_id: client_id.to_owned(),
        wallet: wallet.to_owned(),
        person: person.to_owned(),
        refusal,
        english: link("en"),
        chinese: link("zh"),
    }
}

/// Where the card goes, in words: a person who was sent here by somebody else sees that it is not theirs.
fn wallet_name(waiting: &Waiting, language: Language) -> String {
    let target = Url::parse(&waiting.redirect_uri).ok();
    match target.as_ref().map(|url| (url.scheme(), url.host_str())) {
        Some(("https", Some(host))) => host.to_owned(),
        Some(("http", _)) => language.pick("the wallet on this computer", "这台电脑上的钱包").to_owned(),
        Some((app, _)) if language == Language::Chinese => format!("这台设备上的应用 {app}"),
        Some((app, _)) => format!("the app {app} on this device"),
        None => String::new(),
    }
}

fn failed(issuer: &Issuer, language: Language, error: &AuthorizationError) -> Response {
    match error {
        AuthorizationError::OtherBrowser => stopped(issuer, language, "other_browser"),
        AuthorizationError::Database(error) => stopped(issuer, language, &log_internal(error)),
        AuthorizationError::Unknown
        | AuthorizationError::Refused(_)
        | AuthorizationError::Mismatch
        | AuthorizationError::Replay => stopped(issuer, language, "request_over"),
    }
}

fn stopped(issuer: &Issuer, language: Language, code: &str) -> Response {
    let again = language.pick("Go back to your wallet and start again.", "请返回钱包重新开始。");
    let (why, next) = match code {
        "too_many_tries" => (
            language.pick("There were too many tries in a short time.", "短时间内尝试次数过多。"),
            language.pick("Wait a minute, then go back and try again.", "请等待一分钟，然后返回重试。"),
        ),
        "other_browser" => (
            language.pick("This page was opened in another browser before.", "此页面已在另一浏览器中打开。"),
            language.pick(
                "Go back to your wallet and start again, in one browser.",
                "请返回钱包，在同一浏览器中重新开始。",
            ),
        ),
        "request_malformed" => {
            (language.pick("The link to this page is not whole.", "此页面的链接不完整。"), again)
        }
        "request_over" => (
            language.pick(
                "This request is over: it was finished, or it took too long.",
                "此请求已结束：已完成或已超时。",
            ),
            again,
        ),
        _ => (
            language.pick("Something broke on our side.", "我们这边出现了故障。"),
            language.pick(
                "Try again in a while. If it happens again, tell our help desk the code.",
                "请稍后重试。如再次发生，请将代码告知客服。",
            ),
        ),
    };
    let title = language.pick("This cannot go on", "无法继续");
    let page = Page::new(language, title, issuer.agency_name(language));
    page::render(StatusCode::BAD_REQUEST, &Stopped { page, why, next, code: code.to_owned() })
}

/// Sends the browser back to the wallet.
fn back(issuer: &Issuer, waiting: &Waiting, answer: (&str, &str)) -> Response {
    let Ok(mut target) = Url::parse(&waiting.redirect_uri) else {
        return Problem::bad_request("redirect_uri", "the redirect uri is no uri").into_response();
    };
    {
        let mut query = target.query_pairs_mut();
        query.append_pair(answer.0, answer.1);
        if let Some(state) = &waiting.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", &issuer.origin());
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, target.as_str()), (header::CACHE_CONTROL, "no-store")])
        .into_response()
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == COOKIE && value.len() == 43)
        .map(|(_, value)| value.to_owned())
}

fn with_cookie(issuer: &Issuer, mut response: Response, browser: &str) -> Response {
    let secure = if issuer.url.scheme() == "https" { "; Secure" } else { "" };
    let text = format!("{COOKIE}={browser}; Path=/authorize; HttpOnly; SameSite=Lax; Max-Age=3600{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
