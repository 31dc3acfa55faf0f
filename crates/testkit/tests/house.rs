//! The rules of the house, as tests: who may import what, where queries and partners' names stand, what is generated.

#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Own packages each package may import. Everything not named here is refused.
const ARROWS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("audit", &["base"]),
    ("media", &[]),
    ("matcher", &[]),
    ("capture", &["base"]),
    ("invented", &[]),
    ("storage", &["base", "audit"]),
    ("agreements", &["base", "audit", "storage"]),
    ("hashlists", &["base", "audit", "storage", "agreements", "matcher"]),
    ("exchange", &["base", "audit", "storage", "agreements", "hashlists", "reports"]),
    ("reports", &["base", "audit", "storage", "agreements", "hashlists", "media", "capture"]),
    ("takedown", &["base", "audit", "storage", "agreements", "reports"]),
    (
        "web",
        &["base", "audit", "storage", "agreements", "hashlists", "exchange", "reports", "takedown", "media", "capture"],
    ),
    (
        "cli",
        &[
            "base",
            "audit",
            "storage",
            "agreements",
            "hashlists",
            "exchange",
            "reports",
            "takedown",
            "media",
            "capture",
            "invented",
            "web",
        ],
    ),
    (
        "testkit",
        &[
            "base",
            "audit",
            "storage",
            "agreements",
            "hashlists",
            "exchange",
            "reports",
            "takedown",
            "media",
            "capture",
            "invented",
            "web",
            "cli",
        ],
    ),
];

/// What a package must not reach, directly or through others.
const BANS: &[(&str, &[&str])] = &[
    ("base", &["sea-orm", "tokio", "axum", "reqwest", "aws-lc-rs"]),
    ("audit", &["sea-orm", "tokio", "axum", "reqwest", "aws-lc-rs"]),
    ("media", &["sea-orm", "tokio", "axum", "reqwest", "hyper"]),
    ("matcher", &["sea-orm", "tokio", "axum", "reqwest", "hyper", "jiff"]),
    ("capture", &["sea-orm", "axum"]),
    ("agreements", &["axum", "reqwest", "hyper", "image"]),
    ("hashlists", &["axum", "reqwest", "hyper", "image", "csv", "quick-xml"]),
    ("exchange", &["axum"]),
    ("reports", &["axum", "reqwest", "hyper"]),
    ("takedown", &["axum", "reqwest", "hyper"]),
];

/// Packages whose work is the network on behalf of the rooms above them: the evidence store's client and the scout. What
/// they bring along does not count as the caller's own (decision 7).
const DOORS: &[&str] = &["object_store", "capture"];

/// What is built here: packages that only other systems need were never fetched.
fn metadata() -> Value {
    let here = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", &here])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn arrows_point_downwards_only() {
    let metadata = metadata();
    let own: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let mut found = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap().iter().filter(|p| p["source"].is_null()) {
        let name = package["name"].as_str().unwrap();
        assert!(own.contains(name), "package `{name}` is not in the house's plan");
        found.insert(name.to_owned());
        let (_, allowed) = ARROWS.iter().find(|(n, _)| *n == name).unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let to = dependency["name"].as_str().unwrap();
            let dev = dependency["kind"] == "dev";
            assert!(dev || !own.contains(to) || allowed.contains(&to), "`{name}` must not import `{to}`");
        }
    }
    assert_eq!(found.len(), own.len(), "every package of the plan is there");
}

#[test]
fn rooms_do_not_reach_what_they_must_not_contain() {
    let metadata = metadata();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let name_of: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["id"].as_str().unwrap(), p["name"].as_str().unwrap()))
        .collect();
    let normal = |node: &Value| -> Vec<String> {
        let is_normal = |d: &&Value| d["dep_kinds"].as_array().unwrap().iter().any(|k| k["kind"].is_null());
        node["deps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(is_normal)
            .map(|d| d["pkg"].as_str().unwrap().to_owned())
            .collect()
    };
    let edges: BTreeMap<&str, Vec<String>> = nodes.iter().map(|n| (n["id"].as_str().unwrap(), normal(n))).collect();
    for (package, banned) in BANS {
        let start = name_of.iter().find(|(id, name)| *name == package && id.starts_with("path+")).unwrap().0;
        let mut seen = BTreeSet::from([(*start).to_owned()]);
        let mut next = vec![(*start).to_owned()];
        while let Some(id) = next.pop() {
            for to in edges[id.as_str()].iter().filter(|to| !DOORS.contains(&name_of[to.as_str()])) {
                if seen.insert(to.clone()) {
                    next.push(to.clone());
                }
            }
        }
        let names: BTreeSet<&str> = seen.iter().map(|id| name_of[id.as_str()]).collect();
        for ban in *banned {
            assert!(!names.contains(ban), "`{package}` reaches `{ban}`");
        }
    }
}

