//! Tables `item`, `assessment`, `verdict` and `look`.

use super::{Stored, one_more, places, scope, scoped, word, word_opt};
use crate::{
    Assessment, Item, MediaFacts, Result,
    compare::Verdict,
    entity::{assessment, item},
};
use base::{AssessmentId, BlobId, Class, Country, ItemId, MediaId, OrgId, PersonId, ReportId, Time};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

/// An item with its file and the judgement in force. Scope: `$1`, `$2`.
pub(super) const ITEM: &str =
    "SELECT i.id, i.report_id, i.reporter_id, i.owner_id, i.assigned_country, i.url, i.file_name,
    i.known, i.waits_for_owner, i.confirmed_by, i.version, i.created_at, i.compared_at, m.sha256, m.sha1, m.md5, m.pdq, m.pdq_quality,
    m.kind, m.size, m.width, m.height, m.blob_id, m.preview_id, m.duration_ms, m.described_at, m.erased_at, m.trouble, a.id AS a_id, a.org_id AS a_org, a.class AS a_class,
    a.country AS a_country, a.age_group AS a_age, a.gender AS a_gender, a.synthetic AS a_synthetic, a.note AS a_note, a.inherited_from AS a_from,
    a.at AS a_at
    FROM item i JOIN media_object m ON m.id = i.media_id LEFT JOIN assessment a ON a.id = i.assessment_id";
/// A hotline sees items that it reported or owns.
const VISIBLE: &str = "($1 = 1 OR i.reporter_id = $2 OR i.owner_id = $2)";

/// A row of [`ITEM`].
#[derive(FromQueryResult)]
pub struct ItemRow {
    id: Uuid,
    report_id: Uuid,
    reporter_id: Uuid,
    owner_id: Option<Uuid>,
    assigned_country: Option<String>,
    url: Option<String>,
    file_name: String,
    known: bool,
    waits_for_owner: bool,
    confirmed_by: Option<Uuid>,
    version: i64,
    created_at: i64,
    compared_at: Option<i64>,
    sha256: Vec<u8>,
    sha1: Vec<u8>,
    md5: Vec<u8>,
    pdq: Vec<u8>,
    pdq_quality: i64,
    kind: String,
    size: i64,
    width: i64,
    height: i64,
    blob_id: Option<Uuid>,
    preview_id: Option<Uuid>,
    duration_ms: Option<i64>,
    described_at: Option<i64>,
    erased_at: Option<i64>,
    trouble: Option<String>,
    a_id: Option<Uuid>,
    a_org: Option<Uuid>,
    a_class: Option<String>,
    a_country: Option<String>,
    a_age: Option<String>,
    a_gender: Option<String>,
    a_synthetic: Option<String>,
    a_note: Option<String>,
    a_from: Option<Uuid>,
    a_at: Option<i64>,
}

impl ItemRow {
    fn assessment(&self) -> Stored<Option<Assessment>> {
        let (Some(id), Some(org), Some(class), Some(at)) = (self.a_id, self.a_org, &self.a_class, self.a_at) else {
            return Ok(None);
        };
        Ok(Some(Assessment {
            id: AssessmentId(id),
            org: OrgId(org),
            class: word(class, "assessment.class")?,
            country: word_opt(self.a_country.clone(), "assessment.country")?,
            age_group: word(self.a_age.as_deref().unwrap_or_default(), "assessment.age_group")?,
            gender: word(self.a_gender.as_deref().unwrap_or_default(), "assessment.gender")?,
            synthetic: word(self.a_synthetic.as_deref().unwrap_or_default(), "assessment.synthetic")?,
            note: self.a_note.clone(),
            inherited_from: self.a_from.map(AssessmentId),
            at: Time::from_micros(at),
        }))
    }

    pub(super) fn into_item(self) -> Stored<Item> {
        let assessment = self.assessment()?;
        Ok(Item {
            id: ItemId(self.id),
            report: ReportId(self.report_id),
            reporter: OrgId(self.reporter_id),
            owner: self.owner_id.map(OrgId),
            assigned_country: word_opt(self.assigned_country, "item.assigned_country")?,
            url: self.url,
            file_name: self.file_name,
            media: MediaFacts {
                sha256: self.sha256,
                sha1: self.sha1,
                md5: self.md5,
                pdq: self.pdq,
                pdq_quality: self.pdq_quality,
                kind: self.kind,
                size: self.size,
                width: self.width,
                height: self.height,
                duration_ms: self.duration_ms,
                blob: self.blob_id.map(BlobId),
                preview: self.preview_id.map(BlobId),
                described: self.described_at.is_some(),
                erased: self.erased_at.is_some(),
                trouble: self.trouble,
            },
            known: self.known,
            waits_for_owner: self.waits_for_owner,
            confirmed_by: self.confirmed_by.map(OrgId),
            compared: self.compared_at.is_some(),
            assessment,
            findings: Vec::new(),
            version: self.version,
        })
    }
}

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}

