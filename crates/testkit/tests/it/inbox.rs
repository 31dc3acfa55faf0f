//! The officer's inbox: what stands where and why, searches, folders, notes, and that none of it leaves the unit.

use crate::pages::Browser;
use axum::http::StatusCode;
use base::{Actor, Role};
use cli::demo::network::Somebody;
use serde_json::{Value, json};
use testkit::{Answer, Caller, World, pictures, stories};

stories! {
    a_new_urgent_case_stands_above_an_old_viral_one_with_its_reasons
    weights_change_the_order_of_the_own_unit_only
    az_4_two_units_of_two_countries_see_nothing_of_each_other
    az_4_a_search_finds_nothing_by_what_the_width_keeps_back
    a_search_is_found_again_by_an_address_that_says_nothing
    a_filter_lets_through_what_it_says
    az_3_one_foreign_id_among_a_hundred_at_each_position
    colleagues_share_what_they_mean_to_share
    az_2_folders_and_cases_of_others_do_not_exist
    cases_that_came_before_the_ranking_are_ranked
    bad_input_is_named_and_changes_nothing
}

/// The second officer of a country's police.
pub async fn colleague(world: &World, country: &str, name: &str) -> Caller {
    let first = world.police(country).await.who;
    let tx = world.app.db.begin(&Actor::machine("setup")).await.unwrap();
    let org = first.organisation.clone();
    let (person, act) = agreements::directory::add_person(&tx, org.id, name, Role::Officer).await.unwrap();
    tx.commit(&act).await.unwrap();
    let actor = Actor { who: base::Who::Person(person, None), ..first.actor };
    world.calling(&Somebody { actor, person, name: name.into(), organisation: org }).await
}

/// A report of the Dutch hotline hosted somewhere, received so many hours ago, with one picture judged by its age group.
pub async fn told(world: &World, host: &str, hours: i64, seed: u32, age: &str) -> String {
    let nl = world.desk("NL").await;
    let unique = uuid::Uuid::from_bytes(storage::Chance.bytes().expect("chance")).simple();
    let body = json!({
        "source_url": format!("https://board.example/{unique}"),
        "received_at": world.app.db.now().plus_seconds(-hours * 3600).to_string(),
        "hosting": { "ip": "192.0.2.7", "country": host, "network": "Example Hosting" },
        "note": "seen by a visitor",
    });
    let report = nl.json("POST", "/api/v1/reports", &body).await.str("id");
    let item = nl.adds(&report, "a.png", &pictures::png(seed)).await;
    if item["assessment"].is_null() {
        let path = format!("/api/v1/items/{}/assessment", item["id"].as_str().unwrap());
        let word = json!({ "class": "baseline", "age_group": age, "gender": "unknown", "note": "hard to read" });
        assert_eq!(nl.json("PUT", &path, &word).await.status, StatusCode::OK);
    }
    world.settle().await;
    report
}

