//! Bad input gets a clear error that names the field and the reason, and changes nothing.

use axum::{body::Body, http::StatusCode};
use serde_json::{Value, json};
use testkit::{Answer, Caller, Form, World, pictures, stories};

stories! {
    a_bad_report_is_refused_by_field
    a_bad_file_is_refused_by_reason
    a_bad_assessment_is_refused
    a_bad_outcome_is_refused
    a_body_that_is_no_json_is_refused
    a_request_without_a_valid_token_is_refused
    nobody_acts_for_another_organisation
    an_agreement_that_is_none_is_refused
}

/// Everything that a caller's hotline has, as the API shows it.
async fn everything(of: &Caller) -> String {
    of.get("/api/v1/reports").await.text() + &of.get("/api/v1/items").await.text()
}

fn refused(answer: &Answer, status: u16, rule: &str, field: Option<&str>) {
    assert_eq!(answer.problem(), (status, rule.to_owned(), field.map(str::to_owned)), "{}", answer.text());
}

async fn a_bad_report_is_refused_by_field(world: World) -> World {
    let nl = world.desk("NL").await;
    let good = json!({ "source_url": "https://a.example/", "received_at": "2026-06-01T10:00:00Z", "hosting": { "country": "DE" } });
    assert_eq!(nl.json("POST", "/api/v1/reports", &good).await.status, StatusCode::CREATED);
    let before = everything(&nl).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = good.clone();
        body["source_url"] = json!("https://b.example/");
        change(&mut body);
        body
    };
    let cases: Vec<(Value, u16, &str, Option<&str>)> = vec![
        (with(&|b| b["source_url"] = json!("https://a.example/")), 409, "duplicate-report", Some("source_url")),
        (with(&|b| b["source_url"] = json!("https://")), 422, "url-without-host", Some("source_url")),
        (with(&|b| b["source_url"] = json!("https://me:pw@b.example/")), 422, "url-userinfo", Some("source_url")),
        (with(&|b| b["source_url"] = json!("gopher://b.example/")), 422, "url-scheme", Some("source_url")),
        (with(&|b| b["source_url"] = json!("nonsense")), 422, "bad-url", Some("source_url")),
        (with(&|b| b["source_url"] = json!("")), 422, "missing", Some("source_url")),
        (with(&|b| b["received_at"] = json!("2026-06-01T13:00:00Z")), 422, "future-time", Some("received_at")),
        (with(&|b| b["received_at"] = json!("noon")), 422, "bad-time", Some("received_at")),
        (with(&|b| b["hosting"]["country"] = json!("XX")), 422, "unknown-country", Some("hosting.country")),
        (with(&|b| b["hosting"]["ip"] = json!("1.2.3")), 422, "bad-ip", Some("hosting.ip")),
        (with(&|b| b["note"] = json!("x".repeat(10_001))), 422, "too-long", Some("note")),
        (with(&|b| b["note"] = json!("a\u{202e}b")), 422, "bad-character", Some("note")),
        (with(&|b| b["source_url"] = json!(7)), 422, "bad-body", None),
        (with(&|b| b["reporter"] = json!("someone else")), 422, "bad-body", None),
        (with(&|b| b["hosting"]["asn"] = json!(1)), 422, "bad-body", None),
        (json!({}), 422, "bad-body", None),
        (json!([]), 422, "bad-body", None),
    ];
    for (body, status, rule, field) in &cases {
        refused(&nl.json("POST", "/api/v1/reports", body).await, *status, rule, *field);
    }
    let wrong_type = nl.json("POST", "/api/v1/reports", &with(&|b| b["source_url"] = json!(7))).await;
    assert!(wrong_type.str("detail").contains("`source_url`"), "names the field: {}", wrong_type.text());
    assert_eq!(everything(&nl).await, before, "nothing changed");
    world
}

