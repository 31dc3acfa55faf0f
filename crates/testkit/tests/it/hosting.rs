//! Where a host is, what is kept of a file, and what is said of both afterwards.

use axum::http::StatusCode;
use base::Actor;
use serde_json::{Value, json};
use testkit::{Caller, World, pictures, stories};

stories! {
    an_overruled_host_reroutes_the_report_and_tells_both_hotlines
    a_word_on_a_host_is_taken_back
    a_bad_word_on_a_host_is_refused_by_field_and_changes_nothing
    a_hotline_that_may_not_keep_media_keeps_hashes_only
    the_chain_of_custody_says_what_happened_by_whom_and_why
}

async fn overrules(who: &Caller, report: &str, country: Option<&str>, reason: &str) -> testkit::Answer {
    let path = format!("/api/v1/reports/{report}/hosting");
    who.json("PUT", &path, &json!({ "country": country, "reason": reason })).await
}

async fn news(who: &Caller) -> Vec<(String, String, String)> {
    let list = who.get("/api/v1/news").await.json();
    let text = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    let items = list["items"].as_array().unwrap();
    items.iter().map(|n| (text(&n["report_id"]), text(&n["was"]), text(&n["becomes"]))).collect()
}

async fn judged_in_germany(world: &World) -> (Caller, String) {
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    assert_eq!(nl.classifies(&item, "baseline").await.status, StatusCode::OK);
    world.settle().await;
    (nl, report)
}

