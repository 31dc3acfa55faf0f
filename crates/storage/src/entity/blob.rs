//! Table `blob`: one sealed object, and its own key wrapped by the organisation's.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "blob")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub org_id: Uuid,
    pub size: i64,
    pub wrapped_key: Option<Vec<u8>>,
    pub key_version: i64,
    pub created_at: i64,
    pub erased_at: Option<i64>,
    pub sha256: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
