//! The officer's inbox and its search at a million reports, a hundred thousand of them disclosed to the unit; and a case of a
//! hundred thousand items.

use crate::{Client, Site, percentile, run_sql, say};
use serde_json::{Value, json};
use std::time::Instant;
use storage::Backend;

const REPORTS: usize = 1_000_000;
/// Of these the unit's; the others are another's.
const OWN: usize = 100_000;
const ITEMS: usize = 100_000;
/// Measured calls, after a tenth as many to warm up.
const CALLS: usize = 500;

/// How the two databases write the same.
struct Dialect {
    backend: Backend,
}

impl Dialect {
    fn id(&self, kind: &str) -> String {
        match self.backend {
            Backend::Sqlite => format!("unhex(printf('{kind}%030x', i))"),
            Backend::Postgres => format!("('{kind}' || lpad(to_hex(i), 30, '0'))::uuid"),
        }
    }

    fn series(&self, from: usize, to: usize) -> String {
        match self.backend {
            Backend::Sqlite => format!(
                "(WITH RECURSIVE s(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM s WHERE i + 1 < {to}) SELECT i FROM s) AS s"
            ),
            Backend::Postgres => format!("generate_series({from}, {}) AS s(i)", to - 1),
        }
    }

    fn pick<'a>(&self, sqlite: &'a str, postgres: &'a str) -> &'a str {
        match self.backend {
            Backend::Sqlite => sqlite,
            Backend::Postgres => postgres,
        }
    }

    fn nil(&self) -> &'static str {
        self.pick("zeroblob(16)", "'00000000-0000-0000-0000-000000000000'::uuid")
    }
}

fn org(name: &str) -> String {
    format!("(SELECT id FROM organisation WHERE name = '{name}')")
}

fn media(d: &Dialect) -> Vec<String> {
    let (nil, h, none) = (d.nil(), org("H"), d.pick("zeroblob(1)", "''::bytea"));
    vec![
        d.pick("SELECT 1", "SELECT set_config('cport.org', '*', false)").to_owned(),
        format!("INSERT INTO blob (id, org_id, size, wrapped_key, key_version, created_at, erased_at) VALUES ({nil}, {h}, 1, {none}, 1, 1, NULL)"),
        format!(
            "INSERT INTO media_object (id, org_id, sha256, md5, sha1, pdq, pdq_quality, kind, size, width, height, blob_id,
             preview_id, created_at, described_at) VALUES ({nil}, {h}, {none}, {none}, {none}, {none}, 1, 'image/png', 1, 1, 1, {nil}, {nil}, 1, 1)"
        ),
    ]
}

fn reports(d: &Dialect, from: usize, to: usize) -> String {
    let bytes = d.pick("CAST(i AS BLOB)", "i::text::bytea");
    format!(
        "INSERT INTO report (id, reporter_id, source_url, source_host, received_at, submitted_by, state, hosting_ip,
         hosting_country, hosting_network, note, created_at, changed_at, fingerprint) SELECT {}, {}, 'https://board.example/p' || i,
         'board.example', i, {}, 'disclosed', NULL, 'DE', NULL, NULL, i, i, {bytes} FROM {}",
        d.id("a1"), org("H"), d.nil(), d.series(from, to)
    )
}

fn cases(d: &Dialect, lea: &str, from: usize, to: usize) -> String {
    // Points from 0 to 99, first seen one after another, three weeks apart in all.
    format!(
        "INSERT INTO police_case (id, lea_id, report_id, class, items, why, clause, agreement_name, agreement_version, width,
         hosting_country, rank, created_at, opened_at, outcome, points, since, age_group, fresh, facts, reasons, weighed,
         mixed)
         SELECT {}, {}, {}, CASE WHEN i % 3 = 0 THEN 'national' ELSE 'baseline' END, 1, 'A baseline item hosted in Germany.', '1',
         'Agreement', 1, 'page', 'DE', (i % 12000) * 7919 + (i % 100) * 1000000, 1700000000000000 + i, NULL, NULL, i % 100,
         1700000000000000 + i, CASE WHEN i % 5 = 0 THEN 'infant' ELSE 'pubescent' END, i % 2 = 0, '',
         '[[\"new\",40],[{{\"age\":\"infant\"}},30]]', 1, {} FROM {}",
        d.id("a3"), org(lea), d.id("a1"), d.pick("0", "false"), d.series(from, to)
    )
}

