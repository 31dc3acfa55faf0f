//! How a dispatch is written for the receiver: `dispatches.json`, which has everything, beside `vics.json`, which has what
//! VICS has a place for. The one place that knows the receiver's names; [`FIELDS`] is printed into `docs/icse.md`.
//!
//! Pure: values in, values out. A field of ours that is added does not compile here until it is mapped.

use super::dispatch::{Dispatch, Tells};
use crate::package::media_path;
use base::{AgeGroup, Class, Country, DispatchId, Gender, ItemId, ParcelId, ReportId, Synthetic, Time};
use reports::{
    onward::Facts,
    package::{Event, FileFacts, HostFacts, Judged},
};
use serde::{Deserialize, Serialize};

/// What `dispatches.json` says of itself.
pub const FORMAT: &str = "cport-icse/1";
/// Its name in a parcel.
pub const DISPATCHES: &str = "dispatches.json";
/// Name of the VICS case in a parcel.
pub const VICS: &str = "vics.json";

/// `dispatches.json`. `T` is [`Told`] where it is written, and any value where each is judged by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document<T> {
    /// [`FORMAT`].
    pub format: String,
    /// The parcel.
    pub parcel: ParcelId,
    /// When it was packed.
    pub made_at: Time,
    /// Program and version that packed it.
    pub tool: String,
    /// What it tells, in order.
    pub dispatches: Vec<T>,
}

/// One dispatch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Idempotency key.
    pub id: DispatchId,
    /// The item.
    pub item: ItemId,
    /// Counted from 1.
    pub version: i64,
    /// What it tells.
    pub tells: Kind,
    /// Of a withdrawal: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Of everything else: the facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Box<Theirs>>,
}

/// What a dispatch tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something new.
    New,
    /// Something else than before.
    Correction,
    /// That it is to be forgotten.
    Withdrawal,
}

/// Facts of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theirs {
    /// Its report.
    pub report: ReportId,
    /// When the hotline received it.
    pub received_at: Time,
    /// Who gives it.
    pub source: Source,
    /// Why it may be given.
    pub ground: Ground,
    /// What it is.
    pub assessment: Assessment,
    /// Whether it is a harmless-looking picture, sent for its series alone.
    pub context: bool,
    /// The series it is known under; of a context picture without a number, `report:` and the report's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// Where it was found.
    pub place: Place,
    /// Its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<File>,
    /// What happened to it, oldest first.
    pub custody: Vec<Custody>,
}

/// Who gives an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The hotline.
    pub hotline: String,
    /// Its country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// The hotline that confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<String>,
}

/// Why an item may be given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// The agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The class.
    pub class: Class,
    /// Of `national`: where it is illegal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Apparent age.
    pub age_group: AgeGroup,
    /// Gender.
    pub gender: Gender,
    /// Whether it shows somebody real.
    pub synthetic: Synthetic,
    /// What the analyst adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who judged.
    pub by: String,
    /// When.
    pub at: Time,
}

/// Where an item was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its own URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The page's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The host's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The host's country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// The host's network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

/// An item's file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// SHA-1.
    pub sha1: String,
    /// MD5.
    pub md5: String,
    /// PDQ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdq: Option<String>,
    /// Its quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdq_quality: Option<i64>,
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    /// Where it lies in the parcel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Something that happened to an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custody {
    /// When.
    pub at: Time,
    /// What.
    pub act: String,
    /// Who.
    pub who: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Its number in the log's chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// Its link in the chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A dispatch as the receiver reads it.
pub fn told(dispatch: &Dispatch) -> Told {
    let Dispatch { id, item, version, tells } = dispatch;
    let (kind, reason, facts) = match tells {
        Tells::New(facts) => (Kind::New, None, Some(facts)),
        Tells::Correction(facts) => (Kind::Correction, None, Some(facts)),
        Tells::Withdrawal(why) => (Kind::Withdrawal, Some(why.clone()), None),
    };
    let facts = facts.map(|facts| Box::new(theirs(facts)));
    Told { id: *id, item: *item, version: *version, tells: kind, reason, facts }
}

