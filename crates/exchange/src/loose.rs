//! Values as partners write them in text: flags, times, PhotoDNA. What is not understood is `None`, never guessed.

use base::{AgeGroup, Gender, Refusal, Time};
use base64::{Engine, engine::general_purpose::STANDARD};
use hashlists::{Opaque, PHOTODNA_BYTES};

/// Yes or no, in any case: `true yes y t 1`, `false no n f 0`.
pub fn flag(text: &str) -> Option<bool> {
    let text = text.trim_ascii();
    let is = |words: &[&str]| words.iter().any(|w| text.eq_ignore_ascii_case(w));
    match () {
        () if is(&["true", "yes", "y", "t", "1"]) => Some(true),
        () if is(&["false", "no", "n", "f", "0"]) => Some(false),
        () => None,
    }
}

/// An age group, by our word, by the bands that lists of hotlines use, or by a span of years: the youngest year decides,
/// since an entry says how old the youngest victim is.
pub fn age_group(text: &str) -> Option<AgeGroup> {
    let text = text.trim_ascii().to_ascii_lowercase();
    if let Ok(word) = text.parse() {
        return Some(word);
    }
    match text.as_str() {
        "toddler" | "baby" | "infant/toddler" => return Some(AgeGroup::Infant),
        "prepubertal" | "pre-pubescent" | "pre-pubertal" => return Some(AgeGroup::Prepubescent),
        "pubertal" => return Some(AgeGroup::Pubescent),
        "post-pubescent" | "postpubescent" | "teenager" | "teen" => return Some(AgeGroup::Adolescent),
        _ => {}
    }
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let rest = text.get(digits.len()..)?.trim();
    let span =
        rest.is_empty() || rest.starts_with(['-', '–', '+']) || rest.starts_with("to ") || rest.starts_with("year");
    let youngest: u32 = digits.parse().ok().filter(|_| span)?;
    match youngest {
        0..=2 => Some(AgeGroup::Infant),
        3..=9 => Some(AgeGroup::Prepubescent),
        10..=13 => Some(AgeGroup::Pubescent),
        14..=17 => Some(AgeGroup::Adolescent),
        18..=120 => Some(AgeGroup::Adult),
        _ => None,
    }
}

/// A gender, by our word or those of partners.
pub fn gender(text: &str) -> Option<Gender> {
    match text.trim_ascii().to_ascii_lowercase().as_str() {
        "f" | "female" | "girl" | "girls" => Some(Gender::Female),
        "m" | "male" | "boy" | "boys" => Some(Gender::Male),
        "both" | "mixed" | "female and male" | "male and female" | "b" => Some(Gender::Both),
        "unknown" | "u" => Some(Gender::Unknown),
        _ => None,
    }
}

/// A time: ISO 8601 with `Z`, with an offset or without (taken as UTC), `T` or a blank between, or .NET's `/Date(ms)/`.
pub fn time(text: &str) -> Option<Time> {
    let text = text.trim_ascii();
    if text.len() > 64 {
        return None;
    }
    if let Some(time) = zulu(text.as_bytes()) {
        return Some(time);
    }
    if let Some(inner) = text.strip_prefix("/Date(").and_then(|t| t.strip_suffix(")/")) {
        // An offset behind the milliseconds only says how to show them.
        let end = inner.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-')).map_or(inner.len(), |(at, _)| at);
        let millis: i64 = inner.get(..end)?.parse().ok()?;
        return millis.checked_mul(1_000).map(Time::from_micros).filter(in_range);
    }
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    let stamp = jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()?;
    Some(Time::from_micros(stamp.as_microsecond()))
}