fn words(d: &Dialect, lea: &str, from: usize, to: usize) -> Vec<String> {
    let tail = d.pick("printf('%08x', i)", "lpad(to_hex(i), 8, '0')");
    let all = [
        "'board.example'",
        "'https'",
        "'p' || i",
        tail,
        "'group' || (i % 1000)",
        "CASE WHEN i % 2 = 0 THEN 'even' ELSE 'odd' END",
        "'hosting'",
    ];
    let add = |word: &str| {
        format!(
            "INSERT INTO case_word (lea_id, word, case_id) SELECT {}, {word}, {} FROM {}",
            org(lea),
            d.id("a3"),
            d.series(from, to)
        )
    };
    all.iter().map(|word| add(word)).collect()
}

/// A database with a million reports, and a token of the unit's officer.
fn filled(backend: Backend) -> (Site, String) {
    let site = Site::new(backend);
    site.cport(&["admin", "organisation", "--kind", "lea", "--name", "M", "--country", "NL"]);
    let d = Dialect { backend };
    let mut statements = media(&d);
    statements.push(reports(&d, 0, REPORTS));
    statements.push(cases(&d, "L", 0, OWN));
    statements.push(cases(&d, "M", OWN, REPORTS));
    statements.extend(words(&d, "L", 0, OWN));
    statements.extend(words(&d, "M", OWN, REPORTS));
    let yes = d.pick("1", "true");
    statements.push(format!(
        "INSERT INTO item (id, report_id, reporter_id, owner_id, media_id, place, url, file_name, assigned_country,
         assessment_id, class, confirmed_by, known, waits_for_owner, routed_at, version, created_at, compared_at) SELECT {}, {}, {h}, {h}, {}, 0, NULL, 'a.png', 'DE', NULL, 'baseline',
         NULL, NOT {yes}, NOT {yes}, 1, 1, i, i FROM {}", d.id("a2"), d.id("a1"), d.nil(), d.series(0, OWN), h = org("H")
    ));
    statements.push(disclosures(&d, &d.id("a3"), &d.id("a1"), 0, OWN));
    statements.push("ANALYZE".into());
    run_sql(&site.database, &statements);
    let token = site.token("L", "O");
    (site, token)
}

fn disclosures(d: &Dialect, case: &str, report: &str, from: usize, to: usize) -> String {
    let yes = d.pick("1", "true");
    format!(
        "INSERT INTO disclosure (id, case_id, report_id, item_id, reporter_id, owner_id, lea_id, agreement_id, agreement_name,
         agreement_version, clause, width, media, reason, at, withdrawn_at) SELECT {}, {case}, {report}, {}, {h}, {h}, {}, NULL,
         'Agreement', 1, '1', 'page', {yes}, 'A baseline item hosted in Germany.', i, NULL FROM {}",
        d.id("a4"), d.id("a2"), org("L"), d.series(from, to), h = org("H")
    )
}

