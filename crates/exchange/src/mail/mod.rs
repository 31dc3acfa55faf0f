//! Mail to people of the exchange: that there is something, never what.
//!
//! `form` makes the mail, `client` hands it to a server, `sync` takes what is due and reports back. A mail keeps its id
//! through all tries, so that a receiver who got it twice sees one.

mod client;
pub mod form;
pub mod sync;

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

pub use client::{Client, Trouble};

/// Config section `[mail]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// Whether mail is sent at all.
    pub enabled: bool,
    /// Name of the server that takes mail.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// `tls` from the first byte, `starttls`, or `none`, which is for a server on the same machine only.
    pub security: Security,
    /// User name at the server; empty: none is asked for.
    pub user: String,
    /// File with the password and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// Address that mail comes from.
    pub from: String,
    /// Where people sign in, written in the mail; empty: not written.
    pub link: String,
    /// Seconds between two mails about the same search. Default one hour.
    pub apart_seconds: i64,
    /// Seconds that the server may take for one mail.
    pub timeout_seconds: u64,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            server: "localhost".into(),
            port: 465,
            security: Security::Tls,
            user: String::new(),
            password_file: None,
            from: "cport@localhost".into(),
            link: String::new(),
            apart_seconds: 3600,
            timeout_seconds: 30,
        }
    }
}

/// How the way to the server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after a greeting; without it nothing is sent.
    Starttls,
    /// Nothing: a server on the same machine only.
    None,
}
