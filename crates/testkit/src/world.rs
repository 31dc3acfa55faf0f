//! The invented network on a database of its own.

use crate::{Caller, database};
use agreements::sign_in;
use axum::Router;
use base::{Actor, OrgKind, Time};
use capture::{CaptureConfig, Scout, TraceConfig};
use cli::demo::network::{self, Somebody};
use exchange::icse::release::Destination;
use exchange::iwol::{Domains, DomainsConfig};
use hashlists::{Lists, ListsConfig};
use media::{Limits, Workshop};
use reports::{ReportsConfig, flow};
use std::{fs, path::PathBuf, sync::Arc};
use storage::{
    Backend, Clock, Db, EvidenceConfig, audit_log,
    evidence::{RootKey, Vault},
};
use web::{App, Mode, Signer};

/// When stories happen: 2026-06-01T12:00:00Z.
pub const NOON: Time = Time::from_micros(1_780_315_200_000_000);

/// The invented network, and what a story needs of it.
pub struct World {
    /// The site's rooms.
    pub app: App,
    /// The site.
    pub router: Router,
    /// Everybody in it.
    pub people: Vec<Somebody>,
    folder: PathBuf,
    database: String,
}

impl World {
    /// Tells a story in a fresh world, then checks that nothing was left undone and that the log holds.
    pub async fn tell<F: Future<Output = World>>(backend: Backend, story: impl FnOnce(World) -> F) {
        let world = story(Self::new(backend).await).await;
        world.finish().await;
    }

    /// A fresh world where time stands still; small limits, so that tests can reach them.
    pub async fn new(backend: Backend) -> Self {
        Self::by(backend, Clock::standing_at(NOON)).await
    }

    /// The same by a clock of the story's own.
    pub async fn by(backend: Backend, clock: Clock) -> Self {
        let name = format!("story_{}", uuid::Uuid::from_bytes(storage::Chance.bytes().expect("chance")).simple());
        let folder = std::env::temp_dir().join(&name);
        fs::create_dir_all(&folder).expect("a folder");
        let config = database::fresh(backend, &folder, &name).await;
        let db = Db::connect(&config, clock).await.expect("opens");
        storage::migrate::check_barrier(&db).await.expect("the working role is bound by row-level security");
        let evidence = EvidenceConfig {
            folder: folder.join("evidence"),
            spool: folder.join("spool"),
            root_key_file: folder.join("root.key"),
            ..EvidenceConfig::default()
        };
        RootKey::create(&evidence.root_key_file).expect("a root key");
        network::create(&db).await.expect("invents the network");
        let people = network::everybody(&db).await.expect("people");
        let reports = ReportsConfig {
            max_file_bytes: 1 << 20,
            max_files: 20,
            max_request_bytes: 8 << 20,
            package_hours: 24,
            default_lane: Some(network::default_lane().expect("the default lane")),
            ..ReportsConfig::default()
        };
        let app = App {
            vault: Vault::open(&evidence).expect("a vault"),
            workshop: Arc::new(Workshop::here(Limits { max_bytes: 1 << 20, ..Limits::default() })),
            scout: Arc::new(Scout::caged("/nonexistent", Vec::new())),
            rdap: Arc::default(),
            lists: Arc::new(Lists::new(lists_config()).expect("profiles")),
            domains: Arc::new(Domains::new(DomainsConfig::default()).expect("criteria")),
            blocklist: Arc::new(exchange::blocklist::BlockList::new(dns_config()).expect("a zone")),
            signer: Arc::new(Signer::from_seed(&[7; 32]).expect("a key")),
            packages: Arc::new(Signer::from_seed(&[8; 32]).expect("a key")),
            capture: Arc::default(),
            trace: Arc::default(),
            config: Arc::new(reports),
            mode: Mode::Demo,
            secure_cookies: false,
            destination: Some(Arc::new(Destination { digest: [1; 32], said: "a story's receiver".into() })),
            personas: Arc::default(),
            sites: Arc::default(),
            db,
        };
        Self { router: web::router(app.clone()), app, people, folder, database: config.url }
    }

    /// The first analyst of a country's hotline.
    pub async fn desk(&self, country: &str) -> Caller {
        self.caller(OrgKind::Hotline, country).await
    }

    /// The officer of a country's LEA.
    pub async fn police(&self, country: &str) -> Caller {
        self.caller(OrgKind::Lea, country).await
    }

    async fn caller(&self, kind: OrgKind, country: &str) -> Caller {
        self.calling(network::find(&self.people, kind, country).expect("somebody")).await
    }

    /// A capture of a report with an archive in it, as if the page had been fetched; returns its id. What really
    /// fetches is tested where there is a web to fetch from.
    pub async fn captured(&self, by: &Caller, report: &str) -> String {
        self.captured_as(by, report, b"an archive").await
    }

