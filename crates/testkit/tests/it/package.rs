//! Taking a case along: who may, as wide as what, and what somebody who has the package can check without us.

use crate::pages::{Browser, location};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use exchange::{
    age::{Identity, Reader},
    package::{self, Manifest, PublicKey},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Cursor, Read},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};
use testkit::{Answer, Caller, World, pictures, stories};

stories! {
    an_officer_takes_a_case_along
    rule_1_metadata_alone_gives_no_files_no_digests_and_no_urls
    az_7_nothing_is_taken_along_without_a_justification
    az_7_every_way_to_bytes_of_evidence_asks_why
    az_7_a_suspended_officer_gets_no_package
    az_2_a_package_is_its_officers_alone
    az_10_a_download_ends_within_a_second_of_its_end
    a_download_goes_on_where_it_ended
    a_package_is_erased_when_its_time_is_over
    cr_3_an_erased_file_takes_its_packages_with_it
    se_3_taking_along_asks_again_after_ten_minutes
    what_was_withdrawn_meanwhile_takes_the_package_with_it
}

fn identity() -> Identity {
    Identity::from_bytes([42; 32])
}

/// Registers the officer's key.
async fn registers(police: &Caller) {
    let recipient = identity().recipient().unwrap().to_string();
    let answer = police.json("PUT", "/api/v1/me/package-key", &json!({ "recipient": recipient })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

/// The Dutch hotline's report of two pictures hosted in a country; the case of that country's police.
async fn disclosed(world: &World, country: &str) -> (String, Caller) {
    disclosed_to(world, country, country).await
}

/// The same for police of another country than the host's.
async fn disclosed_to(world: &World, host: &str, country: &str) -> (String, Caller) {
    let (nl, police) = (world.desk("NL").await, world.police(country).await);
    let report = nl.reports(host).await;
    for n in [1, 2] {
        let item = nl.adds(&report, &format!("{n}.png"), &pictures::png(n)).await;
        assert_eq!(nl.classifies(&item, "baseline").await.status, StatusCode::OK);
    }
    world.settle().await;
    let case = police.case_of(&report).await.expect("a case")["id"].as_str().unwrap().to_owned();
    (case, police)
}

async fn asks(police: &Caller, case: &str) -> Answer {
    let why = json!({ "purpose": "a story", "case_number": "ST/2026/17" });
    police.json("POST", &format!("/api/v1/cases/{case}/packages"), &why).await
}

/// Takes a case along; the encrypted package.
async fn takes(world: &World, police: &Caller, case: &str) -> (String, Vec<u8>) {
    let asked = asks(police, case).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text());
    world.settle().await;
    let id = asked.str("id");
    let there = police.get(&format!("/api/v1/packages/{id}")).await.json();
    assert_eq!(there["state"], "ready", "{there}");
    let file = police.get(&format!("/api/v1/packages/{id}/file")).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text());
    (id, file.bytes)
}

fn opened(sealed: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    Reader::open(Cursor::new(sealed), &identity()).unwrap().read_to_end(&mut plain).unwrap();
    plain
}

/// Files of a package by their path, by a reader that is not the program's.
fn unpacked(plain: &[u8], folder: &Path) -> Vec<String> {
    let archive = folder.join("package.zip");
    fs::write(&archive, plain).unwrap();
    let list = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; \
                z.extractall(sys.argv[2]); print('\\n'.join(z.namelist()))";
    let said = python(&["-c", list, archive.to_str().unwrap(), folder.to_str().unwrap()]);
    assert!(said.0, "{}", said.1);
    said.1.lines().map(str::to_owned).collect()
}

