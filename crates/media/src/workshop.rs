//! The parent's side: a few warm workers, each replaced when it dies, answers nonsense or takes too long.

use crate::{
    Facts, Frame, Kind, Limits, Refused, describe,
    describe::taken,
    refused::unsupported,
    rendition,
    video::{self, Launcher},
    worker::{self, MOST_FILE, Task},
};
use serde::de::DeserializeOwned;
use std::{
    ffi::OsString,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};

/// Files a worker describes before it is replaced, so that one that was taken over does not stay.
const FILES_EACH: u32 = 200;

/// Where files are described. Shared between threads; each call takes a worker of its own.
pub struct Workshop {
    limits: Limits,
    bench: Option<Bench>,
}

impl Workshop {
    /// Describes in this very process, without a time limit: for tests and tools that look at their own files.
    pub fn here(limits: Limits) -> Self {
        Self { limits, bench: None }
    }

    /// Describes in at most `workers` child processes: `program` with `args` has to call [`crate::run_worker`], with what
    /// follows `--video` if that stands after them. They start when first needed, with nothing in their environment, and end with this value or this process.
    pub fn caged(program: impl Into<OsString>, args: Vec<OsString>, workers: usize, limits: Limits) -> Self {
        let places = Mutex::new(Places { idle: Vec::new(), free: workers.max(1) });
        let bench = Bench { launcher: Launcher { program: program.into(), args }, places, freed: Condvar::new() };
        Self { limits, bench: Some(bench) }
    }

    /// The limits that files are held to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Describes a file. Blocks, first for a free worker, then for the answer; every file gets one.
    ///
    /// # Errors
    /// Every [`Refused`]. A worker that had described other files before and died is given the benefit of the doubt: the
    /// file goes once more to a fresh one.
    pub fn describe(&self, bytes: &[u8]) -> Result<Facts, Refused> {
        match (&self.bench, self.kind(bytes)?) {
            (None, _) => describe(bytes, &self.limits),
            (Some(bench), kind) if kind.is_video() => {
                let _place = bench.sit_down();
                video::describe(&bench.launcher, kind, bytes, &self.limits)
            }
            (Some(bench), _) => bench.ask(Task::Describe, &self.limits, bytes).map(worker::with_preview),
        }
    }

    /// The display rendition, a JPEG without anything but the picture: of a picture at most 1,600 by 1,600 pixels, what
    /// is transparent over white, turned as the file notes; of a video a contact sheet of up to 16 frames. Blocks as
    /// [`Self::describe`].
    ///
    /// # Errors
    /// Every [`Refused`].
    pub fn rendition(&self, bytes: &[u8]) -> Result<Vec<u8>, Refused> {
        match (&self.bench, self.kind(bytes)?) {
            (None, _) => rendition(bytes, &self.limits),
            (Some(bench), kind) if kind.is_video() => {
                let _place = bench.sit_down();
                video::contact_sheet(&bench.launcher, kind, bytes, &self.limits)
            }
            (Some(bench), _) => bench.ask(Task::Rendition, &self.limits, bytes).map(|((), picture)| picture),
        }
    }

    /// The frames of a video that [`Self::describe`] hashes, each with a degraded preview as [`Facts::preview_png`] is
    /// one. Blocks as [`Self::describe`].
    ///
    /// # Errors
    /// Every [`Refused`]; `Unsupported` for a picture, and for a workshop without workers.
    pub fn frames(&self, bytes: &[u8]) -> Result<Vec<(Frame, Vec<u8>)>, Refused> {
        match (&self.bench, self.kind(bytes)?) {
            (Some(bench), kind) if kind.is_video() => {
                let _place = bench.sit_down();
                video::previews(&bench.launcher, kind, bytes, &self.limits)
            }
            (Some(_), _) => Err(unsupported("a picture has no frames")),
            (None, _) => Err(unsupported("videos are read by a caged ffmpeg only, and none is set up")),
        }
    }

