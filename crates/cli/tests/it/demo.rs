//! The demo: its ready file, its folder, its second start.

use crate::program::{cport, text};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::Duration,
};

struct Demo {
    child: Child,
    ready: Value,
}

impl Demo {
    fn start(folder: &Path, more: &[&str]) -> Self {
        let file = folder.with_extension("ready");
        drop(fs::remove_file(&file));
        let mut command = cport(&["demo", "--listen", "127.0.0.1:0", "--data"]);
        command.arg(folder).arg("--ready-file").arg(&file).args(more);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        for _ in 0..1200 {
            if file.exists() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let ready = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        drop(fs::remove_file(&file));
        Self { child, ready }
    }

    fn get(&self, path: &str, token: &str) -> Value {
        let url = format!("{}{path}", self.ready["url"].as_str().unwrap());
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap().json().await.unwrap()
        })
    }

    fn token(&self, kind: &str, country: &str) -> String {
        let of = |p: &&Value| p["organisation_kind"] == kind && p["country"] == country;
        let found = self.ready["personas"].as_array().unwrap().iter().find(of).unwrap();
        found["api_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("cport-demo-{name}-{}", std::process::id()));
    drop(fs::remove_dir_all(&folder));
    folder
}

#[test]
fn the_demo_invents_its_network_and_says_who_may_sign_in() {
    let folder = folder("whole");
    let demo = Demo::start(&folder, &["--fresh"]);
    let personas = demo.ready["personas"].as_array().unwrap();
    let count = |kind: &str| {
        let mut names: Vec<&str> = personas
            .iter()
            .filter(|p| p["organisation_kind"] == kind)
            .map(|p| p["organisation"].as_str().unwrap())
            .collect();
        names.dedup();
        names.len()
    };
    assert_eq!(["hotline", "lea", "interpol", "asp", "network"].map(count), [4, 5, 1, 1, 1]);
    for persona in personas {
        for member in ["name", "role", "organisation", "organisation_kind", "sign_in_url", "api_token"] {
            assert!(persona[member].is_string(), "{member}: {persona}");
        }
    }
    let sharing = &demo.ready["hash_sharing"];
    assert_eq!(sharing["base_url"], format!("{}/hashsharing", demo.ready["url"].as_str().unwrap()));
    assert!(sharing["user"].is_string() && sharing["member_id"].is_u64() && sharing["password"].is_string());
    let mut states: Vec<String> = ["NL", "DE", "IE", "BE"]
        .iter()
        .flat_map(|c| demo.get("/api/v1/reports", &demo.token("hotline", c))["items"].as_array().unwrap().clone())
        .map(|r| r["state"].as_str().unwrap().to_owned())
        .collect();
    states.sort();
    states.dedup();
    assert_eq!(states, ["answered", "compared", "disclosed", "opened", "received", "routed"]);
    let agreements = demo.get("/api/v1/agreements", &demo.token("lea", "DE"));
    assert_eq!(agreements["items"][0]["in_force"], true);

    // The second start keeps what is there; `--fresh` starts anew.
    let token = demo.token("hotline", "NL");
    let reports = demo.get("/api/v1/reports", &token)["items"].clone();
    drop(demo);
    let again = Demo::start(&folder, &[]);
    assert_eq!(again.get("/api/v1/reports", &again.token("hotline", "NL"))["items"], reports);
    drop(again);
    let fresh = Demo::start(&folder, &["--fresh"]);
    assert_ne!(fresh.get("/api/v1/reports", &fresh.token("hotline", "NL"))["items"], reports);
    drop(fresh);
    drop(fs::remove_dir_all(&folder));
}

#[test]
fn the_demo_has_fetched_pages_of_the_invented_web_and_fetches_more() {
    let folder = folder("web");
    let demo = Demo::start(&folder, &["--fresh"]);
    let sites = demo.ready["sites"].as_array().unwrap().clone();
    assert!(sites.len() >= 8 && sites.iter().all(|s| s["url"].is_string() && s["country"].is_string()));
    let (ie, nl) = (demo.token("hotline", "IE"), demo.token("hotline", "NL"));
    let reports = |demo: &Demo, token: &str| demo.get("/api/v1/reports", token)["items"].as_array().unwrap().clone();
    let of = |all: &[Value], site: &str| -> Value {
        all.iter().find(|r| r["source_url"].as_str().unwrap().contains(site)).unwrap().clone()
    };
    let captures = |demo: &Demo, token: &str, report: &Value| {
        let path = format!("/api/v1/reports/{}/captures", report["id"].as_str().unwrap());
        demo.get(&path, token)["items"].as_array().unwrap().clone()
    };
    // A page with its picture, where a browser is there; one that moved meanwhile, fetched twice.
    let board = captures(&demo, &nl, &of(&reports(&demo, &nl), "//short.example"));
    assert_eq!((board.len(), &board[0]["state"], &board[0]["files"]), (1, &json!("taken"), &json!(7)));
    assert_eq!(board[0]["picture"], Path::new("/usr/bin/chromium").exists(), "{}", board[0]);
    let moved = of(&reports(&demo, &ie), "//moving.example");
    assert_eq!((captures(&demo, &ie, &moved).len(), &moved["hosting"]["country"]), (2, &json!("NL")));
    let news = demo.get("/api/v1/news", &ie).to_string();
    assert!(news.contains("host_moved"), "{news}");

    // The sites stay where they are, so that a second start can fetch again; one vanishes at the press of a button.
    drop(demo);
    let demo = Demo::start(&folder, &[]);
    assert_eq!(demo.ready["sites"], json!(sites));
    let visit = demo.ready["visit"].as_str().unwrap();
    assert!(posted(&format!("{visit}vanish"), "", None).contains("has vanished. <button>"));
    let be = demo.token("hotline", "BE");
    let vanishing = of(&reports(&demo, &be), "//vanishing.example");
    let url = format!(
        "{}/api/v1/reports/{}/captures",
        demo.ready["url"].as_str().unwrap(),
        vanishing["id"].as_str().unwrap()
    );
    posted(&url, "{}", Some(&be));
    let mut newest = Value::Null;
    for _ in 0..200 {
        newest = captures(&demo, &be, &vanishing)[0].clone();
        if newest["state"] != "asked" {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(newest["state"], "failed", "{newest}");
    assert!(newest["failed"].as_str().unwrap().contains("410"));
    drop(demo);
    drop(fs::remove_dir_all(&folder));
}

/// What a POST is answered with, after redirects.
fn posted(url: &str, body: &'static str, token: Option<&str>) -> String {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut request = reqwest::Client::new().post(url).header("content-type", "application/json").body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap().text().await.unwrap()
    })
}

#[test]
fn a_folder_that_is_not_a_demos_is_left_alone() {
    let folder = folder("foreign");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("thesis.txt"), "years of work").unwrap();
    let out = cport(&["demo", "--fresh", "--listen", "127.0.0.1:0", "--data"]).arg(&folder).output().unwrap();
    assert!(!out.status.success() && text(&out.stderr).contains("not a demo's"), "{}", text(&out.stderr));
    assert!(folder.join("thesis.txt").exists());
    drop(fs::remove_dir_all(&folder));
}
