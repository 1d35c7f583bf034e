//! Wallets and keys that a wallet provider of the register has to vouch for.

use core::time::Duration;

use credential::encoding::base64url;
use credential::issuer::KeyReference;
use credential::jws;
use credential::key::{Signer as _, SigningKey};
use openid4vc::oauth::client_attestation::AttestationClaims;
use openid4vc::oauth::client_attestation::pop::{ExpectedPop, make_pop};
use registry_proof::entry::{Entry, KeyState, Role, Standing};
use registry_proof::key::{Key, Purpose};
use reqwest::Response;
use serde_json::{Value, json};
use service_kit::random::Random;
use sha2::{Digest as _, Sha256};

use crate::register::Register;
use crate::world::{Offer, PRE_AUTHORIZED, START, Wallet, World, new_key, object, refusal};

const CLIENT: &str = "symbolon-wallet";
const HOUR: Duration = Duration::from_secs(3600);

/// A provider of wallets, and how it and its wallet's proof come about.
pub(crate) struct Provider {
    pub(crate) key: SigningKey,
    pub(crate) instance: SigningKey,
    pub(crate) kid: &'static str,
}

impl Provider {
    pub(crate) fn new() -> Self {
        Self { key: new_key(), instance: new_key(), kid: "did:symbolon:demo:maker#attestation-0" }
    }

    fn register(&self) -> Register {
        let mut register = Register::new(START);
        self.enrol(&mut register);
        register
    }

    /// Two members have the provider's key; one of them gives out wallets.
    pub(crate) fn enrol(&self, register: &mut Register) {
        register.add_member("maker", Role::WalletProvider, "https://maker.example");
        register.add_key("maker", Purpose::Attestation, &self.key);
        register.add_member("office", Role::Issuer, "https://office.example");
        register.add_key("office", Purpose::Attestation, &self.key);
    }

    pub(crate) fn attestation(&self) -> String {
        let claims = AttestationClaims {
            client_id: CLIENT,
            issuer: None,
            key: self.instance.public_key(),
            issued_at: START,
            expires_at: START.plus(HOUR),
        };
        claims.sign(&KeyReference::Kid(self.kid.to_owned()), &self.key).unwrap()
    }

    fn pop(&self, audience: &str) -> String {
        let expected = ExpectedPop { audience, challenge: None, now: START };
        make_pop(&expected, Some(CLIENT), &self.instance, &mut *Random::system().rng()).unwrap()
    }

    /// An attestation of keys, with other claims.
    fn keys(&self, keys: &[SigningKey], more: &Value) -> String {
        let jwks: Vec<Value> = keys.iter().map(|key| key.public_key().to_jwk()).collect();
        self.jwks(&jwks, more)
    }

    /// As [`Self::keys`], of public JWKs.
    pub(crate) fn jwks(&self, jwks: &[Value], more: &Value) -> String {
        let mut claims = json!({ "iat": START.secs(), "exp": START.secs() + 3600, "attested_keys": jwks });
        claims.as_object_mut().unwrap().extend(object(more.clone()));
        let header = object(json!({ "typ": "key-attestation+jwt", "kid": self.kid }));
        jws::sign(header, &object(claims), &self.key).unwrap()
    }
}

async fn token(world: &World, wallet: &Wallet, offer: &Offer, headers: &[(&str, String)]) -> Response {
    let form = [
        ("grant_type", PRE_AUTHORIZED),
        ("pre-authorized_code", offer.grant.as_str()),
        ("tx_code", offer.code.as_str()),
    ];
    let proof = wallet.dpop(&world.url("/token"), None, world.now());
    let mut request = world.http.post(world.url("/token")).header("DPoP", proof).form(&form);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.send().await.unwrap()
}

fn headers(attestation: String, pop: String) -> [(&'static str, String); 2] {
    [("OAuth-Client-Attestation", attestation), ("OAuth-Client-Attestation-PoP", pop)]
}

/// The code of a refusal of a token, which uses up no offer.
async fn refused(world: &World, headers: &[(&str, String)]) -> String {
    let offer = world.offer().await;
    let (status, code) = refusal(token(world, &Wallet::new(), &offer, headers).await).await;
    assert!(status == 400 || status == 503, "{status} {code}");
    assert_eq!(world.api_get(&format!("/api/offers/{}", offer.id)).await["state"], "open");
    code
}

#[tokio::test]
async fn a_wallet_that_a_provider_vouches_for_gets_a_token() {
    let provider = Provider::new();
    let world = World::attested("attested", provider.register()).await;
    let sent = headers(provider.attestation(), provider.pop(&world.origin));
    let answer = token(&world, &Wallet::new(), &world.offer().await, &sent).await;
    assert_eq!(answer.status(), reqwest::StatusCode::OK);
    assert_eq!(refused(&world, &sent).await, "invalid_client_attestation", "a proof is used once");
    let metadata = world.get_json("/.well-known/oauth-authorization-server").await;
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(["attest_jwt_client_auth"]));
    let metadata = world.get_json("/.well-known/openid-credential-issuer").await;
    let card = &metadata["credential_configurations_supported"]["personal-identity"];
    assert_eq!(card["proof_types_supported"]["jwt"]["key_attestations_required"], json!({}));
}

