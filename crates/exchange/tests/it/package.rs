//! Packages without a database: what is put in comes out, two verifiers agree on everything that was changed, and other
//! programs for age read and write what this one writes and reads.

use crate::support::noise;
use base::{AgeGroup, BlobId, Class, Gender, ItemId, Time, Width};
use exchange::{
    Signer,
    age::{Chance, Identity, Reader, Recipient},
    package::{self, Manifest, Pack, PublicKey, SIGNATURE_CONTEXT, container, listed},
};
use proptest::prelude::*;
use reports::package::{CaseFacts, Contents, Event, FileFacts, Given, HostFacts, ItemFacts, Judged, Kept, PageFacts};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Cursor, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const NOON: Time = Time::from_micros(1_780_315_200_000_000);
const TOOL: &str = "cport 0.0.0";

fn identity() -> Identity {
    Identity::from_bytes([42; 32])
}

fn chance() -> Chance {
    Chance { ephemeral: [1; 32], file_key: [2; 16], nonce: [3; 16] }
}

fn signer() -> Signer {
    Signer::from_seed(&[9; 32]).unwrap()
}

fn key() -> PublicKey {
    PublicKey::parse(&signer().public_hex()).unwrap()
}

fn media(n: u8) -> Vec<u8> {
    noise::<64>(u64::from(n)).repeat(usize::from(n) + 1)
}

fn sha256(bytes: &[u8]) -> String {
    base::hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref())
}

fn item(n: u8) -> ItemFacts {
    let bytes = media(n);
    ItemFacts {
        id: ItemId::new(NOON, [n; 10]),
        given: Given {
            agreement: "Agreement: \"police\", =first".into(),
            version: 2,
            clause: "2.1".into(),
            width: Width::Page,
            media: true,
            reason: "hosted at home".into(),
            at: NOON,
        },
        judged: Judged {
            class: Class::Baseline,
            country: None,
            age_group: AgeGroup::Infant,
            gender: Gender::Unknown,
            note: Some("=1+1\r\nsecond line".into()),
            by: "Hotline Tulip".into(),
            at: NOON,
        },
        url: Some(format!("https://pictures.example/{n}.png?a=\"b\"&c=<d>")),
        file: Some(FileFacts {
            sha256: sha256(&bytes),
            sha1: base::hex(&[n; 20]),
            md5: base::hex(&[n; 16]),
            pdq: Some((base::hex(&[n; 32]), 77)),
            kind: "image/png".into(),
            size: bytes.len() as i64,
            width: 96,
            height: 72,
            duration_ms: None,
        }),
        open: Some((BlobId::new(NOON, [n; 10]), sha256(&bytes))),
        custody: vec![Event {
            at: NOON,
            act: "item.opened".into(),
            who: "Derk Officer".into(),
            purpose: Some("a story".into()),
            chained: Some((17, base::hex(&[7; 32]))),
        }],
    }
}

fn contents(items: u8) -> Contents {
    Contents {
        package: base::PackageId::new(NOON, [1; 10]),
        at: NOON,
        recipient: reports::package::Recipient {
            person: base::PersonId::new(NOON, [2; 10]),
            name: "Derk Officer".into(),
            organisation_id: base::OrgId::new(NOON, [3; 10]),
            organisation: "Example Police Germany".into(),
            country: None,
            case_number: "ST/2026/17".into(),
            purpose: "a story".into(),
            key: identity().recipient().unwrap().to_string(),
        },
        case: CaseFacts {
            id: base::CaseId::new(NOON, [4; 10]),
            class: Class::Baseline,
            why: "hosted at home".into(),
            agreement: "Agreement DE".into(),
            version: 2,
            clause: "2.1".into(),
            width: Width::Page,
            reporter: "Hotline Tulip".into(),
            disclosed_at: NOON,
        },
        page: Some(PageFacts { source_url: "https://pictures.example/".into(), received_at: NOON, note: None }),
        hosting: HostFacts { ip: Some("192.0.2.7".into()), country: None, network: Some("Example Hosting".into()) },
        trace: None,
        archives: Vec::new(),
        items: (1..=items).map(item).collect(),
        withheld: vec![Kept {
            what: "series".into(),
            clause: Some("2.1".into()),
            reason: "not agreed".into(),
            items: 2,
        }],
        outcomes: Vec::new(),
    }
}