pub async fn item_add(tx: &Tx, row: item::Model) -> Result<()> {
    Ok(sql::add(tx, row).await?)
}

/// The item of a report with the same file at the same URL.
pub async fn item_same(tx: &Tx, report: ReportId, media: MediaId, url: Option<&str>) -> Result<Option<ItemId>> {
    let sql = "SELECT id FROM item WHERE report_id = $1 AND media_id = $2 AND COALESCE(url, '') = $3";
    let values = vec![report.0.into(), media.0.into(), url.unwrap_or_default().into()];
    let row: Option<Id> = sql::one(tx, sql, values).await?;
    Ok(row.map(|r| ItemId(r.id)))
}

/// Whether an item's content had been assessed before it came in.
pub async fn item_known(tx: &Tx, id: ItemId) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Known {
        known: bool,
    }
    let row: Option<Known> = sql::one(tx, "SELECT known FROM item WHERE id = $1", vec![id.0.into()]).await?;
    Ok(row.is_some_and(|r| r.known))
}

/// Items of a report that were not compared with what is known, with the SHA-256 of their file; those first whose file
/// was looked into.
pub async fn items_uncompared(tx: &Tx, report: ReportId) -> Result<Vec<(ItemId, Vec<u8>)>> {
    #[derive(FromQueryResult)]
    struct Uncompared {
        id: Uuid,
        sha256: Vec<u8>,
    }
    let sql = "SELECT i.id, m.sha256 FROM item i JOIN media_object m ON m.id = i.media_id
               WHERE i.report_id = $1 AND i.compared_at IS NULL AND m.described_at IS NOT NULL ORDER BY i.place, i.id";
    let rows: Vec<Uncompared> = sql::all(tx, sql, vec![report.0.into()]).await?;
    Ok(rows.into_iter().map(|r| (ItemId(r.id), r.sha256)).collect())
}

/// Notes that an item was compared, and whether its content was known.
pub async fn item_compared(tx: &Tx, id: ItemId, known: bool) -> Result<()> {
    let sql = "UPDATE item SET compared_at = $1, known = $2 WHERE id = $3 AND compared_at IS NULL";
    sql::run(tx, sql, vec![tx.now().micros().into(), known.into(), id.0.into()]).await?;
    Ok(())
}

pub async fn item_find(tx: &Tx, id: ItemId) -> Result<Option<Item>> {
    let sql = format!("{ITEM} WHERE {VISIBLE} AND i.id = $3");
    let row: Option<ItemRow> = sql::one(tx, &sql, scoped(tx, [id.0.into()])).await?;
    Ok(row.map(ItemRow::into_item).transpose()?)
}

/// Among items those that the actor may see.
pub async fn items_among(tx: &Tx, ids: &[ItemId]) -> Result<Vec<Item>> {
    let sql = format!("{ITEM} WHERE {VISIBLE} AND i.id IN ({})", places(3, ids.len()));
    let rows: Vec<ItemRow> = sql::all(tx, &sql, scoped(tx, ids.iter().map(|id| id.0.into()))).await?;
    Ok(rows.into_iter().map(ItemRow::into_item).collect::<Stored<_>>()?)
}

/// Items of a report that the actor may see, in the order they were added.
pub async fn items_of(tx: &Tx, report: ReportId) -> Result<Vec<Item>> {
    let sql = format!("{ITEM} WHERE {VISIBLE} AND i.report_id = $3 ORDER BY i.place, i.id");
    let rows: Vec<ItemRow> = sql::all(tx, &sql, scoped(tx, [report.0.into()])).await?;
    Ok(rows.into_iter().map(ItemRow::into_item).collect::<Stored<_>>()?)
}

