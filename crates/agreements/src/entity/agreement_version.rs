//! Table `agreement_version`: one text of an agreement, and who signed it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub agreement_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub hotline_id: Uuid,
    pub lea_id: Uuid,
    pub document: String,
    pub valid_from: i64,
    pub valid_until: Option<i64>,
    pub signed_hotline_by: Option<Uuid>,
    pub signed_hotline_at: Option<i64>,
    pub signed_lea_by: Option<Uuid>,
    pub signed_lea_at: Option<i64>,
    pub created_at: i64,
    pub signed_network_by: Option<Uuid>,
    pub signed_network_at: Option<i64>,
    pub live_from: Option<i64>,
    pub live_until: Option<i64>,
    pub revision: i64,
    pub drafted_by: Option<Uuid>,
    pub discarded_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
