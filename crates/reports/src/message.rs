//! What an LEA and its hotline write to each other about a case: plain text, who wrote it and where they work, and a
//! receipt that a person at the other side gives. Nobody deletes; another LEA with the same report has a thread of its own.

use crate::{Act, Error, Message, Result, entity::case_message, ground, store};
use base::{CaseId, MessageId};
use storage::{Page, Tx, keyset};

/// Longest message, in characters.
pub const LONGEST: usize = 4000;

/// Writes a message, from either side.
pub async fn write(tx: &Tx, case: CaseId, text: &str) -> Result<(MessageId, Act)> {
    let ground = ground::of(tx, case).await?;
    let text = base::text("text", text, LONGEST)?;
    let (person, author) = ground::author(tx).await?;
    let id = tx.id(MessageId::new)?;
    let row = case_message::Model {
        id: id.0,
        case_id: case.0,
        report_id: ground.report.0,
        hotline_id: ground.hotline.0,
        lea_id: ground.lea.0,
        org_id: tx.actor().org.0,
        person_id: Some(person.0),
        author,
        text,
        at: tx.now().micros(),
        read_at: None,
        read_by: None,
    };
    store::message_add(tx, row).await?;
    Ok((id, Act::MessageWritten(id, case)))
}

/// Messages about a case, oldest first, for its LEA and the hotline that answers it.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<Message>> {
    store::messages_of_case(tx, case).await
}

/// Messages to the actor's hotline that nobody there has said to have read, oldest first.
pub async fn unread(tx: &Tx, after: Option<(i64, uuid::Uuid)>, limit: u64) -> Result<Page<Message>> {
    let rows = store::messages_unread(tx, after, limit).await?;
    Ok(keyset::page(rows, limit, |m| (m.at.micros(), m.id.0))?)
}

/// Says that a message of the other side was read. Said once, by a person; the writer sees who and when.
pub async fn read(tx: &Tx, case: CaseId, id: MessageId) -> Result<Act> {
    ground::exists(tx, case).await?;
    let (_, name) = ground::author(tx).await?;
    if store::message_read(tx, case, id, &name).await? {
        return Ok(Act::MessageRead(id, case));
    }
    if store::message_exists(tx, case, id).await? {
        return Err(Error::conflict("message-read", "message", "this message is your own, or was read before"));
    }
    Err(Error::NotFound)
}
