//! Signing in on an issuer's page without a browser: for scripts that know the person's number and code.
//!
//! The page is a plain form, so it is read as one: its hidden fields go back as they came.

use url::Url;

use crate::cookies::CookieJar;
use crate::http::{Answer, Body, Request};
use crate::page::form_of;
use crate::receive::ReceiveError;
use crate::wallet::Wallet;

impl Wallet {
    /// Opens `address`, fills in `person` and `code`, and gives the address that the page sends the browser
    /// back to.
    ///
    /// # Errors
    /// [`ReceiveError::Page`] where the page is another, [`ReceiveError::SignInRefused`].
    pub async fn fill_in(&self, address: &str, person: &str, code: &str) -> Result<String, ReceiveError> {
        let address = Url::parse(address).map_err(|_| ReceiveError::Address)?;
        let mut jar = CookieJar::default();
        let page = self.visit(&mut jar, Request::get(address.clone(), "text/html")).await?;
        if !page.is_good() {
            return Err(ReceiveError::Fetch(page.status));
        }
        let form = form_of(&String::from_utf8_lossy(&page.body)).ok_or(ReceiveError::Page)?;
        let target = address.join(&form.action).map_err(|_| ReceiveError::Page)?;
        if target.origin() != address.origin() {
            return Err(ReceiveError::Page);
        }
        let own = [("person", person), ("code", code), ("answer", "yes")];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let body = Body::Form(form.hidden.into_iter().chain(own).collect());
        let answer = self.visit(&mut jar, Request::post(target, body)).await?;
        match (answer.status, answer.location) {
            (302 | 303, Some(location)) => Ok(location),
            _ => Err(ReceiveError::SignInRefused),
        }
    }

    /// One request of a browser with these cookies.
    async fn visit(&self, jar: &mut CookieJar, request: Request) -> Result<Answer, ReceiveError> {
        let (url, now) = (request.url.clone(), self.now());
        let request = match jar.header(&url, now) {
            Some(cookies) => request.header("cookie", cookies),
            None => request,
        };
        let answer = self.http.send(request).await?;
        jar.keep(&url, &answer.cookies, now);
        Ok(answer)
    }
}
