//! Every step, looks included, is in the log, in the transaction of the act.

use crate::lists_by_api;
use axum::http::StatusCode;
use serde_json::json;
use storage::Backend;
use testkit::{World, pictures, stories};

stories! {
    au_6_each_step_of_the_main_job_is_in_the_log_of_whoever_took_it
    au_6_every_route_writes_exactly_one_entry
    au_7_a_look_that_cannot_be_logged_shows_nothing
    the_log_is_read_by_its_own_organisation_and_filtered
    opening_a_file_needs_a_purpose_and_logs_it
}

async fn au_6_each_step_of_the_main_job_is_in_the_log_of_whoever_took_it(world: World) -> World {
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    let case = de.case_of(&report).await.unwrap();
    let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
    de.get(&path).await;
    de.json("POST", &format!("{path}/outcome"), &json!({ "outcome": "known" })).await;
    world.settle().await;
    nl.get(&format!("/api/v1/reports/{report}/outcomes")).await;
    // The story's clock stands still, so entries of one moment come in any order.
    let steps = |acts: Vec<String>| {
        let told = |a: &String| {
            !matches!(a.as_str(), "token.made" | "person.added" | "organisation.admitted" | "agreement.signed")
        };
        {
            let mut acts: Vec<String> = acts.into_iter().filter(told).collect();
            acts.sort();
            acts
        }
    };
    assert_eq!(
        steps(nl.acts().await),
        // `item.disclosed` stands with the hotline whose agreement gave it: the Dutch one told its own police facts.
        ["item.assessed", "item.disclosed", "outcomes.read", "report.accepted", "report.files_added", "report.read"]
    );
    assert_eq!(steps(de.acts().await), ["case.answered", "case.read", "case.received", "cases.read"]);
    let linden = steps(world.desk("DE").await.acts().await);
    assert_eq!(linden, ["item.disclosed"], "the German one told the German police");
    world
}

