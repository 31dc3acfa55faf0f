//! What partners' files look like from the outside: stored samples, generated streams, damage.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests stop at the first surprise")]

mod icse;
mod input;
mod ncmec;
mod package;
mod sets;
mod support;
mod vics;
