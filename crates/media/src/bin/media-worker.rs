//! For this package's tests only: the worker as a program of its own, a worker that misbehaves, and probes that try to
//! get out of the cage. The product calls `run_worker` from a hidden subcommand of `cport`.

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

/// What each probe tries; whether it got something. In the cage none lives to say so.
type Probe = (&'static str, fn() -> bool);

const FILES: &[Probe] = &[
    ("open to read", || fs::read("/etc/hostname").is_ok()),
    ("read the user list", || fs::read("/etc/passwd").is_ok()),
    ("read its own memory", || fs::read("/proc/self/mem").is_ok()),
    ("read its environment", || fs::read("/proc/self/environ").is_ok()),
    ("open to write", || fs::write("/tmp/cport-probe", b"x").is_ok()),
    ("stat", || fs::metadata("/").is_ok()),
    ("list", || fs::read_dir("/").is_ok()),
    ("mkdir", || fs::create_dir("/tmp/cport-probe-dir").is_ok()),
    ("rmdir", || fs::remove_dir("/tmp/cport-probe-dir").is_ok()),
    ("unlink", || fs::remove_file("/tmp/cport-probe").is_ok()),
    ("rename", || fs::rename("/tmp/cport-probe", "/tmp/cport-probe-2").is_ok()),
    ("link", || fs::hard_link("/etc/hostname", "/tmp/cport-probe").is_ok()),
    ("symlink", || unix::symlink("/etc", "/tmp/cport-probe").is_ok()),
    ("readlink", || fs::read_link("/proc/self/exe").is_ok()),
    ("chmod", || fs::set_permissions("/tmp", unix::PermissionsExt::from_mode(0o1777)).is_ok()),
    ("chown", || unix::chown("/tmp/cport-probe", Some(0), None).is_ok()),
    ("truncate", || fs::OpenOptions::new().write(true).truncate(true).open("/tmp/cport-probe").is_ok()),
    ("chroot", || unix::chroot("/tmp").is_ok()),
    ("chdir", || env::set_current_dir("/tmp").is_ok()),
    ("getcwd", || env::current_dir().is_ok()),
    ("write to stdin", || fd::write(io::stdin().as_fd(), b"x").is_ok()),
    ("write to stderr", || fd::write(io::stderr().as_fd(), b"x").is_ok()),
    ("read from stdout", || fd::read(io::stdout().as_fd(), &mut [0_u8; 1]).is_ok()),
    ("pread", || fd::pread(io::stdin().as_fd(), &mut [0_u8; 1], 0).is_ok()),
    ("readv", || fd::readv(io::stdin().as_fd(), &mut [io::IoSliceMut::new(&mut [0; 1])]).is_ok()),
    ("dup", || fd::dup(io::stdin().as_fd()).is_ok()),
    ("fcntl", || fd::fcntl_getfd(io::stdin().as_fd()).is_ok()),
    ("ioctl", || fd::ioctl_fionread(io::stdin().as_fd()).is_ok()),
];

const NETWORK: &[Probe] = &[
    ("connect", || TcpStream::connect("127.0.0.1:9").is_ok()),
    ("listen", || TcpListener::bind("127.0.0.1:0").is_ok()),
    ("udp", || UdpSocket::bind("127.0.0.1:0").is_ok()),
    ("unix connect", || UnixStream::connect("/run/probe.sock").is_ok()),
    ("unix listen", || UnixListener::bind("/tmp/cport-probe.sock").is_ok()),
    ("unix datagram", || UnixDatagram::unbound().is_ok()),
    ("socketpair", || UnixStream::pair().is_ok()),
    ("pipe", || io::pipe().is_ok()),
    ("tcp over IPv6", || TcpStream::connect("[::1]:9").is_ok()),
    ("resolve a name", || "localhost:9".to_socket_addrs().is_ok()),
];

const PROCESSES: &[Probe] = &[
    ("exec", || Command::new("/bin/true").exec().raw_os_error() == Some(0)),
    ("fork and exec", || Command::new("/bin/true").status().is_ok()),
    ("clone a thread", || thread::Builder::new().spawn(|| {}).is_ok()),
    ("kill itself softly", || own::kill_process(own::getpid(), own::Signal::CONT).is_ok()),
    ("kill init", || own::kill_process(own::Pid::INIT, own::Signal::CONT).is_ok()),
    ("kill the group", || own::kill_current_process_group(own::Signal::CONT).is_ok()),
    ("pidfd", || own::pidfd_open(own::getpid(), own::PidfdFlags::empty()).is_ok()),
    ("getpid", || own::getpid().is_init()),
    ("getppid", || own::getppid().is_some()),
    ("getuid", || own::getuid().is_root()),
    ("setsid", || own::setsid().is_ok()),
    ("setpgid", || own::setpgid(None, None).is_ok()),
    ("wait", || own::wait(own::WaitOptions::NOHANG).is_ok()),
    ("prctl", || own::set_dumpable_behavior(own::DumpableBehavior::Dumpable).is_ok()),
    ("let itself be traced", || own::set_ptracer(own::PTracer::Any).is_ok()),
    ("raise a limit", || {
        let limit = own::Rlimit { current: None, maximum: None };
        own::setrlimit(own::Resource::Nofile, limit).is_ok()
    }),
    ("getrlimit", || own::getrlimit(own::Resource::As).current.is_some()),
    ("renice", || own::setpriority_process(None, 5).is_ok()),
    ("affinity", || thread::available_parallelism().is_ok()),
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
        ["mortal"] => {
            // Outside the cage, which is locked for the thread that enters it.
            thread::spawn(|| {
                thread::sleep(Duration::from_millis(1500));
                std::process::exit(9)
            });
            media::run_worker(None)
        }
        // As on a machine where it is not installed.
        ["without-ffmpeg", "--video", _] => {
            let code = media::exec_caged("/no/such/ffmpeg".as_ref(), &[]);
            ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
        }
        ["hang", ..] => {
            thread::sleep(Duration::from_secs(600));
            ExitCode::SUCCESS
        }
        ["--video", order] => media::run_worker(Some(order)),
        // The other cage: a program of its own, as ffmpeg is, that tries the same from inside.
        ["video-probe", name] => {
            let code = media::exec_caged(&env::current_exe().unwrap_or_default(), &["inside", name]);
            ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
        }
        ["inside", name] => match probes().find(|(known, _)| known == name) {
            Some((_, probe)) => ExitCode::from(u8::from(!probe())),
            None => ExitCode::from(42),
        },
        ["probe", name] => match probes().find(|(known, _)| known == name) {
            _ if media::enter_cage().is_err() => ExitCode::from(99),
            Some((_, probe)) => ExitCode::from(u8::from(!probe())),
            None => ExitCode::from(42),
        },
        _ => media::run_worker(None),
    }
}
