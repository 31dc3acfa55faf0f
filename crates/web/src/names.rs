//! Names of organisations, for answers that would otherwise show bare ids. Every member may know every member.

use crate::error::Result;
use agreements::directory;
use base::OrgId;
use std::collections::HashMap;
use storage::Tx;

/// Names and countries of every member.
pub struct Names(HashMap<OrgId, (String, Option<String>)>);

impl Names {
    /// Reads the directory.
    pub async fn read(tx: &Tx) -> Result<Self> {
        let all = directory::organisations(tx).await?;
        Ok(Self(all.into_iter().map(|o| (o.id, (o.name, o.country.map(|c| c.to_string())))).collect()))
    }

    /// An organisation's name.
    pub fn of(&self, org: OrgId) -> String {
        self.0.get(&org).map_or_else(|| "unknown organisation".into(), |(name, _)| name.clone())
    }

    /// Every organisation and its name.
    pub fn all(&self) -> impl Iterator<Item = (OrgId, &str)> {
        self.0.iter().map(|(org, (name, _))| (*org, name.as_str()))
    }

    /// Its country, where it has one.
    pub fn country(&self, org: OrgId) -> Option<String> {
        self.0.get(&org).and_then(|(_, country)| country.clone())
    }
}
