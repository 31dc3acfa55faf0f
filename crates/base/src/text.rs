//! Free text as people type it: trimmed, bounded, without control characters. Applied at the edge, once.

use crate::Refusal;

/// Text of one to `most` characters after trimming; control characters other than newline and tab are refused, and so
/// are the bidirectional overrides that make a text read other than it is stored (CVE-2021-42574).
pub fn text(field: &'static str, value: &str, most: usize) -> Result<String, Refusal> {
    let value = value.trim();
    if value.is_empty() {
        return Err(Refusal::new(field, "missing", format!("`{field}` is empty, give a value")));
    }
    if value.chars().count() > most {
        return Err(Refusal::new(field, "too-long", format!("`{field}` has more than {most} characters, shorten it")));
    }
    if value.chars().any(unprintable) {
        return Err(Refusal::new(field, "bad-character", format!("`{field}` has control characters, remove them")));
    }
    Ok(value.to_owned())
}

/// Like [`text`], but nothing and blank are both `None`.
pub fn text_opt(field: &'static str, value: Option<&str>, most: usize) -> Result<Option<String>, Refusal> {
    match value.map(str::trim) {
        None | Some("") => Ok(None),
        Some(value) => text(field, value, most).map(Some),
    }
}

/// Like [`text`], and without line breaks: for names, purposes and everything that is written on one line of a log.
pub fn one_line(field: &'static str, value: &str, most: usize) -> Result<String, Refusal> {
    let value = text(field, value, most)?;
    if value.contains(['\n', '\t']) {
        return Err(Refusal::new(field, "bad-character", format!("`{field}` has line breaks, write it on one line")));
    }
    Ok(value)
}

fn unprintable(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_3_length_at_the_limit_and_one_past_it() {
        assert!(text("note", &"x".repeat(10), 10).is_ok());
        assert_eq!(text("note", &"x".repeat(11), 10).map_err(|r| r.rule), Err("too-long"));
    }

    #[test]
    fn in_4_line_breaks_and_bidi_do_not_reach_a_log_line() {
        for bad in ["a\nb", "a\u{1b}[31m", "a\u{202e}b", "a\0b"] {
            assert_eq!(one_line("purpose", bad, 100).map_err(|r| r.rule), Err("bad-character"), "{bad:?}");
        }
    }
}
