//! What the block list's evidence asks of judgements and disclosures.

use crate::Result;
use base::AssessmentId;
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

/// Whether a person gave a judgement. For the exchange's own machinery.
pub async fn judged_by_person(tx: &Tx, id: AssessmentId) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Who {
        person_id: Option<Uuid>,
    }
    let sql = "SELECT a.person_id FROM assessment a WHERE a.id = $1";
    let row: Option<Who> = sql::one(tx, sql, vec![id.0.into()]).await?;
    Ok(row.is_some_and(|r| r.person_id.is_some()))
}
