//! What the receiver says, as JSON: receipts and answers. Hostile input is normal here: nothing of it is believed until it has
//! been read to its end, every field has its form and every limit is kept. One answer that cannot be used takes no other with
//! it. Whether a dispatch was ever sent is for whoever has the rows.

use super::dispatch::{Answer, Says, Word};
use base::{DispatchId, ParcelId, Time};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fmt};

/// What a document of answers says of itself.
pub const FORMAT: &str = "cport-icse-answers/1";
/// Most answers of a document.
pub const MOST: usize = 10_000;
/// Most characters of an id and of a series number.
const LONGEST_ID: usize = 100;
/// Most bytes of a reason.
const LONGEST_REASON: usize = 500;

/// What is wrong with a document, or with one answer of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// Which field, such as `answers[3].word`.
    pub field: String,
    /// Why, in our own words.
    pub reason: String,
}

impl Bad {
    /// Of a field, for a reason.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.field, self.reason)
    }
}

/// A document of answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The parcel that it is the receipt of, where it is one.
    pub parcel: Option<ParcelId>,
    /// Why the whole parcel is refused, where it is.
    pub refused: Option<String>,
    /// Answers, each id once.
    pub answers: Vec<Answer>,
    /// Answers that cannot be used.
    pub bad: Vec<Bad>,
}

/// Reads a document of at most `most` bytes.
///
/// # Errors
/// It is none: why.
pub fn read(bytes: &[u8], most: u64) -> Result<Heard, Bad> {
    if bytes.len() as u64 > most {
        return Err(Bad::new("document", format!("it is longer than {most} bytes")));
    }
    // serde_json stops at a depth of 128.
    let value: Value = serde_json::from_slice(bytes).map_err(|error| Bad::new("document", not_json(bytes, &error)))?;
    let Value::Object(mut root) = value else { return Err(Bad::new("document", "it is not an object")) };
    match root.remove("format") {
        Some(Value::String(format)) if format == FORMAT => {}
        Some(_) => return Err(Bad::new("format", format!("it is not `{FORMAT}`"))),
        None => return Err(Bad::new("format", "it is missing")),
    }
    let mut heard = Heard::default();
    if let Some(parcel) = optional(&mut root, "parcel").map_err(|wrong| Bad::new("parcel", wrong))? {
        heard.parcel = Some(parcel.parse().map_err(|_| Bad::new("parcel", "it is no id"))?);
    }
    heard.refused = optional(&mut root, "refused").map_err(|wrong| Bad::new("refused", wrong))?.map(|r| plain(&r));
    let Some(answers) = root.remove("answers") else { return Err(Bad::new("answers", "it is missing")) };
    let Value::Array(answers) = answers else { return Err(Bad::new("answers", "it is not a list")) };
    if let Some(name) = root.keys().next() {
        return Err(Bad::new(plain(name), "it is not a field of a document of answers"));
    }
    if answers.len() > MOST {
        return Err(Bad::new("answers", format!("there are more than {MOST}")));
    }
    collect(answers, &mut heard);
    Ok(heard)
}

/// In words that repeat nothing of what was sent.
fn not_json(bytes: &[u8], error: &serde_json::Error) -> String {
    let begin = bytes.trim_ascii_start();
    if begin.is_empty() {
        return "it is empty".into();
    }
    if begin.starts_with(b"<") {
        return "it is HTML or XML, not JSON".into();
    }
    format!("it is not JSON, line {} column {}", error.line(), error.column())
}

/// Sorts answers into those that can be used and those that cannot. An id that says two things is believed in neither.
fn collect(answers: Vec<Value>, heard: &mut Heard) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found: Vec<Option<Answer>> = Vec::with_capacity(answers.len());
    for (at, value) in answers.into_iter().enumerate() {
        let answer = match one(value) {
            Ok(answer) => answer,
            Err((field, reason)) => {
                let field = if field.is_empty() { format!("answers[{at}]") } else { format!("answers[{at}].{field}") };
                heard.bad.push(Bad::new(field, reason));
                continue;
            }
        };
        match seen.get(&answer.id).and_then(|before| found.get_mut(*before)) {
            None => {
                seen.insert(answer.id.clone(), found.len());
                found.push(Some(answer));
            }
            Some(before) if before.as_ref() == Some(&answer) => {}
            Some(before) => {
                *before = None;
                heard.bad.push(Bad::new(format!("answers[{at}].id"), "it stands for two different answers"));
            }
        }
    }
    heard.answers = found.into_iter().flatten().collect();
}

