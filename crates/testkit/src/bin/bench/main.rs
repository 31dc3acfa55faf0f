//! `scripts/bench`: measures the real program and prints one JSON object a line:
//! `{"name","n","unit","value","peer","peer_value","ratio"}`. Names as arguments choose; `--list` prints them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::panic,
    reason = "a measuring program stops at the first surprise and prints what it finds"
)]

mod agreements;
mod case;
mod evidence;
mod gallery;
mod link;
mod lists;
mod media;
mod package;
mod police;
mod zone;

use serde_json::{Value, json};
use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use storage::Backend;

const CLIENTS: usize = 16;
const REPORTS: usize = 20_000;
const INBOXES: [usize; 3] = [10_000, 100_000, 1_000_000];

type Bench = (&'static str, fn(&str));

const BENCHES: &[Bench] = &[
    ("decide", decide),
    ("agreements.simulate_sqlite", |name| agreements::simulate(name, Backend::Sqlite)),
    ("agreements.simulate_postgres", |name| agreements::simulate(name, Backend::Postgres)),
    ("start_sqlite", |name| start(name, Backend::Sqlite)),
    ("rss_idle_sqlite", |name| rss_idle(name, Backend::Sqlite)),
    ("reports_sqlite", |name| reports(name, Backend::Sqlite)),
    ("reports_postgres", |name| reports(name, Backend::Postgres)),
    ("inbox_sqlite", |name| inbox(name, Backend::Sqlite)),
    ("inbox_postgres", |name| inbox(name, Backend::Postgres)),
    ("police_sqlite", |name| police::police(name, Backend::Sqlite)),
    ("police_postgres", |name| police::police(name, Backend::Postgres)),
    ("case_100k_sqlite", |name| police::case_100k(name, Backend::Sqlite)),
    ("case_100k_postgres", |name| police::case_100k(name, Backend::Postgres)),
    ("case_sqlite", |name| case::case(name, Backend::Sqlite)),
    ("case_postgres", |name| case::case(name, Backend::Postgres)),
    ("seal_large", evidence::seal_large),
    ("seal_small", evidence::seal_small),
    ("small_pictures", evidence::small_pictures),
    ("gallery", gallery::gallery),
    ("pdq", media::pdq),
    ("police.package", package::package),
    ("domains.zone", zone::zone),
    ("link.deliver_sqlite", |name| link::deliver(name, Backend::Sqlite)),
    ("link.deliver_postgres", |name| link::deliver(name, Backend::Postgres)),
    ("lists.import", lists::import),
    ("lists.match_http", lists::match_http),
    ("lists.known_half", lists::known_half),
    ("lists.hunt", lists::hunt),
    ("lists.follow", lists::follow),
];

fn main() {
    let wanted: Vec<String> = env::args().skip(1).collect();
    if wanted.iter().any(|w| w == "--list") {
        return BENCHES.iter().for_each(|(name, _)| println!("{name}"));
    }
    for name in &wanted {
        assert!(BENCHES.iter().any(|(n, _)| n == name), "there is no benchmark `{name}`, see --list");
    }
    for (name, run) in BENCHES.iter().filter(|(n, _)| wanted.is_empty() || wanted.iter().any(|w| w == n)) {
        run(name);
    }
}

fn say(name: &str, n: usize, unit: &str, value: f64) {
    let round = (value * 1000.0).round() / 1000.0;
    println!("{}", json!({ "name": name, "n": n, "unit": unit, "value": round }));
}

/// A line that stands beside another measured in the same run.
fn say_beside(name: &str, n: usize, unit: &str, value: f64, peer: &str, peer_value: f64) {
    let round = |x: f64| (x * 1000.0).round() / 1000.0;
    let line = json!({ "name": name, "n": n, "unit": unit, "value": round(value), "peer": peer,
                       "peer_value": round(peer_value), "ratio": round(value / peer_value) });
    println!("{line}");
}

fn percentile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() as f64 * share) as usize).min(sorted.len() - 1)]
}

// The program under measure.

struct Site {
    folder: PathBuf,
    config: PathBuf,
    database: String,
    server: Option<Child>,
    address: String,
}

fn program() -> String {
    env::var("CPORT_BIN").expect("CPORT_BIN names the program; use scripts/bench")
}

