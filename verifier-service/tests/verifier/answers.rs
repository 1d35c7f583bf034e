//! Answers of wallets that are not believed, and cards that are not accepted.

use core::time::Duration;

use credential::status_list::{MEDIA_TYPE, Status};
use registry_proof::key::Key;
use reqwest::Response;

use crate::browser::{Asked, Browser};
use crate::register::GRACE;
use crate::wallet::{Wallet, Wrong, encrypted, post};
use crate::world::{Card, World, refusal};

/// The refusal of this wallet's answer: it gives nothing, and the person reads why.
async fn refused(world: &World, wallet: &Wallet, wrong: Wrong) -> String {
    let browser = Browser::default();
    let open = Asked::new(world, "bank").open(world, &browser).await;
    let before = world.digest().await;
    let (status, code) = refusal(wallet.answer_wrong(world, open.qr(), wrong).await).await;
    assert_eq!(status, 400);
    assert_eq!(open.state(world, &browser).await, "refused");
    let page = browser.get(world, &world.url(&format!("/login/{}", open.id))).await.text().await.unwrap();
    assert!(page.contains(&code), "the page does not say why");
    assert_eq!(world.digest().await, before);
    code
}

async fn refused_card(world: &World, card: Card) -> String {
    refused(world, &world.wallet_with(card), Wrong::default()).await
}

#[tokio::test]
async fn an_answer_counts_once() {
    let world = World::new("answer-twice").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    let wallet = world.wallet();
    let request = wallet.fetch(&world, open.qr()).await;
    let form = wallet.form(&world, &request, Wrong::default());
    assert_eq!(post(&world, &request, form.clone()).await.status(), 200);
    let before = world.digest().await;
    assert_eq!(post(&world, &request, form).await.status(), 410);
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn the_first_of_two_wallets_wins() {
    let world = World::new("answer-race").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    let (one, two) = (world.wallet(), world.wallet_with(Card { identifier: "L2", ..world.card() }));
    let (by_qr, by_link) = (one.fetch(&world, open.qr()).await, two.fetch(&world, &open.link).await);
    let send = |wallet: &Wallet, request| post_form(&world, wallet, request);
    let (one, two) = tokio::join!(send(&one, &by_qr), send(&two, &by_link));
    let mut statuses = [one.status().as_u16(), two.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410]);
}

fn post_form<'a>(
    world: &'a World,
    wallet: &Wallet,
    request: &'a openid4vc::vp::request::Request,
) -> impl Future<Output = Response> + use<'a> {
    let form = wallet.form(world, request, Wrong::default());
    post(world, request, form)
}

#[tokio::test]
async fn a_card_bound_to_another_nonce_is_refused() {
    let world = World::new("answer-nonce").await;
    let wrong = Wrong { nonce: Some("n".repeat(43)), ..Wrong::default() };
    assert_eq!(refused(&world, &world.wallet(), wrong).await, "presentation_refused");
}

#[tokio::test]
async fn a_card_shown_to_one_login_is_nothing_to_another() {
    let world = World::new("answer-relayed").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    let wallet = world.wallet();
    let first = wallet.fetch(&world, open.qr()).await;
    let wrong = Wrong { nonce: Some(first.content().nonce.clone()), ..Wrong::default() };
    assert_eq!(refused(&world, &wallet, wrong).await, "presentation_refused");
}

#[tokio::test]
async fn a_card_shown_to_somebody_else_is_refused() {
    let world = World::new("answer-audience").await;
    let wrong = Wrong { audience: Some("x509_hash:somebody".to_owned()), ..Wrong::default() };
    assert_eq!(refused(&world, &world.wallet(), wrong).await, "presentation_refused");
}

#[tokio::test]
async fn a_card_without_its_holders_signature_is_refused() {
    let world = World::new("answer-unbound").await;
    let wrong = Wrong { is_unbound: true, ..Wrong::default() };
    assert_eq!(refused(&world, &world.wallet(), wrong).await, "presentation_refused");
}

#[tokio::test]
async fn an_answer_signed_long_ago_or_in_the_future_is_refused() {
    let world = World::new("answer-old").await;
    let (past, now, minute) = (Duration::from_secs(301), world.now(), Duration::from_secs(61));
    for at in [now.minus(past), now.plus(minute)] {
        let wrong = Wrong { signed_at: Some(at), ..Wrong::default() };
        assert_eq!(refused(&world, &world.wallet(), wrong).await, "presentation_refused");
    }
}

#[tokio::test]
async fn an_answer_without_the_login_identifier_is_refused() {
    let world = World::new("answer-no-identifier").await;
    let wrong = Wrong { conceals: Some("login_identifier"), ..Wrong::default() };
    assert_eq!(refused(&world, &world.wallet(), wrong).await, "presentation_refused");
}

