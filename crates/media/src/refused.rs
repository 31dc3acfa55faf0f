//! Why a file was not described.

use serde::{Deserialize, Serialize};

/// Why a file was not described. Crosses the pipe from the worker as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refused {
    /// No bytes.
    #[error("the file is empty, send its contents")]
    Empty,
    /// More bytes than allowed.
    #[error("the file is larger than {limit} bytes, send a smaller one")]
    TooLarge {
        /// Bytes allowed.
        limit: u64,
    },
    /// Not a type that is taken.
    #[error(
        "the file is none of the types that are taken, send JPEG, PNG, GIF, WebP, BMP, TIFF, MP4, WebM, MOV, MKV or AVI"
    )]
    UnknownType,
    /// Of a type or coding that is known and cannot be read here.
    #[error("the file cannot be read here: {reason}")]
    Unsupported {
        /// Why not and what to do, at most 200 characters.
        reason: String,
    },
    /// Truncated or corrupt, or coded in a way that no decoder here knows.
    #[error("the file cannot be decoded, it is truncated or damaged ({reason}), fetch it again")]
    Undecodable {
        /// What is wrong with it, at most 200 characters.
        reason: String,
    },
    /// More pixels than allowed, or than memory allows for this type of picture.
    #[error("the picture has {pixels} pixels, more than {limit}, send a smaller one")]
    TooManyPixels {
        /// Pixels found.
        pixels: u64,
        /// Pixels allowed.
        limit: u64,
    },
    /// Two workers in a row died on it or answered nonsense, or none could be started.
    #[error("the file could not be read safely, look at the file on a machine of its own")]
    WorkerDied,
    /// The worker took too long and was ended.
    #[error("the file took too long to read, look at the file on a machine of its own")]
    TimedOut,
}

/// [`Refused::Unsupported`], cut to 200 characters.
pub(crate) fn unsupported(reason: impl std::fmt::Display) -> Refused {
    Refused::Unsupported { reason: reason.to_string().chars().take(200).collect() }
}

/// [`Refused::Undecodable`] in a decoder's words, cut to 200 characters.
pub(crate) fn undecodable(reason: impl std::fmt::Display) -> Refused {
    Refused::Undecodable { reason: reason.to_string().chars().take(200).collect() }
}
