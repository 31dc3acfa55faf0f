//! What the spine hands out: reports, items, judgements, disclosures, cases, outcomes. Plain values, no behaviour.

use crate::flow::State;
use base::{
    AgeGroup, AssessmentId, BlobId, CaptureId, CaseId, Class, Country, Gender, ItemId, NewsId, OrgId, OutcomeId,
    OutcomeKind, PersonId, ReportId, Time, Width,
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
    /// Referrer that the page asks for.
    pub referrer: Option<String>,
    /// Sealed user name and password that the page asks for.
    pub login: Option<BlobId>,
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
    /// Whether it was compared with what is known; before that it waits for nobody.
    pub compared: bool,
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
    /// Milliseconds, of a video.
    pub duration_ms: Option<i64>,
    /// The sealed original; none where media may not be kept.
    pub blob: Option<BlobId>,
    /// The sealed degraded preview; none while the file waits to be described, and of one that cannot be.
    pub preview: Option<BlobId>,
    /// Whether the file has been looked into.
    pub described: bool,
    /// Whether original and preview were erased: their objects are named and nobody can open them.
    pub erased: bool,
    /// Why it could not be, in words.
    pub trouble: Option<String>,
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
    /// The newest trace; only at item width, and there without names, which open with the page.
    pub trace: Option<::capture::Trace>,
    /// Captures of the page; only at page width where files open.
    pub captures: Vec<Capture>,
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
    /// Whether there is a preview.
    pub preview: bool,
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

/// One fetch of a reported page.
#[derive(Clone, Debug)]
pub struct Capture {
    /// Its id.
    pub id: CaptureId,
    /// The report.
    pub report: ReportId,
    /// Who asked; `None`: asked by itself when the report came in.
    pub asked_by: Option<PersonId>,
    /// When.
    pub asked_at: Time,
    /// When it ended; `None` while it is under way.
    pub ended_at: Option<Time>,
    /// What is kept of media.
    pub payload: ::capture::Payload,
    /// Why the page could not be had, in words.
    pub failed: Option<String>,
    /// The capture record.
    pub record: Option<::capture::Record>,
    /// The sealed archive (WARC 1.1).
    pub archive: Option<BlobId>,
    /// The sealed picture of the page.
    pub picture: Option<BlobId>,
    /// Why there is no picture, in words.
    pub picture_problem: Option<String>,
    /// Files found.
    pub files: i64,
}

/// A media object seen at a URL at a time.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// In which capture.
    pub capture: CaptureId,
    /// The item.
    pub item: ItemId,
    /// SHA-256 of the file.
    pub sha256: Vec<u8>,
    /// Where the page named it.
    pub url: String,
    /// Where it was in the end.
    pub final_url: String,
    /// What named it: the word of [`::capture::FoundBy`].
    pub found_by: String,
    /// When.
    pub at: Time,
}

/// One entry of the history of where a report's host is.
#[derive(Clone, Debug)]
pub struct Traced {
    /// When.
    pub at: Time,
    /// How it became known.
    pub kind: TracedBy,
    /// Who said so, where a person did.
    pub person: Option<PersonId>,
    /// Why.
    pub reason: Option<String>,
    /// Where it is, by this entry.
    pub hosting: HostingFacts,
    /// The trace behind it.
    pub found: Option<::capture::Trace>,
}

/// How it became known where a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TracedBy {
    /// The report came with it.
    Reported,
    /// It was looked up.
    LookedUp,
    /// An analyst says so, whatever was looked up.
    Overruled,
    /// An analyst took an earlier word back: what is looked up counts again.
    TakenBack,
}

impl TracedBy {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::LookedUp => "looked_up",
            Self::Overruled => "overruled",
            Self::TakenBack => "taken_back",
        }
    }

    /// Reads the one spelling back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Reported, Self::LookedUp, Self::Overruled, Self::TakenBack].into_iter().find(|by| by.word() == word)
    }
}

/// By which list an item was judged instead of by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The settlement.
    pub id: base::SettlementId,
    /// The list.
    pub list: base::ListId,
    /// Its name when it settled.
    pub name: String,
    /// The entry.
    pub entry: base::HashId,
    /// The change of the list by which the entry was as it was.
    pub version: i64,
    /// `sha256`, `sha1` or `md5`.
    pub how: String,
    /// When.
    pub at: Time,
}

/// An item that looks like a list's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Its id.
    pub id: base::SuggestionId,
    /// The item.
    pub item: ItemId,
    /// The list.
    pub list: base::ListId,
    /// Its name.
    pub name: String,
    /// The entry.
    pub entry: base::HashId,
    /// The change of the list by which the entry is as it is.
    pub version: i64,
    /// `pdq` or `frames`; a digest when the list may not judge for the hotline.
    pub how: String,
    /// Bits of difference.
    pub distance: i64,
    /// What the entry says.
    pub class: hashlists::ListClass,
    /// For `national`: where it is illegal.
    pub country: Option<Country>,
    /// Age group, where the entry says.
    pub age_group: AgeGroup,
    /// Gender, where the entry says.
    pub gender: Gender,
    /// When.
    pub at: Time,
}

/// Why a person has to look at what lists know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoubtKind {
    /// Lists say different things of the same file.
    ListsDisagree,
    /// National lists of several countries, none of them the hotline's own.
    SeveralLaws,
    /// A list knows it as a harmless picture of a series.
    Context,
    /// A person judged it otherwise than a list.
    JudgedOtherwise,
}

impl DoubtKind {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ListsDisagree => "lists_disagree",
            Self::SeveralLaws => "several_laws",
            Self::Context => "context",
            Self::JudgedOtherwise => "judged_otherwise",
        }
    }

    /// Reads the one spelling back.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::ListsDisagree, Self::SeveralLaws, Self::Context, Self::JudgedOtherwise];
        all.into_iter().find(|kind| kind.word() == word)
    }
}

/// An entry that a doubt names.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Named {
    /// The list.
    pub list: base::ListId,
    /// Its name.
    pub name: String,
    /// The entry.
    pub entry: base::HashId,
    /// The change of the list by which the entry is as it is.
    pub version: i64,
    /// What it says.
    pub class: hashlists::ListClass,
    /// For a national list: where it is illegal.
    pub country: Option<Country>,
}

/// An item about which lists, or a list and a person, disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Its id.
    pub id: base::DoubtId,
    /// The item.
    pub item: ItemId,
    /// Its report.
    pub report: ReportId,
    /// What it is judged as, if it is.
    pub class: Option<base::Class>,
    /// Why.
    pub kind: DoubtKind,
    /// All entries concerned.
    pub named: Vec<Named>,
    /// Since when.
    pub at: Time,
}

/// How often people and suggestions agreed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sea_orm::FromQueryResult)]
pub struct Quality {
    /// Judged without seeing the suggestion.
    pub blind: i64,
    /// Of those, judged as suggested.
    pub blind_agreed: i64,
    /// Judged with the suggestion in sight.
    pub shown: i64,
    /// Of those, judged as suggested.
    pub shown_agreed: i64,
}

/// What a hotline is told without asking.
#[derive(Clone, Debug)]
pub struct News {
    /// Its id.
    pub id: NewsId,
    /// The report.
    pub report: ReportId,
    /// What happened.
    pub kind: NewsKind,
    /// How it was before; for a move, the country.
    pub was: Option<String>,
    /// How it is now.
    pub becomes: Option<String>,
    /// When.
    pub at: Time,
}

/// What happened, as a hotline is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewsKind {
    /// A host was found in another country: the report has another owner now.
    HostMoved,
}

impl NewsKind {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::HostMoved => "host_moved",
        }
    }
}
