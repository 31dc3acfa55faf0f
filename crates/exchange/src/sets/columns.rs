//! What a column of a table means, told by the caller or guessed from its heading, and how its cells become a record.

use crate::loose;
use base::Refusal;
use hashlists::{Category, HEX_MD5, HEX_SHA1, HEX_SHA256, Member, Opaque, Pdq, Record, digest};
use serde_json::Value;

/// Meaning of a column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Column {
    /// 32 hexadecimal characters.
    Md5,
    /// 40 hexadecimal characters.
    Sha1,
    /// 64 hexadecimal characters.
    Sha256,
    /// MD5, SHA-1 or SHA-256, told by its length. A PDQ has the length of a SHA-256 and has to be named.
    Digest,
    /// 64 hexadecimal characters.
    Pdq,
    /// 0 to 100.
    PdqQuality,
    /// 192 characters of base64 or 288 hexadecimal ones.
    PhotoDna,
    /// The contributor's id of the record.
    Id,
    /// Code of the verdict.
    Category,
    /// Whose codes they are.
    Region,
    /// A flag that is a verdict: the international narrow criteria are met. No is no verdict.
    Baseline,
    /// A flag.
    VictimIdentified,
    /// A flag.
    OffenderIdentified,
    /// A flag.
    Distributed,
    /// A flag.
    Suspected,
    /// A flag.
    SelfGenerated,
    /// Age group of the youngest victim; kept as it is where it is not understood.
    AgeGroup,
    /// Gender of the victims; likewise.
    Gender,
    /// Name of the series.
    Series,
    /// Words between commas, semicolons or bars.
    Tags,
    /// A time.
    FirstChange,
    /// A time.
    LastChange,
    /// The contributor's id.
    Member,
    /// The contributor's name.
    MemberName,
    /// The list's name.
    List,
    /// Bytes of the file.
    Size,
    /// Media type or bare word.
    MediaType,
    /// A flag: the record was withdrawn.
    Tombstone,
    /// Kept under this name.
    Keep(String),
    /// Not kept.
    Ignore,
}

/// Headings as they are met, letters and digits only, lower case.
const HEADINGS: &[(&str, Column)] = &[
    ("md5", Column::Md5),
    ("md5hash", Column::Md5),
    ("md5sum", Column::Md5),
    ("hashmd5", Column::Md5),
    ("sha1", Column::Sha1),
    ("sha1hash", Column::Sha1),
    ("hashsha1", Column::Sha1),
    ("sha256", Column::Sha256),
    ("sha256hash", Column::Sha256),
    ("hashsha256", Column::Sha256),
    ("hash", Column::Digest),
    ("hashvalue", Column::Digest),
    ("digest", Column::Digest),
    ("pdq", Column::Pdq),
    ("pdqhash", Column::Pdq),
    ("quality", Column::PdqQuality),
    ("pdqquality", Column::PdqQuality),
    ("photodna", Column::PhotoDna),
    ("photodnahash", Column::PhotoDna),
    ("pdna", Column::PhotoDna),
    ("id", Column::Id),
    ("mediaid", Column::Id),
    ("imageid", Column::Id),
    ("entryid", Column::Id),
    ("fileid", Column::Id),
    ("category", Column::Category),
    ("classification", Column::Category),
    ("region", Column::Region),
    ("baseline", Column::Baseline),
    ("victimidentified", Column::VictimIdentified),
    ("offenderidentified", Column::OffenderIdentified),
    ("isdistributed", Column::Distributed),
    ("distributed", Column::Distributed),
    ("issuspected", Column::Suspected),
    ("suspected", Column::Suspected),
    ("selfgenerated", Column::SelfGenerated),
    ("agegroup", Column::AgeGroup),
    ("agerange", Column::AgeGroup),
    ("ageband", Column::AgeGroup),
    ("age", Column::AgeGroup),
    ("victimage", Column::AgeGroup),
    ("gender", Column::Gender),
    ("sex", Column::Gender),
    ("victimgender", Column::Gender),
    ("series", Column::Series),
    ("seriesname", Column::Series),
    ("tags", Column::Tags),
    ("firstchange", Column::FirstChange),
    ("created", Column::FirstChange),
    ("dateadded", Column::FirstChange),
    ("lastchange", Column::LastChange),
    ("dateupdated", Column::LastChange),
    ("lastupdated", Column::LastChange),
    ("updated", Column::LastChange),
    ("member", Column::Member),
    ("memberid", Column::Member),
    ("membername", Column::MemberName),
    ("list", Column::List),
    ("listname", Column::List),
    ("size", Column::Size),
    ("filesize", Column::Size),
    ("mediasize", Column::Size),
    ("mediatype", Column::MediaType),
    ("mimetype", Column::MediaType),
    ("tombstone", Column::Tombstone),
    ("deleted", Column::Tombstone),
    ("withdrawn", Column::Tombstone),
];

