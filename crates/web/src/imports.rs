//! A file into a list: bytes come from the network or a disk, a reader of the loading dock makes rows of them on a thread
//! of its own, the library takes them a batch a transaction. Memory stays at a few batches, whatever the file.
//!
//! 1. Nothing is written before the first batch: a file of which nothing can be read leaves nothing behind.
//! 2. Each batch is committed with the number of its last row. The same input sent again passes over what was taken.
//! 3. A sender that goes away in the middle leaves the import running, to go on with; a file that is broken in the middle
//!    ends it as failed, with the reason; what was taken stands.

use crate::{App, Error, error::Result};
use axum::body::Bytes;
use base::{Actor, ListId, Refusal};
use exchange::{
    Done, End, Limits, Row,
    format::{self, Format, Told},
    input,
};
use futures_util::{Stream, StreamExt};
use hashlists::{
    Import, Lists, Profiles,
    import::{self, Input, Line, Reading},
    write::MOST_ROWS,
};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    ops::ControlFlow,
    os::unix::fs::OpenOptionsExt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use storage::{Chance, Db};
use tokio::sync::mpsc;

/// Pieces of the input between network and reader.
const PIECES: usize = 16;
/// Batches between reader and database.
const BATCHES: usize = 2;

/// What is said of a file before its bytes come.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its form.
    pub form: Format,
    /// The scheme of categories that name no region: a profile's name.
    pub profile: Option<String>,
    /// Its name.
    pub name: String,
    /// What tells that it is the same file when it is sent again.
    pub fingerprint: String,
}

impl Source {
    /// Checks what a caller says. Without a fingerprint the file is one that is never gone on with.
    pub(crate) fn checked(
        app: &App,
        form: &str,
        profile: Option<&str>,
        name: Option<String>,
        fingerprint: Option<String>,
    ) -> Result<Self> {
        let profile = profile.filter(|p| !p.trim().is_empty());
        Ok(Self {
            form: form.parse()?,
            profile: profile.map(|p| self::profile(&app.lists.profiles, p)).transpose()?,
            name: name.filter(|n| !n.trim().is_empty()).unwrap_or_else(|| "unnamed".into()),
            fingerprint: match fingerprint.filter(|f| !f.trim().is_empty()) {
                Some(fingerprint) => fingerprint,
                None => crate::page::form_key(app)?,
            },
        })
    }
}

/// The name of a profile, by its name or region in either case.
pub fn profile(profiles: &Profiles, given: &str) -> Result<String, Refusal> {
    let lower = given.trim().to_ascii_lowercase();
    let found = profiles.get(&lower).or_else(|| profiles.of_region(&lower));
    found.map(|p| p.name.clone()).ok_or_else(|| {
        let known: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
        let given: String = given.chars().take(40).collect();
        Refusal::new("profile", "unknown-profile", format!("`{given}` is not one of {}", known.join(", ")))
    })
}

/// Some lines, and the number of the last row read.
struct Batch {
    lines: Vec<Line>,
    row: u64,
}

impl Batch {
    fn take(&mut self) -> Self {
        Self { lines: std::mem::take(&mut self.lines), row: self.row }
    }
}

