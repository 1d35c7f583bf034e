//! The network: every request that a wallet makes goes through here.
//!
//! Only https to public addresses: a link from a stranger must not reach into the network that the phone is
//! in. A wallet whose register is on this machine (a demo, a test) speaks to this machine too, by http. No
//! redirect is followed: where one is allowed, the caller asks again, knowingly. Answers are capped in size
//! and time.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
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
    /// Not https to a public address; or with a password in it.
    #[error("address is not https to a public address")]
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

/// How far a wallet's requests go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses, by https.
    Public,
    /// To this machine too, by http as well.
    ThisMachineToo,
}

impl Reach {
    /// That of a wallet whose register has these nodes: to this machine where all of them are on it.
    pub fn of(nodes: &[Url]) -> Self {
        let local = !nodes.is_empty() && nodes.iter().all(is_this_machine);
        if local { Self::ThisMachineToo } else { Self::Public }
    }

    fn check(self, url: &Url) -> Result<(), HttpError> {
        let bare = url.username().is_empty() && url.password().is_none();
        let allowed = match (self, url.scheme()) {
            (Self::ThisMachineToo, "http" | "https") if is_this_machine(url) => true,
            (_, "https") => match url.host() {
                Some(Host::Ipv4(address)) => is_public(address.into()),
                Some(Host::Ipv6(address)) => is_public(address.into()),
                Some(Host::Domain(_)) => !is_this_machine(url),
                None => false,
            },
            _ => false,
        };
        if allowed && bare { Ok(()) } else { Err(HttpError::Address) }
    }
}

/// Finds the addresses of a name, and forgets those that are not public: a name can lead anywhere.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// The one client.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client,
    reach: Reach,
}

impl Http {
    pub(crate) fn new(reach: Reach) -> Result<Self, HttpError> {
        Self::with_timeout(reach, TIMEOUT)
    }

    /// `timeout` is for a whole exchange, to the last byte of the answer.
    fn with_timeout(reach: Reach, timeout: Duration) -> Result<Self, HttpError> {
        let builder = match reach {
            Reach::Public => Client::builder().dns_resolver(PublicOnly),
            Reach::ThisMachineToo => Client::builder(),
        };
        let client = builder
            .redirect(redirect::Policy::none())
            .timeout(timeout)
            .connect_timeout(CONNECT)
            .no_proxy()
            .referer(false)
            .user_agent("symbolon-wallet")
            .build()
            .map_err(HttpError::Unreachable)?;
        Ok(Self { client, reach })
    }

    pub(crate) async fn send(&self, request: Request) -> Result<Answer, HttpError> {
        self.reach.check(&request.url)?;
        let mut headers = HeaderMap::new();
        for (name, value) in request.headers {
            let value = HeaderValue::from_str(&value).map_err(|_| HttpError::Request)?;
            headers.insert(HeaderName::from_static(name), value);
        }
        let builder = self.client.request(request.method, request.url).headers(headers);
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

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Whether an address belongs to the internet, and to no home, office, cloud or machine of its own.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocol = a == 192 && b == 0 && c == 0;
    let benchmark = a == 198 && (b == 18 || b == 19);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || shared
        || protocol
        || benchmark)
}

/// Of the whole space only 2000::/3 is given out; in it lie ways to wrap an address of version 4.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
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

    fn check(reach: Reach, text: &str) -> bool {
        reach.check(&Url::parse(text).unwrap()).is_ok()
    }

    #[test]
    fn only_https_to_public_addresses_is_spoken() {
        for good in ["https://bank.example/x", "https://9.9.9.9/", "https://[2620:fe::fe]/"] {
            assert!(check(Reach::Public, good), "{good}");
            assert!(check(Reach::ThisMachineToo, good), "{good}");
        }
        for bad in [
            "http://bank.example/",
            "http://127.0.0.1.evil.example/",
            "https://user:secret@bank.example/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "http://10.0.0.1/",
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://172.16.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://0x7f.1:8/".replace("0x7f.1", "0xa.1").as_str(),
            "https://[::]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[2002:a00:1::]/",
        ] {
            assert!(!check(Reach::Public, bad), "{bad}");
            assert!(!check(Reach::ThisMachineToo, bad), "{bad}");
        }
    }

    #[test]
    fn this_machine_is_spoken_to_by_a_wallet_whose_register_is_on_it() {
        let reach = |nodes: &[&str]| {
            Reach::of(&nodes.iter().map(|text| Url::parse(text).unwrap()).collect::<Vec<_>>())
        };
        assert_eq!(reach(&["http://127.0.0.11:7100", "http://localhost:1"]), Reach::ThisMachineToo);
        assert_eq!(reach(&["http://127.0.0.11:7100", "https://node.example"]), Reach::Public);
        assert_eq!(reach(&[]), Reach::Public);
        for local in
            ["http://127.0.0.31:7300/", "http://localhost:1/", "http://[::1]/", "https://a.localhost/"]
        {
            assert!(check(Reach::ThisMachineToo, local), "{local}");
            assert!(!check(Reach::Public, local), "{local}");
        }
    }

    /// A server that answers a byte at a time, for as long as somebody listens.
    async fn dripping() -> Url {
        use tokio::io::AsyncWriteExt as _;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut sent = stream.write_all(b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\n").await;
            let mut drip = tokio::time::interval(Duration::from_millis(20));
            while sent.is_ok() {
                drip.tick().await;
                sent = stream.write_all(b"a").await;
            }
        });
        Url::parse(&origin).unwrap()
    }

    #[tokio::test]
    async fn an_answer_that_drips_is_given_up_when_its_time_is_over() {
        let http = Http::with_timeout(Reach::ThisMachineToo, Duration::from_millis(300)).unwrap();
        let answer = http.send(Request::get(dripping().await, "*/*")).await;
        assert!(matches!(answer, Err(HttpError::Unreachable(_))));
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_leads_nowhere() {
        let found = PublicOnly.resolve("localhost".parse().unwrap()).await.unwrap();
        assert_eq!(found.count(), 0);
    }
}
