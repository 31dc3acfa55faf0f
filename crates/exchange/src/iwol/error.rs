//! What the rules of listing refuse, as a caller meets it.

use super::model::Why;
use crate::Error;

impl From<Why> for Error {
    fn from(why: Why) -> Self {
        Self::Rule(why)
    }
}

impl Why {
    /// The field at fault, as a caller knows it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::NoReason => "reason",
            Self::SameCountry | Self::TooFew => "organisations",
            Self::NotYours
            | Self::NotAsked
            | Self::NotNow
            | Self::OwnEdit
            | Self::SamePerson
            | Self::SameAgency
            | Self::NotGuarded
            | Self::NotOver => "id",
        }
    }
}
