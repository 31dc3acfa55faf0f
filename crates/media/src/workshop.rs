//! The parent's side: a few warm workers, each replaced when it dies, answers nonsense or takes too long.

use crate::{Facts, Limits, Refused, describe, worker};
use std::{
    ffi::OsString,
    process::{Child, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

/// Where files are described.
pub struct Workshop {
    limits: Limits,
    bench: Bench,
}

enum Bench {
    Here,
    Caged { program: OsString, args: Vec<OsString>, workers: Vec<Mutex<Option<Child>>>, next: AtomicUsize },
}

impl Workshop {
    /// Describes in this very process: for tests and tools that look at their own files.
    pub fn here(limits: Limits) -> Self {
        Self { limits, bench: Bench::Here }
    }

    /// Describes in child processes: `program` with `args` has to call [`crate::run_worker`]. They start when needed.
    pub fn caged(program: impl Into<OsString>, args: Vec<OsString>, workers: usize, limits: Limits) -> Self {
        let workers = (0..workers.max(1)).map(|_| Mutex::new(None)).collect();
        Self { limits, bench: Bench::Caged { program: program.into(), args, workers, next: AtomicUsize::new(0) } }
    }

    /// The limits that files are held to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Describes a file. Blocks; every file gets an answer.
    pub fn describe(&self, bytes: &[u8]) -> Result<Facts, Refused> {
        if bytes.len() as u64 > self.limits.max_bytes {
            return Err(Refused::TooLarge { limit: self.limits.max_bytes });
        }
        let Bench::Caged { program, args, workers, next } = &self.bench else {
            return describe(bytes, &self.limits);
        };
        let turn = next.fetch_add(1, Ordering::Relaxed);
        let Some(worker) = workers.get(turn % workers.len()) else {
            return Err(Refused::WorkerDied);
        };
        let mut worker = worker.lock().unwrap_or_else(PoisonError::into_inner);
        let child = match worker.take() {
            Some(child) => child,
            None => spawn(program, args)?,
        };
        let (child, answer) = self.ask(child, bytes);
        *worker = child;
        answer
    }

    /// Asks one worker; gives it back only when it is fit for the next file.
    fn ask(&self, mut child: Child, bytes: &[u8]) -> (Option<Child>, Result<Facts, Refused>) {
        let (Some(mut input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
            return (None, Err(Refused::WorkerDied));
        };
        let limits = self.limits;
        let (done, waiting) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let answered = worker::ask(&mut input, &limits, bytes).and_then(|()| worker::answer(&mut output));
                // The receiver is gone only when the time is over.
                drop(done.send(answered));
            });
            let outcome = waiting.recv_timeout(limits.timeout);
            if !matches!(outcome, Ok(Ok(_))) {
                drop(child.kill());
                drop(child.wait());
            }
            outcome
        })
        .map_or((None, Err(Refused::TimedOut)), |answered| match answered {
            Ok(answer) => {
                (child.stdin, child.stdout) = (Some(input), Some(output));
                (Some(child), answer)
            }
            Err(_) => (None, Err(Refused::WorkerDied)),
        })
    }
}

fn spawn(program: &OsString, args: &[OsString]) -> Result<Child, Refused> {
    Command::new(program)
        .args(args)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| Refused::WorkerDied)
}
