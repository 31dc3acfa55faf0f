//! Confirmed items leave for victim identification by themselves, once each, as wide as the agreement says, once two persons
//! released where they go; what comes back reaches hotline and police.

use crate::linked::Linked;
use axum::http::StatusCode;
use base::{Country, OrgKind};
use exchange::icse::queue;
use serde_json::{Value, json};
use testkit::{Caller, World, pictures, stories};

stories! {
    a_confirmed_picture_comes_back_as_a_series_on_the_officers_case
    nothing_leaves_before_two_persons_released_it
    se_6_one_organisation_never_releases_the_link
    corrections_and_withdrawals_follow_what_was_sent
    a_suspended_agreement_stops_what_waits
    national_material_waits_for_the_law
    cases_of_one_series_find_each_other
    context_pictures_go_along_where_the_clause_gives_the_series
    an_identified_victim_is_worked_on_no_more
    one_bad_item_keeps_no_other_back
    what_failed_is_tried_again_from_the_desk
}

/// INTERPOL's officer.
pub async fn pia(world: &World) -> Caller {
    let pia = world.people.iter().find(|p| p.organisation.kind == OrgKind::Interpol).unwrap();
    world.calling(pia).await
}

pub async fn releases(world: &World) {
    let (pia, sam) = (pia(world).await, crate::agreements::secretary(world).await);
    let made = pia.json("POST", "/api/v1/link/releases", &json!({ "reason": "the receiver was tried" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let path = format!("/api/v1/link/releases/{}/confirm", made.str("id"));
    let confirmed = sam.json("POST", &path, &json!({})).await;
    assert_eq!(confirmed.status, StatusCode::CREATED, "{}", confirmed.text());
}

/// A proposed release and a dispatch that waits, for whoever walks every route.
pub async fn of_each_kind(world: &World) -> (String, String) {
    let pia = pia(world).await;
    let made = pia.json("POST", "/api/v1/link/releases", &json!({ "reason": "a story" })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let waiting = dispatches(world, "open").await;
    (made.str("id"), waiting[0]["id"].as_str().unwrap().to_owned())
}

/// Rows of every table of this room, all of the Dutch hotline's item that Germany's agreement lets go on.
pub async fn of_others(world: &mut World) {
    let mut linked = Linked::new(world, |_| {}).await;
    releases(world).await;
    judged(world, &picture(5), "baseline").await;
    linked.works(world).await;
    linked.stop();
    judged(world, &picture(6), "baseline").await;
    linked.works(world).await;
    assert_eq!(dispatches(world, "open").await.len(), 1);
}

/// A picture whose answer by the stand-in's rule is known: `digit` of its rule.
pub fn picture(digit: u8) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    (100..).map(pictures::png).find(|bytes| Sha256::digest(bytes)[0] % 10 == digit).expect("there are many pictures")
}

/// A Dutch analyst judges a picture hosted in Germany; the report and the item.
pub async fn judged(world: &World, bytes: &[u8], class: &str) -> (String, Value) {
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", bytes).await;
    let answer = nl.classifies(&item, class).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    world.settle().await;
    (report, item)
}

pub async fn dispatches(world: &World, which: &str) -> Vec<Value> {
    let found = pia(world).await.get(&format!("/api/v1/link/dispatches?which={which}")).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text());
    found.json()["items"].as_array().unwrap().clone()
}

pub async fn findings(world: &World, item: &Value) -> Vec<Value> {
    let path = format!("/api/v1/items/{}", item["id"].as_str().unwrap());
    world.desk("NL").await.get(&path).await.json()["findings"].as_array().unwrap().clone()
}

async fn a_confirmed_picture_comes_back_as_a_series_on_the_officers_case(mut world: World) -> World {
    let linked = Linked::new(&mut world, |_| {}).await;
    releases(&world).await;
    let (report, item) = judged(&world, &picture(5), "baseline").await;
    linked.works(&world).await;
    let held = linked.held();
    assert_eq!((held.len(), held[0].version, held[0].media, held[0].taken), (1, 1, true, 1));
    assert_eq!(held[0].item.to_string(), item["id"].as_str().unwrap());
    let through = dispatches(&world, "through").await;
    assert_eq!((through.len(), through[0]["state"].as_str()), (1, Some("answered")), "{through:?}");
    // At the hotline, and on the officer's case.
    let found = findings(&world, &item).await;
    let said = |f: &Value| (f["word"].as_str().unwrap().to_owned(), f["series"].as_str().unwrap_or("").to_owned());
    assert_eq!(found.len(), 1);
    assert_eq!(said(&found[0]).0, "known");
    assert!(said(&found[0]).1.starts_with("S-"), "{found:?}");
    let de = world.police("DE").await;
    let case = de.case_of(&report).await.expect("a case");
    let open = de.get(&format!("/api/v1/cases/{}", case["id"].as_str().unwrap())).await.json();
    assert_eq!(open["items"][0]["findings"], json!(found), "{open}");
    let changes = de.get("/api/v1/cases/changes?cursor=0").await.json();
    assert!(changes["items"].as_array().unwrap().iter().any(|c| c["kind"] == "found"), "{changes}");
    // Nobody else learns of it, and the sending stands in the hotline's log.
    assert_eq!(world.police("BE").await.case_of(&report).await, None);
    let acts = world.desk("NL").await.acts().await;
    let sent = world.desk("DE").await.acts().await;
    assert!(acts.contains(&"item.found".to_owned()), "{acts:?}");
    assert!(
        acts.contains(&"item.sent_on".to_owned()) || sent.contains(&"item.sent_on".to_owned()),
        "{acts:?} {sent:?}"
    );
    // Again changes nothing.
    linked.works(&world).await;
    assert_eq!(linked.held()[0].taken, 1);
    world
}

async fn nothing_leaves_before_two_persons_released_it(mut world: World) -> World {
    let mut linked = Linked::new(&mut world, |_| {}).await;
    judged(&world, &picture(5), "baseline").await;
    linked.works(&world).await;
    assert_eq!(linked.held(), []);
    assert_eq!(dispatches(&world, "open").await.len(), 1);
    releases(&world).await;
    world.app.db.clock().advance(10);
    linked.works(&world).await;
    assert_eq!(linked.held().len(), 1, "what waited leaves");
    // Another destination needs another release.
    linked.destination.digest = [7; 32];
    judged(&world, &picture(6), "baseline").await;
    world.app.db.clock().advance(10);
    linked.works(&world).await;
    assert_eq!(linked.held().len(), 1);
    world
}

async fn se_6_one_organisation_never_releases_the_link(mut world: World) -> World {
    let _linked = Linked::new(&mut world, |_| {}).await;
    let (pia, sam) = (pia(&world).await, crate::agreements::secretary(&world).await);
    let made = pia.json("POST", "/api/v1/link/releases", &json!({ "reason": "a story" })).await;
    let confirm = format!("/api/v1/link/releases/{}/confirm", made.str("id"));
    assert_eq!(pia.json("POST", &confirm, &json!({})).await.problem().1, "release-same-person");
    let colleagues =
        world.people.iter().filter(|p| p.organisation.kind == OrgKind::Interpol && p.person != pia.who.person);
    for other in colleagues {
        let other = world.calling(other).await;
        let refused = other.json("POST", &confirm, &json!({})).await.problem();
        assert!(["release-same-organisation", "not-found"].contains(&refused.1.as_str()), "{refused:?}");
    }
    for stranger in [world.desk("NL").await, world.police("DE").await] {
        assert_eq!(stranger.json("POST", &confirm, &json!({})).await.problem().0, 404);
        assert_eq!(stranger.get("/api/v1/link").await.problem().0, 403);
    }
    let twice = sam.json("POST", "/api/v1/link/releases", &json!({ "reason": "again" })).await;
    assert_eq!(twice.problem().1, "release-there");
    assert_eq!(sam.json("POST", &confirm, &json!({})).await.status, StatusCode::CREATED);
    assert_eq!(sam.json("POST", &confirm, &json!({})).await.problem().1, "release-over");
    assert_eq!(pia.get("/api/v1/link").await.json()["released"], true);
    // One alone ends it.
    let end = format!("/api/v1/link/releases/{}/end", made.str("id"));
    assert_eq!(pia.json("POST", &end, &json!({ "reason": "" })).await.problem().2.as_deref(), Some("reason"));
    assert_eq!(pia.json("POST", &end, &json!({ "reason": "a story" })).await.status, StatusCode::CREATED);
    assert_eq!(pia.get("/api/v1/link").await.json()["released"], false);
    world
}

async fn corrections_and_withdrawals_follow_what_was_sent(mut world: World) -> World {
    let linked = Linked::new(&mut world, |_| {}).await;
    releases(&world).await;
    let (report, item) = judged(&world, &picture(1), "baseline").await;
    linked.works(&world).await;
    // What is told changes: the owner confirms it.
    world.app.db.clock().advance(5);
    let confirm = format!("/api/v1/items/{}/confirmation", item["id"].as_str().unwrap());
    let confirmed = world.desk("DE").await.json("POST", &confirm, &json!({})).await;
    assert_eq!(confirmed.status, StatusCode::CREATED, "{}", confirmed.text());
    linked.works(&world).await;
    assert_eq!((linked.held()[0].version, linked.held()[0].withdrawn), (2, false));
    // The ground goes: the host moves to where no agreement lets it go on.
    world.app.db.clock().advance(5);
    let moved = json!({ "country": "NO", "reason": "a story" });
    let moved = world.desk("NL").await.json("PUT", &format!("/api/v1/reports/{report}/hosting"), &moved).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text());
    linked.works(&world).await;
    let held = linked.held();
    assert_eq!((held.len(), held[0].version, held[0].withdrawn, held[0].sha256.as_deref()), (1, 3, true, None));
    // And comes back: it is told anew.
    world.app.db.clock().advance(5);
    let back = json!({ "country": "DE", "reason": "a story" });
    let back = world.desk("NL").await.json("PUT", &format!("/api/v1/reports/{report}/hosting"), &back).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text());
    linked.works(&world).await;
    assert_eq!((linked.held()[0].version, linked.held()[0].withdrawn), (4, false));
    world
}

