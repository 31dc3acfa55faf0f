//! Signatures of DNS messages by a shared secret (RFC 8945): of requests, of single answers, and of the many messages of a
//! transfer, of which each is signed over the one before. Written here, on the house's one crypto library, rather than taken
//! from `domain`: decision 37 says why.

use super::wire;
use aws_lc_rs::hmac;
use domain::{
    base::{Message, iana::Class},
    rdata::tsig::Tsig,
};

/// Seconds that clocks may differ (RFC 8945, section 10).
pub const FUDGE: u16 = 300;

base::words! {
    /// How it is signed.
    Algorithm, "algorithm" {
        /// hmac-sha256
        Sha256 = "hmac-sha256",
        /// hmac-sha384
        Sha384 = "hmac-sha384",
        /// hmac-sha512
        Sha512 = "hmac-sha512",
    }
}

impl Algorithm {
    /// Bytes of a signature, and of a secret that is made here.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    const fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha512 => hmac::HMAC_SHA512,
        }
    }
}

/// A shared secret with its name.
#[derive(Clone)]
pub struct Key {
    /// Wire form, lower case, root label included.
    name: Vec<u8>,
    algorithm: Algorithm,
    key: hmac::Key,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[key]")
    }
}

impl Key {
    /// A key by its name, such as `k1.rpz.example`; `None` when that is no domain name.
    pub fn new(name: &str, algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        Some(Self { name: wire::name(name)?, algorithm, key: hmac::Key::new(algorithm.hmac(), secret) })
    }

    /// Its name in wire form, lower case.
    pub fn name(&self) -> &[u8] {
        &self.name
    }
}

/// What RFC 8945 says is wrong with a signature, as its error field has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Not signed by this key.
    BadSig = 16,
    /// No such key here.
    BadKey = 17,
    /// Another time than ours.
    BadTime = 18,
    /// A signature cut shorter than is taken here.
    BadTrunc = 22,
}

impl Fault {
    /// By its number; none for 0, which says that nothing is wrong.
    fn of(error: u16) -> Option<Self> {
        [Self::BadSig, Self::BadKey, Self::BadTime, Self::BadTrunc].into_iter().find(|fault| *fault as u16 == error)
    }
}

/// A signature as it stands at the end of a message.
#[derive(Clone, Debug)]
pub struct Found {
    /// Name of the key: wire form, lower case.
    pub name: Vec<u8>,
    /// What the message says it was signed by: wire form, lower case.
    pub algorithm: Vec<u8>,
    time: u64,
    fudge: u16,
    mac: Vec<u8>,
    original_id: u16,
    error: u16,
    other: Vec<u8>,
    /// Where the record begins.
    start: usize,
}

/// A message that is signed in a way that cannot be read: more than once, or not at its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

/// The signature of a message; `None` when it is not signed.
///
/// # Errors
/// The message cannot be read to its end, or has a signature where none may stand.
pub fn find(message: &[u8]) -> Result<Option<Found>, Malformed> {
    let parsed = Message::from_slice(message).map_err(|_| Malformed)?;
    let mut section = parsed.additional().map_err(|_| Malformed)?;
    loop {
        let start = section.pos();
        let Some(record) = section.next() else { return Ok(None) };
        let record = record.map_err(|_| Malformed)?;
        let name = wire::lower(&record.owner());
        let class = record.class();
        let Some(record) = record.into_record::<Tsig<_, _>>().map_err(|_| Malformed)? else { continue };
        let data = record.data();
        if section.next().is_some() || class != Class::ANY {
            return Err(Malformed);
        }
        let time = data.time_signed().into_octets().iter().fold(0, |time, byte| time << 8 | u64::from(*byte));
        return Ok(Some(Found {
            name,
            algorithm: wire::lower(data.algorithm()),
            time,
            fudge: data.fudge(),
            mac: AsRef::<[u8]>::as_ref(data.mac()).to_vec(),
            original_id: data.original_id(),
            error: data.error().to_int(),
            other: AsRef::<[u8]>::as_ref(data.other()).to_vec(),
            start,
        }));
    }
}

impl Found {
    /// Whether a key's name and algorithm are those of this signature.
    pub fn is_by(&self, key: &Key) -> bool {
        self.name == key.name && wire::name(key.algorithm.word()).is_some_and(|word| word == self.algorithm)
    }

    /// Checks a request's signature; `now` is seconds since 1970.
    ///
    /// # Errors
    /// What is wrong with it, in the order of RFC 8945, section 5.2: the signature first, then the time.
    pub fn check(&self, message: &[u8], key: &Key, now: u64) -> Result<(), Fault> {
        self.check_after(message, key, now, &[], Whole::All)
    }

