//! The pages: who reaches which, what a foreign one looks like, sessions, and the forms without scripts.

use crate::{lists_by_api, rights::taken_along};
use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use serde_json::json;
use testkit::{Answer, Caller, Form, World, pictures, stories};

stories! {
    az_1_every_page_and_person
    au_6_every_page_writes_its_entry
    se_3_sessions_end_when_idle_when_old_and_at_sign_out
    se_5_a_request_from_another_site_is_refused
    se_7_every_answer_carries_the_headers
    the_forms_work_without_scripts
    a_look_at_an_original_works_once_for_one_person_for_a_minute
    sign_in_links_exist_in_the_demo_only
    the_pages_of_lists_work_without_scripts
}

/// Somebody in a browser.
pub struct Browser {
    pub caller: Caller,
    cookie: String,
}

impl Browser {
    /// Signs in.
    pub async fn of(caller: Caller) -> Self {
        let body = format!("token={}", caller.token);
        let answer = post(&caller, "", "/sign-in", &body).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        Self { cookie: cookie.split(';').next().unwrap().to_owned(), caller }
    }

    /// The cookie of the session.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Looks at a page.
    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap();
        self.caller.send(request).await
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        post(&self.caller, &self.cookie, path, body).await
    }

    pub async fn upload(&self, path: &str, form: Form) -> Answer {
        self.caller.form(path, form, &[("cookie", &self.cookie)]).await
    }
}

async fn post(caller: &Caller, cookie: &str, path: &str, body: &str) -> Answer {
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .unwrap();
    caller.send(request).await
}

pub fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.headers["location"].to_str().unwrap().to_owned()
}

struct Things {
    report: String,
    item: String,
    case: String,
    agreement: String,
    capture: String,
    list: String,
    import: String,
    search: String,
    folder: String,
    package: String,
    proposal: String,
}

async fn things(world: &World) -> Things {
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await["id"].as_str().unwrap().to_owned();
    nl.classifies(&json!({ "id": item }), "baseline").await;
    world.settle().await;
    let case = de.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let agreement = de.get("/api/v1/agreements").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let capture = world.captured(&nl, &report).await;
    let pia = lists_by_api::interpol(world).await;
    let list = lists_by_api::publishes(&pia, "Baseline", "baseline").await;
    lists_by_api::agree(&pia, &list, &nl, true).await;
    let import =
        lists_by_api::imports(&pia, &list, "format=text", lists_by_api::sha256(b"x").as_bytes()).await.str("id");
    world.settle().await;
    let list = list.rsplit('/').next().unwrap().to_owned();
    let search = json!({ "filter": { "class": "baseline" } });
    let search = de.json("POST", "/api/v1/case-searches", &search).await.str("id");
    let folder = de.json("POST", "/api/v1/folders", &json!({ "name": "A story" })).await.str("id");
    let package = taken_along(world, &de, &case).await;
    let proposal = crate::domains::in_review(world).await;
    Things { report, item, case, agreement, capture, list, import, search, folder, package, proposal }
}

pub const NOWHERE: &str = "01900000-0000-7000-8000-000000000000";