/// A whole package, encrypted.
fn sealed(contents: &Contents, recipient: &Recipient) -> Vec<u8> {
    let mut out = Vec::new();
    let mut pack = Pack::new(Some((recipient, &chance())), &mut out).unwrap();
    for (path, media_type, bytes) in package::documents(contents, TOOL).unwrap() {
        pack.file(path, media_type, &bytes, &mut out).unwrap();
    }
    for n in 1..=u8::try_from(contents.items.len()).unwrap() {
        let bytes = media(n);
        pack.begin(listed(&format!("media/{}", sha256(&bytes)), "image/png"), &mut out).unwrap();
        for piece in bytes.chunks(50) {
            pack.bytes(piece, &mut out).unwrap();
        }
        pack.end(&mut out).unwrap();
    }
    let manifest = |files, key| Manifest::new(contents, files, TOOL, key);
    pack.finish(SIGNATURE_CONTEXT, manifest, &signer(), &mut out).unwrap();
    out
}

fn plain(sealed: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    Reader::open(Cursor::new(sealed), &identity()).unwrap().read_to_end(&mut plain).unwrap();
    plain
}

fn good() -> Vec<u8> {
    plain(&sealed(&contents(2), &identity().recipient().unwrap()))
}

fn flaws(bytes: &[u8]) -> Vec<String> {
    package::verify(&mut Cursor::new(bytes), Some(&key())).flaws.iter().map(ToString::to_string).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("package-{name}-{}", std::process::id()));
    drop(fs::remove_dir_all(&path));
    fs::create_dir_all(&path).unwrap();
    path
}

fn python(arguments: &[&str]) -> String {
    // Set by scripts/test.
    let python = std::env::var("CPORT_PYTHON").unwrap();
    let out = Command::new(python).args(arguments).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&[out.stdout, out.stderr].concat()));
    String::from_utf8(out.stdout).unwrap()
}

/// Name and bytes of every file of a good archive.
fn files(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (mut files, mut at) = (Vec::new(), 0);
    while archive[at..].starts_with(b"PK\x03\x04") {
        let length = usize::from(u16::from_le_bytes([archive[at + 26], archive[at + 27]]));
        let name = String::from_utf8(archive[at + 30..at + 30 + length].to_vec()).unwrap();
        let begin = at + 30 + length + 20;
        let behind = |from: usize| archive[from..].windows(4).position(|w| w == b"PK\x07\x08").map(|n| from + n);
        let mut end = behind(begin).unwrap();
        let size = |end: usize| u64::from_le_bytes(archive[end + 8..end + 16].try_into().unwrap());
        while size(end) != (end - begin) as u64 {
            end = behind(end + 1).unwrap();
        }
        files.push((name, archive[begin..end].to_vec()));
        at = end + container::DESCRIPTOR;
    }
    files
}

type Files = Vec<(String, Vec<u8>)>;

fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut writer) = (Vec::new(), container::Writer::default());
    for (name, bytes) in files {
        writer.begin(name, &mut out);
        writer.count(bytes);
        out.extend_from_slice(bytes);
        writer.end_entry(&mut out);
    }
    writer.finish(&mut out);
    out
}

