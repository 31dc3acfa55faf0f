//! Pages about the network, for everybody in it.

pub mod agreement;
pub mod audit;
pub mod overview;
pub mod partner;
