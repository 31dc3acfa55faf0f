//! The few requests of SFTP, version 3 (draft-ietf-secsh-filexfer-02), that a drop box takes, over any pair of streams. What
//! the server says is bounded and checked: a packet has at most 256 KiB, an answer has the number of its question.

use super::Moved;
use std::collections::BTreeSet;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Most bytes of a packet that is read.
const LONGEST: u32 = 256 * 1024;
/// Bytes of one write and one read: what every server takes.
pub const BLOCK: usize = 32 * 1024;
/// Writes on their way at once.
const AHEAD: usize = 64;
/// Most names of a folder that are looked at.
const MOST_NAMES: usize = 10_000;

/// Syncs a file.
const FSYNC: &str = "fsync@openssh.com";
/// Renames over what is there.
const RENAME_OVER: &str = "posix-rename@openssh.com";

/// There is no such file.
const NO_SUCH_FILE: u32 = 2;
/// It ends here.
const EOF: u32 = 1;

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The server says so, with this status.
    Status(u32),
    /// The connection is over.
    Over,
    /// The server says something else than the protocol.
    Garbage,
}

/// A session.
pub struct Wire<R, W> {
    from: R,
    to: W,
    number: u32,
    extensions: BTreeSet<String>,
    moved: Moved,
}

/// A request's bytes.
struct Out(Vec<u8>);

impl Out {
    fn new(kind: u8) -> Self {
        Self(vec![0, 0, 0, 0, kind])
    }
    fn four(mut self, number: u32) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }
    fn eight(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }
    fn text(self, bytes: &[u8]) -> Self {
        let mut out = self.four(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        out.0.extend_from_slice(bytes);
        out
    }
    fn packet(mut self) -> Vec<u8> {
        let length = u32::try_from(self.0.len().saturating_sub(4)).unwrap_or(u32::MAX);
        for (to, from) in self.0.iter_mut().zip(length.to_be_bytes()) {
            *to = from;
        }
        self.0
    }
}

/// An answer's bytes.
struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Wrong> {
        let (now, later) = self.0.split_at_checked(length).ok_or(Wrong::Garbage)?;
        self.0 = later;
        Ok(now)
    }
    fn four(&mut self) -> Result<u32, Wrong> {
        Ok(self.take(4)?.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
    }
    fn eight(&mut self) -> Result<u64, Wrong> {
        Ok(self.take(8)?.iter().fold(0, |n, b| n << 8 | u64::from(*b)))
    }
    fn text(&mut self) -> Result<&'a [u8], Wrong> {
        let length = self.four()?;
        self.take(usize::try_from(length).map_err(|_| Wrong::Garbage)?)
    }
    /// A file's size, past everything else that is said of it.
    fn attributes(&mut self) -> Result<Option<u64>, Wrong> {
        let flags = self.four()?;
        let size = if flags & 1 != 0 { Some(self.eight()?) } else { None };
        for (bit, bytes) in [(2, 8), (4, 4), (8, 8)] {
            if flags & bit != 0 {
                self.take(bytes)?;
            }
        }
        if flags & 0x8000_0000 != 0 {
            for _ in 0..self.four()? {
                self.text()?;
                self.text()?;
            }
        }
        Ok(size)
    }
}

