//! MD-2: pictures that are small to send and large to hold, in caged workers whose memory and time are measured.

use crate::{memory::most_while, pictures::fixture, workers::caged};
use image::{
    ExtendedColorType, ImageEncoder,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};
use media::{Facts, Limits, Refused};
use std::{
    io::Cursor,
    time::{Duration, Instant},
};

/// The most that a worker may hold and the longest that it may take, asserted.
fn described(name: &str, bytes: &[u8]) -> Result<Facts, Refused> {
    let workshop = caged(Limits::default());
    let begun = Instant::now();
    let (said, most) = most_while(|| workshop.describe(bytes));
    println!("{name}: {:.1} MB, {:.2} s, {said:.60?}", most as f64 / 1e6, begun.elapsed().as_secs_f64());
    assert!(most <= 256_000_000, "{name}: {most} bytes");
    assert!(begun.elapsed() <= Duration::from_secs(6), "{name}: {:?}", begun.elapsed());
    assert_ne!(said, Err(Refused::WorkerDied), "{name}");
    said
}

#[test]
fn md_2_65535_squared_is_refused_in_every_format() {
    let with = |name: &str, changes: &[(usize, &[u8])]| {
        let mut bytes = fixture(name);
        changes.iter().for_each(|(at, value)| bytes[*at..at + value.len()].copy_from_slice(value));
        bytes
    };
    let tiff = |name: &str| {
        let mut bytes = fixture(name);
        let directory = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize + 2;
        for entry in 0..2 {
            let at = directory + entry * 12;
            assert_eq!(&bytes[at..at + 2], [entry as u8, 1], "width and length come first");
            bytes[at + 2..at + 12].copy_from_slice(&[4, 0, 1, 0, 0, 0, 255, 255, 0, 0]);
        }
        bytes
    };
    let cases = [
        ("gif canvas", with("palette.gif", &[(6, &[255; 4])])),
        ("gif frame", {
            let bytes = fixture("palette.gif");
            let at = bytes.windows(5).position(|five| five == [0x2c, 0, 0, 0, 0]).unwrap();
            with("palette.gif", &[(6, &[255; 4]), (at + 5, &[255; 4])])
        }),
        ("webp lossy", with("lossy.webp", &[(26, &[0xff, 0x3f, 0xff, 0x3f])])),
        ("webp lossless", {
            let bytes = fixture("lossless.webp");
            let at = bytes.windows(4).position(|four| four == b"VP8L").unwrap() + 9;
            with("lossless.webp", &[(at, &[255; 4])])
        }),
        ("webp canvas", with("moving.webp", &[(24, &[254, 255, 0, 254, 255, 0])])),
        ("bmp", with("colour.bmp", &[(18, &[255, 255, 0, 0, 255, 255, 0, 0])])),
        ("bmp upside down", with("colour.bmp", &[(18, &[255, 255, 0, 0, 1, 0, 255, 255])])),
        ("tiff plain", tiff("plain.tif")),
        ("tiff lzw", tiff("lzw.tif")),
        ("tiff deflate", tiff("grey_16.tif")),
        ("tiff bits", tiff("bits.tif")),
    ];
    for (name, bytes) in cases {
        assert!(described(name, &bytes).is_err(), "{name}");
    }
}

/// One frame is looked at however many there are; a million of them are walked to the end.
#[test]
fn md_2_a_gif_of_a_million_frames_costs_one() {
    let one = fixture("moving.gif");
    let first =
        one.windows(8).position(|eight| eight == [0x21, 0xf9, 4, 0, 4, 0, 0, 0] || eight[..3] == [0x21, 0xf9, 4]);
    let head = &one[..first.unwrap()];
    // A frame of one pixel: its place and size, code size, one block of codes, the end of blocks.
    let frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
    let many = [head, &frame.repeat(1_000_000), &[0x3b]].concat();
    let facts = described("a million frames", &many).unwrap();
    assert_eq!((facts.width, facts.height), (83, 61));
    let cut = described("a million frames without an end", &many[..many.len() - 1]);
    assert!(matches!(cut, Err(Refused::Undecodable { .. })));
}

