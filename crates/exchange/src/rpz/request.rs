//! Reads what somebody asks the name server. Anybody can send anything: what is read here is bytes, and nothing is believed of
//! it before its signature is checked.

use super::{
    tsig::{self, Found},
    wire,
};
use domain::base::{
    Message, Rtype,
    iana::{Class, Opcode},
    name::ToName,
};
use domain::rdata::Soa;

/// Longest request that is read. One that asks for a transfer and is signed has a few hundred bytes.
pub const LONGEST: usize = 4096;

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The zone's head: is there something new?
    Soa,
    /// The zone's servers.
    Ns,
    /// The whole zone (RFC 5936).
    Whole,
    /// What changed since this serial (RFC 1995).
    Since(u32),
    /// Anything else, which is refused.
    Other,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The asker's number for it.
    pub id: u16,
    /// The name asked for: wire form, lower case.
    pub name: Vec<u8>,
    /// What of it.
    pub what: What,
    /// Head and question of an answer: the question as it was asked.
    head: Vec<u8>,
    /// Whether the asker knows extensions (RFC 6891), so that the answer says that we do.
    pub extended: bool,
    /// Its signature, not checked yet.
    pub signature: Option<Found>,
}

/// What cannot be answered as a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unreadable {
    /// Too short for a head, or an answer itself: silence.
    Ignored,
    /// Answered with this code and nothing else.
    Said(u16, Code),
}

/// How a request fared, as a message's head has it (RFC 1035, section 4.1.1; RFC 2136).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    /// Here it is.
    NoError = 0,
    /// It cannot be read.
    FormErr = 1,
    /// Not now.
    ServFail = 2,
    /// Not here.
    NotImp = 4,
    /// Not for you.
    Refused = 5,
    /// Its signature is not good.
    NotAuth = 9,
}

/// Reads a request.
///
/// # Errors
/// It is none, or cannot be read.
pub fn read(bytes: &[u8]) -> Result<Request, Unreadable> {
    let id = wire::id(bytes);
    let malformed = Unreadable::Said(id, Code::FormErr);
    let message = Message::from_slice(bytes).map_err(|_| Unreadable::Ignored)?;
    if message.header().qr() {
        return Err(Unreadable::Ignored);
    }
    if bytes.len() > LONGEST {
        return Err(malformed);
    }
    if message.header().opcode() != Opcode::QUERY {
        return Err(Unreadable::Said(id, Code::NotImp));
    }
    let question = message.sole_question().map_err(|_| malformed)?;
    let name = wire::lower(question.qname());
    let plain = question.qname().try_to_name::<Vec<u8>>().map_err(|_| malformed)?;
    // A name that is pressed together would come back longer than it was sent.
    let written = bytes.get(wire::HEAD..).unwrap_or_default();
    if !written.starts_with(plain.as_slice()) {
        return Err(malformed);
    }
    let signature = tsig::find(bytes).map_err(|tsig::Malformed| malformed)?;
    let what = match (question.qclass(), question.qtype()) {
        (Class::IN, Rtype::SOA) => What::Soa,
        (Class::IN, Rtype::NS) => What::Ns,
        (Class::IN, Rtype::AXFR) => What::Whole,
        (Class::IN, Rtype::IXFR) => What::Since(since(message, &name).ok_or(malformed)?),
        _ => What::Other,
    };
    let mut head = vec![0; wire::HEAD];
    head.splice(..2, id.to_be_bytes());
    wire::count(&mut head, 0, 4, |_| 1);
    head.extend_from_slice(plain.as_slice());
    head.extend_from_slice(&question.qtype().to_int().to_be_bytes());
    head.extend_from_slice(&question.qclass().to_int().to_be_bytes());
    Ok(Request { id, name, what, head, extended: message.opt().is_some(), signature })
}

/// The serial that the asker of an increment has: in the zone's head in the part for authorities.
fn since(message: &Message<[u8]>, zone: &[u8]) -> Option<u32> {
    let mut records = message.authority().ok()?.limit_to_in::<Soa<_>>();
    let record = records.next()?.ok()?;
    (wire::lower(record.owner()) == zone).then(|| record.data().serial().into_int())
}