async fn a_suspended_agreement_stops_what_waits(mut world: World) -> World {
    let mut linked = Linked::new(&mut world, |_| {}).await;
    releases(&world).await;
    linked.stop();
    judged(&world, &picture(1), "baseline").await;
    linked.works(&world).await;
    let open = dispatches(&world, "open").await;
    assert_eq!((open.len(), open[0]["state"].as_str()), (1, Some("packed")));
    let de = world.desk("DE").await;
    let found = de.get("/api/v1/agreements").await.json();
    for agreement in found["items"].as_array().unwrap() {
        let path = format!("/api/v1/agreements/{}/suspension", agreement["id"].as_str().unwrap());
        let suspended = de.json("POST", &path, &json!({ "reason": "a story" })).await;
        assert_eq!(suspended.status, StatusCode::CREATED, "{}", suspended.text());
    }
    linked.start().await;
    world.app.db.clock().advance(3600);
    linked.works(&world).await;
    assert_eq!(linked.held().iter().filter(|h| !h.withdrawn).count(), 0, "nothing is there without a ground");
    world
}

async fn national_material_waits_for_the_law(mut world: World) -> World {
    let mut linked = Linked::new(&mut world, |_| {}).await;
    releases(&world).await;
    // Belgium's clause lets national material of its own hotline go on; the law of the land is another matter.
    let be = world.desk("BE").await;
    let judge = async |seed| {
        let report = be.reports("BE").await;
        let item = be.adds(&report, "a.png", &pictures::png(seed)).await;
        let path = format!("/api/v1/items/{}/assessment", item["id"].as_str().unwrap());
        let body = json!({ "class": "national", "age_group": "adolescent" });
        let judged = be.json("PUT", &path, &body).await;
        assert_eq!(judged.status, StatusCode::OK, "{}", judged.text());
    };
    judge(1).await;
    linked.works(&world).await;
    assert_eq!(linked.held(), [], "unknown means no");
    linked.config.national = vec!["BE".parse::<Country>().unwrap()];
    let report = be.reports("BE").await;
    let item = be.adds(&report, "a.png", &pictures::png(2)).await;
    let path = format!("/api/v1/items/{}/assessment", item["id"].as_str().unwrap());
    let judged = be.json("PUT", &path, &json!({ "class": "national", "age_group": "adolescent" })).await;
    assert_eq!(judged.status, StatusCode::OK, "{}", judged.text());
    // Not by the world's own queueing, which knows of no such law.
    settle_but_queue(&world).await;
    while queue::next(&world.app.db, &linked.config.national).await.unwrap() {}
    linked.works(&world).await;
    assert_eq!(linked.held().len(), 1);
    world
}