/// Everything that somebody may do to a package, each with what it is called.
fn changed() -> Vec<(&'static str, Vec<u8>)> {
    let good = files(&good());
    let with = |change: &dyn Fn(&mut Files)| {
        let mut files = good.clone();
        change(&mut files);
        archive(&files)
    };
    let manifest = |change: &dyn Fn(&mut Value)| {
        with(&|files| {
            let at = files.len() - 2;
            let mut value: Value = serde_json::from_slice(&files[at].1).unwrap();
            change(&mut value);
            files[at].1 = serde_json::to_vec_pretty(&value).unwrap();
        })
    };
    let signed_by_another = with(&|files| {
        let (at, other) = (files.len() - 2, Signer::from_seed(&[1; 32]).unwrap());
        let mut value: Value = serde_json::from_slice(&files[at].1).unwrap();
        value["signing_key"] = json!(other.public_hex());
        files[at].1 = serde_json::to_vec_pretty(&value).unwrap();
        let signed = [package::SIGNATURE_CONTEXT, &files[at].1].concat();
        files[at + 1].1 = format!("ed25519 {} {}\n", other.id(), other.sign_hex(&signed)).into_bytes();
    });
    vec![
        ("a-file-dropped", with(&|f| drop(f.remove(4)))),
        ("a-document-dropped", with(&|f| drop(f.remove(0)))),
        ("a-file-added", with(&|f| f.insert(0, ("media/extra".into(), b"extra".to_vec())))),
        ("an-empty-file-added", with(&|f| f.insert(0, ("extra".into(), Vec::new())))),
        ("a-file-renamed", with(&|f| f[4].0 = "media/other".into())),
        (
            "names-swapped",
            with(&|f| {
                let name = f[4].0.clone();
                f[4].0 = f[5].0.clone();
                f[5].0 = name;
            }),
        ),
        (
            "a-file-twice",
            with(&|f| {
                let again = f[4].clone();
                f.insert(4, again);
            }),
        ),
        ("a-files-bytes-changed", with(&|f| f[4].1[0] ^= 1)),
        ("a-file-longer", with(&|f| f[4].1.push(0))),
        ("a-file-shorter", with(&|f| _ = f[4].1.pop())),
        ("a-document-changed", with(&|f| f[1].1.push(b'\n'))),
        (
            "the-manifest-dropped",
            with(&|f| {
                let at = f.len() - 2;
                f.remove(at);
            }),
        ),
        ("the-signature-dropped", with(&|f| drop(f.pop()))),
        (
            "the-signature-first",
            with(&|f| {
                let last = f.pop().unwrap();
                f.insert(0, last);
            }),
        ),
        ("the-signature-empty", with(&|f| f.last_mut().unwrap().1.clear())),
        ("the-signature-upper-case", with(&|f| f.last_mut().unwrap().1.make_ascii_uppercase())),
        ("the-signature-longer", with(&|f| f.last_mut().unwrap().1.push(b'\n'))),
        ("the-purpose-changed", manifest(&|m| m["recipient"]["purpose"] = json!("another"))),
        ("a-file-not-listed", manifest(&|m| drop(m["files"].as_array_mut().unwrap().remove(0)))),
        (
            "a-file-listed-twice",
            manifest(&|m| {
                let f = m["files"][0].clone();
                m["files"].as_array_mut().unwrap().push(f);
            }),
        ),
        ("the-manifest-written-anew", manifest(&|_| ())),
        ("signed-by-another", signed_by_another),
        ("in-6-a-name-that-climbs", with(&|f| f[4].0 = "../evil".into())),
        ("in-6-an-absolute-name", with(&|f| f[4].0 = "/evil".into())),
        ("in-6-a-hidden-name", with(&|f| f[4].0 = "media/.evil".into())),
        ("no-files", archive(&[])),
        ("nothing", Vec::new()),
        ("something-before", [b"x".as_slice(), &archive(&good)].concat()),
        ("something-behind", [archive(&good), b"x".to_vec()].concat()),
        ("cut", {
            let mut all = archive(&good);
            all.truncate(all.len() - 1);
            all
        }),
    ]
}

