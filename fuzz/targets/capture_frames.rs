//! What crosses between the fetch process and the server.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| capture::fuzzing::frames(bytes));
