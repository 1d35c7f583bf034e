//! Logins that succeed, at both tiers, and what relying parties are told then.

use serde_json::{Value, json};

use crate::browser::{Asked, Browser, location, log_in, parameter};
use crate::world::{Card, World};

#[tokio::test]
async fn the_plain_tier_takes_a_secret_and_signs_with_rsa() {
    let world = World::new("plain-secret").await;
    let (asked, tokens) =
        log_in(&world, &Browser::default(), &world.wallet(), Asked::new(&world, "tax")).await;
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 600);
    let claims = asked.claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["iss"], world.origin.as_str());
    assert_eq!(claims["aud"], "tax");
    assert_eq!(claims["nonce"], "their nonce");
    assert_eq!(claims["acr"], "urn:symbolon:acr:other-device");
    assert_eq!(claims["auth_time"], world.now().secs());
    assert!(!claims.contains_key("login_identifier"));
}

#[tokio::test]
async fn the_plain_tier_takes_a_signed_assertion() {
    let world = World::new("plain-assertion").await;
    let (asked, tokens) =
        log_in(&world, &Browser::default(), &world.wallet(), Asked::new(&world, "library")).await;
    let claims = asked.claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["aud"], "library");
    let shared = asked.userinfo(&world, tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(shared.json::<Value>().await.unwrap(), json!({ "sub": claims["sub"] }));
}

#[tokio::test]
async fn the_strict_tier_encrypts_tokens_and_binds_them_to_a_key() {
    let world = World::new("strict").await;
    let asked = Asked::new(&world, "bank").with("scope", "openid profile");
    let (asked, tokens) = log_in(&world, &Browser::default(), &world.wallet(), asked).await;
    assert_eq!(tokens["token_type"], "DPoP");
    let id_token = tokens["id_token"].as_str().unwrap();
    assert_eq!(id_token.split('.').count(), 5, "a nested token has five parts");
    let claims = asked.claims(id_token);
    assert_eq!(claims["iss"], world.url("/fapi"));
    assert_eq!(claims["given_name"], "Maria");
    assert!(!claims.contains_key("birthdate"), "what was not asked for is not there");
    let answer = asked.userinfo(&world, tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(answer.headers()["content-type"], "application/jwt");
    let shared = asked.claims(&answer.text().await.unwrap());
    assert_eq!((&shared["sub"], &shared["family_name"]), (&claims["sub"], &json!("Okafor")));
}

#[tokio::test]
async fn a_person_is_the_same_to_one_relying_party_after_a_new_card_and_another_to_the_next() {
    let world = World::new("pairwise").await;
    let subject = async |party: &str, card: Card| {
        let wallet = world.wallet_with(card);
        let (asked, tokens) = log_in(&world, &Browser::default(), &wallet, Asked::new(&world, party)).await;
        asked.claims(tokens["id_token"].as_str().unwrap())["sub"].clone()
    };
    let first = subject("bank", world.card()).await;
    assert_eq!(subject("bank", world.card()).await, first);
    assert_ne!(subject("insurer", world.card()).await, first);
    let another = Card { identifier: "L2", ..world.card() };
    assert_ne!(subject("bank", another).await, first);
}

#[tokio::test]
async fn the_link_of_the_same_device_ends_in_the_same_browser_with_a_stronger_acr() {
    let world = World::new("same-device").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    let answer = world.wallet().answer(&world, &open.link).await;
    let reply: Value = answer.json().await.unwrap();
    let back = browser.get(&world, reply["redirect_uri"].as_str().unwrap()).await;
    let url = location(&back);
    open.asked.check_callback(&world, &url);
    let tokens = open.asked.tokens(&world, &parameter(&url, "code").unwrap()).await;
    let claims = open.asked.claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["acr"], "urn:symbolon:acr:same-device");
}

#[tokio::test]
async fn a_wallet_is_given_a_signed_receipt() {
    let world = World::new("receipt").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    let reply: Value = world.wallet().answer(&world, open.qr()).await.json().await.unwrap();
    let receipt = crate::browser::payload(reply["receipt"].as_str().unwrap());
    assert_eq!(receipt["aud"], "did:symbolon:demo:bank");
    assert_eq!(receipt["shared"], json!(["login_identifier"]));
}

#[tokio::test]
async fn metadata_names_addresses_that_answer() {
    let world = World::new("metadata").await;
    for tier in ["", "/fapi"] {
        let at = world.url(&format!("{tier}/.well-known/openid-configuration"));
        let metadata: Value = world.http.get(at).send().await.unwrap().json().await.unwrap();
        assert_eq!(metadata["issuer"], world.url(tier));
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
        for name in [
            "authorization_endpoint",
            "token_endpoint",
            "userinfo_endpoint",
            "pushed_authorization_request_endpoint",
            "end_session_endpoint",
            "jwks_uri",
        ] {
            let address = metadata[name].as_str().unwrap();
            assert_ne!(world.http.get(address).send().await.unwrap().status(), 404, "{address}");
        }
    }
}

#[tokio::test]
async fn saying_no_takes_the_person_back_with_access_denied() {
    let world = World::new("declined").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    assert_eq!(world.wallet().decline(&world, open.qr()).await.status(), 200);
    assert_eq!(open.state(&world, &browser).await, "refused");
    assert_eq!(open.error(&world, &open.finish(&world, &browser).await), "access_denied");
}