/// An answer: its kind and what stands in it.
type Answer = (u8, Vec<u8>);

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Wire<R, W> {
    /// Begins a session.
    pub async fn begin(from: R, to: W, moved: Moved) -> Result<Self, Wrong> {
        let mut wire = Self { from, to, number: 0, extensions: BTreeSet::new(), moved };
        wire.send(Out::new(1).four(3).packet()).await?;
        let (kind, bytes) = wire.packet().await?;
        let mut said = In(&bytes);
        if kind != 2 || said.four()? < 3 {
            return Err(Wrong::Garbage);
        }
        while !said.0.is_empty() {
            let (name, _) = (said.text()?, said.text()?);
            wire.extensions.extend(std::str::from_utf8(name).ok().map(str::to_owned));
        }
        Ok(wire)
    }

    async fn send(&mut self, packet: Vec<u8>) -> Result<(), Wrong> {
        self.to.write_all(&packet).await.map_err(|_| Wrong::Over)?;
        self.to.flush().await.map_err(|_| Wrong::Over)?;
        self.moved.note();
        Ok(())
    }

    async fn packet(&mut self) -> Result<Answer, Wrong> {
        let length = self.from.read_u32().await.map_err(|_| Wrong::Over)?;
        if length == 0 || length > LONGEST {
            return Err(Wrong::Garbage);
        }
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| Wrong::Garbage)?];
        self.from.read_exact(&mut bytes).await.map_err(|_| Wrong::Over)?;
        self.moved.note();
        let kind = bytes.remove(0);
        Ok((kind, bytes))
    }

    fn numbered(&mut self, kind: u8) -> Out {
        self.number = self.number.wrapping_add(1);
        Out::new(kind).four(self.number)
    }

    /// One question and its answer.
    async fn ask(&mut self, question: Out) -> Result<Answer, Wrong> {
        let number = self.number;
        self.send(question.packet()).await?;
        let (kind, mut bytes) = self.packet().await?;
        if In(&bytes).four()? != number {
            return Err(Wrong::Garbage);
        }
        bytes.drain(..4);
        Ok((kind, bytes))
    }

    /// A question that is answered with a status.
    async fn done(&mut self, question: Out) -> Result<(), Wrong> {
        status(&self.ask(question).await?)
    }

    async fn handle(&mut self, question: Out) -> Result<Vec<u8>, Wrong> {
        match self.ask(question).await? {
            (102, bytes) => Ok(In(&bytes).text()?.to_vec()),
            other => Err(status(&other).err().unwrap_or(Wrong::Garbage)),
        }
    }

    /// A file's size; `None` when there is none.
    pub async fn size(&mut self, path: &str) -> Result<Option<u64>, Wrong> {
        let question = self.numbered(17).text(path.as_bytes());
        match self.ask(question).await? {
            (105, bytes) => In(&bytes).attributes()?.map(Some).ok_or(Wrong::Garbage),
            other => match status(&other) {
                Err(Wrong::Status(NO_SUCH_FILE)) => Ok(None),
                other => Err(other.err().unwrap_or(Wrong::Garbage)),
            },
        }
    }

    /// Opens a file to read.
    pub async fn open(&mut self, path: &str) -> Result<Vec<u8>, Wrong> {
        let question = self.numbered(3).text(path.as_bytes()).four(1).four(0);
        self.handle(question).await
    }

    /// Opens an empty file to write, whatever was there.
    pub async fn create(&mut self, path: &str) -> Result<Vec<u8>, Wrong> {
        let question = self.numbered(3).text(path.as_bytes()).four(0x02 | 0x08 | 0x10).four(0);
        self.handle(question).await
    }

    /// Closes what is open.
    pub async fn close(&mut self, handle: &[u8]) -> Result<(), Wrong> {
        let question = self.numbered(4).text(handle);
        self.done(question).await
    }

    /// A block from a place; empty at the end.
    pub async fn read(&mut self, handle: &[u8], at: u64) -> Result<Vec<u8>, Wrong> {
        let question = self.numbered(5).text(handle).eight(at).four(BLOCK as u32);
        match self.ask(question).await? {
            (103, bytes) => {
                let found = In(&bytes).text()?;
                // None at all, or more than was asked for, would be read for ever.
                if found.is_empty() || found.len() > BLOCK { Err(Wrong::Garbage) } else { Ok(found.to_vec()) }
            }
            other => match status(&other) {
                Err(Wrong::Status(EOF)) => Ok(Vec::new()),
                other => Err(other.err().unwrap_or(Wrong::Garbage)),
            },
        }
    }

    /// Sends a block; answers are awaited once many are on their way.
    pub async fn write(&mut self, ahead: &mut Ahead, handle: &[u8], at: u64, bytes: &[u8]) -> Result<(), Wrong> {
        let question = self.numbered(6).text(handle).eight(at).text(bytes);
        ahead.0.insert(self.number);
        self.send(question.packet()).await?;
        while ahead.0.len() >= AHEAD {
            self.written(ahead).await?;
        }
        Ok(())
    }

    /// Awaits the answers of every write.
    pub async fn settle(&mut self, ahead: &mut Ahead) -> Result<(), Wrong> {
        while !ahead.0.is_empty() {
            self.written(ahead).await?;
        }
        Ok(())
    }

    async fn written(&mut self, ahead: &mut Ahead) -> Result<(), Wrong> {
        let (kind, mut bytes) = self.packet().await?;
        if !ahead.0.remove(&In(&bytes).four()?) {
            return Err(Wrong::Garbage);
        }
        bytes.drain(..4);
        status(&(kind, bytes))
    }

    /// Brings a file to the disk, where the server can.
    pub async fn sync(&mut self, handle: &[u8]) -> Result<(), Wrong> {
        if !self.extensions.contains(FSYNC) {
            return Ok(());
        }
        let question = self.numbered(200).text(FSYNC.as_bytes()).text(handle);
        self.done(question).await
    }

    /// Renames where nothing is.
    pub async fn rename(&mut self, from: &str, to: &str) -> Result<(), Wrong> {
        let question = self.numbered(18).text(from.as_bytes()).text(to.as_bytes());
        self.done(question).await
    }

    /// Renames over what is there.
    pub async fn rename_over(&mut self, from: &str, to: &str) -> Result<(), Wrong> {
        if self.extensions.contains(RENAME_OVER) {
            let question = self.numbered(200).text(RENAME_OVER.as_bytes()).text(from.as_bytes()).text(to.as_bytes());
            return self.done(question).await;
        }
        let question = self.numbered(13).text(to.as_bytes());
        match self.done(question).await {
            Ok(()) | Err(Wrong::Status(NO_SUCH_FILE)) => self.rename(from, to).await,
            other => other,
        }
    }

    /// Names in a folder, with sizes as the server says, sorted.
    pub async fn list(&mut self, path: &str) -> Result<Vec<(String, u64)>, Wrong> {
        let question = self.numbered(11).text(path.as_bytes());
        let handle = self.handle(question).await?;
        let mut names = Vec::new();
        while names.len() < MOST_NAMES {
            let question = self.numbered(12).text(&handle);
            match self.ask(question).await? {
                (104, bytes) => {
                    let mut said = In(&bytes);
                    let count = said.four()?;
                    if count == 0 {
                        return Err(Wrong::Garbage);
                    }
                    for _ in 0..count {
                        let (name, _, size) = (said.text()?, said.text()?, said.attributes()?);
                        names.extend(std::str::from_utf8(name).ok().map(|n| (n.to_owned(), size.unwrap_or_default())));
                    }
                }
                other => match status(&other) {
                    Err(Wrong::Status(EOF)) => break,
                    other => return Err(other.err().unwrap_or(Wrong::Garbage)),
                },
            }
        }
        self.close(&handle).await?;
        names.sort();
        Ok(names)
    }
}

