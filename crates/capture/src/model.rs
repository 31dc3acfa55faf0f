//! What a capture is asked for and what it hands back. Plain values; they cross the pipe between the two processes.

use crate::{CaptureConfig, Shown};
use base::{Secret, Time};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use url::Url;

/// What to capture.
#[derive(Clone, Debug)]
pub struct Order {
    /// The page.
    pub url: Url,
    /// Referrer to send with the page, as the report says; none of our own is ever sent.
    pub referrer: Option<Url>,
    /// User name and password for the page's own host (HTTP Basic); never sent to another.
    pub login: Option<Login>,
    /// What is kept of media.
    pub payload: Payload,
    /// The limits and the way out.
    pub config: CaptureConfig,
}

/// A way into a page, from the report.
#[derive(Clone, Debug)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Password.
    pub password: Secret<String>,
}

/// What is kept of media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    /// Everything goes into the archive.
    Kept,
    /// Media bytes are hashed and handed on for description, and stand nowhere in the archive.
    HashedOnly,
}

/// What comes out of a capture, in this order: exchanges and files as they are fetched, archive bytes between them, and
/// one `Ended` at last.
#[derive(Clone, Debug)]
pub enum Event {
    /// The next bytes of the archive (WARC 1.1, one gzip member a record).
    Archive(Vec<u8>),
    /// A page or style sheet, unpacked; sent only where a picture is drawn from it.
    Page(Box<Shown>, Vec<u8>),
    /// A file that the page shows, or the page itself when the reported URL is a media file.
    File(Box<Found>, Vec<u8>),
    /// The end; nothing comes after it.
    Ended(Box<Ended>),
}

/// The end of a capture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// The capture record.
    pub record: Record,
    /// Why the page itself could not be had; `None` when it was.
    pub failed: Option<Failed>,
}

/// A file found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Where the page named it.
    pub url: Url,
    /// Where it was in the end, after redirects.
    pub final_url: Url,
    /// What named it.
    pub by: FoundBy,
    /// Media type as the server declared it.
    pub declared: Option<String>,
    /// When the answer came.
    pub at: Time,
    /// SHA-256 of the bytes, as fetched and unpacked.
    pub sha256: [u8; 32],
}

/// What named a file on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// It is what was reported.
    Report,
    /// `img src`.
    Image,
    /// `srcset` of `img` or `source`.
    SourceSet,
    /// `url(…)` in a style sheet, element or attribute.
    Style,
    /// `video src`, `audio src` or their `source`.
    Video,
    /// `poster`.
    Poster,
    /// A link to a media file.
    Link,
    /// An embedded object.
    Embed,
}

/// One request and what came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Asked for.
    pub url: Url,
    /// The URL that redirected here.
    pub redirected_from: Option<Url>,
    /// When the request began.
    pub at: Time,
    /// Milliseconds until the last byte.
    pub took_ms: u64,
    /// Addresses the name had.
    pub addresses: Vec<IpAddr>,
    /// The one that was connected to.
    pub connected: Option<SocketAddr>,
    /// The encrypted connection.
    pub tls: Option<Tls>,
    /// Status.
    pub status: Option<u16>,
    /// Headers as sent, in order.
    pub headers: Vec<(String, String)>,
    /// Bytes of the answer as sent.
    pub sent_bytes: u64,
    /// Bytes unpacked.
    pub body_bytes: u64,
    /// Digests of the unpacked body, in hexadecimal: MD5, SHA-1, SHA-256.
    pub digests: Option<[String; 3]>,
    /// Why it is not whole: a limit that was met, or a connection that broke.
    pub cut_short: Option<String>,
    /// Why there is no answer.
    pub failed: Option<Failed>,
    /// `WARC-Record-ID` of the response record.
    pub record_id: Option<String>,
}

/// An encrypted connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tls {
    /// Such as `TLSv1_3`.
    pub version: String,
    /// Such as `TLS13_AES_256_GCM_SHA384`.
    pub cipher: String,
    /// Whether a browser would accept the certificate, and why not. Evidence is taken either way.
    pub problem: Option<String>,
    /// The certificates sent, leaf first, in hexadecimal DER; at most 64 KiB together.
    pub chain: Vec<String>,
    /// The leaf's subject.
    pub subject: String,
    /// The leaf's issuer.
    pub issuer: String,
    /// Names the leaf is for.
    pub names: Vec<String>,
    /// Start of the leaf's time.
    pub not_before: Time,
    /// End of the leaf's time.
    pub not_after: Time,
    /// SHA-256 of the leaf, in hexadecimal.
    pub sha256: String,
}

/// The capture record: what was done, when, by what, and what came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Program and version.
    pub tool: String,
    /// Where the time comes from, as the operator says.
    pub time_source: String,
    /// Which way out was taken.
    pub egress: String,
    /// Start.
    pub started_at: Time,
    /// End.
    pub ended_at: Time,
    /// What was reported.
    pub url: Url,
    /// Where the page was in the end.
    pub final_url: Option<Url>,
    /// The page's title.
    pub title: Option<String>,
    /// What was kept of media.
    pub payload: Payload,
    /// Every exchange, in the order in which they ended.
    pub exchanges: Vec<Exchange>,
    /// Files that the page names and that were left out, and why.
    pub left_out: Vec<(Url, String)>,
    /// SHA-256 of the archive, in hexadecimal.
    pub archive_sha256: String,
    /// Bytes of the archive.
    pub archive_bytes: u64,
}

/// Why there is no answer. The words are for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Failed {
    /// Not http or https, or with an unusable host.
    #[error("the URL cannot be fetched: {0}")]
    BadUrl(String),
    /// The name does not exist.
    #[error("the name `{0}` has no address")]
    NoAddress(String),
    /// The name servers did not answer.
    #[error("the name servers did not answer for `{0}`")]
    NameServers(String),
    /// An address that is never fetched from.
    #[error("`{host}` is at {address}, an address that is never fetched from")]
    Forbidden {
        /// The host.
        host: String,
        /// Its address.
        address: IpAddr,
    },
    /// No connection.
    #[error("no connection to {0}")]
    NoConnection(String),
    /// The encrypted connection failed.
    #[error("no encrypted connection: {0}")]
    Tls(String),
    /// The answer makes no sense.
    #[error("the answer is not HTTP: {0}")]
    Protocol(String),
    /// A limit was met before there was an answer.
    #[error("a limit was met: {0}")]
    Limit(String),
    /// More redirects than allowed.
    #[error("more than {0} redirects in a row")]
    Redirects(usize),
    /// Too slow.
    #[error("no answer within {0} seconds")]
    TimedOut(u64),
    /// The answer's status says no.
    #[error("the server answered with status {0}")]
    Status(u16),
    /// The fetch process died or answered nonsense.
    #[error("the fetch process ended before its work")]
    ScoutDied,
}
