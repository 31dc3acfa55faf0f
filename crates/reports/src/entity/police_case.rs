//! Table `police_case`: one LEA's view of one report, as small as its inbox needs.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "police_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub lea_id: Uuid,
    pub report_id: Uuid,
    pub class: String,
    pub items: i64,
    pub why: String,
    pub clause: String,
    pub agreement_name: String,
    pub agreement_version: i64,
    pub width: String,
    pub hosting_country: Option<String>,
    pub rank: i64,
    pub created_at: i64,
    pub opened_at: Option<i64>,
    pub outcome: Option<String>,
    pub points: i64,
    pub since: i64,
    pub age_group: String,
    pub fresh: bool,
    pub facts: String,
    pub reasons: String,
    pub weighed: i64,
    pub alike: Option<Vec<u8>>,
    pub alike_count: i64,
    pub folded: bool,
    pub assigned_to: Option<Uuid>,
    pub assigned_at: Option<i64>,
    pub agreement_id: Option<Uuid>,
    pub mixed: bool,
    pub outcome_days: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
