//! `queryResult`: a page of entries, read as a stream and written.

use super::{
    FORMAT, NAMESPACE, REGION, about, feedback,
    fingerprint::{elements, take},
    query::{EntriesQuery, stamp},
    unexpected,
};
use crate::{
    Done, End, Limits, Row,
    input::Utf8,
    loose,
    row::{Flow, Sink},
    xml::{Draft, Element, Step, Tag, Xml},
};
use base::{Refusal, Time};
use hashlists::{Category, Kind, Member, Record};
use serde_json::Value;
use std::{io::Read, ops::ControlFlow};

/// What an answer says of its pictures or its videos.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Set {
    /// How many it says there are.
    pub claimed: Option<u64>,
    /// How many there were, withdrawn ones with them.
    pub found: u64,
    /// The latest change it says there is.
    pub latest: Option<Time>,
}

impl Set {
    /// It says another number than there were: the peer left something out or repeated itself.
    pub fn miscounted(&self) -> bool {
        self.claimed.is_some_and(|claimed| claimed != self.found)
    }
}

/// What a page was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entries {
    /// What was done with its rows.
    pub done: Done,
    /// Its pictures.
    pub images: Set,
    /// Its videos.
    pub videos: Set,
    /// Where it goes on; `None` on the last page.
    pub next: Option<EntriesQuery>,
}

/// Reads a page. Every entry is a row, withdrawn ones are tombstones; votes stand beside the record ([`super::Vote::of`]).
/// The page counts only when [`End::Whole`] is how it ended.
pub fn read(input: impl Read, limits: &Limits, mut each: impl FnMut(Row) -> ControlFlow<()>) -> Entries {
    let mut input = Utf8::new(input);
    let mut walk = Walk {
        xml: Xml::new(&mut input, limits),
        sink: Sink::new(limits, &mut each),
        images: Set::default(),
        videos: Set::default(),
        next: None,
    };
    let flow = match walk.root() {
        Ok(flow) => flow,
        Err(refusal) => walk.sink.broken(0, walk.xml.offset(), refusal),
    };
    Entries { done: walk.sink.end(flow), images: walk.images, videos: walk.videos, next: walk.next }
}

struct Walk<'a> {
    xml: Xml<'a>,
    sink: Sink<'a>,
    images: Set,
    videos: Set,
    next: Option<EntriesQuery>,
}

const CONTINUE: Flow = ControlFlow::Continue(());

impl Walk<'_> {
    /// Inner: how the caller's wish ends it; outer: what is wrong with the answer.
    fn root(&mut self) -> Result<Flow, Refusal> {
        match self.xml.step()? {
            Step::Open(tag) if tag.name == "queryResult" => {
                if !tag.empty
                    && let ControlFlow::Break(end) = self.result()?
                {
                    return Ok(ControlFlow::Break(end));
                }
            }
            _ => return Err(unexpected("queryResult")),
        }
        match self.xml.step()? {
            Step::End => Ok(CONTINUE),
            Step::Open(_) | Step::Close => Err(unexpected("queryResult")),
        }
    }

    fn result(&mut self) -> Result<Flow, Refusal> {
        loop {
            let tag = match self.xml.step()? {
                Step::Close => return Ok(CONTINUE),
                Step::End => return Err(unexpected("queryResult")),
                Step::Open(tag) => tag,
            };
            match tag.name.as_str() {
                "images" | "videos" => {
                    if let ControlFlow::Break(end) = self.set(&tag)? {
                        return Ok(ControlFlow::Break(end));
                    }
                }
                "paging" => {
                    let paging = self.xml.element(tag)?;
                    self.next = paging.text_of("next").map(EntriesQuery::parse_next).transpose()?;
                }
                _ => _ = self.xml.element(tag)?,
            }
        }
    }

    fn set(&mut self, tag: &Tag) -> Result<Flow, Refusal> {
        let kind = if tag.name == "videos" { Kind::Video } else { Kind::Picture };
        let mut set = Set {
            claimed: tag.attribute("count").and_then(|c| c.trim().parse().ok()),
            found: 0,
            latest: tag.attribute("maxTimestamp").and_then(loose::time),
        };
        if !tag.empty
            && let ControlFlow::Break(end) = self.children(kind, &mut set)?
        {
            return Ok(ControlFlow::Break(end));
        }
        *(if kind == Kind::Video { &mut self.videos } else { &mut self.images }) = set;
        Ok(CONTINUE)
    }

    fn children(&mut self, kind: Kind, set: &mut Set) -> Result<Flow, Refusal> {
        loop {
            let from = self.xml.offset();
            let child = match self.xml.step()? {
                Step::Close => return Ok(CONTINUE),
                Step::End => return Err(unexpected("queryResult")),
                Step::Open(child) => self.xml.element(child)?,
            };
            set.found += 1;
            if let ControlFlow::Break(end) = self.sink.row(0, from, entry(&child, kind)) {
                return Ok(ControlFlow::Break(end));
            }
        }
    }
}

