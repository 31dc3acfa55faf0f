//! The local address database (MMDB): country, network number and name of an address.

use crate::TraceConfig;
use base::{Country, Time};
use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;
use std::{net::IpAddr, path::Path};

/// What the database says of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Country.
    pub country: Option<Country>,
    /// Number of the autonomous system.
    pub asn: Option<u32>,
    /// Its organisation.
    pub organisation: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Row {
    country: Option<InCountry>,
    registered_country: Option<InCountry>,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct InCountry {
    iso_code: Option<String>,
}

/// Most bytes of a database.
const MOST: u64 = 1 << 30;

/// Looks an address up in the databases that the config names; says which they were and of when.
pub fn look_up(config: &TraceConfig, address: IpAddr) -> Result<(String, Entry), String> {
    let paths: Vec<&Path> =
        [&config.country_database, &config.asn_database].into_iter().flatten().map(|p| p.as_path()).collect();
    let mut unique: Vec<&Path> = Vec::new();
    for path in paths {
        if !unique.contains(&path) {
            unique.push(path);
        }
    }
    if unique.is_empty() {
        return Err("no address database is configured (trace.country_database)".into());
    }
    let (mut entry, mut from) = (Entry::default(), Vec::new());
    for path in unique {
        let (name, row) = read(path, address)?;
        from.push(name);
        let country = row.country.or(row.registered_country).and_then(|c| c.iso_code).and_then(|c| c.parse().ok());
        entry.country = entry.country.or(country);
        entry.asn = entry.asn.or(row.autonomous_system_number);
        let organisation =
            row.autonomous_system_organization.map(|o| o.chars().filter(|c| !c.is_control()).take(200).collect());
        entry.organisation = entry.organisation.or(organisation);
    }
    Ok((from.join(", "), entry))
}

fn read(path: &Path, address: IpAddr) -> Result<(String, Row), String> {
    let damaged = |why: &dyn std::fmt::Display| format!("the address database {}: {why}", path.display());
    let size = std::fs::metadata(path).map_err(|e| damaged(&e))?.len();
    if size > MOST {
        return Err(damaged(&"larger than 1 GiB"));
    }
    let bytes = std::fs::read(path).map_err(|e| damaged(&e))?;
    look_up_in(&bytes, address).map_err(|e| damaged(&e))
}

/// Looks an address up in a database that is read.
pub fn look_up_in(bytes: &[u8], address: IpAddr) -> Result<(String, Row), MaxMindDbError> {
    let reader = Reader::from_source(bytes)?;
    let built = i64::try_from(reader.metadata().build_epoch).unwrap_or_default();
    let name = format!("{} of {}", reader.metadata().database_type, Time::default().plus_seconds(built).minute());
    let row = reader.lookup(address)?.decode::<Row>()?;
    Ok((name, row.unwrap_or_default()))
}
