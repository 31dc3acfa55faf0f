//! The one font of reports: DejaVu Sans with the letters of Europe's languages, embedded whole.

use super::BadFont;
use std::collections::BTreeMap;
use ttf_parser::{Face, GlyphId};

/// The font's file; its licence stands beside it.
pub const FILE: &[u8] = include_bytes!("../../assets/DejaVuSans-latin-greek-cyrillic.ttf");
/// What stands for a letter that the font does not have.
const MISSING: char = '\u{fffd}';

/// The font, and which of its glyphs were used for which character.
pub struct Font {
    face: Face<'static>,
    missing: GlyphId,
    /// Glyph, and the character it shows.
    pub used: BTreeMap<u16, char>,
}

impl Font {
    /// The font that ships.
    pub fn shipped() -> Result<Self, BadFont> {
        let face = Face::parse(FILE, 0).map_err(|_| BadFont)?;
        let missing = face.glyph_index(MISSING).ok_or(BadFont)?;
        Ok(Self { face, missing, used: BTreeMap::new() })
    }

    fn glyph(&self, letter: char) -> (GlyphId, char) {
        match self.face.glyph_index(letter).filter(|g| g.0 != 0) {
            Some(glyph) => (glyph, letter),
            None => (self.missing, MISSING),
        }
    }

    /// Thousandths of the font's size that a number of its units are.
    pub fn thousandths(&self, units: impl Into<f32>) -> f32 {
        units.into() * 1000.0 / f32::from(self.face.units_per_em())
    }

    /// How wide a glyph is, in thousandths of the font's size.
    pub fn width_of(&self, glyph: u16) -> f32 {
        self.thousandths(self.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or_default())
    }

    /// How wide a character is at a size, in points.
    pub fn width(&self, letter: char, size: f32) -> f32 {
        self.width_of(self.glyph(letter).0.0) * size / 1000.0
    }

    /// A text as the glyphs that show it, two bytes each.
    pub fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 * text.len());
        for letter in text.chars() {
            let (glyph, shown) = self.glyph(letter);
            self.used.entry(glyph.0).or_insert(shown);
            bytes.extend_from_slice(&glyph.0.to_be_bytes());
        }
        bytes
    }

    /// The face itself, for its measures.
    pub fn face(&self) -> &Face<'static> {
        &self.face
    }
}
