//! `/domains`: pages of the block list that INTERPOL and police share: proposing a domain, and one proposal.

pub mod new;
pub mod proposal;
pub mod shown;
