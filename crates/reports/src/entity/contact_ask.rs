//! Table `contact_ask`: an LEA's wish to be put in touch with another interested unit.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_ask")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub report_id: Uuid,
    pub hotline_id: Uuid,
    pub lea_id: Uuid,
    pub person_id: Uuid,
    pub author: String,
    pub at: i64,
    pub forwarded_at: Option<i64>,
    pub forwarded_by: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
