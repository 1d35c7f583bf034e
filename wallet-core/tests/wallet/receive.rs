//! Offers that are taken up, and issuers that are not believed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use credential::encoding::base64url;
use credential::jwe::DecryptionKey;
use credential::key::{PublicKey, RustCrypto, Signer as _, SigningKey};
use openid4vc::oauth::dpop::{self, Target};
use openid4vc::oauth::token::{Grant, TokenRequest};
use openid4vc::vci::proof::Expected;
use openid4vc::vci::request::CredentialRequest;
use registry_proof::entry::{Entry, Role};
use registry_proof::key::{Key, Purpose};
use serde_json::{Value, json};
use wallet_core::receive::ReceiveError;
use wallet_core::view::Needs;

use crate::register::{Register, VCT};
use crate::server::{Got, Page, Server};
use crate::world::{FixedRng, Home, NOW, issue, key};

const CODE: &str = "493536";
const NONCE: &str = "a-nonce-of-the-issuer";

/// An issuer, and how it cheats.
struct Issuer {
    origin: String,
    register: Register,
    signer: SigningKey,
    request_key: DecryptionKey,
    metadata: Value,
    token_type: &'static str,
    encrypts: bool,
    copies: fn(&Issuer, &[PublicKey]) -> Vec<String>,
}

impl Issuer {
    fn new(origin: &str) -> Self {
        let signer = key(3);
        let mut register = Register::new(NOW);
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
            copies: |issuer, keys| issuer.honest(keys),
        };
        issuer.staple();
        issuer
    }

    fn staple(&mut self) {
        self.metadata["symbolon_registry_proof"] = base64url(self.register.bundle(NOW)).into();
    }

    fn honest(&self, keys: &[PublicKey]) -> Vec<String> {
        (0..).zip(keys).map(|(salt, key)| issue(key.clone(), &self.signer, salt)).collect()
    }

    fn offer(&self) -> String {
        let offer = json!({
            "credential_issuer": self.origin, "credential_configuration_ids": ["pid"],
            "grants": { "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                "pre-authorized_code": "p", "tx_code": { "input_mode": "numeric", "length": 6 },
            } },
        });
        offer.to_string()
    }

    fn answer(&self, got: &Got) -> Page {
        match got.path.as_str() {
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
            return Page::new(400, r#"{"error":"invalid_grant"}"#);
        }
        Page::new(
            200,
            json!({ "access_token": "t", "token_type": self.token_type, "expires_in": 60 }).to_string(),
        )
    }

    fn credential(&self, got: &Got) -> Page {
        self.check_proof(got, "/credential", Some("t"));
        let request = CredentialRequest::parse_encrypted(&got.body, &self.request_key).unwrap();
        let expected = Expected { issuer: &self.origin, client_id: None, max_batch: 3, now: NOW };
        let proven = expected.verify(&request.proofs, &RustCrypto).unwrap();
        assert_eq!((proven.keys.len(), proven.nonce.as_str()), (3, NONCE));
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
        dpop::verify(got.header("dpop").expect("a proof"), &target, NOW, &RustCrypto).unwrap();
    }
}

