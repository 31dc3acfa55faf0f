//! Stage 3: files are described (type, digests, dimensions, preview) and sealed, once per content; then they become
//! items of the report and are compared with what is known. The slow part, [`prepare`], runs outside the transaction.

use crate::{
    Act, Error, Result, compare,
    entity::{item, media_object},
    flow::{self, Step},
    store,
};
use base::{ItemId, MediaId, OrgId, ReportId};
use media::{Facts, Workshop};
use std::sync::Arc;
use storage::{
    Db, Tx,
    evidence::{Sealed, Vault},
};
use url::Url;

/// A file as it comes in.
#[derive(Debug)]
pub struct IncomingFile {
    /// Its name as sent, checked to be one line.
    pub name: String,
    /// The type it was declared to be; `None` or `application/octet-stream`: nothing was said.
    pub declared: Option<String>,
    /// Its own URL, where one was given.
    pub url: Option<Url>,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// A file described and lying sealed in the evidence store, not yet part of a report.
#[derive(Debug)]
pub struct Prepared {
    name: String,
    url: Option<String>,
    facts: Facts,
    /// Original and preview; `None` when this organisation has the same content already.
    sealed: Option<(Sealed, Sealed)>,
}

/// An item made of a file.
#[derive(Clone, Copy, Debug)]
pub struct Attached {
    /// The item.
    pub id: ItemId,
    /// Whether the content had been assessed before.
    pub known: bool,
}

/// Describes a file in the workshop and seals it for an organisation.
pub async fn prepare(
    db: &Db,
    vault: &Vault,
    workshop: &Arc<Workshop>,
    org: OrgId,
    file: IncomingFile,
) -> Result<Prepared> {
    let IncomingFile { name, declared, url, bytes } = file;
    let bytes = Arc::new(bytes);
    let (bench, input) = (Arc::clone(workshop), Arc::clone(&bytes));
    let described = tokio::task::spawn_blocking(move || bench.describe(&input)).await;
    let facts = match described.unwrap_or(Err(media::Refused::WorkerDied)) {
        Ok(facts) => facts,
        Err(why) => return Err(Error::File { name, why }),
    };
    honest_type(&name, declared.as_deref(), &facts)?;
    let tx = db.look(&base::Actor::machine("facts")).await?;
    let have = store::media_by_sha256(&tx, org, &facts.sha256).await?.is_some();
    drop(tx);
    let sealed = if have {
        None
    } else {
        let now = db.now();
        let original = vault.put(org, now, &bytes).await?;
        match vault.put(org, now, &facts.preview_png).await {
            Ok(preview) => Some((original, preview)),
            Err(error) => {
                vault.discard(&original).await;
                return Err(error.into());
            }
        }
    };
    Ok(Prepared { name, url: url.map(String::from), facts, sealed })
}

/// Takes back what was sealed for files that did not become items.
pub async fn discard(vault: &Vault, prepared: &[Prepared]) {
    for (original, preview) in prepared.iter().filter_map(|p| p.sealed.as_ref()) {
        vault.discard(original).await;
        vault.discard(preview).await;
    }
}

fn honest_type(name: &str, declared: Option<&str>, facts: &Facts) -> Result<()> {
    let found = facts.kind.mime();
    let Some(declared) = declared.map(|d| d.split(';').next().unwrap_or(d).trim().to_ascii_lowercase()) else {
        return Ok(());
    };
    let silent = declared.is_empty() || declared == "application/octet-stream";
    if silent || declared == found || (declared == "image/jpg" && found == "image/jpeg") {
        return Ok(());
    }
    Err(Error::LyingType { name: name.to_owned(), declared: declared.chars().take(60).collect(), found })
}

/// Makes prepared files items of a report the actor's hotline took in. A file that is already there at the same URL is
/// not added again; content assessed before brings its judgement along.
pub async fn attach(
    tx: &Tx,
    vault: &Vault,
    report: ReportId,
    most: usize,
    prepared: &[Prepared],
) -> Result<(Vec<Attached>, Act)> {
    let found =
        store::report_find(tx, report).await?.filter(|r| r.reporter == tx.actor().org).ok_or(Error::NotFound)?;
    let have = store::report_rows(tx, report).await?.items;
    if usize::try_from(have).unwrap_or(0) + prepared.len() > most {
        let reason = format!("a report has at most {most} files, split it");
        return Err(Error::conflict("too-many-files", "file", reason));
    }
    let mut attached = Vec::with_capacity(prepared.len());
    for (place, file) in (have..).zip(prepared) {
        attached.push(attach_one(tx, vault, &found, place, file).await?);
    }
    flow::note_state(tx, report).await?;
    flow::queue(tx, Step::Route(report)).await?;
    let known = attached.iter().filter(|a| a.known).count();
    let act = Act::FilesAdded(report, attached.len(), known);
    Ok((attached, act))
}

async fn attach_one(tx: &Tx, vault: &Vault, report: &crate::Report, place: i64, file: &Prepared) -> Result<Attached> {
    let media = media_object(tx, vault, file).await?;
    if let Some((id, known)) = store::item_same(tx, report.id, media, file.url.as_deref()).await? {
        return Ok(Attached { id, known });
    }
    let id = tx.id(ItemId::new)?;
    let known = compare::known(tx, &file.facts.sha256).await?;
    let row = item::Model {
        id: id.0,
        report_id: report.id.0,
        reporter_id: report.reporter.0,
        owner_id: None,
        media_id: media.0,
        place,
        url: file.url.clone(),
        file_name: file.name.clone(),
        assigned_country: None,
        assessment_id: None,
        class: None,
        confirmed_by: None,
        known: known.is_some(),
        waits_for_owner: false,
        routed_at: None,
        version: 1,
        created_at: tx.now().micros(),
    };
    store::item_add(tx, row).await?;
    if let Some(verdict) = &known {
        compare::take_over(tx, id, report.reporter, verdict).await?;
    }
    Ok(Attached { id, known: known.is_some() })
}

/// The organisation's media object with this content: the one it has, or a new one around what was sealed.
async fn media_object(tx: &Tx, vault: &Vault, file: &Prepared) -> Result<MediaId> {
    let org = tx.actor().org;
    if let Some(id) = store::media_by_sha256(tx, org, &file.facts.sha256).await? {
        // Somebody else was first since it was sealed, or the same file stands twice in one request.
        if let Some((original, preview)) = &file.sealed {
            vault.discard(original).await;
            vault.discard(preview).await;
        }
        return Ok(id);
    }
    let (original, preview) = file.sealed.as_ref().ok_or(storage::Error::Moved)?;
    vault.keep(tx, original).await?;
    vault.keep(tx, preview).await?;
    let id = tx.id(MediaId::new)?;
    let facts = &file.facts;
    let row = media_object::Model {
        id: id.0,
        org_id: org.0,
        sha256: facts.sha256.to_vec(),
        md5: facts.md5.to_vec(),
        sha1: facts.sha1.to_vec(),
        pdq: facts.pdq.map(|p| p.bits.to_vec()).unwrap_or_default(),
        pdq_quality: facts.pdq.map_or(0, |p| i64::from(p.quality)),
        kind: facts.kind.mime().into(),
        size: facts.size.cast_signed(),
        width: i64::from(facts.width),
        height: i64::from(facts.height),
        blob_id: original.id.0,
        preview_id: preview.id.0,
        created_at: tx.now().micros(),
    };
    store::media_add(tx, row).await?;
    Ok(id)
}
