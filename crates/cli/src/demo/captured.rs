//! Reports of the demo whose pages are fetched from the invented web, by the same steps as everything else: captures,
//! traces, pictures of pages, and a host that moved to another country.

use super::{
    network::{Somebody, find},
    reports::assess_all,
};
use crate::{house::Result, print::Progress};
use ::reports::{Hands, capture, flow, intake, trace};
use base::{Class, OrgKind, ReportId};
use invented::Stage;
use std::sync::Arc;
use web::App;

/// Whether the pictures of pages are drawn at the start; each takes a second or more.
#[derive(Clone, Copy, PartialEq)]
enum Picture {
    Drawn,
    Left,
}

/// Reports: country of the hotline, site, what the hotline judges, picture.
const PAGES: [(&str, &str, Option<Class>, Picture); 6] = [
    ("NL", "short", None, Picture::Drawn),
    ("IE", "moving", Some(Class::Baseline), Picture::Left),
    ("IE", "cinema", None, Picture::Left),
    ("BE", "vanishing", None, Picture::Left),
    ("DE", "shop", None, Picture::Left),
    ("DE", "locked", None, Picture::Left),
];

/// How many steps [`create`] announces.
pub const STEPS: u64 = 3;

/// Takes in the reports, fetches their pages, then lets one site move and fetches that again.
pub async fn create(app: &App, people: &[Somebody], stage: &Stage, progress: &Progress) -> Result<()> {
    let mut moving = None;
    progress.step("fetching reported pages from the invented web");
    for drawn in [Picture::Drawn, Picture::Left] {
        for (hotline, site, ..) in PAGES.iter().filter(|(.., picture)| *picture == drawn) {
            let analyst = find(people, OrgKind::Hotline, hotline)?;
            let report = take_in(app, analyst, stage, site).await?;
            if *site == "moving" {
                moving = Some((analyst, report));
            }
        }
        settle(app, drawn).await?;
    }
    let Some((analyst, report)) = moving else { return Ok(()) };
    progress.step("a site moves to another country");
    assess_all(app, analyst, report, Class::Baseline).await?;
    settle(app, Picture::Left).await?;
    stage.move_site();
    let tx = app.db.begin(&analyst.actor).await?;
    let act = trace::ask(&tx, report, app.reach()).await?;
    tx.note(&act).await?;
    let (_, act) = capture::ask(&tx, report, app.reach()).await?;
    tx.commit(&act).await?;
    progress.step("its page is fetched again");
    settle(app, Picture::Left).await
}

async fn take_in(app: &App, analyst: &Somebody, stage: &Stage, site: &str) -> Result<ReportId> {
    let now = app.db.now();
    let (url, received_at, referrer) = (stage.page(site), now.to_string(), stage.page("board"));
    let (user, password) = if site == "locked" { (Some("ada"), Some("drawn")) } else { (None, None) };
    let incoming = intake::Incoming {
        source_url: &url,
        received_at: &received_at,
        note: Some("A site of the invented web; its pictures are drawn circles and stripes."),
        referrer: (site == "short").then_some(referrer.as_str()),
        user,
        password,
        ..intake::Incoming::default()
    };
    let checked = intake::check(&incoming, now)?;
    let login = intake::seal_login(&app.db, &app.vault, analyst.actor.org, &checked).await?;
    // The registry keeps whoever asks about the vanishing site waiting; the start does not wait for that.
    let reach = intake::Reach { trace: site != "vanishing", ..app.reach() };
    let tx = app.db.begin(&analyst.actor).await?;
    let (id, act) = intake::accept(&tx, &app.vault, checked, login.as_ref(), reach).await?;
    tx.commit(&act).await?;
    Ok(id)
}

/// Does all queued work, three pages at once.
async fn settle(app: &App, picture: Picture) -> Result<()> {
    let mut hands = app.hands();
    if picture == Picture::Left {
        let config = ::capture::CaptureConfig { screenshot: false, ..(*hands.capture).clone() };
        hands.capture = Arc::new(config);
    }
    loop {
        let (a, b, c) = tokio::try_join!(fetch_all(&hands), fetch_all(&hands), fetch_all(&hands))?;
        let mut worked = a || b || c;
        while flow::work(&app.db, &app.lists, app.config.default_lane.as_ref()).await? {
            worked = true;
        }
        if !worked {
            return Ok(());
        }
    }
}

async fn fetch_all(hands: &Hands) -> ::reports::Result<bool> {
    let mut worked = false;
    while flow::fetch(hands).await? {
        worked = true;
    }
    Ok(worked)
}
