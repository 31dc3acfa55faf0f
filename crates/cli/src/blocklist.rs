//! `cport blocklist`: what an access provider needs beside the list itself.

use cli::{house::Result, print};
use exchange::blocklist::{StopPages, write_stop_pages};
use std::path::PathBuf;

/// What about the block list.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Write the stop page in several languages, as plain files without scripts, for a web server of the provider's
    StopPage {
        /// Folder for the files
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// The law or the terms under which it is blocked, as the page names them
        #[arg(long, value_name = "TEXT")]
        law: String,
        /// Where to complain: the exchange's page for complaints
        #[arg(long, value_name = "URL")]
        complaints: String,
        /// Who blocks
        #[arg(long, value_name = "NAME", default_value = "")]
        provider: String,
    },
}

/// Does it.
pub fn run(command: &Command) -> Result<()> {
    let Command::StopPage { out, law, complaints, provider } = command;
    for name in write_stop_pages(out, &StopPages { law, complaints, provider })? {
        print::line(&out.join(name).display().to_string());
    }
    Ok(())
}
