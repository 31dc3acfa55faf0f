//! A database of its own for every story.

use base::Time;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::path::Path;
use storage::{Backend, DatabaseConfig, migrate};

const TEMPLATE: &str = "cport_template";

/// URL of the private PostgreSQL cluster that `scripts/test` starts.
pub fn pg_url() -> String {
    std::env::var("CPORT_TEST_PG").expect("CPORT_TEST_PG is not set: run the tests with scripts/test")
}

/// Config of a fresh, migrated database in `folder` or on the private cluster.
pub async fn fresh(backend: Backend, folder: &Path, name: &str) -> DatabaseConfig {
    let config = match backend {
        Backend::Sqlite => at(format!("sqlite:{}", folder.join("story.db").display())),
        Backend::Postgres => at(clone_template(name).await),
    };
    migrate::migrate(&config, Time::from_micros(0)).await.expect("migrates");
    config
}

fn at(url: String) -> DatabaseConfig {
    DatabaseConfig { url, max_connections: 4, ..DatabaseConfig::default() }
}

fn named(database: &str) -> String {
    let url = pg_url();
    let (server, _) = url.rsplit_once('/').expect("the URL ends with a database name");
    format!("{server}/{database}")
}

/// Clones the migrated template, making it first when it is missing. An advisory lock keeps processes apart.
async fn clone_template(name: &str) -> String {
    let server = Database::connect(&pg_url()).await.expect("the private cluster answers");
    let run = async |sql: &str| server.execute_unprepared(sql).await.expect("the private cluster obeys");
    // One connection only, so that lock and unlock are the same session's.
    let lock: DatabaseConnection = single().await;
    lock.execute_unprepared("SELECT pg_advisory_lock(7766)").await.expect("locks");
    let exists = server
        .query_one_raw(sea_orm::Statement::from_string(
            server.get_database_backend(),
            format!("SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"),
        ))
        .await
        .expect("asks");
    if exists.is_none() {
        run(&format!("CREATE DATABASE {TEMPLATE}")).await;
        migrate::migrate(&at(named(TEMPLATE)), Time::from_micros(0)).await.expect("migrates the template");
    }
    run(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
    lock.execute_unprepared("SELECT pg_advisory_unlock(7766)").await.expect("unlocks");
    drop(lock.close().await);
    drop(server.close().await);
    named(name)
}

async fn single() -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(pg_url());
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the private cluster answers")
}
