//! Hash lists from end to end: import, look-ups over HTTP, the start of a node, a report half known, the retro-hunt, the
//! second node.

use super::{CLIENTS, Client, Site, percentile, run_sql, say, say_beside};
use serde_json::{Value, json};
use std::{
    env, fs,
    io::Write,
    process::Command,
    thread,
    time::{Duration, Instant},
};
use storage::Backend;

/// Entries of the list that is looked up in.
const ENTRIES: usize = 1_000_000;
/// Rows of the file that is imported.
const ROWS: usize = 200_000;
/// Files stored when something new is hunted for.
const STORED: usize = 100_000;

/// Numbers without chance.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn digest(&mut self) -> [u8; 32] {
        let words = [0; 4].map(|_: u8| self.next().to_le_bytes());
        words.concat().try_into().unwrap()
    }

    /// 32 bytes with half of their bits set.
    fn pdq(&mut self) -> [u8; 32] {
        let mut bits = self.digest();
        let mut ones: u32 = bits.iter().map(|b| b.count_ones()).sum();
        while ones != 128 {
            let at = (self.next() % 256) as usize;
            let set = bits[at / 8] & (1 << (at % 8)) != 0;
            if set == (ones > 128) {
                bits[at / 8] ^= 1 << (at % 8);
                ones = if set { ones - 1 } else { ones + 1 };
            }
        }
        bits
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn answer(client: &mut Client, method: &str, path: &str, body: &Value) -> Value {
    let (status, answer) = client.call(method, path, Some(&body.to_string()));
    assert!((200..300).contains(&status), "{path}: {status} {}", String::from_utf8_lossy(&answer));
    serde_json::from_slice(&answer).unwrap()
}

fn make_list(client: &mut Client) -> String {
    let made = answer(client, "POST", "/api/v1/lists", &json!({ "name": "L", "class": "national", "rule": "a bench" }));
    made["id"].as_str().unwrap().to_owned()
}

/// Entries straight into the table: what is measured is not how they came there.
fn fill(site: &Site, list: &str, draw: &mut Draw) -> (Vec<[u8; 32]>, Vec<[u8; 32]>) {
    let (mut digests, mut hashes) = (Vec::with_capacity(ENTRIES), Vec::with_capacity(ENTRIES));
    let list = list.replace('-', "");
    for part in 0..ENTRIES / 1000 {
        let rows: Vec<String> = (0..1000)
            .map(|n| {
                let (digest, pdq) = (draw.digest(), draw.pdq());
                digests.push(digest);
                hashes.push(pdq);
                let id = format!("0199{:012x}{:016x}", part * 1000 + n, draw.next());
                format!(
                    "(X'{id}', X'{list}', (SELECT publisher_id FROM hash_list), '', '{id}', 'national', 'unknown', 'unknown',
                      X'{}', X'{}', 100, '{{}}', {v}, {v}, 1, 1)",
                    hex(&digest),
                    hex(&pdq),
                    v = part + 1
                )
            })
            .collect();
        run_sql(
            &site.database,
            &[format!(
                "INSERT INTO hash_entry (id, list_id, publisher_id, source, source_id, class, age_group, gender, sha256, pdq,
                 quality, record, added, changed, added_at, changed_at) VALUES {}",
                rows.join(", ")
            )],
        );
    }
    run_sql(&site.database, &[format!("UPDATE hash_list SET version = {}, hunted = {0}", ENTRIES / 1000)]);
    (digests, hashes)
}