#[tokio::test]
async fn an_answer_to_the_other_request_of_the_same_login_is_refused() {
    let world = World::new("answer-crossed").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    let wallet = world.wallet();
    let by_link = wallet.fetch(&world, &open.link).await;
    let wrong = Wrong { nonce: Some(by_link.content().nonce.clone()), ..Wrong::default() };
    let answer = wallet.answer_wrong(&world, open.qr(), wrong).await;
    assert_eq!(refusal(answer).await, (400, "presentation_refused".to_owned()));
}

#[tokio::test]
async fn an_answer_encrypted_to_another_requests_key_ends_nothing() {
    let world = World::new("answer-other-key").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    let wallet = world.wallet();
    let (by_qr, by_link) = (wallet.fetch(&world, open.qr()).await, wallet.fetch(&world, &open.link).await);
    let form = wallet.form(&world, &by_link, Wrong::default());
    let answer = post(&world, &by_qr, form).await;
    assert_eq!(refusal(answer).await, (400, "answer_malformed".to_owned()));
    assert_eq!(wallet.answer(&world, open.qr()).await.status(), 200);
}

#[tokio::test]
async fn an_answer_with_another_state_ends_nothing() {
    let world = World::new("answer-state").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    let wrong = Wrong { state: Some("s".repeat(43)), ..Wrong::default() };
    let answer = world.wallet().answer_wrong(&world, open.qr(), wrong).await;
    assert_eq!(refusal(answer).await, (400, "answer_malformed".to_owned()));
    assert_eq!(world.wallet().answer(&world, open.qr()).await.status(), 200);
}

