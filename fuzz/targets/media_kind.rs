//! Tells what a file is, and whether its container is whole.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| media::fuzzing::kind(bytes));
