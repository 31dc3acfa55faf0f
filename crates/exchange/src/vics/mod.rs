//! VICS, the JSON of Project VIC: hash sets and cases, 1.x and 2.0 read, 1.3 and 2.0 written.
//!
//! The full specification is given to law enforcement and vendors under an agreement. What is here is what independent
//! open readers and writers agree on; **no certification is claimed**. `head` is the root's first member, `form` one Media
//! record ↔ ours, `read` walks over the file, `write` makes one.

mod alternative;
mod case;
mod form;
mod head;
mod names;
mod read;
mod write;

pub use case::{Case, CaseFile, relative_path};
pub use head::{Head, Shape, Version};
pub use read::{Options, Outcome, Purpose, read};
pub use write::Writer;

/// Name before the point in [`hashlists::Rest`].
pub const FORMAT: &str = "vics";
