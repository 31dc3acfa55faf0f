//! `cport demo`: an invented network with drawn pictures, to click through and to script against. The shape of the
//! ready file is documented in docs/demo.md.

mod captured;
mod dialogue;
mod domains;
mod inbox;
mod link;
mod lists;
pub mod network;
mod packages;
mod pictures;
mod reports;
mod resolver;

use crate::{
    config::Config,
    house::{self, Result},
    print::{self, Progress},
    serve,
};
use agreements::sign_in;
use base::Actor;
use exchange::icse::IcseConfig;
use invented::Stage;
use network::Somebody;
use serde::Serialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use storage::{Clock, evidence::RootKey};
use web::{App, Mode, Persona, Site};

/// How to run the demo.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Folder for its database and evidence
    #[arg(long, value_name = "DIR", default_value = "var/demo")]
    pub data: PathBuf,
    /// Start anew: removes what an earlier demo left in the folder
    #[arg(long)]
    pub fresh: bool,
    /// Write one JSON object here once the server answers (docs/demo.md)
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
    /// PostgreSQL instead of the embedded SQLite: URL of a database that may be filled
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

/// Marks a folder as a demo's, so that `--fresh` never removes anything else.
const MARK: &str = "this-is-a-cport-demo";

/// One persona in the ready file.
#[derive(Serialize)]
struct ReadyPersona {
    name: String,
    role: &'static str,
    organisation: String,
    organisation_kind: &'static str,
    country: Option<String>,
    sign_in_url: String,
    api_token: String,
    /// Private key of an LEA's officer for packages; nobody else has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_identity: Option<String>,
}

/// One site of the invented web in the ready file.
#[derive(Serialize)]
struct ReadySite {
    url: String,
    country: &'static str,
    what: &'static str,
}

#[derive(Serialize)]
struct Ready {
    url: String,
    personas: Vec<ReadyPersona>,
    /// Empty where the machine has no room for the invented web.
    sites: Vec<ReadySite>,
    /// The page with a button for each thing that can change in the invented web.
    visit: Option<String>,
    /// The demo's resolver, which goes by the block list: `dig @127.0.0.1 -p PORT NAME`.
    resolver: SocketAddr,
    /// A way in for clients of the public hash-sharing protocol.
    hash_sharing: HashSharing,
}

#[derive(Serialize)]
struct HashSharing {
    base_url: String,
    user: &'static str,
    password: String,
    member_id: u64,
}

/// Makes the network when there is none, serves it, and says who may sign in.
pub async fn demo(args: Args) -> Result<()> {
    mark_folder(&args)?;
    let (receiver, icse) = link::start(&args.data).await?;
    let (mut app, stage) = prepare(&args, icse.clone()).await?;
    let people = network::everybody(&app.db).await?;
    link::release(&app, &people).await?;
    let names = stage.as_ref().map(|stage| stage.names);
    let server = *app.blocklist.config.listen.first().ok_or("the demo's name server listens nowhere")?;
    let resolver = resolver::start(&app, &people, server, names).await?;
    let keys = make_keys(&app, &people).await?;
    let identities = packages::create(&app, &people).await?;
    app.personas = Arc::new(people.iter().zip(&keys).map(|(who, (link, _))| persona(who, link)).collect());
    app.sites = Arc::new(stage.iter().flat_map(Stage::sites).map(site).collect());
    let ready_file = args.ready_file.clone();
    let reader = reader(&people, &keys)?;
    let at_work = crate::link::start(&app, &icse)?;
    let served = serve::run(app, args.listen, move |at| {
        let url = format!("http://{at}");
        let personas = people.iter().zip(keys).zip(identities);
        let personas = personas
            .map(|((who, (link, token)), age_identity)| ReadyPersona {
                age_identity,
                ..ready_persona(&url, who, &link, token)
            })
            .collect();
        let sites =
            stage.iter().flat_map(Stage::sites).map(|s| ReadySite { url: s.url, country: s.country, what: s.what });
        let (sites, visit) = (sites.collect(), stage.as_ref().map(Stage::visit));
        let hash_sharing = HashSharing { base_url: format!("{url}{}", web::hash_sharing::BASE), ..reader };
        tokio::spawn(announce(Ready { url, personas, sites, visit, resolver, hash_sharing }, ready_file));
        (stage, receiver)
    })
    .await;
    at_work.iter().for_each(tokio::task::JoinHandle::abort);
    served
}

