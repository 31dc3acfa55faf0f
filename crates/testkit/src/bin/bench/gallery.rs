//! What a whole page costs: a gallery of 200 drawings on loopback, from its report to the last file looked into.

use super::{Client, Site, say};
use serde_json::Value;
use std::{
    fs::OpenOptions,
    io::Write,
    path::Path,
    thread,
    time::{Duration, Instant},
};
use storage::Backend;

/// Drawings in the gallery.
const DRAWINGS: usize = 200;
/// How often the report is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Seconds from the report to each stage: captured (fetched, hashed, sealed, committed), then described (looked into,
/// previewed, committed) and compared. The last one is the figure.
pub fn gallery(name: &str) {
    let mut site = Site::new(Backend::Sqlite);
    let stage_folder = site.folder.join("stage");
    std::fs::create_dir_all(&stage_folder).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let stage = runtime.block_on(invented::start(&stage_folder)).unwrap();
    fetch_from(&site.config, &stage);
    let token = site.token("H", "A");
    site.serve();
    let mut http = Client::new(&site.address, &token);
    // Another page first, to warm what is read from disk and the name server's way.
    report(&mut http, &stage.page("vanishing"), 2);
    let (taken, whole, fetched) = report(&mut http, &stage.page("gallery"), DRAWINGS);
    say(name, DRAWINGS, "s", whole);
    say(&format!("{name}_captured"), DRAWINGS, "s", taken);
    say(&format!("{name}_described"), DRAWINGS, "s", whole - taken);
    say(&format!("{name}_fetched"), DRAWINGS, "s", fetched);
    say(&format!("{name}_rss_after"), DRAWINGS, "MB", site.resident_mb());
}

/// Lets the server fetch from the stage, and from nowhere else.
fn fetch_from(config: &Path, stage: &invented::Stage) {
    let text =
        format!("[capture]\nenabled = true\nname_servers = [\"{}\"]\nallow = [\"{}\"]\n", stage.names, invented::RANGE);
    OpenOptions::new().append(true).open(config).unwrap().write_all(text.as_bytes()).unwrap();
}

/// Reports a page; seconds until it was captured and until all was done, and from being asked until the fetching had ended.
fn report(http: &mut Client, url: &str, files: usize) -> (f64, f64, f64) {
    let body = format!("{{\"source_url\":\"{url}\",\"received_at\":\"2026-01-01T00:00:00Z\"}}");
    let begun = Instant::now();
    let (status, answer) = http.call("POST", "/api/v1/reports", Some(&body));
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let id = member(&answer, "id");
    let mut taken = None;
    loop {
        let (_, answer) = http.call("GET", &format!("/api/v1/reports/{id}/captures"), None);
        let captures: Value = serde_json::from_slice(&answer).unwrap();
        let capture = &captures["items"][0];
        if capture["state"] == "taken" && taken.is_none() {
            taken = Some((begun.elapsed().as_secs_f64(), fetching(capture, files)));
        }
        assert_ne!(capture["state"], "failed", "{capture}");
        if let Some((taken, fetched)) = taken {
            let (_, answer) = http.call("GET", "/api/v1/reports?limit=5", None);
            let listed: Value = serde_json::from_slice(&answer).unwrap();
            let this = listed["items"].as_array().unwrap().iter().find(|r| r["id"] == id.as_str());
            if this.is_some_and(|r| r["state"] == "compared") {
                return (taken, begun.elapsed().as_secs_f64(), fetched);
            }
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "{url} is not done: {capture}");
        thread::sleep(LOOK);
    }
}

/// Seconds from being asked until the fetch process had ended, by its own record.
fn fetching(capture: &Value, files: usize) -> f64 {
    assert_eq!(capture["files"], files, "{capture}");
    let at = |name: &str| capture[name].as_str().unwrap().parse::<base::Time>().unwrap().micros();
    (at("ended_at") - at("asked_at")) as f64 / 1e6
}

fn member(answer: &[u8], name: &str) -> String {
    let value: Value = serde_json::from_slice(answer).unwrap();
    value[name].as_str().unwrap().to_owned()
}
