//! JSON shapes of the native API. Ids are UUIDs, times RFC 3339 in UTC, digests lower-case hexadecimal.

use crate::{api::evidence::Capture, names::Names};
use base::hex;
use reports as r;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Hand back as `cursor` to get what follows; null at the end.
    pub next: Option<String>,
}

/// Nothing has to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The id of what was made or changed; what came of it is read from the thing itself.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// Its id.
    pub id: String,
}

impl Done {
    /// What was made or changed.
    pub fn of(id: impl ToString) -> Self {
        Self { id: id.to_string() }
    }
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

impl Paging {
    /// Checks the cursor and the limit.
    pub fn checked(&self) -> Result<(Option<(i64, uuid::Uuid)>, u64), base::Refusal> {
        paging(self.cursor.as_deref(), self.limit)
    }
}

/// Checks a cursor and a limit.
pub fn paging(cursor: Option<&str>, limit: Option<u64>) -> Result<(Option<(i64, uuid::Uuid)>, u64), base::Refusal> {
    use storage::keyset;
    let limit = limit.unwrap_or(keyset::USUAL);
    if limit == 0 || limit > keyset::MOST {
        let reason = format!("`limit` is 1 to {}", keyset::MOST);
        return Err(base::Refusal::new("limit", "bad-limit", reason));
    }
    let after = cursor
        .map(|text| {
            keyset::read(text).ok_or_else(|| base::Refusal::new("cursor", "bad-cursor", "this is not a cursor we gave"))
        })
        .transpose()?;
    Ok((after, limit))
}

/// Where something is hosted.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Hosting {
    /// IP address.
    #[schema(example = "192.0.2.7")]
    pub ip: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "DE")]
    pub country: Option<String>,
    /// Name of the network.
    pub network: Option<String>,
}

impl From<&r::HostingFacts> for Hosting {
    fn from(h: &r::HostingFacts) -> Self {
        let ip = h.ip.map(|ip| ip.to_string());
        Self { ip, country: h.country.map(|c| c.to_string()), network: h.network.clone() }
    }
}

/// A report in a list.
#[derive(Serialize, ToSchema)]
pub struct ListedReport {
    /// Its id.
    pub id: String,
    /// Where it is: received, captured, described, compared, assessed, routed, disclosed, opened, answered.
    pub state: &'static str,
    /// The URL reported.
    pub source_url: String,
    /// When the hotline received it.
    pub received_at: String,
    /// Where the URL is hosted.
    pub hosting: Hosting,
    /// Its items.
    pub item_count: i64,
    /// Items that wait for an analyst.
    pub to_assess: i64,
    /// The newest outcome, if police said one.
    pub outcome: Option<&'static str>,
    /// When it was taken in here.
    pub created_at: String,
}

impl From<&r::Listed> for ListedReport {
    fn from(listed: &r::Listed) -> Self {
        let report = &listed.report;
        Self {
            id: report.id.to_string(),
            state: report.state.word(),
            source_url: report.source_url.clone(),
            received_at: report.received_at.to_string(),
            hosting: (&report.hosting).into(),
            item_count: listed.items,
            to_assess: listed.to_assess,
            outcome: listed.outcome.map(base::OutcomeKind::word),
            created_at: report.created_at.to_string(),
        }
    }
}

/// A report with everything the caller's hotline may see of it.
#[derive(Serialize, ToSchema)]
pub struct Report {
    /// Its id.
    pub id: String,
    /// Where it is: received, captured, described, compared, assessed, routed, disclosed, opened, answered.
    pub state: &'static str,
    /// The URL reported.
    pub source_url: String,
    /// When the hotline received it.
    pub received_at: String,
    /// The hotline that took it in.
    pub reporter: String,
    /// Where the URL is hosted.
    pub hosting: Hosting,
    /// website, forum, image_host, file_host, social_media, messenger, search, onion, other or unknown.
    pub site_type: &'static str,
    /// What the hotline adds.
    pub note: Option<String>,
    /// Its files.
    pub items: Vec<Item>,
    /// Disclosures in force, of all items.
    pub disclosures: Vec<Disclosure>,
    /// What was kept back, from whom and why.
    pub withheld: Vec<Withheld>,
    /// What police said.
    pub outcomes: Vec<Outcome>,
    /// When it was taken in here.
    pub created_at: String,
}

