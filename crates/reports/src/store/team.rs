//! Tables `case_read`, `case_note`, `folder` and `folder_case`: what a unit and its people note for themselves. Every query
//! says which LEA, and which person where something is a person's own.

use super::{
    Stored,
    live::{at, case_live},
    scoped,
};
use crate::{
    Result,
    folder::Folder,
    team::{Note, Reach},
};
use base::{CaseId, FolderId, NoteId, OrgId, PersonId, ReportId, Time};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

/// Cases of a folder are counted up to here.
const MOST_COUNTED: i64 = 1_000;

pub async fn case_assign(tx: &Tx, id: CaseId, to: Option<PersonId>) -> Result<()> {
    let sql = "UPDATE police_case SET assigned_to = $1, assigned_at = $2 WHERE id = $3 AND lea_id = $4";
    let values =
        vec![to.map(|p| p.0).into(), to.map(|_| tx.now().micros()).into(), id.0.into(), tx.actor().org.0.into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn case_assigned(tx: &Tx, id: CaseId) -> Result<(Option<PersonId>, Option<Time>)> {
    #[derive(FromQueryResult)]
    struct Row {
        assigned_to: Option<Uuid>,
        assigned_at: Option<i64>,
    }
    let sql = "SELECT assigned_to, assigned_at FROM police_case WHERE id = $1 AND lea_id = $2";
    let row: Option<Row> = sql::one(tx, sql, vec![id.0.into(), tx.actor().org.0.into()]).await?;
    Ok(row.map_or((None, None), |r| (r.assigned_to.map(PersonId), r.assigned_at.map(Time::from_micros))))
}

/// Notes that the actor has read a case, or has not. The machinery reads nothing.
pub async fn case_set_read(tx: &Tx, id: CaseId, read: bool) -> Result<()> {
    let Some(me) = tx.actor().person() else { return Ok(()) };
    if !read {
        let sql = "DELETE FROM case_read WHERE person_id = $1 AND case_id = $2";
        sql::run(tx, sql, vec![me.0.into(), id.0.into()]).await?;
        return Ok(());
    }
    let sql = "INSERT INTO case_read (person_id, case_id, lea_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let values = vec![me.0.into(), id.0.into(), tx.actor().org.0.into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn note_add(
    tx: &Tx,
    id: NoteId,
    (case, report, reporter): (CaseId, ReportId, OrgId),
    (person, author): (PersonId, &str),
    reach: Reach,
    body: &str,
) -> Result<()> {
    let sql = "INSERT INTO case_note (id, case_id, report_id, reporter_id, lea_id, person_id, author, reach, body, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = vec![
        id.0.into(),
        case.0.into(),
        report.0.into(),
        reporter.0.into(),
        tx.actor().org.0.into(),
        person.0.into(),
        author.into(),
        reach.word().into(),
        body.into(),
        tx.now().micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct NoteRow {
    id: Uuid,
    author: String,
    lea_id: Uuid,
    reach: String,
    body: String,
    at: i64,
}

fn note_of(row: NoteRow) -> Stored<Note> {
    Ok(Note {
        id: NoteId(row.id),
        author: row.author,
        lea: OrgId(row.lea_id),
        reach: Reach::read(&row.reach).map_err(|_| storage::Error::Stored("case_note.reach"))?,
        body: row.body,
        at: Time::from_micros(row.at),
    })
}

const NOTE: &str = "SELECT n.id, n.author, n.lea_id, n.reach, n.body, n.at FROM case_note n";

/// Notes on a case of the actor's LEA: the unit's, and the actor's own private ones.
pub async fn notes_of_case(tx: &Tx, me: PersonId, id: CaseId) -> Result<Vec<Note>> {
    let sql = format!(
        "{NOTE} WHERE n.lea_id = $1 AND n.case_id = $2 AND (n.reach <> 'private' OR n.person_id = $3) ORDER BY n.at, n.id"
    );
    let rows: Vec<NoteRow> = sql::all(tx, &sql, vec![tx.actor().org.0.into(), id.0.into(), me.0.into()]).await?;
    Ok(rows.into_iter().map(note_of).collect::<Stored<_>>()?)
}

/// Notes that police share on a report that the actor's hotline reported or owns an item of.
pub async fn notes_of_report(tx: &Tx, report: ReportId) -> Result<Vec<Note>> {
    let sql = format!(
        "{NOTE} WHERE ($1 = 1 OR n.reporter_id = $2 OR EXISTS (
             SELECT 1 FROM item i WHERE i.report_id = n.report_id AND i.owner_id = $2))
         AND n.report_id = $3 AND n.reach = 'hotline' ORDER BY n.at, n.id"
    );
    let rows: Vec<NoteRow> = sql::all(tx, &sql, scoped(tx, [report.0.into()])).await?;
    Ok(rows.into_iter().map(note_of).collect::<Stored<_>>()?)
}

/// Folders of the actor's LEA that the actor sees: `$1` the LEA, `$2` the person.
const VISIBLE: &str = "f.lea_id = $1 AND f.ended_at IS NULL AND (NOT f.private OR f.person_id = $2)";

#[derive(FromQueryResult)]
struct FolderRow {
    id: Uuid,
    person_id: Uuid,
    name: String,
    note: Option<String>,
    private: bool,
    version: i64,
    created_at: i64,
    cases: i64,
}

fn folder_of(row: FolderRow) -> Folder {
    Folder {
        id: FolderId(row.id),
        person: PersonId(row.person_id),
        name: row.name,
        note: row.note,
        private: row.private,
        cases: row.cases,
        version: row.version,
        at: Time::from_micros(row.created_at),
    }
}

fn folder_columns() -> String {
    format!(
        "SELECT f.id, f.person_id, f.name, f.note, f.private, f.version, f.created_at, (SELECT COUNT(*) FROM (
             SELECT 1 AS one FROM folder_case x JOIN police_case c ON c.id = x.case_id
             WHERE x.folder_id = f.id AND c.lea_id = $1 AND {} LIMIT {MOST_COUNTED}) y) AS cases FROM folder f",
        case_live("c", 3)
    )
}

