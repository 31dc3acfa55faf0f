#![doc = include_str!("../README.md")]

mod api;
mod app;
mod assets;
mod caller;
mod desk;
mod drain;
mod error;
mod evidence;
mod files;
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

pub use app::{App, Mode, Persona, Site};
pub use error::Error;
pub use router::{openapi, router};
