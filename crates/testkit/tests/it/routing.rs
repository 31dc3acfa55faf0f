//! Who is told, under which agreement.

use axum::http::StatusCode;
use serde_json::{Value, json};
use testkit::{Caller, World, pictures, stories};

stories! {
    the_owning_hotline_confirms_where_its_agreement_asks_for_it
    a_country_without_a_hotline_falls_to_the_default_lane
    the_reporters_own_police_learn_facts_only
    an_unsigned_agreement_tells_nobody
    a_national_item_waits_for_the_owners_own_law
    a_corrected_judgement_withdraws_what_was_disclosed
    not_illegal_tells_nobody
    suspension_stops_new_disclosures
}

async fn judged(by: &Caller, host: &str, seed: u32, class: &str, age: &str) -> (String, Value) {
    let report = by.reports(host).await;
    let item = by.adds(&report, "a.png", &pictures::png(seed)).await;
    let path = format!("/api/v1/items/{}/assessment", item["id"].as_str().unwrap());
    let answer = by.json("PUT", &path, &json!({ "class": class, "age_group": age })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    (report, item)
}

async fn the_owning_hotline_confirms_where_its_agreement_asks_for_it(world: World) -> World {
    let (nl, be_desk, be) = (world.desk("NL").await, world.desk("BE").await, world.police("BE").await);
    let (report, item) = judged(&nl, "BE", 1, "baseline", "adolescent").await;
    world.settle().await;
    assert_eq!(be.case_of(&report).await, None, "the Belgian agreement asks for the Belgian hotline's own judgement");
    let full = nl.get(&format!("/api/v1/reports/{report}")).await.json();
    assert_eq!((full["state"].as_str(), full["items"][0]["waits_for_owner"].as_bool()), (Some("routed"), Some(true)));
    assert!(full["withheld"][0]["reason"].as_str().unwrap().contains("waits for Hotline Heron"), "{full}");
    let confirm = format!("/api/v1/items/{}/confirmation", item["id"].as_str().unwrap());
    assert_eq!(nl.json("POST", &confirm, &json!({})).await.problem().1, "not-the-owner");
    assert_eq!(be_desk.json("POST", &confirm, &json!({})).await.status, StatusCode::CREATED);
    world.settle().await;
    let case = be.case_of(&report).await.expect("told after the confirmation");
    assert_eq!((case["clause"].as_str(), case["width"].as_str()), (Some("4"), Some("item")));
    let open = be.get(&format!("/api/v1/cases/{}", case["id"].as_str().unwrap())).await.json();
    assert_eq!(open["source_url"], json!(null), "the page is not disclosed at item width");
    let withheld: Vec<&str> =
        open["withheld"].as_array().unwrap().iter().map(|w| w["what"].as_str().unwrap()).collect();
    assert_eq!(withheld, ["page", "series"]);
    world
}

async fn a_country_without_a_hotline_falls_to_the_default_lane(world: World) -> World {
    let (ie, no) = (world.desk("IE").await, world.police("NO").await);
    let (report, item) = judged(&ie, "NO", 2, "baseline", "unknown").await;
    world.settle().await;
    let case = no.case_of(&report).await.expect("told by the default lane");
    assert_eq!((case["agreement"].as_str(), case["clause"].as_str()), (Some("Network default lane"), Some("D.1")));
    let file = format!("/api/v1/items/{}/file?purpose=look", item["id"].as_str().unwrap());
    assert_eq!(no.get(&file).await.problem().0, 404, "the default lane does not open files");
    world
}

async fn the_reporters_own_police_learn_facts_only(world: World) -> World {
    let (nl, police) = (world.desk("NL").await, world.police("NL").await);
    let (report, item) = judged(&nl, "DE", 3, "baseline", "infant").await;
    let (older, _) = judged(&nl, "DE", 4, "baseline", "adolescent").await;
    world.settle().await;
    assert_eq!(police.case_of(&older).await, None, "clause 5.3 is for young children only");
    let case = police.case_of(&report).await.expect("clause 5.3 tells them");
    let open = police.get(&format!("/api/v1/cases/{}", case["id"].as_str().unwrap())).await.json();
    assert_eq!(
        (&open["width"], &open["source_url"], &open["hosting"]["ip"]),
        (&json!("metadata"), &json!(null), &json!(null))
    );
    assert!(open["items"][0].get("sha256").is_none(), "no digests at metadata width: {open}");
    assert_eq!(open["items"][0]["assessment"]["note"], json!(null));
    let preview = format!("/api/v1/items/{}/preview", item["id"].as_str().unwrap());
    assert_eq!(police.get(&preview).await.problem().0, 404);
    world
}

async fn an_unsigned_agreement_tells_nobody(world: World) -> World {
    let (ie, police) = (world.desk("IE").await, world.police("IE").await);
    let (report, _) = judged(&ie, "IE", 5, "baseline", "infant").await;
    world.settle().await;
    assert_eq!(police.case_of(&report).await, None);
    let full = ie.get(&format!("/api/v1/reports/{report}")).await.json();
    assert_eq!(full["state"], "routed");
    assert!(full["withheld"][0]["reason"].as_str().unwrap().contains("no agreement in force"), "{full}");
    world
}

async fn a_national_item_waits_for_the_owners_own_law(world: World) -> World {
    let (nl, de_desk, de) = (world.desk("NL").await, world.desk("DE").await, world.police("DE").await);
    let (report, item) = judged(&nl, "DE", 6, "national", "adolescent").await;
    world.settle().await;
    assert_eq!(de.case_of(&report).await, None, "illegal in the Netherlands says nothing about Germany");
    assert_eq!(de_desk.classifies(&item, "national").await.status, StatusCode::OK, "the owner may overrule national");
    world.settle().await;
    assert_eq!(de.case_of(&report).await.unwrap()["clause"], "2.2");
    assert_eq!(nl.classifies(&item, "not_illegal").await.problem().1, "known-already", "the owner's word stands");
    world
}

async fn a_corrected_judgement_withdraws_what_was_disclosed(world: World) -> World {
    let (de_desk, de) = (world.desk("DE").await, world.police("DE").await);
    let (report, item) = judged(&de_desk, "DE", 7, "national", "adolescent").await;
    world.settle().await;
    let case = de.case_of(&report).await.expect("told").clone();
    assert_eq!(de_desk.classifies(&item, "not_illegal").await.status, StatusCode::OK);
    world.settle().await;
    assert_eq!(de.case_of(&report).await, None);
    let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
    assert_eq!(de.get(&path).await.problem().0, 404, "a withdrawn case does not exist");
    let answered = de.json("POST", &format!("{path}/outcome"), &json!({ "outcome": "useful" })).await;
    assert_eq!(answered.problem().0, 404);
    assert!(de_desk.acts().await.contains(&"item.withdrawn".to_owned()));
    world
}

async fn not_illegal_tells_nobody(world: World) -> World {
    let nl = world.desk("NL").await;
    let (report, _) = judged(&nl, "DE", 8, "not_illegal", "adult").await;
    world.settle().await;
    for country in ["NL", "DE", "IE", "BE", "NO"] {
        assert_eq!(world.police(country).await.case_of(&report).await, None, "{country}");
    }
    assert_eq!(nl.get(&format!("/api/v1/reports/{report}")).await.str("state"), "routed");
    world
}

async fn suspension_stops_new_disclosures(world: World) -> World {
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let suspend = format!("/api/v1/agreements/{}/suspension", crate::agreements::agreement_of(&de).await);
    assert_eq!(de.json("POST", &suspend, &json!({ "reason": "a story" })).await.status, StatusCode::CREATED);
    let (report, _) = judged(&nl, "DE", 9, "baseline", "infant").await;
    world.settle().await;
    assert_eq!(de.case_of(&report).await, None);
    world
}
