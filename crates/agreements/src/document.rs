//! What one hotline and one LEA have signed: lanes, each a clause with its conditions and what follows from it. Kept as
//! data, read and written as TOML or JSON; unknown keys are refused, because an agreement must not say less than it seems.

use base::{AgeGroup, Class, Refusal, SiteType, Width};
use serde::{Deserialize, Serialize};

/// The signed text as data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Whom to turn to at either party; at most 12.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    /// At most 64 lanes.
    pub lanes: Vec<Lane>,
}

/// A desk that the other party turns to. Desks, not people: they stay when people go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// At which party.
    pub party: Party,
    /// What the desk is called.
    pub desk: String,
    /// Its mail address.
    pub mail: String,
    /// Its telephone number, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// One of the two parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The hotline.
    Hotline,
    /// Police.
    Lea,
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
    /// On which kinds of site; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<SiteType>,
    /// Recordings of somebody real, what was generated or drawn, or both.
    #[serde(default)]
    pub synthetic: Reality,
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

/// Whether something shows somebody real.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reality {
    /// Either, and what cannot be told.
    #[default]
    Any,
    /// Judged to be a recording of somebody real.
    Real,
    /// Judged to be generated or drawn.
    Synthetic,
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
const MOST_CONTACTS: usize = 12;
/// Ten years: longer is a slip of the pen.
const MOST_DAYS: u32 = 3653;
/// A year.
const MOST_HOURS: u32 = 8784;

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

    /// Reads a document as it is stored: it was checked when it was written, by the rules of that day.
    pub fn from_json(text: &str) -> Result<Self, Refusal> {
        serde_json::from_str(text).map_err(|e| Refusal::new("document", "unreadable-agreement", e.to_string()))
    }

    /// The document as TOML, for another hand or another exchange to read.
    pub fn to_toml(&self) -> Result<String, Refusal> {
        toml::to_string_pretty(self).map_err(|e| Refusal::new("document", "unreadable-agreement", e.to_string()))
    }

    /// The document, when its lanes and contacts make sense.
    pub fn checked(self) -> Result<Self, Refusal> {
        if self.lanes.is_empty() || self.lanes.len() > MOST_LANES {
            return refuse("lane-count", format!("an agreement has 1 to {MOST_LANES} lanes"));
        }
        self.lanes.iter().try_for_each(Lane::check)?;
        let mut clauses: Vec<&str> = self.lanes.iter().map(|lane| lane.clause.as_str()).collect();
        clauses.sort_unstable();
        if clauses.windows(2).any(|pair| pair.first() == pair.last()) {
            return refuse("lane-clause", "two lanes have the same clause number".into());
        }
        if self.contacts.len() > MOST_CONTACTS {
            let reason = format!("an agreement has at most {MOST_CONTACTS} contacts");
            return Err(Refusal::new("contacts", "contact-count", reason));
        }
        self.contacts.iter().try_for_each(Contact::check)?;
        Ok(self)
    }
}

fn refuse<T>(rule: &'static str, reason: String) -> Result<T, Refusal> {
    Err(Refusal::new("lanes", rule, reason))
}

/// Whether a list names something twice.
fn repeats<T: PartialEq>(list: &[T]) -> bool {
    list.iter().enumerate().any(|(n, one)| list.iter().skip(n + 1).any(|other| other == one))
}

impl Lane {
    fn check(&self) -> Result<(), Refusal> {
        let name = base::one_line("clause", &self.clause, 40)?;
        if self.classes.is_empty() {
            return refuse("lane-class", format!("clause `{name}` names no class, so it is for nothing"));
        }
        if self.classes.contains(&Class::NotIllegal) {
            return refuse("lane-class", format!("clause `{name}` names `not_illegal`, which is never disclosed"));
        }
        if repeats(&self.classes) || repeats(&self.ages) || repeats(&self.sites) {
            return refuse("lane-repeats", format!("clause `{name}` names the same class, age group or site twice"));
        }
        if self.width == Width::Metadata && self.media {
            return refuse("lane-media", format!("clause `{name}` opens media but only metadata of the item"));
        }
        if self.retention_days == 0 {
            return refuse("lane-retention", format!("clause `{name}` has no retention, give days"));
        }
        let days = [self.hold_days, self.outcome_days, self.retention_days];
        if days.iter().any(|days| *days > MOST_DAYS) {
            return refuse("lane-days", format!("clause `{name}` has a time of more than {MOST_DAYS} days"));
        }
        if self.host_notice.after_hours > MOST_HOURS {
            let reason = format!("clause `{name}` tells the host more than {MOST_HOURS} hours later");
            return refuse("lane-hours", reason);
        }
        self.approval.check(&name)
    }
}

impl Approval {
    fn check(self, name: &str) -> Result<(), Refusal> {
        let deadlines = match self {
            Self::None => return Ok(()),
            Self::Oral { deadline_hours } | Self::Written { deadline_hours } => [deadline_hours, deadline_hours],
            Self::OralThenWritten { deadline_hours, written_hours } => [deadline_hours, written_hours],
        };
        if deadlines.iter().any(|hours| *hours == 0 || *hours > MOST_HOURS) {
            return refuse("lane-approval", format!("clause `{name}` needs a deadline of 1 to {MOST_HOURS} hours"));
        }
        if deadlines.first() > deadlines.last() {
            let reason = format!("clause `{name}` asks for the paper before the word, give the paper more hours");
            return refuse("lane-approval", reason);
        }
        Ok(())
    }
}

