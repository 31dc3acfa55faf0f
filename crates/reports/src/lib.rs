#![doc = include_str!("../README.md")]

pub mod alert;
pub mod alike;
pub mod assess;
pub mod capture;
pub mod case;
pub mod change;
pub mod compare;
pub mod custody;
pub mod deconflict;
pub mod domains;
pub mod erase;
pub mod facts;
pub mod finding;
pub mod flow;
pub mod folder;
pub mod ground;
pub mod hunt;
pub mod inbox;
pub mod intake;
pub mod listing;
pub mod look;
pub mod message;
pub mod news;
pub mod onward;
pub mod outcome;
pub mod package;
pub mod rank;
pub mod request;
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

/// When a disclosure is live, for queries of the rooms above.
pub mod live {
    pub use crate::store::live::{at, live};
}

pub use act::Act;
pub use config::ReportsConfig;
pub use error::{Error, Result};
pub use hands::Hands;
pub use model::*;
