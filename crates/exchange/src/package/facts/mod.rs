//! The documents of a package: the same facts, each in a form that somebody's tool reads.

mod csv;
mod report;
mod vics;

pub(crate) use vics::record as vics_record;

use crate::{caseuco, pdf::BadFont};
use reports::package::Contents;
use std::io;

/// What a document is called and what it is.
pub struct Document {
    /// Its path.
    pub path: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Makes it.
    pub make: fn(&Contents, tool: &str) -> Result<Vec<u8>, Failed>,
}

/// Why a document cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// Writing failed, which in memory it does not.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A value is none of JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The font that ships is damaged.
    #[error(transparent)]
    Font(#[from] BadFont),
}

/// Every document, in the order in which they stand.
pub const DOCUMENTS: [Document; 4] = [
    Document { path: "report.pdf", media_type: "application/pdf", make: report::write },
    Document { path: "facts.csv", media_type: "text/csv; charset=utf-8", make: |c, _| Ok(csv::write(c)) },
    Document { path: "vics.json", media_type: "application/json", make: vics::write },
    Document { path: "case.jsonld", media_type: "application/ld+json", make: |c, tool| Ok(caseuco::write(c, tool)?) },
];

/// Where the newest trace stands, where there is one.
pub const TRACE: &str = "trace.json";

/// Where a file lies in a package.
pub fn media_path(sha256: &str) -> String {
    format!("media/{sha256}")
}

/// Where a capture's archive lies in a package.
pub fn archive_path(capture: base::CaptureId) -> String {
    format!("captures/{capture}.warc.gz")
}

/// A document: path, media type, bytes.
pub type Written = (&'static str, &'static str, Vec<u8>);

/// Every document with its path and media type.
///
/// # Errors
/// One cannot be made.
pub fn documents(contents: &Contents, tool: &str) -> Result<Vec<Written>, Failed> {
    DOCUMENTS.iter().map(|d| Ok((d.path, d.media_type, (d.make)(contents, tool)?))).collect()
}
