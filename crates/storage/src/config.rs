//! Config sections `[database]` and `[evidence]`.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where rows are kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseConfig {
    /// `sqlite:PATH` or `postgres://user:password@host:port/name`. The environment's `DATABASE_URL` wins.
    pub url: String,
    /// PostgreSQL: URL of the role that owns the tables, used only by `migrate`. Empty: the same as `url`.
    pub owner_url: String,
    /// PostgreSQL: role that the program works as. It owns nothing and is subject to row-level security.
    pub app_role: String,
    /// Most connections at once.
    pub max_connections: u32,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: "sqlite:var/cport/cport.db".into(),
            owner_url: String::new(),
            app_role: "cport_app".into(),
            max_connections: 16,
        }
    }
}

/// Where sealed evidence is kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceConfig {
    /// Local folder for sealed objects.
    pub folder: PathBuf,
    /// File with the root key: 64 hexadecimal digits, readable by its owner only. Made by `cport admin root-key`.
    pub root_key_file: PathBuf,
}

impl Default for EvidenceConfig {
    fn default() -> Self {
        Self { folder: "var/cport/evidence".into(), root_key_file: "var/cport/root.key".into() }
    }
}
