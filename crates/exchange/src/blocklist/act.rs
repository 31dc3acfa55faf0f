//! What is done with the block list on its way out, in the words of the log.

use super::model::{End, Way};
use audit::{Subject, Verb};
use base::{FetchId, FetchKeyId, OrgId, SecondaryId};

/// An act of this part of the loading dock.
#[derive(Clone, Debug)]
pub enum Act {
    /// A provider looked at its own settings, keys or fetches.
    ProviderRead,
    /// A provider said where listed names lead.
    StopPageSet(OrgId),
    /// A provider made a key.
    KeyMade(FetchKeyId),
    /// A provider took a key back.
    KeyRevoked(FetchKeyId),
    /// A provider said where a secondary of its is told of changes.
    SecondarySet(SecondaryId),
    /// A provider took that back.
    SecondaryEnded(SecondaryId),
    /// A fetch of the list began: how, up to which serial.
    FetchBegan(FetchId, Way, i64, OrgId),
    /// A fetch ended, and how.
    FetchEnded(FetchId, End, OrgId),
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        match self {
            Self::ProviderRead => "provider.read",
            Self::StopPageSet(_) => "stop_page.set",
            Self::KeyMade(_) => "fetch_key.made",
            Self::KeyRevoked(_) => "fetch_key.revoked",
            Self::SecondarySet(_) => "secondary.set",
            Self::SecondaryEnded(_) => "secondary.ended",
            Self::FetchBegan(..) => "domains.fetched",
            Self::FetchEnded(..) => "domains.fetch_ended",
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::ProviderRead => Verb::Consult,
            Self::StopPageSet(_)
            | Self::KeyMade(_)
            | Self::KeyRevoked(_)
            | Self::SecondarySet(_)
            | Self::SecondaryEnded(_)
            | Self::FetchEnded(..) => Verb::Alter,
            Self::FetchBegan(..) => Verb::Disclose,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::ProviderRead => Subject::list("provider"),
            Self::StopPageSet(org) => Subject::one("organisation", org.0),
            Self::KeyMade(key) | Self::KeyRevoked(key) => Subject::one("fetch_key", key.0),
            Self::SecondarySet(id) | Self::SecondaryEnded(id) => Subject::one("secondary", id.0),
            Self::FetchBegan(id, ..) | Self::FetchEnded(id, ..) => Subject::one("fetch", id.0),
        }
    }

    fn detail(&self) -> Option<serde_json::Value> {
        use serde_json::json;
        match self {
            Self::FetchBegan(_, way, serial, _) => Some(json!({ "way": way.word(), "serial": serial })),
            Self::FetchEnded(_, end, _) => Some(json!({ "result": end.word() })),
            Self::ProviderRead
            | Self::StopPageSet(_)
            | Self::KeyMade(_)
            | Self::KeyRevoked(_)
            | Self::SecondarySet(_)
            | Self::SecondaryEnded(_) => None,
        }
    }

    fn on_behalf_of(&self) -> Option<OrgId> {
        match self {
            Self::FetchBegan(.., org) | Self::FetchEnded(.., org) => Some(*org),
            Self::ProviderRead
            | Self::StopPageSet(_)
            | Self::KeyMade(_)
            | Self::KeyRevoked(_)
            | Self::SecondarySet(_)
            | Self::SecondaryEnded(_) => None,
        }
    }
}
