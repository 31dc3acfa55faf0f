//! What a file is, by its first bytes. What it was declared to be counts for nothing here.

use serde::{Deserialize, Serialize};

/// A file type that can be described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// JPEG (ISO/IEC 10918-1).
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// PNG (W3C).
    #[serde(rename = "image/png")]
    Png,
}

impl Kind {
    /// By the first bytes; `None` for anything else.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else {
            None
        }
    }

    /// The media type, such as `image/png`.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The usual file name ending, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}
