//! The table: `;` between cells, headings in any order and case, at least MD5 and Baseline of them, rows may be short.
//! `Baseline` yes is a verdict, [`REGION`] and `baseline`; no is none. What it is worth is the list's: it is imported as a
//! list of its own.

use crate::{
    Done, Limits, Row,
    sets::{columns::Column, csv},
};
use std::{io::Read, ops::ControlFlow};

/// Whose verdict it is.
pub const REGION: &str = "INTERPOL";
/// Name before the point in [`hashlists::Rest`].
pub const FORMAT: &str = "icse";

/// Reads the table. Columns that are no field of ours, such as the number of submissions, are kept.
pub fn read(input: impl Read, limits: &Limits, each: impl FnMut(Row) -> ControlFlow<()>) -> Done {
    let settings = csv::Settings {
        delimiter: Some(b';'),
        region: Some(REGION.into()),
        format: Some(FORMAT),
        required: &[Column::Md5, Column::Baseline],
        ..csv::Settings::default()
    };
    csv::read(input, limits, &settings, each)
}
