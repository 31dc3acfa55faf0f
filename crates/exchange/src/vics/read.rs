//! The walk over a file: root, array, cases, records. One record is in memory at a time.

use super::{FORMAT, case::Case, form, head::Head};
use crate::{
    Done, Limits, Row,
    input::Utf8,
    json::{Cursor, Fault, Stop, Stream},
    row::{Flow, Sink, unreadable},
    vics::head::Shape,
};
use base::Refusal;
use serde_json::Value;
use std::{io, ops::ControlFlow};

/// What the caller knows and the file may not say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Whose categories they are, when the file names nobody's (version 1, or region `Default` or `CUSTOM`).
    pub region: Option<String>,
    /// What the list is for.
    pub purpose: Purpose,
}

/// What a list is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Purpose {
    /// Material that is looked for. A set of known harmless files (NIST's in this format) is refused.
    #[default]
    Notable,
    /// Files known to be harmless.
    Harmless,
}

/// What a file was.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// What was done with its rows.
    pub done: Done,
    /// What it said of itself.
    pub head: Head,
    /// Its cases, without their media.
    pub cases: Vec<Case>,
}

/// Reads a hash set or cases. Every Media record is a row; rows over a limit are refused and passed over.
///
/// # Errors
/// None: what is wrong with the file is its last row and [`Done::end`].
pub fn read(
    input: impl io::Read,
    limits: &Limits,
    options: &Options,
    mut each: impl FnMut(Row) -> ControlFlow<()>,
) -> Outcome {
    walk(&mut Utf8::new(input), limits, options, &mut each)
}

fn walk(
    input: &mut dyn io::Read,
    limits: &Limits,
    options: &Options,
    each: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Outcome {
    let mut walk = Walk {
        stream: Stream::new(input, limits),
        sink: Sink::new(limits, each),
        head: Head::default(),
        region: options.region.clone(),
        purpose: options.purpose,
        cases: Vec::new(),
        most_cases: limits.entries,
    };
    let flow = walk.root();
    Outcome { done: walk.sink.end(flow), head: walk.head, cases: walk.cases }
}

struct Walk<'a> {
    stream: Stream<'a>,
    sink: Sink<'a>,
    head: Head,
    region: Option<String>,
    purpose: Purpose,
    cases: Vec<Case>,
    most_cases: u64,
}

/// What stands where a member's value begins.
struct Member {
    name: String,
    first: u8,
}

const CONTINUE: Flow = ControlFlow::Continue(());

