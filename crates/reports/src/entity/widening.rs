//! Table `widening`: what a hotline granted beyond the lane.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "widening")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub request_id: Uuid,
    pub report_id: Uuid,
    pub hotline_id: Uuid,
    pub lea_id: Uuid,
    pub agreement_id: Uuid,
    pub agreement_name: String,
    pub agreement_version: i64,
    pub clause: String,
    pub width: String,
    pub media: bool,
    pub reason: String,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
