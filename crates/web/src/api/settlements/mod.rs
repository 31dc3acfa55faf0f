//! `/api/v1/settlements`: what hash lists settled of the caller's hotline.

pub mod list;
pub mod undo;

use base::Refusal;
use reports::settle::Batch;

/// Which batch: exactly one of these ids is given.
pub fn batch(
    list: Option<&str>,
    hunt: Option<&str>,
    report: Option<&str>,
    entry: Option<&str>,
) -> Result<Batch, Refusal> {
    let bad = |field: &'static str| move |_| Refusal::new(field, "not-an-id", format!("`{field}` is not an id"));
    match (list, hunt, report, entry) {
        (Some(id), None, None, None) => id.parse().map(Batch::List).map_err(bad("list")),
        (None, Some(id), None, None) => id.parse().map(Batch::Hunt).map_err(bad("hunt")),
        (None, None, Some(id), None) => id.parse().map(Batch::Report).map_err(bad("report")),
        (None, None, None, Some(id)) => id.parse().map(Batch::Entry).map_err(bad("entry")),
        _ => Err(Refusal::new("list", "one-batch", "give exactly one of `list`, `hunt`, `report` and `entry`")),
    }
}
