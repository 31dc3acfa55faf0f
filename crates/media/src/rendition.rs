//! The display rendition: the picture on a screen, and nothing else of the file.

use crate::raster::Raster;
use image::{ExtendedColorType, ImageEncoder, RgbImage, codecs::jpeg::JpegEncoder, imageops};

/// Longest side, in pixels.
pub const MOST_SIDE: u32 = 1600;
/// Of JPEG, 0 to 100.
const QUALITY: u8 = 80;

/// A JPEG of a picture, turned as `orientation` (Exif: 1 to 8) says.
pub fn of(picture: &Raster, orientation: u8) -> Option<Vec<u8>> {
    let (width, height) = fitted(picture.width, picture.height, MOST_SIDE, MOST_SIDE);
    jpeg(&turned(shrunk(picture, width, height)?, orientation))
}

/// A picture as JPEG, without metadata.
pub fn jpeg(picture: &RgbImage) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, QUALITY);
    encoder.write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8).ok()?;
    Some(file)
}

/// The largest size of the same shape that fits, never larger than the picture itself.
pub fn fitted(width: u32, height: u32, most_width: u32, most_height: u32) -> (u32, u32) {
    let (w, h) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let (mw, mh) = (u64::from(most_width).min(w), u64::from(most_height).min(h));
    let (across, down) = if w * mh > h * mw { (mw, h * mw / w) } else { (w * mh / h, mh) };
    (across.max(1) as u32, down.max(1) as u32)
}

/// Each pixel the mean of those it covers.
fn shrunk(picture: &Raster, width: u32, height: u32) -> Option<RgbImage> {
    let mut rows = Rows::new(picture.width, picture.height, width, height);
    let row_bytes = picture.width as usize * picture.channels * if picture.deep { 2 } else { 1 };
    let mut rgb = Vec::with_capacity(picture.width as usize * 3);
    for row in picture.pixels.chunks_exact(row_bytes.max(1)) {
        rgb.clear();
        if picture.deep {
            let high = row.as_chunks::<2>().0.iter().map(|two| (u16::from_ne_bytes(*two) >> 8) as u8);
            let narrow: Vec<u8> = high.collect();
            over_white(&narrow, picture.channels, &mut rgb);
        } else {
            over_white(row, picture.channels, &mut rgb);
        }
        rows.take(&rgb);
    }
    rows.finish()
}

fn over_white(row: &[u8], channels: usize, rgb: &mut Vec<u8>) {
    let mix = |value: u8, alpha: u8| ((u32::from(value) * u32::from(alpha) + 255 * u32::from(255 - alpha)) / 255) as u8;
    match channels {
        1 => rgb.extend(row.iter().flat_map(|grey| [*grey; 3])),
        2 => rgb.extend(row.as_chunks::<2>().0.iter().flat_map(|[grey, alpha]| [mix(*grey, *alpha); 3])),
        3 => rgb.extend(row),
        _ => {
            rgb.extend(row.as_chunks::<4>().0.iter().flat_map(|[r, g, b, a]| [*r, *g, *b].map(|value| mix(value, *a))))
        }
    }
}

/// Shrinks a picture whose rows come one after another.
pub struct Rows {
    from: (u32, u32),
    to: (u32, u32),
    /// For each pixel of a row, where it goes.
    columns: Vec<u32>,
    sums: Vec<[u32; 4]>,
    seen: u32,
    done: Vec<u8>,
}

impl Rows {
    pub fn new(width: u32, height: u32, to_width: u32, to_height: u32) -> Self {
        let columns = (0..u64::from(width)).map(|x| (x * u64::from(to_width) / u64::from(width)) as u32).collect();
        let sums = vec![[0; 4]; to_width as usize];
        let done = Vec::with_capacity(to_width as usize * to_height as usize * 3);
        Self { from: (width, height), to: (to_width, to_height), columns, sums, seen: 0, done }
    }

    /// Takes the next row, as RGB.
    pub fn take(&mut self, rgb: &[u8]) {
        for ([r, g, b], to) in rgb.as_chunks::<3>().0.iter().zip(&self.columns) {
            if let Some([red, green, blue, many]) = self.sums.get_mut(*to as usize) {
                *red += u32::from(*r);
                *green += u32::from(*g);
                *blue += u32::from(*b);
                *many += 1;
            }
        }
        let row = |at: u32| u64::from(at) * u64::from(self.to.1) / u64::from(self.from.1.max(1));
        let here = row(self.seen);
        self.seen += 1;
        if row(self.seen) > here {
            for [red, green, blue, many] in &mut self.sums {
                let mean = |sum: u32| ((sum + *many / 2) / (*many).max(1)) as u8;
                self.done.extend([mean(*red), mean(*green), mean(*blue)]);
                (*red, *green, *blue, *many) = (0, 0, 0, 0);
            }
        }
    }

    /// `None` when rows are missing.
    pub fn finish(self) -> Option<RgbImage> {
        RgbImage::from_raw(self.to.0, self.to.1, self.done)
    }
}

fn turned(picture: RgbImage, orientation: u8) -> RgbImage {
    match orientation {
        2 => imageops::flip_horizontal(&picture),
        3 => imageops::rotate180(&picture),
        4 => imageops::flip_vertical(&picture),
        5 => imageops::flip_horizontal(&imageops::rotate90(&picture)),
        6 => imageops::rotate90(&picture),
        7 => imageops::flip_horizontal(&imageops::rotate270(&picture)),
        8 => imageops::rotate270(&picture),
        _ => picture,
    }
}

#[cfg(test)]
mod tests {
    use super::{fitted, of};
    use crate::raster::Raster;

    #[test]
    fn sizes_keep_their_shape_and_never_grow() {
        assert_eq!(fitted(4000, 3000, 1600, 1600), (1600, 1200));
        assert_eq!(fitted(3000, 4000, 1600, 1600), (1200, 1600));
        assert_eq!((fitted(20, 10, 1600, 1600), fitted(60_000, 1, 1600, 1600)), ((20, 10), (1600, 1)));
        assert_eq!(fitted(1920, 1080, 400, 400), (400, 225));
    }

    #[test]
    fn what_is_transparent_lies_over_white() {
        let pixels = [[9, 9, 9, 0]; 64].concat();
        let file = of(&Raster { width: 8, height: 8, channels: 4, deep: false, pixels }, 1).unwrap();
        assert_eq!(image::load_from_memory(&file).unwrap().to_rgb8().get_pixel(4, 4).0, [255; 3]);
    }

    #[test]
    fn each_of_the_eight_turns_puts_the_marked_corner_where_exif_says() {
        // The corner of the stored picture that stands at the top left: Exif 2.32, table of orientations.
        let corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0), (0, 1), (1, 1), (1, 0)];
        for (turn, (x, y)) in (1_u8..).zip(corners) {
            let dark = |at: usize| (at % 16 < 8) == (x == 0) && (at / 16 < 8) == (y == 0);
            let pixels = (0..256).map(|at| if dark(at) { 0 } else { 255 }).collect();
            let file = of(&Raster { width: 16, height: 16, channels: 1, deep: false, pixels }, turn).unwrap();
            let upright = image::load_from_memory(&file).unwrap().to_luma8();
            assert!(upright.get_pixel(3, 3).0[0] < 60, "orientation {turn}");
            assert!(upright.get_pixel(12, 12).0[0] > 200, "orientation {turn}");
        }
    }
}
