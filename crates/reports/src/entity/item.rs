//! Table `item`: one file of a report.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub report_id: Uuid,
    pub reporter_id: Uuid,
    pub owner_id: Option<Uuid>,
    pub media_id: Uuid,
    pub place: i64,
    pub url: Option<String>,
    pub file_name: String,
    pub assigned_country: Option<String>,
    pub assessment_id: Option<Uuid>,
    pub class: Option<String>,
    pub confirmed_by: Option<Uuid>,
    pub known: bool,
    pub waits_for_owner: bool,
    pub routed_at: Option<i64>,
    pub version: i64,
    pub created_at: i64,
    pub compared_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
