//! What police and hotline say to each other about a case: requests, holds, messages, outcomes, contact; and that nobody
//! else learns of any of it.

use axum::http::StatusCode;
use serde_json::{Value, json};
use testkit::{Answer, Caller, World, pictures, stories};

stories! {
    a_request_goes_round_and_the_answer_attaches_itself
    a_declined_request_says_why_and_opens_nothing
    a_granted_series_opens_context_and_granted_files_open_files
    az_9_nothing_is_granted_without_an_agreement_or_by_another_hotline
    a_hold_is_as_long_as_the_agreement_allows
    a_hold_lapses_without_its_approval_and_stays_with_it
    messages_have_an_author_and_an_explicit_receipt
    az_2_a_thing_of_another_case_does_not_exist
    az_4_another_unit_with_the_same_report_sees_the_same_bytes
    az_7_nothing_is_said_on_a_withdrawn_disclosure
    an_insufficient_case_says_what_was_missing_and_the_analyst_reads_it
    fa_4_owed_outcomes_follow_from_time
    units_are_put_in_touch_only_when_both_consent
    a_case_is_read_a_page_at_a_time
    a_granted_look_up_and_re_check_show_on_the_case
}

const SCOUT: &str = env!("CARGO_BIN_EXE_scout");
const DAY: i64 = 86_400;

/// A report of one hotline hosted in a country, with a baseline item; both ids.
async fn report(by: &Caller, host: &str, seed: u32) -> (String, String) {
    let report = by.reports(host).await;
    let item = by.adds(&report, "a.png", &pictures::png(seed)).await;
    assert_eq!(by.classifies(&item, "baseline").await.status, StatusCode::OK);
    (report, item["id"].as_str().unwrap().to_owned())
}

/// The path of a caller's case of a report.
async fn case(who: &Caller, report: &str) -> String {
    let case = who.case_of(report).await.expect("told");
    format!("/api/v1/cases/{}", case["id"].as_str().unwrap())
}

fn within(world: &World, days: i64) -> String {
    world.app.db.now().plus_seconds(days * DAY).to_string()
}

async fn asks(world: &World, who: &Caller, case: &str, kind: &str) -> Answer {
    let body = json!({ "kind": kind, "reason": "a lead", "due": within(world, 5) });
    who.json("POST", &format!("{case}/requests"), &body).await
}

async fn answers(who: &Caller, request: &str, body: &Value) -> Answer {
    who.json("POST", &format!("/api/v1/requests/{request}/answer"), body).await
}

fn items(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

/// Belgium: the agreement gives the item, and neither page nor series.
async fn belgian(world: &World) -> (Caller, Caller, String, String) {
    let (desk, police) = (world.desk("BE").await, world.police("BE").await);
    let (report, _) = report(&desk, "BE", 1).await;
    world.settle().await;
    let case = case(&police, &report).await;
    (desk, police, report, case)
}

async fn a_request_goes_round_and_the_answer_attaches_itself(world: World) -> World {
    let (desk, police, report, case) = belgian(&world).await;
    let before = police.get(&case).await.json();
    assert_eq!((&before["width"], &before["source_url"]), (&json!("item"), &Value::Null));
    for (body, rule, field) in [
        (json!({ "kind": "all", "reason": "x", "due": within(&world, 1) }), "unknown-kind", "kind"),
        (json!({ "kind": "page", "reason": " ", "due": within(&world, 1) }), "missing", "reason"),
        (json!({ "kind": "page", "reason": "x", "due": "" }), "missing", "due"),
        (json!({ "kind": "page", "reason": "x", "due": "soon" }), "bad-time", "due"),
        (json!({ "kind": "page", "reason": "x", "due": within(&world, -1) }), "request-due", "due"),
        (json!({ "kind": "page", "reason": "x", "due": within(&world, 91) }), "request-due", "due"),
        (json!({ "kind": "page", "reason": "x".repeat(1001), "due": within(&world, 1) }), "too-long", "reason"),
    ] {
        let refused = police.json("POST", &format!("{case}/requests"), &body).await.problem();
        assert_eq!(refused, (422, rule.into(), Some(field.into())), "{body}");
    }
    let asked = asks(&world, &police, &case, "page").await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text());
    let request = asked.str("id");
    assert_eq!(asks(&world, &police, &case, "page").await.problem().1, "request-open");
    let have = asks(&world, &police, &case, "files").await.problem();
    assert_eq!((have.0, have.1.as_str()), (409, "request-has"), "the lane opens files already");

    let waiting = items(&desk.get("/api/v1/requests").await);
    assert_eq!(waiting.len(), 1);
    assert_eq!((&waiting[0]["kind"], &waiting[0]["organisation"]), (&json!("page"), &json!("Example Police Belgium")));
    assert_eq!((&waiting[0]["author"], &waiting[0]["reason"]), (&json!("Bea Officer"), &json!("a lead")));
    let granted = answers(&desk, &request, &json!({ "answer": "grant" })).await;
    assert_eq!(granted.status, StatusCode::CREATED, "{}", granted.text());
    world.settle().await;

    let after = police.get(&case).await.json();
    assert_eq!(after["width"], "page");
    assert!(after["source_url"].as_str().unwrap().starts_with("https://pictures.example/"));
    let why = after["why"].as_str().unwrap();
    assert!(
        why.contains("Granted on request by Hotline Heron to Example Police Belgium on 2026-06-01: the whole page."),
        "{why}"
    );
    assert!(after["withheld"].as_array().unwrap().iter().all(|w| w["what"] != "page"), "it is not kept back any more");
    assert_eq!(after["version"], 1, "under the version in force");
    let listed = items(&police.get(&format!("{case}/requests")).await);
    assert_eq!((&listed[0]["state"], listed[0]["answered_at"].is_string()), (&json!("granted"), true));
    assert_eq!(items(&desk.get("/api/v1/requests").await).len(), 0);
    assert_eq!(answers(&desk, &request, &json!({ "answer": "grant" })).await.problem().1, "request-answered");
    // It is a disclosure like any other in the hotline's record, and routing again changes nothing.
    let told = desk.get(&format!("/api/v1/reports/{report}")).await.json();
    assert_eq!(told["disclosures"][0]["width"], "page");
    let acts = desk.acts().await;
    assert!(acts.contains(&"request.granted".to_owned()), "{acts:?}");
    assert_eq!(acts.iter().filter(|a| *a == "item.disclosed").count(), 2, "once by the lane, once by the grant");
    assert!(police.acts().await.contains(&"request.made".to_owned()));
    world
}

