//! Table `media_object`: the file behind items of one organisation, stored once per content.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "media_object")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub org_id: Uuid,
    pub sha256: Vec<u8>,
    pub md5: Vec<u8>,
    pub sha1: Vec<u8>,
    pub pdq: Vec<u8>,
    pub pdq_quality: i64,
    pub kind: String,
    pub size: i64,
    pub width: i64,
    pub height: i64,
    pub blob_id: Option<Uuid>,
    pub preview_id: Option<Uuid>,
    pub created_at: i64,
    pub duration_ms: Option<i64>,
    pub described_at: Option<i64>,
    pub trouble: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
