//! `/`: what this is, for a person who came here by hand.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use service_kit::language::Language;
use service_kit::page::{self, Page};

use crate::service::Issuer;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Page,
}

/// The agency's page.
pub async fn show(State(issuer): State<Issuer>, language: Language) -> Response {
    let title = language.pick("Your identity card", "您的身份卡");
    page::render(StatusCode::OK, &Home { page: Page::new(language, title, issuer.agency_name(language)) })
}
