//! Hash lists by page: what a publisher does to the own list, where a person decides when lists contradict each other, what
//! an officer puts onto the own list; and who gets to none of it.

use crate::{
    lists_by_api::{self, agree, entries, interpol, publishes, sha256, writes},
    pages::{Browser, NOWHERE, location},
};
use axum::http::StatusCode;
use serde_json::json;
use testkit::{Answer, Caller, World, pictures, stories};

stories! {
    az_1_every_form_of_lists_and_every_person
    publishers_keep_their_lists_by_page
    lists_that_contradict_each_other_wait_on_a_page_for_a_person
    an_officer_puts_what_was_disclosed_with_digests_onto_the_national_list
    a_hotline_without_terms_sees_what_became_of_what_it_offered
}

/// Every form of a list's page: path and, for whom it is not a 404 whatever it says.
const FORMS: [(&str, &str); 17] = [
    ("/lists/{list}/change", "publisher"),
    ("/lists/{list}/entries", "publisher"),
    ("/lists/{list}/subscriptions", "publisher"),
    ("/lists/{list}/terms", "publisher"),
    ("/lists/{list}/state", "publisher"),
    ("/lists/{list}/candidates", "publisher"),
    ("/lists/{list}/imports", "publisher"),
    ("/lists/{list}/entries/{entry}/withdraw", "publisher"),
    ("/lists/{list}/votes/{vote}/answer", "publisher"),
    ("/lists/{list}/imports/{import}/undo", "publisher"),
    ("/lists/{list}/subscriptions/{subscription}/end", "publisher"),
    ("/lists/{list}/terms/{terms}/end", "party"),
    ("/lists/{list}/accept", "reader"),
    ("/lists/{list}/entries/{entry}/vote", "reader"),
    ("/lists/{list}/undo", "hotline"),
    ("/police/cases/{case}/list", "officer"),
    ("/desk/doubts/{doubt}/resolve", "analyst"),
];

/// Ids of things that are there, each of the publisher's list, of the German officer's case, of the Dutch hotline's doubt.
struct Ids(Vec<(&'static str, String)>);

impl Ids {
    fn fill(&self, path: &str) -> String {
        self.0.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id))
    }

    fn nowhere(&self, path: &str) -> String {
        self.0.iter().fold(path.to_owned(), |path, (name, _)| path.replace(name, NOWHERE))
    }
}

async fn ids(world: &World, pia: &Caller, nl: &Caller) -> Ids {
    let list = publishes(pia, "Baseline", "baseline").await;
    agree(pia, &list, nl, true).await;
    let terms = nl.get(&format!("{list}/terms")).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    // A doubt of the Dutch hotline: two lists by which it settles contradict each other.
    let police = world.police("NL").await;
    let national = publishes(&police, "Dutch list", "national").await;
    agree(&police, &national, nl, true).await;
    let bytes = pictures::png(6);
    writes(pia, &list, json!([{ "sha256": sha256(&bytes) }])).await;
    writes(&police, &national, json!([{ "sha256": sha256(&bytes) }])).await;
    world.settle().await;
    let report = nl.reports("DE").await;
    nl.adds(&report, "a.png", &bytes).await;
    world.settle().await;
    let doubt = nl.get("/api/v1/doubts").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let entry = entries(pia, &list).await[0]["id"].as_str().unwrap().to_owned();
    let said = nl
        .json("POST", &format!("{list}/entries/{entry}/vote"), &json!({ "vote": "dispute", "reason": "a circle" }))
        .await;
    let import = lists_by_api::imports(pia, &list, "format=text", sha256(b"x").as_bytes()).await.str("id");
    let server = json!({ "kind": "cport", "url": "http://127.0.0.1:9/api/v1/lists/x" });
    let subscription = pia.json("POST", &format!("{list}/subscriptions"), &server).await.str("id");
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "b.png", &pictures::png(1)).await;
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    let case = world.police("DE").await.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let list = list.rsplit('/').next().unwrap().to_owned();
    Ids(vec![
        ("{list}", list),
        ("{terms}", terms),
        ("{entry}", entry),
        ("{vote}", said.str("id")),
        ("{import}", import),
        ("{subscription}", subscription),
        ("{case}", case),
        ("{doubt}", doubt),
    ])
}

