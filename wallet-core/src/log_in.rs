//! Logging in from a script: browser and wallet in one, on one device.
//!
//! The browser half keeps cookies, follows redirects, and finds the provider's link to the wallet. The
//! wallet half answers it as it would any other. The browser then goes where the provider sends it, with the
//! same cookies, and stops before the relying party's callback unless it is told to go on.

use url::Url;

use crate::cookies::CookieJar;
use crate::http::{Answer, HttpError, Request};
use crate::page::link_of;
use crate::present::{Asked, PresentError, Shared};
use crate::wallet::Wallet;

/// The identifier of the link to the wallet on a login page.
const LINK: &str = "open-wallet";
/// Pages and redirects on one way, at most.
const MAX_STEPS: usize = 24;

/// Why a login did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// The address is none.
    #[error("address is refused")]
    Address,
    /// The network.
    #[error("page cannot be reached")]
    Http(#[from] HttpError),
    /// A page answered with a refusal: its status.
    #[error("page answers with status {0}")]
    Page(u16),
    /// A page without a link to the wallet.
    #[error("page has no link to the wallet")]
    NoLink,
    /// Round in circles.
    #[error("too many redirects")]
    TooManySteps,
    /// The request behind the link is not answered.
    #[error("request is not answered")]
    Present(#[from] PresentError),
    /// The answer was taken, and nothing says where to go on.
    #[error("provider does not say where to continue")]
    NoWayBack,
}

impl LogInError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address => "address_refused",
            Self::Http(error) => error.code(),
            Self::Page(_) => "page_refuses",
            Self::NoLink => "no_wallet_link",
            Self::TooManySteps => "too_many_redirects",
            Self::Present(error) => error.code(),
            Self::NoWayBack => "no_way_back",
        }
    }
}

/// Where a browser's way led.
#[derive(Debug)]
enum Way {
    /// A page that wants the wallet.
    Wallet { link: String },
    /// The relying party's callback, not yet called.
    Callback(Url),
    /// A page with nothing more to follow.
    Page(Landing),
}

/// A page that was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// Its address.
    pub url: Url,
    /// Its status.
    pub status: u16,
    /// What it says.
    pub body: String,
}

/// What the login page asks of the person.
pub enum Step {
    /// The wallet is asked: the person decides.
    Asked(Box<Asked>),
    /// The provider knew this browser: there is nothing to decide.
    Done(Url),
}

/// A browser of one person, in the middle of a login.
pub struct LogIn<'a> {
    wallet: &'a Wallet,
    jar: CookieJar,
    /// The provider, once a page of its was reached.
    provider: Option<url::Origin>,
    /// The callback, where the address bar showed it.
    callback: Option<Url>,
}

impl<'a> LogIn<'a> {
    /// A browser with the cookies of `jar`.
    pub const fn new(wallet: &'a Wallet, jar: CookieJar) -> Self {
        Self { wallet, jar, provider: None, callback: None }
    }

    /// Opens `url` and goes on until the wallet is asked.
    ///
    /// # Errors
    /// [`LogInError`].
    pub async fn open(&mut self, url: &str) -> Result<Step, LogInError> {
        let url = Url::parse(url).map_err(|_| LogInError::Address)?;
        match self.follow(url, true).await? {
            Way::Wallet { link } => {
                let asked = self.wallet.look_at_request(&link).await?;
                Ok(Step::Asked(Box::new(asked)))
            }
            Way::Callback(callback) => Ok(Step::Done(callback)),
            Way::Page(_) => Err(LogInError::NoLink),
        }
    }

    /// Goes back to the provider after the wallet has answered: gives the relying party's callback.
    ///
    /// # Errors
    /// [`LogInError`].
    pub async fn go_on(&mut self, shared: &Shared) -> Result<Url, LogInError> {
        let back = shared.redirect_uri.clone().ok_or(LogInError::NoWayBack)?;
        self.provider.get_or_insert_with(|| back.origin());
        match self.follow(back, true).await? {
            Way::Callback(callback) => Ok(callback),
            Way::Wallet { .. } | Way::Page(_) => Err(LogInError::NoWayBack),
        }
    }

    /// Calls the callback and follows it to its last page.
    ///
    /// # Errors
    /// [`LogInError`].
    pub async fn finish(&mut self, callback: Url) -> Result<Landing, LogInError> {
        match self.follow(callback, false).await? {
            Way::Page(landing) => Ok(landing),
            Way::Wallet { .. } | Way::Callback(_) => Err(LogInError::NoWayBack),
        }
    }

    /// The cookies, to keep.
    pub fn into_jar(self) -> CookieJar {
        self.jar
    }

    /// Follows redirects from `url`. With `to_wallet` it stops at a callback and at a link to the wallet,
    /// and a page that refuses is an error; without, every page is an end.
    async fn follow(&mut self, mut url: Url, to_wallet: bool) -> Result<Way, LogInError> {
        for _ in 0..MAX_STEPS {
            if to_wallet {
                self.notice_provider(&url);
            }
            let answer = self.get(&url).await?;
            if let Some(next) = redirect(&url, &answer)? {
                if to_wallet && self.is_callback(&next) {
                    return Ok(Way::Callback(next));
                }
                url = next;
                continue;
            }
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            if !to_wallet {
                return Ok(Way::Page(Landing { url, status: answer.status, body }));
            }
            if !answer.is_good() {
                return Err(LogInError::Page(answer.status));
            }
            if let Some(link) = link_of(&body, LINK) {
                self.provider = Some(url.origin());
                return Ok(Way::Wallet { link });
            }
            return Ok(Way::Page(Landing { url, status: answer.status, body }));
        }
        Err(LogInError::TooManySteps)
    }

    async fn get(&mut self, url: &Url) -> Result<Answer, LogInError> {
        let now = self.wallet.now();
        let mut request = Request::get(url.clone(), "text/html,application/xhtml+xml,*/*;q=0.8");
        if let Some(cookies) = self.jar.header(url, now) {
            request = request.header("cookie", cookies);
        }
        let answer = self.wallet.http.send(request).await?;
        self.jar.keep(url, &answer.cookies, now);
        Ok(answer)
    }

    /// An address with `client_id` and what goes with it is a provider's (RFC 6749 section 4.1.1, RFC 9126
    /// section 4).
    fn notice_provider(&mut self, url: &Url) {
        let value = |name: &str| url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value);
        let (client, request) = (value("client_id"), value("request_uri"));
        let callback = value("redirect_uri");
        if client.is_some() && (request.is_some() || callback.is_some()) {
            self.provider = Some(url.origin());
            self.callback = callback.and_then(|text| Url::parse(&text).ok()).or(self.callback.take());
        }
    }

    /// A redirect out of the provider's hands, or to the callback that was named.
    fn is_callback(&self, next: &Url) -> bool {
        let bare = |url: &Url| {
            let mut bare = url.clone();
            bare.set_query(None);
            bare
        };
        let named = self.callback.as_ref().is_some_and(|callback| bare(callback) == bare(next));
        let has = |name: &str| next.query_pairs().any(|(found, _)| found == name);
        let answers = has("code") || has("error") || has("response");
        let leaves = self.provider.as_ref().is_some_and(|provider| *provider != next.origin());
        answers && (named || leaves)
    }
}

/// Where an answer sends the browser.
fn redirect(from: &Url, answer: &Answer) -> Result<Option<Url>, LogInError> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = answer.location.as_deref().ok_or(LogInError::Page(answer.status))?;
    from.join(location).map(Some).map_err(|_| LogInError::Address)
}
