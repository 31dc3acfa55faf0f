//! Hash sets of no particular partner: tables, lines of text, the forms of forensic tools, and the format of our own.
//!
//! | form | read | written |
//! | --- | --- | --- |
//! | CSV, any order of columns | [`csv::read`] | [`csv::Writer`] |
//! | NSRL RDS 2.x `NSRLFile.txt` | [`nsrl::read`] | [`nsrl::Writer`] |
//! | hashdeep 1.0 | [`hashdeep::read`] | [`hashdeep::Writer`] |
//! | X-Ways text, one digest a line, md5sum | [`lines::read`] | [`lines::Writer`] |
//! | JSON Lines of our own, without loss | [`jsonl::read`] | [`jsonl::Writer`] |

pub mod columns;
pub mod csv;
pub mod hashdeep;
pub mod jsonl;
pub mod lines;
pub mod nsrl;
mod text;

/// A file name for a record: its id, of letters that no form has to quote.
fn name_of(record: &hashlists::Record) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' };
    record.id.as_deref().unwrap_or("unnamed").chars().take(200).map(plain).collect()
}
