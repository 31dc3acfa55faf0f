//! The degraded preview: enough to find a picture again that one has seen, not enough to see it.
//!
//! It is drawn from the 64 by 64 raster of luma that PDQ hashes and from nothing else, so it cannot hold more than that.

use crate::pdq::{SIDE, Small};
use image::{GrayImage, ImageFormat, Luma, imageops};
use std::io::Cursor;

/// Radius of the blur, in pixels of the preview.
const BLUR: f32 = 1.5;

/// A grey, blurred PNG of a picture `width` by `height` pixels large: its longest side is at most 64 pixels and never
/// longer than the picture's own. `None` if it cannot be encoded, which is not known to happen.
pub fn preview(small: &Small, width: u32, height: u32) -> Option<Vec<u8>> {
    let (across, down) = (side(width, width.max(height)), side(height, width.max(height)));
    let grey = GrayImage::from_fn(across, down, |x, y| Luma([cell(small, span(x, across), span(y, down))]));
    let mut png = Cursor::new(Vec::new());
    imageops::blur(&grey, BLUR).write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

/// A side of the preview, from a side of the picture and its longest.
fn side(own: u32, longest: u32) -> u32 {
    let most = SIDE as u32;
    if longest <= most { own } else { (u64::from(own) * u64::from(most) / u64::from(longest)).max(1) as u32 }
}

/// Which of the raster's 64 rows or columns one pixel of the preview covers: where they start, how many there are.
fn span(at: u32, of: u32) -> (usize, usize) {
    let edge = |at: u32| at as usize * SIDE / of.max(1) as usize;
    (edge(at), (edge(at + 1) - edge(at)).max(1))
}

fn cell(small: &Small, (left, across): (usize, usize), (top, down): (usize, usize)) -> u8 {
    let rows = small.iter().skip(top).take(down);
    let sum: f32 = rows.flat_map(|row| row.iter().skip(left).take(across)).sum();
    (sum / (across * down) as f32).round() as u8
}

#[cfg(test)]
mod tests {
    use super::{SIDE, preview, side};

    #[test]
    fn sides_keep_their_ratio_and_are_never_none() {
        assert_eq!((side(4000, 4000), side(3000, 4000)), (64, 48));
        assert_eq!((side(1, 50_000_000), side(20, 20), side(65, 65)), (1, 20, 64));
    }

    #[test]
    fn md_4_a_preview_knows_nothing_but_the_small_raster() {
        let small = std::array::from_fn(|y| std::array::from_fn(|x| ((x * 7 + y * 13) % 256) as f32));
        let png = preview(&small, 640, 480).unwrap();
        assert_eq!(png, preview(&small, 6400, 4800).unwrap(), "of any picture with this raster and this ratio");
        let chunks: Vec<&[u8]> = [b"IHDR", b"IDAT", b"IEND"].map(|name| name.as_slice()).to_vec();
        let mut at = 8;
        while at < png.len() {
            let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
            assert!(chunks.contains(&&png[at + 4..at + 8]), "no chunk but the picture's");
            at += length + 12;
        }
        let grey = image::load_from_memory(&png).unwrap();
        assert_eq!((grey.width() as usize, grey.height(), grey.color()), (SIDE, 48, image::ColorType::L8));
    }
}
