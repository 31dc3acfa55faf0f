//! Pages about the network, for everybody in it.

pub mod agreement;
pub mod agreement_acts;
pub mod audit;
pub mod editor;
pub mod lane_form;
pub mod new_agreement;
pub mod overview;
pub mod partner;