/// The commonest form, `2023-06-07T02:31:49Z` with or without a fraction, without a parser for all others: lists have
/// millions of these. `None` when it is not exactly that, or not a day of the calendar.
fn zulu(text: &[u8]) -> Option<Time> {
    let (head, tail) = text.split_first_chunk::<19>()?;
    let digits = |from: usize, length: usize| {
        let part = head.get(from..from + length)?;
        part.iter().try_fold(0_i64, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if !marks.into_iter().all(|(at, mark)| head.get(at) == Some(&mark)) {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 2)?, digits(8, 2)?);
    let (hour, minute, second) = (digits(11, 2)?, digits(14, 2)?, digits(17, 2)?);
    let micros = match tail {
        [b'Z'] => 0,
        [b'.', fraction @ .., b'Z'] if (1..=6).contains(&fraction.len()) => {
            let padded = fraction.iter().copied().chain(std::iter::repeat(b'0')).take(6);
            padded.into_iter().try_fold(0_i64, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))?
        }
        _ => return None,
    };
    if !(1970..=9998).contains(&year) || !(1..=12).contains(&month) || !(1..=28).contains(&day) {
        // The last days of a month are left to the parser that knows how many there are.
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Days since 1970 by the usual arithmetic on years that begin in March.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 719_469;
    Some(Time::from_micros((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + micros))
}

/// Within what can be written as a date again.
fn in_range(time: &Time) -> bool {
    jiff::Timestamp::from_microsecond(time.micros()).is_ok()
}

/// A PhotoDNA value as base64 or hexadecimal. Refuses anything that is not 144 bytes.
pub fn photodna(text: &[u8]) -> Result<Opaque, Refusal> {
    let text = text.trim_ascii();
    if text.len() == 2 * PHOTODNA_BYTES {
        let bytes: [u8; PHOTODNA_BYTES] = hashlists::digest("photodna", text)?;
        return Opaque::photodna(bytes.to_vec());
    }
    let refused = || Refusal::new("photodna", "fingerprint-alphabet", "`photodna` is not base64 of 144 bytes");
    Opaque::photodna(STANDARD.decode(text).map_err(|_| refused())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_form_met() {
        let iso = |text: &str| time(text).map(|t| t.to_string());
        assert_eq!(iso("2023-06-07T02:31:49.8300Z").as_deref(), Some("2023-06-07T02:31:49.83Z"));
        assert_eq!(iso("2023-06-07T04:31:49+02:00").as_deref(), Some("2023-06-07T02:31:49Z"));
        assert_eq!(iso("2023-06-07T02:31:49").as_deref(), Some("2023-06-07T02:31:49Z"));
        assert_eq!(iso("2023-06-07 02:31:49").as_deref(), Some("2023-06-07T02:31:49Z"));
        assert_eq!(iso("/Date(1686105109830)/").as_deref(), Some("2023-06-07T02:31:49.83Z"));
        assert_eq!(iso("/Date(1686105109830+0200)/").as_deref(), Some("2023-06-07T02:31:49.83Z"));
        assert_eq!(iso("/Date(-1000)/").as_deref(), Some("1969-12-31T23:59:59Z"));
        for bad in [
            "",
            "yesterday",
            "/Date()/",
            "/Date(9223372036854775807)/",
            "/Date(é)/",
            "2023-13-01T00:00:00Z",
            "07/06/2023",
        ] {
            assert_eq!(iso(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_agrees_with_the_full_parser(micros in 0_i64..253_000_000_000_000_000) {
            let time = Time::from_micros(micros);
            let (short, full) = (zulu(time.to_string().as_bytes()), time.to_string().parse().ok());
            proptest::prop_assert!(short.is_none() || short == full, "{time}");
            proptest::prop_assert_eq!(super::time(&time.to_string()), Some(time));
        }
    }

    #[test]
    fn photodna_is_read_from_base64_and_hexadecimal_only_at_its_length() {
        let bytes: Vec<u8> = (0..144).collect();
        for text in [STANDARD.encode(&bytes), base::hex(&bytes), base::hex(&bytes).to_uppercase()] {
            assert_eq!(photodna(text.as_bytes()), Opaque::photodna(bytes.clone()));
        }
        for bad in [STANDARD.encode(&bytes[1..]), base::hex(&bytes[1..]), "*".repeat(192), String::new()] {
            assert!(photodna(bad.as_bytes()).is_err(), "{}", bad.len());
        }
    }

    #[test]
    fn flags_are_yes_no_or_unknown() {
        assert_eq!((flag("True"), flag(" f "), flag("maybe"), flag("")), (Some(true), Some(false), None, None));
    }
}
