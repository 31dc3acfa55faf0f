//! Files into a package: plain bytes in, sealed bytes out, nothing of either kept.

use super::{
    MANIFEST, SIGNATURE, container,
    manifest::{Listed, signature_line},
};
use crate::{
    Signer,
    age::{Chance, Recipient, Sealer, Trouble},
};
use aws_lc_rs::digest::{Context, SHA256};
use serde::Serialize;

/// A package in the making: an officer's, or a parcel of a partner's.
pub struct Pack {
    archive: container::Writer,
    /// Seals it; nothing where the way it goes is sealed.
    age: Option<Sealer>,
    /// The entry that is open, and the digest of its bytes so far.
    open: Option<(Listed, Context)>,
    files: Vec<Listed>,
    /// Headers on their way to be sealed.
    plain: Vec<u8>,
}

impl Pack {
    /// Begins a package, sealed for a recipient where there is one. Its bytes go behind what stands in `out`, here and below.
    ///
    /// # Errors
    /// The cipher failed, here and below.
    pub fn new(seal: Option<(&Recipient, &Chance)>, out: &mut Vec<u8>) -> Result<Self, Trouble> {
        Ok(Self {
            archive: container::Writer::default(),
            age: seal.map(|(recipient, chance)| Sealer::new(recipient, chance, out)).transpose()?,
            open: None,
            files: Vec::new(),
            plain: Vec::new(),
        })
    }

    /// Begins a file; its size and digest are counted as it comes.
    pub fn begin(&mut self, file: Listed, out: &mut Vec<u8>) -> Result<(), Trouble> {
        self.archive.begin(&file.path, &mut self.plain);
        self.open = Some((file, Context::new(&SHA256)));
        self.pass_on(out)
    }

    /// More bytes of the file.
    pub fn bytes(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Trouble> {
        self.archive.count(bytes);
        if let Some((file, digest)) = &mut self.open {
            digest.update(bytes);
            file.size += bytes.len() as u64;
        }
        put(self.age.as_mut(), bytes, out)
    }

    /// Ends the file; returns its digest in hexadecimal.
    pub fn end(&mut self, out: &mut Vec<u8>) -> Result<String, Trouble> {
        self.archive.end_entry(&mut self.plain);
        self.pass_on(out)?;
        let Some((mut file, digest)) = self.open.take() else { return Err(Trouble::Cipher) };
        file.sha256 = base::hex(digest.finish().as_ref());
        let sha256 = file.sha256.clone();
        self.files.push(file);
        Ok(sha256)
    }

    /// A whole file.
    pub fn file(&mut self, path: &str, media_type: &str, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Trouble> {
        self.begin(listed(path, media_type), out)?;
        self.bytes(bytes, out)?;
        self.end(out).map(drop)
    }

    /// Ends the package with its manifest, which is told the files and the key that signs, and the signature over `context`
    /// and the manifest; returns how many files it has.
    pub fn finish<M: Serialize>(
        mut self,
        context: &[u8],
        manifest: impl FnOnce(Vec<Listed>, String) -> M,
        signer: &Signer,
        out: &mut Vec<u8>,
    ) -> Result<usize, Trouble> {
        let files = std::mem::take(&mut self.files);
        let count = files.len();
        let manifest = manifest(files, signer.public_hex());
        let mut text = serde_json::to_vec_pretty(&manifest).map_err(|_| Trouble::Cipher)?;
        text.push(b'\n');
        let line = signature_line(signer.id(), &signer.sign_hex(&[context, &text].concat()));
        self.file(MANIFEST, "application/json", &text, out)?;
        self.file(SIGNATURE, "text/plain", line.as_bytes(), out)?;
        self.archive.finish(&mut self.plain);
        put(self.age.as_mut(), &self.plain, out)?;
        self.age.map_or(Ok(()), |age| age.finish(out))?;
        Ok(count)
    }

    fn pass_on(&mut self, out: &mut Vec<u8>) -> Result<(), Trouble> {
        put(self.age.as_mut(), &self.plain, out)?;
        self.plain.clear();
        Ok(())
    }
}

/// Bytes of the archive to where they go.
fn put(age: Option<&mut Sealer>, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Trouble> {
    match age {
        Some(age) => age.write(bytes, out),
        None => {
            out.extend_from_slice(bytes);
            Ok(())
        }
    }
}

/// A file of which nothing is known yet but its name and type.
pub fn listed(path: &str, media_type: &str) -> Listed {
    Listed {
        path: path.into(),
        size: 0,
        sha256: String::new(),
        media_type: media_type.into(),
        items: Vec::new(),
        capture: None,
    }
}