    fn check_after(&self, message: &[u8], key: &Key, now: u64, before: &[u8], whole: Whole) -> Result<(), Fault> {
        let variables = match whole {
            Whole::All => self.variables(key),
            Whole::Times => times(self.time, self.fudge),
        };
        let mut context = hmac::Context::with_key(&key.key);
        context.update(before);
        context.update(&self.unsigned(message));
        context.update(&variables);
        let expected = context.sign();
        let full = expected.as_ref();
        // Cut signatures are allowed by the RFC down to half their length, and by nobody who is served here.
        let half = (full.len() / 2).max(10);
        let part = full.get(..self.mac.len()).filter(|part| part.len() >= half).ok_or(Fault::BadSig)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(part, &self.mac).map_err(|_| Fault::BadSig)?;
        if part.len() < full.len() {
            return Err(Fault::BadTrunc);
        }
        if now.abs_diff(self.time) > u64::from(self.fudge) {
            return Err(Fault::BadTime);
        }
        Ok(())
    }

    /// The message as it was before it was signed.
    fn unsigned(&self, message: &[u8]) -> Vec<u8> {
        let mut plain = message.get(..self.start).unwrap_or_default().to_vec();
        if let Some(id) = plain.get_mut(..2) {
            id.copy_from_slice(&self.original_id.to_be_bytes());
        }
        wire::count(&mut plain, 0, wire::ADDITIONAL, |n| n.saturating_sub(1));
        plain
    }

    fn variables(&self, key: &Key) -> Vec<u8> {
        variables(key, &Said { time: self.time, fudge: self.fudge, error: self.error, other: &self.other })
    }
}

/// What is signed beside the message: everything, or for the later messages of a transfer only the times.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    All,
    Times,
}

struct Said<'a> {
    time: u64,
    fudge: u16,
    error: u16,
    other: &'a [u8],
}

fn times(time: u64, fudge: u16) -> Vec<u8> {
    let [_, _, time @ ..] = time.to_be_bytes();
    [time.as_slice(), &fudge.to_be_bytes()].concat()
}

fn variables(key: &Key, said: &Said<'_>) -> Vec<u8> {
    let algorithm = wire::name(key.algorithm.word()).unwrap_or_default();
    let other = u16::try_from(said.other.len()).unwrap_or_default().to_be_bytes();
    let class_and_ttl = [0, 255, 0, 0, 0, 0];
    let error = said.error.to_be_bytes();
    [&key.name, class_and_ttl.as_slice(), &algorithm, &times(said.time, said.fudge), &error, &other, said.other]
        .concat()
}

/// Adds the record at the end of the message that begins at `start` of `out`.
fn append(out: &mut Vec<u8>, start: usize, name: &[u8], algorithm: &[u8], id: u16, said: &Said<'_>, mac: &[u8]) {
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap_or_default().to_be_bytes();
    let rest = [&id.to_be_bytes(), said.error.to_be_bytes().as_slice(), &length(said.other), said.other].concat();
    let data = [algorithm, &times(said.time, said.fudge), &length(mac), mac, &rest].concat();
    out.extend_from_slice(name);
    out.extend_from_slice(&[0, 250, 0, 255, 0, 0, 0, 0]);
    out.extend_from_slice(&length(&data));
    out.extend_from_slice(&data);
    wire::count(out, start, wire::ADDITIONAL, |n| n.saturating_add(1));
}

/// The signed messages of one exchange, from the request on. Each is signed over the one before.
#[derive(Clone)]
pub struct Sequence {
    key: Key,
    /// The last signature, its length in front.
    before: Vec<u8>,
    first: bool,
    /// Received since the last signed message, at the end of which there must be one.
    unsigned: Vec<u8>,
}

impl std::fmt::Debug for Sequence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[sequence]")
    }
}

fn with_length(mac: &[u8]) -> Vec<u8> {
    [u16::try_from(mac.len()).unwrap_or_default().to_be_bytes().as_slice(), mac].concat()
}

impl Sequence {
    /// At the server: answers to a request that was checked.
    pub fn answering(key: &Key, request: &Found) -> Self {
        Self { key: key.clone(), before: with_length(&request.mac), first: true, unsigned: Vec::new() }
    }

    /// At the client: signs the request that begins at `start` of `out`, and waits for its answers.
    pub fn asking(key: &Key, out: &mut Vec<u8>, start: usize, now: u64) -> Self {
        let mut sequence = Self { key: key.clone(), before: Vec::new(), first: true, unsigned: Vec::new() };
        sequence.sign(out, start, now);
        sequence.first = true;
        sequence
    }

    /// Signs the next message, which begins at `start` of `out` and is otherwise complete.
    pub fn sign(&mut self, out: &mut Vec<u8>, start: usize, now: u64) {
        self.sign_saying(out, start, &Said { time: now, fudge: FUDGE, error: 0, other: &[] });
    }

    /// Signs an answer that says what is wrong with a request that did come from this key.
    pub fn sign_fault(&mut self, out: &mut Vec<u8>, start: usize, request: &Found, fault: Fault, now: u64) {
        let [_, _, other @ ..] = now.to_be_bytes();
        let other = if fault == Fault::BadTime { other.as_slice() } else { &[] };
        let said = Said { time: request.time, fudge: request.fudge, error: fault as u16, other };
        self.sign_saying(out, start, &said);
    }

