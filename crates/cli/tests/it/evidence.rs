//! Evidence as an operator handles it, and a server killed in the middle of a large upload.

use crate::program::{Place, cport, picture, text};
use serde_json::Value;
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn ask(method: &str, url: &str, token: &str, headers: &[(&str, &str)]) -> (u16, Vec<u8>) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut request = reqwest::Client::new().request(method.parse().unwrap(), url).bearer_auth(token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
    })
}

/// A report with two pictures; its id and its items'.
fn submitted(place: &Place, url: &str, token: &str) -> (String, Vec<String>) {
    let (a, b) = (picture(&place.folder, "a.png", 1), picture(&place.folder, "b.png", 2));
    let out = cport(&["submit", "--server", url, "--url", "https://pictures.example/1", "--country", "DE"])
        .env("CPORT_TOKEN", token)
        .args([&a, &b])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", text(&out.stderr));
    let report = text(&out.stdout).lines().next().unwrap().replace("report ", "");
    let (_, full) = ask("GET", &format!("{url}/api/v1/reports/{report}"), token, &[]);
    let full: Value = serde_json::from_slice(&full).unwrap();
    let items = full["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect();
    (report, items)
}

#[test]
fn evidence_is_proved_rotated_erased_and_accounted_for() {
    let place = Place::new("evidence");
    let token = place.set_up();
    let server = place.serve();
    let (_, items) = submitted(&place, &server.url, &token);
    assert!(place.must(&["evidence", "verify"]).contains("4 objects whole"));
    let proof: Value = serde_json::from_str(&place.must(&["evidence", "verify", "--json"])).unwrap();
    assert_eq!((proof["whole"].as_u64(), proof["findings"].as_u64()), (Some(4), Some(0)));

    // Every flipped byte is found, one line a finding, and the exit code says so.
    let stored: Vec<PathBuf> = files(&place.folder.join("evidence"));
    let whole = fs::read(&stored[0]).unwrap();
    let mut bad = whole.clone();
    bad[17] ^= 4;
    fs::write(&stored[0], &bad).unwrap();
    let found = place.run(&["evidence", "verify"]);
    let said = text(&found.stdout);
    assert!(!found.status.success() && said.lines().count() == 2 && said.contains(" altered: "), "{said}");
    let found = place.run(&["evidence", "verify", "--json"]);
    let line: Value = serde_json::from_str(text(&found.stdout).lines().next().unwrap()).unwrap();
    assert_eq!(line["what"], "altered");
    assert!(stored[0].ends_with(line["object"].as_str().unwrap().replace('-', "")));
    fs::write(&stored[0], &whole).unwrap();

    // Keys are wrapped anew while the server reads; a new root key takes the old one's place.
    assert!(place.must(&["evidence", "rotate", "--organisation", "Hotline"]).contains("4 keys wrapped by version 2"));
    let file = format!("{}/api/v1/items/{}/file", server.url, items[0]);
    assert_eq!(ask("GET", &file, &token, &[("purpose", "check")]).0, 200);
    drop(server);
    let config = fs::read_to_string(place.config()).unwrap();
    fs::write(place.config(), config.replace("root.key", "new.key")).unwrap();
    place.must(&["admin", "root-key"]);
    let old = place.folder.join("root.key").display().to_string();
    assert!(!place.run(&["evidence", "verify"]).status.success(), "the new key opens nothing yet");
    assert!(place.must(&["evidence", "rotate", "--root", &old]).starts_with("1 keys"));
    fs::remove_file(old).unwrap();
    assert!(place.must(&["evidence", "verify"]).contains("4 objects whole"));

    // Erased: the bytes are gone, every look says so, log and chain of custody stay.
    let server = place.serve();
    let file = format!("{}/api/v1/items/{}/file", server.url, items[0]);
    assert_eq!(ask("GET", &file, &token, &[("purpose", "check")]).0, 200);
    let refused = place.run(&["evidence", "erase", &items[0], "--reason", " "]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("reason"), "{}", text(&refused.stderr));
    assert!(
        place.must(&["evidence", "erase", &items[0], "--reason", "retention is over"]).starts_with("erased 2 objects")
    );
    let (status, answer) = ask("GET", &file, &token, &[("purpose", "check")]);
    assert_eq!(status, 410, "{}", text(&answer));
    assert!(text(&answer).contains("this file was erased"), "{}", text(&answer));
    assert_eq!(ask("GET", &format!("{}/api/v1/items/{}/preview", server.url, items[0]), &token, &[]).0, 410);
    let twice = place.run(&["evidence", "erase", &items[0], "--reason", "again"]);
    assert!(text(&twice.stderr).contains("erased before"), "{}", text(&twice.stderr));
    let custody = place.must(&["evidence", "custody", &items[0]]);
    for words in [
        "report.files_added by Ada",
        "item.opened by Ada (check)",
        "item.erased by operator (retention is over)",
        ", erased",
    ] {
        assert!(custody.contains(words), "{words}: {custody}");
    }
    assert!(
        place.must(&["evidence", "verify"]).contains("2 objects whole")
            && files(&place.folder.join("evidence")).len() == 2
    );
    drop(server);
    assert!(place.must(&["audit", "verify"]).lines().all(|l| l.starts_with("ok ")));
    assert!(place.must(&["evidence", "drain"]).starts_with("0 objects"));
    let unknown = place.run(&["evidence", "rotate", "--organisation", "Nobody"]);
    assert!(text(&unknown.stderr).contains("no organisation named `Nobody`"));
}

#[test]
fn op_2_a_wrong_evidence_setting_is_refused_by_name() {
    let place = Place::new("settings");
    let config = fs::read_to_string(place.config()).unwrap();
    for (wrong, named) in [
        ("store = \"tape\"\n", "tape"),
        ("stroe = \"folder\"\n", "stroe"),
        ("[evidence.store.s3]\nbucket = \"b\"\nregoin = \"r\"\n", "regoin"),
        ("[evidence.store.s3]\nregion = \"r\"\n", "bucket"),
        ("[evidence.root.pkcs11]\nmodule = \"/m\"\ntoken = \"t\"\nkey = \"k\"\n", "pin_file"),
        ("[evidence.old_root.file]\npaht = \"x\"\n", "paht"),
    ] {
        fs::write(place.config(), format!("{config}{wrong}")).unwrap();
        let out = place.run(&["serve"]);
        assert!(!out.status.success() && text(&out.stderr).contains(named), "{wrong}: {}", text(&out.stderr));
    }
    let bucket = "[evidence.store.s3]\nbucket = \"b\"\nendpoint = \"http://127.0.0.1:9\"\nallow_http = true\n";
    fs::write(place.config(), format!("{config}{bucket}")).unwrap();
    place.must(&["migrate"]);
    place.must(&["admin", "root-key"]);
    let sick = place.run(&["doctor"]);
    let said = text(&sick.stdout);
    assert!(said.contains("FAIL evidence") && said.contains("0 objects wait in the spool"), "{said}");
}

/// Sends the beginning of a request with a large file and leaves it there.
fn begins(url: &str, report: &str, token: &str, length: usize, head: &[u8], bytes: &[u8]) -> TcpStream {
    let mut way = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(
        way,
        "POST /api/v1/reports/{report}/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n"
    )
    .unwrap();
    way.write_all(head).unwrap();
    way.write_all(bytes).unwrap();
    way
}

fn part(name: &str) -> Vec<u8> {
    format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes()
}

fn digest(program: &str, file: &Path) -> String {
    let out = Command::new(program).arg(file).output().unwrap();
    text(&out.stdout).split(' ').next().unwrap().to_owned()
}

fn waits(what: &str, until: impl Fn() -> bool) {
    for _ in 0..600 {
        if until() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("waited in vain: {what}");
}

/// A server is killed in the middle of an upload of so many MiB; then the same upload is sent again.
fn killed_in_an_upload(name: &str, mib: usize) {
    let place = Place::new(name);
    let config = fs::read_to_string(place.config()).unwrap();
    let limits = format!("[reports]\nmax_file_bytes = {}\n[media]\nmax_bytes = 100000\n", (mib + 1) << 20);
    fs::write(place.config(), config + &limits).unwrap();
    let token = place.set_up();
    let server = place.serve();
    let (report, _) = submitted(&place, &server.url, &token);
    let large = place.folder.join("large.jpg");
    write_large(&large, mib);
    let evidence = place.folder.join("evidence");
    let incoming = evidence.join("incoming");
    let (kept, half) = (files(&evidence).len(), (mib << 20) / 2);
    let mut bytes = vec![0; half];
    fs::File::open(&large).unwrap().read_exact(&mut bytes).unwrap();
    // A small file first, which is whole when the server dies, then half of the large one.
    let small = fs::read(picture(&place.folder, "c.png", 3)).unwrap();
    let head = [part("c.png"), small, b"\r\n".to_vec(), part("large.jpg")].concat();
    let way = begins(&server.url, &report, &token, head.len() + (mib << 20) + 9, &head, &bytes);
    drop(bytes);
    let come = || files(&incoming).first().is_some_and(|f| fs::metadata(f).unwrap().len() as usize > half - (8 << 20));
    waits("the first half arrives", come);
    drop(server); // SIGKILL
    drop(way);
    assert_eq!(files(&incoming).len(), 1, "a dead writer's file is left");

    let server = place.serve();
    waits("what the dead server was writing is swept", || files(&incoming).is_empty());
    let (_, full) = ask("GET", &format!("{}/api/v1/reports/{report}", server.url), &token, &[]);
    let full: Value = serde_json::from_slice(&full).unwrap();
    assert_eq!(full["items"].as_array().unwrap().len(), 2, "no half effect");
    let young = place.must(&["evidence", "verify"]);
    assert!(young.contains("2 under way; 0 findings"), "the small file and its preview: {young}");
    let found = place.run(&["evidence", "verify", "--hours", "0"]);
    assert!(!found.status.success());
    assert!(text(&found.stdout).contains("orphan: no row names it"), "{}", text(&found.stdout));
    assert!(place.must(&["evidence", "sweep", "--hours", "0"]).contains(" 0 rests"));
    assert!(place.must(&["evidence", "verify", "--hours", "0"]).contains(" 0 findings"));
    assert_eq!(files(&evidence).len(), kept);

    // The same upload again, whole.
    let again = send(&server.url, &report, &token, &large);
    let item = &again["items"][0];
    for (field, program) in [("sha256", "sha256sum"), ("sha1", "sha1sum"), ("md5", "md5sum")] {
        let wanted = digest(program, &large);
        assert!(again.to_string().contains(&wanted), "{field} {wanted}: {again}");
    }
    let url = format!("{}/api/v1/items/{}/file", server.url, item["id"].as_str().unwrap());
    let (status, back) = ask("GET", &url, &token, &[("purpose", "check")]);
    let copy = place.folder.join("copy.jpg");
    fs::write(&copy, back).unwrap();
    assert_eq!((status, digest("sha256sum", &copy)), (200, digest("sha256sum", &large)));
}

/// Noise behind the first bytes of a JPEG.
fn write_large(path: &Path, mib: usize) {
    let mut file = fs::File::create(path).unwrap();
    let mut block: Vec<u8> = Vec::with_capacity(1 << 20);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for n in 0..mib {
        block.clear();
        while block.len() < 1 << 20 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            block.extend(state.to_le_bytes());
        }
        if n == 0 {
            block[..4].copy_from_slice(&[0xff, 0xd8, 0xff, 0xe0]);
        }
        file.write_all(&block).unwrap();
    }
}

fn send(url: &str, report: &str, token: &str, file: &Path) -> Value {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let part = reqwest::multipart::Part::file(file).await.unwrap().mime_str("image/jpeg").unwrap();
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = reqwest::Client::new().post(format!("{url}/api/v1/reports/{report}/files")).bearer_auth(token);
        let answer = request.multipart(form).send().await.unwrap();
        let (status, body) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(status, 201, "{body}");
        serde_json::from_str(&body).unwrap()
    })
}

#[test]
fn du_1_a_server_killed_in_the_middle_of_an_upload_leaves_nothing_half_done() {
    killed_in_an_upload("upload", 48);
}

#[test]
#[ignore = "long run: 1 GiB"]
fn long_du_1_a_server_killed_in_the_middle_of_an_upload_of_1_gib_leaves_nothing_half_done() {
    killed_in_an_upload("upload-long", 1024);
}
