//! A case of 100,000 items: how long until its first page is there, by the API and as the officer's page.

use super::{Client, Site, percentile, run_sql, say};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Instant,
};
use storage::Backend;

const ITEMS: usize = 100_000;
const LOOKS: usize = 60;

/// First page, last page and the officer's page of the case.
pub fn case(name: &str, backend: Backend) {
    let mut site = Site::new(backend);
    let token = site.token("L", "O");
    fill(&site, backend);
    site.serve();
    let mut http = Client::new(&site.address, &token);
    let (_, inbox) = http.call("GET", "/api/v1/cases", None);
    let inbox: serde_json::Value = serde_json::from_slice(&inbox).unwrap();
    let id = inbox["items"][0]["id"].as_str().unwrap().to_owned();
    let last = format!("/api/v1/cases/{id}/items?cursor={}.{}", ITEMS - 60, "0".repeat(32));
    for (what, path) in [("first_page", format!("/api/v1/cases/{id}")), ("last_page", last)] {
        let times = measured(|| {
            let (status, _) = http.call("GET", &path, None);
            assert_eq!(status, 200, "{path}");
        });
        say(&format!("{name}_{what}_p95"), ITEMS, "ms", percentile(&times, 0.95));
    }
    let cookie = sign_in(&site.address, &token);
    let times = measured(|| {
        let page = raw(&site.address, &format!("GET /police/cases/{id} HTTP/1.1\r\nCookie: {cookie}\r\n"), "");
        assert!(page.starts_with("HTTP/1.1 200"), "{}", page.lines().next().unwrap_or_default());
    });
    say(&format!("{name}_officers_page_p95"), ITEMS, "ms", percentile(&times, 0.95));
}

fn measured(mut look: impl FnMut()) -> Vec<f64> {
    let mut times: Vec<f64> = (0..LOOKS)
        .map(|_| {
            let sent = Instant::now();
            look();
            sent.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

/// One request on a connection of its own; the answer as text.
fn raw(address: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let kind = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nHost: bench\r\n";
    let request = format!("{head}{kind}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn sign_in(address: &str, token: &str) -> String {
    let answer = raw(address, "POST /sign-in HTTP/1.1\r\n", &format!("token={token}"));
    let line = answer.lines().find(|l| l.to_ascii_lowercase().starts_with("set-cookie:")).expect("signed in");
    line.split_once(':').unwrap().1.trim().split(';').next().unwrap().to_owned()
}

/// One report with 100,000 items, each with a file of its own, all disclosed.
fn fill(site: &Site, backend: Backend) {
    let series = match backend {
        Backend::Sqlite => format!(
            "(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {ITEMS}) SELECT i FROM s) AS s"
        ),
        Backend::Postgres => format!("generate_series(1, {ITEMS}) AS s(i)"),
    };
    let id = |kind: &str, i: &str| match backend {
        Backend::Sqlite => format!("unhex(printf('{kind}%030x', {i}))"),
        Backend::Postgres => format!("('{kind}' || lpad(to_hex({i}), 30, '0'))::uuid"),
    };
    let bytes = match backend {
        Backend::Sqlite => "CAST(i AS BLOB)",
        Backend::Postgres => "i::text::bytea",
    };
    let (empty, yes, no) = match backend {
        Backend::Sqlite => ("zeroblob(1)", "1", "0"),
        Backend::Postgres => ("''::bytea", "true", "false"),
    };
    let (hotline, lea) =
        ("(SELECT id FROM organisation WHERE name = 'H')", "(SELECT id FROM organisation WHERE name = 'L')");
    let (report, case, blob) = (id("a1", "1"), id("a3", "1"), id("a6", "1"));
    let (item, gift, media, judged) = (id("a2", "i"), id("a4", "i"), id("a5", "i"), id("a7", "i"));
    let now = "1700000000000000";
    let mut statements = Vec::new();
    if backend == Backend::Postgres {
        statements.push("SELECT set_config('cport.org', '*', false)".to_owned());
    }
    statements.extend([
        format!("INSERT INTO blob (id, org_id, size, wrapped_key, key_version, created_at, erased_at) VALUES ({blob}, {hotline}, 1, {empty}, 1, 1, NULL)"),
        format!(
            "INSERT INTO report (id, reporter_id, source_url, source_host, received_at, submitted_by, state, hosting_ip,
             hosting_country, hosting_network, note, created_at, changed_at, fingerprint) VALUES ({report}, {hotline},
             'https://pictures.example/', 'pictures.example', 1, {blob}, 'disclosed', NULL, 'DE', NULL, NULL, {now}, {now}, {empty})"
        ),
        format!(
            "INSERT INTO media_object (id, org_id, sha256, md5, sha1, pdq, pdq_quality, kind, size, width, height, blob_id,
             preview_id, created_at, described_at) SELECT {media}, {hotline}, {bytes}, {bytes}, {bytes}, {empty}, 1,
             'image/png', 1, 1, 1, {blob}, {blob}, 1, 1 FROM {series}"
        ),
        format!(
            "INSERT INTO item (id, report_id, reporter_id, owner_id, media_id, place, url, file_name, assigned_country,
             assessment_id, class, confirmed_by, known, waits_for_owner, routed_at, version, created_at, compared_at)
             SELECT {item}, {report}, {hotline}, {hotline}, {media}, i, NULL, 'a.png', 'DE', {judged}, 'baseline', NULL,
             {no}, {no}, 1, 1, {now}, {now} FROM {series}"
        ),
        format!(
            "INSERT INTO assessment (id, item_id, org_id, class, age_group, gender, at)
             SELECT {judged}, {item}, {hotline}, 'baseline', 'unknown', 'unknown', {now} FROM {series}"
        ),
        format!(
            "INSERT INTO police_case (id, lea_id, report_id, class, items, why, clause, agreement_name, agreement_version,
             width, hosting_country, rank, created_at) VALUES ({case}, {lea}, {report}, 'baseline', {ITEMS},
             'A baseline item hosted in Germany.', '1', 'Agreement', 1, 'page', 'DE', {now}, {now})"
        ),
        format!(
            "INSERT INTO disclosure (id, case_id, report_id, item_id, reporter_id, owner_id, lea_id, agreement_name,
             agreement_version, clause, width, media, reason, at) SELECT {gift}, {case}, {report}, {item}, {hotline},
             {hotline}, {lea}, 'Agreement', 1, '1', 'page', {yes}, 'A baseline item hosted in Germany.', {now} FROM {series}"
        ),
        format!(
            "INSERT INTO withheld (id, report_id, item_id, reporter_id, owner_id, lea_id, what, clause, reason, at)
             SELECT {gift}, {report}, {item}, {hotline}, {hotline}, {lea}, 'series', '1', 'clause 1 does not open the series',
             {now} FROM {series}"
        ),
        "ANALYZE".into(),
    ]);
    run_sql(&site.database, &statements);
}