#[test]
fn a_good_package_is_taken_and_says_what_is_in_it() {
    let bytes = good();
    let found = package::verify(&mut Cursor::new(&bytes), Some(&key()));
    assert_eq!(found.flaws, []);
    let manifest = found.manifest.unwrap();
    assert_eq!((manifest.files.len(), manifest.recipient.name.as_str()), (6, "Derk Officer"));
    assert_eq!(manifest.withheld[0].clause.as_deref(), Some("2.1"), "what was kept back is named with its clause");
    let without = package::verify(&mut Cursor::new(&bytes), None);
    assert_eq!((without.flaws, without.key), (vec![], Some(key())), "without a key, the one it names");
    let other = PublicKey::parse(&Signer::from_seed(&[1; 32]).unwrap().public_hex()).unwrap();
    assert_eq!(package::verify(&mut Cursor::new(&bytes), Some(&other)).flaws.len(), 1);
}

/// Every byte outside the report, whose bytes are one long hash's, and some of those.
fn mutations(bytes: &[u8]) -> Vec<(usize, u8)> {
    let report = 30 + "report.pdf".len() + 20..30 + "report.pdf".len() + 20 + files(bytes)[0].1.len();
    (0..bytes.len()).filter(|at| !report.contains(at) || at % 499 == 0).map(|at| (at, 1 << (at % 8))).collect()
}

