//! What it costs to take a case along: 1 GiB of media into an encrypted package, through the real server, beside `zip -0` and
//! `age` of the same files.

use super::{Backend, Client, Site, say, say_beside};
use serde_json::{Value, json};
use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Files of the case, and bytes of each: 1 GiB.
const FILES: u64 = 4;
const BYTES: usize = 256 << 20;
/// How often each way is tried; the best counts.
const TRIES: usize = 3;

/// Police of a hosting country without a hotline are told everything; files are too large to be looked into, which is not what
/// is measured here.
const CONFIG: &str = r#"
[media]
max_bytes = 1048576
[reports]
max_file_bytes = 4294967296
[reports.default_lane]
version = 1
[reports.default_lane.lane]
clause = "D.1"
hosting = "elsewhere"
classes = ["baseline"]
informed_on = "any_member_baseline"
width = "item"
media = true
host_notice = { by = "hotline", after_hours = 24 }
retention_days = 90
"#;

/// A package of 1 GiB, from the request until it can be downloaded.
pub fn package(name: &str) {
    let mut site = Site::new(Backend::Sqlite);
    OpenOptions::new().append(true).open(&site.config).unwrap().write_all(CONFIG.as_bytes()).unwrap();
    site.cport(&["admin", "organisation", "--kind", "lea", "--name", "N", "--country", "NO"]);
    site.cport(&["admin", "person", "--organisation", "N", "--name", "P", "--role", "officer"]);
    let (analyst, officer) = (site.token("H", "A"), site.token("N", "P"));
    site.serve();
    let folder = site.folder.join("files");
    fs::create_dir(&folder).unwrap();
    let mut desk = Client::new(&site.address, &analyst);
    let report = call(
        &mut desk,
        "POST",
        "/api/v1/reports",
        &json!({
            "source_url": "https://pictures.example/", "received_at": "2026-01-01T00:00:00Z", "hosting": { "country": "NO" },
        }),
    );
    for n in 1..=FILES {
        let bytes = noise(n);
        fs::write(folder.join(n.to_string()), &bytes).unwrap();
        let item = upload(&mut desk, report["id"].as_str().unwrap(), &bytes);
        let path = format!("/api/v1/items/{item}/assessment");
        let judged = json!({ "class": "baseline", "age_group": "unknown", "gender": "unknown" });
        call(&mut desk, "PUT", &path, &judged);
    }
    let mut police = Client::new(&site.address, &officer);
    let case = eventually(|| {
        let cases = call(&mut police, "GET", "/api/v1/cases", &Value::Null);
        let case = &cases["items"][0];
        (case["item_count"] == FILES || case["items"] == FILES).then(|| case["id"].as_str().unwrap().to_owned())
    });
    let keys = folder.with_extension("key");
    let public = run(Command::new("age-keygen").arg("-o").arg(&keys));
    let public = public.rsplit(' ').next().unwrap().trim().to_owned();
    call(&mut police, "PUT", "/api/v1/me/package-key", &json!({ "recipient": public }));
    let ours = best(|| take(&mut police, &case));
    let out = site.folder.join("theirs.zip.age");
    let theirs = best(|| {
        let line = format!("zip -0 -q -r - . | age -r {public} > {}", out.display());
        assert!(Command::new("sh").args(["-c", &line]).current_dir(&folder).status().unwrap().success());
        File::open(&out).unwrap().sync_all().unwrap();
    });
    let all = FILES as usize * BYTES;
    let mib = (all >> 20) as f64;
    say_beside(name, all, "MiB/s", mib / ours, "zip -0 and age", mib / theirs);
    say(&format!("{name}_peak_memory"), all, "MB", peak_mb(&site));
}

fn run(command: &mut Command) -> String {
    let out = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8([out.stdout, out.stderr].concat()).unwrap().lines().last().unwrap().to_owned()
}

fn call(http: &mut Client, method: &str, path: &str, body: &Value) -> Value {
    let text = body.to_string();
    let (status, answer) = http.call(method, path, (!body.is_null()).then_some(text.as_str()));
    assert!((200..300).contains(&status), "{method} {path}: {status} {}", String::from_utf8_lossy(&answer));
    serde_json::from_slice(&answer).unwrap()
}

fn upload(http: &mut Client, report: &str, bytes: &[u8]) -> String {
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    let form = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
    let path = format!("/api/v1/reports/{report}/files");
    let (status, answer) = http.send("POST", &path, "multipart/form-data; boundary=b", &form);
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    serde_json::from_slice::<Value>(&answer).unwrap()["items"][0]["id"].as_str().unwrap().to_owned()
}

/// Asks for a package and waits until it is ready.
fn take(police: &mut Client, case: &str) {
    let why = json!({ "purpose": "bench", "case_number": "1" });
    let asked = call(police, "POST", &format!("/api/v1/cases/{case}/packages"), &why);
    let path = format!("/api/v1/packages/{}", asked["id"].as_str().unwrap());
    eventually(|| {
        let there = call(police, "GET", &path, &Value::Null);
        assert_ne!(there["state"], "refused", "{there}");
        (there["state"] == "ready").then_some(())
    });
}

fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    loop {
        match look() {
            Some(found) => return found,
            None => thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn best(mut work: impl FnMut()) -> f64 {
    let times = (0..TRIES).map(|_| {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64()
    });
    times.fold(f64::INFINITY, f64::min)
}

/// Noise that begins like a picture.
fn noise(seed: u64) -> Vec<u8> {
    let (mut bytes, mut state) = (b"\x89PNG\r\n\x1a\n".to_vec(), seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bytes.reserve(BYTES);
    while bytes.len() < BYTES {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes
}

/// Most memory that the server had.
fn peak_mb(site: &Site) -> f64 {
    let pid = site.server.as_ref().unwrap().id();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}
