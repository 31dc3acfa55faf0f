//! The process that speaks to the browser: takes the page and its parts, starts the browser, locks itself in and hands
//! back one picture or the reason why there is none. It has neither the web nor a file.

use super::{Drawing, MOST_PARTS, Shelf, Shown, browser, page, protocol::Talk};
use crate::{cage, pipe};
use std::{
    io::{self, Read, Write},
    process::ExitCode,
    time::Duration,
};
use tokio::{
    process::Child,
    time::{Instant, sleep, timeout_at},
};

/// Memory of this process: the parts, one of them in base64, and the picture twice.
const MEMORY: u64 = 1 << 30;

/// Takes the parts from standard input, draws, answers on standard output. Ends with 0; with 3 when it cannot lock itself
/// in, with 4 when the parts make no sense, with 5 when nobody takes the answer.
pub fn run(drawing: &Drawing, input: &mut impl Read) -> ExitCode {
    let Ok(parts) = receive(drawing.parts, input) else { return ExitCode::from(4) };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return ExitCode::from(3);
    };
    let drawn = runtime.block_on(async {
        let until = Instant::now() + Duration::from_secs(drawing.seconds);
        let mut child = browser::start(&drawing.chromium, &drawing.folder, drawing.seconds).await?;
        cage::enter(MEMORY, &["/proc"]).map_err(|why| format!("the cage: {why}"))?;
        watched(&mut child, drawing, &Shelf::new(parts), until).await
    });
    let mut out = io::stdout().lock();
    match out.write_all(&pipe::drawn(&drawn)).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(5),
    }
}

fn receive(count: usize, input: &mut impl Read) -> io::Result<Vec<(Shown, Vec<u8>)>> {
    if count > MOST_PARTS {
        return Err(io::ErrorKind::InvalidData.into());
    }
    (0..count).map(|_| pipe::read_part(input)).collect()
}

/// Draws while time and memory of the browser are watched.
async fn watched(child: &mut Child, drawing: &Drawing, shelf: &Shelf, until: Instant) -> Result<Vec<u8>, String> {
    let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("the browser cannot be spoken to".into());
    };
    // Most of the time for the page to come together, the rest to draw it.
    let shown = until - Duration::from_secs(drawing.seconds) / 2;
    let drawing_it = page::draw(Talk::new(from, to), shelf, &drawing.page, shown);
    let id = child.id().unwrap_or_default();
    let growing = async {
        loop {
            if let Some(why) = browser::too_large(id) {
                return why;
            }
            sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::select! {
        drawn = timeout_at(until, drawing_it) => {
            drawn.unwrap_or_else(|_| Err(format!("it was not drawn within {} seconds", drawing.seconds)))
        }
        why = growing => Err(why),
    }
}
