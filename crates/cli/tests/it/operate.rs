//! Setting up, submitting, checking; and what happens when something is missing or killed.

use crate::program::{Place, cport, picture, text};
use serde_json::Value;
use std::fs;

fn get(url: &str, token: &str) -> Value {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap().json().await.unwrap()
    })
}

#[test]
fn the_stop_page_is_plain_files_without_scripts() {
    let place = Place::new("stop-page");
    let out = place.folder.join("stop");
    let done = cport(&[
        "blocklist",
        "stop-page",
        "--law",
        "Article 1 <of> an Example Act",
        "--complaints",
        "https://exchange.example/complaints",
    ])
    .arg("--out")
    .arg(&out)
    .output()
    .unwrap();
    assert!(done.status.success(), "{}", text(&done.stderr));
    let pages: Vec<String> = text(&done.stdout).lines().map(|file| fs::read_to_string(file).unwrap()).collect();
    let page = pages.iter().find(|p| p.contains("<html")).expect("a page");
    assert!(page.contains("Article 1 &lt;of&gt; an Example Act") || page.contains("Article 1 &#60;of&#62;"), "{page}");
    assert!(page.contains("https://exchange.example/complaints") && !page.contains("<script"), "{page}");
    for language in ["en", "fr", "de", "nl", "es", "it"] {
        assert!(page.contains(&format!("lang=\"{language}\"")), "{language}");
    }
}

#[test]
fn a_report_is_submitted_from_the_command_line() {
    let place = Place::new("submit");
    let token = place.set_up();
    let server = place.serve();
    let token_file = place.folder.join("token");
    fs::write(&token_file, &token).unwrap();
    let (a, b) = (picture(&place.folder, "a.png", 1), picture(&place.folder, "b.png", 2));
    let submit = |url: &str| {
        cport(&[
            "submit",
            "--server",
            &server.url,
            "--url",
            url,
            "--country",
            "DE",
            "--ip",
            "192.0.2.7",
            "--note",
            "by hand",
        ])
        .args(["--received-at", "2026-01-01T00:00:00Z", "--token-file"])
        .arg(&token_file)
        .args([&a, &b])
        .output()
        .unwrap()
    };
    let out = submit("https://pictures.example/1");
    assert!(out.status.success(), "{}", text(&out.stderr));
    let lines: Vec<String> = text(&out.stdout).lines().map(str::to_owned).collect();
    let report = lines[0].strip_prefix("report ").unwrap();
    assert!(lines[1].contains(" new ") && lines[1].ends_with("a.png") && lines[2].ends_with("b.png"), "{lines:?}");
    assert_eq!(
        text(&out.stderr).lines().count(),
        2,
        "plain progress where there is no terminal: {}",
        text(&out.stderr)
    );
    let full = get(&format!("{}/api/v1/reports/{report}", server.url), &token);
    assert_eq!((full["items"].as_array().unwrap().len(), full["hosting"]["country"].as_str()), (2, Some("DE")));

    let refused = submit("ftp://pictures.example/1");
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("is not an http or https URL (source_url)"), "{}", text(&refused.stderr));
    let twice = submit("https://pictures.example/1");
    assert!(text(&twice.stderr).contains("409"), "{}", text(&twice.stderr));
}

#[test]
fn du_1_what_was_acknowledged_survives_a_kill() {
    let place = Place::new("kill");
    let token = place.set_up();
    let a = picture(&place.folder, "a.png", 1);
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let server = place.serve();
        for n in 0..4 {
            let url = format!("https://pictures.example/{round}/{n}");
            let out = cport(&["submit", "--server", &server.url, "--url", &url])
                .env("CPORT_TOKEN", &token)
                .arg(&a)
                .output()
                .unwrap();
            assert!(out.status.success(), "{}", text(&out.stderr));
            acknowledged.push(text(&out.stdout).lines().next().unwrap().replace("report ", ""));
        }
        drop(server); // SIGKILL, while the worker may be in the middle of something
    }
    let server = place.serve();
    for report in &acknowledged {
        let full = get(&format!("{}/api/v1/reports/{report}", server.url), &token);
        assert_eq!(full["items"].as_array().unwrap().len(), 1, "{report}");
    }
    drop(server);
    let verified = place.must(&["audit", "verify"]);
    assert!(verified.lines().count() >= 2 && verified.lines().all(|l| l.starts_with("ok ")), "{verified}");
    place.must(&["doctor"]);
}

