//! Mail that a saved search found something: by a real mail server, which sees that, and never what.

use crate::inbox::told;
use exchange::mail::{Client, MailConfig, Security, sync};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};
use testkit::{Caller, World, stories};

stories! {
    az_4_the_mail_says_that_and_never_what
    fa_3_a_mail_is_sent_once_however_often_it_is_tried
    a_search_that_is_switched_off_or_a_person_who_left_gets_nothing
}

const HOUR: i64 = 3600;

/// A mail server in a process of its own.
struct Server {
    process: Child,
    file: PathBuf,
    client: Client,
}

impl Server {
    fn start(world: &World, refuse: u32) -> Self {
        let python = std::env::var("CPORT_PYTHON").expect("CPORT_PYTHON is not set: run the tests with scripts/test");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/python/mail_server.py");
        let file = world.folder().join("mails.jsonl");
        let mut process = Command::new(python)
            .args([script, &file.display().to_string(), &refuse.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a mail server");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let config = MailConfig {
            server: "127.0.0.1".into(),
            port: line.trim().parse().expect("a port"),
            security: Security::None,
            from: "CPORT <cport@net.example>".into(),
            link: "https://cport.example/".into(),
            ..MailConfig::default()
        };
        Self { process, file, client: Client::new(&config).expect("a client") }
    }

    /// Sends what is due, and returns how many were tried.
    async fn send(&self, world: &World) -> usize {
        let mut tried = 0;
        while sync::next(&world.app.db, &self.client, HOUR).await.expect("takes") {
            tried += 1;
        }
        tried
    }

    fn mails(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

async fn watches(who: &Caller, address: &str, name: &str, filter: Value) -> String {
    let set = who.json("PUT", "/api/v1/mail-address", &json!({ "address": address })).await;
    assert!(set.status.is_success(), "{}", set.text());
    let made = json!({ "filter": filter, "name": name, "alert": true });
    let answer = who.json("POST", "/api/v1/case-searches", &made).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    answer.str("id")
}

/// A mail without what names its receiver and itself.
fn bare(mail: &Value) -> String {
    let own = ["to:", "message-id:", "date:"];
    let content = mail["content"].as_str().unwrap();
    content.lines().filter(|l| !own.iter().any(|o| l.to_lowercase().starts_with(o))).collect::<Vec<_>>().join("\n")
}

async fn az_4_the_mail_says_that_and_never_what(world: World) -> World {
    let (de, be) = (world.police("DE").await, world.police("BE").await);
    let server = Server::start(&world, 0);
    let search = watches(&de, "derk@police.example", "Secret operation", json!({ "text": "board.example" })).await;
    watches(&be, "bea@police.example", "Other", json!({ "class": "baseline" })).await;
    let report = told(&world, "DE", 1, 301, "infant").await;
    assert_eq!(server.send(&world).await, 1, "the Belgian unit was told nothing");
    let case = de.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let mail = server.mails().remove(0);
    assert_eq!(mail["to"], json!(["derk@police.example"]));
    let content = mail["content"].as_str().unwrap().to_owned();
    assert!(content.contains("Your saved search has new cases. Sign in to see them."), "{content}");
    assert!(content.contains("https://cport.example/"));
    let told_of = [
        "Secret",
        "operation",
        "board",
        "baseline",
        "infant",
        "Germany",
        "Example Police",
        &case,
        &case[case.len() - 8..],
        &report,
        &search,
    ];
    for word in told_of {
        assert!(!content.contains(word), "{word} is in the mail: {content}");
    }
    // Another unit's mail about something else is the same mail.
    let desk = world.desk("BE").await;
    let other = desk.reports("BE").await;
    let item = desk.adds(&other, "b.png", &testkit::pictures::png(302)).await;
    assert!(desk.classifies(&item, "baseline").await.status.is_success());
    world.settle().await;
    assert_eq!(server.send(&world).await, 1);
    let mails = server.mails();
    assert_eq!(bare(&mails[0]), bare(&mails[1]));
    assert!(de.acts().await.contains(&"mail.sent".to_owned()), "and it is in the unit's log");
    world
}

async fn fa_3_a_mail_is_sent_once_however_often_it_is_tried(world: World) -> World {
    let de = world.police("DE").await;
    let server = Server::start(&world, 1);
    watches(&de, "derk@police.example", "All", json!({ "class": "baseline" })).await;
    told(&world, "DE", 1, 311, "infant").await;
    assert_eq!(server.send(&world).await, 1, "tried, and refused by the server");
    assert_eq!(server.mails().len(), 0);
    assert_eq!(server.send(&world).await, 0, "not again at once");
    world.app.db.clock().advance(120);
    assert_eq!(server.send(&world).await, 1);
    assert_eq!(server.mails().len(), 1);
    // More within the hour waits, and is one mail however much it is.
    for seed in [312, 313, 314] {
        told(&world, "DE", 1, seed, "infant").await;
    }
    assert_eq!(server.send(&world).await, 0, "at most one in an hour");
    world.app.db.clock().advance(HOUR + 1);
    assert_eq!((server.send(&world).await, server.mails().len()), (1, 2));
    // Routing a case again is no news.
    let report: base::ReportId =
        de.get("/api/v1/cases").await.json()["items"][0]["report_id"].as_str().unwrap().parse().unwrap();
    let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
    storage::jobs::enqueue(&tx, "route", report.0).await.unwrap();
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
    world.settle().await;
    world.app.db.clock().advance(HOUR + 1);
    assert_eq!((server.send(&world).await, server.mails().len()), (0, 2));
    let ids: Vec<String> = server
        .mails()
        .iter()
        .map(|m| {
            m["content"]
                .as_str()
                .unwrap()
                .lines()
                .find(|l| l.to_lowercase().starts_with("message-id:"))
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_ne!(ids[0], ids[1]);
    world
}

async fn a_search_that_is_switched_off_or_a_person_who_left_gets_nothing(world: World) -> World {
    let de = world.police("DE").await;
    let server = Server::start(&world, 0);
    let search = watches(&de, "derk@police.example", "All", json!({ "class": "baseline" })).await;
    told(&world, "DE", 1, 321, "infant").await;
    let off = json!({ "name": "All", "alert": false });
    assert!(de.json("PATCH", &format!("/api/v1/case-searches/{search}"), &off).await.status.is_success());
    assert_eq!(server.send(&world).await, 0, "called off");
    let on = json!({ "name": "All", "alert": true });
    assert!(de.json("PATCH", &format!("/api/v1/case-searches/{search}"), &on).await.status.is_success());
    assert_eq!(server.send(&world).await, 0, "what was there before is no news");
    told(&world, "DE", 1, 322, "infant").await;
    let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
    let sql = "UPDATE person SET active = $1 WHERE id = $2";
    storage::sql::run(&tx, sql, vec![false.into(), de.who.person.0.into()]).await.unwrap();
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
    assert_eq!((server.send(&world).await, server.mails().len()), (0, 0));
    world
}
