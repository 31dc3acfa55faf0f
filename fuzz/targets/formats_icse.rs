//! INTERPOL's table: no bytes panic.
#![no_main]

use exchange::{Limits, icse};
use std::ops::ControlFlow;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    _ = icse::read(data, &Limits::default(), |_| ControlFlow::Continue(()));
});