/// The routes of the table are the routes there are.
fn every_form_is_in_the_table() {
    let router = include_str!("../../../web/src/router.rs");
    for line in router.lines().filter(|l| l.contains(".route(\"/lists/{id}") && l.contains("post(")) {
        let path = line.split('"').nth(1).unwrap().replace("{id}", "{list}");
        assert!(FORMS.iter().any(|(form, _)| *form == path), "{path} is not in the model");
    }
}

async fn az_1_every_form_of_lists_and_every_person(world: World) -> World {
    every_form_is_in_the_table();
    let (pia, nl) = (interpol(&world).await, world.desk("NL").await);
    let ids = ids(&world, &pia, &nl).await;
    let (publisher, hotline) = (pia.who.organisation.id, nl.who.organisation.id);
    for person in &world.people {
        let browser = Browser::of(world.calling(person).await).await;
        let actor = &browser.caller.who.actor;
        let (kind, role) = (actor.kind.word(), actor.role.word());
        let analyst = actor.org == hotline && role == "analyst";
        for (form, whose) in FORMS {
            let reaches = match whose {
                "publisher" => actor.org == publisher && role == "officer",
                "party" => (actor.org == publisher && role == "officer") || analyst,
                "reader" => analyst || (actor.org == publisher && role == "officer"),
                "hotline" | "analyst" => analyst,
                _ => kind == "lea" && actor.country.is_some_and(|c| c.to_string() == "DE") && role == "officer",
            };
            if reaches {
                continue;
            }
            let before = world.verify_log().await;
            let answer = browser.post(&ids.fill(form), "").await;
            let missing = browser.post(&ids.nowhere(form), "").await;
            assert_eq!(missing.status, StatusCode::NOT_FOUND, "{form} nowhere as {}", person.name);
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{form} as {}", person.name);
            assert_eq!(answer.text(), missing.text(), "{form} as {}", person.name);
            assert_eq!(world.verify_log().await, before, "{form} as {} changes nothing", person.name);
        }
    }
    // Whom it is for, but without a word: each says what is missing or does what needs no word, and nothing breaks.
    let (pia, nl, de) = (Browser::of(pia).await, Browser::of(nl).await, Browser::of(world.police("DE").await).await);
    for (form, whose) in FORMS {
        let browser = match whose {
            "publisher" => &pia,
            "officer" => &de,
            _ => &nl,
        };
        let missing = browser.post(&ids.nowhere(form), "").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{form}");
        if whose == "party" {
            continue;
        }
        let answer = browser.post(&ids.fill(form), "").await.status;
        let fine = [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY, StatusCode::CONFLICT];
        assert!(
            fine.contains(&answer) || (form.ends_with("/imports") && answer == StatusCode::UNSUPPORTED_MEDIA_TYPE),
            "{form}: {answer}"
        );
    }
    world.settle().await;
    world
}

fn refused(answer: &Answer, says: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    assert!(answer.text().contains(says), "{says}: {}", answer.text());
}

