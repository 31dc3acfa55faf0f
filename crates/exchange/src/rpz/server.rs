//! The name server. It answers who signs with a key that is known: head and servers of the zone over UDP and TCP, transfers over
//! TCP. Everything else is refused in as many bytes as were asked with, so that nobody gains by a forged sender.
//!
//! Memory is bounded by the number of connections, of which there are so many in all and from one address; a transfer holds one
//! piece of 64 KiB at most, however slowly it is taken. What is refused closes its connection.

use super::{
    request::{self, Code, LONGEST, Request, Unreadable, What},
    transfer::{Extent, Transfer},
    tsig::{self, Fault, Sequence},
    zone::{self, Page, Zone},
};
use crate::blocklist::{self, BlockList, End, Fetching, Holder, Way};
use base::{Actor, OrgId};
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use storage::{Db, evidence::Vault};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::{Instant, timeout},
};

/// Longest answer over UDP.
pub const DATAGRAM: u16 = 1232;
/// Bytes written at once: several messages.
const PIECE: usize = 64 << 10;
/// How often a transfer that waits asks whether it may go on, beside being told.
const ASKED_AGAIN: Duration = Duration::from_millis(250);
/// How often the rows are followed.
const FOLLOW: Duration = Duration::from_millis(200);
/// How long a transfer waits for its turn.
const TURN: Duration = Duration::from_secs(2);

/// What every connection works with. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    /// The database, for the log of fetches.
    pub db: Db,
    /// What is given out.
    pub list: Arc<BlockList>,
    limits: Arc<Limits>,
}

struct Limits {
    connections: Arc<Semaphore>,
    transfers: Arc<Semaphore>,
    addresses: Mutex<HashMap<IpAddr, usize>>,
    providers: Mutex<HashMap<OrgId, Arc<Semaphore>>>,
}

/// A name server that listens and does not answer yet.
pub struct Server {
    desk: Desk,
    streams: Vec<TcpListener>,
    datagrams: Vec<UdpSocket>,
}

/// Follows the rows until it is dropped. What goes wrong is said and tried again.
pub async fn follow(db: Db, vault: Vault, list: Arc<BlockList>) {
    loop {
        if let Err(error) = list.follow(&db, &vault).await {
            tracing::error!(%error, "changes of the block list cannot be followed");
        }
        tokio::time::sleep(FOLLOW).await;
    }
}

impl Server {
    /// Listens where the config says, TCP and UDP on the same ports.
    ///
    /// # Errors
    /// An address cannot be listened on.
    pub async fn bind(db: &Db, list: &Arc<BlockList>) -> io::Result<Self> {
        let (mut streams, mut datagrams) = (Vec::new(), Vec::new());
        for address in &list.config.listen {
            let (stream, datagram) = both(*address).await?;
            streams.push(stream);
            datagrams.push(datagram);
        }
        let limits = Limits {
            connections: Arc::new(Semaphore::new(list.config.max_connections)),
            transfers: Arc::new(Semaphore::new(list.config.max_transfers)),
            addresses: Mutex::default(),
            providers: Mutex::default(),
        };
        let desk = Desk { db: db.clone(), list: Arc::clone(list), limits: Arc::new(limits) };
        Ok(Self { desk, streams, datagrams })
    }

    /// Where it listens.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.streams.iter().filter_map(|stream| stream.local_addr().ok()).collect()
    }

    /// Answers until it is dropped.
    pub async fn run(self) {
        let mut all = JoinSet::new();
        for stream in self.streams {
            all.spawn(accept(self.desk.clone(), stream));
        }
        for datagram in self.datagrams {
            all.spawn(datagrams(self.desk.clone(), datagram));
        }
        while all.join_next().await.is_some() {}
    }
}

/// Port 0 becomes one that is free for both.
async fn both(address: SocketAddr) -> io::Result<(TcpListener, UdpSocket)> {
    let mut tries = 0;
    loop {
        let stream = TcpListener::bind(address).await?;
        match UdpSocket::bind(stream.local_addr()?).await {
            Ok(datagram) => return Ok((stream, datagram)),
            Err(error) if address.port() != 0 || tries == 20 => return Err(error),
            Err(_) => tries += 1,
        }
    }
}

