//! What the spine hands out: reports, items, judgements, disclosures, cases, outcomes. Plain values, no behaviour.

use crate::finding::Finding;
use crate::flow::State;
use base::{
    AgeGroup, ApproachId, AssessmentId, BlobId, CaptureId, CaseId, Class, ContactId, Country, Gender, ItemId,
    MessageId, Missing, NewsId, OrgId, OutcomeId, OutcomeKind, PersonId, ReportId, RequestId, RequestKind,
    RequestState, SiteType, Synthetic, Time, Width,
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
    /// What kind of site it is.
    pub site_type: SiteType,
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
    /// What victim identification said of it, oldest first; filled where a person looks at it.
    pub findings: Vec<Finding>,
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
    /// Whether it shows somebody real.
    pub synthetic: Synthetic,
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
    /// Where it stands in the inbox: higher is first.
    pub rank: i64,
    /// When it was disclosed.
    pub created_at: Time,
    /// When an officer first opened it.
    pub opened_at: Option<Time>,
    /// What came of it, the newest.
    pub outcome: Option<OutcomeKind>,
    /// Days after which an outcome is due; 0: none is owed.
    pub outcome_days: i64,
}

/// A case, opened: what was disclosed and what was kept back.
#[derive(Clone, Debug)]
pub struct OpenCase {
    /// The case.
    pub case: Case,
    /// What its disclosures rest on, and who answers.
    pub ground: crate::ground::Ground,
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
    /// Items disclosed, each as wide as its own disclosure: all, or the first page of them.
    pub items: Vec<CaseItem>,
    /// Where the next page of items begins.
    pub items_next: Option<String>,
    /// What was kept back, and why; the first thousand.
    pub withheld: Vec<Withheld>,
    /// The same, told once for each reason with the number of items.
    pub kept: Vec<KeptBack>,
    /// What was said before.
    pub outcomes: Vec<Outcome>,
}

/// Another case of the same LEA with something in common.
#[derive(Clone, Debug)]
pub struct Related {
    /// The case.
    pub case: CaseId,
    /// What, the strongest tie: `content` (the same file), `series` or `host`.
    pub by: Vec<&'static str>,
    /// When it was disclosed.
    pub disclosed_at: Time,
    /// What came of it.
    pub outcome: Option<OutcomeKind>,
}

/// Something kept back from an LEA, of how many items.
#[derive(Clone, Debug, PartialEq, Eq, sea_orm::FromQueryResult)]
pub struct KeptBack {
    /// `everything`, `files`, `address`, `page` or `series`.
    pub what: String,
    /// The clause, where one fits.
    pub clause: Option<String>,
    /// Why, in plain words.
    pub reason: String,
    /// How many items.
    pub items: i64,
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
    /// What victim identification said of it, oldest first.
    pub findings: Vec<Finding>,
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
    /// For `insufficient`: what was missing.
    pub missing: Vec<Missing>,
    /// When.
    pub at: Time,
}

/// An outcome with the report it is about.
#[derive(Clone, Debug)]
pub struct CaseOutcome {
    /// The report.
    pub report: ReportId,
    /// Its address.
    pub source_url: String,
    /// What police said.
    pub outcome: Outcome,
}

/// What an LEA asked its hotline for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// The case.
    pub case: CaseId,
    /// The report behind it.
    pub report: ReportId,
    /// Who answers.
    pub hotline: OrgId,
    /// Who asks.
    pub lea: OrgId,
    /// What for.
    pub kind: RequestKind,
    /// Why.
    pub reason: String,
    /// By when.
    pub due: Time,
    /// The officer who asked.
    pub author: String,
    /// When.
    pub at: Time,
    /// Where it is.
    pub state: RequestState,
    /// Who answered or took it back.
    pub answerer: Option<String>,
    /// When.
    pub answered_at: Option<Time>,
    /// Why it was declined.
    pub answer: Option<String>,
    /// The fetch that answers it.
    pub capture: Option<CaptureId>,
    /// What the look-up or fetch came to: a country or `unknown`; `there` or `gone`.
    pub result: Option<String>,
    /// When.
    pub result_at: Option<Time>,
}

/// A message about a case.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The case.
    pub case: CaseId,
    /// The report behind it.
    pub report: ReportId,
    /// The LEA that is party.
    pub lea: OrgId,
    /// Who wrote it.
    pub org: OrgId,
    /// The person who wrote it.
    pub author: String,
    /// Plain text.
    pub text: String,
    /// When.
    pub at: Time,
    /// When somebody at the other side said to have read it.
    pub read_at: Option<Time>,
    /// Who.
    pub read_by: Option<String>,
}

/// An LEA's wish to be put in touch with another interested unit.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The case.
    pub case: CaseId,
    /// The report behind it.
    pub report: ReportId,
    /// Who asks.
    pub lea: OrgId,
    /// The hotline that is asked.
    pub hotline: OrgId,
    /// The officer who asks.
    pub author: String,
    /// When.
    pub at: Time,
    /// When the hotline passed it on.
    pub forwarded_at: Option<Time>,
}

/// The question to a unit whether it wants to be put in touch.
#[derive(Clone, Debug)]
pub struct Approach {
    /// Its id.
    pub id: ApproachId,
    /// The wish behind it; not for the unit that is asked.
    pub ask: ContactId,
    /// The case of the unit that is asked.
    pub case: CaseId,
    /// That unit.
    pub lea: OrgId,
    /// When it was put.
    pub at: Time,
    /// What it said.
    pub consented: Option<bool>,
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
    /// Police identified a victim.
    VictimIdentified,
    /// Police say that it is not illegal where they are.
    NotIllegalHere,
}

impl NewsKind {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::HostMoved => "host_moved",
            Self::VictimIdentified => "victim_identified",
            Self::NotIllegalHere => "not_illegal_here",
        }
    }
}
