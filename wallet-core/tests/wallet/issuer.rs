//! An issuer, honest or not.

use std::sync::{Arc, Mutex};

use credential::encoding::base64url;
use credential::jwe::DecryptionKey;
use credential::key::{PublicKey, RustCrypto, SigningKey};
use openid4vc::oauth::dpop::{self, Target};
use openid4vc::oauth::token::{Grant, TokenRequest};
use openid4vc::vci::proof::Expected;
use openid4vc::vci::request::CredentialRequest;
use registry_proof::entry::Role;
use registry_proof::key::Purpose;
use serde_json::{Value, json};

use crate::now;
use crate::register::{Register, VCT};
use crate::server::{Got, Page, Server};
use crate::world::{FixedRng, issue, key};

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
    /// A path that sends whoever asks elsewhere.
    pub(crate) redirects: &'static str,
    /// How many keys a wallet proves at once.
    pub(crate) batch: usize,
    pub(crate) copies: fn(&Issuer, &[PublicKey]) -> Vec<String>,
}

impl Issuer {
    pub(crate) fn new(origin: &str) -> Self {
        let signer = key(3);
        let mut register = Register::new(now());
        register.add_member("interior", Role::Issuer, origin);
        register.add_key("interior", Purpose::Issuer, &signer);
        register.add_accreditation("interior");
        let request_key = DecryptionKey::generate(&mut FixedRng(88 << 32));
        let metadata = json!({
            "credential_issuer": origin, "credential_endpoint": format!("{origin}/credential"),
            "nonce_endpoint": format!("{origin}/nonce"), "batch_credential_issuance": { "batch_size": 3 },
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
            redirects: "",
            batch: 3,
            copies: |issuer, keys| issuer.honest(keys),
        };
        issuer.staple();
        issuer
    }

    pub(crate) fn staple(&mut self) {
        self.metadata["symbolon_registry_proof"] = base64url(self.register.bundle(now())).into();
    }

    pub(crate) fn honest(&self, keys: &[PublicKey]) -> Vec<String> {
        (0..).zip(keys).map(|(salt, key)| issue(key.clone(), &self.signer, salt)).collect()
    }

    pub(crate) fn offer(&self) -> String {
        let offer = json!({
            "credential_issuer": self.origin, "credential_configuration_ids": ["pid"],
            "grants": { "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                "pre-authorized_code": "p", "tx_code": { "input_mode": "numeric", "length": 6 },
            } },
        });
        offer.to_string()
    }

    pub(crate) fn answer(&self, got: &Got) -> Page {
        match got.path.as_str() {
            path if path == self.redirects => Page::to("/elsewhere"),
            "/.well-known/openid-credential-issuer" => Page::new(200, self.metadata.to_string()),
            "/.well-known/oauth-authorization-server" => {
                let server =
                    json!({ "issuer": self.origin, "token_endpoint": format!("{}/token", self.origin) });
                Page::new(200, server.to_string())
            }
            "/nonce" => Page::new(200, json!({ "c_nonce": NONCE }).to_string()),
            "/token" => self.token(got),
            "/credential" => self.credential(got),
            _ => Page::new(404, ""),
        }
    }

    fn token(&self, got: &Got) -> Page {
        self.check_proof(got, "/token", None);
        let Ok(TokenRequest { grant: Grant::PreAuthorizedCode { code, tx_code }, .. }) =
            TokenRequest::parse(&got.body)
        else {
            return Page::new(400, r#"{"error":"invalid_request"}"#);
        };
        if code != "p" || tx_code.as_deref() != Some(CODE) {
            return Page::new(400, r#"{"error":"invalid_grant","code":"code_wrong"}"#);
        }
        Page::new(
            200,
            json!({ "access_token": "t", "token_type": self.token_type, "expires_in": 60 }).to_string(),
        )
    }

    fn credential(&self, got: &Got) -> Page {
        self.check_proof(got, "/credential", Some("t"));
        let request = CredentialRequest::parse_encrypted(&got.body, &self.request_key).unwrap();
        let expected = Expected { issuer: &self.origin, client_id: None, max_batch: self.batch, now: now() };
        let proven = expected.verify(&request.proofs, &RustCrypto).unwrap();
        assert_eq!((proven.keys.len(), proven.nonce.as_str()), (self.batch, NONCE));
        let copies: Vec<Value> =
            (self.copies)(self, &proven.keys).into_iter().map(|copy| json!({ "credential": copy })).collect();
        let answer = json!({ "credentials": copies });
        if !self.encrypts {
            return Page::new(200, answer.to_string()).with("content-type", "application/json");
        }
        let sealed = request.response_encryption.unwrap().seal(&answer, &mut FixedRng(5)).unwrap();
        Page::new(200, sealed).with("content-type", "application/jwt")
    }

    fn check_proof(&self, got: &Got, path: &str, access_token: Option<&str>) {
        let url = format!("{}{path}", self.origin);
        let target = Target { method: "POST", url: &url, access_token, nonce: None };
        dpop::verify(got.header("dpop").expect("a proof"), &target, now(), &RustCrypto).unwrap();
    }
}

pub(crate) async fn start(change: fn(&mut Issuer)) -> (Arc<Issuer>, Server) {
    let made = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&made);
    let server = Server::start(move |origin| {
        let mut issuer = Issuer::new(origin);
        change(&mut issuer);
        let issuer = Arc::new(issuer);
        *kept.lock().unwrap() = Some(Arc::clone(&issuer));
        Box::new(move |got| Some(issuer.answer(got)))
    })
    .await;
    let issuer = made.lock().unwrap().clone().unwrap();
    (issuer, server)
}
