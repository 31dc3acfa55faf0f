//! Lists of the actor's LEA's cases by rank. Each is one walk along an index of `police_case` from a cursor on; the words
//! of a search are looked up beside it, or, where the rarest of them is rare, walked instead.

use super::{
    cases::{CASE, CaseRow, case_of, of_live},
    live::{at, case_live, live},
    one_more,
    ranks::reasons_of,
    word,
};
use crate::{
    Result,
    inbox::{Assigned, Filter, Ranked, Status},
    words,
};
use base::{CaseId, PersonId, Time};
use sea_orm::{FromQueryResult, Value};
use storage::{Tx, sql};
use uuid::Uuid;

/// A word that at most so many cases show is walked, a more frequent one is looked up for each case.
const RARE: i64 = 2_000;

/// What the inbox shows beside [`CASE`]; the reader is `$2`.
const RANKED: &str = "c.points, c.reasons, c.since, c.age_group, c.alike_count, c.assigned_to, CAST(CASE WHEN EXISTS (
    SELECT 1 FROM case_read x WHERE x.person_id = $2 AND x.case_id = c.id) THEN 1 ELSE 0 END AS BIGINT) AS has_read";

#[derive(FromQueryResult)]
struct RankedRow {
    #[sea_orm(nested)]
    case: CaseRow,
    points: i64,
    reasons: String,
    since: i64,
    age_group: String,
    alike_count: i64,
    assigned_to: Option<Uuid>,
    has_read: i64,
}

async fn ranked_of(tx: &Tx, row: RankedRow) -> Result<Ranked> {
    Ok(Ranked {
        case: case_of(of_live(tx, row.case).await?)?,
        points: row.points,
        reasons: reasons_of(&row.reasons)?,
        since: Time::from_micros(row.since),
        age: word(&row.age_group, "police_case.age_group")?,
        alike: row.alike_count,
        assigned: row.assigned_to.map(PersonId),
        read: row.has_read == 1,
    })
}

/// A query under way: its conditions and values. `$1` is the LEA, `$2` who reads, `$3` the time.
struct Query {
    /// What is found before, and what it is found from.
    with: String,
    from: &'static str,
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Query {
    fn new(tx: &Tx, me: PersonId) -> Self {
        let values = vec![tx.actor().org.0.into(), me.0.into(), at(tx)];
        Self {
            with: String::new(),
            from: "police_case c",
            conditions: vec!["c.lea_id = $1".into(), case_live("c", 3)],
            values,
        }
    }

    /// Adds a value and returns its name.
    fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Adds a condition on a value: `c.class = ?`.
    fn with(&mut self, condition: &str, value: impl Into<Value>) {
        let name = self.value(value);
        self.conditions.push(condition.replace('?', &name));
    }

    fn that(&mut self, condition: &str) {
        self.conditions.push(condition.into());
    }

    async fn page(mut self, tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Ranked>> {
        let (rank, id) = after.unwrap_or((i64::MAX, Uuid::max()));
        let (rank, id, most) = (self.value(rank), self.value(id), self.value(one_more(limit)));
        let columns = CASE.replacen(" FROM police_case c", &format!(", {RANKED} FROM {}", self.from), 1);
        let sql = format!(
            "{}{columns} WHERE {} AND (c.rank, c.id) < ({rank}, {id}) ORDER BY c.rank DESC, c.id DESC LIMIT {most}",
            self.with,
            self.conditions.join(" AND ")
        );
        let rows: Vec<RankedRow> = sql::all(tx, &sql, self.values).await?;
        let mut ranked = Vec::with_capacity(rows.len());
        for row in rows {
            ranked.push(ranked_of(tx, row).await?);
        }
        Ok(ranked)
    }
}

/// The inbox as it is opened: of cases with the very same files the newest.
pub async fn inbox_folded(tx: &Tx, me: PersonId, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Ranked>> {
    let mut query = Query::new(tx, me);
    query.that("NOT c.folded");
    query.page(tx, after, limit).await
}

/// Cases with the very same files as one of them, that included.
pub async fn inbox_alike(
    tx: &Tx,
    me: PersonId,
    case: CaseId,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<Ranked>> {
    let mut query = Query::new(tx, me);
    let id = query.value(case.0);
    let group = format!("c.alike = (SELECT y.alike FROM police_case y WHERE y.id = {id} AND y.lea_id = $1)");
    query.that(&format!("(c.id = {id} OR {group})"));
    query.page(tx, after, limit).await
}

/// What a filter lets through.
pub async fn inbox_filtered(
    tx: &Tx,
    me: PersonId,
    filter: &Filter,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<Ranked>> {
    narrowed(tx, me, filter).await?.page(tx, after, limit).await
}

/// How many cases a filter lets through, counted up to `most`.
pub async fn inbox_count(tx: &Tx, me: PersonId, filter: &Filter, most: i64) -> Result<i64> {
    let query = narrowed(tx, me, filter).await?;
    counted(tx, query, most).await
}

/// Whether a filter lets one case of an LEA through, asked by the exchange's own machinery on somebody's behalf.
pub async fn case_passes(tx: &Tx, lea: base::OrgId, me: PersonId, filter: &Filter, case: CaseId) -> Result<bool> {
    let mut query = Query::new(tx, me);
    query.values = vec![lea.0.into(), me.0.into(), at(tx)];
    query.with("c.id = ?", case.0);
    conditions(&mut query, filter);
    for word in filter.text.iter().flat_map(|text| words::of_question(text)) {
        has_word(&mut query, word);
    }
    Ok(counted(tx, query, 1).await? == 1)
}

async fn counted(tx: &Tx, query: Query, most: i64) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = format!(
        "{}SELECT COUNT(*) AS n FROM (SELECT c.id FROM {} WHERE $2 = $2 AND {} LIMIT {most}) x",
        query.with,
        query.from,
        query.conditions.join(" AND ")
    );
    Ok(sql::one::<Count>(tx, &sql, query.values).await?.map_or(0, |c| c.n))
}

async fn narrowed(tx: &Tx, me: PersonId, filter: &Filter) -> Result<Query> {
    let mut query = Query::new(tx, me);
    conditions(&mut query, filter);
    if filter.text.is_some() {
        // Its words are of all that was disclosed: while a part of it is not live, none of them finds it.
        let live = live("given", 3);
        query.that(&format!(
            "(NOT c.mixed OR NOT EXISTS (SELECT 1 FROM disclosure given WHERE given.case_id = c.id
             AND given.withdrawn_at IS NULL AND NOT {live}))"
        ));
    }
    let mut words: Vec<String> = filter.text.iter().flat_map(|text| words::of_question(text)).collect();
    if let Some(rarest) = rarest(tx, &words).await? {
        words.retain(|word| *word != rarest);
        let name = query.value(rarest);
        // Neither database is left the choice to walk all cases instead.
        query.with = format!(
            "WITH found AS MATERIALIZED (SELECT w.case_id FROM case_word w WHERE w.lea_id = $1 AND w.word = {name}) "
        );
        query.from = "found CROSS JOIN police_case c";
        query.that("c.id = found.case_id");
    }
    words.into_iter().for_each(|word| has_word(&mut query, word));
    Ok(query)
}

fn has_word(query: &mut Query, word: String) {
    query
        .with("EXISTS (SELECT 1 FROM case_word w WHERE w.lea_id = c.lea_id AND w.word = ? AND w.case_id = c.id)", word);
}

/// The word that the fewest of the LEA's cases show, if it is rare.
async fn rarest(tx: &Tx, words: &[String]) -> Result<Option<String>> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = format!(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM case_word w WHERE w.lea_id = $1 AND w.word = $2 LIMIT {}) x",
        RARE + 1
    );
    let mut best: Option<(i64, &String)> = None;
    for word in words {
        let values = vec![tx.actor().org.0.into(), word.clone().into()];
        let n = sql::one::<Count>(tx, &sql, values).await?.map_or(0, |c| c.n);
        if n <= RARE && best.is_none_or(|(least, _)| n < least) {
            best = Some((n, word));
        }
    }
    Ok(best.map(|(_, word)| word.clone()))
}