/// Queued work but what goes on.
async fn settle_but_queue(world: &World) {
    let app = &world.app;
    let lane = app.config.default_lane.as_ref();
    let hands = app.hands();
    while reports::flow::work(&app.db, &app.lists, lane).await.unwrap()
        || reports::flow::catch_up(&app.db, &app.lists, lane).await.unwrap()
        || reports::flow::fetch(&hands).await.unwrap()
    {}
}

async fn cases_of_one_series_find_each_other(world: World) -> World {
    let mut reports = Vec::new();
    for (seed, series) in [(1, Some("S-00FF77")), (2, Some("S-00FF77")), (3, Some("S-OTHER")), (4, None)] {
        let (report, item) = judged(&world, &pictures::png(seed), "baseline").await;
        let found = reports::finding::Found {
            item: base::ItemId(item["id"].as_str().unwrap().parse().unwrap()),
            word: base::FindingWord::Known,
            series: series.map(str::to_owned),
            reason: None,
            at: world.app.db.now(),
            key: format!("answer-{seed}"),
        };
        let tx = world.app.db.begin(&base::Actor::machine("identification")).await.unwrap();
        let act = reports::finding::record(&tx, &found).await.unwrap().expect("new");
        tx.commit(&act).await.unwrap();
        reports.push(report);
    }
    world.settle().await;
    let de = world.police("DE").await;
    let mut cases = Vec::new();
    for report in &reports {
        cases.push(de.case_of(report).await.expect("a case")["id"].as_str().unwrap().to_owned());
    }
    // Found by its number, in whatever case it is typed.
    let browser = crate::pages::Browser::of(de.clone()).await;
    let found = browser.post("/police/searches", "text=s-00ff77").await;
    let search = browser.get(found.headers["location"].to_str().unwrap()).await.text();
    let shown: Vec<bool> = cases.iter().map(|case| search.contains(case.as_str())).collect();
    assert_eq!(shown, [true, true, false, false]);
    // And beside the other, as such.
    let page = browser.get(&format!("/police/cases/{}", cases[0])).await.text();
    let others = page.split_once("id=\"related\"").expect("there are others").1;
    assert!(others.contains(&cases[1]) && others.contains("the same series"), "{others}");
    world
}

