//! The most memory that each work holds at once, in a process of its own.

use credential::key::Algorithm;

use crate::card::Card;
use crate::row::Row;
use crate::{document, status, verify};

/// A work by its name; the first is the process itself.
type Work = (&'static str, fn());

/// What is measured. Certificates, keys and token are made in each process, so the first row holds them too.
pub(crate) const WORK: [Work; 8] = [
    ("process with keys and a card", || drop(Card::new(Algorithm::Es256).present())),
    ("check SD-JWT VC + KB", || {
        let card = Card::new(Algorithm::Es256);
        drop(verify::check(&card.present(), &card, &mut verify::Issuers::default()));
    }),
    ("issue SD-JWT VC", || drop(Card::new(Algorithm::Es256).issue())),
    ("check a mobile document", || {
        let (card, session) = (Card::new(Algorithm::Es256), document::session());
        document::check(&document::answer(&card, &session), &card, &session);
    }),
    ("issue a mobile document", || drop(document::issue(&Card::new(Algorithm::Es256)))),
    ("status list of 1,000,000: build", || drop(status::build(&status::places(20)))),
    ("status list of 1,000,000: build and sign", || {
        drop(status::sign(&status::build(&status::places(20)), &Card::new(Algorithm::Es256)));
    }),
    ("status list of 1,000,000: build, sign, read", || {
        let card = Card::new(Algorithm::Es256);
        let token = status::sign(&status::build(&status::places(20)), &card);
        drop(status::read(&token, card.issuer_key()));
    }),
];

pub(crate) fn rows() -> Vec<Row> {
    let own = std::env::current_exe().expect("this program");
    let row = |(name, _): &Work| {
        let output = std::process::Command::new(&own).args(["--memory", name]).output().expect("started");
        let peak = String::from_utf8(output.stdout).ok().and_then(|text| text.trim().parse().ok());
        Row::plain(format!("peak memory, {name}"), peak.expect("a number"), "MB")
    };
    WORK.iter().map(row).collect()
}

/// Does the work and gives the process's peak of resident memory, in megabytes.
pub(crate) fn peak_of(name: &str) -> f64 {
    let (_, work) = WORK.iter().find(|(known, _)| *known == name).expect("a work of this name");
    work();
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux counts memory");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    peak.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
}
