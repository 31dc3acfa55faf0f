//! What the library hands out: lists, terms, entries, votes, candidates, imports. Plain values.

use crate::{Digests, Pdq, Record};
use base::{
    AgeGroup, CandidateId, Class, Country, Gender, HashId, ImportId, ItemId, ListId, OrgId, PersonId, Refusal,
    SubscriptionId, TermsId, Time, VoteId,
};
use std::{fmt, str::FromStr};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $field:literal { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)*
        }
        impl $name {
            /// The one spelling, in the database, the API and every file.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
        impl FromStr for $name {
            type Err = Refusal;
            fn from_str(text: &str) -> Result<Self, Refusal> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => {
                        let known = [$($text),*].join(", ");
                        let other: String = other.chars().take(40).collect();
                        Err(Refusal::new($field, concat!("unknown-", $field), format!("`{other}` is not one of {known}")))
                    }
                }
            }
        }
    };
}

words! {
    /// What a list, or an entry of it, says about content.
    ListClass, "class" {
        /// Illegal everywhere by INTERPOL's criteria.
        Baseline = "baseline",
        /// Illegal in the list's country.
        National = "national",
        /// Harmless-looking pictures that belong to a series. Settles nothing.
        Context = "context",
    }
}

words! {
    /// What an organisation says about an entry.
    VoteWord, "vote" {
        /// It is right.
        Confirm = "confirm",
        /// It is wrong; the publisher answers.
        Dispute = "dispute",
    }
}

words! {
    /// What the publisher answers to a dispute.
    VoteAnswer, "answer" {
        /// The entry is withdrawn.
        Withdrawn = "withdrawn",
        /// The entry stays.
        Stays = "stays",
    }
}

words! {
    /// Where a candidate is.
    CandidateState, "state" {
        /// Nobody has answered.
        Waiting = "waiting",
        /// It is an entry now.
        Accepted = "accepted",
        /// The publisher does not want it.
        Declined = "declined",
    }
}

words! {
    /// Where an import is.
    ImportState, "state" {
        /// Takes rows.
        Running = "running",
        /// All rows were read.
        Done = "done",
        /// It cannot go on; what was taken stands.
        Failed = "failed",
        /// What it changed is being taken back.
        Undoing = "undoing",
        /// What it changed was taken back.
        Undone = "undone",
    }
}

words! {
    /// What a list is filled from.
    SubscriptionKind, "kind" {
        /// The delta feed of another exchange of this kind.
        Cport = "cport",
        /// A server of the public hash-sharing protocol.
        HashSharing = "hash_sharing",
    }
}

/// A published set of hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Its id.
    pub id: ListId,
    /// Who publishes it.
    pub publisher: OrgId,
    /// Its name, one of its kind at its publisher.
    pub name: String,
    /// What being on it means.
    pub class: ListClass,
    /// For a national list: where it is illegal.
    pub country: Option<Country>,
    /// By what rule something is on it, in the publisher's words.
    pub rule: String,
    /// The youngest victim is below this age in years, where the rule says so.
    pub age_below: Option<i64>,
    /// Bits by which a perceptual hash may differ, 0 to 31.
    pub max_distance: i64,
    /// The number of its last change; 0: it never had an entry.
    pub version: i64,
    /// Up to which change everything stored was compared.
    pub hunted: i64,
    /// Since when nothing is settled by it.
    pub suspended: Option<Time>,
    /// Why it settles nothing although nobody suspended it: it hits too much.
    pub guarded: Option<String>,
    /// When it was made.
    pub created_at: Time,
}

/// What one organisation may do with one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Their id.
    pub id: TermsId,
    /// The list.
    pub list: ListId,
    /// Who offers.
    pub publisher: OrgId,
    /// To whom.
    pub org: OrgId,
    /// Whether content may be settled by it without a person.
    pub may_settle: bool,
    /// When the publisher signed.
    pub offered_at: Time,
    /// When the reader signed; nothing holds before.
    pub accepted_at: Option<Time>,
    /// When one of them ended it.
    pub ended_at: Option<Time>,
}

impl Terms {
    /// Whether they hold: signed by both and not ended.
    pub const fn hold(&self) -> bool {
        self.accepted_at.is_some() && self.ended_at.is_none()
    }
}

/// What the actor may do with a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It is the actor's own.
    Publisher,
    /// It was offered and is not accepted: its name and rule may be read, no entry.
    Offered,
    /// Entries may be read, and settled by when it says so.
    Reader {
        /// Whether content may be settled by it.
        may_settle: bool,
    },
}