impl Report {
    /// The report with names.
    pub fn new(full: &r::look::FullReport, names: &Names) -> Self {
        let report = &full.report;
        let disclosures: Vec<Disclosure> = full.disclosures.iter().map(|d| Disclosure::new(d, names)).collect();
        let items = full.items.iter().map(|item| Item::new(item, &full.disclosures, names)).collect();
        Self {
            id: report.id.to_string(),
            state: report.state.word(),
            source_url: report.source_url.clone(),
            received_at: report.received_at.to_string(),
            reporter: names.of(report.reporter),
            hosting: (&report.hosting).into(),
            site_type: report.site_type.word(),
            note: report.note.clone(),
            items,
            disclosures,
            withheld: full.withheld.iter().map(|w| Withheld::new(w, names)).collect(),
            outcomes: full.outcomes.iter().map(|o| Outcome::new(o, names)).collect(),
            created_at: report.created_at.to_string(),
        }
    }
}

/// Digests, type and size of a file.
#[derive(Serialize, ToSchema)]
pub struct File {
    /// SHA-256.
    pub sha256: String,
    /// SHA-1.
    pub sha1: String,
    /// MD5.
    pub md5: String,
    /// PDQ, 64 hexadecimal digits.
    pub pdq: String,
    /// Quality of the PDQ hash, 0 to 100; below 50 it must not be matched.
    pub pdq_quality: i64,
    /// Media type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Bytes.
    pub size: i64,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// Milliseconds, of a video.
    pub duration_ms: Option<i64>,
    /// Whether the bytes are kept; not where the hotline's law forbids it.
    pub kept: bool,
    /// Whether the file has been looked into; until then type, size in pixels and PDQ say nothing.
    pub described: bool,
    /// Why it could not be looked into.
    pub trouble: Option<String>,
}

impl From<&r::MediaFacts> for File {
    fn from(m: &r::MediaFacts) -> Self {
        Self {
            sha256: hex(&m.sha256),
            sha1: hex(&m.sha1),
            md5: hex(&m.md5),
            pdq: hex(&m.pdq),
            pdq_quality: m.pdq_quality,
            kind: m.kind.clone(),
            size: m.size,
            width: m.width,
            height: m.height,
            duration_ms: m.duration_ms,
            kept: m.blob.is_some(),
            described: m.described,
            trouble: m.trouble.clone(),
        }
    }
}

/// One file of a report, as a hotline sees it.
#[derive(Serialize, ToSchema)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// The report it belongs to.
    pub report_id: String,
    /// Its name as sent.
    pub file_name: String,
    /// Its own URL, where one was given.
    pub url: Option<String>,
    /// Digests, type and size.
    #[serde(flatten)]
    pub file: File,
    /// Whether its content had been assessed before it came in.
    pub known: bool,
    /// The judgement in force; null while it waits for an analyst.
    pub assessment: Option<Assessment>,
    /// The country it was assigned to by hosting, once routed.
    pub assigned_country: Option<String>,
    /// The hotline that owns it by hosting country, once routed.
    pub owner: Option<String>,
    /// Whether the owning hotline has to judge or confirm it before its police are told.
    pub waits_for_owner: bool,
    /// Disclosures of this item in force.
    pub disclosures: Vec<Disclosure>,
    /// What victim identification said of it, oldest first.
    pub findings: Vec<Finding>,
    /// Counts changes; the ETag of the item.
    pub version: i64,
}

/// What victim identification said of an item.
#[derive(Serialize, ToSchema)]
pub struct Finding {
    /// new, known, identified, victim_identified or rejected.
    pub word: &'static str,
    /// Number of the series.
    pub series: Option<String>,
    /// Why it was not taken.
    pub reason: Option<String>,
    /// When.
    pub at: String,
}

impl From<&r::finding::Finding> for Finding {
    fn from(found: &r::finding::Finding) -> Self {
        Self {
            word: found.word.word(),
            series: found.series.clone(),
            reason: found.reason.clone(),
            at: found.at.to_string(),
        }
    }
}

impl Item {
    /// The item with names and with those of the disclosures that are its own.
    pub fn new(item: &r::Item, disclosures: &[r::Disclosure], names: &Names) -> Self {
        let own = disclosures.iter().filter(|d| d.item == item.id);
        Self {
            id: item.id.to_string(),
            report_id: item.report.to_string(),
            file_name: item.file_name.clone(),
            url: item.url.clone(),
            file: (&item.media).into(),
            known: item.known,
            assessment: item.assessment.as_ref().map(|a| Assessment::new(a, names)),
            assigned_country: item.assigned_country.map(|c| c.to_string()),
            owner: item.owner.map(|o| names.of(o)),
            waits_for_owner: item.waits_for_owner,
            disclosures: own.map(|d| Disclosure::new(d, names)).collect(),
            findings: item.findings.iter().map(Into::into).collect(),
            version: item.version,
        }
    }
}

