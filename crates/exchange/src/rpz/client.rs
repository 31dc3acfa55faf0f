//! The other side of a transfer: asks a server for a zone, checks every signature and keeps a copy that increments are applied
//! to. The demo's resolver works by it; tests and measurements hold it against this server and against others.

use super::{
    tsig::{Key, Sequence},
    wire,
};
use domain::{
    base::{Message, Rtype, iana::Rcode, rdata::UnknownRecordData},
    rdata::Soa,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::SocketAddr,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(10);
/// The id of a request. It is alone on its connection, and a signature does not cover it (RFC 8945, section 5.3.1).
const ID: u16 = 7;

/// A record: owner and data in wire form, the owner in lower case.
pub type Record = (Vec<u8>, u16, Vec<u8>);

/// A copy of a zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copy {
    /// Its serial; `None` before the first transfer.
    pub serial: Option<u32>,
    /// Its records without its head: by owner, what it has.
    records: BTreeMap<Vec<u8>, BTreeSet<(u16, Vec<u8>)>>,
}

/// What a transfer was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Records that came.
    pub records: usize,
    /// Bytes that came.
    pub bytes: usize,
    /// Whether it was an increment.
    pub increment: bool,
}

/// Why a transfer failed.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The connection failed or ended too early.
    #[error("the transfer broke off: {0}")]
    Io(#[from] io::Error),
    /// The server was silent for too long.
    #[error("the server was silent for too long")]
    Silent,
    /// The server did not give the zone: its code.
    #[error("the server said {0}")]
    Said(u8),
    /// A signature is missing or wrong.
    #[error("the answer is not signed as it should be: {0:?}")]
    Signature(super::tsig::Fault),
    /// What came is no transfer.
    #[error("what came is no transfer")]
    Malformed,
}

/// A request for a zone, signed, its length in front: all of it, or what changed since a serial.
pub fn request(zone: &str, key: &Key, since: Option<u32>, id: u16, now: u64) -> Option<(Vec<u8>, Sequence)> {
    let kind: u16 = if since.is_some() { 251 } else { 252 };
    let mut out = vec![0, 0];
    out.extend_from_slice(&id.to_be_bytes());
    out.extend_from_slice(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    out.extend_from_slice(&wire::name(zone)?);
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&[0, 1]);
    if let Some(serial) = since {
        wire::count(&mut out, 2, 8, |_| 1);
        out.extend_from_slice(&[0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0]);
        out.extend_from_slice(&serial.to_be_bytes());
        out.extend_from_slice(&[0; 16]);
    }
    let sequence = Sequence::asking(key, &mut out, 2, now);
    let length = u16::try_from(out.len() - 2).ok()?;
    out.get_mut(..2)?.copy_from_slice(&length.to_be_bytes());
    Some((out, sequence))
}

impl Copy {
    /// Records of an owner in wire form, lower case.
    pub fn of(&self, owner: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
        self.records.get(owner).into_iter().flatten().map(|(kind, data)| (*kind, data.as_slice()))
    }