/// Every Rust file of the product: path below `crates/`, text without its tests.
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root().join("crates")).unwrap().display().to_string();
                if name.contains("/src/") {
                    let text = fs::read_to_string(&path).unwrap();
                    let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
                    files.push((name, text));
                }
            }
        }
    }
    assert!(files.len() > 60, "{} files", files.len());
    files
}

#[test]
fn queries_stand_in_stores_and_entities_only() {
    let marks = ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "sql::all", "sql::one", "sql::run"];
    let code = |text: &str| text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for (name, text) in sources() {
        let home = name.starts_with("storage/")
            || name.starts_with("testkit/")
            || name.contains("/store")
            || name.contains("/entity/");
        let text = code(&text);
        let found: Vec<&str> = marks.into_iter().filter(|m| text.contains(m)).collect();
        assert!(home || found.is_empty(), "{name} holds a query: {found:?}");
    }
}

#[test]
fn storage_names_no_domain_table_outside_its_migrations() {
    let tables =
        ["report", "item", "disclosure", "police_case", "outcome", "agreement", "organisation", "person", "verdict"];
    for (name, text) in sources().into_iter().filter(|(n, _)| n.starts_with("storage/")) {
        for table in tables {
            for verb in ["FROM", "INTO", "UPDATE", "JOIN"] {
                let query = format!("{verb} {table} ");
                assert!(!text.contains(&query), "{name}: `{query}`");
            }
        }
    }
}

#[test]
fn partners_are_named_in_the_loading_dock_only() {
    let partners = ["ICCAM", "ICSE", "IWOL", "VICS", "NCMEC", "SCARt", "iccam", "hashsharing"];
    // `Onward` and its words are the agreement's own: it says where things may go, not how.
    let allowed = [
        "exchange/",
        "web/src/iccam/",
        "web/src/hash_sharing/",
        "cli/src/config.rs",
        "agreements/src/document.rs",
        "agreements/src/sentence.rs",
    ];
    let code = |text: &str| text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for (name, text) in sources() {
        if !allowed.iter().any(|a| name.starts_with(a)) {
            let text = code(&text);
            let found: Vec<&str> = partners.into_iter().filter(|p| text.contains(p)).collect();
            assert!(found.is_empty(), "{name} names {found:?}");
        }
    }
}

#[test]
fn every_file_opens_with_a_comment_for_a_stranger() {
    for (name, text) in sources() {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//!") || first.starts_with("#![doc"), "{name} opens with `{first}`");
    }
}

#[test]
fn every_package_has_a_readme_that_says_what_it_never_does() {
    for (package, _) in ARROWS {
        let readme = fs::read_to_string(root().join("crates").join(package).join("README.md")).unwrap();
        assert!(readme.contains("Never:") && readme.lines().count() > 4, "{package}/README.md");
    }
}

#[test]
fn only_the_exchanges_own_upkeep_commits_without_an_act() {
    let callers: Vec<String> =
        sources().into_iter().filter(|(_, t)| t.contains("commit_upkeep(")).map(|(name, _)| name).collect();
    let known = [
        "storage/src/audit_log.rs",
        "storage/src/evidence/vault.rs",
        "storage/src/jobs.rs",
        "storage/src/requests.rs",
        "storage/src/tx.rs",
    ];
    let mut callers: Vec<&str> = callers.iter().map(String::as_str).collect();
    callers.sort_unstable();
    assert_eq!(callers, known, "this list may only shrink");
}

#[test]
fn text_says_child_sexual_abuse_material() {
    let bad = concat!("child ", "porn");
    for (name, text) in sources() {
        assert!(!text.to_lowercase().contains(bad), "{name}");
    }
}

/// Compares a committed file with what the code prints; `CPORT_BLESS=1` writes it anew.
fn generated(path: &str, printed: &str) {
    let file = root().join(path);
    if std::env::var_os("CPORT_BLESS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, printed).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == printed,
        "{path} is not what the code prints: run this test with CPORT_BLESS=1 and read the diff"
    );
}

#[test]
fn the_committed_flow_is_what_the_code_prints() {
    generated("docs/FLOW.md", &reports::flow::markdown());
}

#[test]
fn the_committed_api_description_is_what_the_code_prints() {
    generated("docs/openapi.json", &(web::openapi().to_pretty_json().unwrap() + "\n"));
}

#[test]
fn every_operation_of_the_api_has_a_name_of_its_own() {
    let description = serde_json::to_value(web::openapi()).unwrap();
    let paths = description["paths"].as_object().unwrap().values();
    let mut ids: Vec<String> = paths
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert!(ids.contains(&"post_reports_id_files".to_owned()), "{ids:?}");
}

#[test]
fn the_committed_config_is_what_the_code_prints() {
    let text = cli::config::default_text().unwrap();
    generated("docs/cport.default.toml", &text);
}
