#![doc = include_str!("../README.md")]
#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests stop at the first surprise")]

mod caller;
mod database;
pub mod pictures;
mod world;

pub use caller::{Answer, Caller, Form};
pub use database::pg_url;
pub use world::{NOON, World};

/// Runs each story on both databases: `stories! { first second }` makes `sqlite::first`, `postgres::first`, ….
#[macro_export]
macro_rules! stories {
    ($($(#[$meta:meta])* $name:ident)*) => {
        mod sqlite { $(
            $(#[$meta])* #[tokio::test]
            async fn $name() { $crate::World::tell(storage::Backend::Sqlite, super::$name).await; }
        )* }
        mod postgres { $(
            $(#[$meta])* #[tokio::test]
            async fn $name() { $crate::World::tell(storage::Backend::Postgres, super::$name).await; }
        )* }
    };
}