    /// How many records there are, without the zone's head.
    pub fn len(&self) -> usize {
        self.records.values().map(BTreeSet::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Brings the copy up to date from a server. After an error it is as it was.
    ///
    /// # Errors
    /// Whatever was wrong on the way.
    pub async fn refresh(
        &mut self,
        server: SocketAddr,
        zone: &str,
        key: &Key,
        clock: impl Fn() -> u64,
    ) -> Result<Told, Trouble> {
        let (request, mut sequence) = request(zone, key, self.serial, ID, clock()).ok_or(Trouble::Malformed)?;
        let mut stream = timeout(PATIENCE, TcpStream::connect(server)).await.map_err(|_| Trouble::Silent)??;
        stream.write_all(&request).await?;
        let (mut incoming, mut told) = (Incoming::new(self.serial), Told::default());
        let mut signed = false;
        while !incoming.is_over() {
            let message = timeout(PATIENCE, message(&mut stream)).await.map_err(|_| Trouble::Silent)??;
            told.bytes += message.len() + 2;
            if message.get(..2) != Some(&ID.to_be_bytes()) {
                return Err(Trouble::Malformed);
            }
            signed = sequence.check(&message, clock()).map_err(Trouble::Signature)?;
            incoming.take(&message)?;
        }
        if !signed {
            return Err(Trouble::Signature(super::tsig::Fault::BadSig));
        }
        told.records = incoming.records.len();
        told.increment = incoming.apply(self)?;
        Ok(told)
    }
}

/// Reads one message with its length in front.
///
/// # Errors
/// The connection failed or ended.
pub async fn message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u16().await?;
    let mut message = vec![0; usize::from(length)];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

/// A transfer as it comes.
#[derive(Debug, Default)]
pub struct Incoming {
    had: Option<u32>,
    last: Option<u32>,
    heads: usize,
    over: bool,
    /// Heads are told by their serial.
    records: Vec<(Option<u32>, Record)>,
}

impl Incoming {
    /// A transfer to whoever has this serial.
    pub fn new(had: Option<u32>) -> Self {
        Self { had, ..Self::default() }
    }

    /// Whether its last record has come.
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// Takes the records of a message.
    ///
    /// # Errors
    /// The server refused, or what came is no part of a transfer.
    pub fn take(&mut self, message: &[u8]) -> Result<(), Trouble> {
        let message = Message::from_slice(message).map_err(|_| Trouble::Malformed)?;
        if message.header().rcode() != Rcode::NOERROR {
            return Err(Trouble::Said(message.header().rcode().to_int()));
        }
        for record in message.answer().map_err(|_| Trouble::Malformed)? {
            let record = record.map_err(|_| Trouble::Malformed)?;
            if self.over {
                return Err(Trouble::Malformed);
            }
            let (owner, kind) = (wire::lower(&record.owner()), record.rtype());
            let serial = record.to_record::<Soa<_>>().ok().flatten().map(|soa| soa.data().serial().into_int());
            let data = match kind {
                Rtype::CNAME => {
                    let cname = record.into_record::<domain::rdata::Cname<_>>().ok().flatten();
                    wire::lower(cname.ok_or(Trouble::Malformed)?.data().cname())
                }
                Rtype::SOA => Vec::new(),
                _ => {
                    let data = record.into_record::<UnknownRecordData<_>>().ok().flatten();
                    AsRef::<[u8]>::as_ref(data.ok_or(Trouble::Malformed)?.data().data()).to_vec()
                }
            };
            self.add(serial, (owner, kind.to_int(), data))?;
        }
        Ok(())
    }

    fn add(&mut self, serial: Option<u32>, record: Record) -> Result<(), Trouble> {
        let Some(last) = self.last else {
            self.last = Some(serial.ok_or(Trouble::Malformed)?);
            // One head alone says that there is nothing new.
            self.over = self.had == self.last;
            return Ok(());
        };
        if serial == Some(last) {
            self.heads += 1;
            // An increment names the last serial before its additions and at its end; everything anew only at its end.
            let increment = self.records.first().is_some_and(|(serial, _)| serial.is_some());
            self.over = !increment || self.heads == 2;
        }
        self.records.push((serial, record));
        Ok(())
    }

    /// Makes the copy what the transfer says; whether that was an increment.
    fn apply(self, copy: &mut Copy) -> Result<bool, Trouble> {
        let increment = self.records.first().is_none_or(|(serial, _)| serial.is_some());
        let mut next = if increment { copy.clone() } else { Copy::default() };
        // Heads stand in turn before what goes and before what comes.
        let mut adds = true;
        for (serial, (owner, kind, data)) in self.records {
            match serial {
                Some(_) => adds = adds != increment,
                None if adds => {
                    next.records.entry(owner).or_default().insert((kind, data));
                }
                None => {
                    let of = next.records.get_mut(&owner).ok_or(Trouble::Malformed)?;
                    if !of.remove(&(kind, data)) {
                        return Err(Trouble::Malformed);
                    }
                    if of.is_empty() {
                        next.records.remove(&owner);
                    }
                }
            }
        }
        next.serial = self.last;
        *copy = next;
        Ok(increment)
    }
}
