//! The network: every request that a wallet makes goes through here.
//!
//! Only https, or http to this machine. No redirect is followed: where one is allowed, the caller asks
//! again, knowingly. Answers are capped in size and time.

use core::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, redirect};
use url::{Host, Url};

/// Bytes of an answer, at most.
pub const MAX_ANSWER: usize = 2 << 20;
const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(8);
/// Cookies in one answer, at most.
const MAX_COOKIES: usize = 50;

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Neither https, nor http to this machine; or with a password in it.
    #[error("address is neither https nor on this machine")]
    Address,
    /// Nobody answers there, or not in time.
    #[error("address does not answer")]
    Unreachable(#[source] reqwest::Error),
    /// The answer is larger than [`MAX_ANSWER`].
    #[error("answer is larger than allowed")]
    TooLarge,
    /// The request cannot be written: a header with a line break in it.
    #[error("request cannot be written")]
    Request,
}

impl HttpError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address => "address_refused",
            Self::Unreachable(_) => "unreachable",
            Self::TooLarge => "answer_too_large",
            Self::Request => "request_malformed",
        }
    }
}

/// What is sent.
#[derive(Debug)]
pub(crate) enum Body {
    Nothing,
    Form(Vec<(String, String)>),
    Text { media_type: &'static str, text: String },
}

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

impl Request {
    pub(crate) fn get(url: Url, accept: &str) -> Self {
        Self { method: Method::GET, url, headers: vec![("accept", accept.to_owned())], body: Body::Nothing }
    }

    pub(crate) fn post(url: Url, body: Body) -> Self {
        Self { method: Method::POST, url, headers: vec![("accept", "*/*".to_owned())], body }
    }

    pub(crate) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) location: Option<String>,
    pub(crate) dpop_nonce: Option<String>,
    pub(crate) cookies: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) const fn is_good(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// The one client.
#[derive(Clone, Debug)]
pub(crate) struct Http(Client);

impl Http {
    pub(crate) fn new() -> Result<Self, HttpError> {
        Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT)
            .no_proxy()
            .referer(false)
            .user_agent("symbolon-wallet")
            .build()
            .map(Self)
            .map_err(HttpError::Unreachable)
    }

    pub(crate) async fn send(&self, request: Request) -> Result<Answer, HttpError> {
        check_address(&request.url)?;
        let mut headers = HeaderMap::new();
        for (name, value) in request.headers {
            let value = HeaderValue::from_str(&value).map_err(|_| HttpError::Request)?;
            headers.insert(HeaderName::from_static(name), value);
        }
        let builder = self.0.request(request.method, request.url).headers(headers);
        let builder = match request.body {
            Body::Nothing => builder,
            Body::Form(fields) => builder.form(&fields),
            Body::Text { media_type, text } => builder.header("content-type", media_type).body(text),
        };
        let unreachable = |error: reqwest::Error| HttpError::Unreachable(error.without_url());
        let mut response = builder.send().await.map_err(unreachable)?;
        let mut answer = Answer {
            status: response.status().as_u16(),
            media_type: media_type(text(response.headers(), "content-type").unwrap_or_default()),
            location: text(response.headers(), "location").map(str::to_owned),
            dpop_nonce: text(response.headers(), "dpop-nonce").map(str::to_owned),
            cookies: cookies(response.headers()),
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if answer.body.len() + chunk.len() > MAX_ANSWER {
                return Err(HttpError::TooLarge);
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

/// Whether a wallet may speak to this address.
pub(crate) fn check_address(url: &Url) -> Result<(), HttpError> {
    let local = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return Err(HttpError::Address),
    };
    let allowed = url.scheme() == "https" || (url.scheme() == "http" && local);
    let bare = url.username().is_empty() && url.password().is_none();
    if allowed && bare { Ok(()) } else { Err(HttpError::Address) }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn media_type(header: &str) -> String {
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all("set-cookie").iter().take(MAX_COOKIES);
    values.filter_map(|value| value.to_str().ok()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_this_machine_is_spoken_to() {
        let check = |text: &str| check_address(&Url::parse(text).unwrap());
        for good in
            ["https://bank.example/x", "http://127.0.0.31:7300/", "http://localhost:1/", "http://[::1]/"]
        {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "http://bank.example/",
            "http://127.0.0.1.evil.example/",
            "https://user:secret@bank.example/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "http://10.0.0.1/",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
