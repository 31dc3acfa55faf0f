//! What one hotline and one LEA have signed: lanes, each a clause with its conditions and what follows from it. Kept as
//! data, read and written as TOML or JSON; unknown keys are refused, because an agreement must not say less than it seems.

use base::{AgeGroup, Class, Refusal, Width};
use serde::{Deserialize, Serialize};

/// The signed text as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// At most 64 lanes.
    pub lanes: Vec<Lane>,
}

/// One clause: for which items it is, and what the LEA gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    /// Number of the clause in the signed text, such as `2.1`.
    pub clause: String,
    /// Where the item is hosted, as the hotline sees it.
    pub hosting: Hosting,
    /// Which classes; `not_illegal` is never disclosed.
    pub classes: Vec<Class>,
    /// Which age groups; empty for any.
    #[serde(default)]
    pub ages: Vec<AgeGroup>,
    /// Files known before, new ones, or both.
    #[serde(default)]
    pub novelty: Novelty,
    /// Whose judgement is enough.
    pub informed_on: InformedOn,
    /// How much of the report opens.
    pub width: Width,
    /// Whether the files themselves may be looked at, or only facts about them.
    pub media: bool,
    /// Who tells the host to take it down, and when.
    pub host_notice: HostNotice,
    /// What must be approved before the host is told.
    #[serde(default)]
    pub approval: Approval,
    /// Days that the LEA may ask to leave content up; 0: no holds.
    #[serde(default)]
    pub hold_days: u32,
    /// What the LEA may pass on to.
    #[serde(default)]
    pub onward: Onward,
    /// Days after which an outcome is due; 0: none is owed.
    #[serde(default)]
    pub outcome_days: u32,
    /// Days after which what was disclosed is erased at the LEA's side of the exchange.
    pub retention_days: u32,
}

/// Where an item is hosted, seen from the hotline that is party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hosting {
    /// In the hotline's own country.
    Home,
    /// In a country with another member hotline.
    Member,
    /// In a country without one, or nobody knows where.
    Elsewhere,
}

/// Whether the file was known before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Novelty {
    /// Either.
    #[default]
    Any,
    /// Assessed before.
    Known,
    /// Seen for the first time.
    New,
}

/// Whose judgement is enough to inform the LEA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InformedOn {
    /// Any member hotline's baseline judgement; `national` still needs the party hotline's own.
    AnyMemberBaseline,
    /// Only the party hotline's own judgement or confirmation.
    OwnAssessment,
}

/// Who tells the host, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostNotice {
    /// Who does it.
    pub by: Notifier,
    /// Hours to wait after the LEA was told; 0: at once.
    #[serde(default)]
    pub after_hours: u32,
}

/// Who tells the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notifier {
    /// The hotline.
    Hotline,
    /// Police, not the hotline.
    Police,
    /// The hotline of the hosting country.
    Partner,
}

/// What must be approved before the host is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "form", deny_unknown_fields)]
pub enum Approval {
    /// Nothing.
    #[default]
    None,
    /// A magistrate's word, within hours.
    Oral {
        /// Deadline in hours.
        deadline_hours: u32,
    },
    /// A magistrate's word first, then the paper.
    OralThenWritten {
        /// Deadline of the word in hours.
        deadline_hours: u32,
        /// Deadline of the paper in hours.
        written_hours: u32,
    },
    /// The paper.
    Written {
        /// Deadline in hours.
        deadline_hours: u32,
    },
}

/// Where the LEA may pass things on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Onward {
    /// To INTERPOL's ICSE database.
    pub icse: bool,
    /// As a proposal for the IWOL list.
    pub iwol: bool,
    /// To the nation's hash list.
    pub hash_list: bool,
}

const MOST_LANES: usize = 64;

impl Document {
    /// Reads a document from TOML, refusing what could be misread.
    pub fn from_toml(text: &str) -> Result<Self, Refusal> {
        if text.len() > 256 * 1024 {
            return Err(Refusal::new("document", "too-long", "an agreement has at most 256 KiB of text"));
        }
        let document: Self = toml::from_str(text)
            .map_err(|e| Refusal::new("document", "unreadable-agreement", e.message().to_owned()))?;
        document.checked()
    }

    /// Reads a document as it is stored.
    pub fn from_json(text: &str) -> Result<Self, Refusal> {
        let document: Self =
            serde_json::from_str(text).map_err(|e| Refusal::new("document", "unreadable-agreement", e.to_string()))?;
        document.checked()
    }

    /// The document, when its lanes make sense.
    pub fn checked(self) -> Result<Self, Refusal> {
        let refuse = |rule, reason: String| Err(Refusal::new("lanes", rule, reason));
        if self.lanes.is_empty() || self.lanes.len() > MOST_LANES {
            return refuse("lane-count", format!("an agreement has 1 to {MOST_LANES} lanes"));
        }
        for lane in &self.lanes {
            base::one_line("clause", &lane.clause, 40)?;
            let name = &lane.clause;
            if lane.classes.is_empty() {
                return refuse("lane-class", format!("clause `{name}` names no class, so it is for nothing"));
            }
            if lane.classes.contains(&Class::NotIllegal) {
                return refuse("lane-class", format!("clause `{name}` names `not_illegal`, which is never disclosed"));
            }
            if lane.width == Width::Metadata && lane.media {
                return refuse("lane-media", format!("clause `{name}` opens media but only metadata of the item"));
            }
            if lane.retention_days == 0 {
                return refuse("lane-retention", format!("clause `{name}` has no retention, give days"));
            }
        }
        let mut clauses: Vec<&str> = self.lanes.iter().map(|lane| lane.clause.as_str()).collect();
        clauses.sort_unstable();
        if clauses.windows(2).any(|pair| pair.first() == pair.last()) {
            return refuse("lane-clause", "two lanes have the same clause number".into());
        }
        Ok(self)
    }
}