async fn an_overruled_host_reroutes_the_report_and_tells_both_hotlines(world: World) -> World {
    let (nl, report) = judged_in_germany(&world).await;
    let (de_desk, be_desk, ie_desk) = (world.desk("DE").await, world.desk("BE").await, world.desk("IE").await);
    let (de, be) = (world.police("DE").await, world.police("BE").await);
    assert!(de.case_of(&report).await.is_some());
    let answer = overrules(&nl, &report, Some("BE"), "the provider says so").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!((&answer.json()["hosting"]["country"], &answer.json()["overruled"]), (&json!("BE"), &json!(true)));
    world.settle().await;
    assert_eq!(de.case_of(&report).await, None, "Germany has nothing to do with it any more");
    assert_eq!(be.case_of(&report).await, None, "the Belgian agreement asks for the Belgian hotline first");
    let moved = (report.clone(), "DE".to_owned(), "BE".to_owned());
    for who in [&nl, &de_desk, &be_desk] {
        assert_eq!(news(who).await, std::slice::from_ref(&moved));
    }
    assert_eq!(news(&ie_desk).await, [], "nobody else is told");
    assert_eq!(de_desk.get(&format!("/api/v1/reports/{report}")).await.status, StatusCode::NOT_FOUND);
    let owned = be_desk.get(&format!("/api/v1/reports/{report}")).await.json();
    assert_eq!(owned["items"][0]["assigned_country"], "BE");
    let first = be_desk.get("/api/v1/news").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let seen = format!("/api/v1/news/{first}/seen");
    assert_eq!(nl.json("POST", &seen, &json!({})).await.status, StatusCode::NOT_FOUND, "another hotline's news");
    assert_eq!(be_desk.json("POST", &seen, &json!({})).await.status, StatusCode::CREATED);
    assert_eq!(news(&be_desk).await, []);
    let kinds: Vec<Value> = nl.get(&format!("/api/v1/reports/{report}/trace")).await.json()["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| json!([t["kind"], t["hosting"]["country"], t["reason"]]))
        .collect();
    assert_eq!(kinds, [json!(["overruled", "BE", "the provider says so"]), json!(["reported", "DE", null])]);
    world
}

async fn a_word_on_a_host_is_taken_back(world: World) -> World {
    let (nl, report) = judged_in_germany(&world).await;
    let nothing = overrules(&nl, &report, None, "a slip").await;
    assert_eq!(nothing.problem(), (409, "not-overruled".into(), Some("reason".into())));
    assert_eq!(overrules(&nl, &report, Some("IE"), "a slip").await.status, StatusCode::OK);
    world.settle().await;
    world.app.db.clock().advance(1);
    let back = overrules(&nl, &report, None, "it was the other report").await;
    assert_eq!((back.status, back.json()["hosting"]["country"].clone()), (StatusCode::OK, json!("DE")));
    assert_eq!(back.json()["overruled"], json!(false));
    world.settle().await;
    assert!(world.police("DE").await.case_of(&report).await.is_some(), "police have it again");
    world
}

async fn a_bad_word_on_a_host_is_refused_by_field_and_changes_nothing(world: World) -> World {
    let (nl, report) = judged_in_germany(&world).await;
    let refused = |country, reason| {
        let (nl, report) = (nl.clone(), report.clone());
        async move { overrules(&nl, &report, country, reason).await.problem() }
    };
    assert_eq!(refused(Some("XX"), "why").await, (422, "unknown-country".into(), Some("country".into())));
    assert_eq!(refused(Some("BE"), "").await, (422, "missing".into(), Some("reason".into())));
    assert_eq!(refused(Some("BE"), "two\nlines").await, (422, "bad-character".into(), Some("reason".into())));
    let owner = overrules(&world.desk("DE").await, &report, Some("BE"), "why").await;
    assert_eq!(owner.status, StatusCode::NOT_FOUND, "only who reported it says where it is");
    let trace = nl.get(&format!("/api/v1/reports/{report}/trace")).await.json();
    assert_eq!((&trace["hosting"]["country"], &trace["history"]), (&json!("DE"), &json!([])));
    world
}

async fn a_hotline_that_may_not_keep_media_keeps_hashes_only(world: World) -> World {
    let nl = world.desk("NL").await;
    let tx = world.app.db.begin(&Actor::machine("setup")).await.unwrap();
    let act = agreements::directory::set_keeps_media(&tx, nl.who.actor.org, false).await.unwrap();
    tx.commit(&act).await.unwrap();
    let before = world.sealed_objects();
    let report = nl.reports("DE").await;
    let bytes = pictures::png(77);
    let item = nl.adds(&report, "a.png", &bytes).await;
    assert_eq!(world.sealed_objects(), before, "nothing was written to the evidence store");
    assert_eq!((&item["kept"], &item["described"]), (&json!(false), &json!(true)));
    assert_eq!(item["sha256"], base::hex(&media::digest::sha256(&bytes)));
    assert_eq!(item["pdq"].as_str().unwrap().len(), 64);
    let id = item["id"].as_str().unwrap();
    let file = nl.get(&format!("/api/v1/items/{id}/file?purpose=look")).await;
    assert_eq!(file.problem(), (409, "media-not-kept".into(), Some("item".into())));
    assert_eq!(nl.get(&format!("/api/v1/items/{id}/preview")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(nl.classifies(&item, "baseline").await.status, StatusCode::OK, "it is judged by its URL and hashes");
    world.settle().await;
    let case = world.police("DE").await.case_of(&report).await.expect("police are told all the same");
    assert_eq!(case["item_count"], json!(1));
    world
}

async fn the_chain_of_custody_says_what_happened_by_whom_and_why(world: World) -> World {
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(5)).await;
    let id = item["id"].as_str().unwrap();
    world.app.db.clock().advance(60);
    assert_eq!(nl.get(&format!("/api/v1/items/{id}/file?purpose=second%20look")).await.status, StatusCode::OK);
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    world.verify_log().await;
    let custody = nl.get(&format!("/api/v1/items/{id}/custody")).await.json();
    let said: Vec<(&str, Option<&str>)> = custody["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["act"].as_str().unwrap(), e["purpose"].as_str()))
        .collect();
    let begin = [
        ("report.accepted", None),
        ("report.files_added", None),
        ("item.opened", Some("second look")),
        ("item.assessed", None),
    ];
    assert!(said.starts_with(&begin), "{said:?}");
    let opened = &custody["events"][2];
    assert_eq!((&opened["person"], &opened["verb"]), (&json!(nl.who.person.to_string()), &json!("consult")));
    assert!(opened["seq"].as_i64().is_some_and(|n| n > 0) && opened["link"].as_str().is_some_and(|l| l.len() == 64));
    assert_eq!(custody["sha256"], item["sha256"]);
    // Police print their own, not the hotline's.
    let theirs = world.police("DE").await.get(&format!("/api/v1/items/{id}/custody")).await.json();
    let acts: Vec<&str> = theirs["events"].as_array().unwrap().iter().map(|e| e["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["case.received"]);
    world
}
