//! Who takes part and what was agreed, and the page of partners to whom nothing has been sent.

use super::{
    base::Base,
    words::{all_of, any_of, t, t1, t2, word},
};
use askama::Template;

/// A member of the exchange.
#[derive(Clone, Debug, Default)]
pub struct OrganisationRow {
    /// Its name.
    pub name: String,
    /// Word: `hotline`, `lea`, `interpol`, `asp`, `network`.
    pub kind: String,
    /// Its country, where it has one.
    pub country: Option<String>,
    /// Whether it is the reader's own.
    pub own: bool,
}

/// An agreement in the list.
#[derive(Clone, Debug, Default)]
pub struct AgreementRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of the hotline.
    pub hotline: String,
    /// Name of the LEA.
    pub lea: String,
    /// Newest version.
    pub version: u64,
    /// Word of `agreement`: `draft`, `half_signed`, `signed`, `discarded`, `to_come`, `in_force`, `ended`, `suspended`.
    pub status: String,
    /// From when it is valid.
    pub valid_from: String,
    /// Until when; nothing: open.
    pub valid_until: Option<String>,
}

/// The network.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "network/overview.html")]
pub struct NetworkPage {
    /// The frame.
    pub base: Base,
    /// All members.
    pub organisations: Vec<OrganisationRow>,
    /// Agreements the reader may see; nothing for those who see none.
    pub agreements: Option<Vec<AgreementRow>>,
    /// Whether the reader may draft one.
    pub may_draft: bool,
}

/// One version of an agreement.
#[derive(Clone, Debug, Default)]
pub struct VersionView {
    /// Its number.
    pub version: u64,
    /// From when it is valid.
    pub valid_from: String,
    /// Until when; nothing: open.
    pub valid_until: Option<String>,
    /// When the hotline signed.
    pub hotline_signed: Option<String>,
    /// When the LEA signed.
    pub lea_signed: Option<String>,
    /// When the secretariat countersigned.
    pub network_signed: Option<String>,
    /// When a newer version takes its place.
    pub replaced: Option<String>,
    /// Word of `agreement`: `draft`, `half_signed`, `signed`, `discarded`, `to_come`, `in_force`, `ended`, `suspended`.
    pub status: String,
    /// Whether its clauses are the ones shown.
    pub shown: bool,
}

/// One clause. The page says it in sentences.
#[derive(Clone, Debug, Default)]
pub struct LaneView {
    /// Its number in the signed text.
    pub clause: String,
    /// Word: `home`, `member`, `elsewhere`.
    pub hosting: String,
    /// Words of `class`.
    pub classes: Vec<String>,
    /// Words of `age`; none: any.
    pub ages: Vec<String>,
    /// Word: `any`, `known`, `new`.
    pub novelty: String,
    /// Words of `site`; none: any.
    pub sites: Vec<String>,
    /// Word: `any`, `real`, `synthetic`.
    pub synthetic: String,
    /// Word: `any_member_baseline`, `own_assessment`.
    pub informed_on: String,
    /// Word: `metadata`, `item`, `page`, `series`.
    pub width: String,
    /// Whether the files open.
    pub media: bool,
    /// Word: `hotline`, `police`, `partner`.
    pub notice_by: String,
    /// Hours to wait after the LEA was told.
    pub notice_after_hours: u32,
    /// Word: `none`, `oral`, `oral_then_written`, `written`.
    pub approval: String,
    /// Deadline of the first approval in hours.
    pub approval_hours: u32,
    /// Deadline of the paper in hours, where it follows the word; 0: none.
    pub written_hours: u32,
    /// Days that content may be held; 0: no holds.
    pub hold_days: u32,
    /// Words: `icse`, `iwol`, `hash_list`.
    pub onward: Vec<String>,
    /// Days after which an outcome is due; 0: none.
    pub outcome_days: u32,
    /// Days after which what was disclosed is erased.
    pub retention_days: u32,
}

impl LaneView {
    /// For which items the clause is, in one sentence.
    pub fn what(&self) -> String {
        let novelty = word("lane-novelty", &self.novelty);
        let what = t2("lane-what", "novelty", novelty, "classes", any_of("class", &self.classes));
        let mut what = format!("{what} {}", word("lane-hosting", &self.hosting));
        if !self.sites.is_empty() {
            what = t2("lane-sites", "what", what, "sites", any_of("site", &self.sites));
        }
        if self.synthetic != "any" {
            what = t2("lane-synthetic", "what", what, "how", word("draft-synthetic", &self.synthetic));
        }
        if self.ages.is_empty() {
            t1("lane-any-age", "what", what)
        } else {
            t2("lane-ages", "what", what, "ages", any_of("age", &self.ages))
        }
    }

    /// What the LEA gets.
    pub fn gets(&self) -> String {
        let media = if self.media { t("lane-media-yes") } else { t("lane-media-no") };
        format!("{} {media}", word("lane-width", &self.width))
    }

    /// Who tells the host, and when.
    pub fn notice(&self) -> String {
        let by = word("lane-notice", &self.notice_by);
        if self.notice_after_hours == 0 {
            t1("lane-notice-at-once", "by", by)
        } else {
            t2("lane-notice-after", "by", by, "hours", self.notice_after_hours)
        }
    }

    /// What must be approved first.
    pub fn approval(&self) -> String {
        let what = word("lane-approval", &self.approval);
        match (self.approval.as_str(), self.approval_hours) {
            (_, 0) => what,
            // The hours are those of the spoken word; the paper has a time of its own.
            ("oral_then_written", hours) => {
                let paper = t1("lane-paper", "hours", self.written_hours);
                format!("{} {paper}", t1("lane-spoken-first", "hours", hours))
            }
            (_, hours) => t2("lane-within", "what", what, "hours", hours),
        }
    }

    /// Whether content may be left up for a time.
    pub fn hold(&self) -> String {
        if self.hold_days == 0 { t("lane-hold-none") } else { t1("lane-hold-days", "days", self.hold_days) }
    }

    /// Where the LEA may pass things on.
    pub fn passing_on(&self) -> String {
        if self.onward.is_empty() { t("lane-onward-none") } else { all_of("onward", &self.onward) }
    }

    /// When an outcome is due and when things are erased.
    pub fn duties(&self) -> String {
        let erased = t1("lane-retention", "days", self.retention_days);
        if self.outcome_days == 0 {
            erased
        } else {
            format!("{} {erased}", t1("lane-outcome", "days", self.outcome_days))
        }
    }
}