async fn context_pictures_go_along_where_the_clause_gives_the_series(mut world: World) -> World {
    let linked = Linked::new(&mut world, |_| {}).await;
    releases(&world).await;
    let nl = world.desk("NL").await;
    // A report with a confirmed picture, a harmless one of the same series, and one that nobody has judged.
    let report = async |seed| {
        let report = nl.reports("DE").await;
        let mut items = Vec::new();
        for (n, class) in [(0_u32, Some("not_illegal")), (1, Some("baseline")), (2, None)] {
            let item = nl.adds(&report, &format!("{n}.png"), &pictures::png(seed + n)).await;
            if let Some(class) = class {
                assert_eq!(nl.classifies(&item, class).await.status, StatusCode::OK);
            }
            items.push(item);
        }
        world.settle().await;
        items
    };
    let held = || -> Vec<(String, bool, bool)> {
        linked.held().iter().map(|h| (h.item.to_string(), h.media, h.withdrawn)).collect()
    };
    let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
    // Clause 1.1 of the German agreement gives the page: the confirmed one alone.
    let first = report(400).await;
    linked.works(&world).await;
    assert_eq!(held(), [(id(&first[1]), true, false)]);
    // A version that gives the series.
    let agreement = crate::agreements::agreement_of(&world.desk("DE").await).await;
    let series = crate::agreements::lane("7", "series", true) + "onward = { icse = true }\n";
    crate::agreements::signed_by_all(&world, "DE", &agreement, &json!({ "toml": series })).await;
    world.app.db.clock().advance(5);
    linked.works(&world).await;
    let second = report(500).await;
    linked.works(&world).await;
    let mut with: Vec<_> = [&first[0], &first[1], &second[0], &second[1]].map(|i| (id(i), true, false)).to_vec();
    let mut now = held();
    with.sort();
    now.sort();
    assert_eq!(now, with, "both reports' context pictures, and never what nobody judged");
    // The ground of the illegal one goes, and that of the other with it.
    world.app.db.clock().advance(5);
    let moved = format!("/api/v1/reports/{}/hosting", second[1]["report_id"].as_str().unwrap());
    let moved = nl.json("PUT", &moved, &json!({ "country": "NO", "reason": "a story" })).await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text());
    linked.works(&world).await;
    let gone: Vec<String> = held().into_iter().filter(|(_, _, withdrawn)| *withdrawn).map(|(item, ..)| item).collect();
    assert_eq!(gone.len(), 2, "{gone:?}");
    assert!(gone.contains(&id(&second[0])) && gone.contains(&id(&second[1])));
    world
}

