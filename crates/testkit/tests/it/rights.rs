//! Every route, every person, every relation to the thing asked for; the expected answers come from a model written from
//! the agreements' text, not from the code.

use crate::lists_by_api;
use axum::http::StatusCode;
use serde_json::json;
use testkit::{Answer, Caller, Form, World, pictures, stories};

stories! {
    az_1_matrix_of_every_route_and_person
    az_2_ids_of_another_kind_or_organisation_do_not_exist
    se_4_a_person_who_left_is_out_at_once
    az_4_two_worlds_look_the_same_to_who_may_not_know
}

/// One thing of each kind: the Dutch hotline's report, hosted in Germany.
#[derive(Clone)]
pub struct Things {
    pub report: String,
    pub item: String,
    pub case: String,
    /// The German officer's, of that case.
    pub package: String,
    pub capture: String,
    pub news: String,
    /// Of INTERPOL's; the Dutch hotline reads it, the German one was offered it, the Belgian one's terms were ended.
    pub list: String,
    pub terms: String,
    pub entry: String,
    pub vote: String,
    pub import: String,
    pub subscription: String,
    pub doubt: String,
    /// Of the German police.
    pub search: String,
    pub folder: String,
    /// The Irish one: a draft that its hotline has signed.
    pub agreement: String,
    /// INTERPOL's number in the hash-sharing protocol.
    pub member: String,
    /// Of the German police, to the German hotline.
    pub request: String,
    pub hold: String,
    /// Of the German hotline, to the German police.
    pub message: String,
    /// Of the Dutch police, passed on by the Dutch hotline; the question it put to the German police.
    pub contact: String,
    pub approach: String,
    /// Of the German police; the Irish ones review it.
    pub proposal: String,
    /// One of its exhibits, with a picture.
    pub exhibit: String,
    pub complaint: String,
    /// Of INTERPOL: proposed, not confirmed.
    pub release: String,
    /// Waits to be packed.
    pub dispatch: String,
    /// Of the access provider.
    pub fetch_key: String,
    pub secondary: String,
}

impl Things {
    pub fn all(id: &str) -> Self {
        let id = || id.to_owned();
        Self {
            report: id(),
            item: id(),
            case: id(),
            package: id(),
            capture: id(),
            news: id(),
            list: id(),
            terms: id(),
            entry: id(),
            vote: id(),
            import: id(),
            subscription: id(),
            doubt: id(),
            search: id(),
            folder: id(),
            agreement: id(),
            member: "1".into(),
            request: id(),
            hold: id(),
            message: id(),
            contact: id(),
            approach: id(),
            proposal: id(),
            exhibit: id(),
            complaint: id(),
            release: id(),
            dispatch: id(),
            fetch_key: id(),
            secondary: id(),
        }
    }

    /// Each id where another kind's belongs.
    fn turned(&self) -> Self {
        Self {
            report: self.item.clone(),
            item: self.case.clone(),
            case: self.package.clone(),
            package: self.capture.clone(),
            capture: self.news.clone(),
            news: self.list.clone(),
            list: self.terms.clone(),
            terms: self.entry.clone(),
            entry: self.vote.clone(),
            vote: self.import.clone(),
            import: self.subscription.clone(),
            subscription: self.doubt.clone(),
            doubt: self.search.clone(),
            search: self.folder.clone(),
            folder: self.agreement.clone(),
            agreement: self.request.clone(),
            member: self.member.clone(),
            request: self.hold.clone(),
            hold: self.message.clone(),
            message: self.contact.clone(),
            contact: self.approach.clone(),
            approach: self.proposal.clone(),
            proposal: self.exhibit.clone(),
            exhibit: self.complaint.clone(),
            complaint: self.release.clone(),
            release: self.dispatch.clone(),
            dispatch: self.fetch_key.clone(),
            fetch_key: self.secondary.clone(),
            secondary: self.report.clone(),
        }
    }
}

async fn things(world: &World) -> Things {
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    assert_eq!(nl.classifies(&item, "baseline").await.status, StatusCode::OK);
    world.settle().await;
    let case = de.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let capture = world.captured(&nl, &report).await;
    // The host moves away and back, so that the hotlines concerned have news of it.
    for (country, reason) in [("BE", "a story"), ("DE", "the story ends")] {
        let word = json!({ "country": country, "reason": reason });
        let moved = nl.json("PUT", &format!("/api/v1/reports/{report}/hosting"), &word).await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.text());
        world.settle().await;
    }
    let news = nl.get("/api/v1/news").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let search = json!({ "filter": { "class": "baseline" } });
    let search = de.json("POST", "/api/v1/case-searches", &search).await.str("id");
    let folder = de.json("POST", "/api/v1/folders", &json!({ "name": "A story" })).await.str("id");
    let package = taken_along(world, &de, &case).await;
    let item = item["id"].as_str().unwrap().into();
    let things = Things { report, item, case, package, capture, news, search, folder, ..Things::all("") };
    let things = of_lists(world, &nl, things).await;
    let things = of_dialogue(world, things).await;
    let (proposal, exhibit, complaint) = crate::domains::of_each_kind(world).await;
    let (release, dispatch) = crate::identification::of_each_kind(world).await;
    let (fetch_key, secondary) = crate::name_server::of_each_kind(world).await;
    Things { proposal, exhibit, complaint, release, dispatch, fetch_key, secondary, ..things }
}

