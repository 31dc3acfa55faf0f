//! What a camera noted in a picture (Exif 2.32, a TIFF structure; in JPEG, PNG, WebP, and TIFF itself).
//!
//! A reader of our own: it looks for nine values at fixed places and copies none but these, so that a block made of
//! lies costs nothing. What makes no sense is left out; no picture is refused for it.

use crate::{Device, Kind};

/// Longest text kept, in characters.
const MOST_TEXT: usize = 200;
/// Entries of one directory that are looked at.
const MOST_ENTRIES: usize = 512;

/// The device's facts; `None` when there is nothing.
pub fn device(kind: Kind, bytes: &[u8]) -> Option<Device> {
    let tiff = Tiff::open(block(kind, bytes)?)?;
    let main = tiff.first()?;
    let camera = main.directory(0x8769);
    let place = main.directory(0x8825);
    let own = |tag| camera.as_ref().and_then(|camera| camera.text(tag));
    let degrees = |value, side, negative: &str, most: f64| {
        let place = place.as_ref()?;
        let degrees = place.degrees(value)?;
        let degrees = if place.text(side)?.eq_ignore_ascii_case(negative) { -degrees } else { degrees };
        (degrees.abs() <= most).then_some(degrees)
    };
    let (latitude, longitude) = (degrees(2, 1, "S", 90.0), degrees(4, 3, "W", 180.0));
    let device = Device {
        make: main.text(0x010f),
        model: main.text(0x0110),
        serial: own(0xa431),
        software: main.text(0x0131),
        taken: own(0x9003).and_then(|when| taken(&when, own(0x9011))),
        // One without the other is no place.
        latitude: latitude.filter(|_| longitude.is_some()),
        longitude: longitude.filter(|_| latitude.is_some()),
    };
    (device != Device::default()).then_some(device)
}

/// How the picture has to be turned to stand upright: 1 to 8, where 1 is not at all.
pub fn orientation(kind: Kind, bytes: &[u8]) -> u8 {
    let noted = || block(kind, bytes).and_then(Tiff::open)?.first()?.number(0x0112);
    noted().and_then(|turn| u8::try_from(turn).ok()).filter(|turn| (1..=8).contains(turn)).unwrap_or(1)
}

/// `2026:03:01 14:05:00` as `2026-03-01 14:05:00`, with the offset (`+01:00`) when one is noted. Only the form is
/// checked: cameras are set wrong, and that too is a fact.
fn taken(when: &str, offset: Option<String>) -> Option<String> {
    let like = |text: &str, form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(t, f)| if f == b'0' { t.is_ascii_digit() } else { t == f })
    };
    if !like(when, "0000:00:00 00:00:00") || when.starts_with("0000:00:00") {
        return None;
    }
    let offset = offset.filter(|offset| like(offset, "+00:00") || like(offset, "-00:00"));
    Some(format!("{}{}", when.replacen(':', "-", 2), offset.unwrap_or_default()))
}

/// Where the Exif structure lies in a file.
fn block(kind: Kind, bytes: &[u8]) -> Option<&[u8]> {
    match kind {
        Kind::Jpeg => in_jpeg(bytes),
        Kind::Png => in_png(bytes),
        // Some writers put the JPEG segment's prefix before it.
        Kind::Webp => in_webp(bytes).map(|block| block.strip_prefix(b"Exif\0\0").unwrap_or(block)),
        Kind::Tiff => Some(bytes),
        Kind::Gif | Kind::Bmp | Kind::Mp4 | Kind::Webm | Kind::Mov | Kind::Mkv | Kind::Avi => None,
    }
}

/// The first application segment of this name before the picture's data.
fn in_jpeg(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 2;
    loop {
        let [0xff, marker, high, low] = *bytes.get(at..)?.first_chunk::<4>()? else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let body = bytes.get(at + 4..at + 2 + length);
        match marker {
            0xff => at += 1,
            0xd9 | 0xda => return None,
            0xe1 if body.is_some_and(|body| body.starts_with(b"Exif\0\0")) => return body?.get(6..),
            _ => at += 2 + length,
        }
    }
}

