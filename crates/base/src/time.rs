//! A point in time: microseconds since 1970-01-01T00:00:00Z, as the databases store it (BIGINT). Written and read as
//! RFC 3339. The clock itself is read in `storage` and handed inwards.

use std::{fmt, str::FromStr};

/// Microseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(i64);

impl Time {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This time moved by some seconds, later when positive.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// For people: `2026-03-01 14:05` in UTC.
    pub fn minute(self) -> String {
        let text = self.to_string();
        text.get(..16).unwrap_or(&text).replace('T', " ")
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

impl FromStr for Time {
    type Err = String;

    /// RFC 3339 with an offset or `Z`; a time without an offset is refused, because nobody knows which one it is.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() > 64 {
            return Err("a time is at most 64 characters long".into());
        }
        text.parse::<jiff::Timestamp>()
            .map(|stamp| Self(stamp.as_microsecond()))
            .map_err(|_| format!("`{text}` is not a time with an offset, write it like 2026-03-01T14:05:00Z"))
    }
}

impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_refused() {
        assert!("2026-03-01T14:05:00".parse::<Time>().is_err());
        assert_eq!("1970-01-01T00:00:01Z".parse::<Time>(), Ok(Time::from_micros(1_000_000)));
        assert_eq!("1970-01-01T01:00:01+01:00".parse::<Time>(), Ok(Time::from_micros(1_000_000)));
    }

    #[test]
    fn people_read_minutes() {
        assert_eq!(Time::from_micros(0).minute(), "1970-01-01 00:00");
    }
}
