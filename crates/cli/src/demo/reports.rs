//! Reports of the demo, taken in, assessed and answered by the people of the invented network through the same verbs as
//! everything else.

use super::{
    network::{Somebody, find},
    pictures,
};
use crate::{house::Result, print::Progress};
use base::{CaseId, Class, OrgKind, OutcomeKind, ReportId};
use reports::{
    assess, case,
    facts::{self, Said},
    flow, intake, look, outcome,
};
use web::App;

/// How far a report of the demo is taken.
#[derive(Clone, Copy, PartialEq)]
enum Until {
    Received,
    Compared,
    Assessed(Class),
    Opened,
    Answered(OutcomeKind),
}

/// Reports: country of the hotline, country of the host, seeds of the pictures, how far.
const REPORTS: [(&str, &str, &[u32], Until); 15] = [
    ("NL", "DE", &[], Until::Received),
    ("NL", "DE", &[10, 11], Until::Assessed(Class::Baseline)),
    ("NL", "DE", &[12, 13, 14], Until::Opened),
    ("NL", "DE", &[15], Until::Answered(OutcomeKind::Useful)),
    ("NL", "DE", &[10, 16], Until::Assessed(Class::NotIllegal)),
    ("NL", "BE", &[20, 21], Until::Assessed(Class::Baseline)),
    ("BE", "BE", &[22], Until::Answered(OutcomeKind::VictimIdentified)),
    ("NL", "NL", &[24, 25], Until::Opened),
    ("IE", "NO", &[26], Until::Assessed(Class::Baseline)),
    ("DE", "IE", &[28], Until::Assessed(Class::Baseline)),
    ("DE", "DE", &[30, 31], Until::Assessed(Class::National)),
    ("IE", "NL", &[32], Until::Assessed(Class::NotIllegal)),
    ("DE", "NL", &[34, 35], Until::Compared),
    // The first is on INTERPOL's list, the second looks like an entry of it.
    ("NL", "DE", &[50, 51, 52], Until::Compared),
    ("NL", "DE", &[40, 41, 42, 43, 44, 45, 46, 47, 12], Until::Compared),
];

/// Addresses for documentation (RFC 5737), one range for each country of the demo.
fn address(country: &str, n: usize) -> String {
    let range = match country {
        "DE" => "192.0.2",
        "NL" => "198.51.100",
        _ => "203.0.113",
    };
    format!("{range}.{}", 10 + n)
}

/// How many steps [`create`] announces.
pub const STEPS: u64 = REPORTS.len() as u64;

/// Takes in all reports and carries each as far as it should go.
pub async fn create(app: &App, people: &[Somebody], progress: &Progress) -> Result<()> {
    for (n, (hotline, host, seeds, until)) in REPORTS.iter().enumerate() {
        progress.step(&format!("report {} of {}: {hotline} reports a page hosted in {host}", n + 1, REPORTS.len()));
        let analyst = find(people, OrgKind::Hotline, hotline)?;
        let report = take_in(app, analyst, n, host).await?;
        if !seeds.is_empty() {
            add_files(app, analyst, report, seeds).await?;
        }
        let class = match until {
            Until::Received | Until::Compared => continue,
            Until::Assessed(class) => *class,
            Until::Opened | Until::Answered(_) => Class::Baseline,
        };
        assess_all(app, analyst, report, class).await?;
        while flow::work(&app.db, &app.lists, app.config.default_lane.as_ref()).await? {}
        if !matches!(until, Until::Assessed(_)) {
            police(app, find(people, OrgKind::Lea, host)?, report, *until).await?;
        }
    }
    while flow::catch_up(&app.db, &app.lists, app.config.default_lane.as_ref()).await? {}
    while flow::work(&app.db, &app.lists, app.config.default_lane.as_ref()).await? {}
    Ok(())
}

async fn take_in(app: &App, analyst: &Somebody, n: usize, host: &str) -> Result<ReportId> {
    let now = app.db.now();
    let hours_ago = (REPORTS.len() - n) as i64;
    let (url, ip) = (format!("https://pictures{n}.example/gallery/{}", n * 7 + 1), address(host, n));
    let (received_at, network) = (now.plus_seconds(-hours_ago * 3600).to_string(), format!("Example Hosting {host}"));
    let incoming = intake::Incoming {
        source_url: &url,
        received_at: &received_at,
        ip: Some(&ip),
        country: Some(host),
        network: Some(&network),
        note: Some("Invented for the demo; the pictures are drawn circles and stripes."),
        ..intake::Incoming::default()
    };
    let checked = intake::check(&incoming, now)?;
    let tx = app.db.begin(&analyst.actor).await?;
    let (id, act) = intake::accept(&tx, &app.vault, checked, None, intake::Reach::default()).await?;
    tx.commit(&act).await?;
    Ok(id)
}

/// Adds drawings to a report.
pub async fn add_files(app: &App, analyst: &Somebody, report: ReportId, seeds: &[u32]) -> Result<()> {
    let mut prepared = Vec::new();
    for seed in seeds {
        let (name, bytes) = pictures::draw(*seed);
        let said = Said { name, declared: None, url: None };
        prepared.push(facts::prepare(&app.db, &app.vault, &app.workshop, analyst.actor.org, said, &bytes).await?);
    }
    let tx = app.db.begin(&analyst.actor).await?;
    let (_, act) = facts::attach(&tx, &app.vault, &app.lists, report, app.config.max_files, &prepared).await?;
    tx.commit(&act).await?;
    Ok(())
}

pub async fn assess_all(app: &App, analyst: &Somebody, report: ReportId, class: Class) -> Result<()> {
    let tx = app.db.look(&analyst.actor).await?;
    let (full, act) = look::report(&tx, report).await?;
    tx.commit(&act).await?;
    for item in full.items.iter().filter(|item| item.assessment.is_none()) {
        let words = assess::Incoming {
            class: class.word(),
            age_group: Some("prepubescent"),
            gender: Some("unknown"),
            synthetic: None,
            note: Some("Invented judgement of a drawing."),
            country: None,
        };
        let judgement = assess::check(&words, analyst.actor.country)?;
        let tx = app.db.begin(&analyst.actor).await?;
        let act = assess::assess(&tx, item.id, judgement, Some(item.version)).await?;
        tx.commit(&act).await?;
    }
    Ok(())
}

/// The officer opens the case of a report, and may say what came of it.
async fn police(app: &App, officer: &Somebody, report: ReportId, until: Until) -> Result<()> {
    let tx = app.db.look(&officer.actor).await?;
    let cases = case::inbox(&tx, None, 200).await?;
    tx.commit(&reports::Act::CasesRead).await?;
    let found = cases.items.iter().find(|c| c.report == report);
    let id: CaseId = found.ok_or("the demo's police were not told what they should be")?.id;
    let tx = app.db.begin(&officer.actor).await?;
    let (_, act) = case::open(&tx, id).await?;
    tx.commit(&act).await?;
    if let Until::Answered(kind) = until {
        let tx = app.db.begin(&officer.actor).await?;
        let (_, act) =
            outcome::record(&tx, id, outcome::Said { kind, missing: &[], note: Some("Invented answer.") }).await?;
        tx.commit(&act).await?;
    }
    Ok(())
}
