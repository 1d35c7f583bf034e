//! Single sign-on: the subject alone, between those who take part, while the card is valid.

use credential::status_list::Status;
use serde_json::json;

use crate::browser::{Asked, Browser, location, log_in, parameter};
use crate::register::GRACE;
use crate::world::{Card, World};

/// A browser in which somebody has logged in to the bank.
async fn logged_in(world: &World) -> Browser {
    let browser = Browser::default();
    log_in(world, &browser, &world.wallet(), Asked::new(world, "bank")).await;
    browser
}

/// Whether the browser is sent to a login page.
async fn asks_again(world: &World, browser: &Browser, asked: Asked) -> bool {
    location(&asked.authorize(world, browser).await).path().starts_with("/login/")
}

#[tokio::test]
async fn a_session_gives_the_subject_and_nothing_else() {
    let world = World::new("sso").await;
    let browser = logged_in(&world).await;
    let asked = Asked::new(&world, "insurer");
    let url = location(&asked.authorize(&world, &browser).await);
    asked.check_callback(&world, &url);
    let tokens = asked.tokens(&world, &parameter(&url, "code").unwrap()).await;
    let claims = asked.claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["amr"], json!(["sso"]));
    assert!(!claims.contains_key("given_name"));
    let (asked, tokens) =
        log_in(&world, &Browser::default(), &world.wallet(), Asked::new(&world, "insurer")).await;
    assert_eq!(asked.claims(tokens["id_token"].as_str().unwrap())["sub"], claims["sub"]);
}

#[tokio::test]
async fn a_relying_party_that_takes_no_part_asks_again() {
    let world = World::new("sso-apart").await;
    let browser = logged_in(&world).await;
    assert!(asks_again(&world, &browser, Asked::new(&world, "tax")).await);
}

#[tokio::test]
async fn a_login_at_a_relying_party_that_takes_no_part_begins_no_session() {
    let world = World::new("sso-none").await;
    let browser = Browser::default();
    log_in(&world, &browser, &world.wallet(), Asked::new(&world, "tax")).await;
    assert_eq!(browser.cookie("session"), None);
    assert!(asks_again(&world, &browser, Asked::new(&world, "insurer")).await);
}

#[tokio::test]
async fn any_claim_goes_back_to_the_wallet() {
    let world = World::new("sso-claims").await;
    let browser = logged_in(&world).await;
    let asked = Asked::new(&world, "insurer").with("scope", "openid profile");
    assert!(asks_again(&world, &browser, asked).await);
}

#[tokio::test]
async fn prompt_login_goes_back_to_the_wallet() {
    let world = World::new("sso-prompt").await;
    let browser = logged_in(&world).await;
    assert!(asks_again(&world, &browser, Asked::new(&world, "insurer").with("prompt", "login")).await);
}

#[tokio::test]
async fn a_session_older_than_max_age_goes_back_to_the_wallet() {
    let world = World::new("sso-max-age").await;
    let browser = logged_in(&world).await;
    world.hand.advance(61);
    assert!(!asks_again(&world, &browser, Asked::new(&world, "insurer").with("max_age", "61")).await);
    assert!(asks_again(&world, &browser, Asked::new(&world, "insurer").with("max_age", "60")).await);
}

#[tokio::test]
async fn a_session_says_when_the_card_was_shown() {
    let world = World::new("sso-auth-time").await;
    let browser = logged_in(&world).await;
    let shown_at = world.now().secs();
    world.hand.advance(30);
    let asked = Asked::new(&world, "insurer");
    let url = location(&asked.authorize(&world, &browser).await);
    let tokens = asked.tokens(&world, &parameter(&url, "code").unwrap()).await;
    assert_eq!(asked.claims(tokens["id_token"].as_str().unwrap())["auth_time"], shown_at);
    let answer = asked.userinfo(&world, tokens["access_token"].as_str().unwrap()).await;
    let names: Vec<String> =
        asked.claims(&answer.text().await.unwrap()).into_iter().map(|(n, _)| n).collect();
    assert_eq!(names, ["aud", "iss", "sub"], "userinfo of a session holds no claim");
}

