//! Table `assessment`: one judgement of one item. Rows are only ever added.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assessment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub item_id: Uuid,
    pub org_id: Uuid,
    pub person_id: Option<Uuid>,
    pub class: String,
    pub country: Option<String>,
    pub age_group: String,
    pub gender: String,
    pub note: Option<String>,
    pub inherited_from: Option<Uuid>,
    pub at: i64,
    pub synthetic: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
