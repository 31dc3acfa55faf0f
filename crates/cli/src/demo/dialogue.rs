//! What the demo's German police and hotline have said to each other: one request that waits, one hold, one exchange of
//! messages, on the newest case that nobody has answered.

use crate::{demo::network, demo::network::Somebody, house::Result};
use base::{CaseId, OrgKind};
use reports::{case, message, request};
use takedown::hold;
use web::App;

const DAY: i64 = 86_400;

/// Asks, holds and writes.
pub async fn create(app: &App, people: &[Somebody]) -> Result<()> {
    let officer = network::find(people, OrgKind::Lea, "DE")?;
    let analyst = network::find(people, OrgKind::Hotline, "DE")?;
    let case = newest(app, officer).await?;
    let in_days = |days: i64| app.db.now().plus_seconds(days * DAY).to_string();

    let tx = app.db.begin(&officer.actor).await?;
    let due = in_days(5);
    let asked = request::Asked {
        kind: "series",
        reason: "Invented: the background may show where the pictures were taken.",
        due: &due,
    };
    let (_, act) = request::ask(&tx, case, asked).await?;
    tx.commit(&act).await?;

    let tx = app.db.begin(&officer.actor).await?;
    let until = in_days(7);
    let asked = hold::Asked { item: None, reason: "Invented: a search of premises is planned.", until: &until };
    let (_, act) = hold::place(&tx, case, asked).await?;
    tx.commit(&act).await?;

    write(app, officer, case, "Invented: was the page reported to you before?").await?;
    write(app, analyst, case, "Invented: no, this is the first report of it.").await
}

async fn newest(app: &App, officer: &Somebody) -> Result<CaseId> {
    let tx = app.db.look(&officer.actor).await?;
    let cases = case::inbox(&tx, None, 200).await?;
    tx.commit(&reports::Act::CasesRead).await?;
    let open = cases.items.iter().find(|c| c.outcome.is_none() && c.clause == "2.1");
    Ok(open.ok_or("the demo's police have no case to talk about")?.id)
}

async fn write(app: &App, who: &Somebody, case: CaseId, text: &str) -> Result<()> {
    let tx = app.db.begin(&who.actor).await?;
    let (_, act) = message::write(&tx, case, text).await?;
    Ok(tx.commit(&act).await?)
}
