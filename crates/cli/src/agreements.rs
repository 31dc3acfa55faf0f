//! `cport agreements`: texts of agreements as files. Reads one, compares two, tries one out on a database. The words are the
//! pages' own.

use agreements::{
    Act, Document,
    compare::{self, Difference},
    directory,
    treaty::{self, Treaty},
};
use base::{Actor, OrgKind};
use cli::{house::Result, print};
use reports::simulate::{self, Question};
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};
use storage::{Clock, DatabaseConfig, Db};

/// What to do with texts of agreements.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Read a text and say it in sentences; leaves with 1 when it cannot be read
    Check {
        /// The text, TOML
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Say who would get what under a text, on a hotline's reports of the last 90 days
    Simulate(SimulateArgs),
    /// Say what distinguishes two texts
    Diff {
        /// The older text
        #[arg(value_name = "OLD")]
        old: PathBuf,
        /// The newer text
        #[arg(value_name = "NEW")]
        new: PathBuf,
    },
}

/// What to try out, and on which database.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("where").required(true))]
pub struct SimulateArgs {
    /// The text, TOML
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Data folder with an embedded database
    #[arg(long, value_name = "DIR", group = "where")]
    data: Option<PathBuf>,
    /// URL of the database
    #[arg(long, value_name = "URL", group = "where")]
    database: Option<String>,
    /// Name of the hotline that would sign
    #[arg(long, value_name = "NAME")]
    hotline: String,
    /// Name of the LEA that would sign; the one of the hotline's country when not given
    #[arg(long, value_name = "NAME")]
    lea: Option<String>,
    /// The text to compare with; the agreement in force between the two when not given
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

/// Does it.
pub async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Check { file } => check(&read(&file)?),
        Command::Diff { old, new } => differ(&compare::difference(&read(&old)?, &read(&new)?)),
        Command::Simulate(args) => try_out(&args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Document> {
    let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(Document::from_toml(&text).map_err(|refusal| format!("{}: {}", file.display(), refusal.reason))?)
}

fn check(document: &Document) {
    document.lanes.iter().for_each(|lane| print::line(&sentence(&lane.whole())));
    document.overlaps().iter().for_each(|overlap| print::line(&sentence(&overlap.sentence)));
}

fn differ(found: &Difference) {
    if found.is_none() {
        print::line("The clauses say the same.");
    }
    found.added.iter().for_each(|said| print::line(&format!("Added: {}", sentence(said))));
    found.removed.iter().for_each(|said| print::line(&format!("Removed: {}", sentence(said))));
    for changed in &found.changed {
        print::line(&format!("Changed: {}", sentence(&changed.before)));
        print::line(&format!("     to: {}", sentence(&changed.after)));
    }
    if let Some(example) = &found.wider {
        print::line(&format!("Police would get more, for example: {example}."));
    }
    if let Some(example) = &found.narrower {
        print::line(&format!("Police would get less, for example: {example}."));
    }
}

async fn try_out(args: &SimulateArgs) -> Result<()> {
    let new = read(&args.file)?;
    let against = args.against.as_deref().map(read).transpose()?;
    let folder = args.data.as_ref().map(|data| format!("sqlite:{}", data.join("cport.db").display()));
    let url = args.database.clone().or(folder).unwrap_or_default();
    let db = Db::connect(&DatabaseConfig { url, ..DatabaseConfig::default() }, Clock::Machine).await?;
    storage::migrate::check(&db).await?;
    let question = question(&db, args, new, against).await?;
    let found = simulate::simulate(&db, &question).await?;
    found.sentences().iter().for_each(|said| print::line(said));
    let (old, new) = (&found.old, &found.new);
    print::line(&format!("In force now: {} reports, {} items.", old.reports, old.items));
    print::line(&format!("This text: {} reports, {} items.", new.reports, new.items));
    for (clause, items) in &new.by_clause {
        print::line(&format!("  of it by clause {clause}: {items} items."));
    }
    Ok(())
}

/// Who would sign what, by name. A command at the database sees what the hotline sees.
async fn question(db: &Db, args: &SimulateArgs, new: Document, against: Option<Document>) -> Result<Question> {
    let tx = db.look(&Actor::machine("simulation")).await?;
    let all = directory::organisations(&tx).await?;
    let treaties = treaty::list(&tx).await?;
    let now = tx.now();
    tx.commit(&Act::AgreementsRead).await?;
    let hotline = all.iter().find(|o| o.kind == OrgKind::Hotline && o.name == args.hotline);
    let hotline = hotline.ok_or_else(|| format!("there is no hotline `{}`", args.hotline))?;
    let wanted = |o: &&directory::Organisation| match &args.lea {
        Some(name) => o.name == *name,
        None => o.country == hotline.country,
    };
    let lea = all.iter().filter(|o| o.kind == OrgKind::Lea).find(wanted).ok_or("there is no such LEA")?;
    let between = |t: &&Treaty| t.hotline == hotline.id && t.lea == lea.id && t.in_force(now);
    let old = against.or_else(|| treaties.iter().find(between).map(|t| t.document.clone()));
    Ok(Question { hotline: hotline.id, lea: lea.id, old, new, named: true })
}

/// A capital letter at the start and a full stop at the end.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
