//! `cargo xtask bench registry`: how long a transaction takes from submitted to provable, on four validators of this machine.
//!
//! Two rows of latency, one transaction after the other and at a steady rate, and what the validators use meanwhile.

use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::Row;
use crate::demo::members::Registrar;
use crate::demo::network::{NODES, Network};
use crate::http;
use crate::process::{root, show};

/// Transactions one after the other.
const ALONE: usize = 200;
/// Transactions in a second, and for how many seconds.
const RATE: usize = 200;
const SECONDS: usize = 10;
/// Connections that wait for answers.
const WAITERS: usize = 64;
/// Seconds in which nothing is asked of the validators.
const IDLE: Duration = Duration::from_secs(10);

/// What the table is about.
pub(crate) const TITLE: &str = "registry, 4 validators, fsync on, dev profile";

/// Measures.
///
/// # Errors
/// When the network cannot be started or refuses a transaction.
pub(crate) fn run() -> Result<Vec<Row>> {
    show("cargo", &["build", "--quiet", "-p", "registry-node"])?;
    let folder = root().join("target/bench");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let network = Network::found(&folder)?;
    network.wait_for_agreement(Duration::from_secs(30))?;
    measure(&network, &folder)
}

fn measure(network: &Network, folder: &Path) -> Result<Vec<Row>> {
    let registrar = Registrar::new(network, folder);
    let before = cpu(network)?;
    std::thread::sleep(IDLE);
    let idle = (cpu(network)? - before) / IDLE.as_secs_f64() / 4.0 * 100.0;

    let transactions = sign(&registrar, ALONE, "alone")?;
    let mut alone = transactions.iter().map(|one| submit(one, 0)).collect::<Result<Vec<_>>>()?;
    let transactions = sign(&registrar, RATE * SECONDS, "steady")?;
    let before = cpu(network)?;
    let (mut steady, took) = submit_steadily(&transactions)?;
    let busy = (cpu(network)? - before) / took.as_secs_f64() / 4.0 * 100.0;
    let count = f64::from(u32::try_from(steady.len())?);
    Ok(vec![
        Row::within("submitted to provable, one at a time, p50", ms(&mut alone, 50), "ms", Some(250.0)),
        Row::within("submitted to provable, one at a time, p99", ms(&mut alone, 99), "ms", Some(1000.0)),
        Row::within("submitted to provable, 200 a second, p50", ms(&mut steady, 50), "ms", Some(250.0)),
        Row::within("submitted to provable, 200 a second, p99", ms(&mut steady, 99), "ms", Some(1000.0)),
        Row::within("rate that was reached", count / took.as_secs_f64(), "tx/s", None),
        Row::within("CPU of a validator when idle", idle, "% core", None),
        Row::within("CPU of a validator at that rate", busy, "% core", None),
        Row::within("peak memory of a validator", memory(network)?, "MB", None),
    ])
}

/// Anchors of the founders' receipts, each for another period.
fn sign(registrar: &Registrar, count: usize, what: &str) -> Result<Vec<Value>> {
    let one = |number: usize| {
        let (member, _) = NODES[number % NODES.len()];
        let period = format!("{what}-{number}");
        let anchor = json!({ "anchor_receipts": { "period": period, "root": "A".repeat(43) } });
        Ok(serde_json::from_str(&registrar.sign("sign", member, &anchor)?)?)
    };
    (0..count).map(one).collect()
}

fn submit(transaction: &Value, node: usize) -> Result<Duration> {
    let (_, address) = NODES[node % NODES.len()];
    let begun = Instant::now();
    let answer =
        http::post(&format!("http://{address}:7100/v1/transactions"), None, transaction)?.success()?;
    ensure!(answer["state"] == "applied", "a transaction is not provable: {answer}");
    Ok(begun.elapsed())
}

/// Submits at [`RATE`], whatever the answers take; latency counts from the moment that was meant.
fn submit_steadily(transactions: &[Value]) -> Result<(Vec<Duration>, Duration)> {
    let begun = Instant::now();
    let (sender, receiver) = mpsc::channel();
    let step = Duration::from_secs(1) / u32::try_from(RATE)?;
    std::thread::scope(|scope| {
        for waiter in 0..WAITERS {
            let sender = sender.clone();
            scope.spawn(move || {
                for (number, transaction) in transactions.iter().enumerate().skip(waiter).step_by(WAITERS) {
                    let due = begun + step * u32::try_from(number).unwrap_or(u32::MAX);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    let _ = sender.send(submit(transaction, number).map(|_| due.elapsed()));
                }
            });
        }
    });
    drop(sender);
    let all = receiver.iter().collect::<Result<Vec<_>>>()?;
    Ok((all, begun.elapsed()))
}

/// The value that `percent` of `all` are not above, in milliseconds.
fn ms(all: &mut [Duration], percent: usize) -> f64 {
    all.sort_unstable();
    let place = (all.len() * percent).div_ceil(100).saturating_sub(1);
    all.get(place).map_or(f64::NAN, |duration| duration.as_secs_f64() * 1000.0)
}

/// Seconds of processor time that the validators have used.
fn cpu(network: &Network) -> Result<f64> {
    const TICKS: f64 = 100.0;
    let mut total = 0.0;
    for id in network.ids() {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        for place in [11, 12] {
            total += fields.get(place).context("no such field")?.parse::<f64>()? / TICKS;
        }
    }
    Ok(total)
}

/// The largest peak of resident memory among the validators, in megabytes.
fn memory(network: &Network) -> Result<f64> {
    let mut most = 0.0_f64;
    for id in network.ids() {
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak")?;
        most = most.max(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0);
    }
    Ok(most)
}