/// The hotline's own items without a judgement that were compared with what is known, oldest first, each with the time it was added; of one report when asked.
pub async fn items_to_assess(
    tx: &Tx,
    report: Option<ReportId>,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<(Item, i64)>> {
    let (at, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let of_report = if report.is_some() { "i.report_id = $6" } else { "$6 = $6" };
    let sql = format!(
        "{ITEM} WHERE ($1 = 1 OR i.reporter_id = $2) AND i.class IS NULL AND i.compared_at IS NOT NULL
         AND (i.created_at, i.id) > ($3, $4)
         AND {of_report} ORDER BY i.created_at, i.id LIMIT $5"
    );
    let report = report.map(|r| r.0).unwrap_or_default();
    let values = scoped(tx, [at.into(), id.into(), one_more(limit), report.into()]);
    let rows: Vec<ItemRow> = sql::all(tx, &sql, values).await?;
    Ok(rows.into_iter().map(with_time).collect::<Stored<_>>()?)
}

fn with_time(row: ItemRow) -> Stored<(Item, i64)> {
    let at = row.created_at;
    Ok((row.into_item()?, at))
}

/// How many items wait for the hotline; stops counting at 1,000.
pub async fn items_to_assess_count(tx: &Tx) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = "SELECT COUNT(*) AS n FROM (
        SELECT 1 FROM item i WHERE ($1 = 1 OR i.reporter_id = $2) AND i.class IS NULL
        AND i.compared_at IS NOT NULL LIMIT 1000) AS waiting";
    let row: Option<Count> = sql::one(tx, sql, scope(tx)).await?;
    Ok(row.map_or(0, |r| r.n))
}

/// Other hotlines' items that wait for the actor's hotline as owner, oldest first, at most 200.
pub async fn items_to_confirm(tx: &Tx) -> Result<Vec<Item>> {
    let sql = format!(
        "{ITEM} WHERE ($1 = 1 OR i.owner_id = $2) AND i.reporter_id <> $2 AND i.waits_for_owner
         ORDER BY i.created_at, i.id LIMIT 200"
    );
    let rows: Vec<ItemRow> = sql::all(tx, &sql, scope(tx)).await?;
    Ok(rows.into_iter().map(ItemRow::into_item).collect::<Stored<_>>()?)
}

pub async fn assessment_add(tx: &Tx, row: assessment::Model) -> Result<()> {
    Ok(sql::add(tx, row).await?)
}

/// The organisation that gave a judgement.
pub async fn assessment_org(tx: &Tx, id: AssessmentId) -> Result<Option<OrgId>> {
    let row: Option<Id> = sql::one(tx, "SELECT org_id AS id FROM assessment WHERE id = $1", vec![id.0.into()]).await?;
    Ok(row.map(|r| OrgId(r.id)))
}

/// Puts a judgement in force for a new item or one that nobody has judged.
pub async fn item_judge(tx: &Tx, id: ItemId, assessment: AssessmentId, class: Class) -> Result<()> {
    let sql =
        "UPDATE item SET assessment_id = $1, class = $2, routed_at = NULL, waits_for_owner = $3, version = version + 1
               WHERE id = $4 AND class IS NULL";
    let values = vec![assessment.0.into(), class.word().into(), false.into(), id.0.into()];
    if sql::run(tx, sql, values).await? == 1 { Ok(()) } else { Err(storage::Error::Moved.into()) }
}

/// Puts a judgement in force, when the item is still as the analyst saw it.
pub async fn item_judge_from(tx: &Tx, id: ItemId, assessment: AssessmentId, class: Class, version: i64) -> Result<()> {
    let sql =
        "UPDATE item SET assessment_id = $1, class = $2, routed_at = NULL, waits_for_owner = $3, version = version + 1
               WHERE id = $4 AND version = $5";
    let values = vec![assessment.0.into(), class.word().into(), false.into(), id.0.into(), version.into()];
    if sql::run(tx, sql, values).await? == 1 { Ok(()) } else { Err(storage::Error::Moved.into()) }
}

pub async fn item_confirm(tx: &Tx, id: ItemId, by: OrgId, version: i64) -> Result<()> {
    let sql = "UPDATE item SET confirmed_by = $1, routed_at = NULL, waits_for_owner = $2, version = version + 1
               WHERE id = $3 AND version = $4";
    let values = vec![by.0.into(), false.into(), id.0.into(), version.into()];
    if sql::run(tx, sql, values).await? == 1 { Ok(()) } else { Err(storage::Error::Moved.into()) }
}

