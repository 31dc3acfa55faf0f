//! Agreements: what suspending, ending and replacing one does to what police see, who may sign what, and drafts.

use crate::pages::Browser;
use axum::http::StatusCode;
use base::OrgKind;
use serde_json::{Value, json};
use storage::Backend;
use testkit::{Answer, Caller, World, pictures, stories};

stories! {
    az_10_a_suspension_takes_everything_out_of_sight_at_once
    az_10_only_who_suspended_resumes
    az_9_an_agreement_ends_by_itself_without_any_job
    a_newer_version_takes_the_place_of_the_older_one_where_it_begins
    an_agreement_ended_before_its_time_can_be_begun_anew
    az_7_signatures_are_given_in_order_and_once
    a_signed_text_stays_as_it_is
    contradictory_and_backward_terms_are_refused
    co_3_two_editors_of_one_draft_lose_nothing
    what_is_written_as_toml_is_taken_in_again
    az_6_a_suspended_disclosure_is_behind_the_second_barrier
    hotlines_and_secretariat_see_agreements_and_others_do_not
    an_agreement_is_drafted_tried_out_and_signed_by_page
    a_new_agreement_is_begun_by_page
    a_simulation_counts_reports_and_items_before_and_after
    a_lane_for_one_kind_of_site_tells_of_that_kind_only
}

const NOWHERE: &str = "01900000-0000-7000-8000-000000000000";
/// 2026-06-01T12:00:00Z is noon of every story.
const TOMORROW: &str = "2026-06-02T12:00:00Z";

/// One lane for what is hosted at home, as TOML.
pub fn lane(clause: &str, width: &str, media: bool) -> String {
    format!(
        "[[lanes]]\nclause = \"{clause}\"\nhosting = \"home\"\nclasses = [\"baseline\"]\ninformed_on = \"any_member_baseline\"\n\
         width = \"{width}\"\nmedia = {media}\nhost_notice = {{ by = \"hotline\" }}\nretention_days = 30\n"
    )
}

pub async fn secretary(world: &World) -> Caller {
    let sam = world.people.iter().find(|p| p.organisation.kind == OrgKind::Network).unwrap();
    world.calling(sam).await
}

/// The agreement of a country's hotline and police, newest version first.
pub async fn agreement_of(caller: &Caller) -> String {
    let list = caller.get("/api/v1/agreements").await.json();
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

fn created(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
}

/// Drafts a version, has everybody sign it, and returns its number.
pub async fn signed_by_all(world: &World, country: &str, id: &str, terms: &Value) -> i64 {
    let (desk, police, sam) = (world.desk(country).await, world.police(country).await, secretary(world).await);
    let drafted = desk.json("POST", &format!("/api/v1/agreements/{id}/versions"), terms).await;
    created(&drafted);
    let version = drafted.json()["version"].as_i64().unwrap();
    for signer in [&desk, &police, &sam] {
        created(&signs(signer, id, version, json!({})).await);
    }
    version
}

async fn signs(signer: &Caller, id: &str, version: i64, body: Value) -> Answer {
    signer.json("POST", &format!("/api/v1/agreements/{id}/versions/{version}/signature"), &body).await
}

async fn suspends(caller: &Caller, id: &str) -> Answer {
    caller.json("POST", &format!("/api/v1/agreements/{id}/suspension"), &json!({ "reason": "a story" })).await
}

async fn resumes(caller: &Caller, id: &str) -> Answer {
    caller.json("POST", &format!("/api/v1/agreements/{id}/resumption"), &json!({})).await
}

/// What the Dutch hotline reported, hosted in Germany, and the German police's case of it.
struct Told {
    report: String,
    item: String,
    case: String,
    capture: String,
}

async fn told(world: &World, seed: u32) -> Told {
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(seed)).await;
    assert_eq!(nl.classifies(&item, "baseline").await.status, StatusCode::OK);
    world.settle().await;
    let case = de.case_of(&report).await.expect("told")["id"].as_str().unwrap().to_owned();
    let capture = world.captured(&nl, &report).await;
    Told { report, item: item["id"].as_str().unwrap().to_owned(), case, capture }
}

/// Everything that police ask about a case: by API and by page.
fn sights(told: &Told) -> Vec<String> {
    let Told { item, case, capture, .. } = told;
    vec![
        format!("/api/v1/cases/{case}"),
        format!("/api/v1/items/{item}/file?purpose=look"),
        format!("/api/v1/items/{item}/preview"),
        format!("/api/v1/items/{item}/device"),
        format!("/api/v1/items/{item}/custody"),
        format!("/api/v1/captures/{capture}"),
        format!("/api/v1/captures/{capture}/archive?purpose=look"),
        format!("/api/v1/captures/{capture}/picture?purpose=look"),
    ]
}

