//! Digests as partners write them: hexadecimal in either case, no prefix, no separators. Reasons of a refusal name
//! lengths and places, never the value: digests of evidence do not belong in logs.

use base::Refusal;

/// Characters of a written MD5.
pub const HEX_MD5: usize = 32;
/// Characters of a written SHA-1.
pub const HEX_SHA1: usize = 40;
/// Characters of a written SHA-256, and of a written PDQ.
pub const HEX_SHA256: usize = 64;

/// The `N` bytes of a hexadecimal text of exactly `2 * N` characters, blanks around it ignored. Refuses as `field`:
/// rule `digest-length` or `digest-alphabet`.
pub fn digest<const N: usize>(field: &'static str, text: &[u8]) -> Result<[u8; N], Refusal> {
    let text = text.trim_ascii();
    if text.len() != 2 * N {
        let reason = format!("`{field}` has {} characters, {} hexadecimal ones are needed", text.len(), 2 * N);
        return Err(Refusal::new(field, "digest-length", reason));
    }
    let mut bytes = [0; N];
    let mut wrong = 0;
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        if let [high, low] = pair {
            let (high, low) = (nibble(*high), nibble(*low));
            wrong |= (high | low) & 0xf0;
            *byte = high << 4 | (low & 0x0f);
        }
    }
    if wrong != 0 {
        let at = text.iter().position(|b| !b.is_ascii_hexdigit()).unwrap_or_default() + 1;
        let reason = format!("character {at} of `{field}` is not hexadecimal, use 0 to 9 and a to f");
        return Err(Refusal::new(field, "digest-alphabet", reason));
    }
    Ok(bytes)
}

/// Value of a hexadecimal character, 0xff for any other.
#[inline]
const fn nibble(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        b'A'..=b'F' => byte - b'A' + 10,
        _ => 0xff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn either_case_reads_and_length_and_alphabet_are_exact() {
        assert_eq!(digest::<2>("md5", b" 0aF9 "), Ok([0x0a, 0xf9]));
        for (bad, rule) in
            [("0af", "digest-length"), ("0af90", "digest-length"), ("", "digest-length"), ("0ag9", "digest-alphabet")]
        {
            assert_eq!(digest::<2>("md5", bad.as_bytes()).map_err(|r| r.rule), Err(rule), "{bad}");
        }
    }

    #[test]
    fn a_refusal_never_quotes_the_digest() {
        let text = "0123456789abcdef0123456789abcdeg";
        let refusal = digest::<16>("md5", text.as_bytes()).unwrap_err();
        assert_eq!(refusal.reason, "character 32 of `md5` is not hexadecimal, use 0 to 9 and a to f");
    }

    proptest! {
        #[test]
        fn what_base_writes_is_read(bytes: [u8; 20]) {
            prop_assert_eq!(digest::<20>("sha1", base::hex(&bytes).as_bytes()), Ok(bytes));
            prop_assert_eq!(digest::<20>("sha1", base::hex(&bytes).to_uppercase().as_bytes()), Ok(bytes));
        }

        #[test]
        fn any_other_alphabet_is_refused(text in "[^0-9a-fA-F]{4}") {
            prop_assert!(digest::<2>("md5", text.as_bytes()).is_err());
        }
    }
}