async fn a_bad_file_is_refused_by_reason(world: World) -> World {
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let path = format!("/api/v1/reports/{report}/files");
    let (png, jpeg) = (pictures::png(1), pictures::jpeg(1));
    let sealed = world.sealed_objects();
    let one = |kind, bytes: &[u8]| Form::default().file("a.png", kind, bytes);
    let cut = &jpeg[..jpeg.len() / 2];
    let large = vec![0; (1 << 20) + 1];
    let cases: Vec<(Form, u16, &str)> = vec![
        (one(None, b"GIF89a"), 422, "damaged-file"),
        (one(None, b"%!PS-Adobe"), 415, "unknown-file-type"),
        (one(Some("image/png"), b"%PDF-1.7"), 415, "unknown-file-type"),
        (one(Some("image/png"), &jpeg), 422, "content-type-mismatch"),
        (one(Some("text/html"), &png), 422, "content-type-mismatch"),
        (one(None, cut), 422, "damaged-file"),
        (one(None, &png[..png.len() - 9]), 422, "damaged-file"),
        (one(None, b""), 422, "empty-file"),
        (one(None, &large), 413, "too-large"),
        (Form::default().text("note", "no file"), 422, "missing"),
        (Form::default(), 422, "missing"),
        // A good file before a bad one does not stay.
        (one(None, &png).file("b.png", None, b"nonsense"), 415, "unknown-file-type"),
        ((0..21).fold(Form::default(), |f, n| f.file("a.png", None, &pictures::png(n))), 413, "too-many-files"),
        ((0..10_000).fold(Form::default(), |f, _| f.file("a.png", None, b"x")), 415, "unknown-file-type"),
    ];
    for (form, status, rule) in cases {
        refused(&nl.form(&path, form, &[]).await, status, rule, Some("file"));
    }
    let bad_url = Form::default().text("url", "ftp://a.example/").file("a.png", None, &png);
    refused(&nl.form(&path, bad_url, &[]).await, 422, "url-scheme", Some("url"));
    let huge = (0..9).fold(Form::default(), |f, _| f.text("x", "y")).file("a.png", None, &vec![0; 1 << 20]);
    assert!(nl.form(&path, huge, &[]).await.status.is_client_error());
    let no_form = nl.json("POST", &path, &json!({})).await;
    refused(&no_form, 415, "bad-body", None);
    let full = nl.get(&format!("/api/v1/reports/{report}")).await.json();
    assert_eq!(
        (full["items"].as_array().unwrap().len(), full["state"].as_str()),
        (0, Some("received")),
        "nothing changed"
    );
    assert_eq!(world.sealed_objects(), sealed, "nothing stays sealed of what was refused");
    world
}

async fn a_bad_assessment_is_refused(world: World) -> World {
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    let path = format!("/api/v1/items/{}/assessment", item["id"].as_str().unwrap());
    let cases = [
        (json!({ "class": "terrible" }), "unknown-class", Some("class")),
        (json!({ "class": "baseline", "age_group": "7" }), "unknown-age_group", Some("age_group")),
        (json!({ "class": "baseline", "gender": "?" }), "unknown-gender", Some("gender")),
        (json!({ "class": "national", "country": "XX" }), "unknown-country", Some("country")),
        (json!({ "class": "baseline", "country": "DE" }), "country-without-national", Some("country")),
        (json!({ "class": "baseline", "org": "x" }), "bad-body", None),
        (json!({}), "bad-body", None),
    ];
    for (body, rule, field) in cases {
        refused(&nl.json("PUT", &path, &body).await, 422, rule, field);
    }
    let same = nl.get(&format!("/api/v1/items/{}", item["id"].as_str().unwrap())).await.json();
    assert_eq!((&same["assessment"], &same["version"]), (&json!(null), &json!(1)), "nothing changed");
    assert_eq!(nl.classifies(&item, "baseline").await.status, StatusCode::OK);
    for class in ["baseline", "national", "not_illegal"] {
        refused(&nl.classifies(&item, class).await, 409, "baseline-final", Some("class"));
    }
    world
}

async fn a_bad_outcome_is_refused(world: World) -> World {
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    let case = de.case_of(&report).await.unwrap();
    let path = format!("/api/v1/cases/{}/outcome", case["id"].as_str().unwrap());
    refused(&de.json("POST", &path, &json!({ "outcome": "great" })).await, 422, "unknown-outcome", Some("outcome"));
    let long = json!({ "outcome": "useful", "note": "x".repeat(4001) });
    refused(&de.json("POST", &path, &long).await, 422, "too-long", Some("note"));
    let outcomes = nl.get(&format!("/api/v1/reports/{report}/outcomes")).await.json();
    assert_eq!(outcomes["items"].as_array().unwrap().len(), 0, "nothing changed");
    world
}

