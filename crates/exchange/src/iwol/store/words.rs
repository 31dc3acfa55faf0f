//! Tables `domain_word` and `domain_seen`: what agencies' people said and looked at.

use super::scoped;
use crate::iwol::{
    Result,
    model::{Actor, Side},
    review::Word,
};
use base::{Country, OrgId, PersonId, ProposalId, ReviewId, Time};
use sea_orm::FromQueryResult;
use storage::{
    Tx,
    sql::{self, word},
};
use uuid::Uuid;

/// A word that was said.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its id.
    pub id: ReviewId,
    /// The proposal.
    pub proposal: ProposalId,
    /// The version it is about.
    pub version: i64,
    /// Who said it.
    pub who: Actor,
    /// What.
    pub word: Word,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Time,
    /// Whether it was counted, or looked at and not counted.
    pub counted: bool,
    /// Why it was not counted.
    pub refused: Option<String>,
}

/// Adds a word.
pub async fn word_add(tx: &Tx, said: &Said, country: Country) -> Result<()> {
    let sql = "INSERT INTO domain_word (id, proposal_id, version, org_id, person_id, name, country, word, reason, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = vec![
        said.id.0.into(),
        said.proposal.0.into(),
        said.version.into(),
        said.who.org.0.into(),
        said.who.person.0.into(),
        said.who.name.clone().into(),
        country.to_string().into(),
        said.word.word().into(),
        said.reason.clone().into(),
        said.at.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    proposal_id: Uuid,
    version: i64,
    org_id: Uuid,
    person_id: Uuid,
    name: String,
    country: String,
    word: String,
    reason: Option<String>,
    at: i64,
    counted_at: Option<i64>,
    refused: Option<String>,
}

fn said(row: Row) -> Result<Said> {
    let country = Country::parse("country", &row.country).map_err(|_| storage::Error::Stored("domain_word.country"))?;
    Ok(Said {
        id: ReviewId(row.id),
        proposal: ProposalId(row.proposal_id),
        version: row.version,
        who: Actor {
            person: PersonId(row.person_id),
            org: OrgId(row.org_id),
            side: Side::Agency(country),
            name: row.name,
        },
        word: word(&row.word, "domain_word.word")?,
        reason: row.reason,
        at: Time::from_micros(row.at),
        counted: row.counted_at.is_some(),
        refused: row.refused,
    })
}

const COLUMNS: &str =
    "t.id, t.proposal_id, t.version, t.org_id, t.person_id, t.name, t.country, t.word, t.reason, t.at,
    t.counted_at, t.refused";

/// Words on a proposal, oldest first: all for INTERPOL, those of the own agency for an LEA.
pub async fn words_of(tx: &Tx, id: ProposalId) -> Result<Vec<Said>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM domain_word t WHERE ($1 = 1 OR t.org_id = $2) AND t.proposal_id = $3 ORDER BY t.at, t.id LIMIT 500"
    );
    sql::all::<Row>(tx, &sql, scoped(tx, [id.0.into()])).await?.into_iter().map(said).collect()
}

/// A word that is to be counted. For the machinery.
pub async fn word_due(tx: &Tx, id: ReviewId) -> Result<Option<Said>> {
    let sql =
        format!("SELECT {COLUMNS} FROM domain_word t WHERE $1 = 1 AND $2 = $2 AND t.id = $3 AND t.counted_at IS NULL");
    sql::one::<Row>(tx, &sql, scoped(tx, [id.0.into()])).await?.map(said).transpose()
}

/// Writes that a word was counted, or why not.
pub async fn word_counted(tx: &Tx, id: ReviewId, refused: Option<&str>) -> Result<()> {
    let sql = "UPDATE domain_word SET counted_at = $1, refused = $2 WHERE id = $3";
    sql::run(tx, sql, vec![tx.now().micros().into(), refused.map(str::to_owned).into(), id.0.into()]).await?;
    Ok(())
}

/// Writes that a person looked at the evidence of a version.
pub async fn seen_add(tx: &Tx, id: ProposalId, version: i64, person: PersonId) -> Result<()> {
    let sql = "INSERT INTO domain_seen (proposal_id, version, person_id, org_id, at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT DO NOTHING";
    let values = vec![id.0.into(), version.into(), person.0.into(), tx.actor().org.0.into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct When {
    #[expect(dead_code, reason = "the row's presence is the answer")]
    at: i64,
}

/// Whether a person looked at the evidence of a version.
pub async fn seen(tx: &Tx, id: ProposalId, version: i64, person: PersonId) -> Result<bool> {
    let sql = "SELECT s.at FROM domain_seen s WHERE s.proposal_id = $1 AND s.version = $2 AND s.person_id = $3";
    Ok(sql::one::<When>(tx, sql, vec![id.0.into(), version.into(), person.0.into()]).await?.is_some())
}