#[tokio::test]
async fn a_made_up_cookie_is_no_session() {
    let world = World::new("sso-made-up").await;
    let address = Asked::new(&world, "library").with("prompt", "none").address(&world).await;
    let request = world.http.get(&address).header("cookie", format!("session={}", "A".repeat(43)));
    let url = location(&request.send().await.unwrap());
    assert_eq!(parameter(&url, "error").unwrap(), "login_required");
}

#[tokio::test]
async fn a_session_by_qr_code_is_too_weak_where_the_same_device_is_wanted() {
    let world = World::new("sso-weak").await;
    let browser = logged_in(&world).await;
    let asked = Asked::new(&world, "insurer").with("acr_values", "urn:symbolon:acr:same-device");
    assert!(asks_again(&world, &browser, asked).await);
}

#[tokio::test]
async fn a_session_that_was_not_used_for_long_is_over() {
    let world = World::new("sso-idle").await;
    let browser = logged_in(&world).await;
    world.hand.advance(901);
    assert!(asks_again(&world, &browser, Asked::new(&world, "insurer")).await);
}

#[tokio::test]
async fn a_session_ends_after_some_hours_however_often_it_is_used() {
    let world = World::new("sso-longest").await;
    let browser = logged_in(&world).await;
    for _ in 0..8 {
        world.hand.advance(890);
        assert!(!asks_again(&world, &browser, Asked::new(&world, "insurer")).await);
    }
    world.hand.advance(890);
    assert!(asks_again(&world, &browser, Asked::new(&world, "insurer")).await);
}

#[tokio::test]
async fn prompt_none_without_a_session_is_told_that_a_login_is_required() {
    let world = World::new("prompt-none").await;
    let asked = Asked::new(&world, "bank").with("prompt", "none");
    assert_eq!(asked.refused(&world, &Browser::default()).await, "login_required");
}

#[tokio::test]
async fn prompt_none_for_claims_is_told_that_a_login_is_required() {
    let world = World::new("prompt-none-claims").await;
    let browser = logged_in(&world).await;
    let asked = Asked::new(&world, "insurer").with("prompt", "none").with("scope", "openid profile");
    assert_eq!(asked.refused(&world, &browser).await, "login_required");
}

/// The description of a refusal, in characters that RFC 6749 allows, and that the session is over.
async fn refused_and_over(world: &World, browser: &Browser) -> String {
    let asked = Asked::new(world, "insurer").with("ui_locales", "zh");
    let url = location(&asked.authorize(world, browser).await);
    asked.check_callback(world, &url);
    assert_eq!(parameter(&url, "error").unwrap(), "access_denied");
    let description = parameter(&url, "error_description").unwrap();
    assert!(description.bytes().all(|b| matches!(b, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e)));
    assert!(asks_again(world, browser, Asked::new(world, "insurer")).await, "the session goes on");
    description
}

#[tokio::test]
async fn a_session_whose_card_was_revoked_is_refused_with_the_reason() {
    let world = World::new("sso-revoked").await;
    let browser = logged_in(&world).await;
    world.set_status(Status::Invalid);
    assert!(refused_and_over(&world, &browser).await.contains("revoked"));
}

#[tokio::test]
async fn a_session_whose_card_has_expired_is_refused() {
    let world = World::new("sso-expired").await;
    let browser = Browser::default();
    let soon = Card { expires_at: world.now().plus(core::time::Duration::from_secs(300)), ..world.card() };
    log_in(&world, &browser, &world.wallet_with(soon), Asked::new(&world, "bank")).await;
    world.hand.advance(301);
    assert!(refused_and_over(&world, &browser).await.contains("expired"));
}

#[tokio::test]
async fn a_session_whose_card_was_issued_with_a_key_now_compromised_is_refused() {
    let world = World::new("sso-compromised").await;
    let browser = logged_in(&world).await;
    world.node.register().compromise("interior");
    world.let_facts_age();
    refused_and_over(&world, &browser).await;
}

#[tokio::test]
async fn a_session_whose_issuer_was_suspended_is_refused() {
    let world = World::new("sso-suspended").await;
    let browser = logged_in(&world).await;
    world.node.register().suspend("interior");
    world.let_facts_age();
    refused_and_over(&world, &browser).await;
}

#[tokio::test]
async fn a_session_whose_issuer_lost_its_accreditation_is_refused() {
    let world = World::new("sso-accreditation").await;
    let browser = logged_in(&world).await;
    world.node.register().end_accreditation("interior");
    world.let_facts_age();
    refused_and_over(&world, &browser).await;
}

