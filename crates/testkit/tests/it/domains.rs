//! The block list of domains by the native API: from evidence to the list and off it again; who may, and what is refused.

use axum::http::StatusCode;
use base::OrgKind;
use serde_json::{Value, json};
use storage::Backend;
use testkit::{Answer, Caller, NOON, World, pictures, stories};

stories! {
    main_line_evidence_candidate_proposal_review_listed_removed
    se_6_same_person_agency_country_and_own_edit_are_refused_by_name
    se_6_what_interpol_proposes_needs_two_agencies
    az_7_the_flow_takes_no_step_out_of_order
    az_8_a_reviewer_never_learns_who_else_there_is
    a_hash_list_alone_makes_no_candidate
    what_is_taken_back_is_no_evidence_any_more
    a_guarded_domain_waits_for_the_extra_word
    in_4_domains_that_are_none_are_refused_by_field
    an_emergency_is_one_persons_and_its_second_name_waits
    what_nobody_confirms_again_leaves_by_itself
    a_renewal_is_by_two_agencies_again
    what_is_listed_is_looked_at_again
    a_complaint_has_a_receipt_and_a_decision
    in_4_complaints_are_no_oracle_and_are_bounded
    every_change_has_its_serial_reason_and_names
    se_6_a_word_at_the_moment_of_an_edit_counts_for_what_it_was_about
    a_picture_of_a_page_opens_with_a_purpose
}

/// The officers of INTERPOL's desk.
pub async fn desk(world: &World) -> (Caller, Caller) {
    let both: Vec<_> = world.people.iter().filter(|p| p.organisation.kind == OrgKind::Interpol).collect();
    (world.calling(both[0]).await, world.calling(both[1]).await)
}

/// An item goes on to the block list, whether routing lets it or not: what is not evidence even then is nobody's word.
pub async fn goes_on(world: &World, item: &Value) {
    let db = &world.app.db;
    let tx = db.begin(&base::Actor::machine("setup")).await.unwrap();
    let item: base::ItemId = item["id"].as_str().unwrap().parse().unwrap();
    let sql = "INSERT INTO onward (item_id, way, report_id, hotline_id, agreement_id, agreement_name, agreement_version, clause,
            width, media, digest, revision, at, changed_at)
        SELECT i.id, 'domains', i.report_id, i.reporter_id, a.id, a.name, 1, '1', 'page', $1, m.sha256, 1, $2, $2
        FROM item i JOIN media_object m ON m.id = i.media_id, agreement a
        WHERE i.id = $3 AND a.name LIKE 'Agreement DE%' ON CONFLICT DO NOTHING";
    storage::sql::run(&tx, sql, vec![true.into(), tx.now().micros().into(), item.0.into()]).await.unwrap();
    storage::jobs::enqueue(&tx, reports::onward::Way::Domains.step(), item.0).await.unwrap();
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
    world.settle().await;
}

/// It does not any more.
async fn goes_on_no_more(world: &World, item: &str) {
    let db = &world.app.db;
    let tx = db.begin(&base::Actor::machine("setup")).await.unwrap();
    let item: base::ItemId = item.parse().unwrap();
    let sql = "UPDATE onward SET withdrawn_at = $1, revision = revision + 1 WHERE item_id = $2";
    storage::sql::run(&tx, sql, vec![tx.now().micros().into(), item.0.into()]).await.unwrap();
    storage::jobs::enqueue(&tx, reports::onward::Way::Domains.step(), item.0).await.unwrap();
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
    world.settle().await;
}

/// A report of a page on a domain with one file, judged by a person, hosted in Germany.
pub async fn found_on(world: &World, by: &Caller, domain: &str, seed: u32) -> Value {
    let body = json!({
        "source_url": format!("https://{domain}/page/{seed}"),
        "received_at": "2026-06-01T11:00:00Z",
        "hosting": { "ip": "192.0.2.7", "country": "DE", "network": "Example Hosting" },
    });
    let report = by.json("POST", "/api/v1/reports", &body).await;
    assert_eq!(report.status, StatusCode::CREATED, "{}", report.text());
    let item = by.adds(&report.str("id"), "a.png", &pictures::png(seed)).await;
    let path = format!("/api/v1/items/{}/assessment", item["id"].as_str().unwrap());
    let said = json!({ "class": "baseline", "age_group": "prepubescent", "gender": "unknown", "synthetic": "real" });
    assert_eq!(by.json("PUT", &path, &said).await.status, StatusCode::OK);
    world.settle().await;
    item
}

/// Enough evidence on a domain.
pub async fn evidence(world: &World, domain: &str) -> Vec<Value> {
    let nl = world.desk("NL").await;
    let mut items = Vec::new();
    for n in 0..2 {
        let seed = 1000 + domain.bytes().map(u32::from).sum::<u32>() * 10 + n;
        let item = found_on(world, &nl, domain, seed).await;
        goes_on(world, &item).await;
        items.push(item);
    }
    items
}

/// Proposes; returns the proposal's path.
pub async fn proposes(by: &Caller, domain: &str) -> String {
    let body = json!({ "domain": domain, "opinion": "Nothing but this is on it." });
    let made = by.json("POST", "/api/v1/domains/proposals", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    format!("/api/v1/domains/proposals/{}", made.str("id"))
}

pub async fn assigns(by: &Caller, proposal: &str, to: &[&Caller]) -> Answer {
    let ids: Vec<_> = to.iter().map(|c| c.who.organisation.id).collect();
    by.json("POST", &format!("{proposal}/reviewers"), &json!({ "organisations": ids })).await
}

fn review(proposal: &str) -> String {
    proposal.replace("/proposals/", "/reviews/")
}

pub async fn says(world: &World, by: &Caller, proposal: &str, word: &str) -> Answer {
    by.json("POST", &format!("{}/seen", review(proposal)), &json!({})).await;
    let said =
        by.json("POST", &format!("{}/word", review(proposal)), &json!({ "word": word, "reason": "a story" })).await;
    world.settle().await;
    said
}

async fn does(by: &Caller, proposal: &str, what: &str) -> Answer {
    let reason = if matches!(what, "agree_removal" | "second_name") { "" } else { "a story" };
    by.json("POST", &format!("{proposal}/acts"), &json!({ "do": what, "reason": reason })).await
}

async fn stage(by: &Caller, proposal: &str) -> String {
    by.get(proposal).await.str("stage")
}

/// The list as whoever distributes it reads it.
async fn changes(world: &World) -> Vec<(i64, String, String)> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        serial: i64,
        domain: String,
        kind: String,
    }
    let tx = world.app.db.look(&base::Actor::machine("distribution")).await.unwrap();
    let sql = "SELECT serial, domain, kind, at FROM domain_change WHERE serial > $1 ORDER BY serial";
    let rows: Vec<Row> = storage::sql::all(&tx, sql, vec![0_i64.into()]).await.unwrap();
    rows.into_iter().map(|r| (r.serial, r.domain, r.kind)).collect()
}

