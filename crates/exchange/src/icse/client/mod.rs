//! The way to the receiver: one of three, each a real one. What a delivery may end with is said once, here: delivered, later
//! (the way or the receiver fails, every parcel would), or refused (the receiver does not take this parcel). Nothing counts as
//! delivered that was not acknowledged: over HTTPS by a receipt of this parcel, elsewhere by the file lying there whole.

mod bucket;
mod https;
mod sftp;
mod wire;

use super::{
    answer::{self, Bad},
    config::{IcseConfig, Transport},
    dispatch::Parcel,
};
use crate::package::PublicKey;
use aws_lc_rs::{
    digest::{Context, SHA256},
    signature::{ED25519, UnparsedPublicKey},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream::BoxStream};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

pub(super) use https::CURSOR;

/// A parcel's bytes as they come.
pub type Body = BoxStream<'static, io::Result<Bytes>>;

/// Most answer files that are taken at once.
const MOST_FILES: usize = 100;
/// What is signed before an answer that lies at somebody else's.
pub const ANSWER_CONTEXT: &[u8] = b"cport-icse-answers/1\n";

/// Why a parcel did not arrive, or an answer was not got.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The way or the receiver fails: the same again later.
    #[error("{0}")]
    Later(String),
    /// The receiver does not take this parcel, or says nothing that could be understood of it.
    #[error("{0}")]
    Refused(String),
}

/// A parcel arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The receiver answered at once: its receipt, which is one of this parcel.
    Answered(Vec<u8>),
    /// It lies there whole; the receipt comes as an answer.
    Left,
}

/// Something that the receiver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawAnswer {
    /// Where to go on after it; [`Link::acknowledge`] takes it.
    pub cursor: String,
    /// Its bytes for [`answer::read`], or why they are not to be had.
    pub bytes: Result<Vec<u8>, Bad>,
}

/// The way to the receiver.
pub struct Link {
    way: Way,
    idle: Duration,
    delivery: Duration,
    answer_bytes: u64,
    /// Signs what lies at somebody else's.
    answer_key: Option<PublicKey>,
}

enum Way {
    Https(Box<https::Https>),
    Sftp(Box<sftp::Sftp>),
    Bucket(Box<bucket::Bucket>),
}

impl Link {
    /// Prepares the way; nothing is asked yet.
    ///
    /// # Errors
    /// A setting or a file that cannot be used: which, and why.
    pub fn new(config: &IcseConfig) -> Result<Self, String> {
        config.check().map_err(|refusal| refusal.reason)?;
        let way = match &config.transport {
            None => return Err("`icse.transport` is missing".into()),
            Some(Transport::Https(https)) => Way::Https(Box::new(https::Https::new(https, config)?)),
            Some(Transport::Sftp(sftp)) => Way::Sftp(Box::new(sftp::Sftp::new(sftp, config)?)),
            Some(Transport::Bucket(s3)) => Way::Bucket(Box::new(bucket::Bucket::new(s3)?)),
        };
        Ok(Self {
            way,
            idle: config.idle(),
            delivery: config.delivery(),
            answer_bytes: config.answer_bytes,
            answer_key: PublicKey::parse(&config.answer_key),
        })
    }

    /// Delivers a parcel. Delivering it again is no harm: the receiver knows it by its id.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn deliver(&self, parcel: &Parcel, body: Body) -> Result<Delivered, Trouble> {
        let moved = Moved::default();
        let body = checked(parcel, body, moved.clone());
        let work = async {
            match &self.way {
                Way::Https(https) => https.deliver(parcel, body, self.answer_bytes).await,
                Way::Sftp(sftp) => sftp.deliver(parcel, body, &moved).await,
                Way::Bucket(bucket) => bucket.deliver(parcel, body).await,
            }
        };
        self.in_time(&moved, work).await
    }

    /// What the receiver has said since `after`, the cursor of the last answer that was kept. Ask again until nothing comes.
    ///
    /// # Errors
    /// [`Trouble::Later`] only.
    pub async fn answers(&self, after: Option<&str>) -> Result<Vec<RawAnswer>, Trouble> {
        let moved = Moved::default();
        let work = async {
            match &self.way {
                Way::Https(https) => https.answers(after, self.answer_bytes).await,
                Way::Sftp(sftp) => sftp.answers(self.answer_bytes, &moved).await,
                Way::Bucket(bucket) => bucket.answers(self.answer_bytes).await,
            }
        };
        let mut answers = self.in_time(&moved, work).await?;
        if !matches!(self.way, Way::Https(_)) {
            for answer in &mut answers {
                let bytes = std::mem::replace(&mut answer.bytes, Ok(Vec::new()));
                answer.bytes = bytes.and_then(|bytes| self.signed(bytes));
            }
        }
        Ok(answers)
    }

    /// Puts an answer that was kept aside, where it lies as a file.
    ///
    /// # Errors
    /// [`Trouble::Later`] only; then it comes again, and the same answer twice is one answer.
    pub async fn acknowledge(&self, cursor: &str) -> Result<(), Trouble> {
        let moved = Moved::default();
        let work = async {
            match &self.way {
                Way::Https(_) => Ok(()),
                Way::Sftp(sftp) => sftp.acknowledge(cursor, &moved).await,
                Way::Bucket(bucket) => bucket.acknowledge(cursor).await,
            }
        };
        self.in_time(&moved, work).await
    }

    /// The document, when the receiver's key signed it.
    fn signed(&self, mut bytes: Vec<u8>) -> Result<Vec<u8>, Bad> {
        let wrong = || Bad::new("signature", "the answer is not signed by the receiver's key");
        let key = self.answer_key.as_ref().ok_or_else(wrong)?;
        let line = bytes.strip_suffix(b"\n").ok_or_else(wrong)?.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let document = bytes.len() - line.len() - 1;
        let said = std::str::from_utf8(line).ok().and_then(|line| line.strip_prefix("ed25519 ")).ok_or_else(wrong)?;
        let signature = said.strip_prefix(&key.id()).map(str::trim_start).and_then(base::unhex).ok_or_else(wrong)?;
        let text = bytes.get(..document).ok_or_else(wrong)?;
        UnparsedPublicKey::new(&ED25519, key.bytes())
            .verify(&[ANSWER_CONTEXT, text].concat(), &signature)
            .map_err(|_| wrong())?;
        bytes.truncate(document);
        Ok(bytes)
    }

    /// Gives up when nothing moves for a while, or when it takes too long in all.
    async fn in_time<T>(&self, moved: &Moved, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        let idle = async {
            loop {
                let before = moved.0.load(Ordering::Relaxed);
                tokio::time::sleep(self.idle).await;
                if moved.0.load(Ordering::Relaxed) == before {
                    return;
                }
            }
        };
        tokio::select! {
            done = work => done,
            () = idle => Err(later("nothing moves on the way to the receiver")),
            () = tokio::time::sleep(self.delivery) => Err(later("it takes too long")),
        }
    }
}

