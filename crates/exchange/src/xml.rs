//! XML as answers and bodies need it: elements, attributes, text. No document type, no entities but the five of the
//! standard and character numbers, no processing instructions; bounded in depth, number and length (IN-5). Prefixes of
//! names are left out: namespaces tell these documents nothing.

use crate::{Limits, row::unreadable};
use base::Refusal;
use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};
use std::{
    fmt::Write,
    io::{self, BufReader, Read, Take},
};

/// Attributes of an element beyond which it is refused.
const MOST_ATTRIBUTES: usize = 32;

/// An element as it opens.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tag {
    /// Name without prefix.
    pub name: String,
    /// Names without prefix, and values.
    pub attributes: Vec<(String, String)>,
    /// `<name/>`: no [`Step::Close`] follows.
    pub empty: bool,
}

impl Tag {
    /// Value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// A whole element.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Element {
    /// How it opened.
    pub tag: Tag,
    /// Its own text, trimmed, without that of its children.
    pub text: String,
    /// In order.
    pub children: Vec<Element>,
}

impl Element {
    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|c| c.tag.name == name)
    }

    /// Text of the first child of this name, unless it is empty.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|c| c.text.as_str()).filter(|t| !t.is_empty())
    }
}

/// What comes next in a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// An element opens.
    Open(Tag),
    /// The innermost open element closes.
    Close,
    /// The document ends, properly.
    End,
}

/// A document being read.
pub struct Xml<'a> {
    reader: Reader<BufReader<Take<&'a mut dyn Read>>>,
    buffer: Vec<u8>,
    depth: usize,
    /// A root was opened.
    rooted: bool,
    /// Text before the last step.
    text: String,
    limits: Limits,
}

fn malformed(reason: &str) -> Refusal {
    Refusal::new("file", "malformed", format!("the XML is refused: {reason}"))
}

impl<'a> Xml<'a> {
    /// Nothing is read yet. `input` is UTF-8.
    pub fn new(input: &'a mut dyn Read, limits: &Limits) -> Self {
        // One byte more than allowed tells that there was too much.
        let mut reader = Reader::from_reader(BufReader::new(input.take(limits.answer.saturating_add(1))));
        reader.config_mut().enable_all_checks(true);
        Self { reader, buffer: Vec::new(), depth: 0, rooted: false, text: String::new(), limits: limits.clone() }
    }

    /// Bytes read so far.
    pub fn offset(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// What comes next.
    pub fn step(&mut self) -> Result<Step, Refusal> {
        let mut text = String::new();
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            let opened = |start: &BytesStart<'_>, empty| tag(start, empty, &self.limits);
            let step = match event.map_err(|e| error(&e))? {
                Event::Start(start) => Some(Step::Open(opened(&start, false)?)),
                Event::Empty(start) => Some(Step::Open(opened(&start, true)?)),
                Event::End(_) => Some(Step::Close),
                Event::Eof => Some(Step::End),
                Event::Text(part) => add(&mut text, &part.xml10_content(), &self.limits)?,
                Event::CData(part) => add(&mut text, &part, &self.limits)?,
                Event::GeneralRef(part) => add(&mut text, &referred(&part)?, &self.limits)?,
                Event::Comment(_) | Event::Decl(_) => None,
                Event::PI(_) => return Err(malformed("it has a processing instruction")),
                Event::DocType(_) => return Err(malformed("it has a document type")),
            };
            if self.reader.buffer_position() > self.limits.answer {
                return Err(Refusal::new(
                    "file",
                    "too-large",
                    format!("it has more than {} bytes", self.limits.answer),
                ));
            }
            match step {
                None => (),
                Some(step) => return self.counted(step, &text),
            }
        }
    }

    /// Keeps count of the depth.
    fn counted(&mut self, step: Step, text: &str) -> Result<Step, Refusal> {
        match &step {
            Step::Open(tag) => {
                if self.rooted && self.depth == 0 {
                    return Err(malformed("it has two roots"));
                }
                self.rooted = true;
                if self.depth >= self.limits.depth {
                    return Err(malformed("it is nested too deeply"));
                }
                self.depth += usize::from(!tag.empty);
            }
            Step::Close => self.depth = self.depth.saturating_sub(1),
            Step::End if self.depth > 0 || !self.rooted => return Err(malformed("it is cut off")),
            Step::End => (),
        }
        self.text = text.trim().to_owned();
        Ok(step)
    }
}