/// Notes what routing made of an item.
pub async fn item_routed(
    tx: &Tx,
    id: ItemId,
    owner: Option<OrgId>,
    country: Option<Country>,
    waits: bool,
) -> Result<()> {
    let sql =
        "UPDATE item SET owner_id = $1, assigned_country = $2, waits_for_owner = $3, routed_at = $4 WHERE id = $5";
    let values = vec![
        owner.map(|o| o.0).into(),
        country.map(|c| c.to_string()).into(),
        waits.into(),
        tx.now().micros().into(),
        id.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

const VERDICT: &str = "SELECT v.assessment_id, v.class, v.country, v.age_group, v.gender, v.synthetic FROM verdict v";

/// What the network knows of some content.
pub async fn verdict_find(tx: &Tx, sha256: &[u8]) -> Result<Option<Verdict>> {
    Ok(sql::one(tx, &format!("{VERDICT} WHERE v.sha256 = $1"), vec![sha256.to_vec().into()]).await?)
}

/// What the network knows of an item's content. For the exchange's own machinery.
pub async fn verdict_of_item(tx: &Tx, item: ItemId) -> Result<Option<Verdict>> {
    let sql = format!(
        "{VERDICT} JOIN media_object m ON m.sha256 = v.sha256 JOIN item i ON i.media_id = m.id WHERE i.id = $1"
    );
    Ok(sql::one(tx, &sql, vec![item.0.into()]).await?)
}

/// Makes a judgement the network's for this content. Baseline stays.
pub async fn verdict_set(tx: &Tx, sha256: &[u8], row: &assessment::Model) -> Result<()> {
    let sql = "INSERT INTO verdict (sha256, assessment_id, class, country, age_group, gender, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sha256) DO UPDATE SET assessment_id = excluded.assessment_id,
        class = excluded.class, country = excluded.country, age_group = excluded.age_group, gender = excluded.gender,
        at = excluded.at WHERE verdict.class <> 'baseline'";
    let values = vec![
        sha256.to_vec().into(),
        row.id.into(),
        row.class.clone().into(),
        row.country.clone().into(),
        row.age_group.clone().into(),
        row.gender.clone().into(),
        row.at.into(),
        row.synthetic.clone().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// An item that waits for a judgement.
#[derive(FromQueryResult)]
pub struct Waiting {
    pub id: Uuid,
    pub report_id: Uuid,
    pub reporter_id: Uuid,
}

/// Every hotline's items that wait and have the same content as this one. For the exchange's own machinery.
pub async fn items_waiting_like(tx: &Tx, item: ItemId) -> Result<Vec<Waiting>> {
    let sql = "SELECT i.id, i.report_id, i.reporter_id FROM item i JOIN media_object m ON m.id = i.media_id
        WHERE i.class IS NULL AND m.sha256 = (
            SELECT m2.sha256 FROM item i2 JOIN media_object m2 ON m2.id = i2.media_id WHERE i2.id = $1)
        ORDER BY i.id LIMIT 10000";
    Ok(sql::all(tx, sql, vec![item.0.into()]).await?)
}

/// Keeps a look until it is taken or its time is over; looks whose time is over go.
pub async fn look_add(
    tx: &Tx,
    digest: &[u8],
    item: ItemId,
    person: PersonId,
    purpose: &str,
    until: Time,
) -> Result<()> {
    sql::run(tx, "DELETE FROM look WHERE until < $1", vec![tx.now().micros().into()]).await?;
    let sql = "INSERT INTO look (digest, item_id, org_id, person_id, purpose, until) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        digest.to_vec().into(),
        item.0.into(),
        tx.actor().org.0.into(),
        person.0.into(),
        purpose.into(),
        until.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Takes a look away and returns its purpose.
pub async fn look_take(tx: &Tx, digest: &[u8], item: ItemId, person: PersonId) -> Result<Option<String>> {
    #[derive(FromQueryResult)]
    struct Purpose {
        purpose: String,
    }
    let sql =
        "DELETE FROM look WHERE digest = $1 AND item_id = $2 AND person_id = $3 AND until >= $4 RETURNING purpose";
    let values = vec![digest.to_vec().into(), item.0.into(), person.0.into(), tx.now().micros().into()];
    let row: Option<Purpose> = sql::one(tx, sql, values).await?;
    Ok(row.map(|r| r.purpose))
}
