//! The schema, forward only: one ordered set of plain SQL files for both databases. Words in braces stand for what the
//! databases spell differently; `-- only sqlite` and `-- only postgres` open a part for one of them, `-- end` closes it.

use crate::{Backend, DatabaseConfig, Error, Result, sql};
use base::Time;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, FromQueryResult, TransactionTrait};

/// Number, name and text of every step.
const STEPS: &[(i64, &str, &str)] = &[
    (1, "cellar", include_str!("migrations/0001_cellar.sql")),
    (2, "house law", include_str!("migrations/0002_house_law.sql")),
    (3, "spine", include_str!("migrations/0003_spine.sql")),
    (4, "second barrier", include_str!("migrations/0004_second_barrier.sql")),
    (5, "capture", include_str!("migrations/0005_capture.sql")),
    (6, "proof", include_str!("migrations/0006_proof.sql")),
    (7, "hash lists", include_str!("migrations/0007_hash_lists.sql")),
    (8, "agreements", include_str!("migrations/0008_agreements.sql")),
    (9, "inbox", include_str!("migrations/0009_inbox.sql")),
    (10, "dialogue", include_str!("migrations/0010_dialogue.sql")),
    (11, "packages", include_str!("migrations/0011_packages.sql")),
    (12, "lists", include_str!("migrations/0012_lists.sql")),
    (13, "onward", include_str!("migrations/0013_onward.sql")),
    (14, "identification", include_str!("migrations/0014_identification.sql")),
    (15, "domains", include_str!("migrations/0015_domains.sql")),
    (16, "providers", include_str!("migrations/0016_providers.sql")),
    (17, "dispatches", include_str!("migrations/0017_dispatches.sql")),
];

#[derive(FromQueryResult)]
struct Done {
    version: i64,
}

#[derive(FromQueryResult)]
struct Found {
    #[expect(dead_code, reason = "the row's presence is the answer")]
    n: i64,
}

/// Brings the schema up to date and returns how many steps were taken.
pub async fn migrate(config: &DatabaseConfig, now: Time) -> Result<usize> {
    let backend = Backend::of_url(&config.url)?;
    check_role(&config.app_role)?;
    let db = owner(config, backend).await?;
    if backend == Backend::Postgres {
        make_role(&db, &config.app_role).await?;
    }
    db.execute_unprepared(
        "CREATE TABLE IF NOT EXISTS schema_step (version BIGINT PRIMARY KEY, name TEXT NOT NULL, at BIGINT NOT NULL)",
    )
    .await?;
    let done = version(&db).await?;
    let mut taken = 0;
    for (number, name, text) in STEPS.iter().filter(|step| step.0 > done) {
        let tx = db.begin().await?;
        tx.execute_unprepared(&spell(text, backend, &config.app_role)).await?;
        let values = vec![(*number).into(), (*name).into(), now.micros().into()];
        sql::run(&tx, "INSERT INTO schema_step (version, name, at) VALUES ($1, $2, $3)", values).await?;
        if backend == Backend::Sqlite
            && sql::one::<Found>(&tx, "SELECT 1 AS n FROM pragma_foreign_key_check LIMIT 1", vec![]).await?.is_some()
        {
            return Err(Error::Schema(format!("step {number} left references to rows that are not there")));
        }
        tx.commit().await?;
        taken += 1;
    }
    if backend == Backend::Postgres {
        db.execute_unprepared(&format!("GRANT SELECT ON schema_step TO {}", config.app_role)).await?;
    }
    db.close().await?;
    Ok(taken)
}

/// Whether the schema is the one this program needs; says what to do when not.
pub async fn check(db: &crate::Db) -> Result<()> {
    let missing = || Error::Schema("the database has no tables yet, run `cport migrate`".into());
    let found = version(db.door()).await.map_err(|_| missing())?;
    let wanted = STEPS.last().map_or(0, |step| step.0);
    match found.cmp(&wanted) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(Error::Schema(format!("at step {found} of {wanted}, run `cport migrate`"))),
        std::cmp::Ordering::Greater => {
            Err(Error::Schema(format!("at step {found}, newer than this program's {wanted}")))
        }
    }
}

/// PostgreSQL: refuses to work as a role that row-level security does not bind.
pub async fn check_barrier(db: &crate::Db) -> Result<()> {
    if db.backend() == Backend::Sqlite {
        return Ok(());
    }
    let sql = "SELECT 1::bigint AS n FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
               UNION SELECT 1::bigint FROM pg_tables WHERE schemaname = current_schema() AND tableowner = current_user";
    match sql::one::<Found>(db.door(), sql, vec![]).await? {
        None => Ok(()),
        Some(_) => Err(Error::Schema(
            "the working role owns tables or bypasses row-level security, set database.app_role to another".into(),
        )),
    }
}

