//! `/`: what this is and whether it works, for a person who came here by hand.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use service_kit::language::Language;
use service_kit::page::{Page, render};

use super::login_page::halted;
use crate::service::Provider;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Page,
    halt: Option<String>,
}

/// The provider's page.
pub(super) async fn show(State(provider): State<Provider>, language: Language) -> Response {
    let title = language.pick("Log in with the card in your wallet", "用钱包里的卡片登录");
    let halt = provider.halt().await.map(|halt| halted(halt, language));
    let page = Page::new(language, title, provider.name_in(language));
    render(StatusCode::OK, &Home { page, halt })
}
