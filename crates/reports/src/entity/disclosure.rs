//! Table `disclosure`: one decision that one LEA may see one item.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "disclosure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub report_id: Uuid,
    pub item_id: Uuid,
    pub reporter_id: Uuid,
    pub owner_id: Option<Uuid>,
    pub lea_id: Uuid,
    pub agreement_id: Option<Uuid>,
    pub agreement_name: String,
    pub agreement_version: i64,
    pub clause: String,
    pub width: String,
    pub media: bool,
    pub reason: String,
    pub at: i64,
    pub withdrawn_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
