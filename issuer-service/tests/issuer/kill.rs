//! `kill -9` in the middle of the work: nothing acknowledged is lost, nothing is done twice.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use credential::sd_jwt_vc::Held;
use credential::status_list::Status;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::issue::status_of;
use crate::world::{Offer, PRE_AUTHORIZED, Wallet, World, copies_of, new_key};

/// What the issuer has acknowledged.
#[derive(Clone, Default)]
struct Acknowledged {
    redeemed: Vec<Offer>,
    issued: Vec<(String, Vec<String>)>,
    /// The credential, and its copies.
    revoked: Vec<(String, Vec<String>)>,
}

/// Offers, takes up, fetches and revokes until the issuer no longer answers.
async fn work(world: &World, acknowledged: &Mutex<Acknowledged>) -> Option<()> {
    loop {
        let body = json!({ "type": "urn:eudi:pid:xs:1", "person": crate::world::PERSON, "code": true });
        let answer = post(world, "/api/offers", &body).await?;
        let link = url::Url::parse(answer["offer_uri"].as_str()?).ok()?;
        let offer: Value = serde_json::from_str(&link.query_pairs().next()?.1).ok()?;
        let offer = Offer {
            id: answer["id"].as_str()?.to_owned(),
            grant: offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"].as_str()?.to_owned(),
            code: answer["code"].as_str()?.to_owned(),
            link: link.into(),
        };
        let wallet = Wallet::new();
        let form = [
            ("grant_type", PRE_AUTHORIZED),
            ("pre-authorized_code", offer.grant.as_str()),
            ("tx_code", offer.code.as_str()),
        ];
        let proof = wallet.dpop(&world.url("/token"), None, world.now());
        let answer =
            world.http.post(world.url("/token")).header("DPoP", proof).form(&form).send().await.ok()?;
        let token = answer.json::<Value>().await.ok()?["access_token"].as_str()?.to_owned();
        let id = offer.id.clone();
        acknowledged.lock().unwrap().redeemed.push(offer);

        let nonce = world.http.post(world.url("/nonce")).send().await.ok()?.json::<Value>().await.ok()?;
        let request = world.request(&[new_key(), new_key()], nonce["c_nonce"].as_str()?);
        let proof = wallet.dpop(&world.url("/credential"), Some(&token), world.now());
        let ask = world.http.post(world.url("/credential")).header("Authorization", format!("DPoP {token}"));
        let answer = ask.header("DPoP", proof).json(&request).send().await.ok()?;
        let copies = copies_of(&answer.json::<Value>().await.ok()?);
        acknowledged.lock().unwrap().issued.push((id.clone(), copies.clone()));

        let state = world.http.get(world.url(&format!("/api/offers/{id}"))).bearer_auth(&world.api_token);
        let state: Value = state.send().await.ok()?.json().await.ok()?;
        let credential = state["credential"].as_str()?.to_owned();
        if credential.as_bytes()[0].is_multiple_of(3) {
            post(world, &format!("/api/credentials/{credential}/revoke"), &json!({})).await?;
            acknowledged.lock().unwrap().revoked.push((credential, copies));
        }
    }
}

async fn post(world: &World, path: &str, body: &Value) -> Option<Value> {
    let request = world.http.post(world.url(path)).bearer_auth(&world.api_token).json(body);
    request.send().await.ok()?.json().await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_nine_and_is_not_done_twice() {
    let mut world = World::of_process("kill").await;
    let acknowledged = Mutex::new(Acknowledged::default());
    for round in 1..=3 {
        let enough = async {
            while acknowledged.lock().unwrap().issued.len() < 6 * round {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let at_work = async {
            tokio::join!(
                work(&world, &acknowledged),
                work(&world, &acknowledged),
                work(&world, &acknowledged)
            )
        };
        tokio::select! {
            () = enough => {}
            _ = at_work => panic!("the issuer stopped by itself"),
        }
        world.kill();
        world.start().await;
        let so_far = acknowledged.lock().unwrap().clone();
        check(&world, &so_far).await;
    }
}

/// Renews until the issuer no longer answers; gives what was acknowledged last.
async fn renew(world: &World, wallet: &Wallet, mut refresh: String, count: &Mutex<u32>) -> String {
    loop {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        let proof = wallet.dpop(&world.url("/token"), None, world.now());
        let ask = world.http.post(world.url("/token")).header("DPoP", proof).form(&form);
        let Ok(answer) = ask.send().await else { return refresh };
        assert_eq!(answer.status(), StatusCode::OK, "a wallet is locked out");
        let Ok(answer) = answer.json::<Value>().await else { return refresh };
        answer["refresh_token"].as_str().unwrap().clone_into(&mut refresh);
        *count.lock().unwrap() += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wallet_that_renews_while_its_issuer_is_killed_is_not_locked_out() {
    let mut world = World::of_process("kill-renew").await;
    let wallet = Wallet::new();
    let (_, given) = crate::renew::first(&world, &wallet).await;
    let mut refresh = given.refresh;
    for round in 1..=4 {
        let count = Mutex::new(0);
        let enough = async {
            while *count.lock().unwrap() <= round {
                tokio::task::yield_now().await;
            }
            world.process_id()
        };
        let renewing = renew(&world, &wallet, refresh.clone(), &count);
        let (last, ()) = tokio::join!(renewing, async {
            let process = enough.await;
            let killed = std::process::Command::new("kill").args(["-9", &process.to_string()]).status();
            assert!(killed.unwrap().success());
        });
        refresh = last;
        world.kill();
        world.start().await;
    }
    crate::renew::renewed(&world, &wallet, &refresh).await;
}

async fn check(world: &World, acknowledged: &Acknowledged) {
    let mut places = BTreeSet::new();
    for (offer, copies) in &acknowledged.issued {
        let state = world.api_get(&format!("/api/offers/{offer}")).await;
        let credential = state["credential"].as_str().unwrap();
        let kept = world.api_get(&format!("/api/credentials/{credential}")).await;
        assert_eq!(kept["copies"], copies.len());
        for copy in copies {
            let status = Held::parse(copy).unwrap().status().unwrap().clone();
            assert!(places.insert((status.uri, status.index)), "two copies share a place");
        }
    }
    for (credential, copies) in &acknowledged.revoked {
        let kept = world.api_get(&format!("/api/credentials/{credential}")).await;
        assert_eq!(kept["state"], "revoked");
        for copy in copies {
            assert_eq!(status_of(world, copy).await, Status::Invalid, "a revocation is not published");
        }
    }
    for offer in acknowledged.redeemed.iter().rev().take(5) {
        let again = world.token(&Wallet::new(), offer, &offer.code).await;
        assert_eq!(again.status(), StatusCode::BAD_REQUEST, "a code was redeemed twice");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fullest_log_of_a_whole_flow_names_nobody_and_holds_no_secret() {
    let world = World::of_process("log").await;
    let (offer, copies) = world.receive(2).await;
    let found = post(&world, "/api/credentials/find", &json!({ "person": crate::world::PERSON })).await;
    let id = found.unwrap()["credentials"][0]["id"].as_str().unwrap().to_owned();
    post(&world, &format!("/api/credentials/{id}/revoke"), &json!({})).await.unwrap();
    let _ = world.token(&Wallet::new(), &offer, &offer.code).await;
    let log = world.log();
    assert!(log.contains("card issued"), "the log is not there");
    let copy = copies[0].split('~').next().unwrap();
    for secret in
        [crate::world::PERSON, "Lindqvist", "1987-04-12", &offer.grant, &offer.code, copy, &world.api_token]
    {
        assert!(!log.contains(secret));
    }
}