/// Look-ups a second over HTTP in a list of a million, all parts on the two cores; and what a start takes.
pub fn match_http(name: &str) {
    let mut site = Site::new(Backend::Sqlite);
    let token = site.token("H", "A");
    site.serve();
    let list = make_list(&mut Client::new(&site.address, &token));
    site.stop();
    let mut draw = Draw(1);
    let (digests, hashes) = fill(&site, &list, &mut draw);
    say(&format!("{name}_start_from_rows"), ENTRIES, "s", site.serve().as_secs_f64());
    let state = site.folder.join("index/state");
    while !fs::read_to_string(&state).is_ok_and(|s| s.contains("\"version\":1000")) {
        thread::sleep(Duration::from_millis(100));
    }
    say(&format!("{name}_rss"), ENTRIES, "MB", site.resident_mb());
    site.stop();
    say(&format!("{name}_start_from_snapshot"), ENTRIES, "s", site.serve().as_secs_f64());
    let known = |all: &[[u8; 32]], n: usize, draw: &mut Draw| -> Vec<[u8; 32]> {
        (0..n).map(|k| if k % 2 == 0 { all[draw.next() as usize % all.len()] } else { draw.pdq() }).collect()
    };
    for (kind, all, many, goal) in [("sha256", &digests, 65_536, 2e6), ("pdq", &hashes, 16_384, 50_000.0)] {
        let mut client = Client::new(&site.address, &token);
        let mut best = 0.0_f64;
        for _ in 0..8 {
            let body = known(all, many, &mut draw).concat();
            let sent = Instant::now();
            let (status, bits) =
                client.send("POST", &format!("/api/v1/match/{kind}"), "application/octet-stream", &body);
            let took = sent.elapsed().as_secs_f64();
            assert_eq!(status, 200);
            let ones: u32 = bits.iter().map(|b| b.count_ones()).sum();
            assert!(ones as usize >= many / 2, "{ones} of {many}");
            best = best.max(many as f64 / took);
        }
        say_beside(&format!("{name}_many_{kind}"), many, "a second", best, "goal", goal);
    }
    let mut client = Client::new(&site.address, &token);
    let files: Vec<Value> = known(&hashes, 1000, &mut draw).iter().map(|p| json!({ "pdq": hex(p) })).collect();
    let body = json!({ "files": files });
    let mut best = 0.0_f64;
    for _ in 0..8 {
        let sent = Instant::now();
        answer(&mut client, "POST", "/api/v1/match", &body);
        best = best.max(1000.0 / sent.elapsed().as_secs_f64());
    }
    say(&format!("{name}_json_1000"), 1000, "a second", best);
    one_by_one(name, &site, &token, &hashes);
}

/// One look-up a request, each in the log before it is answered.
fn one_by_one(name: &str, site: &Site, token: &str, hashes: &[[u8; 32]]) {
    let begun = Instant::now();
    let workers: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (address, token) = (site.address.clone(), token.to_owned());
            let asked: Vec<[u8; 32]> = hashes.iter().skip(client).step_by(CLIENTS).take(500).copied().collect();
            thread::spawn(move || {
                let mut http = Client::new(&address, &token);
                let one = |pdq: [u8; 32]| {
                    let sent = Instant::now();
                    let body = json!({ "files": [{ "pdq": hex(&pdq) }] });
                    answer(&mut http, "POST", "/api/v1/match", &body);
                    sent.elapsed().as_secs_f64() * 1e3
                };
                asked.into_iter().map(one).collect::<Vec<f64>>()
            })
        })
        .collect();
    let mut times: Vec<f64> = workers.into_iter().flat_map(|w| w.join().unwrap()).collect();
    let took = begun.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    say_beside(
        &format!("{name}_one_by_one"),
        times.len(),
        "a second",
        times.len() as f64 / took,
        "HMA, as measured",
        501.0,
    );
    say(&format!("{name}_one_by_one_p99"), times.len(), "ms", percentile(&times, 0.99));
}