async fn a_declined_request_says_why_and_opens_nothing(world: World) -> World {
    let (desk, police, _, case) = belgian(&world).await;
    police.get(&case).await;
    let before = police.get(&case).await.text();
    let request = asks(&world, &police, &case, "series").await.str("id");
    let silent = answers(&desk, &request, &json!({ "answer": "decline" })).await.problem();
    assert_eq!(silent, (422, "missing".into(), Some("reason".into())));
    assert_eq!(answers(&desk, &request, &json!({ "answer": "maybe" })).await.problem().1, "unknown-answer");
    let no = json!({ "answer": "decline", "reason": "the series is another hotline's" });
    assert_eq!(answers(&desk, &request, &no).await.status, StatusCode::CREATED);
    world.settle().await;
    assert_eq!(police.get(&case).await.text(), before);
    let listed = items(&police.get(&format!("{case}/requests")).await);
    assert_eq!((&listed[0]["state"], &listed[0]["answer"]), (&json!("declined"), &no["reason"]));
    // Taken back before it is answered, it waits for nobody.
    world.app.db.clock().advance(1);
    let request = asks(&world, &police, &case, "series").await.str("id");
    let path = format!("{case}/requests/{request}/withdrawal");
    assert_eq!(police.json("POST", &path, &json!({})).await.status, StatusCode::CREATED);
    assert_eq!(police.json("POST", &path, &json!({})).await.problem().1, "request-answered");
    assert_eq!(answers(&desk, &request, &json!({ "answer": "grant" })).await.problem().1, "request-answered");
    assert_eq!(items(&desk.get("/api/v1/requests").await).len(), 0);
    world
}

async fn a_granted_series_opens_context_and_granted_files_open_files(world: World) -> World {
    let (desk, police, report, case) = belgian(&world).await;
    let context = desk.adds(&report, "b.png", &pictures::png(2)).await;
    assert_eq!(desk.classifies(&context, "not_illegal").await.status, StatusCode::OK);
    world.settle().await;
    assert_eq!(police.get(&case).await.json()["items"].as_array().unwrap().len(), 1);
    let request = asks(&world, &police, &case, "series").await.str("id");
    answers(&desk, &request, &json!({ "answer": "grant" })).await;
    world.settle().await;
    let open = police.get(&case).await.json();
    let clauses: Vec<(&Value, &Value)> =
        open["items"].as_array().unwrap().iter().map(|i| (&i["clause"], &i["assessment"]["class"])).collect();
    assert_eq!(clauses, [(&json!("4"), &json!("baseline")), (&json!("request"), &json!("not_illegal"))]);
    let path = format!("/api/v1/items/{}/file?purpose=look", context["id"].as_str().unwrap());
    assert_eq!(police.get(&path).await.status, StatusCode::OK, "the lane opens files, so its context opens too");

    // The Dutch police are told facts of what is hosted elsewhere; their own hotline may open more to them.
    let (tulip, nora) = (world.desk("NL").await, world.police("NL").await);
    let (report, item) = self::report(&tulip, "DE", 3).await;
    world.settle().await;
    let case = self::case(&nora, &report).await;
    let file = format!("/api/v1/items/{item}/file?purpose=look");
    assert_eq!(nora.get(&file).await.status, StatusCode::NOT_FOUND);
    let request = asks(&world, &nora, &case, "files").await.str("id");
    answers(&tulip, &request, &json!({ "answer": "grant" })).await;
    world.settle().await;
    assert_eq!(nora.get(&file).await.status, StatusCode::OK);
    let open = nora.get(&case).await.json();
    assert_eq!((&open["width"], &open["source_url"]), (&json!("item"), &Value::Null), "files, and not the page");
    world
}

