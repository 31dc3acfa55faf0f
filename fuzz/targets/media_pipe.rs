//! Reads a worker's answers as the server does, and questions as a worker does.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| media::fuzzing::pipe(bytes));