/// The German analyst, who reads most lists; the address is not known yet.
fn reader(people: &[Somebody], keys: &[(String, String)]) -> Result<HashSharing> {
    let who = network::find(people, base::OrgKind::Hotline, "DE")?;
    let key = people.iter().zip(keys).find(|(p, _)| p.person == who.person);
    let (_, (_, token)) = key.ok_or("the demo has no key for its reader of lists")?;
    let member_id = web::hash_sharing::number(who.organisation.id);
    Ok(HashSharing { base_url: String::new(), user: "demo", password: token.clone(), member_id })
}

/// The demo's rooms, filled, and the invented web around them.
async fn prepare(args: &Args, icse: IcseConfig) -> Result<(App, Option<Stage>)> {
    let stage = stage(args).await;
    let config = Config { icse, ..config(args, stage.as_ref())? };
    storage::migrate::migrate(&config.database, Clock::Machine.now()).await?;
    if !config.evidence.root_key_file.exists() {
        RootKey::create(&config.evidence.root_key_file)?;
    }
    let app = house::open(&config, Mode::Demo).await?;
    if network::everybody(&app.db).await?.is_empty() {
        let progress = Progress::new(reports::STEPS + captured::STEPS + 2);
        progress.step("inventing the network: 4 hotlines, 5 LEAs, INTERPOL, an access provider, the secretariat");
        network::create(&app.db).await?;
        let people = network::everybody(&app.db).await?;
        progress.step("publishing hash lists: INTERPOL's Baseline and a German one");
        lists::create(&app, &people).await?;
        reports::create(&app, &people, &progress).await?;
        inbox::create(&app, &people).await?;
        dialogue::create(&app, &people).await?;
        domains::create(&app, &people).await?;
        if let Some(stage) = &stage {
            captured::create(&app, &people, stage, &progress).await?;
        }
        progress.done();
    }
    Ok((app, stage))
}

/// The invented web; the demo goes on without it where it finds no room, such as on a machine without all of 127.0.0.0/8.
async fn stage(args: &Args) -> Option<Stage> {
    match invented::start(&args.data).await {
        Ok(stage) => Some(stage),
        Err(error) => {
            print::failed(&format!("the invented web does not start, nothing can be fetched: {error}"));
            None
        }
    }
}

fn config(args: &Args, stage: Option<&Stage>) -> Result<Config> {
    let mut config = Config::default();
    if let Some(stage) = stage {
        config.capture.enabled = true;
        config.capture.name_servers = vec![stage.names];
        config.capture.allow = vec![invented::RANGE.into()];
        config.capture.time_source = "this machine's clock, as it is".into();
        config.capture.screenshot = config.capture.chromium.is_file();
        config.trace.country_database = Some(stage.database.clone());
        config.trace.rdap_server = Some(stage.registry.clone());
        config.trace.rdap = true;
    }
    config.web.listen = args.listen;
    config.database.url =
        args.database.clone().unwrap_or_else(|| format!("sqlite:{}", args.data.join("cport.db").display()));
    config.evidence.folder = args.data.join("evidence");
    config.evidence.spool = args.data.join("spool");
    config.evidence.root_key_file = args.data.join("root.key");
    config.lists.index_folder = args.data.join("index");
    // The demo's one suggestion is for everybody to see.
    config.lists.blind_sample = 0.0;
    config.dns.enabled = true;
    config.dns.listen = vec![([127, 0, 0, 1], invented::free_port()?).into()];
    config.reports.default_lane = Some(network::default_lane()?);
    Ok(config)
}

/// Empties the folder when asked to, but only one that an earlier demo made.
fn mark_folder(args: &Args) -> Result<()> {
    let mark = args.data.join(MARK);
    let holds_something = std::fs::read_dir(&args.data).is_ok_and(|mut entries| entries.next().is_some());
    if holds_something && !mark.exists() {
        return Err(format!("{} is not empty and not a demo's, choose another --data", args.data.display()).into());
    }
    if args.fresh && mark.exists() {
        std::fs::remove_dir_all(&args.data)?;
    }
    std::fs::create_dir_all(&args.data)?;
    Ok(std::fs::write(mark, "Made by `cport demo`; `--fresh` removes this folder.\n")?)
}

