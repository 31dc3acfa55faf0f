//! INTERPOL's ICSE: its list as a table, as an open reader (IPED) knows it, and the link by which confirmed material goes to
//! victim identification and answers come back.
//!
//! In the order in which an item goes: [`queue`] takes what routing left and [`plan`]s what is told; [`pack`] makes a
//! [`parcel`]; [`deliver`] hands it over by the [`client`], once two persons [`release`]d where it points; [`take`] takes the
//! receiver's [`answer`]s in. [`desk`] is what people see of it. `form` alone knows how things are written there.

pub mod act;
pub mod answer;
pub mod client;
pub mod config;
pub mod deliver;
pub mod desk;
pub mod dispatch;
pub mod form;
mod lease;
pub mod pack;
pub mod parcel;
pub mod plan;
pub mod queue;
pub mod release;
pub mod sandbox;
mod store;
mod table;
pub mod take;

pub use config::{Destination, HttpsConfig, IcseConfig, SftpConfig, Transport};
pub use table::{FORMAT, REGION, read};
