//! What an LEA's own systems are told of its cases: that one changed, how in one word, and when; never what. Changes of one LEA
//! are numbered in the order in which they are committed, so that whoever asks for what came after a number misses nothing;
//! the numbers are the LEA's own and say nothing of others.
//!
//! Changes are written by the exchange's own machinery, in the transaction of what changed. Where the LEA has said where its
//! system wants to be told, a step [`STEP`] is queued with each.

use crate::{Error, Result, store};
use audit::{Subject, Verb};
use base::{CaseId, ChangeId, OrgId, Time};
use storage::{Db, Tx, jobs};

/// Name of the queued step that tells an LEA's system of a change.
pub const STEP: &str = "webhook";

/// How a case changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// Something was disclosed that was not before.
    Disclosed,
    /// Something is disclosed otherwise: wider, narrower, under another clause.
    Changed,
    /// Something is not disclosed any more.
    Withdrawn,
    /// The hotline answered something that was asked.
    Answered,
    /// Victim identification said something of an item.
    Found,
}

impl ChangeKind {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Disclosed => "disclosed",
            Self::Changed => "changed",
            Self::Withdrawn => "withdrawn",
            Self::Answered => "answered",
            Self::Found => "found",
        }
    }

    /// Reads the one spelling back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Disclosed, Self::Changed, Self::Withdrawn, Self::Answered, Self::Found]
            .into_iter()
            .find(|k| k.word() == word)
    }
}

/// That a case changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its id; the same whenever it is told.
    pub id: ChangeId,
    /// Whose case.
    pub lea: OrgId,
    /// Its number among the LEA's.
    pub seq: i64,
    /// The case.
    pub case: CaseId,
    /// How.
    pub kind: ChangeKind,
    /// When.
    pub at: Time,
}

/// Notes that a case changed; once for each kind in one transaction, which is the exchange's own.
pub async fn note(tx: &Tx, lea: OrgId, case: CaseId, kind: ChangeKind) -> Result<()> {
    if store::change_noted(tx, case, kind).await? {
        return Ok(());
    }
    let seq = store::change_number(tx, lea).await?;
    let change = Change { id: tx.id(ChangeId::new)?, lea, seq, case, kind, at: tx.now() };
    store::change_add(tx, &change).await?;
    if store::webhook_of(tx, lea).await?.is_some() {
        jobs::enqueue(tx, STEP, change.id.0).await?;
    }
    Ok(())
}

/// The actor's LEA's changes after a number, oldest first.
pub async fn after(tx: &Tx, seq: i64, limit: u64) -> Result<Vec<Change>> {
    store::changes_after(tx, seq, limit).await
}

/// Where the actor's LEA's system wants to be told, and since when.
pub async fn webhook(tx: &Tx) -> Result<(Option<(String, Time)>, Act)> {
    Ok((store::webhook_of(tx, tx.actor().org).await?, Act::WebhookRead))
}

/// Says where. Whether it is an address that is told at all was checked by whoever tells.
pub async fn set_webhook(tx: &Tx, url: &str) -> Result<Act> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    store::webhook_put(tx, person, url).await?;
    Ok(Act::WebhookSet)
}

/// Takes that back; what was not told yet is not told any more.
pub async fn forget_webhook(tx: &Tx) -> Result<Act> {
    store::webhook_remove(tx).await?;
    Ok(Act::WebhookForgotten)
}

/// A change that is to be told, and where; `None` when the LEA does not want to be told any more, or takes no part.
pub async fn due(db: &Db, id: ChangeId) -> Result<Option<(Change, String)>> {
    let tx = db.look(&base::Actor::machine("webhooks")).await?;
    store::change_due(&tx, id).await
}

/// What is done about changes of cases, in the words of the log.
#[derive(Clone, Debug)]
pub enum Act {
    /// Somebody asked what changed.
    ChangesRead,
    /// Somebody asked where the LEA's system is told.
    WebhookRead,
    /// Somebody said where the LEA's system is told.
    WebhookSet,
    /// Somebody took that back.
    WebhookForgotten,
    /// The LEA's system was told of a change.
    Told(ChangeId, OrgId),
    /// The LEA's system could not be told; it is tried again.
    NotTold(ChangeId, OrgId),
    /// There was nobody to tell any more.
    NobodyToTell,
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        match self {
            Self::ChangesRead => "cases.changes_read",
            Self::WebhookRead => "webhook.read",
            Self::WebhookSet => "webhook.set",
            Self::WebhookForgotten => "webhook.forgotten",
            Self::Told(..) => "webhook.told",
            Self::NotTold(..) => "webhook.not_told",
            Self::NobodyToTell => "webhook.nobody",
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::ChangesRead | Self::WebhookRead => Verb::Consult,
            Self::WebhookSet | Self::WebhookForgotten | Self::NotTold(..) | Self::NobodyToTell => Verb::Alter,
            Self::Told(..) => Verb::Disclose,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::ChangesRead => Subject::list("cases"),
            Self::WebhookRead | Self::WebhookSet | Self::WebhookForgotten | Self::NobodyToTell => {
                Subject::list("webhook")
            }
            Self::Told(change, _) | Self::NotTold(change, _) => Subject::one("change", change.0),
        }
    }

    fn on_behalf_of(&self) -> Option<OrgId> {
        match self {
            Self::Told(_, lea) | Self::NotTold(_, lea) => Some(*lea),
            _ => None,
        }
    }
}