#[test]
fn the_doctor_says_what_is_wrong_one_line_each() {
    let place = Place::new("doctor");
    let sick = place.run(&["doctor"]);
    assert!(!sick.status.success());
    let said = text(&sick.stdout);
    assert!(said.contains("FAIL database") && said.contains("run `cport migrate`"), "{said}");
    assert!(said.contains("FAIL evidence") && said.contains("root.key"), "{said}");
    assert!(said.contains("ok   clock") && said.contains("ok   config"), "{said}");
    place.set_up();
    let well = place.must(&["doctor"]);
    assert!(well.lines().all(|l| l.starts_with("ok ")) && well.lines().count() == 7, "{well}");
}

#[test]
fn op_2_serve_refuses_with_one_clear_line() {
    let place = Place::new("refuse");
    let line = |args: &[&str]| {
        let out = place.run(args);
        assert!(!out.status.success(), "{args:?}");
        let said = text(&out.stderr);
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    };
    assert!(line(&["serve"]).contains("run `cport migrate`"));
    place.must(&["migrate"]);
    assert!(line(&["serve"]).contains("root key"));
    place.must(&["admin", "root-key"]);
    assert!(line(&["admin", "root-key"]).contains("root.key"), "a root key is never replaced");
    fs::write(place.folder.join("root.key"), "short").unwrap();
    assert!(line(&["serve"]).contains("64 hexadecimal digits"));
    fs::write(place.config(), "[web]\nlissten = \"127.0.0.1:0\"\n").unwrap();
    let out = place.run(&["serve"]);
    assert!(text(&out.stderr).contains("lissten"), "{}", text(&out.stderr));
}

#[test]
fn admin_refuses_what_makes_no_sense() {
    let place = Place::new("admin");
    place.must(&["migrate"]);
    let refused = |args: &[&str], why: &str| {
        let out = place.run(args);
        assert!(!out.status.success() && text(&out.stderr).contains(why), "{args:?}: {}", text(&out.stderr));
    };
    refused(&["admin", "organisation", "--kind", "hotline", "--name", "H"], "one country");
    refused(&["admin", "organisation", "--kind", "interpol", "--name", "I", "--country", "FR"], "no country");
    refused(&["admin", "organisation", "--kind", "club", "--name", "C"], "`club` is not one of");
    refused(&["admin", "organisation", "--kind", "hotline", "--name", "H", "--country", "XX"], "not an ISO 3166-1");
    place.must(&["admin", "organisation", "--kind", "hotline", "--name", "H", "--country", "NL"]);
    refused(&["admin", "organisation", "--kind", "lea", "--name", "H", "--country", "NL"], "name is taken");
    refused(&["admin", "person", "--organisation", "X", "--name", "P", "--role", "analyst"], "no organisation named");
    refused(&["admin", "person", "--organisation", "H", "--name", "P", "--role", "machine"], "not a person's role");
    refused(&["admin", "token", "--organisation", "H", "--person", "P", "--label", "l"], "nobody named");
    let listed = place.must(&["admin", "list"]);
    assert!(listed.contains("hotline  NL H"), "{listed}");
}

#[test]
fn help_and_descriptions_print() {
    for (args, has) in [
        (vec!["--help"], "cport demo"),
        (vec!["admin", "--help"], "Make the root key"),
        (vec!["openapi"], "\"openapi\": \"3.1.0\""),
        (vec!["config"], "max_file_bytes"),
    ] {
        let out = cport(&args).output().unwrap();
        assert!(out.status.success() && text(&out.stdout).contains(has), "{args:?}");
    }
}