/// One entry of a list, as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: HashId,
    /// The list.
    pub list: ListId,
    /// Where the publisher has it from; empty: the publisher itself.
    pub source: String,
    /// Its id there.
    pub source_id: String,
    /// What it says.
    pub says: Says,
    /// Its hashes.
    pub hashes: Hashes,
    /// The whole record as it came, digests included.
    pub record: Record,
    /// The change that added it.
    pub added: i64,
    /// Its last change.
    pub changed: i64,
    /// The change that withdrew it, and why.
    pub withdrawn: Option<(i64, String)>,
    /// When it was added.
    pub added_at: Time,
    /// When it last changed.
    pub changed_at: Time,
}

/// What an entry says about its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Says {
    /// The class; never more than the list's own.
    pub class: ListClass,
    /// Age group, where the record says.
    pub age_group: AgeGroup,
    /// Gender, where the record says.
    pub gender: Gender,
}

/// Digests and perceptual hashes of some content; at least one is there in an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hashes {
    /// Digests of the whole file.
    pub digests: Digests,
    /// The SHA-256 of a PhotoDNA value that came with the content: compared for equality, computed of no picture here.
    pub photodna: Option<[u8; 32]>,
    /// PDQ of a picture.
    pub pdq: Option<Pdq>,
    /// PDQ of a video's frames.
    pub frames: Vec<Pdq>,
}

/// One organisation's word on one entry. Seen by that organisation and the publisher, by nobody else, not even as a count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Its id.
    pub id: VoteId,
    /// The entry.
    pub entry: HashId,
    /// The list.
    pub list: ListId,
    /// Who says it.
    pub org: OrgId,
    /// What.
    pub word: VoteWord,
    /// Why; a dispute has a reason.
    pub reason: Option<String>,
    /// When.
    pub at: Time,
    /// What the publisher answered, why, and when.
    pub answer: Option<(VoteAnswer, Option<String>, Time)>,
}

/// Content that a hotline's agreement lets the exchange offer to a publisher.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its id.
    pub id: CandidateId,
    /// The list.
    pub list: ListId,
    /// The hotline.
    pub org: OrgId,
    /// What it says.
    pub says: Says,
    /// Its hashes.
    pub hashes: Hashes,
    /// Where it is.
    pub state: CandidateState,
    /// When it was offered.
    pub at: Time,
    /// When it was answered.
    pub answered_at: Option<Time>,
    /// The entry it became.
    pub entry: Option<HashId>,
}

/// Something to offer.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The hotline.
    pub org: OrgId,
    /// The item. The publisher does not see it.
    pub item: ItemId,
    /// What it is by the judgement in force.
    pub class: Class,
    /// For `national`: where it is illegal.
    pub country: Option<Country>,
    /// Age group by that judgement.
    pub age_group: AgeGroup,
    /// Gender by that judgement.
    pub gender: Gender,
    /// Its hashes.
    pub hashes: Hashes,
}

/// One import into a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The list.
    pub list: ListId,
    /// Who began it; `None`: a subscription.
    pub person: Option<PersonId>,
    /// Format, in the words of whoever reads it.
    pub form: String,
    /// Name of the file or server.
    pub name: String,
    /// What tells that it is the same input when it is sent again, such as its digest.
    pub fingerprint: String,
    /// Where it is.
    pub state: ImportState,
    /// When it began.
    pub started_at: Time,
    /// When it last took rows.
    pub changed_at: Time,
    /// Where to go on after an interruption, in the words of whoever reads the input.
    pub checkpoint: Option<String>,
    /// What became of its rows.
    pub counts: Counts,
    /// Why it failed.
    pub trouble: Option<String>,
}

/// What became of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Rows read.
    pub lines: i64,
    /// New entries.
    pub added: i64,
    /// Entries that say something else now.
    pub changed: i64,
    /// Rows that changed nothing.
    pub same: i64,
    /// Rows refused.
    pub refused: i64,
    /// Entries withdrawn.
    pub withdrawn: i64,
}

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Line or row number in the input, from 1.
    pub line: i64,
    /// Field as the input names it.
    pub field: String,
    /// Stable name of the rule.
    pub rule: String,
    /// A sentence for a person.
    pub reason: String,
}

/// A list that is filled from another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// The list it fills.
    pub list: ListId,
    /// What is spoken there.
    pub kind: SubscriptionKind,
    /// Where.
    pub url: String,
    /// Sealed user name and password.
    pub credential: Option<base::BlobId>,
    /// Seconds between two fetches.
    pub every_seconds: i64,
    /// Where to go on, in the words of the protocol.
    pub checkpoint: Option<String>,
    /// When it is due.
    pub due_at: Time,
    /// When it last worked.
    pub fetched_at: Option<Time>,
    /// How often in a row it failed.
    pub failures: i64,
    /// Why, the last time.
    pub last_error: Option<String>,
    /// When it was ended.
    pub ended_at: Option<Time>,
}
