//! What the inbox is ordered, folded and searched by: columns of `police_case`, and tables `urgency`, `case_file`,
//! `case_word`. Written by the exchange's own machinery, from disclosures in force.

use super::{
    Stored,
    live::{at, case_live},
    word,
};
use crate::{
    Result,
    urgency::{Facts, MOST_SEEN, Reason, Score, Weights},
};
use base::{AgeGroup, CaseId, Class, Gender, HashId, OrgId, PersonId, Time, Width};
use sea_orm::{FromQueryResult, Value};
use std::collections::BTreeSet;
use storage::{Tx, sql};
use uuid::Uuid;

/// Widths at which a file's digests are disclosed.
const WITH_FILES: &str = "d.width <> 'metadata'";
/// Files of a case that are counted elsewhere: the others change nothing but in cases with very many.
const MOST_FILES: i64 = 200;
/// Words added at once.
const WORDS_AT_ONCE: usize = 200;

#[derive(FromQueryResult)]
struct WeightsRow {
    weights: String,
}

/// The weights of a unit, or of nobody: the default of the config.
pub async fn weights_find(tx: &Tx, lea: OrgId) -> Result<Option<Weights>> {
    let sql = "SELECT weights FROM urgency WHERE lea_id = $1";
    let row: Option<WeightsRow> = sql::one(tx, sql, vec![lea.0.into()]).await?;
    let read =
        |row: WeightsRow| serde_json::from_str(&row.weights).map_err(|_| storage::Error::Stored("urgency.weights"));
    Ok(row.map(read).transpose()?)
}

pub async fn weights_put(tx: &Tx, lea: OrgId, weights: &Weights, by: Option<PersonId>) -> Result<()> {
    let text = serde_json::to_string(weights).map_err(|_| storage::Error::Stored("urgency.weights"))?;
    let sql = "INSERT INTO urgency (lea_id, weights, changed_by, changed_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (lea_id) DO UPDATE SET weights = excluded.weights, changed_by = excluded.changed_by,
               changed_at = excluded.changed_at";
    let values = vec![lea.0.into(), text.into(), by.map(|p| p.0).into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}

/// LEAs that have cases. For the exchange's own machinery.
pub async fn leas_with_cases(tx: &Tx) -> Result<Vec<OrgId>> {
    let sql = "SELECT o.id FROM organisation o WHERE EXISTS (SELECT 1 FROM police_case c WHERE c.lea_id = o.id) ORDER BY o.id";
    Ok(sql::all::<Id>(tx, sql, vec![]).await?.into_iter().map(|r| OrgId(r.id)).collect())
}

/// A case as ranking finds it.
#[derive(FromQueryResult)]
pub struct ToRank {
    pub id: Uuid,
    pub lea_id: Uuid,
    pub report_id: Uuid,
    pub items: i64,
    pub facts: String,
    pub alike: Option<Vec<u8>>,
    pub created_at: i64,
}

const TO_RANK: &str = "SELECT id, lea_id, report_id, items, facts, alike, created_at FROM police_case";

pub async fn case_to_rank(tx: &Tx, id: CaseId) -> Result<Option<ToRank>> {
    Ok(sql::one(tx, &format!("{TO_RANK} WHERE id = $1"), vec![id.0.into()]).await?)
}

/// Cases of an LEA that were ranked by other weights.
pub async fn cases_to_rank(tx: &Tx, lea: OrgId, mark: i64, limit: i64) -> Result<Vec<ToRank>> {
    let sql = format!("{TO_RANK} WHERE lea_id = $1 AND (weighed < $2 OR weighed > $2) LIMIT $3");
    Ok(sql::all(tx, &sql, vec![lea.0.into(), mark.into(), limit.into()]).await?)
}

/// An item of a case, with what counts and what can be found about it.
pub struct ItemTold {
    pub class: Class,
    pub age: AgeGroup,
    pub gender: Gender,
    pub known: bool,
    pub width: Width,
    pub url: Option<String>,
    pub note: Option<String>,
    pub digests: [Vec<u8>; 3],
    /// The entry of a hash list that settled it.
    pub entry: Option<HashId>,
    /// The agreement and its version by which it was disclosed.
    pub by: (Option<Uuid>, i64),
    /// Whether victim identification says that the victim is identified.
    pub identified: bool,
    /// Number of its series, as it was last said.
    pub series: Option<String>,
}

#[derive(FromQueryResult)]
struct ItemToldRow {
    class: String,
    age_group: String,
    gender: String,
    known: bool,
    width: String,
    url: Option<String>,
    note: Option<String>,
    sha256: Vec<u8>,
    sha1: Vec<u8>,
    md5: Vec<u8>,
    entry_id: Option<Uuid>,
    agreement_id: Option<Uuid>,
    agreement_version: i64,
    identified: bool,
    series: Option<String>,
}

/// Items of a case by its disclosures in force.
pub async fn items_told(tx: &Tx, case: CaseId) -> Result<Vec<ItemTold>> {
    let sql =
        "SELECT a.class, a.age_group, a.gender, i.known, d.width, i.url, a.note, m.sha256, m.sha1, m.md5, s.entry_id,
        d.agreement_id, d.agreement_version, EXISTS (SELECT 1 FROM finding f WHERE f.item_id = i.id
            AND f.word IN ('identified', 'victim_identified')) AS identified,
        (SELECT f.series FROM finding f WHERE f.item_id = i.id AND f.series IS NOT NULL
            ORDER BY f.at DESC, f.id DESC LIMIT 1) AS series
        FROM disclosure d JOIN item i ON i.id = d.item_id JOIN media_object m ON m.id = i.media_id
        JOIN assessment a ON a.id = i.assessment_id
        LEFT JOIN settlement s ON s.assessment_id = i.assessment_id AND s.undone_at IS NULL
        WHERE d.case_id = $1 AND d.withdrawn_at IS NULL ORDER BY i.place, i.id";
    let rows: Vec<ItemToldRow> = sql::all(tx, sql, vec![case.0.into()]).await?;
    let told = |row: ItemToldRow| {
        Ok(ItemTold {
            class: word(&row.class, "assessment.class")?,
            age: word(&row.age_group, "assessment.age_group")?,
            gender: word(&row.gender, "assessment.gender")?,
            known: row.known,
            width: word(&row.width, "disclosure.width")?,
            url: row.url,
            note: row.note,
            digests: [row.sha256, row.sha1, row.md5],
            entry: row.entry_id.map(HashId),
            by: (row.agreement_id, row.agreement_version),
            identified: row.identified,
            series: row.series,
        })
    };
    Ok(rows.into_iter().map(told).collect::<Stored<_>>()?)
}

/// Makes `case_file` say what the case's disclosures in force say.
pub async fn case_files_renew(tx: &Tx, case: CaseId) -> Result<()> {
    let sql = format!(
        "INSERT INTO case_file (lea_id, sha256, case_id) SELECT DISTINCT d.lea_id, m.sha256, d.case_id
         FROM disclosure d JOIN item i ON i.id = d.item_id JOIN media_object m ON m.id = i.media_id
         WHERE d.case_id = $1 AND d.withdrawn_at IS NULL AND {WITH_FILES} ON CONFLICT DO NOTHING"
    );
    sql::run(tx, &sql, vec![case.0.into()]).await?;
    let sql = format!(
        "DELETE FROM case_file WHERE case_id = $1 AND sha256 NOT IN (
         SELECT m.sha256 FROM disclosure d JOIN item i ON i.id = d.item_id JOIN media_object m ON m.id = i.media_id
         WHERE d.case_id = $1 AND d.withdrawn_at IS NULL AND {WITH_FILES})"
    );
    sql::run(tx, &sql, vec![case.0.into()]).await?;
    Ok(())
}

