//! Bodies of the small look-up protocols: no bytes panic.
#![no_main]

use exchange::{Limits, eokm, hashlookup, hma, shield};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    for kind in ["md5", "sha1", "photodna", "other"] {
        _ = eokm::check(kind, data);
        _ = hashlookup::Bulk::parse(kind, data, &limits);
    }
    _ = shield::pdq(data, &limits);
    _ = shield::url(data, &limits);
    _ = hma::compare(data, &limits);
});