    /// What the file is, if it is taken at all.
    fn kind(&self, bytes: &[u8]) -> Result<Kind, Refused> {
        let kind = taken(bytes, self.limits.max_bytes)?;
        let limit = if kind.is_video() { video::MOST_FILE } else { u64::from(MOST_FILE) };
        if bytes.len() as u64 > limit { Err(Refused::TooLarge { limit }) } else { Ok(kind) }
    }
}

/// The workers and how to get more.
struct Bench {
    launcher: Launcher,
    places: Mutex<Places>,
    freed: Condvar,
}

struct Places {
    /// Workers that wait for a file.
    idle: Vec<Worker>,
    /// How many more may be at work at once.
    free: usize,
}

impl Bench {
    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a free place, with a worker in it if one is idle.
    fn sit_down(&self) -> Place<'_> {
        let waiting = self.freed.wait_while(self.places(), |places| places.free == 0);
        let mut places = waiting.unwrap_or_else(PoisonError::into_inner);
        places.free -= 1;
        Place { worker: places.idle.pop(), bench: self }
    }

    /// Has a worker do a task; if a used one dies of it, a fresh one too.
    fn ask<T: DeserializeOwned + Send>(&self, task: Task, limits: &Limits, bytes: &[u8]) -> Said<T> {
        let mut place = self.sit_down();
        loop {
            let worker = match place.worker.take() {
                Some(worker) => worker,
                None => self.hire().ok_or(Refused::WorkerDied)?,
            };
            let fresh = worker.files == 0;
            match worker.ask(task, limits, bytes) {
                Ok((worker, answer)) => {
                    place.worker = Some(worker).filter(|worker| worker.files < FILES_EACH);
                    return answer;
                }
                Err(Refused::WorkerDied) if !fresh => {}
                Err(why) => return Err(why),
            }
        }
    }

    fn hire(&self) -> Option<Worker> {
        let mut command = Command::new(&self.launcher.program);
        command
            .args(&self.launcher.args)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().ok()?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let ended = Ended(child);
        let (Some(input), Some(output)) = pipes else { return None };
        Some(Worker { input, output, files: 0, process: ended })
    }
}

/// A place at the bench; given back when dropped, with the worker in it.
struct Place<'a> {
    worker: Option<Worker>,
    bench: &'a Bench,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut places = self.bench.places();
        places.free += 1;
        places.idle.extend(self.worker.take());
        self.bench.freed.notify_one();
    }
}

/// An answer: facts and a picture.
type Said<T> = Result<(T, Vec<u8>), Refused>;

/// A child process in its cage.
struct Worker {
    input: ChildStdin,
    output: ChildStdout,
    /// Files it has described.
    files: u32,
    process: Ended,
}

impl Worker {
    /// Asks about one file. The worker comes back only when it is fit for the next one; otherwise it has been ended.
    fn ask<T: DeserializeOwned + Send>(
        mut self,
        task: Task,
        limits: &Limits,
        bytes: &[u8],
    ) -> Result<(Self, Said<T>), Refused> {
        let Self { input, output, process, .. } = &mut self;
        let (done, waiting) = mpsc::channel();
        let outcome = thread::scope(|scope| {
            scope.spawn(move || {
                let answered = worker::ask(input, task, limits, bytes).and_then(|()| worker::answer(output));
                // The receiver is gone only when the time is over.
                drop(done.send(answered));
            });
            let outcome = waiting.recv_timeout(limits.timeout);
            if !matches!(outcome, Ok(Ok(_))) {
                // Closes the pipes from the other side, so that the thread above ends too.
                process.end();
            }
            outcome
        });
        match outcome {
            Ok(Ok(answer)) => {
                self.files += 1;
                Ok((self, answer))
            }
            Ok(Err(_)) | Err(mpsc::RecvTimeoutError::Disconnected) => Err(Refused::WorkerDied),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(Refused::TimedOut),
        }
    }
}

/// A child that is ended, and its exit taken note of, when dropped.
struct Ended(Child);

impl Ended {
    /// Both fail only when it has ended already.
    fn end(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.end();
    }
}
