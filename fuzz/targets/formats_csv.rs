//! Tables: no bytes panic, and no row is larger than its limit.
#![no_main]

use exchange::{Limits, sets::csv};
use std::ops::ControlFlow;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { record: 512, columns: 20, ..Limits::default() };
    for required in [&[][..], &[exchange::sets::columns::Column::Md5]] {
        let settings = csv::Settings { required, ..csv::Settings::default() };
        _ = csv::read(data, &limits, &settings, |_| ControlFlow::Continue(()));
    }
});
