//! The block list as a zone of 1,000,000 domains: how long from the rows to memory, how much memory, a whole transfer beside BIND
//! serving the very same records to the same client in turn, and an increment of 100 changes.

use super::{Site, say, say_beside};
use base::{Actor, OrgKind};
use base64::{Engine, engine::general_purpose::STANDARD};
use cli::{
    config::{Config, ConfigArg},
    demo::network,
    house,
};
use exchange::{
    blocklist::{provider, stop::Typed},
    rpz::{
        client,
        config::DnsConfig,
        server::Server,
        tsig::{Algorithm, Key},
    },
};
use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use storage::{Backend, sql};
use web::Mode;

/// Domains listed.
const DOMAINS: usize = 1_000_000;
/// Changes of the increment.
const CHANGES: usize = 100;
/// Whole transfers of each.
const ROUNDS: usize = 3;
const ZONE: &str = "rpz.cport.example";

/// All of it.
pub fn zone(name: &str) {
    let site = Site::new(Backend::Sqlite);
    tokio::runtime::Runtime::new().unwrap().block_on(measure(name, &site));
}

async fn measure(name: &str, site: &Site) {
    let config = Config::read(&ConfigArg { config: Some(site.config.clone()) }).unwrap();
    let dns = DnsConfig { enabled: true, listen: vec![([127, 0, 0, 1], 0).into()], ..DnsConfig::default() };
    let app = house::open(&Config { dns, ..config }, Mode::Live).await.unwrap();
    network::create(&app.db).await.unwrap();
    change(
        &app,
        "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < $1)
        INSERT INTO domain_change (serial, domain, kind, reason, at, first_person, first_org)
        SELECT i, printf('d%07d.example', i), 'listed', 'a bench', 1, zeroblob(16), zeroblob(16) FROM s",
        DOMAINS,
        DOMAINS,
    )
    .await;
    let people = network::everybody(&app.db).await.unwrap();
    let pim = &people.iter().find(|p| p.organisation.kind == OrgKind::Asp).unwrap().actor;
    let tx = app.db.begin(pim).await.unwrap();
    let typed = Typed { a: "192.0.2.80", ..Typed::default() };
    let (_, act) = provider::set_stop(&tx, &app.blocklist, typed).await.unwrap();
    tx.commit(&act).await.unwrap();
    let asked = provider::Asked { algorithm: "hmac-sha256", days: None };
    let (key, secret) = provider::make_key(&app.db, &app.vault, ZONE, pim, asked).await.unwrap();
    let begun = Instant::now();
    app.blocklist.follow(&app.db, &app.vault).await.unwrap();
    say(&format!("{name}_from_rows"), DOMAINS, "s", begun.elapsed().as_secs_f64());
    let list = app.blocklist.published.snapshot();
    say(&format!("{name}_memory"), DOMAINS, "MB", list.bytes() as f64 / 1e6);
    let server = Server::bind(&app.db, &app.blocklist).await.unwrap();
    let ours = server.addresses()[0];
    tokio::spawn(server.run());
    tokio::spawn(exchange::rpz::server::follow(app.db.clone(), app.vault.clone(), app.blocklist.clone()));
    let secret = secret.expose().clone();
    let tsig = Key::new(&key.name, Algorithm::Sha256, &secret).unwrap();
    let bind = bind(&site.folder.join("bind"), &key.name, &secret);
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        mine.push(whole(ours, &tsig).await);
        theirs.push(whole(bind.1, &tsig).await);
    }
    let best = |of: &[f64]| of.iter().copied().fold(f64::MAX, f64::min);
    say_beside(&format!("{name}_axfr"), DOMAINS, "s", best(&mine), "BIND 9", best(&theirs));
    drop(bind);
    // The stop page was said once: that counts too.
    let before = exchange::rpz::zone::serial(DOMAINS as i64, 1);
    change(
        &app,
        "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < $1)
        INSERT INTO domain_change (serial, domain, kind, reason, at, first_person, first_org)
        SELECT 1000000 + i, printf('n%07d.example', i), 'listed', 'a bench', 1, zeroblob(16), zeroblob(16) FROM s",
        CHANGES,
        DOMAINS + CHANGES,
    )
    .await;
    app.blocklist.follow(&app.db, &app.vault).await.unwrap();
    let mut times = Vec::new();
    for _ in 0..20 {
        times.push(transfer(ours, &tsig, Some(before), 2 * CHANGES + 4).await * 1e3);
    }
    times.sort_by(f64::total_cmp);
    say(&format!("{name}_ixfr_p50"), CHANGES, "ms", times[times.len() / 2]);
    say(&format!("{name}_ixfr_max"), CHANGES, "ms", times[times.len() - 1]);
}

