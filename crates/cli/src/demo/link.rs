//! The demo's link to victim identification: a stand-in receiver in the same process, over HTTPS with certificates of its own,
//! released by the two who may. What it answers follows from a file's SHA-256, so the demo always tells the same.

use super::network::Somebody;
use crate::house::Result;
use base::OrgKind;
use exchange::icse::{
    IcseConfig,
    config::{HttpsConfig, Transport},
    release,
    sandbox::{self, Face, Running, Settings, paper},
};
use std::path::Path;
use web::App;

/// Seconds until the stand-in says what it knows of an item.
const ANSWER_AFTER: i64 = 3;

/// Starts the receiver and says how it is reached.
pub async fn start(folder: &Path) -> Result<(Running, IcseConfig)> {
    let paper = paper::make(&folder.join("paper"), "localhost")?;
    let mut settings = Settings::new(folder.join("receiver"));
    settings.answer_after = ANSWER_AFTER;
    let face = Face::Https { listen: ([127, 0, 0, 1], 0).into(), paper: paper.server.clone() };
    let running = sandbox::serve(settings, face).await?;
    let port = running.address.map(|at| at.port()).ok_or("the receiver does not listen")?;
    let https = HttpsConfig {
        url: format!("https://localhost:{port}/"),
        certificate: paper.certificate,
        key: paper.key,
        authority: paper.authority,
    };
    let config = IcseConfig {
        enabled: true,
        private: true,
        poll_seconds: 1,
        transport: Some(Transport::Https(https)),
        ..IcseConfig::default()
    };
    Ok((running, config))
}

/// Releases where the link points now: at every start, because the receiver's port is another one each time.
pub async fn release(app: &App, people: &[Somebody]) -> Result<()> {
    let Some(to) = app.destination.as_deref() else { return Ok(()) };
    let of =
        |kind| people.iter().find(|p| p.organisation.kind == kind).ok_or("the demo has nobody to release the link");
    let (officer, secretary) = (of(OrgKind::Interpol)?, of(OrgKind::Network)?);
    let tx = app.db.begin(&officer.actor).await?;
    for old in release::all(&tx).await?.iter().filter(|r| !r.standing.ended) {
        tx.note(&release::end_now(&tx, old.id, "the demo's receiver has another address now").await?).await?;
    }
    let (id, act) = release::propose(&tx, to, "the demo's stand-in receiver was tried").await?;
    tx.commit(&act).await?;
    let tx = app.db.begin(&secretary.actor).await?;
    let act = release::confirm_now(&tx, id, to).await?;
    Ok(tx.commit(&act).await?)
}