async fn an_identified_victim_is_worked_on_no_more(mut world: World) -> World {
    let linked = Linked::new(&mut world, |_| {}).await;
    releases(&world).await;
    let bytes = picture(8);
    let (report, item) = judged(&world, &bytes, "baseline").await;
    let de = world.police("DE").await;
    let points = async || {
        let inbox = de.get("/api/v1/cases").await.json();
        let rows = inbox["items"].as_array().unwrap().clone();
        let row = rows.into_iter().find(|c| c["report_id"] == report.as_str()).expect("in the inbox");
        (row["points"].as_i64().unwrap(), row["reasons"].clone())
    };
    let before = points().await;
    linked.works(&world).await;
    assert_eq!(findings(&world, &item).await[0]["word"], "victim_identified");
    let after = points().await;
    assert_eq!(before.0 - after.0, 60, "it falls in the inbox: {before:?} {after:?}");
    assert!(after.1.as_array().unwrap().iter().any(|r| r["reason"] == "identified"), "{after:?}");
    // The same content again is known and inherits; nobody looks, nothing is sent again.
    world.app.db.clock().advance(5);
    let nl = world.desk("NL").await;
    let again = nl.reports("DE").await;
    nl.adds(&again, "b.png", &bytes).await;
    linked.works(&world).await;
    assert_eq!(linked.held().len(), 1);
    assert_eq!(nl.get("/api/v1/items").await.json()["items"], json!([]));
    world
}

async fn one_bad_item_keeps_no_other_back(mut world: World) -> World {
    let linked = Linked::new(&mut world, |_| {}).await;
    releases(&world).await;
    let mut items = Vec::new();
    for seed in 0..5 {
        items.push(judged(&world, &pictures::png(seed), "baseline").await.1);
    }
    // The second one's sealed file is damaged in the store.
    let sha256 = items[1]["sha256"].as_str().unwrap();
    let sql = format!(
        "UPDATE blob SET wrapped_key = (SELECT wrapped_key FROM blob b WHERE b.id <> blob.id AND b.wrapped_key IS NOT NULL LIMIT 1)
         WHERE id = (SELECT blob_id FROM media_object WHERE sha256 = {} LIMIT 1)",
        match world.app.db.backend() {
            storage::Backend::Sqlite => format!("X'{sha256}'"),
            storage::Backend::Postgres => format!("'\\x{sha256}'"),
        }
    );
    world.as_owner(&sql).await;
    linked.works(&world).await;
    assert_eq!(linked.held().len(), 4, "the others are through");
    let failed = dispatches(&world, "failed").await;
    assert_eq!((failed.len(), failed[0]["state"].as_str()), (1, Some("parked")), "{failed:?}");
    assert!(failed[0]["reason"].as_str().unwrap().contains("not what was hashed"), "{failed:?}");
    world
}

async fn what_failed_is_tried_again_from_the_desk(mut world: World) -> World {
    let linked = Linked::new(&mut world, |_| {}).await;
    releases(&world).await;
    let (_, item) = judged(&world, &picture(9), "baseline").await;
    linked.works(&world).await;
    let failed = dispatches(&world, "failed").await;
    assert_eq!(failed[0]["state"], "rejected", "{failed:?}");
    assert_eq!(findings(&world, &item).await[0]["word"], "rejected");
    let path = format!("/api/v1/link/dispatches/{}/retry", failed[0]["id"].as_str().unwrap());
    let pia = pia(&world).await;
    assert_eq!(pia.json("POST", &path, &json!({})).await.status, StatusCode::CREATED);
    assert_eq!(pia.json("POST", &path, &json!({})).await.problem().1, "not-failed");
    assert_eq!(world.police("DE").await.json("POST", &path, &json!({})).await.problem().0, 404);
    linked.works(&world).await;
    assert_eq!(linked.held()[0].version, 2, "what may have arrived goes as a new version");
    world
}
