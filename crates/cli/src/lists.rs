//! `cport match` and `cport lists`: what lists know of files, lists in and out; at a running server through the native API,
//! or on a data folder.

use crate::at_server::Server;
use base::Actor;
use cli::{
    config::{Config, ConfigArg},
    house::{self, Result},
    print::{self, Progress},
};
use exchange::{Limits, input};
use futures_util::StreamExt;
use hashlists::{Digests, Hashes, ask, list};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio::sync::mpsc;
use web::{App, Mode, exports, imports};

/// Where: a running server, or a data folder.
#[derive(clap::Args)]
pub struct Where {
    /// Address of the server
    #[arg(long, value_name = "URL", env = "CPORT_SERVER", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// File with the access token; without it, `CPORT_TOKEN` is read
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Work on the data folder that this config file names, without a server
    #[arg(long, value_name = "FILE", conflicts_with = "token_file")]
    config: Option<PathBuf>,
}

/// Files to ask about.
#[derive(clap::Args)]
#[command(after_help = "Leaves with 0 when every file could be asked about, known or not; with 1 when one could not.")]
pub struct MatchArgs {
    #[command(flatten)]
    at: Where,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Pictures and videos
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// What to do with lists.
#[derive(clap::Args)]
pub struct ListsArgs {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    at: Where,
}

/// A list, and a file of some form.
#[derive(clap::Subcommand)]
enum What {
    /// Fill a list from a file: plain, gzip or zip
    Import {
        /// Name or id of the list
        #[arg(long)]
        list: String,
        /// vics, csv, jsonl, text, hashdeep, nsrl or icse
        #[arg(long)]
        format: String,
        /// Whose categories they are when the file does not say, such as US
        #[arg(long)]
        profile: Option<String>,
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        at: Where,
    },
    /// Write a list to a file, or to standard output
    Export {
        /// Name or id of the list
        #[arg(long)]
        list: String,
        /// vics, csv, jsonl, text, hashdeep or nsrl
        #[arg(long)]
        format: String,
        /// Whose categories are written, where the form has one scheme for all
        #[arg(long)]
        profile: Option<String>,
        /// The file; standard output when not given
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        #[command(flatten)]
        at: Where,
    },
}

impl Where {
    fn server(&self) -> Result<Server> {
        Server::new(&self.server, self.token_file.as_deref())
    }