/// One entry, theirs → ours.
fn entry(element: &Element, kind: Kind) -> Result<Record, Refusal> {
    let name = element.tag.name.to_ascii_lowercase();
    let (tombstone, name) = name.strip_prefix("deleted").map_or((false, name.as_str()), |rest| (true, rest));
    let fits = matches!((name, kind), ("image", Kind::Picture) | ("video", Kind::Video));
    if !fits {
        return Err(Refusal::new("record", "malformed", "an element that is no entry stands among the entries"));
    }
    let missing = |field| Refusal::new(field, "missing", format!("the entry has no `{field}`"));
    let member = element.child("member").ok_or_else(|| missing("member"))?;
    let member_id =
        member.tag.attribute("id").map(str::trim).filter(|id| !id.is_empty()).ok_or_else(|| missing("member"))?;
    let mut record = Record {
        id: Some(element.text_of("id").ok_or_else(|| missing("id"))?.to_owned()),
        member: Some(Member { id: member_id.to_owned(), name: member.text.clone() }),
        media_type: Some(kind.word().into()),
        tombstone,
        ..Record::default()
    };
    if let Some(text) = element.text_of("timestamp") {
        let refused = || Refusal::new("last_change", "malformed", "`timestamp` is not a time");
        record.last_change = Some(loose::time(text).ok_or_else(refused)?);
    }
    if let Some(code) = element.text_of("classification") {
        record.category = Some(Category { region: Some(REGION.into()), code: code.to_owned() });
    }
    for one in element.child("fingerprints").map(|f| f.children.as_slice()).unwrap_or_default() {
        take(&mut record, &one.tag.name, &one.text, one.tag.attribute("href"))?;
    }
    let votes = element.child("feedback").map(feedback::read).unwrap_or_default();
    feedback::Vote::keep(&mut record, &votes);
    let known = ["member", "id", "timestamp", "classification", "fingerprints", "feedback"];
    for other in element.children.iter().filter(|c| !known.contains(&c.tag.name.as_str())) {
        record.rest.keep(FORMAT, &other.tag.name, value(other));
    }
    Ok(record)
}

/// An element we do not know, as JSON: text alone, or attributes (`@`), text (`$`) and children.
fn value(element: &Element) -> Value {
    if element.children.is_empty() && element.tag.attributes.is_empty() {
        return Value::from(element.text.clone());
    }
    let mut members = serde_json::Map::new();
    for (name, text) in &element.tag.attributes {
        members.insert(format!("@{name}"), Value::from(text.clone()));
    }
    if !element.text.is_empty() {
        members.insert("$".into(), Value::from(element.text.clone()));
    }
    for child in &element.children {
        let list = members.entry(child.tag.name.clone()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(value(child));
        }
    }
    Value::Object(members)
}

/// A page to write.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Entries of pictures and videos in any order; what states neither counts as a picture.
    pub records: &'a [Record],
    /// Where it goes on; `None` on the last page.
    pub next: Option<EntriesQuery>,
}

/// Writes a page; answers it and how many records have no member or id and so no place in it.
pub fn query_result(page: &Page<'_>) -> (String, u64) {
    let mut draft = Draft::new("queryResult", NAMESPACE);
    let usable = |record: &&Record| record.id.is_some() && record.member.is_some();
    for (name, kind) in [("images", Kind::Picture), ("videos", Kind::Video)] {
        let of_kind = |r: &&Record| r.kind().unwrap_or(Kind::Picture) == kind;
        let entries: Vec<&Record> = page.records.iter().filter(usable).filter(of_kind).collect();
        let count = entries.len().to_string();
        if entries.is_empty() {
            draft.empty(name, &[("count", &count)]);
            continue;
        }
        let latest = entries.iter().filter_map(|r| r.last_change).max().unwrap_or_default();
        draft.open(name, &[("count", &count), ("maxTimestamp", &stamp(latest))]);
        entries.into_iter().for_each(|record| write(&mut draft, record, kind));
        draft.close(name);
    }
    if let Some(next) = page.next {
        draft.open("paging", &[]).text("next", &[], &next.to_string()).close("paging");
    }
    let left_out = page.records.len() - page.records.iter().filter(usable).count();
    (draft.finish("queryResult"), left_out as u64)
}

/// One entry, ours → theirs.
fn write(draft: &mut Draft, record: &Record, kind: Kind) {
    let (Some(member), Some(id)) = (&record.member, &record.id) else { return };
    let changed = record.last_change.map(stamp).unwrap_or_default();
    if record.tombstone {
        let name = if kind == Kind::Video { "deletedVideo" } else { "deletedImage" };
        draft.open(name, &[]);
        about::member(draft, member);
        draft.text("id", &[], id).text("timestamp", &[], &changed).close(name);
        return;
    }
    draft.open(kind.word(), &[]);
    about::member(draft, member);
    draft.text("timestamp", &[], &changed).text("id", &[], id);
    let ours = record.category.as_ref().filter(|c| c.region.as_deref() == Some(REGION));
    if let Some(category) = ours {
        draft.text("classification", &[], &category.code);
    }
    draft.open("fingerprints", &[]);
    for (name, text, href) in elements(record) {
        match href {
            Some(href) => draft.empty(&name, &[("rel", "self"), ("href", &href)]),
            None => draft.text(&name, &[], &text),
        };
    }
    draft.close("fingerprints");
    feedback::write(draft, &feedback::Vote::of(record));
    draft.close(kind.word());
}

impl Entries {
    /// The page was read to its end, every row of it, and counted what it had.
    pub fn is_complete(&self) -> bool {
        self.done.end == End::Whole && !self.images.miscounted() && !self.videos.miscounted()
    }
}