impl Column {
    /// What a heading stands for; an unknown one is kept under its own name, an empty one is not kept.
    pub fn guess(heading: &str) -> Self {
        let plain: String =
            heading.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        let known = HEADINGS.iter().find(|(known, _)| *known == plain).map(|(_, column)| column.clone());
        match heading.trim() {
            "" => Self::Ignore,
            name => known.unwrap_or_else(|| Self::Keep(name.chars().take(80).collect())),
        }
    }

    /// What a column without heading holds, by one of its cells.
    pub fn of_cell(cell: &[u8]) -> Self {
        let cell = cell.trim_ascii();
        let hex = cell.iter().all(u8::is_ascii_hexdigit);
        match cell.len() {
            HEX_MD5 if hex => Self::Md5,
            HEX_SHA1 if hex => Self::Sha1,
            HEX_SHA256 if hex => Self::Sha256,
            _ => Self::Ignore,
        }
    }

    /// Whether a file can be found by it.
    pub const fn finds(&self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1 | Self::Sha256 | Self::Digest | Self::Pdq | Self::PhotoDna)
    }
}

/// A row in the making.
pub struct Draft<'a> {
    record: Record,
    /// Name before the point of what is kept.
    format: &'static str,
    region: Option<&'a str>,
    stated_region: Option<String>,
    code: Option<String>,
    quality: Option<u8>,
    member: (Option<String>, Option<String>),
    /// Pictures dropped.
    pub pictures: u32,
}

impl<'a> Draft<'a> {
    /// An empty row of a table whose categories are `region`'s unless it says otherwise.
    pub fn new(format: &'static str, region: Option<&'a str>) -> Self {
        Self {
            record: Record::default(),
            format,
            region,
            stated_region: None,
            code: None,
            quality: None,
            member: (None, None),
            pictures: 0,
        }
    }

    /// Takes a cell. Empty cells say nothing.
    pub fn take(&mut self, column: &Column, cell: &[u8]) -> Result<(), Refusal> {
        let cell = cell.trim_ascii();
        if cell.is_empty() {
            return Ok(());
        }
        let record = &mut self.record;
        match column {
            Column::Ignore => Ok(()),
            Column::Md5 => set(&mut record.digests.md5, "md5", digest("md5", cell)?),
            Column::Sha1 => set(&mut record.digests.sha1, "sha1", digest("sha1", cell)?),
            Column::Sha256 => set(&mut record.digests.sha256, "sha256", digest("sha256", cell)?),
            Column::Digest => by_length(record, cell),
            Column::Pdq => {
                let pdq = Pdq { bits: digest("pdq", cell)?, quality: None };
                set(&mut record.pdq, "pdq", pdq)
            }
            Column::PhotoDna => photodna(record, loose::photodna(cell)?),
            Column::VictimIdentified
            | Column::OffenderIdentified
            | Column::Distributed
            | Column::Suspected
            | Column::SelfGenerated
            | Column::Baseline
            | Column::Tombstone => {
                let flag = loose::flag(&String::from_utf8_lossy(cell));
                let flag = flag.ok_or_else(|| malformed(field(column), "is neither yes nor no"))?;
                self.flag(column, flag)
            }
            _ => self.text(column, plain(&String::from_utf8_lossy(cell))),
        }
    }

