//! Where sealed objects lie: the store, and the spool in which they wait while the store is full or away.
//!
//! Nothing but a full or broken store *and* a full or broken spool refuses an object. What is spooled is found like
//! what is stored, and [`Shelves::drain`] carries it over when the store is back. An object is looked for in the spool
//! first: it leaves the spool only after the store has it, so whoever does not find it there finds it in the store.

use super::{
    folder::{Folder, Incoming},
    s3::S3,
};
use crate::{Error, EvidenceConfig, Result, StoreConfig};
use base::BlobId;
use bytes::Bytes;
use futures_util::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use std::{
    fs::File,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Ids listed at a time.
const PAGE: usize = 500;

/// Store and spool. Cheap to clone.
#[derive(Clone)]
pub struct Shelves {
    store: Store,
    spool: Folder,
    /// Set when the store failed, cleared when it works again: meanwhile nobody waits for it.
    away: Arc<AtomicBool>,
}

#[derive(Clone)]
enum Store {
    Folder(Folder),
    S3(S3),
}

/// An object's sealed bytes, from wherever it lies.
pub enum Source {
    /// A file, and its length.
    File(File, u64),
    /// What a service sends, and how much it will be.
    Stream(BoxStream<'static, object_store::Result<Bytes>>, u64),
}

/// What a drain did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Objects carried to the store.
    pub moved: usize,
    /// Objects that still wait.
    pub waiting: usize,
}

impl Shelves {
    /// Opens store and spool, making local folders when missing.
    pub fn open(config: &EvidenceConfig) -> Result<Self> {
        let folder = |path| Folder::open(path).map_err(|source| Error::disk(path, source));
        let store = match &config.store {
            StoreConfig::Folder => Store::Folder(folder(&config.folder)?),
            StoreConfig::S3(s3) => Store::S3(S3::open(s3)?),
        };
        Ok(Self { store, spool: folder(&config.spool)?, away: Arc::default() })
    }

    /// Stores an object whose sealed bytes are all here.
    pub async fn put(&self, id: BlobId, sealed: Vec<u8>) -> Result<()> {
        let sealed = Bytes::from(sealed);
        let failed = match &self.store {
            Store::Folder(folder) => {
                let (folder, spool) = (folder.clone(), self.spool.clone());
                let spooled = blocking(move || put_in(&folder, &spool, id, &sealed)).await?;
                spooled.map(|why| self.note_away(why));
                return Ok(());
            }
            Store::S3(_) if self.away.load(Ordering::Relaxed) => None,
            Store::S3(s3) => match s3.put(id, sealed.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) => Some(self.note_away(error)),
            },
        };
        let spool = self.spool.clone();
        blocking(move || spool.put(id, &sealed).map_err(|source| neither(failed, Error::disk(spool.root(), source))))
            .await
    }

    /// Begins to store an object that comes in pieces. Blocks.
    pub fn begin(&self, id: BlobId) -> Result<Arriving> {
        let spool = |failed: Option<Error>| {
            let begun = self.spool.begin(id).map_err(|source| neither(failed, Error::disk(self.spool.root(), source)));
            begun.map(|incoming| Arriving { incoming, spool: self.spool.clone(), spooled: true })
        };
        match &self.store {
            Store::S3(_) => spool(None),
            Store::Folder(folder) => match folder.begin(id) {
                Ok(incoming) => Ok(Arriving { incoming, spool: self.spool.clone(), spooled: false }),
                Err(source) => spool(Some(Error::disk(folder.root(), source))),
            },
        }
    }

    /// Ends what [`Shelves::begin`] began: it lies in the store, or waits in the spool.
    pub async fn end(&self, arriving: Arriving) -> Result<()> {
        let (mut arriving, sent) = match &self.store {
            Store::S3(s3) if !self.away.load(Ordering::Relaxed) => self.send(s3, arriving).await?,
            Store::S3(_) | Store::Folder(_) => (arriving, false),
        };
        if sent { Ok(()) } else { blocking(move || arriving.finish()).await }
    }

    /// Sends what arrived to the service from the file it was written to; says whether the service has it.
    async fn send(&self, s3: &S3, arriving: Arriving) -> Result<(Arriving, bool)> {
        let (arriving, file) = blocking(move || {
            let mut arriving = arriving;
            let file =
                arriving.incoming.reread_alone().map_err(|s| Error::disk(arriving.incoming.folder().root(), s))?;
            Ok((arriving, file))
        })
        .await?;
        match s3.send(arriving.incoming.id(), file, arriving.incoming.size()).await {
            Ok(()) => Ok((arriving, true)),
            Err(error) => {
                self.note_away(error);
                Ok((arriving, false))
            }
        }
    }

    /// An object's sealed bytes.
    pub async fn get(&self, id: BlobId) -> Result<Source> {
        let (spool, store) = (self.spool.clone(), self.store.clone());
        let local = blocking(move || {
            let spooled = spool.find(id).map_err(|source| Error::disk(spool.root(), source))?;
            match (spooled, &store) {
                (None, Store::Folder(folder)) => folder.find(id).map_err(|source| Error::disk(folder.root(), source)),
                (spooled, _) => Ok(spooled),
            }
        })
        .await?;
        match (local, &self.store) {
            (Some((file, size)), _) => Ok(Source::File(file, size)),
            (None, Store::Folder(_)) => Err(Error::Missing(id)),
            (None, Store::S3(s3)) => match s3.get(id).await? {
                Some((size, stream)) => Ok(Source::Stream(stream, size)),
                None => Err(Error::Missing(id)),
            },
        }
    }

    /// Removes an object from wherever it lies.
    pub async fn remove(&self, id: BlobId) -> Result<()> {
        let (spool, store) = (self.spool.clone(), self.store.clone());
        blocking(move || {
            spool.remove(id).map_err(|source| Error::disk(spool.root(), source))?;
            if let Store::Folder(folder) = &store {
                folder.remove(id).map_err(|source| Error::disk(folder.root(), source))?;
            }
            Ok(())
        })
        .await?;
        match &self.store {
            Store::S3(s3) => s3.remove(id).await,
            Store::Folder(_) => Ok(()),
        }
    }

    /// Carries what is spooled to the store; stops at the first object the store refuses. One process at a time: what two
    /// carried at once, one would remove while the other still sends it.
    pub async fn drain(&self) -> Result<Drained> {
        let Some(turn) = self.take_turn().await? else {
            return Ok(Drained { moved: 0, waiting: self.waiting().await? });
        };
        let mut moved = 0;
        let mut pages = self.spooled();
        while let Some(page) = pages.next().await.transpose()? {
            for id in page {
                if let Err(error) = self.carry(id).await {
                    self.note_away(error);
                    return Ok(Drained { moved, waiting: self.waiting().await? });
                }
                moved += 1;
            }
        }
        if self.away.load(Ordering::Relaxed) && self.is_there().await {
            self.away.store(false, Ordering::Relaxed);
            tracing::warn!(moved, "the evidence store works again");
        }
        drop(turn);
        Ok(Drained { moved, waiting: self.waiting().await? })
    }

    async fn take_turn(&self) -> Result<Option<File>> {
        let spool = self.spool.clone();
        blocking(move || spool.take_turn().map_err(|source| Error::disk(spool.root(), source))).await
    }

    /// Carries one object over. What is gone meanwhile was erased.
    async fn carry(&self, id: BlobId) -> Result<()> {
        let (spool, store) = (self.spool.clone(), self.store.clone());
        let found = blocking(move || {
            let Some((file, size)) = spool.find(id).map_err(|source| Error::disk(spool.root(), source))? else {
                return Ok(None);
            };
            match store {
                Store::S3(_) => Ok(Some((file, size))),
                Store::Folder(folder) => {
                    folder.copy(id, file).map_err(|source| Error::disk(folder.root(), source))?;
                    spool.remove(id).map_err(|source| Error::disk(spool.root(), source))?;
                    Ok(None)
                }
            }
        })
        .await?;
        let (Some((file, size)), Store::S3(s3)) = (found, &self.store) else { return Ok(()) };
        s3.send(id, file, size).await?;
        let spool = self.spool.clone();
        blocking(move || spool.remove(id).map(drop).map_err(|source| Error::disk(spool.root(), source))).await
    }

    async fn is_there(&self) -> bool {
        match &self.store {
            Store::Folder(_) => true,
            Store::S3(s3) => s3.get(BlobId(uuid::Uuid::nil())).await.is_ok(),
        }
    }

    /// Writes, reads and removes a small object in the store itself.
    pub async fn probe(&self, id: BlobId) -> Result<()> {
        match &self.store {
            Store::S3(s3) => {
                s3.put(id, Bytes::from_static(b"probe")).await?;
                let found = s3.get(id).await?.map(|(size, _)| size);
                s3.remove(id).await?;
                if found == Some(5) { Ok(()) } else { Err(Error::Missing(id)) }
            }
            Store::Folder(folder) => {
                let folder = folder.clone();
                blocking(move || {
                    let tried = folder.put(id, b"probe").and_then(|()| folder.remove(id));
                    tried.map(drop).map_err(|source| Error::disk(folder.root(), source))
                })
                .await
            }
        }
    }

    /// How many objects are spooled.
    pub async fn waiting(&self) -> Result<usize> {
        self.spooled().try_fold(0, |sum, page| async move { Ok(sum + page.len()) }).await
    }

    /// Removes what processes that have died were writing; returns how many files that were.
    pub async fn sweep_incoming(&self) -> Result<usize> {
        let mut folders = vec![self.spool.clone()];
        if let Store::Folder(folder) = &self.store {
            folders.push(folder.clone());
        }
        blocking(move || {
            let swept = folders.iter().map(|f| f.sweep_incoming().map_err(|source| Error::disk(f.root(), source)));
            swept.sum()
        })
        .await
    }

    fn spooled(&self) -> BoxStream<'static, Result<Vec<BlobId>>> {
        pages(self.spool.clone())
    }

    /// The ids of all objects, stored and spooled, in pages; one that is carried over meanwhile may come twice.
    pub fn list(&self) -> BoxStream<'static, Result<Vec<BlobId>>> {
        let stored = match &self.store {
            Store::Folder(folder) => pages(folder.clone()),
            Store::S3(s3) => s3.list().chunks(PAGE).map(|page| page.into_iter().collect()).boxed(),
        };
        self.spooled().chain(stored).boxed()
    }

    fn note_away(&self, error: Error) -> Error {
        if !self.away.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, "the evidence store cannot be used, sealed objects wait in the spool");
        }
        error
    }
}

