//! VICS: whatever is read without a refusal is written and read again, the same.
#![no_main]

use exchange::{Limits, vics};
use std::ops::ControlFlow;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // Small limits, so that they are met too.
    let limits = Limits { record: 4096, text: 1024, ..Limits::default() };
    let options = vics::Options { region: Some("US".into()), purpose: vics::Purpose::Harmless };
    let mut records = Vec::new();
    _ = vics::read(data, &limits, &options, |row| {
        records.extend(row.content);
        ControlFlow::Continue(())
    });
    for version in [vics::Version::V1_3, vics::Version::V2_0] {
        let mut writer = vics::Writer::hash_set(Vec::new(), version, Some("US")).unwrap();
        records.iter().for_each(|record| writer.media(record, None).unwrap());
        let (bytes, totals) = writer.finish().unwrap();
        let outcome = vics::read(&bytes[..], &Limits::default(), &options, |row| {
            row.content.unwrap();
            ControlFlow::Continue(())
        });
        assert_eq!(outcome.done.rows, totals.written);
    }
});
