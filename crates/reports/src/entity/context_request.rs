//! Table `context_request`: what an LEA asked its hotline for.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "context_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub report_id: Uuid,
    pub hotline_id: Uuid,
    pub lea_id: Uuid,
    pub kind: String,
    pub reason: String,
    pub due_at: i64,
    pub person_id: Uuid,
    pub author: String,
    pub at: i64,
    pub state: String,
    pub answered_by: Option<Uuid>,
    pub answerer: Option<String>,
    pub answered_at: Option<i64>,
    pub answer: Option<String>,
    pub capture_id: Option<Uuid>,
    pub result: Option<String>,
    pub result_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