    /// The same with these bytes as the archive.
    pub async fn captured_as(&self, by: &Caller, report: &str, archive: &[u8]) -> String {
        let (db, org) = (&self.app.db, by.who.actor.org);
        let sealed = self.app.vault.put(org, db.now(), archive).await.expect("seals");
        let picture = self.app.vault.put(org, db.now(), b"a picture").await.expect("seals");
        let tx = db.begin(&Actor::machine("setup")).await.expect("begins");
        self.app.vault.keep(&tx, &sealed).await.expect("keeps");
        self.app.vault.keep(&tx, &picture).await.expect("keeps");
        let id = tx.id(base::CaptureId::new).expect("an id");
        let sql =
            "INSERT INTO capture (id, report_id, org_id, asked_at, started_at, ended_at, payload, files, archive_id, picture_id)
                   VALUES ($1, $2, $3, $4, $4, $4, 'kept', 0, $5, $6)";
        let report: base::ReportId = report.parse().expect("an id");
        let values = vec![
            id.0.into(),
            report.0.into(),
            org.0.into(),
            tx.now().micros().into(),
            sealed.id.0.into(),
            picture.id.0.into(),
        ];
        storage::sql::run(&tx, sql, values).await.expect("adds");
        tx.commit(&agreements::Act::DirectoryRead).await.expect("commits");
        id.to_string()
    }

    /// Somebody with a fresh access token.
    pub async fn calling(&self, who: &Somebody) -> Caller {
        let db = &self.app.db;
        let tx = db.begin(&Actor::machine("setup")).await.expect("begins");
        let until = tx.now().plus_seconds(86_400);
        let made = sign_in::make_token(db, &tx, who.person, who.organisation.id, "story", until).await;
        let (token, act) = made.expect("a token");
        tx.commit(&act).await.expect("commits");
        Caller::new(self.router.clone(), who.clone(), token.expose().clone())
    }

    /// Does all queued work.
    pub async fn settle(&self) {
        let hands = self.app.hands();
        loop {
            let lane = self.app.config.default_lane.as_ref();
            let worked = flow::work(&self.app.db, &self.app.lists, lane).await.expect("works")
                || flow::catch_up(&self.app.db, &self.app.lists, lane).await.expect("catches up")
                || self.app.make_package().await.expect("makes packages")
                || exchange::icse::queue::next(&self.app.db, &[]).await.expect("queues what goes on")
                || self.app.follow_domains().await.expect("follows domains")
                || self.app.tell_change().await.expect("tells systems");
            if !worked && !flow::fetch(&hands).await.expect("fetches") {
                return;
            }
        }
    }

    /// The same world with an invented web around it; `scout` is the program that fetches.
    pub async fn on_stage(mut self, scout: &str) -> (Self, invented::Stage) {
        let stage = invented::start(&self.folder).await.expect("a stage");
        let capture = CaptureConfig {
            enabled: true,
            name_servers: vec![stage.names],
            allow: vec![invented::RANGE.into()],
            ..CaptureConfig::default()
        };
        let trace = TraceConfig {
            country_database: Some(stage.database.clone()),
            rdap_server: Some(stage.registry.clone()),
            rdap: true,
            ..TraceConfig::default()
        };
        self.app.scout = Arc::new(Scout::caged(scout, Vec::new()));
        self.app.capture = Arc::new(capture);
        self.app.trace = Arc::new(trace);
        self.router = web::router(self.app.clone());
        (self, stage)
    }

    /// Chains the log and checks it; returns how many entries it has.
    pub async fn verify_log(&self) -> i64 {
        while audit_log::chain(&self.app.db).await.expect("chains") > 0 {}
        let verified = audit_log::verify(&self.app.db).await.expect("the log holds");
        assert_eq!(verified.waiting, 0, "every entry is chained");
        verified.heads.iter().map(|(_, head)| head.seq).sum()
    }

    /// Sealed objects in the evidence folder.
    pub fn sealed_objects(&self) -> usize {
        let folders = fs::read_dir(self.folder.join("evidence")).expect("the evidence folder");
        folders.map(|f| fs::read_dir(f.expect("a folder").path()).expect("readable").count()).sum()
    }

    /// Runs a statement as whoever owns the tables could, past every barrier.
    pub async fn as_owner(&self, sql: &str) {
        use sea_orm::{ConnectionTrait, Database};
        let db = Database::connect(&self.database).await.expect("the owner connects");
        db.execute_unprepared(sql).await.expect("the owner is obeyed");
        db.close().await.expect("closes");
    }

    /// The folder of this world.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    async fn finish(self) {
        self.settle().await;
        let (due, dead) = storage::jobs::backlog(&self.app.db).await.expect("counts");
        assert_eq!((due, dead), (0, 0), "a story leaves no work undone");
        self.verify_log().await;
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// A name server at a free port; stop pages and secondaries may stand on this machine.
fn dns_config() -> exchange::rpz::config::DnsConfig {
    exchange::rpz::config::DnsConfig {
        enabled: true,
        listen: vec![([127, 0, 0, 1], 0).into()],
        private_addresses: true,
        ..exchange::rpz::config::DnsConfig::default()
    }
}

/// No blind samples, as stories tell what is suggested; lists may be filled from servers of this machine.
fn lists_config() -> ListsConfig {
    ListsConfig { blind_sample: 0.0, private_peers: true, ..ListsConfig::default() }
}
