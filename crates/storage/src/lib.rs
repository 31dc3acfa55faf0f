#![doc = include_str!("../README.md")]

pub mod audit_log;
mod chance;
mod config;
mod db;
mod entity;
mod error;
pub mod evidence;
mod group;
pub mod jobs;
pub mod migrate;
pub mod requests;
pub mod sql;
mod tx;

pub use chance::{Chance, Clock};
pub use config::{DatabaseConfig, EvidenceConfig, OldRoot, Pkcs11Config, RootConfig, S3Config, StoreConfig};
pub use db::{Backend, Db};
pub use error::{Error, Result};
pub use evidence::bucket;
pub use sql::{Page, keyset};
pub use tx::Tx;
