//! Table `contact_approach`: the exchange's question to another unit whether it wants to be put in touch.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_approach")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub ask_id: Uuid,
    pub case_id: Uuid,
    pub lea_id: Uuid,
    pub at: i64,
    pub answered_at: Option<i64>,
    pub answered_by: Option<String>,
    pub consented: Option<bool>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
