//! `cport migrate`: brings the schema up to date.

use cli::{
    config::{Config, ConfigArg},
    house::Result,
    print,
};
use storage::Clock;

/// Takes the steps that are missing, and says how many.
pub async fn migrate(arg: &ConfigArg) -> Result<()> {
    let config = Config::read(arg)?;
    let taken = storage::migrate::migrate(&config.database, Clock::Machine.now()).await?;
    print::line(&format!("schema is up to date, {taken} steps taken"));
    Ok(())
}
