//! The parent's side: starts the fetch process for one capture, hands it the order, and takes what it finds as hostile.

use crate::{
    Ended, Event, Failed, Order,
    clock::now,
    pipe::{self, MOST_ORDER},
    work::{TOOL, empty_record},
};
use base::Time;
use std::{ffi::OsString, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdout, Command},
    time::{Instant, timeout_at},
};

/// Who fetches: how the fetch process is started.
#[derive(Clone, Debug)]
pub struct Scout {
    program: OsString,
    args: Vec<OsString>,
}

/// A capture under way. Dropping it ends the fetch process.
pub struct Running {
    work: Option<(Child, ChildStdout)>,
    order: Order,
    begun: Time,
    deadline: Instant,
    most_bytes: usize,
    /// Bytes taken so far; a process that sends more than it may is ended.
    taken: u64,
}

impl Scout {
    /// `program` with `args` has to call [`crate::run_scout`]. It is started for each capture, with nothing in its
    /// environment.
    pub fn caged(program: impl Into<OsString>, args: Vec<OsString>) -> Self {
        Self { program: program.into(), args }
    }

    /// Starts a capture.
    pub async fn capture(&self, order: Order) -> Running {
        let seconds = order.config.total_seconds + order.config.exchange_seconds + 1;
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let most_bytes = usize::try_from(order.config.max_file).unwrap_or(usize::MAX).saturating_mul(2) + (4 << 20);
        let work = self.start(&order).await;
        Running { work, order, begun: now(), deadline, most_bytes, taken: 0 }
    }

    async fn start(&self, order: &Order) -> Option<(Child, ChildStdout)> {
        let bytes = pipe::order_bytes(order).ok().filter(|b| b.len() <= MOST_ORDER)?;
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.kill_on_drop(true).spawn().ok()?;
        let mut input = child.stdin.take()?;
        let output = child.stdout.take()?;
        let length = u32::try_from(bytes.len()).ok()?.to_le_bytes();
        input.write_all(&[length.as_slice(), &bytes].concat()).await.ok()?;
        Some((child, output))
    }
}

impl Running {
    /// The next event. The last one is [`Event::Ended`], whatever becomes of the process.
    pub async fn next(&mut self) -> Event {
        match self.read().await {
            Some(event) => {
                if matches!(event, Event::Ended(_)) {
                    self.work = None;
                }
                event
            }
            None => {
                self.work = None;
                Event::Ended(Box::new(self.died()))
            }
        }
    }

    async fn read(&mut self) -> Option<Event> {
        let deadline = self.deadline;
        let most_bytes = self.most_bytes;
        let (_, output) = self.work.as_mut()?;
        let mut head = [0; 9];
        timeout_at(deadline, output.read_exact(&mut head)).await.ok()?.ok()?;
        let (json, bytes) = pipe::lengths(head, most_bytes)?;
        self.taken += (json + bytes) as u64;
        // Archive and files: each byte of an answer may come twice, unpacked and as it was.
        let most = self.order.config.max_total.saturating_mul(3).saturating_add(1 << 30);
        if self.taken > most {
            return None;
        }
        let (mut json, mut bytes) = (vec![0; json], vec![0; bytes]);
        timeout_at(deadline, output.read_exact(&mut json)).await.ok()?.ok()?;
        timeout_at(deadline, output.read_exact(&mut bytes)).await.ok()?.ok()?;
        let [letter, ..] = head;
        pipe::event(letter, &json, bytes)
    }

    fn died(&self) -> Ended {
        let mut record = empty_record(&self.order, self.begun, "");
        record.tool = TOOL.into();
        record.ended_at = now();
        Ended { record, failed: Some(Failed::ScoutDied) }
    }
}
