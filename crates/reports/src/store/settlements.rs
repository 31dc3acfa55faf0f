//! Tables `settlement`, `suggestion` and `doubt`: what hash lists judged, suggest, and where somebody disagrees.

use super::{Stored, one_more, scoped, word, word_opt};
use crate::{
    Doubt, DoubtKind, Named, Quality, Result, Settled, Suggestion,
    settle::{Batch, Of},
};
use base::{AssessmentId, Class, DoubtId, HashId, ItemId, ListId, OrgId, ReportId, SettlementId, SuggestionId, Time};
use hashlists::{Digests, Found, Hashes, Pdq};
use sea_orm::{FromQueryResult, Value};
use storage::{Tx, sql};
use uuid::Uuid;

/// Digests and perceptual hashes of an item's file. The caller has found the item for the actor.
pub async fn item_hashes(tx: &Tx, item: ItemId) -> Result<Hashes> {
    let sql = "SELECT m.id, m.md5, m.sha1, m.sha256, m.pdq, m.pdq_quality, m.duration_ms FROM item i
               JOIN media_object m ON m.id = i.media_id WHERE i.id = $1";
    let row: Option<MediaHashes> = sql::one(tx, sql, vec![item.0.into()]).await?;
    match row {
        Some(row) => {
            let frames = if row.duration_ms.is_some() { frames_of_media(tx, row.id).await? } else { Vec::new() };
            Ok(row.hashes(frames))
        }
        None => Ok(Hashes::default()),
    }
}

/// A media object as it is compared.
#[derive(FromQueryResult)]
pub struct MediaHashes {
    pub id: Uuid,
    md5: Vec<u8>,
    sha1: Vec<u8>,
    sha256: Vec<u8>,
    pdq: Vec<u8>,
    pdq_quality: i64,
    pub duration_ms: Option<i64>,
}

impl MediaHashes {
    pub fn hashes(&self, frames: Vec<Pdq>) -> Hashes {
        let digests = Digests {
            md5: self.md5.clone().try_into().ok(),
            sha1: self.sha1.clone().try_into().ok(),
            sha256: self.sha256.clone().try_into().ok(),
        };
        let bits = self.pdq.clone().try_into().ok();
        let quality = u8::try_from(self.pdq_quality).ok();
        Hashes { digests, photodna: None, pdq: bits.map(|bits| Pdq { bits, quality }), frames }
    }
}

/// Described files beyond a place, in the order of their ids. For hunts.
pub async fn media_page(tx: &Tx, after: Uuid, org: Option<OrgId>, limit: i64) -> Result<Vec<MediaHashes>> {
    let of = if org.is_some() { "org_id = $3" } else { "$3 = $3" };
    let sql = format!(
        "SELECT id, md5, sha1, sha256, pdq, pdq_quality, duration_ms FROM media_object
         WHERE id > $1 AND described_at IS NOT NULL AND {of} ORDER BY id LIMIT $2"
    );
    let org = org.map(|o| o.0).unwrap_or_default();
    Ok(sql::all(tx, &sql, vec![after.into(), limit.into(), org.into()]).await?)
}

/// Frame hashes of a video.
pub async fn frames_of_media(tx: &Tx, media: Uuid) -> Result<Vec<Pdq>> {
    #[derive(FromQueryResult)]
    struct Frame {
        pdq: Vec<u8>,
        quality: i64,
    }
    let sql = "SELECT pdq, quality FROM media_frame WHERE media_id = $1 ORDER BY at_ms";
    let rows: Vec<Frame> = sql::all(tx, sql, vec![media.into()]).await?;
    let read = |f: Frame| Some(Pdq { bits: f.pdq.try_into().ok()?, quality: u8::try_from(f.quality).ok() });
    Ok(rows.into_iter().filter_map(read).collect())
}

#[derive(FromQueryResult)]
struct Owned {
    id: Uuid,
    report_id: Uuid,
    reporter_id: Uuid,
}

fn owned(rows: Vec<Owned>, run: Uuid) -> Vec<Of> {
    let of = |r: Owned| Of { item: ItemId(r.id), report: ReportId(r.report_id), org: OrgId(r.reporter_id), run };
    rows.into_iter().map(of).collect()
}

/// Compared items of some files. For hunts.
pub async fn items_of_files(tx: &Tx, media: &[Uuid], run: Uuid) -> Result<Vec<Of>> {
    let sql = format!(
        "SELECT id, report_id, reporter_id FROM item WHERE compared_at IS NOT NULL AND media_id IN ({}) ORDER BY id",
        sql::places(1, media.len())
    );
    Ok(owned(sql::all(tx, &sql, media.iter().map(|m| (*m).into()).collect()).await?, run))
}

