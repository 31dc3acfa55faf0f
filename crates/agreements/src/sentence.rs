//! A lane in words, as the log, the API and the command line say it.

use crate::document::{Approval, Hosting, InformedOn, Lane, Notifier, Novelty, Reality};
use base::Width;

impl Lane {
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
        let sites: Vec<String> = self.sites.iter().map(|s| s.word().replace('_', " ")).collect();
        let sites =
            if sites.is_empty() { String::new() } else { format!(", on a site of the kind {}", sites.join(" or ")) };
        let synthetic = match self.synthetic {
            Reality::Any => "",
            Reality::Real => ", of somebody real",
            Reality::Synthetic => ", generated or drawn",
        };
        format!("{} items {hosting}{ages}{novelty}{sites}{synthetic}", classes.join(" or "))
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
            Width::Series => "the whole series, harmless-looking context included,",
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

    /// Where police may pass things on, in words.
    pub fn onward_sentence(&self) -> String {
        let places =
            [(self.onward.icse, "ICSE"), (self.onward.iwol, "IWOL"), (self.onward.hash_list, "the national hash list")];
        let open: Vec<&str> = places.into_iter().filter(|(on, _)| *on).map(|(_, place)| place).collect();
        if open.is_empty() { "nothing goes on".into() } else { format!("may go on to {}", open.join(", ")) }
    }

    /// What police owe and how long they keep it, in words.
    pub fn duty_sentence(&self) -> String {
        let outcome = match self.outcome_days {
            0 => "no outcome is owed".into(),
            days => format!("an outcome is due within {days} days"),
        };
        format!("{outcome}, kept {} days", self.retention_days)
    }

    /// Everything that the lane says.
    pub fn whole(&self) -> String {
        format!(
            "clause {}: {}; {}; {}; {}; {}; {}",
            self.clause,
            self.sentence(),
            self.notice_sentence(),
            self.approval_sentence(),
            self.hold_sentence(),
            self.onward_sentence(),
            self.duty_sentence()
        )
    }
}