/// A new sign-in link and a new token for everybody, at every start: only their digests are kept.
async fn make_keys(app: &App, people: &[Somebody]) -> Result<Vec<(String, String)>> {
    let tx = app.db.begin(&Actor::machine("setup")).await?;
    let until = tx.now().plus_seconds(366 * 86_400);
    let mut keys = Vec::with_capacity(people.len());
    for who in people {
        let link = sign_in::make_link(&app.db, &tx, who.person).await?;
        let org = who.organisation.id;
        let (token, act) = sign_in::make_token(&app.db, &tx, who.person, org, "demo", until).await?;
        tx.note(&act).await?;
        keys.push((link.expose().clone(), token.expose().clone()));
    }
    tx.commit(&agreements::Act::DirectoryRead).await?;
    Ok(keys)
}

fn sign_in_path(link: &str) -> String {
    format!("/demo/sign-in/{link}")
}

fn site(site: invented::Site) -> Site {
    Site { url: site.url, country: site.country.into(), what: site.what.into() }
}

fn persona(who: &Somebody, link: &str) -> Persona {
    Persona {
        name: who.name.clone(),
        role: who.actor.role.word().into(),
        organisation: who.organisation.name.clone(),
        country: who.organisation.country.map(|c| c.to_string()).unwrap_or_default(),
        sign_in_path: sign_in_path(link),
    }
}

fn ready_persona(url: &str, who: &Somebody, link: &str, api_token: String) -> ReadyPersona {
    ReadyPersona {
        name: who.name.clone(),
        role: who.actor.role.word(),
        organisation: who.organisation.name.clone(),
        organisation_kind: who.organisation.kind.word(),
        country: who.organisation.country.map(|c| c.to_string()),
        sign_in_url: format!("{url}{}", sign_in_path(link)),
        api_token,
        age_identity: None,
    }
}

/// Waits until the server answers, then writes the ready file and prints the links.
async fn announce(ready: Ready, file: Option<PathBuf>) {
    for _ in 0..100 {
        if reqwest::get(format!("{}/healthz", ready.url)).await.is_ok_and(|r| r.status().is_success()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    if let Some(file) = file
        && let Err(error) = write_ready(&file, &ready)
    {
        print::failed(&format!("ready file {}: {error}", file.display()));
    }
    print::line(&format!("CPORT demo at {}. Everything in it is invented; the pictures are drawn.", ready.url));
    print::line("Sign-in links (they work in the demo only):");
    for persona in &ready.personas {
        let country = persona.country.as_deref().unwrap_or("--");
        let ReadyPersona { name, role, organisation, sign_in_url, .. } = persona;
        print::line(&format!("  {country} {name:<15} {role:<9} {organisation:<27} {sign_in_url}"));
    }
    let officer = ready.personas.iter().find(|p| p.age_identity.is_some());
    if let Some(ReadyPersona { name, api_token, age_identity: Some(identity), .. }) = officer {
        print::line(&format!("To take a case along as {name}: access token {api_token}"));
        print::line(&format!("  and to open the package: {identity}"));
    }
    let port = ready.resolver.port();
    print::line(&format!("A resolver that goes by the block list: dig @127.0.0.1 -p {port} quarry.example"));
    if let Some(visit) = &ready.visit {
        print::line("Sites of the invented web, to report and have fetched:");
        for ReadySite { url, country, what } in &ready.sites {
            print::line(&format!("  {country} {url:<40} {what}"));
        }
        print::line(&format!("Look at them, and let one move or vanish: {visit}"));
    }
}

/// Writes beside and renames, so that whoever waits for the file never reads half of it.
fn write_ready(file: &Path, ready: &Ready) -> Result<()> {
    let half = file.with_extension("half");
    std::fs::write(&half, serde_json::to_string_pretty(ready)?)?;
    Ok(std::fs::rename(half, file)?)
}
