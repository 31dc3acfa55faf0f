#![doc = include_str!("../README.md")]

pub mod ask;
pub mod candidate;
pub mod entry;
pub mod form;
pub mod guard;
pub mod import;
pub mod index;
pub mod list;
pub mod profile;
pub mod subscription;
pub mod terms;
pub mod vote;
pub mod write;

mod act;
mod config;
mod digest;
mod due;
mod error;
mod fingerprint;
mod model;
mod record;
mod rest;
mod store;

pub use act::Act;
pub use ask::Found;
pub use config::ListsConfig;
pub use digest::{HEX_MD5, HEX_SHA1, HEX_SHA256, digest};
pub use due::{HUNT, HUNT_FOR, TAKE_BACK, WEIGH, weigh};
pub use error::{Error, Result};
pub use fingerprint::{Content, Opaque, PHOTODNA, PHOTODNA_BYTES, Pdq, Unmatchable};
pub use index::{Checked, Hit, How, Index, Many, Opened, Trouble};
pub use model::*;
pub use profile::{Profile, Profiles, Standing};
pub use record::{Category, Digests, Flags, Kind, MOST_NAME, MOST_TAGS, MOST_TEXT, Member, Record};
pub use rest::{Rest, is_picture_name, is_picture_text};

/// What rooms that ask lists work with. One for a node.
#[derive(Default)]
pub struct Lists {
    /// What every list knows.
    pub index: Index,
    /// What regions' categories mean.
    pub profiles: Profiles,
    /// How much is settled without a person.
    pub config: ListsConfig,
}

impl Lists {
    /// With the profiles that ship. The index is empty until it has followed.
    pub fn new(config: ListsConfig) -> std::result::Result<Self, profile::Error> {
        Ok(Self { index: Index::default(), profiles: Profiles::shipped()?, config })
    }
}
