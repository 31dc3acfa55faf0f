//! The parent's side: a launcher that becomes ffmpeg, its frames on one pipe, its words on another, and an end in time.
//!
//! The file lies in a memory file without a name, sealed against change: ffmpeg has to seek, and nothing may touch a
//! disk. It counts as memory of this system, once, beside the bytes handed in; not as memory of ffmpeg.

use super::{cage, ppm};
use crate::{
    Kind, Limits, Refused,
    refused::{undecodable, unsupported},
};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use std::{
    ffi::OsString,
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, Write},
    process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// Longest line of ffmpeg's words that is looked at, in bytes.
const MOST_LINE: u64 = 4096;

/// How to start a launcher: a program that calls [`crate::run_worker`] with what follows `--video`.
pub struct Launcher {
    pub program: OsString,
    /// Arguments before `--video`.
    pub args: Vec<OsString>,
}

/// What ffmpeg said beside the frames.
pub struct Asked {
    /// When each frame is shown, in milliseconds.
    pub times: Vec<u64>,
    /// What the file announces, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Whether there were more frames than were taken.
    pub more: bool,
}

/// Why frames ended.
enum End {
    /// They ended by themselves, after so many.
    Whole(usize),
    /// No more were wanted.
    Enough,
    TooLarge(ppm::Head),
}

/// What is understood of ffmpeg's words.
#[derive(Default)]
struct Words {
    times: Vec<u64>,
    duration_ms: Option<u64>,
    out_of_memory: bool,
    too_large: bool,
}

impl Launcher {
    /// Has ffmpeg show a video to `each`: called with the head of every frame and its pixels, until it says that it has
    /// enough by `false`. It has to read the pixels to their end when it says `true`.
    pub fn ask(
        &self,
        kind: Kind,
        upright: bool,
        bytes: &[u8],
        limits: &Limits,
        each: impl FnMut(ppm::Head, &mut dyn Read) -> io::Result<bool> + Send,
    ) -> Result<Asked, Refused> {
        let order = cage::order(kind, upright).ok_or_else(|| unsupported("it is no video"))?;
        let file = in_memory(bytes).map_err(|_| unsupported("there is no memory to hold it, try again later"))?;
        let mut command = Command::new(&self.program);
        command.args(&self.args).args(["--video", order]).env_clear();
        command.stdin(file).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|_| Refused::WorkerDied)?;
        let (Some(frames), Some(words)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Refused::WorkerDied);
        };
        let (end, words, status) = attend(&mut child, frames, words, limits, each)?;
        judge(end, &words, status, limits).map(|more| Asked {
            times: words.times,
            duration_ms: words.duration_ms,
            more,
        })
    }
}

fn in_memory(bytes: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create("video", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?);
    file.write_all(bytes)?;
    file.rewind()?;
    fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    Ok(file)
}

/// Reads both pipes until the child ends or its time is over.
fn attend(
    child: &mut Child,
    frames: ChildStdout,
    words: ChildStderr,
    limits: &Limits,
    mut each: impl FnMut(ppm::Head, &mut dyn Read) -> io::Result<bool> + Send,
) -> Result<(io::Result<End>, Words, ExitStatus), Refused> {
    let (done, waiting) = mpsc::channel();
    thread::scope(|scope| {
        let listener = scope.spawn(move || listen(BufReader::new(words)));
        let viewer = scope.spawn(move || {
            let end = view(BufReader::with_capacity(1 << 18, frames), limits.max_pixels, &mut each);
            // The receiver is gone only when the time is over.
            done.send(()).ok();
            end
        });
        let in_time = waiting.recv_timeout(limits.video_timeout).is_ok();
        // After its last frame it has nothing more to say that would need time.
        let status = if in_time { ended(child, Duration::from_secs(1)) } else { None };
        // Both fail only when it has ended already; the pipes close with it, and both threads end.
        drop(child.kill());
        let killed = child.wait().map_err(|_| Refused::WorkerDied)?;
        let (Ok(end), Ok(words)) = (viewer.join(), listener.join()) else {
            return Err(Refused::WorkerDied);
        };
        if in_time { Ok((end, words, status.unwrap_or(killed))) } else { Err(Refused::TimedOut) }
    })
}

/// Waits a little for the child's own end.
fn ended(child: &mut Child, most: Duration) -> Option<ExitStatus> {
    let step = Duration::from_millis(2);
    for _ in 0..most.as_millis() / step.as_millis() {
        match child.try_wait() {
            Ok(None) => thread::sleep(step),
            Ok(status) => return status,
            Err(_) => return None,
        }
    }
    None
}

fn view(
    mut frames: impl BufRead,
    most_pixels: u64,
    each: &mut impl FnMut(ppm::Head, &mut dyn Read) -> io::Result<bool>,
) -> io::Result<End> {
    let mut taken = 0;
    while let Some(head) = ppm::head(&mut frames)? {
        if u64::from(head.width) * u64::from(head.height) > most_pixels {
            return Ok(End::TooLarge(head));
        }
        if !each(head, &mut frames)? {
            return Ok(End::Enough);
        }
        taken += 1;
    }
    Ok(End::Whole(taken))
}

