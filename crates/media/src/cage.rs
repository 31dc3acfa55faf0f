//! The cage a worker locks itself into before it reads a byte: limits on memory, time and files; no file system and no
//! TCP (landlock, Linux 5.13 and later); and an allow-list of system calls (seccomp), everything else kills it.

use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr};
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

/// Address space of a worker, in bytes.
const MEMORY: u64 = 1 << 30;
/// Processor seconds in a worker's whole life; it is replaced then.
const CPU_SECONDS: u64 = 3600;

/// System calls that decoding and talking on two pipes need: memory, pipes, clocks, locks, leaving.
const ALLOWED: [i64; 22] = [
    libc_nr::READ,
    libc_nr::WRITE,
    libc_nr::READV,
    libc_nr::WRITEV,
    libc_nr::CLOSE,
    libc_nr::MMAP,
    libc_nr::MUNMAP,
    libc_nr::MREMAP,
    libc_nr::MPROTECT,
    libc_nr::MADVISE,
    libc_nr::BRK,
    libc_nr::FUTEX,
    libc_nr::RT_SIGRETURN,
    libc_nr::RT_SIGACTION,
    libc_nr::RT_SIGPROCMASK,
    libc_nr::SIGALTSTACK,
    libc_nr::CLOCK_GETTIME,
    libc_nr::GETRANDOM,
    libc_nr::EXIT,
    libc_nr::EXIT_GROUP,
    libc_nr::SCHED_YIELD,
    libc_nr::RESTART_SYSCALL,
];

/// Numbers of x86-64 Linux (`asm/unistd_64.h`); the crate that has them all is not worth its weight here.
mod libc_nr {
    pub const READ: i64 = 0;
    pub const WRITE: i64 = 1;
    pub const CLOSE: i64 = 3;
    pub const MMAP: i64 = 9;
    pub const MPROTECT: i64 = 10;
    pub const MUNMAP: i64 = 11;
    pub const BRK: i64 = 12;
    pub const RT_SIGACTION: i64 = 13;
    pub const RT_SIGPROCMASK: i64 = 14;
    pub const RT_SIGRETURN: i64 = 15;
    pub const READV: i64 = 19;
    pub const WRITEV: i64 = 20;
    pub const SCHED_YIELD: i64 = 24;
    pub const MREMAP: i64 = 25;
    pub const MADVISE: i64 = 28;
    pub const EXIT: i64 = 60;
    pub const SIGALTSTACK: i64 = 131;
    pub const FUTEX: i64 = 202;
    pub const RESTART_SYSCALL: i64 = 219;
    pub const CLOCK_GETTIME: i64 = 228;
    pub const EXIT_GROUP: i64 = 231;
    pub const GETRANDOM: i64 = 318;
}

/// Locks the calling process in. Whatever cannot be locked is an error: a worker outside its cage does not work.
pub fn enter() -> Result<(), String> {
    let set = |what, most| {
        setrlimit(what, Rlimit { current: Some(most), maximum: Some(most) }).map_err(|e| format!("limit: {e}"))
    };
    set(Resource::As, MEMORY)?;
    set(Resource::Cpu, CPU_SECONDS)?;
    set(Resource::Core, 0)?;
    set(Resource::Fsize, 0)?;
    set(Resource::Nofile, 8)?;
    no_files_no_network()?;
    only_allowed_calls()
}

fn no_files_no_network() -> Result<(), String> {
    let abi = ABI::V4;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.create())
        .and_then(|rules| rules.restrict_self())
        .map(|_| ())
        .map_err(|e| format!("landlock: {e}"))
}

fn only_allowed_calls() -> Result<(), String> {
    if !cfg!(target_arch = "x86_64") {
        return Err("seccomp: only x86-64 is known here".into());
    }
    let rules = ALLOWED.iter().map(|number| (*number, Vec::new())).collect();
    let filter = SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, TargetArch::x86_64)
        .map_err(|e| format!("seccomp: {e}"))?;
    let program: BpfProgram = filter.try_into().map_err(|e| format!("seccomp: {e}"))?;
    seccompiler::apply_filter(&program).map_err(|e| format!("seccomp: {e}"))
}
