//! The block list by DNS, to real peers: BIND takes the zone as a secondary, follows increments, and as a resolver answers listed
//! names with the stop page. Each peer is started here, on loopback, with a folder of its own, and stopped at the end.

use axum::http::StatusCode;
use base::{FetchKeyId, OrgKind};
use exchange::{
    blocklist::{self, FetchKey, provider, stop::Typed},
    rpz::{
        client::{Copy, Trouble},
        notify,
        server::{self, Server},
        tsig::{Algorithm, Fault, Key},
    },
};
use serde_json::json;
use std::{
    fs,
    net::{SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use storage::{Backend, Clock};
use testkit::{Caller, World};
use tokio::task::JoinSet;

/// A world whose clock goes, with its name server and the provider's operator.
pub struct Story {
    pub world: World,
    pub at: SocketAddr,
    tasks: JoinSet<()>,
}

pub const ZONE: &str = "rpz.cport.example";

impl Story {
    pub async fn begin(backend: Backend) -> Self {
        let world = World::by(backend, Clock::Machine).await;
        let mut story = Self { world, at: ([127, 0, 0, 1], 0).into(), tasks: JoinSet::new() };
        story.serve().await;
        story
    }

    /// Starts the name server.
    pub async fn serve(&mut self) {
        let app = &self.world.app;
        let server = Server::bind(&app.db, &app.blocklist).await.expect("listens");
        self.at = server.addresses()[0];
        self.tasks.spawn(server.run());
        self.tasks.spawn(server::follow(app.db.clone(), app.vault.clone(), app.blocklist.clone()));
        self.tasks.spawn(notify::tell_all(app.db.clone(), app.blocklist.clone()));
    }

    /// Changes the list, as whoever runs it does.
    pub async fn change(&self, domain: &str, kind: &str) {
        let tx = self.world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
        let sql = "UPDATE domain_serial SET serial = serial + 1 WHERE one = 1";
        storage::sql::run(&tx, sql, vec![]).await.unwrap();
        let nobody = uuid::Uuid::nil();
        let sql = "INSERT INTO domain_change (serial, domain, kind, reason, at, first_person, first_org)
                   SELECT serial, $1, $2, 'a story', $3, $4, $4 FROM domain_serial";
        let values = vec![domain.into(), kind.into(), tx.now().micros().into(), nobody.into()];
        storage::sql::run(&tx, sql, values).await.unwrap();
        tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
    }

    pub async fn stop_page(&self, a: &str) {
        self.stop_page_of(&self.operator(), a).await;
    }

    /// Says where listed names lead for a provider.
    pub async fn stop_page_of(&self, operator: &base::Actor, a: &str) {
        let app = &self.world.app;
        let tx = app.db.begin(operator).await.unwrap();
        let typed = Typed { a, ..Typed::default() };
        let (_, act) = provider::set_stop(&tx, &app.blocklist, typed).await.unwrap();
        tx.commit(&act).await.unwrap();
    }

    pub fn operator(&self) -> base::Actor {
        self.world.people.iter().find(|p| p.organisation.kind == OrgKind::Asp).unwrap().actor.clone()
    }

    /// A key of the provider's: its row, its secret.
    pub async fn key(&self, algorithm: &str) -> (FetchKey, Vec<u8>) {
        self.key_of(&self.operator(), algorithm).await
    }

    /// A key of a provider's: its row, its secret.
    pub async fn key_of(&self, operator: &base::Actor, algorithm: &str) -> (FetchKey, Vec<u8>) {
        let app = &self.world.app;
        let asked = provider::Asked { algorithm, days: None };
        let (key, secret) = provider::make_key(&app.db, &app.vault, ZONE, operator, asked).await.unwrap();
        let secret = secret.expose().clone();
        app.blocklist.follow(&app.db, &app.vault).await.unwrap();
        (key, secret)
    }

    pub async fn revoke(&self, id: FetchKeyId) {
        let (app, pim) = (&self.world.app, self.operator());
        let tx = app.db.begin(&pim).await.unwrap();
        let (_, act) = provider::revoke_key(&tx, &app.vault, id).await.unwrap();
        tx.commit(&act).await.unwrap();
    }

    async fn told_at(&self, address: SocketAddr, key: &FetchKey) {
        let (app, pim) = (&self.world.app, self.operator());
        let tx = app.db.begin(&pim).await.unwrap();
        let made = provider::add_secondary(&tx, &app.blocklist, &address.to_string(), &key.id.to_string()).await;
        let (_, act) = made.unwrap();
        tx.commit(&act).await.unwrap();
    }

    pub fn seconds(&self) -> u64 {
        u64::try_from(self.world.app.db.now().micros() / 1_000_000).unwrap()
    }

    async fn refresh(&self, copy: &mut Copy, key: &Key) -> Result<exchange::rpz::client::Told, Trouble> {
        copy.refresh(self.at, ZONE, key, || self.seconds()).await
    }

    /// Many domains `d1.example`, `d2.example`… are listed at once. SQLite only.
    pub async fn many(&self, count: u32) {
        let tx = self.world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
        let sql = "INSERT INTO domain_change (serial, domain, kind, reason, at, first_person, first_org)
                   WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < $1)
                   SELECT d.serial + s.i, printf('d%d.example', s.i), 'listed', 'a story', 1, zeroblob(16), zeroblob(16)
                   FROM s, domain_serial d";
        storage::sql::run(&tx, sql, vec![i64::from(count).into()]).await.unwrap();
        let sql = "UPDATE domain_serial SET serial = serial + $1 WHERE one = 1";
        storage::sql::run(&tx, sql, vec![i64::from(count).into()]).await.unwrap();
        tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
        self.follow().await;
    }

    /// Waits until one of the provider's transfers has ended so.
    pub async fn until_ended(&self, as_: (blocklist::Way, Option<blocklist::End>)) {
        for _ in 0..100 {
            if self.ends().await.contains(&as_) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{as_:?} is not among {:?}", self.ends().await);
    }

    /// How the provider's transfers ended, newest first.
    pub async fn ends(&self) -> Vec<(blocklist::Way, Option<blocklist::End>)> {
        let look = self.world.app.db.look(&self.operator()).await.unwrap();
        let (log, _) = provider::fetches(&look, &self.world.app.blocklist, None, 200).await.unwrap();
        log.items.iter().map(|fetch| (fetch.way, fetch.end)).collect()
    }

    /// The name server gives out what the rows say.
    pub async fn follow(&self) {
        self.world.app.blocklist.follow(&self.world.app.db, &self.world.app.vault).await.unwrap();
    }

    /// The name server is gone, with every transfer that runs.
    pub async fn goes_away(&mut self) {
        self.tasks.shutdown().await;
    }

    /// An operator of another access provider.
    pub async fn another_provider(&self) -> base::Actor {
        let tx = self.world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
        let country = Some("BE".parse().unwrap());
        let (org, act) =
            agreements::directory::admit(&tx, OrgKind::Asp, "Other Access Provider", country).await.unwrap();
        tx.note(&act).await.unwrap();
        let (person, act) =
            agreements::directory::add_person(&tx, org, "Ola Operator", base::Role::Operator).await.unwrap();
        tx.commit(&act).await.unwrap();
        base::Actor { who: base::Who::Person(person, None), org, country, ..self.operator() }
    }

    pub async fn end(mut self) {
        self.tasks.shutdown().await;
        World::tell(Backend::Sqlite, |_| async { self.world }).await;
    }
}

/// The access provider's operator.
pub async fn pim(world: &World) -> Caller {
    let pim = world.people.iter().find(|p| p.name.starts_with("Pim")).unwrap();
    world.calling(pim).await
}

/// A key and a name server of the provider's, for whoever walks every route.
pub async fn of_each_kind(world: &World) -> (String, String) {
    let pim = pim(world).await;
    let stop = pim.json("PUT", "/api/v1/blocklist/stop-page", &json!({ "a": "192.0.2.80" })).await;
    assert_eq!(stop.status, StatusCode::OK, "{}", stop.text());
    let key = pim.json("POST", "/api/v1/blocklist/keys", &json!({})).await;
    assert_eq!(key.status, StatusCode::CREATED, "{}", key.text());
    let new = json!({ "address": "192.0.2.53", "key_id": key.str("id") });
    let secondary = pim.json("POST", "/api/v1/blocklist/secondaries", &new).await;
    assert_eq!(secondary.status, StatusCode::CREATED, "{}", secondary.text());
    assert_eq!(pim.get("/api/v1/blocklist").await.status, StatusCode::OK);
    (key.str("id"), secondary.str("id"))
}

#[tokio::test(flavor = "multi_thread")]
async fn cr_4_a_providers_files_are_signed_and_its_secret_is_shown_once() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let story = Story::begin(Backend::Sqlite).await;
    let (world, pim) = (&story.world, pim(&story.world).await);
    let follow = async || world.app.blocklist.follow(&world.app.db, &world.app.vault).await.unwrap();
    story.change("a.example", "listed").await;
    story.change("b.example", "listed").await;
    follow().await;
    assert_eq!(pim.get("/api/v1/blocklist?format=unbound").await.problem().1, "stop-page-missing");
    for (page, rule) in [
        (json!({ "a": "10.0.0.1" }), "private-address"),
        (json!({ "name": "www.a.example" }), "listed"),
        (json!({ "a": "192.0.2.1", "name": "stop.provider.example" }), "stop-page-twice"),
        (json!({}), "stop-page-missing"),
    ] {
        let refused = pim.json("PUT", "/api/v1/blocklist/stop-page", &page).await;
        if rule == "private-address" && refused.status == StatusCode::OK {
            continue; // This story's settings let private addresses be.
        }
        assert_eq!(refused.problem().1, rule, "{page}");
    }
    let stop = pim.json("PUT", "/api/v1/blocklist/stop-page", &json!({ "a": "192.0.2.80" })).await;
    assert_eq!(stop.status, StatusCode::OK);
    let whole = pim.get("/api/v1/blocklist").await;
    assert_eq!(whole.json()["domains"], json!(["a.example", "b.example"]));
    let tag = whole.headers["etag"].to_str().unwrap().to_owned();
    let again = pim.request("GET", "/api/v1/blocklist").header("if-none-match", &tag);
    assert_eq!(pim.send(again.body(axum::body::Body::empty()).unwrap()).await.status, StatusCode::NOT_MODIFIED);
    // The signature holds for these bytes and no others.
    let said = whole.headers["list-signature"].to_str().unwrap().to_owned();
    let signature = STANDARD.decode(said.rsplit(':').next().unwrap()).unwrap();
    let public = STANDARD.decode(world.app.signer.public()).unwrap();
    let serial = whole.headers["list-serial"].to_str().unwrap().to_owned();
    let signed = |bytes: &[u8]| {
        use sha2::{Digest, Sha256};
        format!("cport-domains/1\njson\n{serial}\n{}", base::hex(&Sha256::digest(bytes)))
    };
    let holds = |bytes: &[u8]| {
        use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
        UnparsedPublicKey::new(&ED25519, &public).verify(signed(bytes).as_bytes(), &signature).is_ok()
    };
    assert!(holds(&whole.bytes) && !holds(&whole.bytes[1..]));
    // The check that the document gives to providers says the same.
    let document = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/blocklist.md")).unwrap();
    let check = document.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let (script, file) = (world.folder().join("check.py"), world.folder().join("list.json"));
    fs::write(&script, check).unwrap();
    let python = std::env::var("CPORT_PYTHON").expect("CPORT_PYTHON names a Python with the tests' packages");
    let checks = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        let args = ["json", &serial, &said, &world.app.signer.public()].map(str::to_owned);
        Command::new(&python).arg(&script).arg(&file).args(args).output().unwrap().status.success()
    };
    assert!(checks(&whole.bytes) && !checks(&whole.bytes[1..]));
    story.change("a.example", "removed").await;
    follow().await;
    let changed = pim.get(&format!("/api/v1/blocklist?since={serial}")).await.json();
    assert_eq!(changed["removed"], json!(["a.example"]), "{changed}");
    assert_eq!(pim.get("/api/v1/blocklist?since=99").await.problem().1, "out-of-reach");
    assert_eq!(pim.get("/api/v1/blocklist?format=x").await.problem().1, "unknown-format");
    assert_eq!(pim.get("/api/v1/blocklist?format=hosts&since=1").await.problem().1, "only-whole");
    assert!(pim.get("/api/v1/blocklist?format=hosts").await.text().contains("192.0.2.80 b.example"));
    // The secret is shown once, and lies nowhere in plain.
    let made = pim.json("POST", "/api/v1/blocklist/keys", &json!({ "algorithm": "hmac-sha512" })).await.json();
    let secret = STANDARD.decode(made["secret"].as_str().unwrap()).unwrap();
    assert_eq!(secret.len(), 64);
    let own = pim.get("/api/v1/blocklist/provider").await;
    assert!(!own.text().contains(made["secret"].as_str().unwrap()), "it is not shown again");
    for entry in walk(world.folder()) {
        let bytes = fs::read(&entry).unwrap_or_default();
        assert!(!bytes.windows(64).any(|w| w == secret), "{} has the secret", entry.display());
    }
    assert_eq!(
        pim.json("POST", "/api/v1/blocklist/keys", &json!({ "algorithm": "hmac-md5" })).await.problem().1,
        "unknown-algorithm"
    );
    story.end().await;
}