fn listed(n: i64, domain: &str) -> (i64, String, String) {
    (n, domain.into(), "listed".into())
}

fn removed(n: i64, domain: &str) -> (i64, String, String) {
    (n, domain.into(), "removed".into())
}

/// The same with a picture among its exhibits, and a complaint: ids of the proposal, the exhibit and the complaint.
pub async fn of_each_kind(world: &World) -> (String, String, String) {
    let ((pia, _), nl) = (desk(world).await, world.desk("NL").await);
    let item = found_on(world, &nl, "bad.example", 77).await;
    let path = format!("/api/v1/items/{}", item["id"].as_str().unwrap());
    world.captured(&nl, nl.get(&path).await.json()["report_id"].as_str().unwrap()).await;
    goes_on(world, &item).await;
    let proposal = in_review(world).await;
    let shown = pia.get(&format!("/api/v1/domains/proposals/{proposal}")).await.json();
    let exhibits = shown["exhibits"].as_array().unwrap();
    let exhibit = exhibits.iter().find(|e| e["picture"] == true).expect("a picture")["id"].as_str().unwrap().to_owned();
    complains(world, "bad.example", "x").await;
    let complaints = pia.get("/api/v1/domains/complaints").await.json();
    (proposal, exhibit, complaints["items"][0]["id"].as_str().unwrap().to_owned())
}

/// Proposed by the German police, in review by the Irish ones, who have looked at the evidence; returns its id.
pub async fn in_review(world: &World) -> String {
    let ((pia, _), de, ie) = (desk(world).await, world.police("DE").await, world.police("IE").await);
    evidence(world, "bad.example").await;
    let proposal = proposes(&de, "bad.example").await;
    assert_eq!(assigns(&pia, &proposal, &[&ie]).await.status, StatusCode::CREATED);
    ie.json("POST", &format!("{}/seen", review(&proposal)), &json!({})).await;
    proposal.rsplit('/').next().unwrap().to_owned()
}

/// Rows of every kind in which the Belgian police have no part: listed by German and Irish police, a candidate, a complaint.
pub async fn of_others(world: &World) {
    let ((pia, _), de, ie) = (desk(world).await, world.police("DE").await, world.police("IE").await);
    evidence(world, "bad.example").await;
    evidence(world, "worse.example").await;
    let proposal = proposes(&de, "bad.example").await;
    assert_eq!(assigns(&pia, &proposal, &[&ie]).await.status, StatusCode::CREATED);
    assert_eq!(says(world, &ie, &proposal, "confirm").await.status, StatusCode::CREATED);
    assert_eq!(changes(world).await, [listed(1, "bad.example")]);
    complains(world, "bad.example", "x").await;
}

/// Proposed by INTERPOL, listed by the German and the Belgian police; returns its id.
pub async fn listed_by_two(world: &World, domain: &str) -> String {
    let ((pia, _), de, be) = (desk(world).await, world.police("DE").await, world.police("BE").await);
    evidence(world, domain).await;
    let proposal = proposes(&pia, domain).await;
    assert_eq!(assigns(&pia, &proposal, &[&de, &be]).await.status, StatusCode::CREATED);
    for agency in [&de, &be] {
        assert_eq!(says(world, agency, &proposal, "confirm").await.status, StatusCode::CREATED);
    }
    proposal.rsplit('/').next().unwrap().to_owned()
}

/// Proposed by the German police, reviewed by the Belgian ones, listed.
pub async fn a_listing(world: &World, domain: &str) -> String {
    let ((pia, _), de, be) = (desk(world).await, world.police("DE").await, world.police("BE").await);
    evidence(world, domain).await;
    let proposal = proposes(&de, domain).await;
    assert_eq!(assigns(&pia, &proposal, &[&be]).await.status, StatusCode::CREATED);
    assert_eq!(says(world, &be, &proposal, "confirm").await.status, StatusCode::CREATED);
    assert_eq!(stage(&pia, &proposal).await, "listed");
    proposal
}

