//! The same presentation checked by npm `@sd-jwt/sd-jwt-vc`, in turn with ours. The command that starts the peer
//! is in `PEER`; without it, no row.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use credential::key::Algorithm;
use serde_json::json;

use crate::card::{Card, NONCE, NOW};
use crate::clock::{fill_turn, median, micros};
use crate::row::{Row, Target};
use crate::verify::{Issuers, check};

const ROUNDS: usize = 9;
/// Checks of the peer in one turn, and before the first, while its code is still being compiled.
const TURN: u32 = 300;
const WARM_UP: u32 = 1500;

pub(crate) fn rows() -> Vec<Row> {
    let Some(script) = std::env::var_os("PEER") else { return Vec::new() };
    let rows = [Algorithm::Es256, Algorithm::EdDsa].map(|algorithm| {
        // The peer would fetch a status list; looking at one is measured by itself.
        let card = Card { status: None, ..Card::new(algorithm) };
        let (token, mut issuers) = (card.present(), Issuers::default());
        let mut peer = Peer::start(&script, algorithm, &card, &token);
        let mut ours = || drop(check(&token, &card, &mut issuers));
        let count = fill_turn(&mut ours);
        let turns: Vec<(f64, f64)> =
            (0..ROUNDS).map(|_| (micros(count, &mut ours), peer.micros(TURN))).collect();
        Row {
            name: format!("check SD-JWT VC + KB, {}, times npm sd-jwt-vc", algorithm.name()),
            value: median(turns.iter().map(|(ours, _)| *ours)),
            unit: "us",
            reference: Some(median(turns.iter().map(|(_, peer)| *peer))),
            ratio: Some(median(turns.iter().map(|(ours, peer)| peer / ours))),
            target: Some(Target::AtLeast(6.0)),
        }
    });
    rows.into()
}

/// The peer's process: a number goes in, microseconds of its processor time for each of so many checks come out.
struct Peer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Peer {
    fn start(script: &std::ffi::OsStr, algorithm: Algorithm, card: &Card, token: &str) -> Self {
        let mut command = Command::new("node");
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("node is there");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut peer = Self { child, input, output };
        let issuer = card.issuer_key().to_jwk();
        let task = json!({
            "token": token, "issuer": issuer, "alg": algorithm.name(), "nonce": NONCE, "now": NOW.secs(),
        });
        peer.say(&task.to_string());
        peer.micros(WARM_UP);
        peer
    }

    fn micros(&mut self, count: u32) -> f64 {
        self.say(&count.to_string());
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the peer answers");
        line.trim().parse().expect("the peer counts")
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input, "{line}").expect("the peer listens");
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
