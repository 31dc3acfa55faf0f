//! Arachnid Shield of the Canadian Centre, as its public clients speak it.

mod form;

pub use form::{Hit, Match, Near, error, media, pdq, pdq_answer, url};