/// In how many cases of the same LEA the rarest file of a case is, counted up to [`MOST_SEEN`]; 1 for none.
pub async fn case_seen(tx: &Tx, case: CaseId) -> Result<u32> {
    #[derive(FromQueryResult)]
    struct Seen {
        seen: Option<i64>,
    }
    let sql = format!(
        "SELECT MIN(n) AS seen FROM (SELECT (SELECT COUNT(*) FROM (SELECT 1 AS one FROM case_file x
             WHERE x.lea_id = f.lea_id AND x.sha256 = f.sha256 LIMIT {MOST_SEEN}) y) AS n
         FROM (SELECT lea_id, sha256 FROM case_file WHERE case_id = $1 LIMIT {MOST_FILES}) f) z"
    );
    let row: Option<Seen> = sql::one(tx, &sql, vec![case.0.into()]).await?;
    Ok(row.and_then(|r| r.seen).and_then(|n| u32::try_from(n).ok()).unwrap_or(1))
}

/// SHA-256 of every file that a case shows with its digests, in order.
pub async fn case_files(tx: &Tx, case: CaseId) -> Result<Vec<Vec<u8>>> {
    #[derive(FromQueryResult)]
    struct File {
        sha256: Vec<u8>,
    }
    let sql = "SELECT sha256 FROM case_file WHERE case_id = $1 ORDER BY sha256";
    Ok(sql::all::<File>(tx, sql, vec![case.0.into()]).await?.into_iter().map(|f| f.sha256).collect())
}

/// Replaces the words that a case is found by.
pub async fn case_words_renew(tx: &Tx, lea: OrgId, case: CaseId, words: &BTreeSet<String>) -> Result<()> {
    sql::run(tx, "DELETE FROM case_word WHERE case_id = $1", vec![case.0.into()]).await?;
    let words: Vec<&String> = words.iter().collect();
    for some in words.chunks(WORDS_AT_ONCE) {
        let rows: Vec<String> = (3..3 + some.len()).map(|n| format!("($1, ${n}, $2)")).collect();
        let sql = format!("INSERT INTO case_word (lea_id, word, case_id) VALUES {}", rows.join(", "));
        let mut values: Vec<Value> = vec![lea.0.into(), case.0.into()];
        values.extend(some.iter().map(|word| Value::from((*word).clone())));
        sql::run(tx, &sql, values).await?;
    }
    Ok(())
}

