//! Pages on which an officer takes a case along.

use super::{
    base::{Base, FieldError, error_of, sentence},
    text::bytes,
    words::{t, t1, t2, word},
};
use askama::Template;

/// A package in a list.
#[derive(Clone, Debug, Default)]
pub struct PackageRow {
    /// Its id.
    pub id: String,
    /// When it was asked for.
    pub at: String,
    /// Word: `asked`, `ready`, `refused`, `erased`.
    pub state: String,
    /// Why.
    pub purpose: String,
    /// The LEA's own number.
    pub case_number: String,
    /// Bytes.
    pub size: Option<u64>,
    /// Until when it is kept.
    pub until: Option<String>,
}

/// The form: why, under which number, encrypted to which key.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "police/package_form.html")]
pub struct PackageFormPage {
    /// The frame.
    pub base: Base,
    /// The case.
    pub case_id: String,
    /// What people call it.
    pub reference: String,
    /// The officer's public key.
    pub key: Option<String>,
    /// Whether the officer has just proved who they are.
    pub confirmed: bool,
    /// The officer's packages of this case, newest first.
    pub packages: Vec<PackageRow>,
    /// As typed.
    pub purpose: String,
    /// As typed.
    pub case_number: String,
    /// As typed.
    pub new_key: String,
    /// What is wrong; field `purpose`, `case_number`, `token` or `recipient`.
    pub errors: Vec<FieldError>,
}

/// One package: how far it is, and how to check it.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "police/package.html")]
pub struct PackagePage {
    /// The frame.
    pub base: Base,
    /// The case.
    pub case_id: String,
    /// What people call it.
    pub reference: String,
    /// The package.
    pub row: PackageRow,
    /// Public key that it is encrypted to.
    pub recipient: String,
    /// Why it could not be made.
    pub problem: Option<String>,
    /// Of the encrypted file, hexadecimal.
    pub sha256: Option<String>,
    /// Public key that signed it, hexadecimal.
    pub key: String,
    /// While it is made: bytes done, bytes in all.
    pub progress: Option<(u64, u64)>,
}
