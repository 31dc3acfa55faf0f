//! `cport serve`: pages, API and the queued work in one process.

use crate::{
    config::{Config, ConfigArg},
    house::{self, Result},
    index, link, print,
};
use exchange::{
    mail::{self, MailConfig},
    rpz::{notify, server},
};
use reports::flow;
use std::{net::SocketAddr, time::Duration};
use storage::{
    Db, audit_log,
    evidence::{Sweep, Swept},
};
use tokio::net::TcpListener;
use web::{App, Mode};

/// How long a worker sleeps when nothing wakes it.
const NAP: Duration = Duration::from_secs(1);
/// How often changes of hash lists are followed.
const FOLLOW: Duration = Duration::from_millis(300);
/// How often it is noted which outcomes have become due.
const REMIND: Duration = Duration::from_secs(3600);
/// How often it is asked whether a list is due to be filled.
const DUE: Duration = Duration::from_secs(5);
/// How often the spool is carried over.
const DRAIN_EVERY: Duration = Duration::from_secs(2);
/// Rounds of that between two sweeps: six hours; one at the start.
const SWEEP_EVERY: u32 = 6 * 3600 / 2;
/// Captures, traces and descriptions at once.
const FETCHERS: usize = 2;

/// Serves until it is told to stop.
pub async fn serve(arg: &ConfigArg) -> Result<()> {
    let config = Config::read(arg)?;
    let app = house::open(&config, Mode::Live).await?;
    let upkeep = tokio::spawn(upkeep(app.clone(), config.evidence.orphan_hours));
    let mail = config.mail.enabled.then(|| mail::Client::new(&config.mail)).transpose()?;
    let mail = mail.map(|client| tokio::spawn(send_mail(app.clone(), client, config.mail.clone())));
    let link = link::start(&app, &config.icse)?;
    let served = run(app, config.web.listen, |at| print::line(&format!("listening on http://{at}"))).await;
    upkeep.abort();
    link.into_iter().chain(mail).for_each(|work| work.abort());
    served
}

/// Keeps the evidence store in order: carries over what waits in the spool, and removes what is nobody's.
async fn upkeep(app: App, orphan_hours: u32) {
    let mut round: u32 = 0;
    loop {
        if round.is_multiple_of(SWEEP_EVERY) {
            let before = app.db.now().plus_seconds(-i64::from(orphan_hours) * 3600);
            match app.vault.sweep(&app.db, before, Sweep::Careful).await {
                Ok(swept) if swept == Swept::default() => {}
                Ok(swept) => tracing::info!(?swept, "the evidence store was swept"),
                Err(error) => tracing::error!(%error, "the evidence store cannot be swept"),
            }
            if let Err(error) = app.db.forget().await {
                tracing::error!(%error, "the database's log cannot be emptied");
            }
        }
        if let Err(error) = app.vault.drain().await {
            tracing::error!(%error, "the spool cannot be carried over");
        }
        round = round.wrapping_add(1);
        tokio::time::sleep(DRAIN_EVERY).await;
    }
}

/// Serves an app and works its queue; calls `ready` once connections are taken, and keeps what that gives until the end.
pub async fn run<T>(app: App, listen: SocketAddr, ready: impl FnOnce(SocketAddr) -> T) -> Result<()> {
    let listener = TcpListener::bind(listen).await.map_err(|e| format!("cannot listen on {listen}: {e}"))?;
    // Before the first connection: a node that does not know what is known would show it to somebody.
    let opened = index::open(&app).await?;
    let at = listener.local_addr()?;
    let names = name_server(&app).await?;
    let mut workers = vec![tokio::spawn(work(app.clone())), tokio::spawn(chain(app.db.clone()))];
    workers.extend([tokio::spawn(follow_lists(app.clone())), tokio::spawn(catch_up(app.clone()))]);
    workers.extend([tokio::spawn(fill_lists(app.clone())), tokio::spawn(make_packages(app.clone()))]);
    workers.push(tokio::spawn(fill_lists(app.clone())));
    workers.push(tokio::spawn(index::keep(app.clone(), opened)));
    workers.push(tokio::spawn(remind(app.db.clone())));
    workers.push(tokio::spawn(tell_changes(app.clone())));
    workers.push(tokio::spawn(follow_domains(app.clone())));
    workers.extend((0..FETCHERS).map(|_| tokio::spawn(fetch(app.clone()))));
    workers.extend(names);
    let _kept = ready(at);
    let stopped = axum::serve(listener, web::router(app.clone())).with_graceful_shutdown(told_to_stop()).await;
    for worker in workers {
        worker.abort();
    }
    index::save(&app).await;
    Ok(stopped?)
}

/// Follows the block list and, where it is on, starts the name server that gives it out.
async fn name_server(app: &App) -> Result<Vec<tokio::task::JoinHandle<()>>> {
    let (db, list) = (&app.db, &app.blocklist);
    // Before the first question: a node that knows no list would tell secondaries that there is none.
    list.follow(db, &app.vault).await.map_err(|error| crate::house::with_causes(&error))?;
    let mut workers = vec![tokio::spawn(server::follow(db.clone(), app.vault.clone(), app.blocklist.clone()))];
    if list.config.enabled {
        let server = server::Server::bind(db, list).await.map_err(|e| format!("the name server cannot listen: {e}"))?;
        for at in server.addresses() {
            tracing::info!(%at, zone = list.config.zone, "the name server listens");
        }
        workers.push(tokio::spawn(server.run()));
        workers.push(tokio::spawn(notify::tell_all(db.clone(), app.blocklist.clone())));
    }
    Ok(workers)
}