fn pages(told: &Told) -> Vec<String> {
    let Told { item, case, capture, .. } = told;
    vec![
        format!("/police/cases/{case}"),
        format!("/police/items/{item}/open"),
        format!("/police/items/{item}/preview"),
        format!("/police/items/{item}/custody"),
        format!("/police/captures/{capture}"),
    ]
}

/// Whether the German police see a case everywhere, or nowhere; anything between fails.
async fn sees(world: &World, told: &Told) -> bool {
    let de = world.police("DE").await;
    let browser = Browser::of(de.clone()).await;
    let mut seen = vec![de.case_of(&told.report).await.is_some()];
    let inbox = browser.get("/police").await.text();
    seen.push(inbox.contains(&told.case));
    for path in sights(told) {
        let answer = de.get(&path).await;
        assert!(matches!(answer.status, StatusCode::OK | StatusCode::NOT_FOUND), "{path}: {}", answer.text());
        if answer.status == StatusCode::NOT_FOUND {
            let missing = de.get(&format!("/api/v1/cases/{NOWHERE}")).await;
            assert_eq!((answer.bytes, answer.headers), (missing.bytes, missing.headers), "{path}");
        }
        seen.push(answer.status == StatusCode::OK);
    }
    for path in pages(told) {
        seen.push(browser.get(&path).await.status == StatusCode::OK);
    }
    let outcome = format!("/api/v1/cases/{}/outcome", told.case);
    seen.push(de.json("POST", &outcome, &json!({ "outcome": "useful" })).await.status == StatusCode::CREATED);
    let first = seen[0];
    assert!(seen.iter().all(|s| *s == first), "all or nothing: {seen:?}");
    first
}

async fn az_10_a_suspension_takes_everything_out_of_sight_at_once(world: World) -> World {
    let told = told(&world, 1).await;
    let sam = secretary(&world).await;
    let (desk, police) = (world.desk("DE").await, world.police("DE").await);
    let id = agreement_of(&desk).await;
    for by in [&desk, &police, &sam] {
        assert!(sees(&world, &told).await);
        let look = police.json("POST", &format!("/api/v1/agreements/{id}/suspension"), &json!({ "reason": "" })).await;
        assert_eq!(look.problem().1, "missing", "a suspension says why");
        created(&suspends(by, &id).await);
        assert_eq!(suspends(by, &id).await.problem().1, "suspended-already");
        assert!(!sees(&world, &told).await, "nothing, in the very next request");
        // The job that follows changes nothing of that, and a new item of the time is not disclosed.
        world.settle().await;
        assert!(!sees(&world, &told).await);
        assert_eq!(by.get(&format!("/api/v1/agreements/{id}")).await.json()["versions"][0]["status"], "suspended");
        created(&resumes(by, &id).await);
        assert!(sees(&world, &told).await, "everything, in the very next request");
        world.settle().await;
        assert!(sees(&world, &told).await);
    }
    let acts = sam.acts().await;
    assert!(
        acts.contains(&"agreement.suspended".to_owned()) && acts.contains(&"agreement.resumed".to_owned()),
        "{acts:?}"
    );
    world
}

async fn az_10_only_who_suspended_resumes(world: World) -> World {
    let told = told(&world, 2).await;
    let (desk, police, sam) = (world.desk("DE").await, world.police("DE").await, secretary(&world).await);
    let id = agreement_of(&desk).await;
    created(&suspends(&desk, &id).await);
    for other in [&police, &sam] {
        assert_eq!(resumes(other, &id).await.problem().1, "not-suspended");
    }
    created(&suspends(&sam, &id).await);
    created(&resumes(&desk, &id).await);
    assert!(!sees(&world, &told).await, "the secretariat's suspension is open");
    // What is judged meanwhile is not told, and told once it is over.
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "b.png", &pictures::png(3)).await;
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    assert_eq!(police.case_of(&report).await, None);
    created(&resumes(&sam, &id).await);
    assert!(sees(&world, &told).await);
    world.settle().await;
    assert!(police.case_of(&report).await.is_some(), "the job catches up with what came in meanwhile");
    let suspensions = police.get(&format!("/api/v1/agreements/{id}")).await.json()["suspensions"].clone();
    assert_eq!(suspensions.as_array().unwrap().len(), 2);
    assert_eq!(suspensions[0]["reason"], "a story");
    // Another country's hotline cannot suspend it, nor learn of it.
    let foreign = world.desk("BE").await;
    for answer in [suspends(&foreign, &id).await, resumes(&foreign, &id).await] {
        let missing = suspends(&foreign, NOWHERE).await;
        assert_eq!((answer.status, answer.bytes), (StatusCode::NOT_FOUND, missing.bytes));
    }
    world
}

