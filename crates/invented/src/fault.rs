//! A wire between two programs that can be cut, slowed, silenced or garbled: for tests of what becomes of a delivery then.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// What is wrong with the wire. Bytes are counted on the way to the server, or back from it, per connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Connections end at once.
    Refuse,
    /// Both ways end after so many bytes to the server.
    Cut(u64),
    /// Both ways end after so many bytes back from the server.
    CutBack(u64),
    /// The connection is reset after so many bytes to the server.
    Reset(u64),
    /// After so many bytes to the server nothing passes any more, and nobody is told.
    Silent(u64),
    /// One byte to the server, this one, is changed.
    Garble(u64),
    /// At most this many bytes pass every 10 ms, each way.
    Slow(usize),
    /// Each piece is late by this much.
    Late(Duration),
}

/// A wire. It ends when this is dropped.
pub struct Wire {
    /// Where to connect to.
    pub address: SocketAddr,
    fault: Arc<Mutex<Fault>>,
    _tasks: JoinSet<()>,
}

impl Wire {
    /// A wire on loopback to a server.
    ///
    /// # Errors
    /// No port is free.
    pub async fn to(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let fault = Arc::new(Mutex::new(Fault::None));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, server, Arc::clone(&fault)));
        Ok(Self { address, fault, _tasks: tasks })
    }

    /// What is wrong from the next connection on.
    pub fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, fault: Arc<Mutex<Fault>>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((near, _)) = listener.accept().await else { continue };
        let fault = *fault.lock().unwrap_or_else(PoisonError::into_inner);
        if fault == Fault::Refuse {
            continue;
        }
        connections.spawn(async move { drop(connect(near, server, fault).await) });
        while connections.try_join_next().is_some() {}
    }
}

async fn connect(near: TcpStream, server: SocketAddr, fault: Fault) -> io::Result<()> {
    let far = TcpStream::connect(server).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    if matches!(fault, Fault::Reset(_)) {
        // Closing then resets instead of saying goodbye.
        near.set_zero_linger()?;
        far.set_zero_linger()?;
    }
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    // The first way that ends takes the other with it.
    tokio::select! {
        done = pass(near_in, far_out, fault, true) => done,
        done = pass(far_in, near_out, fault, false) => done,
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    fault: Fault,
    there: bool,
) -> io::Result<()> {
    let (mut block, mut done) = (vec![0; 16 * 1024], 0_u64);
    loop {
        let most = if let Fault::Slow(most) = fault { most.clamp(1, block.len()) } else { block.len() };
        let read = from.read(block.get_mut(..most).unwrap_or_default()).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        let piece = block.get_mut(..read).unwrap_or_default();
        let left = |limit: u64| usize::try_from(limit.saturating_sub(done)).unwrap_or(usize::MAX);
        match fault {
            Fault::Cut(limit) | Fault::Reset(limit) if there && left(limit) < read => {
                to.write_all(piece.get(..left(limit)).unwrap_or_default()).await?;
                return Ok(());
            }
            Fault::CutBack(limit) if !there && left(limit) < read => {
                to.write_all(piece.get(..left(limit)).unwrap_or_default()).await?;
                return Ok(());
            }
            Fault::Silent(limit) if there && left(limit) < read => std::future::pending().await,
            Fault::Garble(at) if there => {
                if let Some(byte) = piece.get_mut(left(at)).filter(|_| at >= done) {
                    *byte ^= 0x20;
                }
            }
            Fault::Slow(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            Fault::Late(by) => tokio::time::sleep(by).await,
            _ => {}
        }
        to.write_all(piece).await?;
        done += read as u64;
    }
}
