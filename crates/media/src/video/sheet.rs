//! The contact sheet: up to 16 frames of a video in a square, evenly spread over what was looked at.

use crate::rendition::{MOST_SIDE, Rows, fitted};
use image::{RgbImage, imageops};

/// Frames in a row and rows.
const ACROSS: u32 = 4;
/// Longest side of a frame on it, in pixels.
const SIDE: u32 = MOST_SIDE / ACROSS;
/// Thumbnails that are held, at most: when there are so many, every second is dropped and only every second one more is
/// taken. So how many frames there will be need not be known.
const MOST: usize = 2 * (ACROSS * ACROSS) as usize;

/// Thumbnails of the frames so far.
pub struct Sheet {
    thumbnails: Vec<RgbImage>,
    seen: usize,
    /// Every how many frames one is taken.
    every: usize,
}

impl Default for Sheet {
    fn default() -> Self {
        Self { thumbnails: Vec::new(), seen: 0, every: 1 }
    }
}

impl Sheet {
    /// Whether the next frame is one to take.
    pub fn wants(&self) -> bool {
        self.seen.is_multiple_of(self.every)
    }

    /// What a frame of this size is to be shrunk by.
    pub fn rows(width: u32, height: u32) -> Rows {
        let (across, down) = fitted(width, height, SIDE, SIDE);
        Rows::new(width, height, across, down)
    }

    /// Counts the next frame, with its rows if it was wanted.
    pub fn take(&mut self, rows: Option<Rows>) {
        self.seen += 1;
        self.thumbnails.extend(rows.and_then(Rows::finish));
        if self.thumbnails.len() == MOST {
            let mut at = 0;
            self.thumbnails.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            self.every *= 2;
        }
    }

    /// The sheet; `None` without a frame.
    pub fn picture(&self) -> Option<RgbImage> {
        let most = (ACROSS * ACROSS) as usize;
        let count = self.thumbnails.len().min(most);
        let chosen = (0..count).filter_map(|at| self.thumbnails.get(at * self.thumbnails.len() / count));
        let chosen: Vec<&RgbImage> = chosen.collect();
        let (width, height) = chosen.first()?.dimensions();
        // As square as can be: one frame alone, two to four in two columns, and so on.
        let across = (1..=ACROSS).find(|side| (side * side) as usize >= count)?;
        let mut sheet = RgbImage::new(width * across, height * (count as u32).div_ceil(across));
        for (place, thumbnail) in (0..).zip(chosen) {
            let (x, y) = (place % across * width, place / across * height);
            imageops::replace(&mut sheet, thumbnail, i64::from(x), i64::from(y));
        }
        Some(sheet)
    }
}

#[cfg(test)]
mod tests {
    use super::Sheet;

    /// A sheet of frames 8 by 4, each with its number as grey.
    fn sheet(frames: u8) -> Vec<u8> {
        let mut sheet = Sheet::default();
        for grey in 0..frames {
            let mut rows = sheet.wants().then(|| Sheet::rows(8, 4));
            for _ in 0..4 {
                rows.iter_mut().for_each(|rows| rows.take(&[grey; 24]));
            }
            sheet.take(rows);
        }
        let picture = sheet.picture().unwrap();
        let corners = (0..picture.height() / 4).flat_map(|y| (0..picture.width() / 8).map(move |x| (x * 8, y * 4)));
        corners.map(|(x, y)| picture.get_pixel(x, y).0[0]).collect()
    }

    #[test]
    fn frames_stand_in_order_and_are_spread_over_the_whole() {
        assert_eq!(sheet(1), [0]);
        assert_eq!(sheet(3), [0, 1, 2, 0], "the last place stays black");
        assert_eq!(sheet(16), (0..16).collect::<Vec<u8>>());
        let many = sheet(200);
        assert!(many.is_sorted() && many.len() == 16 && many[15] > 160, "{many:?}");
        assert!(Sheet::default().picture().is_none());
    }
}
