//! What an answer's body is, and whether it may stand in an archive that must not hold media.

use crate::exchange::Talked;

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture or a video.
    Media,
    /// A page, a style sheet or other text.
    Text,
    /// Something else, such as a packed archive.
    Other,
}

/// What an answer is: by its first bytes, or by what its server says when they are not those of a page.
pub fn kind(talked: &Talked) -> Kind {
    let declared = talked.declared().unwrap_or_default();
    let said = declared.starts_with("image/") || declared.starts_with("video/");
    let answered = talked.exchange.status.is_some_and(|s| s < 300) && !talked.body.is_empty();
    let page = ["text/", "application/xml", "application/xhtml"].iter().any(|start| declared.starts_with(start));
    if answered && (is_media(&talked.body) || (said && !is_markup(&talked.body))) {
        Kind::Media
    } else if !is_packed(&talked.body) && (page || is_plain(&talked.body) || is_markup(&talked.body)) {
        Kind::Text
    } else {
        Kind::Other
    }
}

/// Whether a body may stand in an archive where media may not be kept. Whatever its status and its declared type: only
/// whole text in which no media is spelled out may, so that no picture gets in under another name.
pub fn may_stand_in_archive(talked: &Talked) -> bool {
    let body = talked.body.as_slice();
    let whole = talked.exchange.cut_short.is_none();
    whole && kind(talked) != Kind::Media && is_plain(body) && !spells_media(body)
}

/// First bytes of the kinds of media that the workshop knows.
fn is_media(body: &[u8]) -> bool {
    let starts =
        [&b"\xff\xd8\xff"[..], b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"\x1a\x45\xdf\xa3"];
    let riff = body.starts_with(b"RIFF") && matches!(body.get(8..12), Some(b"WEBP" | b"AVI "));
    // A bitmap's header says how large it is; "BM" alone may begin a text.
    let bitmap = body.starts_with(b"BM") && matches!(body.get(6..10), Some([0, 0, 0, 0]));
    starts.iter().any(|s| body.starts_with(s)) || riff || bitmap || body.get(4..8) == Some(b"ftyp")
}

/// First bytes of packed archives and documents.
fn is_packed(body: &[u8]) -> bool {
    let starts =
        [&b"PK\x03\x04"[..], b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xfd7zXZ", b"BZh", b"%PDF-"];
    starts.iter().any(|s| body.starts_with(s)) || body.get(257..262) == Some(b"ustar")
}

fn is_markup(body: &[u8]) -> bool {
    let begin: Vec<u8> = body.iter().copied().skip_while(u8::is_ascii_whitespace).take(14).collect();
    let begin = begin.to_ascii_lowercase();
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<script"].iter().any(|s| begin.starts_with(s))
}

/// Whether there is no byte that text does not have. Every kind of media has some among its first.
fn is_plain(body: &[u8]) -> bool {
    body.iter().all(|b| *b >= 0x20 && *b != 0x7f || matches!(b, b'\t' | b'\n' | b'\r' | 0x0c))
}

/// Whether a text carries media in itself: `data:` URLs, or anything else in base64 that is long enough to show something.
fn spells_media(body: &[u8]) -> bool {
    const LONG: usize = 400;
    let data = body.windows(5).any(|w| w.eq_ignore_ascii_case(b"data:"));
    let coded = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'%');
    data || body.split(|b| !coded(b)).any(|run| run.len() >= LONG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_plain_and_media_never() {
        assert!(is_plain("<p>Grüße, 世界\n".as_bytes()) && is_plain(b"caf\xe9"));
        for seed in 0..40 {
            let file = invented::picture(seed);
            assert!(is_media(&file) && !is_plain(&file[..64]));
        }
        for media in [
            &b"\0\0\0\x18ftypmp42"[..],
            b"FLV\x01\x05\0\0",
            b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62",
            b"BM\x36\0\0\0\0\0\0\0",
        ] {
            assert!(!is_plain(media));
        }
        assert!(!is_media(b"BMW is a word") && is_media(b"BM\x36\x10\0\0\0\0\0\0"));
    }

    #[test]
    fn media_spelled_out_in_a_text_is_seen() {
        let long = "QUJD".repeat(200);
        assert!(spells_media(b"<img src='DATA:image/png;base64,AA=='>"));
        assert!(spells_media(format!("<script>x = \"{long}\"</script>").as_bytes()));
        assert!(!spells_media(
            b"<p>An ordinary page with ordinary words and https://a.example/some/long/path?of=words"
        ));
    }

    #[test]
    fn in_6_packed_files_are_told_from_pages() {
        for packed in [&b"PK\x03\x04\x14\0"[..], b"Rar!\x1a\x07", b"\x1f\x8b\x08", b"%PDF-1.7"] {
            assert!(is_packed(packed) && !is_media(packed));
        }
        assert!(!is_packed(b"<html>"));
    }
}
