//! What a provider's zone consists of, and its records as bytes of a message.
//!
//! A response policy zone (draft-vixie-dnsop-dns-rpz): for each listed domain, itself and everything below it answer with the
//! provider's stop page. The zone is never stored: it is the list at one serial, said in one provider's words. Its serial is the
//! list's plus the number of the provider's own changes, so that it grows with either.

use super::wire;
use crate::blocklist::{Snapshot, Stop};
use std::sync::Arc;

const A: u16 = 1;
const NS: u16 = 2;
const CNAME: u16 = 5;
const SOA: u16 = 6;
const AAAA: u16 = 28;

/// Bytes of a message of a transfer at most. A name can be pointed at in the first 16 KiB only (RFC 1035, section 4.1.4);
/// longer messages would carry each name twice.
pub const MESSAGE: usize = 16 << 10;
/// Of these, kept for the signature.
const SIGNATURE: usize = 400;
/// Where every message has the zone's name: in its question.
const ZONE_HERE: [u8; 2] = [0xc0, 12];

/// Times that secondaries and resolvers go by, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// For how long a resolver may keep an answer.
    pub ttl: u32,
    /// How often a secondary asks when it is told nothing.
    pub refresh: u32,
    /// How soon again when it got no answer.
    pub retry: u32,
    /// For how long it goes on without us.
    pub expire: u32,
}

/// One provider's zone at one serial of the list.
#[derive(Clone)]
pub struct Zone {
    /// Wire form, lower case.
    pub origin: Arc<[u8]>,
    /// What stands in it.
    pub list: Snapshot,
    /// Where its names lead.
    pub stop: Stop,
    /// How often the provider has changed what its zone says.
    pub changes: i64,
    /// The list's serial at the last of these: before that, the zone had other records.
    pub since: i64,
    /// What secondaries go by.
    pub times: Times,
}

/// A list's serial and a provider's changes as a serial of DNS, which counts in a circle (RFC 1982).
pub const fn serial(list: i64, changes: i64) -> u32 {
    list.wrapping_add(changes).cast_unsigned() as u32
}

/// Whether a serial is newer than another (RFC 1982, section 3.2).
pub const fn is_newer(one: u32, other: u32) -> bool {
    one != other && one.wrapping_sub(other) < 1 << 31
}

impl Zone {
    /// Its serial.
    pub fn serial(&self) -> u32 {
        serial(self.list.serial(), self.changes)
    }

    /// The list's serial that a serial of this zone stands for; `None` when the zone then had other records, or is yet to get
    /// there.
    pub fn list_serial(&self, of: u32) -> Option<i64> {
        let behind = self.serial().wrapping_sub(of);
        let then = self.list.serial().checked_sub(i64::from(behind))?;
        (behind < 1 << 31 && then >= self.since).then_some(then)
    }
}

/// Records on their way into one message.
pub struct Page<'a> {
    zone: &'a Zone,
    out: &'a mut Vec<u8>,
    start: usize,
    answers: u16,
    /// Where the stop page's name stands, once it does.
    target: Option<u16>,
}

impl<'a> Page<'a> {
    /// A message that begins at the end of `out` with this head and question.
    pub fn new(zone: &'a Zone, out: &'a mut Vec<u8>, head: &[u8]) -> Self {
        let start = out.len();
        out.extend_from_slice(head);
        Self { zone, out, start, answers: 0, target: None }
    }

    /// Ends it.
    pub fn finish(self) {
        let answers = self.answers;
        wire::count(self.out, self.start, wire::ANSWERS, |_| answers);
    }

    /// Whether nothing stands in it yet.
    pub const fn is_empty(&self) -> bool {
        self.answers == 0
    }

    fn here(&self) -> usize {
        self.out.len() - self.start
    }

    fn pointer(place: usize) -> [u8; 2] {
        (0xc000 | u16::try_from(place).unwrap_or_default()).to_be_bytes()
    }

    fn record(&mut self, kind: u16, data: &[u8]) {
        let ttl = self.zone.times.ttl;
        let length = u16::try_from(data.len()).unwrap_or_default();
        self.out.extend_from_slice(&kind.to_be_bytes());
        self.out.extend_from_slice(&[0, 1]);
        self.out.extend_from_slice(&ttl.to_be_bytes());
        self.out.extend_from_slice(&length.to_be_bytes());
        self.out.extend_from_slice(data);
        self.answers += 1;
    }

