#![doc = include_str!("../README.md")]

pub mod assess;
pub mod case;
pub mod compare;
pub mod facts;
pub mod flow;
pub mod intake;
pub mod look;
pub mod outcome;
pub mod route;

mod act;
mod config;
mod entity;
mod error;
mod model;
mod store;

pub use act::Act;
pub use config::ReportsConfig;
pub use error::{Error, Result};
pub use model::*;
