//! An issuer, honest or not.

use std::sync::{Arc, Mutex, MutexGuard};

use credential::encoding::base64url;
use credential::jwe::DecryptionKey;
use credential::key::{PublicKey, RustCrypto, SigningKey};
use openid4vc::oauth::dpop::{self, Target};
use openid4vc::oauth::token::{Grant, TokenRequest};
use openid4vc::vci::deferred::DeferredRequest;
use openid4vc::vci::encryption::Recipient;
use openid4vc::vci::proof::Expected;
use openid4vc::vci::request::CredentialRequest;
use registry_proof::entry::Role;
use registry_proof::key::Purpose;
use serde_json::{Value, json};

use crate::now;
use crate::register::{Register, VCT};
use crate::server::{Got, Page, Server};
use crate::world::{DOC_TYPE, FixedRng, Licence, anchor, issue, key};

pub(crate) const CODE: &str = "493536";
const NONCE: &str = "a-nonce-of-the-issuer";

/// An issuer, and how it cheats.
pub(crate) struct Issuer {
    pub(crate) origin: String,
    pub(crate) register: Register,
    pub(crate) signer: SigningKey,
    pub(crate) request_key: DecryptionKey,
    pub(crate) metadata: Value,
    pub(crate) token_type: &'static str,
    pub(crate) encrypts: bool,
    /// Whether its server wants to know which wallet comes.
    pub(crate) wants_attestation: bool,
    /// A path that sends whoever asks elsewhere.
    pub(crate) redirects: &'static str,
    /// How many keys a wallet proves at once.
    pub(crate) batch: usize,
    /// Which of its cards it offers.
    pub(crate) offers: &'static str,
    pub(crate) copies: fn(&Issuer, &[PublicKey]) -> Vec<String>,
    /// What changes while a test runs.
    pub(crate) mood: Arc<Mutex<Mood>>,
}

/// What an issuer has given, and how it is minded.
#[derive(Default)]
pub(crate) struct Mood {
    /// The access token that counts.
    access: String,
    /// The refresh token that counts, and the one before it, which counts until that one was used.
    refresh: (String, String),
    /// The thumbprint of the key that both are bound to.
    key: String,
    /// Who the wallet said it was.
    client_id: Option<String>,
    /// How many tokens were given.
    given: u32,
    /// How many batches were issued.
    batches: u64,
    /// A path whose answers are lost on the way.
    pub(crate) loses: &'static str,
    /// A path that is refused, with status and body.
    pub(crate) refuses: Option<(&'static str, u16, &'static str)>,
    /// For how many seconds cards are promised, where they are.
    pub(crate) promises: Option<u64>,
    /// The keys for which cards were promised.
    promised: Vec<PublicKey>,
    /// What the wallet told of its cards.
    pub(crate) told: Vec<Value>,
}

impl Issuer {
    pub(crate) fn new(origin: &str) -> Self {
        let signer = key(3);
        let mut register = Register::new(now());
        register.add_member("interior", Role::Issuer, origin);
        register.add_key("interior", Purpose::Issuer, &signer);
        register.add_anchor("interior", Purpose::Issuer, anchor());
        register.add_accreditation("interior");
        register.add_accreditation_for("interior", DOC_TYPE);
        let request_key = DecryptionKey::generate(&mut FixedRng(88 << 32));
        let metadata = json!({
            "credential_issuer": origin, "credential_endpoint": format!("{origin}/credential"),
            "nonce_endpoint": format!("{origin}/nonce"), "notification_endpoint": format!("{origin}/notification"),
            "deferred_credential_endpoint": format!("{origin}/deferred"), "batch_credential_issuance": { "batch_size": 3 },
            "credential_request_encryption": {
                "jwks": { "keys": [request_key.public_jwk("r")] }, "enc_values_supported": ["A128GCM"],
                "encryption_required": false,
            },
            "credential_response_encryption": {
                "alg_values_supported": ["ECDH-ES"], "enc_values_supported": ["A128GCM"], "encryption_required": false,
            },
            "credential_configurations_supported": { "pid": {
                "format": "dc+sd-jwt", "vct": VCT, "scope": "pid", "cryptographic_binding_methods_supported": ["jwk"],
                "credential_signing_alg_values_supported": ["ES256"],
                "proof_types_supported": { "jwt": { "proof_signing_alg_values_supported": ["ES256"] } },
                "credential_metadata": { "display": [{ "name": "Personal identity", "locale": "en" }] },
            }, "licence": {
                "format": "mso_mdoc", "doctype": DOC_TYPE, "scope": "licence",
                "cryptographic_binding_methods_supported": ["cose_key"],
                "credential_signing_alg_values_supported": [-7],
                "proof_types_supported": { "jwt": { "proof_signing_alg_values_supported": ["ES256"] } },
                "credential_metadata": { "display": [{ "name": "Driving licence", "locale": "en" }], "claims": [
                    { "path": [DOC_TYPE, "family_name"], "display": [{ "name": "Family name", "locale": "en" }] },
                ] },
            } },
        });
        let mut issuer = Self {
            origin: origin.to_owned(),
            register,
            signer,
            request_key,
            metadata,
            token_type: "DPoP",
            encrypts: true,
            wants_attestation: false,
            redirects: "",
            batch: 3,
            offers: "pid",
            copies: |issuer, keys| issuer.honest(keys),
            mood: Arc::default(),
        };
        issuer.staple();
        issuer
    }

