//! Taking a case along: who may, as wide as what, and what somebody who has the package can check without us.

use axum::http::StatusCode;
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
};
use testkit::{Answer, Caller, World, pictures, stories};

stories! {
    an_officer_takes_a_case_along
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
    let (nl, police) = (world.desk("NL").await, world.police(country).await);
    let report = nl.reports(country).await;
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