async fn a_body_that_is_no_json_is_refused(world: World) -> World {
    let nl = world.desk("NL").await;
    let send = async |kind: &str, body: &str| {
        let request = nl.request("POST", "/api/v1/reports").header("content-type", kind);
        nl.send(request.body(Body::from(body.to_owned())).unwrap()).await
    };
    refused(&send("application/json", "{").await, 400, "bad-body", None);
    refused(&send("application/json", "{} {}").await, 422, "bad-body", None);
    refused(&send("text/plain", "{}").await, 415, "bad-body", None);
    refused(
        &send("application/json", &format!("{{\"note\":\"{}\"}}", "x".repeat(300 << 10))).await,
        413,
        "bad-body",
        None,
    );
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(send("application/json", &deep).await.status.is_client_error(), "in_3 depth");
    let key = nl.json_with("POST", "/api/v1/reports", &json!({}), &[("Idempotency-Key", &"k".repeat(256))]).await;
    assert!(key.status.is_client_error());
    refused(&nl.json("PATCH", "/api/v1/reports", &json!({})).await, 405, "bad-body", None);
    world
}

async fn a_request_without_a_valid_token_is_refused(world: World) -> World {
    let nl = world.desk("NL").await;
    for value in ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic abc", "Bearer cport_00"] {
        let request = axum::http::Request::get("/api/v1/reports").header("authorization", value);
        let answer = nl.send(request.body(Body::empty()).unwrap()).await;
        refused(&answer, 401, "sign-in-first", None);
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    let cookie = axum::http::Request::get("/api/v1/reports").header("cookie", format!("cport_session={}", nl.token));
    refused(&nl.send(cookie.body(Body::empty()).unwrap()).await, 401, "sign-in-first", None);
    world.app.db.clock().advance(2 * 86_400);
    refused(&nl.get("/api/v1/reports").await, 401, "sign-in-first", None);
    world
}

async fn nobody_acts_for_another_organisation(world: World) -> World {
    let (nl, ie) = (world.desk("NL").await, world.desk("IE").await);
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    let nowhere = "01900000-0000-7000-8000-000000000000";
    for (real, wrong) in [
        (format!("/api/v1/reports/{report}/files"), format!("/api/v1/reports/{nowhere}/files")),
        (format!("/api/v1/reports/{report}/files"), "/api/v1/reports/not-an-id/files".into()),
    ] {
        let form = || Form::default().file("a.png", None, &pictures::png(2));
        let (foreign, missing) = (ie.form(&real, form(), &[]).await, ie.form(&wrong, form(), &[]).await);
        assert_eq!((foreign.status, foreign.bytes), (missing.status, missing.bytes));
    }
    let id = item["id"].as_str().unwrap();
    let body = json!({ "class": "not_illegal" });
    let foreign = ie.json("PUT", &format!("/api/v1/items/{id}/assessment"), &body).await;
    let missing = ie.json("PUT", &format!("/api/v1/items/{nowhere}/assessment"), &body).await;
    assert_eq!((foreign.status, foreign.bytes), (missing.status, missing.bytes));
    assert_eq!(nl.get(&format!("/api/v1/items/{id}")).await.json()["assessment"], json!(null));
    world
}

async fn an_agreement_that_is_none_is_refused(world: World) -> World {
    use agreements::treaty::{self, Signing};
    use base::AgreementId;
    let nora = world.people.iter().find(|p| p.name.starts_with("Nora")).unwrap();
    let derk = world.people.iter().find(|p| p.name.starts_with("Derk")).unwrap();
    let tx = world.app.db.begin(&nora.actor).await.unwrap();
    let unknown = treaty::sign(&tx, AgreementId(uuid::Uuid::from_u128(7)), 1, Signing::default()).await;
    assert!(matches!(unknown, Err(agreements::Error::NotFound)), "{unknown:?}");
    let own = treaty::list(&tx).await.unwrap();
    assert_eq!(own.len(), 1, "an LEA sees the agreements it is party to");
    let twice = treaty::sign(&tx, own[0].id, 1, Signing::default()).await;
    assert!(matches!(&twice, Err(agreements::Error::Refused(r)) if r.rule == "signed-already"), "{twice:?}");
    drop(tx);
    let tx = world.app.db.begin(&derk.actor).await.unwrap();
    let foreign = treaty::sign(&tx, own[0].id, 1, Signing::default()).await;
    assert!(matches!(foreign, Err(agreements::Error::NotFound)), "{foreign:?}");
    drop(tx);
    world
}
