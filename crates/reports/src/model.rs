//! What the spine hands out: reports, items, judgements, disclosures, cases, outcomes. Plain values, no behaviour.

use crate::flow::State;
use base::{
    AgeGroup, AssessmentId, BlobId, CaseId, Class, Country, Gender, ItemId, OrgId, OutcomeId, OutcomeKind, PersonId,
    ReportId, Time, Width,
};

/// Where something is hosted, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostingFacts {
    /// IP address.
    pub ip: Option<std::net::IpAddr>,
    /// Country of the host.
    pub country: Option<Country>,
    /// Name of the network.
    pub network: Option<String>,
}

/// What a hotline took in about one source URL.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// The hotline that took it in.
    pub reporter: OrgId,
    /// The URL reported.
    pub source_url: String,
    /// Its host name.
    pub source_host: String,
    /// When the hotline received it.
    pub received_at: Time,
    /// Who took it in.
    pub submitted_by: PersonId,
    /// Where it is.
    pub state: State,
    /// Where the URL is hosted.
    pub hosting: HostingFacts,
    /// What the hotline adds.
    pub note: Option<String>,
    /// When it was taken in here.
    pub created_at: Time,
    /// When it last changed.
    pub changed_at: Time,
}

/// A report in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The report.
    pub report: Report,
    /// Its items.
    pub items: i64,
    /// Items that wait for an analyst.
    pub to_assess: i64,
    /// What came of it, the newest.
    pub outcome: Option<OutcomeKind>,
}

/// One file of a report.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// The report it belongs to.
    pub report: ReportId,
    /// The hotline that reported it.
    pub reporter: OrgId,
    /// The hotline of the hosting country, once routed.
    pub owner: Option<OrgId>,
    /// The country it was assigned to, once routed.
    pub assigned_country: Option<Country>,
    /// Its own URL, where one was given.
    pub url: Option<String>,
    /// Its name as sent.
    pub file_name: String,
    /// Digests, type and size.
    pub media: MediaFacts,
    /// Whether its content had been assessed before it came in.
    pub known: bool,
    /// Whether the owning hotline has to judge or confirm it before its police are told.
    pub waits_for_owner: bool,
    /// The owner, once it has confirmed another member's baseline judgement.
    pub confirmed_by: Option<OrgId>,
    /// The judgement in force.
    pub assessment: Option<Assessment>,
    /// Counts changes; the entity tag.
    pub version: i64,
}

/// The file behind an item.
#[derive(Clone, Debug)]
pub struct MediaFacts {
    /// SHA-256.
    pub sha256: Vec<u8>,
    /// SHA-1.
    pub sha1: Vec<u8>,
    /// MD5.
    pub md5: Vec<u8>,
    /// PDQ, 256 bits.
    pub pdq: Vec<u8>,
    /// Quality of the PDQ hash, 0 to 100; below 50 it matches nothing.
    pub pdq_quality: i64,
    /// Media type, such as `image/png`.
    pub kind: String,
    /// Bytes.
    pub size: i64,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// The sealed original.
    pub blob: BlobId,
    /// The sealed degraded preview.
    pub preview: BlobId,
}

/// One judgement of one item.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// Its id.
    pub id: AssessmentId,
    /// The organisation that judged.
    pub org: OrgId,
    /// What it is.
    pub class: Class,
    /// For `national`: where it is illegal.
    pub country: Option<Country>,
    /// Apparent age of the youngest victim.
    pub age_group: AgeGroup,
    /// Gender of the victims.
    pub gender: Gender,
    /// What the analyst adds.
    pub note: Option<String>,
    /// The earlier judgement it was taken over from.
    pub inherited_from: Option<AssessmentId>,
    /// When.
    pub at: Time,
}

/// A decision that one LEA may see one item.
#[derive(Clone, Debug)]
pub struct Disclosure {
    /// The item.
    pub item: ItemId,
    /// Who was told.
    pub lea: OrgId,
    /// Name of the agreement, or of the network's default lane.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// How wide.
    pub width: Width,
    /// Whether the files open.
    pub media: bool,
    /// Why, in plain words.
    pub reason: String,
    /// When.
    pub at: Time,
}

/// A decision that something is kept back.
#[derive(Clone, Debug)]
pub struct Withheld {
    /// The item.
    pub item: ItemId,
    /// From whom; `None` where there is no LEA to tell.
    pub lea: Option<OrgId>,
    /// What: `everything`, `files`, `address`, `page`, `series`.
    pub what: String,
    /// Name of the agreement, where one was looked at.
    pub agreement: Option<String>,
    /// The clause, where one fits.
    pub clause: Option<String>,
    /// Why, in plain words.
    pub reason: String,
}

/// A case in an inbox.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The report behind it.
    pub report: ReportId,
    /// The gravest class in it.
    pub class: Class,
    /// Items disclosed.
    pub items: i64,
    /// Why it is here, in plain words.
    pub why: String,
    /// The clause.
    pub clause: String,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// How wide.
    pub width: Width,
    /// The URL reported; only at page width.
    pub source_url: Option<String>,
    /// Country of the host.
    pub hosting_country: Option<Country>,
    /// When it was disclosed.
    pub created_at: Time,
    /// When an officer first opened it.
    pub opened_at: Option<Time>,
    /// What came of it, the newest.
    pub outcome: Option<OutcomeKind>,
}

/// A case, opened: what was disclosed and what was kept back.
#[derive(Clone, Debug)]
pub struct OpenCase {
    /// The case.
    pub case: Case,
    /// Source URL, note and time received; only at page width.
    pub page: Option<Page>,
    /// Where it is hosted; the address only at item width.
    pub hosting: HostingFacts,
    /// The reporting hotline.
    pub reporter: OrgId,
    /// Items disclosed, each as wide as its own disclosure.
    pub items: Vec<CaseItem>,
    /// What was kept back, and why.
    pub withheld: Vec<Withheld>,
    /// What was said before.
    pub outcomes: Vec<Outcome>,
}

/// The page a case was found on.
#[derive(Clone, Debug)]
pub struct Page {
    /// The URL reported.
    pub source_url: String,
    /// When the hotline received it.
    pub received_at: Time,
    /// What the hotline adds.
    pub note: Option<String>,
}

/// An item as an LEA may see it.
#[derive(Clone, Debug)]
pub struct CaseItem {
    /// Its id.
    pub id: ItemId,
    /// The judgement.
    pub assessment: Assessment,
    /// Its own URL and digests; only at item width.
    pub detail: Option<(Option<String>, MediaFacts)>,
    /// Whether the file opens.
    pub media: bool,
    /// The decision that gave it.
    pub disclosure: Disclosure,
}

/// What an LEA did with a case.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its id.
    pub id: OutcomeId,
    /// The LEA.
    pub lea: OrgId,
    /// What.
    pub kind: OutcomeKind,
    /// In the officer's words.
    pub note: Option<String>,
    /// When.
    pub at: Time,
}
