//! The child's side: a caged process that describes one file after another until its parent goes away.
//!
//! A question is two little-endian u32 lengths, task and limits as JSON, and the file; an answer is two such lengths,
//! facts or refusal as JSON, and a picture: the preview, or the display rendition.

use crate::{Facts, Limits, Refused, cage, describe, refused::undecodable, rendition, video};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    io::{self, Read, Write},
    panic,
    process::ExitCode,
};

/// Longest JSON on the pipe, in bytes.
const MOST_JSON: u32 = 1 << 16;
/// Longest picture in an answer, in bytes.
const MOST_PICTURE: u32 = 8 << 20;
/// Longest file on the pipe, in bytes.
pub(crate) const MOST_FILE: u32 = 128 << 20;

/// What a worker is asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Task {
    /// [`describe()`]; the preview stands beside the facts.
    Describe,
    /// [`rendition()`].
    Rendition,
}

/// What the hidden subcommand does, before anything else in its process: locks itself in, then serves its parent on
/// standard input and output. Ends when the parent closes the pipe, with 0; with 3 if it cannot lock itself in, with 4 if
/// what it is asked makes no sense. Nothing else may write to standard output; standard error is closed to it.
///
/// With `video`, what stood after `--video`, it locks itself into another cage and becomes ffmpeg instead, which shows
/// the video on its standard input. Ends with 120 to 122 when that cannot be.
pub fn run_worker(video: Option<&str>) -> ExitCode {
    if let Some(order) = video {
        return video::run(order);
    }
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    // A panic is an answer (below); telling of it on standard error would be the end.
    panic::set_hook(Box::new(|_| {}));
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

/// Answers one question; `false` if there is none any more.
///
/// # Errors
/// A question that makes no sense, or a pipe that breaks.
pub(crate) fn serve_one(input: &mut impl Read, output: &mut impl Write) -> io::Result<bool> {
    let Some((question, bytes)) = receive(input, MOST_FILE)? else {
        return Ok(false);
    };
    let (task, limits): (Task, Limits) = serde_json::from_slice(&question)?;
    match task {
        Task::Describe => {
            let mut facts = guarded(|| describe(&bytes, &limits));
            let preview = facts.as_mut().map(|facts| std::mem::take(&mut facts.preview_png)).unwrap_or_default();
            send(output, &serde_json::to_vec(&facts)?, &preview)?;
        }
        Task::Rendition => {
            let (said, picture) = match guarded(|| rendition(&bytes, &limits)) {
                Ok(picture) => (Ok(()), picture),
                Err(refused) => (Err(refused), Vec::new()),
            };
            send(output, &serde_json::to_vec(&said)?, &picture)?;
        }
    }
    Ok(true)
}

fn guarded<T>(work: impl FnOnce() -> Result<T, Refused> + panic::UnwindSafe) -> Result<T, Refused> {
    panic::catch_unwind(work).unwrap_or_else(|_| Err(undecodable("the decoder gave up")))
}

/// The parent's side of the same words: writes a question.
pub(crate) fn ask(to: &mut impl Write, task: Task, limits: &Limits, bytes: &[u8]) -> io::Result<()> {
    send(to, &serde_json::to_vec(&(task, limits))?, bytes)
}

/// The parent's side: reads an answer, what was said and the picture with it.
pub(crate) fn answer<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Result<(T, Vec<u8>), Refused>> {
    let (said, picture) = receive(from, MOST_PICTURE)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let said: Result<T, Refused> = serde_json::from_slice(&said)?;
    Ok(said.map(|said| (said, picture)))
}

/// An answer to [`Task::Describe`], whole again.
pub(crate) fn with_preview((facts, preview_png): (Facts, Vec<u8>)) -> Facts {
    Facts { preview_png, ..facts }
}

fn send(to: &mut impl Write, json: &[u8], bytes: &[u8]) -> io::Result<()> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(io::Error::other);
    let (first, second) = (length(json)?, length(bytes)?);
    let mut head = Vec::with_capacity(8 + json.len());
    head.extend(first.to_le_bytes());
    head.extend(second.to_le_bytes());
    head.extend(json);
    to.write_all(&head)?;
    to.write_all(bytes)?;
    to.flush()
}

/// JSON and bytes; `None` if the other side is gone instead of saying something.
fn receive(from: &mut impl Read, most: u32) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let (mut first, mut second) = ([0; 4], [0; 4]);
    match from.read_exact(&mut first) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    from.read_exact(&mut second)?;
    let json = read(from, u32::from_le_bytes(first), MOST_JSON)?;
    Ok(Some((json, read(from, u32::from_le_bytes(second), most)?)))
}

fn read(from: &mut impl Read, length: u32, most: u32) -> io::Result<Vec<u8>> {
    if length > most {
        return Err(io::Error::other("longer than allowed"));
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Task, answer, ask, receive, send, serve_one};
    use crate::{Facts, Limits, Refused};

    #[test]
    fn a_question_is_answered_and_an_empty_pipe_is_the_end() {
        for task in [Task::Describe, Task::Rendition] {
            let (mut question, mut said) = (Vec::new(), Vec::new());
            ask(&mut question, task, &Limits::default(), b"no picture").unwrap();
            assert!(serve_one(&mut question.as_slice(), &mut said).unwrap());
            assert_eq!(answer::<()>(&mut said.as_slice()).unwrap(), Err(Refused::UnknownType));
        }
        assert!(!serve_one(&mut [].as_slice(), &mut Vec::new()).unwrap());
    }

    #[test]
    fn lengths_that_lie_and_nonsense_are_errors() {
        let mut said = Vec::new();
        send(&mut said, b"{}", b"").unwrap();
        assert!(answer::<Facts>(&mut said.as_slice()).is_err(), "neither facts nor refusal");
        assert!(answer::<Facts>(&mut [255; 64].as_slice()).is_err(), "4 GiB announced");
        assert!(receive(&mut [4, 0, 0, 0, 0, 0, 0, 0, b'n'].as_slice(), 9).is_err(), "cut");
    }
}