#[tokio::test]
async fn nonsense_ends_nothing() {
    let world = World::new("answer-nonsense").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    let wallet = world.wallet();
    let request = wallet.fetch(&world, open.qr()).await;
    for form in [
        String::new(),
        "response=nonsense".to_owned(),
        "vp_token=%7B%7D".to_owned(),
        "error=access_denied&state=wrong".to_owned(),
        "response=a&response=b".to_owned(),
        encrypted(request.content(), "[]"),
        encrypted(request.content(), &"[".repeat(10_000)),
        encrypted(request.content(), r#"{"vp_token":{"identity":["a"]}}"#),
    ] {
        let answer = post(&world, &request, form).await;
        assert_eq!(refusal(answer).await, (400, "answer_malformed".to_owned()));
    }
    assert_eq!(wallet.answer(&world, open.qr()).await.status(), 200);
}

#[tokio::test]
async fn an_answer_after_the_page_expired_is_refused() {
    let world = World::new("answer-late").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    let wallet = world.wallet();
    let request = wallet.fetch(&world, open.qr()).await;
    let form = wallet.form(&world, &request, Wrong::default());
    world.hand.advance(180);
    assert_eq!(refusal(post(&world, &request, form).await).await, (410, "request_over".to_owned()));
}

#[tokio::test]
async fn a_card_by_an_unaccredited_issuer_is_refused() {
    let world = World::new("card-stranger").await;
    let card = Card { issuer: "stranger", status: Some((world.node.list("2"), 7)), ..world.card() };
    assert_eq!(refused_card(&world, card).await, "not_accredited");
}

#[tokio::test]
async fn a_card_by_an_office_that_nobody_knows_is_refused() {
    let world = World::new("card-unknown-office").await;
    let wallet = world.wallet();
    world.node.register().remove(&Key::Member("interior".parse().unwrap()));
    world.let_facts_age();
    assert_eq!(refused(&world, &wallet, Wrong::default()).await, "unknown_signer");
}

#[tokio::test]
async fn a_register_that_halts_within_its_grace_lets_people_in_and_the_page_says_so() {
    let world = World::new("halted-grace").await;
    world.halt_for(GRACE - 10);
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    assert!(open.page.contains("not being updated") && open.page.contains("9 minutes"));
    assert_eq!(world.wallet().answer(&world, open.qr()).await.status(), 200);
    open.code(&world, &browser).await;
}

#[tokio::test]
async fn the_first_page_says_whether_people_can_log_in() {
    let world = World::new("home").await;
    let home = async || world.http.get(world.url("/")).send().await.unwrap().text().await.unwrap();
    assert!(home().await.contains("Everything works"));
    world.halt_for(GRACE - 10);
    assert!(home().await.contains("not being updated"));
    world.halt_for(GRACE + 10);
    assert!(home().await.contains("nobody can log in"));
}

#[tokio::test]
async fn a_provider_that_could_not_read_the_register_does_not_say_that_all_is_well() {
    let world = World::without_register("home-unread").await;
    let home = world.http.get(world.url("/")).send().await.unwrap().text().await.unwrap();
    assert!(home.contains("nobody can log in") && !home.contains("Everything works"));
}

#[tokio::test]
async fn an_address_where_nothing_is_says_so_to_people_and_to_programs() {
    let world = World::new("nothing").await;
    let ask = async |accept: &str| {
        let answer = world.http.get(world.url("/nowhere")).header("accept", accept).send().await.unwrap();
        assert_eq!(answer.status(), 404);
        answer.text().await.unwrap()
    };
    assert!(ask("text/html").await.contains("There is nothing here"));
    assert!(ask("application/json").await.contains("\"code\":\"not_found\""));
}

#[tokio::test]
async fn a_card_by_a_suspended_member_is_refused() {
    let world = World::new("card-suspended-issuer").await;
    world.node.register().suspend("interior");
    world.let_facts_age();
    assert_eq!(refused_card(&world, world.card()).await, "suspended");
}

#[tokio::test]
async fn a_card_by_a_compromised_key_is_refused_whatever_date_it_bears() {
    let world = World::new("card-compromised").await;
    world.node.register().compromise("interior");
    world.let_facts_age();
    let card = Card { issued_at: world.now().minus(Duration::from_secs(30 * 86_400)), ..world.card() };
    assert_eq!(refused_card(&world, card).await, "key_compromised");
}

#[tokio::test]
async fn a_revoked_card_is_refused_from_the_moment_it_is_published() {
    let world = World::new("card-revoked").await;
    world.set_status(Status::Invalid);
    assert_eq!(refused_card(&world, world.card()).await, "revoked");
}

#[tokio::test]
async fn a_suspended_card_is_refused_and_accepted_again_when_reinstated() {
    let world = World::new("card-suspended").await;
    world.set_status(Status::Suspended);
    assert_eq!(refused_card(&world, world.card()).await, "suspended");
    world.set_status(Status::Valid);
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    assert_eq!(world.wallet().answer(&world, open.qr()).await.status(), 200);
}

#[tokio::test]
async fn a_card_with_a_status_of_the_issuers_own_is_refused() {
    let world = World::new("card-unknown-status").await;
    world.set_status(Status::from_number(3));
    assert_eq!(refused_card(&world, world.card()).await, "status_unknown");
}

#[tokio::test]
async fn a_card_whose_list_cannot_be_fetched_is_refused() {
    let world = World::new("list-unreachable").await;
    world.node.register().lists_answer = false;
    assert_eq!(refused_card(&world, world.card()).await, "status_unreachable");
}

#[tokio::test]
async fn a_card_whose_list_is_not_anchored_is_refused() {
    let world = World::new("list-not-anchored").await;
    let uri = world.node.list("1");
    world.node.register().remove(&Key::status(&uri, MEDIA_TYPE));
    world.let_facts_age();
    assert_eq!(refused_card(&world, world.card()).await, "status_not_anchored");
}

#[tokio::test]
async fn a_list_older_than_the_anchored_one_is_refused() {
    let world = World::new("list-older").await;
    world.hand.advance(1);
    let (uri, now) = (world.node.list("1"), world.now());
    {
        let mut register = world.node.register();
        let newer = register.list_token("interior", &uri, 7, Status::Invalid, now);
        register.anchor("interior", &uri, &newer, now);
    }
    assert_eq!(refused_card(&world, world.card()).await, "status_not_anchored");
}

#[tokio::test]
async fn a_list_of_another_issuer_is_refused() {
    let world = World::new("list-foreign").await;
    let card = Card { status: Some((world.node.list("2"), 7)), ..world.card() };
    assert_eq!(refused_card(&world, card).await, "status_not_anchored");
}

#[tokio::test]
async fn a_place_beyond_the_list_is_refused() {
    let world = World::new("list-beyond").await;
    let card = Card { status: Some((world.node.list("1"), 1 << 40)), ..world.card() };
    assert_eq!(refused_card(&world, card).await, "status_untrue");
}

#[tokio::test]
async fn an_expired_card_is_refused() {
    let world = World::new("card-expired").await;
    let card = Card { expires_at: world.now().minus(Duration::from_secs(120)), ..world.card() };
    assert_eq!(refused_card(&world, card).await, "card_expired");
}

#[tokio::test]
async fn a_card_that_was_tampered_with_is_refused() {
    let world = World::new("card-tampered").await;
    let (one, two) = (world.wallet(), world.wallet());
    let wallet = one.with_signature_of(&two);
    assert_eq!(refused(&world, &wallet, Wrong::default()).await, "presentation_refused");
}

#[tokio::test]
async fn a_register_that_halts_beyond_its_grace_lets_nobody_in_and_the_page_says_so() {
    let world = World::new("halted").await;
    world.halt_for(GRACE + 1);
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    assert!(!open.page.contains("you can log in"), "the page promises what is not so");
    assert!(open.page.contains("nobody can log in"));
    assert_eq!(refused_card(&world, world.card()).await, "proof_too_old");
    let open = Asked::new(&world, "bank").with("ui_locales", "zh").open(&world, &browser).await;
    assert!(open.page.contains("暂时无法登录"));
}
