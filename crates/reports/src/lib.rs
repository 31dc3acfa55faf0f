#![doc = include_str!("../README.md")]

pub mod alert;
pub mod alike;
pub mod assess;
pub mod capture;
pub mod case;
pub mod compare;
pub mod custody;
pub mod erase;
pub mod facts;
pub mod flow;
pub mod folder;
pub mod hunt;
pub mod inbox;
pub mod intake;
pub mod look;
pub mod news;
pub mod outcome;
pub mod package;
pub mod rank;
pub mod reroute;
pub mod route;
pub mod search;
pub mod settle;
pub mod simulate;
pub mod team;
pub mod trace;
pub mod urgency;

mod act;
mod config;
mod entity;
mod error;
mod hands;
mod model;
mod store;
mod words;

pub use act::Act;
pub use config::ReportsConfig;
pub use error::{Error, Result};
pub use hands::Hands;
pub use model::*;
