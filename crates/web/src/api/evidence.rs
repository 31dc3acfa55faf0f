//! JSON shapes of captures, traces, sightings and custody.

use crate::api::shape::Hosting;
use base::hex;
use reports::{self as r, capture};
use serde::Serialize;
use utoipa::ToSchema;

/// One fetch of a reported page.
#[derive(Serialize, ToSchema)]
pub struct Capture {
    /// Its id.
    pub id: String,
    /// The report.
    pub report_id: String,
    /// asked, taken or failed.
    pub state: &'static str,
    /// When it was asked for.
    pub asked_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// kept, or hashed_only where the hotline's law forbids keeping media.
    pub payload: &'static str,
    /// Why the page could not be had.
    pub failed: Option<String>,
    /// Files found.
    pub files: i64,
    /// Whether there is an archive to open.
    pub archive: bool,
    /// Whether there is a picture of the page to open.
    pub picture: bool,
    /// Why there is no picture.
    pub picture_problem: Option<String>,
}

impl From<&r::Capture> for Capture {
    fn from(c: &r::Capture) -> Self {
        Self {
            id: c.id.to_string(),
            report_id: c.report.to_string(),
            state: capture::state(c),
            asked_at: c.asked_at.to_string(),
            ended_at: c.ended_at.map(|t| t.to_string()),
            payload: capture::payload(c.payload),
            failed: c.failed.clone(),
            files: c.files,
            archive: c.archive.is_some(),
            picture: c.picture.is_some(),
            picture_problem: c.picture_problem.clone(),
        }
    }
}

/// A capture with its record and what it found.
#[derive(Serialize, ToSchema)]
pub struct FullCapture {
    /// The capture.
    #[serde(flatten)]
    pub capture: Capture,
    /// The capture record: tool, clock, way out, and every exchange with addresses, certificate, headers and digests.
    #[schema(value_type = Object)]
    pub record: Option<serde_json::Value>,
    /// What it found.
    pub found: Vec<Sighting>,
    /// How that differs from the capture before; null for the first.
    pub difference: Option<Difference>,
}

impl FullCapture {
    /// The capture with everything.
    pub fn new(c: &r::Capture, found: &[r::Sighting], difference: Option<capture::Difference>) -> Self {
        Self {
            capture: c.into(),
            record: c.record.as_ref().and_then(|record| serde_json::to_value(record).ok()),
            found: found.iter().map(Sighting::from).collect(),
            difference: difference.map(Difference::from),
        }
    }
}

/// How two captures of the same page differ. Files are compared by content.
#[derive(Serialize, ToSchema)]
pub struct Difference {
    /// The earlier capture.
    pub before: String,
    /// When that was asked for.
    pub before_at: String,
    /// URLs of files that are there now and were not.
    pub came: Vec<String>,
    /// URLs of files that were there and are gone.
    pub went: Vec<String>,
    /// Files with the same content as before.
    pub stayed: usize,
    /// What was otherwise different.
    pub changed: Vec<Change>,
}

/// One difference.
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// answer, address, title, final_url or certificate.
    pub what: &'static str,
    /// Before.
    pub was: String,
    /// Now.
    pub is: String,
}

impl From<capture::Difference> for Difference {
    fn from(d: capture::Difference) -> Self {
        let change = |(what, was, is)| Change { what, was, is };
        Self {
            before: d.before.to_string(),
            before_at: d.before_at.to_string(),
            came: d.came,
            went: d.went,
            stayed: d.stayed,
            changed: d.changed.into_iter().map(change).collect(),
        }
    }
}

/// A file seen at a URL at a time.
#[derive(Serialize, ToSchema)]
pub struct Sighting {
    /// In which capture.
    pub capture_id: String,
    /// The item.
    pub item_id: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Where the page named it.
    pub url: String,
    /// Where it was in the end, after redirects.
    pub final_url: String,
    /// report, image, source_set, style, video, poster, link or embed.
    pub found_by: String,
    /// When.
    pub at: String,
}

impl From<&r::Sighting> for Sighting {
    fn from(s: &r::Sighting) -> Self {
        Self {
            capture_id: s.capture.to_string(),
            item_id: s.item.to_string(),
            sha256: hex(&s.sha256),
            url: s.url.clone(),
            final_url: s.final_url.clone(),
            found_by: s.found_by.clone(),
            at: s.at.to_string(),
        }
    }
}

/// Where a report's host is.
#[derive(Serialize, ToSchema)]
pub struct Hosted {
    /// Where it is, by what counts now.
    pub hosting: Hosting,
    /// Whether an analyst's word stands against what is looked up.
    pub overruled: bool,
    /// How it became known, newest first.
    pub history: Vec<Traced>,
}