    pub(crate) fn staple(&mut self) {
        self.metadata["symbolon_registry_proof"] = base64url(self.register.bundle(now())).into();
    }

    pub(crate) fn mood(&self) -> MutexGuard<'_, Mood> {
        self.mood.lock().unwrap()
    }

    /// A credential request as the wallet made it.
    pub(crate) fn opened(&self, body: &str) -> CredentialRequest {
        CredentialRequest::parse_encrypted(body, &self.request_key).unwrap()
    }

    /// Whether nothing was issued before the batch that is being made.
    pub(crate) fn is_first_batch(&self) -> bool {
        self.mood().batches == 1
    }

    /// The access token counts no more.
    pub(crate) fn forget_access_token(&self) {
        self.mood().access = "another".to_owned();
    }

    pub(crate) fn honest(&self, keys: &[PublicKey]) -> Vec<String> {
        let first = self.mood().batches * 1000;
        (first..).zip(keys).map(|(salt, key)| issue(key.clone(), &self.signer, salt)).collect()
    }

    /// As [`Issuer::honest`], mobile documents.
    pub(crate) fn documents(&self, keys: &[PublicKey]) -> Vec<String> {
        (0..).zip(keys).map(|(salt, key)| Licence::of(key).sign(&self.signer, salt)).collect()
    }

    pub(crate) fn offer(&self) -> String {
        let offer = json!({
            "credential_issuer": self.origin, "credential_configuration_ids": [self.offers],
            "grants": { "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                "pre-authorized_code": "p", "tx_code": { "input_mode": "numeric", "length": 6 },
            } },
        });
        offer.to_string()
    }

    /// The answer, where it arrives.
    pub(crate) fn answer(&self, got: &Got) -> Option<Page> {
        let (loses, refuses) = {
            let mood = self.mood();
            (mood.loses, mood.refuses)
        };
        if let Some((_, status, body)) = refuses.filter(|(path, ..)| *path == got.path) {
            return Some(Page::new(status, body));
        }
        let page = self.page(got);
        (got.path != loses).then_some(page)
    }

    fn page(&self, got: &Got) -> Page {
        match got.path.as_str() {
            path if path == self.redirects => Page::to("/elsewhere"),
            "/credential" | "/deferred" | "/notification" if !self.is_authorized(got) => {
                Page::new(401, r#"{"error":"invalid_token"}"#)
            }
            "/.well-known/openid-credential-issuer" => Page::new(200, self.metadata.to_string()),
            "/.well-known/oauth-authorization-server" => {
                let at = |path: &str| format!("{}{path}", self.origin);
                let authentication = if self.wants_attestation { "attest_jwt_client_auth" } else { "none" };
                let server = json!({ "token_endpoint_auth_methods_supported": [authentication], "issuer": self.origin, "token_endpoint": at("/token"),
                    "authorization_endpoint": at("/authorize"),
                    "pushed_authorization_request_endpoint": at("/par") });
                Page::new(200, server.to_string())
            }
            "/nonce" => Page::new(200, json!({ "c_nonce": NONCE }).to_string()),
            "/par" => Page::new(201, json!({ "request_uri": "urn:x:1", "expires_in": 60 }).to_string()),
            "/token" => self.token(got),
            "/credential" => self.credential(got),
            "/deferred" => self.deferred(got),
            "/notification" => {
                self.mood().told.push(serde_json::from_str(&got.body).unwrap());
                Page::new(204, "")
            }
            _ => Page::new(404, ""),
        }
    }

    fn token(&self, got: &Got) -> Page {
        let key = self.check_proof(got, "/token", None);
        let Ok(request) = TokenRequest::parse(&got.body) else {
            return Page::new(400, r#"{"error":"invalid_request"}"#);
        };
        let mut mood = self.mood();
        let refused = match request.grant {
            Grant::PreAuthorizedCode { code, tx_code } if code == "p" => (tx_code.as_deref() != Some(CODE))
                .then_some(r#"{"error":"invalid_grant","code":"code_wrong"}"#),
            Grant::AuthorizationCode { code, .. } if code == "c" => None,
            Grant::RefreshToken { token }
                if [&mood.refresh.0, &mood.refresh.1].contains(&&token)
                    && (&key, &request.client_id) == (&mood.key, &mood.client_id) =>
            {
                mood.refresh = (String::new(), token);
                None
            }
            _ => Some(r#"{"error":"invalid_grant"}"#),
        };
        if let Some(refused) = refused {
            return Page::new(400, refused);
        }
        mood.given += 1;
        (mood.access, mood.refresh.0) = (format!("t{}", mood.given), format!("r{}", mood.given));
        (mood.key, mood.client_id) = (key, request.client_id);
        let answer = json!({ "access_token": mood.access, "token_type": self.token_type, "expires_in": 60,
            "refresh_token": mood.refresh.0 });
        Page::new(200, answer.to_string())
    }

    fn credential(&self, got: &Got) -> Page {
        let request = CredentialRequest::parse_encrypted(&got.body, &self.request_key).unwrap();
        let client_id = self.mood().client_id.clone();
        let expected = Expected {
            issuer: &self.origin,
            client_id: client_id.as_deref(),
            max_batch: self.batch,
            now: now(),
        };
        let proven = expected.verify(&request.proofs, &RustCrypto).unwrap();
        assert_eq!((proven.keys.len(), proven.nonce.as_str()), (self.batch, NONCE));
        let promises = self.mood().promises;
        match promises {
            None => self.sealed(200, &self.issued(&proven.keys), request.response_encryption),
            Some(interval) => {
                self.mood().promised = proven.keys;
                self.sealed(202, &promise(interval), request.response_encryption)
            }
        }
    }

    fn deferred(&self, got: &Got) -> Page {
        let request = DeferredRequest::parse_encrypted(&got.body, &self.request_key).unwrap();
        let (promises, keys) = {
            let mood = self.mood();
            (mood.promises, mood.promised.clone())
        };
        match promises {
            _ if request.transaction_id != "promise" || keys.is_empty() => {
                Page::new(400, r#"{"error":"invalid_transaction_id"}"#)
            }
            None => {
                self.mood().promised.clear();
                self.sealed(200, &self.issued(&keys), request.response_encryption)
            }
            Some(interval) => self.sealed(202, &promise(interval), request.response_encryption),
        }
    }

    fn issued(&self, keys: &[PublicKey]) -> Value {
        self.mood().batches += 1;
        let copies = (self.copies)(self, keys).into_iter().map(|copy| json!({ "credential": copy }));
        json!({ "credentials": copies.collect::<Vec<_>>(), "notification_id": format!("n{}", self.mood().batches) })
    }

    fn sealed(&self, status: u16, answer: &Value, to: Option<Recipient>) -> Page {
        if !self.encrypts {
            return Page::new(status, answer.to_string()).with("content-type", "application/json");
        }
        let sealed = to.unwrap().seal(answer, &mut FixedRng(5)).unwrap();
        Page::new(status, sealed).with("content-type", "application/jwt")
    }

    /// Whether the access token that came is the one that counts, and its proof holds.
    fn is_authorized(&self, got: &Got) -> bool {
        let token = self.mood().access.clone();
        let came = got.header("authorization") == Some(&format!("DPoP {token}"));
        came && self.check_proof(got, &got.path, Some(&token)) == self.mood().key
    }

    /// The thumbprint of the proof's key.
    fn check_proof(&self, got: &Got, path: &str, access_token: Option<&str>) -> String {
        let url = format!("{}{path}", self.origin);
        let target = Target { method: "POST", url: &url, access_token, nonce: None };
        let proof = got.header("dpop").expect("a proof");
        dpop::verify(proof, &target, now(), &RustCrypto).unwrap().key.thumbprint()
    }
}

fn promise(interval: u64) -> Value {
    json!({ "transaction_id": "promise", "interval": interval })
}

pub(crate) async fn start(change: impl FnOnce(&mut Issuer)) -> (Arc<Issuer>, Server) {
    let made = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&made);
    let server = Server::start(move |origin| {
        let mut issuer = Issuer::new(origin);
        change(&mut issuer);
        let issuer = Arc::new(issuer);
        *kept.lock().unwrap() = Some(Arc::clone(&issuer));
        Box::new(move |got| issuer.answer(got))
    })
    .await;
    let issuer = made.lock().unwrap().clone().unwrap();
    (issuer, server)
}