impl Lane {
    /// How many conditions narrow this lane: of two that fit, the narrower one applies.
    pub(crate) fn narrowness(&self) -> usize {
        usize::from(!self.ages.is_empty())
            + usize::from(self.novelty != Novelty::Any)
            + usize::from(self.classes.len() == 1)
    }

    /// The lane as a person reads it: what it is for and what follows.
    pub fn sentence(&self) -> String {
        format!("{}: {}", self.condition(), self.consequence())
    }

    /// Which items it is for, in words.
    pub fn condition(&self) -> String {
        let classes: Vec<&str> = self.classes.iter().map(|c| c.word()).collect();
        let hosting = match self.hosting {
            Hosting::Home => "hosted in the hotline's own country",
            Hosting::Member => "hosted in a country with another member hotline",
            Hosting::Elsewhere => "hosted where there is no member hotline",
        };
        let ages: Vec<&str> = self.ages.iter().map(|a| a.word()).collect();
        let ages = if ages.is_empty() { String::new() } else { format!(", age group {}", ages.join(" or ")) };
        let novelty = match self.novelty {
            Novelty::Any => "",
            Novelty::Known => ", known before",
            Novelty::New => ", seen for the first time",
        };
        format!("{} items {hosting}{ages}{novelty}", classes.join(" or "))
    }

    /// What police get and when, in words.
    pub fn consequence(&self) -> String {
        let on = match self.informed_on {
            InformedOn::AnyMemberBaseline => "as soon as any member hotline has assessed an item as baseline",
            InformedOn::OwnAssessment => "after this hotline's own assessment or confirmation",
        };
        let width = match self.width {
            Width::Metadata => "facts only",
            Width::Item => "the item",
            Width::Page => "the whole page",
            Width::Series => "the whole series",
        };
        let media = match (self.width, self.media) {
            (Width::Metadata, _) => "",
            (_, true) => " with its files",
            (_, false) => " without its files",
        };
        format!("police are told {on}, {width}{media}")
    }

    /// Who tells the host, in words.
    pub fn notice_sentence(&self) -> String {
        let who = match self.host_notice.by {
            Notifier::Hotline => "the hotline tells the host",
            Notifier::Police => "police tell the host, the hotline does not",
            Notifier::Partner => "the hotline of the hosting country tells the host",
        };
        match self.host_notice.after_hours {
            0 => format!("{who} at once"),
            hours => format!("{who} {hours} hours after police were told"),
        }
    }

    /// What must be approved, in words.
    pub fn approval_sentence(&self) -> String {
        match self.approval {
            Approval::None => "no approval needed".into(),
            Approval::Oral { deadline_hours } => format!("a magistrate's oral approval within {deadline_hours} hours"),
            Approval::Written { deadline_hours } => {
                format!("a magistrate's written approval within {deadline_hours} hours")
            }
            Approval::OralThenWritten { deadline_hours, written_hours } => format!(
                "a magistrate's oral approval within {deadline_hours} hours, in writing within {written_hours} hours"
            ),
        }
    }

    /// Whether police may ask to leave content up, in words.
    pub fn hold_sentence(&self) -> String {
        match self.hold_days {
            0 => "no holds".into(),
            1 => "holds of at most 1 day".into(),
            days => format!("holds of at most {days} days"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANE: &str = r#"
        [[lanes]]
        clause = "1"
        hosting = "home"
        classes = ["baseline"]
        informed_on = "own_assessment"
        width = "item"
        media = true
        host_notice = { by = "hotline" }
        retention_days = 30
    "#;

    #[test]
    fn a_minimal_lane_reads() {
        assert_eq!(Document::from_toml(LANE).map(|d| d.lanes.len()), Ok(1));
    }

    #[test]
    fn what_could_be_misread_is_refused() {
        for (change, rule) in [
            (LANE.replace("media", "medja"), "unreadable-agreement"),
            (LANE.replace("[\"baseline\"]", "[]"), "lane-class"),
            (LANE.replace("\"baseline\"", "\"not_illegal\""), "lane-class"),
            (LANE.replace("\"item\"", "\"metadata\""), "lane-media"),
            (LANE.replace("= 30", "= 0"), "lane-retention"),
            (LANE.replace("clause = \"1\"", "clause = \"\""), "missing"),
            (format!("{LANE}{LANE}"), "lane-clause"),
            (LANE.repeat(65), "lane-count"),
            ("lanes = []".into(), "lane-count"),
        ] {
            assert_eq!(Document::from_toml(&change).map_err(|r| r.rule), Err(rule), "{change}");
        }
    }
}
