//! Config section `[domains]`.

use super::criteria::{Rule, Wording};
use base::Time;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

const DAY: i64 = 86_400;

/// The block list of domains.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct DomainsConfig {
    /// Wording of the criteria: new (the Baseline criteria) or old (younger than 13, severe, online within three months).
    pub rule: Wording,
    /// A rule file of your own in place of the wordings that ship, TOML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_file: Option<PathBuf>,
    /// Days after which two agencies have to confirm a listing again. Default 90.
    pub review_days: u32,
    /// Days after that until what was not confirmed again is taken off the list by itself. Default 30.
    pub grace_days: u32,
    /// Days between two looks whether what was found on a listed domain is still there. Default 14.
    pub recheck_days: u32,
    /// Days within which a complaint is decided. Default 7.
    pub complaint_days: u32,
    /// Most complaints that are taken in an hour. Default 200.
    pub complaints_an_hour: u32,
}

impl Default for DomainsConfig {
    fn default() -> Self {
        Self {
            rule: Wording::New,
            rule_file: None,
            review_days: 90,
            grace_days: 30,
            recheck_days: 14,
            complaint_days: 7,
            complaints_an_hour: 200,
        }
    }
}

/// The block list's settings with its rule read.
#[derive(Clone, Debug)]
pub struct Domains {
    /// Settings.
    pub config: DomainsConfig,
    /// The criteria.
    pub rule: Rule,
}

impl Domains {
    /// Reads the rule that the settings name.
    ///
    /// # Errors
    /// The rule file cannot be read, or says what no rule may.
    pub fn new(config: DomainsConfig) -> Result<Self, String> {
        let text = match &config.rule_file {
            None => config.rule.file().to_owned(),
            Some(path) => std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?,
        };
        Ok(Self { rule: Rule::read(&text)?, config })
    }

    /// When a listing confirmed now has to be confirmed again.
    pub(super) fn due(&self, now: Time) -> Time {
        now.plus_seconds(i64::from(self.config.review_days) * DAY)
    }

    /// When the round of review began that ends at a time.
    pub(super) fn round_began(&self, due: Time) -> Time {
        due.plus_seconds(-i64::from(self.config.review_days) * DAY)
    }

    /// When what was due then is taken off the list.
    pub fn over(&self, due: Time) -> Time {
        due.plus_seconds(i64::from(self.config.grace_days) * DAY)
    }

    /// When it is looked again whether it is still there.
    pub(super) fn recheck(&self, now: Time) -> Time {
        now.plus_seconds(i64::from(self.config.recheck_days) * DAY)
    }

    /// When a complaint that comes in now is to be decided.
    pub(super) fn answer(&self, now: Time) -> Time {
        now.plus_seconds(i64::from(self.config.complaint_days) * DAY)
    }
}