/// Reads ffmpeg's words line by line. Only what is understood is kept; a file can make it say a lot.
fn listen(mut words: impl BufRead) -> Words {
    let (mut heard, mut line) = (Words::default(), Vec::new());
    loop {
        line.clear();
        match words.by_ref().take(MOST_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return heard,
            Ok(_) => hear(&String::from_utf8_lossy(&line), &mut heard),
        }
    }
}

fn hear(line: &str, heard: &mut Words) {
    let line = line.trim_end();
    if let Some((_, seconds)) = line.split_once(" pts_time:").filter(|_| line.starts_with("frame:")) {
        heard.times.push(seconds.trim().parse().map_or(0, milliseconds));
    } else if let Some(rest) = line.strip_prefix("  Duration: ") {
        heard.duration_ms = heard.duration_ms.or_else(|| clock(rest.split(',').next()?));
    }
    heard.out_of_memory |= line.ends_with("Cannot allocate memory") || line.contains("error code: -12");
    heard.too_large |= line.contains("max pixel count") || line.contains("is invalid") && line.contains("Picture size");
}

/// `HH:MM:SS.cc` in milliseconds.
fn clock(text: &str) -> Option<u64> {
    let mut parts = text.splitn(3, ':');
    let (hours, minutes) = (parts.next()?.parse::<u32>().ok()?, parts.next()?.parse::<u32>().ok()?);
    let seconds = milliseconds(parts.next()?.parse().ok()?);
    Some(u64::from(hours) * 3_600_000 + u64::from(minutes) * 60_000 + seconds)
}

/// Negative times and what is no number are 0.
fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}

/// For fuzzing: reads the bytes as frames, and as words.
#[cfg(fuzzing)]
pub fn frames_and_words(bytes: &[u8], most_pixels: u64) {
    let shrunk = |head, pixels: &mut dyn Read| ppm::shrunk(head, pixels, None).map(|_| true);
    drop(view(bytes, most_pixels, &mut { shrunk }));
    drop(listen(bytes));
}

/// Whether there were more frames, if what came is to be believed.
fn judge(end: io::Result<End>, words: &Words, status: ExitStatus, limits: &Limits) -> Result<bool, Refused> {
    match (end, status.code()) {
        (_, Some(cage::NO_FFMPEG)) => {
            Err(unsupported("reading videos takes ffmpeg, ask the operator to install it (Debian: ffmpeg)"))
        }
        (_, Some(cage::NO_LANDLOCK)) => {
            Err(unsupported("reading videos takes a kernel with landlock, ask the operator to turn it on"))
        }
        (Ok(End::TooLarge(head)), _) => Err(Refused::TooManyPixels {
            pixels: u64::from(head.width) * u64::from(head.height),
            limit: limits.max_pixels,
        }),
        (Ok(End::Enough), _) => Ok(true),
        (Err(_), _) if words.out_of_memory => Err(too_much_memory()),
        (Err(_), _) | (_, Some(cage::NOT_LOCKED)) => Err(Refused::WorkerDied),
        // A signal that nobody here sent: a forbidden call, or a crash.
        (Ok(End::Whole(_)), None) => Err(Refused::WorkerDied),
        // What it had no memory for was not looked at.
        (Ok(End::Whole(1..)), Some(_)) => Ok(words.out_of_memory),
        (Ok(End::Whole(_)), Some(_)) if words.out_of_memory => Err(too_much_memory()),
        (Ok(End::Whole(_)), Some(_)) if words.too_large => {
            Err(unsupported("its frames are too large to be read safely, send a smaller video"))
        }
        (Ok(End::Whole(_)), Some(_)) => Err(undecodable("no frame of it can be shown")),
    }
}

fn too_much_memory() -> Refused {
    unsupported("its frames take more memory than is allowed, send a smaller video")
}

#[cfg(test)]
mod tests {
    use super::{Words, clock, hear, listen};

    #[test]
    fn words_are_understood_and_what_is_not_is_passed_over() {
        let said = "Input #0, avi, from 'x':\n  Duration: 01:02:03.50, start: 0.000000\n    title: frame:1 pts_time:7\n\
                    frame:0    pts:0       pts_time:0\nlavfi.scene_score=0.1\nframe:1    pts:9       pts_time:1.2345\n\
                    frame:2    pts:9       pts_time:nan\nframe:3 pts:1 pts_time:-7\n  Duration: 09:00:00.00, start\n";
        let heard = listen(said.as_bytes());
        assert_eq!((heard.times.as_slice(), heard.duration_ms), ([0, 1235, 0, 0].as_slice(), Some(3_723_500)));
        assert!(!heard.out_of_memory && !heard.too_large);
        assert_eq!((clock("N/A"), clock("1:2"), clock("99999999999:0:0")), (None, None, None));
    }

    #[test]
    fn endless_lines_are_cut_and_bytes_need_not_be_text() {
        let heard = listen([b"\xff\xfe".repeat(1 << 20), b"\nframe:0 pts_time:3\n".to_vec()].concat().as_slice());
        assert_eq!(heard.times, [3000]);
        let mut heard = Words::default();
        hear("[h264 @ 0x1] Picture size 65535x65535 is invalid", &mut heard);
        assert!(heard.too_large);
    }
}
