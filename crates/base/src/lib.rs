#![doc = include_str!("../README.md")]

mod actor;
mod ids;
mod refusal;
mod secret;
mod text;
mod time;
mod words;

pub use actor::{Actor, Scope, Who};
pub use ids::*;
pub use refusal::Refusal;
pub use secret::Secret;
pub use text::{one_line, text, text_opt};
pub use time::Time;
pub use words::{
    AgeGroup, ApprovalForm, Class, Country, FindingWord, Gender, Missing, OrgKind, OutcomeKind, RequestKind,
    RequestState, Role, SiteType, Synthetic, Width,
};

/// Lower-case hexadecimal of some bytes, as digests are written everywhere in the exchange.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Bytes of a hexadecimal text, either case; `None` when the length is odd or a letter is not hexadecimal.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len() / 2).map(|i| u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()).collect()
}
