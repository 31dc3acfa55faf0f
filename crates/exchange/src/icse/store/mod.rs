//! This room's queries: tables `dispatch`, `parcel`, `partner_answer`, `partner_place`, `link_release`. Written by the exchange's
//! own machinery, but for releases and what somebody at the desk wants tried again.

mod answers;
mod desk;
mod dispatches;
mod parcels;
mod releases;

pub use answers::*;
pub use desk::*;
pub use dispatches::*;
pub use parcels::*;
pub use releases::*;