#[test]
fn any_byte_changed_and_any_file_dropped_added_or_renamed_is_refused_by_both_verifiers() {
    let (bytes, folder) = (good(), folder("changed"));
    assert_eq!(archive(&files(&bytes)), bytes, "the archive is what its files make it");
    let mutations = mutations(&bytes);
    let mut bad = bytes.clone();
    for (at, change) in &mutations {
        bad[*at] ^= change;
        assert!(!flaws(&bad).is_empty(), "byte {at}");
        bad[*at] ^= change;
    }
    let corpus = folder.join("corpus");
    fs::create_dir(&corpus).unwrap();
    for (name, bytes) in changed() {
        assert!(!flaws(&bytes).is_empty(), "{name}");
        fs::write(corpus.join(name), bytes).unwrap();
    }
    fs::write(corpus.join("good"), &bytes).unwrap();
    fs::write(folder.join("good.zip"), &bytes).unwrap();
    let lines: String = mutations.iter().map(|(at, change)| format!("[{at}, {change}]\n")).collect();
    fs::write(folder.join("mutations"), lines).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let said = python(&[
        root().join("tests/python/packages.py").to_str().unwrap(),
        root().join("scripts/verify_package.py").to_str().unwrap(),
        &key().hex(),
        &path("good.zip"),
        &path("mutations"),
        &path("corpus"),
    ]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&said["refused"], &said["slipped"]), (&json!(mutations.len()), &json!([])));
    for (name, verdict) in said["files"].as_object().unwrap() {
        assert_eq!(verdict, if name == "good" { "taken" } else { "refused" }, "{name}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn in_6_a_hostile_archive_is_refused_before_it_costs_anything() {
    let (mut huge, mut tail) = (Vec::new(), Vec::new());
    container::end(u64::MAX, 0, 0, &mut huge);
    container::end(1 << 40, 0, 1 << 50, &mut tail);
    for bytes in [huge, tail, vec![0; 98], b"PK\x05\x06".repeat(30)] {
        let begun = std::time::Instant::now();
        assert!(!flaws(&bytes).is_empty());
        assert!(begun.elapsed().as_secs() < 2);
    }
}

#[test]
fn every_document_says_the_same_to_readers_of_others() {
    let folder = folder("documents");
    let contents = contents(3);
    for (path, _, bytes) in package::documents(&contents, TOOL).unwrap() {
        fs::write(folder.join(path), bytes).unwrap();
    }
    let script = root().join("tests/python/package_facts.py");
    let said = python(&[script.to_str().unwrap(), folder.to_str().unwrap()]);
    let said: Value = serde_json::from_str(&said).unwrap();
    let expected: Vec<Value> = contents.items.iter().map(expected).collect();
    for document in ["vics", "case_uco", "csv"] {
        assert_eq!(said[document], json!(expected), "{document}");
    }
    let text = said["pdf"].as_str().unwrap().replace('\n', "");
    for item in &contents.items {
        assert!(text.contains(&item.file.as_ref().unwrap().sha256), "the report names every file");
    }
    assert!(text.contains("Derk Officer") && text.contains("item.opened"), "{text}");
    fs::remove_dir_all(folder).unwrap();
}

fn expected(item: &ItemFacts) -> Value {
    let file = item.file.as_ref().unwrap();
    json!({
        "item": item.id, "md5": file.md5, "sha1": file.sha1, "sha256": file.sha256, "size": file.size,
        "kind": file.kind, "class": item.judged.class.word(), "age": item.judged.age_group.word(),
        "gender": item.judged.gender.word(), "url": item.url, "file": format!("media/{}", file.sha256),
    })
}

#[test]
fn our_own_reader_reads_the_facts_back() {
    let contents = contents(3);
    let documents = package::documents(&contents, TOOL).unwrap();
    let (_, _, vics) = documents.iter().find(|(path, ..)| *path == "vics.json").unwrap();
    let mut read = Vec::new();
    let options = exchange::vics::Options::default();
    let outcome = exchange::vics::read(vics.as_slice(), &exchange::Limits::default(), &options, |row| {
        read.push(row.content.unwrap());
        std::ops::ControlFlow::Continue(())
    });
    assert!(outcome.done.is_clean());
    assert_eq!(outcome.cases[0].number.as_deref(), Some("ST/2026/17"));
    for (record, item) in read.iter().zip(&contents.items) {
        let file = item.file.as_ref().unwrap();
        assert_eq!(record.digests.sha256.map(|d| base::hex(&d)).as_ref(), Some(&file.sha256));
        assert_eq!(record.digests.md5.map(|d| base::hex(&d)).as_ref(), Some(&file.md5));
        assert_eq!((record.size, record.category.clone()), (Some(file.size as u64), None));
        assert!(record.tags.contains(&format!("item:{}", item.id)) && record.tags.contains(&"class:baseline".into()));
    }
    assert_eq!(read.len(), 3);
}

/// `age`, a package of Debian that scripts/test asks for.
fn age(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut age = Command::new("age").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut to = age.stdin.take().unwrap();
    let input = input.to_vec();
    let feeder = std::thread::spawn(move || to.write_all(&input));
    let out = age.wait_with_output().unwrap();
    feeder.join().unwrap().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

#[test]
fn age_itself_opens_what_we_seal_and_we_open_what_it_seals() {
    let folder = folder("age");
    let keys = folder.join("key.txt");
    fs::write(&keys, format!("# invented\n{}\n", identity().expose())).unwrap();
    let recipient = identity().recipient().unwrap();
    let ours = sealed(&contents(1), &recipient);
    assert_eq!(age(&["-d", "-i", keys.to_str().unwrap()], &ours), plain(&ours));
    for size in [0, 1, 65_535, 65_536, 65_537, 200_000] {
        let bytes: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        // To two keys, of which ours is the second.
        let other = Identity::from_bytes([3; 32]).recipient().unwrap().to_string();
        let theirs = age(&["-r", &other, "-r", &recipient.to_string()], &bytes);
        assert_eq!(plain(&theirs), bytes, "{size}");
    }
    let script = "import sys, pyrage; i = pyrage.x25519.Identity.from_str(sys.argv[1]); \
                  sys.stdout.write(pyrage.decrypt(open(sys.argv[2], 'rb').read(), [i]).hex())";
    fs::write(folder.join("sealed"), &ours).unwrap();
    let theirs = python(&["-c", script, &identity().expose(), folder.join("sealed").to_str().unwrap()]);
    assert_eq!(theirs, base::hex(&plain(&ours)));
    fs::remove_dir_all(folder).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_files_make_an_archive_that_is_read_back(sizes in proptest::collection::vec(0_usize..3000, 0..20)) {
        let given: Vec<(String, Vec<u8>)> =
            sizes.iter().enumerate().map(|(n, size)| (format!("media/{n}"), vec![n as u8; *size])).collect();
        prop_assert_eq!(files(&archive(&given)), given);
    }

    #[test]
    fn no_bytes_make_the_verifier_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
        prop_assert!(!flaws(&bytes).is_empty());
    }
}
