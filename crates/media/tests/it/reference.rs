//! PDQ against the reference's own answers for the same pixels (pdq_golden.py made them).

use crate::pictures::{distance, draw, fixture};
use media::{Kind, Limits, describe, pdq::hash_rgb};

#[test]
fn pdq_is_bit_exact_with_the_reference_quality_too() {
    let golden = include_str!("../pdq_golden.txt");
    let mut seen = 0;
    for line in golden.lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let n = |i: usize| parts[i].parse::<usize>().unwrap();
        let ours = hash_rgb(&draw(n(0), n(1), n(2) as u32, n(3)), n(0), n(1));
        assert_eq!((ours.hex().as_str(), usize::from(ours.quality)), (parts[4], n(5)), "{line}");
        seen += 1;
    }
    assert_eq!(seen, 76);
}

/// Drawn pictures in the codings that the Rust encoders do not write, with what the reference says of the pixels that
/// Pillow decodes (files/make.py made them). JPEG and lossy WebP decoders may round a pixel differently; all else is exact.
#[test]
fn pdq_of_files_is_the_references_whatever_their_coding() {
    for line in include_str!("../files/expected.txt").lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let facts = describe(&fixture(parts[0]), &Limits::default()).unwrap_or_else(|e| panic!("{}: {e}", parts[0]));
        assert_eq!((facts.width.to_string(), facts.height.to_string()), (parts[1].into(), parts[2].into()), "{line}");
        let distance = distance(parts[3], &facts.pdq.unwrap().hex());
        let lossy = facts.kind == Kind::Jpeg || parts[0] == "lossy.webp";
        let allowed = if lossy { 2 } else { 0 };
        assert!(distance <= allowed, "{line}: {distance} bits away");
        assert!(parts[4].parse::<u8>().unwrap().abs_diff(facts.pdq.unwrap().quality) <= allowed as u8, "{line}");
    }
}

#[test]
fn every_hash_fit_to_match_has_128_ones_and_tiny_pictures_have_none() {
    for line in include_str!("../pdq_golden.txt").lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let tiny = parts[..2].iter().any(|side| side.parse::<u32>().unwrap() < 5);
        let ones: u32 = parts[4].chars().map(|c| c.to_digit(16).unwrap().count_ones()).sum();
        // Smooth drawings have equal coefficients about the median, and then other counts; their quality is low.
        let fit = parts[5].parse::<u8>().unwrap() >= 50;
        assert!(!fit || ones == 128, "{line}");
        assert!(!tiny || (ones == 0 && !fit), "{line}");
    }
}