impl Xml<'_> {
    /// The rest of an element that opened with `tag`: everything up to its close.
    pub fn element(&mut self, tag: Tag) -> Result<Element, Refusal> {
        let (from, mut count) = (self.offset(), 0);
        self.element_in(tag, from, &mut count)
    }

    fn element_in(&mut self, tag: Tag, from: u64, count: &mut usize) -> Result<Element, Refusal> {
        let mut element = Element { tag, ..Element::default() };
        if element.tag.empty {
            return Ok(element);
        }
        loop {
            let step = self.step()?;
            *count += 1;
            if self.offset() - from > self.limits.record as u64 || *count > MOST_STEPS {
                return Err(malformed("one of its elements is too large"));
            }
            element.text.push_str(&self.text);
            match step {
                // The depth is bounded by `step`, and with it this recursion.
                Step::Open(tag) => element.children.push(self.element_in(tag, from, count)?),
                Step::Close => return Ok(element),
                Step::End => return Err(malformed("it is cut off")),
            }
        }
    }

    /// The root as a whole, for small documents.
    pub fn root(&mut self) -> Result<Element, Refusal> {
        let Step::Open(tag) = self.step()? else { return Err(malformed("it has no root")) };
        let root = self.element(tag)?;
        match self.step()? {
            Step::End => Ok(root),
            Step::Open(_) | Step::Close => Err(malformed("something follows its root")),
        }
    }
}

/// Elements and closes of one element beyond which it is refused.
const MOST_STEPS: usize = 100_000;

fn tag(start: &BytesStart<'_>, empty: bool, limits: &Limits) -> Result<Tag, Refusal> {
    let local = |name: &str| name.rsplit(':').next().unwrap_or_default().to_owned();
    let mut tag = Tag { name: local(start.name().as_ref()), attributes: Vec::new(), empty };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| malformed("an attribute is malformed"))?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
        let value = value.map_err(|_| malformed("an attribute has an entity"))?.into_owned();
        if tag.attributes.len() >= MOST_ATTRIBUTES || value.len() > limits.text {
            return Err(malformed("an element has too many or too long attributes"));
        }
        tag.attributes.push((local(attribute.key.as_ref()), value));
    }
    Ok(tag)
}

fn add(text: &mut String, part: &str, limits: &Limits) -> Result<Option<Step>, Refusal> {
    text.push_str(part);
    if text.len() > limits.text { Err(malformed("a text in it is too long")) } else { Ok(None) }
}

/// A character's number or one of the five names; no other entity is looked up.
fn referred(part: &BytesRef<'_>) -> Result<String, Refusal> {
    let number = part.resolve_char_ref().map_err(|_| malformed("a character's number is wrong"))?;
    let known = number.map(String::from).or_else(|| quick_xml::escape::resolve_xml_entity(part).map(Into::into));
    known.ok_or_else(|| malformed("it has an entity"))
}

fn error(error: &quick_xml::Error) -> Refusal {
    match error {
        quick_xml::Error::Io(error) if error.kind() != io::ErrorKind::InvalidData => unreadable(error),
        _ => malformed("it is not well-formed"),
    }
}

/// XML in the making.
#[derive(Debug, Default)]
pub struct Draft(String);

impl Draft {
    /// The declaration, then `root` with the default namespace.
    pub fn new(root: &str, namespace: &str) -> Self {
        Self(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"{namespace}\">"))
    }

    /// `<name a="b">`
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(name, attributes);
        self.0.push('>');
        self
    }

    /// `<name a="b"/>`
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(name, attributes);
        self.0.push_str("/>");
        self
    }

    /// `<name a="b">text</name>`
    pub fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> &mut Self {
        self.open(name, attributes);
        escape(&mut self.0, text);
        self.close(name)
    }

    /// `</name>`
    pub fn close(&mut self, name: &str) -> &mut Self {
        // Writing to a text does not fail.
        _ = write!(self.0, "</{name}>");
        self
    }

    /// Closes the root.
    pub fn finish(mut self, root: &str) -> String {
        self.close(root);
        self.0.push('\n');
        self.0
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        _ = write!(self.0, "<{name}");
        for (name, value) in attributes {
            _ = write!(self.0, " {name}=\"");
            escape(&mut self.0, value);
            self.0.push('"');
        }
    }
}