async fn az_9_nothing_is_granted_without_an_agreement_or_by_another_hotline(world: World) -> World {
    let (_, police, _, case) = belgian(&world).await;
    let request = asks(&world, &police, &case, "page").await.str("id");
    let missing =
        answers(&world.desk("NL").await, "01900000-0000-7000-8000-000000000000", &json!({ "answer": "grant" })).await;
    for country in ["NL", "DE", "IE"] {
        let foreign = answers(&world.desk(country).await, &request, &json!({ "answer": "grant" })).await;
        assert_eq!((foreign.status, &foreign.bytes), (StatusCode::NOT_FOUND, &missing.bytes), "{country}");
    }
    assert_eq!(answers(&police, &request, &json!({ "answer": "grant" })).await.status, StatusCode::NOT_FOUND);
    // Norway has no hotline: the network's default lane tells its police, and nobody can widen it.
    let (tulip, odd) = (world.desk("NL").await, world.police("NO").await);
    let (report, _) = report(&tulip, "NO", 4).await;
    world.settle().await;
    let case = self::case(&odd, &report).await;
    let request = asks(&world, &odd, &case, "page").await.str("id");
    let refused = answers(&tulip, &request, &json!({ "answer": "grant" })).await.problem();
    assert_eq!((refused.0, refused.1.as_str()), (409, "request-no-agreement"));
    let held = odd.json("POST", &format!("{case}/holds"), &json!({ "reason": "x", "until": within(&world, 1) })).await;
    assert_eq!(held.problem().1, "hold-not-allowed");
    // Without an outer web nothing is looked up or fetched, and the hotline is told so instead of granting in vain.
    let request = asks(&world, &odd, &case, "recheck").await.str("id");
    assert_eq!(answers(&tulip, &request, &json!({ "answer": "grant" })).await.problem().1, "capture-off");
    world
}

async fn a_hold_is_as_long_as_the_agreement_allows(world: World) -> World {
    let (linden, derk) = (world.desk("DE").await, world.police("DE").await);
    let (report, item) = report(&linden, "DE", 1).await;
    world.settle().await;
    let case = case(&derk, &report).await;
    let place = async |days: i64| {
        let body = json!({ "reason": "an arrest is planned", "until": within(&world, days) });
        derk.json("POST", &format!("{case}/holds"), &body).await
    };
    let long = place(15).await.problem();
    assert_eq!(long, (422, "hold-too-long".into(), Some("until".into())), "14 days by clause 2.1");
    assert_eq!(place(-1).await.problem().1, "hold-ends-early");
    let placed = place(10).await;
    assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.text());
    let hold = placed.str("id");
    assert_eq!(place(10).await.problem().1, "hold-placed");
    let seen = items(&linden.get("/api/v1/holds").await);
    assert_eq!((&seen[0]["state"], &seen[0]["clause"]), (&json!("in_force"), &json!("2.1")));
    assert_eq!(seen[0]["reason"], "an arrest is planned");

    let change = async |what: &str, body: Value| derk.json("POST", &format!("{case}/holds/{hold}/{what}"), &body).await;
    let longer = |days| json!({ "until": within(&world, days), "reason": "not yet" });
    assert_eq!(change("extension", longer(5)).await.problem().1, "hold-not-longer");
    assert_eq!(change("extension", longer(15)).await.problem().1, "hold-too-long");
    assert_eq!(change("extension", longer(13)).await.status, StatusCode::CREATED);
    let oral = json!({ "form": "oral", "office": "an office", "reference": "1" });
    assert_eq!(change("approval", oral).await.problem().1, "hold-approval", "clause 2.1 asks for none");
    assert_eq!(change("end", json!({ "reason": "" })).await.problem().1, "missing");
    assert_eq!(change("end", json!({ "reason": "done" })).await.status, StatusCode::CREATED);
    assert_eq!(change("end", json!({ "reason": "done" })).await.problem().1, "hold-over");
    assert_eq!(items(&linden.get("/api/v1/holds").await).len(), 0);
    // Ending and placing anew gives no more days: they count from the first.
    world.app.db.clock().advance(3 * DAY);
    let derk = world.police("DE").await;
    let again = async |days: i64| {
        let body = json!({ "reason": "again", "until": within(&world, days) });
        derk.json("POST", &format!("{case}/holds"), &body).await
    };
    assert_eq!(again(12).await.problem().1, "hold-too-long");
    assert_eq!(again(10).await.status, StatusCode::CREATED);
    // One item has days of its own.
    let one = json!({ "item_id": item, "reason": "one", "until": within(&world, 14) });
    assert_eq!(derk.json("POST", &format!("{case}/holds"), &one).await.status, StatusCode::CREATED);
    let foreign = json!({ "item_id": report, "reason": "one", "until": within(&world, 14) });
    assert_eq!(derk.json("POST", &format!("{case}/holds"), &foreign).await.status, StatusCode::NOT_FOUND);
    let acts = derk.acts().await;
    for act in ["hold.placed", "hold.extended", "hold.ended"] {
        assert!(acts.contains(&act.to_owned()), "{act} in {acts:?}");
    }
    world
}

