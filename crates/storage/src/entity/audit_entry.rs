//! Table `audit_entry`: one act. Rows are only ever added; `seq` and `link` are filled in once, by the chaining.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub org_id: Uuid,
    pub at: i64,
    pub person: Option<Uuid>,
    pub token: Option<Uuid>,
    pub machine: Option<String>,
    pub role: String,
    pub act: String,
    pub verb: String,
    pub subject_kind: String,
    pub subject: Option<Uuid>,
    pub purpose: Option<String>,
    pub detail: Option<String>,
    pub seq: Option<i64>,
    pub link: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
