//! A reported page becomes evidence: fetched from the invented web by a process of its own, sealed, looked into, traced.

use axum::http::StatusCode;
use base::Actor;
use serde_json::{Value, json};
use testkit::{Caller, World, stories};

stories! {
    a_reported_page_becomes_items_with_everything_that_proves_them
    a_known_file_of_a_captured_page_is_shown_to_nobody
    a_page_fetched_again_shows_what_changed
    a_host_that_moved_sends_the_report_to_another_country_and_tells_both_hotlines
    where_media_may_not_be_kept_a_capture_leaves_hashes_and_urls
    a_login_is_kept_sealed_and_used
    a_page_that_cannot_be_had_says_why_and_the_report_stays
    a_video_is_known_by_its_frames
}

const SCOUT: &str = env!("CARGO_BIN_EXE_scout");

async fn reports(who: &Caller, body: Value) -> String {
    let mut whole = json!({ "received_at": "2026-06-01T11:00:00Z" });
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    let answer = who.json("POST", "/api/v1/reports", &whole).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.str("id")
}

async fn report(who: &Caller, id: &str) -> Value {
    who.get(&format!("/api/v1/reports/{id}")).await.json()
}

async fn captures(who: &Caller, report: &str) -> Vec<Value> {
    let list = who.get(&format!("/api/v1/reports/{report}/captures")).await.json();
    list["items"].as_array().unwrap().clone()
}

async fn capture(who: &Caller, list: &Value) -> Value {
    who.get(&format!("/api/v1/captures/{}", list["id"].as_str().unwrap())).await.json()
}

async fn a_reported_page_becomes_items_with_everything_that_proves_them(world: World) -> World {
    let (world, stage) = world.on_stage(SCOUT).await;
    let nl = world.desk("NL").await;
    let id = reports(&nl, json!({ "source_url": stage.page("short") })).await;
    assert_eq!(report(&nl, &id).await["state"], "received", "nothing is fetched while somebody waits");
    world.settle().await;
    let full = report(&nl, &id).await;
    assert_eq!((full["state"].as_str(), full["items"].as_array().unwrap().len()), (Some("compared"), 7));
    assert_eq!(full["hosting"]["country"], "BE", "where the reported URL is, not where it leads");
    let first = &full["items"][0];
    assert_eq!((&first["described"], &first["kept"], &first["trouble"]), (&json!(true), &json!(true), &json!(null)));
    assert_eq!(first["pdq"].as_str().unwrap().len(), 64);
    let item = first["id"].as_str().unwrap();
    let seen = nl.get(&format!("/api/v1/items/{item}/sightings")).await.json();
    assert_eq!(seen["items"][0]["url"], first["url"]);
    assert!(seen["items"][0]["url"].as_str().unwrap().starts_with("http://board.example"));
    let listed = captures(&nl, &id).await;
    assert_eq!((listed.len(), listed[0]["state"].as_str(), &listed[0]["files"]), (1, Some("taken"), &json!(7)));
    let whole = capture(&nl, &listed[0]).await;
    let record = &whole["record"];
    assert!(record["tool"].as_str().unwrap().starts_with("cport-capture/"));
    let hops: Vec<&Value> = record["exchanges"].as_array().unwrap().iter().take(3).map(|e| &e["status"]).collect();
    assert_eq!(hops, [302, 301, 200]);
    let archive =
        nl.get(&format!("/api/v1/captures/{}/archive?purpose=proof", listed[0]["id"].as_str().unwrap())).await;
    assert_eq!(archive.bytes[..2], [0x1f, 0x8b], "gzip");
    assert_eq!(record["archive_sha256"], base::hex(&media::digest::sha256(&archive.bytes)));
    // Police at page width get the proof too, others nothing.
    for item in full["items"].as_array().unwrap() {
        assert_eq!(nl.classifies(item, "baseline").await.status, StatusCode::OK);
    }
    let word = json!({ "country": "DE", "reason": "the content itself lies there" });
    nl.json("PUT", &format!("/api/v1/reports/{id}/hosting"), &word).await;
    world.settle().await;
    let de = world.police("DE").await;
    let case = de.case_of(&id).await.expect("told");
    let open = de.get(&format!("/api/v1/cases/{}", case["id"].as_str().unwrap())).await.json();
    assert_eq!(open["captures"][0]["id"], listed[0]["id"]);
    assert_eq!(open["trace"]["signals"].as_array().unwrap().len(), 3);
    let theirs = de.get(&format!("/api/v1/captures/{}/archive?purpose=case", listed[0]["id"].as_str().unwrap())).await;
    assert_eq!(theirs.bytes, archive.bytes);
    let be = world.police("BE").await;
    let path = format!("/api/v1/captures/{}", listed[0]["id"].as_str().unwrap());
    assert_eq!(be.get(&path).await.status, StatusCode::NOT_FOUND);
    world
}