async fn publishers_keep_their_lists_by_page(world: World) -> World {
    let pia = Browser::of(interpol(&world).await).await;
    let api = publishes(&pia.caller, "Baseline", "baseline").await;
    let list = format!("/lists/{}", api.rsplit('/').next().unwrap());
    let change = |rest: &str| format!("{list}/change?{rest}");
    let change = change("").trim_end_matches('?').to_owned();
    refused(&pia.post(&change, "rule=new+words&age_below=14&max_distance=99").await, "new words");
    refused(&pia.post(&change, "rule=new+words&age_below=many&max_distance=9").await, "Write a whole number.");
    location(&pia.post(&change, "rule=new+words&age_below=14&max_distance=9").await);
    let page = pia.get(&list).await.text();
    assert!(page.contains("new words") && page.contains("<dd>14</dd>") && page.contains("<dd>9</dd>"), "{page}");
    // By hand: what is wrong is said at its field, what was typed stays.
    let add = format!("{list}/entries");
    refused(&pia.post(&add, "sha256=12&series=kept+series").await, "kept series");
    refused(&pia.post(&add, "series=s").await, "no digest");
    let digest = sha256(b"by hand");
    let filled = format!("sha256={digest}&md5=&pdq=&age_group=infant&gender=female&series=s");
    location(&pia.post(&add, &filled).await);
    refused(&pia.post(&add, &filled).await, "has this entry already");
    let entry = entries(&pia.caller, &api).await.pop().unwrap();
    assert_eq!((entry["age_group"].as_str(), entry["gender"].as_str()), (Some("infant"), Some("female")));
    assert_eq!(entry["record"]["series"], "s");
    world.settle().await;
    assert!(pia.get(&format!("{list}?find={digest}")).await.text().contains("in force"));
    // Another server: a password is never shown, not even to whoever just typed it.
    let fill = format!("{list}/subscriptions");
    let bad = pia.post(&fill, "kind=cport&url=ftp%3A%2F%2Fx.example&user=u&password=secret-word&every=15").await;
    refused(&bad, "ftp://x.example");
    assert!(!bad.text().contains("secret-word"));
    refused(&pia.post(&fill, "kind=other&url=http%3A%2F%2F127.0.0.1%3A9%2F&every=15").await, "other");
    let good = "kind=hash_sharing&url=http%3A%2F%2F127.0.0.1%3A9%2F&user=u&password=secret-word&every=15";
    location(&pia.post(&fill, good).await);
    let page = pia.get(&list).await.text();
    assert!(page.contains("http://127.0.0.1:9/") && !page.contains("secret-word"), "{page}");
    let kept = pia.caller.get(&format!("{api}/subscriptions")).await.json();
    assert_eq!((&kept["items"][0]["every_seconds"], &kept["items"][0]["has_credential"]), (&json!(900), &json!(true)));
    let acts = pia.caller.acts().await;
    for act in ["list.changed", "entries.written", "subscription.set"] {
        assert!(acts.contains(&act.to_owned()), "the log keeps {act}: {acts:?}");
    }
    world
}