/// Writes whose answers are still to come.
#[derive(Default)]
pub struct Ahead(BTreeSet<u32>);

fn status(answer: &Answer) -> Result<(), Wrong> {
    let (101, bytes) = answer else { return Err(Wrong::Garbage) };
    match In(bytes).four()? {
        0 => Ok(()),
        status => Err(Wrong::Status(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What becomes of a session in which the server says these bytes.
    async fn with(said: &[u8]) -> Result<Option<u64>, Wrong> {
        let mut wire = Wire::begin(said, tokio::io::sink(), Moved::default()).await?;
        wire.size("x").await
    }

    #[tokio::test]
    async fn fa_5_a_server_that_says_too_much_or_nonsense_is_left() {
        let hello = [0, 0, 0, 5, 2, 0, 0, 0, 3];
        assert_eq!(with(&[]).await, Err(Wrong::Over));
        assert_eq!(with(&[0xff; 9]).await, Err(Wrong::Garbage), "a packet of 4 GiB");
        assert_eq!(with(b"<html>nothing here</html>").await, Err(Wrong::Garbage));
        assert_eq!(with(&hello).await, Err(Wrong::Over));
        let other_number = [&hello[..], &[0, 0, 0, 9, 101, 0, 0, 0, 7, 0, 0, 0, 0]].concat();
        assert_eq!(with(&other_number).await, Err(Wrong::Garbage));
        let none = [&hello[..], &[0, 0, 0, 9, 101, 0, 0, 0, 1, 0, 0, 0, 2]].concat();
        assert_eq!(with(&none).await, Ok(None));
        let ok_where_a_size_belongs = [&hello[..], &[0, 0, 0, 9, 101, 0, 0, 0, 1, 0, 0, 0, 0]].concat();
        assert_eq!(with(&ok_where_a_size_belongs).await, Err(Wrong::Garbage));
    }

    proptest! {
        #[test]
        fn in_2_no_bytes_of_a_server_break_the_reader(said in proptest::collection::vec(any::<u8>(), 0..300)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            let said = [&[0, 0, 0, 5, 2, 0, 0, 0, 3], &said[..]].concat();
            runtime.block_on(async {
                if let Ok(mut wire) = Wire::begin(&said[..], tokio::io::sink(), Moved::default()).await {
                    drop(wire.list("x").await);
                    _ = wire.size("x").await;
                    drop(wire.open("x").await);
                }
            });
        }
    }
}
