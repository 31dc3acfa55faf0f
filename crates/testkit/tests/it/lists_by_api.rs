//! Hash lists by the native API: publish, agree, fill, settle, withdraw, ask; and what is refused.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use base::OrgKind;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{Answer, Caller, World, pictures, stories};

stories! {
    main_line_publish_accept_import_settle_withdraw
    a_feed_is_signed_tagged_and_waits
    an_import_lists_refused_rows_changes_nothing_twice_and_is_undone
    an_interrupted_import_goes_on_where_it_stopped
    a_suggestion_is_accepted_by_one_word
    match_answers_from_readable_lists_only
    bad_input_about_lists_is_refused_by_field_and_changes_nothing
    az_2_an_entry_of_another_list_does_not_exist
    an_export_is_what_an_import_takes
}

/// The officer of INTERPOL's desk.
pub async fn interpol(world: &World) -> Caller {
    let pia = world.people.iter().find(|p| p.organisation.kind == OrgKind::Interpol).unwrap();
    world.calling(pia).await
}

/// Makes a list; returns its path.
pub async fn publishes(by: &Caller, name: &str, class: &str) -> String {
    let body = json!({ "name": name, "class": class, "rule": "by the publisher's criteria" });
    let made = by.json("POST", "/api/v1/lists", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    format!("/api/v1/lists/{}", made.str("id"))
}

/// Offers a list; returns the terms' id.
pub async fn offers(by: &Caller, list: &str, to: &Caller, may_settle: bool) -> String {
    let body = json!({ "organisation": to.who.organisation.id, "may_settle": may_settle });
    let offered = by.json("POST", &format!("{list}/terms"), &body).await;
    assert_eq!(offered.status, StatusCode::CREATED, "{}", offered.text());
    offered.str("id")
}

/// Offers a list and accepts it.
pub async fn agree(by: &Caller, list: &str, with: &Caller, may_settle: bool) {
    offers(by, list, with, may_settle).await;
    let accepted = with.json("POST", &format!("{list}/terms/acceptance"), &json!({})).await;
    assert_eq!(accepted.status, StatusCode::CREATED, "{}", accepted.text());
}

/// Writes entries by hand.
pub async fn writes(by: &Caller, list: &str, entries: Value) -> Value {
    let written = by.json("POST", &format!("{list}/entries"), &json!({ "entries": entries })).await;
    assert_eq!(written.status, StatusCode::CREATED, "{}", written.text());
    written.json()
}

/// Sends a file into a list.
pub async fn imports(by: &Caller, list: &str, query: &str, file: &[u8]) -> Answer {
    let request =
        by.request("POST", &format!("{list}/imports?{query}")).header(header::CONTENT_TYPE, "application/octet-stream");
    by.send(request.body(Body::from(file.to_vec())).unwrap()).await
}

/// Entries of a list, oldest change first.
pub async fn entries(by: &Caller, list: &str) -> Vec<Value> {
    by.get(&format!("{list}/entries")).await.json()["items"].as_array().unwrap().clone()
}

pub fn sha256(bytes: &[u8]) -> String {
    base::hex(&Sha256::digest(bytes))
}

async fn item(by: &Caller, item: &Value) -> Value {
    by.get(&format!("/api/v1/items/{}", item["id"].as_str().unwrap())).await.json()
}

async fn main_line_publish_accept_import_settle_withdraw(world: World) -> World {
    let (pia, nl) = (interpol(&world).await, world.desk("NL").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    assert_eq!(nl.get("/api/v1/lists").await.json()["items"], json!([]), "nothing was offered yet");
    offers(&pia, &list, &nl, true).await;
    assert_eq!(nl.get(&list).await.str("access"), "offered");
    assert_eq!(nl.get(&format!("{list}/entries")).await.status, StatusCode::NOT_FOUND, "no entry before the signature");
    assert_eq!(nl.json("POST", &format!("{list}/terms/acceptance"), &json!({})).await.status, StatusCode::CREATED);
    let known = pictures::png(1);
    let done = imports(&pia, &list, "format=text&name=a.txt", sha256(&known).as_bytes()).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.text());
    assert_eq!((done.json()["state"].as_str(), done.json()["rows"]["added"].as_i64()), (Some("done"), Some(1)));
    world.settle().await;
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &known).await;
    world.settle().await;
    assert_eq!(item(&nl, &added).await["assessment"]["class"], "baseline", "settled unseen");
    let waiting = nl.get("/api/v1/items").await.json();
    assert_eq!(waiting["items"], json!([]), "nobody is asked to grade it");
    let path = format!("/api/v1/settlements?list={}", list.rsplit('/').next().unwrap());
    let settled = nl.get(&path).await.json()["items"][0].clone();
    assert_eq!(
        (&settled["item_id"], &settled["list"], &settled["version"]),
        (&added["id"], &json!("Baseline"), &json!(1))
    );
    // A dispute goes to the publisher, who withdraws: the item waits for a person again.
    let entry = settled["entry_id"].as_str().unwrap().to_owned();
    let vote = json!({ "vote": "dispute", "reason": "it is a drawing of a circle" });
    let voted = nl.json("POST", &format!("{list}/entries/{entry}/vote"), &vote).await;
    assert_eq!(voted.status, StatusCode::CREATED, "{}", voted.text());
    let open = pia.get(&format!("{list}/votes?open=true")).await.json();
    let id = open["items"][0]["id"].as_str().unwrap().to_owned();
    let answered = pia.json("POST", &format!("{list}/votes/{id}/answer"), &json!({ "answer": "withdrawn" })).await;
    assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text());
    world.settle().await;
    assert_eq!(item(&nl, &added).await["assessment"], Value::Null, "reopened");
    assert_eq!(entries(&nl, &list).await[0]["withdrawn"]["version"], 2);
    world
}