/// Few bytes that unpack to many: pixels at the limit, and past it.
#[test]
fn md_2_bombs_stay_within_memory() {
    let png = |width: u32, height: u32, colour: ExtendedColorType, each: usize| {
        let mut bytes = Cursor::new(Vec::new());
        let pixels = vec![0; (width * height) as usize * each];
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::NoFilter)
            .write_image(&pixels, width, height, colour)
            .unwrap();
        bytes.into_inner()
    };
    let jpeg = |width: u16, height: u16| {
        let mut bytes = Vec::new();
        let pixels = vec![99; usize::from(width) * usize::from(height) * 3];
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 30);
        encoder.write_image(&pixels, width.into(), height.into(), ExtendedColorType::Rgb8).unwrap();
        bytes
    };
    for (name, bytes, taken) in [
        ("png rgb, 74 Mpx", png(8600, 8600, ExtendedColorType::Rgb8, 3), true),
        ("png rgba, 74 Mpx", png(8600, 8600, ExtendedColorType::Rgba8, 4), false),
        ("png grey, 95 Mpx", png(9750, 9750, ExtendedColorType::L8, 1), true),
        ("png one row of 65,535", png(65_535, 1, ExtendedColorType::Rgb8, 3), true),
        ("png one column of 65,535", png(1, 65_535, ExtendedColorType::Rgb8, 3), true),
        ("png one row of 65,536", png(65_536, 1, ExtendedColorType::Rgb8, 3), false),
        ("jpeg rgb, 70 Mpx", jpeg(8360, 8360), true),
        ("jpeg rgb, 90 Mpx", jpeg(9500, 9500), false),
    ] {
        let said = described(name, &bytes);
        assert_eq!(said.is_ok(), taken, "{name}: {:?}", said.err());
    }
}

/// Colour profiles and other chunks are passed over, however long or broken they are.
#[test]
fn md_2_an_odd_colour_profile_changes_nothing() {
    let plain = described("plain", &fixture("colour_alpha.png")).unwrap().pdq;
    let png = fixture("colour_alpha.png");
    let bomb = miniz_oxide_bomb();
    for (name, body) in [("cut", b"x\0\0\x78".to_vec()), ("empty", Vec::new()), ("a bomb", bomb)] {
        let chunk = chunk(b"iCCP", &body);
        let odd = [&png[..33], &chunk, &png[33..]].concat();
        assert_eq!(described(name, &odd).unwrap().pdq, plain, "{name}");
    }
    let jpeg = fixture("plain.jpg");
    let plain = described("plain", &jpeg).unwrap().pdq;
    // Pieces 3 of 2 and 0 of 0, and a profile of nothing but zeroes.
    for (number, count) in [(3, 2), (0, 0), (1, 1)] {
        let body = [b"ICC_PROFILE\0".as_slice(), &[number, count], &[0; 5000]].concat();
        let segment = [&[0xff, 0xe2][..], &(body.len() as u16 + 2).to_be_bytes(), &body].concat();
        let odd = [&jpeg[..2], &segment.repeat(20), &jpeg[2..]].concat();
        assert_eq!(described("odd profile", &odd).unwrap().pdq, plain);
    }
}

/// A compressed profile of 64 MiB of zeroes, in a chunk: stored blocks would not be small, so a PNG encoder packs them.
fn miniz_oxide_bomb() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let encoder = PngEncoder::new(&mut bytes);
    encoder.write_image(&vec![0; 64 << 20], 8192, 8192, ExtendedColorType::L8).unwrap();
    let file = bytes.into_inner();
    let at = file.windows(4).position(|four| four == b"IDAT").unwrap();
    let length = u32::from_be_bytes(file[at - 4..at].try_into().unwrap()) as usize;
    [b"profile\0\0", &file[at + 4..at + 4 + length]].concat()
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let sum = crate::refusals::crc32(&[name.as_slice(), body].concat());
    [&(body.len() as u32).to_be_bytes()[..], name, body, &sum.to_be_bytes()].concat()
}
