//! The scout against the invented web and against hostile servers: what it brings home, and what it never touches.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod archive;
mod cage;
mod fetch;
mod hostile;
mod inside;
mod namespace;
mod picture;
mod trace;

use capture::{CaptureConfig, Ended, Event, Found, Material, Order, Payload, Scout};
use std::path::PathBuf;
use url::Url;

/// A stage and a folder that goes with it.
struct Set {
    stage: invented::Stage,
    folder: PathBuf,
}

impl Drop for Set {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

async fn set(name: &str) -> Set {
    let folder = std::env::temp_dir().join(format!("cport-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    Set { stage: invented::start(&folder).await.unwrap(), folder }
}

fn config(stage: &invented::Stage) -> CaptureConfig {
    CaptureConfig {
        enabled: true,
        name_servers: vec![stage.names],
        allow: vec![invented::RANGE.into()],
        exchange_seconds: 10,
        total_seconds: 60,
        ..CaptureConfig::default()
    }
}

fn order(url: &str, config: CaptureConfig) -> Order {
    Order { url: Url::parse(url).unwrap(), referrer: None, login: None, payload: Payload::Kept, config }
}

/// Everything a capture brought.
struct Brought {
    archive: Vec<u8>,
    files: Vec<(Found, Vec<u8>)>,
    ended: Ended,
}

async fn fetch(order: Order) -> Brought {
    fetch_with(order).await.0
}

/// Captures, and gathers what a picture is drawn from.
async fn fetch_with(order: Order) -> (Brought, Material) {
    fetch_by(&Scout::caged(env!("CARGO_BIN_EXE_scout-worker"), Vec::new()), order).await
}

async fn fetch_by(scout: &Scout, order: Order) -> (Brought, Material) {
    let mut material = Material::default();
    let mut running = scout.capture(order).await;
    let (mut archive, mut files) = (Vec::new(), Vec::new());
    loop {
        let event = running.next().await;
        material.note(&event);
        match event {
            Event::Page(..) => {}
            Event::Archive(bytes) => archive.extend(bytes),
            Event::File(found, bytes) => files.push((*found, bytes)),
            Event::Ended(ended) => return (Brought { archive, files, ended: *ended }, material),
        }
    }
}
