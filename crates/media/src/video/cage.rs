//! The cage that ffmpeg runs in, locked by the launcher before it becomes ffmpeg.
//!
//! It may read its own libraries and the file on standard input (landlock), use memory up to a limit, write to its two
//! pipes, and nothing else: no file to write, no network, no process, no thread, no signal, no code that is not in a
//! file. What it may call was found by watching it (decision 10). The way in closes behind it: the only `execveat`
//! allowed names a file descriptor that is closed by it and can never be opened again, for its number is above the limit.

use crate::{Kind, cage};
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, Scope,
};
use nix::{fcntl::AtFlags, unistd::execveat};
use rustix::{
    fs::{Mode, OFlags, open},
    io::fcntl_dupfd_cloexec,
    process::Resource,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen::Dword, SeccompCmpArgLen::Qword, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};
use std::{
    collections::BTreeMap,
    ffi::CString,
    os::fd::{AsRawFd, OwnedFd},
    path::Path,
    process::ExitCode,
};

/// Where Debian puts it.
const FFMPEG: &str = "/usr/bin/ffmpeg";

/// Exit codes of a launcher that did not become ffmpeg; ffmpeg has no such codes.
pub const NOT_LOCKED: i32 = 120;
/// There is no ffmpeg.
pub const NO_FFMPEG: i32 = 121;
/// The kernel cannot keep it from the file system.
pub const NO_LANDLOCK: i32 = 122;

/// Data of ffmpeg, in bytes; with its libraries it stays below 256 MB.
const MEMORY: u64 = 208 << 20;
/// Stack, in bytes.
const STACK: u64 = 8 << 20;
/// Processor seconds. The parent ends it long before.
const CPU_SECONDS: u64 = 600;
/// Files that may be open: the three it is given, one that it reads, and air.
const FILES: u64 = 16;
/// Number of the descriptor of the program to become.
const PROGRAM: i32 = 200;

/// Of each second the first frame, and each one that differs from the one before, a quarter of a second after the last.
const CHOICE: &str = "select='isnan(prev_selected_t)+gt(floor(t),floor(prev_selected_t))\
                      +gt(scene,0.4)*gte(t-prev_selected_t,0.25)',metadata=print:file='pipe\\:2':direct=1";
/// Decoders that may be used: what cameras, telephones and the web have made since there is video there.
const DECODERS: &str = "h264,hevc,vp8,vp9,libdav1d,av1,mpeg4,mpeg1video,mpeg2video,h263,mjpeg,prores,dvvideo,theora,\
                        msmpeg4v1,msmpeg4v2,msmpeg4,wmv1,wmv2,wmv3,vc1,flv,svq1,svq3,cinepak,indeo3,indeo5,rawvideo,\
                        ffv1,huffyuv,png,qtrle,rpza,msvideo1,dnxhd,h263i";

/// What the launcher is told after `--video`.
pub fn order(kind: Kind, upright: bool) -> Option<&'static str> {
    Some(match (kind, upright) {
        (Kind::Mp4 | Kind::Mov, false) => "mov",
        (Kind::Mp4 | Kind::Mov, true) => "mov-upright",
        (Kind::Mkv | Kind::Webm, false) => "matroska",
        (Kind::Mkv | Kind::Webm, true) => "matroska-upright",
        (Kind::Avi, false) => "avi",
        (Kind::Avi, true) => "avi-upright",
        _ => return None,
    })
}

