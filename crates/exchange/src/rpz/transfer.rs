//! A transfer: the messages in which a zone, or what changed of it, goes to a secondary, one after the other as it takes them.
//!
//! Its memory is one message and a place in the list. The list's version is the one at its beginning.

use super::{
    request::{Code, Request, What},
    tsig::Sequence,
    zone::{Page, Zone},
};
use crate::blocklist::{Delta, Walk};
use std::{collections::VecDeque, sync::Arc};

/// What goes out, in order.
enum Part {
    Head(u32),
    Servers,
    All(Box<Walk>),
    Some(Vec<Arc<str>>, usize),
}

/// How much goes out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// Everything.
    Whole,
    /// What changed.
    Changes,
    /// That nothing did.
    Nothing,
}

/// A transfer that runs.
pub struct Transfer {
    zone: Zone,
    head: Vec<u8>,
    parts: VecDeque<Part>,
    sequence: Sequence,
    extent: Extent,
    from: Option<u32>,
}

impl Transfer {
    /// The answer to a checked request for a transfer. `delta` gives what changed since a serial of the list, as far as the
    /// history reaches.
    pub fn new(zone: Zone, request: &Request, sequence: Sequence, delta: impl FnOnce(i64) -> Option<Delta>) -> Self {
        let from = match request.what {
            What::Since(serial) => Some(serial),
            What::Soa | What::Ns | What::Whole | What::Other => None,
        };
        let mut transfer = Self {
            head: request.head(Code::NoError, true),
            parts: VecDeque::new(),
            sequence,
            extent: Extent::Whole,
            from,
            zone,
        };
        transfer.plan(delta);
        transfer
    }

    fn plan(&mut self, delta: impl FnOnce(i64) -> Option<Delta>) {
        let now = self.zone.serial();
        let head = |serial| Part::Head(serial);
        let Some(from) = self.from else { return self.whole() };
        // Who has this serial, or says to have a later one, is told the serial (RFC 1995, section 2).
        if from == now || super::zone::is_newer(from, now) {
            self.extent = Extent::Nothing;
            self.parts.push_back(head(now));
            return;
        }
        let Some(delta) = self.zone.list_serial(from).and_then(delta) else { return self.whole() };
        // What the list is at the end of the difference is what is sent, though more may have come meanwhile.
        self.zone.list = delta.now.clone();
        if delta.changes.len() > self.zone.list.len() {
            return self.whole();
        }
        let now = self.zone.serial();
        self.extent = Extent::Changes;
        let some = |listed: bool| {
            let chosen = delta.changes.iter().filter(|(_, now)| *now == listed);
            Part::Some(chosen.map(|(domain, _)| Arc::clone(domain)).collect(), 0)
        };
        self.parts.extend([head(now), head(from), some(false), head(now), some(true), head(now)]);
    }

    fn whole(&mut self) {
        let now = self.zone.serial();
        let all = Part::All(Box::new(self.zone.list.walk()));
        self.extent = Extent::Whole;
        self.parts.extend([Part::Head(now), Part::Servers, all, Part::Head(now)]);
    }

    /// How much goes out.
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// The serial that the asker had, where it said so.
    pub const fn from(&self) -> Option<u32> {
        self.from
    }

    /// The list's serial that the asker will have.
    pub const fn list_serial(&self) -> i64 {
        self.zone.list.serial()
    }

    /// Adds the next message, its length in front, to `out`; false when there is none any more. `now` is seconds since 1970.
    pub fn message(&mut self, out: &mut Vec<u8>, now: u64) -> bool {
        if self.parts.is_empty() {
            return false;
        }
        let length = out.len();
        out.extend_from_slice(&[0, 0]);
        let start = out.len();
        let mut page = Page::new(&self.zone, out, &self.head);
        while let Some(part) = self.parts.front_mut() {
            if !write(part, &mut page) {
                break;
            }
            self.parts.pop_front();
        }
        page.finish();
        self.sequence.sign(out, start, now);
        let bytes = u16::try_from(out.len() - start).unwrap_or_default();
        if let Some(place) = out.get_mut(length..start) {
            place.copy_from_slice(&bytes.to_be_bytes());
        }
        true
    }
}

/// Writes as much of a part as fits; whether that was all of it.
fn write(part: &mut Part, page: &mut Page<'_>) -> bool {
    match part {
        Part::Head(serial) => page.soa(*serial),
        Part::Servers => page.ns(),
        Part::All(walk) => {
            while let Some(domain) = walk.peek() {
                if !page.domain(domain) {
                    return false;
                }
                walk.step();
            }
            true
        }
        Part::Some(domains, place) => {
            while let Some(domain) = domains.get(*place) {
                if !page.domain(domain) {
                    return false;
                }
                *place += 1;
            }
            true
        }
    }
}
