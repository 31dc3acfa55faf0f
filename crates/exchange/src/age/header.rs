//! The header: who can open the file.

use super::{FIRST_LINE, Identity, Recipient, TAG, Trouble, cipher, derive, key};
use aws_lc_rs::{
    aead::{Aad, Nonce},
    hmac,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

const INFO: &[u8] = b"age-encryption.org/v1/X25519";
/// Bytes of a file key.
pub const FILE_KEY: usize = 16;
/// Most bytes of a header that is read.
pub const LONGEST: usize = 64 << 10;
/// Most recipients of a file that is read.
const MOST_RECIPIENTS: usize = 100;

/// The key that wraps a file key, from the secret both sides come to.
fn wrapping_key(shared: &[u8; 32], share: &[u8; 32], recipient: &[u8; 32]) -> Result<[u8; 32], Trouble> {
    derive(&[*share, *recipient].concat(), shared, INFO)
}

/// The MAC's key, from the file key.
fn mac_key(file_key: &[u8; FILE_KEY]) -> Result<hmac::Key, Trouble> {
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &derive(&[], file_key, b"header")?))
}

/// Nonce of a wrapped file key: its key wraps nothing else.
fn once() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

/// A header for one recipient.
pub fn write(
    recipient: &Recipient,
    ephemeral: &[u8; 32],
    file_key: &[u8; FILE_KEY],
    out: &mut Vec<u8>,
) -> Result<(), Trouble> {
    let share = key::public(ephemeral)?;
    let shared = key::agree(ephemeral, &recipient.0)?;
    let mut wrapped = file_key.to_vec();
    let wrap = cipher(&wrapping_key(&shared, &share, &recipient.0)?)?;
    wrap.seal_in_place_append_tag(once(), Aad::empty(), &mut wrapped).map_err(|_| Trouble::Cipher)?;
    let share = STANDARD_NO_PAD.encode(share);
    let begin = format!("{FIRST_LINE}\n-> X25519 {share}\n{}\n---", STANDARD_NO_PAD.encode(wrapped));
    let mac = hmac::sign(&mac_key(file_key)?, begin.as_bytes());
    out.extend_from_slice(format!("{begin} {}\n", STANDARD_NO_PAD.encode(mac.as_ref())).as_bytes());
    Ok(())
}

/// The file key and how many bytes the header has, from the file's first bytes.
pub fn read(bytes: &[u8], identity: &Identity) -> Result<([u8; FILE_KEY], usize), Trouble> {
    let mut lines = Lines { bytes, at: 0 };
    if lines.next()? != FIRST_LINE.as_bytes() {
        return Err(Trouble::Header("it does not begin like one"));
    }
    let own = identity.recipient()?;
    let mut found = None;
    for _ in 0..=MOST_RECIPIENTS {
        let begin = lines.at;
        let line = lines.next()?;
        if let Some(mac) = line.strip_prefix(b"--- ") {
            let file_key: [u8; FILE_KEY] = found.ok_or(Trouble::OtherKey)?;
            let signed = bytes.get(..begin + 3).ok_or(Trouble::Altered)?;
            let mac = bytes32(mac)?;
            hmac::verify(&mac_key(&file_key)?, signed, &mac).map_err(|_| Trouble::Altered)?;
            return Ok((file_key, lines.at));
        }
        let arguments = line.strip_prefix(b"-> ").ok_or(Trouble::Header("a recipient is malformed"))?;
        let body = lines.body()?;
        if let (None, Some(share)) = (found, arguments.strip_prefix(b"X25519 ")) {
            found = unwrap(identity, &own, &bytes32(share)?, &body)?;
        }
    }
    Err(Trouble::Header("it has too many recipients"))
}

/// The file key, when it was wrapped for this identity.
fn unwrap(
    identity: &Identity,
    own: &Recipient,
    share: &[u8; 32],
    body: &[u8],
) -> Result<Option<[u8; FILE_KEY]>, Trouble> {
    if body.len() != FILE_KEY + TAG {
        return Err(Trouble::Header("a wrapped key has the wrong length"));
    }
    let Ok(shared) = identity.agree(share) else { return Err(Trouble::Header("a share protects nothing")) };
    let wrap = cipher(&wrapping_key(&shared, share, &own.0)?)?;
    let mut body = body.to_vec();
    match wrap.open_in_place(once(), Aad::empty(), &mut body) {
        Ok(opened) => Ok(opened.get(..FILE_KEY).and_then(|k| k.try_into().ok())),
        Err(_) => Ok(None),
    }
}

/// 32 bytes as canonical base64 without padding.
fn bytes32(text: &[u8]) -> Result<[u8; 32], Trouble> {
    let bytes = STANDARD_NO_PAD.decode(text).map_err(|_| Trouble::Header("its base64 is malformed"))?;
    bytes.try_into().map_err(|_| Trouble::Header("a value has the wrong length"))
}

/// Lines of a header, each ended by one line feed.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a [u8], Trouble> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|b| *b == b'\n').ok_or(Trouble::Header("its header has no end"))?;
        self.at += end + 1;
        rest.get(..end).ok_or(Trouble::Altered)
    }

    /// A recipient's body: lines of 64 characters, then a shorter one.
    fn body(&mut self) -> Result<Vec<u8>, Trouble> {
        let mut body = Vec::new();
        loop {
            let line = self.next()?;
            if line.len() > 64 {
                return Err(Trouble::Header("a line is too long"));
            }
            let part = STANDARD_NO_PAD.decode(line).map_err(|_| Trouble::Header("its base64 is malformed"))?;
            body.extend_from_slice(&part);
            if line.len() < 64 {
                return Ok(body);
            }
        }
    }
}