/// A judgement.
#[derive(Serialize, ToSchema)]
pub struct Assessment {
    /// baseline, national or not_illegal.
    pub class: &'static str,
    /// For national: where it is illegal.
    pub country: Option<String>,
    /// infant, prepubescent, pubescent, adolescent, adult or unknown.
    pub age_group: &'static str,
    /// female, male, both or unknown.
    pub gender: &'static str,
    /// real, generated, drawn or unknown.
    pub synthetic: &'static str,
    /// What the analyst adds.
    pub note: Option<String>,
    /// Whether it was taken over from an earlier judgement of the same content.
    pub inherited: bool,
    /// Who judged; null for an inherited one: whoever judged the content first is not told.
    pub organisation: Option<String>,
    /// When.
    pub at: String,
}

impl Assessment {
    /// The judgement with names.
    pub fn new(a: &r::Assessment, names: &Names) -> Self {
        let inherited = a.inherited_from.is_some();
        Self {
            class: a.class.word(),
            country: a.country.map(|c| c.to_string()),
            age_group: a.age_group.word(),
            gender: a.gender.word(),
            synthetic: a.synthetic.word(),
            note: a.note.clone(),
            inherited,
            organisation: (!inherited).then(|| names.of(a.org)),
            at: a.at.to_string(),
        }
    }
}

/// A decision that one LEA may see one item.
#[derive(Serialize, ToSchema)]
pub struct Disclosure {
    /// The item.
    pub item_id: String,
    /// The LEA that was told.
    pub organisation: String,
    /// Its id.
    pub organisation_id: String,
    /// Its country.
    pub country: Option<String>,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// metadata, item, page or series.
    pub width: &'static str,
    /// Whether the file itself opens.
    pub media: bool,
    /// Why, in plain words.
    pub reason: String,
    /// When.
    pub at: String,
}

impl Disclosure {
    /// The disclosure with names.
    pub fn new(d: &r::Disclosure, names: &Names) -> Self {
        Self {
            item_id: d.item.to_string(),
            organisation: names.of(d.lea),
            organisation_id: d.lea.to_string(),
            country: names.country(d.lea),
            agreement: d.agreement.clone(),
            version: d.version,
            clause: d.clause.clone(),
            width: d.width.word(),
            media: d.media,
            reason: d.reason.clone(),
            at: d.at.to_string(),
        }
    }
}

/// A decision that something is kept back.
#[derive(Serialize, ToSchema)]
pub struct Withheld {
    /// The item.
    pub item_id: String,
    /// From whom; null where there is no LEA to tell.
    pub organisation: Option<String>,
    /// everything, files, address, page or series.
    pub what: String,
    /// Name of the agreement, where one was looked at.
    pub agreement: Option<String>,
    /// The clause, where one fits.
    pub clause: Option<String>,
    /// Why, in plain words.
    pub reason: String,
}

impl Withheld {
    /// What was kept back, with names.
    pub fn new(w: &r::Withheld, names: &Names) -> Self {
        Self {
            item_id: w.item.to_string(),
            organisation: w.lea.map(|l| names.of(l)),
            what: w.what.clone(),
            agreement: w.agreement.clone(),
            clause: w.clause.clone(),
            reason: w.reason.clone(),
        }
    }
}

/// What an LEA did with a case.
#[derive(Serialize, ToSchema)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// The LEA.
    pub organisation: String,
    /// useful, known, victim_identified, arrest, insufficient or not_illegal_here.
    pub outcome: &'static str,
    /// In the officer's words.
    pub note: Option<String>,
    /// For insufficient, what was missing: address, page, files, series, host, uploader, victim or freshness.
    pub missing: Vec<&'static str>,
    /// When.
    pub at: String,
}

impl Outcome {
    /// The outcome with names.
    pub fn new(o: &r::Outcome, names: &Names) -> Self {
        let organisation = names.of(o.lea);
        Self {
            id: o.id.to_string(),
            organisation,
            outcome: o.kind.word(),
            note: o.note.clone(),
            missing: o.missing.iter().map(|m| m.word()).collect(),
            at: o.at.to_string(),
        }
    }
}

/// A case in an inbox.
#[derive(Serialize, ToSchema)]
pub struct ListedCase {
    /// Its id.
    pub id: String,
    /// The report behind it.
    pub report_id: String,
    /// Why it is here, in plain words.
    pub why: String,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// The widest disclosure in it: metadata, item, page or series.
    pub width: &'static str,
    /// The gravest class in it.
    pub class: &'static str,
    /// Items disclosed.
    pub item_count: i64,
    /// The URL reported; only at page width.
    pub source_url: Option<String>,
    /// Country of the host.
    pub hosting_country: Option<String>,
    /// When it was disclosed.
    pub disclosed_at: String,
    /// When an officer first opened it.
    pub opened_at: Option<String>,
    /// The newest outcome.
    pub outcome: Option<&'static str>,
    /// Days after the disclosure on which an outcome is due; 0: none is owed.
    pub outcome_days: i64,
}