async fn main_line_evidence_candidate_proposal_review_listed_removed(world: World) -> World {
    let ((pia, piet), de, be) = (desk(&world).await, world.police("DE").await, world.police("BE").await);
    let nl = world.desk("NL").await;
    let one = found_on(&world, &nl, "www.bad.example", 1).await;
    goes_on(&world, &one).await;
    let candidates = async || pia.get("/api/v1/domains/candidates").await.json()["items"].clone();
    assert_eq!(candidates().await, json!([]), "one item is too few");
    let two = found_on(&world, &nl, "img.bad.example", 2).await;
    goes_on(&world, &two).await;
    let found = candidates().await;
    assert_eq!((&found[0]["domain"], &found[0]["items"]), (&json!("bad.example"), &json!(2)), "{found}");
    // What criteria and guards say, before anything is proposed.
    let checked = de.get("/api/v1/domains/check?domain=Bad.example.").await.json();
    assert_eq!((&checked["domain"], &checked["holds"]), (&json!("bad.example"), &json!(true)), "{checked}");
    assert_eq!(checked["exhibits"].as_array().unwrap().len(), 2, "disclosed to the German police anyway");
    assert_eq!(checked["exhibits"][0]["registrar"], json!(null));
    let blind = be.get("/api/v1/domains/check?domain=bad.example").await.json();
    assert_eq!((&blind["holds"], &blind["exhibits"]), (&json!(false), &json!([])), "told of nothing there");

    let proposal = proposes(&de, "bad.example").await;
    assert_eq!(candidates().await, json!([]), "it is proposed");
    assert_eq!(stage(&pia, &proposal).await, "desk");
    assert_eq!(be.get(&review(&proposal)).await.status, StatusCode::NOT_FOUND, "not addressed to them");
    let given = assigns(&pia, &proposal, &[&be]).await;
    assert_eq!(given.status, StatusCode::CREATED, "{}", given.text());
    // The evidence first.
    let before = be.get(&review(&proposal)).await.json();
    assert_eq!((&before["evidence_seen"], &before["opinion"]), (&json!(false), &json!(null)), "{before}");
    assert_eq!(before["exhibits"].as_array().unwrap().len(), 2);
    let early = be.json("POST", &format!("{}/word", review(&proposal)), &json!({ "word": "confirm" })).await;
    assert_eq!(early.problem(), (409, "domain-evidence-first".into(), Some("id".into())));
    be.json("POST", &format!("{}/seen", review(&proposal)), &json!({})).await;
    let after = be.get(&review(&proposal)).await.json();
    assert_eq!(after["opinion"], "Nothing but this is on it.");
    assert_eq!(changes(&world).await, []);
    assert_eq!(says(&world, &be, &proposal, "confirm").await.status, StatusCode::CREATED);
    assert_eq!(stage(&pia, &proposal).await, "listed");
    assert_eq!(changes(&world).await, [listed(1, "bad.example")]);
    let list = pia.get("/api/v1/domains?q=bad").await.json();
    assert_eq!((&list["items"][0]["domain"], &list["items"][0]["serial"]), (&json!("bad.example"), &json!(1)));

    // Removal: one asks, another agrees.
    assert_eq!(does(&pia, &proposal, "ask_removal").await.status, StatusCode::CREATED);
    assert_eq!(stage(&pia, &proposal).await, "leaving");
    assert_eq!(does(&pia, &proposal, "agree_removal").await.problem().1, "domain-same-person");
    assert_eq!(changes(&world).await.len(), 1, "one alone removes nothing");
    assert_eq!(does(&piet, &proposal, "agree_removal").await.status, StatusCode::CREATED);
    assert_eq!(changes(&world).await, [listed(1, "bad.example"), removed(2, "bad.example")]);
    let history = pia.get("/api/v1/domains/history?domain=bad.example").await.json();
    assert_eq!(history["changes"].as_array().unwrap().len(), 2, "{history}");
    assert_eq!(candidates().await[0]["domain"], "bad.example", "the evidence is still there");
    world
}

async fn se_6_same_person_agency_country_and_own_edit_are_refused_by_name(world: World) -> World {
    let ((pia, _), de, be) = (desk(&world).await, world.police("DE").await, world.police("BE").await);
    evidence(&world, "bad.example").await;
    let proposal = proposes(&de, "bad.example").await;
    // Another account of the same agency, and another agency of the same country.
    let (second, other) = {
        let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
        let org = de.who.organisation.id;
        let add = agreements::directory::add_person(&tx, org, "Dana Officer", base::Role::Officer).await.unwrap();
        let country = de.who.organisation.country;
        let admit = agreements::directory::admit(&tx, OrgKind::Lea, "Example State Police", country).await.unwrap();
        tx.note(&add.1).await.unwrap();
        tx.commit(&admit.1).await.unwrap();
        (add.0, admit.0)
    };
    let mut dana = de.who.clone();
    dana.person = second;
    let dana = world.calling(&dana).await;
    let same = pia.json("POST", &format!("{proposal}/reviewers"), &json!({ "organisations": [other] })).await;
    assert_eq!(same.problem(), (409, "domain-same-country".into(), Some("organisations".into())));
    let same = assigns(&pia, &proposal, &[&de]).await;
    assert_eq!(same.problem().1, "domain-same-agency");
    let none = pia.json("POST", &format!("{proposal}/reviewers"), &json!({ "organisations": [] })).await;
    assert_eq!(none.problem(), (422, "domain-reviewers".into(), Some("organisations".into())));
    assert_eq!(assigns(&pia, &proposal, &[&be]).await.status, StatusCode::CREATED);
    // Who proposed it, and a colleague, review nothing of it.
    for (who, rule) in [(&de, "domain-own-edit"), (&dana, "domain-same-agency")] {
        let said = who.json("POST", &format!("{}/word", review(&proposal)), &json!({ "word": "confirm" })).await;
        assert_eq!(said.problem(), (409, rule.into(), Some("id".into())));
        assert_eq!(who.get(&review(&proposal)).await.status, StatusCode::NOT_FOUND, "it is not addressed to them");
    }
    // INTERPOL edits: what was said is void, and the German police may review what is not theirs any more; who wrote a
    // version may not.
    let edit = json!({ "opinion": "Also what is below it." });
    assert_eq!(pia.json("POST", &format!("{proposal}/versions"), &edit).await.status, StatusCode::CREATED);
    assert_eq!(assigns(&pia, &proposal, &[&de]).await.status, StatusCode::CREATED);
    let own = says(&world, &de, &proposal, "confirm").await;
    assert_eq!(own.problem(), (409, "domain-own-edit".into(), Some("id".into())));
    assert_eq!(says(&world, &dana, &proposal, "confirm").await.status, StatusCode::CREATED);
    assert_eq!(says(&world, &dana, &proposal, "confirm").await.problem().1, "domain-same-person");
    assert_eq!(changes(&world).await, [], "one agency");
    // An edit voids what she said.
    assert_eq!(pia.json("POST", &format!("{proposal}/versions"), &edit).await.status, StatusCode::CREATED);
    assert_eq!(says(&world, &be, &proposal, "confirm").await.status, StatusCode::CREATED);
    assert_eq!(changes(&world).await, [], "her word was about the version before");
    assert_eq!(says(&world, &dana, &proposal, "confirm").await.status, StatusCode::CREATED);
    assert_eq!(changes(&world).await, [listed(1, "bad.example")]);
    world
}