/// Items that were settled by some entries and still are, or that have a suggestion or a doubt by them. For hunts.
pub async fn items_by_entries(tx: &Tx, entries: &[HashId], run: Uuid) -> Result<Vec<Of>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let among = sql::places(1, entries.len());
    let sql = format!(
        "SELECT DISTINCT i.id, i.report_id, i.reporter_id FROM item i JOIN (
            SELECT item_id FROM settlement WHERE undone_at IS NULL AND entry_id IN ({among})
            UNION SELECT item_id FROM suggestion WHERE ended_at IS NULL AND entry_id IN ({among})
            UNION SELECT item_id FROM doubt WHERE ended_at IS NULL AND entry_id IN ({among})) x ON x.item_id = i.id
         ORDER BY i.id"
    );
    Ok(owned(sql::all(tx, &sql, entries.iter().map(|e| e.0.into()).collect()).await?, run))
}

/// Items compared in a span of time. For the late part of hunts.
pub async fn items_compared_between(tx: &Tx, from: Time, to: Time, after: Uuid, run: Uuid) -> Result<Vec<Of>> {
    let sql = "SELECT id, report_id, reporter_id FROM item WHERE compared_at BETWEEN $1 AND $2 AND id > $3
               ORDER BY id LIMIT 200";
    let values = vec![from.micros().into(), to.micros().into(), after.into()];
    Ok(owned(sql::all(tx, sql, values).await?, run))
}

/// A settlement in force.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SettlementRow {
    pub id: Uuid,
    pub entry_id: Uuid,
    pub class: String,
}

/// How an item is judged now, and by which settlement, when by one.
pub struct Judged {
    pub class: Option<Class>,
    pub settlement: Option<SettlementRow>,
}

pub async fn item_standing(tx: &Tx, item: ItemId) -> Result<Option<Judged>> {
    #[derive(FromQueryResult)]
    struct Row {
        class: Option<String>,
        s_id: Option<Uuid>,
        entry_id: Option<Uuid>,
    }
    let sql = "SELECT i.class, s.id AS s_id, s.entry_id FROM item i LEFT JOIN settlement s
               ON s.assessment_id = i.assessment_id AND s.undone_at IS NULL WHERE i.id = $1";
    let row: Option<Row> = sql::one(tx, sql, vec![item.0.into()]).await?;
    let read = |row: Row| -> Stored<Judged> {
        let class = word_opt(row.class.clone(), "item.class")?;
        let settlement = match (row.s_id, row.entry_id, row.class) {
            (Some(id), Some(entry_id), Some(class)) => Some(SettlementRow { id, entry_id, class }),
            _ => None,
        };
        Ok(Judged { class, settlement })
    };
    Ok(row.map(read).transpose()?)
}

pub async fn item_set_known(tx: &Tx, item: ItemId, known: bool) -> Result<()> {
    sql::run(tx, "UPDATE item SET known = $1 WHERE id = $2", vec![known.into(), item.0.into()]).await?;
    Ok(())
}

const REOPEN: &str =
    "UPDATE item SET class = NULL, assessment_id = NULL, known = $1, confirmed_by = NULL, owner_id = NULL,
    assigned_country = NULL, waits_for_owner = $1, routed_at = NULL, version = version + 1";

/// Of the items that were compared last, how many there are and how many a list has settled.
pub async fn recently_settled(tx: &Tx, list: ListId, most: i64) -> Result<(i64, i64)> {
    #[derive(FromQueryResult)]
    struct Row {
        recent: i64,
        settled: i64,
    }
    let sql = "SELECT COUNT(*) AS recent, COUNT(s.id) AS settled FROM (
            SELECT assessment_id FROM item WHERE compared_at IS NOT NULL ORDER BY compared_at DESC LIMIT $2) r
        LEFT JOIN settlement s ON s.assessment_id = r.assessment_id AND s.list_id = $1 AND s.undone_at IS NULL";
    let row: Option<Row> = sql::one(tx, sql, vec![list.0.into(), most.into()]).await?;
    Ok(row.map_or((0, 0), |r| (r.recent, r.settled)))
}

/// Takes an item's judgement away: it waits as if it had never been judged.
pub async fn item_reopen(tx: &Tx, item: ItemId) -> Result<()> {
    sql::run(tx, &format!("{REOPEN} WHERE id = $2"), vec![false.into(), item.0.into()]).await?;
    Ok(())
}