fn in_png(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 8_usize;
    loop {
        let [a, b, c, d, name @ ..] = *bytes.get(at..)?.first_chunk::<8>()?;
        let end = at.checked_add(8)?.checked_add(usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?)?;
        match &name {
            b"eXIf" => return bytes.get(at + 8..end),
            b"IEND" => return None,
            _ => at = end.checked_add(4)?,
        }
    }
}

fn in_webp(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 12_usize;
    loop {
        let [name @ .., a, b, c, d] = *bytes.get(at..)?.first_chunk::<8>()?;
        let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?;
        let end = at.checked_add(8)?.checked_add(length)?;
        if &name == b"EXIF" {
            return bytes.get(at + 8..end);
        }
        at = end.checked_add(length & 1)?;
    }
}

/// A TIFF structure (TIFF 6.0, section 2). Offsets count from its start.
#[derive(Clone, Copy)]
struct Tiff<'a> {
    bytes: &'a [u8],
    little: bool,
}

/// One of its directories.
struct Directory<'a> {
    tiff: Tiff<'a>,
    entries: &'a [[u8; 12]],
}

impl<'a> Tiff<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let little = match bytes.first_chunk::<4>()? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        Some(Self { bytes, little })
    }

    fn short(self, two: [u8; 2]) -> u16 {
        if self.little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) }
    }

    fn long(self, four: [u8; 4]) -> u32 {
        if self.little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }
    }

    fn at(self, offset: u32) -> Option<&'a [u8]> {
        self.bytes.get(usize::try_from(offset).ok()?..)
    }

    fn first(self) -> Option<Directory<'a>> {
        self.directory(self.long(*self.at(4)?.first_chunk::<4>()?))
    }

    fn directory(self, offset: u32) -> Option<Directory<'a>> {
        let (many, entries) = self.at(offset)?.split_first_chunk::<2>()?;
        let entries = entries.as_chunks::<12>().0;
        let many = usize::from(self.short(*many)).min(entries.len()).min(MOST_ENTRIES);
        Some(Directory { tiff: self, entries: entries.get(..many)? })
    }
}

impl<'a> Directory<'a> {
    /// Type, count, and the last four bytes of the entry: the value or where it lies.
    fn entry(&self, tag: u16) -> Option<(u16, u32, &'a [u8; 4])> {
        self.entries.iter().find_map(|entry| {
            let [t, tt, kind, kkind, count @ .., _, _, _, _] = *entry;
            let value = entry.last_chunk::<4>()?;
            let tiff = self.tiff;
            (tiff.short([t, tt]) == tag).then(|| (tiff.short([kind, kkind]), tiff.long(count), value))
        })
    }

    fn directory(&self, tag: u16) -> Option<Directory<'a>> {
        self.tiff.directory(self.number(tag)?)
    }

    /// A single SHORT or LONG.
    fn number(&self, tag: u16) -> Option<u32> {
        match self.entry(tag)? {
            (3, 1, [a, b, ..]) => Some(u32::from(self.tiff.short([*a, *b]))),
            (4 | 13, 1, value) => Some(self.tiff.long(*value)),
            _ => None,
        }
    }

    /// ASCII up to its first zero byte; other bytes than UTF-8 become question marks in a box.
    fn text(&self, tag: u16) -> Option<String> {
        let (2, count, value) = self.entry(tag)? else { return None };
        let bytes = if count <= 4 { value.as_slice() } else { self.tiff.at(self.tiff.long(*value))? };
        // Four bytes are the most that a character takes.
        let many = usize::try_from(count).ok()?.min(MOST_TEXT * 4);
        let bytes = bytes.get(..many)?.split(|byte| *byte == 0).next()?;
        let text: String = String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).take(MOST_TEXT).collect();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Three fractions: degrees, minutes, seconds.
    fn degrees(&self, tag: u16) -> Option<f64> {
        let (5, 3, value) = self.entry(tag)? else { return None };
        let fractions = self.tiff.at(self.tiff.long(*value))?.as_chunks::<8>().0.first_chunk::<3>()?;
        let mut sum = 0.0;
        for ([a, b, c, d, e, f, g, h], parts) in fractions.iter().zip([1.0, 60.0, 3600.0]) {
            let below = self.tiff.long([*e, *f, *g, *h]);
            if below == 0 {
                return None;
            }
            sum += f64::from(self.tiff.long([*a, *b, *c, *d])) / f64::from(below) / parts;
        }
        Some(sum)
    }
}
