//! Our own JSON Lines: what is read is written as it was understood.
#![no_main]

use exchange::{Limits, sets::jsonl};
use std::ops::ControlFlow;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    _ = jsonl::read(data, &Limits::default(), |_| ControlFlow::Continue(()));
    if let Ok((record, _)) = jsonl::parse(data) {
        assert_eq!(jsonl::parse(jsonl::line(&record).as_bytes()), Ok((record, 0)));
    }
});
