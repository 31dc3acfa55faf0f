//! The main job: a report travels from a hotline to the right police and back.

use axum::http::StatusCode;
use serde_json::json;
use sha2::Digest;
use testkit::{Form, World, pictures, stories};

stories! {
    a_report_reaches_the_right_police_and_the_answer_comes_back
    known_content_is_judged_by_nobody_again
    content_is_sealed_once_however_often_it_is_sent
    content_that_waits_elsewhere_takes_the_judgement_over
    a_repeated_request_gets_the_same_answer
    an_entity_tag_guards_an_assessment
    lists_are_paged_without_gaps
    many_looks_at_once_all_get_their_answer
    each_file_keeps_the_url_it_was_found_at
}

async fn a_report_reaches_the_right_police_and_the_answer_comes_back(world: World) -> World {
    let (nl, de, be) = (world.desk("NL").await, world.police("DE").await, world.police("BE").await);
    let report = nl.reports("DE").await;
    let (png, jpeg) = (pictures::png(1), pictures::jpeg(2));
    let form = Form::default().file("a.png", Some("image/png"), &png).file("b.jpg", Some("image/jpeg"), &jpeg);
    let added = nl.form(&format!("/api/v1/reports/{report}/files"), form, &[]).await;
    assert_eq!(added.status, StatusCode::CREATED);
    let items = added.json()["items"].as_array().unwrap().clone();
    for (item, bytes) in items.iter().zip([&png, &jpeg]) {
        assert_eq!(item["sha256"], base::hex(&sha2::Sha256::digest(bytes)));
        assert_eq!(item["sha1"], base::hex(&sha1::Sha1::digest(bytes)));
        assert_eq!(item["md5"], base::hex(&md5::Md5::digest(bytes)));
        assert_eq!((item["pdq"].as_str().unwrap().len(), &item["known"]), (64, &json!(false)));
        assert_eq!((&item["width"], &item["height"], &item["size"]), (&json!(96), &json!(72), &json!(bytes.len())));
    }
    assert_eq!(nl.get(&format!("/api/v1/reports/{report}")).await.str("state"), "compared");
    for item in &items {
        assert_eq!(nl.classifies(item, "baseline").await.status, StatusCode::OK);
    }
    world.settle().await;

    let case = de.case_of(&report).await.expect("police in the hosting country are told");
    assert_eq!((case["clause"].as_str(), case["width"].as_str()), (Some("2.1"), Some("page")));
    assert!(case["why"].as_str().unwrap().contains("Hotline Linden and Example Police Germany agreed"), "{case}");
    let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
    let open = de.get(&path).await.json();
    assert_eq!(open["source_url"], case["source_url"]);
    assert!(case["source_url"].as_str().unwrap().starts_with("https://pictures.example/"));
    assert_eq!(open["items"].as_array().unwrap().len(), 2);
    assert_eq!(open["withheld"][0]["what"], "series");

    let item = format!("/api/v1/items/{}/file", items[0]["id"].as_str().unwrap());
    let bytes = de.send(de.request("GET", &item).header("purpose", "identify").body("".into()).unwrap()).await;
    assert_eq!((bytes.status, &bytes.bytes), (StatusCode::OK, &png));

    assert_eq!(be.case_of(&report).await, None, "police elsewhere are not told");
    let said =
        de.json("POST", &format!("{path}/outcome"), &json!({ "outcome": "useful", "note": "led to a page" })).await;
    assert_eq!(said.status, StatusCode::CREATED, "{}", said.text());
    world.settle().await;
    let outcomes = nl.get(&format!("/api/v1/reports/{report}/outcomes")).await.json();
    assert_eq!(
        (outcomes["items"][0]["outcome"].as_str(), outcomes["items"][0]["note"].as_str()),
        (Some("useful"), Some("led to a page"))
    );
    let full = nl.get(&format!("/api/v1/reports/{report}")).await.json();
    assert_eq!(full["state"], "answered");
    assert_eq!(full["items"][0]["assigned_country"], "DE");
    assert_eq!(full["items"][0]["owner"], "Hotline Linden");
    let told = &full["items"][0]["disclosures"][0];
    assert_eq!(
        full["items"][0]["disclosures"].as_array().unwrap().len(),
        2,
        "and facts only to the reporter's own police"
    );
    assert_eq!((told["organisation"].as_str(), told["version"].as_i64()), (Some("Example Police Germany"), Some(1)));
    world
}

