//! Pages that end a way: something is wrong with the request, or the login is over.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use service_kit::language::Language;
use service_kit::page::{Page, render};
use url::Url;

use crate::service::Provider;

#[derive(Template)]
#[template(path = "stopped.html")]
struct Stopped {
    page: Page,
    text: String,
    code: String,
    back: Option<String>,
    whole: bool,
}

impl Provider {
    /// A page that says why it does not go on, and offers the way back where there is one.
    pub(crate) fn stop(
        &self,
        status: StatusCode,
        language: Language,
        (code, text): (&str, &str),
        back: Option<Url>,
    ) -> Response {
        let (title, whole) = match code {
            "finished" | "elsewhere" => (language.pick("Done", "完成"), true),
            "logged_out" => (language.pick("You are logged out", "您已退出登录"), false),
            "expired" => (language.pick("This took too long", "时间已过"), false),
            "other_browser" => (language.pick("This is not the browser", "不是同一个浏览器"), false),
            _ => (language.pick("You are not logged in", "您尚未登录"), false),
        };
        let page = Page::new(language, title, self.name_in(language));
        let back = back.map(String::from);
        render(status, &Stopped { page, text: text.to_owned(), code: code.to_owned(), back, whole })
    }

    /// The provider's name in the reader's language.
    pub(crate) fn name_in(&self, language: Language) -> &str {
        language.pick(&self.name, &self.name_zh)
    }
}
