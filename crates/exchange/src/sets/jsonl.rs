//! The format of our own: JSON Lines, one record a line, nothing lost. Described in the package's README.
//!
//! The first line names the format and its version, the last one says how many records there are, so that a file that was
//! cut off is known as such. A member that this version does not know refuses its row; members come with a new version.

use super::text::{Line, Lines};
use crate::{
    Done, Limits, Row, Totals,
    input::Utf8,
    loose,
    row::{Flow, Sink, unreadable},
};
use base::{AgeGroup, Gender, Refusal, Time};
use base64::{Engine, engine::general_purpose::STANDARD};
use hashlists::{Category, Content, Digests, Flags, Member, Opaque, PHOTODNA, Pdq, Record, Rest, digest};
use serde::{Deserialize, Serialize};
use std::{
    io::{self, Read, Write},
    ops::ControlFlow,
};

/// Name of the format in its first line.
pub const NAME: &str = "cport-hashes";
/// Version that is written, and the newest that is read.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    format: String,
    version: u32,
}

/// The last line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    records: u64,
}

/// A record as it is written; what is not there is not stated.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Wire {
    #[serde(skip_serializing_if = "Option::is_none")]
    md5: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pdq: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pdq_quality: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    opaque: Vec<WireOpaque>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<WireMember>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<WireCategory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_group: Option<AgeGroup>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<Gender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    victim_identified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offender_identified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distributed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suspected: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    self_generated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_change: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_change: Option<Time>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tombstone: bool,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    rest: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireOpaque {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    href: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireMember {
    id: String,
    #[serde(default)]
    name: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCategory {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    code: String,
}

/// One record as one line, without its end.
pub fn line(record: &Record) -> String {
    let wire = Wire {
        md5: record.digests.md5.map(|d| base::hex(&d)),
        sha1: record.digests.sha1.map(|d| base::hex(&d)),
        sha256: record.digests.sha256.map(|d| base::hex(&d)),
        pdq: record.pdq.map(|p| base::hex(&p.bits)),
        pdq_quality: record.pdq.and_then(|p| p.quality),
        opaque: record.opaque.iter().map(wire_opaque).collect(),
        media_type: record.media_type.clone(),
        size: record.size,
        list: record.list.clone(),
        member: record.member.clone().map(|m| WireMember { id: m.id, name: m.name }),
        id: record.id.clone(),
        category: record.category.clone().map(|c| WireCategory { region: c.region, code: c.code }),
        age_group: record.age_group,
        gender: record.gender,
        victim_identified: record.flags.victim_identified,
        offender_identified: record.flags.offender_identified,
        distributed: record.flags.distributed,
        suspected: record.flags.suspected,
        self_generated: record.flags.self_generated,
        series: record.series.clone(),
        tags: record.tags.clone(),
        first_change: record.first_change,
        last_change: record.last_change,
        tombstone: record.tombstone,
        rest: record.rest.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect(),
    };
    // Every member has a JSON form, so this does not fail.
    serde_json::to_string(&wire).unwrap_or_default()
}

fn wire_opaque(one: &Opaque) -> WireOpaque {
    let (base64, href) = match &one.content {
        Content::Bytes(bytes) => (Some(STANDARD.encode(bytes)), None),
        Content::Reference(href) => (None, Some(href.clone())),
    };
    WireOpaque { name: one.name.clone(), base64, href }
}

/// A record from its line; the number is that of pictures dropped.
pub fn parse(line: &[u8]) -> Result<(Record, u32), Refusal> {
    let wire: Wire = serde_json::from_slice(line).map_err(|error| refused(&error))?;
    let (mut rest, mut pictures) = (Rest::default(), 0);
    for (name, value) in wire.rest {
        let (format, name) = name.split_once('.').unwrap_or(("jsonl", &name));
        pictures += rest.keep(format, name, value);
    }
    let text = |text: &Option<String>| text.as_ref().map(|t| t.as_bytes().to_vec());
    let md5 = text(&wire.md5).map(|t| digest("md5", &t)).transpose()?;
    let sha1 = text(&wire.sha1).map(|t| digest("sha1", &t)).transpose()?;
    let sha256 = text(&wire.sha256).map(|t| digest("sha256", &t)).transpose()?;
    let record = Record {
        digests: Digests { md5, sha1, sha256 },
        pdq: pdq(wire.pdq, wire.pdq_quality)?,
        opaque: wire.opaque.into_iter().map(opaque).collect::<Result<_, _>>()?,
        media_type: wire.media_type,
        size: wire.size,
        list: wire.list,
        member: wire.member.map(|m| Member { id: m.id, name: m.name }),
        id: wire.id,
        category: wire.category.map(|c| Category { region: c.region, code: c.code }),
        age_group: wire.age_group,
        gender: wire.gender,
        flags: Flags {
            victim_identified: wire.victim_identified,
            offender_identified: wire.offender_identified,
            distributed: wire.distributed,
            suspected: wire.suspected,
            self_generated: wire.self_generated,
        },
        series: wire.series,
        tags: wire.tags,
        first_change: wire.first_change,
        last_change: wire.last_change,
        tombstone: wire.tombstone,
        rest,
    };
    Ok((record, pictures))
}

fn pdq(hex: Option<String>, quality: Option<u8>) -> Result<Option<Pdq>, Refusal> {
    let quality = quality.map(|q| Pdq::quality(&q.to_string())).transpose()?;
    match (hex, quality) {
        (Some(hex), quality) => Ok(Some(Pdq { bits: digest("pdq", hex.as_bytes())?, quality })),
        (None, Some(_)) => Err(Refusal::new("pdq_quality", "malformed", "`pdq_quality` stands without a PDQ")),
        (None, None) => Ok(None),
    }
}

fn opaque(one: WireOpaque) -> Result<Opaque, Refusal> {
    let refused = |reason| Refusal::new("opaque", "malformed", reason);
    match (one.base64, one.href) {
        (Some(text), None) if one.name == PHOTODNA => loose::photodna(text.as_bytes()),
        (Some(text), None) => {
            let bytes = STANDARD.decode(text).map_err(|_| refused("an opaque fingerprint is not base64"))?;
            Ok(Opaque { name: one.name, content: Content::Bytes(bytes) })
        }
        (None, Some(href)) => Ok(Opaque { name: one.name, content: Content::Reference(href) }),
        _ => Err(refused("an opaque fingerprint has either `base64` or `href`")),
    }
}

/// What serde says may quote the input; only the kind of fault and its column are passed on.
fn refused(error: &serde_json::Error) -> Refusal {
    let what = match error.classify() {
        serde_json::error::Category::Data => "a member is unknown or of the wrong type",
        serde_json::error::Category::Eof => "the line ends inside of a value",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "the line is not JSON",
    };
    Refusal::new("record", "malformed", format!("{what}, column {}", error.column()))
}

/// Reads a file of this format.
pub fn read(input: impl Read, limits: &Limits, mut each: impl FnMut(Row) -> ControlFlow<()>) -> Done {
    let mut sink = Sink::new(limits, &mut each);
    let flow = walk(&mut Utf8::new(input), limits, &mut sink);
    sink.end(flow)
}

/// Where in the file the walk is.
#[derive(PartialEq)]
enum Stage {
    First,
    Records,
    Ended,
}

fn walk(input: &mut dyn Read, limits: &Limits, sink: &mut Sink<'_>) -> Flow {
    let mut lines = Lines::new(input, limits);
    let mut stage = Stage::First;
    loop {
        let broken = |rule, reason: &str| Err(Refusal::new("file", rule, reason));
        let step = match lines.next() {
            Err(error) => Err(unreadable(&error)),
            Ok(None) if stage == Stage::Ended => return ControlFlow::Continue(()),
            Ok(None) => broken("cut-off", "its last line is missing, it was cut off"),
            Ok(Some(Line::Text(text))) if text.trim_ascii().is_empty() => continue,
            Ok(Some(_)) if stage == Stage::Ended => broken("malformed", "something follows its last line"),
            Ok(Some(Line::TooLong)) => {
                let reason = format!("it has more than {} bytes", limits.record);
                Ok(Some(Err(Refusal::new("record", "too-large", reason))))
            }
            Ok(Some(Line::Text(text))) if stage == Stage::First => {
                stage = Stage::Records;
                first(text).map(|()| None)
            }
            Ok(Some(Line::Text(text))) => match text.starts_with(b"{\"records\"").then(|| serde_json::from_slice(text))
            {
                Some(Ok(Last { records })) if records + 1 == sink.next() => {
                    stage = Stage::Ended;
                    Ok(None)
                }
                Some(Ok(Last { .. })) => broken("cut-off", "its last line counts another number of records"),
                Some(Err(_)) | None => Ok(Some(parse(text))),
            },
        };
        let (line, offset) = lines.place();
        match step {
            Ok(None) => (),
            Ok(Some(row)) => {
                sink.dropped(row.as_ref().map_or(0, |(_, pictures)| *pictures));
                sink.row(line, offset, row.map(|(record, _)| record))?;
            }
            Err(refusal) => return sink.broken(line, offset, refusal),
        }
    }
}

fn first(text: &[u8]) -> Result<(), Refusal> {
    match serde_json::from_slice::<First>(text) {
        Ok(first) if first.format == NAME && first.version <= VERSION => Ok(()),
        Ok(first) if first.format == NAME => {
            let reason = format!("it is of version {}, up to {VERSION} is read", first.version);
            Err(Refusal::new("file", "other-version", reason))
        }
        _ => Err(Refusal::new("file", "other-format", format!("its first line does not name the format `{NAME}`"))),
    }
}

/// Writes a file of this format.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    totals: Totals,
}

impl<W: Write> Writer<W> {
    /// Writes the first line.
    pub fn new(mut out: W) -> io::Result<Self> {
        writeln!(out, "{{\"format\":\"{NAME}\",\"version\":{VERSION}}}")?;
        Ok(Self { out, totals: Totals::default() })
    }

    /// Writes a record.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        writeln!(self.out, "{}", line(record))?;
        self.totals.written += 1;
        Ok(())
    }

    /// Writes the last line.
    pub fn finish(mut self) -> io::Result<(W, Totals)> {
        writeln!(self.out, "{{\"records\":{}}}", self.totals.written)?;
        self.out.flush()?;
        Ok((self.out, self.totals))
    }
}
