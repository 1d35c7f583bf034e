//! `cargo xtask bench NAME`, of app, credential, registry or wallet: figures beside their limit or a peer, each measured
//! in the same run.

mod app;
mod credential;
mod registry;
mod wallet;

use anyhow::Result;
use serde::{Deserialize, Serialize};

/// What can be measured: its name, what the table is about, and how.
type Bench = (&'static str, &'static str, fn() -> Result<Vec<Row>>);

const BENCHES: [Bench; 4] = [
    ("app", app::TITLE, app::run),
    ("credential", credential::TITLE, credential::run),
    ("registry", registry::TITLE, registry::run),
    ("wallet", wallet::TITLE, wallet::run),
];

/// The names of what can be measured.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    BENCHES.iter().map(|(name, _, _)| *name)
}

/// One figure. `ratio` is to `reference`; `bound` says on which side of `target` a good ratio lies.
#[derive(Serialize, Deserialize)]
struct Row {
    name: String,
    value: f64,
    unit: String,
    reference: Option<f64>,
    ratio: Option<f64>,
    bound: Option<String>,
    target: Option<f64>,
    met: Option<bool>,
}

/// Measures what `name` names and prints a table, or one JSON object a line.
///
/// # Errors
/// When something cannot be built, started or measured. A target that is missed is no error: it is shown.
pub(crate) fn run(name: &str, json: bool) -> Result<()> {
    for (_, title, measure) in BENCHES.iter().filter(|(known, _, _)| *known == name) {
        let rows = measure()?;
        if json {
            rows.iter().try_for_each(|row| serde_json::to_string(row).map(|line| println!("{line}")))?;
        } else {
            println!("{title:<72} {:>10} {:<6} {:>10} {:>7}  target", "value", "unit", "reference", "ratio");
            rows.iter().for_each(Row::print);
        }
    }
    Ok(())
}

impl Row {
    /// A figure beside its limit, where it has one.
    fn within(name: &str, value: f64, unit: &str, limit: Option<f64>) -> Self {
        let (ratio, target) = (limit.map(|limit| value / limit), limit.map(|_| 1.0));
        let met = ratio.map(|ratio| ratio <= 1.0);
        let bound = limit.map(|_| "at most".to_owned());
        Self {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            reference: limit,
            ratio,
            bound,
            target,
            met,
        }
    }

    fn print(&self) {
        let number =
            |number: Option<f64>, places: usize| number.map(|n| format!("{n:.places$}")).unwrap_or_default();
        let (reference, ratio) = (number(self.reference, 2), number(self.ratio, 2));
        let target = match (&self.bound, self.target, self.met) {
            (Some(bound), Some(target), Some(true)) => format!("{bound} {target}"),
            (Some(bound), Some(target), _) => format!("{bound} {target}: missed"),
            _ => String::new(),
        };
        let Self { name, value, unit, .. } = self;
        println!("{name:<72} {value:>10.3} {unit:<6} {reference:>10} {ratio:>7}  {target}");
    }
}