/// Pages that are looked at, with the act each writes.
pub const PAGES: &[(&str, &str)] = &[
    ("/desk", "reports.read"),
    ("/desk/reports/new", ""),
    ("/desk/reports/{report}", "report.read"),
    ("/desk/assess", "items.read"),
    ("/desk/owned", "items.read"),
    ("/desk/police", "dialogue.read"),
    ("/desk/cases/{case}", "thread.read"),
    ("/desk/outcomes", "outcomes.feed_read"),
    ("/desk/doubts", "settling.read"),
    ("/desk/items/{item}/preview", "item.previewed"),
    ("/desk/items/{item}/open", "item.read"),
    ("/desk/items/{item}/custody", "custody.read"),
    ("/desk/captures/{capture}", "capture.read"),
    ("/police", "cases.read"),
    ("/police/cases/{case}", "case.read"),
    ("/police/cases/{case}/alike", "cases.read"),
    ("/police/searches", "searches.read"),
    ("/police/searches/{search}", "cases.read"),
    ("/police/folders", "folders.read"),
    ("/police/folders/{folder}", "folder.read"),
    ("/police/urgency", "urgency.read"),
    ("/police/cases/{case}/package", "package.form_read"),
    ("/police/packages/{package}", "package.read"),
    ("/police/packages/{package}/file", "package.downloaded"),
    ("/police/due", "cases.read"),
    ("/police/items/{item}/preview", "item.previewed"),
    ("/police/items/{item}/open", "item.read"),
    ("/police/items/{item}/custody", "custody.read"),
    ("/police/captures/{capture}", "capture.read"),
    ("/police/domains", "domains.reviews_read"),
    ("/police/domains/{proposal}", "domain.review_read"),
    ("/domains/new", ""),
    ("/domains/new?domain=bad.example", "domain.checked"),
    ("/domains/proposals/{proposal}", "domain.proposal_read"),
    ("/interpol", "link.read"),
    ("/interpol/domains", "domains.proposals_read"),
    ("/interpol/domains/list", "domains.read"),
    ("/interpol/domains/history", ""),
    ("/interpol/domains/history?domain=bad.example", "domains.read"),
    ("/interpol/domains/complaints", "domains.complaints_read"),
    ("/complaints", ""),
    ("/lists", "lists.read"),
    ("/lists/new", ""),
    ("/lists/{list}", "list.read"),
    ("/lists/{list}/imports/{import}", "imports.read"),
    ("/lists/{list}/export?format=csv", "entries.read"),
    ("/network", "directory.read"),
    ("/network/agreements/new", "directory.read"),
    ("/network/agreements/{agreement}", "agreement.read"),
    ("/network/agreements/{agreement}?try=yes", "agreement.simulated"),
    ("/network/agreements/{agreement}/versions/1/toml", "agreement.read"),
    ("/partner", "provider.read"),
    ("/audit", "audit.read"),
];

fn filled(page: &str, things: &Things) -> String {
    page.replace("{report}", &things.report)
        .replace("{item}", &things.item)
        .replace("{case}", &things.case)
        .replace("{agreement}", &things.agreement)
        .replace("{capture}", &things.capture)
        .replace("{list}", &things.list)
        .replace("{import}", &things.import)
        .replace("{search}", &things.search)
        .replace("{folder}", &things.folder)
        .replace("{package}", &things.package)
        .replace("{proposal}", &things.proposal)
}

/// What the rules say, from kinds, roles and agreements alone.
fn expected(page: &str, who: &Caller) -> u16 {
    let (kind, role) = (who.who.actor.kind.word(), who.who.actor.role.word());
    let country = who.who.actor.country.map(|c| c.to_string()).unwrap_or_default();
    let (analyst, police) = (kind == "hotline" && role == "analyst", kind == "lea");
    let publisher = kind == "interpol" && role == "officer";
    let (party, told) = (analyst && (country == "NL" || country == "DE"), police && country == "DE");
    let unless = |ok: bool, refused| if ok { 200 } else { refused };
    match page {
        "/desk" | "/desk/reports/new" | "/desk/assess" | "/desk/owned" | "/desk/police" | "/desk/outcomes"
        | "/desk/doubts" => unless(analyst, 403),
        // The hotline whose agreement gave the case talks with its police.
        "/desk/cases/{case}" => unless(analyst && country == "DE", 404),
        "/desk/reports/{report}" => unless(party, 404),
        // One page for both, under two names: whoever may open the file sees it.
        "/desk/items/{item}/preview"
        | "/desk/items/{item}/open"
        | "/desk/items/{item}/custody"
        | "/desk/captures/{capture}"
        | "/police/items/{item}/preview"
        | "/police/items/{item}/open"
        | "/police/items/{item}/custody"
        | "/police/captures/{capture}" => unless(party || told, 404),
        "/police" | "/police/searches" | "/police/folders" | "/police/urgency" | "/police/due" => unless(police, 403),
        "/police/cases/{case}"
        | "/police/cases/{case}/alike"
        | "/police/cases/{case}/package"
        | "/police/packages/{package}"
        | "/police/packages/{package}/file"
        | "/police/searches/{search}"
        | "/police/folders/{folder}" => unless(told, 404),
        "/complaints" => 200,
        "/police/domains" => unless(police, 403),
        // Addressed to the Irish police, proposed by the German ones.
        "/police/domains/{proposal}" => unless(police && country == "IE", 404),
        "/domains/proposals/{proposal}" => unless(publisher || told, 404),
        "/domains/new" | "/domains/new?domain=bad.example" => unless(publisher || police, 403),
        "/interpol" => unless(publisher || (kind == "network" && role == "secretary"), 403),
        p if p.starts_with("/interpol/domains") => unless(publisher, 403),
        "/lists" => unless(role != "auditor", 403),
        "/lists/new" => unless(matches!(role, "analyst" | "officer" | "secretary"), 403),
        "/lists/{list}" | "/lists/{list}/export?format=csv" => unless(publisher || (analyst && country == "NL"), 404),
        "/lists/{list}/imports/{import}" => unless(publisher, 404),
        "/network" => unless(role != "auditor", 403),
        "/network/agreements/new" => unless(analyst || (police && role == "officer") || kind == "network", 403),
        "/network/agreements/{agreement}"
        | "/network/agreements/{agreement}?try=yes"
        | "/network/agreements/{agreement}/versions/1/toml" => {
            unless(kind == "network" || (country == "DE" && (analyst || police)), 404)
        }
        "/partner" => unless(kind == "asp" && role == "operator", 403),
        "/audit" => 200,
        other => panic!("{other} is not in the model"),
    }
}

