//! INTERPOL's ICSE: its list as a table, as an open reader (IPED) knows it, and the link by which confirmed material goes to
//! victim identification and answers come back.
//!
//! Of the link: `dispatch` has the words, `form` is how they are written, `parcel` packs, `client` delivers and fetches, `answer`
//! reads what comes back, `sandbox` is a receiver to try it with. `docs/icse.md` is the same for people.

pub mod answer;
pub mod client;
mod config;
pub mod dispatch;
pub mod form;
pub mod parcel;
pub mod sandbox;
mod table;

pub use config::{Destination, HttpsConfig, IcseConfig, SftpConfig, Transport};
pub use table::{FORMAT, REGION, read};
