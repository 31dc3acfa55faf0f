//! What is done in this room, in the words of the log.

use audit::{Subject, Verb};
use base::{AgreementId, OrgId, PersonId, TokenId};

/// An act of this room.
#[derive(Clone, Debug)]
pub enum Act {
    /// An organisation was admitted.
    OrganisationAdmitted(OrgId),
    /// It was noted whether an organisation's law lets it keep media.
    MediaLawNoted(OrgId, bool),
    /// A person was added.
    PersonAdded(PersonId, OrgId),
    /// An access token was made.
    TokenMade(TokenId, OrgId),
    /// Somebody signed in.
    SignedIn(PersonId),
    /// Somebody signed out.
    SignedOut(PersonId),
    /// A session went on: noted at most once a minute, to tell when it went idle.
    SessionContinued(PersonId),
    /// Somebody proved again who they are.
    SessionConfirmed(PersonId),
    /// A version of an agreement was drafted.
    Drafted(AgreementId, i64),
    /// A draft was changed.
    DraftChanged(AgreementId, i64),
    /// A draft was put away.
    Discarded(AgreementId, i64),
    /// One party signed a version.
    Signed(AgreementId, i64),
    /// The secretariat countersigned a version: it is in force from its start.
    Countersigned(AgreementId, i64),
    /// A party or the secretariat suspended an agreement, for a reason.
    Suspended(AgreementId, String),
    /// Who had suspended an agreement took it back.
    Resumed(AgreementId),
    /// An agreement was ended before its time, for a reason.
    Ended(AgreementId, String),
    /// Somebody asked who would get what under a version.
    Simulated(AgreementId, i64),
    /// Somebody looked at the list of organisations.
    DirectoryRead,
    /// Somebody looked at the agreements they are party to.
    AgreementsRead,
    /// Somebody looked at one agreement.
    AgreementRead(AgreementId),
    /// Somebody looked at their organisation's log.
    AuditRead,
    /// Somebody asked who they are signed in as.
    SelfRead(PersonId),
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        match self {
            Self::OrganisationAdmitted(_) => "organisation.admitted",
            Self::MediaLawNoted(..) => "organisation.media_law_noted",
            Self::PersonAdded(..) => "person.added",
            Self::TokenMade(..) => "token.made",
            Self::SignedIn(_) => "person.signed_in",
            Self::SignedOut(_) => "person.signed_out",
            Self::SessionContinued(_) => "session.continued",
            Self::SessionConfirmed(_) => "session.confirmed",
            Self::Drafted(..) => "agreement.drafted",
            Self::DraftChanged(..) => "agreement.changed",
            Self::Discarded(..) => "agreement.discarded",
            Self::Signed(..) => "agreement.signed",
            Self::Countersigned(..) => "agreement.countersigned",
            Self::Suspended(..) => "agreement.suspended",
            Self::Resumed(_) => "agreement.resumed",
            Self::Ended(..) => "agreement.ended",
            Self::Simulated(..) => "agreement.simulated",
            Self::DirectoryRead => "directory.read",
            Self::AgreementsRead => "agreements.read",
            Self::AgreementRead(_) => "agreement.read",
            Self::AuditRead => "audit.read",
            Self::SelfRead(_) => "person.read",
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::OrganisationAdmitted(_) | Self::PersonAdded(..) => Verb::Collect,
            Self::MediaLawNoted(..)
            | Self::TokenMade(..)
            | Self::SignedIn(_)
            | Self::SignedOut(_)
            | Self::SessionContinued(_)
            | Self::SessionConfirmed(_)
            | Self::Drafted(..)
            | Self::DraftChanged(..)
            | Self::Discarded(..)
            | Self::Signed(..)
            | Self::Countersigned(..)
            | Self::Suspended(..)
            | Self::Resumed(_)
            | Self::Ended(..) => Verb::Alter,
            Self::DirectoryRead
            | Self::AgreementsRead
            | Self::AgreementRead(_)
            | Self::Simulated(..)
            | Self::AuditRead
            | Self::SelfRead(_) => Verb::Consult,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::OrganisationAdmitted(org) | Self::MediaLawNoted(org, _) => Subject::one("organisation", org.0),
            Self::PersonAdded(person, _)
            | Self::SignedIn(person)
            | Self::SignedOut(person)
            | Self::SessionContinued(person)
            | Self::SessionConfirmed(person)
            | Self::SelfRead(person) => Subject::one("person", person.0),
            Self::TokenMade(token, _) => Subject::one("token", token.0),
            Self::Drafted(id, _)
            | Self::DraftChanged(id, _)
            | Self::Discarded(id, _)
            | Self::Signed(id, _)
            | Self::Countersigned(id, _)
            | Self::Suspended(id, _)
            | Self::Resumed(id)
            | Self::Ended(id, _)
            | Self::Simulated(id, _)
            | Self::AgreementRead(id) => Subject::one("agreement", id.0),
            Self::DirectoryRead => Subject::list("organisations"),
            Self::AgreementsRead => Subject::list("agreements"),
            Self::AuditRead => Subject::list("audit"),
        }
    }

    fn detail(&self) -> Option<serde_json::Value> {
        match self {
            Self::MediaLawNoted(_, keeps) => Some(serde_json::json!({ "keeps_media": keeps })),
            Self::Drafted(_, version)
            | Self::DraftChanged(_, version)
            | Self::Discarded(_, version)
            | Self::Signed(_, version)
            | Self::Countersigned(_, version)
            | Self::Simulated(_, version) => Some(serde_json::json!({ "version": version })),
            Self::Suspended(_, reason) | Self::Ended(_, reason) => Some(serde_json::json!({ "reason": reason })),
            _ => None,
        }
    }

    fn on_behalf_of(&self) -> Option<OrgId> {
        match self {
            Self::OrganisationAdmitted(org) | Self::PersonAdded(_, org) | Self::TokenMade(_, org) => Some(*org),
            _ => None,
        }
    }
}
