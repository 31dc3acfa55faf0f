//! Files that cannot be used are refused, with the reason.

use crate::pictures::{FORMATS, file};
use image::ImageFormat;
use media::{Kind, Limits, Refused, describe};

#[test]
fn a_whole_picture_is_described() {
    let bytes = file(ImageFormat::Png, 120, 80, 1);
    let facts = describe(&bytes, &Limits::default()).unwrap();
    assert_eq!((facts.kind, facts.width, facts.height, facts.size), (Kind::Png, 120, 80, bytes.len() as u64));
    assert!(facts.pdq.quality > 0);
}

#[test]
fn digests_agree_with_published_ones() {
    use sha2::Digest;
    let bytes = file(ImageFormat::Jpeg, 64, 64, 3);
    let facts = describe(&bytes, &Limits::default()).unwrap();
    assert_eq!(facts.sha256, <[u8; 32]>::from(sha2::Sha256::digest(&bytes)));
    assert_eq!(facts.sha1, <[u8; 20]>::from(sha1::Sha1::digest(&bytes)));
    assert_eq!(facts.md5, <[u8; 16]>::from(md5::Md5::digest(&bytes)));
}

#[test]
fn a_picture_cut_anywhere_is_refused() {
    for format in FORMATS {
        let bytes = file(format, 200, 150, 7);
        for percent in (5..100).step_by(5) {
            let cut = &bytes[..bytes.len() * percent / 100];
            let refused = describe(cut, &Limits::default());
            assert!(matches!(refused, Err(Refused::Undecodable { .. })), "{format:?} cut at {percent} %: {refused:?}");
        }
        assert!(describe(&bytes[..bytes.len() - 1], &Limits::default()).is_err(), "{format:?} without its last byte");
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    assert_eq!(describe(b"", &Limits::default()), Err(Refused::Empty));
    for bytes in [b"GIF89a".as_slice(), b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", &[0; 100]] {
        assert_eq!(describe(bytes, &Limits::default()), Err(Refused::UnknownType));
    }
}

#[test]
fn md_2_a_flood_of_pixels_is_refused_by_its_header() {
    let mut bytes = file(ImageFormat::Png, 10, 10, 1);
    bytes[16..24].copy_from_slice(&[0, 0, 255, 255, 0, 0, 255, 255]);
    // The header's checksum, so that it is the size that is refused.
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    assert!(matches!(describe(&bytes, &Limits::default()), Err(Refused::TooManyPixels { pixels: 4_294_836_225, .. })));
}

#[test]
fn in_3_size_at_the_limit_and_one_past_it() {
    let bytes = file(ImageFormat::Png, 50, 50, 1);
    let at = Limits { max_bytes: bytes.len() as u64, ..Limits::default() };
    assert!(describe(&bytes, &at).is_ok());
    let below = Limits { max_bytes: at.max_bytes - 1, ..at };
    assert_eq!(describe(&bytes, &below), Err(Refused::TooLarge { limit: below.max_bytes }));
}

#[test]
fn md_4_a_preview_is_small_and_grey() {
    for (width, height) in [(640, 480), (10, 900), (900, 10), (20, 20)] {
        let facts = describe(&file(ImageFormat::Png, width, height, 2), &Limits::default()).unwrap();
        let preview = image::load_from_memory(&facts.preview_png).unwrap();
        assert!(preview.width() <= 64 && preview.height() <= 64, "{width}x{height}");
        assert_eq!(preview.color(), image::ColorType::L8);
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
    })
}