#[tokio::test]
async fn cancelling_takes_the_person_back_and_ends_the_request() {
    let world = World::new("cancelled").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    assert_eq!(open.error(&world, &open.cancel(&world, &browser).await), "access_denied");
    let wallet = openid4vc::vp::link::AuthorizationLink::parse(open.qr()).unwrap();
    let answer = world.http.post(wallet.request_uri.url().clone()).send().await.unwrap();
    assert_eq!(answer.status(), 410);
}

#[tokio::test]
async fn a_plain_relying_party_that_asks_for_no_algorithm_gets_rs256_under_a_published_key() {
    let world = World::new("rs256").await;
    world.describe("tax", |tax| drop(tax.remove("id_token_alg").unwrap()));
    let (_, tokens) = log_in(&world, &Browser::default(), &world.wallet(), Asked::new(&world, "tax")).await;
    let header = tokens["id_token"].as_str().unwrap().split('.').next().unwrap();
    let header = credential::encoding::from_base64url(header).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["alg"], "RS256");
    let jwks: Value = world.http.get(world.url("/jwks")).send().await.unwrap().json().await.unwrap();
    let keys = jwks["keys"].as_array().unwrap();
    assert!(keys.iter().any(|key| key["kid"] == header["kid"] && key["kty"] == "RSA"));
    for private in ["d", "p", "q", "dp", "dq", "qi"] {
        assert!(keys.iter().all(|key| key.get(private).is_none()), "{private} is published");
    }
}

#[tokio::test]
async fn what_goes_back_in_an_address_is_ascii_whatever_the_person_reads() {
    let world = World::new("ascii").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "tax").with("ui_locales", "zh").open(&world, &browser).await;
    assert!(open.page.contains("您正在登录"));
    world.wallet().decline(&world, open.qr()).await;
    let page = browser.get(&world, &world.url(&format!("/login/{}", open.id))).await;
    assert!(page.text().await.unwrap().contains("您选择了不出示"));
    let url = location(&open.finish(&world, &browser).await);
    let description = parameter(&url, "error_description").unwrap();
    assert!(
        description.bytes().all(|b| matches!(b, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e)),
        "{description}"
    );
}

#[tokio::test]
async fn a_request_asks_for_no_more_than_its_scopes_stand_for() {
    let world = World::new("asked").await;
    for (scope, names) in [
        ("openid", vec!["login_identifier"]),
        ("openid profile", vec!["login_identifier", "given_name", "family_name"]),
    ] {
        let asked = Asked::new(&world, "bank").with("scope", scope);
        let open = asked.open(&world, &Browser::default()).await;
        for link in [open.qr(), &open.link] {
            let request = world.wallet().fetch(&world, link).await;
            let asked = request.content().query.asked();
            let paths: Vec<_> = asked.iter().map(|(_, path)| (*path).clone()).collect();
            let wanted: Vec<_> =
                names.iter().map(|name| credential::claim_path::ClaimPath::name(name)).collect();
            assert_eq!(paths, wanted);
        }
    }
}

#[tokio::test]
async fn two_services_of_one_organisation_know_a_person_by_one_subject() {
    let world = World::new("sector").await;
    world.describe("library", |library| drop(library.insert("member".to_owned(), json!("bank"))));
    let mut subjects = Vec::new();
    for party in ["bank", "library"] {
        let asked = Asked::new(&world, party);
        let (asked, tokens) = log_in(&world, &Browser::default(), &world.wallet(), asked).await;
        subjects.push(asked.claims(tokens["id_token"].as_str().unwrap())["sub"].clone());
    }
    assert_eq!(subjects[0], subjects[1]);
}

async fn metadata(world: &World, tier: &str) -> Value {
    let at = world.url(&format!("{tier}/.well-known/openid-configuration"));
    world.http.get(at).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn metadata_says_what_each_tier_does() {
    let world = World::new("metadata-tiers").await;
    let (plain, strict) = (metadata(&world, "").await, metadata(&world, "/fapi").await);
    for (name, at_plain, at_strict) in [
        ("require_pushed_authorization_requests", json!(false), json!(true)),
        (
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_basic", "private_key_jwt"]),
            json!(["private_key_jwt"]),
        ),
        ("id_token_signing_alg_values_supported", json!(["RS256", "ES256"]), json!(["ES256"])),
        ("userinfo_signing_alg_values_supported", Value::Null, json!(["ES256"])),
        ("userinfo_encryption_alg_values_supported", Value::Null, json!(["ECDH-ES"])),
        ("userinfo_encryption_enc_values_supported", Value::Null, json!(["A256GCM"])),
    ] {
        assert_eq!((&plain[name], &strict[name]), (&at_plain, &at_strict), "{name}");
    }
    for metadata in [plain, strict] {
        assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(metadata["response_types_supported"], json!(["code"]));
        assert_eq!(metadata["grant_types_supported"], json!(["authorization_code"]));
        assert_eq!(metadata["subject_types_supported"], json!(["pairwise"]));
        assert_eq!(metadata["dpop_signing_alg_values_supported"], json!(["ES256", "EdDSA"]));
    }
}

#[tokio::test]
async fn a_wallet_that_cannot_answer_is_not_said_to_be_a_person_who_did_not_want_to() {
    let world = World::new("wallet-refuses").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    let refusal = openid4vc::vp::refusal::Refusal::VpFormatsNotSupported;
    assert_eq!(world.wallet().refuse(&world, open.qr(), refusal).await.status(), 200);
    let page = browser.get(&world, &world.url(&format!("/login/{}", open.id))).await.text().await.unwrap();
    assert!(page.contains("wallet_refused") && !page.contains("You chose"));
    assert_eq!(open.error(&world, &open.finish(&world, &browser).await), "access_denied");
}
