//! The bytes of DNS messages that are written here: names, counts, the head of an answer.

use domain::base::{Name, name::ToName};

/// Place of the count of answers in a message's head.
pub const ANSWERS: usize = 6;
/// Place of the count of additional records.
pub const ADDITIONAL: usize = 10;
/// Bytes of the head.
pub const HEAD: usize = 12;
/// Longest name.
pub const LONGEST_NAME: usize = 255;

/// A name in wire form, lower case, with its root label; `None` for what is no domain name.
pub fn name(text: &str) -> Option<Vec<u8>> {
    let name = Name::<Vec<u8>>::vec_from_str(text).ok()?;
    Some(name.as_slice().to_ascii_lowercase())
}

/// A parsed name in wire form, lower case.
pub fn lower(name: &impl ToName) -> Vec<u8> {
    let mut flat = Vec::with_capacity(LONGEST_NAME);
    for label in name.iter_labels() {
        flat.push(u8::try_from(label.len()).unwrap_or_default());
        flat.extend(label.as_slice().iter().map(u8::to_ascii_lowercase));
    }
    flat
}

/// The labels of a domain, without the root label. `None` when one is empty or too long.
pub fn labels(domain: &str, out: &mut Vec<u8>) -> Option<()> {
    for label in domain.split('.') {
        let length = u8::try_from(label.len()).ok().filter(|n| (1..64).contains(n))?;
        out.push(length);
        out.extend_from_slice(label.as_bytes());
    }
    Some(())
}

/// A message's id.
pub fn id(message: &[u8]) -> u16 {
    number(message, 0)
}

/// Two bytes as a number; nought past the end.
pub fn number(message: &[u8], place: usize) -> u16 {
    message.get(place..place + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_be_bytes)
}

/// Changes one of the counts in the head of the message that begins at `start`.
pub fn count(out: &mut [u8], start: usize, which: usize, change: impl FnOnce(u16) -> u16) {
    if let Some(place) = out.get_mut(start + which..start + which + 2) {
        let now =
            u16::from_be_bytes([place.first().copied().unwrap_or_default(), place.get(1).copied().unwrap_or_default()]);
        place.copy_from_slice(&change(now).to_be_bytes());
    }
}
