//! `kill -9` in the middle of many logins: nothing acknowledged is lost, nothing is given twice; and what the
//! process has logged by then holds nothing that it should not.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use crate::browser::{Asked, Browser, location, parameter};
use crate::wallet::Wallet;
use crate::world::World;

/// What the provider has acknowledged.
#[derive(Default)]
struct Acknowledged {
    given: Vec<(Asked, String)>,
    redeemed: Vec<(Asked, String, String)>,
    sessions: Vec<Browser>,
}

/// Logs in until the provider no longer answers.
async fn work(world: &World, wallet: &Wallet, acknowledged: &Mutex<Acknowledged>) {
    while log_in_once(world, wallet, acknowledged).await.is_some() {}
}

async fn log_in_once(world: &World, wallet: &Wallet, acknowledged: &Mutex<Acknowledged>) -> Option<()> {
    let (asked, browser) = (Asked::new(world, "library"), Browser::default());
    let mut address = url::Url::parse(&world.url("/authorize")).ok()?;
    address.query_pairs_mut().extend_pairs(&asked.parameters);
    let path = location(&browser.try_get(world, address.as_str()).await?).path().to_owned();
    let page = browser.try_get(world, &world.url(&path)).await?.text().await.ok()?;
    let link = page.split_once("data-request=\"")?.1.split_once('"')?.0.replace("&#38;", "&");
    let answer = wallet.try_answer(world, &link).await?;
    if answer.status() != 200 {
        return None;
    }
    let end = browser.try_get(world, &world.url(&format!("{path}/finish"))).await?;
    let code = parameter(&location(&end), "code")?;
    acknowledged.lock().unwrap().sessions.push(browser);
    if code.as_bytes()[0].is_multiple_of(2) {
        acknowledged.lock().unwrap().given.push((asked, code));
        return Some(());
    }
    let form = asked.redemption(&code);
    let request = asked.party.prove(world, world.http.post(world.url("/token")), form);
    let tokens: Value = request.send().await.ok()?.json().await.ok()?;
    let token = tokens["access_token"].as_str()?.to_owned();
    acknowledged.lock().unwrap().redeemed.push((asked, code, token));
    Some(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_nine_and_is_not_given_twice() {
    let mut world = World::of_process("kill").await;
    let wallet = world.wallet();
    for _ in 0..3 {
        let acknowledged = Mutex::new(Acknowledged::default());
        let enough = async {
            while acknowledged.lock().unwrap().redeemed.len() < 4
                || acknowledged.lock().unwrap().given.len() < 2
            {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let work = || work(&world, &wallet, &acknowledged);
        tokio::select! {
            () = enough => {}
            _ = async { tokio::join!(work(), work(), work()) } => panic!("the provider stopped by itself"),
        }
        world.kill();
        world.start().await;
        check(&world, acknowledged.into_inner().unwrap()).await;
    }
    check_log(&world);
}

async fn check(world: &World, acknowledged: Acknowledged) {
    for (asked, code) in &acknowledged.given {
        let (one, two) = tokio::join!(asked.redeem(world, code), asked.redeem(world, code));
        let mut statuses = [one.status().as_u16(), two.status().as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400], "a code was lost, or redeemed twice");
    }
    for (asked, code, token) in &acknowledged.redeemed {
        assert_eq!(asked.userinfo(world, token).await.status(), 200, "an access token was lost");
        assert_eq!(asked.redeem(world, code).await.status(), 400, "a code was redeemed twice");
    }
    for browser in &acknowledged.sessions {
        let asked = Asked::new(world, "library").with("prompt", "none");
        let url = location(&asked.authorize(world, browser).await);
        assert!(parameter(&url, "code").is_some(), "a session was lost");
    }
}

/// Names of people, tokens and identifiers of logins stand in no line and no metric.
fn check_log(world: &World) {
    let log = std::fs::read_to_string(world.log()).unwrap();
    assert!(log.contains("provider is up"));
    for secret in ["Maria", "Okafor", "L1\"", "eyJ", "response_code=", "code=", "their state", "their nonce"]
    {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
    let is_token = |word: &str| {
        word.len() == 43 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let found =
        log.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').find(|word| is_token(word));
    assert_eq!(found, None, "the log holds something that looks like a token");
}