async fn a_feed_is_signed_tagged_and_waits(world: World) -> World {
    let pia = interpol(&world).await;
    let list = publishes(&pia, "Baseline", "baseline").await;
    for n in 0..5_u8 {
        writes(&pia, &list, json!([{ "sha256": sha256(&[n]) }])).await;
    }
    let keys = pia.get("/api/v1/lists/keys").await.json();
    let public = STANDARD.decode(keys["items"][0]["public"].as_str().unwrap()).unwrap();
    let (mut cursor, mut seen, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let page = pia.get(&format!("{list}/entries?limit=2{cursor}")).await;
        let said = page.headers["page-signature"].to_str().unwrap().to_owned();
        let [scheme, key, signature] = said.split(':').collect::<Vec<_>>()[..] else { panic!("{said}") };
        assert_eq!((scheme, key), ("ed25519", keys["items"][0]["key"].as_str().unwrap()));
        let signature = STANDARD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&ED25519, &public);
        assert!(public.verify(&page.bytes, &signature).is_ok());
        assert_eq!(page.headers["etag"], "\"5\"");
        let page = page.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|e| e["changed"].as_i64().unwrap()));
        (cursor, pages) = (format!("&cursor={}", page["next"].as_str().unwrap()), pages + 1);
        if page["more"] == false {
            break;
        }
    }
    assert_eq!((seen, pages), (vec![1, 2, 3, 4, 5], 3));
    let tagged = pia.request("GET", &format!("{list}/entries")).header("if-none-match", "\"5\"").body(Body::empty());
    assert_eq!(pia.send(tagged.unwrap()).await.status, StatusCode::NOT_MODIFIED);
    // Whoever waits is answered as soon as something changes, not at the end of the wait.
    let path = format!("{list}/entries?wait=30{cursor}");
    let patient = pia.get(&path);
    let writer = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        writes(&pia, &list, json!([{ "sha256": sha256(b"new") }])).await;
    };
    let began = std::time::Instant::now();
    let (page, ()) = tokio::join!(patient, writer);
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    assert_eq!(page.json()["items"].as_array().unwrap().len(), 1);
    world
}

