//! What pages show: plain values, one struct per page, each with its template. No queries, no rights, no clock; a handler
//! fills a struct and renders it.
//!
//! Times arrive as text, ids as text. A field called a *word* holds the spelling of a closed vocabulary (`baseline`,
//! `in_force`); the template finds what people read in the locales, by [`words::word`].

pub mod agreement;
pub mod audit;
pub mod base;
pub mod desk;
pub mod dialogue;
pub mod domains;
pub mod doubts;
pub mod evidence;
pub mod inbox;
pub mod item;
pub mod link;
pub mod lists;
pub mod network;
pub mod package;
pub mod partner;
pub mod police;
pub mod public;
pub mod text;
pub mod words;