async fn start(change: fn(&mut Issuer)) -> (Arc<Issuer>, Server) {
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

fn home(name: &str) -> Home {
    Home::new(name, &Register::new(NOW))
}

/// Takes the offer of an issuer up.
async fn receive(home: &Home, issuer: &Issuer, code: Option<&str>) -> Result<usize, ReceiveError> {
    let offered = home.wallet.look_at_offer(&issuer.offer()).await?;
    Ok(home.wallet.receive(&offered, code).await?.len())
}

#[tokio::test]
async fn an_offer_becomes_copies_of_a_card() {
    let (issuer, _server) = start(|_| ()).await;
    let home = home("receive");
    let offered = home.wallet.look_at_offer(&issuer.offer()).await.unwrap();
    let view = offered.view();
    assert_eq!((view.issuer.member.as_str(), view.cards[0].pick("en")), ("interior", "Personal identity"));
    assert_eq!(view.needs, Needs::Code { length: Some(6), digits: true });
    let cards = home.wallet.receive(&offered, Some("493 536")).await.unwrap();
    assert_eq!((cards[0].copies, cards[0].unused_copies), (3, 3));
    assert_eq!(cards[0].issuer.pick("en"), "The interior");
    let details = home.wallet.card(&cards[0].id).unwrap();
    assert!(details.claims.iter().any(|claim| claim.value == "Maria"));
}

#[tokio::test]
async fn a_wrong_code_is_told_apart_and_can_be_corrected() {
    let (issuer, _server) = start(|_| ()).await;
    let home = home("receive-code");
    let before = home.digest();
    assert_eq!(receive(&home, &issuer, None).await.unwrap_err().code(), "code_needed");
    assert_eq!(receive(&home, &issuer, Some("000000")).await.unwrap_err().code(), "code_wrong");
    assert_eq!(home.digest(), before);
    assert_eq!(receive(&home, &issuer, Some(CODE)).await.unwrap(), 1);
}

type Change = fn(&mut Issuer);

/// Every way to cheat, with the code of its refusal.
const CHEATS: [(&str, Change); 14] = [
    ("registry_proof_invalid", |issuer| {
        let forged = issuer.register.forged().bundle(NOW);
        issuer.metadata["symbolon_registry_proof"] = base64url(forged).into();
    }),
    ("registry_answer_malformed", |issuer| issuer.metadata["symbolon_registry_proof"] = json!(7)),
    ("registry_unreachable", |issuer| {
        issuer.metadata.as_object_mut().unwrap().remove("symbolon_registry_proof");
    }),
    ("proof_too_old", |issuer| {
        let old = issuer.register.bundle(NOW.minus(Duration::from_secs(61)));
        issuer.metadata["symbolon_registry_proof"] = base64url(old).into();
    }),
    ("not_accredited", |issuer| {
        let key = Key::Accreditation("interior".parse().unwrap(), VCT.parse().unwrap());
        issuer.register.entries.remove(&key);
        issuer.staple();
    }),
    ("not_accredited", |issuer| {
        let key = Key::Accreditation("interior".parse().unwrap(), VCT.parse().unwrap());
        let Some(Entry::Accreditation(found)) = issuer.register.entries.get_mut(&key) else { panic!("none") };
        found.until = registry_proof::time::Millis::from_secs(NOW.secs() - 1);
        issuer.staple();
    }),
    ("unknown_signer", |issuer| {
        issuer.register.add_member("interior", Role::Issuer, "https://interior.example");
        issuer.staple();
    }),
    ("unsupported_card", |issuer| {
        issuer.metadata["credential_configurations_supported"]["pid"]["format"] = json!("mso_mdoc");
    }),
    ("token_unbound", |issuer| issuer.token_type = "Bearer"),
    ("answer_in_the_clear", |issuer| issuer.encrypts = false),
    ("invalid_signature", |issuer| {
        issuer.copies = |_, keys| keys.iter().map(|one| issue(one.clone(), &key(9), 1)).collect();
    }),
    ("other_card", |issuer| {
        issuer.copies = |issuer, _| vec![issue(key(9).public_key().clone(), &issuer.signer, 1)];
    }),
    ("other_card", |issuer| {
        issuer.copies =
            |issuer, keys| [1, 2].map(|salt| issue(keys[0].clone(), &issuer.signer, salt)).to_vec();
    }),
    ("wrong_number_of_copies", |issuer| {
        issuer.copies = |issuer, keys| [issuer.honest(keys), issuer.honest(keys)].concat();
    }),
];

#[tokio::test]
async fn an_issuer_that_cheats_leaves_nothing_behind() {
    for (number, (code, change)) in CHEATS.into_iter().enumerate() {
        let (issuer, _server) = start(change).await;
        let home = home(&format!("cheat-{number}"));
        let before = home.digest();
        let error =
            receive(&home, &issuer, Some(CODE)).await.err().unwrap_or_else(|| panic!("{number} {code}"));
        assert_eq!(error.code(), code, "{number}: {error:?}");
        assert_eq!(home.digest(), before, "{code}");
    }
}

#[tokio::test]
async fn nothing_is_asked_of_an_issuer_that_is_not_proven() {
    let (issuer, server) = start(CHEATS[0].1).await;
    let home = home("unproven");
    receive(&home, &issuer, Some(CODE)).await.unwrap_err();
    let paths: Vec<String> = server.got().into_iter().map(|got| got.path).collect();
    assert_eq!(paths, ["/.well-known/openid-credential-issuer"]);
}