pub async fn folder_find(tx: &Tx, me: PersonId, id: FolderId) -> Result<Option<Folder>> {
    let sql = format!("{} WHERE {VISIBLE} AND f.id = $4", folder_columns());
    let row: Option<FolderRow> =
        sql::one(tx, &sql, vec![tx.actor().org.0.into(), me.0.into(), at(tx), id.0.into()]).await?;
    Ok(row.map(folder_of))
}

pub async fn folders(tx: &Tx, me: PersonId) -> Result<Vec<Folder>> {
    let sql = format!("{} WHERE {VISIBLE} ORDER BY f.name, f.id LIMIT {MOST_COUNTED}", folder_columns());
    let rows: Vec<FolderRow> = sql::all(tx, &sql, vec![tx.actor().org.0.into(), me.0.into(), at(tx)]).await?;
    Ok(rows.into_iter().map(folder_of).collect())
}

pub async fn folders_count(tx: &Tx) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = "SELECT COUNT(*) AS n FROM folder WHERE lea_id = $1 AND ended_at IS NULL";
    Ok(sql::one::<Count>(tx, sql, vec![tx.actor().org.0.into()]).await?.map_or(0, |c| c.n))
}

pub async fn folder_add(
    tx: &Tx,
    id: FolderId,
    me: PersonId,
    name: &str,
    note: Option<&str>,
    private: bool,
) -> Result<()> {
    let sql = "INSERT INTO folder (id, lea_id, person_id, name, note, private, version, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, 1, $7)";
    let values = vec![
        id.0.into(),
        tx.actor().org.0.into(),
        me.0.into(),
        name.into(),
        note.map(str::to_owned).into(),
        private.into(),
        tx.now().micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn folder_change(tx: &Tx, id: FolderId, name: &str, note: Option<&str>, private: bool) -> Result<()> {
    let sql =
        "UPDATE folder SET name = $1, note = $2, private = $3, version = version + 1 WHERE id = $4 AND lea_id = $5";
    let values =
        vec![name.into(), note.map(str::to_owned).into(), private.into(), id.0.into(), tx.actor().org.0.into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn folder_end(tx: &Tx, id: FolderId) -> Result<()> {
    let sql = "UPDATE folder SET ended_at = $1 WHERE id = $2 AND lea_id = $3";
    sql::run(tx, sql, vec![tx.now().micros().into(), id.0.into(), tx.actor().org.0.into()]).await?;
    Ok(())
}

/// Puts a case into a folder. The caller has found both for the actor.
pub async fn folder_put(tx: &Tx, folder: FolderId, case: CaseId) -> Result<()> {
    let sql = "INSERT INTO folder_case (folder_id, case_id, lea_id, added_by, added_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT DO NOTHING";
    let by = tx.actor().person().map(|p| p.0).unwrap_or_default();
    let values = vec![folder.0.into(), case.0.into(), tx.actor().org.0.into(), by.into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Takes a case out of a folder; false when it was not in it.
pub async fn folder_take(tx: &Tx, folder: FolderId, case: CaseId) -> Result<bool> {
    let sql = "DELETE FROM folder_case WHERE folder_id = $1 AND case_id = $2 AND lea_id = $3";
    Ok(sql::run(tx, sql, vec![folder.0.into(), case.0.into(), tx.actor().org.0.into()]).await? == 1)
}

/// Folders that the actor sees a case in.
pub async fn folders_of_case(tx: &Tx, me: PersonId, case: CaseId) -> Result<Vec<(FolderId, String)>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        name: String,
    }
    let sql = format!(
        "SELECT f.id, f.name FROM folder f JOIN folder_case x ON x.folder_id = f.id
         WHERE {VISIBLE} AND x.case_id = $3 ORDER BY f.name, f.id"
    );
    let rows: Vec<Row> = sql::all(tx, &sql, vec![tx.actor().org.0.into(), me.0.into(), case.0.into()]).await?;
    Ok(rows.into_iter().map(|r| (FolderId(r.id), r.name)).collect())
}