type Wrong = (&'static str, String);

fn one(value: Value) -> Result<Answer, Wrong> {
    let Value::Object(mut fields) = value else { return Err(("", "it is not an object".into())) };
    let id = identifier(&mut fields, "id")?.ok_or_else(|| missing("id"))?;
    let at = text(&mut fields, "at")?.ok_or_else(|| missing("at"))?;
    let at: Time = at.parse().map_err(|_| ("at", "it is not a time with an offset".into()))?;
    let dispatch = text(&mut fields, "dispatch")?.ok_or_else(|| missing("dispatch"))?;
    let dispatch: DispatchId = dispatch.parse().map_err(|_| ("dispatch", "it is no id".into()))?;
    let says = text(&mut fields, "says")?.ok_or_else(|| missing("says"))?;
    let says = match says.as_str() {
        "taken" => Says::Taken,
        "rejected" => {
            let reason = text(&mut fields, "reason")?.ok_or_else(|| missing("reason"))?;
            Says::Rejected(plain(&reason))
        }
        "found" => Says::Found { word: word(&mut fields)?, series: identifier(&mut fields, "series")? },
        _ => return Err(("says", "it is not `taken`, `rejected` or `found`".into())),
    };
    match fields.keys().next() {
        Some(name) => Err(("", format!("`{}` is not a field of such an answer", plain(name)))),
        None => Ok(Answer { id, at, dispatch, says }),
    }
}

fn word(fields: &mut Map<String, Value>) -> Result<Word, Wrong> {
    let wrong = |_| ("word", "it is not `new`, `known`, `identified` or `victim_identified`".into());
    text(fields, "word")?.ok_or_else(|| missing("word"))?.parse().map_err(wrong)
}

fn missing(field: &'static str) -> Wrong {
    (field, "it is missing".into())
}

fn optional(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err("it is not text".into()),
    }
}

fn text(fields: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, Wrong> {
    optional(fields, name).map_err(|wrong| (name, wrong))
}

/// 1 to 100 visible ASCII characters.
fn identifier(fields: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, Wrong> {
    let Some(found) = text(fields, name)? else { return Ok(None) };
    let fits = (1..=LONGEST_ID).contains(&found.len()) && found.bytes().all(|b| b.is_ascii_graphic());
    if fits { Ok(Some(found)) } else { Err((name, format!("it is not 1 to {LONGEST_ID} visible ASCII characters"))) }
}

/// Words of the receiver as they may be shown and logged: one line, no control or direction marks, at most 500 bytes.
pub fn plain(text: &str) -> String {
    let hidden =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let mut out = String::new();
    for c in text.chars().filter(|c| !hidden(*c)) {
        let c = if c.is_control() { ' ' } else { c };
        if out.len() + c.len_utf8() > LONGEST_REASON {
            break;
        }
        out.push(c);
    }
    let out = out.trim();
    if out.is_empty() { "no reason is given".into() } else { out.into() }
}

/// An answer as the receiver writes it.
pub fn write(answer: &Answer) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: String| _ = fields.insert(name.into(), value.into());
    put("id", answer.id.clone());
    put("at", answer.at.to_string());
    put("dispatch", answer.dispatch.to_string());
    match &answer.says {
        Says::Taken => put("says", "taken".into()),
        Says::Rejected(reason) => {
            put("says", "rejected".into());
            put("reason", reason.clone());
        }
        Says::Found { word, series } => {
            put("says", "found".into());
            put("word", word.word().into());
            if let Some(series) = series {
                put("series", series.clone());
            }
        }
    }
    Value::Object(fields)
}

/// A document of answers as the receiver writes it.
pub fn document(parcel: Option<ParcelId>, refused: Option<&str>, answers: &[Answer]) -> Vec<u8> {
    let mut fields = Map::from_iter([("format".to_owned(), Value::from(FORMAT))]);
    fields.extend(parcel.map(|id| ("parcel".to_owned(), Value::from(id.to_string()))));
    fields.extend(refused.map(|why| ("refused".to_owned(), Value::from(why))));
    fields.insert("answers".into(), answers.iter().map(write).collect());
    Value::Object(fields).to_string().into_bytes()
}