impl Contact {
    fn check(&self) -> Result<(), Refusal> {
        base::one_line("contacts.desk", &self.desk, 120)?;
        let mail = base::one_line("contacts.mail", &self.mail, 254)?;
        let well = mail.split_once('@').is_some_and(|(name, place)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
            !name.is_empty()
                && name.chars().all(plain)
                && place.contains('.')
                && place
                    .split('.')
                    .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        });
        if !well {
            let reason = format!("`{mail}` is not a mail address, write it like desk@police.example");
            return Err(Refusal::new("contacts.mail", "bad-mail", reason));
        }
        let Some(phone) = &self.phone else { return Ok(()) };
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        let well = phone.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')'));
        if !well || !(4..=20).contains(&digits) {
            let reason = "a telephone number has 4 to 20 digits, with +, spaces, hyphens and brackets";
            return Err(Refusal::new("contacts.phone", "bad-phone", reason));
        }
        Ok(())
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

    fn contact(desk: &str, mail: &str, phone: &str) -> String {
        format!("\n[[contacts]]\nparty = \"lea\"\ndesk = \"{desk}\"\nmail = \"{mail}\"\nphone = \"{phone}\"\n")
    }

    #[test]
    fn what_is_written_down_reads_back() {
        let whole = format!(
            "{LANE}sites = [\"forum\"]\nsynthetic = \"real\"\nages = [\"infant\"]\nnovelty = \"new\"\nhold_days = 3653\n\
             approval = {{ form = \"oral_then_written\", deadline_hours = 24, written_hours = 24 }}\n{}",
            contact("Desk 1", "desk+1@police.example", "+31 (0)20-1234")
        );
        let document = Document::from_toml(&whole).expect("reads");
        let text = document.to_toml().expect("writes");
        assert_eq!(Document::from_toml(&text), Ok(document.clone()), "{text}");
        let json = serde_json::to_string(&document).expect("writes");
        assert_eq!(Document::from_json(&json), Ok(document));
    }

    #[test]
    fn what_was_stored_before_there_were_sites_and_contacts_reads() {
        let old = r#"{"lanes":[{"clause":"1","hosting":"home","classes":["baseline"],"ages":[],"novelty":"any",
            "informed_on":"own_assessment","width":"item","media":true,"host_notice":{"by":"hotline","after_hours":0},
            "approval":{"form":"none"},"hold_days":0,"onward":{"icse":false,"iwol":false,"hash_list":false},
            "outcome_days":0,"retention_days":30}]}"#;
        assert_eq!(Document::from_json(old), Document::from_toml(LANE));
    }

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
            (LANE.replace("[\"baseline\"]", "[\"baseline\", \"baseline\"]"), "lane-repeats"),
            (LANE.replace("width", "ages = [\"infant\", \"infant\"]\nwidth"), "lane-repeats"),
            (LANE.replace("width", "sites = [\"forum\", \"forum\"]\nwidth"), "lane-repeats"),
            (LANE.replace("width", "sites = [\"pub\"]\nwidth"), "unreadable-agreement"),
            (LANE.replace("= 30", "= 3654"), "lane-days"),
            (format!("{LANE}hold_days = 3654"), "lane-days"),
            (format!("{LANE}outcome_days = 3654"), "lane-days"),
            (LANE.replace("\"hotline\" }", "\"hotline\", after_hours = 8785 }"), "lane-hours"),
            (format!("{LANE}approval = {{ form = \"oral\", deadline_hours = 0 }}"), "lane-approval"),
            (format!("{LANE}approval = {{ form = \"written\", deadline_hours = 8785 }}"), "lane-approval"),
            (
                format!("{LANE}approval = {{ form = \"oral_then_written\", deadline_hours = 9, written_hours = 8 }}"),
                "lane-approval",
            ),
            (format!("{LANE}{}", contact("", "a@b.example", "1234")), "missing"),
            (format!("{LANE}{}", contact("Desk", "a@example", "1234")), "bad-mail"),
            (format!("{LANE}{}", contact("Desk", "@b.example", "1234")), "bad-mail"),
            (format!("{LANE}{}", contact("Desk", "a b@b.example", "1234")), "bad-mail"),
            (format!("{LANE}{}", contact("Desk", "a@b..example", "1234")), "bad-mail"),
            (format!("{LANE}{}", contact("Desk", "a.b.example", "1234")), "bad-mail"),
            (format!("{LANE}{}", contact("Desk", "a@b.example", "123")), "bad-phone"),
            (format!("{LANE}{}", contact("Desk", "a@b.example", "12345x")), "bad-phone"),
            (format!("{LANE}{}", contact("Desk", "a@b.example", "1234").repeat(13)), "contact-count"),
        ] {
            assert_eq!(Document::from_toml(&change).map_err(|r| r.rule), Err(rule), "{change}");
        }
    }
}
