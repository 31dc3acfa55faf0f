//! Dispatches into one stream: `dispatches.json`, `vics.json`, each file once by its SHA-256, a manifest that names them all,
//! and its signature, in the archive that packages use; sealed for the receiver where the way is not its own. The same input
//! gives the same bytes: time and chance are arguments. Memory stays at the facts and the block at hand.

use super::{
    dispatch::{Dispatch, Parcel, Tells},
    form::{self, DISPATCHES, Document, FORMAT, VICS},
};
use crate::{
    Signer,
    age::{Chance, Recipient, Trouble},
    package::{Kind, Listed, Pack, listed, media_path, vics_record},
    vics::{Case, CaseFile, Version, Writer},
};
use aws_lc_rs::digest::{Context, SHA256};
use base::{BlobId, ParcelId, Time};
use reports::onward::Facts;
use serde::Serialize;
use serde_json::Map;
use std::{collections::BTreeMap, io};

/// What a parcel's manifest says of itself, and what is signed before it.
pub const KIND: Kind = Kind { format: "cport-parcel/1", context: b"cport-parcel/1\n" };

/// Why a parcel cannot be packed.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// A sealed file is not what was hashed when it came in: its SHA-256, as it should be.
    #[error("the file {0} is not what was hashed when it came in")]
    Changed(String),
    /// Files were not put in as [`files`] names them.
    #[error("the file {0} is not the one whose turn it is")]
    Order(String),
    /// The cipher failed.
    #[error(transparent)]
    Cipher(#[from] Trouble),
    /// Writing failed, which in memory it does not.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A value is none of JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// A parcel's own facts.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// Its id.
    pub parcel: ParcelId,
    /// When it is packed.
    pub at: Time,
    /// Program and version.
    pub tool: &'a str,
    /// Whom it is sealed for, and the chance for it. The same chance for two parcels betrays both.
    pub seal: Option<(&'a Recipient, &'a Chance)>,
}

/// A file that a parcel takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// The sealed object.
    pub blob: BlobId,
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
}

/// The files that dispatches take, each once, in the order in which they go in.
pub fn files(dispatches: &[Dispatch]) -> Vec<Wanted> {
    let mut found = BTreeMap::new();
    for facts in dispatches.iter().filter_map(|d| facts_of(&d.tells)) {
        if let (Some(file), Some(blob)) = (&facts.file, facts.blob) {
            found.entry(file.sha256.as_str()).or_insert_with(|| Wanted {
                sha256: file.sha256.clone(),
                blob,
                media_type: file.kind.clone(),
                size: file.size,
            });
        }
    }
    found.into_values().collect()
}

fn facts_of(tells: &Tells) -> Option<&Facts> {
    match tells {
        Tells::New(facts) | Tells::Correction(facts) => Some(facts),
        Tells::Withdrawal(_) => None,
    }
}

/// A parcel in the making. Its bytes go behind what stands in `out`; take them away after every call.
pub struct Packing {
    pack: Pack,
    parcel: ParcelId,
    at: Time,
    tool: String,
    /// Still to come, the next one last.
    wanted: Vec<Wanted>,
    /// What is open.
    open: Option<Wanted>,
    sha256: Context,
    size: u64,
}

/// The manifest of a parcel.
#[derive(Serialize)]
struct Manifest {
    format: &'static str,
    parcel: ParcelId,
    made_at: Time,
    tool: String,
    signing_key: String,
    files: Vec<Listed>,
}

impl Packing {
    /// Begins a parcel: everything but the files is in it then.
    ///
    /// # Errors
    /// The cipher failed.
    pub fn new(head: &Head<'_>, dispatches: &[Dispatch], out: &mut Vec<u8>) -> Result<Self, Failed> {
        let before = out.len();
        let mut wanted = files(dispatches);
        wanted.reverse();
        let mut packing = Self {
            pack: Pack::new(head.seal, out)?,
            parcel: head.parcel,
            at: head.at,
            tool: head.tool.into(),
            wanted,
            open: None,
            sha256: Context::new(&SHA256),
            size: 0,
        };
        let document = Document {
            format: FORMAT.into(),
            parcel: head.parcel,
            made_at: head.at,
            tool: head.tool.into(),
            dispatches: dispatches.iter().map(form::told).collect(),
        };
        packing.pack.file(DISPATCHES, "application/json", &serde_json::to_vec(&document)?, out)?;
        packing.pack.file(VICS, "application/json", &vics(head, dispatches)?, out)?;
        packing.count(before, out);
        Ok(packing)
    }