/// The conditions of a filter, but for its words.
fn conditions(query: &mut Query, filter: &Filter) {
    if let Some(class) = filter.class {
        query.with("c.class = ?", class.word());
    }
    if let Some(age) = filter.age {
        query.with("c.age_group = ?", age.word());
    }
    if let Some(fresh) = filter.fresh {
        query.with("c.fresh = ?", fresh);
    }
    match filter.status {
        Some(Status::New) => query.that("c.opened_at IS NULL AND c.outcome IS NULL"),
        Some(Status::Opened) => query.that("c.opened_at IS NOT NULL AND c.outcome IS NULL"),
        Some(Status::Answered) => query.that("c.outcome IS NOT NULL"),
        None => {}
    }
    if let Some(country) = filter.hosting {
        query.with("c.hosting_country = ?", country.to_string());
    }
    if let Some(clause) = &filter.clause {
        query.with("c.clause = ?", clause.clone());
    }
    match filter.assigned {
        Some(Assigned::Me) => query.that("c.assigned_to = $2"),
        Some(Assigned::Nobody) => query.that("c.assigned_to IS NULL"),
        Some(Assigned::Somebody) => query.that("c.assigned_to IS NOT NULL"),
        Some(Assigned::To(person)) => query.with("c.assigned_to = ?", person.0),
        None => {}
    }
    if filter.unread {
        query.that("NOT EXISTS (SELECT 1 FROM case_read x WHERE x.person_id = $2 AND x.case_id = c.id)");
    }
    if let Some(folder) = filter.folder {
        // A private folder of somebody else is no folder here.
        query.with(
            "EXISTS (SELECT 1 FROM folder_case f JOIN folder g ON g.id = f.folder_id WHERE f.case_id = c.id
             AND f.folder_id = ? AND g.lea_id = $1 AND g.ended_at IS NULL AND (NOT g.private OR g.person_id = $2))",
            folder.0,
        );
    }
    if let Some(from) = filter.from {
        query.with("c.created_at >= ?", from.micros());
    }
    if let Some(until) = filter.until {
        query.with("c.created_at < ?", until.micros());
    }
}
