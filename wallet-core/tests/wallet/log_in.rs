//! Browser and wallet in one.

use wallet_core::cookies::CookieJar;
use wallet_core::log_in::{LogIn, LogInError, Step};

use crate::now;
use crate::register::Register;
use crate::server::{Got, Page, Server};
use crate::world::{Asking, Home};

const COOKIE: &str = "browser=1";

/// A provider that lets in the browser that started, and a relying party in front of it.
struct Site {
    asking: Asking,
    provider: Server,
    party: Server,
}

impl Site {
    async fn start(page: fn(&str) -> String) -> Self {
        let party = Server::start(|_| Box::new(|got| Some(party(got)))).await;
        let callback = format!("{}/callback?code=c&state=s", party.origin);
        let mut made = None;
        let provider = Server::start(|origin| {
            let asking = Asking::new(origin);
            let (request, link, origin) = (asking.signed(), asking.link(), origin.to_owned());
            made = Some(asking);
            Box::new(move |got| Some(answer(got, &request, &page(&link), &origin, &callback)))
        })
        .await;
        Self { asking: made.unwrap(), provider, party }
    }

    fn home(&self, name: &str) -> Home {
        let home = Home::new(name, &Register::new(now()));
        home.keep_card(1, &self.asking.issuer);
        home
    }

    fn authorization(&self) -> String {
        format!("{}/authorize?client_id=bank&request_uri=urn%3Ax", self.provider.origin)
    }
}

fn answer(got: &Got, request: &str, page: &str, origin: &str, callback: &str) -> Page {
    match got.path.split('?').next().unwrap_or_default() {
        "/authorize" if got.headers.contains("sso=1") => Page::to(callback),
        "/authorize" => Page::to("/login").with("set-cookie", format!("{COOKIE}; Path=/; HttpOnly")),
        "/login" if got.headers.contains(COOKIE) => Page::new(200, page),
        "/request" => Page::new(200, request),
        "/response" => Page::new(200, format!(r#"{{"redirect_uri":"{origin}/done?r=1"}}"#)),
        "/done" if got.headers.contains(COOKIE) => {
            Page::to(callback).with("set-cookie", "sso=1; Path=/".to_owned())
        }
        _ => Page::new(403, ""),
    }
}

fn party(got: &Got) -> Page {
    match got.path.split('?').next().unwrap_or_default() {
        "/callback" => Page::to("/account").with("set-cookie", "account=1; Path=/"),
        "/account" if got.headers.contains("account=1") => Page::new(200, "Welcome"),
        _ => Page::new(403, ""),
    }
}

fn with_link(link: &str) -> String {
    format!(r#"<html><a id="open-wallet" href="{}">Open your wallet</a></html>"#, link.replace('&', "&amp;"))
}

#[tokio::test]
async fn a_login_ends_at_the_relying_partys_callback() {
    let site = Site::start(with_link).await;
    let home = site.home("login");
    let mut browser = LogIn::new(&home.wallet, CookieJar::default());
    let Step::Asked(asked) = browser.open(&site.authorization()).await.unwrap() else { panic!("not asked") };
    let shared = home.wallet.share(*asked).await.unwrap();
    let callback = browser.go_on(&shared).await.unwrap();
    assert_eq!(callback.as_str(), format!("{}/callback?code=c&state=s", site.party.origin));
    assert!(site.party.got().is_empty());
    let landing = browser.finish(callback).await.unwrap();
    assert_eq!((landing.status, landing.body.as_str()), (200, "Welcome"));
    // The same browser again: the provider knows it, and the wallet is not asked.
    let mut browser = LogIn::new(&home.wallet, browser.into_jar());
    assert!(matches!(browser.open(&site.authorization()).await.unwrap(), Step::Done(_)));
}

#[tokio::test]
async fn a_page_without_a_link_ends_the_login() {
    let site = Site::start(|_| "<a href=\"openid4vp://x\">no</a>".to_owned()).await;
    let home = site.home("login-no-link");
    let before = home.digest();
    let mut browser = LogIn::new(&home.wallet, CookieJar::default());
    let error = browser.open(&site.authorization()).await.err().unwrap();
    assert!(matches!(error, LogInError::NoLink));
    assert_eq!(home.digest(), before);
}

#[tokio::test]
async fn a_circle_is_left() {
    let circle = Server::start(|_| Box::new(|_| Some(Page::to("/again")))).await;
    let site = Site::start(with_link).await;
    let home = site.home("login-circle");
    let mut browser = LogIn::new(&home.wallet, CookieJar::default());
    let error = browser.open(&circle.origin).await.err().unwrap();
    assert!(matches!(error, LogInError::TooManySteps));
}