/// Rows of a set as forensic tools write them, a second, into a list, with memory before and after, beside Python's `json` on the same file.
pub fn import(name: &str) {
    let mut site = Site::new(Backend::Sqlite);
    let token = site.token("H", "A");
    site.serve();
    let mut client = Client::new(&site.address, &token);
    let list = make_list(&mut client);
    let file = site.folder.join("set.json");
    let mut draw = Draw(2);
    let mut out = std::io::BufWriter::new(fs::File::create(&file).unwrap());
    write!(out, "{{\"odata.metadata\":\"http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media\",\"value\":[")
        .unwrap();
    for n in 0..ROWS {
        let digest = draw.digest();
        let comma = if n == 0 { "" } else { "," };
        write!(
            out,
            "{comma}\n{{\"MediaID\":{n},\"MD5\":\"{}\",\"SHA1\":\"{}\",\"MediaSize\":\"{}\",\"Series\":\"s{}\",\"IsDistributed\":true,\"Tags\":\"a,b\",\"MimeType\":\"image/jpeg\"}}",
            hex(&digest[..16]).to_uppercase(),
            hex(&digest[..20]),
            n * 3,
            n % 97
        )
        .unwrap();
    }
    writeln!(out, "\n]}}").unwrap();
    drop(out);
    let before = site.resident_mb();
    let body = fs::read(&file).unwrap();
    let sent = Instant::now();
    let path = format!("/api/v1/lists/{list}/imports?format=vics");
    let (status, told) = client.send("POST", &path, "application/octet-stream", &body);
    let took = sent.elapsed().as_secs_f64();
    assert!((200..300).contains(&status), "{}", String::from_utf8_lossy(&told));
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told["rows"]["added"], ROWS, "{told}");
    let python = env::var("CPORT_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = "import json,resource,sys,time\ns=time.perf_counter()\nn=len(json.load(open(sys.argv[1],encoding='utf-8-sig'))['value'])\nprint(n/(time.perf_counter()-s),resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024)";
    let theirs = Command::new(python).args(["-c", script]).arg(&file).output().unwrap();
    let theirs: Vec<f64> =
        String::from_utf8(theirs.stdout).unwrap().split_whitespace().map(|v| v.parse().unwrap()).collect();
    // Theirs reads and keeps nothing; ours has every row in the database, with what it replaced, flushed.
    say_beside(&format!("{name}_rows"), ROWS, "rows/s", ROWS as f64 / took, "python json.load", theirs[0]);
    say_beside(&format!("{name}_memory"), ROWS, "MB more", site.resident_mb() - before, "python json.load", theirs[1]);
}

/// A report of 200 pictures, half of them known, from the first byte sent to "ready to grade".
pub fn known_half(name: &str) {
    let mut site = Site::new(Backend::Sqlite);
    let token = site.token("H", "A");
    site.serve();
    let mut client = Client::new(&site.address, &token);
    let list = make_list(&mut client);
    let pictures: Vec<Vec<u8>> = (0..200_u32).map(picture).collect();
    let digest = |bytes: &[u8]| json!({ "sha256": base::hex(&<sha2::Sha256 as sha2::Digest>::digest(bytes)) });
    let entries: Vec<Value> = pictures.iter().step_by(2).map(|p| digest(p)).collect();
    answer(&mut client, "POST", &format!("/api/v1/lists/{list}/entries"), &json!({ "entries": entries }));
    thread::sleep(Duration::from_secs(2));
    let new = json!({ "source_url": "https://pictures.example/", "received_at": "2026-01-01T00:00:00Z",
                      "hosting": { "country": "DE" } });
    let sent = Instant::now();
    let report = answer(&mut client, "POST", "/api/v1/reports", &new)["id"].as_str().unwrap().to_owned();
    let mut body = Vec::new();
    for (n, picture) in pictures.iter().enumerate() {
        write!(body, "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{n}.png\"\r\nContent-Type: image/png\r\n\r\n").unwrap();
        body.extend(picture);
        body.extend(b"\r\n");
    }
    body.extend(b"--x--\r\n");
    let path = format!("/api/v1/reports/{report}/files");
    let (status, told) = client.send("POST", &path, "multipart/form-data; boundary=x", &body);
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&told));
    let waiting = loop {
        // The only report there is.
        let items = answer(&mut client, "GET", "/api/v1/items?limit=200", &json!({}));
        let waiting = items["items"].as_array().unwrap().len();
        if waiting == 100 {
            break waiting;
        }
        assert!(sent.elapsed() < Duration::from_secs(60), "{waiting} wait");
        thread::sleep(Duration::from_millis(20));
    };
    say(name, 200, "s", sent.elapsed().as_secs_f64());
    assert_eq!(waiting, 100);
}