async fn lists_that_contradict_each_other_wait_on_a_page_for_a_person(world: World) -> World {
    let (pia, nl) = (interpol(&world).await, world.desk("NL").await);
    ids(&world, &pia, &nl).await;
    let desk = Browser::of(nl).await;
    let page = desk.get("/desk/doubts").await.text();
    for word in ["Lists contradict each other", "Baseline", "Dutch list", "Nobody has judged it yet"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    let resolve =
        page.split("action=\"").find_map(|p| p.split('"').next().filter(|a| a.ends_with("/resolve"))).unwrap();
    refused(&desk.post(resolve, "why=").await, "Doubts");
    assert_eq!(location(&desk.post(resolve, "why=seen+by+two").await), "/desk/doubts?done=doubt-resolved");
    assert!(desk.get("/desk/doubts").await.text().contains("No list is in doubt."));
    assert_eq!(desk.post(resolve, "why=again").await.status, StatusCode::NOT_FOUND);
    assert!(desk.caller.acts().await.contains(&"doubt.resolved".to_owned()));
    world
}

async fn an_officer_puts_what_was_disclosed_with_digests_onto_the_national_list(world: World) -> World {
    let nl = world.desk("NL").await;
    let de = Browser::of(world.police("DE").await).await;
    let report = nl.reports("DE").await;
    let mut items = Vec::new();
    for n in 1..=3 {
        let added = nl.adds(&report, &format!("{n}.png"), &pictures::png(n)).await;
        nl.classifies(&added, "baseline").await;
        items.push(added["id"].as_str().unwrap().to_owned());
    }
    world.settle().await;
    let case = de.caller.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let page = format!("/police/cases/{case}");
    assert!(!de.get(&page).await.text().contains("Add to a hash list of yours"), "there is no list yet");
    let api = publishes(&de.caller, "German list", "national").await;
    let list = api.rsplit('/').next().unwrap().to_owned();
    let listable = de.caller.get(&format!("/api/v1/cases/{case}/list-entries")).await.json();
    let given: Vec<&str> =
        listable["items"].as_array().unwrap().iter().map(|i| i["item_id"].as_str().unwrap()).collect();
    let shown = de.get(&page).await.text();
    assert_eq!(given.len(), 3, "the German agreement lets it go on to a hash list: {shown}");
    assert!(shown.contains("Add to a hash list of yours") && shown.contains("German list"));
    // One by its button, though all are chosen.
    let one = format!("list={list}&item={}&item={}&one={}", items[0], items[1], items[2]);
    assert_eq!(location(&de.post(&format!("{page}/list"), &one).await), format!("{page}?done=case-listed"));
    let there = entries(&de.caller, &api).await;
    assert_eq!(there.len(), 1);
    assert_eq!(there[0]["record"]["sha256"], sha256(&pictures::png(3)));
    let all = format!("list={list}&item={}&item={}", items[0], items[1]);
    location(&de.post(&format!("{page}/list"), &all).await);
    assert_eq!(entries(&de.caller, &api).await.len(), 3);
    assert!(de.caller.acts().await.contains(&"case.listed".to_owned()));
    // Nothing chosen, an item of nobody, a list of somebody else: refused, and nothing of it stays.
    refused(&de.post(&format!("{page}/list"), &format!("list={list}")).await, "Choose 1 to 500 items.");
    let stranger = nl.adds(&nl.reports("FR").await, "x.png", &pictures::png(9)).await;
    nl.classifies(&stranger, "baseline").await;
    world.settle().await;
    let mixed = json!({ "list_id": list, "items": [items[0], stranger["id"]] });
    let refused = de.caller.json("POST", &format!("/api/v1/cases/{case}/list-entries"), &mixed).await;
    assert_eq!(refused.problem().2.as_deref(), Some("items"), "{}", refused.text());
    let pia = interpol(&world).await;
    let foreign = publishes(&pia, "Baseline", "baseline").await.rsplit('/').next().unwrap().to_owned();
    for list in [foreign.as_str(), NOWHERE] {
        let body = json!({ "list_id": list, "items": [items[0]] });
        let answer = de.caller.json("POST", &format!("/api/v1/cases/{case}/list-entries"), &body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(entries(&de.caller, &api).await.len(), 3);
    // Another LEA has no such case, and hears nothing of the list.
    let other = world.police("NL").await;
    let answer = other.json("POST", &format!("/api/v1/cases/{case}/list-entries"), &mixed).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(other.get("/api/v1/lists").await.json()["items"].as_array().unwrap().is_empty());
    world.settle().await;
    world
}

async fn a_hotline_without_terms_sees_what_became_of_what_it_offered(world: World) -> World {
    let (pia, nl) = (interpol(&world).await, world.desk("DE").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &pictures::png(1)).await;
    nl.classifies(&added, "baseline").await;
    world.settle().await;
    let own = nl.get("/api/v1/candidates").await.json();
    assert_eq!(own["items"].as_array().unwrap().len(), 1, "{own}");
    assert_eq!((&own["items"][0]["state"], &own["items"][0]["entry_id"]), (&json!("waiting"), &json!(null)));
    assert!(!own.to_string().contains(list.rsplit('/').next().unwrap()), "to which list is not said");
    assert_eq!(nl.get(&format!("{list}/candidates")).await.status, StatusCode::NOT_FOUND);
    let waiting = pia.get(&format!("{list}/candidates")).await.json();
    let take = json!({ "candidates": [waiting["items"][0]["id"]] });
    let taken = pia.json("POST", &format!("{list}/candidates/acceptance"), &take).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text());
    let own = nl.get("/api/v1/candidates").await.json();
    assert_eq!((&own["items"][0]["state"], &own["items"][0]["entry_id"]), (&json!("accepted"), &json!(null)));
    let page = Browser::of(nl).await.get("/lists").await.text();
    assert!(page.contains("What your hotline offered") && page.contains("accepted"), "{page}");
    let other = world.desk("IE").await.get("/api/v1/candidates").await.json();
    assert!(other["items"].as_array().unwrap().is_empty(), "another hotline's are nobody's business");
    world.settle().await;
    world
}
