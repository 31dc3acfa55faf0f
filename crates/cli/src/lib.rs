#![doc = include_str!("../README.md")]

pub mod config;
pub mod demo;
pub mod house;
pub mod index;
pub mod link;
pub mod print;
pub mod serve;
