//! Reports to print, as PDF/A-2b (ISO 19005-2): text in one embedded font, shades of grey with their profile, metadata in XMP,
//! nothing that runs, links or is loaded from elsewhere. `layout` breaks text into lines and pages, `font` measures it,
//! `archive` has what PDF/A asks for beside the pages, `write` puts the file together.

mod archive;
mod font;
mod layout;
mod write;

use base::Time;

/// What a report says, from top to bottom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A smaller heading.
    Sub(String),
    /// A paragraph.
    Text(String),
    /// A name and what it is.
    Pair(String, String),
    /// A line of a long list, in small letters.
    Small(String),
}

/// A report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// Its title.
    pub title: String,
    /// Who made it, for the metadata.
    pub author: String,
    /// Program that made it.
    pub producer: String,
    /// When.
    pub at: Time,
    /// Stands at the foot of each page.
    pub foot: String,
    /// 16 bytes that name this file alone.
    pub id: [u8; 16],
    /// What it says.
    pub blocks: Vec<Block>,
}

/// Why a report cannot be made: the font that ships with the program is damaged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the font of reports cannot be read")]
pub struct BadFont;

impl Report {
    /// The report as a PDF.
    ///
    /// # Errors
    /// The font that ships is damaged.
    pub fn write(&self) -> Result<Vec<u8>, BadFont> {
        let mut font = font::Font::shipped()?;
        let pages = layout::pages(self, &mut font);
        Ok(write::write(self, &pages, &font))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str) -> Report {
        Report {
            title: "A story".into(),
            author: "Example".into(),
            producer: "cport".into(),
            at: Time::from_micros(1_780_315_200_000_000),
            foot: "foot".into(),
            id: [7; 16],
            blocks: vec![Block::Heading("Heading".into()), Block::Text(text.into())],
        }
    }

    #[test]
    fn a_report_has_what_pdf_a_asks_for_and_nothing_that_runs() {
        let pdf = report("Zażółć gęślą jaźń, Ελληνικά, Кириллица, \u{4e2d}\u{6587}").write().expect("writes");
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.starts_with("%PDF-1.7"));
        for needed in ["/OutputIntents", "/GTS_PDFA1", "/Metadata", "<pdfaid:part>2</pdfaid:part>", "/FontFile2", "/ID"]
        {
            assert!(text.contains(needed), "{needed}");
        }
        for banned in ["/JavaScript", "/JS", "/Launch", "/URI", "/EmbeddedFile", "/Encrypt", "/AA", "/OpenAction"] {
            assert!(!text.contains(banned), "{banned}");
        }
        assert!(!text.rsplit("trailer").next().expect("a trailer").contains("/Info"), "metadata stands in XMP alone");
    }

    #[test]
    fn long_texts_go_over_pages_and_long_words_are_broken() {
        let short = report("short").write().expect("writes");
        let long = report(&"word ".repeat(20_000)).write().expect("writes");
        let word = report(&"x".repeat(100_000)).write().expect("writes");
        let pages = |pdf: &[u8]| String::from_utf8_lossy(pdf).matches("/Type /Page\n").count();
        assert_eq!(pages(&short), 1);
        assert!(pages(&long) > 10 && pages(&word) > 10, "{} {}", pages(&long), pages(&word));
    }
}
