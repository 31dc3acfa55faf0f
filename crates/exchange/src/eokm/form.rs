//! `POST …/v1/check/{md5|sha1|photodna}`: the body is a bare hash, the answer exactly `true` or `false`.

use crate::Asked;
use base::Refusal;

/// What is asked. The tool sends the hash as a form without a name, so a `=` may stand behind it.
pub fn check(kind: &str, body: &[u8]) -> Result<Asked, Refusal> {
    let known = ["md5", "sha1", "photodna"].iter().any(|k| kind.eq_ignore_ascii_case(k));
    let text = std::str::from_utf8(body).ok().filter(|t| t.len() <= 1024);
    match text {
        Some(text) if known => {
            let text = text.trim();
            // Base64 of 144 bytes is never padded, so nothing of a hash is lost.
            Asked::parse(kind, text.strip_suffix('=').unwrap_or(text))
        }
        Some(_) => Err(Refusal::new("kind", "unknown-kind", "the kind of hash is none of md5, sha1, photodna")),
        None => Err(Refusal::new("hash", "malformed", "the body is not one hash")),
    }
}

/// The body of the answer.
pub const fn answer(known: bool) -> &'static str {
    if known { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_hash_is_asked_and_the_answer_is_a_word() {
        let md5 = "ab".repeat(16);
        assert_eq!(check("md5", md5.as_bytes()), Ok(Asked::Md5([0xab; 16])));
        assert_eq!(check("MD5", format!("{md5}=\n").as_bytes()), Ok(Asked::Md5([0xab; 16])));
        assert_eq!(check("photodna", "AAAA".repeat(48).as_bytes()), Ok(Asked::PhotoDna(vec![0; 144])));
        let long = "a".repeat(2000);
        for (kind, body) in [("md5", "x"), ("sha256", "x"), ("md5", long.as_str()), ("", "")] {
            assert!(check(kind, body.as_bytes()).is_err(), "{kind} {}", body.len());
        }
        assert!(check("md5", b"\xff").is_err());
        assert_eq!((answer(true), answer(false)), ("true", "false"));
    }
}