/// Writes changes and the serial that they end at.
async fn change(app: &web::App, statement: &str, many: usize, serial: usize) {
    let tx = app.db.begin(&Actor::machine("setup")).await.unwrap();
    sql::run(&tx, statement, vec![(many as i64).into()]).await.unwrap();
    sql::run(&tx, "UPDATE domain_serial SET serial = $1", vec![(serial as i64).into()]).await.unwrap();
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
}

/// Seconds of a whole transfer: two records a domain, the head twice, the servers.
async fn whole(from: SocketAddr, key: &Key) -> f64 {
    transfer(from, key, None, 2 * DOMAINS + 3).await
}

/// Seconds until so many records have come. Counts and believes everything, so that the client is the same for both.
async fn transfer(from: SocketAddr, key: &Key, since: Option<u32>, records: usize) -> f64 {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let (request, _) = client::request(ZONE, key, since, 7, now).unwrap();
    tokio::task::spawn_blocking(move || {
        let begun = Instant::now();
        let mut stream = std::io::BufReader::with_capacity(1 << 18, TcpStream::connect(from).unwrap());
        stream.get_mut().set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.get_mut().write_all(&request).unwrap();
        let (mut came, mut length, mut message) = (0, [0; 2], vec![0; 1 << 16]);
        while came < records {
            stream.read_exact(&mut length).unwrap();
            let message = &mut message[..usize::from(u16::from_be_bytes(length))];
            stream.read_exact(message).unwrap();
            assert_eq!(message[3] & 15, 0, "the server refuses");
            came += usize::from(u16::from_be_bytes([message[6], message[7]]));
        }
        assert_eq!(came, records);
        begun.elapsed().as_secs_f64()
    })
    .await
    .unwrap()
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// BIND as the primary of the very same zone.
fn bind(folder: &Path, key: &str, secret: &[u8]) -> (Ended, SocketAddr) {
    use std::fmt::Write as _;
    fs::create_dir_all(folder).unwrap();
    let port = invented::free_port().unwrap();
    let mut zone =
        "$TTL 30\n@ SOA localhost. hostmaster.localhost. 1000000 60 30 604800 30\n@ NS localhost.\n".to_owned();
    for n in 1..=DOMAINS {
        writeln!(zone, "d{n:07}.example A 192.0.2.80\n*.d{n:07}.example A 192.0.2.80").unwrap();
    }
    fs::write(folder.join("zone"), zone).unwrap();
    let place = folder.display();
    let secret = STANDARD.encode(secret);
    let conf = format!(
        "options {{ directory \"{place}\"; pid-file none; session-keyfile \"{place}/session.key\"; listen-on port {port} {{ 127.0.0.1; }};
           listen-on-v6 {{ none; }}; recursion no; notify no; max-transfer-time-out 10; }};
         controls {{ }}; key \"{key}\" {{ algorithm hmac-sha256; secret \"{secret}\"; }};
         zone \"{ZONE}\" {{ type primary; file \"{place}/zone\"; allow-transfer {{ key \"{key}\"; }}; }};\n"
    );
    fs::write(folder.join("named.conf"), conf).unwrap();
    let log = fs::File::create(folder.join("log")).unwrap();
    let child = Command::new("named")
        .args(["-g", "-c"])
        .arg(folder.join("named.conf"))
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("named");
    let ended = Ended(child);
    let begun = Instant::now();
    while !fs::read_to_string(folder.join("log")).unwrap().contains("all zones loaded") {
        assert!(begun.elapsed() < Duration::from_secs(120), "BIND loads the zone");
        std::thread::sleep(Duration::from_millis(200));
    }
    (ended, ([127, 0, 0, 1], port).into())
}