async fn au_6_every_route_writes_exactly_one_entry(world: World) -> World {
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    let (item, case) = (item["id"].as_str().unwrap().to_owned(), de.case_of(&report).await.unwrap());
    let case = case["id"].as_str().unwrap().to_owned();
    let capture = world.captured(&nl, &report).await;
    let pia = lists_by_api::interpol(&world).await;
    let list = lists_by_api::publishes(&pia, "Baseline", "baseline").await;
    lists_by_api::agree(&pia, &list, &nl, true).await;
    let like = lists_by_api::suggests(&world, &pia, &nl, &list, &pictures::png(1234)).await;
    let like = like["id"].as_str().unwrap().to_owned();
    let entry = lists_by_api::entries(&pia, &list).await[0]["id"].as_str().unwrap().to_owned();
    let import =
        lists_by_api::imports(&pia, &list, "format=text", lists_by_api::sha256(b"x").as_bytes()).await.str("id");
    world.settle().await;
    let id = list.rsplit('/').next().unwrap().to_owned();
    let agreement = crate::agreements::agreement_of(&nl).await;
    let search = json!({ "filter": { "class": "baseline" } });
    let search = de.json("POST", "/api/v1/case-searches", &search).await.str("id");
    let folder = de.json("POST", "/api/v1/folders", &json!({ "name": "A story" })).await.str("id");
    let package = crate::rights::taken_along(&world, &de, &case).await;
    let (proposal, exhibit, _) = crate::domains::of_each_kind(&world).await;
    let irish = world.police("IE").await;
    let pim = crate::name_server::pim(&world).await;
    let looks = [
        (&nl, "/api/v1/lists".to_owned(), "lists.read"),
        (&nl, "/api/v1/lists/keys".into(), "lists.read"),
        (&nl, list.clone(), "list.read"),
        (&nl, format!("{list}/terms"), "list.read"),
        (&nl, format!("{list}/entries"), "entries.read"),
        (&nl, format!("{list}/entries/{entry}"), "entries.read"),
        (&nl, format!("{list}/export?format=jsonl"), "entries.read"),
        (&nl, format!("{list}/votes"), "votes.read"),
        (&nl, format!("{list}/candidates"), "candidates.read"),
        (&pia, format!("{list}/imports"), "imports.read"),
        (&pia, format!("{list}/imports/{import}"), "imports.read"),
        (&pia, format!("{list}/imports/{import}/refused"), "imports.read"),
        (&pia, format!("{list}/subscriptions"), "subscriptions.read"),
        (&nl, "/hashsharing/v2/status".into(), "directory.read"),
        (&nl, "/hashsharing/v2/members".into(), "directory.read"),
        (&nl, "/hashsharing/v2/entries".into(), "entries.read"),
        (&nl, "/hashsharing/v2/feedback/MD5/reasons".into(), "lists.read"),
        (&nl, "/hashsharing/v2/categorizations".into(), "lists.read"),
        (&nl, "/api/v1/candidates".into(), "candidates.read"),
        (&de, format!("/api/v1/cases/{case}/list-entries"), "case.read"),
        (&nl, "/hma/status".into(), "lists.read"),
        (&nl, "/hma/m/index/status".into(), "lists.read"),
        (&nl, "/hashlookup/info".into(), "lists.read"),
        (&nl, format!("/hma/m/raw_lookup?signal_type=md5&signal={}", base::hex(&[7; 16])), "hashes.asked"),
        (&nl, format!("/hma/m/lookup?signal_type=md5&signal={}", base::hex(&[7; 16])), "hashes.asked"),
        (&nl, format!("/hashlookup/lookup/sha256/{}", lists_by_api::sha256(b"x")), "hashes.asked"),
        (&nl, format!("/api/v1/items/{like}/suggestion"), "item.read"),
        (&nl, format!("/api/v1/settlements?list={id}"), "settling.read"),
        (&nl, "/api/v1/doubts".into(), "settling.read"),
        (&nl, "/api/v1/me".to_owned(), "person.read"),
        (&nl, "/api/v1/reports".into(), "reports.read"),
        (&nl, format!("/api/v1/reports/{report}"), "report.read"),
        (&nl, format!("/api/v1/reports/{report}/outcomes"), "outcomes.read"),
        (&nl, "/api/v1/items".into(), "items.read"),
        (&nl, format!("/api/v1/items/{item}"), "item.read"),
        (&nl, format!("/api/v1/items/{item}/preview"), "item.previewed"),
        (&nl, format!("/api/v1/items/{item}/file?purpose=look"), "item.opened"),
        (&nl, format!("/api/v1/reports/{report}/captures"), "captures.read"),
        (&nl, format!("/api/v1/reports/{report}/trace"), "trace.read"),
        (&nl, format!("/api/v1/items/{item}/sightings"), "item.read"),
        (&nl, format!("/api/v1/items/{item}/device"), "item.device_read"),
        (&nl, format!("/api/v1/items/{item}/custody"), "custody.read"),
        (&nl, format!("/api/v1/captures/{capture}"), "capture.read"),
        (&nl, format!("/api/v1/captures/{capture}/archive?purpose=look"), "capture.archive_opened"),
        (&nl, format!("/api/v1/captures/{capture}/picture?purpose=look"), "capture.picture_opened"),
        (&nl, "/api/v1/news".into(), "news.read"),
        (&nl, "/api/v1/agreements".into(), "agreements.read"),
        (&nl, format!("/api/v1/agreements/{agreement}"), "agreement.read"),
        (&nl, format!("/api/v1/agreements/{agreement}/versions/1"), "agreement.read"),
        (&nl, format!("/api/v1/agreements/{agreement}/versions/1/toml"), "agreement.read"),
        (&nl, format!("/api/v1/agreements/{agreement}/versions/1/simulation"), "agreement.simulated"),
        (&nl, "/api/v1/audit?limit=1".into(), "audit.read"),
        (&de, "/api/v1/cases".into(), "cases.read"),
        (&de, format!("/api/v1/cases/{case}"), "case.read"),
        (&de, format!("/api/v1/cases/{case}/items"), "case.read"),
        (&de, format!("/api/v1/cases/{case}/contact"), "thread.read"),
        (&de, format!("/api/v1/cases/{case}/notes"), "notes.read"),
        (&nl, format!("/api/v1/reports/{report}/notes"), "notes.shared_read"),
        (&de, format!("/api/v1/cases/{case}/alike"), "cases.read"),
        (&de, "/api/v1/colleagues".into(), "colleagues.read"),
        (&de, "/api/v1/case-searches".into(), "searches.read"),
        (&de, format!("/api/v1/case-searches/{search}"), "searches.read"),
        (&de, "/api/v1/mail-address".into(), "searches.read"),
        (&de, "/api/v1/folders".into(), "folders.read"),
        (&de, format!("/api/v1/folders/{folder}"), "folder.read"),
        (&de, format!("/api/v1/folders/{folder}/cases"), "folder.read"),
        (&de, "/api/v1/urgency".into(), "urgency.read"),
        (&de, "/api/v1/cases/changes".into(), "cases.changes_read"),
        (&de, "/api/v1/webhook".into(), "webhook.read"),
        (&de, format!("/api/v1/cases/{case}/packages"), "packages.read"),
        (&de, "/api/v1/packages".into(), "packages.read"),
        (&de, "/api/v1/packages/keys".into(), "packages.keys_read"),
        (&de, "/api/v1/me/package-key".into(), "package.key_read"),
        (&de, format!("/api/v1/packages/{package}"), "package.read"),
        (&de, format!("/api/v1/packages/{package}/file"), "package.downloaded"),
        (&de, format!("/api/v1/cases/{case}/requests"), "thread.read"),
        (&de, format!("/api/v1/cases/{case}/messages"), "thread.read"),
        (&de, format!("/api/v1/cases/{case}/holds"), "hold.read"),
        (&de, "/api/v1/holds".into(), "holds.read"),
        (&de, "/api/v1/outcomes/due".into(), "cases.read"),
        (&nl, "/api/v1/requests".into(), "dialogue.read"),
        (&pim, "/api/v1/blocklist".into(), "domains.fetched"),
        (&pim, "/api/v1/blocklist/provider".into(), "provider.read"),
        (&pim, "/api/v1/blocklist/fetches".into(), "provider.read"),
        (&pia, "/api/v1/link".into(), "link.read"),
        (&pia, "/api/v1/link/dispatches".into(), "dispatches.read"),
        (&pia, "/api/v1/domains".into(), "domains.read"),
        (&pia, "/api/v1/domains/candidates".into(), "domains.candidates_read"),
        (&pia, "/api/v1/domains/history?domain=bad.example".into(), "domains.read"),
        (&pia, "/api/v1/domains/complaints".into(), "domains.complaints_read"),
        (&pia, "/api/v1/domains/tasks".into(), "domains.tasks_read"),
        (&de, "/api/v1/domains/check?domain=bad.example".into(), "domain.checked"),
        (&de, "/api/v1/domains/proposals".into(), "domains.proposals_read"),
        (&de, format!("/api/v1/domains/proposals/{proposal}"), "domain.proposal_read"),
        (
            &pia,
            format!("/api/v1/domains/proposals/{proposal}/exhibits/{exhibit}/picture?purpose=look"),
            "domain.picture_opened",
        ),
        (&irish, "/api/v1/domains/reviews".into(), "domains.reviews_read"),
        (&irish, format!("/api/v1/domains/reviews/{proposal}"), "domain.review_read"),
        (&nl, "/api/v1/messages".into(), "dialogue.read"),
        (&nl, "/api/v1/contacts".into(), "dialogue.read"),
        (&nl, "/api/v1/outcomes".into(), "outcomes.feed_read"),
        (&de, format!("/api/v1/items/{item}/preview"), "item.previewed"),
        (&de, format!("/api/v1/items/{item}/file?purpose=look"), "item.opened"),
        (&de, format!("/api/v1/items/{item}/custody"), "custody.read"),
        (&de, format!("/api/v1/captures/{capture}"), "capture.read"),
    ];
    let described = serde_json::to_value(web::openapi()).unwrap();
    let gets = described["paths"].as_object().unwrap().values().filter(|p| p.get("get").is_some()).count();
    let mut paths: Vec<String> = looks
        .iter()
        .map(|(_, p, _)| {
            p.replace(&report, "{id}")
                .replace(&item, "{id}")
                .replace(&case, "{id}")
                .replace(&capture, "{id}")
                .replace(&id, "{id}")
                .replace(&like, "{id}")
                .replace(&entry, "{entry}")
                .replace(&import, "{import}")
                .replace(&agreement, "{id}")
                .replace(&search, "{id}")
                .replace(&folder, "{id}")
                .replace(&package, "{id}")
                .replace(&proposal, "{id}")
                .replace(&exhibit, "{exhibit}")
                .replace("/versions/1", "/versions/{version}")
                .replace("/MD5/", "/{type}/")
                .replace(&format!("sha256/{}", lists_by_api::sha256(b"x")), "{kind}/{hash}")
                .split('?')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    paths.sort();
    paths.dedup();
    let others =
        web::hash_sharing::ROUTES.iter().chain(&web::lookup::ROUTES).filter(|(method, _)| *method == "GET").count();
    assert_eq!(paths.len(), gets + others, "a new route that reads needs its line here");
    for (who, path, act) in looks {
        world.app.db.clock().advance(1);
        let before = world.verify_log().await;
        assert_eq!(who.get(&path).await.status, StatusCode::OK, "{path}");
        assert_eq!(world.verify_log().await, before + 1, "{path}");
        assert_eq!(who.acts().await.first().map(String::as_str), Some(act), "{path}");
    }
    world
}

async fn au_7_a_look_that_cannot_be_logged_shows_nothing(world: World) -> World {
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    // From here on the log refuses entries of people, as a full disk would.
    let (refuse, accept) = match world.app.db.backend() {
        Backend::Sqlite => (
            "CREATE TRIGGER full BEFORE INSERT ON audit_entry WHEN NEW.machine IS NULL
             BEGIN SELECT RAISE(ABORT, 'disk full'); END",
            "DROP TRIGGER full",
        ),
        Backend::Postgres => (
            "ALTER TABLE audit_entry ADD CONSTRAINT full_disk CHECK (machine IS NOT NULL) NOT VALID",
            "ALTER TABLE audit_entry DROP CONSTRAINT full_disk",
        ),
    };
    world.as_owner(refuse).await;
    let id = item["id"].as_str().unwrap();
    for path in
        [format!("/api/v1/items/{id}/file?purpose=look"), format!("/api/v1/reports/{report}"), "/api/v1/reports".into()]
    {
        let answer = nl.get(&path).await;
        assert_eq!(answer.problem(), (500, "internal".into(), None), "{path}");
        assert!(!answer.text().contains("full"), "no detail leaks");
    }
    let body = json!({ "class": "baseline" });
    assert_eq!(nl.json("PUT", &format!("/api/v1/items/{id}/assessment"), &body).await.status.as_u16(), 500);
    world.as_owner(accept).await;
    let same = nl.get(&format!("/api/v1/items/{id}")).await.json();
    assert_eq!(same["assessment"], json!(null), "an act that is not in the log did not happen");
    world
}

async fn the_log_is_read_by_its_own_organisation_and_filtered(world: World) -> World {
    let nl = world.desk("NL").await;
    let arie = world.people.iter().find(|p| p.name.starts_with("Arie")).unwrap();
    let auditor = world.calling(arie).await;
    let report = nl.reports("DE").await;
    world.app.db.clock().advance(3600);
    nl.get(&format!("/api/v1/reports/{report}")).await;
    let by_act = auditor.get("/api/v1/audit?act=report.read").await.json();
    assert_eq!(by_act["items"].as_array().unwrap().len(), 1);
    assert_eq!(by_act["items"][0]["person"]["name"], "Anouk Analyst");
    let later = auditor.get("/api/v1/audit?from=2026-06-01T12:30:00Z&act=report.accepted").await.json();
    assert_eq!(later["items"].as_array().unwrap().len(), 0);
    let earlier = auditor.get("/api/v1/audit?until=2026-06-01T12:30:00Z&act=report.accepted").await.json();
    assert_eq!(earlier["items"].as_array().unwrap().len(), 1);
    let by_person = auditor.get(&format!("/api/v1/audit?person={}", nl.who.person)).await.json();
    assert!(by_person["items"].as_array().unwrap().iter().all(|e| e["person"]["id"] == nl.who.person.to_string()));
    let page = auditor.get("/api/v1/audit?limit=2").await.json();
    let next = auditor.get(&format!("/api/v1/audit?limit=2&cursor={}", page["next"].as_str().unwrap())).await.json();
    assert_ne!(page["items"][0]["id"], next["items"][0]["id"]);
    for bad in ["from=x", "person=x", "subject=1", "cursor=1"] {
        assert_eq!(auditor.get(&format!("/api/v1/audit?{bad}")).await.problem().0, 422, "{bad}");
    }
    assert_eq!(auditor.get("/api/v1/reports").await.problem().1, "not-yours", "an auditor reads the log, nothing else");
    world
}

async fn opening_a_file_needs_a_purpose_and_logs_it(world: World) -> World {
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    let path = format!("/api/v1/items/{}/file", item["id"].as_str().unwrap());
    for bad in [path.clone(), format!("{path}?purpose="), format!("{path}?purpose=%0a")] {
        assert_eq!(nl.get(&bad).await.problem(), (422, "purpose-missing".into(), Some("purpose".into())), "{bad}");
    }
    let two_lines = nl.get(&format!("{path}?purpose=a%0ab")).await;
    assert_eq!(two_lines.problem().1, "bad-character");
    assert_eq!(nl.get(&format!("{path}?purpose=second%20look")).await.status, StatusCode::OK);
    let log = nl.get("/api/v1/audit?act=item.opened").await.json();
    assert_eq!(log["items"].as_array().unwrap().len(), 1);
    assert_eq!((&log["items"][0]["purpose"], &log["items"][0]["verb"]), (&json!("second look"), &json!("consult")));
    world
}
