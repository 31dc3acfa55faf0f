//! What partners' files look like from the outside: stored samples, generated streams, damage.

#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod input;
mod sets;
mod support;
mod vics;
