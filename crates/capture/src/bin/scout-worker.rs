//! The fetch process by itself, for tests of this package; `cport capture-worker` does the same.

fn main() -> std::process::ExitCode {
    capture::run_scout()
}