impl Hosted {
    /// With the history of it.
    pub fn new(hosting: &r::HostingFacts, history: &[r::Traced]) -> Self {
        Self {
            hosting: hosting.into(),
            overruled: reports::trace::overruled(history),
            history: history.iter().map(Traced::from).collect(),
        }
    }
}

/// One entry of the history of where a host is.
#[derive(Serialize, ToSchema)]
pub struct Traced {
    /// reported, looked_up, overruled or taken_back.
    pub kind: &'static str,
    /// When.
    pub at: String,
    /// Where it is, by this entry.
    pub hosting: Hosting,
    /// Why, where an analyst spoke.
    pub reason: Option<String>,
    /// The trace: addresses, three signals with time and source, registration, delivery network.
    #[schema(value_type = Object)]
    pub found: Option<serde_json::Value>,
}

impl From<&r::Traced> for Traced {
    fn from(t: &r::Traced) -> Self {
        Self {
            kind: t.kind.word(),
            at: t.at.to_string(),
            hosting: (&t.hosting).into(),
            reason: t.reason.clone(),
            found: t.found.as_ref().and_then(|f| serde_json::to_value(f).ok()),
        }
    }
}

/// What the device noted in a file.
#[derive(Serialize, ToSchema)]
pub struct Device {
    /// Maker of the camera.
    pub make: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Program that wrote the file.
    pub software: Option<String>,
    /// When the picture was taken, as written.
    pub taken: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
}

impl From<media::Device> for Device {
    fn from(d: media::Device) -> Self {
        let media::Device { make, model, serial, software, taken, latitude, longitude } = d;
        Self { make, model, serial, software, taken, latitude, longitude }
    }
}

/// The chain of custody of the object behind an item.
#[derive(Serialize, ToSchema)]
pub struct Custody {
    /// The item.
    pub item_id: String,
    /// SHA-256 of the object.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// The sealed object in the evidence store; null where media may not be kept.
    pub object: Option<String>,
    /// Where and when it was seen, oldest first.
    pub sightings: Vec<Sighting>,
    /// What happened, oldest first.
    pub events: Vec<CustodyEvent>,
}

/// Something that happened to an object.
#[derive(Serialize, ToSchema)]
pub struct CustodyEvent {
    /// When.
    pub at: String,
    /// Name of the act.
    pub act: String,
    /// collect, alter, consult, disclose, combine or erase.
    pub verb: &'static str,
    /// Who; null for the exchange's own machinery.
    pub person: Option<String>,
    /// Which part of the machinery.
    pub machine: Option<String>,
    /// Why, where it had to be said.
    pub purpose: Option<String>,
    /// Number in the organisation's chained log; null until it is chained.
    pub seq: Option<i64>,
    /// Link in that chain.
    pub link: Option<String>,
}

impl Custody {
    /// The chain of custody.
    pub fn new(c: &r::custody::Custody) -> Self {
        let event = |n: &storage::audit_log::Numbered| CustodyEvent {
            at: n.entry.at.to_string(),
            act: n.entry.act.clone(),
            verb: n.entry.verb.word(),
            person: n.entry.person.map(|p| p.to_string()),
            machine: n.entry.machine.clone(),
            purpose: n.entry.purpose.clone(),
            seq: n.seq,
            link: n.link.as_deref().map(hex),
        };
        Self {
            item_id: c.item.id.to_string(),
            sha256: hex(&c.item.media.sha256),
            size: c.item.media.size,
            object: c.item.media.blob.map(|b| b.to_string()),
            sightings: c.sightings.iter().map(Sighting::from).collect(),
            events: c.events.iter().map(event).collect(),
        }
    }
}

/// Something a hotline is told without asking.
#[derive(Serialize, ToSchema)]
pub struct News {
    /// Its id.
    pub id: String,
    /// The report.
    pub report_id: String,
    /// host_moved: the host was found in another country, and the report has another owner now. victim_identified: police
    /// identified a victim. not_illegal_here: police say that it is not illegal where they are.
    pub kind: &'static str,
    /// How it was before; for a move, the country.
    pub was: Option<String>,
    /// How it is now; for what police said, their country.
    pub becomes: Option<String>,
    /// When.
    pub at: String,
}

impl From<&r::News> for News {
    fn from(n: &r::News) -> Self {
        Self {
            id: n.id.to_string(),
            report_id: n.report.to_string(),
            kind: n.kind.word(),
            was: n.was.clone(),
            becomes: n.becomes.clone(),
            at: n.at.to_string(),
        }
    }
}
