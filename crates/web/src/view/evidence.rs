//! Captures, traces and custody as pages show them; desk and police share them.

use super::{
    base::{Base, FieldError, error_of},
    item::FactsView,
    text::{bytes, defang, short},
    words::{moved, t, t1, t2, word},
};
use askama::Template;

/// One source's word on where an address is.
#[derive(Clone, Debug, Default)]
pub struct SignalView {
    /// Word: `address_database`, `address_registry`, `network_registry`.
    pub source: String,
    /// Who exactly.
    pub from: String,
    /// When it was asked.
    pub at: String,
    /// Country.
    pub country: Option<String>,
    /// What else it says.
    pub says: Option<String>,
    /// Why it says nothing.
    pub failed: Option<String>,
}

/// A trace.
#[derive(Clone, Debug, Default)]
pub struct TraceView {
    /// When.
    pub at: String,
    /// Addresses and names in between.
    pub addresses: String,
    /// The signals side by side.
    pub signals: Vec<SignalView>,
    /// The country they come to.
    pub country: Option<String>,
    /// Number of the autonomous system, with its name.
    pub network: Option<String>,
    /// Registrable name, registrar and registrant's country.
    pub domain: Option<String>,
    /// The delivery network in front.
    pub cdn: Option<String>,
    /// Where the content itself may lie.
    pub origin: Option<String>,
    /// What could not be looked up.
    pub problems: Vec<String>,
}

/// One entry of the history of where a host is.
#[derive(Clone, Debug, Default)]
pub struct HistoryView {
    /// When.
    pub at: String,
    /// Word: `reported`, `looked_up`, `overruled`, `taken_back`.
    pub kind: String,
    /// Country by this entry.
    pub country: Option<String>,
    /// Who, where a person spoke.
    pub who: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A capture in a list.
#[derive(Clone, Debug, Default)]
pub struct CaptureRow {
    /// Its id.
    pub id: String,
    /// When it was asked for.
    pub asked: String,
    /// Word: `asked`, `taken`, `failed`.
    pub state: String,
    /// Files found.
    pub files: u64,
    /// Why the page could not be had.
    pub failed: Option<String>,
    /// Whether media was hashed and dropped.
    pub hashed_only: bool,
}

/// One request and what came back.
#[derive(Clone, Debug, Default)]
pub struct ExchangeView {
    /// Asked for.
    pub url: String,
    /// Status, or why there is none.
    pub answer: String,
    /// Where it was connected to.
    pub address: String,
    /// When.
    pub at: String,
    /// Bytes unpacked.
    pub size: u64,
    /// SHA-256 of the body.
    pub sha256: String,
    /// Why it is not whole.
    pub cut_short: Option<String>,
    /// The URL that redirected here.
    pub from: Option<String>,
    /// The certificate in words: names, issuer, validity, problem.
    pub tls: Option<String>,
    /// Headers as sent.
    pub headers: Vec<(String, String)>,
}

/// A file that a capture found.
#[derive(Clone, Debug, Default)]
pub struct FoundView {
    /// The item; opens its page for a hotline.
    pub item_id: String,
    /// Where the page named it.
    pub url: String,
    /// Word: `image`, `video`, ….
    pub by: String,
    /// SHA-256.
    pub sha256: String,
    /// When.
    pub at: String,
}

/// How a capture differs from the one before.
#[derive(Clone, Debug, Default)]
pub struct DifferenceView {
    /// When the one before was asked for.
    pub before_at: String,
    /// Id of the one before.
    pub before: String,
    /// URLs of files that came.
    pub came: Vec<String>,
    /// URLs of files that went.
    pub went: Vec<String>,
    /// Files that stayed.
    pub stayed: u64,
    /// Word, before, now.
    pub changed: Vec<(String, String, String)>,
}

/// One capture with its record.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "capture.html")]
pub struct CapturePage {
    /// The frame.
    pub base: Base,
    /// `/desk` or `/police`.
    pub root: String,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// Where the reader came from: path.
    pub back_href: String,
    /// The report or case, as people name it.
    pub back_label: String,
    /// The line of the list.
    pub row: CaptureRow,
    /// What was reported.
    pub url: String,
    /// Where the page was in the end.
    pub final_url: Option<String>,
    /// The page's title.
    pub title: Option<String>,
    /// Program and version.
    pub tool: String,
    /// Where the time comes from.
    pub time_source: String,
    /// Which way out was taken.
    pub egress: String,
    /// Start.
    pub started: String,
    /// End.
    pub ended: String,
    /// Whether there is an archive, its SHA-256 and bytes.
    pub archive: Option<(String, u64)>,
    /// Whether there is a picture.
    pub picture: bool,
    /// Why there is none.
    pub picture_problem: Option<String>,
    /// Every exchange.
    pub exchanges: Vec<ExchangeView>,
    /// Files found.
    pub found: Vec<FoundView>,
    /// URL and why it was left out.
    pub left_out: Vec<(String, String)>,
    /// How it differs from the one before.
    pub difference: Option<DifferenceView>,
    /// The purpose as typed.
    pub purpose: String,
    /// What is wrong; field `purpose`.
    pub errors: Vec<FieldError>,
}

/// One event of a chain of custody.
#[derive(Clone, Debug, Default)]
pub struct CustodyRow {
    /// When, to the second.
    pub at: String,
    /// Name of the act.
    pub act: String,
    /// Who, or which part of the exchange.
    pub who: String,
    /// Why.
    pub purpose: Option<String>,
    /// Number in the organisation's log.
    pub seq: Option<String>,
    /// Link in the chain, hexadecimal.
    pub link: Option<String>,
}

/// The chain of custody of the object behind an item, to be printed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "custody.html")]
pub struct CustodyPage {
    /// The frame.
    pub base: Base,
    /// The item's id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// Where the reader came from: path.
    pub back_href: String,
    /// The report or case, as people name it.
    pub back_label: String,
    /// Whose chain this is.
    pub organisation: String,
    /// When it was printed.
    pub printed: String,
    /// The file.
    pub facts: FactsView,
    /// SHA-1, hexadecimal.
    pub sha1: String,
    /// MD5, hexadecimal.
    pub md5: String,
    /// The sealed object.
    pub object: Option<String>,
    /// The capture that brought it, with tool, clock and archive digest.
    pub capture: Option<(String, String, String)>,
    /// Where and when it was seen, oldest first.
    pub seen: Vec<FoundView>,
    /// What happened, oldest first.
    pub events: Vec<CustodyRow>,
}

/// What is sent without being asked for.
#[derive(Clone, Debug, Default)]
pub struct NewsView {
    /// Its id.
    pub id: String,
    /// The report.
    pub report_id: String,
    /// What people call the report.
    pub reference: String,
    /// When.
    pub at: String,
    /// Country before; nothing: not known.
    pub was: Option<String>,
    /// Country now; for what police said, theirs.
    pub becomes: Option<String>,
    /// Word: `host_moved`, `victim_identified`, `not_illegal_here`.
    pub kind: String,
}

impl NewsView {
    /// The piece of news as a sentence.
    pub fn text(&self) -> String {
        let country = |c: &Option<String>| c.clone().unwrap_or_else(|| t("unknown"));
        match self.kind.as_str() {
            "victim_identified" => t2("news-victim", "reference", &self.reference, "country", country(&self.becomes)),
            "not_illegal_here" => {
                t2("news-not-illegal", "reference", &self.reference, "country", country(&self.becomes))
            }
            _ => moved(&self.reference, &country(&self.was), &country(&self.becomes)),
        }
    }
}
