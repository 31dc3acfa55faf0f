//! Decodes, hashes, previews and renders a BMP.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| media::fuzzing::picture(media::Kind::Bmp, bytes));
