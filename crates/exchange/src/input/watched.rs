//! How far a file is read, for whoever shows progress: bytes as they lie on the disk, packed or not.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A file whose progress can be watched from elsewhere.
#[derive(Debug)]
pub struct Watched<R> {
    input: R,
    read: Arc<AtomicU64>,
}

impl<R> Watched<R> {
    /// The file, and the number of bytes that were read of it so far. Looking at an archive's directory counts too, so the
    /// number may end a little above the file's length.
    pub fn new(input: R) -> (Self, Arc<AtomicU64>) {
        let read = Arc::new(AtomicU64::new(0));
        (Self { input, read: Arc::clone(&read) }, read)
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(to)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl<R: Seek> Seek for Watched<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_counted() {
        let (mut file, read) = Watched::new(io::Cursor::new([0; 10]));
        file.read_exact(&mut [0; 4]).unwrap();
        file.seek(SeekFrom::End(-1)).unwrap();
        file.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(read.load(Ordering::Relaxed), 5);
    }
}
