//! Lines of digests and hashdeep: no bytes panic.
#![no_main]

use exchange::{
    Limits,
    sets::{hashdeep, lines, nsrl},
};
use std::ops::ControlFlow;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { record: 512, ..Limits::default() };
    _ = lines::read(data, &limits, lines::Which::ByLength, |_| ControlFlow::Continue(()));
    _ = lines::read(data, &limits, lines::Which::Pdq, |_| ControlFlow::Continue(()));
    _ = hashdeep::read(data, &limits, |_| ControlFlow::Continue(()));
    _ = nsrl::read(data, &limits, |_| ControlFlow::Continue(()));
});
