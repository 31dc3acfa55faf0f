//! Takes the mail that is due, sends it, and reports what came of it. A crash between the server's word and ours sends it
//! again with the same id; nothing is ever lost.

use super::Client;
use storage::Db;

/// Sends the mail that has been due longest, if there is one; says whether there was.
pub async fn next(db: &Db, client: &Client, apart_seconds: i64) -> reports::Result<bool> {
    let Some(due) = reports::alert::take(db, apart_seconds).await? else { return Ok(false) };
    match client.send(due.id, &due.address, db.now()).await {
        Ok(()) => reports::alert::sent(db, &due).await?,
        Err(trouble) => {
            tracing::warn!(mail = %due.id, "a mail was not sent and is tried again later");
            reports::alert::failed(db, &due, &trouble.to_string()).await?;
        }
    }
    Ok(true)
}
