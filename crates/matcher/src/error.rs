//! Why the lens refuses.

use std::io;

/// What can go wrong. Searching cannot.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Reading, writing or mapping failed.
    #[error("cannot read or write the snapshot")]
    Io(#[from] io::Error),
    /// The file is something else.
    #[error("not a snapshot of this library")]
    Foreign,
    /// Written by another version, or on a machine of the other byte order.
    #[error("snapshot of format `{found}`, this library reads `{wanted}`: build the index anew")]
    Version {
        /// What the file says.
        found: u64,
        /// What is read here.
        wanted: u64,
    },
    /// A snapshot of the other kind of index, or of keys of another kind.
    #[error("snapshot of another kind of index")]
    Kind,
    /// Bytes are missing or changed.
    #[error("snapshot damaged: {0}")]
    Damaged(&'static str),
    /// More than an index holds; a video of more than 65,535 different frames.
    #[error("too many {0}")]
    TooMany(&'static str),
}

/// Result with the lens's error.
pub type Result<T> = std::result::Result<T, Error>;