async fn a_hold_lapses_without_its_approval_and_stays_with_it(world: World) -> World {
    let (_, police, _, case) = belgian(&world).await;
    let body = json!({ "reason": "an arrest is planned", "until": within(&world, 20) });
    let hold = police.json("POST", &format!("{case}/holds"), &body).await.str("id");
    let state = async |who: &Caller| items(&who.get(&format!("{case}/holds")).await)[0].clone();
    let now = state(&police).await;
    assert_eq!((&now["state"], &now["due_form"]), (&json!("provisional"), &json!("oral")), "24 hours for the word");
    let approve = async |who: &Caller, form: &str| {
        let body = json!({ "form": form, "office": "Examining magistrate, Example", "reference": "2026/17" });
        who.json("POST", &format!("{case}/holds/{hold}/approval"), &body).await
    };
    assert_eq!(approve(&police, "nod").await.problem().1, "unknown-form");
    assert_eq!(approve(&police, "oral").await.status, StatusCode::CREATED);
    assert_eq!(approve(&police, "oral").await.problem().1, "hold-approved");
    world.app.db.clock().advance(71 * 3600);
    let (desk, police) = (world.desk("BE").await, world.police("BE").await);
    let now = state(&desk).await;
    assert_eq!((&now["state"], &now["due_form"]), (&json!("provisional"), &json!("written")));
    assert_eq!(
        (&now["oral"]["office"], &now["oral"]["by"]),
        (&json!("Examining magistrate, Example"), &json!("Bea Officer"))
    );
    assert_eq!(items(&desk.get("/api/v1/holds").await).len(), 1);
    world.app.db.clock().advance(3600);
    assert_eq!(state(&police).await["state"], "lapsed", "72 hours for the paper, and nothing had to run");
    assert_eq!(items(&desk.get("/api/v1/holds").await).len(), 0);
    assert_eq!(approve(&police, "written").await.problem().1, "hold-over", "too late");

    // With the paper in time it stays, until its date.
    let body = json!({ "reason": "the paper is here", "until": within(&world, 20) });
    let again = police.json("POST", &format!("{case}/holds"), &body).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.text());
    for form in ["written", "oral"] {
        let body = json!({ "form": form, "office": "an office", "reference": "1" });
        let path = format!("{case}/holds/{}/approval", again.str("id"));
        assert_eq!(police.json("POST", &path, &body).await.status, StatusCode::CREATED);
    }
    world.app.db.clock().advance(20 * DAY - 1);
    let (desk, police) = (world.desk("BE").await, world.police("BE").await);
    assert_eq!(state(&police).await["state"], "in_force");
    world.app.db.clock().advance(1);
    assert_eq!(state(&desk).await["state"], "over");
    world
}

async fn messages_have_an_author_and_an_explicit_receipt(world: World) -> World {
    let (desk, police, _, case) = belgian(&world).await;
    let path = format!("{case}/messages");
    let long = police.json("POST", &path, &json!({ "text": "x".repeat(4001) })).await.problem();
    assert_eq!(long, (422, "too-long".into(), Some("text".into())));
    assert_eq!(police.json("POST", &path, &json!({ "text": "a\u{202e}b" })).await.problem().1, "bad-character");
    let text = "Is there more of <b>this</b>?\nBea";
    let sent = police.json("POST", &path, &json!({ "text": text })).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text());
    let waiting = items(&desk.get("/api/v1/messages").await);
    assert_eq!(waiting.len(), 1, "looking is no receipt");
    assert_eq!(items(&desk.get("/api/v1/messages").await), waiting);
    assert_eq!((&waiting[0]["text"], &waiting[0]["author"]), (&json!(text), &json!("Bea Officer")));
    assert_eq!(waiting[0]["organisation"], "Example Police Belgium");
    let receipt = format!("{path}/{}/receipt", sent.str("id"));
    assert_eq!(police.json("POST", &receipt, &json!({})).await.problem().1, "message-read", "one's own");
    assert_eq!(desk.json("POST", &receipt, &json!({})).await.status, StatusCode::CREATED);
    assert_eq!(desk.json("POST", &receipt, &json!({})).await.problem().1, "message-read");
    assert_eq!(items(&desk.get("/api/v1/messages").await).len(), 0);
    world.app.db.clock().advance(1);
    desk.json("POST", &path, &json!({ "text": "Not that we know." })).await;
    let thread = items(&police.get(&path).await);
    assert_eq!((&thread[0]["read_by"], thread[0]["read_at"].is_string()), (&json!("Bram Analyst"), true));
    assert_eq!((&thread[1]["author"], &thread[1]["read_at"]), (&json!("Bram Analyst"), &Value::Null));
    assert_eq!(items(&desk.get(&path).await), thread, "both read the same");
    for foreign in [world.desk("NL").await, world.police("NL").await, world.police("DE").await] {
        assert_eq!(foreign.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(foreign.json("POST", &path, &json!({ "text": "x" })).await.status, StatusCode::NOT_FOUND);
    }
    // Nobody deletes a message: not even the program's own role can on PostgreSQL.
    if world.app.db.backend() == storage::Backend::Postgres {
        use sea_orm::ConnectionTrait;
        for sql in ["DELETE FROM case_message", "UPDATE case_message SET text = 'x'"] {
            let tx = world.app.db.begin(&desk.who.actor).await.unwrap();
            assert!(tx.execute_unprepared(sql).await.is_err(), "{sql}");
        }
    }
    world
}