async fn se_6_what_interpol_proposes_needs_two_agencies(world: World) -> World {
    let ((pia, piet), de, be) = (desk(&world).await, world.police("DE").await, world.police("BE").await);
    evidence(&world, "bad.example").await;
    let proposal = proposes(&pia, "bad.example").await;
    let twice = json!({ "domain": "BAD.example", "opinion": "again" });
    assert_eq!(piet.json("POST", "/api/v1/domains/proposals", &twice).await.problem().1, "domain-proposed");
    assert_eq!(assigns(&pia, &proposal, &[&de]).await.problem().1, "domain-too-few-reviewers");
    assert_eq!(assigns(&pia, &proposal, &[&de, &be]).await.status, StatusCode::CREATED);
    let asks = json!({ "word": "confirm" });
    assert_eq!(
        pia.json("POST", &format!("{}/word", review(&proposal)), &asks).await.problem().0,
        404,
        "INTERPOL reviews nothing"
    );
    says(&world, &de, &proposal, "confirm").await;
    assert_eq!((stage(&pia, &proposal).await.as_str(), changes(&world).await.len()), ("review", 0));
    says(&world, &be, &proposal, "confirm").await;
    assert_eq!(changes(&world).await, [listed(1, "bad.example")]);
    assert_eq!(pia.json("POST", "/api/v1/domains/proposals", &twice).await.problem().1, "domain-listed");
    world
}

async fn az_7_the_flow_takes_no_step_out_of_order(world: World) -> World {
    let ((pia, piet), de, be) = (desk(&world).await, world.police("DE").await, world.police("BE").await);
    evidence(&world, "bad.example").await;
    let proposal = proposes(&de, "bad.example").await;
    let refused = async |by: &Caller, what: &[&str], at: &str| {
        for word in what {
            let answer = does(by, &proposal, word).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{word} at {at}: {}", answer.text());
        }
    };
    let listed_only = ["ask_removal", "agree_removal", "keep", "withdraw", "second_name", "extra"];
    refused(&pia, &listed_only, "the desk").await;
    assigns(&pia, &proposal, &[&be]).await;
    refused(&pia, &listed_only, "review").await;
    for early in ["renew", "object"] {
        assert_eq!(says(&world, &be, &proposal, early).await.problem().1, "domain-not-now", "{early}");
    }
    // A reviewer refuses: INTERPOL edits, and it goes on.
    assert_eq!(says(&world, &be, &proposal, "refuse").await.status, StatusCode::CREATED);
    assert_eq!(stage(&pia, &proposal).await, "returned");
    let seen = pia.get(&proposal).await.json();
    assert_eq!(seen["words"][0]["reason"], "a story", "the desk reads why");
    assert_eq!(says(&world, &be, &proposal, "confirm").await.problem().1, "domain-not-now");
    refused(&pia, &listed_only, "returned").await;
    let edited = de.json("POST", &format!("{proposal}/versions"), &json!({ "opinion": "Better." })).await;
    assert_eq!(edited.status, StatusCode::CREATED, "{}", edited.text());
    world.settle().await;
    let now = de.get(&proposal).await.json();
    assert_eq!(
        (&now["stage"], &now["version"], &now["opinion"]),
        (&json!("review"), &json!(2), &json!("Better.")),
        "{now}"
    );
    says(&world, &be, &proposal, "confirm").await;
    assert_eq!(stage(&pia, &proposal).await, "listed");
    refused(&pia, &["agree_removal", "keep", "second_name", "close", "extra"], "listed").await;
    assert_eq!(assigns(&pia, &proposal, &[&be]).await.problem().1, "domain-same-agency");
    // An agency objects; INTERPOL keeps it, by another person.
    assert_eq!(says(&world, &be, &proposal, "object").await.status, StatusCode::CREATED);
    assert_eq!(stage(&pia, &proposal).await, "leaving");
    assert_eq!(does(&pia, &proposal, "keep").await.status, StatusCode::CREATED);
    does(&pia, &proposal, "withdraw").await;
    refused(&piet, &["withdraw", "ask_removal", "agree_removal", "keep", "close", "extra"], "withdrawn").await;
    assert_eq!(does(&piet, &proposal, "second_name").await.status, StatusCode::CREATED);
    refused(&piet, &["second_name", "withdraw", "ask_removal"], "removed").await;
    assert_eq!(does(&piet, &proposal, "dance").await.problem(), (422, "unknown-do".into(), Some("do".into())));
    world
}

