//! For this package's tests only: the worker as a program of its own, and probes that try to get out of the cage.
//! The product calls `run_worker` from a hidden subcommand of `cport`.

use std::{net::TcpStream, process::Command, process::ExitCode};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["probe", what] => probe(what),
        _ => media::run_worker(),
    }
}

/// Succeeds only when the cage lets something through; most probes end with the process being killed.
fn probe(what: &str) -> ExitCode {
    if media::enter_cage().is_err() {
        return ExitCode::from(99);
    }
    let escaped = match what {
        "open" => std::fs::read("/etc/hostname").is_ok(),
        "connect" => TcpStream::connect("127.0.0.1:9").is_ok(),
        "socket" => std::net::UdpSocket::bind("127.0.0.1:0").is_ok(),
        "exec" | "fork" => Command::new("/bin/true").status().is_ok(),
        "unlink" => std::fs::remove_file("/tmp/cport-no-such-file").is_ok(),
        "kill" => Command::new("/bin/kill").arg("1").status().is_ok(),
        "write-file" => std::fs::write("/tmp/cport-probe", b"x").is_ok(),
        _ => true,
    };
    ExitCode::from(u8::from(!escaped))
}