async fn az_2_a_thing_of_another_case_does_not_exist(world: World) -> World {
    let (desk, police, _, mine) = belgian(&world).await;
    let (report, _) = report(&desk, "BE", 2).await;
    world.settle().await;
    let other = case(&police, &report).await;
    let request = asks(&world, &police, &mine, "page").await.str("id");
    let hold = json!({ "reason": "a lead", "until": within(&world, 5) });
    let hold = police.json("POST", &format!("{mine}/holds"), &hold).await.str("id");
    let message = desk.json("POST", &format!("{mine}/messages"), &json!({ "text": "hello" })).await.str("id");
    let approval = json!({ "form": "oral", "office": "x", "reference": "1" });
    let longer = json!({ "until": within(&world, 6), "reason": "x" });
    let nowhere = "01900000-0000-7000-8000-000000000000";
    let nested = [
        (format!("requests/{request}/withdrawal"), json!({})),
        (format!("holds/{hold}/approval"), approval),
        (format!("holds/{hold}/extension"), longer),
        (format!("holds/{hold}/end"), json!({ "reason": "x" })),
        (format!("messages/{message}/receipt"), json!({})),
        (format!("contact/{request}/answer"), json!({ "consents": true })),
    ];
    let missing = police.get(&format!("/api/v1/cases/{nowhere}")).await.bytes;
    let bea_elsewhere = world.police("DE").await;
    for (path, body) in &nested {
        for (who, case) in
            [(&police, other.as_str()), (&police, &format!("/api/v1/cases/{nowhere}")), (&bea_elsewhere, &mine)]
        {
            let answer = who.json("POST", &format!("{case}/{path}"), body).await;
            assert_eq!((answer.status, &answer.bytes), (StatusCode::NOT_FOUND, &missing), "{case}/{path}");
        }
        for id in [nowhere, "x", "..%2f"] {
            let mut parts: Vec<&str> = path.split('/').collect();
            parts[1] = id;
            let answer = police.json("POST", &format!("{mine}/{}", parts.join("/")), body).await;
            assert_eq!((answer.status, &answer.bytes), (StatusCode::NOT_FOUND, &missing), "{id} in {path}");
        }
    }
    assert_eq!(items(&police.get(&format!("{mine}/holds")).await)[0]["state"], "provisional", "nothing was changed");
    assert_eq!(items(&police.get(&format!("{mine}/requests")).await)[0]["state"], "open");
    assert_eq!(items(&police.get(&format!("{other}/requests")).await).len(), 0);
    world
}