async fn az_8_a_reviewer_never_learns_who_else_there_is(world: World) -> World {
    let ((pia, _), de, be, ie) =
        (desk(&world).await, world.police("DE").await, world.police("BE").await, world.police("IE").await);
    evidence(&world, "bad.example").await;
    let proposal = proposes(&de, "bad.example").await;
    assigns(&pia, &proposal, &[&be, &ie]).await;
    let seen = |text: String, who: &Caller| {
        for other in [&de, &be, &ie] {
            let (org, person) = (other.who.organisation.id.to_string(), other.who.person.to_string());
            let names = [other.who.organisation.name.clone(), other.who.name.clone(), org, person];
            let own = other.who.person == who.who.person;
            for name in names.iter().filter(|_| !own) {
                assert!(!text.contains(name), "{} reads {name} in {text}", who.who.name);
            }
        }
    };
    be.json("POST", &format!("{}/seen", review(&proposal)), &json!({})).await;
    ie.json("POST", &format!("{}/seen", review(&proposal)), &json!({})).await;
    let looks = async |who: &Caller| who.get(&review(&proposal)).await.text();
    let (before, own) = (looks(&ie).await, de.get(&proposal).await.text());
    seen(before.clone(), &ie);
    seen(own.clone(), &de);
    // Nothing that one of them says shows at another, until it is listed or comes back.
    assert_eq!(says(&world, &be, &proposal, "confirm").await.status, StatusCode::CREATED);
    for (who, path) in [(&ie, review(&proposal)), (&de, proposal.clone()), (&be, review(&proposal))] {
        seen(who.get(&path).await.text(), who);
        seen(who.get("/api/v1/domains/reviews").await.text(), who);
        seen(who.get("/api/v1/domains/proposals").await.text(), who);
        let acts: Vec<String> = who.acts().await;
        assert!(acts.iter().all(|a| a != "domain.listed" && a != "domain.word_counted"), "{acts:?}");
    }
    // Others have no part in it at all.
    let nl = world.police("NL").await;
    for path in [review(&proposal), proposal.clone()] {
        let (foreign, missing) = (nl.get(&path).await, nl.get(&format!("{}x", &path[..path.len() - 1])).await);
        assert_eq!((foreign.status, foreign.bytes), (StatusCode::NOT_FOUND, missing.bytes), "{path}");
    }
    // An agency learns of no other's proposal when it makes its own.
    let mut items = evidence(&world, "twice.example").await;
    let first = proposes(&pia, "twice.example").await;
    let second =
        de.json("POST", "/api/v1/domains/proposals", &json!({ "domain": "twice.example", "opinion": "x" })).await;
    assert_eq!(second.status, StatusCode::CREATED, "{}", second.text());
    assigns(&pia, &first, &[&be, &ie]).await;
    says(&world, &be, &first, "confirm").await;
    says(&world, &ie, &first, "confirm").await;
    let other = format!("/api/v1/domains/proposals/{}", second.str("id"));
    assigns(&pia, &other, &[&be]).await;
    says(&world, &be, &other, "confirm").await;
    assert_eq!(stage(&pia, &other).await, "closed", "it is listed already, once");
    assert_eq!(changes(&world).await.iter().filter(|(_, d, _)| d == "twice.example").count(), 1);
    items.clear();
    world
}

async fn a_hash_list_alone_makes_no_candidate(world: World) -> World {
    let ((pia, _), nl) = (desk(&world).await, world.desk("NL").await);
    let list = crate::lists_by_api::publishes(&pia, "Baseline", "baseline").await;
    crate::lists_by_api::agree(&pia, &list, &nl, true).await;
    let seeds: Vec<u32> = (500..510).collect();
    let entries: Vec<Value> =
        seeds.iter().map(|s| json!({ "sha256": crate::lists_by_api::sha256(&pictures::png(*s)) })).collect();
    crate::lists_by_api::writes(&pia, &list, json!(entries)).await;
    world.settle().await;
    for seed in &seeds {
        let body = json!({
            "source_url": format!("https://listed.example/{seed}"), "received_at": "2026-06-01T11:00:00Z",
            "hosting": { "country": "DE" },
        });
        let report = nl.json("POST", "/api/v1/reports", &body).await.str("id");
        let item = nl.adds(&report, "a.png", &pictures::png(*seed)).await;
        world.settle().await;
        let now = nl.get(&format!("/api/v1/items/{}", item["id"].as_str().unwrap())).await.json();
        assert_eq!(now["assessment"]["class"], "baseline", "the list settled it");
        goes_on(&world, &item).await;
    }
    assert_eq!(
        pia.get("/api/v1/domains/candidates").await.json()["items"],
        json!([]),
        "ten hits of a list are nobody's word"
    );
    let checked = pia.get("/api/v1/domains/check?domain=listed.example").await.json();
    assert_eq!(checked["exhibits"].as_array().unwrap().len(), 10);
    let of =
        |name: &str| checked["criteria"].as_array().unwrap().iter().find(|c| c["criterion"] == name).unwrap().clone();
    assert_eq!((&of("by_person")["holds"], &of("severe")["holds"]), (&json!("no"), &json!("yes")), "{checked}");
    let refused =
        pia.json("POST", "/api/v1/domains/proposals", &json!({ "domain": "listed.example", "opinion": "x" })).await;
    assert_eq!(refused.problem(), (409, "domain-criteria".into(), Some("domain".into())));
    assert!(refused.str("detail").contains("a person judged"), "{}", refused.text());
    world
}

async fn what_is_taken_back_is_no_evidence_any_more(world: World) -> World {
    let ((pia, _), de, be) = (desk(&world).await, world.police("DE").await, world.police("BE").await);
    let items = evidence(&world, "bad.example").await;
    let proposal = proposes(&de, "bad.example").await;
    assigns(&pia, &proposal, &[&be]).await;
    goes_on_no_more(&world, items[0]["id"].as_str().unwrap()).await;
    let seen = be.get(&review(&proposal)).await.json();
    assert_eq!(seen["exhibits"].as_array().unwrap().len(), 1, "what was taken back is not shown");
    assert_eq!(pia.get(&proposal).await.json()["exhibits_taken_back"], 1);
    assert_eq!(says(&world, &be, &proposal, "confirm").await.status, StatusCode::CREATED);
    assert_eq!((stage(&pia, &proposal).await.as_str(), changes(&world).await.len()), ("review", 0));
    let words = pia.get(&proposal).await.json()["words"].clone();
    assert_eq!(words[0]["refused"], "domain-criteria", "too little is left: {words}");
    world
}