impl Site {
    /// A migrated database with a hotline, an LEA and a token for somebody at each.
    fn new(backend: Backend) -> Self {
        let folder = env::temp_dir().join(format!("cport-bench-{}-{backend:?}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        let database = match backend {
            Backend::Sqlite => format!("sqlite:{}", folder.join("bench.db").display()),
            Backend::Postgres => fresh_postgres(),
        };
        let place = folder.display();
        let text = format!(
            "[web]\nlisten = \"127.0.0.1:0\"\ntls_in_front = false\n[database]\nurl = \"{database}\"\n\
             [evidence]\nfolder = \"{place}/evidence\"\nspool = \"{place}/spool\"\nroot_key_file = \"{place}/root.key\"\n\
             [lists]\nindex_folder = \"{place}/index\"\nindex_save_seconds = 1\n"
        );
        let config = folder.join("cport.toml");
        fs::write(&config, text).unwrap();
        let site = Self { folder, config, database, server: None, address: String::new() };
        site.cport(&["migrate"]);
        site.cport(&["admin", "root-key"]);
        for (kind, name, person, role) in [("hotline", "H", "A", "analyst"), ("lea", "L", "O", "officer")] {
            site.cport(&["admin", "organisation", "--kind", kind, "--name", name, "--country", "DE"]);
            site.cport(&["admin", "person", "--organisation", name, "--name", person, "--role", role]);
        }
        site
    }

    /// Another node on the same database, with the same keys and an index folder of its own.
    fn beside(&self) -> Self {
        let folder = self.folder.join("beside");
        fs::create_dir_all(&folder).unwrap();
        let text = fs::read_to_string(&self.config).unwrap();
        let index = format!("{}/index", self.folder.display());
        let config = folder.join("cport.toml");
        fs::write(&config, text.replace(&index, &format!("{}/index", folder.display()))).unwrap();
        Self { folder, config, database: self.database.clone(), server: None, address: String::new() }
    }

    fn cport(&self, args: &[&str]) -> String {
        let out = Command::new(program()).args(args).arg("--config").arg(&self.config).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    fn token(&self, organisation: &str, person: &str) -> String {
        self.cport(&["admin", "token", "--organisation", organisation, "--person", person, "--label", "bench"])
    }

    /// Starts the server and returns how long it took to answer.
    fn serve(&mut self) -> Duration {
        let begun = Instant::now();
        let mut server = Command::new(program())
            .args(["serve", "--config"])
            .arg(&self.config)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.address = line.trim().trim_start_matches("listening on http://").to_owned();
        self.server = Some(server);
        let (status, _) = Client::new(&self.address, "none").call("GET", "/healthz", None);
        assert_eq!(status, 200);
        begun.elapsed()
    }

    fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            drop(server.kill());
            drop(server.wait());
        }
    }

    fn resident_mb(&self) -> f64 {
        let pid = self.server.as_ref().unwrap().id();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop();
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// An empty database on the private cluster that `scripts/bench` starts.
fn fresh_postgres() -> String {
    let url = testkit::pg_url();
    let (server, _) = url.rsplit_once('/').unwrap();
    let name = format!("bench_{}", std::process::id());
    for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        run_sql(&url, &[sql]);
    }
    format!("{server}/{name}")
}

/// Runs statements as whoever owns the tables.
fn run_sql(url: &str, statements: &[String]) {
    use sea_orm::{ConnectionTrait, Database};
    let url = if url.starts_with("sqlite:") { format!("{url}?mode=rwc") } else { url.to_owned() };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut options = sea_orm::ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        for sql in statements {
            db.execute_unprepared(sql).await.unwrap_or_else(|e| panic!("{e}: {sql}"));
        }
        db.close().await.unwrap();
    });
}

// A small HTTP client, so that measuring takes little of the two cores.

struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    fn new(address: &str, token: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream), token: token.to_owned() }
    }

    fn call(&mut self, method: &str, path: &str, body: Option<&str>) -> (u16, Vec<u8>) {
        self.send(method, path, "application/json", body.unwrap_or_default().as_bytes())
    }

    fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: {kind}\r\n\
             Content-Length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        self.stream.get_mut().write_all(&[request.as_bytes(), body].concat()).unwrap();
        let (mut line, mut length) = (String::new(), 0);
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).unwrap();
        (status, bytes)
    }
}

// The benchmarks.

