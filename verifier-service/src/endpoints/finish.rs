//! The end of a login: a code, for the browser that began it and no other.

use core::time::Duration;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use openid4vc::form::Form;
use service_kit::language::Language;
use subtle::ConstantTimeEq as _;
use url::Url;

use super::authorize::{broken, go};
use super::{BROWSER, SESSION, SESSION_LONGEST};
use crate::claims::subject;
use crate::client::Client;
use crate::login::{ACR_OTHER_DEVICE, ACR_SAME_DEVICE};
use crate::reason;
use crate::service::Provider;
use crate::store::asks::{Ask, AskState, Device, Kind, Request, Shown};
use crate::store::digest;
use crate::store::grants::{Change, End, Grant};
use crate::store::receipts::Draft;
use crate::store::sessions::Session;

/// Seconds that a code is good for.
const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// An ask as one browser may see it.
pub(super) struct Own {
    pub(super) ask: Ask,
    pub(super) requests: Vec<Request>,
    pub(super) client: Client,
    pub(super) language: Language,
}

impl Provider {
    /// The login `id`, if this is the browser that began it; a page that helps otherwise.
    pub(super) async fn own_login(
        &self,
        id: &str,
        headers: &HeaderMap,
        language: Language,
    ) -> Result<Own, Box<Response>> {
        let found =
            self.store.ask(id.to_owned()).await.map_err(|error| Box::new(broken(self, language, &error)))?;
        let cookie = self.cookie(headers, BROWSER).map(|cookie| digest(&cookie));
        let own = found.filter(|(ask, _)| {
            let same = |browser: [u8; 32]| cookie.is_some_and(|cookie| bool::from(cookie.ct_eq(&browser)));
            ask.kind == Kind::Login && ask.browser.is_some_and(same)
        });
        let client = own.as_ref().and_then(|(ask, _)| self.clients.find(&ask.client_id));
        match own.zip(client) {
            Some(((ask, requests), client)) => {
                let language = ask.parameters.language(language);
                Ok(Own { ask, requests, client, language })
            }
            None => Err(Box::new(self.stop(
                StatusCode::FORBIDDEN,
                language,
                ("other_browser", language.pick(
                    "This login was begun in another browser, and it can only end there. If somebody sent you this link, do not go on: they may want to log in as you.",
                    "此登录是在另一个浏览器中开始的，只能在那里完成。如果是别人发给您的链接，请不要继续：对方可能想冒用您的身份登录。",
                )),
                None,
            ))),
        }
    }

    /// Gives a code for `grant`: the address that takes the browser back. `None` where the result of the ask
    /// was given before. A login without an ask leaves `receipt` to be fetched.
    pub(super) async fn give_code(
        &self,
        ask: Option<&Ask>,
        client: &Client,
        grant: Grant,
        session: Option<Change>,
        pushed: Option<[u8; 32]>,
        receipt: Option<Draft>,
    ) -> Result<Option<Url>, rusqlite::Error> {
        let (code, now) = (self.random.token(), self.clock.now());
        let back = grant.parameters.back(&self.issuer(client.tier), &[("code", &code)]);
        let end = End {
            ask: ask.map(|ask| ask.id.clone()),
            pushed,
            code: (digest(&code), now.plus(CODE_LIFETIME)),
            grant,
            session,
            receipt,
        };
        Ok(self.store.finish(end, now).await?.then_some(back))
    }
}

pub(super) async fn finish(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    language: Language,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let own = match provider.own_login(&id, &headers, language).await {
        Ok(own) => own,
        Err(response) => return *response,
    };
    let code = Form::parse(&query.unwrap_or_default(), 1024)
        .ok()
        .and_then(|form| form.value("response_code").map(digest));
    match own.ask.state {
        AskState::Shown if own.ask.is_expired(provider.clock.now()) => {
            back_refused(&provider, &own, "expired")
        }
        AskState::Shown if brings_code(&own.ask, code) => give(&provider, own, &headers).await,
        AskState::Refused => {
            let reason = own.ask.reason.clone().unwrap_or_default();
            back_refused(&provider, &own, &reason)
        }
        AskState::Shown | AskState::Waiting => go_to_page(&provider, &id),
        AskState::Finished => finished(&provider, own.language),
    }
}

