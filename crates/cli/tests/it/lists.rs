//! `cport match` and `cport lists`, at a running server and on a data folder.

use crate::program::{Place, cport, picture, text};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{fs, path::Path, process::Output, thread, time::Duration};

fn makes_list(url: &str, token: &str, name: &str) {
    let body = json!({ "name": name, "class": "national", "rule": "a test" });
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let request = reqwest::Client::new().post(format!("{url}/api/v1/lists")).bearer_auth(token).json(&body);
        assert!(request.send().await.unwrap().status().is_success());
    });
}

fn digest_of(file: &Path) -> String {
    Sha256::digest(fs::read(file).unwrap()).iter().map(|b| format!("{b:02x}")).collect()
}

fn fine(out: Output) -> String {
    assert!(out.status.success(), "{}{}", text(&out.stdout), text(&out.stderr));
    text(&out.stdout).trim().to_owned()
}

#[test]
fn lists_go_in_and_out_and_say_what_they_know() {
    let place = Place::new("lists");
    let token = place.set_up();
    let server = place.serve();
    let at = |args: &[&str]| {
        let mut command = cport(args);
        command.args(["--server", &server.url]).env("CPORT_TOKEN", &token);
        command
    };
    makes_list(&server.url, &token, "Dutch list");
    let (a, b) = (picture(&place.folder, "a.png", 1), picture(&place.folder, "b.png", 2));
    let file = place.folder.join("list.txt");
    fs::write(&file, format!("{}\nzz\n", digest_of(&a))).unwrap();
    let import = ["lists", "import", "--list", "Dutch list", "--format", "text"];
    let said = fine(at(&import).arg(&file).output().unwrap());
    assert!(said.contains("done: 2 rows, 1 new, 0 changed, 0 unchanged, 0 withdrawn, 1 refused"), "{said}");
    let again = fine(at(&import).arg(&file).output().unwrap());
    assert!(again.contains("0 new, 0 changed, 1 unchanged"), "{again}");
    let there = fine(at(&["lists"]).output().unwrap());
    assert!(there.contains("Dutch list\tnational\tversion 1\tpublisher"), "{there}");
    // The node's index follows within moments.
    let ask = || fine(at(&["match"]).args([&a, &b]).output().unwrap());
    let mut told = ask();
    for _ in 0..40 {
        if told.contains("\tknown\t") {
            break;
        }
        thread::sleep(Duration::from_millis(100));
        told = ask();
    }
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].ends_with("a.png\tknown\tDutch list national sha256 distance 0 version 1"), "{told}");
    assert!(lines[1].trim_end().ends_with("b.png\tunknown"), "{told}");
    let export = ["lists", "export", "--list", "Dutch list", "--format", "jsonl"];
    let out = fine(at(&export).output().unwrap());
    assert!(out.starts_with("{\"format\":\"cport-hashes\"") && out.contains(&digest_of(&a)), "{out}");
    let nowhere = at(&["lists", "export", "--list", "No list", "--format", "csv"]).output().unwrap();
    assert!(!nowhere.status.success() && text(&nowhere.stderr).contains("no list `No list`"));
    drop(server);
    on_a_data_folder(&place, &a, &b);
}

/// The same without a server.
fn on_a_data_folder(place: &Place, a: &Path, b: &Path) {
    let json = fine(cport(&["match", "--json"]).args([a, b]).arg("--config").arg(place.config()).output().unwrap());
    let told: Vec<Value> = json.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((&told[0]["known"], &told[1]["known"]), (&json!(true), &json!(false)), "{json}");
    assert_eq!(told[0]["entries"][0]["how"], "sha256");
    let file = place.folder.join("out.jsonl");
    let path = file.display().to_string();
    place.must(&["lists", "export", "--list", "Dutch list", "--format", "jsonl", &path]);
    let said = place.must(&["lists", "import", "--list", "Dutch list", "--format", "jsonl", &path]);
    assert!(said.contains("1 rows, 0 new, 0 changed, 1 unchanged"), "an own export changes nothing: {said}");
    assert!(place.must(&["lists"]).contains("Dutch list"));
    let missing = place.run(&["match", "/nonexistent/a.png"]);
    assert!(!missing.status.success() && text(&missing.stderr).contains("/nonexistent/a.png"));
    fs::write(&file, "{\"odata").unwrap();
    let broken = place.run(&["lists", "import", "--list", "Dutch list", "--format", "vics", &path]);
    assert!(!broken.status.success(), "{}", text(&broken.stdout));
}