async fn az_4_another_unit_with_the_same_report_sees_the_same_bytes(world: World) -> World {
    // One report of the Dutch hotline: the German police are told by theirs, the Dutch police by its own.
    let (tulip, linden) = (world.desk("NL").await, world.desk("DE").await);
    let (nora, derk) = (world.police("NL").await, world.police("DE").await);
    let (report, item) = report(&tulip, "DE", 5).await;
    world.settle().await;
    let (dutch, german) = (case(&nora, &report).await, case(&derk, &report).await);
    let asked = async || {
        let mut seen = Vec::new();
        let paths = [
            german.clone(),
            format!("{german}/items"),
            format!("{german}/requests"),
            format!("{german}/holds"),
            format!("{german}/messages"),
            format!("{german}/contact"),
            "/api/v1/cases".into(),
            "/api/v1/outcomes/due".into(),
            "/api/v1/holds".into(),
            format!("/api/v1/items/{item}/preview"),
        ];
        for path in paths {
            let answer = derk.get(&path).await;
            seen.push((path.clone(), answer.status, format!("{:?}", answer.headers), answer.text()));
        }
        for path in [format!("{dutch}/messages"), format!("{dutch}/holds"), format!("{dutch}/requests")] {
            let answer = linden.get(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "the other hotline has another thread");
            seen.push((path, answer.status, String::new(), answer.text()));
        }
        for path in ["/api/v1/requests", "/api/v1/messages", "/api/v1/contacts", "/api/v1/holds"] {
            let answer = linden.get(path).await;
            seen.push((path.into(), answer.status, String::new(), answer.text()));
        }
        seen
    };
    derk.get(&german).await;
    world.settle().await;
    let before = asked().await;
    // Everything a unit can do, done by the other one, and answered.
    for kind in ["page", "series", "files"] {
        let request = asks(&world, &nora, &dutch, kind).await.str("id");
        let answer = if kind == "series" {
            json!({ "answer": "decline", "reason": "no" })
        } else {
            json!({ "answer": "grant" })
        };
        assert_eq!(answers(&tulip, &request, &answer).await.status, StatusCode::CREATED);
        world.settle().await;
    }
    nora.json("POST", &format!("{dutch}/messages"), &json!({ "text": "hello" })).await;
    tulip.json("POST", &format!("{dutch}/messages"), &json!({ "text": "hello yourself" })).await;
    let said = nora.json("POST", &format!("{dutch}/outcome"), &json!({ "outcome": "useful" })).await;
    assert_eq!(said.status, StatusCode::CREATED);
    assert_eq!(nora.json("POST", &format!("{dutch}/contact"), &json!({})).await.status, StatusCode::CREATED);
    world.settle().await;
    let after = asked().await;
    for (was, is) in before.iter().zip(&after) {
        assert_eq!(was, is);
    }
    world
}

async fn az_7_nothing_is_said_on_a_withdrawn_disclosure(world: World) -> World {
    let (desk, police, report, case) = belgian(&world).await;
    let request = asks(&world, &police, &case, "page").await.str("id");
    let hold = json!({ "reason": "a lead", "until": within(&world, 5) });
    police.json("POST", &format!("{case}/holds"), &hold).await;
    let moved = json!({ "country": "FR", "reason": "it moved" });
    assert_eq!(desk.json("PUT", &format!("/api/v1/reports/{report}/hosting"), &moved).await.status, StatusCode::OK);
    world.settle().await;
    assert!(police.case_of(&report).await.is_none());
    let missing = police.get("/api/v1/cases/01900000-0000-7000-8000-000000000000").await.bytes;
    for (path, body) in [
        ("outcome", json!({ "outcome": "useful" })),
        ("requests", json!({ "kind": "page", "reason": "x", "due": within(&world, 1) })),
        ("holds", hold),
        ("messages", json!({ "text": "x" })),
        ("contact", json!({})),
    ] {
        let answer = police.json("POST", &format!("{case}/{path}"), &body).await;
        assert_eq!((answer.status, &answer.bytes), (StatusCode::NOT_FOUND, &missing), "{path}");
    }
    // The hotline cannot grant any more either, and what was held is not.
    assert_eq!(answers(&desk, &request, &json!({ "answer": "grant" })).await.status, StatusCode::NOT_FOUND);
    assert_eq!(items(&desk.get("/api/v1/requests").await).len(), 0);
    assert_eq!(items(&desk.get("/api/v1/holds").await).len(), 0);
    world
}

async fn an_insufficient_case_says_what_was_missing_and_the_analyst_reads_it(world: World) -> World {
    let (desk, police, report, case) = belgian(&world).await;
    let says = async |body: Value| police.json("POST", &format!("{case}/outcome"), &body).await;
    let silent = says(json!({ "outcome": "insufficient" })).await.problem();
    assert_eq!(silent, (422, "outcome-missing".into(), Some("missing".into())));
    assert_eq!(says(json!({ "outcome": "insufficient", "missing": ["money"] })).await.problem().1, "unknown-missing");
    assert_eq!(says(json!({ "outcome": "useful", "missing": ["page"] })).await.problem().1, "outcome-missing");
    let full = json!({ "outcome": "insufficient", "missing": ["page", "uploader"], "note": "only a picture" });
    assert_eq!(says(full).await.status, StatusCode::CREATED);
    world.settle().await;
    let feed = items(&desk.get("/api/v1/outcomes").await);
    assert_eq!((&feed[0]["report_id"], &feed[0]["outcome"]), (&json!(report), &json!("insufficient")));
    assert_eq!((&feed[0]["missing"], &feed[0]["note"]), (&json!(["page", "uploader"]), &json!("only a picture")));
    // Who does not want to know is told nothing, and only they.
    let niels = world.people.iter().find(|p| p.name.starts_with("Niels")).unwrap();
    let (anouk, niels) = (world.desk("NL").await, world.calling(niels).await);
    let (dutch, _) = self::report(&anouk, "DE", 9).await;
    world.settle().await;
    let derk = world.police("DE").await;
    let german = self::case(&derk, &dutch).await;
    derk.json("POST", &format!("{german}/outcome"), &json!({ "outcome": "victim_identified" })).await;
    world.settle().await;
    let off = niels.json("PUT", "/api/v1/outcomes/choice", &json!({ "off": true })).await;
    assert_eq!(off.status, StatusCode::OK, "{}", off.text());
    assert_eq!(items(&niels.get("/api/v1/outcomes").await).len(), 0);
    assert_eq!(items(&anouk.get("/api/v1/outcomes").await).len(), 1);
    niels.json("PUT", "/api/v1/outcomes/choice", &json!({ "off": false })).await;
    assert_eq!(items(&niels.get("/api/v1/outcomes").await).len(), 1);
    // A victim identified is news to both hotlines; another law's word is news, and never a new judgement.
    for who in [&anouk, &world.desk("DE").await] {
        let news = items(&who.get("/api/v1/news").await);
        assert_eq!((&news[0]["kind"], &news[0]["becomes"]), (&json!("victim_identified"), &json!("DE")));
    }
    world.app.db.clock().advance(1);
    let before = anouk.get(&format!("/api/v1/reports/{dutch}")).await.json()["items"].clone();
    derk.json("POST", &format!("{german}/outcome"), &json!({ "outcome": "not_illegal_here" })).await;
    world.settle().await;
    assert_eq!(anouk.get(&format!("/api/v1/reports/{dutch}")).await.json()["items"], before);
    assert_eq!(items(&anouk.get("/api/v1/news").await)[0]["kind"], "not_illegal_here");
    world
}

