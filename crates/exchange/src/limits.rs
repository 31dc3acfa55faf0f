//! What a reader accepts before it starts: every parser here is bounded in depth, length and count (quality.md C.3.7).

/// Bounds of every reader. A row past one is refused and the next one read; a file past one ends there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nesting of JSON and XML, counted from the record, or from the document for XML.
    pub depth: usize,
    /// Bytes of one record as it is written in the file; also of one line of a text format.
    pub record: usize,
    /// Bytes of one text in a record.
    pub text: usize,
    /// Columns of a table.
    pub columns: usize,
    /// Rows of a file.
    pub rows: u64,
    /// Bytes of a file after unpacking.
    pub bytes: u64,
    /// Bytes that come out of one packed byte, on average, before a file is taken for a bomb.
    pub ratio: u64,
    /// Entries of an archive.
    pub entries: u64,
    /// Bytes of an archive that comes as a stream, kept in a file until it is read: its directory stands at its end.
    pub archive: u64,
    /// Bytes of one XML answer.
    pub answer: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 16,
            record: 1024 * 1024,
            text: 256 * 1024,
            columns: 256,
            rows: 200_000_000,
            bytes: 256 * 1024 * 1024 * 1024,
            ratio: 200,
            entries: 1_000,
            archive: 4 * 1024 * 1024 * 1024,
            answer: 16 * 1024 * 1024,
        }
    }
}