async fn az_9_an_agreement_ends_by_itself_without_any_job(world: World) -> World {
    let desk = world.desk("DE").await;
    let id = agreement_of(&desk).await;
    let terms = json!({ "toml": lane("9", "page", true), "valid_until": TOMORROW });
    signed_by_all(&world, "DE", &id, &terms).await;
    world.settle().await;
    let told = told(&world, 4).await;
    assert!(sees(&world, &told).await);
    world.app.db.clock().advance(86_399);
    assert!(sees(&world, &told).await, "a second before the end");
    world.app.db.clock().advance(1);
    assert!(!sees_without_session(&world, &told).await, "the end needs no job");
    world.settle().await;
    let full = world.desk("NL").await.get(&format!("/api/v1/reports/{}", told.report)).await.json();
    let told: Vec<&str> =
        full["disclosures"].as_array().unwrap().iter().map(|d| d["agreement"].as_str().unwrap()).collect();
    assert!(told.iter().all(|name| name.starts_with("Agreement NL")), "the job withdraws what is over: {told:?}");
    let whole = world.desk("DE").await.get(&format!("/api/v1/agreements/{id}")).await.json();
    assert_eq!(whole["versions"][0]["status"], "ended");
    world
}

/// As [`sees`], by API only: a session of the day before is over.
async fn sees_without_session(world: &World, told: &Told) -> bool {
    let de = world.police("DE").await;
    let mut seen = vec![de.case_of(&told.report).await.is_some()];
    for path in sights(told) {
        seen.push(de.get(&path).await.status == StatusCode::OK);
    }
    assert!(seen.iter().all(|s| *s == seen[0]), "{seen:?}");
    seen[0]
}

async fn a_newer_version_takes_the_place_of_the_older_one_where_it_begins(world: World) -> World {
    let told = told(&world, 5).await;
    let (desk, de) = (world.desk("DE").await, world.police("DE").await);
    let id = agreement_of(&desk).await;
    let width = async || de.case_of(&told.report).await.map(|c| (c["width"].clone(), c["version"].clone()));
    assert_eq!(width().await, Some((json!("page"), json!(1))));
    let terms = json!({ "toml": lane("9", "metadata", false), "valid_from": TOMORROW });
    let version = signed_by_all(&world, "DE", &id, &terms).await;
    world.settle().await;
    let versions = desk.get(&format!("/api/v1/agreements/{id}")).await.json()["versions"].clone();
    assert_eq!((&versions[0]["status"], &versions[1]["status"]), (&json!("to_come"), &json!("in_force")));
    assert_eq!(versions[1]["live_until"], TOMORROW, "the older one ends where the newer one begins");
    assert_eq!(width().await, Some((json!("page"), json!(1))), "until then nothing changes");
    world.app.db.clock().advance(86_400);
    let de = world.police("DE").await;
    assert_eq!(de.case_of(&told.report).await, None, "the wider text gives nothing from that moment on");
    world.settle().await;
    let case = de.case_of(&told.report).await.expect("told anew, under the new text");
    assert_eq!((&case["width"], &case["version"], &case["clause"]), (&json!("metadata"), &json!(version), &json!("9")));
    let file = format!("/api/v1/items/{}/file?purpose=look", told.item);
    assert_eq!(de.get(&file).await.problem().0, 404, "the narrower text opens no files");
    world
}

async fn an_agreement_ended_before_its_time_can_be_begun_anew(world: World) -> World {
    let told = told(&world, 6).await;
    let (desk, police) = (world.desk("DE").await, world.police("DE").await);
    let id = agreement_of(&desk).await;
    let end = format!("/api/v1/agreements/{id}/end");
    assert_eq!(world.desk("NL").await.json("POST", &end, &json!({ "reason": "no" })).await.problem().0, 404);
    created(&police.json("POST", &end, &json!({ "reason": "a story" })).await);
    assert!(!sees(&world, &told).await);
    assert_eq!(police.json("POST", &end, &json!({ "reason": "again" })).await.problem().1, "not-in-force");
    world.settle().await;
    let whole = desk.get(&format!("/api/v1/agreements/{id}")).await.json();
    assert_eq!((&whole["versions"][0]["status"], &whole["ended"]["reason"]), (&json!("ended"), &json!("a story")));
    signed_by_all(&world, "DE", &id, &json!({ "toml": lane("1", "page", true) })).await;
    world.settle().await;
    assert!(sees(&world, &told).await);
    assert_eq!(desk.get(&format!("/api/v1/agreements/{id}")).await.json()["ended"], json!(null));
    world
}