/// The page of a login whose result was given.
pub(super) fn finished(provider: &Provider, language: Language) -> Response {
    let text =
        language.pick("This login is complete. You can close this page.", "登录已完成，您可以关闭本页。");
    provider.stop(StatusCode::GONE, language, ("finished", text), None)
}

/// The person changed their mind: that counts until the code is given, whatever a wallet has answered.
pub(super) async fn cancel(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    language: Language,
    headers: HeaderMap,
) -> Response {
    let own = match provider.own_login(&id, &headers, language).await {
        Ok(own) => own,
        Err(response) => return *response,
    };
    match provider.store.cancel(id.clone()).await {
        Ok(true) => back_refused(&provider, &own, "cancelled"),
        Ok(false) => go_to_page(&provider, &id),
        Err(error) => broken(&provider, language, &error),
    }
}

/// An answer from the browser's own device must come back through that device's browser, with the fresh code
/// that only its wallet was told (OpenID4VP section 13.3).
fn brings_code(ask: &Ask, code: Option<[u8; 32]>) -> bool {
    match (ask.answered_by, ask.response_code) {
        (Some(Device::Same), Some(expected)) => code.is_some_and(|code| bool::from(code.ct_eq(&expected))),
        (Some(Device::Other), _) => true,
        (Some(Device::Same) | None, _) => false,
    }
}

async fn give(provider: &Provider, own: Own, headers: &HeaderMap) -> Response {
    let Own { ask, client, language, .. } = own;
    let Some((shown, identifier)) =
        ask.result.clone().and_then(|shown| Some((shown.clone(), shown.identifier?)))
    else {
        return provider.stop(
            StatusCode::INTERNAL_SERVER_ERROR,
            language,
            ("no_result", reason::sentence("presentation_refused", language)),
            None,
        );
    };
    let acr = match shown.device {
        Device::Same => ACR_SAME_DEVICE,
        Device::Other => ACR_OTHER_DEVICE,
    };
    let grant = grant(provider, &client, &ask, &shown, &identifier, acr);
    let cookie = provider.random.token();
    let begins = client.sso.then(|| {
        let identifier = identifier.clone();
        let Shown { card, at: auth_time, first, .. } = shown;
        let session = Session { identifier, card, auth_time, acr: acr.to_owned(), first };
        (digest(&cookie), session)
    });
    let before = provider.cookie(headers, SESSION).map(|cookie| digest(&cookie));
    let change = Change { before, identifier, begins };
    match provider.give_code(Some(&ask), &client, grant, Some(change), ask.pushed, None).await {
        Ok(Some(url)) => {
            provider.metrics.count("logins_total", &[("how", "card")]);
            let mut response = go(&url);
            if client.sso {
                provider.set_cookie(&mut response, SESSION, &cookie, SESSION_LONGEST);
            }
            response
        }
        Ok(None) => finished(provider, language),
        Err(error) => broken(provider, language, &error),
    }
}

fn grant(
    provider: &Provider,
    client: &Client,
    ask: &Ask,
    shown: &Shown,
    identifier: &str,
    acr: &str,
) -> Grant {
    Grant {
        client_id: client.client_id.clone(),
        parameters: ask.parameters.clone(),
        dpop_jkt: ask.parameters.dpop_jkt.clone(),
        sub: subject(provider.subjects.expose().as_bytes(), &client.member, identifier),
        claims: shown.claims.clone(),
        auth_time: shown.at,
        acr: acr.to_owned(),
        amr: vec!["pop".to_owned()],
    }
}

/// Takes the browser back. The description is for the relying party's developers: English, since RFC 6749
/// section 4.1.2.1 allows no other characters; the person has read it on the page.
fn back_refused(provider: &Provider, own: &Own, code: &str) -> Response {
    let sentence = reason::sentence(code, Language::English);
    let answer = [("error", "access_denied"), ("error_description", sentence)];
    go(&own.ask.parameters.back(&provider.issuer(own.client.tier), &answer))
}

fn go_to_page(provider: &Provider, id: &str) -> Response {
    match provider.origin.join(&format!("/login/{id}")) {
        Ok(url) => go(&url),
        Err(error) => broken(provider, Language::English, &error),
    }
}
