//! The parent's side: a few warm workers, each replaced when it dies, answers nonsense or takes too long.

use crate::{
    Facts, Limits, Refused, describe,
    worker::{self, MOST_FILE},
};
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

    /// Describes in at most `workers` child processes: `program` with `args` has to call [`crate::run_worker`]. They
    /// start when first needed, with nothing in their environment, and end with this value or this process.
    pub fn caged(program: impl Into<OsString>, args: Vec<OsString>, workers: usize, limits: Limits) -> Self {
        let places = Mutex::new(Places { idle: Vec::new(), free: workers.max(1) });
        let bench = Bench { program: program.into(), args, places, freed: Condvar::new() };
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
        let Some(bench) = &self.bench else {
            return describe(bytes, &self.limits);
        };
        let limit = self.limits.max_bytes.min(u64::from(MOST_FILE));
        if bytes.len() as u64 > limit {
            return Err(Refused::TooLarge { limit });
        }
        let mut place = bench.sit_down();
        loop {
            let worker = match place.worker.take() {
                Some(worker) => worker,
                None => bench.hire().ok_or(Refused::WorkerDied)?,
            };
            let fresh = worker.files == 0;
            match worker.ask(&self.limits, bytes) {
                Ok((worker, answer)) => {
                    place.worker = Some(worker).filter(|worker| worker.files < FILES_EACH);
                    return answer;
                }
                Err(Refused::WorkerDied) if !fresh => {}
                Err(why) => return Err(why),
            }
        }
    }
}

/// The workers and how to get more.
struct Bench {
    program: OsString,
    args: Vec<OsString>,
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

    fn hire(&self) -> Option<Worker> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
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
    fn ask(mut self, limits: &Limits, bytes: &[u8]) -> Result<(Self, Result<Facts, Refused>), Refused> {
        let Self { input, output, process, .. } = &mut self;
        let (done, waiting) = mpsc::channel();
        let outcome = thread::scope(|scope| {
            scope.spawn(move || {
                let answered = worker::ask(input, limits, bytes).and_then(|()| worker::answer(output));
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
