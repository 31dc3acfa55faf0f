//! For this package's tests only: the fetch process by itself, and probes that try to get out of its cage. The product
//! calls `run_scout` from a hidden subcommand of `cport`.

#![expect(clippy::print_stdout, reason = "a test program that lists its probes")]

use rustix::{io as fd, process as own};
use std::{
    env, fs, io,
    net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket},
    os::{
        fd::AsFd,
        unix::{
            fs as unix,
            net::{UnixDatagram, UnixListener, UnixStream},
            process::CommandExt,
        },
    },
    process::{Command, ExitCode},
    thread,
    time::Duration,
};

/// What each probe tries; whether it got something.
type Probe = (&'static str, fn() -> bool);

/// A file of the test's, beside which probes try to write.
fn file() -> String {
    env::args().nth(3).unwrap_or_default()
}

fn beside(ending: &str) -> String {
    file() + ending
}

const FILES: &[Probe] = &[
    ("open to read", || fs::read(file()).is_ok()),
    ("read the user list", || fs::read("/etc/passwd").is_ok()),
    ("read the shadows", || fs::read("/etc/shadow").is_ok()),
    ("read its own memory", || fs::read("/proc/self/mem").is_ok()),
    ("read its environment", || fs::read("/proc/self/environ").is_ok()),
    ("read its parent's environment", || {
        fs::read(format!("/proc/{}/environ", std::os::unix::process::parent_id())).is_ok()
    }),
    ("open to write", || fs::write(file(), b"x").is_ok()),
    ("make a file", || fs::write(beside("-made"), b"x").is_ok()),
    ("stat", || fs::metadata(file()).is_ok()),
    ("lstat", || fs::symlink_metadata(file()).is_ok()),
    ("exists", || fs::exists("/etc/passwd").unwrap_or(false)),
    ("list", || fs::read_dir("/").is_ok()),
    ("mkdir", || fs::create_dir(beside("-dir")).is_ok()),
    ("rmdir", || fs::remove_dir(beside("-there")).is_ok()),
    ("unlink", || fs::remove_file(file()).is_ok()),
    ("rename", || fs::rename(file(), beside("-renamed")).is_ok()),
    ("link", || fs::hard_link(file(), beside("-linked")).is_ok()),
    ("symlink", || unix::symlink("/etc", beside("-symlinked")).is_ok()),
    ("readlink", || fs::read_link("/proc/self/exe").is_ok()),
    ("chmod", || fs::set_permissions(file(), unix::PermissionsExt::from_mode(0o777)).is_ok()),
    ("chown", || unix::chown(file(), Some(1), None).is_ok()),
    ("truncate", || fs::OpenOptions::new().write(true).truncate(true).open(file()).is_ok()),
    ("chroot", || unix::chroot("/").is_ok()),
    ("chdir", || env::set_current_dir("/").is_ok()),
    ("a file of memory", || rustix::fs::memfd_create("x", rustix::fs::MemfdFlags::empty()).is_ok()),
    ("shared memory", || fs::read_dir("/dev/shm").is_ok()),
    ("a device", || fs::File::open("/dev/urandom").is_ok()),
    ("sockets of the kernel's", || fs::read_dir("/sys").is_ok()),
    ("ioctl a terminal", || fs::File::open("/dev/tty").is_ok()),
    ("write to stdin", || fd::write(io::stdin().as_fd(), b"x").is_ok()),
];

const NETWORK: &[Probe] = &[
    ("listen", || TcpListener::bind("127.0.0.1:0").is_ok()),
    ("unix connect", || UnixStream::connect(beside("-socket")).is_ok()),
    ("unix listen", || UnixListener::bind(beside("-bound")).is_ok()),
    ("unix datagram", || UnixDatagram::unbound().is_ok()),
    ("unix abstract", || {
        use std::os::linux::net::SocketAddrExt;
        let name = std::os::unix::net::SocketAddr::from_abstract_name(b"cport-probe");
        name.and_then(|n| UnixListener::bind_addr(&n)).is_ok()
    }),
    ("resolve a name as the machine does", || "cport.invalid:9".to_socket_addrs().is_ok()),
];

const PROCESSES: &[Probe] = &[
    ("exec", || Command::new("/bin/true").exec().raw_os_error() == Some(0)),
    ("fork and exec", || Command::new("/bin/true").status().is_ok()),
    ("clone a thread", || thread::Builder::new().spawn(|| {}).is_ok()),
    ("kill itself softly", || own::kill_process(own::getpid(), own::Signal::CONT).is_ok()),
    ("kill its parent", || own::getppid().is_some_and(|p| own::kill_process(p, own::Signal::CONT).is_ok())),
    ("kill init", || own::kill_process(own::Pid::INIT, own::Signal::CONT).is_ok()),
    ("kill the group", || own::kill_current_process_group(own::Signal::CONT).is_ok()),
    ("pidfd", || own::pidfd_open(own::getpid(), own::PidfdFlags::empty()).is_ok()),
    ("setsid", || own::setsid().is_ok()),
    ("setpgid", || own::setpgid(None, None).is_ok()),
    ("prctl", || own::set_dumpable_behavior(own::DumpableBehavior::Dumpable).is_ok()),
    ("let itself be traced", || own::set_ptracer(own::PTracer::Any).is_ok()),
    ("raise a limit", || {
        let limit = own::Rlimit { current: None, maximum: None };
        own::setrlimit(own::Resource::Nofile, limit).is_ok()
    }),
    ("raise the limit of memory", || {
        let limit = own::Rlimit { current: None, maximum: None };
        own::setrlimit(own::Resource::As, limit).is_ok()
    }),
    ("renice", || own::setpriority_process(None, 5).is_ok()),
    ("take more than its memory", || {
        let mut much: Vec<u8> = Vec::new();
        much.try_reserve_exact(2 << 30).is_ok()
    }),
];

/// What it needs to do its work; a probe that lives.
const NEEDED: &[Probe] = &[
    ("connect", || {
        TcpStream::connect_timeout(&([127, 0, 0, 1], 9).into(), Duration::from_secs(1))
            .is_err_and(|e| e.kind() == io::ErrorKind::ConnectionRefused)
    }),
    ("ask a name server", || UdpSocket::bind("127.0.0.1:0").is_ok()),
    ("write to stdout", || fd::write(io::stdout().as_fd(), b"").is_ok()),
    ("sleep", || {
        thread::sleep(Duration::from_millis(1));
        true
    }),
];

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let probes = || FILES.iter().chain(NETWORK).chain(PROCESSES);
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["list"] => {
            probes().for_each(|(name, _)| println!("{name}"));
            ExitCode::SUCCESS
        }
        ["list-needed"] => {
            NEEDED.iter().for_each(|(name, _)| println!("{name}"));
            ExitCode::SUCCESS
        }
        ["free" | "probe", name, _] => match probes().chain(NEEDED).find(|(known, _)| known == name) {
            None => ExitCode::from(42),
            Some(_) if args.first().is_some_and(|a| a == "probe") && capture::enter_cage().is_err() => {
                ExitCode::from(99)
            }
            Some((_, probe)) => ExitCode::from(u8::from(!probe())),
        },
        _ => capture::run_scout(),
    }
}