impl Walk<'_> {
    fn root(&mut self) -> Flow {
        match self.stream.peek() {
            Ok(Some(b'{')) => (),
            Ok(_) => return self.broken(0, "malformed", "the file does not begin with an object"),
            Err(stop) => return self.stopped(stop),
        }
        self.object(|walk, member| match member.name.to_ascii_lowercase().as_str() {
            "odata.metadata" | "@odata.context" => walk.context(),
            "value" if member.first == b'[' => walk.array(|walk| walk.element(false)),
            _ => walk.skip(),
        })?;
        match self.stream.peek() {
            Ok(None) => CONTINUE,
            Ok(Some(_)) => self.broken(0, "malformed", "something follows the end of the file's object"),
            Err(stop) => self.stopped(stop),
        }
    }

    /// A token of the outer structure; ends the file when it is not there.
    fn token<T>(&mut self, walk: impl FnMut(&mut Cursor<'_>) -> Result<T, Fault>) -> Result<T, Flow> {
        self.stream.parse(walk).map_err(|stop| self.stopped(stop))
    }

    /// Walks over the members of an object of any size.
    fn object(&mut self, mut each: impl FnMut(&mut Self, Member) -> Flow) -> Flow {
        let mut go = match self.token(|c| {
            c.eat(b'{')?;
            Ok(!c.eat(b'}')?)
        }) {
            Ok(go) => go,
            Err(flow) => return flow,
        };
        while go {
            let member = self.token(|c| {
                let name = c.text()?.decode().unwrap_or_default().into_owned();
                if !c.eat(b':')? {
                    return Err(Fault::Broken(c.at(), "a `:` is missing"));
                }
                Ok(Member { name, first: c.peek()? })
            });
            match member {
                Ok(member) => each(self, member)?,
                Err(flow) => return flow,
            }
            go = match self.token(|c| goes_on(c, b'}')) {
                Ok(go) => go,
                Err(flow) => return flow,
            };
        }
        CONTINUE
    }

    /// Walks over the values of an array of any size.
    fn array(&mut self, mut each: impl FnMut(&mut Self) -> Flow) -> Flow {
        let mut go = match self.token(|c| {
            c.eat(b'[')?;
            Ok(!c.eat(b']')?)
        }) {
            Ok(go) => go,
            Err(flow) => return flow,
        };
        while go {
            each(self)?;
            go = match self.token(|c| goes_on(c, b']')) {
                Ok(go) => go,
                Err(flow) => return flow,
            };
        }
        CONTINUE
    }

    fn context(&mut self) -> Flow {
        let context = match self.token(|c| Ok(c.text()?.decode().unwrap_or_default().into_owned())) {
            Ok(context) => context,
            Err(flow) => return flow,
        };
        let Some(head) = Head::parse(&context) else {
            return self.broken(0, "other-model", "its first member names another model than this format's");
        };
        if let Some(scheme) = head.scheme() {
            self.region = Some(scheme.into());
        }
        self.head = head;
        CONTINUE
    }

    /// One record, or one case when it is not inside of one already.
    fn element(&mut self, inside: bool) -> Flow {
        // Blanks belong to no row.
        let first = match self.stream.peek() {
            Ok(first) => first,
            Err(stop) => return self.stopped(stop),
        };
        let (line, offset) = (self.stream.line(0), self.stream.offset());
        if first != Some(b'{') {
            self.skip()?;
            return self.sink.row(line, offset, Err(malformed("the row is not an object")));
        }
        let region = self.region.as_deref();
        let mut draft = form::Draft::default();
        match self.stream.parse(|c| draft.media(c, region)) {
            Ok(()) if !inside && self.head.shape == Some(Shape::Cases) && draft.record.digests.is_empty() => {
                let mut case = Case::default();
                draft.record.rest.of(FORMAT).for_each(|(name, value)| case.take(name, value.clone()));
                self.close(case)
            }
            Ok(()) if self.sink.next() == 1 && self.is_harmless(&draft) => {
                let reason = "this is a set of known harmless files, it is not read as material that is looked for";
                self.sink.broken(line, offset, Refusal::new("file", "known-harmless", reason))
            }
            Ok(()) => {
                self.sink.dropped(draft.pictures);
                self.sink.row(line, offset, draft.finish())
            }
            Err(Stop::Enough) if !inside => self.case(),
            Err(Stop::Enough) => self.over(line, offset, malformed("a case stands inside of a case")),
            Err(Stop::Over(rule, reason)) => self.over(line, offset, Refusal::new("record", rule, reason)),
            Err(stop) => self.stopped(stop),
        }
    }

    /// NIST's set has this format, and nothing that a verdict could be in.
    fn is_harmless(&self, draft: &form::Draft) -> bool {
        let old = self.head.version.as_deref().is_some_and(|v| v.starts_with("1."));
        let record = &draft.record;
        let bare = record.id.is_none() && record.category.is_none() && record.rest.get(FORMAT, "Category").is_none();
        self.purpose == Purpose::Notable && old && bare && record.rest.get(FORMAT, "MediaFiles").is_some()
    }

    /// Refuses a row and passes over it.
    fn over(&mut self, line: u64, offset: u64, refusal: Refusal) -> Flow {
        self.sink.row(line, offset, Err(refusal))?;
        match self.stream.pass() {
            Ok(()) => CONTINUE,
            Err(stop) => self.stopped(stop),
        }
    }

    fn case(&mut self) -> Flow {
        let mut case = Case::default();
        self.object(|walk, member| {
            if member.first == b'[' && member.name.eq_ignore_ascii_case("Media") {
                return walk.array(|walk| walk.element(true));
            }
            match walk.stream.parse(|c| Ok(serde_json::from_slice::<Value>(c.skip()?).ok())) {
                Ok(value) => {
                    if let Some(value) = value.filter(|_| case.rest.len() < 256) {
                        case.take(&member.name, value);
                    }
                    CONTINUE
                }
                Err(Stop::Over(..)) => walk.pass(),
                Err(stop) => walk.stopped(stop),
            }
        })?;
        self.close(case)
    }

    fn close(&mut self, case: Case) -> Flow {
        if self.cases.len() as u64 >= self.most_cases {
            return self.broken(0, "too-many-cases", &format!("the file has more than {} cases", self.most_cases));
        }
        self.cases.push(case);
        CONTINUE
    }

    /// Steps over a value, of any size.
    fn skip(&mut self) -> Flow {
        match self.stream.parse(|c| c.skip().map(drop)) {
            Ok(()) => CONTINUE,
            Err(Stop::Over(..)) => self.pass(),
            Err(stop) => self.stopped(stop),
        }
    }

    fn pass(&mut self) -> Flow {
        match self.stream.pass() {
            Ok(()) => CONTINUE,
            Err(stop) => self.stopped(stop),
        }
    }

    fn broken(&mut self, ahead: usize, rule: &'static str, reason: &str) -> Flow {
        let (line, offset) = (self.stream.line(ahead), self.stream.offset() + ahead as u64);
        self.sink.broken(line, offset, Refusal::new("file", rule, reason))
    }

    /// The end of the file, for a reason that cannot be passed over.
    fn stopped(&mut self, stop: Stop) -> Flow {
        match stop {
            Stop::Broken(at, reason) => self.broken(at, "malformed", &format!("the JSON is broken here: {reason}")),
            Stop::Io(error) => {
                let (line, offset) = (self.stream.line(0), self.stream.offset());
                self.sink.broken(line, offset, unreadable(&error))
            }
            Stop::Over(rule, reason) => self.broken(0, rule, &reason),
            Stop::Enough => self.broken(0, "malformed", "a case stands where none is expected"),
        }
    }
}

fn malformed(reason: &str) -> Refusal {
    Refusal::new("record", "malformed", reason)
}

/// After a member: walks over the comma, or over the end and says false.
fn goes_on(cursor: &mut Cursor<'_>, end: u8) -> Result<bool, Fault> {
    if cursor.eat(b',')? {
        // A comma before the end is caught by what has to follow it.
        Ok(true)
    } else if cursor.eat(end)? {
        Ok(false)
    } else {
        Err(Fault::Broken(cursor.at(), "a `,` or the end of an object or array is missing"))
    }
}
