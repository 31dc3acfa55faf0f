#![doc = include_str!("../README.md")]

mod api;
mod app;
mod caller;
mod error;
mod files;
mod names;
mod once;
mod params;
mod router;
mod security;

pub use app::{App, Mode, Persona};
pub use error::Error;
pub use router::{openapi, router};
