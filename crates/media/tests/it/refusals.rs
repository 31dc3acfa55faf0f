//! Files that cannot be used are refused, with the reason.

use crate::pictures::{FORMATS, JPEGS, file, fixture};
use image::ImageFormat;
use media::{Kind, Limits, Refused, describe};

#[test]
fn a_whole_picture_is_described() {
    let bytes = file(ImageFormat::Png, 120, 80, 1);
    let facts = describe(&bytes, &Limits::default()).unwrap();
    assert_eq!((facts.kind, facts.width, facts.height, facts.size), (Kind::Png, 120, 80, bytes.len() as u64));
    assert!(facts.pdq.unwrap().quality > 0);
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

/// The end marker put back after a cut makes lenient decoders paint the rest grey.
#[test]
fn a_jpeg_cut_anywhere_is_refused_though_its_end_marker_is_put_back() {
    for name in JPEGS {
        let bytes = fixture(name);
        assert!(describe(&bytes, &Limits::default()).is_ok(), "{name}");
        for at in 4..bytes.len() - 2 {
            let cut = [&bytes[..at], &[0xff, 0xd9]].concat();
            let refused = describe(&cut, &Limits::default());
            // What is left may end on a whole picture only when nothing but padding was cut.
            assert!(matches!(refused, Err(Refused::Undecodable { .. })), "{name} cut at {at}: {refused:?}");
        }
    }
}

#[test]
fn a_picture_that_lost_its_middle_is_refused() {
    for format in FORMATS {
        let bytes = file(format, 200, 150, 7);
        for percent in (15..60).step_by(5) {
            let (from, to) = (bytes.len() * percent / 100, bytes.len() * (percent + 30) / 100);
            let cut = [&bytes[..from], &bytes[to..]].concat();
            let refused = describe(&cut, &Limits::default());
            assert!(matches!(refused, Err(Refused::Undecodable { .. })), "{format:?} {percent} %: {refused:?}");
        }
    }
}

/// Cameras and shops append second pictures and trailers; what stands after the end is no part of the picture.
#[test]
fn what_follows_the_end_is_not_looked_at() {
    for format in FORMATS {
        let bytes = file(format, 60, 40, 7);
        let more = [bytes.as_slice(), b"trailer", &bytes[..20]].concat();
        let (plain, longer) = (describe(&bytes, &Limits::default()), describe(&more, &Limits::default()));
        assert_eq!(plain.unwrap().pdq, longer.unwrap().pdq);
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    assert_eq!(describe(b"", &Limits::default()), Err(Refused::Empty));
    for bytes in [b"MZ".as_slice(), b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", &[0; 100]] {
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

/// A JPEG that says 65535 by 65535, sequential or progressive, and a size that its data does not fill.
#[test]
fn md_2_a_jpeg_that_lies_about_its_size_is_refused_by_its_header() {
    for name in JPEGS {
        let mut bytes = fixture(name);
        let frame = bytes.windows(2).position(|two| matches!(two, [0xff, 0xc0 | 0xc2])).unwrap();
        for (side, flood) in [([255, 255, 255, 255], true), ([0, 99, 0, 99], false)] {
            bytes[frame + 5..frame + 9].copy_from_slice(&side);
            let start = std::time::Instant::now();
            let refused = describe(&bytes, &Limits::default());
            assert_eq!(matches!(refused, Err(Refused::TooManyPixels { .. })), flood, "{name}: {refused:?}");
            assert!(refused.is_err(), "{name}");
            assert!(start.elapsed().as_secs() < 2, "{name}");
        }
    }
}

#[test]
fn md_2_memory_bounds_pixels_more_than_the_limit_does() {
    let mut bytes = fixture("progressive.jpg");
    let frame = bytes.windows(2).position(|two| matches!(two, [0xff, 0xc2])).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x2e, 0xe0, 0x2e, 0xe0]);
    let unlimited = Limits { max_pixels: u64::MAX, ..Limits::default() };
    assert!(describe(&bytes, &unlimited).is_err(), "12000 by 12000 of which little is there");
}

#[test]
fn refusals_cross_the_pipe_and_read_as_sentences() {
    let reasons = [
        Refused::Empty,
        Refused::TooLarge { limit: 1 },
        Refused::UnknownType,
        Refused::Undecodable { reason: "x".into() },
        Refused::TooManyPixels { pixels: 2, limit: 1 },
        Refused::WorkerDied,
        Refused::TimedOut,
    ];
    for refused in reasons {
        let json = serde_json::to_string(&refused).unwrap();
        assert_eq!(serde_json::from_str::<Refused>(&json).unwrap(), refused);
        let words = refused.to_string();
        assert!(words.starts_with(char::is_lowercase) && !words.ends_with('.'), "{words}");
    }
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

pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { c >> 1 ^ 0xedb8_8320 } else { c >> 1 })
    })
}
