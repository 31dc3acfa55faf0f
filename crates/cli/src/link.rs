//! The link to victim identification, at work: what routing leaves is queued, what is queued is packed, what is packed leaves
//! once two persons released where it goes, and answers are taken in. Each of the four goes on by itself.

use crate::house::Result;
use exchange::icse::{self, IcseConfig, client::Link, deliver::Out, pack::Press};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinHandle;
use web::App;

/// How long each sleeps when there is nothing to do.
const NAP: Duration = Duration::from_millis(500);
/// Program and version, as manifests name it.
const TOOL: &str = concat!("CPORT ", env!("CARGO_PKG_VERSION"));

/// Starts what the settings say. Queueing goes on while the link is off.
pub fn start(app: &App, config: &IcseConfig) -> Result<Vec<JoinHandle<()>>> {
    let config = Arc::new(config.clone());
    let mut at_work = vec![tokio::spawn(queue(app.clone(), Arc::clone(&config)))];
    if !config.enabled {
        return Ok(at_work);
    }
    let link = Arc::new(Link::new(&config)?);
    at_work.push(tokio::spawn(pack(app.clone(), Arc::clone(&config))));
    at_work.push(tokio::spawn(deliver(app.clone(), Arc::clone(&config), Arc::clone(&link))));
    at_work.push(tokio::spawn(take(app.clone(), config, link)));
    Ok(at_work)
}

/// Goes on as long as there is something to do, else sleeps.
async fn rest(done: exchange::Result<bool>, what: &str, nap: Duration) {
    match done {
        Ok(true) => {}
        Ok(false) => tokio::time::sleep(nap).await,
        Err(error) => {
            tracing::error!(%error, what, "the link to victim identification stands still");
            tokio::time::sleep(nap.max(Duration::from_secs(1))).await;
        }
    }
}

async fn queue(app: App, config: Arc<IcseConfig>) {
    loop {
        rest(icse::queue::next(&app.db, &config.national).await, "queue", NAP).await;
    }
}

async fn pack(app: App, config: Arc<IcseConfig>) {
    let press = Press { db: &app.db, vault: &app.vault, signer: &app.packages, tool: TOOL, config: &config };
    loop {
        rest(icse::pack::next(&press).await, "pack", NAP).await;
    }
}

async fn deliver(app: App, config: Arc<IcseConfig>, link: Arc<Link>) {
    let Some(out) = out(&app, &config, &link) else { return };
    loop {
        rest(icse::deliver::next(&out).await, "deliver", NAP).await;
    }
}

async fn take(app: App, config: Arc<IcseConfig>, link: Arc<Link>) {
    let Some(out) = out(&app, &config, &link) else { return };
    loop {
        rest(icse::take::next(&out).await, "answers", Duration::from_secs(config.poll_seconds)).await;
    }
}

fn out<'a>(app: &'a App, config: &IcseConfig, link: &'a Link) -> Option<Out<'a>> {
    let destination = app.destination.as_deref()?;
    Some(Out { db: &app.db, vault: &app.vault, link, destination, answer_bytes: config.answer_bytes })
}