async fn a_known_file_of_a_captured_page_is_shown_to_nobody(world: World) -> World {
    let (world, stage) = world.on_stage(SCOUT).await;
    let (de, nl) = (world.desk("DE").await, world.desk("NL").await);
    let earlier = de.reports("DE").await;
    let item = de.adds(&earlier, "a.png", &invented::picture(10)).await;
    de.classifies(&item, "baseline").await;
    world.settle().await;
    let id = reports(&nl, json!({ "source_url": stage.page("board") })).await;
    world.settle().await;
    let full = report(&nl, &id).await;
    let known: Vec<&Value> = full["items"].as_array().unwrap().iter().filter(|i| i["known"] == true).collect();
    assert_eq!(known.len(), 1);
    assert_eq!(known[0]["assessment"]["inherited"], true);
    let waiting = nl.get("/api/v1/items").await.json();
    assert_eq!(waiting["items"].as_array().unwrap().len(), 6, "the seventh waits for nobody");
    world
}

async fn a_page_fetched_again_shows_what_changed(world: World) -> World {
    let (world, stage) = world.on_stage(SCOUT).await;
    let nl = world.desk("NL").await;
    let id = reports(&nl, json!({ "source_url": stage.page("moving") })).await;
    world.settle().await;
    stage.move_site();
    world.app.db.clock().advance(60);
    let asked = nl.json("POST", &format!("/api/v1/reports/{id}/captures"), &json!({})).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text());
    let again = nl.json("POST", &format!("/api/v1/reports/{id}/captures"), &json!({})).await;
    assert_eq!(again.str("id"), asked.str("id"), "one that is under way is enough");
    world.settle().await;
    let listed = captures(&nl, &id).await;
    assert_eq!(listed.len(), 2, "the old one stays");
    let difference = &capture(&nl, &listed[0]).await["difference"];
    let ends = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|u| u.as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
    };
    assert_eq!((ends(&difference["came"]), ends(&difference["went"])), (vec!["53.jpg".into()], vec!["50.png".into()]));
    assert_eq!(difference["stayed"], 2);
    let changed: Vec<&str> =
        difference["changed"].as_array().unwrap().iter().map(|c| c["what"].as_str().unwrap()).collect();
    assert_eq!(changed, ["address", "title"]);
    assert_eq!(capture(&nl, &listed[1]).await["difference"], json!(null));
    assert_eq!(report(&nl, &id).await["items"].as_array().unwrap().len(), 4, "what was seen before is one item");
    world
}

async fn a_host_that_moved_sends_the_report_to_another_country_and_tells_both_hotlines(world: World) -> World {
    let (world, stage) = world.on_stage(SCOUT).await;
    let ie = world.desk("IE").await;
    let id = reports(&ie, json!({ "source_url": stage.page("moving") })).await;
    world.settle().await;
    for item in report(&ie, &id).await["items"].as_array().unwrap() {
        ie.classifies(item, "baseline").await;
    }
    world.settle().await;
    let (de, nl) = (world.police("DE").await, world.police("NL").await);
    assert!(de.case_of(&id).await.is_some() && nl.case_of(&id).await.is_none());
    stage.move_site();
    world.app.db.clock().advance(60);
    assert_eq!(ie.json("POST", &format!("/api/v1/reports/{id}/trace"), &json!({})).await.status, StatusCode::CREATED);
    world.settle().await;
    assert!(de.case_of(&id).await.is_none(), "what rested on the old country is withdrawn");
    assert!(nl.case_of(&id).await.is_none(), "the Dutch agreement asks for the Dutch hotline's own judgement");
    let owner = world.desk("NL").await;
    for item in report(&ie, &id).await["items"].as_array().unwrap() {
        let path = format!("/api/v1/items/{}/confirmation", item["id"].as_str().unwrap());
        assert_eq!(owner.json("POST", &path, &json!({})).await.status, StatusCode::CREATED, "it owns the items now");
    }
    world.settle().await;
    assert!(nl.case_of(&id).await.is_some());
    for who in [&ie, &world.desk("DE").await, &world.desk("NL").await] {
        let news = who.get("/api/v1/news").await.json();
        assert_eq!(news["items"].as_array().unwrap().len(), 1, "found for the first time was no news");
        let newest = &news["items"][0];
        assert_eq!((&newest["was"], &newest["becomes"]), (&json!("DE"), &json!("NL")), "{news}");
    }
    let trace = ie.get(&format!("/api/v1/reports/{id}/trace")).await.json();
    let history: Vec<Value> =
        trace["history"].as_array().unwrap().iter().map(|t| json!([t["kind"], t["hosting"]["country"]])).collect();
    assert_eq!(history, [json!(["looked_up", "NL"]), json!(["looked_up", "DE"]), json!(["reported", null])]);
    let signals = trace["history"][0]["found"]["signals"].as_array().unwrap();
    assert!(signals.iter().all(|s| s["country"] == "NL" && !s["from"].as_str().unwrap().is_empty()));
    world
}

