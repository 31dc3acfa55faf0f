//! What every reader hands out, whatever the format: rows, each a record or a refusal, in the file's order, and at the end
//! one word on how the file ended. Nothing is kept: a reader's memory does not grow with the file.

use crate::Limits;
use base::Refusal;
use hashlists::Record;
use std::{io, ops::ControlFlow};

/// Where a row stands in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// Number of the row, from 1, refused rows counted: the same in every run over the same file.
    pub row: u64,
    /// Line of the file, from 1, on which the row begins; 0 in forms where lines mean nothing.
    pub line: u64,
    /// Bytes before it, after unpacking and decoding to UTF-8.
    pub offset: u64,
}

/// One row of a file.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// What it says, or why it is refused: field, rule, sentence.
    pub content: Result<Record, Refusal>,
}

/// How a file ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// At its proper end.
    Whole,
    /// The caller wanted no more.
    Stopped,
    /// Here it could not be read further; the rows before stand. The last row handed out says the same.
    Broken(Place, Refusal),
}

/// What a reader did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// Rows handed out.
    pub rows: u64,
    /// Of these, refused.
    pub refused: u64,
    /// Pictures and thumbnails that stood in records and were dropped unread.
    pub pictures: u64,
    /// How it ended.
    pub end: End,
}

impl Done {
    /// Every row was read and none refused.
    pub fn is_clean(&self) -> bool {
        self.refused == 0 && self.end == End::Whole
    }
}

/// What a writer put into its file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    /// Records in the file.
    pub written: u64,
    /// Records left out: withdrawn, or without a digest that the form needs.
    pub left_out: u64,
    /// Records whose verdict is of another scheme than the file's and was left out.
    pub without_category: u64,
}

/// Counts rows on their way to the caller. Not generic: a reader is compiled once, here, whoever calls it.
pub(crate) struct Sink<'a> {
    each: &'a mut dyn FnMut(Row) -> ControlFlow<()>,
    most: u64,
    done: Done,
}

/// Goes on, or ends with how the file ended.
pub(crate) type Flow = ControlFlow<End>;

impl<'a> Sink<'a> {
    pub(crate) fn new(limits: &Limits, each: &'a mut dyn FnMut(Row) -> ControlFlow<()>) -> Self {
        Self { each, most: limits.rows, done: Done { rows: 0, refused: 0, pictures: 0, end: End::Whole } }
    }

    /// Number the next row has.
    pub(crate) fn next(&self) -> u64 {
        self.done.rows + 1
    }

    /// Hands out a row that begins at `line` and `offset`. A record by which nothing can be found is refused here.
    pub(crate) fn row(&mut self, line: u64, offset: u64, content: Result<Record, Refusal>) -> Flow {
        let place = Place { row: self.next(), line, offset };
        if self.done.rows >= self.most {
            let reason = format!("the file has more than {} rows, cut it into several", self.most);
            return self.broken(line, offset, Refusal::new("file", "too-many-rows", reason));
        }
        // Looked at before it is moved: a record is large, and there are many.
        match content.as_ref().ok().and_then(|record| record.check().err()) {
            Some(refusal) => self.hand(Row { place, content: Err(refusal) }),
            None => self.hand(Row { place, content }),
        }
    }

    /// Hands out the place at which a file cannot be read further.
    pub(crate) fn broken(&mut self, line: u64, offset: u64, refusal: Refusal) -> Flow {
        let place = Place { row: self.next(), line, offset };
        _ = self.hand(Row { place, content: Err(refusal.clone()) });
        ControlFlow::Break(End::Broken(place, refusal))
    }

    fn hand(&mut self, row: Row) -> Flow {
        self.done.rows += 1;
        self.done.refused += u64::from(row.content.is_err());
        match (self.each)(row) {
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
            ControlFlow::Break(()) => ControlFlow::Break(End::Stopped),
        }
    }

    /// Notes pictures that were dropped.
    pub(crate) fn dropped(&mut self, pictures: u32) {
        self.done.pictures += u64::from(pictures);
    }

    pub(crate) fn end(mut self, flow: Flow) -> Done {
        self.done.end = match flow {
            ControlFlow::Continue(()) => End::Whole,
            ControlFlow::Break(end) => end,
        };
        self.done
    }
}

/// A failed read as a refusal: damaged packing names itself, a device's error is passed on.
pub(crate) fn unreadable(error: &io::Error) -> Refusal {
    let rule = if error.kind() == io::ErrorKind::InvalidData { "damaged" } else { "unreadable" };
    Refusal::new("file", rule, format!("the file cannot be read further: {error}"))
}
