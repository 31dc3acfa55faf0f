//! `report.pdf`: what a prosecutor reads: the case, what was given and under which clause, what was kept back, every item, and
//! the chain of custody.

use super::{archive_path, media_path};
use crate::pdf::{Block, Report};
use reports::package::{Contents, Event, ItemFacts};

/// The report.
pub fn write(contents: &Contents, tool: &str) -> Result<Vec<u8>, super::Failed> {
    let mut to = Blocks(Vec::new());
    about(&mut to, contents);
    case(&mut to, contents);
    kept_back(&mut to, contents);
    items(&mut to, contents);
    archives(&mut to, contents);
    custody(&mut to, contents);
    let report = Report {
        title: format!("Evidence package, case {}", contents.recipient.case_number),
        author: contents.recipient.organisation.clone(),
        producer: tool.into(),
        at: contents.at,
        foot: format!("Package {}, for {}", contents.package, contents.recipient.name),
        id: *contents.package.0.as_bytes(),
        blocks: to.0,
    };
    Ok(report.write()?)
}

struct Blocks(Vec<Block>);

impl Blocks {
    fn heading(&mut self, text: &str) {
        self.0.push(Block::Heading(text.into()));
    }
    fn text(&mut self, text: impl Into<String>) {
        self.0.push(Block::Text(text.into()));
    }
    fn pair(&mut self, name: &str, value: impl Into<String>) {
        self.0.push(Block::Pair(name.into(), value.into()));
    }
    fn maybe(&mut self, name: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.pair(name, value);
        }
    }
}

fn about(to: &mut Blocks, contents: &Contents) {
    let who = &contents.recipient;
    to.pair("Package", contents.package.to_string());
    to.pair("Made at", contents.at.to_string());
    to.pair("For", format!("{}, {}", who.name, who.organisation));
    to.pair("Case number", who.case_number.as_str());
    to.pair("Purpose", who.purpose.as_str());
    to.pair("Encrypted to", who.key.as_str());
    to.text(
        "This package holds only what was disclosed to the organisation above, as wide as it was disclosed. Every file is \
         named with its SHA-256 in manifest.json, which manifest.sig signs; `cport evidence verify-package` checks both \
         without a network.",
    );
}

fn case(to: &mut Blocks, contents: &Contents) {
    let case = &contents.case;
    to.heading("The case");
    to.pair("Case", case.id.to_string());
    to.pair("Class", case.class.word());
    to.pair("Why it is here", case.why.as_str());
    to.pair("Given by", format!("{}, version {}, clause {}", case.agreement, case.version, case.clause));
    to.pair("Width", case.width.word());
    to.pair("Reported by", case.reporter.as_str());
    to.pair("Disclosed at", case.disclosed_at.to_string());
    if let Some(page) = &contents.page {
        to.pair("Page", page.source_url.as_str());
        to.pair("Received at", page.received_at.to_string());
        to.maybe("Note of the hotline", page.note.as_deref());
    }
    let host = &contents.hosting;
    to.maybe("Hosted in", host.country.map(|c| c.to_string()));
    to.maybe("Address of the host", host.ip.as_deref());
    to.maybe("Network", host.network.as_deref());
    for outcome in &contents.outcomes {
        let note = outcome.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        to.pair("Outcome", format!("{} {}{note}", outcome.at, outcome.kind));
    }
}

fn kept_back(to: &mut Blocks, contents: &Contents) {
    to.heading("What was kept back");
    if contents.withheld.is_empty() {
        to.text("Nothing was kept back.");
    }
    for kept in &contents.withheld {
        let clause = kept.clause.as_ref().map(|clause| format!(" (clause {clause})")).unwrap_or_default();
        let items = if kept.items == 1 { "1 item".into() } else { format!("{} items", kept.items) };
        to.pair(&kept.what, format!("{items}: {}{clause}", kept.reason));
    }
}

fn items(to: &mut Blocks, contents: &Contents) {
    to.heading(&format!("Items: {}", contents.items.len()));
    for (n, item) in contents.items.iter().enumerate() {
        to.0.push(Block::Sub(format!("{}. Item {}", n + 1, item.id)));
        one(to, item);
    }
}

fn one(to: &mut Blocks, item: &ItemFacts) {
    let (judged, given) = (&item.judged, &item.given);
    let country = judged.country.map(|c| format!(" ({c})")).unwrap_or_default();
    let class = format!("{}{country}, age {}, {}", judged.class.word(), judged.age_group.word(), judged.gender.word());
    to.pair("Judgement", format!("{class}; by {}, {}", judged.by, judged.at));
    to.maybe("Note", judged.note.as_deref());
    let files = if given.media { "with its file" } else { "without its file" };
    to.pair(
        "Given by",
        format!(
            "{}, version {}, clause {}: {} {files}",
            given.agreement,
            given.version,
            given.clause,
            given.width.word()
        ),
    );
    to.maybe("URL", item.url.as_deref());
    if let Some(file) = &item.file {
        to.pair("SHA-256", file.sha256.as_str());
        to.pair("SHA-1", file.sha1.as_str());
        to.pair("MD5", file.md5.as_str());
        to.maybe("PDQ", file.pdq.as_ref().map(|(bits, quality)| format!("{bits}, quality {quality}")));
        let pixels = if file.width > 0 { format!(", {} × {} pixels", file.width, file.height) } else { String::new() };
        let long = file.duration_ms.map(|ms| format!(", {ms} ms")).unwrap_or_default();
        to.pair("Type and size", format!("{}, {} bytes{pixels}{long}", file.kind, file.size));
    }
    to.maybe("In this package", item.open.as_ref().map(|(_, sha256)| media_path(sha256)));
}

fn archives(to: &mut Blocks, contents: &Contents) {
    if contents.archives.is_empty() {
        return;
    }
    to.heading("Captures of the page");
    for archive in &contents.archives {
        to.pair("In this package", archive_path(archive.capture));
        to.maybe("SHA-256", archive.sha256.as_deref());
        to.maybe("Ended at", archive.at.map(|t| t.to_string()));
        to.maybe("Made with", archive.tool.as_deref());
        to.maybe("Source of time", archive.time_source.as_deref());
    }
}

/// What happened to each file, by the LEA's own log.
fn custody(to: &mut Blocks, contents: &Contents) {
    to.heading("Chain of custody");
    to.text(format!(
        "Entries of the log of {}, each chained to the one before: its number and the first letters of its link stand behind \
         it. What a hotline did before is in the hotline's own log. Last entry: the facts of this package were read at {} for \
         {}, case number {}, purpose: {}.",
        contents.recipient.organisation,
        contents.at,
        contents.recipient.name,
        contents.recipient.case_number,
        contents.recipient.purpose
    ));
    for item in contents.items.iter().filter(|i| !i.custody.is_empty()) {
        to.0.push(Block::Sub(format!("Item {}", item.id)));
        to.0.extend(item.custody.iter().map(|event| Block::Small(entry(event))));
    }
}

fn entry(event: &Event) -> String {
    let purpose = event.purpose.as_ref().map(|why| format!(", purpose: {why}")).unwrap_or_default();
    let chained = event.chained.as_ref().map(|(number, link)| {
        let begin: String = link.chars().take(16).collect();
        format!(" [{number}, {begin}]")
    });
    format!("{}  {}  {}{purpose}{}", event.at, event.act, event.who, chained.unwrap_or_default())
}