/// Facts as the receiver reads them.
fn theirs(facts: &Facts) -> Theirs {
    // Every field by name: what is added to ours does not compile until it has a place, or a reason for none, here. The item
    // stands in the dispatch.
    let Facts {
        item: _,
        report,
        hotline,
        country,
        agreement,
        version,
        clause,
        judged,
        synthetic,
        context,
        confirmed_by,
        series,
        url,
        page,
        hosting,
        received_at,
        file,
        blob,
        custody,
    } = facts;
    let Judged { class, country: where_illegal, age_group, gender, note, by, at } = judged;
    let HostFacts { ip, country: host_country, network } = hosting;
    Theirs {
        report: *report,
        received_at: *received_at,
        source: Source { hotline: hotline.clone(), country: *country, confirmed_by: confirmed_by.clone() },
        ground: Ground { agreement: agreement.clone(), version: *version, clause: clause.clone() },
        assessment: Assessment {
            class: *class,
            country: *where_illegal,
            age_group: *age_group,
            gender: *gender,
            synthetic: *synthetic,
            note: note.clone(),
            by: by.clone(),
            at: *at,
        },
        context: *context,
        series: series.clone(),
        place: Place {
            url: url.clone(),
            page: page.clone(),
            ip: ip.clone(),
            country: *host_country,
            network: network.clone(),
        },
        file: file.as_ref().map(|file| their_file(file, blob.is_some())),
        custody: custody.iter().map(their_custody).collect(),
    }
}

fn their_file(file: &FileFacts, enclosed: bool) -> File {
    let FileFacts { sha256, sha1, md5, pdq, kind, size, width, height, duration_ms } = file;
    File {
        sha256: sha256.clone(),
        sha1: sha1.clone(),
        md5: md5.clone(),
        pdq: pdq.as_ref().map(|(bits, _)| bits.clone()),
        pdq_quality: pdq.as_ref().map(|(_, quality)| *quality),
        media_type: kind.clone(),
        size: *size,
        width: *width,
        height: *height,
        duration_ms: *duration_ms,
        path: enclosed.then(|| media_path(sha256)),
    }
}

fn their_custody(event: &Event) -> Custody {
    let Event { at, act, who, purpose, chained } = event;
    Custody {
        at: *at,
        act: act.clone(),
        who: who.clone(),
        purpose: purpose.clone(),
        number: chained.as_ref().map(|(number, _)| *number),
        link: chained.as_ref().map(|(_, link)| link.clone()),
    }
}

/// A row of the field table: name in `dispatches.json`, name in ours, name in `vics.json` where it stands there too, meaning.
pub type Field = (&'static str, &'static str, &'static str, &'static str);

