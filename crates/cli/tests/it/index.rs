//! The index of real server processes: killed at random moments while entries come in, it answers afterwards what the rows
//! say, compared with brute force; and what one node writes, another knows.

use crate::program::{Place, Server, text};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Numbers without chance, so that a failure comes again.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// 32 bytes of which half of the bits are set, as in every PDQ.
    fn pdq(&mut self) -> [u8; 32] {
        let (mut bits, mut ones) = ([0_u8; 32], 0);
        while ones < 128 {
            let at = (self.next() % 256) as usize;
            if bits[at / 8] & (1 << (at % 8)) == 0 {
                bits[at / 8] |= 1 << (at % 8);
                ones += 1;
            }
        }
        bits
    }
}

/// The same with some ones moved: twice as many bits off.
fn moved(bits: [u8; 32], count: usize) -> [u8; 32] {
    let mut moved = bits;
    let set: Vec<usize> = (0..256).filter(|at| bits[at / 8] & (1 << (at % 8)) != 0).take(count).collect();
    let clear: Vec<usize> = (0..256).filter(|at| bits[at / 8] & (1 << (at % 8)) == 0).take(count).collect();
    set.iter().chain(&clear).for_each(|at| moved[at / 8] ^= 1 << (at % 8));
    moved
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A caller of one server.
struct Caller {
    http: reqwest::Client,
    run: tokio::runtime::Runtime,
    url: String,
    token: String,
}

impl Caller {
    fn new(server: &Server, token: &str) -> Self {
        let run = tokio::runtime::Runtime::new().unwrap();
        Self { http: reqwest::Client::new(), run, url: server.url.clone(), token: token.into() }
    }

    /// The answer; nothing when the server died.
    fn send(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Option<Value> {
        self.run.block_on(async {
            let request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
            let request = body.map_or(request.try_clone().unwrap(), |body| request.json(body));
            let answer = request.send().await.ok()?;
            let status = answer.status();
            let body: Value = answer.json().await.ok()?;
            assert!(status.is_success(), "{path}: {body}");
            Some(body)
        })
    }

    fn post(&self, path: &str, body: &Value) -> Option<Value> {
        self.send(reqwest::Method::POST, path, Some(body))
    }

    fn get(&self, path: &str) -> Value {
        self.send(reqwest::Method::GET, path, None).expect("the server answers")
    }

    fn makes_list(&self, name: &str) -> String {
        let list = json!({ "name": name, "class": "national", "rule": "a test" });
        self.post("/api/v1/lists", &list).unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Every entry in force, as the rows have them: SHA-256 and PDQ by id.
    fn rows(&self, list: &str) -> BTreeMap<String, (String, String)> {
        let (mut rows, mut path) = (BTreeMap::new(), format!("/api/v1/lists/{list}/entries?limit=100"));
        loop {
            let page = self.get(&path);
            for entry in page["items"].as_array().unwrap().iter().filter(|e| e["withdrawn"].is_null()) {
                let of = |name: &str| entry["record"][name].as_str().unwrap_or_default().to_owned();
                rows.insert(entry["id"].as_str().unwrap().to_owned(), (of("sha256"), of("pdq")));
            }
            if page["more"] != json!(true) {
                return rows;
            }
            let next = page["next"].as_str().unwrap();
            path = format!("/api/v1/lists/{list}/entries?limit=100&cursor={next}");
        }
    }
}

fn bits(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|k| u8::from_str_radix(&text[2 * k..2 * k + 2], 16).unwrap()).collect()
}

/// Asks about hashes near and far of each row and compares with brute force over the rows.
fn answers_what_rows_say(caller: &Caller, list: &str, draw: &mut Draw) -> usize {
    let rows = caller.rows(list);
    let known: Vec<(&String, Vec<u8>)> = rows.iter().map(|(id, (_, pdq))| (id, bits(pdq))).collect();
    let mut asked: Vec<(String, [u8; 32])> = Vec::new();
    for (sha256, pdq) in rows.values().step_by(3).chain(rows.values().take(20)) {
        let near = moved(bits(pdq).try_into().unwrap(), (draw.next() % 20) as usize);
        asked.push((if draw.next().is_multiple_of(2) { sha256.clone() } else { hex(&draw.pdq()) }, near));
    }
    asked.extend((0..20).map(|_| (hex(&draw.pdq()), draw.pdq())));
    for part in asked.chunks(200) {
        let files: Vec<Value> = part.iter().map(|(s, p)| json!({ "sha256": s, "pdq": hex(p) })).collect();
        let told = caller.post("/api/v1/match", &json!({ "files": files })).unwrap();
        for ((sha256, pdq), told) in part.iter().zip(told["items"].as_array().unwrap()) {
            let far = |other: &[u8]| -> u32 { pdq.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum() };
            let brute: BTreeSet<&String> =
                known.iter().filter(|(id, p)| rows[*id].0 == *sha256 || far(p) <= 31).map(|(id, _)| *id).collect();
            let found: BTreeSet<String> =
                told["entries"].as_array().unwrap().iter().map(|e| e["entry_id"].as_str().unwrap().into()).collect();
            assert!(
                brute.iter().copied().eq(&found),
                "{brute:?} of {} rows, asked {sha256} {}: {told} {:?}",
                rows.len(),
                hex(pdq),
                found.iter().map(|id| rows.get(id)).collect::<Vec<_>>()
            );
        }
    }
    asked.len()
}

/// Publishes until the server dies: new entries, and now and then the withdrawal of an old one.
fn publish(caller: &Caller, list: &str, draw: &mut Draw, stop: &AtomicBool) -> usize {
    let mut told = 0;
    let mut last: Option<String> = None;
    while !stop.load(Ordering::Acquire) {
        let entries: Vec<Value> =
            (0..20).map(|_| json!({ "sha256": hex(&draw.pdq()), "pdq": hex(&draw.pdq()) })).collect();
        let path = format!("/api/v1/lists/{list}/entries");
        if caller.post(&path, &json!({ "entries": entries })).is_none() {
            break;
        }
        told += 20;
        if let Some(id) = last.take().filter(|_| draw.next().is_multiple_of(2)) {
            let path = format!("/api/v1/lists/{list}/entries/{id}/withdrawal");
            if caller.post(&path, &json!({ "why": "a test" })).is_none() {
                break;
            }
        }
        if draw.next().is_multiple_of(3) {
            let page = caller.send(reqwest::Method::GET, &format!("{path}?limit=5"), None);
            last = page
                .and_then(|p| p["items"].as_array()?.iter().find(|e| e["withdrawn"].is_null()).cloned())
                .and_then(|e| Some(e["id"].as_str()?.to_owned()));
        }
    }
    told
}

/// du_1: whatever moment the server is killed at, the next start's index holds what was acknowledged, and nothing else.
fn killed(rounds: u64, seed: u64) {
    let place = Place::new(&format!("kill-{seed}"));
    let token = place.set_up();
    let mut draw = Draw(seed);
    let (mut list, mut told, mut snapshots) = (String::new(), 0, 0);
    for round in 0..rounds {
        let server = place.serve();
        let caller = Caller::new(&server, &token);
        if round == 0 {
            list = caller.makes_list("Dutch list");
        }
        let stop = AtomicBool::new(false);
        let millis = 300 + draw.next() % 1700;
        // Far from the sequence that goes on here: what two threads draw must not be the same.
        let mut own = Draw((draw.next() ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1);
        told += thread::scope(|scope| {
            let publishing = scope.spawn(|| publish(&caller, &list, &mut own, &stop));
            thread::sleep(Duration::from_millis(millis));
            drop(server); // kill -9
            stop.store(true, Ordering::Release);
            publishing.join().unwrap()
        });
        let said = place.must(&["doctor"]);
        let index = said.lines().find(|l| l.contains("index")).unwrap();
        assert!(index.starts_with("ok   index") && index.contains("as the rows say"), "{said}");
        snapshots += usize::from(index.contains("changes behind"));
        let server = place.serve();
        let caller = Caller::new(&server, &token);
        let rows = caller.rows(&list).len();
        assert!(rows + told / 20 >= told && told > 0, "{rows} rows of {told} acknowledged entries");
        assert!(answers_what_rows_say(&caller, &list, &mut draw) >= 20);
    }
    assert!(snapshots > 0, "some starts opened a snapshot");
}

#[test]
fn du_1_killed_at_random_the_index_answers_what_the_rows_say() {
    killed(4, 7);
}

#[test]
#[ignore = "long"]
fn long_du_1_killed_at_random_the_index_answers_what_the_rows_say() {
    killed(60, 11);
}

#[test]
fn a_broken_or_foreign_snapshot_is_told_by_the_doctor_and_built_anew() {
    let place = Place::new("snapshot");
    let token = place.set_up();
    let server = place.serve();
    let caller = Caller::new(&server, &token);
    let list = caller.makes_list("Dutch list");
    let mut draw = Draw(3);
    let entry = json!({ "sha256": hex(&draw.pdq()), "pdq": hex(&draw.pdq()) });
    caller.post(&format!("/api/v1/lists/{list}/entries"), &json!({ "entries": [entry] })).unwrap();
    let state = place.folder.join("index/state");
    let saved = || wait(|| fs::read(&state).ok().filter(|s| text(s).contains("\"version\":1")));
    saved();
    drop(server);
    assert!(
        place.must(&["doctor"]).contains("ok   index     1 entries, as the rows say; the snapshot is 0 changes behind")
    );
    let number = fs::read_dir(place.folder.join("index"))
        .unwrap()
        .find_map(|e| e.unwrap().file_name().into_string().unwrap().parse::<u64>().ok());
    let file = place.folder.join(format!("index/{}/pdq", number.unwrap()));
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    bytes.truncate(bytes.len() - 1);
    fs::write(&file, bytes).unwrap();
    let sick = place.run(&["doctor"]);
    assert!(!sick.status.success() && text(&sick.stdout).contains("FAIL index"), "{}", text(&sick.stdout));
    // The server starts all the same, answers, and writes a good one.
    let server = place.serve();
    assert_eq!(answers_what_rows_say(&Caller::new(&server, &token), &list, &mut draw), 22);
    wait(|| place.run(&["doctor"]).status.success().then_some(()));
    drop(server);
    // The database is another one: what the snapshot says of the old one is nobody's business here.
    fs::remove_file(place.folder.join("cport.db")).unwrap();
    for beside in ["cport.db-wal", "cport.db-shm"] {
        drop(fs::remove_file(place.folder.join(beside)));
    }
    place.must(&["migrate"]);
    let sick = text(&place.run(&["doctor"]).stdout);
    assert!(sick.contains("FAIL index     the snapshot is of another database"), "{sick}");
}

fn wait<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(Instant::now() < end, "waited for nothing");
        thread::sleep(Duration::from_millis(50));
    }
}

/// A database of its own on the private cluster, as `scripts/test` starts it.
fn postgres(name: &str) -> String {
    let url = std::env::var("CPORT_TEST_PG").expect("CPORT_TEST_PG is not set: run the tests with scripts/test");
    let made = Command::new("psql").arg(&url).args(["-qc", &format!("CREATE DATABASE {name}")]).output().unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    format!("{}/{name}", url.rsplit_once('/').unwrap().0)
}

#[test]
fn an_entry_written_at_one_node_matches_at_the_other_within_two_seconds() {
    let one = Place::new("node-one");
    let url = postgres(&format!("nodes_{}", std::process::id()));
    let config = fs::read_to_string(one.config()).unwrap();
    let sqlite = config.lines().find(|l| l.starts_with("url = ")).unwrap();
    let config = config.replace(sqlite, &format!("url = \"{url}\""));
    fs::write(one.config(), &config).unwrap();
    let token = one.set_up();
    // The other node has the same database and keys, and an index folder of its own.
    let other = Place::new("node-other");
    let index = |place: &Place| place.folder.join("index").display().to_string();
    fs::write(other.config(), config.replace(&index(&one), &index(&other))).unwrap();
    let (first, second) = (one.serve(), other.serve());
    let (first, second) = (Caller::new(&first, &token), (Caller::new(&second, &token), second, first));
    let list = first.makes_list("Dutch list");
    let mut draw = Draw(5);
    let mut slowest = Duration::ZERO;
    for _ in 0..10 {
        let (sha256, pdq) = (hex(&draw.pdq()), draw.pdq());
        let entry = json!({ "sha256": sha256, "pdq": hex(&pdq) });
        let path = format!("/api/v1/lists/{list}/entries");
        first.post(&path, &json!({ "entries": [entry] })).unwrap();
        let written = Instant::now();
        let asked = json!({ "files": [{ "sha256": sha256 }, { "pdq": hex(&moved(pdq, 15)) }] });
        wait(|| {
            let told = second.0.post("/api/v1/match", &asked).unwrap();
            let known = told["items"].as_array().unwrap().iter().all(|i| i["known"] == json!(true));
            known.then_some(())
        });
        slowest = slowest.max(written.elapsed());
        // Withdrawn at one, silent at both.
        let id = first.rows(&list).into_iter().find(|(_, (s, _))| *s == sha256).unwrap().0;
        first.post(&format!("{path}/{id}/withdrawal"), &json!({ "why": "a test" })).unwrap();
        wait(|| {
            let told = second.0.post("/api/v1/match", &asked).unwrap();
            told["items"].as_array().unwrap().iter().all(|i| i["known"] == json!(false)).then_some(())
        });
    }
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}
