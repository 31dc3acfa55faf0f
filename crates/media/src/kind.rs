//! What a file is, by its first bytes. What it was declared to be counts for nothing here.

use serde::{Deserialize, Serialize};

/// A file type that can be described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// JPEG (ISO/IEC 10918-1).
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// PNG (W3C).
    #[serde(rename = "image/png")]
    Png,
    /// GIF (87a, 89a), moving or not: always a picture here.
    #[serde(rename = "image/gif")]
    Gif,
    /// WebP (RFC 9649), moving or not: always a picture here.
    #[serde(rename = "image/webp")]
    Webp,
    /// Windows bitmap.
    #[serde(rename = "image/bmp")]
    Bmp,
    /// TIFF 6.0 and BigTIFF, and with it what cameras call raw when it holds a plain picture.
    #[serde(rename = "image/tiff")]
    Tiff,
    /// MP4 and its kin (ISO/IEC 14496-12).
    #[serde(rename = "video/mp4")]
    Mp4,
    /// WebM (Matroska with the document type `webm`).
    #[serde(rename = "video/webm")]
    Webm,
    /// QuickTime.
    #[serde(rename = "video/quicktime")]
    Mov,
    /// Matroska (RFC 9559).
    #[serde(rename = "video/x-matroska")]
    Mkv,
    /// AVI.
    #[serde(rename = "video/x-msvideo")]
    Avi,
}

impl Kind {
    /// Every type there is.
    pub const ALL: [Self; 11] = [
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Bmp,
        Self::Tiff,
        Self::Mp4,
        Self::Webm,
        Self::Mov,
        Self::Mkv,
        Self::Avi,
    ];

    /// By the first bytes; `None` for anything else.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => Some(Self::Avi),
            // The fifteenth byte is the length of the header that follows, of which there are seven.
            [b'B', b'M', _, _, _, _, _, _, _, _, _, _, _, _, 12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0, ..] => {
                Some(Self::Bmp)
            }
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Self::Tiff),
            [0x1a, 0x45, 0xdf, 0xa3, ..] => matroska(bytes),
            [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', b' ', b' ', ..] => Some(Self::Mov),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => still_of(bytes).is_none().then_some(Self::Mp4),
            // QuickTime before it had brands.
            [_, _, _, _, b'm', b'o', b'o', b'v', ..] | [_, _, _, _, b'm', b'd', b'a', b't', ..] => Some(Self::Mov),
            _ => None,
        }
    }

    /// Whether it is read by ffmpeg and has frames.
    pub const fn is_video(self) -> bool {
        matches!(self, Self::Mp4 | Self::Webm | Self::Mov | Self::Mkv | Self::Avi)
    }

    /// The media type, such as `image/png`.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
            Self::Mov => "video/quicktime",
            Self::Mkv => "video/x-matroska",
            Self::Avi => "video/x-msvideo",
        }
    }

    /// The usual file name ending, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Bmp => "bmp",
            Self::Tiff => "tif",
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
            Self::Mov => "mov",
            Self::Mkv => "mkv",
            Self::Avi => "avi",
        }
    }
}

/// The document type stands in the first element.
fn matroska(bytes: &[u8]) -> Option<Kind> {
    let head = bytes.get(..bytes.len().min(64))?;
    let at = head.windows(2).position(|id| id == [0x42, 0x82])?;
    match head.get(at + 3..)? {
        [b'w', b'e', b'b', b'm', ..] => Some(Kind::Webm),
        [b'm', b'a', b't', b'r', b'o', b's', b'k', b'a', ..] => Some(Kind::Mkv),
        _ => None,
    }
}

/// The name of a picture type that is known here and not read: no decoder for it is both safe and free to use.
pub(crate) fn still_of(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8) != Some(b"ftyp") {
        return None;
    }
    let length = usize::try_from(u32::from_be_bytes(*bytes.first_chunk::<4>()?)).ok()?;
    let brands = bytes.get(8..length.clamp(16, 128).min(bytes.len()))?.as_chunks::<4>().0;
    let (first, any) = (brands.first()?, |of: &[&[u8; 4]]| brands.iter().any(|brand| of.contains(&brand)));
    match first {
        b"avif" | b"avis" => Some("AVIF"),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some("HEIC"),
        b"mif1" | b"msf1" | b"miaf" if any(&[b"avif", b"avis"]) => Some("AVIF"),
        b"mif1" | b"msf1" | b"miaf" => Some("HEIC"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, still_of};

    #[test]
    fn names_of_kinds_are_what_serde_writes_and_all_differ() {
        for (at, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("{:?}", kind.mime()));
            assert_eq!(kind.is_video(), kind.mime().starts_with("video/"));
            assert!(Kind::ALL[..at].iter().all(|other| other.extension() != kind.extension()));
        }
    }

    #[test]
    fn pictures_that_dress_like_mp4_are_told_apart() {
        let file = |brands: &[u8]| [&(8 + brands.len() as u32).to_be_bytes()[..], b"ftyp", brands].concat();
        for (brands, still) in [
            (b"avif\0\0\0\0avifmif1".as_slice(), Some("AVIF")),
            (b"mif1\0\0\0\0mif1avif", Some("AVIF")),
            (b"heic\0\0\0\0mif1heic", Some("HEIC")),
            (b"mif1\0\0\0\0mif1heic", Some("HEIC")),
            (b"isom\0\0\0\0isommp41", None),
        ] {
            assert_eq!(still_of(&file(brands)), still);
            assert_eq!(Kind::sniff(&file(brands)), still.is_none().then_some(Kind::Mp4));
        }
        assert_eq!(Kind::sniff(&file(b"qt  \0\0\0\0qt  ")), Some(Kind::Mov));
    }
}
