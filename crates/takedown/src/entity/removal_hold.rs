//! Table `removal_hold`: a police request to leave content up.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "removal_hold")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub report_id: Uuid,
    pub hotline_id: Uuid,
    pub lea_id: Uuid,
    pub item_id: Option<Uuid>,
    pub reason: String,
    pub person_id: Uuid,
    pub author: String,
    pub at: i64,
    pub until: i64,
    pub latest: i64,
    pub agreement_name: String,
    pub agreement_version: i64,
    pub clause: String,
    pub oral_due: Option<i64>,
    pub written_due: Option<i64>,
    pub oral: Option<String>,
    pub oral_at: Option<i64>,
    pub written: Option<String>,
    pub written_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub ended_by: Option<String>,
    pub end_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
