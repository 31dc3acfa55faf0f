//! Reads what ffmpeg writes: frames as PPM, and its words.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| media::fuzzing::frames(bytes));
