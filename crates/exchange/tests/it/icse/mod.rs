//! The link to ICSE without a database: what is packed is what the stand-in reads, by each of three ways, with real peers on
//! loopback; faults, garbage and wrong keys on every way.

mod answers;
mod bucket;
mod faults;
mod https;
mod packing;
mod peers;
mod sftp;
mod support;
