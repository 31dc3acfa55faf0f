//! How much memory child processes held at most, read from the kernel while they run.

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// Does the work; answers with its result and the largest resident size that any child of this process had meanwhile,
/// in bytes. The kernel keeps the peak of a process as long as it lives, so a look every millisecond suffices.
pub fn most_while<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                most = most.max(peak_of_children());
                thread::sleep(Duration::from_millis(1));
            }
            most.max(peak_of_children())
        });
        let done = work();
        over.store(true, Ordering::Relaxed);
        (done, watcher.join().unwrap())
    })
}

fn peak_of_children() -> u64 {
    let own = std::process::id().to_string();
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let statuses = processes
        .filter(|name| name.bytes().all(|b| b.is_ascii_digit()))
        .filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/status")).ok());
    let value = |status: &str, name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name).map(str::trim).map(str::to_owned));
        line.unwrap_or_default()
    };
    // A child that has not become its program yet still shares this process's memory. The kernel calls ffmpeg by the
    // number of the file that it was started from.
    let started = |status: &str| ["media-worker", "ffmpeg", "200"].contains(&value(status, "Name:").as_str());
    let children = statuses.filter(|status| value(status, "PPid:") == own && started(status));
    let peaks = children.map(|status| value(&status, "VmHWM:").trim_end_matches(" kB").parse().unwrap_or(0) * 1024);
    peaks.max().unwrap_or(0)
}
