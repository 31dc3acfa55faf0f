//! The real binary, as an operator types it: set up, serve, submit, check, kill and start again.

mod demo;
mod operate;
mod program;
