//! `cport doctor`: one line for each thing that has to work, and an exit code.

use base::Time;
use cli::{
    config::{Config, ConfigArg},
    house::Result,
    print,
};
use hashlists::{Checked, Index, Opened, Trouble};
use std::process::ExitCode;
use storage::{Backend, Clock, Db, StoreConfig, evidence::Vault, jobs, migrate};

/// Before this the clock is surely wrong: the day this program was written.
const NOT_BEFORE: Time = Time::from_micros(1_795_478_400_000_000);

/// Checks everything, even after something failed.
pub async fn doctor(arg: &ConfigArg) -> Result<ExitCode> {
    let mut fine = true;
    let mut say = |what: &str, found: std::result::Result<String, String>| {
        fine &= found.is_ok();
        let (mark, text) = match found {
            Ok(text) => ("ok  ", text),
            Err(text) => ("FAIL", text),
        };
        print::line(&format!("{mark} {what:<9} {text}"));
    };
    let config = match Config::read(arg) {
        Ok(config) => config,
        Err(error) => {
            say("config", Err(error.to_string()));
            return Ok(ExitCode::FAILURE);
        }
    };
    say("config", Ok(arg.config.as_ref().map_or("defaults".into(), |path| path.display().to_string())));
    say("clock", clock(Clock::Machine.now()));
    match database(&config).await {
        Ok((db, text)) => {
            say("database", Ok(text));
            say("queue", queue(&db).await);
            say("index", index(&db, &config.lists.index_folder).await);
        }
        Err(error) => say("database", Err(error)),
    }
    say("evidence", evidence(&config).await);
    // Not a failure: videos are kept all the same, and say why they were not looked into.
    let ffmpeg = there(std::path::Path::new("/usr/bin/ffmpeg"), "videos are kept and not looked into");
    say("videos", Ok(ffmpeg.unwrap_or_else(|missing| missing)));
    if config.capture.enabled {
        say("capture", capture(&config));
    }
    if config.trace.is_on() {
        say("trace", trace(&config));
    }
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn there(path: &std::path::Path, otherwise: &str) -> std::result::Result<String, String> {
    if path.is_file() {
        Ok(path.display().to_string())
    } else {
        Err(format!("{} is missing, {otherwise}", path.display()))
    }
}

fn capture(config: &Config) -> std::result::Result<String, String> {
    if config.capture.screenshot {
        there(&config.capture.chromium, "install it or set capture.screenshot = false")?;
    }
    Ok(format!("on, way out: {:?}, up to {} files a page", config.capture.egress, config.capture.max_files))
}

fn trace(config: &Config) -> std::result::Result<String, String> {
    for path in config.trace.country_database.iter().chain(&config.trace.asn_database) {
        there(path, "mend trace.country_database or trace.asn_database")?;
    }
    let registries = if config.trace.rdap { "registries are asked" } else { "registries are not asked (trace.rdap)" };
    Ok(format!("on, {registries}"))
}

fn clock(now: Time) -> std::result::Result<String, String> {
    if now < NOT_BEFORE { Err(format!("{now} is in the past, set the clock")) } else { Ok(now.to_string()) }
}

async fn database(config: &Config) -> std::result::Result<(Db, String), String> {
    let text = |e: storage::Error| e.to_string();
    let db = Db::connect(&config.database, Clock::Machine).await.map_err(text)?;
    migrate::check(&db).await.map_err(text)?;
    migrate::check_barrier(&db).await.map_err(text)?;
    let kind = match db.backend() {
        Backend::Sqlite => "SQLite, schema up to date",
        Backend::Postgres => "PostgreSQL, schema up to date, row-level security binds the working role",
    };
    Ok((db, kind.into()))
}

async fn queue(db: &Db) -> std::result::Result<String, String> {
    match jobs::backlog(db).await {
        Ok((due, 0)) => Ok(format!("{due} steps waiting")),
        Ok((due, dead)) => {
            Err(format!("{dead} steps were given up, {due} waiting; see the table `job`, column last_error"))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Opens the index as a start of the server would, and compares it with the rows, entry by entry.
async fn index(db: &Db, folder: &std::path::Path) -> std::result::Result<String, String> {
    let text = |e: hashlists::Error| e.to_string();
    let index = Index::default();
    let opened = index.open(db, folder).await.map_err(text)?;
    let checked = index.check(db).await.map_err(text)?;
    let wrong = || {
        let Checked { missing, extra, .. } = checked;
        format!("{missing} entries cannot be found, {extra} are found that no row has; remove {}", folder.display())
    };
    match opened {
        _ if !index.holds() => Err("there is no memory for it".into()),
        _ if !checked.is_right() => Err(wrong()),
        Opened::Snapshot(entries, since) => {
            Ok(format!("{entries} entries, as the rows say; the snapshot is {since} changes behind"))
        }
        Opened::Rows(entries, Trouble::Missing) => Ok(format!("{entries} entries, as the rows say; no snapshot yet")),
        Opened::Rows(_, trouble) => {
            Err(format!("{}, the next start reads the rows instead", cli::house::with_causes(&trouble)))
        }
    }
}

async fn evidence(config: &Config) -> std::result::Result<String, String> {
    let vault = Vault::open(&config.evidence).map_err(|e| e.to_string())?;
    let waiting = vault.waiting().await.map_err(|e| e.to_string())?;
    let store = match &config.evidence.store {
        StoreConfig::Folder => config.evidence.folder.display().to_string(),
        StoreConfig::S3(s3) => format!("bucket `{}`", s3.bucket),
    };
    match vault.probe(Clock::Machine.now()).await {
        Ok(_) if waiting == 0 => Ok(format!("{store}, written, read back and removed")),
        Ok(_) => Ok(format!("{store} works, {waiting} objects in the spool are yet to be carried over")),
        Err(error) => Err(format!("{error}; {waiting} objects wait in the spool {}", config.evidence.spool.display())),
    }
}
