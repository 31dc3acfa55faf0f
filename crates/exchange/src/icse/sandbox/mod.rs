//! A stand-in receiver: strict, slow and sometimes failing, as told. It checks a parcel to its last byte, keeps every dispatch
//! once by its id, never lets an older version replace a newer one, and answers later by a rule that can be foretold from a
//! file's SHA-256. For the demo, for tests, and for whoever sets up a link and has no receiver yet. It keeps what it is told
//! of items and no picture: files are hashed and forgotten.
//!
//! `receiver` is what it knows and does, `rule` what it will answer, `hostile` what it says when told to say nonsense; `https`
//! and `places` are its faces, `paper` makes certificates to try it with.

mod hostile;
mod https;
pub mod paper;
mod places;
mod receiver;
mod rule;

pub use hostile::Hostile;
pub use receiver::{Held, Receiver, Refused, held};
pub use rule::foretold;

use crate::{Signer, age::Identity, package::PublicKey};
use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use storage::{Clock, S3Config};
use tokio::{net::TcpListener, task::JoinSet};

/// How the receiver is.
#[derive(Clone)]
pub struct Settings {
    /// Where it keeps what it was told; made when it is not there.
    pub folder: PathBuf,
    /// The key whose parcels it takes; without one, any that a parcel names.
    pub key: Option<PublicKey>,
    /// Opens parcels that are encrypted to it.
    pub identity: Option<Identity>,
    /// Its clock.
    pub clock: Clock,
    /// Seconds from a receipt to the answer.
    pub answer_after: i64,
    /// How long it thinks before every answer over HTTPS.
    pub slow: Duration,
    /// Of a hundred questions over HTTPS, how many fail: before anything is done, after it, or by a cut connection.
    pub fail: u64,
    /// Which of them.
    pub seed: u64,
    /// Whether answers come again and in the wrong order.
    pub repeat: bool,
    /// Nonsense that it says instead.
    pub hostile: Option<Hostile>,
}

impl Settings {
    /// A receiver that behaves, and answers at once.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            key: None,
            identity: None,
            clock: Clock::Machine,
            answer_after: 0,
            slow: Duration::ZERO,
            fail: 0,
            seed: 1,
            repeat: false,
            hostile: None,
        }
    }
}

/// Where a receiver is reached.
pub enum Face {
    /// HTTPS at an address; only senders with a certificate are heard.
    Https {
        /// Where it listens; port 0 takes a free one.
        listen: SocketAddr,
        /// Files with certificates.
        paper: paper::Server,
    },
    /// A folder that somebody else's SFTP server shows: what lies in `incoming/` is taken.
    Folder {
        /// The folder with `incoming/`, `answers/` and `done/`; made when they are not there.
        root: PathBuf,
        /// How often it is looked at.
        every: Duration,
        /// Signs answers.
        signer: Signer,
    },
    /// A bucket.
    Bucket {
        /// Which.
        bucket: S3Config,
        /// How often it is looked at.
        every: Duration,
        /// Signs answers.
        signer: Signer,
    },
}

/// A receiver that runs; it ends when this is dropped.
pub struct Running {
    /// Where it listens, over HTTPS.
    pub address: Option<SocketAddr>,
    receiver: Arc<Receiver>,
    _tasks: JoinSet<()>,
}

impl Running {
    /// Everything it holds, by item.
    pub fn held(&self) -> Vec<Held> {
        self.receiver.held()
    }

    /// The receiver itself.
    pub fn receiver(&self) -> &Receiver {
        &self.receiver
    }
}

/// Starts a receiver.
///
/// # Errors
/// Its folder, its certificates or its address cannot be used.
pub async fn serve(settings: Settings, face: Face) -> io::Result<Running> {
    let receiver = Arc::new(Receiver::open(settings)?);
    let mut tasks = JoinSet::new();
    let mut address = None;
    match face {
        Face::Https { listen, paper } => {
            let listener = TcpListener::bind(listen).await?;
            address = Some(listener.local_addr()?);
            tasks.spawn(https::serve(listener, paper.config()?, Arc::clone(&receiver)));
        }
        Face::Folder { root, every, signer } => {
            let place = places::Place::folder(root)?;
            tasks.spawn(places::watch(place, every, signer, Arc::clone(&receiver)));
        }
        Face::Bucket { bucket, every, signer } => {
            let place = places::Place::bucket(&bucket).map_err(io::Error::other)?;
            tasks.spawn(places::watch(place, every, signer, Arc::clone(&receiver)));
        }
    }
    Ok(Running { address, receiver, _tasks: tasks })
}

/// What goes wrong by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mishap {
    /// Nothing is done.
    Before,
    /// It is done, and said not to be.
    After,
    /// It is done, and nothing is said.
    Cut,
}

/// Numbers questions, and says which go wrong: the same ones for the same seed.
#[derive(Default)]
struct Mishaps(AtomicU64);

impl Mishaps {
    fn next(&self, settings: &Settings) -> Option<Mishap> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let chance = mixed(settings.seed.wrapping_add(number));
        if chance % 100 >= settings.fail {
            return None;
        }
        Some(match chance / 100 % 3 {
            0 => Mishap::Before,
            1 => Mishap::After,
            _ => Mishap::Cut,
        })
    }
}

/// Numbers that look random (splitmix64).
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// A name in the folder for what is on its way, of this process alone.
fn scratch(folder: &Path, number: &AtomicU64) -> PathBuf {
    folder.join(format!("coming-{}-{}", std::process::id(), number.fetch_add(1, Ordering::Relaxed)))
}