async fn az_1_every_page_and_person(world: World) -> World {
    let things = things(&world).await;
    let nowhere = Things {
        report: NOWHERE.into(),
        item: NOWHERE.into(),
        case: NOWHERE.into(),
        agreement: NOWHERE.into(),
        capture: NOWHERE.into(),
        list: NOWHERE.into(),
        import: NOWHERE.into(),
        search: NOWHERE.into(),
        folder: NOWHERE.into(),
        package: NOWHERE.into(),
        proposal: NOWHERE.into(),
    };
    let mut wrong = Vec::new();
    for person in &world.people {
        let browser = Browser::of(world.calling(person).await).await;
        for &(page, _) in PAGES {
            let answer = browser.get(&filled(page, &things)).await;
            let want = expected(page, &browser.caller);
            if answer.status.as_u16() != want {
                wrong.push(format!("{page} as {}: {} instead of {want}", person.name, answer.status));
            }
            if page.contains('{') {
                let missing = browser.get(&filled(page, &nowhere)).await;
                assert_eq!(missing.status, StatusCode::NOT_FOUND, "{page}");
                if want == 404 {
                    assert_eq!(answer.text(), missing.text(), "{page} as {}", person.name);
                }
            }
            let html = answer.headers["content-type"].to_str().unwrap().starts_with("text/html");
            assert!(
                html || page.ends_with("preview")
                    || page.ends_with("/file")
                    || page.ends_with("/toml")
                    || page.contains("/export"),
                "{page} answers a person with a page"
            );
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    world
}

async fn au_6_every_page_writes_its_entry(world: World) -> World {
    let things = things(&world).await;
    let pia = world.people.iter().find(|p| p.name.starts_with("Pia")).unwrap();
    let linden = Browser::of(world.desk("DE").await).await;
    let pim = world.people.iter().find(|p| p.name.starts_with("Pim")).unwrap();
    let provider = Browser::of(world.calling(pim).await).await;
    let irish = Browser::of(world.police("IE").await).await;
    let (nl, de, interpol) = (
        Browser::of(world.desk("NL").await).await,
        Browser::of(world.police("DE").await).await,
        Browser::of(world.calling(pia).await).await,
    );
    for &(page, act) in PAGES {
        let browser = match page {
            "/partner" => &provider,
            "/lists/{list}/imports/{import}" => &interpol,
            p if p.starts_with("/network/agreements/{agreement}") => &de,
            p if p.starts_with("/interpol") || p.starts_with("/domains/new") => &interpol,
            "/police/domains/{proposal}" => &irish,
            "/domains/proposals/{proposal}" => &de,
            "/desk/cases/{case}" => &linden,
            p if p.starts_with("/police") => &de,
            _ => &nl,
        };
        world.app.db.clock().advance(1);
        let before = world.verify_log().await;
        assert_eq!(browser.get(&filled(page, &things)).await.status, StatusCode::OK, "{page}");
        let wrote = world.verify_log().await - before;
        if act.is_empty() {
            assert_eq!(wrote, 0, "{page} shows nothing that is anybody's");
        } else {
            assert_eq!(wrote, 1, "{page}");
            let log = browser.caller.get("/api/v1/audit?limit=1").await.json();
            assert_eq!(log["items"][0]["act"], act, "{page}");
        }
    }
    world
}

async fn se_3_sessions_end_when_idle_when_old_and_at_sign_out(world: World) -> World {
    let clock = world.app.db.clock().clone();
    let out = |answer: &Answer| answer.status == StatusCode::SEE_OTHER;
    let idle = Browser::of(world.desk("NL").await).await;
    clock.advance(15 * 60);
    assert!(!out(&idle.get("/desk").await), "15 minutes to the second are not idle");
    clock.advance(15 * 60 + 1);
    assert!(out(&idle.get("/desk").await), "one second more is");

    let old = Browser::of(world.desk("NL").await).await;
    for _ in 0..71 {
        clock.advance(10 * 60);
        assert!(!out(&old.get("/desk").await));
    }
    clock.advance(10 * 60);
    assert!(!out(&old.get("/desk").await), "12 hours to the second");
    clock.advance(1);
    assert!(out(&old.get("/desk").await), "and not one more");

    let leaving = Browser::of(world.desk("NL").await).await;
    assert!(out(&leaving.post("/sign-out", "").await));
    assert!(out(&leaving.get("/desk").await));
    let api = leaving.caller.json("POST", "/sign-out", &json!({})).await;
    assert!(out(&api), "without a session there is nothing to end");
    world
}

async fn se_5_a_request_from_another_site_is_refused(world: World) -> World {
    let nl = Browser::of(world.desk("NL").await).await;
    for (name, value) in
        [("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
    {
        for path in [
            "/sign-in",
            "/sign-out",
            "/desk/reports/new",
            "/desk/items/x/assess",
            "/police/cases/x/outcomes",
            "/api/v1/reports",
        ] {
            let request = Request::post(path)
                .header(header::COOKIE, &nl.cookie)
                .header("host", "cport.example")
                .header(name, value);
            let answer = nl.caller.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {name}: {value}");
        }
    }
    world
}

async fn se_7_every_answer_carries_the_headers(world: World) -> World {
    let nl = Browser::of(world.desk("NL").await).await;
    let check = |path: &str, headers: &HeaderMap| {
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
        assert!(path.starts_with("/assets/") || headers["cache-control"] == "no-store", "{path}");
    };
    let paths = [
        "/",
        "/sign-in",
        "/desk",
        "/desk/reports/x",
        "/police",
        "/nothing",
        "/assets/app.css",
        "/api/v1/reports",
        "/healthz",
    ];
    for path in paths {
        check(path, &nl.get(path).await.headers);
    }
    check("POST /desk", &nl.post("/desk", "").await.headers);
    world
}

async fn the_forms_work_without_scripts(world: World) -> World {
    let (nl, de) = (Browser::of(world.desk("NL").await).await, Browser::of(world.police("DE").await).await);
    let page = nl.get("/desk/reports/new").await.text();
    let key = page.split("name=\"idempotency_key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = |url: &str| {
        Form::default()
            .text("idempotency_key", &key)
            .text("source_url", url)
            .text("received_at", "2026-06-01T10:00")
            .text("hosting_country", "DE")
            .file("a.png", Some("image/png"), &pictures::png(1))
    };
    let refused = nl.upload("/desk/reports/new", form("ftp://x.example/")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("is not an http or https URL") && refused.text().contains("ftp://x.example/"));
    let taken = location(&nl.upload("/desk/reports/new", form("https://x.example/")).await);
    let again = location(&nl.upload("/desk/reports/new", form("https://x.example/")).await);
    assert_eq!(taken, again, "sent twice, taken in once");
    let report = nl.get(&taken).await.text();
    assert!(report.contains("The report was taken in.") && report.contains("a.png"));

    let grading = nl.get("/desk/assess").await.text();
    let item = grading.split("id=\"item-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let nothing = nl.post(&format!("/desk/items/{item}/assess"), "class=&age_group=unknown&gender=unknown").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let judged = nl
        .post(
            &format!("/desk/items/{item}/assess"),
            "version=1&class=baseline&country=&age_group=infant&gender=female&note=",
        )
        .await;
    assert_eq!(location(&judged), "/desk/assess?done=assessed");
    assert!(
        nl.get("/desk/assess").await.text().contains("Nothing waits")
            || !nl.get("/desk/assess").await.text().contains("id=\"item-")
    );
    world.settle().await;

    let inbox = de.get("/police").await.text();
    let case = inbox.split("href=\"/police/cases/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(inbox.contains("Hotline Linden and Example Police Germany agreed"));
    let bad = de.post(&format!("/police/cases/{case}/outcomes"), "kind=great&note=kept").await;
    assert!(bad.status == StatusCode::UNPROCESSABLE_ENTITY && bad.text().contains("kept"), "what was typed stays");
    let said = de.post(&format!("/police/cases/{case}/outcomes"), "kind=useful&note=thanks").await;
    assert_eq!(location(&said), format!("/police/cases/{case}?done=outcome-recorded"));
    world.settle().await;
    let back = nl.get(taken.split('?').next().unwrap()).await.text();
    assert!(back.contains("thanks") && back.contains("Example Police Germany"), "the analyst sees what came of it");
    world
}

async fn a_look_at_an_original_works_once_for_one_person_for_a_minute(world: World) -> World {
    let things = things(&world).await;
    let nl = Browser::of(world.desk("NL").await).await;
    let niels = world.people.iter().find(|p| p.name.starts_with("Niels")).unwrap();
    let colleague = Browser::of(world.calling(niels).await).await;
    let path = format!("/desk/items/{}", things.item);
    let empty = nl.post(&format!("{path}/open"), "purpose=").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let look = async || {
        let page = nl.post(&format!("{path}/open"), "purpose=second+look").await.text();
        page.split("shown?look=").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let secret = look().await;
    let url = format!("{path}/shown?look={secret}");
    assert_eq!(colleague.get(&url).await.status, StatusCode::NOT_FOUND, "another person's look");
    let shown = nl.get(&url).await;
    assert_eq!(shown.bytes[..3], [0xff, 0xd8, 0xff], "pixels encoded anew, whatever the file was");
    assert_eq!(nl.get(&url).await.status, StatusCode::NOT_FOUND, "taken already");
    let late = look().await;
    world.app.db.clock().advance(61);
    assert_eq!(nl.get(&format!("{path}/shown?look={late}")).await.status, StatusCode::NOT_FOUND, "too late");
    let opened = nl.caller.get("/api/v1/audit?act=item.opened").await.json();
    assert_eq!(opened["items"].as_array().unwrap().len(), 1, "one look, one entry");
    assert_eq!(opened["items"][0]["purpose"], "second look");
    let nothing = nl.post(&format!("{path}/open"), "purpose=&take=original").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let taken = nl.post(&format!("{path}/open"), "purpose=copy+for+the+case&take=original").await;
    assert_eq!(taken.bytes, pictures::png(1));
    assert_eq!(taken.headers["content-disposition"], "attachment", "never shown by the browser");
    let opened = nl.caller.get("/api/v1/audit?act=item.opened").await.json();
    assert_eq!(opened["items"].as_array().unwrap().len(), 2, "a download is a look too");
    world
}

async fn sign_in_links_exist_in_the_demo_only(world: World) -> World {
    let nl = world.desk("NL").await;
    let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
    let link = agreements::sign_in::make_link(&world.app.db, &tx, nl.who.person).await.unwrap();
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
    let path = format!("/demo/sign-in/{}", link.expose());
    let get = |router: axum::Router| {
        let caller = Caller::new(router, nl.who.clone(), String::new());
        let request = Request::get(&path).body(Body::empty()).unwrap();
        async move { caller.send(request).await.status }
    };
    assert_eq!(get(world.router.clone()).await, StatusCode::SEE_OTHER);
    let live = web::App { mode: web::Mode::Live, ..world.app.clone() };
    assert_eq!(get(web::router(live)).await, StatusCode::NOT_FOUND);
    world
}

async fn the_pages_of_lists_work_without_scripts(world: World) -> World {
    let pia = Browser::of(lists_by_api::interpol(&world).await).await;
    let nl = Browser::of(world.desk("NL").await).await;
    assert!(pia.get("/lists").await.text().contains("No list here yet"));
    let bad = pia.post("/lists/new", "name=&class=baseline&rule=r&age_below=x&max_distance=31").await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.text().contains("Write a whole number."), "{}", bad.text());
    let list =
        location(&pia.post("/lists/new", "name=Baseline&class=baseline&rule=r&age_below=13&max_distance=31").await);
    let list = list.split('?').next().unwrap().to_owned();
    let offer = format!("organisation={}&may_settle=yes", nl.caller.who.organisation.id);
    location(&pia.post(&format!("{list}/terms"), &offer).await);
    assert!(nl.get("/lists").await.text().contains("Offered to you"));
    location(&nl.post(&format!("{list}/accept"), "").await);
    let (exact, like) = (pictures::png(1), pictures::png(1234));
    let file = format!("{}\n12\n", lists_by_api::sha256(&exact));
    let form = Form::default().text("format", "text").text("profile", "").file("known.txt", None, file.as_bytes());
    let import = location(&pia.upload(&format!("{list}/imports"), form).await);
    let page = pia.get(&import).await.text();
    assert!(page.contains("known.txt") && page.contains("<th scope=\"row\" class=\"number\">2</th>"), "{page}");
    let api = format!("/api/v1{list}");
    let suggested = lists_by_api::suggests(&world, &pia.caller, &nl.caller, &api, &like).await;
    let report = nl.caller.reports("DE").await;
    let settled = nl.caller.adds(&report, "a.png", &exact).await;
    world.settle().await;
    let shown = nl.get(&format!("/desk/reports/{report}")).await.text();
    assert!(shown.contains("Settled by Baseline") && shown.contains("same SHA-256"), "{shown}");
    let desk = nl.get("/desk/assess").await.text();
    let id = suggested["id"].as_str().unwrap();
    assert!(desk.contains("Looks like an entry of Baseline") && desk.contains("distance 2"), "{desk}");
    assert!(!desk.contains(settled["id"].as_str().unwrap()), "what is settled stays folded");
    location(&nl.post(&format!("/desk/items/{id}/suggestion"), "class=").await);
    let again = nl.post(&format!("/desk/items/{id}/suggestion"), "").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    // The whole batch goes back, and the publisher's page finds and withdraws the entry.
    location(&nl.post(&format!("{list}/undo"), "why=a+story").await);
    world.settle().await;
    assert!(nl.get("/desk/assess").await.text().contains(settled["id"].as_str().unwrap()));
    let found = pia.get(&format!("{list}?find={}", lists_by_api::sha256(&exact))).await.text();
    assert_eq!(found.matches("/withdraw\"").count(), 1);
    assert_eq!(pia.get(&format!("{list}?find=12")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let entry = lists_by_api::entries(&pia.caller, &api).await[0]["id"].as_str().unwrap().to_owned();
    location(&nl.post(&format!("{list}/entries/{entry}/vote"), "do=dispute&why=a+circle").await);
    let disputes = pia.get(&list).await.text();
    assert!(disputes.contains("1 dispute to answer") && disputes.contains("a circle"), "{disputes}");
    location(&pia.post(&format!("{list}/entries/{entry}/withdraw"), "why=by+mistake").await);
    world.settle().await;
    assert!(pia.get(&list).await.text().contains("by mistake"));
    world
}
