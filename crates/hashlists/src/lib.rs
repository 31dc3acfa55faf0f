#![doc = include_str!("../README.md")]

mod digest;
mod fingerprint;
pub mod profile;
mod record;
mod rest;

pub use digest::{HEX_MD5, HEX_SHA1, HEX_SHA256, digest};
pub use fingerprint::{Content, Opaque, PHOTODNA, PHOTODNA_BYTES, Pdq, Unmatchable};
pub use profile::{Profile, Profiles, Standing};
pub use record::{Category, Digests, Flags, Kind, MOST_NAME, MOST_TAGS, MOST_TEXT, Member, Record};
pub use rest::{Rest, is_picture_name, is_picture_text};