async fn a_guarded_domain_waits_for_the_extra_word(world: World) -> World {
    let ((pia, piet), de, be) = (desk(&world).await, world.police("DE").await, world.police("BE").await);
    evidence(&world, "x.files.example").await;
    let checked = pia.get("/api/v1/domains/check?domain=files.example").await.json();
    assert_eq!(checked["guards"][0]["guard"], "shared_host", "{checked}");
    let proposal = proposes(&pia, "files.example").await;
    assigns(&pia, &proposal, &[&de, &be]).await;
    says(&world, &de, &proposal, "confirm").await;
    says(&world, &be, &proposal, "confirm").await;
    let now = pia.get(&proposal).await.json();
    assert_eq!((&now["stage"], &now["waits_for_extra"]), (&json!("review"), &json!(true)), "{now}");
    assert_eq!(
        does(&pia, &proposal, "extra").await.problem().1,
        "domain-own-edit",
        "who wrote it does not mean it twice"
    );
    let silent = piet.json("POST", &format!("{proposal}/acts"), &json!({ "do": "extra" })).await;
    assert_eq!(silent.problem(), (422, "missing".into(), Some("reason".into())));
    assert_eq!(does(&piet, &proposal, "extra").await.status, StatusCode::CREATED);
    assert_eq!(changes(&world).await, [listed(1, "files.example")]);
    world
}

async fn in_4_domains_that_are_none_are_refused_by_field(world: World) -> World {
    let (pia, _) = desk(&world).await;
    let long = format!("{}.example", "a".repeat(64));
    for (bad, rule) in [
        ("https://u:p@bad.example/x", "domain-userinfo"),
        ("bad.example:8080", "domain-port"),
        ("bad.example/x", "domain-is-url"),
        ("bad.example..", "domain-empty-label"),
        ("abcdefgh.onion", "domain-onion"),
        ("192.0.2.7", "domain-is-address"),
        ("[2001:db8::1]", "domain-is-address"),
        ("co.uk", "domain-public-suffix"),
        ("example", "domain-one-label"),
        ("ba\u{200b}d.example", "domain-unseen"),
        (&long, "domain-label-too-long"),
        ("", "missing"),
    ] {
        let body = json!({ "domain": bad, "opinion": "x" });
        let refused = pia.json("POST", "/api/v1/domains/proposals", &body).await;
        assert_eq!(refused.problem(), (422, rule.to_owned(), Some("domain".into())), "{bad}");
    }
    let nothing =
        pia.json("POST", "/api/v1/domains/proposals", &json!({ "domain": "unknown.example", "opinion": "x" })).await;
    assert_eq!(nothing.problem().1, "domain-criteria", "without evidence nothing is proposed");
    assert_eq!(changes(&world).await, []);
    world
}

async fn an_emergency_is_one_persons_and_its_second_name_waits(world: World) -> World {
    let (pia, piet) = desk(&world).await;
    let proposal = a_listing(&world, "bad.example").await;
    assert_eq!(does(&pia, &proposal, "withdraw").await.status, StatusCode::CREATED);
    assert_eq!(changes(&world).await, [listed(1, "bad.example"), removed(2, "bad.example")], "at once");
    let now = pia.get(&proposal).await.json();
    assert_eq!((&now["stage"], &now["needs_second_name"]), (&json!("withdrawn"), &json!(true)));
    let tasks = pia.get("/api/v1/domains/tasks").await.json();
    assert_eq!((&tasks["items"][0]["task"], &tasks["items"][0]["urgent"]), (&json!("second_name"), &json!(true)));
    let change = pia.get("/api/v1/domains/history?domain=bad.example").await.json()["changes"][0].clone();
    assert_eq!((&change["second_person"], &change["reason"]), (&json!(null), &json!("a story")));
    assert_eq!(does(&pia, &proposal, "second_name").await.problem().1, "domain-same-person");
    assert_eq!(does(&piet, &proposal, "second_name").await.status, StatusCode::CREATED);
    let change = pia.get("/api/v1/domains/history?domain=bad.example").await.json()["changes"][0].clone();
    assert_eq!(change["second_person"], piet.who.person.to_string());
    assert_eq!(pia.get(&proposal).await.json()["stage"], "removed");
    assert_eq!(pia.get("/api/v1/domains/tasks").await.json()["items"], json!([]));
    world
}

/// Days of the default settings.
const REVIEW: i64 = 90;
const GRACE: i64 = 30;
const DAY: i64 = 86_400;

async fn what_nobody_confirms_again_leaves_by_itself(world: World) -> World {
    let (pia, _) = desk(&world).await;
    let proposal = a_listing(&world, "bad.example").await;
    let clock = world.app.db.clock().clone();
    clock.set(NOON.plus_seconds((REVIEW + GRACE) * DAY - 1));
    world.settle().await;
    let pia = world.calling(&pia.who).await;
    assert_eq!(stage(&pia, &proposal).await, "listed", "a second before its time is over");
    clock.set(NOON.plus_seconds((REVIEW + GRACE) * DAY));
    world.settle().await;
    let pia = world.calling(&pia.who).await;
    assert_eq!(changes(&world).await, [listed(1, "bad.example"), removed(2, "bad.example")]);
    let change = pia.get("/api/v1/domains/history?domain=bad.example").await.json()["changes"][0].clone();
    let (de, be) = (world.police("DE").await, world.police("BE").await);
    assert_eq!(change["reason"], "not confirmed again");
    assert_eq!(change["first_person"], de.who.person.to_string());
    assert_eq!(change["second_person"], be.who.person.to_string());
    world
}

async fn a_renewal_is_by_two_agencies_again(world: World) -> World {
    let proposal = a_listing(&world, "bad.example").await;
    let clock = world.app.db.clock().clone();
    clock.set(NOON.plus_seconds((REVIEW + 1) * DAY));
    let (de, be) = (world.police("DE").await, world.police("BE").await);
    // The German police proposed it; theirs is the proposal's page, and their word counts as one agency's.
    let due = async || {
        let (pia, _) = desk(&world).await;
        pia.get(&proposal).await.json()["due_at"].as_str().unwrap().to_owned()
    };
    let first = due().await;
    assert_eq!(says(&world, &be, &proposal, "renew").await.status, StatusCode::CREATED);
    assert_eq!(due().await, first, "one agency is one agency");
    assert_eq!(says(&world, &be, &proposal, "renew").await.problem().1, "domain-same-person");
    let (pia, _) = desk(&world).await;
    let ie = world.police("IE").await;
    assert_eq!(assigns(&pia, &proposal, &[&ie]).await.status, StatusCode::CREATED, "another may be asked");
    assert_eq!(says(&world, &ie, &proposal, "renew").await.status, StatusCode::CREATED);
    assert_eq!(due().await, NOON.plus_seconds((2 * REVIEW + 1) * DAY).to_string());
    clock.set(NOON.plus_seconds((REVIEW + GRACE + 1) * DAY));
    world.settle().await;
    assert_eq!(changes(&world).await, [listed(1, "bad.example")], "it stays");
    drop(de);
    world
}

