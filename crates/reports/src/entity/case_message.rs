//! Table `case_message`: what an LEA and its hotline write to each other about a case.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub report_id: Uuid,
    pub hotline_id: Uuid,
    pub lea_id: Uuid,
    pub org_id: Uuid,
    pub person_id: Option<Uuid>,
    pub author: String,
    pub text: String,
    pub at: i64,
    pub read_at: Option<i64>,
    pub read_by: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
