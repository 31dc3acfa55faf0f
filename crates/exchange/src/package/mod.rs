//! Packages: what an officer takes along of a case, in one encrypted file that can be checked without the exchange.
//!
//! The file is an age file for the officer's key; in it is a ZIP archive, stored, of which every byte is accounted for
//! ([`container`]): the facts as VICS, CASE/UCO, CSV and a report to print, the archives of captures, the media, and last
//! `manifest.json`, which names every file with its digest and the decision that gave it, and `manifest.sig`, which signs the
//! manifest (`manifest`, decision 30).
//!
//! `pack` puts files in, `facts` writes the documents, `make` takes the queued step, `verify` checks a finished package.

pub mod container;
mod facts;
mod make;
pub(crate) mod manifest;
mod pack;
mod verify;

pub use facts::{Failed, Written, documents};
pub(crate) use facts::{media_path, vics_record};
pub use make::{Made, work};
pub use manifest::{Case, Disclosed, FORMAT, Listed, Manifest, SIGNATURE_CONTEXT, Watermark};
pub use pack::{Pack, listed};
pub use verify::{Checked, Flaw, Kind, PublicKey, Verified, check, verify};

/// Name of the manifest in a package.
pub const MANIFEST: &str = "manifest.json";
/// Name of its signature.
pub const SIGNATURE: &str = "manifest.sig";