/// Metadata-only reports through HTTP, 16 clients, each acknowledged after its commit.
fn reports(name: &str, backend: Backend) {
    let mut site = Site::new(backend);
    let token = site.token("H", "A");
    site.serve();
    let begun = Instant::now();
    let workers: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (address, token) = (site.address.clone(), token.clone());
            thread::spawn(move || {
                let mut http = Client::new(&address, &token);
                let mut times = Vec::new();
                for n in (client..REPORTS).step_by(CLIENTS) {
                    let body = format!(
                        "{{\"source_url\":\"https://pictures.example/{n}\",\"received_at\":\"2026-01-01T00:00:00Z\",\
                         \"hosting\":{{\"ip\":\"192.0.2.7\",\"country\":\"DE\",\"network\":\"Example Hosting\"}}}}"
                    );
                    let sent = Instant::now();
                    let (status, answer) = http.call("POST", "/api/v1/reports", Some(&body));
                    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
                    times.push(sent.elapsed().as_secs_f64() * 1e3);
                }
                times
            })
        })
        .collect();
    let mut times: Vec<f64> = workers.into_iter().flat_map(|w| w.join().unwrap()).collect();
    let took = begun.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    say(name, REPORTS, "reports/s", REPORTS as f64 / took);
    say(&format!("{name}_p99"), REPORTS, "ms", percentile(&times, 0.99));
    say(&format!("{name}_rss_after"), REPORTS, "MB", site.resident_mb());
}

/// First page of an inbox at growing size.
fn inbox(name: &str, backend: Backend) {
    let mut site = Site::new(backend);
    let token = site.token("L", "O");
    let mut filled = 0;
    let mut first: Option<(f64, f64)> = None;
    for size in INBOXES {
        fill(&site, backend, filled, size);
        filled = size;
        site.serve();
        let mut http = Client::new(&site.address, &token);
        let mut times = Vec::new();
        for n in 0..1100 {
            let sent = Instant::now();
            let (status, answer) = http.call("GET", "/api/v1/cases", None);
            assert_eq!(status, 200);
            if n == 0 {
                let page: Value = serde_json::from_slice(&answer).unwrap();
                assert_eq!(page["items"].as_array().unwrap().len(), 50);
            }
            if n >= 100 {
                times.push(sent.elapsed().as_secs_f64() * 1e3);
            }
        }
        site.stop();
        times.sort_by(f64::total_cmp);
        let (p50, p99) = (percentile(&times, 0.5), percentile(&times, 0.99));
        let (small50, small99) = *first.get_or_insert((p50, p99));
        let smallest = format!("the same at {}", INBOXES[0]);
        say_beside(&format!("{name}_{size}_p50"), size, "ms", p50, &smallest, small50);
        say_beside(&format!("{name}_{size}_p99"), size, "ms", p99, &smallest, small99);
    }
}

/// Adds rows `from..to` of reports, items, disclosures and cases of the one LEA.
fn fill(site: &Site, backend: Backend, from: usize, to: usize) {
    let (id, series, bytes, yes): (fn(&str) -> String, String, &str, &str) = match backend {
        Backend::Sqlite => (
            |kind| format!("unhex(printf('{kind}%030x', i))"),
            format!(
                "(WITH RECURSIVE s(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {to}) SELECT i FROM s) AS s"
            ),
            "CAST(i AS BLOB)",
            "1",
        ),
        Backend::Postgres => (
            |kind| format!("('{kind}' || lpad(to_hex(i), 30, '0'))::uuid"),
            format!("generate_series({from}, {}) AS s(i)", to - 1),
            "i::text::bytea",
            "true",
        ),
    };
    let (hotline, lea) =
        ("(SELECT id FROM organisation WHERE name = 'H')", "(SELECT id FROM organisation WHERE name = 'L')");
    let (report, item, case, gift) = (id("a1"), id("a2"), id("a3"), id("a4"));
    let nil = match backend {
        Backend::Sqlite => "zeroblob(16)",
        Backend::Postgres => "'00000000-0000-0000-0000-000000000000'::uuid",
    };
    let mut statements = Vec::new();
    if backend == Backend::Postgres {
        statements.push("SELECT set_config('cport.org', '*', false)".to_owned());
    }
    if from == 0 {
        let none = match backend {
            Backend::Sqlite => "zeroblob(1)",
            Backend::Postgres => "''::bytea",
        };
        statements.push(format!("INSERT INTO blob (id, org_id, size, wrapped_key, key_version, created_at, erased_at) VALUES ({nil}, {hotline}, 1, {none}, 1, 1, NULL)"));
        statements.push(format!(
            "INSERT INTO media_object (id, org_id, sha256, md5, sha1, pdq, pdq_quality, kind, size, width, height, blob_id,
             preview_id, created_at, described_at) VALUES ({nil}, {hotline}, {none}, {none}, {none}, {none}, 1, 'image/png', 1, 1, 1, {nil}, {nil}, 1, 1)"
        ));
    }
    statements.push(format!(
        "INSERT INTO report (id, reporter_id, source_url, source_host, received_at, submitted_by, state, hosting_ip,
         hosting_country, hosting_network, note, created_at, changed_at, fingerprint) SELECT {report}, {hotline}, 'https://pictures.example/', 'pictures.example', 1, {nil},
         'disclosed', NULL, 'DE', NULL, NULL, i, i, {bytes} FROM {series}"
    ));
    statements.push(format!(
        "INSERT INTO item (id, report_id, reporter_id, owner_id, media_id, place, url, file_name, assigned_country,
         assessment_id, class, confirmed_by, known, waits_for_owner, routed_at, version, created_at, compared_at) SELECT {item}, {report}, {hotline}, {hotline}, {nil}, 0, NULL, 'a.png', 'DE', NULL, 'baseline',
         NULL, NOT {yes}, NOT {yes}, 1, 1, i, i FROM {series}"
    ));
    statements.push(format!(
        "INSERT INTO police_case (id, lea_id, report_id, class, items, why, clause, agreement_name, agreement_version, width,
         hosting_country, rank, created_at, opened_at, outcome, mixed) SELECT {case}, {lea}, {report}, 'baseline', 1, 'A baseline item hosted in Germany.', '1',
         'Agreement', 1, 'page', 'DE', 1700000000000000 + i, i, NULL, NULL, NOT {yes} FROM {series}"
    ));
    statements.push(format!(
        "INSERT INTO disclosure SELECT {gift}, {case}, {report}, {item}, {hotline}, {hotline}, {lea}, NULL, 'Agreement', 1,
         '1', 'page', {yes}, 'A baseline item hosted in Germany.', i, NULL FROM {series}"
    ));
    statements.push("ANALYZE".into());
    run_sql(&site.database, &statements);
    eprintln!("filled to {to}");
}