impl From<&r::Case> for ListedCase {
    fn from(case: &r::Case) -> Self {
        Self {
            id: case.id.to_string(),
            report_id: case.report.to_string(),
            why: case.why.clone(),
            agreement: case.agreement.clone(),
            version: case.version,
            clause: case.clause.clone(),
            width: case.width.word(),
            class: case.class.word(),
            item_count: case.items,
            source_url: case.source_url.clone(),
            hosting_country: case.hosting_country.map(|c| c.to_string()),
            disclosed_at: case.created_at.to_string(),
            opened_at: case.opened_at.map(|t| t.to_string()),
            outcome: case.outcome.map(base::OutcomeKind::word),
            outcome_days: case.outcome_days,
        }
    }
}

/// A case, opened: what was disclosed and what was kept back.
#[derive(Serialize, ToSchema)]
pub struct Case {
    /// The case as in the inbox.
    #[serde(flatten)]
    pub case: ListedCase,
    /// The hotline that reported it.
    pub reporter: String,
    /// Where it is hosted; the address only at item width.
    pub hosting: Hosting,
    /// When the hotline received it; only at page width.
    pub received_at: Option<String>,
    /// What the hotline adds; only at page width.
    pub note: Option<String>,
    /// The newest trace: addresses and three signals; registration, names and delivery network only at page width.
    #[schema(value_type = Object)]
    pub trace: Option<serde_json::Value>,
    /// Captures of the page; only at page width, where files open.
    pub captures: Vec<Capture>,
    /// Items disclosed, each as wide as its own disclosure: the first 200.
    pub items: Vec<CaseItem>,
    /// Hand to `/api/v1/cases/{id}/items` as `cursor` to get what follows; null at the end.
    pub items_next: Option<String>,
    /// What was kept back, and why.
    pub withheld: Vec<Withheld>,
    /// What was said before.
    pub outcomes: Vec<Outcome>,
}

/// An item as an LEA may see it.
#[derive(Serialize, ToSchema)]
pub struct CaseItem {
    /// Its id.
    pub id: String,
    /// The judgement.
    pub assessment: Assessment,
    /// Its own URL; only at item width.
    pub url: Option<String>,
    /// Digests, type and size; only at item width.
    #[serde(flatten)]
    pub file: Option<File>,
    /// Whether the file itself opens.
    pub media: bool,
    /// Name of the agreement that gives it.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// How wide it was disclosed: metadata, item, page or series. (`width` is the picture's, in pixels.)
    pub disclosed_width: &'static str,
    /// Why, in plain words.
    pub why: String,
    /// What victim identification said of it, oldest first.
    pub findings: Vec<Finding>,
}

impl Case {
    /// The case with names.
    pub fn new(open: &r::OpenCase, names: &Names) -> Self {
        let page = open.page.as_ref();
        Self {
            case: (&open.case).into(),
            reporter: names.of(open.reporter),
            hosting: (&open.hosting).into(),
            received_at: page.map(|p| p.received_at.to_string()),
            note: page.and_then(|p| p.note.clone()),
            trace: open.trace.as_ref().and_then(|t| serde_json::to_value(t).ok()),
            captures: open.captures.iter().map(Capture::from).collect(),
            items: open.items.iter().map(|i| CaseItem::new(i, names)).collect(),
            items_next: open.items_next.clone(),
            withheld: open.withheld.iter().map(|w| Withheld::new(w, names)).collect(),
            outcomes: open.outcomes.iter().map(|o| Outcome::new(o, names)).collect(),
        }
    }
}

impl CaseItem {
    /// The item with names.
    pub fn new(item: &r::CaseItem, names: &Names) -> Self {
        let given = &item.disclosure;
        Self {
            id: item.id.to_string(),
            assessment: Assessment::new(&item.assessment, names),
            url: item.detail.as_ref().and_then(|(url, _)| url.clone()),
            file: item.detail.as_ref().map(|(_, media)| media.into()),
            media: item.media,
            agreement: given.agreement.clone(),
            version: given.version,
            clause: given.clause.clone(),
            disclosed_width: given.width.word(),
            why: given.reason.clone(),
            findings: item.findings.iter().map(Into::into).collect(),
        }
    }
}

/// The caller.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// Name.
    pub name: String,
    /// Role.
    pub role: &'static str,
    /// Organisation.
    pub organisation: String,
    /// Its id.
    pub organisation_id: String,
    /// Its kind.
    pub organisation_kind: &'static str,
    /// Its country.
    pub country: Option<String>,
}

/// Who is named in the log.
pub fn person_name(names: &[agreements::directory::Person], id: uuid::Uuid) -> Option<String> {
    names.iter().find(|p| p.id.0 == id).map(|p| p.name.clone())
}