/// Characters that XML does not have become U+FFFD.
fn escape(to: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '\r' => to.push_str("&#13;"),
            '\n' => to.push_str("&#10;"),
            '\t' => to.push_str("&#9;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => to.push(char::REPLACEMENT_CHARACTER),
            char => to.push(char),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn root(text: &str, limits: &Limits) -> Result<Element, Refusal> {
        Xml::new(&mut text.as_bytes(), limits).root()
    }

    #[test]
    fn elements_attributes_and_text_are_read_without_prefixes() {
        let text = "<?xml version='1.0'?><!-- x --><n:a xmlns:n='y' n:b='1&amp;2'> <c/>t&lt;&#65;<![CDATA[&]]> <d>e</d></n:a> ";
        let root = root(text, &Limits::default()).unwrap();
        assert_eq!((root.tag.name.as_str(), root.tag.attribute("b")), ("a", Some("1&2")));
        assert_eq!((root.text.as_str(), root.text_of("d"), root.text_of("c")), ("t<A&", Some("e"), None));
    }

    #[test]
    fn in_5_document_types_entities_and_instructions_are_refused() {
        for text in [
            "<!DOCTYPE a SYSTEM 'http://canary.example/x.dtd'><a/>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
            "<a>&x;</a>",
            "<a b='&x;'/>",
            "<?php x?><a/>",
            "<a>&#0;</a>",
            "<a>&#xFFFFFFFF;</a>",
            "<a><b></a></b>",
            "<a>",
            "<a/><b/>",
            "</a>",
            "",
            "text",
            "<a b='1' b='2'/>",
            "<a b=1/>",
        ] {
            assert!(root(text, &Limits::default()).is_err(), "{text}");
        }
        let include = "<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='file:///etc/passwd'/></a>";
        assert_eq!(root(include, &Limits::default()).unwrap().children[0].text, "", "nothing is fetched");
    }

    #[test]
    fn in_3_depth_length_and_size_at_the_limit_and_one_past_it() {
        let limits = Limits { depth: 3, text: 4, answer: 200, record: 10_000, ..Limits::default() };
        let deep = |depth: usize| root(&format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth)), &limits).is_ok();
        assert_eq!((deep(2), deep(3), deep(4), deep(1_000_000)), (true, true, false, false));
        let long = |length: usize| root(&format!("<a>{}</a>", "x".repeat(length)), &limits).is_ok();
        assert_eq!((long(3), long(4), long(5)), (true, true, false));
        let valued = |length: usize| root(&format!("<a b='{}'/>", "x".repeat(length)), &limits).is_ok();
        assert_eq!((valued(3), valued(4), valued(5)), (true, true, false));
        let large = |length: usize| root(&format!("<a>{}</a>", "<b/>".repeat(length)), &limits).is_ok();
        assert_eq!((large(48), large(49)), (true, false));
        let small = Limits { record: 40, ..Limits::default() };
        assert!(root(&format!("<a>{}</a>", "<b/>".repeat(9)), &small).is_ok());
        assert!(root(&format!("<a>{}</a>", "<b/>".repeat(11)), &small).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "\\PC{0,20}", value in "[^\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{7f}-\u{9f}\u{fffe}\u{ffff}\u{2028}]{0,20}") {
            let mut draft = Draft::new("root", "urn:x");
            draft.text("a", &[("v", &value)], &text).empty("b", &[("v", &value)]);
            let root = root(&draft.finish("root"), &Limits::default()).unwrap();
            prop_assert_eq!(root.children[0].tag.attribute("v"), Some(value.as_str()));
            prop_assert_eq!(root.children[1].tag.attribute("v"), Some(value.as_str()));
            prop_assert_eq!(&root.children[0].text, text.trim());
        }

        #[test]
        fn in_2_no_bytes_panic(bytes: Vec<u8>, text in "[<>/a&;!?'=\\[\\]#x0-9 -]{0,80}") {
            _ = Xml::new(&mut &bytes[..], &Limits::default()).root();
            _ = root(&text, &Limits::default());
        }
    }
}
