//! Hash lists by the public hash-sharing protocol: with the open client as it is, and what is refused.

use crate::lists_by_api::{self, agree, entries, imports, interpol, publishes, writes};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{path::Path, process::Command};
use testkit::{Answer, Caller, World, stories};

stories! {
    ap_5_the_open_client_lists_pages_follows_and_votes
    az_1_the_open_protocol_shows_readable_lists_only
    a_range_loses_nothing_when_entries_move_while_it_is_paged
    bad_input_by_the_open_protocol_is_refused_by_field
}

/// Serves a world on a port of this machine; returns the address.
pub async fn served(world: &World) -> String {
    served_by(web::router(world.app.clone())).await
}

/// The same of any router.
pub async fn served_by(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    at
}

/// Runs a script of `tests/python` and reads its last line.
pub async fn python(script: &str, args: Vec<String>) -> Result<Value, String> {
    let python = std::env::var("CPORT_PYTHON").expect("CPORT_PYTHON is not set: run the tests with scripts/test");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python").join(script);
    let mut command = Command::new(python);
    command.arg(script).args(args).env("TZ", "UTC").env("NO_PROXY", "*");
    let out = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    Ok(serde_json::from_str(text.lines().last().unwrap()).unwrap())
}

async fn client(base: &str, who: &Caller, step: &[&str]) -> Result<Value, String> {
    let mut args = vec![format!("{base}/hashsharing"), "anybody".to_owned(), who.token.clone()];
    args.extend(step.iter().map(|s| (*s).to_owned()));
    python("hash_sharing.py", args).await
}

fn seconds(world: &World, more: i64) -> String {
    (world.app.db.now().micros() / 1_000_000 + more).to_string()
}

fn md5(n: u32) -> String {
    format!("{n:032x}")
}

/// Three transactions' worth of entries.
async fn fill(world: &World, by: &Caller, list: &str) {
    for part in 0..3_u32 {
        let lines: String = (0..900).map(|n| format!("{}\n", md5(1 + part * 900 + n))).collect();
        let done = imports(by, list, &format!("format=text&name={part}"), lines.as_bytes()).await;
        assert_eq!(done.status, StatusCode::CREATED, "{}", done.text());
        world.app.db.clock().advance(60);
    }
}

fn ids(pages: &Value) -> Vec<String> {
    let entries = pages.as_array().unwrap().iter().flat_map(|p| p.as_array().unwrap());
    entries.map(|e| e["id"].as_str().unwrap().to_owned()).collect()
}

async fn ap_5_the_open_client_lists_pages_follows_and_votes(world: World) -> World {
    let (pia, nl) = (interpol(&world).await, world.desk("NL").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    agree(&pia, &list, &nl, true).await;
    fill(&world, &pia, &list).await;
    let base = served(&world).await;
    let publisher = web::hash_sharing::number(pia.who.organisation.id);
    let who = client(&base, &nl, &["status"]).await.unwrap();
    let number = web::hash_sharing::number(nl.who.organisation.id);
    assert_eq!(who, json!({ "id": number, "name": nl.who.organisation.name }));
    let members = client(&base, &nl, &["members"]).await.unwrap();
    assert!(members.as_array().unwrap().contains(&json!({ "id": publisher, "name": pia.who.organisation.name })));
    // More than a page, each entry once.
    let (from, to) = ("0".to_owned(), seconds(&world, 0));
    let pages = client(&base, &nl, &["entries", &from, &to]).await.unwrap();
    assert_eq!(pages.as_array().unwrap().len(), 3, "a transaction's entries are never parted");
    let mut all = ids(&pages);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 2700);
    let first = &pages[0][0];
    assert_eq!((&first["member"], &first["kind"]), (&json!(publisher), &json!("image")));
    assert_eq!(first["fingerprints"].as_object().unwrap().keys().collect::<Vec<_>>(), ["md5"]);
    // Changes since, a deletion among them.
    world.app.db.clock().advance(60);
    let gone = first["id"].as_str().unwrap();
    let why = json!({ "why": "a story" });
    let withdrawn = pia.json("POST", &format!("{list}/entries/{gone}/withdrawal"), &why).await;
    assert_eq!(withdrawn.status, StatusCode::CREATED, "{}", withdrawn.text());
    let now = seconds(&world, 0);
    let since = client(&base, &nl, &["entries", &to, &now]).await.unwrap();
    assert_eq!(ids(&since), [gone]);
    assert_eq!((&since[0][0]["deleted"], &since[0][0]["fingerprints"]), (&json!(true), &json!({})));
    // A word for and a word against, as the publisher sees them.
    let entry = pages[1][0]["id"].as_str().unwrap();
    let member = publisher.to_string();
    assert_eq!(client(&base, &nl, &["vote", &member, entry, "md5", "up"]).await, Ok(json!("voted")));
    let guid = "6d6f0c52-54a5-4b3c-9a1e-0c5b8d6f1a03";
    let vote = ["vote", member.as_str(), entry, "md5", "down", guid];
    assert_eq!(client(&base, &nl, &vote).await, Ok(json!("voted")));
    let votes = pia.get(&format!("{list}/votes?open=true")).await.json();
    assert_eq!(votes["items"].as_array().unwrap().len(), 1, "the second word took the first one's place");
    assert_eq!(votes["items"][0]["reason"], "Md5: The fingerprint is of other content");
    let stranger = Caller::new(web::router(world.app.clone()), nl.who.clone(), "x".into());
    let nobody = client(&base, &stranger, &["status"]).await;
    assert!(nobody.unwrap_err().contains("401"));
    world.settle().await;
    world
}

