//! Metrics in the Prometheus text format.
//!
//! Names and label values come from the program or its routes, never from a request's contents, so
//! no personal data can become a label.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// Upper bounds of the histogram's buckets, in seconds.
const BOUNDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// All figures of one process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<Mutex<Figures>>);

#[derive(Debug, Default)]
struct Figures {
    counters: BTreeMap<(&'static str, String), u64>,
    gauges: BTreeMap<(&'static str, String), i64>,
    histograms: BTreeMap<(&'static str, String), Histogram>,
}

#[derive(Debug, Default)]
struct Histogram {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum: f64,
}

impl Metrics {
    /// Counts one event.
    pub fn count(&self, name: &'static str, labels: &[(&'static str, &str)]) {
        *self.figures().counters.entry((name, label_text(labels))).or_default() += 1;
    }

    /// Sets a figure that goes up and down.
    pub fn set(&self, name: &'static str, labels: &[(&'static str, &str)], value: i64) {
        self.figures().gauges.insert((name, label_text(labels)), value);
    }

    /// Records how long something took.
    pub fn observe(&self, name: &'static str, labels: &[(&'static str, &str)], seconds: f64) {
        let mut figures = self.figures();
        let histogram = figures.histograms.entry((name, label_text(labels))).or_default();
        histogram.count += 1;
        histogram.sum += seconds;
        for (bucket, bound) in histogram.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(seconds <= bound);
        }
    }

    /// Everything, as Prometheus reads it.
    pub fn render(&self) -> String {
        let figures = self.figures();
        let mut text = String::new();
        let mut typed = "";
        for ((name, labels), value) in &figures.counters {
            heading(&mut text, &mut typed, name, "counter");
            let _ = writeln!(text, "{name}{} {value}", braces(labels, ""));
        }
        for ((name, labels), value) in &figures.gauges {
            heading(&mut text, &mut typed, name, "gauge");
            let _ = writeln!(text, "{name}{} {value}", braces(labels, ""));
        }
        for ((name, labels), histogram) in &figures.histograms {
            heading(&mut text, &mut typed, name, "histogram");
            for (count, bound) in histogram.buckets.iter().zip(BOUNDS) {
                let _ = writeln!(text, "{name}_bucket{} {count}", braces(labels, &format!("le=\"{bound}\"")));
            }
            let _ = writeln!(text, "{name}_bucket{} {}", braces(labels, "le=\"+Inf\""), histogram.count);
            let _ = writeln!(text, "{name}_sum{} {}", braces(labels, ""), histogram.sum);
            let _ = writeln!(text, "{name}_count{} {}", braces(labels, ""), histogram.count);
        }
        text
    }

    fn figures(&self) -> std::sync::MutexGuard<'_, Figures> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn heading<'a>(text: &mut String, typed: &mut &'a str, name: &'a str, kind: &str) {
    if *typed != name {
        let _ = writeln!(text, "# TYPE {name} {kind}");
        *typed = name;
    }
}

fn label_text(labels: &[(&'static str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in labels {
        let separator = if text.is_empty() { "" } else { "," };
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(text, "{separator}{name}=\"{escaped}\"");
    }
    text
}

fn braces(labels: &str, more: &str) -> String {
    match (labels.is_empty(), more.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("{{{labels}}}"),
        (true, false) => format!("{{{more}}}"),
        (false, false) => format!("{{{labels},{more}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rendered_with_their_kind() {
        let metrics = Metrics::default();
        metrics.count("requests_total", &[("status", "200")]);
        metrics.count("requests_total", &[("status", "200")]);
        metrics.set("height", &[], 7);
        metrics.observe("took_seconds", &[], 0.004);
        let text = metrics.render();
        assert!(text.contains("# TYPE requests_total counter\nrequests_total{status=\"200\"} 2\n"));
        assert!(text.contains("height 7\n"));
        assert!(text.contains("took_seconds_bucket{le=\"0.0025\"} 0\n"));
        assert!(text.contains("took_seconds_bucket{le=\"0.005\"} 1\n"));
        assert!(text.contains("took_seconds_count 1\n"));
    }
}
