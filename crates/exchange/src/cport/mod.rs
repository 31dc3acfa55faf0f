//! Another exchange of this kind: the delta feed of one of its lists, whose pages are signed and numbered. A subscription's
//! address is the list's own: `https://host/api/v1/lists/{id}`.

pub mod client;
pub mod sync;
