//! Trying a text out on a million reports: who would get what, from the start of the command to its last line.

use super::{Site, run_sql, say};
use std::{fs, path::Path, process::Command, time::Instant};
use storage::{Backend, Clock};

const REPORTS: usize = 1_000_000;
/// Reports put in by one statement.
const CHUNK: usize = 250_000;

/// `cport agreements simulate` on a hotline's reports of the last 90 days, one item each, spread over countries, classes, age
/// groups and kinds of sites.
pub fn simulate(name: &str, backend: Backend) {
    let site = Site::new(backend);
    for from in (0..REPORTS).step_by(CHUNK) {
        fill(&site, backend, from, from + CHUNK);
    }
    run_sql(&site.database, &["ANALYZE".to_owned()]);
    let text = site.folder.join("text.toml");
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agreements/templates/de.toml");
    fs::copy(template, &text).unwrap();
    let mut times: Vec<f64> = (0..3)
        .map(|_| {
            let begun = Instant::now();
            let out = Command::new(super::program())
                .args(["agreements", "simulate", "--database", &site.database, "--hotline", "H"])
                .arg(&text)
                .output()
                .unwrap();
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
            let said = String::from_utf8_lossy(&out.stdout);
            assert!(said.contains("1 officer would see"), "{said}");
            begun.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    say(name, REPORTS, "s", times[1]);
}

/// Adds reports `from..to` of the one hotline, the newest last, seven seconds apart, each with one judged item.
fn fill(site: &Site, backend: Backend, from: usize, to: usize) {
    let (id, series, none, yes): (fn(&str) -> String, String, &str, &str) = match backend {
        Backend::Sqlite => (
            |kind| format!("unhex(printf('{kind}%030x', i))"),
            format!(
                "(WITH RECURSIVE s(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {to}) SELECT i FROM s) AS s"
            ),
            "zeroblob(16)",
            "1",
        ),
        Backend::Postgres => (
            |kind| format!("('{kind}' || lpad(to_hex(i), 30, '0'))::uuid"),
            format!("generate_series({from}, {}) AS s(i)", to - 1),
            "'00000000-0000-0000-0000-000000000000'::uuid",
            "true",
        ),
    };
    let (bytes, empty) = match backend {
        Backend::Sqlite => ("CAST(i AS BLOB)", "zeroblob(1)"),
        Backend::Postgres => ("i::text::bytea", "''::bytea"),
    };
    let now = Clock::Machine.now().micros();
    let at = format!("({now} - ({REPORTS} - CAST(i AS BIGINT)) * 7000000)");
    let hotline = "(SELECT id FROM organisation WHERE name = 'H')";
    let (report, item, judged) = (id("a1"), id("a2"), id("a5"));
    let word = |by: usize, words: &[&str]| {
        let cases: Vec<String> = words.iter().enumerate().map(|(n, w)| format!("WHEN {n} THEN '{w}'")).collect();
        format!("CASE i % {by} {} ELSE '{}' END", cases.join(" "), words[0])
    };
    let country = word(3, &["DE", "NL", "FR"]);
    let (class, age) = (word(5, &["baseline", "national"]), word(7, &["infant", "pubescent", "adult", "unknown"]));
    let (kind, real) = (word(11, &["unknown", "forum", "image_host"]), word(13, &["unknown", "drawn", "real"]));
    let mut statements = Vec::new();
    if backend == Backend::Postgres {
        statements.push("SELECT set_config('cport.org', '*', false)".to_owned());
    }
    if from == 0 {
        statements.push(format!(
            "INSERT INTO media_object (id, org_id, sha256, md5, sha1, pdq, pdq_quality, kind, size, width, height, created_at)
             VALUES ({none}, {hotline}, {empty}, {empty}, {empty}, {empty}, 1, 'image/png', 1, 1, 1, 1)"
        ));
    }
    statements.push(format!(
        "INSERT INTO report (id, reporter_id, source_url, source_host, received_at, submitted_by, state, hosting_country,
         created_at, changed_at, fingerprint, site_type) SELECT {report}, {hotline}, 'https://pictures.example/',
         'pictures.example', {at}, {none}, 'routed', {country}, {at}, {at}, {bytes}, {kind} FROM {series}"
    ));
    statements.push(format!(
        "INSERT INTO item (id, report_id, reporter_id, media_id, place, file_name, assessment_id, class, known,
         waits_for_owner, version, created_at) SELECT {item}, {report}, {hotline}, {none}, 0, 'a.png', {judged}, {class},
         NOT {yes}, NOT {yes}, 1, {at} FROM {series}"
    ));
    statements.push(format!(
        "INSERT INTO assessment (id, item_id, org_id, class, country, age_group, gender, at, synthetic)
         SELECT {judged}, {item}, {hotline}, {class}, 'DE', {age}, 'unknown', {at}, {real} FROM {series}"
    ));
    run_sql(&site.database, &statements);
    eprintln!("filled to {to}");
}
