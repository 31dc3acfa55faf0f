//! Sealed objects as files of a local folder: the store itself, or the spool in which they wait for one.
//!
//! An object is written beside the others, under `incoming/`, and renamed when it is whole; then file and folder are
//! flushed to disk. It counts only when both are: the row that names it is committed afterwards, so a crash between leaves
//! a file that no row names, never a row without its file. Whoever writes holds a lock on the file, which ends with the
//! process however it ends: what lies in `incoming/` unlocked is nobody's and is swept.

use base::BlobId;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

const INCOMING: &str = "incoming";

/// A folder of sealed objects. Everything here blocks.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

/// `ab/abcdef…`: spread over folders by the id's last byte, which is random.
pub fn place(id: BlobId) -> (String, String) {
    let name = id.0.simple().to_string();
    (name.get(30..).unwrap_or("00").to_owned(), name)
}

/// The id of an object by its file's name; `None` for a file that is no object.
pub fn id_of(name: &str) -> Option<BlobId> {
    if name.len() != 32 || name.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    uuid::Uuid::try_parse(name).ok().map(BlobId)
}

impl Folder {
    /// Opens a folder, making it when missing.
    pub fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root.join(INCOMING))?;
        Ok(Self { root: root.to_owned() })
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn path(&self, id: BlobId) -> PathBuf {
        let (folder, name) = place(id);
        self.root.join(folder).join(name)
    }

    /// Begins to write an object.
    pub fn begin(&self, id: BlobId) -> io::Result<Incoming> {
        let path = self.root.join(INCOMING).join(place(id).1);
        loop {
            let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
            file.lock()?;
            // A sweep may have been faster than the lock; then this file has no name any more.
            if file.metadata()?.nlink() > 0 {
                return Ok(Incoming { folder: self.clone(), id, path: Some(path), file, size: 0 });
            }
        }
    }

    /// Writes an object whose sealed bytes are all here.
    pub fn put(&self, id: BlobId, sealed: &[u8]) -> io::Result<()> {
        let mut incoming = self.begin(id)?;
        incoming.write(sealed)?;
        incoming.finish()
    }

    /// Writes an object whose sealed bytes lie in another file.
    pub fn copy(&self, id: BlobId, mut from: File) -> io::Result<()> {
        let mut incoming = self.begin(id)?;
        incoming.size = io::copy(&mut from, &mut incoming.file)?;
        incoming.finish()
    }

    /// An object's file and its length in bytes; `None` when there is none.
    pub fn find(&self, id: BlobId) -> io::Result<Option<(File, u64)>> {
        match File::open(self.path(id)) {
            Ok(file) => {
                let size = file.metadata()?.len();
                Ok(Some((file, size)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes an object; says whether there was one.
    pub fn remove(&self, id: BlobId) -> io::Result<bool> {
        let path = self.path(id);
        match fs::remove_file(&path) {
            Ok(()) => {
                // Durable too: what was erased must not come back with a crash.
                flush_folder(path.parent().unwrap_or(&self.root))?;
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The part-folders there are, in order; [`Folder::objects`] lists one.
    pub fn parts(&self) -> io::Result<Vec<String>> {
        let mut parts = Vec::new();
        for entry in fs::read_dir(&self.root)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.len() == 2 && name.bytes().all(|b| b.is_ascii_hexdigit()) {
                parts.push(name);
            }
        }
        parts.sort();
        Ok(parts)
    }

    /// The objects of one part-folder, in order.
    pub fn objects(&self, part: &str) -> io::Result<Vec<BlobId>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.root.join(part))? {
            found.extend(id_of(&entry?.file_name().to_string_lossy()));
        }
        found.sort();
        Ok(found)
    }

    /// Removes what a process that has died was writing; returns how many files that were.
    pub fn sweep_incoming(&self) -> io::Result<usize> {
        let mut swept = 0;
        for entry in fs::read_dir(self.root.join(INCOMING))? {
            let path = entry?.path();
            let Ok(file) = OpenOptions::new().write(true).open(&path) else { continue };
            match file.try_lock() {
                Ok(()) => {
                    fs::remove_file(&path)?;
                    swept += 1;
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(swept)
    }

    /// A lock on the whole folder for work that one process does at a time; `None` when another has it.
    pub fn take_turn(&self) -> io::Result<Option<File>> {
        let path = self.root.join("turn");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// An object that is being written. Dropped unfinished, nothing of it stays.
#[derive(Debug)]
pub struct Incoming {
    folder: Folder,
    id: BlobId,
    /// `None` once it has its place.
    path: Option<PathBuf>,
    file: File,
    size: u64,
}

impl Incoming {
    /// Whose bytes these are.
    pub fn id(&self) -> BlobId {
        self.id
    }

    /// Where it is written.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Bytes written so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Writes more, all of it or none that counts.
    pub fn write(&mut self, sealed: &[u8]) -> io::Result<()> {
        self.file.write_all(sealed)?;
        self.size += sealed.len() as u64;
        Ok(())
    }

    /// Its bytes so far, from the first one.
    pub fn reread(&mut self) -> io::Result<io::Take<&mut File>> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok((&mut self.file).take(self.size))
    }

    /// A file of its own that reads its bytes so far, from the first one; this one is not written any more then.
    pub fn reread_alone(&mut self) -> io::Result<File> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.try_clone()
    }

    /// Writes what another has so far.
    pub fn take_over(&mut self, other: &mut Self) -> io::Result<()> {
        let size = other.size;
        let copied = io::copy(&mut other.reread()?, &mut self.file)?;
        if copied != size {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "what was written cannot be read back"));
        }
        self.size = copied;
        Ok(())
    }

    /// Gives it its place and flushes both to disk. After an error it has no place.
    pub fn finish(&mut self) -> io::Result<()> {
        let Some(path) = self.path.clone() else { return Ok(()) };
        let to = self.folder.path(self.id);
        let folder = to.parent().unwrap_or(&self.folder.root).to_owned();
        if make_folder(&folder)? {
            flush_folder(&self.folder.root)?;
        }
        // First the name, then one flush for both: half the flushes, and until they are done no row names the object.
        fs::rename(&path, &to)?;
        if let Err(error) = self.file.sync_all().and_then(|()| flush_folder(&folder)) {
            // Back, so that its bytes can still be taken elsewhere.
            fs::rename(&to, &path)?;
            return Err(error);
        }
        self.path = None;
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Some(path) = &self.path
            && let Err(error) = fs::remove_file(path)
        {
            tracing::warn!(%error, path = %path.display(), "an unfinished sealed object could not be removed");
        }
    }
}

fn make_folder(path: &Path) -> io::Result<bool> {
    match fs::create_dir(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn flush_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Time;

    fn folder(name: &str) -> (Folder, PathBuf) {
        let path = std::env::temp_dir().join(format!("cport-folder-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&path));
        (Folder::open(&path).unwrap(), path)
    }

    fn id(n: u8) -> BlobId {
        BlobId::new(Time::from_micros(1_000_000), [n; 10])
    }

    fn whole(folder: &Folder, id: BlobId) -> Option<Vec<u8>> {
        let (mut file, size) = folder.find(id).unwrap()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, size);
        Some(bytes)
    }

    #[test]
    fn an_object_has_a_place_only_when_it_is_whole() {
        let (folder, path) = folder("whole");
        let mut incoming = folder.begin(id(1)).unwrap();
        incoming.write(b"drawn ").unwrap();
        assert_eq!(whole(&folder, id(1)), None);
        incoming.write(b"shape").unwrap();
        incoming.finish().unwrap();
        drop(incoming);
        assert_eq!(whole(&folder, id(1)).unwrap(), b"drawn shape");
        assert_eq!(folder.parts().unwrap(), ["01"]);
        assert_eq!(folder.objects("01").unwrap(), [id(1)]);
        assert!(folder.remove(id(1)).unwrap() && !folder.remove(id(1)).unwrap());
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn du_1_what_a_dead_writer_left_is_swept_and_a_living_ones_is_not() {
        let (folder, path) = folder("sweep");
        let mut living = folder.begin(id(1)).unwrap();
        living.write(b"half").unwrap();
        fs::write(path.join(INCOMING).join(place(id(2)).1), b"left").unwrap();
        assert_eq!(folder.sweep_incoming().unwrap(), 1);
        living.finish().unwrap();
        assert_eq!(whole(&folder, id(1)).unwrap(), b"half");
        drop(folder.begin(id(3)).unwrap());
        assert_eq!(fs::read_dir(path.join(INCOMING)).unwrap().count(), 0, "dropped unfinished, nothing stays");
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn one_takes_over_what_another_has_written() {
        let ((a, at), (b, bt)) = (folder("from"), folder("to"));
        let mut from = a.begin(id(1)).unwrap();
        from.write(b"first ").unwrap();
        let mut to = b.begin(id(1)).unwrap();
        to.take_over(&mut from).unwrap();
        to.write(b"second").unwrap();
        to.finish().unwrap();
        assert_eq!(whole(&b, id(1)).unwrap(), b"first second");
        fs::remove_dir_all(at).unwrap();
        fs::remove_dir_all(bt).unwrap();
    }

    #[test]
    fn a_name_that_is_no_objects_is_left_alone() {
        assert_eq!(id_of(&place(id(7)).1), Some(id(7)));
        for other in ["", "turn", "incoming", "0196", "ABCDEF00112233445566778899AABBCC"] {
            assert_eq!(id_of(other), None, "{other:?}");
        }
    }
}
