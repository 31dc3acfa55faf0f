//! Packages: whatever somebody hands to the verifier, what stands in one as manifest and signature, and texts as keys of age.
#![no_main]

use exchange::{
    age::{Identity, Reader, Recipient},
    package::{self, container::Writer},
};
use std::io::{Cursor, Read};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    package::verify(&mut Cursor::new(bytes), None);
    // A well-made archive around it, so that the manifest's reader is reached.
    let (mut out, mut writer) = (Vec::new(), Writer::default());
    let (manifest, signature) = bytes.split_at(bytes.len().saturating_sub(163));
    for (name, part) in [(package::MANIFEST, manifest), (package::SIGNATURE, signature)] {
        writer.begin(name, &mut out);
        writer.count(part);
        out.extend_from_slice(part);
        writer.end_entry(&mut out);
    }
    writer.finish(&mut out);
    package::verify(&mut Cursor::new(out), None);
    if let Ok(mut reader) = Reader::open(Cursor::new(bytes), &Identity::from_bytes([42; 32])) {
        drop(reader.read_to_end(&mut Vec::new()));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(recipient) = Recipient::parse(text) {
            assert_eq!(recipient.to_string(), text.trim(), "a key has one spelling");
        }
        drop(Identity::from_file(text));
        package::PublicKey::parse(text);
    }
});