fn python(arguments: &[&str]) -> (bool, String) {
    let python = std::env::var("CPORT_PYTHON").expect("CPORT_PYTHON is not set: run the tests with scripts/test");
    let out = Command::new(python).args(arguments).output().unwrap();
    let text = [out.stdout, out.stderr].concat();
    (out.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

async fn key(police: &Caller) -> String {
    police.get("/api/v1/packages/keys").await.json()["items"][0]["public"].as_str().unwrap().to_owned()
}

fn manifest_of(plain: &[u8], key: &str) -> Manifest {
    let found = package::verify(&mut Cursor::new(plain), PublicKey::parse(key).as_ref());
    assert!(found.flaws.is_empty(), "{:?}", found.flaws);
    found.manifest.unwrap()
}

async fn an_officer_takes_a_case_along(world: World) -> World {
    let (case, police) = disclosed(&world, "DE").await;
    let refused = asks(&police, &case).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "nothing to encrypt to: {}", refused.text());
    registers(&police).await;
    let (id, sealed) = takes(&world, &police, &case).await;
    let plain = opened(&sealed);
    let manifest = manifest_of(&plain, &key(&police).await);
    assert_eq!(manifest.package.to_string(), id);
    assert_eq!(
        (manifest.recipient.purpose.as_str(), manifest.recipient.case_number.as_str()),
        ("a story", "ST/2026/17")
    );
    let folder = world.folder().join("taken");
    fs::create_dir_all(&folder).unwrap();
    let names = unpacked(&plain, &folder);
    assert_eq!(names[..4], ["report.pdf", "facts.csv", "vics.json", "case.jsonld"], "{names:?}");
    assert_eq!(names.iter().filter(|n| n.starts_with("media/")).count(), 2, "{names:?}");
    for n in [1, 2] {
        let picture = pictures::png(n);
        let at = folder.join("media").join(sha256(&picture));
        assert_eq!(fs::read(at).unwrap(), picture, "the media is as it came, without any mark");
    }
    // The verifier that is not the program's says the same.
    let (sealed_at, keys) = (folder.join("package.zip.age"), folder.join("key.txt"));
    fs::write(&sealed_at, &sealed).unwrap();
    fs::write(&keys, identity().expose()).unwrap();
    let script = root().join("scripts/verify_package.py");
    let (fine, said) = python(&[
        script.to_str().unwrap(),
        sealed_at.to_str().unwrap(),
        "--identity",
        keys.to_str().unwrap(),
        "--key",
        &key(&police).await,
    ]);
    assert!(fine && said.contains("is as it was made"), "{said}");
    let acts = police.acts().await;
    for act in ["package.asked", "package.gathered", "package.made", "package.downloaded", "item.opened"] {
        assert!(acts.iter().any(|a| a == act), "{act}: {acts:?}");
    }
    let log = police.get("/api/v1/audit?act=item.opened").await.json();
    let opened: Vec<&Value> = log["items"].as_array().unwrap().iter().collect();
    assert_eq!(opened.len(), 2, "each file is logged as opened");
    assert!(opened.iter().all(|entry| entry["purpose"] == "a story"), "{log}");
    world
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    base::hex(&Sha256::digest(bytes))
}

async fn rule_1_metadata_alone_gives_no_files_no_digests_and_no_urls(world: World) -> World {
    // Of what is hosted in another country, Dutch police learn facts only.
    let (case, police) = disclosed_to(&world, "US", "NL").await;
    registers(&police).await;
    let (_, sealed) = takes(&world, &police, &case).await;
    let plain = opened(&sealed);
    let manifest = manifest_of(&plain, &key(&police).await);
    assert_eq!(manifest.files.len(), 4, "documents only: {:?}", manifest.files);
    assert!(!manifest.withheld.is_empty(), "what was kept back is named");
    let folder = world.folder().join("taken");
    fs::create_dir_all(&folder).unwrap();
    unpacked(&plain, &folder);
    let facts = facts(&folder);
    assert_eq!((&facts["vics"], &facts["case_uco"], &facts["csv"]), (&json!([]), &json!([]), &json!([])));
    assert_eq!(facts["rows"].as_array().unwrap().len(), 2);
    // Nothing of it in any document, whatever its form; the report's text too.
    let mut all = facts["pdf"].as_str().unwrap().replace('\n', "").into_bytes();
    for name in ["facts.csv", "vics.json", "case.jsonld", "manifest.json"] {
        all.extend(fs::read(folder.join(name)).unwrap());
    }
    let all = String::from_utf8(all).unwrap();
    let case = police.get(&format!("/api/v1/cases/{case}")).await.json();
    assert!(case["items"].as_array().unwrap().iter().all(|i| i["file"].is_null()), "{case}");
    for secret in ["https://pictures.example", "192.0.2.7", &sha256(&pictures::png(1)), "a story of"] {
        assert!(!all.contains(secret), "{secret}");
    }
    world
}

/// What the documents say to readers that are not the program's.
fn facts(folder: &Path) -> Value {
    let script = root().join("tests/python/package_facts.py");
    let (fine, said) = python(&[script.to_str().unwrap(), folder.to_str().unwrap()]);
    assert!(fine, "{said}");
    serde_json::from_str(&said).unwrap()
}

async fn az_7_nothing_is_taken_along_without_a_justification(world: World) -> World {
    let (case, police) = disclosed(&world, "DE").await;
    registers(&police).await;
    let path = format!("/api/v1/cases/{case}/packages");
    for (body, field) in [
        (json!({}), "purpose"),
        (json!({ "purpose": " ", "case_number": "1" }), "purpose"),
        (json!({ "purpose": "a\nb", "case_number": "1" }), "purpose"),
        (json!({ "purpose": "a story" }), "case_number"),
        (json!({ "purpose": "a story", "case_number": "x".repeat(121) }), "case_number"),
    ] {
        let answer = police.json("POST", &path, &body).await;
        assert_eq!((answer.status, answer.str("field")), (StatusCode::UNPROCESSABLE_ENTITY, field.into()), "{body}");
    }
    let unknown = json!({ "purpose": "a story", "case_number": "1", "width": "series" });
    assert_eq!(police.json("POST", &path, &unknown).await.status, StatusCode::UNPROCESSABLE_ENTITY, "AZ-5");
    for bad in [
        "",
        "age1",
        "AGE-SECRET-KEY-1QQ",
        "ssh-ed25519 AAAA",
        "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
    ] {
        let answer = police.json("PUT", "/api/v1/me/package-key", &json!({ "recipient": bad })).await;
        assert_eq!(
            (answer.status, answer.str("field")),
            (StatusCode::UNPROCESSABLE_ENTITY, "recipient".into()),
            "{bad}"
        );
    }
    let listed = police.get("/api/v1/packages").await.json();
    assert_eq!(listed["items"], json!([]), "nothing was made");
    world
}

async fn az_7_every_way_to_bytes_of_evidence_asks_why(world: World) -> World {
    // Every answer of the API that is neither JSON nor a degraded preview nor a hash list.
    let description = serde_json::to_value(web::openapi()).unwrap();
    let mut ways = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = operation["responses"]["200"]["content"].as_object();
            let bytes = content.is_some_and(|c| c.keys().any(|kind| !kind.contains("json")));
            // What is agreed, and which hashes are known, is no evidence.
            let other =
                path.ends_with("/toml") || path == "/api/v1/match/{kind}" || path == "/api/v1/lists/{id}/export";
            if bytes && !other && !path.ends_with("/preview") {
                ways.push((method.clone(), path.clone()));
            }
        }
    }
    ways.sort();
    let (case, police) = disclosed(&world, "DE").await;
    registers(&police).await;
    let report = police.get(&format!("/api/v1/cases/{case}")).await.str("report_id");
    let capture = world.captured(&world.desk("NL").await, &report).await;
    let item = police.get(&format!("/api/v1/cases/{case}")).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let (package, _) = takes(&world, &police, &case).await;
    let (proposal, exhibit, _) = crate::domains::of_each_kind(&world).await;
    let known = [
        "/api/v1/captures/{id}/archive",
        "/api/v1/captures/{id}/picture",
        "/api/v1/domains/proposals/{id}/exhibits/{exhibit}/picture",
        "/api/v1/items/{id}/file",
        "/api/v1/packages/{id}/file",
    ];
    assert_eq!(
        ways.iter().map(|(_, path)| path.as_str()).collect::<Vec<_>>(),
        known,
        "a new way to bytes needs a line here"
    );
    for (path, id, act) in [
        (known[0], &capture, "capture.archive_opened"),
        (known[1], &capture, "capture.picture_opened"),
        (known[2], &proposal, "domain.picture_opened"),
        (known[3], &item, "item.opened"),
        (known[4], &package, "package.downloaded"),
    ] {
        let path = path.replace("{id}", id).replace("{exhibit}", &exhibit);
        let before = purposes(&police, act).await;
        if !path.contains("packages") {
            assert_eq!(police.get(&path).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: why is asked");
            assert_eq!(purposes(&police, act).await, before);
        }
        // A package's justification stands in its own row: nobody gets one without.
        assert_eq!(police.get(&format!("{path}?purpose=look")).await.status, StatusCode::OK, "{path}");
        let after = purposes(&police, act).await;
        assert_eq!(after.len(), before.len() + 1, "{act}");
        assert!(after.iter().all(|why| !why.is_empty()), "{after:?}");
    }
    world
}

