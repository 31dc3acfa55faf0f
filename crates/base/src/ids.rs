//! Typed ids: a report's id cannot be handed over where a person's is asked for. All are UUID v7 (RFC 9562), so
//! sorting by id sorts by time of creation. Nothing here reads a clock or draws a random number.

use crate::Time;
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id from a time and ten random bytes.
            pub fn new(now: Time, chance: [u8; 10]) -> Self {
                Self(uuid_v7(now, chance))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self(Uuid::parse_str(text)?))
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )* };
}

ids! {
    /// An organisation: hotline, LEA, INTERPOL, access provider or the network's secretariat.
    OrgId
    /// A person of one organisation.
    PersonId
    /// An access token of a person.
    TokenId
    /// An agreement between one hotline and one LEA; its versions share this id.
    AgreementId
    /// One organisation's suspension of an agreement.
    SuspensionId
    /// What a hotline took in about one source URL.
    ReportId
    /// One URL, image or video of a report.
    ItemId
    /// The file behind items of one organisation, stored once.
    MediaId
    /// One fetch of a reported page.
    CaptureId
    /// A media object seen at a URL at a time.
    SightingId
    /// One entry of the history of where a host is.
    TraceId
    /// What a hotline is told without asking.
    NewsId
    /// A sealed object in the evidence store.
    BlobId
    /// One judgement of one item.
    AssessmentId
    /// One decision that one LEA may see one item at one width.
    DisclosureId
    /// One LEA's view of one report.
    CaseId
    /// What the LEA did with a case.
    OutcomeId
    /// What an officer takes along of a case.
    PackageId
    /// Several cases that an LEA keeps together.
    FolderId
    /// A note on a case.
    NoteId
    /// A search in an inbox.
    SearchId
    /// A mail that is due.
    MailId
    /// What an LEA asked its hotline for.
    RequestId
    /// What a hotline granted beyond the lane.
    WideningId
    /// A police request to leave content up.
    HoldId
    /// One message about a case.
    MessageId
    /// An LEA's wish to be put in touch with another interested unit.
    ContactId
    /// The exchange's question to another unit whether it wants to be put in touch.
    ApproachId
    /// That an LEA's case changed, as its own systems are told.
    ChangeId
    /// One entry of the audit log.
    EntryId
    /// One queued step of work.
    JobId
    /// A hash list.
    ListId
    /// One entry of a hash list, in all its versions.
    HashId
    /// What one organisation may do with one list.
    TermsId
    /// One organisation's word on one entry.
    VoteId
    /// Content offered to a list's publisher.
    CandidateId
    /// One import into a list.
    ImportId
    /// A list that is filled from another server.
    SubscriptionId
    /// One item judged by a list's entry.
    SettlementId
    /// One item that looks like a list's entry.
    SuggestionId
    /// One item about which lists, or a list and a person, disagree.
    DoubtId
    /// One pass over everything stored with what changed in lists.
    HuntId
    /// What victim identification knows of an item.
    FindingId
    /// One item in one version on its way to a partner.
    DispatchId
    /// Items that leave together, as one file.
    ParcelId
    /// That a link may deliver evidence, as two persons decide.
    ReleaseId
    /// A domain proposed for the block list.
    ProposalId
    /// One agency's word on a proposal.
    ReviewId
    /// That somebody says a domain is blocked wrongly.
    ComplaintId
    /// A key by which an access provider fetches the block list.
    FetchKeyId
    /// One fetch of the block list.
    FetchId
    /// A name server of an access provider's that is told of changes.
    SecondaryId
}

fn uuid_v7(now: Time, chance: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_of_creation() {
        let early = ReportId::new(Time::from_micros(1_000_000), [255; 10]);
        let late = ReportId::new(Time::from_micros(2_000_000), [0; 10]);
        assert!(early < late);
        assert_eq!(early.0.get_version_num(), 7);
    }

    #[test]
    fn an_id_survives_its_own_text() {
        let id = ItemId::new(Time::from_micros(42), [7; 10]);
        assert_eq!(id.to_string().parse::<ItemId>().ok(), Some(id));
        assert!("not-an-id".parse::<ItemId>().is_err());
    }
}
