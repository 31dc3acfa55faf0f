//! Whether a file leads from its first byte to its end, told by the lengths it is made of and nothing else: no pixel is
//! decoded and nothing is allocated. Pictures with codes of their own to walk have it beside their decoder (`jpeg`,
//! `png`); here are GIF, WebP, BMP and the containers of videos.

use crate::{Kind, Refused, refused::undecodable};

/// A size in pixels.
pub struct Size {
    pub width: u32,
    pub height: u32,
}

fn cut() -> Refused {
    undecodable("its end is missing")
}

fn little(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u32::from_le_bytes(*bytes.get(at..)?.first_chunk::<4>()?)))
}

fn number(value: u64) -> Option<usize> {
    usize::try_from(value).ok()
}

/// Walks a GIF block by block to its trailer. Answers with the size of its first frame, which may differ from the
/// canvas's.
pub fn gif(bytes: &[u8]) -> Result<Size, Refused> {
    gif_blocks(bytes).ok_or_else(cut)?.ok_or_else(|| undecodable("it holds no picture"))
}

fn gif_blocks(bytes: &[u8]) -> Option<Option<Size>> {
    let palette = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + palette(*bytes.get(10)?);
    let mut first = None;
    loop {
        let block = bytes.get(at..)?;
        let start = match block.first()? {
            0x3b => return Some(first),
            0x21 => 2,
            0x2c => {
                let [_, _, _, _, _, w, ww, h, hh, flags] = *block.first_chunk::<10>()?;
                first = first.or(Some(Size {
                    width: u32::from(u16::from_le_bytes([w, ww])),
                    height: u32::from(u16::from_le_bytes([h, hh])),
                }));
                11 + palette(flags)
            }
            // Some writers pad between blocks; decoders pass over it.
            0 => {
                at += 1;
                continue;
            }
            _ => return None,
        };
        at += start;
        while let length @ 1.. = *bytes.get(at)? {
            at += 1 + usize::from(length);
        }
        at += 1;
    }
}

/// Walks a WebP chunk by chunk. Answers with the size its header says.
pub fn webp(bytes: &[u8]) -> Result<(u32, u32), Refused> {
    riff(bytes).ok_or_else(cut)?;
    webp_size(bytes).ok_or_else(|| undecodable("its header is missing"))
}

fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let body = bytes.get(20..30)?;
    let [a, b, c, d, e, f, g, h, i, j] = *body.first_chunk::<10>()?;
    match bytes.get(12..16)? {
        b"VP8X" => Some((u32::from_le_bytes([e, f, g, 0]) + 1, u32::from_le_bytes([h, i, j, 0]) + 1)),
        b"VP8L" => {
            let both = u32::from_le_bytes([b, c, d, e]);
            (a == 0x2f).then_some(((both & 0x3fff) + 1, (both >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => {
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
            Some((side(g, h), side(i, j)))
        }
        _ => None,
    }
}

/// Chunk by chunk to where the header says that the file ends.
fn riff(bytes: &[u8]) -> Option<()> {
    let end = number(little(bytes, 4)?)?.checked_add(8)?;
    // A last chunk of odd length may lack its padding.
    let body = bytes.get(..end).or_else(|| bytes.get(..end.checked_sub(1)?))?;
    let mut at = 12;
    while at + 1 < body.len() {
        let length = number(little(body, at + 4)?)?;
        at = at.checked_add(8)?.checked_add(length)?;
        if at > body.len() {
            return None;
        }
        at += length & 1;
    }
    Some(())
}

/// A BMP without runs has to be as long as its header says that its rows are; its runs are unpacked by the decoder,
/// which forgives none that are missing.
pub fn bmp(bytes: &[u8]) -> Result<(), Refused> {
    let needed = || -> Option<u64> {
        let start = little(bytes, 10)?;
        let small = little(bytes, 14)? == 12;
        let two = |at: usize| Some(u64::from(u16::from_le_bytes(*bytes.get(at..)?.first_chunk::<2>()?)));
        let (width, height, bits) = if small {
            (two(18)?, two(20)?, two(24)?)
        } else {
            let side = |at| Some(u64::from((little(bytes, at)? as u32).cast_signed().unsigned_abs()));
            (side(18)?, side(22)?, two(28)?)
        };
        // 1 and 2: runs; 4 and 5: another format inside.
        if !small && matches!(little(bytes, 30)?, 1 | 2 | 4 | 5) {
            return Some(start);
        }
        start.checked_add((width.checked_mul(bits)?.div_ceil(32) * 4).checked_mul(height)?)
    };
    let needed = needed().ok_or_else(|| undecodable("its header is cut short"))?;
    if needed > bytes.len() as u64 { Err(cut()) } else { Ok(()) }
}

/// Checks a video's container. One written as a stream (Matroska without lengths, MP4 whose last box runs to the end)
/// cannot be told from one cut short; neither can what is missing inside a box.
pub fn video(kind: Kind, bytes: &[u8]) -> Result<(), Refused> {
    match kind {
        Kind::Mp4 | Kind::Mov => boxes(bytes).ok_or_else(cut),
        Kind::Mkv | Kind::Webm => elements(bytes).ok_or_else(cut),
        Kind::Avi => lists(bytes).ok_or_else(cut),
        _ => Ok(()),
    }
}

/// The outermost boxes; trailing bytes too few for one are passed over.
fn boxes(bytes: &[u8]) -> Option<()> {
    let mut at = 0_usize;
    while let Some(head) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let [a, b, c, d, ..] = *head;
        let length = match u32::from_be_bytes([a, b, c, d]) {
            0 => return Some(()),
            1 => u64::from_be_bytes(*bytes.get(at + 8..)?.first_chunk::<8>()?),
            short => u64::from(short),
        };
        if length < 8 {
            return None;
        }
        at = at.checked_add(number(length)?)?;
    }
    (at <= bytes.len()).then_some(())
}

/// The outermost EBML elements (RFC 8794).
fn elements(bytes: &[u8]) -> Option<()> {
    let mut at = 0_usize;
    while let Some(first) = bytes.get(at) {
        let id = first.leading_zeros() as usize + 1;
        let rest = bytes.get(at.checked_add(id)?..)?;
        let first = *rest.first()?;
        let wide = first.leading_zeros() as usize + 1;
        if id > 4 || wide > 8 {
            return None;
        }
        let value =
            rest.get(1..wide)?.iter().fold(u64::from(first) & ((1 << (8 - wide)) - 1), |v, b| v << 8 | u64::from(*b));
        if value == (1 << (7 * wide)) - 1 {
            return Some(());
        }
        at = at.checked_add(id + wide)?.checked_add(number(value)?)?;
    }
    (at == bytes.len()).then_some(())
}

/// The outermost lists of an AVI; a large one has several.
fn lists(bytes: &[u8]) -> Option<()> {
    let mut at = 0_usize;
    while bytes.get(at..).is_some_and(|rest| rest.starts_with(b"RIFF")) {
        let length = number(little(bytes, at + 4)?)?;
        at = at.checked_add(8 + length + (length & 1))?;
    }
    // The last one's padding may be missing.
    (at > 0 && at <= bytes.len() + 1).then_some(())
}
