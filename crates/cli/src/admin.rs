//! `cport admin`: organisations, people, tokens and the root key, for whoever runs the machine.

use agreements::{directory, sign_in};
use base::{Actor, Country, OrgKind, Role};
use cli::{
    config::{Config, ConfigArg},
    house::{self, Result},
    print,
};
use storage::{Db, evidence::RootKey};

/// What to create.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make the root key that the config names, in a file or a token; refuses to replace one
    RootKey(ConfigArg),
    /// Admit an organisation; prints its id
    Organisation {
        /// hotline, lea, interpol, asp or network
        #[arg(long)]
        kind: String,
        /// Its name
        #[arg(long)]
        name: String,
        /// Its country, two letters; none for interpol and network
        #[arg(long)]
        country: Option<String>,
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Note whether an organisation's law lets it keep media; where not, files are hashed and dropped
    MediaLaw {
        /// Name of the organisation
        #[arg(long)]
        organisation: String,
        /// yes or no
        #[arg(long, value_parser = ["yes", "no"])]
        keeps: String,
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Add a person to an organisation; prints the person's id
    Person {
        /// Name of the organisation
        #[arg(long)]
        organisation: String,
        /// The person's name
        #[arg(long)]
        name: String,
        /// analyst, officer, auditor, secretary or operator
        #[arg(long)]
        role: String,
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Make an access token for a person; prints it once
    Token {
        /// Name of the organisation
        #[arg(long)]
        organisation: String,
        /// The person's name
        #[arg(long)]
        person: String,
        /// What it is for
        #[arg(long)]
        label: String,
        /// Days until it expires
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=366))]
        days: u16,
        #[command(flatten)]
        config: ConfigArg,
    },
    /// List organisations and people
    List(ConfigArg),
}

const ACTOR: Actor = Actor::machine("admin");

/// Creates what was asked for.
pub async fn admin(command: Command) -> Result<()> {
    match command {
        Command::RootKey(arg) => {
            let made = RootKey::create_as(&Config::read(&arg)?.evidence)?;
            print::line(&format!("made {made}; keep a copy where the evidence is not"));
        }
        Command::Organisation { kind, name, country, config } => {
            let kind: OrgKind = kind.parse()?;
            let country = country.map(|c| Country::parse("country", &c)).transpose()?;
            let db = open(&config).await?;
            let tx = db.begin(&ACTOR).await?;
            let (id, act) = directory::admit(&tx, kind, &name, country).await?;
            tx.commit(&act).await?;
            print::line(&id.to_string());
        }
        Command::MediaLaw { organisation, keeps, config } => {
            let db = open(&config).await?;
            let tx = db.begin(&ACTOR).await?;
            let org = organisation_named(&tx, &organisation).await?;
            let act = directory::set_keeps_media(&tx, org, keeps == "yes").await?;
            tx.commit(&act).await?;
        }
        Command::Person { organisation, name, role, config } => {
            let role: Role = role.parse()?;
            let db = open(&config).await?;
            let tx = db.begin(&ACTOR).await?;
            let org = organisation_named(&tx, &organisation).await?;
            let (id, act) = directory::add_person(&tx, org, &name, role).await?;
            tx.commit(&act).await?;
            print::line(&id.to_string());
        }
        Command::Token { organisation, person, label, days, config } => {
            let db = open(&config).await?;
            let tx = db.begin(&ACTOR).await?;
            let org = organisation_named(&tx, &organisation).await?;
            let people = directory::people(&tx).await?;
            let found = people.iter().find(|p| p.org == org && p.name == person);
            let person = found.ok_or_else(|| format!("there is nobody named `{person}` at `{organisation}`"))?.id;
            let until = tx.now().plus_seconds(i64::from(days) * 86_400);
            let (token, act) = sign_in::make_token(&db, &tx, person, org, &label, until).await?;
            tx.commit(&act).await?;
            print::line(token.expose());
        }
        Command::List(config) => list(&open(&config).await?).await?,
    }
    Ok(())
}

async fn open(arg: &ConfigArg) -> Result<Db> {
    house::database(&Config::read(arg)?).await
}

async fn organisation_named(tx: &storage::Tx, name: &str) -> Result<base::OrgId> {
    let all = directory::organisations(tx).await?;
    let found = all.iter().find(|o| o.name == name).map(|o| o.id);
    Ok(found.ok_or_else(|| format!("there is no organisation named `{name}`"))?)
}

async fn list(db: &Db) -> Result<()> {
    let tx = db.look(&ACTOR).await?;
    let (all, people) = (directory::organisations(&tx).await?, directory::people(&tx).await?);
    tx.commit(&agreements::Act::DirectoryRead).await?;
    for org in all {
        let country = org.country.map(|c| c.to_string()).unwrap_or_else(|| "-".into());
        print::line(&format!("{} {:<8} {country} {}", org.id, org.kind.word(), org.name));
        for person in people.iter().filter(|p| p.org == org.id) {
            print::line(&format!("  {} {:<8} {}", person.id, person.role.word(), person.name));
        }
    }
    Ok(())
}