/// Stores whole bytes in the folder, or in the spool when that fails; says why it did. Blocks.
fn put_in(folder: &Folder, spool: &Folder, id: BlobId, sealed: &[u8]) -> Result<Option<Error>> {
    let Err(source) = folder.put(id, sealed) else { return Ok(None) };
    let failed = Error::disk(folder.root(), source);
    match spool.put(id, sealed) {
        Ok(()) => Ok(Some(failed)),
        Err(source) => Err(neither(Some(failed), Error::disk(spool.root(), source))),
    }
}

fn neither(store: Option<Error>, spool: Error) -> Error {
    let store = store.map_or_else(|| "it could not be reached before".into(), |error| error.to_string());
    Error::NoRoom { store, spool: spool.to_string() }
}

/// An object that is being stored in pieces. Dropped, nothing of it stays. Everything here blocks.
pub struct Arriving {
    incoming: Incoming,
    spool: Folder,
    spooled: bool,
}

impl Arriving {
    /// Writes more. When the folder is full or broken, what it has so far goes on in the spool.
    pub fn write(&mut self, sealed: &[u8]) -> Result<()> {
        let Err(source) = self.incoming.write(sealed) else { return Ok(()) };
        self.change_over(source)?;
        self.incoming.write(sealed).map_err(|source| neither(None, Error::disk(self.spool.root(), source)))
    }

