//! A wallet: it fetches a request, shows its card, and can be told to do so wrongly.

use credential::claim_path::ClaimPath;
use credential::issuer::KeyReference;
use credential::jwe;
use credential::jws;
use credential::key::{RustCrypto, SigningKey};
use credential::sd_jwt::binding::Binding;
use credential::sd_jwt_vc::Held;
use credential::time::UnixTime;
use openid4vc::form;
use openid4vc::vp::dcql::CredentialQuery;
use openid4vc::vp::link::AuthorizationLink;
use openid4vc::vp::refusal::Refusal;
use openid4vc::vp::request::{Request, RequestContent, UnverifiedRequest, WalletContext};
use openid4vc::vp::response::Answer;
use reqwest::Response;
use serde_json::{Map, Value, json};
use service_kit::random::Random;

use crate::world::World;

pub(crate) struct Wallet {
    text: String,
    card: Held,
    holder: SigningKey,
}

/// What a wallet does otherwise than it should.
#[derive(Default)]
pub(crate) struct Wrong {
    pub(crate) nonce: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) is_unbound: bool,
    pub(crate) signed_at: Option<UnixTime>,
    pub(crate) conceals: Option<&'static str>,
    /// Signs no transaction.
    pub(crate) confirms_nothing: bool,
    /// Answers this part with another card.
    pub(crate) other: Option<(&'static str, Wallet)>,
}

impl Wallet {
    pub(crate) fn new(card: String, holder: SigningKey) -> Self {
        Self { card: Held::parse(&card).unwrap(), text: card, holder }
    }

    /// This card under the issuer's signature of another.
    pub(crate) fn with_signature_of(self, other: &Self) -> Self {
        let parts = |text: &str| {
            let (token, disclosures) = text.split_once('~').unwrap();
            let (signed, signature) = token.rsplit_once('.').unwrap();
            (signed.to_owned(), signature.to_owned(), disclosures.to_owned())
        };
        let ((signed, _, disclosures), (_, signature, _)) = (parts(&self.text), parts(&other.text));
        Self::new(format!("{signed}.{signature}~{disclosures}"), self.holder)
    }

    /// The request behind a link, as any wallet would verify it.
    pub(crate) async fn fetch(&self, world: &World, link: &str) -> Request {
        self.try_fetch(world, link).await.unwrap()
    }

    /// As [`Wallet::fetch`], where the provider may be gone.
    async fn try_fetch(&self, world: &World, link: &str) -> Option<Request> {
        let link = AuthorizationLink::parse(link).unwrap();
        let answer = world.http.post(link.request_uri.url().clone()).send().await.ok()?;
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.ok()?;
        let header = jws::Unverified::parse(&text).unwrap();
        let KeyReference::X5c(chain) = KeyReference::from_header(header.header()).unwrap() else {
            panic!("a request is signed by certificate");
        };
        let context = WalletContext { wallet_nonce: None, now: world.now() };
        let unverified = UnverifiedRequest::parse(&text, &link.client_id).unwrap();
        Some(unverified.verify(chain.leaf_key(), &context, &RustCrypto).unwrap())
    }

    /// The form that answers a request.
    pub(crate) fn form(&self, world: &World, request: &Request, wrong: Wrong) -> String {
        let content = request.content();
        let parts = content.query.credentials().iter();
        let vp_token: Map<String, Value> = parts
            .map(|part| {
                let other = wrong.other.as_ref().filter(|(id, _)| *id == part.id());
                let wallet = other.map_or(self, |(_, wallet)| wallet);
                (part.id().to_owned(), json!([wallet.present(world, content, part, &wrong)]))
            })
            .collect();
        let state = wrong.state.as_deref().or(content.state.as_deref());
        let text = json!({ "vp_token": vp_token, "state": state }).to_string();
        encrypted(content, &text)
    }

    /// This card as the answer to one part of the query.
    fn present(
        &self,
        world: &World,
        content: &RequestContent,
        part: &CredentialQuery,
        wrong: &Wrong,
    ) -> String {
        let audience = wrong.audience.clone().unwrap_or_else(|| content.client_id.to_string());
        let nonce = wrong.nonce.as_deref().unwrap_or(&content.nonce);
        let issued_at = wrong.signed_at.unwrap_or(world.now());
        let named = content.transaction_data.iter().filter(|one| one.credential_ids() == [part.id()]);
        let mut confirmed: Vec<String> = named.map(|one| one.encoded().to_owned()).collect();
        if wrong.confirms_nothing {
            confirmed.clear();
        }
        let binding = Binding { audience: &audience, nonce, issued_at, transaction_data: &confirmed };
        let mut asked: Vec<ClaimPath> = part.claims().iter().map(|claim| claim.path().clone()).collect();
        // What a document has and a card has not cannot be shown of a card.
        asked.retain(|path| !path.select(self.card.claims()).is_empty());
        asked.retain(|path| wrong.conceals.is_none_or(|name| *path != ClaimPath::name(name)));
        let mut shown = self.card.present(&asked, &binding, &self.holder).unwrap();
        if wrong.is_unbound {
            shown.truncate(shown.rfind('~').unwrap() + 1);
        }
        shown
    }

    /// This card as the answer to the part `id`.
    pub(crate) fn show(&self, world: &World, content: &RequestContent, id: &str) -> String {
        self.present(world, content, content.query.credential(id).unwrap(), &Wrong::default())
    }

    /// Answers the request behind a link.
    pub(crate) async fn answer(&self, world: &World, link: &str) -> Response {
        self.answer_wrong(world, link, Wrong::default()).await
    }

    pub(crate) async fn answer_wrong(&self, world: &World, link: &str, wrong: Wrong) -> Response {
        let request = self.fetch(world, link).await;
        post(world, &request, self.form(world, &request, wrong)).await
    }

    /// As [`Wallet::answer`], where the provider may be gone.
    pub(crate) async fn try_answer(&self, world: &World, link: &str) -> Option<Response> {
        let request = self.try_fetch(world, link).await?;
        try_post(world, &request, self.form(world, &request, Wrong::default())).await.ok()
    }

    /// Says no.
    pub(crate) async fn decline(&self, world: &World, link: &str) -> Response {
        self.refuse(world, link, Refusal::AccessDenied).await
    }

    /// Shows nothing, for this reason.
    pub(crate) async fn refuse(&self, world: &World, link: &str, refusal: Refusal) -> Response {
        let request = self.fetch(world, link).await;
        let form = Answer::Refused(refusal).to_form(&request, &mut *Random::system().rng());
        post(world, &request, form.unwrap()).await
    }
}

/// A text, encrypted to the verifier as a wallet does.
pub(crate) fn encrypted(content: &RequestContent, text: &str) -> String {
    let metadata = &content.client_metadata;
    let enc = metadata.content_encryptions[0];
    let rng = &mut *Random::system().rng();
    let token = jwe::encrypt(&metadata.encryption_key, enc, Map::new(), text.as_bytes(), rng).unwrap();
    form::write(&[("response", &token)])
}

pub(crate) async fn post(world: &World, request: &Request, form: String) -> Response {
    try_post(world, request, form).await.unwrap()
}

async fn try_post(world: &World, request: &Request, form: String) -> Result<Response, reqwest::Error> {
    let to = request.content().answer_to.address().unwrap().url().clone();
    let request = world.http.post(to).header("content-type", "application/x-www-form-urlencoded");
    request.body(form).send().await
}
