//! The way out: an object's bytes, chunk by authenticated chunk. What was altered, moved or cut shows as an error before
//! the bytes in question are handed out; an object cut at its end shows before its first byte, because its length is known.

use super::{
    seal::{CHUNK, Cipher, Refused, SEALED, sealed_size},
    shelves::{Source, blocking},
};
use crate::{Error, Result};
use base::BlobId;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream, stream::BoxStream};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

/// Sealed bytes opened at once: 16 chunks, 1 MiB of plain ones.
const BLOCK: usize = 16 * SEALED;

/// An object that is being read. Whoever reads it to the end without an error has it whole.
pub struct Opening {
    id: BlobId,
    size: u64,
    /// Sealed bytes to come.
    left: u64,
    cipher: Option<Cipher>,
    from: From,
}

enum From {
    File(Option<File>),
    Stream { stream: BoxStream<'static, object_store::Result<Bytes>>, held: BytesMut },
}

impl Opening {
    /// Refuses at once what has not the length that its row says.
    pub(super) fn new(id: BlobId, size: u64, cipher: Cipher, source: Source) -> Result<Self> {
        let (there, from) = match source {
            Source::File(file, there) => (there, From::File(Some(file))),
            Source::Stream(stream, there) => (there, From::Stream { stream, held: BytesMut::new() }),
        };
        if sealed_size(size) != Some(there) {
            return Err(Error::Unsealed(id));
        }
        Ok(Self { id, size, left: there, cipher: Some(cipher), from })
    }

    /// Which object.
    pub fn id(&self) -> BlobId {
        self.id
    }

    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Goes on with the chunk in which this byte stands, before anything was read; says how many bytes of it stand before. From
    /// a local file nothing in between is read. A service's stream is read and thrown away.
    pub async fn skip_to(&mut self, byte: u64) -> Result<u64> {
        let chunk = byte.min(self.size.saturating_sub(1)) / CHUNK as u64;
        let mut sealed = chunk * SEALED as u64;
        match &mut self.from {
            From::File(Some(file)) => {
                file.seek(SeekFrom::Start(sealed)).map(drop).map_err(|_| Error::Unsealed(self.id))?
            }
            From::File(None) => return Err(Error::Unsealed(self.id)),
            From::Stream { stream, held } => {
                while sealed > held.len() as u64 {
                    sealed -= held.len() as u64;
                    *held = BytesMut::from(stream.next().await.ok_or(Error::Unsealed(self.id))??);
                }
                drop(held.split_to(usize::try_from(sealed).unwrap_or(held.len())));
            }
        }
        if let Some(cipher) = &mut self.cipher {
            cipher.skip_to(chunk);
        }
        self.left -= chunk * SEALED as u64;
        Ok(byte - chunk * CHUNK as u64)
    }

    /// The next bytes, up to 1 MiB; `None` after the last ones. After an error nothing more comes.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        // Whoever goes on after an error, or after giving up in the middle, finds no cipher.
        let Some(mut cipher) = self.cipher.take() else { return Err(Error::Unsealed(self.id)) };
        let wanted = usize::try_from(self.left).map_or(BLOCK, |left| left.min(BLOCK));
        let left = self.left - wanted as u64;
        let id = self.id;
        let (plain, cipher) = match &mut self.from {
            From::File(file) => {
                let Some(back) = file.take() else { return Err(Error::Unsealed(id)) };
                let (plain, cipher, back) = blocking(move || {
                    let mut sealed = vec![0; wanted];
                    (&back).read_exact(&mut sealed).map_err(|_| Error::Unsealed(id))?;
                    let plain = open(&mut cipher, &mut sealed, left == 0).map_err(|Refused| Error::Unsealed(id))?;
                    Ok((plain, cipher, back))
                })
                .await?;
                *file = Some(back);
                (plain, cipher)
            }
            From::Stream { stream, held } => {
                while held.len() < wanted {
                    let more = stream.next().await.ok_or(Error::Unsealed(id))??;
                    held.extend_from_slice(&more);
                }
                let mut sealed = held.split_to(wanted);
                let plain = open(&mut cipher, &mut sealed, left == 0).map_err(|Refused| Error::Unsealed(id))?;
                (plain, cipher)
            }
        };
        self.cipher = Some(cipher);
        self.left = left;
        Ok(Some(plain))
    }

    /// Its bytes as a stream, for an answer or an archive. A stream that ends with an error must not look whole.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        stream::try_unfold(self, |mut opening| async move { Ok(opening.next().await?.map(|bytes| (bytes, opening))) })
    }

    /// All of its bytes, or none.
    pub async fn whole(mut self) -> Result<Vec<u8>> {
        let mut whole = Vec::with_capacity(usize::try_from(self.size).map_err(|_| Error::Unsealed(self.id))?);
        while let Some(bytes) = self.next().await? {
            whole.extend_from_slice(&bytes);
        }
        Ok(whole)
    }
}

fn open(cipher: &mut Cipher, sealed: &mut [u8], last: bool) -> Result<Bytes, Refused> {
    let mut plain = Vec::new();
    cipher.open(sealed, last, &mut plain)?;
    Ok(Bytes::from(plain))
}