fn measure(name: &str, n: usize, mut call: impl FnMut(usize)) {
    let mut times = Vec::new();
    for turn in 0..CALLS + CALLS / 10 {
        let sent = Instant::now();
        call(turn);
        if turn >= CALLS / 10 {
            times.push(sent.elapsed().as_secs_f64() * 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    for (share, what) in [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")] {
        say(&format!("{name}_{what}"), n, "ms", percentile(&times, share));
    }
}

fn get(http: &mut Client, path: &str) -> Value {
    let (status, answer) = http.call("GET", path, None);
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&answer));
    serde_json::from_slice(&answer).unwrap()
}

/// Pages of the inbox, and of searches, over HTTP.
pub fn police(name: &str, backend: Backend) {
    let (mut site, token) = filled(backend);
    site.serve();
    let mut http = Client::new(&site.address, &token);
    let first = get(&mut http, "/api/v1/cases?folded=true");
    assert_eq!(first["items"].as_array().unwrap().len(), 50);
    let deep = first["next"].as_str().unwrap().to_owned();
    let suffix = name.trim_start_matches("police_");
    measure(&format!("police.inbox_{suffix}"), REPORTS, |turn| {
        let more = if turn % 2 == 0 { String::new() } else { format!("&cursor={deep}") };
        get(&mut http, &format!("/api/v1/cases?folded=true{more}"));
    });
    let mut make = |filter: Value| {
        let (status, answer) =
            http.call("POST", "/api/v1/case-searches", Some(&json!({ "filter": filter }).to_string()));
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
        serde_json::from_slice::<Value>(&answer).unwrap()["id"].as_str().unwrap().to_owned()
    };
    // One case, a hundred, half of all, all, a rare beside a frequent word, and filters beside words.
    let searches: Vec<String> = [
        json!({ "text": "p77777" }),
        json!({ "text": "group77" }),
        json!({ "text": "even" }),
        json!({ "text": "board.example" }),
        json!({ "text": "board.example p4242" }),
        json!({ "text": "group500 even" }),
        json!({ "text": "hosting", "age_group": "infant", "class": "national" }),
        json!({ "text": "nowhere.example" }),
        json!({ "known": "new", "status": "new" }),
    ]
    .into_iter()
    .map(&mut make)
    .collect();
    // The worst there is: two frequent words that no case has both of.
    let worst = make(json!({ "text": "even odd" }));
    measure(&format!("police.search_{suffix}"), REPORTS, |turn| {
        get(&mut http, &format!("/api/v1/cases?search={}", searches[turn % searches.len()]));
    });
    measure(&format!("police.search_worst_{suffix}"), REPORTS, |_| {
        let found = get(&mut http, &format!("/api/v1/cases?search={worst}"));
        assert_eq!(found["items"].as_array().unwrap().len(), 0);
    });
}

/// A case of a hundred thousand items, opened.
pub fn case_100k(name: &str, backend: Backend) {
    let mut site = Site::new(backend);
    let d = Dialect { backend };
    let yes = d.pick("1", "true");
    let (report, case) = match backend {
        Backend::Sqlite => ("unhex(printf('a1%030x', 0))".to_owned(), "unhex(printf('a3%030x', 0))".to_owned()),
        Backend::Postgres => (
            "'a1000000-0000-0000-0000-000000000000'::uuid".to_owned(),
            "'a3000000-0000-0000-0000-000000000000'::uuid".to_owned(),
        ),
    };
    let mut statements = media(&d);
    statements.push(reports(&d, 0, 1));
    statements.push(cases(&d, "L", 0, 1));
    statements.push(format!(
        "INSERT INTO item (id, report_id, reporter_id, owner_id, media_id, place, url, file_name, assigned_country,
         assessment_id, class, confirmed_by, known, waits_for_owner, routed_at, version, created_at, compared_at) SELECT {}, {report}, {h}, {h}, {}, i,
         'https://board.example/' || i, 'a.png', 'DE', {}, 'baseline', NULL, NOT {yes}, NOT {yes}, 1, 1, i, i FROM {}",
        d.id("a2"), d.nil(), d.id("a5"), d.series(0, ITEMS), h = org("H")
    ));
    statements.push(format!(
        "INSERT INTO assessment (id, item_id, org_id, person_id, class, country, age_group, gender, note, inherited_from, at)
         SELECT {}, {}, {}, NULL, 'baseline', NULL, 'infant', 'unknown', NULL, NULL, 1 FROM {}",
        d.id("a5"), d.id("a2"), org("H"), d.series(0, ITEMS)
    ));
    statements.push(disclosures(&d, &case, &report, 0, ITEMS));
    statements.push(format!("UPDATE police_case SET items = {ITEMS}"));
    statements.push("ANALYZE".into());
    run_sql(&site.database, &statements);
    let token = site.token("L", "O");
    site.serve();
    let mut http = Client::new(&site.address, &token);
    let id = get(&mut http, "/api/v1/cases")["items"][0]["id"].as_str().unwrap().to_owned();
    let suffix = name.trim_start_matches("case_100k_");
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let sent = Instant::now();
            get(&mut http, &format!("/api/v1/cases/{id}"));
            sent.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    say(&format!("police.case_100k_{suffix}"), ITEMS, "ms", percentile(&times, 0.5));
}