    fn finish(&mut self) -> Result<()> {
        let Err(source) = self.incoming.finish() else { return Ok(()) };
        self.change_over(source)?;
        self.incoming.finish().map_err(|source| neither(None, Error::disk(self.spool.root(), source)))
    }

    fn change_over(&mut self, source: io::Error) -> Result<()> {
        let failed = Error::disk(self.incoming.folder().root(), source);
        if self.spooled {
            return Err(neither(None, failed));
        }
        tracing::warn!(error = %failed, "the evidence store cannot be used, a sealed object waits in the spool");
        let taken = self.spool.begin(self.incoming.id()).and_then(|mut new| {
            new.take_over(&mut self.incoming)?;
            Ok(new)
        });
        self.incoming = taken.map_err(|source| neither(Some(failed), Error::disk(self.spool.root(), source)))?;
        self.spooled = true;
        Ok(())
    }
}

/// The ids of a folder's objects, a part-folder at a time.
fn pages(folder: Folder) -> BoxStream<'static, Result<Vec<BlobId>>> {
    let parts = {
        let folder = folder.clone();
        blocking(move || folder.parts().map_err(|source| Error::disk(folder.root(), source)))
    };
    let ids = move |part: String| {
        let folder = folder.clone();
        blocking(move || folder.objects(&part).map_err(|source| Error::disk(folder.root(), source)))
    };
    stream::once(parts).map_ok(|parts| stream::iter(parts.into_iter().map(Ok))).try_flatten().and_then(ids).boxed()
}

/// Runs what blocks where blocking is fine.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Crypto))
}