/// Every file below a folder.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.flat_map(|e| if e.path().is_dir() { walk(&e.path()) } else { vec![e.path()] }).collect()
}

/// A name server of another make, ended when dropped.
struct Named {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Drop for Named {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Named {
    /// BIND as secondary of the zone and as a resolver that goes by it; `a.example` and below are its own.
    fn start(folder: &Path, server: SocketAddr, key: (&str, &str, &[u8])) -> Self {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let (port, folder) = (invented::free_port().unwrap(), folder.join("bind"));
        fs::create_dir_all(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let (name, algorithm, secret) = (key.0, key.1, STANDARD.encode(key.2));
        let (place, from) = (folder.display(), server.port());
        let conf = format!(
            "options {{ directory \"{place}\"; pid-file \"{place}/pid\"; session-keyfile \"{place}/session.key\";
               managed-keys-directory \"{place}\"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
               recursion yes; allow-recursion {{ any; }}; dnssec-validation no; allow-transfer {{ none; }}; notify no;
               empty-zones-enable no; response-policy {{ zone \"{ZONE}\"; }} min-update-interval 1 qname-wait-recurse no; }};
             controls {{ }};
             key \"{name}\" {{ algorithm {algorithm}; secret \"{secret}\"; }};
             zone \"{ZONE}\" {{ type secondary; primaries {{ 127.0.0.1 port {from} key \"{name}\"; }}; file \"{place}/rpz\";
               allow-notify {{ key \"{name}\"; }}; masterfile-format text; }};
             zone \"example\" {{ type primary; file \"{place}/example\"; }};\n"
        );
        fs::write(folder.join("named.conf"), conf).unwrap();
        let own = "$TTL 1\n@ SOA ns.example. x.example. 1 60 60 60 1\n@ NS ns.example.\nns A 127.0.0.1\n* A 198.51.100.9\n\
                   listed A 198.51.100.1\nwww.listed A 198.51.100.1\ngood A 198.51.100.2\n";
        fs::write(folder.join("example"), own).unwrap();
        let log = folder.join("log");
        let mut command = Command::new("named");
        command.args(["-g", "-d", "3", "-n", "1", "-c"]).arg(folder.join("named.conf"));
        // Started by the machine's owner, it gives up what it may.
        if fs::metadata("/proc/self").map(|m| std::os::unix::fs::MetadataExt::uid(&m)).unwrap() == 0 {
            command.args(["-u", "nobody"]);
        }
        let child = command.stdout(Stdio::null()).stderr(fs::File::create(&log).unwrap()).spawn().unwrap();
        Self { child, port, log }
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap()).into_owned()
    }

    /// The addresses that BIND answers for a name.
    fn asks(&self, name: &str) -> String {
        let port = self.port.to_string();
        let out = Command::new("dig")
            .args(["+short", "+tries=1", "+time=2", "@127.0.0.1", "-p", &port, name, "A"])
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    /// Waits until a name is answered so; how long it took.
    async fn until(&self, name: &str, answer: &str) -> Duration {
        let begun = Instant::now();
        while self.asks(name) != answer {
            let (took, last) = (begun.elapsed(), self.asks(name));
            assert!(took < Duration::from_secs(30), "{name} is {last} and not {answer}:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        begun.elapsed()
    }
}

async fn bind_takes_the_zone_and_follows(backend: Backend) {
    let story = Story::begin(backend).await;
    story.change("listed.example", "listed").await;
    story.stop_page("192.0.2.80").await;
    let (key, secret) = story.key("hmac-sha512").await;
    let named = Named::start(story.world.folder(), story.at, (&key.name, "hmac-sha512", &secret));
    named.until("listed.example", "192.0.2.80").await;
    assert_eq!(named.asks("deep.www.listed.example"), "192.0.2.80", "and everything below it");
    assert_eq!(named.asks("good.example"), "198.51.100.2", "what is not listed is answered as ever");
    story.told_at(([127, 0, 0, 1], named.port).into(), &key).await;
    // A listed domain is at the resolver within five seconds, and gone again as soon: by an increment.
    story.change("new.example", "listed").await;
    let took = named.until("new.example", "192.0.2.80").await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(named.log().contains("got incremental response"), "{}", named.log());
    story.change("listed.example", "removed").await;
    let took = named.until("listed.example", "198.51.100.1").await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    // Another stop page: everything anew.
    story.stop_page("192.0.2.81").await;
    named.until("new.example", "192.0.2.81").await;
    assert_eq!(named.asks("listed.example"), "198.51.100.1");
    let (app, pim) = (&story.world.app, story.operator());
    let look = app.db.look(&pim).await.unwrap();
    let (log, _) = provider::fetches(&look, &app.blocklist, None, 50).await.unwrap();
    drop(look);
    let ways: Vec<&str> = log.items.iter().map(|f| f.way.word()).collect();
    assert_eq!((ways.first(), ways.last(), ways.contains(&"ixfr")), (Some(&"axfr"), Some(&"axfr"), true), "{ways:?}");
    assert!(log.items.iter().all(|f| f.end == Some(blocklist::End::Whole) && f.bytes > 100), "{log:?}");
    drop(named);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn iwol_bind_takes_the_zone_and_follows_sqlite() {
    bind_takes_the_zone_and_follows(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn iwol_bind_takes_the_zone_and_follows_postgres() {
    bind_takes_the_zone_and_follows(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn se_8_wrong_keys_and_times_are_refused_and_increments_end_where_everything_anew_does() {
    let story = Story::begin(Backend::Sqlite).await;
    story.stop_page("192.0.2.80").await;
    let (key, secret) = story.key("hmac-sha256").await;
    let good = Key::new(&key.name, Algorithm::Sha256, &secret).unwrap();
    for n in 0..50 {
        story.change(&format!("d{n}.example"), "listed").await;
    }
    story.world.app.blocklist.follow(&story.world.app.db, &story.world.app.vault).await.unwrap();
    let mut copy = Copy::default();
    let told = story.refresh(&mut copy, &good).await.unwrap();
    assert!(!told.increment && copy.len() == 50 * 2 + 1, "{told:?} {}", copy.len());
    for n in 0..20 {
        story.change(&format!("d{n}.example"), "removed").await;
        story.change(&format!("e{n}.example"), "listed").await;
    }
    story.change("d0.example", "listed").await;
    story.world.app.blocklist.follow(&story.world.app.db, &story.world.app.vault).await.unwrap();
    let told = story.refresh(&mut copy, &good).await.unwrap();
    assert!(told.increment, "{told:?}");
    let mut anew = Copy::default();
    story.refresh(&mut anew, &good).await.unwrap();
    assert_eq!(copy, anew);
    // Another secret, another name, another time.
    let fault = |told: Result<_, Trouble>| match told {
        Err(Trouble::Signature(fault)) => Some(fault),
        Err(Trouble::Said(9)) => None,
        other => panic!("{other:?}"),
    };
    let other = Key::new(&key.name, Algorithm::Sha256, &[1; 32]).unwrap();
    let unknown = Key::new("k.example", Algorithm::Sha256, &secret).unwrap();
    for bad in [&other, &unknown] {
        assert_ne!(fault(story.refresh(&mut Copy::default(), bad).await), Some(Fault::BadTime));
    }
    let late = Copy::default().refresh(story.at, ZONE, &good, || story.seconds() + 3600).await;
    assert_eq!(fault(late), Some(Fault::BadTime));
    // Taken back: out within a second.
    story.revoke(key.id).await;
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert!(story.refresh(&mut Copy::default(), &good).await.is_err());
    story.end().await;
}

/// Another program that answers names, ended when dropped.
struct Peer {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Peer {
    fn start(program: &str, args: &[&str], port: u16, folder: &Path) -> Self {
        let log = folder.join("log");
        let out = fs::File::create(&log).unwrap();
        let child =
            Command::new(program).args(args).stdout(out.try_clone().unwrap()).stderr(out).spawn().expect(program);
        let peer = Self { child, port, log };
        for _ in 0..1200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return peer;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("{program} does not listen: {}", fs::read_to_string(&peer.log).unwrap());
    }

    /// Knot DNS as a secondary of the zone.
    fn knot(folder: &Path, server: SocketAddr, key: (&str, &str)) -> Self {
        let (port, folder) = (invented::free_port().unwrap(), folder.join("knot"));
        fs::create_dir_all(&folder).unwrap();
        let (place, from, (name, secret)) = (folder.display(), server.port(), key);
        let conf = format!(
            "server:\n  rundir: \"{place}\"\n  listen: 127.0.0.1@{port}\n\
             log:\n  - target: stderr\n    any: info\n\
             database:\n  storage: \"{place}\"\n\
             key:\n  - id: {name}\n    algorithm: hmac-sha256\n    secret: {secret}\n\
             remote:\n  - id: primary\n    address: 127.0.0.1@{from}\n    key: {name}\n\
             acl:\n  - id: told\n    address: 127.0.0.1\n    key: {name}\n    action: notify\n\
             zone:\n  - domain: {ZONE}\n    storage: \"{place}\"\n    master: primary\n    acl: told\n"
        );
        let config = folder.join("knot.conf");
        fs::write(&config, conf).unwrap();
        Self::start("knotd", &["-c", config.to_str().unwrap()], port, &folder)
    }

    /// Unbound with the exported file; `good.example` is its own.
    fn unbound(folder: &Path, file: &str) -> Self {
        let (port, folder) = (invented::free_port().unwrap(), folder.join(format!("unbound-{}", file.len())));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("domains.conf"), file).unwrap();
        let place = folder.display();
        let conf = format!(
            "server:\n  interface: 127.0.0.1@{port}\n  do-daemonize: no\n  chroot: \"\"\n  username: \"\"\n  directory: \"{place}\"\n\
             \x20 pidfile: \"\"\n  use-syslog: no\n  logfile: \"\"\n  module-config: \"iterator\"\n  access-control: 127.0.0.0/8 allow\n\
             \x20 local-zone: \"good.example.\" static\n  local-data: \"good.example. A 198.51.100.2\"\n\
             include: \"{place}/domains.conf\"\n\
             remote-control:\n  control-enable: no\n"
        );
        let config = folder.join("unbound.conf");
        fs::write(&config, conf).unwrap();
        Self::start("unbound", &["-d", "-c", config.to_str().unwrap()], port, &folder)
    }

    fn asks(&self, name: &str) -> String {
        let port = self.port.to_string();
        let args = ["+short", "+tries=1", "+time=2", "@127.0.0.1", "-p", &port, name, "A"];
        let out = Command::new("dig").args(args).output().unwrap();
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    async fn until(&self, name: &str, answer: &str) -> Duration {
        let begun = Instant::now();
        while self.asks(name) != answer {
            let said = fs::read(&self.log).map(|log| String::from_utf8_lossy(&log).into_owned()).unwrap_or_default();
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{name} is {} and not {answer}:\n{said}",
                self.asks(name)
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        begun.elapsed()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn iwol_knot_takes_the_zone_follows_an_increment_and_is_refused_with_a_bad_key() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let story = Story::begin(Backend::Sqlite).await;
    story.change("listed.example", "listed").await;
    story.stop_page("192.0.2.80").await;
    let (key, secret) = story.key("hmac-sha256").await;
    let bad = Peer::knot(&story.world.folder().join("bad"), story.at, (&key.name, &STANDARD.encode([1; 32])));
    let knot = Peer::knot(story.world.folder(), story.at, (&key.name, &STANDARD.encode(&secret)));
    let of = |name: &str| format!("{name}.{ZONE}");
    knot.until(&of("listed.example"), "192.0.2.80").await;
    assert_eq!(knot.asks(&of("deep.listed.example")), "192.0.2.80", "and everything below it");
    story.told_at(([127, 0, 0, 1], knot.port).into(), &key).await;
    story.change("new.example", "listed").await;
    let took = knot.until(&of("new.example"), "192.0.2.80").await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    story.change("listed.example", "removed").await;
    knot.until(&of("listed.example"), "").await;
    let log = fs::read_to_string(&knot.log).unwrap();
    assert!(log.contains("IXFR, incoming"), "{log}");
    // With another secret nothing came.
    assert_eq!(bad.asks(&of("new.example")), "");
    let refused = fs::read_to_string(&bad.log).unwrap();
    assert!(refused.contains("failed"), "{refused}");
    drop((knot, bad));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn iwol_unbound_goes_by_the_file() {
    let story = Story::begin(Backend::Sqlite).await;
    let (world, pim) = (&story.world, pim(&story.world).await);
    story.stop_page("192.0.2.80").await;
    story.change("listed.example", "listed").await;
    story.change("other.example", "listed").await;
    let file = async || {
        world.app.blocklist.follow(&world.app.db, &world.app.vault).await.unwrap();
        let answer = pim.get("/api/v1/blocklist?format=unbound").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.text()
    };
    let unbound = Peer::unbound(world.folder(), &file().await);
    unbound.until("listed.example", "192.0.2.80").await;
    assert_eq!(unbound.asks("deep.www.listed.example"), "192.0.2.80", "and everything below it");
    assert_eq!(unbound.asks("good.example"), "198.51.100.2", "what is not listed is answered as ever");
    drop(unbound);
    story.change("listed.example", "removed").await;
    let unbound = Peer::unbound(world.folder(), &file().await);
    unbound.until("other.example", "192.0.2.80").await;
    assert_ne!(unbound.asks("listed.example"), "192.0.2.80", "removed is not blocked any more");
    drop(unbound);
    story.end().await;
}
