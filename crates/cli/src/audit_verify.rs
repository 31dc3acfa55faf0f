//! `cport audit verify`: walks every organisation's chain from its first entry.

use cli::{
    config::{Config, ConfigArg},
    house::{self, Result},
    print,
};
use std::process::ExitCode;
use storage::audit_log;

/// What to do with the log.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Prove that nothing was removed or altered; prints each organisation's head
    Verify(ConfigArg),
}

/// Runs the check. Note the heads somewhere else: entries cut off together with their head show only against them.
pub async fn run(command: Command) -> Result<ExitCode> {
    let Command::Verify(arg) = command;
    let db = house::database(&Config::read(&arg)?).await?;
    while audit_log::chain(&db).await? > 0 {}
    match audit_log::verify(&db).await {
        Ok(verified) => {
            for (org, head) in verified.heads {
                print::line(&format!("ok {org} {} {}", head.seq, base::hex(&head.link)));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => Ok(print::failed(&fault.to_string())),
    }
}
