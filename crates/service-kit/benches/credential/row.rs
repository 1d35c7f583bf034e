//! One figure beside what it is held against.

use serde_json::{Value, json};

/// Which side of the target is good.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
}

/// A figure, and its ratio to a reference of the same run.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) reference: Option<f64>,
    pub(crate) ratio: Option<f64>,
    pub(crate) target: Option<Target>,
}

impl Row {
    /// A figure that stands for itself.
    pub(crate) fn plain(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, reference: None, ratio: None, target: None }
    }

    /// A figure that must not exceed `limit`, which is in the same unit.
    pub(crate) fn limited(name: impl Into<String>, value: f64, unit: &'static str, limit: f64) -> Self {
        let (ratio, target) = (Some(value / limit), Some(Target::AtMost(1.0)));
        Self { name: name.into(), value, unit, reference: Some(limit), ratio, target }
    }

    pub(crate) fn to_json(&self) -> Value {
        let (bound, target) = match self.target {
            None => (None, None),
            Some(Target::AtMost(target)) => (Some("at most"), Some(target)),
            Some(Target::AtLeast(target)) => (Some("at least"), Some(target)),
        };
        let met = self.target.zip(self.ratio).map(|(target, ratio)| match target {
            Target::AtMost(most) => ratio <= most,
            Target::AtLeast(least) => ratio >= least,
        });
        json!({
            "name": self.name, "value": self.value, "unit": self.unit, "reference": self.reference,
            "ratio": self.ratio, "bound": bound, "target": target, "met": met,
        })
    }
}
