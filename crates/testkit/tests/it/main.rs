//! Stories, each told on SQLite and on PostgreSQL.

mod audit;
mod bad_input;
mod barrier;
mod main_job;
mod pages;
mod rights;
mod routing;