/// Stores what ranking found out about a case.
pub async fn case_set_facts(
    tx: &Tx,
    case: CaseId,
    facts: Option<&Facts>,
    alike: Option<&[u8]>,
    hosting: Option<base::Country>,
) -> Result<()> {
    let text = facts.map(serde_json::to_string).transpose().map_err(|_| storage::Error::Stored("police_case.facts"))?;
    let sql =
        "UPDATE police_case SET facts = $1, age_group = $2, fresh = $3, alike = $4, hosting_country = $5 WHERE id = $6";
    let values = vec![
        text.unwrap_or_default().into(),
        facts.map_or(AgeGroup::Unknown, |f| f.age).word().into(),
        facts.is_some_and(|f| f.fresh).into(),
        alike.map(<[u8]>::to_vec).into(),
        hosting.map(|c| c.to_string()).into(),
        case.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Stores where a case stands.
pub async fn case_set_rank(tx: &Tx, case: CaseId, score: &Score, since: Time, rank: i64, mark: i64) -> Result<()> {
    let reasons = serde_json::to_string(&score.reasons).map_err(|_| storage::Error::Stored("police_case.reasons"))?;
    let sql = "UPDATE police_case SET points = $1, reasons = $2, since = $3, rank = $4, weighed = $5 WHERE id = $6";
    let values =
        vec![score.points.into(), reasons.into(), since.micros().into(), rank.into(), mark.into(), case.0.into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Notes that a case without anything in it was ranked by these weights.
pub async fn case_set_weighed(tx: &Tx, case: CaseId, mark: i64) -> Result<()> {
    sql::run(tx, "UPDATE police_case SET weighed = $1 WHERE id = $2", vec![mark.into(), case.0.into()]).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Count {
    n: i64,
}

/// Folds an LEA's cases of the very same files under the newest, and returns that.
pub async fn alike_fold(tx: &Tx, lea: OrgId, alike: &[u8]) -> Result<Option<CaseId>> {
    let of = |more: Vec<Value>| {
        let mut values: Vec<Value> = vec![lea.0.into(), alike.to_vec().into()];
        values.extend(more);
        values
    };
    let sql = "SELECT id FROM police_case WHERE lea_id = $1 AND alike = $2 AND items > 0 ORDER BY id DESC LIMIT 1";
    let Some(head) = sql::one::<Id>(tx, sql, of(vec![])).await? else { return Ok(None) };
    let sql = format!(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM police_case WHERE lea_id = $1 AND alike = $2 AND items > 0
         LIMIT {MOST_SEEN}) x"
    );
    let count = sql::one::<Count>(tx, &sql, of(vec![])).await?.map_or(1, |c| c.n);
    // Only what changes is written: the group may be large.
    let sql = "UPDATE police_case SET folded = $3 WHERE lea_id = $1 AND alike = $2 AND NOT folded AND id <> $4";
    sql::run(tx, sql, of(vec![true.into(), head.id.into()])).await?;
    let sql = "UPDATE police_case SET folded = $1, alike_count = $2 WHERE id = $3";
    sql::run(tx, sql, vec![false.into(), count.into(), head.id.into()]).await?;
    Ok(Some(CaseId(head.id)))
}

/// A case that is alone is folded under nothing.
pub async fn case_unfold(tx: &Tx, case: CaseId) -> Result<()> {
    let sql = "UPDATE police_case SET folded = $1, alike_count = 0 WHERE id = $2";
    sql::run(tx, sql, vec![false.into(), case.0.into()]).await?;
    Ok(())
}

/// A case of the actor's LEA as the preview of other weights shows it.
pub struct Standing {
    pub case: CaseId,
    pub facts: Facts,
}

#[derive(FromQueryResult)]
struct StandingRow {
    id: Uuid,
    facts: String,
}

/// The actor's LEA's cases that stand highest now, folded, in order.
pub async fn standings(tx: &Tx, limit: i64) -> Result<Vec<Standing>> {
    let sql = format!(
        "SELECT c.id, c.facts FROM police_case c WHERE c.lea_id = $1 AND {} AND NOT c.folded AND c.facts <> ''
         ORDER BY c.rank DESC, c.id DESC LIMIT $2",
        case_live("c", 3)
    );
    let rows: Vec<StandingRow> = sql::all(tx, &sql, vec![tx.actor().org.0.into(), limit.into(), at(tx)]).await?;
    let standing = |row: StandingRow| {
        let facts = serde_json::from_str(&row.facts).map_err(|_| storage::Error::Stored("police_case.facts"))?;
        Ok(Standing { case: CaseId(row.id), facts })
    };
    Ok(rows.into_iter().map(standing).collect::<Stored<_>>()?)
}

/// Reasons as they are stored.
pub(super) fn reasons_of(text: &str) -> Stored<Vec<(Reason, i64)>> {
    serde_json::from_str(text).map_err(|_| storage::Error::Stored("police_case.reasons"))
}