/// Every field of a dispatch.
pub const FIELDS: &[Field] = &[
    ("id", "Dispatch.id", "", "idempotency key: the same in every try, of no other dispatch"),
    ("item", "Dispatch.item", "Tags `item:`", "the item, in every version"),
    ("version", "Dispatch.version", "", "from 1; a receiver that has a newer one keeps that"),
    ("tells", "Dispatch.tells", "", "`new`, `correction`, `withdrawal`"),
    ("reason", "Tells::Withdrawal", "", "why it is withdrawn; of withdrawals only"),
    ("facts.report", "Facts.report", "", "the report it is of"),
    ("facts.received_at", "Facts.received_at", "", "when the hotline received the report, RFC 3339"),
    ("facts.source.hotline", "Facts.hotline", "", "the hotline whose agreement gives it"),
    ("facts.source.country", "Facts.country", "", "its country, ISO 3166-1"),
    ("facts.source.confirmed_by", "Facts.confirmed_by", "", "the hotline that confirmed it as owner"),
    ("facts.ground.agreement", "Facts.agreement", "", "the agreement"),
    ("facts.ground.version", "Facts.version", "", "its version"),
    ("facts.ground.clause", "Facts.clause", "", "the clause"),
    ("facts.assessment.class", "Judged.class", "Tags `class:`", "`baseline`, `national`, `not_illegal`"),
    ("facts.assessment.country", "Judged.country", "Tags `class-country:`", "of `national`: where it is illegal"),
    ("facts.assessment.age_group", "Judged.age_group", "Tags `age:`", "apparent age of the youngest victim"),
    ("facts.assessment.gender", "Judged.gender", "Tags `gender:`", "gender of the victims"),
    (
        "facts.assessment.synthetic",
        "Facts.synthetic",
        "",
        "`real`, `generated`, `drawn`, `unknown`: whether it shows somebody real",
    ),
    ("facts.assessment.note", "Judged.note", "", "what the analyst adds, where the clause gives pages"),
    ("facts.assessment.by", "Judged.by", "", "who judged"),
    ("facts.assessment.at", "Judged.at", "DateUpdated", "when"),
    ("facts.context", "Facts.context", "Tags `context`", "a harmless-looking picture, sent for its series alone"),
    (
        "facts.series",
        "Facts.series",
        "Series",
        "the series it is known under; of a context picture without a number, `report:` and the report's id",
    ),
    ("facts.place.url", "Facts.url", "MediaFiles.FilePath", "its own URL, where the clause gives places"),
    ("facts.place.page", "Facts.page", "", "the page's URL, where the clause gives pages"),
    ("facts.place.ip", "HostFacts.ip", "", "the host's address"),
    ("facts.place.country", "HostFacts.country", "", "the host's country"),
    ("facts.place.network", "HostFacts.network", "", "the host's network"),
    ("facts.file.sha256", "FileFacts.sha256", "AlternativeHashes", "64 lower-case hexadecimal characters"),
    ("facts.file.sha1", "FileFacts.sha1", "SHA1", "40 of them"),
    ("facts.file.md5", "FileFacts.md5", "MD5", "32 of them"),
    ("facts.file.pdq", "FileFacts.pdq", "AlternativeHashes", "64 of them; of pictures"),
    ("facts.file.pdq_quality", "FileFacts.pdq", "", "0 to 100"),
    ("facts.file.media_type", "FileFacts.kind", "MimeType", "found from the bytes"),
    ("facts.file.size", "FileFacts.size", "MediaSize", "bytes"),
    ("facts.file.width", "FileFacts.width", "", "pixels; 0 unknown"),
    ("facts.file.height", "FileFacts.height", "", "pixels; 0 unknown"),
    ("facts.file.duration_ms", "FileFacts.duration_ms", "", "of a video"),
    ("facts.file.path", "Facts.blob", "RelativeFilePath", "where it lies in the parcel; missing where it does not"),
    ("facts.custody.at", "Event.at", "", "when something happened to it"),
    ("facts.custody.act", "Event.act", "", "what, as the log names it"),
    ("facts.custody.who", "Event.who", "", "who"),
    ("facts.custody.purpose", "Event.purpose", "", "why"),
    ("facts.custody.number", "Event.chained", "", "number in the log's chain"),
    ("facts.custody.link", "Event.chained", "", "link in the log's chain"),
];

/// The field table as Markdown, for `docs/icse.md`.
pub fn field_table() -> String {
    let mut text =
        String::from("| in `dispatches.json` | ours | in `vics.json` | meaning |\n| --- | --- | --- | --- |\n");
    for (theirs, ours, vics, meaning) in FIELDS {
        let vics = match vics.split_once(' ') {
            Some((name, rest)) => format!("`{name}` {rest}"),
            None if vics.is_empty() => String::new(),
            None => format!("`{vics}`"),
        };
        text.push_str(&format!("| `{theirs}` | `{ours}` | {vics} | {meaning} |\n"));
    }
    text
}