/// Who acts on a draft, and how: from every state that can be reached, every step is tried against a model.
async fn az_7_signatures_are_given_in_order_and_once(world: World) -> World {
    let (desk, police, sam) = (world.desk("DE").await, world.police("DE").await, secretary(&world).await);
    let id = agreement_of(&desk).await;
    let versions = format!("/api/v1/agreements/{id}/versions");
    let takes = async |version: i64, step: &str| match step {
        "hotline" => signs(&desk, &id, version, json!({})).await,
        "lea" => signs(&police, &id, version, json!({})).await,
        "network" => signs(&sam, &id, version, json!({})).await,
        _ => desk.json("POST", &format!("{versions}/{version}/discard"), &json!({})).await,
    };
    let (mut waiting, mut tried): (Vec<Vec<&str>>, usize) = (vec![Vec::new()], 0);
    while let Some(done) = waiting.pop() {
        for step in ["hotline", "lea", "network", "discard"] {
            let drafted = desk.json("POST", &versions, &json!({ "toml": lane("1", "item", true) })).await;
            created(&drafted);
            let version = drafted.json()["version"].as_i64().unwrap();
            for before in &done {
                created(&takes(version, before).await);
            }
            let (answer, want) = (takes(version, step).await, allowed(&done, step));
            assert_eq!(answer.status.as_u16(), want.0, "{done:?} then {step}: {}", answer.text());
            let mut now = done.clone();
            if want.0 == 201 {
                now.push(step);
                waiting.push(now.clone());
            } else {
                assert_eq!(answer.problem().1, want.1, "{done:?} then {step}");
            }
            if !now.contains(&"network") && !now.contains(&"discard") {
                created(&takes(version, "discard").await);
            }
            tried += 1;
        }
    }
    assert_eq!(tried, 12 * 4, "12 states by 4 steps");
    world.settle().await;
    world
}

/// The rule, from the words: each party once, then the secretariat; nothing on a discarded draft; nobody puts away
/// what is countersigned.
fn allowed(done: &[&str], step: &str) -> (u16, &'static str) {
    let has = |what| done.contains(&what);
    match step {
        "discard" if has("discard") => (422, "draft-discarded"),
        "discard" if has("network") => (422, "countersigned"),
        "discard" => (201, ""),
        _ if has("discard") => (422, "draft-discarded"),
        step if has(step) => (422, "signed-already"),
        "network" if !has("hotline") || !has("lea") => (422, "countersign-last"),
        _ => (201, ""),
    }
}

async fn a_signed_text_stays_as_it_is(world: World) -> World {
    let (desk, police, sam) = (world.desk("DE").await, world.police("DE").await, secretary(&world).await);
    let id = agreement_of(&desk).await;
    let versions = format!("/api/v1/agreements/{id}/versions");
    created(&desk.json("POST", &versions, &json!({ "toml": lane("1", "item", true) })).await);
    let change = json!({ "toml": lane("1", "page", true) });
    let put = async |who: &Caller, tag: &str| {
        who.json_with("PUT", &format!("{versions}/2"), &change, &[("If-Match", tag)]).await
    };
    assert_eq!(desk.json("PUT", &format!("{versions}/2"), &change).await.problem().1, "missing");
    assert_eq!(put(&police, "\"1\"").await.status, StatusCode::OK, "either party writes");
    // A signature is for the text that was read.
    assert_eq!(signs(&desk, &id, 2, json!({ "revision": 1 })).await.problem().1, "changed-meanwhile");
    assert_eq!(signs(&desk, &id, 2, json!({ "as": "lea" })).await.problem().1, "not-your-signature");
    assert_eq!(signs(&desk, &id, 2, json!({ "as": "network" })).await.problem().1, "not-your-signature");
    assert_eq!(
        signs(&desk, &id, 2, json!({ "as": "king" })).await.problem(),
        (422, "unknown-party".into(), Some("as".into()))
    );
    created(&signs(&desk, &id, 2, json!({ "revision": 2, "as": "hotline" })).await);
    for who in [&desk, &police, &sam] {
        assert_eq!(put(who, "\"2\"").await.problem().1, "signed-text");
    }
    assert_eq!(signs(&sam, &id, 2, json!({})).await.problem().1, "countersign-last");
    // Who is no party has nothing to sign and nothing to change.
    let foreign = world.desk("BE").await;
    assert_eq!(signs(&foreign, &id, 2, json!({})).await.problem().0, 404);
    assert_eq!(put(&foreign, "\"2\"").await.problem().0, 404);
    assert_eq!(desk.get(&format!("{versions}/2")).await.json()["clauses"][0]["clause"], "1");
    assert_eq!(desk.get(&format!("{versions}/nine")).await.problem().0, 404);
    created(&desk.json("POST", &format!("{versions}/2/discard"), &json!({})).await);
    assert_eq!(put(&desk, "\"2\"").await.problem().1, "draft-discarded");
    world
}