async fn version(db: &DatabaseConnection) -> Result<i64> {
    let row: Option<Done> =
        sql::one(db, "SELECT COALESCE(MAX(version), 0) AS version FROM schema_step", vec![]).await?;
    Ok(row.map_or(0, |r| r.version))
}

async fn owner(config: &DatabaseConfig, backend: Backend) -> Result<DatabaseConnection> {
    let url = if config.owner_url.is_empty() { &config.url } else { &config.owner_url };
    let url = match backend {
        Backend::Postgres => url.clone(),
        Backend::Sqlite => {
            let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
            if let Some(folder) = std::path::Path::new(path).parent() {
                std::fs::create_dir_all(folder).map_err(|e| Error::Schema(format!("folder of {path}: {e}")))?;
            }
            format!("sqlite:{path}?mode=rwc")
        }
    };
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    // SQLite changes a column by making its table anew, which references would not allow; they are checked afterwards.
    options.map_sqlx_sqlite_opts(|o| o.pragma("journal_mode", "WAL").foreign_keys(false));
    Ok(Database::connect(options).await?)
}

/// A role name goes into SQL as it is, so it must be a plain one.
fn check_role(role: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !role.is_empty() && role.len() < 64 && role.chars().all(plain) && !role.starts_with(|c: char| c.is_ascii_digit())
    {
        Ok(())
    } else {
        Err(Error::Schema("database.app_role must be lower-case letters, digits and underscores".into()))
    }
}

async fn make_role(db: &DatabaseConnection, role: &str) -> Result<()> {
    let sql = "SELECT 1::bigint AS n FROM pg_roles WHERE rolname = $1";
    if sql::one::<Found>(db, sql, vec![role.into()]).await?.is_none() {
        db.execute_unprepared(&format!("CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS")).await?;
        db.execute_unprepared(&format!("GRANT {role} TO CURRENT_USER")).await?;
    }
    db.execute_unprepared(&format!("GRANT USAGE ON SCHEMA public TO {role}")).await?;
    Ok(())
}

fn spell(text: &str, backend: Backend, app_role: &str) -> String {
    let (mine, other) = match backend {
        Backend::Sqlite => ("-- only sqlite", "-- only postgres"),
        Backend::Postgres => ("-- only postgres", "-- only sqlite"),
    };
    let mut kept = String::with_capacity(text.len());
    let mut skipping = false;
    for line in text.lines() {
        skipping = (skipping || line == other) && line != "-- end";
        if !skipping && line != mine && line != "-- end" {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    let words = match backend {
        Backend::Sqlite => [
            ("{uuid}", "BLOB"),
            ("{bytes}", "BLOB"),
            ("{bool}", "BOOLEAN"),
            ("{nil}", "zeroblob(16)"),
            ("{zero32}", "zeroblob(32)"),
        ],
        Backend::Postgres => [
            ("{uuid}", "UUID"),
            ("{bytes}", "BYTEA"),
            ("{bool}", "BOOLEAN"),
            ("{nil}", "'00000000-0000-0000-0000-000000000000'"),
            ("{zero32}", "decode(repeat('00', 32), 'hex')"),
        ],
    };
    let rights = [
        ("{all}", "current_setting('cport.org', true) = '*'"),
        ("{someone}", "coalesce(current_setting('cport.org', true), '') <> ''"),
        ("{me}", "nullif(nullif(current_setting('cport.org', true), ''), '*')::uuid"),
        ("{kind}", "current_setting('cport.kind', true)"),
        ("{now}", "nullif(current_setting('cport.now', true), '')::bigint"),
        ("{app_role}", app_role),
    ];
    words.into_iter().chain(rights).fold(kept, |sql, (word, meaning)| sql.replace(word, meaning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stays_unspelled_on_either_database() {
        for backend in [Backend::Sqlite, Backend::Postgres] {
            for (number, name, text) in STEPS {
                let sql = spell(text, backend, "cport_app");
                assert!(!sql.contains('{') && !sql.contains("-- only"), "step {number} {name} on {backend:?}: {sql}");
            }
        }
    }

    #[test]
    fn steps_are_numbered_without_gaps() {
        assert!(STEPS.iter().map(|step| step.0).eq(1..=STEPS.len() as i64), "numbered without a gap");
    }

    #[test]
    fn a_role_name_cannot_carry_sql() {
        for bad in ["", "a b", "a;drop", "A", "1a", "a\"b"] {
            assert!(check_role(bad).is_err(), "{bad:?}");
        }
    }
}
