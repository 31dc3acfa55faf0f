//! The command line. What a subcommand needs from the rooms it opens through `house`.

mod admin;
mod agreements;
mod at_server;
mod audit_verify;
mod blocklist;
mod doctor;
mod evidence;
mod lists;
mod migrate;
mod package;
mod sandbox;
mod submit;

use clap::{Parser, Subcommand};
use cli::{config, demo, house, print, serve};
use std::process::ExitCode;

/// Hotlines' reports of child sexual abuse material reach the police they concern, under the agreements both have signed.
#[derive(Parser)]
#[command(name = "cport", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  cport demo                                   an invented network to click through, at http://127.0.0.1:8080
  cport serve --config cport.toml              the real thing
  cport submit --server URL --token-file F \\
        --url https://pictures.example/7 a.png  take in a report with a file
  cport match --config cport.toml a.png b.mp4    which lists know these files
  cport lists import --list Baseline --format vics --profile US list.json --config cport.toml
  cport doctor --config cport.toml             check config, database, evidence store and clock";

#[derive(Subcommand)]
enum Command {
    /// Serve pages and API, and do the queued work
    Serve(config::ConfigArg),
    /// Serve an invented network with drawn pictures; nothing in it is real
    Demo(demo::Args),
    /// Take in a report with files, at a running server
    Submit(submit::Args),
    /// Say which lists know which files, one line a file
    Match(lists::MatchArgs),
    /// Hash lists: what there is, in and out
    Lists(lists::ListsArgs),
    /// Texts of agreements: read one, compare two, try one out
    #[command(subcommand)]
    Agreements(agreements::Command),
    /// Create organisations, people, tokens and the root key
    #[command(subcommand)]
    Admin(admin::Command),
    /// Check config, database, evidence store and clock; one line each
    Doctor(config::ConfigArg),
    /// Bring the database's schema up to date
    Migrate(config::ConfigArg),
    /// The audit log
    #[command(subcommand)]
    Audit(audit_verify::Command),
    /// Sealed evidence: prove it, sweep, rotate keys, erase, print chains of custody
    #[command(subcommand)]
    Evidence(evidence::Command),
    /// The block list of domains, for access providers
    #[command(subcommand)]
    Blocklist(blocklist::Command),
    /// Stand-ins for partners, to set up a link with
    #[command(subcommand)]
    Sandbox(sandbox::Command),
    /// Print the native API as OpenAPI 3.1
    Openapi,
    /// Print how a report flows, as Markdown
    #[command(hide = true)]
    Flow,
    /// Print the default config with every setting
    Config,
    /// Describe files on standard input, inside a cage; started by the server
    #[command(hide = true)]
    MediaWorker {
        /// Become a caged ffmpeg that shows the video on standard input
        #[arg(long)]
        video: Option<String>,
    },
    /// Fetch one page on the order on standard input, inside a cage; started by the server
    #[command(hide = true)]
    CaptureWorker,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    match &command {
        Command::MediaWorker { video } => return media::run_worker(video.as_deref()),
        Command::CaptureWorker => return capture::run_scout(),
        _ => {}
    }
    print::logging();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return print::failed(&format!("cannot start: {error}")),
    };
    match runtime.block_on(run(command)) {
        Ok(code) => code,
        Err(error) => print::failed(&error.to_string()),
    }
}

async fn run(command: Command) -> house::Result<ExitCode> {
    match command {
        Command::Serve(config) => serve::serve(&config).await?,
        Command::Demo(args) => demo::demo(args).await?,
        Command::Submit(args) => submit::submit(args).await?,
        Command::Match(args) => return lists::ask_about(args).await,
        Command::Lists(args) => lists::lists(args).await?,
        Command::Agreements(command) => return agreements::run(command).await,
        Command::Admin(command) => admin::admin(command).await?,
        Command::Doctor(config) => return doctor::doctor(&config).await,
        Command::Migrate(config) => migrate::migrate(&config).await?,
        Command::Audit(command) => return audit_verify::run(command).await,
        Command::Evidence(command) => return evidence::run(command).await,
        Command::Blocklist(command) => blocklist::run(&command)?,
        Command::Sandbox(command) => sandbox::run(command).await?,
        Command::Openapi => print::line(&web::openapi().to_pretty_json()?),
        Command::Flow => print::text(&reports::flow::markdown()),
        Command::Config => print::text(&config::default_text()?),
        Command::MediaWorker { .. } | Command::CaptureWorker => {}
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
