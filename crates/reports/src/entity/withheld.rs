//! Table `withheld`: what a decision kept back, and why.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "withheld")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub report_id: Uuid,
    pub item_id: Uuid,
    pub reporter_id: Uuid,
    pub owner_id: Option<Uuid>,
    pub lea_id: Option<Uuid>,
    pub what: String,
    pub agreement_name: Option<String>,
    pub clause: Option<String>,
    pub reason: String,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