/// The same with what police and hotlines said to each other about the case.
async fn of_dialogue(world: &World, things: Things) -> Things {
    let (tulip, nora, linden, derk) =
        (world.desk("NL").await, world.police("NL").await, world.desk("DE").await, world.police("DE").await);
    let case = format!("/api/v1/cases/{}", things.case);
    let later = world.app.db.now().plus_seconds(5 * 86_400).to_string();
    let made = async |who: &Caller, path: String, body: serde_json::Value| {
        let answer = who.json("POST", &path, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.text());
        answer.str("id")
    };
    let ask = json!({ "kind": "recheck", "reason": "a story", "due": later });
    let request = made(&derk, format!("{case}/requests"), ask).await;
    let hold = made(&derk, format!("{case}/holds"), json!({ "reason": "a story", "until": later })).await;
    let message = made(&linden, format!("{case}/messages"), json!({ "text": "a story" })).await;
    let dutch = nora.case_of(&things.report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let contact = made(&nora, format!("/api/v1/cases/{dutch}/contact"), json!({})).await;
    made(&tulip, format!("/api/v1/contacts/{contact}/forward"), json!({})).await;
    world.settle().await;
    let put = derk.get(&format!("{case}/contact")).await.json();
    let approach = put["questions"][0]["id"].as_str().unwrap().to_owned();
    Things { request, hold, message, contact, approach, ..things }
}

/// Somebody's public key.
const RECIPIENT: &str = "age1capj84n7xj20cm7ft3zx66ccxy3vsgpm7gkey69f9y7usu2vrdzsnrdn4f";

/// The case as the officer takes it along.
pub async fn taken_along(world: &World, de: &Caller, case: &str) -> String {
    let key = de.json("PUT", "/api/v1/me/package-key", &json!({ "recipient": RECIPIENT })).await;
    assert_eq!(key.status, StatusCode::OK, "{}", key.text());
    let why = json!({ "purpose": "a story", "case_number": "1" });
    let asked = de.json("POST", &format!("/api/v1/cases/{case}/packages"), &why).await;
    world.settle().await;
    asked.str("id")
}

/// The same with a list and what belongs to it.
async fn of_lists(world: &World, nl: &Caller, things: Things) -> Things {
    let (pia, de, be) = (lists_by_api::interpol(world).await, world.desk("DE").await, world.desk("BE").await);
    let list = lists_by_api::publishes(&pia, "Baseline", "baseline").await;
    lists_by_api::agree(&pia, &list, nl, true).await;
    lists_by_api::offers(&pia, &list, &de, true).await;
    let terms = lists_by_api::offers(&pia, &list, &be, false).await;
    assert!(pia.json("POST", &format!("{list}/terms/{terms}/end"), &json!({})).await.status.is_success());
    // A person judged otherwise than the list says, which is a doubt.
    let judged = pictures::png(70);
    let other = nl.reports("DE").await;
    let item = nl.adds(&other, "b.png", &judged).await;
    assert_eq!(nl.classifies(&item, "not_illegal").await.status, StatusCode::OK);
    let entries = json!([{ "sha256": lists_by_api::sha256(b"one"), "md5": base::hex(&[6; 16]) }, { "sha256": lists_by_api::sha256(&judged) }]);
    lists_by_api::writes(&pia, &list, entries).await;
    world.settle().await;
    let doubt = nl.get("/api/v1/doubts").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let ids: Vec<String> =
        lists_by_api::entries(&pia, &list).await.iter().map(|e| e["id"].as_str().unwrap().into()).collect();
    let dispute = json!({ "vote": "dispute", "reason": "a story" });
    let vote = nl.json("POST", &format!("{list}/entries/{}/vote", ids[1]), &dispute).await.str("id");
    let import =
        lists_by_api::imports(&pia, &list, "format=text", lists_by_api::sha256(b"two").as_bytes()).await.str("id");
    let new = json!({ "kind": "cport", "url": "https://lists.example/" });
    let subscription = pia.json("POST", &format!("{list}/subscriptions"), &new).await.str("id");
    world.settle().await;
    let list = list.rsplit('/').next().unwrap().to_owned();
    let member = web::hash_sharing::number(pia.who.organisation.id).to_string();
    let agreement = crate::agreements::agreement_of(&world.desk("IE").await).await;
    Things { list, terms, entry: ids[0].clone(), vote, import, subscription, doubt, agreement, member, ..things }
}

/// The id of nothing.
pub const NOWHERE: &str = "01900000-0000-7000-8000-000000000000";

/// Calls a route of the API description with ids filled in.
pub async fn call(who: &Caller, method: &str, path: &str, things: &Things) -> Answer {
    let id = if path.starts_with("/api/v1/reports") {
        &things.report
    } else if path.starts_with("/api/v1/items") {
        &things.item
    } else if path.starts_with("/api/v1/captures") {
        &things.capture
    } else if path.starts_with("/api/v1/packages") {
        &things.package
    } else if path.starts_with("/api/v1/news") {
        &things.news
    } else if path.starts_with("/api/v1/lists") {
        &things.list
    } else if path.starts_with("/hashsharing") {
        &things.entry
    } else if path.starts_with("/api/v1/agreements") {
        &things.agreement
    } else if path.starts_with("/api/v1/doubts") {
        &things.doubt
    } else if path.starts_with("/api/v1/case-searches") {
        &things.search
    } else if path.starts_with("/api/v1/folders") {
        &things.folder
    } else if path.starts_with("/api/v1/requests") {
        &things.request
    } else if path.starts_with("/api/v1/contacts") {
        &things.contact
    } else if path.starts_with("/api/v1/blocklist/keys") {
        &things.fetch_key
    } else if path.starts_with("/api/v1/blocklist") {
        &things.secondary
    } else if path.starts_with("/api/v1/link/dispatches") {
        &things.dispatch
    } else if path.starts_with("/api/v1/link") {
        &things.release
    } else if path.starts_with("/api/v1/domains/complaints") {
        &things.complaint
    } else if path.starts_with("/api/v1/domains") {
        &things.proposal
    } else {
        &things.case
    };
    let seconds = [
        ("{terms}", &things.terms),
        ("{entry}", &things.entry),
        ("{vote}", &things.vote),
        ("{version}", &"1".to_owned()),
        ("{import}", &things.import),
        ("{subscription}", &things.subscription),
        ("{member}", &things.member),
        ("{case}", &things.case),
        ("{request}", &things.request),
        ("{hold}", &things.hold),
        ("{message}", &things.message),
        ("{approach}", &things.approach),
        ("{exhibit}", &things.exhibit),
        ("{type}", &"MD5".to_owned()),
        ("{kind}", &"md5".to_owned()),
        ("{hash}", &base::hex(&[7; 16])),
    ];
    let filled = seconds.iter().fold(path.replace("{id}", id), |path, (name, id)| path.replace(name, id));
    match (method, path) {
        ("GET", "/api/v1/lists/{id}/export") => who.get(&format!("{filled}?format=jsonl")).await,
        ("GET", "/api/v1/settlements") => who.get(&format!("{filled}?list={NOWHERE}")).await,
        ("POST", "/api/v1/lists/{id}/imports") => {
            let request = who.request(method, &format!("{filled}?format=text"));
            who.send(request.body(axum::body::Body::from(lists_by_api::sha256(b"three"))).unwrap()).await
        }
        ("POST" | "PUT", _) if path.starts_with("/api/v1/agreements") => {
            who.json(method, &filled, &about_agreements(path)).await
        }
        ("POST" | "PATCH", _)
            if path.starts_with("/api/v1/lists")
                || matches!(path, "/api/v1/match" | "/api/v1/settlements/undo" | "/api/v1/doubts/{id}/resolution") =>
        {
            who.json(method, &filled, &about_lists(path, who)).await
        }
        ("GET", "/api/v1/items/{id}/file" | "/api/v1/captures/{id}/archive" | "/api/v1/captures/{id}/picture") => {
            who.get(&format!("{filled}?purpose=look")).await
        }
        ("GET", "/api/v1/domains/check" | "/api/v1/domains/history") => {
            who.get(&format!("{filled}?domain=bad.example")).await
        }
        ("GET", "/api/v1/domains/proposals/{id}/exhibits/{exhibit}/picture") => {
            who.get(&format!("{filled}?purpose=look")).await
        }
        ("PUT", "/api/v1/blocklist/stop-page") => who.json(method, &filled, &json!({ "a": "192.0.2.80" })).await,
        ("POST", "/api/v1/blocklist/secondaries") => {
            let new = json!({ "address": "192.0.2.54", "key_id": things.fetch_key });
            who.json(method, &filled, &new).await
        }
        ("POST", _) if path.starts_with("/api/v1/blocklist") => who.json(method, &filled, &json!({})).await,
        ("POST", "/api/v1/link/releases" | "/api/v1/link/releases/{id}/end") => {
            who.json(method, &filled, &json!({ "reason": "a story" })).await
        }
        ("POST", _) if path.starts_with("/api/v1/link") => who.json(method, &filled, &json!({})).await,
        ("POST", _) if path.starts_with("/api/v1/domains") => who.json(method, &filled, &about_domains(path)).await,
        ("GET", "/hma/m/raw_lookup" | "/hma/m/lookup") => {
            who.get(&format!("{filled}?signal_type=md5&signal={}", base::hex(&[7; 16]))).await
        }
        ("GET", _) => who.get(&filled).await,
        ("POST", "/api/v1/reports/{id}/files") => {
            who.form(&filled, Form::default().file("a.png", None, &pictures::png(1)), &[]).await
        }
        ("POST", "/api/v1/reports") => {
            let url = format!("https://{}.example/", who.who.person);
            who.json(method, &filled, &json!({ "source_url": url, "received_at": "2026-06-01T10:00:00Z" })).await
        }
        (_, p) if of_inbox(p).is_some() && method != "GET" => {
            who.json(method, &filled, &of_inbox(p).unwrap().replace_case(&things.case)).await
        }
        ("POST", "/api/v1/cases/{id}/packages") => {
            who.json(method, &filled, &json!({ "purpose": "a story", "case_number": "1" })).await
        }
        ("PUT", "/api/v1/me/package-key") => who.json(method, &filled, &json!({ "recipient": RECIPIENT })).await,
        ("POST", "/api/v1/match/{kind}") => {
            who.send(who.request(method, &filled).body(axum::body::Body::from(vec![7; 16])).unwrap()).await
        }
        ("POST", "/shield/v1/media/") => {
            who.send(who.request(method, &filled).body(axum::body::Body::from(pictures::png(1))).unwrap()).await
        }
        ("POST", "/shield/v1/url/") => who.json(method, &filled, &json!({ "url": "https://x.example/" })).await,
        ("POST", "/hma/m/lookup") => {
            who.form(&filled, Form::default().file("a.png", None, &pictures::png(1)), &[]).await
        }
        ("POST", "/api/v1/cases/{id}/list-entries") => {
            who.json(method, &filled, &json!({ "list_id": NOWHERE, "items": [] })).await
        }
        ("POST", "/api/v1/cases/{id}/outcome") => who.json(method, &filled, &json!({ "outcome": "useful" })).await,
        ("POST" | "PUT", _) if about_dialogue(path).is_some() => {
            who.json(method, &filled, &about_dialogue(path).unwrap()).await
        }
        ("PUT", "/hashsharing/v2/entries/{member}/{id}/{type}/feedback") => {
            let word = "<feedbackSubmission><affirmative/></feedbackSubmission>";
            who.send(who.request(method, &filled).body(axum::body::Body::from(word)).unwrap()).await
        }
        ("POST", "/check/{kind}") => {
            who.send(who.request(method, &filled).body(axum::body::Body::from(base::hex(&[7; 16]))).unwrap()).await
        }
        ("POST", "/hashlookup/bulk/{kind}") => who.json(method, &filled, &json!({ "hashes": [] })).await,
        ("POST", "/shield/v1/pdq/") => {
            let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
            who.json(method, &filled, &json!({ "hashes": [zeros] })).await
        }
        ("PUT", "/api/v1/reports/{id}/hosting") => {
            who.json(method, &filled, &json!({ "country": "DE", "reason": "look" })).await
        }
        ("PUT", "/api/v1/reports/{id}/site") => who.json(method, &filled, &json!({ "site_type": "forum" })).await,
        ("PUT", "/api/v1/items/{id}/assessment") => who.json(method, &filled, &json!({ "class": "national" })).await,
        _ => who.json(method, &filled, &json!({})).await,
    }
}

/// What is sent to routes of the inbox.
fn of_inbox(path: &str) -> Option<Sent> {
    let weights = || {
        json!({ "new_material": 40, "infant": 30, "prepubescent": 20, "pubescent": 12, "adolescent": 6, "baseline": 15,
                "several_victims": 10, "self_generated": 15, "hosted_here": 10, "copies": 8, "identified": 60, "day": 10 })
    };
    Some(Sent(match path {
        "/api/v1/cases/{id}/assignment" => json!({ "person": null }),
        "/api/v1/cases/{id}/read" => json!({ "read": true }),
        "/api/v1/cases/{id}/notes" => json!({ "body": "a story" }),
        "/api/v1/case-acts" => json!({ "cases": ["{case}"], "do": "read" }),
        "/api/v1/case-searches" => json!({ "filter": { "class": "baseline" } }),
        "/api/v1/case-searches/{id}" => json!({ "name": "a story" }),
        "/api/v1/folders" | "/api/v1/folders/{id}" => json!({ "name": "a story" }),
        "/api/v1/folders/{id}/cases" => json!({ "cases": ["{case}"] }),
        "/api/v1/urgency" | "/api/v1/urgency/preview" => weights(),
        "/api/v1/mail-address" => json!({ "address": "somebody@police.example" }),
        _ => return None,
    }))
}

struct Sent(serde_json::Value);

impl Sent {
    fn replace_case(mut self, case: &str) -> serde_json::Value {
        if self.0["cases"].is_array() {
            self.0["cases"] = json!([case]);
        }
        self.0
    }
}

/// What is sent to routes of agreements.
fn about_agreements(path: &str) -> serde_json::Value {
    let lane = "[[lanes]]\nclause = \"1\"\nhosting = \"home\"\nclasses = [\"baseline\"]\ninformed_on = \"own_assessment\"\nwidth = \"item\"\nmedia = true\nhost_notice = { by = \"hotline\" }\nretention_days = 30\n";
    match path.trim_start_matches("/api/v1/agreements") {
        "" => json!({ "name": "Another", "hotline": NOWHERE, "lea": NOWHERE, "terms": { "toml": lane } }),
        "/{id}/versions" | "/{id}/versions/{version}" => json!({ "toml": lane }),
        "/{id}/suspension" | "/{id}/end" => json!({ "reason": "a story" }),
        _ => json!({}),
    }
}

/// What is sent to routes of the block list.
fn about_domains(path: &str) -> serde_json::Value {
    match path.trim_start_matches("/api/v1/domains") {
        "/proposals" => json!({ "domain": "unknown.example", "opinion": "a story" }),
        "/proposals/{id}/versions" => json!({ "opinion": "a story" }),
        "/proposals/{id}/reviewers" => json!({ "organisations": [] }),
        "/proposals/{id}/acts" => json!({ "do": "agree_removal" }),
        "/reviews/{id}/word" => json!({ "word": "renew" }),
        "/complaints/{id}/decision" => json!({ "decision": "rejected", "reason": "a story" }),
        _ => json!({}),
    }
}

/// What is sent to routes of the dialogue about a case.
fn about_dialogue(path: &str) -> Option<serde_json::Value> {
    let later = "2026-06-08T12:00:00Z";
    Some(match path {
        "/api/v1/cases/{id}/requests" => json!({ "kind": "series", "reason": "a story", "due": later }),
        "/api/v1/cases/{id}/holds" => json!({ "reason": "a story", "until": later }),
        "/api/v1/cases/{id}/holds/{hold}/approval" => json!({ "form": "oral", "office": "x", "reference": "1" }),
        "/api/v1/cases/{id}/holds/{hold}/extension" => json!({ "reason": "a story", "until": later }),
        "/api/v1/cases/{id}/holds/{hold}/end" => json!({ "reason": "a story" }),
        "/api/v1/cases/{id}/messages" => json!({ "text": "a story" }),
        "/api/v1/cases/{id}/contact/{approach}/answer" => json!({ "consents": false }),
        "/api/v1/requests/{id}/answer" => json!({ "answer": "grant" }),
        "/api/v1/outcomes/choice" => json!({ "off": false }),
        _ => return None,
    })
}

/// What is sent to routes of lists.
fn about_lists(path: &str, who: &Caller) -> serde_json::Value {
    match path.trim_start_matches("/api/v1/lists").trim_start_matches("/{id}") {
        "" if path.contains("{id}") => json!({ "rule": "another" }),
        "" => json!({ "name": who.who.person, "class": "context", "rule": "a story" }),
        "/suspension" | "/entries/{entry}/withdrawal" | "/imports/{import}/undo" => json!({ "why": "a story" }),
        "/terms" => json!({ "organisation": who.who.organisation.id }),
        "/entries" => json!({ "entries": [{ "md5": base::hex(&[7; 16]) }] }),
        "/entries/{entry}/vote" => json!({ "vote": "confirm" }),
        "/votes/{vote}/answer" => json!({ "answer": "stays", "reason": "a story" }),
        "/candidates/acceptance" => json!({ "candidates": [] }),
        "/candidates/refusal" => json!({ "candidates": [], "reason": "a story" }),
        "/subscriptions" => json!({ "kind": "cport", "url": "https://lists.example/" }),
        "/api/v1/match" => json!({ "files": [{ "md5": base::hex(&[7; 16]) }] }),
        "/api/v1/settlements/undo" => json!({ "list": NOWHERE, "why": "a story" }),
        "/api/v1/doubts/{id}/resolution" => json!({ "why": "a story" }),
        _ => json!({}),
    }
}

/// What the rules say, by whom and what: written from the agreements, kinds and roles alone.
fn expected(method: &str, path: &str, who: &Caller, first_dutch: base::PersonId) -> u16 {
    let (kind, role) = (who.who.actor.kind.word(), who.who.actor.role.word());
    let country = who.who.actor.country.map(|c| c.to_string()).unwrap_or_default();
    let analyst = kind == "hotline" && role == "analyst";
    let police = kind == "lea" && role == "officer";
    let (reporter, owner) = (analyst && country == "NL", analyst && country == "DE");
    let told = police && country == "DE";
    let unless = |ok: bool, status, refused| if ok { status } else { refused };
    if path.starts_with("/hashsharing/") {
        return match method {
            // Who reads the list is told that the entry was withdrawn by now, the publisher that the list is its own.
            "PUT" => unless(reporter || owner || (kind == "interpol" && role == "officer"), 409, 404),
            // A route that names something does not exist for a role that has no lists.
            _ => unless(role != "auditor", 200, unless(path.contains('{'), 404, 403)),
        };
    }
    if ["/hashlookup/", "/check/", "/shield/", "/hma/"].iter().any(|p| path.starts_with(p)) {
        // A hash that nobody knows is not found in this protocol.
        let fine = match path {
            "/hashlookup/lookup/{kind}/{hash}" => 404,
            // Addresses are not fetched for a look-up.
            "/shield/v1/url/" => 400,
            _ => 200,
        };
        return unless(role != "auditor", fine, unless(path.contains('{'), 404, 403));
    }
    if path.starts_with("/api/v1/lists") || path == "/api/v1/match" {
        return expected_of_lists(method, path, who);
    }
    if path.starts_with("/api/v1/agreements") {
        return expected_of_agreements(method, path, who);
    }
    if path.starts_with("/api/v1/domains") {
        return expected_of_domains(method, path, who);
    }
    if path.starts_with("/api/v1/blocklist") {
        return expected_of_blocklist(method, path, who);
    }
    if path.starts_with("/api/v1/link") {
        return expected_of_link(method, path, who);
    }
    match (method, path) {
        // There is none for this item, whoever asks; who may judge the item is told so.
        ("GET", "/api/v1/items/{id}/suggestion") => 404,
        ("POST", "/api/v1/items/{id}/suggestion") => unless(reporter || owner, 409, 404),
        ("GET", "/api/v1/doubts" | "/api/v1/settlements") => unless(analyst, 200, 403),
        ("POST", "/api/v1/settlements/undo") => unless(analyst, 201, 403),
        ("POST", "/api/v1/doubts/{id}/resolution") => unless(reporter && who.who.person == first_dutch, 201, 404),
        ("GET", "/api/v1/candidates") => unless(role != "auditor", 200, 403),
        ("POST", "/api/v1/match/{kind}") => unless(role != "auditor", 200, 404),
        ("GET", "/api/v1/cases/{id}/list-entries") => unless(told, 200, 404),
        // There is no such list, whoever asks.
        ("POST", "/api/v1/cases/{id}/list-entries") => 404,
        ("GET", "/api/v1/me" | "/api/v1/audit") => 200,
        ("GET", "/api/v1/reports" | "/api/v1/items") => unless(analyst, 200, 403),
        ("POST", "/api/v1/reports") => unless(analyst, 201, 403),
        ("GET", "/api/v1/cases") => unless(police, 200, 403),
        ("GET", "/api/v1/reports/{id}" | "/api/v1/reports/{id}/outcomes" | "/api/v1/items/{id}") => {
            unless(reporter || owner, 200, 404)
        }
        ("POST", "/api/v1/reports/{id}/files") => unless(reporter, 201, 404),
        ("PUT", "/api/v1/items/{id}/assessment") => unless(reporter || owner, 409, 404),
        ("POST", "/api/v1/items/{id}/confirmation") => unless(owner, 201, unless(reporter, 409, 404)),
        ("GET", "/api/v1/items/{id}/file" | "/api/v1/items/{id}/preview") => {
            unless(reporter || owner || told, 200, 404)
        }
        ("GET", "/api/v1/reports/{id}/captures" | "/api/v1/reports/{id}/trace" | "/api/v1/items/{id}/sightings") => {
            unless(reporter || owner, 200, 404)
        }
        // Fetching and looking up are switched off in this world.
        ("POST", "/api/v1/reports/{id}/captures" | "/api/v1/reports/{id}/trace") => unless(reporter, 409, 404),
        ("PUT", "/api/v1/reports/{id}/hosting" | "/api/v1/reports/{id}/site") => unless(reporter, 200, 404),
        ("GET", "/api/v1/captures/{id}" | "/api/v1/captures/{id}/archive" | "/api/v1/captures/{id}/picture") => {
            unless(reporter || owner || told, 200, 404)
        }
        ("GET", "/api/v1/items/{id}/device" | "/api/v1/items/{id}/custody") => {
            unless(reporter || owner || told, 200, 404)
        }
        ("GET", "/api/v1/news") => unless(analyst, 200, 403),
        // Of the reporter's hotline only; the second analyst there finds it put away.
        ("POST", "/api/v1/news/{id}/seen") => unless(reporter && who.who.person == first_dutch, 201, 404),
        ("GET", "/api/v1/packages" | "/api/v1/packages/keys")
        | (_, "/api/v1/me/package-key")
        | ("GET" | "DELETE", "/api/v1/webhook") => unless(police, 200, 403),
        ("GET", "/api/v1/cases/changes") => unless(police, 200, 403),
        // Without an address: nobody shall be told from here.
        ("PUT", "/api/v1/webhook") => unless(police, 422, 403),
        ("GET", "/api/v1/cases/{id}/packages" | "/api/v1/packages/{id}" | "/api/v1/packages/{id}/file") => {
            unless(told, 200, 404)
        }
        ("POST", "/api/v1/cases/{id}/packages") => unless(told, 202, 404),
        ("GET", "/api/v1/cases/{id}") => unless(told, 200, 404),
        ("POST", "/api/v1/cases/{id}/outcome") => unless(told, 201, 404),
        ("GET", "/api/v1/cases/{id}/notes" | "/api/v1/cases/{id}/alike") => unless(told, 200, 404),
        ("POST", "/api/v1/cases/{id}/notes" | "/api/v1/cases/{id}/assignment" | "/api/v1/cases/{id}/read") => {
            unless(told, 201, 404)
        }
        ("GET", "/api/v1/reports/{id}/notes") => unless(reporter || owner, 200, 404),
        ("GET", "/api/v1/colleagues" | "/api/v1/case-searches" | "/api/v1/folders") => unless(police, 200, 403),
        ("POST", "/api/v1/case-acts" | "/api/v1/case-searches" | "/api/v1/folders") => unless(police, 201, 403),
        ("GET" | "PUT", "/api/v1/urgency" | "/api/v1/mail-address") => unless(police, 200, 403),
        ("POST", "/api/v1/urgency/preview") => unless(police, 200, 403),
        ("GET" | "PATCH", "/api/v1/case-searches/{id}" | "/api/v1/folders/{id}") => unless(told, 200, 404),
        ("GET", "/api/v1/folders/{id}/cases") => unless(told, 200, 404),
        (
            "POST",
            "/api/v1/case-searches/{id}/end"
            | "/api/v1/folders/{id}/cases"
            | "/api/v1/folders/{id}/cases/{case}/end"
            | "/api/v1/folders/{id}/end",
        ) => unless(told, 201, 404),
        ("GET", "/api/v1/cases/{id}/items" | "/api/v1/cases/{id}/contact") => unless(told, 200, 404),
        // The German hotline answers the German police; the Dutch one reported, and is no party.
        ("GET", "/api/v1/cases/{id}/requests" | "/api/v1/cases/{id}/holds" | "/api/v1/cases/{id}/messages") => {
            unless(told || owner, 200, 404)
        }
        ("POST", "/api/v1/cases/{id}/messages") => unless(told || owner, 201, 404),
        // Its own message is not the hotline's to have read.
        ("POST", "/api/v1/cases/{id}/messages/{message}/receipt") => unless(told, 201, unless(owner, 409, 404)),
        (
            "POST",
            "/api/v1/cases/{id}/requests"
            | "/api/v1/cases/{id}/requests/{request}/withdrawal"
            | "/api/v1/cases/{id}/holds/{hold}/end"
            | "/api/v1/cases/{id}/contact"
            | "/api/v1/cases/{id}/contact/{approach}/answer",
        ) => unless(told, 201, 404),
        // One is in force already; its clause asks for no approval; in this order it has ended.
        (
            "POST",
            "/api/v1/cases/{id}/holds"
            | "/api/v1/cases/{id}/holds/{hold}/approval"
            | "/api/v1/cases/{id}/holds/{hold}/extension",
        ) => unless(told, 409, 404),
        // Taken back by now, and in this world nothing is fetched.
        ("POST", "/api/v1/requests/{id}/answer") => unless(owner, 409, 404),
        // The Dutch hotline has passed it on.
        ("POST", "/api/v1/contacts/{id}/forward") => unless(reporter, 409, 404),
        ("GET", "/api/v1/requests" | "/api/v1/messages" | "/api/v1/contacts" | "/api/v1/outcomes")
        | ("PUT", "/api/v1/outcomes/choice") => unless(analyst, 200, 403),
        ("GET", "/api/v1/holds") => unless(analyst || police, 200, 403),
        ("GET", "/api/v1/outcomes/due") => unless(police, 200, 403),
        other => panic!("{other:?} is not in the model: a new route needs an expectation"),
    }
}

/// The same of agreements: the Irish one is a draft that its hotline has signed, and is asked about in the order of its
/// routes: in this order its analyst discards it first.
fn expected_of_agreements(method: &str, path: &str, who: &Caller) -> u16 {
    let (kind, role) = (who.who.actor.kind.word(), who.who.actor.role.word());
    let irish = who.who.actor.country.is_some_and(|c| c.to_string() == "IE");
    let analyst = kind == "hotline" && role == "analyst";
    let drafts = analyst || (kind == "lea" && role == "officer") || role == "secretary";
    let party = role == "secretary" || (irish && drafts);
    let unless = |ok: bool, status, refused| if ok { status } else { refused };
    match (method, path.trim_start_matches("/api/v1/agreements")) {
        ("GET", "") => unless(role != "auditor", 200, 403),
        // Nobody has heard of the parties.
        ("POST", "") => unless(drafts, 422, 403),
        ("GET", "/{id}" | "/{id}/versions/{version}" | "/{id}/versions/{version}/toml")
        | ("GET", "/{id}/versions/{version}/simulation") => unless(party, 200, 404),
        // Not in force, not suspended by the caller, a draft is open, its text is signed.
        ("POST", "/{id}/end" | "/{id}/resumption" | "/{id}/versions") | ("PUT", "/{id}/versions/{version}") => {
            unless(party, 422, 404)
        }
        ("POST", "/{id}/suspension") => unless(party, 201, 404),
        ("POST", "/{id}/versions/{version}/discard") => unless(party, unless(analyst, 201, 422), 404),
        ("POST", "/{id}/versions/{version}/signature") => unless(party, 422, 404),
        other => panic!("{other:?} is not in the model: a new route needs an expectation"),
    }
}

/// The same of the block list on its way out: everything is the access provider's own.
fn expected_of_blocklist(method: &str, path: &str, who: &Caller) -> u16 {
    let provider = who.who.actor.kind.word() == "asp" && who.who.actor.role.word() == "operator";
    let unless = |ok: bool, status, refused| if ok { status } else { refused };
    match (method, path.trim_start_matches("/api/v1/blocklist")) {
        ("GET", "" | "/provider" | "/fetches") | ("PUT", "/stop-page") => unless(provider, 200, 403),
        ("POST", "/keys") => unless(provider, 201, 403),
        ("POST", "/keys/{id}/revocation") => unless(provider, 201, 404),
        // Who was told by that key is told no more.
        ("POST", "/secondaries/{id}/end") => 404,
        // Its key was taken back just before.
        ("POST", "/secondaries") => unless(provider, 422, 403),
        other => panic!("{other:?} is not in the model: a new route needs an expectation"),
    }
}

/// The same of deliveries: Pia of INTERPOL proposed the release, the secretariat confirms it, Pia ends it first.
fn expected_of_link(method: &str, path: &str, who: &Caller) -> u16 {
    let (kind, role) = (who.who.actor.kind.word(), who.who.actor.role.word());
    let (desk, secretary) = (kind == "interpol" && role == "officer", kind == "network" && role == "secretary");
    let unless = |ok: bool, status, refused| if ok { status } else { refused };
    match (method, path.trim_start_matches("/api/v1/link")) {
        ("GET", "") => unless(desk || secretary, 200, 403),
        ("GET", "/dispatches") => unless(desk, 200, 403),
        // It waits and has not failed.
        ("POST", "/dispatches/{id}/retry") => unless(desk, 409, 404),
        // There is one for this destination.
        ("POST", "/releases") => unless(desk || secretary, 409, 403),
        ("POST", "/releases/{id}/confirm") => unless(secretary, 201, unless(desk, 409, 404)),
        ("POST", "/releases/{id}/end") => {
            unless(desk || secretary, unless(who.who.name.starts_with("Pia"), 201, 409), 404)
        }
        other => panic!("{other:?} is not in the model: a new route needs an expectation"),
    }
}

/// The same of the block list: the German police proposed, the Irish ones review, INTERPOL runs it. Pia comes first: her
/// decision about the complaint is the one.
fn expected_of_domains(method: &str, path: &str, who: &Caller) -> u16 {
    let (kind, role) = (who.who.actor.kind.word(), who.who.actor.role.word());
    let country = who.who.actor.country.map(|c| c.to_string()).unwrap_or_default();
    let (desk, police) = (kind == "interpol" && role == "officer", kind == "lea" && role == "officer");
    let (author, reviewer) = (police && country == "DE", police && country == "IE");
    let unless = |ok: bool, status, refused| if ok { status } else { refused };
    match (method, path.trim_start_matches("/api/v1/domains")) {
        ("GET", "" | "/candidates" | "/history" | "/complaints" | "/tasks") => unless(desk, 200, 403),
        ("GET", "/check" | "/proposals") => unless(desk || police, 200, 403),
        // Without evidence nothing is proposed.
        ("POST", "/proposals") => unless(desk || police, 409, 403),
        ("GET", "/proposals/{id}") => unless(desk || author, 200, 404),
        ("GET", "/proposals/{id}/exhibits/{exhibit}/picture") => unless(desk || author || reviewer, 200, 404),
        // The German police's own; INTERPOL's takes the proposal over in the end, and nothing waits for the first one then.
        ("POST", "/proposals/{id}/versions") => unless(desk || author, 201, 404),
        ("POST", "/proposals/{id}/reviewers") => unless(desk, 422, 404),
        // Nobody has asked that it be removed.
        ("POST", "/proposals/{id}/acts") => unless(desk, 409, 404),
        ("GET", "/reviews") => unless(police, 200, 403),
        ("GET", "/reviews/{id}") => unless(reviewer, 200, 404),
        ("POST", "/reviews/{id}/seen") => unless(reviewer, 201, 404),
        // It is not listed, so that nothing is confirmed again.
        ("POST", "/reviews/{id}/word") => unless(reviewer || author, 409, 404),
        ("POST", "/complaints/{id}/decision") => unless(desk, unless(who.who.name.starts_with("Pia"), 201, 409), 404),
        other => panic!("{other:?} is not in the model: a new route needs an expectation"),
    }
}

/// The same of hash lists: INTERPOL publishes, the Dutch hotline reads, the German one was offered it and accepts during
/// the matrix, the Belgian one's terms were ended before.
fn expected_of_lists(method: &str, path: &str, who: &Caller) -> u16 {
    let (kind, role) = (who.who.actor.kind.word(), who.who.actor.role.word());
    let country = who.who.actor.country.map(|c| c.to_string()).unwrap_or_default();
    let analyst_in = |c: &str| kind == "hotline" && role == "analyst" && country == c;
    let (publisher, reader) = (kind == "interpol" && role == "officer", analyst_in("NL"));
    let (offered, ended) = (analyst_in("DE"), analyst_in("BE"));
    let second = who.who.name.starts_with("Piet");
    let unless = |ok: bool, status, refused| if ok { status } else { refused };
    match (method, path.trim_start_matches("/api/v1/lists")) {
        ("GET", "" | "/keys") | ("POST", "/api/v1/match") => unless(role != "auditor", 200, 403),
        ("POST", "") => unless(matches!(role, "analyst" | "officer" | "secretary"), 201, 403),
        ("GET", "/{id}" | "/{id}/terms") => unless(publisher || reader || offered, 200, 404),
        ("GET", "/{id}/entries" | "/{id}/entries/{entry}" | "/{id}/export" | "/{id}/candidates") => {
            unless(publisher || reader, 200, 404)
        }
        // The second officer finds done what the first has done.
        ("POST", "/{id}/entries/{entry}/withdrawal" | "/{id}/imports/{import}/undo" | "/{id}/votes/{vote}/answer")
            if publisher && second =>
        {
            409
        }
        ("POST", "/{id}/subscriptions/{subscription}/end") if publisher && second => 404,
        // In this order the German hotline has accepted by now.
        ("GET", "/{id}/votes") => unless(publisher || reader || offered, 200, 404),
        (
            "GET",
            "/{id}/imports" | "/{id}/imports/{import}" | "/{id}/imports/{import}/refused" | "/{id}/subscriptions",
        )
        | ("PATCH", "/{id}") => unless(publisher, 200, 404),
        ("POST", "/{id}/candidates/acceptance" | "/{id}/candidates/refusal") => unless(publisher, 409, 404),
        ("POST", "/{id}/terms") => unless(publisher, 422, 404),
        ("POST", "/{id}/terms/acceptance") => unless(offered, 201, unless(reader, 409, 404)),
        ("POST", "/{id}/terms/{terms}/end") => unless(publisher || ended, 409, 404),
        ("POST", "/{id}/entries/{entry}/vote") => unless(reader, 201, unless(publisher, 409, 404)),
        (
            "POST",
            "/{id}/entries"
            | "/{id}/entries/{entry}/withdrawal"
            | "/{id}/imports"
            | "/{id}/imports/{import}/undo"
            | "/{id}/resumption"
            | "/{id}/suspension"
            | "/{id}/subscriptions"
            | "/{id}/subscriptions/{subscription}/end"
            | "/{id}/votes/{vote}/answer",
        ) => unless(publisher, 201, 404),
        other => panic!("{other:?} is not in the model: a new route needs an expectation"),
    }
}

/// Method and path of every route: of the API description that the code prints, and of the other protocols.
pub fn routes() -> Vec<(String, String)> {
    let description = serde_json::to_value(web::openapi()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &serde_json::Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().map(|m| m.to_uppercase()).collect();
        methods.into_iter().map(|m| (m, path.clone())).collect::<Vec<_>>()
    };
    let others =
        web::hash_sharing::ROUTES.iter().chain(&web::lookup::ROUTES).map(|(m, p)| ((*m).to_owned(), (*p).to_owned()));
    paths.iter().flat_map(of_path).chain(others).collect()
}

async fn az_1_matrix_of_every_route_and_person(world: World) -> World {
    let things = things(&world).await;
    let nowhere = Things::all(NOWHERE);
    let first_dutch = world.desk("NL").await.who.person;
    let (mut cells, mut wrong) = (0, Vec::new());
    for (method, path) in routes() {
        for person in &world.people {
            let who = world.calling(person).await;
            let answer = call(&who, &method, &path, &things).await;
            let want = expected(&method, &path, &who, first_dutch);
            if answer.status.as_u16() != want {
                wrong.push(format!("{method} {path} as {}: {} instead of {want}", person.name, answer.status));
            }
            if path.contains("{id}") {
                let missing = call(&who, &method, &path, &nowhere).await;
                assert_eq!(missing.status.as_u16(), 404, "{method} {path} as {}: a wrong id", person.name);
                if want == 404 {
                    assert_eq!(
                        answer.bytes, missing.bytes,
                        "{method} {path} as {}: foreign and missing look alike",
                        person.name
                    );
                    assert_eq!(answer.headers, missing.headers);
                }
                cells += 1;
            }
            cells += 1;
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(cells > 300, "{cells} cells");
    world
}

async fn az_2_ids_of_another_kind_or_organisation_do_not_exist(world: World) -> World {
    let things = things(&world).await;
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let swapped = [
        things.turned(),
        things.turned().turned(),
        things.turned().turned().turned(),
        Things { item: "..".into(), case: "0".into(), ..Things::all("x") },
    ];
    let (mut asked, missing) = (0, nl.get(&format!("/api/v1/reports/{NOWHERE}")).await.bytes);
    for things in &swapped {
        for (method, path) in routes().into_iter().filter(|(_, path)| path.contains("{id}")) {
            for who in [&nl, &de] {
                let answer = call(who, &method, &path, things).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
                assert_eq!(answer.bytes, missing, "{method} {path}");
                asked += 1;
            }
        }
    }
    assert!(asked > 50, "{asked} permutations");
    world
}

async fn se_4_a_person_who_left_is_out_at_once(world: World) -> World {
    let nl = world.desk("NL").await;
    assert_eq!(nl.get("/api/v1/me").await.status, StatusCode::OK);
    let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
    let sql = "UPDATE person SET active = $1 WHERE id = $2";
    storage::sql::run(&tx, sql, vec![false.into(), nl.who.person.0.into()]).await.unwrap();
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
    assert_eq!(nl.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    world
}

async fn az_4_two_worlds_look_the_same_to_who_may_not_know(world: World) -> World {
    // The Belgian officer and the Irish analyst ask the same before and after something happens that is none of theirs.
    let (bea, ida) = (world.police("BE").await, world.desk("IE").await);
    let asked = async |things: &Things| {
        let mut seen = Vec::new();
        for who in [&bea, &ida] {
            for (method, path) in routes().into_iter().filter(|(m, p)| m == "GET" && p != "/api/v1/audit") {
                let answer = call(who, &method, &path, things).await;
                seen.push((path, answer.status, format!("{:?}", answer.headers), answer.text()));
            }
        }
        seen
    };
    let nothing = Things::all(NOWHERE);
    let before = asked(&nothing).await;
    let things =
        Things { agreement: crate::agreements::agreement_of(&world.desk("DE").await).await, ..things(&world).await };
    assert_eq!(asked(&things).await, before);
    // Their logs tell only what they did themselves.
    let foreign: Vec<String> =
        bea.acts().await.into_iter().filter(|a| a.starts_with("report.") || a.starts_with("item.")).collect();
    assert_eq!(foreign, Vec::<String>::new());
    world
}
