//! Lines of digests: no bytes panic.
#![no_main]

use exchange::{Limits, sets::lines};
use std::ops::ControlFlow;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { record: 512, ..Limits::default() };
    for which in [lines::Which::ByLength, lines::Which::Pdq] {
        _ = lines::read(data, &limits, which, |_| ControlFlow::Continue(()));
    }
});
