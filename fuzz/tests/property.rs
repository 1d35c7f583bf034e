//! Every reader over changed seeds: a fixed number of inputs by a fixed sequence of steps.

use fuzz::change::Steps;
use fuzz::seeds::Seeds;
use fuzz::{TARGETS, target};

const INPUTS: usize = 3000;
/// Nobody publishes vectors of a list before it is written, nor of an issuer's metadata; documents that were issued
/// and not yet shown are larger than a seed may be.
const UNPUBLISHED: [&str; 3] = ["status_list_write", "issuer_metadata", "mdoc_issued"];

#[test]
fn no_input_makes_a_reader_break_its_word() {
    let vectors = Seeds::load();
    for target in TARGETS {
        let seeds = (target.seeds)(&vectors);
        let mut steps = Steps(1);
        let inputs = (0..INPUTS).map(|_| steps.input(&seeds));
        let accepted = inputs.filter(|input| (target.run)(input)).count();
        assert!(accepted < INPUTS, "{} accepts everything", target.name);
    }
}

#[test]
fn every_reader_begins_with_the_official_vectors() {
    let vectors = Seeds::load();
    if vectors.is_empty() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "the folder of vectors is missing");
        return;
    }
    for target in TARGETS.iter().filter(|target| !UNPUBLISHED.contains(&target.name)) {
        let (own, all) = ((target.seeds)(&Seeds::default()).len(), (target.seeds)(&vectors).len());
        assert!(all > own, "{} has only its own {own} seeds", target.name);
    }
}

#[test]
fn every_reader_accepts_some_of_its_seeds() {
    let vectors = Seeds::load();
    for target in TARGETS {
        let accepted = (target.seeds)(&vectors).iter().filter(|seed| (target.run)(seed)).count();
        assert!(accepted > 0, "{} accepts none of its seeds", target.name);
    }
}

#[test]
fn names_are_told_apart() {
    for one in TARGETS {
        assert_eq!(target(one.name).map(|found| found.run as usize), Some(one.run as usize));
    }
    assert!(target("nothing").is_none());
}
