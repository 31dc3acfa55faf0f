//! Blocks into lines, lines onto pages of A4. Measures are points, from the lower left corner.

use super::{Block, Report, font::Font};

/// Width and height of a page.
pub const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 54.0;
const TOP: f32 = PAGE.1 - MARGIN;
const FOOT: f32 = 34.0;
/// Where the second half of a pair begins.
const SECOND: f32 = 150.0;

/// One line of text on a page.
pub struct Line {
    /// From the left.
    pub x: f32,
    /// Of its base line, from below.
    pub y: f32,
    /// Size of its letters.
    pub size: f32,
    /// 0 is black, 1 is white.
    pub gray: f32,
    /// Its glyphs, two bytes each.
    pub glyphs: Vec<u8>,
}

struct Layout<'a> {
    font: &'a mut Font,
    pages: Vec<Vec<Line>>,
    y: f32,
}

/// How a text is set.
#[derive(Clone, Copy)]
struct Style {
    size: f32,
    gray: f32,
    indent: f32,
    before: f32,
}

const TITLE: Style = Style { size: 17.0, gray: 0.0, indent: 0.0, before: 0.0 };
const HEADING: Style = Style { size: 13.0, gray: 0.0, indent: 0.0, before: 14.0 };
const SUB: Style = Style { size: 10.0, gray: 0.0, indent: 0.0, before: 9.0 };
const TEXT: Style = Style { size: 9.0, gray: 0.0, indent: 0.0, before: 3.0 };
const NAME: Style = Style { size: 9.0, gray: 0.35, indent: 0.0, before: 2.0 };
const SMALL: Style = Style { size: 7.0, gray: 0.0, indent: 10.0, before: 1.0 };
const BELOW: Style = Style { size: 7.0, gray: 0.35, indent: 0.0, before: 0.0 };

/// Every page of a report.
pub fn pages(report: &Report, font: &mut Font) -> Vec<Vec<Line>> {
    let mut layout = Layout { font, pages: vec![Vec::new()], y: TOP };
    layout.text(&report.title, TITLE);
    for block in &report.blocks {
        match block {
            Block::Heading(text) => layout.text(text, HEADING),
            Block::Sub(text) => layout.text(text, SUB),
            Block::Text(text) => layout.text(text, TEXT),
            Block::Small(text) => layout.text(text, SMALL),
            Block::Pair(name, value) => layout.pair(name, value),
        }
    }
    layout.feet(&report.foot);
    layout.pages
}

impl Layout<'_> {
    fn text(&mut self, text: &str, style: Style) {
        let lines = self.broken(text, style.size, PAGE.0 - 2.0 * MARGIN - style.indent);
        self.room(style.before, style.size, if style.size > TEXT.size { 3.0 } else { 1.0 });
        for line in lines {
            self.room(0.0, style.size, 1.0);
            self.put(&line, style, MARGIN + style.indent);
            self.y -= 1.35 * style.size;
        }
    }

    fn pair(&mut self, name: &str, value: &str) {
        let lines = self.broken(value, TEXT.size, PAGE.0 - 2.0 * MARGIN - SECOND);
        self.room(NAME.before, NAME.size, 1.0);
        self.put(name, NAME, MARGIN);
        for line in lines {
            self.room(0.0, TEXT.size, 1.0);
            self.put(&line, TEXT, MARGIN + SECOND);
            self.y -= 1.35 * TEXT.size;
        }
    }

    /// Leaves some room, and begins a new page when there is not enough for so many lines.
    fn room(&mut self, before: f32, size: f32, lines: f32) {
        self.y -= before;
        if self.y - 1.35 * size * lines < MARGIN {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    fn put(&mut self, text: &str, style: Style, x: f32) {
        let line =
            Line { x, y: self.y - style.size, size: style.size, gray: style.gray, glyphs: self.font.encode(text) };
        if let Some(page) = self.pages.last_mut() {
            page.push(line);
        }
    }

    /// A text as lines that fit; a word that fits nowhere is broken. Control characters, line feeds too, are blanks.
    fn broken(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let (mut lines, mut line, mut at) = (Vec::new(), String::new(), 0.0);
        let measure = |word: &str| word.chars().map(|c| self.font.width(c, size)).sum::<f32>();
        let blank = self.font.width(' ', size);
        for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()) {
            let wide = measure(word);
            if !line.is_empty() && at + blank + wide > width {
                lines.push(std::mem::take(&mut line));
                at = 0.0;
            }
            if !line.is_empty() {
                line.push(' ');
                at += blank;
            }
            for letter in word.chars() {
                let wide = self.font.width(letter, size);
                if at + wide > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    at = 0.0;
                }
                line.push(letter);
                at += wide;
            }
        }
        lines.push(line);
        lines
    }

    /// What stands below each page.
    fn feet(&mut self, foot: &str) {
        let pages = self.pages.len();
        for (n, page) in self.pages.iter_mut().enumerate() {
            let text = format!("{foot} · {} / {pages}", n + 1);
            let glyphs = self.font.encode(&text);
            page.push(Line { x: MARGIN, y: FOOT, size: BELOW.size, gray: BELOW.gray, glyphs });
        }
    }
}