async fn what_is_listed_is_looked_at_again(world: World) -> World {
    let proposal = a_listing(&world, "bad.example").await;
    let clock = world.app.db.clock().clone();
    // Nothing can be fetched in this world: nobody can say.
    for _ in 0..2 {
        clock.advance(15 * DAY);
        world.settle().await;
    }
    let (pia, _) = desk(&world).await;
    assert_eq!(pia.get(&proposal).await.json()["found"], "unknown");
    // Then its pages were fetched and nothing was found.
    clock.advance(14 * DAY);
    world.settle().await;
    let nl = world.desk("NL").await;
    for report in nl.get("/api/v1/reports").await.json()["items"].as_array().unwrap() {
        world.captured(&nl, report["id"].as_str().unwrap()).await;
    }
    clock.advance(DAY);
    world.settle().await;
    let (pia, _) = desk(&world).await;
    assert_eq!(pia.get(&proposal).await.json()["found"], "gone");
    assert_eq!(changes(&world).await, [listed(1, "bad.example")], "clean: two persons remove it, not the machinery");
    world
}

/// Complains as anybody may; returns the answer.
async fn complains(world: &World, domain: &str, text: &str) -> Answer {
    use axum::{body::Body, http::Request};
    let anybody = world.desk("NL").await;
    let body = format!("domain={domain}&text={text}&contact=");
    let request = Request::post("/complaints")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    anybody.send(request).await
}

/// The code on the page.
fn code(page: &str) -> String {
    let after = page.split_once("id=\"code\">").expect("a code").1;
    after.split('<').next().unwrap().to_owned()
}

async fn a_complaint_has_a_receipt_and_a_decision(world: World) -> World {
    let (pia, piet) = desk(&world).await;
    evidence(&world, "bad.example").await;
    let (de, be) = (world.police("DE").await, world.police("BE").await);
    let proposal = proposes(&pia, "bad.example").await;
    assigns(&pia, &proposal, &[&de, &be]).await;
    says(&world, &de, &proposal, "confirm").await;
    says(&world, &be, &proposal, "confirm").await;
    let receipt = complains(&world, "bad.example", "This+is+my+shop").await;
    assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.text());
    let code = code(&receipt.text());
    let open = pia.get("/api/v1/domains/complaints").await.json();
    assert_eq!(open["items"][0]["text"], "This is my shop");
    assert_eq!(open["items"][0]["due_at"], NOON.plus_seconds(7 * DAY).to_string());
    let path = format!("/api/v1/domains/complaints/{}/decision", open["items"][0]["id"].as_str().unwrap());
    let upheld = json!({ "decision": "upheld", "reason": "it is a shop" });
    assert_eq!(
        pia.json("POST", &path, &upheld).await.problem().1,
        "domain-own-listing",
        "who proposed it decides nothing"
    );
    let silent = piet.json("POST", &path, &json!({ "decision": "upheld" })).await;
    assert_eq!(silent.problem(), (422, "missing".into(), Some("reason".into())));
    assert_eq!(piet.json("POST", &path, &json!({ "decision": "open", "reason": "x" })).await.problem().0, 422);
    assert_eq!(piet.json("POST", &path, &upheld).await.status, StatusCode::CREATED);
    assert_eq!(piet.json("POST", &path, &upheld).await.problem().1, "complaint-decided");
    assert_eq!(stage(&pia, &proposal).await, "leaving");
    assert_eq!(does(&piet, &proposal, "agree_removal").await.problem().1, "domain-same-person");
    assert_eq!(does(&pia, &proposal, "agree_removal").await.status, StatusCode::CREATED);
    assert_eq!(changes(&world).await, [listed(1, "bad.example"), removed(2, "bad.example")]);
    // The code shows what became of it.
    use axum::{body::Body, http::Request};
    let request = Request::post("/complaints/state")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("code={}", code.to_lowercase())))
        .unwrap();
    let state = pia.send(request).await.text();
    assert!(state.contains("it is a shop"), "{state}");
    let counts = complaint_counts(&world).await;
    assert_eq!((counts.received, counts.upheld, counts.rejected, counts.open), (1, 1, 0, 0));
    world
}

async fn complaint_counts(world: &World) -> exchange::iwol::complaint::Counts {
    exchange::iwol::complaint::counts(&world.app.db).await.unwrap()
}