/// That no code is given now, and that the session goes on once `mend` has been done.
async fn refused_for_now(world: &World, browser: &Browser, mend: impl FnOnce(&World)) {
    let before = world.digest().await;
    let asked = Asked::new(world, "library");
    assert_eq!(asked.refused(world, browser).await, "temporarily_unavailable");
    mend(world);
    let url = location(&asked.authorize(world, browser).await);
    assert!(parameter(&url, "code").is_some(), "the session is over: {url}");
    assert_ne!(world.digest().await, before);
}

#[tokio::test]
async fn a_status_list_out_of_reach_gives_no_code_and_leaves_the_session() {
    let world = World::new("sso-unreachable").await;
    let browser = logged_in(&world).await;
    world.set_status(Status::Valid);
    world.node.register().lists_answer = false;
    refused_for_now(&world, &browser, |world| world.node.register().lists_answer = true).await;
}

#[tokio::test]
async fn a_register_that_halts_beyond_its_grace_gives_no_code_and_leaves_the_session() {
    let world = World::new("sso-halted").await;
    let browser = logged_in(&world).await;
    world.halt_for(GRACE + 1);
    refused_for_now(&world, &browser, |world| world.node.register().halted_at = None).await;
}

#[tokio::test]
async fn logging_out_ends_the_session_and_goes_back() {
    let world = World::new("logout").await;
    let browser = logged_in(&world).await;
    let to = "/logout?client_id=bank&post_logout_redirect_uri=https%3A%2F%2Fbank.example%2Fbye&state=s";
    let url = location(&browser.get(&world, &world.url(to)).await);
    assert_eq!(url.as_str(), "https://bank.example/bye?state=s");
    assert!(asks_again(&world, &browser, Asked::new(&world, "insurer")).await);
}

#[tokio::test]
async fn logging_out_goes_nowhere_that_is_not_registered() {
    let world = World::new("logout-elsewhere").await;
    let to = "/logout?client_id=bank&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F";
    let answer = Browser::default().get(&world, &world.url(to)).await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (200, None));
}

#[tokio::test]
async fn a_max_age_of_zero_goes_back_to_the_wallet_even_at_once() {
    let world = World::new("sso-max-age-zero").await;
    let browser = logged_in(&world).await;
    assert!(asks_again(&world, &browser, Asked::new(&world, "insurer").with("max_age", "0")).await);
    let silent = Asked::new(&world, "insurer").with("max_age", "0").with("prompt", "none");
    assert_eq!(silent.refused(&world, &browser).await, "login_required");
}

#[tokio::test]
async fn a_card_of_another_person_ends_the_session_of_the_one_before() {
    let world = World::new("sso-next-person").await;
    let browser = logged_in(&world).await;
    let before = browser.cookie("session").unwrap();
    let next = world.wallet_with(Card { identifier: "L2", ..world.card() });
    log_in(&world, &browser, &next, Asked::new(&world, "tax")).await;
    assert_eq!(browser.cookie("session").unwrap(), before, "tax takes no part");
    assert!(asks_again(&world, &browser, Asked::new(&world, "insurer")).await);
}

#[tokio::test]
async fn a_card_of_the_same_person_leaves_the_session_at_a_relying_party_that_takes_no_part() {
    let world = World::new("sso-same-person").await;
    let browser = logged_in(&world).await;
    log_in(&world, &browser, &world.wallet(), Asked::new(&world, "tax")).await;
    assert!(!asks_again(&world, &browser, Asked::new(&world, "insurer")).await);
}

#[tokio::test]
async fn a_session_that_a_newer_one_replaces_is_over() {
    let world = World::new("sso-replaced").await;
    let browser = logged_in(&world).await;
    let before = browser.cookie("session").unwrap();
    log_in(&world, &browser, &world.wallet(), Asked::new(&world, "bank").with("prompt", "login")).await;
    assert_ne!(browser.cookie("session").unwrap(), before);
    let address = Asked::new(&world, "library").with("prompt", "none").address(&world).await;
    let request = world.http.get(&address).header("cookie", format!("session={before}"));
    let url = location(&request.send().await.unwrap());
    assert_eq!(parameter(&url, "error").as_deref(), Some("login_required"));
}
