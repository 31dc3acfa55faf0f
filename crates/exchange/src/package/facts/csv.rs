//! `facts.csv`: one line an item, safe to open in a spreadsheet: every cell is quoted, and a cell that a spreadsheet would take
//! for a formula begins with an apostrophe (IN-8).

use super::media_path;
use reports::package::{Contents, ItemFacts};

const COLUMNS: [&str; 26] = [
    "item",
    "class",
    "class_country",
    "age_group",
    "gender",
    "note",
    "judged_by",
    "judged_at",
    "url",
    "sha256",
    "sha1",
    "md5",
    "pdq",
    "media_type",
    "size_bytes",
    "width_pixels",
    "height_pixels",
    "duration_ms",
    "file",
    "agreement",
    "version",
    "clause",
    "disclosed_width",
    "file_disclosed",
    "reason",
    "disclosed_at",
];

/// The table.
pub fn write(contents: &Contents) -> Vec<u8> {
    let mut out = Vec::new();
    line(&mut out, &COLUMNS.map(String::from));
    for item in &contents.items {
        line(&mut out, &cells(item));
    }
    out
}

fn cells(item: &ItemFacts) -> [String; 26] {
    let (judged, given, file) = (&item.judged, &item.given, item.file.as_ref());
    let of = |read: fn(&reports::package::FileFacts) -> String| file.map(read).unwrap_or_default();
    let counted = |n: i64| if n > 0 { n.to_string() } else { String::new() };
    [
        item.id.to_string(),
        judged.class.word().into(),
        judged.country.map(|c| c.to_string()).unwrap_or_default(),
        judged.age_group.word().into(),
        judged.gender.word().into(),
        judged.note.clone().unwrap_or_default(),
        judged.by.clone(),
        judged.at.to_string(),
        item.url.clone().unwrap_or_default(),
        of(|f| f.sha256.clone()),
        of(|f| f.sha1.clone()),
        of(|f| f.md5.clone()),
        of(|f| f.pdq.as_ref().map(|(bits, _)| bits.clone()).unwrap_or_default()),
        of(|f| f.kind.clone()),
        of(|f| f.size.to_string()),
        file.map(|f| counted(f.width)).unwrap_or_default(),
        file.map(|f| counted(f.height)).unwrap_or_default(),
        of(|f| f.duration_ms.map(|n| n.to_string()).unwrap_or_default()),
        item.open.as_ref().map(|(_, sha256)| media_path(sha256)).unwrap_or_default(),
        given.agreement.clone(),
        given.version.to_string(),
        given.clause.clone(),
        given.width.word().into(),
        if given.media { "yes" } else { "no" }.into(),
        given.reason.clone(),
        given.at.to_string(),
    ]
}

fn line(out: &mut Vec<u8>, cells: &[String]) {
    for (n, cell) in cells.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        out.extend_from_slice(quoted(cell).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// A cell, quoted; on one line, and never a formula.
pub(super) fn quoted(cell: &str) -> String {
    let plain: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mark = if is_formula(&plain) { "'" } else { "" };
    format!("\"{mark}{}\"", plain.replace('"', "\"\""))
}

/// Whether a spreadsheet may take a cell for a formula: what counts is its first letter, wide forms too, behind blanks.
fn is_formula(cell: &str) -> bool {
    let first = cell.chars().find(|c| !c.is_whitespace() && !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}'));
    first.is_some_and(|c| "=+-@|%＝＋－＠−".contains(c)) || cell.starts_with(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_8_no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r\n=1", "\u{feff}=1", "＝1", "\u{a0}=1", "|calc"]
        {
            assert!(quoted(bad).starts_with("\"'"), "{bad:?}");
        }
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(quoted("https://a.example/=1"), "\"https://a.example/=1\"");
        assert_eq!(quoted("a\r\n=1"), "\"a  =1\"", "one line");
    }
}
