//! The way out: a file that is read from anywhere, one chunk in memory. Its last chunk is opened first, so that its length is
//! known to be what the writer made it before anything of it is believed.

use super::{CHUNK, Identity, TAG, Trouble, cipher, derive, header, nonce};
use aws_lc_rs::aead::{Aad, LessSafeKey};
use std::io::{self, Read, Seek, SeekFrom};

const SEALED: u64 = (CHUNK + TAG) as u64;

/// An encrypted file, read as if it were plain.
pub struct Reader<R> {
    from: R,
    key: LessSafeKey,
    /// Where the payload's first chunk begins.
    begin: u64,
    chunks: u64,
    /// Plain bytes in all.
    size: u64,
    at: u64,
    /// The chunk that is open, and its plain bytes.
    open: Option<(u64, Vec<u8>)>,
}

impl<R: Read + Seek> Reader<R> {
    /// Opens a file with an identity.
    ///
    /// # Errors
    /// It is no age file, is for another key, or was altered or cut.
    pub fn open(mut from: R, identity: &Identity) -> Result<Self, Trouble> {
        let mut head = Vec::new();
        let end = from.seek(SeekFrom::End(0)).map_err(|_| Trouble::Altered)?;
        from.seek(SeekFrom::Start(0)).map_err(|_| Trouble::Altered)?;
        (&mut from).take(header::LONGEST as u64).read_to_end(&mut head).map_err(|_| Trouble::Altered)?;
        let (file_key, length) = header::read(&head, identity)?;
        let salt = head.get(length..length + 16).ok_or(Trouble::Altered)?;
        let key = cipher(&derive(salt, &file_key, b"payload")?)?;
        let begin = length as u64 + 16;
        let sealed = end.checked_sub(begin).filter(|n| *n >= TAG as u64).ok_or(Trouble::Altered)?;
        let chunks = sealed.div_ceil(SEALED);
        let size = sealed.checked_sub(chunks * TAG as u64).ok_or(Trouble::Altered)?;
        let mut reader = Self { from, key, begin, chunks, size, at: 0, open: None };
        let last = reader.chunk(chunks - 1)?.len();
        // An empty last chunk is that of an empty file only.
        if last == 0 && chunks > 1 { Err(Trouble::Altered) } else { Ok(reader) }
    }

    /// Plain bytes in all.
    pub fn size(&self) -> u64 {
        self.size
    }

    fn chunk(&mut self, number: u64) -> Result<&[u8], Trouble> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != number) {
            let from = self.begin + number * SEALED;
            let mut sealed = Vec::new();
            self.from.seek(SeekFrom::Start(from)).map_err(|_| Trouble::Altered)?;
            (&mut self.from).take(SEALED).read_to_end(&mut sealed).map_err(|_| Trouble::Altered)?;
            let nonce = nonce(number, number + 1 == self.chunks);
            let plain = self.key.open_in_place(nonce, Aad::empty(), &mut sealed).map_err(|_| Trouble::Altered)?;
            let length = plain.len();
            sealed.truncate(length);
            self.open = Some((number, sealed));
        }
        Ok(self.open.as_ref().map_or(&[], |(_, plain)| plain))
    }
}

impl<R: Read + Seek> Read for Reader<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size {
            return Ok(0);
        }
        let within = usize::try_from(self.at % CHUNK as u64).unwrap_or_default();
        let number = self.at / CHUNK as u64;
        let chunk = self.chunk(number).map_err(|t| io::Error::new(io::ErrorKind::InvalidData, t.to_string()))?;
        let rest = chunk.get(within..).unwrap_or_default();
        let length = rest.len().min(to.len());
        for (to, from) in to.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += length as u64;
        Ok(length)
    }
}

impl<R: Read + Seek> Seek for Reader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
