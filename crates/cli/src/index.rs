//! The index of hash lists of one node, as the server keeps it: opened from its folder at the start, written there when much
//! changed, compared with the rows once.

use crate::house::{Result, with_causes};
use hashlists::{Opened, Trouble};
use std::{sync::Arc, time::Duration};
use web::App;

/// Opens the index, from its snapshot or from the rows; says in the log which, and why.
pub async fn open(app: &App) -> Result<Opened> {
    let folder = &app.lists.config.index_folder;
    let opened = app.lists.index.open(&app.db, folder).await?;
    match &opened {
        Opened::Snapshot(entries, since) => tracing::info!(entries, since, "the index of hash lists was opened"),
        Opened::Rows(entries, Trouble::Missing) => tracing::info!(entries, "the index of hash lists was built"),
        Opened::Rows(entries, trouble) => {
            let why = with_causes(trouble);
            tracing::warn!(entries, why, "the snapshot of the index cannot be used, it was built from the rows");
        }
    }
    Ok(opened)
}

/// Keeps the folder up to date. An index that came from a snapshot is compared with the rows first, and built anew if it
/// holds anything else: a database that was set back is told from its own snapshot by nothing less.
pub async fn keep(app: App, opened: Opened) {
    if matches!(opened, Opened::Snapshot(..)) {
        compare(&app).await;
    }
    loop {
        save(&app).await;
        tokio::time::sleep(Duration::from_secs(app.lists.config.index_save_seconds.max(1))).await;
    }
}

async fn compare(app: &App) {
    let index = &app.lists.index;
    match index.check(&app.db).await {
        Ok(checked) if checked.is_right() => {
            tracing::info!(?checked, "the index of hash lists holds what the rows say")
        }
        Ok(checked) => {
            tracing::error!(?checked, "the index of hash lists does not hold what the rows say, it is built anew");
            if let Err(error) = index.rebuild(&app.db).await {
                tracing::error!(%error, "the index of hash lists cannot be built");
            }
        }
        Err(error) => tracing::error!(%error, "the index of hash lists cannot be compared with the rows"),
    }
}

/// Writes a snapshot, if much changed since the last one.
pub async fn save(app: &App) {
    if !app.lists.index.wants_saving() {
        return;
    }
    let lists = Arc::clone(&app.lists);
    let saved = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&lists.config.index_folder)?;
        lists.index.save(&lists.config.index_folder)
    });
    match saved.await {
        Ok(Ok(entries)) => tracing::info!(entries, "the index of hash lists was written"),
        Ok(Err(error)) => tracing::error!(error = with_causes(&error), "the index of hash lists cannot be written"),
        Err(error) => tracing::error!(%error, "the index of hash lists cannot be written"),
    }
}
