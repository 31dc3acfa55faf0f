//! When a disclosure is live: the one place that says so. Everything an LEA sees rests on it: not withdrawn, and given by
//! the network's default lane or by a version of an agreement that binds at this moment (view `agreement_in_force`:
//! countersigned, begun, not over, not suspended, no newer version in its place). Row-level security says the same.
//!
//! Each function writes a condition for the alias of a row; `now` is the number of the value that holds the time of the
//! transaction, see [`at`].

use storage::Tx;

/// The value that conditions here compare with.
pub fn at(tx: &Tx) -> sea_orm::Value {
    tx.now().micros().into()
}

/// A row of `disclosure` is live.
pub fn live(row: &str, now: usize) -> String {
    format!("({row}.withdrawn_at IS NULL AND {})", in_force(row, now))
}

/// A row of `police_case` has something live in it. Where all its disclosures rest on one version, that version is asked
/// and not each disclosure.
pub fn case_live(case: &str, now: usize) -> String {
    let (alone, any) = (in_force(case, now), live("given", now));
    format!(
        "({case}.items > 0 AND CASE WHEN {case}.mixed
            THEN EXISTS (SELECT 1 FROM disclosure given WHERE given.case_id = {case}.id AND {any}) ELSE {alone} END)"
    )
}

/// What the row names as its ground, `agreement_id` and `agreement_version`, binds.
fn in_force(row: &str, now: usize) -> String {
    format!(
        "({row}.agreement_id IS NULL OR EXISTS (SELECT 1 FROM agreement_in_force f
            WHERE f.agreement_id = {row}.agreement_id AND f.version = {row}.agreement_version
            AND f.live_from <= ${now} AND ${now} < f.live_until))"
    )
}