/// A connection's place among all and among those of its address.
struct Admitted {
    limits: Arc<Limits>,
    from: IpAddr,
    _place: OwnedSemaphorePermit,
}

impl Limits {
    fn admit(self: &Arc<Self>, from: IpAddr, most: usize) -> Option<Admitted> {
        let place = Arc::clone(&self.connections).try_acquire_owned().ok()?;
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let here = addresses.entry(from).or_default();
        if *here >= most {
            return None;
        }
        *here += 1;
        Some(Admitted { limits: Arc::clone(self), from, _place: place })
    }

    fn of(&self, org: OrgId, most: usize) -> Arc<Semaphore> {
        let mut providers = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(providers.entry(org).or_insert_with(|| Arc::new(Semaphore::new(most))))
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut addresses = self.limits.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = addresses.get_mut(&self.from) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                addresses.remove(&self.from);
            }
        }
    }
}

async fn accept(desk: Desk, listener: TcpListener) {
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = open.join_next() => continue,
        };
        match accepted {
            Ok((stream, from)) => {
                let most = desk.list.config.max_connections_per_address;
                // Who is one too many is told by the closed connection.
                let Some(admitted) = desk.limits.admit(from.ip(), most) else { continue };
                let desk = desk.clone();
                open.spawn(async move {
                    drop(stream.set_nodelay(true));
                    drop(converse(&desk, stream).await);
                    drop(admitted);
                });
            }
            Err(error) => {
                // Out of file handles, for instance: others have to end first.
                tracing::warn!(%error, "a connection to the name server cannot be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Requests of one connection, one after the other.
async fn converse(desk: &Desk, mut stream: TcpStream) -> io::Result<()> {
    let idle = Duration::from_secs(desk.list.config.idle_seconds);
    let mut request = Vec::new();
    loop {
        request.clear();
        match timeout(idle, read(&mut stream, &mut request)).await {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) | Err(_) => return Ok(()),
            Ok(Err(error)) => return Err(error),
        }
        let answer = match judge(desk, &request, Over::Stream) {
            Verdict::Silence => return Ok(()),
            Verdict::Last(answer) => {
                timeout(idle, stream.write_all(&framed(&answer))).await??;
                return Ok(());
            }
            Verdict::Answer(answer) => answer,
            Verdict::Transfer(transfer) => match run(desk, &mut stream, *transfer).await? {
                None => continue,
                Some(answer) => answer,
            },
        };
        timeout(idle, stream.write_all(&framed(&answer))).await??;
    }
}

fn framed(message: &[u8]) -> Vec<u8> {
    [u16::try_from(message.len()).unwrap_or_default().to_be_bytes().as_slice(), message].concat()
}

/// Reads one request; false at the end of the connection, and for one that nobody sends who means well.
async fn read(stream: &mut TcpStream, request: &mut Vec<u8>) -> io::Result<bool> {
    let length = match stream.read_u16().await {
        Ok(length) => usize::from(length),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        Err(error) => return Err(error),
    };
    if length > LONGEST {
        return Ok(false);
    }
    request.resize(length, 0);
    stream.read_exact(request).await?;
    Ok(true)
}

async fn datagrams(desk: Desk, socket: UdpSocket) {
    let mut buffer = vec![0; LONGEST + 1];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        let request = buffer.get(..length).unwrap_or_default();
        let answer = match judge(&desk, request, Over::Datagram) {
            Verdict::Silence | Verdict::Transfer(_) => continue,
            Verdict::Last(answer) | Verdict::Answer(answer) => answer,
        };
        // Who is not reachable asks again.
        drop(socket.try_send_to(&answer, from));
    }
}

/// How it was asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Stream,
    Datagram,
}

