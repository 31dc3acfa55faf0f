//! The child's side: a caged process that describes one file after another until its parent goes away.
//!
//! A question is two little-endian u32 lengths, the limits as JSON, and the bytes; an answer is one length and JSON.

use crate::{Facts, Limits, Refused, cage, describe};
use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

/// Longest JSON on the pipe, in bytes.
const MOST_JSON: u32 = 1 << 20;
/// Longest file on the pipe, in bytes.
const MOST_FILE: u32 = 1 << 30;

/// What the hidden subcommand does: locks itself in, then serves its parent. Ends when the parent closes the pipe.
pub fn run_worker() -> ExitCode {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    if cage::enter().is_err() {
        return ExitCode::from(3);
    }
    loop {
        match serve_one(&mut input, &mut output) {
            Ok(true) => {}
            Ok(false) => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::from(4),
        }
    }
}

fn serve_one(input: &mut impl Read, output: &mut impl Write) -> io::Result<bool> {
    let Some(length) = read_length(input)? else {
        return Ok(false);
    };
    let limits: Limits = serde_json::from_slice(&read_exactly(input, length, MOST_JSON)?)?;
    let length = read_length(input)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let bytes = read_exactly(input, length, MOST_FILE)?;
    let answer = serde_json::to_vec(&describe(&bytes, &limits))?;
    output.write_all(&u32::try_from(answer.len()).unwrap_or(0).to_le_bytes())?;
    output.write_all(&answer)?;
    output.flush()?;
    Ok(true)
}

/// The parent's side of the same words: writes a question.
pub(crate) fn ask(to: &mut impl Write, limits: &Limits, bytes: &[u8]) -> io::Result<()> {
    let limits = serde_json::to_vec(limits)?;
    to.write_all(&u32::try_from(limits.len()).unwrap_or(0).to_le_bytes())?;
    to.write_all(&limits)?;
    to.write_all(&u32::try_from(bytes.len()).map_err(io::Error::other)?.to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

/// The parent's side: reads an answer.
pub(crate) fn answer(from: &mut impl Read) -> io::Result<Result<Facts, Refused>> {
    let length = read_length(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(serde_json::from_slice(&read_exactly(from, length, MOST_JSON)?)?)
}

fn read_length(from: &mut impl Read) -> io::Result<Option<u32>> {
    let mut bytes = [0; 4];
    match from.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(u32::from_le_bytes(bytes))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_exactly(from: &mut impl Read, length: u32, most: u32) -> io::Result<Vec<u8>> {
    if length > most {
        return Err(io::Error::other("longer than allowed"));
    }
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == u64::from(length) { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