impl Request {
    /// Head and question of an answer with this code; `known` when the zone is ours.
    pub fn head(&self, code: Code, known: bool) -> Vec<u8> {
        let mut head = self.head.clone();
        if let Some(flags) = head.get_mut(2..4) {
            // An answer; authoritative where it is ours.
            flags.copy_from_slice(&[if known { 0x84 } else { 0x80 }, code as u8]);
        }
        head
    }

    /// Adds to an answer that begins at `start` that we know extensions too, when the asker does.
    pub fn extend(&self, out: &mut Vec<u8>, start: usize) {
        if self.extended {
            let [high, low] = super::server::DATAGRAM.to_be_bytes();
            out.extend_from_slice(&[0, 0, 41, high, low, 0, 0, 0, 0, 0, 0]);
            wire::count(out, start, wire::ADDITIONAL, |n| n.saturating_add(1));
        }
    }
}

/// The answer to what cannot be read.
pub fn head_only(id: u16, code: Code) -> Vec<u8> {
    let mut head = vec![0; wire::HEAD];
    head.splice(..4, [id.to_be_bytes(), [0x80, code as u8]].concat());
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: u16) -> Vec<u8> {
        let mut message = vec![1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        message.extend(b"\x03RPZ\x07example\x00");
        message.extend(kind.to_be_bytes());
        message.extend([0, 1]);
        message
    }

    #[test]
    fn a_request_says_what_it_wants_and_is_echoed_as_it_was_asked() {
        let request = read(&asked(252)).expect("reads");
        assert_eq!((request.id, request.what), (0x0102, What::Whole));
        assert_eq!(request.name, b"\x03rpz\x07example\x00");
        assert!(request.signature.is_none());
        let head = request.head(Code::Refused, false);
        assert_eq!(head[..12], [1, 2, 0x80, 5, 0, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(head[12..], asked(252)[12..]);
        assert_eq!(read(&asked(255)).expect("reads").what, What::Other);
    }

    #[test]
    fn an_increment_needs_the_serial_that_the_asker_has() {
        assert_eq!(read(&asked(251)).map(|_| ()), Err(Unreadable::Said(0x0102, Code::FormErr)));
        let mut whole = asked(251);
        whole[9] = 1;
        whole.extend([0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0, 0, 0, 0, 7]);
        whole.extend([0; 16]);
        assert_eq!(read(&whole).expect("reads").what, What::Since(7));
    }

    #[test]
    fn hostile_messages_are_refused_or_ignored() {
        let mut answer = asked(6);
        answer[2] = 0x80;
        assert_eq!(read(&answer).map(|_| ()), Err(Unreadable::Ignored));
        assert_eq!(read(&[]).map(|_| ()), Err(Unreadable::Ignored));
        assert_eq!(read(&asked(6)[..11]).map(|_| ()), Err(Unreadable::Ignored));
        let mut update = asked(6);
        update[2] = 5 << 3;
        assert_eq!(read(&update).map(|_| ()), Err(Unreadable::Said(0x0102, Code::NotImp)));
        // A name that points at itself, two questions, counts that promise more than there is.
        let mut round = asked(6)[..12].to_vec();
        round.extend([0xc0, 12, 0, 6, 0, 1]);
        let (mut two, mut more) = (asked(6), asked(6));
        two[5] = 2;
        more[11] = 200;
        for bad in [round, two, more, asked(6)[..14].to_vec(), [asked(6), vec![0; LONGEST]].concat()] {
            assert_eq!(read(&bad).map(|_| ()), Err(Unreadable::Said(0x0102, Code::FormErr)));
        }
        // A name that goes on in the message's head comes back longer than it was sent.
        let mut pressed = vec![0x10, 7, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 3, b'p', b'z', 1, 0xc0, 0];
        pressed.extend([0, 0, 0, 0, 0, 0x93, 0xc0, 0, 0, 0x1f, 0, 0, 0, 0, 0, 6, 0]);
        assert_eq!(read(&pressed).map(|_| ()), Err(Unreadable::Said(0x1007, Code::FormErr)));
    }
}