async fn where_media_may_not_be_kept_a_capture_leaves_hashes_and_urls(world: World) -> World {
    let (world, stage) = world.on_stage(SCOUT).await;
    let nl = world.desk("NL").await;
    let tx = world.app.db.begin(&Actor::machine("setup")).await.unwrap();
    let act = agreements::directory::set_keeps_media(&tx, nl.who.actor.org, false).await.unwrap();
    tx.commit(&act).await.unwrap();
    let before = world.sealed_objects();
    let id = reports(&nl, json!({ "source_url": stage.page("board") })).await;
    world.settle().await;
    let full = report(&nl, &id).await;
    assert_eq!((full["state"].as_str(), full["items"].as_array().unwrap().len()), (Some("compared"), 7));
    for item in full["items"].as_array().unwrap() {
        assert_eq!((&item["kept"], &item["described"]), (&json!(false), &json!(true)), "{item}");
        assert_eq!(item["pdq"].as_str().unwrap().len(), 64);
    }
    assert_eq!(world.sealed_objects(), before + 1, "the archive without media, nothing else");
    let listed = captures(&nl, &id).await;
    assert_eq!(listed[0]["payload"], "hashed_only");
    world
}

async fn a_login_is_kept_sealed_and_used(world: World) -> World {
    let (world, stage) = world.on_stage(SCOUT).await;
    let nl = world.desk("NL").await;
    let login = json!({ "user": "ada", "password": "drawn" });
    let id = reports(&nl, json!({ "source_url": stage.page("locked"), "login": login })).await;
    world.settle().await;
    let full = report(&nl, &id).await;
    assert_eq!(full["items"].as_array().unwrap().len(), 2, "the door opened");
    let whole = capture(&nl, &captures(&nl, &id).await[0]).await.to_string();
    assert!(!full.to_string().contains("drawn") && !whole.contains("YWRhOmRyYXdu"), "and nobody reads the key");
    let alone = json!({ "source_url": stage.page("board"), "received_at": "2026-06-01T11:00:00Z", "login": { "user": "" , "password": "x" } });
    let refused = nl.json("POST", "/api/v1/reports", &alone).await;
    assert_eq!(refused.problem(), (422, "missing".into(), Some("login.user".into())));
    world
}

async fn a_page_that_cannot_be_had_says_why_and_the_report_stays(world: World) -> World {
    let (world, stage) = world.on_stage(SCOUT).await;
    let nl = world.desk("NL").await;
    stage.vanish();
    let urls = [
        (stage.page("vanishing"), "status 410"),
        ("http://nobody.example/".into(), "no address"),
        ("http://127.0.0.1:9/".into(), "never fetched from"),
    ];
    for (url, why) in urls {
        let id = reports(&nl, json!({ "source_url": url })).await;
        world.settle().await;
        let listed = captures(&nl, &id).await;
        assert_eq!(listed[0]["state"], "failed");
        assert!(listed[0]["failed"].as_str().unwrap().contains(why), "{}", listed[0]);
        assert!(listed[0]["archive"] == true, "what there was of it is kept");
        assert_eq!(report(&nl, &id).await["state"], "received");
    }
    world
}

async fn a_video_is_known_by_its_frames(world: World) -> World {
    let (world, stage) = world.on_stage(SCOUT).await;
    let nl = world.desk("NL").await;
    let id = reports(&nl, json!({ "source_url": stage.page("cinema") })).await;
    world.settle().await;
    let full = report(&nl, &id).await;
    let items = full["items"].as_array().unwrap();
    let video = items.iter().find(|i| i["url"].as_str().unwrap().ends_with(".mp4")).expect("the video is an item");
    // Stories look into files in their own process, where videos are not decoded: the item stays, and says why.
    assert_eq!((&video["described"], &video["kept"]), (&json!(true), &json!(true)));
    assert!(
        video["trouble"].as_str().is_some_and(|t| !t.is_empty()) || video["duration_ms"].as_i64().is_some(),
        "{video}"
    );
    world
}