/// How much has moved; what stands still is given up.
#[derive(Clone, Default)]
pub(super) struct Moved(Arc<AtomicU64>);

impl Moved {
    /// Notes that something moved.
    pub fn note(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn later(reason: impl Into<String>) -> Trouble {
    Trouble::Later(reason.into())
}

/// Which parcel: its receipt, or trouble.
fn receipt(parcel: &Parcel, bytes: Vec<u8>, most: u64) -> Result<Delivered, Trouble> {
    let heard = answer::read(&bytes, most)
        .map_err(|bad| Trouble::Refused(format!("the receiver's receipt cannot be used, {bad}")))?;
    match (heard.refused, heard.parcel) {
        (Some(why), _) => Err(Trouble::Refused(format!("the receiver refuses the parcel: {why}"))),
        (None, Some(id)) if id == parcel.id => Ok(Delivered::Answered(bytes)),
        (None, _) => Err(Trouble::Refused("the receiver's receipt is of another parcel".into())),
    }
}

/// The body, which ends with an error unless it was exactly the parcel: what is cut or changed on our own side never counts.
fn checked(parcel: &Parcel, body: Body, moved: Moved) -> Body {
    let (expected, size) = (parcel.sha256, parcel.size);
    let state = (Some(body), Context::new(&SHA256), 0_u64);
    futures_util::stream::unfold(state, move |(body, mut digest, mut done)| {
        let moved = moved.clone();
        async move {
            let mut body = body?;
            match body.next().await {
                Some(Ok(piece)) => {
                    moved.note();
                    digest.update(&piece);
                    done += piece.len() as u64;
                    let whole = done < size || (done == size && digest.clone().finish().as_ref() == expected);
                    // The last piece is held back unless all of it is right, so that no way ends as if it were.
                    let item = if whole { Ok(piece) } else { Err(io::Error::other("the parcel was changed")) };
                    Some((item, (whole.then_some(body), digest, done)))
                }
                Some(Err(error)) => Some((Err(error), (None, digest, done))),
                None if done == size => None,
                None => Some((Err(io::Error::other("the parcel was cut")), (None, digest, done))),
            }
        }
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{ParcelId, Time};

    fn parcel(bytes: &[u8]) -> Parcel {
        let sha256 = aws_lc_rs::digest::digest(&SHA256, bytes).as_ref().try_into().expect("32 bytes");
        Parcel { id: ParcelId::new(Time::from_micros(0), [1; 10]), sha256, size: bytes.len() as u64 }
    }

    async fn sent(parcel: &Parcel, pieces: &[&'static [u8]]) -> io::Result<Vec<u8>> {
        let pieces: Vec<io::Result<Bytes>> = pieces.iter().map(|p| Ok(Bytes::from_static(p))).collect();
        let mut body = checked(parcel, futures_util::stream::iter(pieces).boxed(), Moved::default());
        let mut all = Vec::new();
        while let Some(piece) = body.next().await {
            all.extend_from_slice(&piece?);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn fa_1_a_body_that_is_not_the_parcel_never_ends_well() {
        let parcel = parcel(b"abcdef");
        assert_eq!(sent(&parcel, &[b"abc", b"def"]).await.expect("whole"), b"abcdef");
        for bad in [&[b"abc" as &[u8]] as &[&[u8]], &[b"abc", b"deg"], &[b"abcdef", b"g"], &[b"abcdefg"], &[]] {
            assert!(sent(&parcel, bad).await.is_err(), "{bad:?}");
        }
    }
}
