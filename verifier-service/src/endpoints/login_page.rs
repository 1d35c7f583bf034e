//! The login page: a QR code for a phone, a link for this device, and what happens next, in words.

use askama::Template;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use service_kit::language::Language;
use service_kit::page::{Page, asset, render};
use service_kit::qr;

use super::authorize::broken;
use super::finish::{Own, finished};
use crate::reason;
use crate::service::Provider;
use crate::store::asks::{AskState, Device};
use crate::wallet::Halt;

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    page: Page,
    id: String,
    party: String,
    purpose: Vec<&'static str>,
    qr: Option<(String, String)>,
    open_wallet: String,
    seconds: u64,
    /// How much of the ring is gone, in hundredths.
    gone: u64,
    halt: Option<String>,
}

pub(super) async fn show(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    language: Language,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let mut own = match provider.own_login(&id, &headers, language).await {
        Ok(own) => own,
        Err(response) => return *response,
    };
    // The person's own choice on this page comes before the relying party's.
    if query.is_some_and(|query| query.contains("ui_locales=")) {
        own.language = language;
    }
    let back = own.ask.parameters.back(&provider.issuer(own.client.tier), &[("error", "access_denied")]);
    let stop = |code: &str| {
        let sentence = reason::sentence(code, own.language);
        provider.stop(StatusCode::OK, own.language, (code, sentence), Some(back.clone()))
    };
    if own.ask.is_expired(provider.clock.now()) {
        return stop("expired");
    }
    match own.ask.state {
        AskState::Refused => stop(own.ask.reason.as_deref().unwrap_or_default()),
        AskState::Shown if own.ask.answered_by == Some(Device::Other) => to_the_end(&id),
        AskState::Shown => {
            let text = own.language.pick(
                "Shared. Go on in the page that your wallet opened.",
                "已出示。请在钱包打开的页面中继续。",
            );
            provider.stop(StatusCode::OK, own.language, ("elsewhere", text), None)
        }
        AskState::Finished => finished(&provider, own.language),
        AskState::Waiting => match page(&provider, id, &own, provider.halt().await) {
            Ok(page) => render(StatusCode::OK, &page),
            Err(error) => broken(&provider, own.language, error.as_ref()),
        },
    }
}

/// How far the login is, for the page's script. It holds nothing that another browser could use.
pub(super) async fn state(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    language: Language,
    headers: HeaderMap,
) -> Response {
    let own = match provider.own_login(&id, &headers, language).await {
        Ok(own) => own,
        Err(response) => return *response,
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(state_of(&provider, &own))).into_response()
}

fn state_of(provider: &Provider, own: &Own) -> Value {
    let fetched = own.requests.iter().any(|request| request.fetched);
    if own.ask.is_expired(provider.clock.now()) {
        return json!({ "state": "expired" });
    }
    let state = match own.ask.state {
        AskState::Waiting if fetched => "scanned",
        AskState::Waiting => "waiting",
        AskState::Shown if own.ask.answered_by == Some(Device::Same) => "elsewhere",
        AskState::Shown => "done",
        AskState::Refused => "refused",
        AskState::Finished => "finished",
    };
    json!({ "state": state })
}

fn page(
    provider: &Provider,
    id: String,
    own: &Own,
    halt: Option<Halt>,
) -> Result<Login, Box<dyn std::error::Error + Send + Sync>> {
    let Own { ask, requests, client, language } = own;
    let link = |device: Device| {
        let request = requests.iter().find(|request| request.device == device);
        request.map(|request| provider.wallet_link(request)).transpose()
    };
    let seconds = ask.expires_at.since(provider.clock.now()).as_secs();
    let title = language.pick("Log in with your wallet", "用钱包登录");
    let other = link(Device::Other)?;
    let drawn = other
        .as_deref()
        .map(|text| qr::svg(text, language.pick("QR code for your wallet", "供钱包扫描的二维码")));
    Ok(Login {
        page: Page::new(*language, title, provider.name_in(*language)),
        id,
        party: client.name_in(*language).to_owned(),
        purpose: what_is_asked(own),
        qr: other.zip(drawn.transpose()?),
        open_wallet: link(Device::Same)?.unwrap_or_default(),
        seconds,
        gone: 100_u64.saturating_sub(seconds.saturating_mul(100) / provider.login.lifetime.max(1)),
        halt: halt.map(|halt| halted(halt, *language)),
    })
}

/// That the register halts, and what that means here.
pub(super) fn halted(halt: Halt, language: Language) -> String {
    let seconds = match halt {
        Halt::InGrace(age) => age.as_secs(),
        Halt::TooLong => {
            return language
                .pick(
                    "The public register has not been updated for too long, so nobody can log in at the moment. Try again later.",
                    "公共登记册太久没有更新，暂时无法登录。请稍后再试。",
                )
                .to_owned();
        }
    };
    let (count, english, chinese) = match seconds {
        0..60 => (seconds, "seconds", "秒"),
        60..7200 => (seconds / 60, "minutes", "分钟"),
        _ => (seconds / 3600, "hours", "小时"),
    };
    match language {
        Language::English => format!(
            "The public register is not being updated at the moment. What it said {count} {english} ago still holds, and you can log in."
        ),
        Language::Chinese => {
            format!("公共登记册目前暂停更新。其{count}{chinese}前的内容仍然有效，您可以照常登录。")
        }
    }
}

/// What will be shared, in the reader's words.
fn what_is_asked(own: &Own) -> Vec<&'static str> {
    let names = crate::claims::of_scopes(&own.ask.parameters.scopes);
    let word = |name: &str| {
        Some(match name {
            "given_name" => own.language.pick("given name", "名"),
            "family_name" => own.language.pick("family name", "姓"),
            "birthdate" => own.language.pick("date of birth", "出生日期"),
            "address" => own.language.pick("address", "住址"),
            "nationalities" => own.language.pick("nationality", "国籍"),
            _ => return None,
        })
    };
    names.into_iter().filter_map(word).collect()
}

fn to_the_end(id: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("/login/{id}/finish"))]).into_response()
}

pub(super) async fn stylesheet() -> Response {
    asset("text/css; charset=utf-8", include_str!("../../assets/login.css"))
}

pub(super) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("../../assets/login.js"))
}
