//! Checking a finished package, offline. Every byte of the archive is made again from what it says and compared, every file is
//! hashed, and the manifest's signature is checked. Nothing is unpacked, memory stays at the directory and the manifest.

use super::{
    MANIFEST, SIGNATURE,
    container::{self, Entry},
    manifest::{FORMAT, Listed, Manifest, SIGNATURE_CONTEXT, signature_line},
};
use aws_lc_rs::{
    digest::{Context, SHA256, digest},
    signature::{ED25519, UnparsedPublicKey},
};
use flate2::Crc;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::{Read, Seek, SeekFrom},
};

/// Most files of a package that is checked.
const MOST_FILES: u64 = 1_000_000;
/// Most bytes of a directory, and of a manifest.
const LONGEST: u64 = 512 << 20;
/// Most bytes of a file in memory.
const BLOCK: usize = 1 << 20;

/// A key that signs packages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// From 64 hexadecimal characters, or the base64 that the exchange publishes.
    pub fn parse(text: &str) -> Option<Self> {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let text = text.trim();
        let bytes = base::unhex(text).filter(|b| b.len() == 32).or_else(|| STANDARD.decode(text).ok())?;
        bytes.try_into().ok().map(Self)
    }

    /// Its name: the first 16 hexadecimal characters of its SHA-256.
    pub fn id(&self) -> String {
        base::hex(digest(&SHA256, &self.0).as_ref().get(..8).unwrap_or_default())
    }

    /// Its 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 hexadecimal characters.
    pub fn hex(&self) -> String {
        base::hex(&self.0)
    }
}

/// Something that is wrong with a package.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flaw {
    /// Which file, where one is concerned.
    pub path: Option<String>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The manifest, when it could be read. It is to be believed only when there are no flaws.
    pub manifest: Option<Manifest>,
    /// The key that signed, as far as the package says.
    pub key: Option<PublicKey>,
    /// Everything that is wrong; nothing when the package is as it was made.
    pub flaws: Vec<Flaw>,
}

fn flaw(what: impl Into<String>) -> Flaw {
    Flaw { path: None, what: what.into() }
}

fn at(path: &str, what: impl Into<String>) -> Flaw {
    Flaw { path: Some(path.into()), what: what.into() }
}

/// What kind of package it is: what its manifest says of itself, and what is signed before it.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What `format` in the manifest says.
    pub format: &'static str,
    /// What stands before the manifest's bytes when they are signed.
    pub context: &'static [u8],
}

/// An officer's package.
const PACKAGE: Kind = Kind { format: FORMAT, context: SIGNATURE_CONTEXT };

/// What was found of a package of any kind.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Bytes of the manifest and of the files that were asked for. To be believed only when there are no flaws.
    pub kept: BTreeMap<String, Vec<u8>>,
    /// The files that the manifest names.
    pub files: Vec<Listed>,
    /// The key that signed, as far as the package says.
    pub key: Option<PublicKey>,
    /// Everything that is wrong.
    pub flaws: Vec<Flaw>,
}

/// Checks a package that is not encrypted any more, with the key of the exchange it is from; without one, with the key it names
/// itself, which says only that nothing was changed since that key signed.
pub fn verify(file: &mut (impl Read + Seek), key: Option<&PublicKey>) -> Verified {
    let mut checked = check(file, key, PACKAGE, &[]);
    let manifest = checked.kept.remove(MANIFEST).unwrap_or_default();
    let mut found = Verified { manifest: None, key: checked.key, flaws: checked.flaws };
    match serde_json::from_slice(&manifest) {
        Ok(manifest) => found.manifest = Some(manifest),
        Err(error) if found.flaws.is_empty() => found.flaws.push(at(MANIFEST, format!("it cannot be read: {error}"))),
        Err(_) => {}
    }
    found
}

/// Checks a package of some kind. The files in `keep` are kept in memory, up to 512 MiB each.
pub fn check(file: &mut (impl Read + Seek), key: Option<&PublicKey>, kind: Kind, keep: &[&str]) -> Checked {
    let mut found = Checked::default();
    match walk(file, keep, &mut found.flaws) {
        Ok(walked) => judge(walked, key, kind, &mut found),
        Err(wrong) => found.flaws.push(wrong),
    }
    found
}

/// What stands in the archive.
struct Walked {
    /// Name, bytes and SHA-256 of every file.
    files: Vec<(String, u64, String)>,
    kept: BTreeMap<String, Vec<u8>>,
}