/// Resident memory of a server that has nothing to do.
fn rss_idle(name: &str, backend: Backend) {
    let mut site = Site::new(backend);
    site.serve();
    thread::sleep(Duration::from_secs(2));
    say(name, 1, "MB", site.resident_mb());
}

/// From the start of the process to its first answer, on an existing database.
fn start(name: &str, backend: Backend) {
    let mut site = Site::new(backend);
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let took = site.serve().as_secs_f64();
            site.stop();
            took
        })
        .collect();
    times.sort_by(f64::total_cmp);
    say(name, times.len(), "s", percentile(&times, 0.5));
}

/// One decision among 55 hotlines and 55 LEAs with an agreement each.
fn decide(name: &str) {
    use ::agreements::{Document, Facts, Network, decide::InForce, decide::Member};
    use base::{AgeGroup, AgreementId, Class, Country, OrgId};
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/src/demo/agreements/de.toml"));
    let document = Document::from_toml(&text.unwrap()).unwrap();
    let org = |n: usize| OrgId(uuid::Uuid::from_u128(n as u128));
    let countries: Vec<Country> = Country::all().take(55).collect();
    let member = |n: usize, c: &Country| Member { org: org(n), name: format!("organisation {n}"), country: *c };
    let network = Network {
        hotlines: countries.iter().enumerate().map(|(n, c)| member(n, c)).collect(),
        leas: countries.iter().enumerate().map(|(n, c)| member(1000 + n, c)).collect(),
        agreements: (0..55)
            .map(|n| InForce {
                agreement: AgreementId(uuid::Uuid::from_u128(n as u128)),
                name: format!("agreement {n}"),
                version: 1,
                hotline: org(n),
                lea: org(1000 + n),
                document: document.clone(),
            })
            .collect(),
        default_lane: None,
    };
    let n = 200_000;
    let mut told = 0;
    let begun = Instant::now();
    for turn in 0..n {
        let facts = Facts {
            hosting: Some(countries[turn % 55]),
            class: Class::Baseline,
            illegal_in: None,
            age: AgeGroup::Infant,
            known: false,
            site: base::SiteType::Unknown,
            synthetic: base::Synthetic::Unknown,
            reporter: org((turn * 7) % 55),
            judged_by: vec![org((turn * 7) % 55)],
        };
        told += ::agreements::decide(&facts, &network).rulings.len();
    }
    let each = begun.elapsed().as_secs_f64() * 1e6 / n as f64;
    assert!(told >= n, "every decision rules on somebody");
    say(name, n, "µs", each);
}