async fn in_4_complaints_are_no_oracle_and_are_bounded(world: World) -> World {
    a_listing(&world, "bad.example").await;
    let plain = |answer: &Answer| {
        let text = answer.text();
        let code = code(&text);
        (answer.status, text.replace(&code, "").replace("bad.example", "").replace("fine.example", ""))
    };
    let (listed, other) = (complains(&world, "bad.example", "x").await, complains(&world, "fine.example", "x").await);
    assert_eq!(plain(&listed), plain(&other), "the same answer whether it is listed or not");
    let refused = complains(&world, "https://x.example/", "x").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let long = complains(&world, "x.example", &"x".repeat(2001)).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    let edge = complains(&world, "x.example", &"x".repeat(2000)).await;
    assert_eq!(edge.status, StatusCode::OK);
    // What is typed is shown as text, to the desk alone.
    complains(&world, "y.example", "%3Cscript%3Ealert(1)%3C/script%3E").await;
    let (pia, _) = desk(&world).await;
    let page = crate::pages::Browser::of(pia).await.get("/interpol/domains/complaints").await.text();
    assert!(page.contains("&#60;script&#62;") && !page.contains("<script>alert"), "{page}");
    let mut last = StatusCode::OK;
    for n in 0..200 {
        last = complains(&world, &format!("x{n}.example"), "x").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    world.app.db.clock().advance(3601);
    assert_eq!(complains(&world, "x.example", "x").await.status, StatusCode::OK, "an hour later it goes on");
    world
}

async fn every_change_has_its_serial_reason_and_names(world: World) -> World {
    let ((pia, piet), de, be) = (desk(&world).await, world.police("DE").await, world.police("BE").await);
    let mut proposals = Vec::new();
    for n in 0..6 {
        let domain = format!("bad{n}.example");
        evidence(&world, &domain).await;
        let proposal = proposes(&de, &domain).await;
        assigns(&pia, &proposal, &[&be]).await;
        be.json("POST", &format!("{}/seen", review(&proposal)), &json!({})).await;
        proposals.push(proposal);
    }
    // All at once: serials have no gap and no double.
    let words = proposals.iter().map(|proposal| {
        let (be, path) = (be.clone(), format!("{}/word", review(proposal)));
        tokio::spawn(async move { be.json("POST", &path, &json!({ "word": "confirm" })).await.status })
    });
    for word in words.collect::<Vec<_>>() {
        assert_eq!(word.await.unwrap(), StatusCode::CREATED);
    }
    world.settle().await;
    let away = proposals.iter().map(|proposal| {
        let (pia, proposal) = (pia.clone(), proposal.clone());
        tokio::spawn(async move { does(&pia, &proposal, "withdraw").await.status })
    });
    for done in away.collect::<Vec<_>>() {
        assert_eq!(done.await.unwrap(), StatusCode::CREATED);
    }
    for proposal in &proposals {
        assert_eq!(does(&piet, proposal, "second_name").await.status, StatusCode::CREATED);
    }
    let all = changes(&world).await;
    assert!(all.iter().map(|(serial, ..)| *serial).eq(1..=12), "{all:?}");
    for n in 0..6 {
        let history = pia.get(&format!("/api/v1/domains/history?domain=bad{n}.example")).await.json();
        for change in history["changes"].as_array().unwrap() {
            assert!(!change["reason"].as_str().unwrap().is_empty());
            assert!(change["first_person"].is_string() && change["second_person"].is_string(), "{change}");
            assert_ne!(change["first_person"], change["second_person"], "{change}");
        }
    }
    world
}

async fn se_6_a_word_at_the_moment_of_an_edit_counts_for_what_it_was_about(world: World) -> World {
    let ((pia, _), de, be) = (desk(&world).await, world.police("DE").await, world.police("BE").await);
    evidence(&world, "bad.example").await;
    let proposal = proposes(&de, "bad.example").await;
    assigns(&pia, &proposal, &[&be]).await;
    be.json("POST", &format!("{}/seen", review(&proposal)), &json!({})).await;
    let said = be.json("POST", &format!("{}/word", review(&proposal)), &json!({ "word": "confirm" })).await;
    assert_eq!(said.status, StatusCode::CREATED);
    // The edits come before the word is counted; all of them at once.
    let edits = (0..4).map(|n| {
        let (pia, path) = (pia.clone(), format!("{proposal}/versions"));
        tokio::spawn(async move { pia.json("POST", &path, &json!({ "opinion": format!("edit {n}") })).await.status })
    });
    for edit in edits.collect::<Vec<_>>() {
        assert_eq!(edit.await.unwrap(), StatusCode::CREATED);
    }
    world.settle().await;
    let now = pia.get(&proposal).await.json();
    assert_eq!((&now["version"], &now["words"][0]["refused"]), (&json!(5), &json!("domain-edited")), "{now}");
    assert_eq!(changes(&world).await, []);
    let late = be.json("POST", &format!("{}/word", review(&proposal)), &json!({ "word": "confirm" })).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "nobody confirms a version unseen: {}", late.text());
    world
}

async fn a_picture_of_a_page_opens_with_a_purpose(world: World) -> World {
    let ((pia, _), de, be, nl) =
        (desk(&world).await, world.police("DE").await, world.police("BE").await, world.desk("NL").await);
    for seed in [1, 2] {
        let item = found_on(&world, &nl, "bad.example", seed).await;
        let reports = nl.get("/api/v1/reports").await.json();
        world.captured(&nl, reports["items"][0]["id"].as_str().unwrap()).await;
        goes_on(&world, &item).await;
    }
    let proposal = proposes(&de, "bad.example").await;
    let shown = pia.get(&proposal).await.json();
    let exhibit =
        shown["exhibits"].as_array().unwrap().iter().find(|e| e["picture"] == true).expect("a picture").clone();
    let path = format!("{proposal}/exhibits/{}/picture", exhibit["id"].as_str().unwrap());
    assert_eq!(pia.get(&path).await.problem(), (422, "purpose-missing".into(), Some("purpose".into())));
    let opened = pia.get(&format!("{path}?purpose=to%20judge%20it")).await;
    assert_eq!((opened.status, opened.bytes.as_slice()), (StatusCode::OK, b"a picture".as_slice()));
    assert_eq!(be.get(&format!("{path}?purpose=x")).await.status, StatusCode::NOT_FOUND, "not addressed to them");
    assigns(&pia, &proposal, &[&be]).await;
    assert_eq!(be.get(&format!("{path}?purpose=x")).await.status, StatusCode::OK);
    let log = pia.get("/api/v1/audit?act=domain.picture_opened").await.json();
    assert_eq!(log["items"][0]["purpose"], "to judge it");
    if world.app.db.backend() == Backend::Postgres {
        assert_eq!(world.police("NL").await.get(&path).await.status, StatusCode::NOT_FOUND);
    }
    world
}