async fn get(who: &Caller, path: &str) -> Answer {
    let basic = STANDARD.encode(format!("anybody:{}", who.token));
    let request = Request::builder().uri(path).header(header::AUTHORIZATION, format!("Basic {basic}"));
    who.send(request.body(Body::empty()).unwrap()).await
}

fn told(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let text = answer.text();
    text.split("<id>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

async fn az_1_the_open_protocol_shows_readable_lists_only(world: World) -> World {
    let (pia, nl, ie) = (interpol(&world).await, world.desk("NL").await, world.desk("IE").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    writes(&pia, &list, json!([{ "md5": md5(1) }])).await;
    let path = "/hashsharing/v2/entries";
    let terms = lists_by_api::offers(&pia, &list, &nl, true).await;
    assert_eq!(told(&get(&nl, path).await), Vec::<String>::new(), "an offer shows no entry");
    assert!(nl.json("POST", &format!("{list}/terms/acceptance"), &json!({})).await.status.is_success());
    let entry = entries(&pia, &list).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!((told(&get(&nl, path).await), told(&get(&pia, path).await)), (vec![entry.clone()], vec![entry]));
    assert_eq!(told(&get(&ie, path).await), Vec::<String>::new());
    assert!(pia.json("POST", &format!("{list}/terms/{terms}/end"), &json!({})).await.status.is_success());
    assert_eq!(told(&get(&nl, path).await), Vec::<String>::new(), "ended terms end at once");
    world
}

async fn a_range_loses_nothing_when_entries_move_while_it_is_paged(world: World) -> World {
    let pia = interpol(&world).await;
    let list = publishes(&pia, "Baseline", "baseline").await;
    for n in 1..=6 {
        writes(&pia, &list, json!([{ "md5": md5(n) }])).await;
        world.app.db.clock().advance(20);
    }
    let all: Vec<String> = entries(&pia, &list).await.iter().map(|e| e["id"].as_str().unwrap().into()).collect();
    let mut path = "/v2/entries?size=2".to_owned();
    let mut seen = Vec::new();
    for page in 0..3 {
        let answer = get(&pia, &format!("/hashsharing{path}")).await;
        seen.extend(told(&answer));
        let text = answer.text();
        let next = text.split("<next>").nth(1).map(|n| n.split('<').next().unwrap().replace("&amp;", "&"));
        assert_eq!(next.is_some(), page < 2, "{text}");
        path = next.unwrap_or_default();
        // What was read already moves away; by a count, two others would be passed over now.
        if page == 0 {
            world.app.db.clock().advance(60);
            for id in &all[..2] {
                let why = json!({ "why": "a story" });
                assert!(pia.json("POST", &format!("{list}/entries/{id}/withdrawal"), &why).await.status.is_success());
            }
        }
    }
    assert_eq!(seen, all);
    world
}

async fn bad_input_by_the_open_protocol_is_refused_by_field(world: World) -> World {
    let (pia, nl) = (interpol(&world).await, world.desk("NL").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    agree(&pia, &list, &nl, true).await;
    writes(&pia, &list, json!([{ "md5": md5(1) }])).await;
    let entry = entries(&pia, &list).await[0]["id"].as_str().unwrap().to_owned();
    let refused = [
        ("entries?from=yesterday", "from"),
        ("entries?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("entries?size=0", "size"),
        ("entries?size=1001", "size"),
        ("entries?start=-1", "start"),
        ("entries?start=18446744073709551615", "start"),
        ("feedback/MD6/reasons", "type"),
    ];
    for (path, field) in refused {
        let (status, _, named) = get(&nl, &format!("/hashsharing/v2/{path}")).await.problem();
        assert_eq!((status, named.as_deref()), (422, Some(field)), "{path}");
    }
    let member = web::hash_sharing::number(pia.who.organisation.id);
    let put = async |kind: &str, body: String| {
        let path = format!("/hashsharing/v2/entries/{member}/{entry}/{kind}/feedback");
        let answer = nl.send(nl.request("PUT", &path).body(Body::from(body)).unwrap()).await;
        answer.status.as_u16()
    };
    let word = |inner: &str| format!("<feedbackSubmission>{inner}</feedbackSubmission>");
    let against = |guid: &str| word(&format!("<negative><reasonIds><guid>{guid}</guid></reasonIds></negative>"));
    let yes = "<affirmative/>";
    assert_eq!(put("MD5", word("")).await, 422);
    assert_eq!(put("MD5", "no XML".into()).await, 422);
    assert_eq!(put("MD5", word("<negative/>")).await, 422);
    assert_eq!(put("MD5", against("another")).await, 422);
    assert_eq!(put("MD5", format!("{}{}", word(yes), " ".repeat(70_000))).await, 413);
    assert_eq!((put("SHA1", word(yes)).await, put("MD6", word(yes)).await), (422, 422), "not in this entry");
    assert_eq!(pia.get(&format!("{list}/votes")).await.json()["items"], json!([]), "nothing was taken");
    assert_eq!(put("md5", word(yes)).await, 204);
    for (header, value) in [("authorization", "Basic !"), ("authorization", "Basic YTpi"), ("x-none", "")] {
        let request = Request::builder().uri("/hashsharing/v2/status").header(header, value);
        let answer = nl.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap().starts_with("Basic realm="));
    }
    world
}
