//! Pages: the base template, the one stylesheet, the mark, and safe headers.
//!
//! A service's template begins with `{% extends "base.html" %}` and has a field `page: Page`; its crate
//! has an `askama.toml` that names `../crates/service-kit/templates` after its own folder:
//!
//! ```toml
//! [general]
//! dirs = ["templates", "../crates/service-kit/templates"]
//! ```
//!
//! Blocks: `head`, `body_class` (`wide` for consoles), `mark`, `nav`, `main`, `foot`.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::language::Language;
use crate::problem;

/// The stylesheet's text.
pub const STYLESHEET: &str = include_str!("../assets/symbolon.css");
const MARK: &str = include_str!("../assets/mark.svg");

/// What a page may load and do: what is its own, and pictures inside it. Frames around it are refused.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      font-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every page has.
#[derive(Clone, Debug)]
pub struct Page {
    /// The reader's language.
    pub language: Language,
    /// The title, in that language.
    pub title: String,
    /// Whose page this is: the organisation's name in that language.
    pub owner: String,
    /// Where [`routes`] is mounted: `/assets`.
    pub assets: &'static str,
}

impl Page {
    /// A page with the assets at `/assets`.
    pub fn new(language: Language, title: impl Into<String>, owner: impl Into<String>) -> Self {
        Self { language, title: title.into(), owner: owner.into(), assets: "/assets" }
    }
}

/// Serves `/assets/symbolon.css` and `/assets/mark.svg`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/symbolon.css", get(|| async { asset("text/css; charset=utf-8", STYLESHEET) }))
        .route("/assets/mark.svg", get(|| async { asset("image/svg+xml", MARK) }))
}

#[derive(Template)]
#[template(path = "nothing.html")]
struct Nothing {
    page: Page,
}

/// For an address where nothing is: a page for a browser, a problem for a program.
pub async fn nothing(language: Language, headers: HeaderMap) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return problem::Problem::not_found().into_response();
    }
    let title = language.pick("There is nothing here", "这里什么也没有");
    render(StatusCode::NOT_FOUND, &Nothing { page: Page::new(language, title, "") })
}

/// An answer that may be kept for an hour.
pub fn asset(media_type: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "public, max-age=3600")], text)
        .into_response()
}

/// Renders a page, not to be stored, with a policy that lets nothing foreign in.
pub fn render(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let mut response =
                (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
            response
        }
        Err(error) => problem::Problem::internal(&error).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Template)]
    #[template(
        source = "{% extends \"base.html\" %}{% block main %}<p>{{ text }}</p>{% endblock %}",
        ext = "html"
    )]
    struct Sample {
        page: Page,
        text: &'static str,
    }

    #[test]
    fn text_is_escaped_and_the_language_is_named() {
        let page = Page::new(Language::Chinese, "登录", "Ministry");
        let html = Sample { page, text: "<script>" }.render().unwrap();
        assert!(html.contains("lang=\"zh-Hans\""));
        assert!(!html.contains("<script>"));
        assert!(html.contains("class=\"mark\""));
    }
}