/// A transfer that may begin.
struct Granted {
    transfer: Transfer,
    holder: Arc<Holder>,
    request: Request,
    /// To say later that it cannot be now.
    sequence: Sequence,
    changes: i64,
}

enum Verdict {
    /// Nothing is said.
    Silence,
    /// This, and the connection is closed.
    Last(Vec<u8>),
    /// This, and the connection may go on.
    Answer(Vec<u8>),
    Transfer(Box<Granted>),
}

/// What becomes of a request: decided from what is in memory, without waiting for anything.
fn judge(desk: &Desk, bytes: &[u8], over: Over) -> Verdict {
    let request = match request::read(bytes) {
        Ok(request) => request,
        Err(Unreadable::Ignored) => return Verdict::Silence,
        Err(Unreadable::Said(id, code)) => return Verdict::Last(request::head_only(id, code)),
    };
    let plain = |code| {
        let mut out = request.head(code, false);
        request.extend(&mut out, 0);
        Verdict::Last(out)
    };
    let Some(found) = &request.signature else { return plain(Code::Refused) };
    let (access, now) = (desk.list.access(), desk.db.now());
    let seconds = seconds(desk);
    let Some(holder) = access.key(&found.name, now).filter(|holder| found.is_by(&holder.tsig)) else {
        let mut out = request.head(Code::NotAuth, false);
        tsig::append_unsigned(&mut out, 0, found, Fault::BadKey);
        return Verdict::Last(out);
    };
    let mut sequence = Sequence::answering(&holder.tsig, found);
    if let Err(fault) = found.check(bytes, &holder.tsig, seconds) {
        let mut out = request.head(Code::NotAuth, false);
        match fault {
            Fault::BadTime | Fault::BadTrunc => sequence.sign_fault(&mut out, 0, found, fault, seconds),
            Fault::BadSig | Fault::BadKey => tsig::append_unsigned(&mut out, 0, found, fault),
        }
        return Verdict::Last(out);
    }
    let refused = |code| {
        let mut out = request.head(code, false);
        request.extend(&mut out, 0);
        sequence.clone().sign(&mut out, 0, seconds);
        Verdict::Last(out)
    };
    if request.name != desk.list.origin() {
        return refused(Code::Refused);
    }
    // Who has not said where listed names lead has no zone yet.
    let Some(zone) = desk.list.zone(&access, holder.key.org) else { return refused(Code::Refused) };
    match (request.what, over) {
        (What::Other, _) | (What::Whole, Over::Datagram) => refused(Code::Refused),
        // Over UDP an increment is answered by the serial: who is behind comes again over TCP (RFC 1995, section 2).
        (What::Soa | What::Ns, _) | (What::Since(_), Over::Datagram) => {
            Verdict::Answer(short(&zone, &request, &mut sequence, seconds))
        }
        (What::Whole | What::Since(_), Over::Stream) => {
            let changes = zone.changes;
            let transfer = Transfer::new(zone, &request, sequence.clone(), |since| desk.list.published.delta(since));
            Verdict::Transfer(Box::new(Granted { transfer, holder, request, sequence, changes }))
        }
    }
}

fn seconds(desk: &Desk) -> u64 {
    u64::try_from(desk.db.now().micros() / 1_000_000).unwrap_or_default()
}

/// An answer of one record.
fn short(zone: &Zone, request: &Request, sequence: &mut Sequence, now: u64) -> Vec<u8> {
    let mut out = Vec::new();
    let mut page = Page::new(zone, &mut out, &request.head(Code::NoError, true));
    if request.what == What::Ns {
        page.ns();
    } else {
        page.soa(zone.serial());
    }
    page.finish();
    request.extend(&mut out, 0);
    sequence.sign(&mut out, 0, now);
    out
}