async fn known_content_is_judged_by_nobody_again(world: World) -> World {
    let (nl, de_desk, de) = (world.desk("NL").await, world.desk("DE").await, world.police("DE").await);
    let first = nl.reports("DE").await;
    let item = nl.adds(&first, "a.png", &pictures::png(5)).await;
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    // Another hotline sends the same content under another name.
    let second = de_desk.reports("DE").await;
    let again = de_desk.adds(&second, "other-name.png", &pictures::png(5)).await;
    assert_eq!((again["known"].as_bool(), again["assessment"]["class"].as_str()), (Some(true), Some("baseline")));
    assert_eq!(again["assessment"]["inherited"], true);
    assert_eq!(again["assessment"]["organisation"], json!(null), "who judged first is not told");
    assert_eq!(de_desk.get("/api/v1/items").await.json()["items"].as_array().unwrap().len(), 0, "nobody is asked");
    world.settle().await;
    assert!(de.case_of(&second).await.is_some(), "police are told without anybody looking");
    let refused = de_desk.classifies(&again, "not_illegal").await;
    assert_eq!(refused.problem(), (409, "baseline-final".into(), Some("class".into())));
    world
}

async fn content_is_sealed_once_however_often_it_is_sent(world: World) -> World {
    let nl = world.desk("NL").await;
    let (first, second) = (nl.reports("DE").await, nl.reports("BE").await);
    let one = nl.adds(&first, "a.png", &pictures::png(7)).await;
    let same = nl.adds(&first, "a.png", &pictures::png(7)).await;
    assert_eq!(one["id"], same["id"], "the same file of the same report is one item");
    let other = nl.adds(&second, "b.png", &pictures::png(7)).await;
    assert_ne!(one["id"], other["id"], "in another report it is another item");
    let twice = Form::default().file("x.png", None, &pictures::png(8)).file("y.png", None, &pictures::png(8));
    assert_eq!(nl.form(&format!("/api/v1/reports/{second}/files"), twice, &[]).await.status, StatusCode::CREATED);
    // Two contents, each an original and a preview.
    assert_eq!(world.sealed_objects(), 4);
    let de = world.desk("DE").await;
    let third = de.reports("DE").await;
    de.adds(&third, "a.png", &pictures::png(7)).await;
    assert_eq!(world.sealed_objects(), 6, "another organisation has its own, and cannot tell");
    world
}

async fn content_that_waits_elsewhere_takes_the_judgement_over(world: World) -> World {
    let (nl, ie) = (world.desk("NL").await, world.desk("IE").await);
    let (first, second) = (nl.reports("DE").await, ie.reports("NO").await);
    let item = nl.adds(&first, "a.png", &pictures::png(9)).await;
    let waiting = ie.adds(&second, "b.png", &pictures::png(9)).await;
    assert_eq!(waiting["known"], false);
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    let judged = ie.get(&format!("/api/v1/items/{}", waiting["id"].as_str().unwrap())).await.json();
    assert_eq!(
        (&judged["assessment"]["class"], &judged["assessment"]["inherited"]),
        (&json!("baseline"), &json!(true))
    );
    assert!(world.police("NO").await.case_of(&second).await.is_some());
    world
}

