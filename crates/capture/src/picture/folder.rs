//! The browser's folder: made for one picture, gone with it, whatever happens.

use std::{
    fs, io,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
};

/// What such folders are called, before the id of the process that made them. Short: the browser makes a socket below it, and
/// the path of a socket has at most 107 bytes.
const PREFIX: &str = "cpic-";
/// The user that nothing belongs to; a browser started by root runs as it.
pub const NOBODY: u32 = 65_534;

/// A folder that is removed when this is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes one below the machine's temporary folder, for the browser's user only; first removes what processes that
    /// were killed have left.
    pub fn make() -> io::Result<Self> {
        let root = rustix::process::getuid().is_root();
        let below = if root { passable(std::env::temp_dir()) } else { std::env::temp_dir() };
        sweep(&below);
        let mut chance = [0; 4];
        aws_lc_rs::rand::fill(&mut chance).map_err(|_| io::Error::other("no randomness"))?;
        let path = below.join(format!("{PREFIX}{}-{}", std::process::id(), base::hex(&chance)));
        fs::create_dir(&path)?;
        let made = Self(path);
        fs::set_permissions(&made.0, fs::Permissions::from_mode(0o700))?;
        if root {
            chown(&made.0, Some(NOBODY), Some(NOBODY))?;
        }
        Ok(made)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A browser that is being killed may still write: once more, then.
        for _ in 0..20 {
            if fs::remove_dir_all(&self.0).is_ok() || !self.0.exists() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

/// A temporary folder that another user can get to: root's own may lie behind one that only root may enter.
fn passable(below: PathBuf) -> PathBuf {
    let anybody = |path: &Path| fs::metadata(path).is_ok_and(|is| is.permissions().mode() & 0o001 != 0);
    let whole = fs::canonicalize(&below).is_ok_and(|path| path.ancestors().all(anybody));
    if whole { below } else { PathBuf::from("/tmp") }
}

/// Removes folders whose process is gone.
fn sweep(below: &Path) {
    for entry in fs::read_dir(below).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|n| n.strip_prefix(PREFIX)) else { continue };
        let process = rest.split('-').next().unwrap_or_default();
        let is_number = !process.is_empty() && process.bytes().all(|b| b.is_ascii_digit());
        if is_number && !Path::new("/proc").join(process).exists() {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_goes_with_its_owner_and_one_left_behind_by_the_dead_is_swept() {
        // No process has this number: it is above the largest that Linux gives.
        let left = passable(std::env::temp_dir()).join(format!("{PREFIX}99999999-00"));
        fs::create_dir_all(left.join("deep")).unwrap();
        let folder = Folder::make().unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        let path = folder.path().to_owned();
        assert!(path.exists() && !left.exists());
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_that_only_root_may_enter_is_passed_over() {
        let private = std::env::temp_dir().join(format!("cport-private-{}", std::process::id()));
        fs::create_dir_all(private.join("open")).unwrap();
        fs::set_permissions(private.join("open"), fs::Permissions::from_mode(0o711)).unwrap();
        fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(passable(private.join("open")), Path::new("/tmp"));
        assert_eq!(passable("/tmp".into()), Path::new("/tmp"));
        fs::remove_dir_all(private).unwrap();
    }
}
