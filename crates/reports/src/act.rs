//! What is done on a report's way, in the words of the log.

use audit::{Subject, Verb};
use base::{
    AgreementId, ApproachId, AssessmentId, CaptureId, CaseId, ContactId, DisclosureId, FolderId, ItemId, MailId,
    MessageId, NewsId, NoteId, OrgId, OutcomeId, PersonId, ReportId, RequestId, RequestKind, RequestState, SearchId,
    SiteType,
};

/// An act on a report's way.
#[derive(Clone, Debug)]
pub enum Act {
    /// A report was taken in.
    Accepted(ReportId),
    /// Files were added to a report: how many, and how many of them were known.
    FilesAdded(ReportId, usize, usize),
    /// Somebody asked for a fetch of a report's page.
    CaptureAsked(CaptureId, ReportId),
    /// A queued fetch was not needed any more.
    CaptureNotNeeded {
        /// The report.
        report: ReportId,
        /// Its hotline.
        by: OrgId,
    },
    /// A report's page was fetched, or could not be.
    Captured {
        /// The capture.
        capture: CaptureId,
        /// The report.
        report: ReportId,
        /// Files found.
        files: usize,
        /// Requests made.
        exchanges: usize,
        /// Whether the page could not be had.
        failed: bool,
        /// The report's hotline.
        by: OrgId,
    },
    /// Files of a report were looked into.
    Described {
        /// The report.
        report: ReportId,
        /// How many.
        files: usize,
        /// How many could not be read.
        unreadable: usize,
        /// The report's hotline.
        by: OrgId,
    },
    /// Files of a report were compared with what is known.
    Compared {
        /// The report.
        report: ReportId,
        /// How many.
        items: usize,
        /// How many were known.
        known: usize,
        /// The report's hotline.
        by: OrgId,
    },
    /// A report's host was looked up.
    Traced {
        /// The report.
        report: ReportId,
        /// Whether it is somewhere else than before.
        moved: bool,
        /// The report's hotline.
        by: OrgId,
    },
    /// Somebody asked for a look-up of a report's host.
    TraceAsked(ReportId),
    /// An analyst said where a host is, and why.
    HostOverruled(ReportId, String),
    /// An analyst took such a word back, and why.
    HostTakenBack(ReportId, String),
    /// Somebody looked at a capture.
    CaptureRead(CaptureId),
    /// Somebody looked at the captures of a report.
    CapturesRead(ReportId),
    /// Somebody opened a capture's archive, and why.
    ArchiveOpened(CaptureId, String),
    /// Somebody opened a capture's picture, and why.
    PictureOpened(CaptureId, String),
    /// Somebody looked at where a report's host is and was.
    TraceRead(ReportId),
    /// Somebody looked at what the device noted in an item's file.
    DeviceRead(ItemId),
    /// Somebody looked at an item's chain of custody.
    CustodyRead(ItemId),
    /// Somebody looked at their hotline's news.
    NewsRead,
    /// Somebody put a piece of news away.
    NewsSeen(NewsId),
    /// An item was judged.
    Assessed(ItemId, AssessmentId, ReportId),
    /// Items with the same content took over a judgement: which, how many.
    Inherited(ItemId, usize),
    /// A hash list's entry judged an item, on behalf of the hotline that accepted its terms.
    Settled {
        /// The item.
        item: ItemId,
        /// The list.
        list: base::ListId,
        /// The entry.
        entry: base::HashId,
        /// The change of the list by which the entry is as it is.
        version: i64,
        /// The item's hotline.
        by: OrgId,
    },
    /// What a list had settled was opened again, because the list changed.
    Reopened {
        /// The item.
        item: ItemId,
        /// The settlement.
        settlement: base::SettlementId,
        /// The item's hotline.
        by: OrgId,
    },
    /// Lists, or a list and a person, disagree about an item.
    Doubted {
        /// The doubt.
        doubt: base::DoubtId,
        /// The item.
        item: ItemId,
        /// The item's hotline.
        by: OrgId,
    },
    /// An officer put items of a case onto a hash list: which list, how many.
    CaseListed(CaseId, base::ListId, usize),
    /// A doubt was resolved with a record.
    DoubtResolved(base::DoubtId),
    /// A hotline took back what lists had settled: which batch, how many items, why.
    SettlingUndone(crate::settle::Batch, u64, String),
    /// Somebody looked at what lists settled, suggested, or left in doubt.
    SettlingRead,
    /// Everything stored was compared with what changed in lists.
    Hunted {
        /// The hunt.
        hunt: base::HuntId,
        /// What it did so far.
        did: crate::hunt::Tally,
    },
    /// The owning hotline confirmed another member's judgement.
    Confirmed(ItemId, ReportId),
    /// Routing decided: how many disclosures are in force now.
    Routed(ReportId, usize),
    /// It was said what kind of site a report is about.
    SiteSet(ReportId, SiteType),
    /// Reports that an agreement concerns were decided about anew: how many in this transaction.
    Rerouted(AgreementId, usize),
    /// An LEA may see an item, on behalf of the hotline whose agreement gives it.
    Disclosed {
        /// The disclosure.
        disclosure: DisclosureId,
        /// The report.
        report: ReportId,
        /// The item.
        item: ItemId,
        /// Who is told.
        lea: OrgId,
        /// The hotline on whose behalf.
        by: OrgId,
    },
    /// An LEA received it; the same disclosure in the LEA's own log.
    Received {
        /// The disclosure.
        disclosure: DisclosureId,
        /// The case it is part of.
        case: CaseId,
        /// Who is told.
        lea: OrgId,
    },
    /// A disclosure was withdrawn.
    Withdrawn {
        /// The disclosure.
        disclosure: DisclosureId,
        /// Who is told.
        lea: OrgId,
        /// The hotline on whose behalf.
        by: OrgId,
    },
    /// The state of a report was noted after police did something.
    Progressed(ReportId),
    /// Somebody looked at a list of reports.
    ReportsRead,
    /// Somebody looked at a report.
    ReportRead(ReportId),
    /// Somebody looked at the items that wait.
    ItemsRead,
    /// Somebody looked at an item.
    ItemRead(ItemId),
    /// Somebody saw an item's degraded preview.
    Previewed(ItemId),
    /// Somebody said why they want to open an item's original.
    PurposeGiven(ItemId, String),
    /// Somebody opened an item's original bytes, and why.
    Opened(ItemId, String),
    /// The file behind an item was erased, and why.
    ItemErased {
        /// The item.
        item: ItemId,
        /// Why.
        reason: String,
        /// Sealed objects whose keys were destroyed.
        objects: usize,
        /// The hotline whose file it was.
        by: OrgId,
    },
    /// The archive and picture of a capture were erased, because they held a file that was.
    CaptureErased {
        /// The capture.
        capture: CaptureId,
        /// Why.
        reason: String,
        /// The hotline whose capture it was.
        by: OrgId,
    },
    /// Somebody looked at the outcomes of a report.
    OutcomesRead(ReportId),
    /// An officer looked at the inbox.
    CasesRead,
    /// An officer opened a case.
    CaseRead(CaseId),
    /// An officer said what came of a case.
    Answered(CaseId, OutcomeId),
    /// Somebody looked at what each factor of urgency counts.
    WeightsRead(OrgId),
    /// It was set what each factor of urgency counts.
    WeightsSet(OrgId),
    /// Cases of an LEA were ranked anew: how many.
    Ranked(OrgId, usize),
    /// A search was made.
    SearchMade(SearchId),
    /// A search was kept under a name.
    SearchKept {
        /// The search.
        search: SearchId,
        /// Whether the unit sees it.
        shared: bool,
        /// Whether its owner gets mail.
        alert: bool,
    },
    /// A search was removed.
    SearchEnded(SearchId),
    /// Somebody looked at their searches.
    SearchesRead,
    /// Somebody said where mail reaches them.
    MailAddressSet(PersonId),
    /// A mail is being sent, on behalf of an LEA.
    MailTaken(MailId, OrgId),
    /// A mail was sent.
    MailSent(MailId, OrgId),
    /// A mail could not be sent.
    MailFailed(MailId, OrgId),
    /// Somebody looked at the people of their unit.
    ColleaguesRead,
    /// Cases were given to a colleague, or to nobody.
    CasesAssigned {
        /// Which.
        cases: Vec<CaseId>,
        /// To whom.
        to: Option<PersonId>,
    },
    /// Somebody marked cases as read, or as not.
    CasesMarked {
        /// Which.
        cases: Vec<CaseId>,
        /// Which of both.
        read: bool,
    },
    /// Somebody looked at their unit's folders.
    FoldersRead,
    /// Somebody looked at a folder.
    FolderRead(FolderId),
    /// A folder was made.
    FolderMade(FolderId),
    /// A folder's name, note or openness was changed.
    FolderChanged(FolderId),
    /// Cases were put into a folder.
    FolderFilled {
        /// The folder.
        folder: FolderId,
        /// Which.
        cases: Vec<CaseId>,
    },
    /// A case was taken out of a folder.
    FolderEmptied {
        /// The folder.
        folder: FolderId,
        /// Which.
        case: CaseId,
    },
    /// A folder was ended.
    FolderEnded(FolderId),
    /// A note was written on a case.
    NoteWritten {
        /// The note.
        note: NoteId,
        /// The case.
        case: CaseId,
        /// Who reads it.
        reach: crate::team::Reach,
    },
    /// Somebody looked at the notes on a case.
    NotesRead(CaseId),
    /// Somebody looked at the notes that police share on a report.
    SharedNotesRead(ReportId),
    /// An officer asked the hotline for more.
    RequestMade(RequestId, RequestKind),
    /// A request was granted, declined or taken back.
    RequestEnded(RequestId, RequestKind, RequestState),
    /// Somebody looked at requests, holds and messages that wait for their hotline.
    DialogueRead,
    /// Somebody looked at requests, holds and messages of a case.
    ThreadRead(CaseId),
    /// Somebody wrote a message about a case.
    MessageWritten(MessageId, CaseId),
    /// Somebody said to have read a message.
    MessageRead(MessageId, CaseId),
    /// An officer asked to be put in touch with another interested unit.
    ContactAsked(ContactId, CaseId),
    /// A hotline passed such an ask on.
    ContactForwarded(ContactId),
    /// An officer said whether their unit wants to be put in touch.
    ContactAnswered(ApproachId, CaseId),
    /// A unit was asked whether it wants to be put in touch; in its own log.
    Approached {
        /// The question.
        approach: ApproachId,
        /// Who is asked.
        lea: OrgId,
    },
    /// A unit was told whom to write to; in its own log.
    Introduced {
        /// Its case.
        case: CaseId,
        /// Who is told.
        lea: OrgId,
    },
    /// The exchange did what follows from an ask for contact.
    ContactCarried(ContactId),
    /// Somebody looked at what came of their hotline's reports.
    FeedRead,
    /// Somebody chose whether to be told what came of reports.
    FeedChosen(bool),
    /// Outcomes that are due were asked for: how many.
    Reminded(u64),
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "report.accepted",
            Self::FilesAdded(..) => "report.files_added",
            Self::CaptureAsked(..) => "capture.asked",
            Self::CaptureNotNeeded { .. } => "capture.not_needed",
            Self::Captured { .. } => "capture.taken",
            Self::Described { .. } => "report.described",
            Self::Compared { .. } => "report.compared",
            Self::Traced { .. } => "report.traced",
            Self::TraceAsked(_) => "report.trace_asked",
            Self::HostOverruled(..) => "report.host_overruled",
            Self::HostTakenBack(..) => "report.host_taken_back",
            Self::CaptureRead(_) => "capture.read",
            Self::CapturesRead(_) => "captures.read",
            Self::ArchiveOpened(..) => "capture.archive_opened",
            Self::PictureOpened(..) => "capture.picture_opened",
            Self::TraceRead(_) => "trace.read",
            Self::DeviceRead(_) => "item.device_read",
            Self::CustodyRead(_) => "custody.read",
            Self::NewsRead => "news.read",
            Self::NewsSeen(_) => "news.seen",
            Self::Assessed(..) => "item.assessed",
            Self::Inherited(..) => "item.inherited",
            Self::Settled { .. } => "item.settled",
            Self::Reopened { .. } => "item.reopened",
            Self::Doubted { .. } => "item.doubted",
            Self::CaseListed(..) => "case.listed",
            Self::DoubtResolved(_) => "doubt.resolved",
            Self::SettlingUndone(..) => "settling.undone",
            Self::SettlingRead => "settling.read",
            Self::Hunted { .. } => "hunt.advanced",
            Self::Confirmed(..) => "item.confirmed",
            Self::Routed(..) => "report.routed",
            Self::SiteSet(..) => "report.site_set",
            Self::Rerouted(..) => "agreement.rerouted",
            Self::Disclosed { .. } => "item.disclosed",
            Self::Received { .. } => "case.received",
            Self::Withdrawn { .. } => "item.withdrawn",
            Self::Progressed(_) => "report.progressed",
            Self::ReportsRead => "reports.read",
            Self::ReportRead(_) => "report.read",
            Self::ItemsRead => "items.read",
            Self::ItemRead(_) => "item.read",
            Self::Previewed(_) => "item.previewed",
            Self::PurposeGiven(..) => "item.purpose_given",
            Self::Opened(..) => "item.opened",
            Self::ItemErased { .. } => "item.erased",
            Self::CaptureErased { .. } => "capture.erased",
            Self::OutcomesRead(_) => "outcomes.read",
            Self::CasesRead => "cases.read",
            Self::CaseRead(_) => "case.read",
            Self::Answered(..) => "case.answered",
            Self::WeightsRead(_) => "urgency.read",
            Self::WeightsSet(_) => "urgency.set",
            Self::Ranked(..) => "cases.ranked",
            Self::SearchMade(_) => "search.made",
            Self::SearchKept { .. } => "search.kept",
            Self::SearchEnded(_) => "search.ended",
            Self::SearchesRead => "searches.read",
            Self::MailAddressSet(_) => "mail.address_set",
            Self::MailTaken(..) => "mail.taken",
            Self::MailSent(..) => "mail.sent",
            Self::MailFailed(..) => "mail.failed",
            Self::ColleaguesRead => "colleagues.read",
            Self::CasesAssigned { .. } => "cases.assigned",
            Self::CasesMarked { .. } => "cases.marked",
            Self::FoldersRead => "folders.read",
            Self::FolderRead(_) => "folder.read",
            Self::FolderMade(_) => "folder.made",
            Self::FolderChanged(_) => "folder.changed",
            Self::FolderFilled { .. } => "folder.filled",
            Self::FolderEmptied { .. } => "folder.emptied",
            Self::FolderEnded(_) => "folder.ended",
            Self::NoteWritten { .. } => "note.written",
            Self::NotesRead(_) => "notes.read",
            Self::SharedNotesRead(_) => "notes.shared_read",
            Self::RequestMade(..) => "request.made",
            Self::RequestEnded(_, _, RequestState::Granted) => "request.granted",
            Self::RequestEnded(_, _, RequestState::Declined) => "request.declined",
            Self::RequestEnded(..) => "request.taken_back",
            Self::DialogueRead => "dialogue.read",
            Self::ThreadRead(_) => "thread.read",
            Self::MessageWritten(..) => "message.written",
            Self::MessageRead(..) => "message.receipt_given",
            Self::ContactAsked(..) => "contact.asked",
            Self::ContactForwarded(_) => "contact.forwarded",
            Self::ContactAnswered(..) => "contact.answered",
            Self::Approached { .. } => "contact.approached",
            Self::Introduced { .. } => "contact.introduced",
            Self::ContactCarried(_) => "contact.carried",
            Self::FeedRead => "outcomes.feed_read",
            Self::FeedChosen(_) => "outcomes.feed_chosen",
            Self::Reminded(_) => "outcomes.reminded",
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::Accepted(_)
            | Self::FilesAdded(..)
            | Self::CaptureAsked(..)
            | Self::Captured { .. }
            | Self::Described { .. }
            | Self::Traced { .. }
            | Self::TraceAsked(_)
            | Self::Received { .. } => Verb::Collect,
            Self::Assessed(..)
            | Self::Settled { .. }
            | Self::Reopened { .. }
            | Self::Doubted { .. }
            | Self::DoubtResolved(_)
            | Self::SettlingUndone(..)
            | Self::CaptureNotNeeded { .. }
            | Self::HostOverruled(..)
            | Self::HostTakenBack(..)
            | Self::NewsSeen(_)
            | Self::Confirmed(..)
            | Self::Routed(..)
            | Self::Rerouted(..)
            | Self::SiteSet(..)
            | Self::Withdrawn { .. }
            | Self::Progressed(_)
            | Self::WeightsSet(_)
            | Self::SearchMade(_)
            | Self::SearchKept { .. }
            | Self::SearchEnded(_)
            | Self::MailAddressSet(_)
            | Self::MailTaken(..)
            | Self::MailSent(..)
            | Self::MailFailed(..)
            | Self::CasesAssigned { .. }
            | Self::CasesMarked { .. }
            | Self::FolderMade(_)
            | Self::FolderChanged(_)
            | Self::FolderFilled { .. }
            | Self::FolderEmptied { .. }
            | Self::FolderEnded(_)
            | Self::RequestMade(..)
            | Self::RequestEnded(..)
            | Self::MessageWritten(..)
            | Self::MessageRead(..)
            | Self::ContactAsked(..)
            | Self::ContactForwarded(_)
            | Self::ContactAnswered(..)
            | Self::Approached { .. }
            | Self::ContactCarried(_)
            | Self::FeedChosen(_)
            | Self::Reminded(_)
            | Self::Answered(..) => Verb::Alter,
            Self::NoteWritten { reach: crate::team::Reach::Hotline, .. } => Verb::Disclose,
            Self::NoteWritten { .. } => Verb::Collect,
            Self::Inherited(..) | Self::Compared { .. } | Self::Hunted { .. } | Self::Ranked(..) => Verb::Combine,
            Self::Disclosed { .. } | Self::Introduced { .. } | Self::CaseListed(..) => Verb::Disclose,
            Self::ItemErased { .. } | Self::CaptureErased { .. } => Verb::Erase,
            Self::CaptureRead(_)
            | Self::CapturesRead(_)
            | Self::ArchiveOpened(..)
            | Self::PictureOpened(..)
            | Self::TraceRead(_)
            | Self::DeviceRead(_)
            | Self::CustodyRead(_)
            | Self::SettlingRead
            | Self::NewsRead
            | Self::ReportsRead
            | Self::ReportRead(_)
            | Self::ItemsRead
            | Self::ItemRead(_)
            | Self::Previewed(_)
            | Self::PurposeGiven(..)
            | Self::Opened(..)
            | Self::OutcomesRead(_)
            | Self::CasesRead
            | Self::WeightsRead(_)
            | Self::SearchesRead
            | Self::ColleaguesRead
            | Self::FoldersRead
            | Self::FolderRead(_)
            | Self::NotesRead(_)
            | Self::SharedNotesRead(_)
            | Self::DialogueRead
            | Self::ThreadRead(_)
            | Self::FeedRead
            | Self::CaseRead(_) => Verb::Consult,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::Accepted(report)
            | Self::FilesAdded(report, ..)
            | Self::Routed(report, _)
            | Self::SiteSet(report, _)
            | Self::Progressed(report)
            | Self::CaptureNotNeeded { report, .. }
            | Self::Described { report, .. }
            | Self::Compared { report, .. }
            | Self::Traced { report, .. }
            | Self::TraceAsked(report)
            | Self::HostOverruled(report, _)
            | Self::HostTakenBack(report, _)
            | Self::CapturesRead(report)
            | Self::TraceRead(report)
            | Self::ReportRead(report)
            | Self::SharedNotesRead(report)
            | Self::OutcomesRead(report) => Subject::one("report", report.0),
            Self::CaptureAsked(capture, _)
            | Self::Captured { capture, .. }
            | Self::CaptureRead(capture)
            | Self::ArchiveOpened(capture, _)
            | Self::PictureOpened(capture, _)
            | Self::CaptureErased { capture, .. } => Subject::one("capture", capture.0),
            Self::NewsRead => Subject::list("news"),
            Self::NewsSeen(news) => Subject::one("news", news.0),
            Self::Settled { item, .. }
            | Self::Reopened { item, .. }
            | Self::Doubted { item, .. }
            | Self::DeviceRead(item)
            | Self::CustodyRead(item)
            | Self::Assessed(item, ..)
            | Self::Inherited(item, _)
            | Self::Confirmed(item, _)
            | Self::ItemRead(item)
            | Self::Previewed(item)
            | Self::PurposeGiven(item, _)
            | Self::ItemErased { item, .. }
            | Self::Opened(item, _) => Subject::one("item", item.0),
            Self::Disclosed { disclosure, .. }
            | Self::Received { disclosure, .. }
            | Self::Withdrawn { disclosure, .. } => Subject::one("disclosure", disclosure.0),
            Self::NotesRead(case) | Self::NoteWritten { case, .. } => Subject::one("case", case.0),
            Self::WeightsRead(lea) | Self::WeightsSet(lea) | Self::Ranked(lea, _) => Subject::one("urgency", lea.0),
            Self::SearchMade(search) | Self::SearchKept { search, .. } | Self::SearchEnded(search) => {
                Subject::one("search", search.0)
            }
            Self::SearchesRead => Subject::list("searches"),
            Self::MailAddressSet(person) => Subject::one("person", person.0),
            Self::MailTaken(mail, _) | Self::MailSent(mail, _) | Self::MailFailed(mail, _) => {
                Subject::one("mail", mail.0)
            }
            Self::ColleaguesRead => Subject::list("people"),
            Self::FoldersRead => Subject::list("folders"),
            Self::FolderRead(folder)
            | Self::FolderMade(folder)
            | Self::FolderChanged(folder)
            | Self::FolderEnded(folder)
            | Self::FolderFilled { folder, .. }
            | Self::FolderEmptied { folder, .. } => Subject::one("folder", folder.0),
            Self::CaseRead(case)
            | Self::Answered(case, _)
            | Self::ThreadRead(case)
            | Self::Introduced { case, .. }
            | Self::CaseListed(case, ..) => Subject::one("case", case.0),
            Self::RequestMade(request, _) | Self::RequestEnded(request, ..) => Subject::one("request", request.0),
            Self::MessageWritten(message, _) | Self::MessageRead(message, _) => Subject::one("message", message.0),
            Self::ContactAsked(contact, _) | Self::ContactForwarded(contact) | Self::ContactCarried(contact) => {
                Subject::one("contact", contact.0)
            }
            Self::ContactAnswered(approach, _) | Self::Approached { approach, .. } => {
                Subject::one("approach", approach.0)
            }
            Self::DialogueRead => Subject::list("dialogue"),
            Self::FeedRead | Self::FeedChosen(_) | Self::Reminded(_) => Subject::list("outcomes"),
            Self::DoubtResolved(doubt) => Subject::one("doubt", doubt.0),
            Self::SettlingUndone(batch, ..) => {
                let (kind, id) = batch.subject();
                Subject::one(kind, id)
            }
            Self::SettlingRead => Subject::list("settlements"),
            Self::Hunted { hunt, .. } => Subject::one("hunt", hunt.0),
            Self::Rerouted(agreement, _) => Subject::one("agreement", agreement.0),
            Self::ReportsRead => Subject::list("reports"),
            Self::ItemsRead => Subject::list("items"),
            Self::CasesRead | Self::CasesAssigned { .. } | Self::CasesMarked { .. } => Subject::list("cases"),
        }
    }

    fn purpose(&self) -> Option<&str> {
        match self {
            Self::PurposeGiven(_, purpose)
            | Self::Opened(_, purpose)
            | Self::ArchiveOpened(_, purpose)
            | Self::PictureOpened(_, purpose)
            | Self::HostOverruled(_, purpose)
            | Self::HostTakenBack(_, purpose)
            | Self::SettlingUndone(.., purpose)
            | Self::ItemErased { reason: purpose, .. }
            | Self::CaptureErased { reason: purpose, .. } => Some(purpose),
            _ => None,
        }
    }

    fn detail(&self) -> Option<serde_json::Value> {
        use serde_json::json;
        match self {
            Self::FilesAdded(_, files, known) => Some(json!({ "files": files, "known": known })),
            Self::CaptureAsked(_, report) => Some(json!({ "report": report })),
            Self::Captured { report, files, exchanges, failed, .. } => {
                Some(json!({ "report": report, "files": files, "exchanges": exchanges, "failed": failed }))
            }
            Self::Described { files, unreadable, .. } => Some(json!({ "files": files, "unreadable": unreadable })),
            Self::Compared { items, known, .. } => Some(json!({ "items": items, "known": known })),
            Self::Traced { moved, .. } => Some(json!({ "moved": moved })),
            Self::Assessed(_, assessment, report) => Some(json!({ "assessment": assessment, "report": report })),
            Self::Settled { list, entry, version, .. } => {
                Some(json!({ "list": list, "entry": entry, "version": version }))
            }
            Self::Reopened { settlement, .. } => Some(json!({ "settlement": settlement })),
            Self::Doubted { doubt, .. } => Some(json!({ "doubt": doubt })),
            Self::CaseListed(_, list, items) => Some(json!({ "list": list, "items": items })),
            Self::SettlingUndone(_, items, _) => Some(json!({ "items": items })),
            Self::Hunted { did, .. } => Some(json!(did)),
            Self::Inherited(_, items) => Some(json!({ "items": items })),
            Self::Confirmed(_, report) => Some(json!({ "report": report })),
            Self::SiteSet(_, site) => Some(json!({ "site_type": site })),
            Self::Rerouted(_, reports) => Some(json!({ "reports": reports })),
            Self::Routed(_, disclosures) => Some(json!({ "disclosures": disclosures })),
            Self::Disclosed { report, item, lea, .. } => Some(json!({ "report": report, "item": item, "lea": lea })),
            Self::Received { case, .. } => Some(json!({ "case": case })),
            Self::Withdrawn { lea, .. } => Some(json!({ "lea": lea })),
            Self::ItemErased { objects, .. } => Some(json!({ "objects": objects })),
            Self::Answered(_, outcome) => Some(json!({ "outcome": outcome })),
            Self::Ranked(_, cases) => Some(json!({ "cases": cases })),
            Self::SearchKept { shared, alert, .. } => Some(json!({ "shared": shared, "alert": alert })),
            Self::CasesAssigned { cases, to } => Some(json!({ "cases": cases, "to": to })),
            Self::CasesMarked { cases, read } => Some(json!({ "cases": cases, "read": read })),
            Self::FolderFilled { cases, .. } => Some(json!({ "cases": cases })),
            Self::FolderEmptied { case, .. } => Some(json!({ "case": case })),
            Self::NoteWritten { note, reach, .. } => Some(json!({ "note": note, "reach": reach.word() })),
            Self::RequestMade(_, kind) | Self::RequestEnded(_, kind, _) => Some(json!({ "kind": kind })),
            Self::MessageWritten(_, case)
            | Self::MessageRead(_, case)
            | Self::ContactAsked(_, case)
            | Self::ContactAnswered(_, case) => Some(json!({ "case": case })),
            Self::FeedChosen(off) => Some(json!({ "off": off })),
            Self::Reminded(cases) => Some(json!({ "cases": cases })),
            _ => None,
        }
    }

    fn on_behalf_of(&self) -> Option<OrgId> {
        match self {
            Self::Disclosed { by, .. }
            | Self::Withdrawn { by, .. }
            | Self::CaptureNotNeeded { by, .. }
            | Self::Captured { by, .. }
            | Self::Described { by, .. }
            | Self::Compared { by, .. }
            | Self::Settled { by, .. }
            | Self::Reopened { by, .. }
            | Self::Doubted { by, .. }
            | Self::ItemErased { by, .. }
            | Self::CaptureErased { by, .. }
            | Self::Traced { by, .. } => Some(*by),
            Self::Ranked(lea, _) | Self::MailTaken(_, lea) | Self::MailSent(_, lea) | Self::MailFailed(_, lea) => {
                Some(*lea)
            }
            Self::Received { lea, .. } | Self::Approached { lea, .. } | Self::Introduced { lea, .. } => Some(*lea),
            _ => None,
        }
    }
}