async fn a_repeated_request_gets_the_same_answer(world: World) -> World {
    let nl = world.desk("NL").await;
    let body = json!({ "source_url": "https://once.example/", "received_at": "2026-06-01T10:00:00Z" });
    let key = [("Idempotency-Key", "k-1")];
    let first = nl.json_with("POST", "/api/v1/reports", &body, &key).await;
    let again = nl.json_with("POST", "/api/v1/reports", &body, &key).await;
    assert_eq!((first.status, &first.bytes), (again.status, &again.bytes));
    assert_eq!(nl.get("/api/v1/reports").await.json()["items"].as_array().unwrap().len(), 1);
    let other = json!({ "source_url": "https://other.example/", "received_at": "2026-06-01T10:00:00Z" });
    let refused = nl.json_with("POST", "/api/v1/reports", &other, &key).await;
    assert_eq!(refused.problem(), (409, "idempotency-key-reused".into(), Some("Idempotency-Key".into())));
    // The key is the person's own: a colleague's request with the same key is another request.
    let niels = world.people.iter().find(|p| p.name.starts_with("Niels")).unwrap();
    let colleague = world.calling(niels).await.json_with("POST", "/api/v1/reports", &other, &key).await;
    assert_eq!(colleague.status, StatusCode::CREATED);

    let report = first.str("id");
    let path = format!("/api/v1/reports/{report}/files");
    let upload = || Form::default().file("a.png", None, &pictures::png(3));
    let one = nl.form(&path, upload(), &[("Idempotency-Key", "k-2")]).await;
    let two = nl.form(&path, upload(), &[("Idempotency-Key", "k-2")]).await;
    assert_eq!(one.bytes, two.bytes);
    assert_eq!(two.headers["idempotency-replayed"], "true");
    world
}

async fn an_entity_tag_guards_an_assessment(world: World) -> World {
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(4)).await;
    let path = format!("/api/v1/items/{}", item["id"].as_str().unwrap());
    let tag = nl.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
    let body = json!({ "class": "not_illegal" });
    let put = format!("{path}/assessment");
    assert_eq!(nl.json_with("PUT", &put, &body, &[("If-Match", &tag)]).await.status, StatusCode::OK);
    let late = nl.json_with("PUT", &put, &body, &[("If-Match", &tag)]).await;
    assert_eq!(late.problem().0, 412);
    let garbage = nl.json_with("PUT", &put, &body, &[("If-Match", "\"x\"")]).await;
    assert_eq!(garbage.problem(), (422, "bad-entity-tag".into(), Some("If-Match".into())));
    world
}

async fn lists_are_paged_without_gaps(world: World) -> World {
    let nl = world.desk("NL").await;
    let mut made = Vec::new();
    for _ in 0..7 {
        made.push(nl.reports("DE").await);
    }
    let mut seen = Vec::new();
    let mut next = Some(String::new());
    while let Some(cursor) = next {
        let page = nl.get(&format!("/api/v1/reports?limit=3{cursor}")).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()));
        next = page["next"].as_str().map(|c| format!("&cursor={c}"));
    }
    seen.sort();
    made.sort();
    assert_eq!(seen, made);
    for bad in ["cursor=x", "limit=0", "limit=201", "state=nowhere", "colour=red"] {
        let answer = nl.get(&format!("/api/v1/reports?{bad}")).await;
        assert!(answer.status.is_client_error(), "{bad}: {}", answer.status);
        answer.problem();
    }
    world
}

async fn each_file_keeps_the_url_it_was_found_at(world: World) -> World {
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let path = format!("/api/v1/reports/{report}/files");
    let (a, b) = ("https://a.example/1.png", "https://b.example/2.png");
    let before = Form::default().text("url", a).text("url", b);
    let first = before.file("1.png", None, &pictures::png(1)).file("2.png", None, &pictures::png(2));
    let beside = Form::default().text("url", "").file("3.png", None, &pictures::png(3)).text("url", b);
    let second = beside.file("4.png", None, &pictures::png(4));
    let mut urls = Vec::new();
    for form in [first, second] {
        let added = nl.form(&path, form, &[]).await.json();
        urls.extend(added["items"].as_array().unwrap().iter().map(|i| i["url"].as_str().map(str::to_owned)));
    }
    assert_eq!(urls, [Some(a.into()), Some(b.into()), None, Some(b.to_owned())]);
    world
}

async fn many_looks_at_once_all_get_their_answer(world: World) -> World {
    // More at once than there are connections: whoever holds one must not wait for a second.
    let nl = world.desk("NL").await;
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(4)).await;
    let path = format!("/api/v1/items/{}/preview", item["id"].as_str().unwrap());
    let looks: Vec<_> = (0..40)
        .map(|_| {
            let (nl, path) = (nl.clone(), path.clone());
            tokio::spawn(async move { nl.get(&path).await.status })
        })
        .collect();
    for look in looks {
        assert_eq!(look.await.unwrap(), StatusCode::OK);
    }
    world
}
