//! Table `capture`: one fetch of a reported page.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "capture")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub report_id: Uuid,
    pub org_id: Uuid,
    pub asked_by: Option<Uuid>,
    pub asked_at: i64,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub payload: String,
    pub failed: Option<String>,
    pub record: Option<String>,
    pub archive_id: Option<Uuid>,
    pub archive_sha256: Option<Vec<u8>>,
    pub archive_bytes: Option<i64>,
    pub picture_id: Option<Uuid>,
    pub picture_problem: Option<String>,
    pub files: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