    /// The rooms on a data folder, with the index up to date; `None`: ask a server.
    async fn rooms(&self) -> Result<Option<App>> {
        let Some(path) = &self.config else { return Ok(None) };
        let config = Config::read(&ConfigArg { config: Some(path.clone()) })?;
        let app = house::open(&config, Mode::Live).await?;
        cli::index::open(&app).await?;
        Ok(Some(app))
    }
}

/// Whoever has the data folder may do what its machinery may.
fn machine() -> Actor {
    Actor::machine("command")
}

/// What is known of one file, as it is printed.
#[derive(Deserialize, Serialize)]
struct Known {
    #[serde(default)]
    path: String,
    known: bool,
    entries: Vec<Entry>,
}

#[derive(Deserialize, Serialize)]
struct Entry {
    list: String,
    class: String,
    how: String,
    distance: u32,
    version: i64,
}

#[derive(Deserialize)]
struct Told {
    items: Vec<Known>,
}

/// Asks about each file and prints a line for it.
pub async fn ask_about(args: MatchArgs) -> Result<ExitCode> {
    let rooms = args.at.rooms().await?;
    let progress = Progress::quiet(args.files.len() as u64);
    let mut all = true;
    for path in &args.files {
        progress.step(&path.display().to_string());
        let told = match &rooms {
            Some(app) => of_folder(app, path).await,
            None => of_server(&args.at.server()?, path).await,
        };
        match told {
            Ok(known) => print_known(Known { path: path.display().to_string(), ..known }, args.json)?,
            Err(error) => {
                all = false;
                print::failed(&format!("{}: {error}", path.display()));
            }
        }
    }
    progress.done();
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_known(known: Known, json: bool) -> Result<()> {
    if json {
        print::line(&serde_json::to_string(&known)?);
        return Ok(());
    }
    let by: Vec<String> = known
        .entries
        .iter()
        .map(|e| format!("{} {} {} distance {} version {}", e.list, e.class, e.how, e.distance, e.version))
        .collect();
    let word = if known.known { "known" } else { "unknown" };
    print::line(&format!("{}\t{word}\t{}", known.path, by.join("; ")));
    Ok(())
}

async fn of_server(server: &Server, path: &Path) -> Result<Known> {
    let bytes = tokio::fs::read(path).await?;
    let told: Told = server.send("/api/v1/match", &[], bytes.into()).await?;
    told.items.into_iter().next().ok_or_else(|| "the server gave no answer".into())
}

async fn of_folder(app: &App, path: &Path) -> Result<Known> {
    let bytes = tokio::fs::read(path).await?;
    let workshop = app.workshop.clone();
    let described = tokio::task::spawn_blocking(move || workshop.describe(&bytes)).await;
    let facts = described.map_err(|_| "the file was not described")?.map_err(|why| why.to_string())?;
    let pdq = |p: &media::Pdq| hashlists::Pdq { bits: p.bits, quality: Some(p.quality) };
    let hashes = Hashes {
        digests: Digests { md5: Some(facts.md5), sha1: Some(facts.sha1), sha256: Some(facts.sha256) },
        photodna: None,
        pdq: facts.pdq.as_ref().map(pdq),
        frames: facts.video.iter().flat_map(|v| &v.frames).map(|f| pdq(&f.pdq)).collect(),
    };
    let tx = app.db.look(&machine()).await?;
    let (told, act) = ask::ask(&tx, &app.lists, &[hashes]).await?;
    tx.commit(&act).await?;
    let entry = |found: &ask::Found| Entry {
        list: found.name.clone(),
        class: found.says.class.word().into(),
        how: found.how.word().into(),
        distance: found.distance,
        version: found.version,
    };
    let entries: Vec<Entry> = told.iter().flatten().map(entry).collect();
    Ok(Known { path: String::new(), known: !entries.is_empty(), entries })
}

/// A list as it is printed.
#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
    publisher: String,
    class: String,
    version: i64,
    access: String,
}

#[derive(Deserialize)]
struct AllLists {
    items: Vec<Listed>,
}

/// Does with lists what was said; without a word, prints what there is.
pub async fn lists(args: ListsArgs) -> Result<()> {
    match args.what {
        None => what_there_is(&args.at).await,
        Some(What::Import { list, format, profile, file, at }) => {
            import(&at, &list, &format, profile.as_deref(), &file).await
        }
        Some(What::Export { list, format, profile, file, at }) => {
            export(&at, &list, &format, profile.as_deref(), file.as_deref()).await
        }
    }
}

async fn what_there_is(at: &Where) -> Result<()> {
    let lists: Vec<Listed> = match at.rooms().await? {
        None => at.server()?.get::<AllLists>("/api/v1/lists").await?.items,
        Some(app) => all_of_folder(&app).await?,
    };
    for l in lists {
        let Listed { id, name, publisher, class, version, access } = l;
        print::line(&format!("{id}\t{name}\t{class}\tversion {version}\t{access}\t{publisher}"));
    }
    Ok(())
}

async fn all_of_folder(app: &App) -> Result<Vec<Listed>> {
    let tx = app.db.look(&machine()).await?;
    let found = list::all(&tx).await?;
    let members = agreements::directory::organisations(&tx).await?;
    tx.commit(&hashlists::Act::ListsRead).await?;
    let publisher = |id| members.iter().find(|o| o.id == id).map(|o| o.name.clone()).unwrap_or_default();
    let listed = |l: hashlists::List| Listed {
        id: l.id.to_string(),
        publisher: publisher(l.publisher),
        name: l.name,
        class: l.class.word().into(),
        version: l.version,
        access: "here".into(),
    };
    Ok(found.into_iter().map(listed).collect())
}

/// The list of a name or id, at a server.
async fn find(server: &Server, named: &str) -> Result<String> {
    let mut found = server.get::<AllLists>("/api/v1/lists").await?.items;
    found.retain(|l| l.id == named || l.name == named);
    match found.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => Err(format!("there is no list `{named}` for you").into()),
        _ => Err(format!("several lists are named `{named}`, give the id").into()),
    }
}

/// The same on a data folder.
async fn find_here(app: &App, named: &str) -> Result<base::ListId> {
    let mut found = all_of_folder(app).await?;
    found.retain(|l| l.id == named || l.name == named);
    match found.as_slice() {
        [one] => one.id.parse().map_err(|_| "a list has an id".into()),
        [] => Err(format!("there is no list `{named}` here").into()),
        _ => Err(format!("several lists are named `{named}`, give the id").into()),
    }
}

/// What became of an import, as it is printed.
#[derive(Deserialize)]
struct Imported {
    id: String,
    state: String,
    rows: Rows,
    trouble: Option<String>,
}

#[derive(Deserialize)]
struct Rows {
    lines: i64,
    added: i64,
    changed: i64,
    same: i64,
    refused: i64,
    withdrawn: i64,
}