async fn contradictory_and_backward_terms_are_refused(world: World) -> World {
    let (desk, police, sam) = (world.desk("DE").await, world.police("DE").await, secretary(&world).await);
    let id = agreement_of(&desk).await;
    let versions = format!("/api/v1/agreements/{id}/versions");
    let text = lane("1", "item", true);
    for (terms, rule, field) in [
        (
            json!({ "toml": text, "valid_from": TOMORROW, "valid_until": "2026-06-01T13:00:00Z" }),
            "agreement-ends-early",
            "valid_until",
        ),
        (
            json!({ "toml": text, "valid_from": TOMORROW, "valid_until": TOMORROW }),
            "agreement-ends-early",
            "valid_until",
        ),
        (
            json!({ "toml": text, "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-05-01T00:00:00Z" }),
            "agreement-over",
            "valid_until",
        ),
        (json!({ "toml": text, "valid_from": "soon" }), "bad-time", "valid_from"),
        (json!({ "toml": "lanes = []" }), "lane-count", "lanes"),
        (json!({ "toml": "lanes = 7" }), "unreadable-agreement", "document"),
        (json!({ "document": { "lanes": [{}] } }), "unreadable-agreement", "document"),
        (json!({}), "missing", "document"),
        (json!({ "toml": text, "document": { "lanes": [] } }), "missing", "document"),
        (json!({ "toml": format!("{text}{text}") }), "lane-clause", "lanes"),
    ] {
        let answer = police.json("POST", &versions, &terms).await;
        assert_eq!(answer.problem(), (422, rule.into(), Some(field.into())), "{terms}");
    }
    created(&desk.json("POST", &versions, &json!({ "toml": text })).await);
    let second = police.json("POST", &versions, &json!({ "toml": text })).await;
    assert_eq!(second.problem(), (422, "draft-open".into(), Some("version".into())));
    // Two organisations have one agreement; an agreement is drafted by a party, for one country.
    let org = |who: &Caller| who.who.organisation.id.to_string();
    let (nl, nl_police, be) = (world.desk("NL").await, world.police("NL").await, world.desk("BE").await);
    let draft = |hotline: &Caller, lea: &Caller| json!({ "name": "Another", "hotline": org(hotline), "lea": org(lea), "terms": { "toml": text } });
    for (who, body, rule) in [
        (&desk, draft(&desk, &police), "agreement-there"),
        (&sam, draft(&desk, &police), "agreement-there"),
        (&sam, draft(&desk, &nl_police), "agreement-countries"),
        (&sam, draft(&police, &desk), "unknown-organisation"),
        (&be, draft(&nl, &nl_police), "not-a-party"),
    ] {
        assert_eq!(who.json("POST", "/api/v1/agreements", &body).await.problem().1, rule, "{body}");
    }
    // Whether two others have one is not told to a third.
    assert_eq!(be.json("POST", "/api/v1/agreements", &draft(&desk, &police)).await.problem().1, "not-a-party");
    // A draft whose time runs out unsigned cannot be signed any more.
    created(&desk.json("POST", &format!("{versions}/2/discard"), &json!({})).await);
    created(&desk.json("POST", &versions, &json!({ "toml": text, "valid_until": TOMORROW })).await);
    world.app.db.clock().advance(86_400);
    let late = world.desk("DE").await;
    assert_eq!(signs(&late, &id, 3, json!({})).await.problem().1, "agreement-over");
    world
}

async fn co_3_two_editors_of_one_draft_lose_nothing(world: World) -> World {
    let (desk, police) = (world.desk("DE").await, world.police("DE").await);
    let id = agreement_of(&desk).await;
    let versions = format!("/api/v1/agreements/{id}/versions");
    created(&desk.json("POST", &versions, &json!({ "toml": lane("1", "item", true) })).await);
    let path = format!("{versions}/2");
    let tag = desk.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(police.get(&path).await.headers["etag"], tag.as_str());
    let mine = json!({ "toml": lane("mine", "page", true) });
    let theirs = json!({ "toml": lane("theirs", "metadata", false) });
    assert_eq!(desk.json_with("PUT", &path, &mine, &[("If-Match", &tag)]).await.status, StatusCode::OK);
    let late = police.json_with("PUT", &path, &theirs, &[("If-Match", &tag)]).await;
    assert_eq!(late.problem().1, "changed-meanwhile");
    let now = desk.get(&path).await;
    assert_eq!(now.json()["clauses"][0]["clause"], "mine");
    let tag = now.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(police.json_with("PUT", &path, &theirs, &[("If-Match", &tag)]).await.status, StatusCode::OK);
    world
}

