//! What a role may do at all. Which rows it then sees is the query's scope and, for an LEA, a disclosure. The table is
//! printed into `tests/rights.golden`; a change of rights is a change of that file.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

use crate::{Error, Result};
use base::{Actor, OrgKind, Role};

/// Something a person wants to do, as routes name it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doing {
    /// Take in a report and its files.
    Report,
    /// Look at the own hotline's reports and what came of them.
    ReadReports,
    /// Judge an item, or confirm another member's baseline judgement as owner.
    Assess,
    /// Look at cases disclosed to the own LEA.
    ReadCases,
    /// Keep the unit's order: assign cases, folders, notes, searches, what counts as urgent.
    Organise,
    /// Say what came of a case.
    Answer,
    /// Ask the hotline for context, a hold on removal, or contact with another interested unit.
    Ask,
    /// Answer what police asked for, and see their holds.
    AnswerPolice,
    /// Write and read messages about a case, at either side.
    Discuss,
    /// Open a file's original bytes, with a purpose.
    OpenMedia,
    /// Take a case along as a sealed package, with a purpose and the own case number.
    TakeAlong,
    /// Look at the list of organisations and at the agreements one is party to.
    ReadDirectory,
    /// Draft agreements and new versions, change and discard drafts, ask who would get what.
    DraftAgreement,
    /// Sign or countersign versions, suspend, resume and end agreements.
    SignAgreement,
    /// Look at the own organisation's audit log.
    ReadAudit,
    /// Look at hash lists that the own organisation publishes or was offered, and ask what they know.
    ReadLists,
    /// Make hash lists, fill them, offer terms, answer disputes and candidates.
    PublishList,
    /// Accept or end terms of another's hash list.
    AcceptTerms,
    /// Confirm or dispute entries of another's hash list.
    VoteOnList,
    /// Watch deliveries to victim identification, try them again, send a rehearsal.
    RunLink,
    /// Propose and confirm that the link delivers evidence; stop it.
    ReleaseLink,
    /// Propose a domain for the block list from evidence.
    ProposeDomain,
    /// Look at the evidence for a domain and say whether it is to be listed or stay listed.
    ReviewDomain,
    /// Run the block list: who reviews, withdrawals, complaints.
    RunDomains,
    /// Fetch the block list for an access provider, and manage its keys, stop page and log.
    FetchDomains,
}

impl Doing {
    /// Everything there is to do.
    pub const ALL: [Self; 25] = [
        Self::Report,
        Self::ReadReports,
        Self::Assess,
        Self::ReadCases,
        Self::Organise,
        Self::Answer,
        Self::Ask,
        Self::AnswerPolice,
        Self::Discuss,
        Self::OpenMedia,
        Self::TakeAlong,
        Self::ReadDirectory,
        Self::DraftAgreement,
        Self::SignAgreement,
        Self::ReadAudit,
        Self::ReadLists,
        Self::PublishList,
        Self::AcceptTerms,
        Self::VoteOnList,
        Self::RunLink,
        Self::ReleaseLink,
        Self::ProposeDomain,
        Self::ReviewDomain,
        Self::RunDomains,
        Self::FetchDomains,
    ];
}

/// Whether people of this role at this kind of organisation may do this at all. Unknown pairs may do nothing.
pub const fn may(kind: OrgKind, role: Role, doing: Doing) -> bool {
    use Doing::{
        AcceptTerms, Answer, AnswerPolice, Ask, Assess, Discuss, DraftAgreement, FetchDomains, OpenMedia, Organise,
        ProposeDomain, PublishList, ReadAudit, ReadCases, ReadDirectory, ReadLists, ReadReports, ReleaseLink, Report,
        ReviewDomain, RunDomains, RunLink, SignAgreement, TakeAlong, VoteOnList,
    };
    match (kind, role) {
        (OrgKind::Hotline, Role::Analyst) => match doing {
            Report | ReadReports | Assess | OpenMedia | ReadDirectory | ReadAudit => true,
            DraftAgreement | SignAgreement => true,
            ReadLists | PublishList | AcceptTerms | VoteOnList => true,
            AnswerPolice | Discuss => true,
            ReadCases | Answer | Ask | Organise | TakeAlong => false,
            RunLink | ReleaseLink | ProposeDomain | ReviewDomain | RunDomains | FetchDomains => false,
        },
        (OrgKind::Lea, Role::Officer) => match doing {
            ReadCases | Answer | Organise | OpenMedia | TakeAlong | ReadDirectory | ReadAudit => true,
            DraftAgreement | SignAgreement => true,
            ReadLists | PublishList | AcceptTerms | VoteOnList => true,
            Ask | Discuss => true,
            ProposeDomain | ReviewDomain => true,
            Report | ReadReports | Assess | AnswerPolice => false,
            RunLink | ReleaseLink | RunDomains | FetchDomains => false,
        },
        (OrgKind::Interpol, Role::Officer) => match doing {
            ReadDirectory | ReadAudit | ReadLists | PublishList | AcceptTerms | VoteOnList => true,
            Report | ReadReports | Assess | ReadCases | Answer | Organise | OpenMedia | TakeAlong => false,
            RunLink | ReleaseLink | ProposeDomain | RunDomains => true,
            Ask | AnswerPolice | Discuss | DraftAgreement | SignAgreement | ReviewDomain | FetchDomains => false,
        },
        (OrgKind::Network, Role::Secretary) => match doing {
            ReadDirectory | ReadAudit | ReadLists | PublishList | AcceptTerms | VoteOnList => true,
            DraftAgreement | SignAgreement => true,
            Report | ReadReports | Assess | ReadCases | Answer | Organise | OpenMedia | TakeAlong => false,
            ReleaseLink => true,
            Ask | AnswerPolice | Discuss => false,
            RunLink | ProposeDomain | ReviewDomain | RunDomains | FetchDomains => false,
        },
        (OrgKind::Asp, Role::Operator) => match doing {
            ReadDirectory | ReadAudit | ReadLists | AcceptTerms | FetchDomains => true,
            RunLink | ReleaseLink | ProposeDomain | ReviewDomain | RunDomains => false,
            Report | ReadReports | Assess | ReadCases | Answer | Organise | OpenMedia | TakeAlong => false,
            Ask | AnswerPolice | Discuss | PublishList | VoteOnList | DraftAgreement | SignAgreement => false,
        },
        (OrgKind::Hotline | OrgKind::Lea | OrgKind::Interpol | OrgKind::Asp | OrgKind::Network, Role::Auditor) => {
            matches!(doing, ReadAudit)
        }
        (
            OrgKind::Hotline | OrgKind::Lea | OrgKind::Interpol | OrgKind::Asp | OrgKind::Network,
            Role::Analyst | Role::Officer | Role::Secretary | Role::Operator | Role::Machine,
        ) => false,
    }
}

/// Refuses what the actor's role does not include.
pub fn require(actor: &Actor, doing: Doing) -> Result<()> {
    if may(actor.kind, actor.role, doing) { Ok(()) } else { Err(Error::NotYours) }
}