/// A drawn picture, another for each number.
fn picture(n: u32) -> Vec<u8> {
    let image = image::RgbImage::from_fn(320, 240, |x, y| {
        image::Rgb([(x * (n % 7 + 1) + n) as u8, (y * (n % 5 + 1)) as u8, (x * y / (n % 11 + 3)) as u8 ^ n as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// From a new entry to the item that it settles, among a hundred thousand stored files.
pub fn hunt(name: &str) {
    let mut site = Site::new(Backend::Sqlite);
    let token = site.token("H", "A");
    site.serve();
    let mut client = Client::new(&site.address, &token);
    let list = make_list(&mut client);
    let new = json!({ "source_url": "https://pictures.example/", "received_at": "2026-01-01T00:00:00Z" });
    let report = answer(&mut client, "POST", "/api/v1/reports", &new)["id"].as_str().unwrap().to_owned();
    let bytes = picture(7);
    let body = [
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
            .to_vec(),
        bytes.clone(),
        b"\r\n--x--\r\n".to_vec(),
    ]
    .concat();
    let path = format!("/api/v1/reports/{report}/files");
    let (status, told) = client.send("POST", &path, "multipart/form-data; boundary=x", &body);
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&told));
    let told: Value = serde_json::from_slice(&told).unwrap();
    let item = told["items"][0]["id"].as_str().unwrap().to_owned();
    site.stop();
    run_sql(
        &site.database,
        &[format!(
            "INSERT INTO media_object (id, org_id, sha256, md5, sha1, pdq, pdq_quality, kind, size, width, height, created_at,
             described_at) WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {STORED})
             SELECT randomblob(16), (SELECT id FROM organisation WHERE name = 'H'), randomblob(32), randomblob(16),
             randomblob(20), randomblob(32), 100, 'image/png', 1, 1, 1, 1, 1 FROM s"
        )],
    );
    site.serve();
    let mut client = Client::new(&site.address, &token);
    let sha256 = base::hex(&<sha2::Sha256 as sha2::Digest>::digest(&bytes));
    let entries = json!({ "entries": [{ "sha256": sha256 }] });
    let sent = Instant::now();
    answer(&mut client, "POST", &format!("/api/v1/lists/{list}/entries"), &entries);
    while answer(&mut client, "GET", &format!("/api/v1/items/{item}"), &json!({}))["assessment"].is_null() {
        assert!(sent.elapsed() < Duration::from_secs(300), "the hunt did not find it");
        thread::sleep(Duration::from_millis(20));
    }
    say(name, STORED, "s", sent.elapsed().as_secs_f64());
}

/// From an entry written at one node to its match at another on the same database.
pub fn follow(name: &str) {
    let mut one = Site::new(Backend::Postgres);
    let token = one.token("H", "A");
    one.serve();
    let mut writer = Client::new(&one.address, &token);
    let list = make_list(&mut writer);
    let mut other = one.beside();
    other.serve();
    let mut reader = Client::new(&other.address, &token);
    let mut draw = Draw(3);
    let mut times: Vec<f64> = (0..40)
        .map(|_| {
            let sha256 = hex(&draw.digest());
            let entries = json!({ "entries": [{ "sha256": sha256 }] });
            answer(&mut writer, "POST", &format!("/api/v1/lists/{list}/entries"), &entries);
            let written = Instant::now();
            let asked = json!({ "files": [{ "sha256": sha256 }] });
            while answer(&mut reader, "POST", "/api/v1/match", &asked)["items"][0]["known"] != json!(true) {
                thread::sleep(Duration::from_millis(2));
            }
            written.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    say(&format!("{name}_p50"), times.len(), "ms", percentile(&times, 0.5));
    say(&format!("{name}_max"), times.len(), "ms", percentile(&times, 1.0));
}
