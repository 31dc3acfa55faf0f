//! Config section `[lists]`.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How much is settled by hash lists without a person.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListsConfig {
    /// Share of suggestions that a person judges without seeing them, for quality: 0 to 1. Default 0.02.
    pub blind_sample: f64,
    /// A list that hits more than this share of stored files settles nothing and says so. Default 0.9.
    pub guard_share: f64,
    /// Stored files below which no list is stopped for that. Default 100.
    pub guard_least: i64,
    /// Share of a video's frames that must match for a suggestion, of either video: 0 to 1. Default 0.8.
    pub frame_share: f64,
    /// Whether lists may be filled from servers at addresses of this machine or of private networks. Default false.
    pub private_peers: bool,
    /// Folder for snapshots of the index, one for each node: a start opens the last one and takes over what changed since.
    pub index_folder: PathBuf,
    /// Seconds between two looks whether so much changed that a new snapshot is worth writing (half a percent of all
    /// entries). Default 600.
    pub index_save_seconds: u64,
}

impl Default for ListsConfig {
    fn default() -> Self {
        Self {
            blind_sample: 0.02,
            guard_share: 0.9,
            guard_least: 100,
            frame_share: 0.8,
            private_peers: false,
            index_folder: "var/cport/index".into(),
            index_save_seconds: 600,
        }
    }
}
