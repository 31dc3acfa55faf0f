#![doc = include_str!("../README.md")]

pub mod alike;
pub mod assess;
pub mod capture;
pub mod case;
pub mod compare;
pub mod custody;
pub mod erase;
pub mod facts;
pub mod flow;
pub mod hunt;
pub mod intake;
pub mod listing;
pub mod look;
pub mod news;
pub mod outcome;
pub mod route;
pub mod settle;
pub mod trace;

mod act;
mod config;
mod entity;
mod error;
mod hands;
mod model;
mod store;

pub use act::Act;
pub use config::ReportsConfig;
pub use error::{Error, Result};
pub use hands::Hands;
pub use model::*;
