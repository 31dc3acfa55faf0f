//! Wrappings: gzip, zip, UTF-16; never more comes out than the limits allow.
#![no_main]

use exchange::{Limits, input};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { bytes: 1 << 20, entries: 20, ..Limits::default() };
    for pick in [input::Pick::Only, input::Pick::Named("x")] {
        let Ok(mut opened) = input::open_file(std::io::Cursor::new(data), pick, &limits) else { continue };
        let mut out = 0_u64;
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = std::io::Read::read(&mut opened, &mut piece) {
            out += count as u64;
        }
        // UTF-16 grows by half at most when it becomes UTF-8; the last piece may pass the limit before it is seen.
        assert!(out <= 2 * limits.bytes + 64 * 1024);
    }
});
