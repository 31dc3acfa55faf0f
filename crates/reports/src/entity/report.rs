//! Table `report`: what a hotline took in about one source URL.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub reporter_id: Uuid,
    pub source_url: String,
    pub source_host: String,
    pub received_at: i64,
    pub submitted_by: Uuid,
    pub state: String,
    pub hosting_ip: Option<String>,
    pub hosting_country: Option<String>,
    pub hosting_network: Option<String>,
    pub note: Option<String>,
    pub created_at: i64,
    pub changed_at: i64,
    pub fingerprint: Vec<u8>,
    pub referrer: Option<String>,
    pub login_id: Option<Uuid>,
    pub site_type: String,
    pub page_key: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
