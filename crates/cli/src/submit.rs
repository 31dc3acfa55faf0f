//! `cport submit`: takes in a report with files at a running server, through the native API.

use crate::at_server::{token, understood};
use cli::{
    house::Result,
    print::{self, Progress},
};
use reqwest::{
    Client,
    multipart::{Form, Part},
};
use serde::Deserialize;
use serde_json::json;
use std::path::{Path, PathBuf};
use storage::Clock;

/// A report to take in.
#[derive(clap::Args)]
pub struct Args {
    /// Address of the server
    #[arg(long, value_name = "URL", env = "CPORT_SERVER", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// File with the access token; without it, `CPORT_TOKEN` is read
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The URL reported
    #[arg(long)]
    url: String,
    /// When it was received, RFC 3339; now when not given
    #[arg(long, value_name = "TIME")]
    received_at: Option<String>,
    /// IP address of the host
    #[arg(long)]
    ip: Option<String>,
    /// Country of the host, two letters
    #[arg(long)]
    country: Option<String>,
    /// Name of the host's network
    #[arg(long)]
    network: Option<String>,
    /// What you add
    #[arg(long)]
    note: Option<String>,
    /// JPEG or PNG files found at the URL
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

#[derive(Deserialize)]
struct Added {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    known: bool,
    sha256: String,
    file_name: String,
}

/// Files sent in one request.
const AT_ONCE: usize = 20;

/// Sends the report, then its files; prints the report's id and one line for each file.
pub async fn submit(args: Args) -> Result<()> {
    let token = token(args.token_file.as_deref())?;
    let server = args.server.trim_end_matches('/');
    let client = Client::builder().user_agent(concat!("cport/", env!("CARGO_PKG_VERSION"))).build()?;
    let hosting = json!({ "ip": args.ip, "country": args.country, "network": args.network });
    let received_at = args.received_at.unwrap_or_else(|| Clock::Machine.now().to_string());
    let report = json!({ "source_url": args.url, "received_at": received_at, "hosting": hosting, "note": args.note });
    let created = client.post(format!("{server}/api/v1/reports")).bearer_auth(&token).json(&report).send().await?;
    let Created { id } = understood(created).await?.json().await?;
    print::line(&format!("report {id}"));
    let progress = Progress::new(args.files.len() as u64);
    for part in args.files.chunks(AT_ONCE) {
        let mut form = Form::new();
        for path in part {
            progress.step(&format!("sending {}", path.display()));
            form = form.part("file", file_part(path)?);
        }
        let sent = client.post(format!("{server}/api/v1/reports/{id}/files")).bearer_auth(&token).multipart(form);
        let Added { items } = understood(sent.send().await?).await?.json().await?;
        for Item { id, known, sha256, file_name } in items {
            let known = if known { "known" } else { "new" };
            print::line(&format!("item {id} {known} {sha256} {file_name}"));
        }
    }
    progress.done();
    Ok(())
}

fn file_part(path: &Path) -> Result<Part> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let name = path.file_name().map_or_else(|| "unnamed".into(), |n| n.to_string_lossy().into_owned());
    Ok(Part::bytes(bytes).file_name(name))
}
