//! hashdeep: no bytes panic.
#![no_main]

use exchange::{Limits, sets::hashdeep};
use std::ops::ControlFlow;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { record: 512, columns: 20, ..Limits::default() };
    _ = hashdeep::read(data, &limits, |_| ControlFlow::Continue(()));
});
