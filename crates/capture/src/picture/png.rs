//! What the browser hands back, checked: one PNG (ISO/IEC 15948) of a size that was asked for, and nothing in it or behind
//! it but the picture. Whoever breaks into the browser may send any bytes; they are not decoded here.

use super::{MOST_HEIGHT, WIDTH};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Chunks that a picture needs; all others are dropped.
const NEEDED: [&[u8]; 5] = [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"];

/// The picture without anything else, and its height in pixels; why not, in words.
pub fn only_picture(bytes: &[u8]) -> Result<(Vec<u8>, u32), String> {
    let wrong = || "what the browser drew is no PNG".to_owned();
    let mut rest = bytes.strip_prefix(SIGNATURE).ok_or_else(wrong)?;
    let (mut picture, mut height, mut data) = (SIGNATURE.to_vec(), None, false);
    loop {
        let (head, after) = rest.split_at_checked(8).ok_or_else(wrong)?;
        let (length, kind) = head.split_at(4);
        let length = usize::try_from(number(length)).map_err(|_| wrong())?;
        let (content, after) = after.split_at_checked(length).ok_or_else(wrong)?;
        let (sum, after) = after.split_at_checked(4).ok_or_else(wrong)?;
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(content);
        if crc.sum() != number(sum) || (height.is_none() != (kind == b"IHDR")) {
            return Err(wrong());
        }
        if kind == b"IHDR" {
            height = Some(size(content).ok_or_else(wrong)?);
        }
        data |= kind == b"IDAT";
        if NEEDED.contains(&kind) {
            picture.extend([head, content, sum].concat());
        }
        rest = after;
        if kind == b"IEND" {
            break;
        }
    }
    match height {
        Some(height) if data && rest.is_empty() => Ok((picture, height)),
        _ => Err(wrong()),
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |n, b| n << 8 | u32::from(*b))
}

/// The height, when the header is that of a picture as asked for: 8 bits a channel, with or without alpha.
fn size(header: &[u8]) -> Option<u32> {
    let (size, rest) = header.split_at_checked(8)?;
    let (width, height) = size.split_at(4);
    let (width, height) = (number(width), number(height));
    let plain = matches!(rest, [8, 2 | 6, 0, 0, 0 | 1]);
    (plain && width == WIDTH && (1..=MOST_HEIGHT).contains(&height)).then_some(height)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(content);
        [&u32::try_from(content.len()).unwrap().to_be_bytes(), kind, content, &crc.sum().to_be_bytes()].concat()
    }

    fn header(width: u32, height: u32) -> Vec<u8> {
        let rest: &[u8] = &[8, 2, 0, 0, 0];
        chunk(b"IHDR", &[width.to_be_bytes().as_slice(), &height.to_be_bytes(), rest].concat())
    }

    #[test]
    fn only_the_picture_is_taken() {
        let (data, end) = (chunk(b"IDAT", b"data"), chunk(b"IEND", b""));
        let plain = [SIGNATURE, &header(1280, 9), &data, &end].concat();
        let more = [SIGNATURE, &header(1280, 9), &chunk(b"tEXt", b"Comment\0hello"), &data, &end].concat();
        assert_eq!(only_picture(&plain), Ok((plain.clone(), 9)));
        assert_eq!(only_picture(&more), Ok((plain.clone(), 9)), "words are left out");
        let wrong = [
            [SIGNATURE, &header(1280, 9), &end].concat(),
            [SIGNATURE, &header(1281, 9), &data, &end].concat(),
            [SIGNATURE, &header(1280, 8_001), &data, &end].concat(),
            [SIGNATURE, &header(1280, 0), &data, &end].concat(),
            [SIGNATURE, &data, &header(1280, 9), &end].concat(),
            [SIGNATURE, &header(1280, 9), &header(1280, 9), &data, &end].concat(),
            [plain.as_slice(), b"<script>"].concat(),
            b"\xff\xd8\xff".to_vec(),
            Vec::new(),
        ];
        for bytes in wrong {
            assert!(only_picture(&bytes).is_err());
        }
        for cut in 0..plain.len() {
            assert!(only_picture(&plain[..cut]).is_err(), "{cut}");
            let mut flipped = plain.clone();
            flipped[cut] ^= 1;
            assert!(only_picture(&flipped).is_err(), "{cut}");
        }
    }
}
