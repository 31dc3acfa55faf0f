//! The block list of the demo: a domain on which enough has accumulated, a proposal that waits for the second review, and a
//! domain that is listed. Evidence comes from reports by the same steps as everything else; what goes on to the list is
//! what the demo's German agreement says.

use super::{
    network::{Somebody, find},
    reports::{add_files, assess_all},
};
use crate::house::Result;
use ::reports::{flow, intake};
use base::{Class, OrgKind, ProposalId};
use exchange::iwol::{
    desk, propose,
    review::{self, Word},
};
use web::App;

/// Domain and seeds of its pictures. All are hosted in Germany.
const FOUND: [(&str, &[u32]); 3] =
    [("lantern.example", &[610, 611]), ("harbour.example", &[620, 621, 622]), ("quarry.example", &[630, 631])];

/// Takes the reports in, judges them, proposes and reviews.
pub async fn create(app: &App, people: &[Somebody]) -> Result<()> {
    let analyst = find(people, OrgKind::Hotline, "NL")?;
    for (n, (domain, seeds)) in FOUND.iter().enumerate() {
        report(app, analyst, domain, n, seeds).await?;
    }
    work(app).await?;
    let (german, belgian) = (find(people, OrgKind::Lea, "DE")?, find(people, OrgKind::Lea, "BE")?);
    let desk = people.iter().find(|p| p.organisation.kind == OrgKind::Interpol).ok_or("the demo has no INTERPOL")?;
    // By INTERPOL, confirmed by the Belgian police: the German ones' word is missing.
    let waits = proposes(app, desk, "harbour.example").await?;
    asks(app, desk, waits, &[german, belgian]).await?;
    confirms(app, belgian, waits).await?;
    // By the German police, confirmed by the Belgian ones: listed.
    let listed = proposes(app, german, "quarry.example").await?;
    asks(app, desk, listed, &[belgian]).await?;
    confirms(app, belgian, listed).await
}

async fn report(app: &App, analyst: &Somebody, domain: &str, n: usize, seeds: &[u32]) -> Result<()> {
    let now = app.db.now();
    let (url, received_at) = (format!("https://www.{domain}/rooms/{n}"), now.plus_seconds(-7200).to_string());
    let incoming = intake::Incoming {
        source_url: &url,
        received_at: &received_at,
        ip: Some("192.0.2.77"),
        country: Some("DE"),
        network: Some("Example Hosting DE"),
        note: Some("Invented for the demo; the pictures are drawn circles and stripes."),
        ..intake::Incoming::default()
    };
    let checked = intake::check(&incoming, now)?;
    let tx = app.db.begin(&analyst.actor).await?;
    let (id, act) = intake::accept(&tx, &app.vault, checked, None, intake::Reach::default()).await?;
    tx.commit(&act).await?;
    add_files(app, analyst, id, seeds).await?;
    assess_all(app, analyst, id, Class::Baseline).await
}

/// Does what is queued, as far as the block list waits for it.
async fn work(app: &App) -> Result<()> {
    while flow::work(&app.db, &app.lists, app.config.default_lane.as_ref()).await? || app.follow_domains().await? {}
    Ok(())
}

async fn proposes(app: &App, who: &Somebody, domain: &str) -> Result<ProposalId> {
    let tx = app.db.begin(&who.actor).await?;
    let opinion = "Invented: nothing but drawings of this kind is on it, and it has no owner who answers.";
    let (id, act) = propose::propose(&tx, &app.domains, domain, opinion).await?;
    tx.commit(&act).await?;
    Ok(id)
}

async fn asks(app: &App, desk: &Somebody, id: ProposalId, agencies: &[&Somebody]) -> Result<()> {
    let agencies: Vec<_> = agencies.iter().map(|a| a.organisation.id.to_string()).collect();
    let tx = app.db.begin(&desk.actor).await?;
    let act = desk::assign(&tx, &app.domains, id, &agencies).await?;
    Ok(tx.commit(&act).await?)
}

async fn confirms(app: &App, who: &Somebody, id: ProposalId) -> Result<()> {
    let tx = app.db.begin(&who.actor).await?;
    let act = review::see(&tx, id).await?;
    tx.note(&act).await?;
    let (_, act) =
        review::say(&tx, &app.domains, id, Word::Confirm.word(), "Invented: seen, it is as described.").await?;
    tx.commit(&act).await?;
    work(app).await
}