async fn what_is_written_as_toml_is_taken_in_again(world: World) -> World {
    let desk = world.desk("DE").await;
    let id = agreement_of(&desk).await;
    let versions = format!("/api/v1/agreements/{id}/versions");
    let toml = desk.get(&format!("{versions}/1/toml")).await;
    assert_eq!(toml.headers["content-type"], "application/toml");
    assert!(toml.headers["content-disposition"].to_str().unwrap().contains("agreement-de"), "{:?}", toml.headers);
    created(&desk.json("POST", &versions, &json!({ "toml": toml.text() })).await);
    let (first, second) =
        (desk.get(&format!("{versions}/1")).await.json(), desk.get(&format!("{versions}/2")).await.json());
    assert_eq!(first["document"], second["document"]);
    assert_eq!(second["difference"]["changed"], json!([]));
    let as_json = json!({ "document": first["document"] });
    let put = desk.json_with("PUT", &format!("{versions}/2"), &as_json, &[("If-Match", "\"1\"")]).await;
    assert_eq!(put.json()["document"], first["document"], "{}", put.text());
    assert_eq!(world.desk("BE").await.get(&format!("{versions}/1/toml")).await.problem().0, 404);
    world
}

async fn az_6_a_suspended_disclosure_is_behind_the_second_barrier(world: World) -> World {
    use sea_orm::{ConnectionTrait, Statement};
    told(&world, 7).await;
    let (desk, de) = (world.desk("DE").await, world.police("DE").await);
    let id = agreement_of(&desk).await;
    let tables =
        ["disclosure", "police_case", "item", "report", "media_object", "blob", "assessment", "withheld", "capture"];
    let seen = async || {
        let tx = world.app.db.look(&de.who.actor).await.unwrap();
        let mut all = 0;
        for table in tables {
            let sql = format!("SELECT COUNT(*) AS n FROM {table}");
            let row = tx.query_one_raw(Statement::from_string(tx.get_database_backend(), sql)).await.unwrap().unwrap();
            all += row.try_get::<i64>("", "n").unwrap();
        }
        all
    };
    assert!(seen().await >= 8, "no scope in these queries, on purpose");
    created(&suspends(&desk, &id).await);
    if world.app.db.backend() == Backend::Postgres {
        assert_eq!(seen().await, 0, "a suspension is behind row-level security too");
    }
    world
}

async fn hotlines_and_secretariat_see_agreements_and_others_do_not(world: World) -> World {
    let (desk, sam) = (world.desk("DE").await, secretary(&world).await);
    let id = agreement_of(&desk).await;
    assert_eq!(sam.get("/api/v1/agreements").await.json()["items"].as_array().unwrap().len(), 4);
    assert_eq!(sam.get(&format!("/api/v1/agreements/{id}")).await.status, StatusCode::OK);
    for person in &world.people {
        let who = world.calling(person).await;
        let own = who.who.organisation.country == desk.who.organisation.country
            && matches!(who.who.organisation.kind, OrgKind::Hotline | OrgKind::Lea);
        let ok = own || who.who.organisation.kind == OrgKind::Network;
        for path in ["", "/versions/1", "/versions/1/toml"] {
            let answer = who.get(&format!("/api/v1/agreements/{id}{path}")).await;
            assert_eq!(answer.status == StatusCode::OK, ok, "{} {path}", person.name);
            let missing = who.get(&format!("/api/v1/agreements/{NOWHERE}{path}")).await;
            assert!(ok || answer.bytes == missing.bytes, "{} {path}", person.name);
        }
    }
    world
}

