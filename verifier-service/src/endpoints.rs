//! Every address: OpenID at `/` and `/fapi`, the login page, the wallet's side, and relying parties' systems.

mod api;
mod authorize;
mod deletions;
mod discovery;
mod finish;
mod home;
mod login_page;
mod logout;
mod par;
mod receipts;
mod stop;
mod token;
mod userinfo;
mod wallet;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::{get, post};
use service_kit::limit::{Limiter, Rate, by_address};

use crate::client::Tier;
use crate::service::Provider;

/// The address of an endpoint of a tier.
pub(crate) fn path(tier: Tier, name: &str) -> String {
    match tier {
        Tier::Plain => format!("/{name}"),
        Tier::Strict => format!("/fapi/{name}"),
    }
}

/// All of them.
pub fn routes(provider: &Provider) -> Router<Provider> {
    Router::new()
        .merge(tier_routes(Tier::Plain))
        .merge(tier_routes(Tier::Strict))
        .route("/", get(home::show))
        .route("/.well-known/oauth-authorization-server", get(discovery::plain))
        .route("/.well-known/oauth-authorization-server/fapi", get(discovery::strict))
        .route("/jwks", get(discovery::jwks))
        .route("/openapi.json", get(discovery::openapi))
        .route("/login/{id}", get(login_page::show))
        .route("/login/{id}/state", get(login_page::state))
        .route("/login/{id}/finish", get(finish::finish))
        .route("/login/{id}/cancel", post(finish::cancel))
        .route("/logout", get(logout::logout).post(logout::logout))
        .route("/assets/login.css", get(login_page::stylesheet))
        .route("/assets/login.js", get(login_page::script))
        .route("/vp/request/{id}", get(wallet::request).post(wallet::request))
        .route(
            "/vp/response/{id}",
            post(wallet::response).layer(DefaultBodyLimit::max(openid4vc::vp::response::MAX_BODY)),
        )
        .route("/api/presentations", post(api::begin))
        .route("/api/presentations/{id}", get(api::show))
        .route("/api/deletions", get(deletions::list))
        .route("/api/deletions/{id}/done", post(deletions::done))
        .merge(receipt_routes(provider))
}

/// What wallets ask when they look back: seldom, so a few times a minute are enough.
fn receipt_routes(provider: &Provider) -> Router<Provider> {
    let per_minute = provider.requests_per_minute.div_ceil(10);
    let limiter = Limiter::new(Rate { burst: per_minute.div_ceil(2), per_minute }, provider.clock.clone());
    Router::new()
        .route("/receipts/place", post(receipts::place))
        .route("/receipts/logins", post(receipts::logins))
        .route("/receipts/deletion", post(receipts::ask_deletion))
        .route("/receipts/deletion/state", post(receipts::deletion))
        .route("/receipts/not-me", post(receipts::not_me))
        .layer(DefaultBodyLimit::max(receipts::MAX_BODY))
        .layer(axum::middleware::from_fn_with_state(limiter, by_address))
}

fn tier_routes(tier: Tier) -> Router<Provider> {
    let (discovery, authorize) = match tier {
        Tier::Plain => (get(discovery::plain), get(authorize::plain).post(authorize::plain)),
        Tier::Strict => (get(discovery::strict), get(authorize::strict).post(authorize::strict)),
    };
    let (par, token) = match tier {
        Tier::Plain => (post(par::plain), post(token::plain)),
        Tier::Strict => (post(par::strict), post(token::strict)),
    };
    let userinfo = match tier {
        Tier::Plain => get(userinfo::plain).post(userinfo::plain),
        Tier::Strict => get(userinfo::strict).post(userinfo::strict),
    };
    Router::new()
        .route(&path(tier, ".well-known/openid-configuration"), discovery)
        .route(&path(tier, "authorize"), authorize)
        .route(&path(tier, "par"), par)
        .route(&path(tier, "token"), token)
        .route(&path(tier, "userinfo"), userinfo)
}

/// The cookie that binds a login to the browser that began it.
const BROWSER: &str = "browser";
/// The cookie of single sign-on.
const SESSION: &str = "session";
/// Seconds after which single sign-on ends, however often it was used.
const SESSION_LONGEST: u64 = 2 * 3600;

/// Whether a cookie's value is of the form that we give, so that nothing else is ever repeated.
fn is_ours(cookie: &str) -> bool {
    cookie.len() == 43 && cookie.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl Provider {
    /// A cookie that scripts cannot read, for this origin alone.
    fn set_cookie(&self, response: &mut Response, name: &str, value: &str, seconds: u64) {
        let (prefix, secure) = if self.is_secure() { ("__Host-", "; Secure") } else { ("", "") };
        let text =
            format!("{prefix}{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }

    /// A cookie that the browser sent.
    fn cookie(&self, headers: &HeaderMap, name: &str) -> Option<String> {
        let prefix = if self.is_secure() { "__Host-" } else { "" };
        let wanted = format!("{prefix}{name}=");
        let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = all.flat_map(|text| text.split("; "));
        pairs
            .find_map(|pair| pair.strip_prefix(wanted.as_str()))
            .filter(|value| is_ours(value))
            .map(str::to_owned)
    }
}