    /// The zone's head with this serial; false when it does not fit.
    pub fn soa(&mut self, serial: u32) -> bool {
        if self.here() + 100 + SIGNATURE > MESSAGE {
            return false;
        }
        let Times { ttl, refresh, retry, expire } = self.zone.times;
        // Nobody asks the zone's own servers: it is a file in the form of a zone.
        let mut data = b"\x09localhost\x00\x0ahostmaster\x09localhost\x00".to_vec();
        data.extend([serial, refresh, retry, expire, ttl].iter().flat_map(|n| n.to_be_bytes()));
        self.out.extend_from_slice(&ZONE_HERE);
        self.record(SOA, &data);
        true
    }

    /// The zone's server, which a zone has to have.
    pub fn ns(&mut self) -> bool {
        if self.here() + 40 + SIGNATURE > MESSAGE {
            return false;
        }
        self.out.extend_from_slice(&ZONE_HERE);
        self.record(NS, b"\x09localhost\x00");
        true
    }

    /// A listed domain and everything below it; false when it does not fit. A domain that is too long to stand in this zone is
    /// passed over.
    pub fn domain(&mut self, domain: &str) -> bool {
        let name = domain.len() + 1;
        if 2 + name + self.zone.origin.len() > wire::LONGEST_NAME {
            return true;
        }
        // Two owners, two records each, and the stop page's name.
        if self.here() + name + 2 * 2 * 32 + wire::LONGEST_NAME + SIGNATURE > MESSAGE {
            return false;
        }
        let (before, answers, target) = (self.out.len(), self.answers, self.target);
        let owner = self.here();
        if wire::labels(domain, self.out).is_none() {
            self.out.truncate(before);
            (self.answers, self.target) = (answers, target);
            return true;
        }
        self.out.extend_from_slice(&ZONE_HERE);
        self.records(owner);
        let below = self.here();
        self.out.extend_from_slice(b"\x01*");
        self.out.extend_from_slice(&Self::pointer(owner));
        self.records(below);
        true
    }

    /// The records of an owner whose name has just been written.
    fn records(&mut self, owner: usize) {
        let zone = self.zone;
        match &zone.stop {
            Stop::Addresses { a, aaaa } => {
                if let Some(a) = a {
                    self.record(A, &a.octets());
                }
                if let Some(aaaa) = aaaa {
                    if a.is_some() {
                        self.out.extend_from_slice(&Self::pointer(owner));
                    }
                    self.record(AAAA, &aaaa.octets());
                }
            }
            Stop::Name(name) => match self.target {
                Some(place) => self.record(CNAME, &(0xc000 | place).to_be_bytes()),
                None => {
                    let place = self.here() + 10;
                    self.record(CNAME, &wire::name(name).unwrap_or_else(|| vec![0]));
                    self.target = u16::try_from(place).ok().filter(|place| *place < 0x4000);
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_count_in_a_circle() {
        assert!(is_newer(1, 0) && is_newer(0, u32::MAX) && is_newer(5, u32::MAX - 5));
        assert!(!is_newer(0, 0) && !is_newer(0, 1) && !is_newer(u32::MAX, 0));
        assert_eq!(serial(i64::from(u32::MAX), 2), 1);
    }

    #[test]
    fn a_serial_from_before_the_last_change_of_the_stop_page_stands_for_nothing() {
        let list = crate::blocklist::Published::default();
        let changes: Vec<_> = (1..=10)
            .map(|n| crate::blocklist::Change { serial: n, domain: format!("d{n}.example").into(), listed: true })
            .collect();
        list.apply(&changes);
        let zone = Zone {
            origin: wire::name("rpz.example").expect("a name").into(),
            list: list.snapshot(),
            stop: Stop::Addresses { a: Some([192, 0, 2, 1].into()), aaaa: None },
            changes: 3,
            since: 7,
            times: Times { ttl: 30, refresh: 60, retry: 30, expire: 3600 },
        };
        assert_eq!(zone.serial(), 13);
        assert_eq!([9, 10, 12, 13, 14].map(|s| zone.list_serial(s)), [None, Some(7), Some(9), Some(10), None]);
    }
}