/// Takes queued steps as long as there are any, then waits to be woken.
async fn work(app: App) {
    loop {
        match flow::work(&app.db, &app.lists, app.config.default_lane.as_ref()).await {
            Ok(true) => {}
            Ok(false) => app.db.idle(NAP).await,
            Err(error) => {
                tracing::error!(%error, "queued work cannot be taken");
                tokio::time::sleep(NAP).await;
            }
        }
    }
}

/// Takes queued steps that fetch or decode, as long as there are any, then waits to be woken.
async fn fetch(app: App) {
    let hands = app.hands();
    loop {
        match flow::fetch(&hands).await {
            Ok(true) => {}
            Ok(false) => app.db.idle(NAP).await,
            Err(error) => {
                tracing::error!(%error, "queued work cannot be taken");
                tokio::time::sleep(NAP).await;
            }
        }
    }
}

/// Makes packages that officers take along, one at a time, and erases those that were kept long enough.
async fn make_packages(app: App) {
    loop {
        match app.make_package().await {
            Ok(true) => {}
            Ok(false) => {
                if let Err(error) = reports::package::sweep(&app.db, &app.vault).await {
                    tracing::error!(%error, "packages that were kept long enough cannot be erased");
                }
                tokio::time::sleep(FOLLOW).await;
            }
            Err(error) => {
                tracing::error!(%error, "queued packages cannot be taken");
                tokio::time::sleep(NAP).await;
            }
        }
    }
}

/// Tells systems of LEAs that cases changed.
async fn tell_changes(app: App) {
    loop {
        match app.tell_change().await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(FOLLOW).await,
            Err(error) => {
                tracing::error!(%error, "systems of LEAs cannot be told");
                tokio::time::sleep(NAP).await;
            }
        }
    }
}

/// Keeps evidence on domains up, counts what agencies said, looks at listings when their time has come.
async fn follow_domains(app: App) {
    loop {
        match app.follow_domains().await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(FOLLOW).await,
            Err(error) => {
                tracing::error!(%error, "queued work of the block list cannot be taken");
                tokio::time::sleep(NAP).await;
            }
        }
    }
}

/// Follows the changes of hash lists, several times a second, so that a new entry matches on every node.
async fn follow_lists(app: App) {
    loop {
        let followed = app.lists.index.follow(&app.db).await;
        let late = reports::hunt::late(&app.db, &app.lists).await;
        let lists = std::sync::Arc::clone(&app.lists);
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || lists.index.tidy()).await {
            tracing::error!(%error, "the index of hash lists stays slow");
        }
        for error in followed.err().map(|e| e.to_string()).into_iter().chain(late.err().map(|e| e.to_string())) {
            tracing::error!(%error, "changes of hash lists cannot be followed");
        }
        tokio::time::sleep(FOLLOW).await;
    }
}

/// Takes queued steps that change what hash lists settled or what agreements give.
async fn catch_up(app: App) {
    loop {
        match flow::catch_up(&app.db, &app.lists, app.config.default_lane.as_ref()).await {
            Ok(true) => {}
            // Not by the wake-up of the others: each of them is woken alone.
            Ok(false) => tokio::time::sleep(FOLLOW).await,
            Err(error) => {
                tracing::error!(%error, "queued work of hash lists and agreements cannot be taken");
                tokio::time::sleep(NAP).await;
            }
        }
    }
}

/// Fills lists from other servers when they are due.
async fn fill_lists(app: App) {
    loop {
        match exchange::pull::next(&app.db, &app.vault, &app.lists).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(DUE).await,
            Err(error) => {
                tracing::error!(%error, "lists cannot be filled from other servers");
                tokio::time::sleep(DUE).await;
            }
        }
    }
}

/// Sends mail that is due.
async fn send_mail(app: App, client: mail::Client, config: MailConfig) {
    loop {
        match mail::sync::next(&app.db, &client, config.apart_seconds).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(DUE).await,
            Err(error) => {
                tracing::error!(%error, "mail that is due cannot be taken");
                tokio::time::sleep(DUE).await;
            }
        }
    }
}

/// Notes which outcomes have become due. What people are shown follows from time and does not wait for it.
async fn remind(db: Db) {
    loop {
        if let Err(error) = reports::outcome::remind(&db).await {
            tracing::error!(%error, "outcomes that are due cannot be noted");
        }
        tokio::time::sleep(REMIND).await;
    }
}

/// Chains new audit entries, several times a second while there are any.
async fn chain(db: Db) {
    loop {
        match audit_log::chain(&db).await {
            Ok(0) => tokio::time::sleep(NAP / 2).await,
            Ok(_) => tokio::time::sleep(NAP / 10).await,
            Err(error) => {
                tracing::error!(%error, "audit entries cannot be chained");
                tokio::time::sleep(NAP).await;
            }
        }
    }
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        return drop(interrupt.await);
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