#[tokio::test]
async fn a_wallet_that_nobody_vouches_for_gets_nothing() {
    let (provider, stranger) = (Provider::new(), Provider::new());
    let world = World::attested("unattested", provider.register()).await;
    let audience = world.origin.clone();
    assert_eq!(refused(&world, &[]).await, "invalid_client");
    let of_office = Provider { kid: "did:symbolon:demo:office#attestation-0", ..Provider::new() };
    let of_office =
        Provider { key: SigningKey::from_jwk(&provider.key.dangerous_to_jwk()).unwrap(), ..of_office };
    let other_purpose = Provider { kid: "did:symbolon:demo:maker#issuer-0", ..Provider::new() };
    for (name, sent) in [
        ("another signer", headers(stranger.attestation(), stranger.pop(&audience))),
        ("another instance", headers(provider.attestation(), stranger.pop(&audience))),
        ("another server", headers(provider.attestation(), provider.pop("https://other.example"))),
        ("no member with that role", headers(of_office.attestation(), of_office.pop(&audience))),
        ("another purpose", headers(other_purpose.attestation(), other_purpose.pop(&audience))),
        ("nonsense", headers("nonsense".to_owned(), provider.pop(&audience))),
        ("no proof", headers(provider.attestation(), String::new())),
    ] {
        assert_eq!(refused(&world, &sent).await, "invalid_client_attestation", "{name}");
    }
    let alone = &headers(provider.attestation(), String::new())[..1];
    assert_eq!(refused(&world, alone).await, "invalid_client_attestation");
    let pushed = world.http.post(world.url("/par")).form(&[
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", "https://wallet.example/cb"),
        ("code_challenge", &base64url(Sha256::digest(b"x"))),
        ("code_challenge_method", "S256"),
        ("scope", "personal-identity"),
    ]);
    assert_eq!(refusal(pushed.send().await.unwrap()).await.1, "invalid_client");
    world.hand.advance(3601);
    let late = headers(provider.attestation(), provider.pop(&audience));
    assert_eq!(refused(&world, &late).await, "temporarily_unavailable", "the register's word is old by then");
}

#[tokio::test]
async fn a_provider_that_the_register_does_not_stand_behind_vouches_for_nobody() {
    let changes: [fn(&mut Register); 3] = [
        |register| {
            let place = Key::Member("maker".parse().unwrap());
            let Some(Entry::Member(member)) = register.entries.get_mut(&place) else { panic!("none") };
            member.standing = Standing::Suspended;
        },
        |register| {
            let place = Key::MemberKey("maker".parse().unwrap(), Purpose::Attestation, 0);
            let Some(Entry::MemberKey(key)) = register.entries.get_mut(&place) else { panic!("none") };
            key.state = KeyState::Compromised;
        },
        |register| {
            register.entries.remove(&Key::Member("maker".parse().unwrap()));
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let provider = Provider::new();
        let mut register = provider.register();
        change(&mut register);
        let world = World::attested(&format!("unattested-{number}"), register).await;
        let sent = headers(provider.attestation(), provider.pop(&world.origin));
        assert_eq!(refused(&world, &sent).await, "invalid_client_attestation", "{number}");
    }
}

#[tokio::test]
async fn every_key_of_a_card_has_to_be_attested() {
    let provider = Provider::new();
    let world = World::attested("attested-keys", provider.register()).await;
    let (wallet, offer) = (Wallet::new(), world.offer().await);
    let sent = headers(provider.attestation(), provider.pop(&world.origin));
    let given: Value = token(&world, &wallet, &offer, &sent).await.json().await.unwrap();
    let access = given["access_token"].as_str().unwrap();
    let (keys, nonce) = ([new_key(), new_key()], world.nonce().await);
    let ask = async |attestations: [Option<String>; 2]| {
        let proofs = keys.iter().zip(attestations).map(|(key, attestation)| {
            let mut header =
                object(json!({ "typ": "openid4vci-proof+jwt", "jwk": key.public_key().to_jwk() }));
            header.extend(attestation.map(|text| ("key_attestation".to_owned(), Value::String(text))));
            let claims = json!({ "aud": world.origin, "iat": START.secs(), "nonce": nonce });
            jws::sign(header, &object(claims), key).unwrap()
        });
        let proofs: Vec<String> = proofs.collect();
        let body = json!({ "credential_configuration_id": "personal-identity", "proofs": { "jwt": proofs } });
        refusal(world.credential(&wallet, access, body).await).await
    };
    // Over the issuer's nonce, but for claims that say otherwise.
    let attest = |provider: &Provider, keys: &[SigningKey], more: Value| {
        let mut claims = object(json!({ "nonce": nonce }));
        claims.extend(object(more));
        provider.keys(keys, &Value::Object(claims))
    };
    let both = attest(&provider, &keys, json!({}));
    let twice = |text: &str| [Some(text.to_owned()), Some(text.to_owned())];
    let refused = (400, "invalid_proof".to_owned());
    assert_eq!(ask([None, None]).await, refused);
    assert_eq!(ask([Some(both.clone()), None]).await, refused, "one key of two");
    assert_eq!(
        ask(twice(&attest(&provider, &keys[..1], json!({})))).await,
        refused,
        "another key than attested"
    );
    assert_eq!(ask(twice(&attest(&Provider::new(), &keys, json!({})))).await, refused, "another signer");
    let run_out = attest(&provider, &keys, json!({ "exp": START.secs() }));
    assert_eq!(ask(twice(&run_out)).await, refused, "run out");
    let early = attest(&provider, &keys, json!({ "nbf": START.secs() + 61 }));
    assert_eq!(ask(twice(&early)).await, refused, "good only later");
    let another = attest(&provider, &keys, json!({ "nonce": "another" }));
    assert_eq!(ask(twice(&another)).await, refused, "another nonce");
    let status = json!({ "status": { "status_list": { "idx": 1, "uri": "https://s.example" } } });
    let status = attest(&provider, &keys, status);
    assert_eq!(ask(twice(&status)).await, refused, "a status that nobody looks up");
    // What holds gets as far as the lists, which this issuer cannot anchor.
    assert_eq!(ask(twice(&both)).await, (503, "temporarily_unavailable".to_owned()));
}
