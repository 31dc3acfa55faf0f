//! What is asked of `/v2/entries`: a range of time, and on later pages where to go on. `next` of an answer is the same as a
//! relative address.

use crate::loose;
use base::{Refusal, Time};
use std::fmt;

/// A range of entries. `from` ≤ timestamp ≤ `to`; all of it has to be read before `to` becomes the next `from`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct EntriesQuery {
    /// From this time on.
    pub from: Option<Time>,
    /// Up to this time.
    pub to: Option<Time>,
    /// Number of the first entry of the page, from 1.
    pub start: Option<u64>,
    /// Entries on a page.
    pub size: Option<u64>,
    /// Number of the last entry of the range.
    pub max: Option<u64>,
}

/// How a relative address of a page begins.
const PATH: &str = "/v2/entries?";

impl EntriesQuery {
    /// The query of a request, what is behind the `?`. Other names are passed over.
    pub fn parse(query: &str) -> Result<Self, Refusal> {
        if query.len() > 2048 {
            return Err(Refusal::new("query", "too-long", "the query has more than 2048 characters"));
        }
        let mut parsed = Self::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decoded(value);
            match name {
                "from" => parsed.from = Some(time("from", &value)?),
                "to" => parsed.to = Some(time("to", &value)?),
                "start" => parsed.start = Some(number("start", &value)?),
                "size" => parsed.size = Some(number("size", &value)?),
                "max" => parsed.max = Some(number("max", &value)?),
                _ => (),
            }
        }
        if parsed.from.zip(parsed.to).is_some_and(|(from, to)| from > to) {
            return Err(Refusal::new("to", "range", "`to` is before `from`"));
        }
        Ok(parsed)
    }

    /// A `next` of an answer. It has to be relative to the environment and carry numbers: a peer must not send us elsewhere.
    pub fn parse_next(next: &str) -> Result<Self, Refusal> {
        let refused =
            || Refusal::new("next", "malformed", format!("`next` does not begin with `{PATH}` or has no place"));
        let query = Self::parse(next.strip_prefix(PATH).ok_or_else(refused)?)?;
        if query.start.is_none() || query.size.is_none() || query.max.is_none() {
            return Err(refused());
        }
        Ok(query)
    }
}

/// As a relative address.
impl fmt::Display for EntriesQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut mark = PATH;
        for (name, time) in [("from", self.from), ("to", self.to)] {
            if let Some(time) = time {
                write!(f, "{mark}{name}={}", stamp(time))?;
                mark = "&";
            }
        }
        for (name, number) in [("start", self.start), ("size", self.size), ("max", self.max)] {
            if let Some(number) = number {
                write!(f, "{mark}{name}={number}")?;
                mark = "&";
            }
        }
        Ok(())
    }
}

/// `yyyy-MM-ddTHH:mm:ssZ`, without a fraction: the client reads no other.
pub fn stamp(time: Time) -> String {
    Time::from_micros(time.micros().div_euclid(1_000_000).saturating_mul(1_000_000)).to_string()
}

fn time(field: &'static str, text: &str) -> Result<Time, Refusal> {
    let refused = || Refusal::new(field, "malformed", format!("`{field}` is not a time like 2017-10-24T15:10:00Z"));
    loose::time(text).ok_or_else(refused)
}

fn number(field: &'static str, text: &str) -> Result<u64, Refusal> {
    let refused = || Refusal::new(field, "malformed", format!("`{field}` is not a number"));
    text.parse().map_err(|_| refused())
}

/// Percent signs of a query; what is malformed stays as it is and is refused by its meaning.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_of_the_client_is_understood() {
        let query = EntriesQuery::parse("from=2017-10-20T00%3A00%3A00Z&to=2017-10-24T15:10:00.123Z&other=1").unwrap();
        assert_eq!(query.from.map(|t| t.to_string()).as_deref(), Some("2017-10-20T00:00:00Z"));
        assert_eq!(query.to.map(stamp).as_deref(), Some("2017-10-24T15:10:00Z"));
        for (bad, field) in [
            ("from=yesterday", "from"),
            ("start=x", "start"),
            ("size=-1", "size"),
            ("max=99999999999999999999", "max"),
            ("from=2018-01-01T00:00:00Z&to=2017-01-01T00:00:00Z", "to"),
        ] {
            assert_eq!(EntriesQuery::parse(bad).map_err(|r| r.field), Err(field), "{bad}");
        }
    }

    #[test]
    fn fe_1_a_next_that_leads_elsewhere_is_refused() {
        let good = "/v2/entries?from=2017-10-20T00:00:00Z&start=2001&size=1000&max=3000";
        assert_eq!(EntriesQuery::parse_next(good).map(|q| q.to_string()).as_deref(), Ok(good));
        for bad in [
            "http://169.254.169.254/v2/entries?start=1&size=1&max=1",
            "//evil.example/v2/entries?start=1&size=1&max=1",
            "@evil.example/v2/entries?start=1&size=1&max=1",
            "/v2/entries/../../x?start=1&size=1&max=1",
            "/v2/entries?start=1&size=1",
            "",
        ] {
            assert!(EntriesQuery::parse_next(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused_and_numbers_come_back(text in ".{0,60}", start: u64, max: u64) {
            _ = EntriesQuery::parse(&text);
            let query = EntriesQuery { start: Some(start), size: Some(1000), max: Some(max), ..EntriesQuery::default() };
            prop_assert_eq!(EntriesQuery::parse_next(&query.to_string()), Ok(query));
        }
    }
}