    /// The file whose turn it is.
    pub fn next(&self) -> Option<&Wanted> {
        self.wanted.last()
    }

    /// Begins the file whose turn it is.
    ///
    /// # Errors
    /// It is another one's turn, or the cipher failed.
    pub fn begin(&mut self, sha256: &str, out: &mut Vec<u8>) -> Result<(), Failed> {
        let turn = self.wanted.pop_if(|wanted| wanted.sha256 == sha256);
        let wanted = turn.filter(|_| self.open.is_none()).ok_or_else(|| Failed::Order(sha256.into()))?;
        let before = out.len();
        self.pack.begin(listed(&media_path(sha256), &wanted.media_type), out)?;
        self.open = Some(wanted);
        self.count(before, out);
        Ok(())
    }

    /// More of its bytes.
    ///
    /// # Errors
    /// The cipher failed.
    pub fn bytes(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Failed> {
        let before = out.len();
        self.pack.bytes(bytes, out)?;
        self.count(before, out);
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// It is not what was hashed: nothing of this parcel may be sent.
    pub fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Failed> {
        let before = out.len();
        let found = self.pack.end(out)?;
        self.count(before, out);
        match self.open.take() {
            Some(wanted) if wanted.sha256 == found => Ok(()),
            Some(wanted) => Err(Failed::Changed(wanted.sha256)),
            None => Err(Failed::Order(found)),
        }
    }

    /// Ends the parcel.
    ///
    /// # Errors
    /// A file is missing, or the cipher failed.
    pub fn finish(mut self, signer: &Signer, out: &mut Vec<u8>) -> Result<Parcel, Failed> {
        if let Some(missing) = self.wanted.pop().or(self.open.take()) {
            return Err(Failed::Order(missing.sha256));
        }
        let before = out.len();
        let (parcel, made_at, tool) = (self.parcel, self.at, self.tool);
        let manifest = |files, signing_key| Manifest { format: KIND.format, parcel, made_at, tool, signing_key, files };
        self.pack.finish(KIND.context, manifest, signer, out)?;
        let rest = out.get(before..).unwrap_or_default();
        self.sha256.update(rest);
        let sha256 = self.sha256.finish().as_ref().try_into().map_err(|_| Trouble::Cipher)?;
        Ok(Parcel { id: parcel, sha256, size: self.size + rest.len() as u64 })
    }

    /// Counts what came behind `before`.
    fn count(&mut self, before: usize, out: &[u8]) {
        let new = out.get(before..).unwrap_or_default();
        self.sha256.update(new);
        self.size += new.len() as u64;
    }
}

/// `vics.json`: the items whose digests are told. No category is claimed: what a judgement is stands in the tags.
fn vics(head: &Head<'_>, dispatches: &[Dispatch]) -> io::Result<Vec<u8>> {
    let (name, version) = head.tool.split_once(' ').unwrap_or((head.tool, ""));
    let case = Case {
        id: Some(head.parcel.to_string()),
        number: Some(head.parcel.to_string()),
        organisation: None,
        application: Some((name.into(), version.into())),
        rest: Map::new(),
    };
    let mut writer = Writer::case(Vec::new(), Version::V2_0, None, &case)?;
    for facts in dispatches.iter().filter_map(|d| facts_of(&d.tells)) {
        let Some(file) = &facts.file else { continue };
        let mut record = vics_record(facts.item, &facts.judged, file);
        record.series.clone_from(&facts.series);
        record.tags.extend(facts.context.then(|| "context".to_owned()));
        let path = media_path(&file.sha256);
        let place = facts.blob.map(|_| CaseFile { path, name: None, found_at: facts.url.clone(), written: None });
        writer.media(&record, place.as_ref())?;
    }
    Ok(writer.finish()?.0)
}
