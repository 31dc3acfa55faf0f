//! What somebody types where a domain belongs, and a URL that evidence was found at: no bytes panic, and what is read reads
//! back as the same.
#![no_main]

use exchange::iwol::{Domain, guard};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    for domain in [Domain::parse("domain", &text), Domain::of_url(&text)].into_iter().flatten() {
        assert_eq!(Domain::parse("domain", domain.as_str()).as_ref(), Ok(&domain));
        assert_eq!(Domain::parse("domain", &domain.unicode()).as_ref(), Ok(&domain));
        _ = guard::check("domain", &domain, [text.as_ref()]);
    }
});
