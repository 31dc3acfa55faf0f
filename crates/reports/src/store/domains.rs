//! What lets an item go on to the block list, in table `onward`, and which items an LEA was told of.

use super::live::{at, live};
use crate::Result;
use base::ItemId;
use sea_orm::FromQueryResult;
use std::collections::BTreeSet;
use storage::{
    Tx,
    sql::{self, places},
};
use uuid::Uuid;

/// The ground on which an item goes on.
#[derive(Clone, Debug)]
pub struct DomainGround {
    pub agreement: String,
    pub clause: String,
    /// Whether the clause gives pages with their files.
    pub pages: bool,
    /// Whether a person gave the judgement in force.
    pub by_person: bool,
    /// Name of the hotline that gave it.
    pub judged_by: String,
}

#[derive(FromQueryResult)]
struct Row {
    agreement_name: String,
    clause: String,
    width: String,
    media: bool,
    person_id: Option<Uuid>,
    name: String,
}

/// Why an item goes on; `None` when it does not. For the exchange's own machinery.
pub async fn domain_ground(tx: &Tx, item: ItemId) -> Result<Option<DomainGround>> {
    let sql = "SELECT o.agreement_name, o.clause, o.width, o.media, a.person_id, g.name
               FROM onward o JOIN item i ON i.id = o.item_id JOIN assessment a ON a.id = i.assessment_id
               JOIN organisation g ON g.id = a.org_id
               WHERE o.item_id = $1 AND o.way = 'domains' AND o.withdrawn_at IS NULL";
    let row: Option<Row> = sql::one(tx, sql, vec![item.0.into()]).await?;
    Ok(row.map(|r| DomainGround {
        agreement: r.agreement_name,
        clause: r.clause,
        pages: r.media && matches!(r.width.as_str(), "page" | "series"),
        by_person: r.person_id.is_some(),
        judged_by: r.name,
    }))
}

/// Which of these items the actor's LEA was told of, live.
pub async fn domain_items_told(tx: &Tx, items: &[ItemId]) -> Result<BTreeSet<ItemId>> {
    #[derive(FromQueryResult)]
    struct Id {
        item_id: Uuid,
    }
    let mut told = BTreeSet::new();
    for some in items.chunks(500) {
        let sql = format!(
            "SELECT d.item_id FROM disclosure d WHERE d.lea_id = $1 AND {} AND d.item_id IN ({})",
            live("d", 2),
            places(3, some.len())
        );
        let values = [tx.actor().org.0.into(), at(tx)].into_iter().chain(some.iter().map(|i| i.0.into()));
        let rows: Vec<Id> = sql::all(tx, &sql, values.collect()).await?;
        told.extend(rows.into_iter().map(|r| ItemId(r.item_id)));
    }
    Ok(told)
}