fn walk(file: &mut (impl Read + Seek), keep: &[&str], flaws: &mut Vec<Flaw>) -> Result<Walked, Flaw> {
    let entries = directory(file)?;
    let (mut files, mut kept) = (Vec::new(), BTreeMap::new());
    file.seek(SeekFrom::Start(0)).map_err(|_| unreadable())?;
    for entry in &entries {
        let name = entry.name.as_str();
        let mut bytes = ([MANIFEST, SIGNATURE].contains(&name) || keep.contains(&name)).then(Vec::new);
        if bytes.is_some() && entry.size > LONGEST {
            return Err(at(name, "it is too long"));
        }
        let sha256 = one(file, entry, bytes.as_mut(), flaws)?;
        files.push((entry.name.clone(), entry.size, sha256));
        kept.extend(bytes.map(|bytes| (entry.name.clone(), bytes)));
    }
    Ok(Walked { files, kept })
}

fn unreadable() -> Flaw {
    flaw("the file cannot be read to its end")
}

fn exactly(file: &mut impl Read, length: usize) -> Result<Vec<u8>, Flaw> {
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes).map_err(|_| unreadable())?;
    Ok(bytes)
}

fn number(bytes: &[u8], from: usize, length: usize) -> u64 {
    let part = bytes.get(from..from + length).unwrap_or_default();
    part.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The directory's entries: each made again and compared, one directly behind the other, nothing before, between or after.
fn directory(file: &mut (impl Read + Seek)) -> Result<Vec<Entry>, Flaw> {
    let length = file.seek(SeekFrom::End(0)).map_err(|_| unreadable())?;
    let no_package = || flaw("this is not a package: it does not end like one");
    let end_at = length.checked_sub(container::END as u64).ok_or_else(no_package)?;
    file.seek(SeekFrom::Start(end_at)).map_err(|_| unreadable())?;
    let tail = exactly(file, container::END)?;
    let [count, size, offset] = [32, 40, 48].map(|from| number(&tail, from, 8));
    let mut made = Vec::new();
    container::end(count, offset, size, &mut made);
    if tail != made || offset.checked_add(size) != Some(end_at) {
        return Err(no_package());
    }
    if count > MOST_FILES || size > LONGEST {
        return Err(flaw("its directory is too long"));
    }
    file.seek(SeekFrom::Start(offset)).map_err(|_| unreadable())?;
    let bytes = exactly(file, usize::try_from(size).map_err(|_| no_package())?)?;
    entries(&bytes, count, offset)
}

fn entries(bytes: &[u8], count: u64, directory_at: u64) -> Result<Vec<Entry>, Flaw> {
    let damaged = || flaw("its directory is damaged");
    let (mut found, mut names, mut from, mut next) = (Vec::new(), BTreeSet::new(), 0, 0_u64);
    for _ in 0..count {
        let record = bytes.get(from..).unwrap_or_default();
        let name_length = usize::try_from(number(record, 28, 2)).unwrap_or_default();
        let name = record.get(46..46 + name_length).ok_or_else(damaged)?;
        let name = std::str::from_utf8(name).ok().filter(|n| container::is_plain(n)).ok_or_else(damaged)?;
        let size = number(record, 46 + name_length + 4, 8);
        let entry = Entry {
            name: name.into(),
            size,
            crc: u32::try_from(number(record, 16, 4)).unwrap_or_default(),
            offset: number(record, 46 + name_length + 20, 8),
        };
        let mut made = Vec::new();
        container::directory_record(&entry, &mut made);
        if record.get(..made.len()) != Some(made.as_slice()) || entry.offset != next {
            return Err(damaged());
        }
        if !names.insert(entry.name.clone()) {
            return Err(at(name, "it is there twice"));
        }
        let around = (30 + 20 + name_length + container::DESCRIPTOR) as u64;
        next = next.checked_add(around).and_then(|n| n.checked_add(size)).ok_or_else(damaged)?;
        from += made.len();
        found.push(entry);
    }
    if from == bytes.len() && next == directory_at { Ok(found) } else { Err(damaged()) }
}

/// Reads one entry, comparing its headers; its SHA-256. `keep` takes its bytes.
fn one(
    file: &mut impl Read,
    entry: &Entry,
    mut keep: Option<&mut Vec<u8>>,
    flaws: &mut Vec<Flaw>,
) -> Result<String, Flaw> {
    let mut header = Vec::new();
    container::local_header(&entry.name, &mut header);
    if exactly(file, header.len())? != header {
        return Err(at(&entry.name, "its header is not as it was made"));
    }
    let (mut sha256, mut crc, mut left) = (Context::new(&SHA256), Crc::new(), entry.size);
    let mut block = vec![0; usize::try_from(left).unwrap_or(BLOCK).min(BLOCK)];
    while left > 0 {
        let wanted = usize::try_from(left).map_or(block.len(), |left| left.min(block.len()));
        let part = block.get_mut(..wanted).ok_or_else(unreadable)?;
        file.read_exact(part).map_err(|_| unreadable())?;
        sha256.update(part);
        crc.update(part);
        if let Some(keep) = &mut keep {
            keep.extend_from_slice(part);
        }
        left -= wanted as u64;
    }
    let mut after = Vec::new();
    container::descriptor(entry.crc, entry.size, &mut after);
    if exactly(file, after.len())? != after {
        return Err(at(&entry.name, "what stands behind it is not as it was made"));
    }
    if crc.sum() != entry.crc {
        flaws.push(at(&entry.name, "its checksum does not fit its bytes"));
    }
    Ok(base::hex(sha256.finish().as_ref()))
}

/// What every kind of manifest says.
#[derive(Deserialize)]
struct Head {
    format: String,
    signing_key: String,
    files: Vec<Listed>,
}

fn judge(walked: Walked, key: Option<&PublicKey>, kind: Kind, found: &mut Checked) {
    let last: Vec<&str> = walked.files.iter().rev().take(2).map(|(name, ..)| name.as_str()).collect();
    if last != [SIGNATURE, MANIFEST] {
        found.flaws.push(flaw("it does not end with `manifest.json` and `manifest.sig`"));
        return;
    }
    let manifest = walked.kept.get(MANIFEST).map(Vec::as_slice).unwrap_or_default();
    let head: Head = match serde_json::from_slice(manifest) {
        Ok(head) => head,
        Err(error) => return found.flaws.push(at(MANIFEST, format!("it cannot be read: {error}"))),
    };
    if head.format != kind.format {
        found.flaws.push(at(MANIFEST, "its format is another one, get a newer program"));
    }
    let named = PublicKey::parse(&head.signing_key);
    let line = walked.kept.get(SIGNATURE).map(Vec::as_slice).unwrap_or_default();
    found.flaws.extend(signature(&[kind.context, manifest].concat(), line, key, named.as_ref()));
    found.flaws.extend(compare(&walked.files, &head.files));
    (found.key, found.files, found.kept) = (named, head.files, walked.kept);
}

/// What is wrong with the signature.
fn signature(signed: &[u8], line: &[u8], expected: Option<&PublicKey>, named: Option<&PublicKey>) -> Option<Flaw> {
    let Some(key) = expected.or(named) else {
        return Some(at(MANIFEST, "it names no key that could have signed it"));
    };
    let line = std::str::from_utf8(line).unwrap_or_default();
    let signature = line.trim_end_matches('\n').rsplit(' ').next().unwrap_or_default();
    if signature.bytes().any(|b| b.is_ascii_uppercase()) || line != signature_line(&key.id(), signature) {
        let what = if expected.is_some() && expected != named {
            "it was signed with another key than the one given"
        } else {
            "it is not the line it should be"
        };
        return Some(at(SIGNATURE, what));
    }
    let bytes = base::unhex(signature).unwrap_or_default();
    let checked = UnparsedPublicKey::new(&ED25519, &key.0).verify(signed, &bytes);
    checked.is_err().then(|| at(SIGNATURE, "the signature does not fit the manifest and the key"))
}

/// Files that the manifest does not name, that are missing, or differ.
fn compare(walked: &[(String, u64, String)], named: &[Listed]) -> Vec<Flaw> {
    let there = walked.get(..walked.len().saturating_sub(2)).unwrap_or_default();
    let there: BTreeMap<&str, (u64, &str)> =
        there.iter().map(|(name, size, sha256)| (name.as_str(), (*size, sha256.as_str()))).collect();
    let listed: BTreeSet<&str> = named.iter().map(|f| f.path.as_str()).collect();
    let mut flaws: Vec<Flaw> =
        listed.iter().filter(|name| !there.contains_key(**name)).map(|name| at(name, "it is missing")).collect();
    let strangers = there.keys().filter(|name| !listed.contains(**name));
    flaws.extend(strangers.map(|name| at(name, "the manifest does not name it")));
    if listed.len() != named.len() {
        flaws.push(at(MANIFEST, "it names a file twice"));
    }
    for file in named {
        if there.get(file.path.as_str()).is_some_and(|found| *found != (file.size, &file.sha256)) {
            flaws.push(at(&file.path, "its bytes are not those that the manifest names"));
        }
    }
    flaws
}