/// Reads a file into a list of the actor's, to its end.
///
/// # Errors
/// What the library refuses; a file of which nothing can be read; a sender that went away: then what was taken stands and
/// the import is running still.
pub async fn run<E: std::error::Error>(
    db: &Db,
    lists: &Lists,
    actor: &Actor,
    list: ListId,
    source: Source,
    bytes: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Import> {
    let (to_reader, from_network) = mpsc::channel(PIECES);
    let (to_library, batches) = mpsc::channel(BATCHES);
    let cut = Arc::new(AtomicBool::new(false));
    let (form, seen) = (source.form, Arc::clone(&cut));
    let reader = tokio::task::spawn_blocking(move || read(form, Pieces::new(from_network), &seen, &to_library));
    let (fed, taken) = tokio::join!(feed(bytes, to_reader, &cut), take(db, lists, actor, list, &source, batches));
    let import = taken?;
    let done = reader.await.map_err(|_| broken("the file could not be read"))?;
    if !fed {
        return Err(broken("the file was cut off on its way; send it again with the same fingerprint to go on").into());
    }
    finish(db, actor, list, &source, import, done).await
}

fn broken(reason: &str) -> Refusal {
    Refusal::new("file", "cut-off", reason)
}

/// Hands the input to the reader; says whether all of it came.
async fn feed<E>(bytes: impl Stream<Item = Result<Bytes, E>>, to: mpsc::Sender<Bytes>, cut: &AtomicBool) -> bool {
    let mut bytes = std::pin::pin!(bytes);
    while let Some(piece) = bytes.next().await {
        let Ok(piece) = piece else {
            cut.store(true, Ordering::Release);
            return false;
        };
        // The reader wants no more: it has its reasons and says them.
        if to.send(piece).await.is_err() {
            return true;
        }
    }
    true
}

/// The input as the reader's thread sees it.
struct Pieces {
    from: mpsc::Receiver<Bytes>,
    piece: Bytes,
}

impl Pieces {
    fn new(from: mpsc::Receiver<Bytes>) -> Self {
        Self { from, piece: Bytes::new() }
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.from.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        let some = self.piece.split_to(self.piece.len().min(into.len()));
        if let Some(into) = into.get_mut(..some.len()) {
            into.copy_from_slice(&some);
        }
        Ok(some.len())
    }
}

/// A file for an archive that comes as a stream: nobody else's to read, without a name from its first byte on, so that it is
/// gone with whoever reads it, however that ends. What is in it are hashes.
fn spool() -> io::Result<File> {
    let chance: [u8; 16] = Chance.bytes().map_err(|_| io::Error::other("no chance"))?;
    let path = std::env::temp_dir().join(format!("cport-{}.zip", base::hex(&chance)));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// Makes batches of the input until its end, or until nobody takes them. A batch goes on when the next row is there, so
/// that its rows are whole; the last one does not when the sender went away: its last row may be half a row.
fn read(form: Format, pieces: Pieces, cut: &AtomicBool, to: &mpsc::Sender<Batch>) -> Done {
    let limits = Limits::default();
    let mut batch = Batch { lines: Vec::new(), row: 0 };
    let text = match input::open_spooled(pieces, spool, input::Pick::Only, &limits) {
        Ok(text) => text,
        Err(refusal) => {
            let end = End::Broken(exchange::Place::default(), refusal);
            return Done { rows: 0, refused: 0, pictures: 0, end };
        }
    };
    let mut each = |row: Row| {
        let gone = batch.lines.len() >= MOST_ROWS && to.blocking_send(batch.take()).is_err();
        let line = if row.place.line > 0 { row.place.line } else { row.place.row };
        batch.lines.push((line.cast_signed(), row.content));
        batch.row = row.place.row;
        if gone { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let done = format::read(form, text, &limits, &Told::default(), &mut each);
    // The rows of a file that was broken from its very first byte on are no import.
    let any = done.rows > 1 || !matches!(done.end, End::Broken(..));
    if any && !batch.lines.is_empty() && !cut.load(Ordering::Acquire) {
        drop(to.blocking_send(batch));
    }
    done
}

/// Takes batches into the library, beginning the import with the first.
async fn take(
    db: &Db,
    lists: &Lists,
    actor: &Actor,
    list: ListId,
    source: &Source,
    mut batches: mpsc::Receiver<Batch>,
) -> Result<Option<Import>> {
    let reading = Reading { profiles: &lists.profiles, profile: source.profile.as_deref() };
    let mut begun: Option<(Import, u64)> = None;
    while let Some(batch) = batches.recv().await {
        let (import, passed) = match begun.take() {
            Some(begun) => begun,
            None => begin(db, actor, list, source).await?,
        };
        // Both numbers are of rows, counted alike in every run over the same input.
        let first = batch.row.saturating_sub(batch.lines.len() as u64);
        let known = usize::try_from(passed.saturating_sub(first)).unwrap_or(usize::MAX).min(batch.lines.len());
        let lines: Vec<Line> = batch.lines.into_iter().skip(known).collect();
        if !lines.is_empty() {
            let tx = db.begin(actor).await?;
            let (_, act) = import::take(&tx, import.id, reading, lines, &batch.row.to_string()).await?;
            tx.commit(&act).await?;
        }
        begun = Some((import, passed));
    }
    Ok(begun.map(|(import, _)| import))
}

/// Begins an import or goes on with an interrupted one; says up to which row it was taken.
async fn begin(db: &Db, actor: &Actor, list: ListId, source: &Source) -> Result<(Import, u64)> {
    let tx = db.begin(actor).await?;
    let input = Input { form: source.form.word(), name: &source.name, fingerprint: &source.fingerprint };
    let (import, act) = import::begin(&tx, list, &input).await?;
    tx.commit(&act).await?;
    let passed = import.checkpoint.as_deref().and_then(|c| c.parse().ok()).unwrap_or(0);
    Ok((import, passed))
}

async fn finish(
    db: &Db,
    actor: &Actor,
    list: ListId,
    source: &Source,
    begun: Option<Import>,
    done: Done,
) -> Result<Import> {
    let import = match (begun, &done.end) {
        (Some(import), _) => import,
        (None, End::Broken(_, refusal)) => return Err(Error::Refused(refusal.clone())),
        // A proper file without rows is an import of none.
        (None, End::Whole | End::Stopped) => begin(db, actor, list, source).await?.0,
    };
    let trouble = match &done.end {
        End::Broken(place, refusal) => Some(format!("row {}: {}", place.row, refusal.reason)),
        End::Whole | End::Stopped => None,
    };
    let tx = db.begin(actor).await?;
    let (_, act) = import::finish(&tx, import.id, trouble.as_deref()).await?;
    let ended = import::find(&tx, import.id).await?;
    tx.commit(&act).await?;
    Ok(ended)
}
