//! `cargo xtask bench wallet`: what a wallet with 1,000 cards costs beside its limits. One JSON object a line;
//! `xtask` makes a table of them.
//!
//! The register, the relying party and the cards are those of the tests.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a measurement that cannot go on says why")]
#![allow(dead_code, reason = "the tests' world has more in it")]

#[path = "../tests/wallet/register.rs"]
mod register;
#[path = "../tests/wallet/server.rs"]
mod server;
#[path = "../tests/wallet/world.rs"]
mod world;

use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use credential::time::UnixTime;
use openid4vc::vp::dcql::Query;
use serde_json::{Value, json};

use register::{Register, VCT};
use server::{Page, Server};
use world::{Asking, Home, person};

/// Cards in the wallet.
const CARDS: u64 = 1000;
/// Runs, of which the median counts.
const ROUNDS: usize = 15;

/// The moment of every figure.
fn now() -> UnixTime {
    UnixTime::from_secs(1_800_000_000)
}

fn main() {
    let asking = Asking::new("http://127.0.0.1:1");
    let same = wallet_of("bench-same", &asking, |_| VCT.to_owned());
    let mixed = wallet_of("bench-mixed", &asking, |number| {
        if number % 50 == 0 { VCT.to_owned() } else { format!("urn:example:{number}") }
    });
    let figures = [
        limited("match a query over 1,000 cards of 981 types", match_millis(&mixed), 5.0, "ms"),
        limited(
            "match a query over 1,000 cards, all of the type that is asked for",
            match_millis(&same),
            5.0,
            "ms",
        ),
        limited(
            "present: from the link to the first byte of the answer, 1,000 cards",
            present_millis(),
            100.0,
            "ms",
        ),
        limited("unlock, without the derivation of the key, 1,000 cards", unlock_millis(&same), 50.0, "ms"),
        limited("list 1,000 cards", measure(|| drop(same.wallet.cards().unwrap())), 50.0, "ms"),
        json!({"name": "peak memory of all of this", "value": peak_megabytes(), "unit": "MB"}),
    ];
    figures.iter().for_each(|figure| println!("{figure}"));
}

/// A wallet with [`CARDS`] cards, each of the type that its number has.
fn wallet_of(name: &str, asking: &Asking, vct: impl Fn(u64) -> String) -> Home {
    let home = Home::new(name, &Register::new(now()));
    for number in 0..CARDS {
        let mut claims = person();
        claims["family_name"] = json!(format!("Okafor {number}"));
        claims["address"] =
            json!({"locality": "Port", "street_address": format!("Quay {number}"), "country": "XS"});
        claims["nationalities"] = json!(["XS", "XT"]);
        home.keep(&format!("card-{number:04}"), &vct(number), &claims, 1, &asking.issuer);
    }
    home
}

/// A query of the usual kind, with a value that few cards have.
fn query() -> Query {
    let query = json!({"credentials": [{"id": "card", "format": "dc+sd-jwt", "meta": {"vct_values": [VCT]},
        "claims": [{"path": ["given_name"]}, {"path": ["family_name"], "values": ["Okafor 950"]},
            {"path": ["address", "locality"]}, {"path": ["nationalities", null], "values": ["XT"]}]}]});
    Query::parse(&query).unwrap()
}

fn match_millis(home: &Home) -> f64 {
    let query = query();
    measure(|| assert_eq!(home.wallet.cards_for(&query).unwrap()["card"].len(), 1))
}

/// From reading the link to the moment at which the other side has the whole answer.
fn present_millis() -> f64 {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || serve(&send));
    let asking: Asking = receive.recv().unwrap();
    let home = wallet_of("bench-present", &asking, |_| VCT.to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let link = asking.link();
    measure(|| {
        runtime.block_on(async {
            let asked = home.wallet.look_at_request(&link).await.unwrap();
            drop(home.wallet.share(asked).await.unwrap());
        });
    })
}

/// The relying party, in a thread of its own: its work is not the wallet's.
fn serve(made: &std::sync::mpsc::Sender<Asking>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::start(|origin| {
            let asking = Asking::new(origin);
            let request = asking.signed();
            made.send(asking).unwrap();
            Box::new(move |got| {
                Some(Page::new(200, if got.path == "/request" { request.as_str() } else { "{}" }))
            })
        })
        .await;
        std::future::pending::<()>().await;
        drop(server);
    });
}

/// The whole of it, less what the key derivation takes by itself.
fn unlock_millis(home: &Home) -> f64 {
    let whole = measure(|| drop(home.unlock("135790").unwrap()));
    let parameters = Params::new(19 * 1024, 2, 1, Some(32)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    let derivation = measure(|| {
        let mut key = [0_u8; 32];
        argon2.hash_password_into(b"135790", &[7; 16], &mut key).unwrap();
    });
    (whole - derivation).max(0.0)
}

/// Milliseconds of processor time of one run, the median of [`ROUNDS`].
fn measure(mut work: impl FnMut()) -> f64 {
    work();
    let mut turn = || {
        let before = spent();
        work();
        (spent() - before).as_secs_f64() * 1e3
    };
    let mut turns: Vec<f64> = (0..ROUNDS).map(|_| turn()).collect();
    turns.sort_by(f64::total_cmp);
    turns[ROUNDS / 2]
}

/// Processor time that this thread has used. Linux brings the figure up to date when the thread yields.
fn spent() -> Duration {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts processor time");
    Duration::from_nanos(
        text.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("nanoseconds come first"),
    )
}

fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux counts memory");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    peak.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
}

fn limited(name: &str, value: f64, limit: f64, unit: &str) -> Value {
    json!({
        "name": name, "value": value, "unit": unit, "reference": limit, "ratio": value / limit,
        "bound": "at most", "target": 1.0, "met": value <= limit,
    })
}
