//! A server's answer, from its first byte to its records in an archive.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| capture::fuzzing::answer(bytes));
