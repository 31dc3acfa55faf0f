//! Mail that a saved search found something. It says that, never what: there is nothing of a case in it, nor of the search.
//!
//! The mail becomes due in the transaction of the finding; the loading dock takes it from here and reports back. At most one
//! is due for a search at a time, and not sooner after the last one than the setting says.

use crate::{Act, Result, store};
use base::{Actor, CaseId, MailId, OrgId, SearchId};
use storage::{Db, Tx};

/// Seconds that a sender may take before another tries.
const LEASE_SECONDS: i64 = 120;
/// Tries before a mail is given up.
const TRIES: i64 = 8;

/// A mail to be sent now.
#[derive(Clone, Debug)]
pub struct Due {
    /// Its id; the same in every try.
    pub id: MailId,
    /// The search.
    pub search: SearchId,
    /// For whose LEA.
    pub org: OrgId,
    /// To whom.
    pub address: String,
    pub(crate) fence: i64,
    pub(crate) tries: i64,
}

/// Notes which searches of an LEA a case is new to, and makes their mails due. Called when routing changed a case.
pub(crate) async fn found(tx: &Tx, lea: OrgId, case: CaseId) -> Result<()> {
    for search in store::searches_to_alert(tx, lea).await? {
        if store::case_passes(tx, lea, search.person, &search.filter, case).await?
            && store::search_hit(tx, search.id, lea, case).await?
        {
            store::mail_add(tx, tx.id(MailId::new)?, search.id, search.person, lea).await?;
        }
    }
    Ok(())
}

/// Leases the mail that has been due longest, if there is one; searches that sent one within so many seconds wait.
pub async fn take(db: &Db, apart_seconds: i64) -> Result<Option<Due>> {
    let tx = db.begin(&Actor::machine("mail")).await?;
    let Some(due) = store::mail_take(&tx, LEASE_SECONDS, apart_seconds).await? else { return Ok(None) };
    tx.commit(&Act::MailTaken(due.id, due.org)).await?;
    Ok(Some(due))
}

/// Notes that a mail was taken by the server.
pub async fn sent(db: &Db, due: &Due) -> Result<()> {
    let tx = db.begin(&Actor::machine("mail")).await?;
    store::mail_sent(&tx, due).await?;
    Ok(tx.commit(&Act::MailSent(due.id, due.org)).await?)
}

/// Puts a mail that could not be sent back, later each time; after the last try it is given up.
pub async fn failed(db: &Db, due: &Due, reason: &str) -> Result<()> {
    let tx = db.begin(&Actor::machine("mail")).await?;
    let wait = 30 << due.tries.clamp(0, 10);
    let reason: String = reason.chars().take(500).collect();
    store::mail_failed(&tx, due, wait, due.tries >= TRIES, &reason).await?;
    Ok(tx.commit(&Act::MailFailed(due.id, due.org)).await?)
}
