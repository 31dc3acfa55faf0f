//! The one shape of "your input cannot be used": which field, and a sentence that says why and what to do.

use std::fmt;

/// Input that was refused. `field` is the name a caller used; `reason` is lower case and has no full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Name of the field as the caller knows it, such as `hosting.country`.
    pub field: &'static str,
    /// Stable name of the rule, such as `unknown-country`; the end of the problem type URI.
    pub rule: &'static str,
    /// A sentence for a person.
    pub reason: String,
}

impl Refusal {
    /// A refusal of `field` under `rule`, with a sentence.
    pub fn new(field: &'static str, rule: &'static str, reason: impl Into<String>) -> Self {
        Self { field, rule, reason: reason.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}