async fn an_import_lists_refused_rows_changes_nothing_twice_and_is_undone(world: World) -> World {
    let pia = interpol(&world).await;
    let list = publishes(&pia, "Baseline", "baseline").await;
    // A mark at the start, mixed case, a wrong length, a wrong alphabet, an empty file's digest.
    let md5 = |n: u8| base::hex(&[n; 16]);
    let file = format!(
        "\u{feff}md5,series\r\n{},a\r\n{},b\r\n12,c\r\n{}z,d\r\nd41d8cd98f00b204e9800998ecf8427e,e\r\n",
        md5(1),
        md5(0xab).to_uppercase(),
        &md5(2)[1..]
    );
    let first = imports(&pia, &list, "format=csv&name=a.csv", file.as_bytes()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let done = first.json();
    assert_eq!(done["rows"], json!({ "lines": 5, "added": 2, "changed": 0, "same": 0, "refused": 3, "withdrawn": 0 }));
    let path = format!("{list}/imports/{}", done["id"].as_str().unwrap());
    assert_eq!(pia.get(&path).await.json()["state"], "done");
    let page = pia.get(&format!("{path}/refused?limit=2")).await.json();
    let next = pia.get(&format!("{path}/refused?limit=2&cursor={}", page["next"].as_str().unwrap())).await.json();
    let rows: Vec<&Value> = page["items"].as_array().unwrap().iter().chain(next["items"].as_array().unwrap()).collect();
    let said: Vec<_> = rows.iter().map(|r| (r["line"].as_i64().unwrap(), r["rule"].as_str().unwrap())).collect();
    assert_eq!(said, [(4, "digest-length"), (5, "digest-alphabet"), (6, "empty-file")]);
    assert!(rows.iter().all(|r| r["field"] == "md5" && !r["reason"].as_str().unwrap().is_empty()));
    // The same file again changes nothing.
    let again = imports(&pia, &list, "format=csv&name=a.csv", file.as_bytes()).await.json();
    assert_eq!((again["rows"]["added"].as_i64(), again["rows"]["same"].as_i64()), (Some(0), Some(2)));
    assert_eq!(pia.get(&list).await.json()["version"], 1);
    let undone = pia.json("POST", &format!("{path}/undo"), &json!({ "why": "the wrong file" })).await;
    assert_eq!(undone.status, StatusCode::CREATED, "{}", undone.text());
    world.settle().await;
    assert_eq!(pia.get(&path).await.json()["state"], "undone");
    assert!(entries(&pia, &list).await.iter().all(|e| e["withdrawn"]["version"].is_i64()));
    world
}

async fn an_interrupted_import_goes_on_where_it_stopped(world: World) -> World {
    let pia = interpol(&world).await;
    let list = publishes(&pia, "Baseline", "baseline").await;
    let line = |n: u32| format!("{}\n", base::hex(&Sha256::digest(n.to_be_bytes())));
    let whole: String = (0..2500).map(line).collect();
    let (half, query) = (whole[..whole.len() / 2].to_owned(), "format=text&name=big.txt&fingerprint=f1");
    // The first half comes, then the sender is gone.
    let pieces = futures_util::stream::iter([Ok(half), Err(std::io::Error::other("the sender is gone"))]);
    let request = pia.request("POST", &format!("{list}/imports?{query}")).body(Body::from_stream(pieces)).unwrap();
    let cut = pia.send(request).await;
    assert_eq!(cut.problem(), (422, "cut-off".into(), Some("file".into())), "{}", cut.text());
    let first = pia.get(&format!("{list}/imports")).await.json()["items"][0].clone();
    assert_eq!((first["state"].as_str(), first["rows"]["lines"].as_i64()), (Some("running"), Some(1000)));
    let whole = imports(&pia, &list, query, whole.as_bytes()).await.json();
    assert_eq!((&whole["id"], whole["state"].as_str()), (&first["id"], Some("done")), "the same import");
    assert_eq!((whole["rows"]["lines"].as_i64(), whole["rows"]["added"].as_i64()), (Some(2500), Some(2500)));
    world.settle().await;
    world
}

async fn a_suggestion_is_accepted_by_one_word(world: World) -> World {
    let (pia, nl) = (interpol(&world).await, world.desk("NL").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    agree(&pia, &list, &nl, true).await;
    let bytes = pictures::png(1);
    let added = suggests(&world, &pia, &nl, &list, &bytes).await;
    let path = format!("/api/v1/items/{}/suggestion", added["id"].as_str().unwrap());
    let suggestion = nl.get(&path).await.json();
    assert_eq!(
        (&suggestion["list"], &suggestion["how"], &suggestion["class"]),
        (&json!("Baseline"), &json!("pdq"), &json!("baseline"))
    );
    assert_eq!(suggestion["distance"], 2);
    let accepted = nl.json("POST", &path, &json!({})).await;
    assert_eq!(accepted.status, StatusCode::CREATED, "{}", accepted.text());
    assert_eq!(accepted.json()["assessment"]["class"], "baseline");
    let again = nl.json("POST", &path, &json!({})).await;
    assert_eq!(again.problem(), (409, "no-suggestion".into(), Some("item".into())));
    assert_eq!(nl.get(&path).await.status, StatusCode::NOT_FOUND);
    world.settle().await;
    world
}

/// An item that looks like an entry, two bits apart.
pub async fn suggests(world: &World, publisher: &Caller, analyst: &Caller, list: &str, bytes: &[u8]) -> Value {
    let mut pdq = world.app.workshop.describe(bytes).unwrap().pdq.unwrap().bits;
    // One bit goes and another comes, as in any PDQ half of them are set.
    let [zero, one] = [0, 1].map(|bit| (0..256).find(|n| pdq[n / 8] >> (n % 8) & 1 == bit).unwrap());
    pdq[zero / 8] ^= 1 << (zero % 8);
    pdq[one / 8] ^= 1 << (one % 8);
    writes(publisher, list, json!([{ "pdq": base::hex(&pdq), "pdq_quality": 100 }])).await;
    world.settle().await;
    let report = analyst.reports("DE").await;
    let added = analyst.adds(&report, "like.png", bytes).await;
    world.settle().await;
    added
}

async fn match_answers_from_readable_lists_only(world: World) -> World {
    let (pia, nl, ie) = (interpol(&world).await, world.desk("NL").await, world.desk("IE").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    agree(&pia, &list, &nl, false).await;
    let known = pictures::png(1);
    writes(&pia, &list, json!([{ "sha256": sha256(&known) }])).await;
    world.settle().await;
    let asked = json!({ "files": [{ "sha256": sha256(&known) }, { "md5": base::hex(&[9; 16]) }] });
    let told = nl.json("POST", "/api/v1/match", &asked).await.json();
    assert_eq!((&told["items"][0]["known"], &told["items"][1]["known"]), (&json!(true), &json!(false)));
    let entry = &told["items"][0]["entries"][0];
    assert_eq!(
        (&entry["list"], &entry["how"], &entry["distance"], &entry["class"]),
        (&json!("Baseline"), &json!("sha256"), &json!(0), &json!("baseline"))
    );
    let none = ie.json("POST", "/api/v1/match", &asked).await.json();
    assert_eq!(none["items"], json!([{ "known": false, "entries": [] }, { "known": false, "entries": [] }]));
    let bytes = |caller: &Caller| {
        let request = caller.request("POST", "/api/v1/match").header(header::CONTENT_TYPE, "application/octet-stream");
        request.body(Body::from(known.clone())).unwrap()
    };
    let sealed = world.sealed_objects();
    assert_eq!(nl.send(bytes(&nl)).await.json()["items"][0]["known"], true);
    assert_eq!(ie.send(bytes(&ie)).await.json()["items"][0]["known"], false);
    assert_eq!(world.sealed_objects(), sealed, "nothing of it is kept");
    let log = nl.get("/api/v1/audit?act=hashes.asked").await.json();
    assert!(
        log["items"].as_array().unwrap().iter().any(|e| e["detail"] == json!({ "hashes": 2, "known": 1 })),
        "{log}"
    );
    assert!(!log.to_string().contains(&sha256(&known)), "no hash in the log");
    world
}

/// Who sends what where, and with which status, rule and field it is refused.
type Case<'a> = (&'a Caller, &'a str, String, Value, u16, &'a str, Option<&'a str>);

async fn bad_input_about_lists_is_refused_by_field_and_changes_nothing(world: World) -> World {
    let (pia, nl) = (interpol(&world).await, world.desk("NL").await);
    let list = publishes(&pia, "Baseline", "baseline").await;
    let all = async |by: &Caller| {
        let mut text = by.get("/api/v1/lists").await.text();
        for part in ["entries", "imports", "subscriptions", "terms", "votes"] {
            text += &by.get(&format!("{list}/{part}")).await.text();
        }
        text
    };
    let before = all(&pia).await;
    let new = |name: &str, class: &str, more: Value| {
        let mut body = json!({ "name": name, "class": class, "rule": "r" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let (lists, entries, terms) = ("/api/v1/lists".to_owned(), format!("{list}/entries"), format!("{list}/terms"));
    let entry = |value: Value| json!({ "entries": [value] });
    let cases: Vec<Case<'_>> = vec![
        (&pia, "POST", lists.clone(), new("Baseline", "baseline", json!({})), 422, "name-taken", Some("name")),
        (&pia, "POST", lists.clone(), new("", "baseline", json!({})), 422, "missing", Some("name")),
        (&pia, "POST", lists.clone(), new("b", "best", json!({})), 422, "unknown-class", Some("class")),
        (&nl, "POST", lists.clone(), new("b", "baseline", json!({})), 422, "not-your-class", Some("class")),
        (
            &nl,
            "POST",
            lists.clone(),
            new("b", "national", json!({ "country": "DE" })),
            422,
            "not-your-law",
            Some("country"),
        ),
        (
            &pia,
            "POST",
            lists.clone(),
            new("b", "baseline", json!({ "max_distance": 32 })),
            422,
            "out-of-range",
            Some("max_distance"),
        ),
        (
            &pia,
            "POST",
            lists.clone(),
            new("b", "baseline", json!({ "age_below": 0 })),
            422,
            "out-of-range",
            Some("age_below"),
        ),
        (&pia, "POST", lists, new("b", "baseline", json!({ "publisher": "me" })), 422, "bad-body", None),
        (&pia, "PATCH", list.clone(), json!({ "max_distance": -1 }), 422, "out-of-range", Some("max_distance")),
        (&pia, "POST", entries.clone(), entry(json!({ "md5": "12" })), 422, "digest-length", Some("md5")),
        (&pia, "POST", entries.clone(), entry(json!({ "md5": "z".repeat(32) })), 422, "digest-alphabet", Some("md5")),
        (&pia, "POST", entries.clone(), entry(json!({})), 422, "nothing-to-match", Some("record")),
        (&pia, "POST", entries.clone(), json!({ "entries": [] }), 422, "missing", Some("entries")),
        (
            &pia,
            "POST",
            entries,
            json!({ "entries": [{ "md5": base::hex(&[1; 16]) }], "profile": "moon" }),
            422,
            "unknown-profile",
            Some("profile"),
        ),
        (
            &pia,
            "POST",
            terms.clone(),
            json!({ "organisation": "moon" }),
            422,
            "unknown-organisation",
            Some("organisation"),
        ),
        (
            &pia,
            "POST",
            terms,
            json!({ "organisation": pia.who.organisation.id }),
            422,
            "own-list",
            Some("organisation"),
        ),
        (
            &pia,
            "POST",
            format!("{list}/subscriptions"),
            json!({ "kind": "moon", "url": "https://a.example/" }),
            422,
            "unknown-kind",
            Some("kind"),
        ),
        (
            &pia,
            "POST",
            format!("{list}/subscriptions"),
            json!({ "kind": "cport", "url": "gopher://a.example/" }),
            422,
            "bad-url",
            Some("url"),
        ),
        (&nl, "POST", "/api/v1/match".into(), json!({ "files": [] }), 422, "file-count", Some("files")),
        (&nl, "POST", "/api/v1/match".into(), json!({ "files": [{}] }), 422, "nothing-to-match", Some("files")),
        (&nl, "POST", "/api/v1/match".into(), json!({ "files": [{ "pdq": "00" }] }), 422, "digest-length", Some("pdq")),
        (&nl, "POST", "/api/v1/settlements/undo".into(), json!({ "why": "x" }), 422, "one-batch", Some("list")),
    ];
    for (who, method, path, body, status, rule, field) in &cases {
        let answer = who.json(method, path, body).await;
        assert_eq!(
            answer.problem(),
            (*status, (*rule).to_owned(), field.map(str::to_owned)),
            "{path} {body}: {}",
            answer.text()
        );
    }
    for bad in ["cursor=x", "limit=0", "wait=31"] {
        assert_eq!(pia.get(&format!("{list}/entries?{bad}")).await.problem().0, 422, "{bad}");
    }
    assert_eq!(pia.get(&format!("{list}/export?format=moon")).await.problem().1, "unknown-format");
    assert_eq!(pia.get(&format!("{list}/export?format=icse")).await.problem().1, "only-read");
    let broken: [(&str, Vec<u8>, &str); 4] = [
        ("format=moon", b"x".to_vec(), "unknown-format"),
        ("format=vics", b"{\"odata".to_vec(), ""),
        ("format=text", b"PK\x03\x04rest".to_vec(), "archive"),
        ("format=jsonl", b"\xff\xfe".to_vec(), ""),
    ];
    for (query, file, rule) in &broken {
        let (status, said, field) = imports(&pia, &list, query, file).await.problem();
        assert_eq!(status, 422, "{query}");
        assert!(said == *rule || rule.is_empty(), "{query}: {said}");
        assert!(field.is_some(), "{query}");
    }
    assert_eq!(all(&pia).await, before, "nothing was changed");
    // Zeros and poor pictures are kept and never match.
    writes(&pia, &list, json!([{ "pdq": "0".repeat(64), "pdq_quality": 100 }])).await;
    world.settle().await;
    let asked = json!({ "files": [{ "pdq": "0".repeat(64), "pdq_quality": 100 }] });
    assert_eq!(pia.json("POST", "/api/v1/match", &asked).await.json()["items"][0]["known"], false);
    world
}

async fn az_2_an_entry_of_another_list_does_not_exist(world: World) -> World {
    let pia = interpol(&world).await;
    let (a, b) = (publishes(&pia, "A", "baseline").await, publishes(&pia, "B", "baseline").await);
    writes(&pia, &a, json!([{ "sha256": sha256(b"a") }])).await;
    let entry = entries(&pia, &a).await[0]["id"].as_str().unwrap().to_owned();
    let import = imports(&pia, &a, "format=text", sha256(b"b").as_bytes()).await.str("id");
    let new = json!({ "kind": "cport", "url": "https://lists.example/" });
    let subscription = pia.json("POST", &format!("{a}/subscriptions"), &new).await.str("id");
    let why = json!({ "why": "a test" });
    for (method, path, body) in [
        ("GET", format!("entries/{entry}"), Value::Null),
        ("POST", format!("entries/{entry}/withdrawal"), why.clone()),
        ("GET", format!("imports/{import}"), Value::Null),
        ("GET", format!("imports/{import}/refused"), Value::Null),
        ("POST", format!("imports/{import}/undo"), why),
        ("POST", format!("subscriptions/{subscription}/end"), json!({})),
    ] {
        let on = async |list: &str| match method {
            "GET" => pia.get(&format!("{list}/{path}")).await.status,
            _ => pia.json(method, &format!("{list}/{path}"), &body).await.status,
        };
        assert_eq!(on(&b).await, StatusCode::NOT_FOUND, "{path} of another list");
        assert!(on(&a).await.is_success(), "{path}");
    }
    world.settle().await;
    world
}

async fn an_export_is_what_an_import_takes(world: World) -> World {
    let pia = interpol(&world).await;
    let (a, b) = (publishes(&pia, "A", "baseline").await, publishes(&pia, "B", "baseline").await);
    let hashes =
        |n: u8| json!({ "md5": base::hex(&[n; 16]), "sha1": base::hex(&[n; 20]), "sha256": base::hex(&[n; 32]) });
    writes(&pia, &a, json!([hashes(1), hashes(2), hashes(3)])).await;
    for format in ["jsonl", "vics", "csv", "text", "nsrl", "hashdeep"] {
        let file = pia.get(&format!("{a}/export?format={format}")).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"a."));
        let taken = imports(&pia, &b, &format!("format={format}"), &file.bytes).await;
        assert_eq!(taken.json()["rows"]["refused"], 0, "{format}: {}", taken.text());
        assert_eq!(taken.json()["rows"]["lines"], 3, "{format}: {}", file.text());
    }
    assert_eq!(entries(&pia, &b).await[0]["record"]["md5"], base::hex(&[1; 16]));
    world.settle().await;
    world
}
