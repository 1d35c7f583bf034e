//! A browser with cookies of its own, and a relying party behind it that logs a person in.

use std::collections::BTreeMap;
use std::sync::Mutex;

use credential::jwe::DecryptionKey;
use credential::key::SigningKey;
use openid4vc::oauth::client_assertion::{self, ASSERTION_TYPE};
use openid4vc::oauth::dpop::{self, Target};
use openid4vc::oauth::pkce::CodeVerifier;
use reqwest::{RequestBuilder, Response};
use serde_json::{Map, Value};
use service_kit::random::Random;
use url::Url;

use crate::wallet::Wallet;
use crate::world::{Party, SECRET, World, new_key};

/// A browser.
#[derive(Default)]
pub(crate) struct Browser(Mutex<BTreeMap<String, String>>);

impl Browser {
    pub(crate) async fn get(&self, world: &World, url: &str) -> Response {
        self.send(world.http.get(url)).await
    }

    /// As [`Browser::get`], where the provider may be gone.
    pub(crate) async fn try_get(&self, world: &World, url: &str) -> Option<Response> {
        self.try_send(world.http.get(url)).await.ok()
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Response {
        self.try_send(request).await.unwrap()
    }

    async fn try_send(&self, request: RequestBuilder) -> Result<Response, reqwest::Error> {
        let cookies = {
            let held = self.0.lock().unwrap();
            held.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
        };
        let answer = request.header("cookie", cookies).send().await?;
        let mut held = self.0.lock().unwrap();
        for line in answer.headers().get_all("set-cookie") {
            let (pair, attributes) = line.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"));
            held.insert(name.to_owned(), value.to_owned());
        }
        drop(held);
        Ok(answer)
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.0.lock().unwrap().get(name).cloned()
    }
}

/// Where an answer sends the browser.
pub(crate) fn location(answer: &Response) -> Url {
    let text = answer.headers().get("location").expect("no redirect").to_str().unwrap();
    Url::parse("http://nowhere.invalid").unwrap().join(text).unwrap()
}

/// A parameter of an address.
pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// What a relying party asks, and what only it knows.
pub(crate) struct Asked {
    pub(crate) party: Party,
    pub(crate) dpop: SigningKey,
    pub(crate) verifier: CodeVerifier,
    pub(crate) parameters: BTreeMap<String, String>,
}

/// A login page that is open in a browser.
pub(crate) struct Open {
    pub(crate) asked: Asked,
    pub(crate) id: String,
    pub(crate) page: String,
    /// The text of the QR code.
    pub(crate) qr: Option<String>,
    /// The link to the wallet on the same device.
    pub(crate) link: String,
}

impl Asked {
    pub(crate) fn new(world: &World, party: &str) -> Self {
        let party = world.party(party);
        let verifier = CodeVerifier::make(&mut *Random::system().rng());
        let challenge = verifier.challenge().to_string();
        let parameters = [
            ("client_id", party.id),
            ("redirect_uri", &party.redirect_uri()),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "their state"),
            ("nonce", "their nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { party, dpop: new_key(), verifier, parameters }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.parameters.remove(name);
        self
    }

    fn url(&self, world: &World, name: &str) -> String {
        world.url(&format!("{}/{name}", self.party.tier))
    }

    /// Pushes the request.
    pub(crate) async fn push(&self, world: &World) -> Response {
        let url = self.url(world, "par");
        let request = self.party.prove(world, world.http.post(&url), self.parameters.clone());
        let request = if self.party.tier.is_empty() {
            request
        } else {
            request.header("DPoP", self.proof(world, "POST", &url, None))
        };
        request.send().await.unwrap()
    }

    /// The name of the pushed request.
    pub(crate) async fn pushed(&self, world: &World) -> String {
        let answer = self.push(world).await;
        assert_eq!(answer.status(), 201);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["expires_in"], 60);
        body["request_uri"].as_str().unwrap().to_owned()
    }

