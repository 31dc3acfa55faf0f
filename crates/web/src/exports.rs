//! A list as a file: entries are read a page at a time and written as they are read. Whether the reader may still read is
//! asked with every page; who may not any more gets a file that visibly ends early.

use crate::{
    App, Error,
    error::Result,
    watch::{self, Watch, Watched},
};
use agreements::sign_in::SignedIn;
use axum::{
    body::{Body, Bytes},
    http::StatusCode,
};
use base::{Actor, ListId, Refusal};
use exchange::format::{Format, Told, Writer};
use futures_util::{Stream, stream};
use hashlists::{
    Act, Entry, List, Record,
    entry::{self, Place},
    list,
};
use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};
use storage::Db;

/// Entries read at once.
const PAGE: u64 = 500;

/// Begins an export, which is in the log before the first byte: the list, the form, the file as it comes.
pub(crate) async fn begin(
    app: &App,
    who: &SignedIn,
    id: ListId,
    form: &str,
    profile: Option<&str>,
) -> Result<(List, Format, Body)> {
    let tx = app.db.look(&who.actor).await?;
    // Whether there is such a list comes first: a foreign one is "not found" whatever else was asked.
    let list = list::readable(&tx, id).await?;
    let form: Format = form.parse()?;
    if form == Format::Icse {
        let reason = format!("lists are not written as {}, it is only read", form.word());
        return Err(Refusal::new("format", "only-read", reason).into());
    }
    tx.commit(&Act::EntriesRead(id, 0)).await?;
    let scheme = profile.map(|p| p.trim().to_ascii_uppercase()).filter(|p| !p.is_empty());
    let pieces = pieces(app.db.clone(), who.actor.clone(), id, form, scheme)?;
    Ok((list, form, Body::from_stream(watch::watched(pieces, Watch::new(app, who, Watched::List(id))))))
}

/// Media type of a file of this form.
pub(crate) const fn media_type(form: Format) -> &'static str {
    match form {
        Format::Vics => "application/json",
        Format::Csv | Format::Icse => "text/csv; charset=utf-8",
        Format::Jsonl => "application/x-ndjson",
        Format::Text | Format::Hashdeep | Format::Nsrl => "text/plain; charset=utf-8",
    }
}

/// End of the name of a file of this form.
const fn extension(form: Format) -> &'static str {
    match form {
        Format::Vics => "json",
        Format::Csv | Format::Icse => "csv",
        Format::Jsonl => "jsonl",
        Format::Text | Format::Hashdeep | Format::Nsrl => "txt",
    }
}

/// Name under which a browser saves the file: letters and digits of the list's name.
pub(crate) fn disposition(name: &str, form: Format) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    format!("attachment; filename=\"{}.{}\"", plain.trim_matches('-'), extension(form))
}

/// Where a writer puts bytes and the stream takes them from.
#[derive(Clone, Default)]
struct Bucket(Arc<Mutex<Vec<u8>>>);

impl Bucket {
    fn empty(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Bucket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The file in pieces; an error ends it early.
pub fn pieces(
    db: Db,
    actor: Actor,
    id: ListId,
    form: Format,
    scheme: Option<String>,
) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + 'static> {
    let bucket = Bucket::default();
    let failed = |_| Error::Body(StatusCode::INTERNAL_SERVER_ERROR, "the file cannot be written".into());
    let writer = Writer::new(form, bucket.clone(), &Told { region: scheme, ..Told::default() }).map_err(failed)?;
    let start = Some((writer, Place::start()));
    Ok(stream::try_unfold(start, move |state| {
        let (db, actor, bucket) = (db.clone(), actor.clone(), bucket.clone());
        async move {
            let Some((mut writer, after)) = state else { return Ok(None) };
            let tx = db.look(&actor).await?;
            // The machinery, which a command is, reads any list.
            let entries = match actor.person() {
                Some(_) => {
                    list::readable(&tx, id).await?;
                    entry::changed(&tx, id, after, PAGE).await?
                }
                None => entry::changed(&tx, id, after, PAGE).await?,
            };
            drop(tx);
            for record in entries.iter().filter_map(|e| record(e, form)) {
                writer.record(&record).map_err(failed)?;
            }
            let more = u64::try_from(entries.len()).is_ok_and(|n| n == PAGE);
            let next = match entries.last().filter(|_| more) {
                Some(last) => Some((writer, Place { version: last.changed, entry: last.id.0 })),
                None => {
                    writer.finish().map_err(failed)?;
                    None
                }
            };
            Ok(Some((bucket.empty(), next)))
        }
    }))
}

/// What a form takes of an entry: withdrawn ones only where it can say so.
fn record(entry: &Entry, form: Format) -> Option<Record> {
    let mut record = entry.record.clone();
    record.tombstone = entry.withdrawn.is_some();
    (form == Format::Jsonl || !record.tombstone).then_some(record)
}
