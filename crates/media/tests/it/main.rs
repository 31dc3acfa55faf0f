//! What the workshop says of drawn pictures: digests, PDQ against the reference, refusals, and workers that die.

mod pictures;
mod reference;
mod refusals;
mod workers;