    fn sign_saying(&mut self, out: &mut Vec<u8>, start: usize, said: &Said<'_>) {
        let mut context = hmac::Context::with_key(&self.key.key);
        context.update(&self.before);
        context.update(out.get(start..).unwrap_or_default());
        let variables = if self.first { variables(&self.key, said) } else { times(said.time, said.fudge) };
        context.update(&variables);
        let tag = context.sign();
        let id = wire::id(out.get(start..).unwrap_or_default());
        let algorithm = wire::name(self.key.algorithm.word()).unwrap_or_default();
        append(out, start, &self.key.name, &algorithm, id, said, tag.as_ref());
        self.before = with_length(tag.as_ref());
        self.first = false;
    }

    /// At the client: checks the next answer. Says whether it was signed; the last one has to be.
    ///
    /// # Errors
    /// It is signed wrongly, or not at all where it must be.
    pub fn check(&mut self, message: &[u8], now: u64) -> Result<bool, Fault> {
        let Some(found) = find(message).map_err(|Malformed| Fault::BadSig)? else {
            self.unsigned.extend_from_slice(message);
            return if self.first { Err(Fault::BadSig) } else { Ok(false) };
        };
        if !found.is_by(&self.key) {
            return Err(Fault::BadKey);
        }
        if let Some(fault) = Fault::of(found.error).filter(|_| found.mac.is_empty()) {
            // Who does not know the key cannot sign that it does not (RFC 8945, section 5.2).
            return Err(fault);
        }
        let whole = if self.first { Whole::All } else { Whole::Times };
        let before = [self.before.as_slice(), &self.unsigned].concat();
        found.check_after(message, &self.key, now, &before, whole)?;
        if let Some(fault) = Fault::of(found.error) {
            // The server does know the key and says what it does not like.
            return Err(fault);
        }
        self.before = with_length(&found.mac);
        self.first = false;
        self.unsigned.clear();
        Ok(true)
    }
}

/// Adds to an answer that it is not signed because the request was not signed by a key that is known here.
pub fn append_unsigned(out: &mut Vec<u8>, start: usize, request: &Found, fault: Fault) {
    let said = Said { time: request.time, fudge: request.fudge, error: fault as u16, other: &[] };
    append(out, start, &request.name, &request.algorithm, request.original_id, &said, &[]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::new("k.example", Algorithm::Sha256, &[7; 32]).expect("a key")
    }

    fn request() -> Vec<u8> {
        let mut message = vec![0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        message.extend(wire::name("rpz.example").expect("a name"));
        message.extend([0, 6, 0, 1]);
        message
    }

    #[test]
    fn what_is_signed_is_checked_to_the_end_of_the_sequence() {
        let (key, mut asked) = (key(), request());
        let mut client = Sequence::asking(&key, &mut asked, 0, 1000);
        let found = find(&asked).expect("reads").expect("signed");
        assert!(found.is_by(&key));
        assert_eq!(found.check(&asked, &key, 1300), Ok(()));
        assert_eq!(found.check(&asked, &key, 1301), Err(Fault::BadTime));
        let mut server = Sequence::answering(&key, &found);
        for n in 0..3 {
            let mut answer = request();
            server.sign(&mut answer, 0, 1000 + n);
            assert_eq!(client.clone().check(&request(), 1000).is_ok(), n > 0, "the first is signed");
            let mut forged = answer.clone();
            forged[13] ^= 1;
            assert!(client.clone().check(&forged, 1000).is_err());
            assert_eq!(client.check(&answer, 1000), Ok(true));
        }
    }

    #[test]
    fn another_secret_another_name_and_another_message_are_refused() {
        let (key, mut asked) = (key(), request());
        Sequence::asking(&key, &mut asked, 0, 1000);
        let found = find(&asked).expect("reads").expect("signed");
        let other = Key::new("k.example", Algorithm::Sha256, &[8; 32]).expect("a key");
        assert_eq!(found.check(&asked, &other, 1000), Err(Fault::BadSig));
        assert!(!found.is_by(&Key::new("l.example", Algorithm::Sha256, &[7; 32]).expect("a key")));
        assert!(!found.is_by(&Key::new("k.example", Algorithm::Sha512, &[7; 32]).expect("a key")));
        let mut changed = asked.clone();
        changed[3] = 1;
        assert_eq!(found.check(&changed, &key, 1000), Err(Fault::BadSig));
        let twice = [asked.as_slice(), asked.get(found.start..).expect("the record")].concat();
        let mut twice = twice;
        wire::count(&mut twice, 0, wire::ADDITIONAL, |n| n + 1);
        assert_eq!(find(&twice).map(|_| ()), Err(Malformed));
    }

    #[test]
    fn cr_4_keys_print_nothing() {
        assert_eq!(format!("{:?}", key()), "[key]");
    }
}