/// A draft's text without comments, as the page's fields hold it after `change`.
fn fields(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace(' ', "+");
    pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

const CLAUSE: [(&str, &str); 18] = [
    ("lanes", "1"),
    ("l0_clause", "1"),
    ("l0_hosting", "home"),
    ("l0_classes", "baseline"),
    ("l0_novelty", "any"),
    ("l0_synthetic", "any"),
    ("l0_informed_on", "any_member_baseline"),
    ("l0_width", "page"),
    ("l0_media", "yes"),
    ("l0_notice_by", "hotline"),
    ("l0_notice_after", "24"),
    ("l0_approval", "oral_then_written"),
    ("l0_approval_hours", "24"),
    ("l0_written_hours", "72"),
    ("l0_hold_days", "14"),
    ("l0_onward", "icse"),
    ("l0_outcome_days", "30"),
    ("l0_retention_days", "365"),
];

fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// From a template to an agreement in force, by page alone and without scripts.
async fn an_agreement_is_drafted_tried_out_and_signed_by_page(world: World) -> World {
    let desk = Browser::of(world.desk("IE").await).await;
    let police = Browser::of(world.police("IE").await).await;
    let sam = Browser::of(secretary(&world).await).await;
    let id = agreement_of(&world.desk("IE").await).await;
    let page = format!("/network/agreements/{id}");
    // The demo's draft is signed by the hotline: it is put away, and a new one begins with a template.
    let shown = police.get(&page).await.text();
    assert!(shown.contains("Sign") && shown.contains("Discard"), "{shown}");
    place(&desk.post(&format!("{page}/versions/1/discard"), "").await);
    let editor = place(&police.post(&format!("{page}/versions"), "from=ie&version=1").await);
    assert_eq!(editor, format!("{page}/versions/2?done=agreement-drafted"));
    let text = police.get(&editor).await.text();
    assert!(text.contains("name=\"l1_clause\"") && text.contains("whole page"), "{text}");
    // Trying it out stores nothing; saving does, and says what overlaps.
    let editor = format!("{page}/versions/2");
    let report = world.desk("IE").await.reports("IE").await;
    let item = world.desk("IE").await.adds(&report, "a.png", &pictures::png(11)).await;
    world.desk("IE").await.classifies(&item, "baseline").await;
    world.settle().await;
    let body = |what: &str, revision: &str| fields(&[&CLAUSE[..], &[("do", what), ("revision", revision)]].concat());
    let tried = desk.post(&editor, &body("preview", "1")).await.text();
    assert!(tried.contains("1 officer would see 1 report more (1 item), for example"), "{tried}");
    let theirs = police.post(&editor, &body("preview", "1")).await.text();
    assert!(theirs.contains("1 officer would see 1 report more (1 item)."), "no reference: {theirs}");
    assert!(!theirs.contains(&report[report.len() - 8..]));
    let added = desk.post(&editor, &body("add", "1")).await.text();
    assert!(added.contains("name=\"l1_clause\"") && added.contains("Two clauses are for the same items"), "{added}");
    let bad = desk.post(&editor, &body("save", "1").replace("l0_hold_days=14", "l0_hold_days=soon")).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.text().contains("write the days of a hold as a whole number"), "{}", bad.text());
    place(&desk.post(&editor, &body("save", "1")).await);
    // The other's older page loses nothing and shows both texts (CO-3).
    let late = police.post(&editor, &body("save", "1").replace("l0_width=page", "l0_width=item")).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    let late = late.text();
    assert!(
        late.contains("Somebody else has changed this draft") && late.contains("the whole page with its files"),
        "{late}"
    );
    assert!(late.contains("name=\"revision\" value=\"2\"") && late.contains("value=\"item\" selected"), "{late}");
    for (who, word) in [(&desk, "agreement-signed"), (&police, "agreement-signed"), (&sam, "agreement-countersigned")] {
        assert!(who.get(&page).await.text().contains("/versions/2/sign"), "the next to sign is offered it");
        let done = place(&who.post(&format!("{editor}/sign"), "revision=2").await);
        assert_eq!(done, format!("{page}?done={word}&version=2"));
    }
    assert_eq!(place(&desk.get(&editor).await), format!("{page}?version=2"), "what is signed is not written any more");
    world.settle().await;
    let inbox = police.get("/police").await.text();
    assert!(inbox.contains(&report[report.len() - 8..]) || world.police("IE").await.case_of(&report).await.is_some());
    // Suspended by page; a second time is refused in words.
    assert_eq!(
        place(&desk.post(&format!("{page}/acts"), "do=suspend&reason=a+story").await),
        format!("{page}?done=agreement-suspended")
    );
    assert_eq!(world.police("IE").await.case_of(&report).await, None);
    let twice = desk.post(&format!("{page}/acts"), "do=suspend&reason=again").await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text().contains("suspended it already"));
    place(&desk.post(&format!("{page}/acts"), "do=resume").await);
    assert!(world.police("IE").await.case_of(&report).await.is_some());
    assert_eq!(desk.get(&format!("{page}/versions/2/toml")).await.headers["content-type"], "application/toml");
    world
}

async fn a_new_agreement_is_begun_by_page(world: World) -> World {
    let sam = Browser::of(secretary(&world).await).await;
    let form = sam.get("/network/agreements/new").await.text();
    assert!(form.contains("Example Police Norway (NO)"), "{form}");
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let body = format!("name=X&hotline={}&lea={}&template=nl", nl.who.organisation.id, de.who.organisation.id);
    let refused = sam.post("/network/agreements/new", &body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("its own country only"));
    let own = Browser::of(nl).await.get("/network/agreements/new").await.text();
    assert!(own.contains("Example Police Netherlands") && !own.contains("Example Police Germany"), "{own}");
    world
}

