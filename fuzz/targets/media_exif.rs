//! Looks for what a device noted, in every format that can hold it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| media::fuzzing::notes(bytes));
