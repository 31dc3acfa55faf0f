//! The fetch process for stories; `cport capture-worker` does the same.

fn main() -> std::process::ExitCode {
    capture::run_scout()
}