/// Runs a transfer. An answer instead of one when it cannot be now.
async fn run(desk: &Desk, stream: &mut TcpStream, granted: Granted) -> io::Result<Option<Vec<u8>>> {
    let Granted { mut transfer, holder, request, mut sequence, changes } = granted;
    let mut not_now = || {
        let mut out = request.head(Code::ServFail, true);
        sequence.sign(&mut out, 0, seconds(desk));
        Ok(Some(out))
    };
    if transfer.extent() == Extent::Nothing {
        let mut out = Vec::new();
        transfer.message(&mut out, seconds(desk));
        stream.write_all(&out).await?;
        return Ok(None);
    }
    let config = &desk.list.config;
    let own = desk.limits.of(holder.key.org, config.max_transfers_per_provider);
    let turns = async {
        let own = own.acquire_owned().await.ok()?;
        Some((own, Arc::clone(&desk.limits.transfers).acquire_owned().await.ok()?))
    };
    let Ok(Some(_turns)) = timeout(TURN, turns).await else { return not_now() };
    let way = if transfer.extent() == Extent::Whole { Way::Axfr } else { Way::Ixfr };
    let what = blocklist::What {
        org: holder.key.org,
        key: Some(holder.key.id),
        way,
        from: transfer.from().map(i64::from),
        to: i64::from(zone::serial(transfer.list_serial(), changes)),
        file: None,
    };
    let fetching = match blocklist::begin(&desk.db, &Actor::machine("domains"), what).await {
        Ok(fetching) => fetching,
        Err(error) => {
            tracing::error!(%error, "a transfer of the block list cannot be noted, so there is none");
            return not_now();
        }
    };
    let mut noted = Noted { fetching: Some(fetching), bytes: 0 };
    let whole = timeout(
        Duration::from_secs(config.transfer_seconds),
        send(desk, stream, &mut transfer, &holder, &mut noted.bytes),
    );
    let end = match whole.await {
        Ok(Ok(())) => End::Whole,
        Ok(Err(Cut::Stopped)) => End::Stopped,
        Ok(Err(Cut::Broken)) | Err(_) => End::Broken,
    };
    noted.end(end).await;
    if end == End::Whole { Ok(None) } else { Err(io::ErrorKind::ConnectionAborted.into()) }
}

/// A transfer in the log: should its task be dropped, how it ended is written all the same.
struct Noted {
    fetching: Option<Fetching>,
    bytes: u64,
}

impl Noted {
    async fn end(mut self, end: End) {
        if let Some(fetching) = self.fetching.take() {
            fetching.end(self.bytes, end).await;
        }
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        let (Some(fetching), bytes) = (self.fetching.take(), self.bytes) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(fetching.end(bytes, End::Broken));
        }
    }
}

/// Why a transfer ended early.
enum Cut {
    /// The provider may not have it any more.
    Stopped,
    /// The other side went away or was too slow.
    Broken,
}

async fn send(
    desk: &Desk,
    stream: &mut TcpStream,
    transfer: &mut Transfer,
    holder: &Holder,
    bytes: &mut u64,
) -> Result<(), Cut> {
    let idle = Duration::from_secs(desk.list.config.idle_seconds);
    let mut piece = Vec::with_capacity(PIECE + zone::MESSAGE);
    loop {
        piece.clear();
        while piece.len() < PIECE && transfer.message(&mut piece, seconds(desk)) {}
        if piece.is_empty() {
            return Ok(());
        }
        if !desk.list.access().is_live(holder, desk.db.now()) {
            return Err(Cut::Stopped);
        }
        tokio::select! {
            biased;
            written = timeout(idle, stream.write_all(&piece)) => match written {
                Ok(Ok(())) => *bytes += piece.len() as u64,
                Ok(Err(_)) | Err(_) => return Err(Cut::Broken),
            },
            () = gone(desk, holder) => return Err(Cut::Stopped),
        }
    }
}

/// Returns when a key opens nothing any more.
async fn gone(desk: &Desk, holder: &Holder) {
    let mut next = Instant::now() + ASKED_AGAIN;
    let mut said = desk.list.watch();
    loop {
        if !desk.list.access().is_live(holder, desk.db.now()) {
            return;
        }
        drop(tokio::time::timeout_at(next, said.changed()).await);
        next = Instant::now() + ASKED_AGAIN;
    }
}
