//! Table `trace`: where a host is, by lookup or by an analyst's word.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trace")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub report_id: Uuid,
    pub at: i64,
    pub kind: String,
    pub person_id: Option<Uuid>,
    pub reason: Option<String>,
    pub country: Option<String>,
    pub ip: Option<String>,
    pub network: Option<String>,
    pub found: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
