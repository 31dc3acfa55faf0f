//! What goes to the terminal. The one place that prints.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the one place that prints")]

use indicatif::{ProgressBar, ProgressStyle};
use std::{io::IsTerminal, process::ExitCode};
use tracing_subscriber::EnvFilter;

/// One line to standard output.
pub fn line(text: &str) {
    println!("{text}");
}

/// Text that ends itself, to standard output.
pub fn text(text: &str) {
    print!("{text}");
}

/// A failure in one line, and the code to leave with.
pub fn failed(text: &str) -> ExitCode {
    eprintln!("cport: {text}");
    ExitCode::FAILURE
}

/// Log lines to standard error; `CPORT_LOG` says how much, `warn` when it does not.
pub fn logging() {
    let filter = EnvFilter::try_from_env("CPORT_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let out = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second subscriber in one process would be a test's; the first one stays.
    drop(out.try_init());
}

/// Progress of long work: a bar on a terminal, plain lines elsewhere.
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Starts; `steps`: how many there will be.
    pub fn new(steps: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
            let bar = ProgressBar::new(steps);
            style.map_or(bar.clone(), |style| bar.with_style(style))
        });
        Self { bar }
    }

    /// Starts on a terminal only; elsewhere nothing is said on the way. `steps` 0: nobody knows how many.
    pub fn quiet(steps: u64) -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new(steps) } else { ProgressBar::hidden() };
        let style = if steps == 0 { "{spinner} {pos} {msg}" } else { "{bar:30} {pos}/{len} {msg}" };
        let bar = ProgressStyle::with_template(style).map_or(bar.clone(), |style| bar.with_style(style));
        Self { bar: Some(bar) }
    }

    /// Goes on by so many steps, from any thread.
    pub fn counter(&self) -> impl Fn(u64) + Send + 'static {
        let bar = self.bar.clone();
        move |steps| {
            if let Some(bar) = &bar {
                bar.inc(steps);
            }
        }
    }

    /// Says what is being done now.
    pub fn step(&self, text: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_message(text.to_owned());
                bar.inc(1);
            }
            None => eprintln!("{text}"),
        }
    }

    /// Clears the bar.
    pub fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
