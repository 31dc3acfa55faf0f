//! The parent's side: starts the fetch process for one capture, hands it the order, and takes what it finds as hostile.

use crate::{
    CaptureConfig, Ended, Event, Failed, Material, Order,
    clock::now,
    picture::{self, Drawing, Folder},
    pipe::{self, MOST_ORDER, MOST_PICTURE},
    work::{TOOL, empty_record},
};
use base::Time;
use rustix::process::{Pid, Signal, kill_process_group};
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
        let mut child = self.command().spawn().ok()?;
        let mut input = child.stdin.take()?;
        let output = child.stdout.take()?;
        let length = u32::try_from(bytes.len()).ok()?.to_le_bytes();
        input.write_all(&[length.as_slice(), &bytes].concat()).await.ok()?;
        Some((child, output))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.kill_on_drop(true);
        command
    }

    /// A picture (PNG, 1,280 pixels wide, at most 8,000 high) of a page that was captured, drawn from `material` by a
    /// browser without network, scripts or a past. `None` when the page was not had. Takes a little longer than
    /// `picture_seconds` at most; when this is dropped, the browser and its folder are gone.
    ///
    /// # Errors
    /// Why there is no picture, in words for people.
    pub async fn draw(
        &self,
        material: Material,
        ended: &Ended,
        config: &CaptureConfig,
    ) -> Result<Option<Vec<u8>>, String> {
        let Some(page) = picture::page_of(ended) else { return Ok(None) };
        let folder = Folder::make().map_err(|e| format!("the browser's folder: {e}"))?;
        let drawing = Drawing {
            page: page.clone(),
            chromium: config.chromium.clone(),
            folder: folder.path().to_owned(),
            seconds: config.picture_seconds,
            parts: material.parts().len(),
        };
        let mut command = self.command();
        let child = command.process_group(0).spawn().map_err(|e| format!("the process that draws: {e}"))?;
        // Dropped before the folder: whoever writes to it is gone by then.
        let mut family = Family { id: child.id(), child, _folder: folder };
        let deadline = Instant::now() + Duration::from_secs(config.picture_seconds + 2);
        let drawn = timeout_at(deadline, family.draw(&drawing, material)).await;
        let late = |_| format!("it was not drawn within {} seconds", config.picture_seconds);
        let (picture, _) = picture::only_picture(&drawn.map_err(late)??)?;
        Ok(Some(picture))
    }
}

/// A process that draws, the browser that it started, and the browser's folder.
struct Family {
    child: Child,
    id: Option<u32>,
    _folder: Folder,
}

impl Family {
    async fn draw(&mut self, drawing: &Drawing, material: Material) -> Result<Vec<u8>, String> {
        let died = || "the process that draws ended before its work".to_owned();
        let (Some(mut input), Some(mut output)) = (self.child.stdin.take(), self.child.stdout.take()) else {
            return Err(died());
        };
        let order = pipe::drawing_bytes(drawing).map_err(|_| died())?;
        let length = u32::try_from(order.len()).map_err(|_| died())?.to_le_bytes();
        input.write_all(&[length.as_slice(), &order].concat()).await.map_err(|_| died())?;
        for (shown, bytes) in material.parts() {
            let part = pipe::part(shown, bytes).map_err(|_| died())?;
            input.write_all(&part).await.map_err(|_| died())?;
        }
        drop(material);
        let mut head = [0; 9];
        output.read_exact(&mut head).await.map_err(|_| died())?;
        let (_, length) = pipe::lengths(head, MOST_PICTURE).filter(|(json, _)| *json == 0).ok_or_else(died)?;
        let mut bytes = vec![0; length];
        output.read_exact(&mut bytes).await.map_err(|_| died())?;
        let [letter, ..] = head;
        pipe::read_drawn(letter, bytes).unwrap_or_else(|| Err(died()))
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        let group = self.id.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // All of them: the process that draws, what it started the browser with, and with that the browser. Nobody has
        // waited for it yet, so its number is still its own; that it may have ended by itself is no failure.
        let killed = group.map(|group| kill_process_group(group, Signal::KILL));
        debug_assert!(killed.is_none_or(|k| k.is_ok() || k == Err(rustix::io::Errno::SRCH)));
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