async fn cases(who: &Caller, query: &str) -> Vec<Value> {
    let answer = who.get(&format!("/api/v1/cases{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

fn ids(cases: &[Value]) -> Vec<&str> {
    cases.iter().map(|c| c["id"].as_str().unwrap()).collect()
}

async fn search(who: &Caller, filter: Value) -> String {
    let answer = who.json("POST", "/api/v1/case-searches", &json!({ "filter": filter })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.str("id")
}

async fn finds(who: &Caller, filter: Value) -> usize {
    let id = search(who, filter).await;
    let found = cases(who, &format!("?search={id}")).await.len();
    let counted = who.get(&format!("/api/v1/case-searches/{id}")).await.json();
    assert_eq!(counted["found"], found, "what is counted is what is listed: {counted}");
    found
}

fn created(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
}

async fn a_new_urgent_case_stands_above_an_old_viral_one_with_its_reasons(world: World) -> World {
    let de = world.police("DE").await;
    for _ in 0..5 {
        told(&world, "DE", 100, 1, "adolescent").await;
        // The newest stands for the others: which that is must not be a matter of chance within one moment.
        world.app.db.clock().advance(1);
    }
    let urgent = told(&world, "DE", 3, 2, "infant").await;
    let folded = cases(&de, "?folded=true").await;
    assert_eq!(folded.len(), 2, "five cases of one file are one row");
    assert_eq!(folded[0]["report_id"], urgent);
    assert_eq!((&folded[0]["alike"], &folded[1]["alike"]), (&json!(1), &json!(5)));
    let why = |case: &Value| -> Vec<String> {
        case["reasons"].as_array().unwrap().iter().map(|r| r["reason"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(why(&folded[0]), ["new", "age", "baseline", "home"]);
    assert_eq!(folded[0]["reasons"][1]["age_group"], "infant");
    assert_eq!(
        why(&folded[1]),
        ["seen", "baseline", "home", "age", "known"].map(String::from)[..].to_vec(),
        "{}",
        folded[1]
    );
    let seen = folded[1]["reasons"].as_array().unwrap().iter().find(|r| r["reason"] == "seen").unwrap();
    assert_eq!(seen["cases"], 5);
    assert_eq!(cases(&de, "").await.len(), 6, "nothing is hidden from programs");
    let alike = cases(&de, "").await;
    let one = alike.iter().find(|c| c["report_id"] != urgent).unwrap();
    let others = de.get(&format!("/api/v1/cases/{}/alike", one["id"].as_str().unwrap())).await.json();
    assert_eq!(others["items"].as_array().unwrap().len(), 5);
    // The page says the same in words.
    let page = Browser::of(de.clone()).await.get("/police").await.text();
    assert!(
        page.contains("new material, 0 to 2 years, illegal everywhere, hosted in your country, first seen 3 hours ago"),
        "{page}"
    );
    assert!(page.contains("same file in 5 of your cases") && page.contains("and 4 alike"), "{page}");
    assert!(page.find("0 to 2 years").unwrap() < page.find("14 to 17 years").unwrap());
    world
}

async fn weights_change_the_order_of_the_own_unit_only(world: World) -> World {
    let (de, nl) = (world.police("DE").await, world.police("NL").await);
    // Both police are told of young children hosted in Germany: the Dutch by facts only.
    let old = told(&world, "DE", 48, 11, "infant").await;
    let new = told(&world, "DE", 1, 12, "prepubescent").await;
    let order = |cases: Vec<Value>| -> Vec<String> {
        cases.iter().map(|c| c["report_id"].as_str().unwrap().to_owned()).collect()
    };
    let before = order(cases(&nl, "").await);
    assert_eq!(order(cases(&de, "").await), [new.clone(), old.clone()], "two days cost 20, the age gives 10");
    let mut weights = de.get("/api/v1/urgency").await.json();
    weights["day"] = json!(1);
    let tried = de.json("POST", "/api/v1/urgency/preview", &weights).await.json();
    let tried: Vec<(u64, i64)> = tried["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["was"].as_u64().unwrap(), r["points"].as_i64().unwrap()))
        .collect();
    assert_eq!(tried, [(2, 95), (1, 85)], "the preview says where each was");
    assert_eq!(order(cases(&de, "").await), [new.clone(), old.clone()], "a preview changes nothing");
    assert_eq!(de.json("PUT", "/api/v1/urgency", &weights).await.status, StatusCode::OK);
    world.settle().await;
    assert_eq!(order(cases(&de, "").await), [old, new]);
    assert_eq!(order(cases(&nl, "").await), before, "another unit's order stays");
    assert_eq!(nl.get("/api/v1/urgency").await.json()["day"], 10);
    // What comes in later is ranked by the unit's weights at once.
    let later = told(&world, "DE", 1, 13, "infant").await;
    assert_eq!(order(cases(&de, "").await)[0], later);
    assert!(de.acts().await.contains(&"urgency.set".to_owned()));
    world
}

async fn az_4_two_units_of_two_countries_see_nothing_of_each_other(world: World) -> World {
    let (de, be, no) = (world.police("DE").await, world.police("BE").await, world.police("NO").await);
    let report = told(&world, "DE", 2, 21, "adolescent").await;
    let case = de.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let seen_before: Vec<Vec<u8>> = everything(&be).await;
    // The German unit does all it can.
    created(
        &de.json("POST", &format!("/api/v1/cases/{case}/notes"), &json!({ "body": "ours", "reach": "hotline" })).await,
    );
    let folder = de.json("POST", "/api/v1/folders", &json!({ "name": "Ours" })).await.str("id");
    created(&de.json("POST", &format!("/api/v1/folders/{folder}/cases"), &json!({ "cases": [case] })).await);
    let kept = json!({ "filter": { "class": "baseline" }, "name": "Ours", "shared": true });
    created(&de.json("POST", "/api/v1/case-searches", &kept).await);
    let me = de.get("/api/v1/colleagues").await.json()["items"][0]["id"].clone();
    created(&de.json("POST", &format!("/api/v1/cases/{case}/assignment"), &json!({ "person": me })).await);
    let mut weights = de.get("/api/v1/urgency").await.json();
    weights["baseline"] = json!(99);
    assert_eq!(de.json("PUT", "/api/v1/urgency", &weights).await.status, StatusCode::OK);
    world.settle().await;
    assert_eq!(everything(&be).await, seen_before, "the Belgian unit sees what it saw");
    for path in [format!("/api/v1/cases/{case}/notes"), format!("/api/v1/folders/{folder}")] {
        assert_eq!(no.get(&path).await.problem().0, 404);
    }
    world
}

/// What a unit sees of everything that it can list.
async fn everything(who: &Caller) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for path in ["/cases", "/cases?folded=true", "/folders", "/case-searches", "/colleagues", "/urgency"] {
        all.push(who.get(&format!("/api/v1{path}")).await.bytes);
    }
    all
}

async fn az_4_a_search_finds_nothing_by_what_the_width_keeps_back(world: World) -> World {
    // The same report: the German police see its page, the Dutch only facts.
    let report = told(&world, "DE", 2, 31, "infant").await;
    let (de, nl) = (world.police("DE").await, world.police("NL").await);
    let text = |t: &str| json!({ "text": t });
    let sha = crate::lists_by_api::sha256(&pictures::png(31));
    for word in ["board.example", "visitor", "hard", "192.0.2.7", sha.as_str()] {
        assert_eq!(finds(&de, text(word)).await, 1, "{word} is on the page that German police see");
        assert_eq!(finds(&nl, text(word)).await, 0, "{word} is kept back from Dutch police");
    }
    for who in [&de, &nl] {
        assert_eq!(finds(who, text("example hosting")).await, 1, "the network is shown to both");
        let case = who.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(finds(who, text(&case[case.len() - 8..])).await, 1, "the reference");
        assert_eq!(finds(who, text("nowhere.example")).await, 0);
        assert_eq!(finds(who, text("hosting nowhere")).await, 0, "every word counts");
    }
    world
}

async fn a_search_is_found_again_by_an_address_that_says_nothing(world: World) -> World {
    told(&world, "DE", 2, 41, "infant").await;
    told(&world, "DE", 2, 42, "adolescent").await;
    let de = Browser::of(world.police("DE").await).await;
    let answer = de
        .post(
            "/police/searches",
            "text=board.example&age=infant&class=&known=&status=&assigned=&folder=&hosting=&clause=&from=&until=",
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let place = answer.headers["location"].to_str().unwrap().to_owned();
    let id = place.strip_prefix("/police/searches/").unwrap();
    assert!(id.parse::<base::SearchId>().is_ok(), "the address is an id and nothing else: {place}");
    let (page, again) = (de.get(&place).await.text(), de.get(&place).await.text());
    assert_eq!(page, again, "a reload shows the same");
    assert!(page.contains("value=\"board.example\"") && page.contains("<option value=\"infant\" selected"), "{page}");
    assert!(page.contains("Cases found: 1"), "{page}");
    let same = de.post("/police/searches", "text=board.example&age=infant").await;
    assert_eq!(same.headers["location"].to_str().unwrap(), place, "the same search is the same row");
    assert_eq!(de.post("/police/searches", "text=").await.headers["location"].to_str().unwrap(), "/police");
    // A colleague does not see it before it is shared under a name.
    let other = Browser::of(colleague(&world, "DE", "Detlef Officer").await).await;
    assert_eq!(other.get(&place).await.status, StatusCode::NOT_FOUND);
    let kept = de.post(&place, "name=Young%20ones&shared=yes").await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let shared = other.get(&place).await.text();
    assert!(shared.contains("Young ones") && !shared.contains("Save this search"), "{shared}");
    assert_eq!(other.post(&place, "name=Mine").await.status, StatusCode::NOT_FOUND, "only its owner changes it");
    assert_eq!(other.post(&format!("{place}/end"), "").await.status, StatusCode::NOT_FOUND);
    let foreign = Browser::of(world.police("BE").await).await;
    assert_eq!(foreign.get(&place).await.status, StatusCode::NOT_FOUND);
    assert_eq!(de.post(&format!("{place}/end"), "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(de.get(&place).await.status, StatusCode::NOT_FOUND);
    world
}

async fn a_filter_lets_through_what_it_says(world: World) -> World {
    let de = world.police("DE").await;
    let first = told(&world, "DE", 2, 51, "infant").await;
    told(&world, "DE", 2, 52, "adolescent").await;
    told(&world, "DE", 2, 51, "infant").await;
    let case = de.case_of(&first).await.unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(finds(&de, json!({ "unread": true })).await, 3);
    de.get(&format!("/api/v1/cases/{case}")).await;
    let me = de.who.person.to_string();
    created(&de.json("POST", &format!("/api/v1/cases/{case}/assignment"), &json!({ "person": me })).await);
    let folder = de.json("POST", "/api/v1/folders", &json!({ "name": "One", "private": true })).await.str("id");
    created(&de.json("POST", &format!("/api/v1/folders/{folder}/cases"), &json!({ "cases": [case] })).await);
    for (filter, expected) in [
        (json!({}), 3),
        (json!({ "class": "baseline" }), 3),
        (json!({ "class": "national" }), 0),
        (json!({ "age_group": "infant" }), 2),
        (json!({ "known": "new" }), 2),
        (json!({ "known": "known" }), 1),
        (json!({ "status": "new" }), 2),
        (json!({ "status": "opened" }), 1),
        (json!({ "status": "answered" }), 0),
        (json!({ "hosting": "DE" }), 3),
        (json!({ "hosting": "NL" }), 0),
        (json!({ "clause": "2.1" }), 3),
        (json!({ "clause": "9" }), 0),
        (json!({ "assigned": "me" }), 1),
        (json!({ "assigned": me }), 1),
        (json!({ "assigned": "nobody" }), 2),
        (json!({ "assigned": "somebody" }), 1),
        (json!({ "unread": true }), 2),
        (json!({ "folder": folder }), 1),
        (json!({ "from": "2026-06-01" }), 3),
        (json!({ "until": "2026-06-01" }), 0),
        (json!({ "age_group": "infant", "known": "new", "text": "board.example" }), 1),
    ] {
        assert_eq!(finds(&de, filter.clone()).await, expected, "{filter}");
    }
    // Pages of a filtered list join without a gap.
    let id = search(&de, json!({ "class": "baseline" })).await;
    let (mut got, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = de.get(&format!("/api/v1/cases?search={id}&limit=1{cursor}")).await.json();
        got.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(ids(&got), ids(&cases(&de, "").await));
    world
}

async fn az_3_one_foreign_id_among_a_hundred_at_each_position(world: World) -> World {
    let (de, be) = (world.police("DE").await, world.police("BE").await);
    let nl = world.desk("NL").await;
    let picture = pictures::png(61);
    for n in 0..99 {
        let report = nl.reports("DE").await;
        let item = nl.adds(&report, "a.png", &picture).await;
        if n == 0 {
            assert_eq!(nl.classifies(&item, "baseline").await.status, StatusCode::OK);
            world.settle().await;
        }
    }
    world.settle().await;
    let own = cases(&de, "?limit=200").await;
    let own: Vec<String> = ids(&own).into_iter().map(str::to_owned).collect();
    assert_eq!(own.len(), 99);
    let desk = world.desk("BE").await;
    let report = desk.reports("BE").await;
    let item = desk.adds(&report, "b.png", &pictures::png(62)).await;
    assert_eq!(desk.classifies(&item, "baseline").await.status, StatusCode::OK);
    world.settle().await;
    let foreign = be.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let nowhere = "01900000-0000-7000-8000-000000000000".to_owned();
    let folder = de.json("POST", "/api/v1/folders", &json!({ "name": "All" })).await.str("id");
    let me = de.who.person.to_string();
    for at in 0..100 {
        let with = |id: &String| {
            let mut cases = own.clone();
            cases.insert(at, id.clone());
            cases
        };
        let act = match at % 4 {
            0 => json!({ "do": "assign", "person": me }),
            1 => json!({ "do": "folder", "folder": folder }),
            2 => json!({ "do": "read" }),
            _ => json!({ "do": "unread" }),
        };
        let mut bodies = Vec::new();
        for id in [&foreign, &nowhere] {
            let mut body = act.clone();
            body["cases"] = json!(with(id));
            let answer = de.json("POST", "/api/v1/case-acts", &body).await;
            created(&answer);
            assert_eq!(answer.json(), json!({ "done": 99, "unknown": 1 }), "position {at}");
            bodies.push(answer.bytes);
        }
        assert_eq!(bodies[0], bodies[1], "a foreign id and a wrong one look alike");
    }
    let untouched = be.get("/api/v1/cases").await.json()["items"][0].clone();
    assert_eq!((&untouched["assigned_to"], &untouched["read"]), (&json!(null), &json!(false)));
    let more: Vec<String> = (0..201).map(|n| format!("01900000-0000-7000-8000-{n:012}")).collect();
    let refused = de.json("POST", "/api/v1/case-acts", &json!({ "do": "read", "cases": more })).await;
    assert_eq!(refused.problem().1, "how-many");
    world
}

async fn colleagues_share_what_they_mean_to_share(world: World) -> World {
    let report = told(&world, "DE", 2, 71, "infant").await;
    let (derk, detlef) = (world.police("DE").await, colleague(&world, "DE", "Detlef Officer").await);
    let (nl, de_desk, be_desk) = (world.desk("NL").await, world.desk("DE").await, world.desk("BE").await);
    let case = derk.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let path = |more: &str| format!("/api/v1/cases/{case}{more}");
    // Read marks are each person's own.
    derk.get(&path("")).await;
    assert_eq!(
        (&cases(&derk, "").await[0]["read"], &cases(&detlef, "").await[0]["read"]),
        (&json!(true), &json!(false))
    );
    created(&derk.json("POST", &path("/read"), &json!({ "read": false })).await);
    assert_eq!(cases(&derk, "").await[0]["read"], false);
    // Assigning is the unit's.
    created(&derk.json("POST", &path("/assignment"), &json!({ "person": detlef.who.person })).await);
    assert_eq!(finds(&detlef, json!({ "assigned": "me" })).await, 1);
    assert_eq!(finds(&derk, json!({ "assigned": "me" })).await, 0);
    let foreign = world.police("BE").await.who.person;
    let refused = derk.json("POST", &path("/assignment"), &json!({ "person": foreign })).await;
    assert_eq!(refused.problem().1, "unknown-person");
    created(&derk.json("POST", &path("/assignment"), &json!({ "person": null })).await);
    assert_eq!(cases(&derk, "").await[0]["assigned_to"], json!(null));
    // Notes reach whom they are meant for.
    for (body, reach) in [("for me", "private"), ("for us", "unit"), ("for you", "hotline")] {
        created(&derk.json("POST", &path("/notes"), &json!({ "body": body, "reach": reach })).await);
        world.app.db.clock().advance(1);
    }
    let said = async |who: &Caller, path: String| -> Vec<String> {
        let notes = who.get(&path).await.json();
        notes["items"].as_array().unwrap().iter().map(|n| n["body"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(said(&derk, path("/notes")).await, ["for me", "for us", "for you"]);
    assert_eq!(said(&detlef, path("/notes")).await, ["for us", "for you"]);
    for desk in [&nl, &de_desk] {
        assert_eq!(said(desk, format!("/api/v1/reports/{report}/notes")).await, ["for you"]);
    }
    assert_eq!(be_desk.get(&format!("/api/v1/reports/{report}/notes")).await.problem().0, 404);
    let page = Browser::of(nl).await.get(&format!("/desk/reports/{report}")).await.text();
    assert!(page.contains("Derk Officer, Example Police Germany") && page.contains("for you"), "{page}");
    assert!(!page.contains("for us") && !page.contains("for me"));
    // A private folder is its maker's; the unit's one is everybody's to fill and its maker's to end.
    let mine = derk.json("POST", "/api/v1/folders", &json!({ "name": "Mine", "private": true })).await.str("id");
    let ours = derk.json("POST", "/api/v1/folders", &json!({ "name": "Ours" })).await.str("id");
    assert_eq!(detlef.get(&format!("/api/v1/folders/{mine}")).await.problem().0, 404);
    let fill = detlef.json("POST", &format!("/api/v1/folders/{mine}/cases"), &json!({ "cases": [case] })).await;
    assert_eq!(fill.problem().0, 404);
    created(&detlef.json("POST", &format!("/api/v1/folders/{ours}/cases"), &json!({ "cases": [case] })).await);
    assert_eq!(derk.get(&format!("/api/v1/folders/{ours}")).await.json()["cases"], 1);
    let ended = detlef.json("POST", &format!("/api/v1/folders/{ours}/end"), &json!({})).await;
    assert_eq!(ended.problem().1, "not-your-folder", "who may fill may not end");
    let changed = detlef.json("PATCH", &format!("/api/v1/folders/{ours}"), &json!({ "name": "Theirs" })).await;
    assert_eq!(changed.problem().1, "not-your-folder");
    created(&detlef.json("POST", &format!("/api/v1/folders/{ours}/cases/{case}/end"), &json!({})).await);
    created(&derk.json("POST", &format!("/api/v1/folders/{ours}/end"), &json!({})).await);
    assert_eq!(derk.get(&format!("/api/v1/folders/{ours}")).await.problem().0, 404);
    assert_eq!(cases(&derk, "").await.len(), 1, "its case stays");
    world
}

async fn az_2_folders_and_cases_of_others_do_not_exist(world: World) -> World {
    let report = told(&world, "DE", 2, 81, "infant").await;
    let (de, nl) = (world.police("DE").await, world.police("NL").await);
    let of = async |who: &Caller| who.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let (german, dutch) = (of(&de).await, of(&nl).await);
    assert_ne!(german, dutch, "each has a case of its own of the same report");
    let folder = async |who: &Caller| who.json("POST", "/api/v1/folders", &json!({ "name": "A" })).await.str("id");
    let (hers, theirs) = (folder(&de).await, folder(&nl).await);
    created(&de.json("POST", &format!("/api/v1/folders/{hers}/cases"), &json!({ "cases": [german] })).await);
    created(&nl.json("POST", &format!("/api/v1/folders/{theirs}/cases"), &json!({ "cases": [dutch] })).await);
    let missing = de.get("/api/v1/folders/01900000-0000-7000-8000-000000000000").await.bytes;
    for (folder, case) in [(&theirs, &dutch), (&theirs, &german), (&hers, &dutch), (&hers, &hers), (&german, &hers)] {
        let answer = de.json("POST", &format!("/api/v1/folders/{folder}/cases/{case}/end"), &json!({})).await;
        assert_eq!((answer.status, &answer.bytes), (StatusCode::NOT_FOUND, &missing), "{folder} {case}");
    }
    // A foreign folder as filter finds nothing, like one that is nowhere.
    assert_eq!(finds(&de, json!({ "folder": theirs })).await, 0);
    let id = search(&nl, json!({ "class": "baseline" })).await;
    assert_eq!(de.get(&format!("/api/v1/cases?search={id}")).await.problem().0, 404);
    assert_eq!(nl.get(&format!("/api/v1/folders/{theirs}")).await.json()["cases"], 1, "nothing was taken out");
    world
}

async fn cases_that_came_before_the_ranking_are_ranked(world: World) -> World {
    let de = world.police("DE").await;
    told(&world, "DE", 50, 91, "adolescent").await;
    told(&world, "DE", 50, 92, "infant").await;
    let right = cases(&de, "").await;
    // As a migration leaves them: no facts, no words, ranked by time alone, and a step queued.
    let tx = world.app.db.begin(&Actor::machine("setup")).await.unwrap();
    for sql in [
        "UPDATE police_case SET facts = '', reasons = '[]', points = 0, weighed = 0, rank = created_at / 8640",
        "DELETE FROM case_word",
        "DELETE FROM case_file",
    ] {
        storage::sql::run(&tx, sql, vec![]).await.unwrap();
    }
    storage::jobs::enqueue(&tx, "rank", de.who.organisation.id.0).await.unwrap();
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
    world.settle().await;
    assert_eq!(cases(&de, "").await, right);
    assert_eq!(finds(&de, json!({ "text": "board.example" })).await, 2);
    world
}

async fn bad_input_is_named_and_changes_nothing(world: World) -> World {
    let de = world.police("DE").await;
    let mut weights = de.get("/api/v1/urgency").await.json();
    for (name, value, field, rule) in [
        ("day", 0, "day", "weight-range"),
        ("infant", 500, "infant", "weight-range"),
        ("adolescent", 90, "adolescent", "weight-order"),
    ] {
        let mut bad = weights.clone();
        bad[name] = json!(value);
        let (status, said, at) = de.json("PUT", "/api/v1/urgency", &bad).await.problem();
        assert_eq!((status, said.as_str(), at.as_deref()), (422, rule, Some(field)));
    }
    assert_eq!(de.get("/api/v1/urgency").await.json(), weights);
    weights["extra"] = json!(1);
    assert_eq!(de.json("PUT", "/api/v1/urgency", &weights).await.problem().0, 422, "unknown fields are refused");
    let refused = async |body: Value| de.json("POST", "/api/v1/case-searches", &body).await.problem();
    let (status, rule, field) = refused(json!({ "filter": { "text": "?" } })).await;
    assert_eq!((status, rule.as_str(), field.as_deref()), (422, "no-words", Some("text")));
    assert_eq!(refused(json!({ "filter": {}, "shared": true })).await.1, "missing");
    let alert = json!({ "filter": { "class": "baseline" }, "name": "A", "alert": true });
    assert_eq!(refused(alert).await.2.as_deref(), Some("address"), "no alert without an address");
    for bad in ["", "x", "a b@police.example", "a@b@c", "a@police.example\r\nBcc: x@y.example"] {
        let answer = de.json("PUT", "/api/v1/mail-address", &json!({ "address": bad })).await;
        assert_eq!(answer.problem().2.as_deref(), Some("address"), "{bad:?}");
    }
    let (_, rule, _) = de.json("POST", "/api/v1/folders", &json!({ "name": " " })).await.problem();
    assert_eq!(rule, "missing");
    // The page says so at the field and keeps what was typed.
    let browser = Browser::of(de.clone()).await;
    let page = browser.post("/police/searches", "text=%3F&hosting=DE").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("value=\"DE\"") && page.text().contains("Write at least one word"), "{}", page.text());
    let page = browser.post("/police/urgency", "new_material=x&infant=1&prepubescent=1&pubescent=1&adolescent=1&baseline=1&several_victims=1&self_generated=1&hosted_here=1&copies=1&identified=1&day=1&do=save").await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text().contains("Write a whole number"));
    world
}
