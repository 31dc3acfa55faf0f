//! By which clauses the items of a case were disclosed.

use super::{
    live::{at, live},
    scoped,
};
use crate::Result;
use base::{AgreementId, CaseId, ItemId};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

/// The clause of an agreement that disclosed an item.
pub struct Given {
    pub item: ItemId,
    pub agreement: AgreementId,
    pub version: i64,
    pub clause: String,
}

/// The clauses that disclosed the items of the actor's case; nothing of the network's default lane.
pub async fn clauses_of_case(tx: &Tx, id: CaseId) -> Result<Vec<Given>> {
    #[derive(FromQueryResult)]
    struct Row {
        item_id: Uuid,
        agreement_id: Uuid,
        agreement_version: i64,
        clause: String,
    }
    let sql = format!(
        "SELECT d.item_id, d.agreement_id, d.agreement_version, d.clause FROM disclosure d
        WHERE ($1 = 1 OR d.lea_id = $2) AND d.case_id = $3 AND {} AND d.agreement_id IS NOT NULL
        ORDER BY d.item_id",
        live("d", 4)
    );
    let rows: Vec<Row> = sql::all(tx, &sql, scoped(tx, [id.0.into(), at(tx)])).await?;
    let given = |r: Row| Given {
        item: ItemId(r.item_id),
        agreement: AgreementId(r.agreement_id),
        version: r.agreement_version,
        clause: r.clause,
    };
    Ok(rows.into_iter().map(given).collect())
}