async fn purposes(who: &Caller, act: &str) -> Vec<String> {
    let log = who.get(&format!("/api/v1/audit?act={act}")).await.json();
    let entries = log["items"].as_array().unwrap();
    entries.iter().map(|e| e["purpose"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn az_7_a_suspended_officer_gets_no_package(world: World) -> World {
    let (case, police) = disclosed(&world, "DE").await;
    registers(&police).await;
    let asked = asks(&police, &case).await;
    active(&world, "person", police.who.person.0, false).await;
    world.settle().await;
    assert_eq!(asks(&police, &case).await.status, StatusCode::UNAUTHORIZED);
    active(&world, "person", police.who.person.0, true).await;
    let there = police.get(&format!("/api/v1/packages/{}", asked.str("id"))).await.json();
    assert_eq!((&there["state"], &there["size"]), (&json!("refused"), &json!(null)), "{there}");
    assert!(there["problem"].as_str().unwrap().contains("may not use the exchange"), "{there}");
    let file = police.get(&format!("/api/v1/packages/{}/file", asked.str("id"))).await;
    assert_eq!(file.status, StatusCode::CONFLICT);
    world
}

/// Suspends somebody, or an organisation, or lets them in again.
async fn active(world: &World, table: &str, id: uuid::Uuid, active: bool) {
    let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
    let sql = format!("UPDATE {table} SET active = $1 WHERE id = $2");
    storage::sql::run(&tx, &sql, vec![active.into(), id.into()]).await.unwrap();
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
}

async fn az_2_a_package_is_its_officers_alone(world: World) -> World {
    let (case, police) = disclosed(&world, "DE").await;
    registers(&police).await;
    let (id, _) = takes(&world, &police, &case).await;
    // A colleague, the hotline, another LEA.
    let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
    let org = police.who.organisation.id;
    let added = agreements::directory::add_person(&tx, org, "Dana Officer", base::Role::Officer).await.unwrap();
    tx.commit(&added.1).await.unwrap();
    let people = cli::demo::network::everybody(&world.app.db).await.unwrap();
    let colleague = people.iter().find(|p| p.name == "Dana Officer").unwrap();
    for other in [world.calling(colleague).await, world.desk("NL").await, world.police("BE").await] {
        for path in [format!("/api/v1/packages/{id}"), format!("/api/v1/packages/{id}/file")] {
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path} as {}", other.who.name);
        }
    }
    let colleague = world.calling(colleague).await;
    assert_eq!(colleague.get(&format!("/api/v1/cases/{case}/packages")).await.json()["items"], json!([]));
    let theirs = world.police("BE").await.get(&format!("/api/v1/cases/{case}/packages")).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    world
}

/// A drawn picture of noise, about 700 kB.
fn noise(seed: u32) -> Vec<u8> {
    let mut state = seed | 1;
    let picture = image::RgbImage::from_fn(500, 470, |_, _| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        image::Rgb(state.to_le_bytes()[..3].try_into().unwrap())
    });
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::ImageRgb8(picture).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Downloads as slowly as a bad line until it ends, after something was done on the way; how long it went on after that, and
/// whether it was cut.
async fn cut(who: &Caller, path: &str, cookie: Option<&str>, done: impl Future<Output = ()>) -> (Duration, bool) {
    use futures_util::StreamExt;
    let request = match cookie {
        Some(cookie) => axum::http::Request::get(path).header(header::COOKIE, cookie),
        None => who.request("GET", path),
    };
    let response = who.begins(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let mut body = response.into_body().into_data_stream();
    assert!(body.next().await.unwrap().is_ok());
    done.await;
    let begun = Instant::now();
    loop {
        match body.next().await {
            Some(Ok(_)) => tokio::time::sleep(Duration::from_millis(100)).await,
            Some(Err(_)) => return (begun.elapsed(), true),
            None => return (begun.elapsed(), false),
        }
    }
}

async fn withdraws(world: &World, back: bool) {
    let at = if back { "NULL" } else { "1" };
    world.as_owner(&format!("UPDATE disclosure SET withdrawn_at = {at}")).await;
}

async fn az_10_a_download_ends_within_a_second_of_its_end(world: World) -> World {
    let (nl, police) = (world.desk("NL").await, world.police("DE").await);
    let report = nl.reports("DE").await;
    let mut items = Vec::new();
    for seed in [1, 2] {
        let item = nl.adds(&report, &format!("{seed}.png"), &noise(seed)).await;
        assert_eq!(nl.classifies(&item, "baseline").await.status, StatusCode::OK);
        items.push(item["id"].as_str().unwrap().to_owned());
    }
    world.settle().await;
    let capture = world.captured_as(&nl, &report, &noise(3)).await;
    let case = police.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    registers(&police).await;
    let (package, sealed) = takes(&world, &police, &case).await;
    assert!(sealed.len() > 2_000_000, "{}", sealed.len());
    let ways = [
        format!("/api/v1/packages/{package}/file"),
        format!("/api/v1/items/{}/file?purpose=look", items[0]),
        format!("/api/v1/captures/{capture}/archive?purpose=look"),
    ];
    let (person, org) = (police.who.person.0, police.who.organisation.id.0);
    for way in &ways {
        let mut cuts = Vec::new();
        cuts.push(("withdrawn", cut(&police, way, None, withdraws(&world, false)).await));
        assert_ne!(police.get(way).await.status, StatusCode::OK, "{way}: nor does it begin again");
        withdraws(&world, true).await;
        cuts.push(("officer suspended", cut(&police, way, None, active(&world, "person", person, false)).await));
        active(&world, "person", person, true).await;
        cuts.push(("agency suspended", cut(&police, way, None, active(&world, "organisation", org, false)).await));
        active(&world, "organisation", org, true).await;
        let other = world.calling(&police.who).await;
        cuts.push(("token revoked", cut(&other, way, None, revoked(&world, &other)).await));
        for (what, (took, was_cut)) in cuts {
            assert!(was_cut && took < Duration::from_secs(1), "{way}, {what}: {took:?}, cut: {was_cut}");
        }
        let (_, was_cut) = cut(&police, way, None, async {}).await;
        assert!(!was_cut, "{way}: nothing happened, and it comes whole");
    }
    // In a browser: signing out, in another tab.
    let browser = Browser::of(police.clone()).await;
    let path = format!("/police/packages/{package}/file");
    let out = async { drop(browser.post("/sign-out", "").await) };
    let (took, was_cut) = cut(&police, &path, Some(browser.cookie()), out).await;
    assert!(was_cut && took < Duration::from_secs(1), "signed out: {took:?}, cut: {was_cut}");
    world
}

/// Takes a caller's token away.
async fn revoked(world: &World, who: &Caller) {
    use sha2::{Digest, Sha256};
    let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
    let digest = Sha256::digest(who.token.as_bytes()).to_vec();
    let sql = "UPDATE access_token SET revoked_at = 1 WHERE digest = $1";
    assert_eq!(storage::sql::run(&tx, sql, vec![digest.into()]).await.unwrap(), 1);
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
}

async fn a_download_goes_on_where_it_ended(world: World) -> World {
    let (case, police) = disclosed(&world, "DE").await;
    registers(&police).await;
    let (id, whole) = takes(&world, &police, &case).await;
    let path = format!("/api/v1/packages/{id}/file");
    let part = async |range: &str, condition: &str| {
        let request = police.request("GET", &path).header(header::RANGE, range).header(header::IF_RANGE, condition);
        police.send(request.body(Body::empty()).unwrap()).await
    };
    let tag = police.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(tag, format!("\"{}\"", sha256(&whole)));
    // Around the chunks in which it is sealed, at both ends, and in between.
    for first in [0, 1, 65_535, 65_536, 65_537, whole.len() / 2, whole.len() - 1] {
        let answer = part(&format!("bytes={first}-"), &tag).await;
        assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
        let there = format!("bytes {first}-{}/{}", whole.len() - 1, whole.len());
        assert_eq!(answer.headers["content-range"], there.as_str());
        assert_eq!(answer.bytes, whole[first..], "from {first}");
    }
    let middle = part("bytes=70000-70009", &tag).await;
    assert_eq!(
        (middle.headers["content-length"].to_str().unwrap(), middle.bytes),
        ("10", whole[70_000..70_010].to_vec())
    );
    let other = part("bytes=10-", "\"another\"").await;
    assert_eq!((other.status, other.bytes.len()), (StatusCode::OK, whole.len()), "of another version: the whole");
    let beyond = part(&format!("bytes={}-", whole.len()), &tag).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.headers["content-range"], format!("bytes */{}", whole.len()).as_str());
    let downloads = purposes(&police, "package.downloaded").await;
    assert_eq!(downloads.len(), 12, "each part is in the log");
    world
}

async fn a_package_is_erased_when_its_time_is_over(world: World) -> World {
    let (case, police) = disclosed(&world, "DE").await;
    registers(&police).await;
    let objects = world.sealed_objects();
    let (id, _) = takes(&world, &police, &case).await;
    assert_eq!(world.sealed_objects(), objects + 1);
    let (db, vault) = (&world.app.db, &world.app.vault);
    db.clock().advance(23 * 3600);
    assert_eq!(reports::package::sweep(db, vault).await.unwrap(), 0);
    db.clock().advance(3601);
    assert_eq!(reports::package::sweep(db, vault).await.unwrap(), 1);
    assert_eq!(world.sealed_objects(), objects);
    let police = world.calling(&police.who).await;
    assert_eq!(police.get(&format!("/api/v1/packages/{id}")).await.str("state"), "erased");
    assert_eq!(police.get(&format!("/api/v1/packages/{id}/file")).await.status, StatusCode::CONFLICT);
    assert!(police.acts().await.contains(&"package.erased".to_owned()));
    world
}

async fn cr_3_an_erased_file_takes_its_packages_with_it(world: World) -> World {
    let (case, police) = disclosed(&world, "DE").await;
    registers(&police).await;
    let (id, _) = takes(&world, &police, &case).await;
    let item = police.get(&format!("/api/v1/cases/{case}")).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let nl = world.desk("NL").await;
    // An archive that was erased does not stand in the way of the rest.
    let report = police.get(&format!("/api/v1/cases/{case}")).await.str("report_id");
    world.captured(&nl, &report).await;
    world.as_owner("UPDATE blob SET wrapped_key = NULL WHERE id IN (SELECT archive_id FROM capture)").await;
    let tx = world.app.db.begin(&base::Actor::machine("operator")).await.unwrap();
    let (erased, act) =
        reports::erase::item(&tx, &world.app.vault, item.parse().unwrap(), "retention is over").await.unwrap();
    tx.commit(&act).await.unwrap();
    world.app.vault.remove(&erased.objects).await;
    assert_eq!(police.get(&format!("/api/v1/packages/{id}/file")).await.status, StatusCode::CONFLICT);
    assert_eq!(police.get(&format!("/api/v1/packages/{id}")).await.str("state"), "erased");
    assert!(nl.acts().await.contains(&"item.erased".to_owned()));
    // The next one has everything but the file.
    let (_, sealed) = takes(&world, &police, &case).await;
    let manifest = manifest_of(&opened(&sealed), &key(&police).await);
    assert_eq!(manifest.files.iter().filter(|f| f.path.starts_with("media/")).count(), 1);
    world
}

async fn se_3_taking_along_asks_again_after_ten_minutes(world: World) -> World {
    let (case, police) = disclosed(&world, "DE").await;
    registers(&police).await;
    let browser = Browser::of(police.clone()).await;
    let path = format!("/police/cases/{case}/package");
    let form = browser.get(&path).await;
    assert!(form.text().contains("name=\"token\""), "a fresh session is not enough");
    let why = "purpose=a+story&case_number=1";
    let refused = browser.post(&path, why).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("not a valid access token of yours"), "{}", refused.text());
    // Somebody else's token is none.
    let other = world.desk("NL").await.token;
    assert_eq!(browser.post(&path, &format!("{why}&token={other}")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = browser.post(&path, &format!("{why}&token={}", police.token)).await;
    let page = location(&made);
    assert!(page.starts_with("/police/packages/") && page.ends_with("?take=1"), "{page}");
    let waiting = browser.get(&page).await;
    assert!(waiting.headers["refresh"].to_str().unwrap().starts_with("1; url=/police/packages/"));
    world.settle().await;
    let ready = browser.get(&page).await;
    let next = ready.headers["refresh"].to_str().unwrap().strip_prefix("0; url=").unwrap().to_owned();
    assert_eq!(
        browser.get(&next).await.headers["content-type"],
        "application/octet-stream",
        "the download begins by itself"
    );
    // Ten minutes, to the second.
    let clock = world.app.db.clock();
    clock.advance(600);
    assert!(!browser.get(&path).await.text().contains("name=\"token\""));
    location(&browser.post(&path, why).await);
    clock.advance(1);
    assert!(browser.get(&path).await.text().contains("name=\"token\""));
    assert_eq!(browser.post(&path, why).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The key too: who could change it in an open session could read what is taken along.
    let new = format!("case={case}&recipient={}", identity().recipient().unwrap());
    assert_eq!(browser.post("/police/package-key", &new).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    location(&browser.post("/police/package-key", &format!("{new}&token={}", police.token)).await);
    world.settle().await;
    world
}

async fn what_was_withdrawn_meanwhile_takes_the_package_with_it(world: World) -> World {
    let (case, police) = disclosed(&world, "DE").await;
    registers(&police).await;
    let asked = asks(&police, &case).await;
    withdraws(&world, false).await;
    world.settle().await;
    let path = format!("/api/v1/packages/{}", asked.str("id"));
    assert_eq!(police.get(&path).await.str("state"), "refused");
    withdraws(&world, true).await;
    // Narrower is withdrawn too; wider is not.
    let (id, _) = takes(&world, &police, &case).await;
    let file = format!("/api/v1/packages/{id}/file");
    world.as_owner("UPDATE disclosure SET width = 'item'").await;
    assert_eq!(police.get(&file).await.status, StatusCode::CONFLICT);
    world.as_owner("UPDATE disclosure SET width = 'series'").await;
    assert_eq!(police.get(&file).await.status, StatusCode::OK);
    world
        .as_owner(&format!(
            "UPDATE disclosure SET media = {}",
            if world.app.db.backend() == storage::Backend::Postgres { "false" } else { "0" }
        ))
        .await;
    assert_eq!(police.get(&file).await.status, StatusCode::CONFLICT);
    world
}