pub async fn settlement_add(tx: &Tx, id: SettlementId, of: Of, assessment: AssessmentId, by: &Found) -> Result<()> {
    let sql = "INSERT INTO settlement (id, item_id, org_id, report_id, assessment_id, list_id, list_name, entry_id,
        list_version, how, run_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values = vec![
        id.0.into(),
        of.item.0.into(),
        of.org.0.into(),
        of.report.0.into(),
        assessment.0.into(),
        by.list.0.into(),
        by.name.clone().into(),
        by.entry.0.into(),
        by.version.into(),
        by.how.word().into(),
        of.run.into(),
        tx.now().micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Whether a person took back what this entry had settled of this item.
pub async fn settlement_refused(tx: &Tx, item: ItemId, entry: HashId) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = "SELECT COUNT(*) AS n FROM settlement WHERE item_id = $1 AND entry_id = $2 AND undone_by IS NOT NULL";
    let row: Option<Count> = sql::one(tx, sql, vec![item.0.into(), entry.0.into()]).await?;
    Ok(row.is_some_and(|r| r.n > 0))
}

/// Notes that a settlement is taken back, by the actor when a person acts.
pub async fn settlement_undo(tx: &Tx, id: SettlementId, why: &str) -> Result<()> {
    let sql =
        "UPDATE settlement SET undone_at = $1, undone_by = $2, undone_why = $3 WHERE id = $4 AND undone_at IS NULL";
    let by = tx.actor().person().map(|p| p.0);
    sql::run(tx, sql, vec![tx.now().micros().into(), by.into(), why.into(), id.0.into()]).await?;
    Ok(())
}

/// Settlements of a batch that are in force, of the actor's organisation; `$3` is the batch's id.
fn in_force(batch: Batch) -> String {
    let column = match batch {
        Batch::List(_) => "list_id",
        Batch::Hunt(_) => "run_id",
        Batch::Report(_) => "report_id",
        Batch::Entry(_) => "entry_id",
    };
    format!(
        "FROM settlement s JOIN item i ON i.assessment_id = s.assessment_id AND i.id = s.item_id
         WHERE ($1 = 1 OR s.org_id = $2) AND s.undone_at IS NULL AND s.{column} = $3"
    )
}

/// Reports that have something of a batch.
pub async fn settlements_reports(tx: &Tx, batch: Batch) -> Result<Vec<ReportId>> {
    #[derive(FromQueryResult)]
    struct Id {
        report_id: Uuid,
    }
    let sql = format!("SELECT DISTINCT s.report_id {} ORDER BY s.report_id", in_force(batch));
    let rows: Vec<Id> = sql::all(tx, &sql, scoped(tx, [batch.subject().1.into()])).await?;
    Ok(rows.into_iter().map(|r| ReportId(r.report_id)).collect())
}

/// Takes back all of a batch; returns how many items wait again.
pub async fn settlements_undo(tx: &Tx, batch: Batch, why: &str) -> Result<u64> {
    let (now, by) = (tx.now().micros(), tx.actor().person().map(|p| p.0));
    let of = in_force(batch);
    let id = batch.subject().1;
    let mark =
        format!("UPDATE settlement SET undone_at = $4, undone_by = $5, undone_why = $6 WHERE id IN (SELECT s.id {of})");
    let open = "UPDATE item SET class = NULL, assessment_id = NULL, known = $3, confirmed_by = NULL, owner_id = NULL,
        assigned_country = NULL, waits_for_owner = $3, routed_at = NULL, version = version + 1
        WHERE ($1 = 1 OR reporter_id = $2) AND assessment_id IN (
            SELECT assessment_id FROM settlement WHERE ($1 = 1 OR org_id = $2) AND undone_at = $4 AND undone_why = $5)";
    sql::run(tx, &mark, scoped(tx, [id.into(), now.into(), by.into(), why.into()])).await?;
    Ok(sql::run(tx, open, scoped(tx, [false.into(), now.into(), why.into()])).await?)
}

#[derive(FromQueryResult)]
struct SettledRow {
    id: Uuid,
    item_id: Uuid,
    list_id: Uuid,
    list_name: String,
    entry_id: Uuid,
    list_version: i64,
    how: String,
    at: i64,
}

fn settled_of(row: SettledRow) -> (ItemId, Settled) {
    let settled = Settled {
        id: SettlementId(row.id),
        list: ListId(row.list_id),
        name: row.list_name,
        entry: HashId(row.entry_id),
        version: row.list_version,
        how: row.how,
        at: Time::from_micros(row.at),
    };
    (ItemId(row.item_id), settled)
}

const SETTLED: &str = "SELECT s.id, s.item_id, s.list_id, s.list_name, s.entry_id, s.list_version, s.how, s.at";

/// What is settled of a batch, beyond a settlement.
pub async fn settlements(tx: &Tx, batch: Batch, after: Uuid, limit: u64) -> Result<Vec<(ItemId, Settled)>> {
    let sql = format!("{SETTLED} {} AND s.id > $4 ORDER BY s.id LIMIT $5", in_force(batch));
    let values = [batch.subject().1.into(), after.into(), one_more(limit)];
    let rows: Vec<SettledRow> = sql::all(tx, &sql, scoped(tx, values)).await?;
    Ok(rows.into_iter().map(settled_of).collect())
}

/// By what items are settled.
pub async fn settlements_of(tx: &Tx, items: &[ItemId]) -> Result<Vec<(ItemId, Settled)>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{SETTLED} FROM settlement s JOIN item i ON i.assessment_id = s.assessment_id AND i.id = s.item_id
         WHERE ($1 = 1 OR s.org_id = $2) AND s.undone_at IS NULL AND s.item_id IN ({}) ORDER BY s.id",
        sql::places(3, items.len())
    );
    let rows: Vec<SettledRow> = sql::all(tx, &sql, scoped(tx, items.iter().map(|i| i.0.into()))).await?;
    Ok(rows.into_iter().map(settled_of).collect())
}