async fn import(at: &Where, named: &str, format: &str, profile: Option<&str>, file: &Path) -> Result<()> {
    let (fingerprint, size) = fingerprint(file)?;
    let name = file.file_name().map_or_else(|| "unnamed".into(), |n| n.to_string_lossy().into_owned());
    let progress = Progress::quiet(size);
    let pieces = pieces(file, progress.counter())?;
    let done = match at.rooms().await? {
        Some(app) => {
            let list = find_here(&app, named).await?;
            let profile = profile.map(|p| imports::profile(&app.lists.profiles, p)).transpose()?;
            let source = imports::Source { form: format.parse()?, profile, name, fingerprint };
            imported(imports::run(&app.db, &app.lists, &machine(), list, source, pieces).await?)
        }
        None => {
            let server = at.server()?;
            let path = format!("/api/v1/lists/{}/imports", find(&server, named).await?);
            let mut query = vec![("format", format), ("name", &name), ("fingerprint", &fingerprint)];
            query.extend(profile.map(|p| ("profile", p)));
            server.send(&path, &query, reqwest::Body::wrap_stream(pieces)).await?
        }
    };
    progress.done();
    let Imported { id, state, rows, trouble } = done;
    let Rows { lines, added, changed, same, refused, withdrawn } = rows;
    print::line(&format!(
        "import {id} {state}: {lines} rows, {added} new, {changed} changed, {same} unchanged, {withdrawn} withdrawn, {refused} refused"
    ));
    match trouble {
        None => Ok(()),
        Some(trouble) => Err(format!("{trouble}; what was taken stands").into()),
    }
}

fn imported(import: hashlists::Import) -> Imported {
    let hashlists::Counts { lines, added, changed, same, refused, withdrawn } = import.counts;
    Imported {
        id: import.id.to_string(),
        state: import.state.word().into(),
        rows: Rows { lines, added, changed, same, refused, withdrawn },
        trouble: import.trouble,
    }
}

/// SHA-256 of a file, by which an interrupted import is gone on with, and its bytes.
fn fingerprint(path: &Path) -> Result<(String, u64)> {
    let mut file = File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let (mut sum, mut size, mut some) = (Sha256::new(), 0, vec![0; 64 << 10]);
    loop {
        let read = file.read(&mut some)?;
        let Some(part) = some.get(..read).filter(|p| !p.is_empty()) else { break };
        sum.update(part);
        size += read as u64;
    }
    Ok((base::hex(&sum.finalize()), size))
}

/// Pieces of a file on their way.
const PIECES: usize = 16;

/// A file's text in pieces, unpacked here when it is an archive, which cannot be read as a stream.
fn pieces(
    path: &Path,
    count: impl Fn(u64) + Send + 'static,
) -> Result<impl futures_util::Stream<Item = std::io::Result<axum::body::Bytes>> + Send + 'static> {
    let file = File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let (to, mut from) = mpsc::channel(PIECES);
    tokio::task::spawn_blocking(move || {
        let limits = Limits::default();
        let mut text = match input::open_file(file, input::Pick::Only, &limits) {
            Ok(text) => text,
            Err(refusal) => return drop(to.blocking_send(Err(std::io::Error::other(refusal.reason)))),
        };
        loop {
            let mut some = vec![0; 64 << 10];
            match text.read(&mut some) {
                Ok(0) => return,
                Ok(read) => {
                    some.truncate(read);
                    count(read as u64);
                    if to.blocking_send(Ok(some.into())).is_err() {
                        return;
                    }
                }
                Err(error) => return drop(to.blocking_send(Err(error))),
            }
        }
    });
    Ok(futures_util::stream::poll_fn(move |context| from.poll_recv(context)))
}

async fn export(at: &Where, named: &str, format: &str, profile: Option<&str>, file: Option<&Path>) -> Result<()> {
    let progress = Progress::quiet(0);
    let count = progress.counter();
    let mut out: Box<dyn Write> = match file {
        Some(path) => Box::new(File::create(path).map_err(|e| format!("{}: {e}", path.display()))?),
        None => Box::new(std::io::stdout()),
    };
    match at.rooms().await? {
        Some(app) => {
            let list = find_here(&app, named).await?;
            let scheme = profile.map(str::to_ascii_uppercase);
            let tx = app.db.look(&machine()).await?;
            tx.commit(&hashlists::Act::EntriesRead(list, 0)).await?;
            let written = exports::pieces(app.db.clone(), machine(), list, format.parse()?, scheme)?;
            let mut written = std::pin::pin!(written);
            while let Some(piece) = written.next().await {
                let piece = piece?;
                count(piece.len() as u64);
                out.write_all(&piece)?;
            }
        }
        None => {
            let server = at.server()?;
            let path = format!("/api/v1/lists/{}/export", find(&server, named).await?);
            let mut query = vec![("format", format)];
            query.extend(profile.map(|p| ("profile", p)));
            let mut answer = server.open(&path, &query).await?;
            while let Some(piece) = answer.chunk().await? {
                count(piece.len() as u64);
                out.write_all(&piece)?;
            }
        }
    }
    out.flush()?;
    progress.done();
    Ok(())
}