/// The launcher: locks itself in and becomes ffmpeg, which reads the video on standard input and writes frames as PPM to
/// standard output, words to standard error. Returns only when that failed.
pub fn run(order: &str) -> ExitCode {
    let (format, upright) = match order.strip_suffix("-upright") {
        Some(format) => (format, true),
        None => (order, false),
    };
    let known = ["mov", "matroska", "avi"].into_iter().find(|known| *known == format);
    let code = known.map_or(NOT_LOCKED, |format| exec(Path::new(FFMPEG), &arguments(format, upright)));
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

fn arguments(format: &'static str, upright: bool) -> Vec<&'static str> {
    let mut arguments = vec!["-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-filter_threads", "1"];
    arguments.extend(["-max_alloc", "134217728", "-threads", "1", "-max_pixels", "40000000"]);
    arguments.extend(["-codec_whitelist", DECODERS, "-protocol_whitelist", "file", "-f", format]);
    if !upright {
        arguments.push("-noautorotate");
    }
    arguments.extend(["-i", "file:/proc/self/fd/0", "-map", "0:V:0", "-vf", CHOICE, "-fps_mode", "passthrough"]);
    arguments.extend(["-map_metadata", "-1", "-pix_fmt", "rgb24", "-c:v", "ppm", "-threads", "1"]);
    arguments.extend(["-f", "image2pipe", "pipe:1"]);
    arguments
}

/// Locks the calling process in and becomes `program`, with nothing in its environment. Returns an exit code when that
/// failed: what is locked stays locked, so the process has to end.
pub fn exec(program: &Path, arguments: &[&str]) -> i32 {
    let Some(file) = program_file(program) else { return NO_FFMPEG };
    let name = program.as_os_str().to_string_lossy();
    let words: Result<Vec<CString>, _> =
        [name.as_ref()].iter().chain(arguments).map(|word| CString::new(*word)).collect();
    let Ok(words) = words else { return NOT_LOCKED };
    match only_its_libraries(&file) {
        Some(true) => {}
        Some(false) => return NO_LANDLOCK,
        None => return NOT_LOCKED,
    }
    if limits().and_then(|()| filters()).is_none() {
        return NOT_LOCKED;
    }
    match execveat(&file, c"", &words, &Vec::<CString>::new(), AtFlags::AT_EMPTY_PATH) {
        Ok(never) => match never {},
        Err(_) => NOT_LOCKED,
    }
}

/// The program, opened for nothing but becoming it, under a number that nothing else can have.
fn program_file(program: &Path) -> Option<OwnedFd> {
    let file = open(program, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok()?;
    fcntl_dupfd_cloexec(&file, PROGRAM).ok().filter(|file| file.as_raw_fd() == PROGRAM)
}

/// Landlock: whether it holds.
fn only_its_libraries(program: &OwnedFd) -> Option<bool> {
    let abi = ABI::V6;
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.scope(Scope::from_all(abi)))
        .and_then(|rules| rules.create())
        .ok()?;
    let mut rules = rules.add_rule(PathBeneath::new(program, AccessFs::Execute | AccessFs::ReadFile)).ok()?;
    // The loader is the first of them; it is executed with the program.
    let machine = std::env::consts::ARCH;
    let folders = [format!("/usr/lib/{machine}-linux-gnu"), format!("/lib/{machine}-linux-gnu")];
    let single = ["/lib64", "/etc/ld.so.cache"];
    for path in folders.iter().map(String::as_str).chain(single) {
        let Ok(path) = PathFd::new(path) else { continue };
        rules = rules.add_rule(PathBeneath::new(path, AccessFs::Execute | AccessFs::ReadFile)).ok()?;
    }
    let status = rules.restrict_self().ok()?;
    Some(status.ruleset != landlock::RulesetStatus::NotEnforced)
}

fn limits() -> Option<()> {
    cage::limits(&[
        (Resource::Data, MEMORY),
        (Resource::Stack, STACK),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, FILES),
        (Resource::Nproc, 0),
        (Resource::Memlock, 0),
    ])
    .ok()
}

/// Calls that are allowed whatever their arguments.
const ALLOWED: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_getpid,
    libc::SYS_getuid,
    libc::SYS_uname,
    libc::SYS_poll,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    libc::SYS_sigaltstack,
    libc::SYS_arch_prctl,
    libc::SYS_set_tid_address,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Calls that libraries make when they start, and live without: refused with an error instead of death.
const DENIED: &[libc::c_long] = &[
    libc::SYS_access,
    libc::SYS_statfs,
    libc::SYS_ioctl,
    libc::SYS_fcntl,
    libc::SYS_getdents64,
    libc::SYS_set_mempolicy,
    libc::SYS_get_mempolicy,
    libc::SYS_mlock,
    libc::SYS_readlink,
    libc::SYS_sysinfo,
];

/// Two filters; the kernel takes the stricter answer of both. Whatever the second does not name kills, so it comes last.
fn filters() -> Option<()> {
    [denying(), allowing()].into_iter().try_for_each(|filter| {
        let program: BpfProgram = filter.ok()?;
        seccompiler::apply_filter(&program).ok()
    })
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn allowing() -> Result<BpfProgram, seccompiler::BackendError> {
    let is = |argument, value: i32| SeccompCondition::new(argument, Dword, SeccompCmpOp::Eq, u64::from(value as u32));
    let without = |argument, bits: i32| SeccompCondition::new(argument, Dword, SeccompCmpOp::MaskedEq(bits as u64), 0);
    let with =
        |argument, bits: i32| SeccompCondition::new(argument, Dword, SeccompCmpOp::MaskedEq(bits as u64), bits as u64);
    let null = |argument| SeccompCondition::new(argument, Qword, SeccompCmpOp::Eq, 0);
    let mut rules: Rules = ALLOWED.iter().chain(DENIED).map(|number| (*number, Vec::new())).collect();
    let to_read = libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND;
    let some = |conditions| SeccompRule::new(conditions);
    // Memory that is shared is not counted by the limit; code may come out of a file only.
    let private = || with(3, libc::MAP_PRIVATE);
    rules.insert(
        libc::SYS_mmap,
        vec![
            some(vec![private()?, without(2, libc::PROT_EXEC)?])?,
            some(vec![private()?, without(3, libc::MAP_ANONYMOUS)?, without(2, libc::PROT_WRITE)?])?,
        ],
    );
    rules.insert(libc::SYS_mprotect, vec![some(vec![without(2, libc::PROT_EXEC)?])?]);
    rules.insert(libc::SYS_prctl, vec![some(vec![is(0, libc::PR_CAPBSET_READ)?])?]);
    rules.insert(libc::SYS_openat, vec![some(vec![without(2, to_read)?])?]);
    rules.insert(libc::SYS_write, vec![some(vec![is(0, 1)?])?, some(vec![is(0, 2)?])?]);
    rules.insert(libc::SYS_prlimit64, vec![some(vec![is(0, 0)?, null(2)?])?]);
    // Of a file that is open; the other filter refuses those by name.
    rules.insert(libc::SYS_newfstatat, Vec::new());
    rules.insert(libc::SYS_execveat, vec![some(vec![is(0, PROGRAM)?, is(4, libc::AT_EMPTY_PATH)?])?]);
    program(rules, SeccompAction::KillProcess, SeccompAction::Allow)
}

fn denying() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: Rules = DENIED.iter().map(|number| (*number, Vec::new())).collect();
    let by_name = SeccompCondition::new(3, Dword, SeccompCmpOp::MaskedEq(libc::AT_EMPTY_PATH as u64), 0)?;
    rules.insert(libc::SYS_newfstatat, vec![SeccompRule::new(vec![by_name])?]);
    let capabilities = SeccompCondition::new(0, Dword, SeccompCmpOp::Eq, libc::PR_CAPBSET_READ as u64)?;
    rules.insert(libc::SYS_prctl, vec![SeccompRule::new(vec![capabilities])?]);
    program(rules, SeccompAction::Allow, SeccompAction::Errno(libc::ENOENT as u32))
}

fn program(
    rules: Rules,
    otherwise: SeccompAction,
    named: SeccompAction,
) -> Result<BpfProgram, seccompiler::BackendError> {
    SeccompFilter::new(rules, otherwise, named, std::env::consts::ARCH.try_into()?)?.try_into()
}