/// Whether the very same suggestion is open.
pub async fn suggestion_stands(tx: &Tx, item: ItemId, like: &Found) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = "SELECT COUNT(*) AS n FROM suggestion WHERE item_id = $1 AND ended_at IS NULL AND entry_id = $2
               AND list_version = $3";
    let row: Option<Count> = sql::one(tx, sql, vec![item.0.into(), like.entry.0.into(), like.version.into()]).await?;
    Ok(row.is_some_and(|r| r.n > 0))
}

pub async fn suggestion_add(tx: &Tx, id: SuggestionId, of: Of, like: &Found, blind: bool) -> Result<()> {
    let sql = "INSERT INTO suggestion (id, item_id, org_id, list_id, list_name, entry_id, list_version, how, distance, class,
        country, age_group, gender, blind, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let values = vec![
        id.0.into(),
        of.item.0.into(),
        of.org.0.into(),
        like.list.0.into(),
        like.name.clone().into(),
        like.entry.0.into(),
        like.version.into(),
        like.how.word().into(),
        i64::from(like.distance).into(),
        like.says.class.word().into(),
        like.country.map(|c| c.to_string()).into(),
        like.says.age_group.word().into(),
        like.says.gender.word().into(),
        blind.into(),
        tx.now().micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Ends an item's open suggestion; when a person judged, whether both agree is kept.
pub async fn suggestion_end(tx: &Tx, item: ItemId, ending: &str, judged: Option<Class>) -> Result<()> {
    let agreed = if judged.is_some() { "class = $4" } else { "NULL" };
    let sql = format!(
        "UPDATE suggestion SET ended_at = $1, ending = $2, agreed = {agreed} WHERE item_id = $3 AND ended_at IS NULL"
    );
    let mut values: Vec<Value> = vec![tx.now().micros().into(), ending.into(), item.0.into()];
    values.extend(judged.map(|class| class.word().into()));
    sql::run(tx, &sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct SuggestionRow {
    id: Uuid,
    item_id: Uuid,
    list_id: Uuid,
    list_name: String,
    entry_id: Uuid,
    list_version: i64,
    how: String,
    distance: i64,
    class: String,
    country: Option<String>,
    age_group: String,
    gender: String,
    at: i64,
}

fn suggestion_of(row: SuggestionRow) -> Stored<Suggestion> {
    Ok(Suggestion {
        id: SuggestionId(row.id),
        item: ItemId(row.item_id),
        list: ListId(row.list_id),
        name: row.list_name,
        entry: HashId(row.entry_id),
        version: row.list_version,
        how: row.how,
        distance: row.distance,
        class: word(&row.class, "suggestion.class")?,
        country: word_opt(row.country, "suggestion.country")?,
        age_group: word(&row.age_group, "suggestion.age_group")?,
        gender: word(&row.gender, "suggestion.gender")?,
        at: Time::from_micros(row.at),
    })
}

/// Open suggestions for items of the actor's organisation, blind ones left out.
pub async fn suggestions_of(tx: &Tx, items: &[ItemId]) -> Result<Vec<Suggestion>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT * FROM suggestion WHERE ($1 = 1 OR org_id = $2) AND ended_at IS NULL AND NOT blind AND item_id IN ({})
         ORDER BY id",
        sql::places(3, items.len())
    );
    let rows: Vec<SuggestionRow> = sql::all(tx, &sql, scoped(tx, items.iter().map(|i| i.0.into()))).await?;
    Ok(rows.into_iter().map(suggestion_of).collect::<Stored<_>>()?)
}

pub async fn suggestion_quality(tx: &Tx) -> Result<Quality> {
    let sql = "SELECT COUNT(CASE WHEN blind THEN 1 END) AS blind, COUNT(CASE WHEN blind AND agreed THEN 1 END) AS blind_agreed,
        COUNT(CASE WHEN NOT blind THEN 1 END) AS shown, COUNT(CASE WHEN NOT blind AND agreed THEN 1 END) AS shown_agreed
        FROM suggestion WHERE ($1 = 1 OR org_id = $2) AND agreed IS NOT NULL";
    Ok(sql::one(tx, sql, scoped(tx, [])).await?.unwrap_or_default())
}

/// Opens a doubt about an item by an entry; says whether it is new.
pub async fn doubt_add(tx: &Tx, id: DoubtId, of: Of, kind: DoubtKind, entry: HashId, found: &[Found]) -> Result<bool> {
    let named: Vec<Named> = found
        .iter()
        .map(|f| Named {
            list: f.list,
            name: f.name.clone(),
            entry: f.entry,
            version: f.version,
            class: f.says.class,
            country: f.country,
        })
        .collect();
    let named = serde_json::to_string(&named).map_err(|_| storage::Error::Stored("doubt.named"))?;
    let sql = "INSERT INTO doubt (id, item_id, org_id, kind, entry_id, named, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT DO NOTHING";
    let values = vec![
        id.0.into(),
        of.item.0.into(),
        of.org.0.into(),
        kind.word().into(),
        entry.0.into(),
        named.into(),
        tx.now().micros().into(),
    ];
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Ends an item's open doubts.
pub async fn doubts_end(tx: &Tx, item: ItemId, ending: &str) -> Result<()> {
    let sql = "UPDATE doubt SET ended_at = $1, ended_by = $2, ending = $3 WHERE item_id = $4 AND ended_at IS NULL";
    let by = tx.actor().person().map(|p| p.0);
    sql::run(tx, sql, vec![tx.now().micros().into(), by.into(), ending.into(), item.0.into()]).await?;
    Ok(())
}

/// Ends one open doubt of the actor's organisation; says whether there was one.
pub async fn doubt_end(tx: &Tx, id: DoubtId, ending: &str) -> Result<bool> {
    let sql = "UPDATE doubt SET ended_at = $3, ended_by = $4, ending = $5 WHERE ($1 = 1 OR org_id = $2) AND id = $6
               AND ended_at IS NULL";
    let by = tx.actor().person().map(|p| p.0);
    let values = scoped(tx, [tx.now().micros().into(), by.into(), ending.into(), id.0.into()]);
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Open doubts of the actor's organisation, oldest first.
pub async fn doubts_open(tx: &Tx, after: (i64, Uuid), limit: u64) -> Result<Vec<Doubt>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        item_id: Uuid,
        report_id: Uuid,
        class: Option<String>,
        kind: String,
        named: String,
        at: i64,
    }
    let sql = "SELECT d.id, d.item_id, i.report_id, a.class, d.kind, d.named, d.at FROM doubt d
               JOIN item i ON i.id = d.item_id LEFT JOIN assessment a ON a.id = i.assessment_id
               WHERE ($1 = 1 OR d.org_id = $2) AND d.ended_at IS NULL
               AND (d.at, d.id) > ($3, $4) ORDER BY d.at, d.id LIMIT $5";
    let rows: Vec<Row> = sql::all(tx, sql, scoped(tx, [after.0.into(), after.1.into(), one_more(limit)])).await?;
    let read = |row: Row| {
        Ok(Doubt {
            id: DoubtId(row.id),
            item: ItemId(row.item_id),
            report: ReportId(row.report_id),
            class: row.class.map(|c| c.parse().map_err(|_| storage::Error::Stored("assessment.class"))).transpose()?,
            kind: DoubtKind::from_word(&row.kind).ok_or(storage::Error::Stored("doubt.kind"))?,
            named: serde_json::from_str(&row.named).map_err(|_| storage::Error::Stored("doubt.named"))?,
            at: Time::from_micros(row.at),
        })
    };
    Ok(rows.into_iter().map(read).collect::<Stored<_>>()?)
}
