//! The way in: bytes are hashed, sealed and stored as they come. A small object is done in one go when its end is known; a
//! larger one passes in blocks of 1 MiB through three threads, MD5 on one, SHA-1 and SHA-256 on another, cipher and disk on
//! the third, so that two cores are used and memory stays at a few blocks however large the object is.

use super::{
    digests::{Digests, Sha},
    keys::blob_context,
    seal::{CHUNK, Cipher, Refused},
    shelves::{Arriving, Shelves, blocking},
};
use crate::{Error, Result};
use base::{BlobId, OrgId, Secret};
use md5::{Digest, Md5};
use std::sync::Arc;
use tokio::{sync::mpsc, task::JoinHandle};

/// Plain bytes that pass from thread to thread at once: whole chunks.
const BLOCK: usize = 16 * CHUNK;
/// Blocks that may wait for a thread.
const WAITING: usize = 4;

/// An object that lies sealed in the store and has no row yet.
#[derive(Debug)]
pub struct Sealed {
    /// Its id.
    pub id: BlobId,
    pub(super) org: OrgId,
    /// Bytes.
    pub size: i64,
    /// Digests of the plain bytes.
    pub digests: Digests,
    pub(super) key: Secret<[u8; 32]>,
}

/// An object that is coming in. Dropped, nothing of it stays.
pub struct Sealing {
    shelves: Shelves,
    id: BlobId,
    org: OrgId,
    key: Secret<[u8; 32]>,
    size: u64,
    /// Bytes not handed on yet.
    block: Vec<u8>,
    threads: Option<Threads>,
}

impl Sealing {
    pub(super) fn new(shelves: Shelves, id: BlobId, org: OrgId, key: [u8; 32]) -> Self {
        Self { shelves, id, org, key: Secret::new(key), size: 0, block: Vec::new(), threads: None }
    }

    /// Takes more bytes; waits when the disk or the hashes are slower than they come. After an error nothing more can come.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.block.len() == BLOCK {
                self.hand_on().await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.block.len()));
            self.block.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Passes a block on to the threads. There is always more to come after it.
    async fn hand_on(&mut self) -> Result<()> {
        if self.threads.is_none() {
            let cipher = self.cipher()?;
            self.threads = Some(Threads::start(&self.shelves, self.id, cipher));
        }
        let Some(threads) = &mut self.threads else { return Err(Error::Crypto) };
        threads.hand_on(Arc::new(std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK)))).await
    }

    fn cipher(&self) -> Result<Cipher> {
        Cipher::new(self.key.expose(), blob_context(self.id, self.org)).map_err(|Refused| Error::Crypto)
    }

    /// Gives up; nothing of it stays, and that is so when this returns.
    pub async fn abort(self) {
        if let Some(threads) = self.threads {
            threads.stop().await;
        }
    }

    /// The last byte has come: returns when the object lies in the store, or safely in the spool.
    pub async fn finish(mut self) -> Result<Sealed> {
        let digests = match self.threads.take() {
            None => self.at_once().await?,
            Some(threads) => {
                let (digests, arriving) = threads.end(Arc::new(std::mem::take(&mut self.block))).await?;
                self.shelves.end(arriving).await?;
                digests
            }
        };
        let size = i64::try_from(self.size).map_err(|_| Error::Crypto)?;
        Ok(Sealed { id: self.id, org: self.org, size, digests, key: self.key })
    }

    async fn at_once(&mut self) -> Result<Digests> {
        let (mut cipher, plain) = (self.cipher()?, std::mem::take(&mut self.block));
        let (digests, sealed) = blocking(move || {
            let mut sealed = Vec::new();
            cipher.seal(&plain, true, &mut sealed).map_err(|Refused| Error::Crypto)?;
            Ok((Digests::of(&plain), sealed))
        })
        .await?;
        self.shelves.put(self.id, sealed).await?;
        Ok(digests)
    }
}

/// What passes to a thread. Without a `Last`, whatever was done is undone.
enum Message {
    More(Arc<Vec<u8>>),
    Last(Arc<Vec<u8>>),
}

/// The three threads of one large object.
struct Threads {
    to: [mpsc::Sender<Message>; 3],
    md5: JoinHandle<Option<[u8; 16]>>,
    sha: JoinHandle<Option<([u8; 20], [u8; 32])>>,
    store: JoinHandle<Result<Option<Arriving>>>,
}

impl Threads {
    fn start(shelves: &Shelves, id: BlobId, cipher: Cipher) -> Self {
        let [(a, md5), (b, sha), (c, store)] = [(); 3].map(|()| mpsc::channel(WAITING));
        let shelves = shelves.clone();
        Self {
            to: [a, b, c],
            md5: tokio::task::spawn_blocking(move || hash_md5(md5)),
            sha: tokio::task::spawn_blocking(move || hash_sha(sha)),
            store: tokio::task::spawn_blocking(move || seal_and_store(&shelves, id, cipher, store)),
        }
    }

    async fn hand_on(&mut self, block: Arc<Vec<u8>>) -> Result<()> {
        for to in &self.to {
            if to.send(Message::More(Arc::clone(&block))).await.is_err() {
                return Err(self.why().await);
            }
        }
        Ok(())
    }

    /// Why a thread takes nothing more: only the storing one can fail.
    async fn why(&mut self) -> Error {
        match (&mut self.store).await {
            Ok(Err(error)) => error,
            Ok(Ok(_)) | Err(_) => Error::Crypto,
        }
    }

    async fn end(mut self, block: Arc<Vec<u8>>) -> Result<(Digests, Arriving)> {
        for to in &self.to {
            if to.send(Message::Last(Arc::clone(&block))).await.is_err() {
                return Err(self.why().await);
            }
        }
        let (md5, sha, stored) = tokio::join!(self.md5, self.sha, self.store);
        match (md5, sha, stored) {
            (_, _, Ok(Err(error))) => Err(error),
            (Ok(Some(md5)), Ok(Some((sha1, sha256))), Ok(Ok(Some(arriving)))) => {
                Ok((Digests { md5, sha1, sha256 }, arriving))
            }
            _ => Err(Error::Crypto),
        }
    }

    async fn stop(self) {
        drop(self.to);
        drop(self.store.await);
    }
}

fn hash_md5(mut from: mpsc::Receiver<Message>) -> Option<[u8; 16]> {
    let mut md5 = Md5::new();
    loop {
        match from.blocking_recv()? {
            Message::More(block) => md5.update(block.as_slice()),
            Message::Last(block) => {
                md5.update(block.as_slice());
                return Some(md5.finalize().into());
            }
        }
    }
}

fn hash_sha(mut from: mpsc::Receiver<Message>) -> Option<([u8; 20], [u8; 32])> {
    let mut sha = Sha::new();
    loop {
        match from.blocking_recv()? {
            Message::More(block) => sha.update(&block),
            Message::Last(block) => {
                sha.update(&block);
                return Some(sha.end());
            }
        }
    }
}

fn seal_and_store(
    shelves: &Shelves,
    id: BlobId,
    mut cipher: Cipher,
    mut from: mpsc::Receiver<Message>,
) -> Result<Option<Arriving>> {
    let mut arriving = shelves.begin(id)?;
    let mut sealed = Vec::new();
    loop {
        let (block, last) = match from.blocking_recv() {
            Some(Message::More(block)) => (block, false),
            Some(Message::Last(block)) => (block, true),
            None => return Ok(None),
        };
        sealed.clear();
        cipher.seal(&block, last, &mut sealed).map_err(|Refused| Error::Crypto)?;
        arriving.write(&sealed)?;
        if last {
            return Ok(Some(arriving));
        }
    }
}