    fn flag(&mut self, column: &Column, flag: bool) -> Result<(), Refusal> {
        let flags = &mut self.record.flags;
        match column {
            Column::VictimIdentified => set(&mut flags.victim_identified, "victim_identified", flag),
            Column::OffenderIdentified => set(&mut flags.offender_identified, "offender_identified", flag),
            Column::Distributed => set(&mut flags.distributed, "distributed", flag),
            Column::Suspected => set(&mut flags.suspected, "suspected", flag),
            Column::SelfGenerated => set(&mut flags.self_generated, "self_generated", flag),
            Column::Baseline if flag => set(&mut self.code, "category", "baseline".into()),
            Column::Tombstone => {
                self.record.tombstone = flag;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn text(&mut self, column: &Column, text: &str) -> Result<(), Refusal> {
        let record = &mut self.record;
        let owned = || text.to_owned();
        match column {
            Column::PdqQuality => set(&mut self.quality, "pdq_quality", Pdq::quality(text)?),
            Column::Id => set(&mut record.id, "id", owned()),
            Column::Category if text == "0" => Ok(()),
            Column::Category => set(&mut self.code, "category", owned()),
            Column::Region => set(&mut self.stated_region, "region", owned()),
            Column::AgeGroup => match loose::age_group(text) {
                Some(age) => set(&mut record.age_group, "age_group", age),
                None => self.keep("age_group", text),
            },
            Column::Gender => match loose::gender(text) {
                Some(gender) => set(&mut record.gender, "gender", gender),
                None => self.keep("gender", text),
            },
            Column::Series => set(&mut record.series, "series", owned()),
            Column::Tags => {
                let words = text.split([',', ';', '|']).map(str::trim).filter(|w| !w.is_empty());
                record.tags.extend(words.map(str::to_owned));
                Ok(())
            }
            Column::FirstChange => set(&mut record.first_change, "first_change", time("first_change", text)?),
            Column::LastChange => set(&mut record.last_change, "last_change", time("last_change", text)?),
            Column::Member => set(&mut self.member.0, "member", owned()),
            Column::MemberName => set(&mut self.member.1, "member", owned()),
            Column::List => set(&mut record.list, "list", owned()),
            Column::MediaType => set(&mut record.media_type, "media_type", owned()),
            Column::Size => {
                let size = text.parse().map_err(|_| malformed("size", "is not a whole number"))?;
                set(&mut record.size, "size", size)
            }
            Column::Keep(name) => self.keep(name, text),
            _ => Ok(()),
        }
    }

    fn keep(&mut self, name: &str, text: &str) -> Result<(), Refusal> {
        self.pictures += self.record.rest.keep(self.format, name, Value::from(text));
        Ok(())
    }

    /// The record, once every cell was taken.
    pub fn finish(mut self) -> Result<Record, Refusal> {
        match (&mut self.record.pdq, self.quality) {
            (Some(pdq), quality) => pdq.quality = quality,
            (None, Some(_)) => return Err(malformed("pdq_quality", "stands without a PDQ")),
            (None, None) => (),
        }
        let region = self.stated_region.or_else(|| self.region.map(str::to_owned));
        self.record.category = self.code.map(|code| Category { region, code });
        self.record.member = match self.member {
            (None, None) => None,
            (id, name) => Some(Member { id: id.unwrap_or_default(), name: name.unwrap_or_default() }),
        };
        Ok(self.record)
    }
}

/// Whether a spreadsheet would take a cell for a formula.
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Without the apostrophe that keeps a cell from being a formula.
fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest.trim_start_matches('\''))).unwrap_or(cell)
}

/// A digest by the number of its characters.
pub fn by_length(record: &mut Record, cell: &[u8]) -> Result<(), Refusal> {
    match cell.len() {
        HEX_MD5 => set(&mut record.digests.md5, "md5", digest("md5", cell)?),
        HEX_SHA1 => set(&mut record.digests.sha1, "sha1", digest("sha1", cell)?),
        HEX_SHA256 => set(&mut record.digests.sha256, "sha256", digest("sha256", cell)?),
        other => {
            let reason = format!("a digest has 32, 40 or 64 hexadecimal characters, this one {other}");
            Err(Refusal::new("digest", "digest-length", reason))
        }
    }
}

fn photodna(record: &mut Record, one: Opaque) -> Result<(), Refusal> {
    match record.opaque.iter().find(|o| o.name == one.name) {
        Some(before) if *before != one => Err(twice("photodna")),
        Some(_) => Ok(()),
        None => {
            record.opaque.push(one);
            Ok(())
        }
    }
}

/// States a field; twice only when both say the same.
fn set<T: PartialEq>(place: &mut Option<T>, field: &'static str, value: T) -> Result<(), Refusal> {
    if place.as_ref().is_some_and(|before| *before != value) {
        return Err(twice(field));
    }
    *place = Some(value);
    Ok(())
}

fn twice(field: &'static str) -> Refusal {
    Refusal::new(field, "contradiction", format!("`{field}` is stated twice and differs"))
}

fn malformed(field: &'static str, what: &str) -> Refusal {
    Refusal::new(field, "malformed", format!("`{field}` {what}"))
}

fn time(field: &'static str, text: &str) -> Result<base::Time, Refusal> {
    loose::time(text).ok_or_else(|| malformed(field, "is not a time, write it like 2026-03-01T14:05:00Z"))
}

/// Name of a flag's field.
const fn field(column: &Column) -> &'static str {
    match column {
        Column::VictimIdentified => "victim_identified",
        Column::OffenderIdentified => "offender_identified",
        Column::Distributed => "distributed",
        Column::Suspected => "suspected",
        Column::SelfGenerated => "self_generated",
        Column::Baseline => "baseline",
        _ => "tombstone",
    }
}