/// Counts of a simulation, by hand.
async fn a_simulation_counts_reports_and_items_before_and_after(world: World) -> World {
    let (nl, de, police) = (world.desk("NL").await, world.desk("DE").await, world.police("DE").await);
    let id = agreement_of(&de).await;
    let mut reports = Vec::new();
    for (n, class, age) in
        [(1, "baseline", "infant"), (2, "baseline", "adult"), (3, "national", "infant"), (4, "not_illegal", "infant")]
    {
        let report = nl.reports("DE").await;
        let item = nl.adds(&report, "a.png", &pictures::png(n)).await;
        let path = format!("/api/v1/items/{}/assessment", item["id"].as_str().unwrap());
        nl.json("PUT", &path, &json!({ "class": class, "age_group": age, "synthetic": "drawn" })).await;
        reports.push(report);
    }
    world.settle().await;
    // In force: clause 2.1 tells both baseline items at page width. The draft tells infants only, and of them facts.
    let text = lane("7", "metadata", false).replace("informed_on", "ages = [\"infant\"]\ninformed_on");
    created(&de.json("POST", &format!("/api/v1/agreements/{id}/versions"), &json!({ "toml": text })).await);
    let path = format!("/api/v1/agreements/{id}/versions/2/simulation");
    let found = de.get(&path).await.json();
    assert_eq!((&found["days"], &found["officers"]), (&json!(90), &json!(1)));
    assert_eq!((&found["old"]["reports"], &found["old"]["items"]), (&json!(2), &json!(2)));
    assert_eq!(found["new"], json!({ "reports": 1, "items": 1, "by_clause": { "7": 1 } }));
    assert_eq!((&found["more"]["reports"], &found["wider"]["reports"]), (&json!(0), &json!(0)));
    assert_eq!(found["less"], json!({ "reports": 1, "items": 1, "examples": [reports[1]] }));
    assert_eq!(found["narrower"], json!({ "reports": 1, "items": 1, "examples": [reports[0]] }));
    for who in [&police, &secretary(&world).await] {
        let counted = who.get(&path).await.json();
        assert_eq!((&counted["less"]["reports"], &counted["less"]["examples"]), (&json!(1), &json!([])), "no ids");
        let text = counted.to_string();
        assert!(reports.iter().all(|r| !text.contains(&r[r.len() - 8..])), "no reference either: {text}");
    }
    assert_eq!(nl.get(&path).await.problem().0, 404, "who is no party is told nothing");
    // Of generated or drawn content only; then nobody is told of real ones.
    let drawn = lane("8", "page", true).replace("informed_on", "synthetic = \"synthetic\"\ninformed_on");
    let real = lane("8", "page", true).replace("informed_on", "synthetic = \"real\"\ninformed_on");
    for (text, items) in [(drawn, 2), (real, 0)] {
        let put = json!({ "toml": text });
        let tag =
            de.get(&format!("/api/v1/agreements/{id}/versions/2")).await.headers["etag"].to_str().unwrap().to_owned();
        let changed =
            de.json_with("PUT", &format!("/api/v1/agreements/{id}/versions/2"), &put, &[("If-Match", &tag)]).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
        assert_eq!(de.get(&path).await.json()["new"]["items"], json!(items));
    }
    world
}

async fn a_lane_for_one_kind_of_site_tells_of_that_kind_only(world: World) -> World {
    let (de, police) = (world.desk("DE").await, world.police("DE").await);
    let id = agreement_of(&de).await;
    let text = lane("1", "page", true).replace("informed_on", "sites = [\"forum\"]\ninformed_on");
    signed_by_all(&world, "DE", &id, &json!({ "toml": text })).await;
    world.settle().await;
    for (n, site, told) in [(21, json!("forum"), true), (22, json!("onion"), false), (23, json!(null), false)] {
        let body = json!({ "source_url": format!("https://pictures.example/{n}"), "received_at": "2026-06-01T11:00:00Z",
                           "hosting": { "country": "DE" }, "site_type": site });
        let answer = de.json("POST", "/api/v1/reports", &body).await;
        created(&answer);
        let report = answer.str("id");
        let item = de.adds(&report, "a.png", &pictures::png(n)).await;
        de.classifies(&item, "baseline").await;
        world.settle().await;
        assert_eq!(police.case_of(&report).await.is_some(), told, "{site}");
        let want = site.as_str().unwrap_or("unknown");
        assert_eq!(de.get(&format!("/api/v1/reports/{report}")).await.json()["site_type"], want);
    }
    // Said later, who is told is decided anew; back again, it is withdrawn.
    let report = de.reports("DE").await;
    let item = de.adds(&report, "b.png", &pictures::png(24)).await;
    de.classifies(&item, "baseline").await;
    let site = format!("/api/v1/reports/{report}/site");
    for (word, told) in [("forum", true), ("search", false)] {
        assert_eq!(de.json("PUT", &site, &json!({ "site_type": word })).await.status, StatusCode::OK);
        world.settle().await;
        assert_eq!(police.case_of(&report).await.is_some(), told, "{word}");
    }
    assert_eq!(de.json("PUT", &site, &json!({ "site_type": "pub" })).await.problem().1, "unknown-site_type");
    let body = json!({ "source_url": "https://pictures.example/x", "received_at": "2026-06-01T11:00:00Z", "site_type": "pub" });
    assert_eq!(de.json("POST", "/api/v1/reports", &body).await.problem().1, "unknown-site_type");
    world
}
