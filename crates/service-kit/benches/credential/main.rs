//! `cargo xtask bench credential`: what checking, issuing and status lists cost, beside their limit or a peer
//! measured in the same run. One JSON object a line; `xtask` makes a table of them.
//!
//! A format more is a file of its own with a `rows`, named in [`FIGURES`], and its memory in [`memory::WORK`].

#![allow(clippy::expect_used, reason = "a measurement that cannot go on says why")]

mod card;
mod clock;
mod document;
mod issue;
mod memory;
mod peer;
mod row;
mod status;
mod verify;

use row::Row;

/// What is measured, in the order of the table.
const FIGURES: [fn() -> Vec<Row>; 6] =
    [verify::rows, document::rows, peer::rows, issue::rows, status::rows, memory::rows];

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--memory") {
        let name = arguments.next().expect("the name of a work");
        return println!("{}", memory::peak_of(&name));
    }
    FIGURES.iter().flat_map(|figures| figures()).for_each(|row| println!("{}", row.to_json()));
}
