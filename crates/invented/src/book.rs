//! The address database: which country and network an address belongs to, in the fields that such databases have.

use crate::world::NETWORKS;
use ipnet::{IpNet, Ipv4Net};
use mmdb_writer::{Value, Writer};
use std::{io, net::Ipv4Addr};

/// The whole database as a file (MMDB).
pub fn database() -> io::Result<Vec<u8>> {
    let mut writer = Writer::new("Invented-Country-ASN");
    for (third, country, asn, name) in NETWORKS {
        let net = Ipv4Net::new(Ipv4Addr::new(127, 20, third, 0), 24).map_err(io::Error::other)?;
        let country = Value::map([("iso_code", Value::String(country.into()))]);
        let record = Value::map([
            ("country", country),
            ("autonomous_system_number", Value::U32(asn)),
            ("autonomous_system_organization", Value::String(name.into())),
        ]);
        writer.insert_value(IpNet::V4(net), record).map_err(io::Error::other)?;
    }
    writer.to_bytes().map_err(io::Error::other)
}
