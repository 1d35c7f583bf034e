//! How a login ends: once, in time, and not after the person has cancelled it.

use crate::browser::{Asked, Browser, Open, location};
use crate::browsers::answered_here;
use crate::wallet::{Wrong, post};
use crate::world::World;

/// A wallet answers; the address at which the login ends then.
async fn answered(world: &World, open: &Open, by_link: bool) -> String {
    if by_link {
        return answered_here(world, &world.wallet(), &open.link).await;
    }
    assert_eq!(world.wallet().answer(world, open.qr()).await.status(), 200);
    world.url(&format!("/login/{}/finish", open.id))
}

#[tokio::test]
async fn a_login_is_finished_once() {
    let world = World::new("finished-twice").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    world.wallet().answer(&world, open.qr()).await;
    open.code(&world, &browser).await;
    let before = world.digest().await;
    let again = open.finish(&world, &browser).await;
    assert_eq!((again.status().as_u16(), again.headers().get("location")), (410, None));
    let page = browser.get(&world, &world.url(&format!("/login/{}", open.id))).await;
    assert!(!page.text().await.unwrap().contains("data-request"), "a finished login shows a code to scan");
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn an_answer_in_time_can_be_taken_for_a_minute_after_the_page_has_expired() {
    let world = World::new("taken-late").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    world.hand.advance(179);
    assert_eq!(world.wallet().answer(&world, open.qr()).await.status(), 200);
    world.hand.advance(60);
    open.code(&world, &browser).await;
}

#[tokio::test]
async fn an_answer_in_time_is_not_taken_after_that_minute() {
    let world = World::new("taken-too-late").await;
    for by_link in [false, true] {
        let browser = Browser::default();
        let open = Asked::new(&world, "bank").open(&world, &browser).await;
        let finish = answered(&world, &open, by_link).await;
        let before = world.digest().await;
        world.hand.advance(240);
        assert_eq!(open.state(&world, &browser).await, "expired");
        let page = browser.get(&world, &world.url(&format!("/login/{}", open.id))).await;
        assert!(page.text().await.unwrap().contains("open too long"));
        assert_eq!(open.error(&world, &browser.get(&world, &finish).await), "access_denied");
        assert_eq!(world.digest().await, before);
    }
}

#[tokio::test]
async fn a_login_that_was_cancelled_stays_so_though_a_wallet_had_answered() {
    let world = World::new("cancelled-after").await;
    for by_link in [false, true] {
        let browser = Browser::default();
        let open = Asked::new(&world, "bank").open(&world, &browser).await;
        let finish = answered(&world, &open, by_link).await;
        let before = world.digest().await;
        assert_eq!(open.error(&world, &open.cancel(&world, &browser).await), "access_denied");
        assert_eq!(open.state(&world, &browser).await, "refused");
        assert_eq!(open.error(&world, &browser.get(&world, &finish).await), "access_denied");
        assert_eq!(world.digest().await, before);
    }
}

#[tokio::test]
async fn a_login_that_is_cancelled_while_a_wallet_answers_gives_no_code() {
    let world = World::new("cancelled-race").await;
    for _ in 0..8 {
        let browser = Browser::default();
        let open = Asked::new(&world, "bank").open(&world, &browser).await;
        let wallet = world.wallet();
        let request = wallet.fetch(&world, open.qr()).await;
        let form = wallet.form(&world, &request, Wrong::default());
        let answer = post(&world, &request, form);
        let (cancelled, _) = tokio::join!(open.cancel(&world, &browser), answer);
        assert_eq!(open.error(&world, &cancelled), "access_denied");
        assert_eq!(open.error(&world, &open.finish(&world, &browser).await), "access_denied");
    }
}

#[tokio::test]
async fn a_login_whose_code_was_given_cannot_be_cancelled_any_more() {
    let world = World::new("cancelled-finished").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    world.wallet().answer(&world, open.qr()).await;
    let code = open.code(&world, &browser).await;
    let page = location(&open.cancel(&world, &browser).await);
    assert_eq!(page.path(), format!("/login/{}", open.id));
    assert_eq!(browser.get(&world, &world.url(page.path())).await.status(), 410);
    open.asked.tokens(&world, &code).await;
}

#[tokio::test]
async fn one_of_two_ends_at_once_gives_a_code() {
    let world = World::new("finish-race").await;
    for party in ["bank", "library"] {
        let browser = Browser::default();
        let open = Asked::new(&world, party).open(&world, &browser).await;
        world.wallet().answer(&world, open.qr()).await;
        let (one, two) = tokio::join!(open.finish(&world, &browser), open.finish(&world, &browser));
        let mut statuses = [one.status().as_u16(), two.status().as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 410], "{party}");
    }
}

#[tokio::test]
async fn a_login_that_no_wallet_has_answered_gives_nothing() {
    let world = World::new("unanswered").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    let before = world.digest().await;
    let answer = open.finish(&world, &browser).await;
    assert_eq!(location(&answer).path(), format!("/login/{}", open.id));
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_login_page_expires() {
    let world = World::new("page-expired").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    world.hand.advance(180);
    assert_eq!(open.state(&world, &browser).await, "expired");
    let page = browser.get(&world, &world.url(&format!("/login/{}", open.id))).await;
    assert!(!page.text().await.unwrap().contains("data-request"));
}
