//! `cport evidence`: proving, sweeping, carrying over, rotating keys, erasing, and printing chains of custody.

use crate::package;
use agreements::directory;
use base::{Actor, ItemId, OrgKind, Role, Time, Who};
use cli::{
    config::{Config, ConfigArg},
    house::{self, Result},
    print,
};
use reports::{custody, erase, look};
use std::{path::PathBuf, process::ExitCode};
use storage::{
    Db, OldRoot,
    evidence::{Sweep, Vault},
};

/// What to do with sealed evidence.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Open every object and compare the store with the rows; one line a finding, fails when there is one
    Verify {
        /// Print findings and the sum as JSON, one object a line
        #[arg(long)]
        json: bool,
        /// Hours after which an object without a row is an orphan; without it, `evidence.orphan_hours`
        #[arg(long)]
        hours: Option<u32>,
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Remove what is nobody's: rests of interrupted uploads, bytes of erased objects
    Sweep {
        /// Also when so many objects have no row that the database may be the wrong one
        #[arg(long)]
        all: bool,
        /// Hours after which an object without a row is swept; without it, `evidence.orphan_hours`
        #[arg(long)]
        hours: Option<u32>,
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Carry what waits in the spool to the store
    Drain(ConfigArg),
    /// Wrap keys anew; media is not touched, and reading goes on
    Rotate(Rotate),
    /// Erase the file behind an item: its keys are destroyed, nothing can bring it back
    Erase {
        /// The item's id
        item: ItemId,
        /// Why, for the log
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Check a package that an officer took along: signature, every file, nothing more and nothing less; needs no server
    VerifyPackage(package::Args),
    /// Print the chain of custody of the object behind an item, from its hotline's log
    Custody {
        /// The item's id
        item: ItemId,
        #[command(flatten)]
        config: ConfigArg,
    },
}

/// Which keys to wrap anew.
#[derive(clap::Args)]
pub struct Rotate {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    config: ConfigArg,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// Wrap every organisation's key by the root key of the config; the one before is the config's `old_root`, or this file
    #[arg(long, value_name = "OLD_KEY_FILE", num_args = 0..=1)]
    root: Option<Option<PathBuf>>,
    /// Give an organisation a new key and wrap its objects' keys by it
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
}

const ACTOR: Actor = Actor::machine("operator");

/// Does it.
pub async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Verify { json, hours, config } => return verify(&config, json, hours).await,
        Command::Sweep { all, hours, config } => sweep(&config, all, hours).await?,
        Command::Drain(config) => return drain(&config).await,
        Command::Rotate(rotate) => rotate_keys(rotate).await?,
        Command::Erase { item, reason, config } => erase_item(&config, item, &reason).await?,
        Command::VerifyPackage(args) => return package::verify(&args),
        Command::Custody { item, config } => print_custody(&config, item).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn open(config: &Config) -> Result<(Db, Vault)> {
    let db = house::database(config).await?;
    Ok((db, Vault::open(&config.evidence)?))
}

/// Before this, an object without a row is an orphan.
fn orphaned_before(config: &Config, db: &Db, hours: Option<u32>) -> Time {
    db.now().plus_seconds(-i64::from(hours.unwrap_or(config.evidence.orphan_hours)) * 3600)
}

async fn verify(arg: &ConfigArg, json: bool, hours: Option<u32>) -> Result<ExitCode> {
    let config = Config::read(arg)?;
    let (db, vault) = open(&config).await?;
    let say = |finding: &storage::evidence::Finding| match serde_json::to_string(finding) {
        Ok(text) if json => print::line(&text),
        _ => print::line(&format!("{} {} (made {})", finding.object, finding.what, finding.made_at)),
    };
    let proof = vault.prove(&db, orphaned_before(&config, &db, hours), say).await?;
    if json {
        print::line(&serde_json::to_string(&proof)?);
    } else {
        let storage::evidence::Proof { whole, bytes, erased, under_way, findings } = proof;
        let others = format!("{erased} erased, {under_way} under way");
        print::line(&format!("{whole} objects whole, {bytes} bytes; {others}; {findings} findings"));
    }
    Ok(if proof.findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn sweep(arg: &ConfigArg, all: bool, hours: Option<u32>) -> Result<()> {
    let config = Config::read(arg)?;
    let (db, vault) = open(&config).await?;
    let how = if all { Sweep::All } else { Sweep::Careful };
    let swept = vault.sweep(&db, orphaned_before(&config, &db, hours), how).await?;
    db.forget().await?;
    let storage::evidence::Swept { unfinished, orphans, left_over } = swept;
    print::line(&format!(
        "removed {unfinished} unfinished files, {orphans} orphans, {left_over} rests of erased objects"
    ));
    Ok(())
}

async fn drain(arg: &ConfigArg) -> Result<ExitCode> {
    let vault = Vault::open(&Config::read(arg)?.evidence)?;
    let storage::evidence::Drained { moved, waiting } = vault.drain().await?;
    print::line(&format!("{moved} objects carried to the store, {waiting} wait"));
    Ok(if waiting == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn rotate_keys(rotate: Rotate) -> Result<()> {
    let mut config = Config::read(&rotate.config)?;
    if let Some(Some(path)) = rotate.which.root {
        config.evidence.old_root = Some(OldRoot::File { path });
    }
    let (db, vault) = open(&config).await?;
    let Some(name) = rotate.which.organisation else {
        let keys = vault.rotate_root(&db).await?;
        db.forget().await?;
        print::line(&format!("{keys} keys wrapped by the root key in force"));
        return Ok(());
    };
    let tx = db.look(&ACTOR).await?;
    let found = directory::organisations(&tx).await?.into_iter().find(|o| o.name == name);
    drop(tx);
    let org = found.ok_or_else(|| format!("there is no organisation named `{name}`"))?;
    match vault.rotate_organisation(&db, org.id).await? {
        None => print::line("it has stored nothing and has no key yet"),
        Some(rotated) => {
            db.forget().await?;
            let how = if rotated.resumed { "the rotation begun before is ended" } else { "rotated" };
            print::line(&format!("{how}: {} keys wrapped by version {}", rotated.keys, rotated.version));
        }
    }
    Ok(())
}

async fn erase_item(arg: &ConfigArg, item: ItemId, reason: &str) -> Result<()> {
    let (db, vault) = open(&Config::read(arg)?).await?;
    let tx = db.begin(&ACTOR).await?;
    let (erased, act) = erase::item(&tx, &vault, item, reason).await?;
    tx.commit(&act).await?;
    vault.remove(&erased.objects).await;
    db.forget().await?;
    let erase::Erased { objects, items, captures } = erased;
    print::line(&format!("erased {} objects: {items} items, {captures} captures", objects.len()));
    Ok(())
}

async fn print_custody(arg: &ConfigArg, id: ItemId) -> Result<()> {
    let db = house::database(&Config::read(arg)?).await?;
    let tx = db.look(&ACTOR).await?;
    let (item, _) = look::item(&tx, id).await?;
    drop(tx);
    // The log that is read is that of the hotline; the look is the operator's and stands in it.
    let hotline = Actor {
        who: Who::Machine("operator"),
        org: item.reporter,
        kind: OrgKind::Hotline,
        country: None,
        role: Role::Machine,
    };
    let tx = db.look(&hotline).await?;
    let (custody, act) = custody::read(&tx, id).await?;
    let people = directory::people(&tx).await?;
    tx.commit(&act).await?;
    let media = &custody.item.media;
    print::line(&format!("chain of custody of item {id}, printed {}", custody.at));
    print::line(&format!(
        "file     {}, {} bytes{}",
        media.kind,
        media.size,
        if media.erased { ", erased" } else { "" }
    ));
    for (name, digest) in [("SHA-256", &media.sha256), ("SHA-1", &media.sha1), ("MD5", &media.md5)] {
        print::line(&format!("{name:<8} {}", base::hex(digest)));
    }
    if let Some(object) = media.blob {
        print::line(&format!("object   {object}"));
    }
    for seen in &custody.sightings {
        print::line(&format!("seen     {} {}", seen.at, seen.url));
    }
    for event in &custody.events {
        let entry = &event.entry;
        let person = entry.person.and_then(|id| people.iter().find(|p| p.id.0 == id)).map(|p| p.name.clone());
        let who = person.or_else(|| entry.machine.clone()).unwrap_or_default();
        let seq = event.seq.map_or_else(|| "-".into(), |seq| seq.to_string());
        let why = entry.purpose.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
        print::line(&format!("{seq:>8} {} {} by {who}{why}", entry.at, entry.act));
    }
    Ok(())
}