async fn fa_4_owed_outcomes_follow_from_time(world: World) -> World {
    let (_, police, report, case) = belgian(&world).await;
    assert_eq!(police.case_of(&report).await.unwrap()["outcome_days"], 60, "by clause 4");
    let remind = async || reports::outcome::remind(&world.app.db).await.unwrap();
    assert_eq!(remind().await, 0);
    world.app.db.clock().advance(30 * DAY - 1);
    let police = world.police("BE").await;
    assert_eq!(items(&police.get("/api/v1/outcomes/due").await).len(), 0);
    world.app.db.clock().advance(1);
    assert_eq!(items(&police.get("/api/v1/outcomes/due").await).len(), 1, "nothing had to run");
    assert_eq!((remind().await, remind().await), (1, 0), "noted once for each step");
    world.app.db.clock().advance(60 * DAY);
    assert_eq!((remind().await, remind().await), (1, 0));
    let police = world.police("BE").await;
    assert_eq!(items(&world.police("NL").await.get("/api/v1/outcomes/due").await).len(), 0, "nobody else's");
    police.json("POST", &format!("{case}/outcome"), &json!({ "outcome": "known" })).await;
    assert_eq!(items(&police.get("/api/v1/outcomes/due").await).len(), 0);
    world
}

async fn units_are_put_in_touch_only_when_both_consent(world: World) -> World {
    let (tulip, nora, derk) = (world.desk("NL").await, world.police("NL").await, world.police("DE").await);
    let (alone, _) = report(&world.desk("BE").await, "BE", 8).await;
    let (shared, _) = report(&tulip, "DE", 7).await;
    world.settle().await;
    let bea = world.police("BE").await;
    let single = case(&bea, &alone).await;
    assert_eq!(bea.get(&format!("{single}/contact")).await.json()["another_unit"], false);
    assert_eq!(bea.json("POST", &format!("{single}/contact"), &json!({})).await.problem().1, "contact-nobody");

    let (dutch, german) = (case(&nora, &shared).await, case(&derk, &shared).await);
    let contact = async |who: &Caller, case: &str| who.get(&format!("{case}/contact")).await.json();
    let hint = json!({ "another_unit": true, "asked": false, "questions": [] });
    assert_eq!((contact(&nora, &dutch).await, contact(&derk, &german).await), (hint.clone(), hint.clone()));
    let silent = async |who: &Caller, case: &str, other: &str| {
        for path in [case.to_owned(), format!("{case}/contact"), format!("{case}/messages")] {
            assert!(!who.get(&path).await.text().contains(other), "{path} names {other}");
        }
    };
    assert_eq!(nora.json("POST", &format!("{dutch}/contact"), &json!({})).await.status, StatusCode::CREATED);
    assert_eq!(nora.json("POST", &format!("{dutch}/contact"), &json!({})).await.problem().1, "contact-asked");
    assert_eq!(contact(&derk, &german).await, hint, "nothing happens before the hotline passes it on");
    let wishes = items(&tulip.get("/api/v1/contacts").await);
    let forward = format!("/api/v1/contacts/{}/forward", wishes[0]["id"].as_str().unwrap());
    assert_eq!(world.desk("DE").await.json("POST", &forward, &json!({})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(tulip.json("POST", &forward, &json!({})).await.status, StatusCode::CREATED);
    assert_eq!(tulip.json("POST", &forward, &json!({})).await.problem().1, "contact-forwarded");
    world.settle().await;
    let put = contact(&derk, &german).await;
    assert_eq!(put["questions"].as_array().unwrap().len(), 1);
    silent(&derk, &german, "Police Netherlands").await;
    silent(&nora, &dutch, "Police Germany").await;
    let question = put["questions"][0]["id"].as_str().unwrap();
    let answer = format!("{german}/contact/{question}/answer");
    let yes = derk.json("POST", &answer, &json!({ "consents": true })).await;
    assert_eq!(yes.status, StatusCode::CREATED, "{}", yes.text());
    assert_eq!(derk.json("POST", &answer, &json!({ "consents": false })).await.problem().1, "contact-answered");
    world.settle().await;
    for (who, case, other) in
        [(&nora, &dutch, "Example Police Germany"), (&derk, &german, "Example Police Netherlands")]
    {
        let told = items(&who.get(&format!("{case}/messages")).await);
        assert!(told[0]["text"].as_str().unwrap().contains(other), "{told:?}");
    }

    // Declined: whoever asked is told nothing, and sees the same bytes as before.
    let (other, _) = report(&tulip, "DE", 6).await;
    world.settle().await;
    let (dutch, german) = (case(&nora, &other).await, case(&derk, &other).await);
    nora.json("POST", &format!("{dutch}/contact"), &json!({})).await;
    let wish = items(&tulip.get("/api/v1/contacts").await)[0]["id"].as_str().unwrap().to_owned();
    tulip.json("POST", &format!("/api/v1/contacts/{wish}/forward"), &json!({})).await;
    world.settle().await;
    let before = (contact(&nora, &dutch).await, nora.get(&format!("{dutch}/messages")).await.text());
    let question = contact(&derk, &german).await["questions"][0]["id"].as_str().unwrap().to_owned();
    let no = derk.json("POST", &format!("{german}/contact/{question}/answer"), &json!({ "consents": false })).await;
    assert_eq!(no.status, StatusCode::CREATED);
    world.settle().await;
    assert_eq!((contact(&nora, &dutch).await, nora.get(&format!("{dutch}/messages")).await.text()), before);
    silent(&derk, &german, "Police Netherlands").await;
    world
}

async fn a_case_is_read_a_page_at_a_time(world: World) -> World {
    let (desk, police, report, case) = belgian(&world).await;
    for seed in 20..25 {
        let item = desk.adds(&report, "b.png", &pictures::png(seed)).await;
        desk.classifies(&item, "baseline").await;
    }
    world.settle().await;
    let all: Vec<Value> = police.get(&case).await.json()["items"].as_array().unwrap().clone();
    assert_eq!(all.len(), 6);
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = police.get(&format!("{case}/items?limit=2{cursor}")).await.json();
        paged.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all, "every item once, in the order of the report");
    for bad in ["limit=0", "limit=201", "cursor=x"] {
        assert_eq!(police.get(&format!("{case}/items?{bad}")).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    assert_eq!(world.police("NL").await.get(&format!("{case}/items")).await.status, StatusCode::NOT_FOUND);
    world
}

async fn a_granted_look_up_and_re_check_show_on_the_case(world: World) -> World {
    let (world, stage) = world.on_stage(SCOUT).await;
    let (tulip, linden, derk) = (world.desk("NL").await, world.desk("DE").await, world.police("DE").await);
    let new = json!({ "source_url": stage.page("short"), "received_at": "2026-06-01T11:00:00Z" });
    let report = tulip.json("POST", "/api/v1/reports", &new).await.str("id");
    world.settle().await;
    let full = tulip.get(&format!("/api/v1/reports/{report}")).await.json();
    for item in full["items"].as_array().unwrap() {
        assert_eq!(tulip.classifies(item, "baseline").await.status, StatusCode::OK);
    }
    let word = json!({ "country": "DE", "reason": "the content itself lies there" });
    tulip.json("PUT", &format!("/api/v1/reports/{report}/hosting"), &word).await;
    world.settle().await;
    let case = case(&derk, &report).await;
    let captures = derk.get(&case).await.json()["captures"].as_array().unwrap().len();
    world.app.db.clock().advance(60);
    for kind in ["trace", "recheck"] {
        let request = asks(&world, &derk, &case, kind).await.str("id");
        let granted = answers(&linden, &request, &json!({ "answer": "grant" })).await;
        assert_eq!(granted.status, StatusCode::CREATED, "{}", granted.text());
        world.settle().await;
    }
    let listed = items(&derk.get(&format!("{case}/requests")).await);
    let result = |kind: &str| listed.iter().find(|r| r["kind"] == kind).unwrap()["result"].clone();
    assert_eq!(
        (result("trace"), result("recheck")),
        (json!("BE"), json!("there")),
        "as it was looked up, and still up"
    );
    let open = derk.get(&case).await.json();
    assert_eq!(open["captures"].as_array().unwrap().len(), captures + 1, "the fetch is part of the case");
    world
}