    /// The address that the browser is sent to.
    pub(crate) async fn address(&self, world: &World) -> String {
        let mut url = Url::parse(&self.url(world, "authorize")).unwrap();
        if self.party.tier.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.parameters);
        } else {
            let name = self.pushed(world).await;
            url.query_pairs_mut().append_pair("client_id", self.party.id).append_pair("request_uri", &name);
        }
        url.into()
    }

    /// What the provider answers to the browser.
    pub(crate) async fn authorize(&self, world: &World, browser: &Browser) -> Response {
        browser.get(world, &self.address(world).await).await
    }

    /// Opens the login page.
    pub(crate) async fn open(self, world: &World, browser: &Browser) -> Open {
        let answer = self.authorize(world, browser).await;
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
        let path = location(&answer).path().to_owned();
        let id = path.strip_prefix("/login/").expect("no login page").to_owned();
        let page = browser.get(world, &world.url(&path)).await;
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        Open { asked: self, id, qr: between(&page, "data-request=\""), link: link_of(&page), page }
    }

    /// The callback of a refusal that comes at once.
    pub(crate) async fn refused(&self, world: &World, browser: &Browser) -> String {
        let url = location(&self.authorize(world, browser).await);
        self.check_callback(world, &url);
        parameter(&url, "error").unwrap()
    }

    /// State and issuer are in every answer, and it goes to the registered address.
    pub(crate) fn check_callback(&self, world: &World, url: &Url) {
        assert!(url.as_str().starts_with(&self.party.redirect_uri()), "{url}");
        assert_eq!(parameter(url, "state").as_deref(), self.parameters.get("state").map(String::as_str));
        assert_eq!(parameter(url, "iss").unwrap(), world.url(self.party.tier));
    }

    pub(crate) fn proof(&self, world: &World, method: &str, url: &str, token: Option<&str>) -> String {
        proof_by(&self.dpop, world, method, url, token)
    }

    /// The form that redeems a code.
    pub(crate) fn redemption(&self, code: &str) -> BTreeMap<String, String> {
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.party.redirect_uri()),
            ("code_verifier", self.verifier.dangerous_as_str()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Redeems a code with everything that is needed.
    pub(crate) async fn redeem(&self, world: &World, code: &str) -> Response {
        let proof = self.proof(world, "POST", &self.url(world, "token"), None);
        self.redeem_with(world, self.redemption(code), Some(proof)).await
    }

    pub(crate) async fn redeem_with(
        &self,
        world: &World,
        form: BTreeMap<String, String>,
        proof: Option<String>,
    ) -> Response {
        let mut request = self.party.prove(world, world.http.post(self.url(world, "token")), form);
        if let Some(proof) = proof.filter(|_| !self.party.tier.is_empty()) {
            request = request.header("DPoP", proof);
        }
        request.send().await.unwrap()
    }

    /// The tokens for a code.
    pub(crate) async fn tokens(&self, world: &World, code: &str) -> Value {
        let answer = self.redeem(world, code).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// The claims of an ID token or of userinfo, opened with the relying party's key.
    pub(crate) fn claims(&self, token: &str) -> Map<String, Value> {
        opened(&self.party.decryption, token)
    }

    pub(crate) async fn userinfo(&self, world: &World, token: &str) -> Response {
        let url = self.url(world, "userinfo");
        let request = world.http.get(&url);
        let request = if self.party.tier.is_empty() {
            request.bearer_auth(token)
        } else {
            let proof = self.proof(world, "GET", &url, Some(token));
            request.header("authorization", format!("DPoP {token}")).header("DPoP", proof)
        };
        request.send().await.unwrap()
    }
}

impl Open {
    pub(crate) fn qr(&self) -> &str {
        self.qr.as_deref().expect("no QR code")
    }

    pub(crate) async fn state(&self, world: &World, browser: &Browser) -> String {
        let answer = browser.get(world, &world.url(&format!("/login/{}/state", self.id))).await;
        assert_eq!(answer.status(), 200);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body.as_object().unwrap().len(), 1, "the state is all that is told");
        body["state"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn finish(&self, world: &World, browser: &Browser) -> Response {
        browser.get(world, &world.url(&format!("/login/{}/finish", self.id))).await
    }

    pub(crate) async fn cancel(&self, world: &World, browser: &Browser) -> Response {
        browser.send(world.http.post(world.url(&format!("/login/{}/cancel", self.id)))).await
    }

    /// The error with which the relying party gets its browser back.
    pub(crate) fn error(&self, world: &World, answer: &Response) -> String {
        let url = location(answer);
        self.asked.check_callback(world, &url);
        parameter(&url, "error").unwrap()
    }

    /// The code, after a wallet has answered by the QR code.
    pub(crate) async fn code(&self, world: &World, browser: &Browser) -> String {
        let url = location(&self.finish(world, browser).await);
        self.asked.check_callback(world, &url);
        parameter(&url, "code").expect("no code")
    }
}

impl Party {
    /// Adds what proves who asks.
    pub(crate) fn prove(
        &self,
        world: &World,
        request: RequestBuilder,
        mut form: BTreeMap<String, String>,
    ) -> RequestBuilder {
        if self.has_secret {
            let secret: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
            return request.basic_auth(self.id, Some(secret)).form(&form);
        }
        form.insert("client_assertion_type".to_owned(), ASSERTION_TYPE.to_owned());
        form.insert("client_assertion".to_owned(), self.assertion(world));
        request.form(&form)
    }

    pub(crate) fn assertion(&self, world: &World) -> String {
        let (issuer, rng) = (world.url(self.tier), &mut *Random::system().rng());
        client_assertion::make(self.id, &issuer, Some("s"), &*self.key, world.now(), rng).unwrap()
    }
}

pub(crate) fn proof_by(
    key: &SigningKey,
    world: &World,
    method: &str,
    url: &str,
    token: Option<&str>,
) -> String {
    let target = Target { method, url, access_token: token, nonce: None };
    dpop::make(&target, key, world.now(), &mut *Random::system().rng()).unwrap()
}

/// The claims of a token that may be nested.
pub(crate) fn opened(key: &DecryptionKey, token: &str) -> Map<String, Value> {
    let text = if token.split('.').count() == 5 {
        String::from_utf8(key.decrypt(token).unwrap().bytes.to_vec()).unwrap()
    } else {
        token.to_owned()
    };
    payload(&text)
}

/// The claims inside a signed token, unverified: who signed is another test's matter.
pub(crate) fn payload(token: &str) -> Map<String, Value> {
    use base64::Engine as _;
    let part = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Logs in by QR code and gives what was asked with the tokens.
pub(crate) async fn log_in(
    world: &World,
    browser: &Browser,
    wallet: &Wallet,
    asked: Asked,
) -> (Asked, Value) {
    let open = asked.open(world, browser).await;
    assert_eq!(wallet.answer(world, open.qr()).await.status(), 200);
    let code = open.code(world, browser).await;
    let tokens = open.asked.tokens(world, &code).await;
    (open.asked, tokens)
}

fn link_of(page: &str) -> String {
    let tag = page.find("id=\"open-wallet\"").expect("no link to the wallet");
    between(&page[tag..], "href=\"").unwrap()
}

/// An attribute's value: what stands between `start` and the next quotation mark.
fn between(page: &str, start: &str) -> Option<String> {
    let rest = page.split_once(start)?.1;
    let value = rest.split_once('"')?.0;
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}
