//! The reference data set's text: no bytes panic.
#![no_main]

use exchange::{Limits, sets::nsrl};
use std::ops::ControlFlow;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { record: 512, columns: 20, ..Limits::default() };
    _ = nsrl::read(data, &limits, |_| ControlFlow::Continue(()));
});
