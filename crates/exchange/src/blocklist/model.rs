//! What an access provider has here: where listed names lead, keys, secondaries, fetches.

use super::stop::Stop;
use crate::rpz::tsig::Algorithm;
use base::{BlobId, FetchId, FetchKeyId, OrgId, SecondaryId, Time};
use std::net::SocketAddr;

/// Where a provider's listed names lead, since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whose.
    pub org: OrgId,
    /// Where listed names lead.
    pub stop: Stop,
    /// How often this was changed.
    pub changes: i64,
    /// The list's serial at the last change.
    pub since: i64,
    /// When that was.
    pub changed_at: Time,
}

/// A key by which a provider's secondaries fetch the zone. Its secret is sealed and shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchKey {
    /// Its id.
    pub id: FetchKeyId,
    /// Whose.
    pub org: OrgId,
    /// Its name as name servers know it.
    pub name: String,
    /// How it signs.
    pub algorithm: Algorithm,
    /// Where its secret is sealed.
    pub secret: BlobId,
    /// When it was made.
    pub made_at: Time,
    /// When it ends by itself.
    pub ends_at: Time,
    /// When it was taken back.
    pub revoked_at: Option<Time>,
}

impl FetchKey {
    /// Whether it opens anything now.
    pub fn is_live(&self, now: Time) -> bool {
        self.revoked_at.is_none() && now < self.ends_at
    }
}

/// A name server of a provider's that is told of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secondary {
    /// Its id.
    pub id: SecondaryId,
    /// Whose.
    pub org: OrgId,
    /// Where it is told.
    pub address: SocketAddr,
    /// Which key signs what it is told.
    pub key: FetchKeyId,
    /// Since when.
    pub made_at: Time,
}

/// A fetch of the list, as its provider sees it later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Its id.
    pub id: FetchId,
    /// Whose.
    pub org: OrgId,
    /// By which key; `None` for a person or a program with a token.
    pub key: Option<FetchKeyId>,
    /// How.
    pub way: Way,
    /// The serial that was there before, where it was said.
    pub from: Option<i64>,
    /// The serial that was given.
    pub to: i64,
    /// When it began.
    pub at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Bytes that went out.
    pub bytes: i64,
    /// How it ended; `None` while it runs.
    pub end: Option<End>,
}

base::words! {
    /// How the list is fetched.
    Way, "way" {
        /// The whole zone by DNS.
        Axfr = "axfr",
        /// What changed, by DNS.
        Ixfr = "ixfr",
        /// JSON.
        Json = "json",
        /// A table.
        Csv = "csv",
        /// Text like a hosts file.
        Hosts = "hosts",
        /// A file that Unbound includes.
        Unbound = "unbound",
    }
}

base::words! {
    /// How a fetch ended.
    End, "end" {
        /// All of it was taken.
        Whole = "whole",
        /// A file was given out; noted anew only when it broke off.
        Given = "given",
        /// The provider may not have it any more.
        Stopped = "stopped",
        /// The other side went away, or was too slow.
        Broken = "broken",
    }
}
