#![doc = include_str!("../README.md")]

mod api;
mod app;
mod assets;
mod basic;
mod caller;
mod desk;
mod domains;
mod download;
mod drain;
mod error;
mod evidence;
pub mod exports;
mod files;
pub mod hash_sharing;
pub mod imports;
mod interpol;
mod lists;
pub mod lookup;
mod names;
mod network;
mod once;
mod open;
mod page;
mod params;
mod police;
mod public;
mod router;
mod security;
mod show;
mod view;
mod watch;

pub use app::{App, Mode, Persona, Site};
pub use error::Error;
pub use exchange::Signer;
pub use router::{openapi, router};
