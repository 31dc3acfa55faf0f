//! The cage a worker locks itself into before it reads a byte: limits on memory, time, files and processes; no file
//! system, no TCP and no signals outwards (landlock, as far as the kernel knows it); and an allow-list of system calls
//! with their arguments (seccomp). Any other call kills the worker on the spot.

use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, Scope};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen::Dword, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use std::{collections::BTreeMap, io};

/// Data of a worker, in bytes: one file and what decoding it takes (216 MiB together), and air. With the pages of the
/// program itself it stays below 256 MB.
const MEMORY: u64 = 232 << 20;
/// Processor seconds in a worker's whole life; it is replaced long before.
const CPU_SECONDS: u64 = 1800;

/// What decoding and talking on two pipes needs whatever the arguments: memory, locks, clocks, leaving. `read`, `write`,
/// `mmap` and `mprotect` are allowed by their arguments below.
const ALLOWED: [libc::c_long; 13] = [
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_clock_gettime,
    libc::SYS_getrandom,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    libc::SYS_sigaltstack,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Locks the calling process in, for good. Call it while there is one thread, with nothing open but what is to stay.
///
/// # Errors
/// What could not be locked, in words; the process must then not go on. A kernel without landlock is no error: the
/// system calls that landlock would judge are not on the list.
pub fn enter() -> Result<(), String> {
    let failed = |what: &'static str| move |error: io::Error| format!("{what}: {error}");
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|e| failed("dumpable")(e.into()))?;
    no_files_no_network()?;
    limits(&[
        (Resource::Data, MEMORY),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
    ])
    .map_err(failed("limit"))?;
    let program = filter().map_err(|e| format!("seccomp: {e}"))?;
    seccompiler::apply_filter(&program).map_err(|e| format!("seccomp: {e}"))
}

/// Sets limits that cannot be raised again.
pub fn limits(all: &[(Resource, u64)]) -> io::Result<()> {
    all.iter().try_for_each(|(what, most)| {
        setrlimit(*what, Rlimit { current: Some(*most), maximum: Some(*most) }).map_err(io::Error::from)
    })
}

fn no_files_no_network() -> Result<(), String> {
    let abi = ABI::V6;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.scope(Scope::from_all(abi)))
        .and_then(|rules| rules.create())
        .and_then(|rules| rules.restrict_self())
        .map(|_| ())
        .map_err(|e| format!("landlock: {e}"))
}

/// The allow-list as a program for the kernel.
fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.iter().map(|number| (*number, Vec::new())).collect();
    let only = |argument, operator, value| SeccompCondition::new(argument, Dword, operator, value as u64);
    let no_code = || only(2, SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64), 0);
    let own = libc::MAP_ANONYMOUS | libc::MAP_PRIVATE;
    let of_no_file_and_private = || only(3, SeccompCmpOp::MaskedEq(own as u64), own);
    let arguments = [
        (libc::SYS_read, vec![only(0, SeccompCmpOp::Eq, 0)?]),
        (libc::SYS_write, vec![only(0, SeccompCmpOp::Eq, 1)?]),
        // Shared memory would not count against the limit.
        (libc::SYS_mmap, vec![no_code()?, of_no_file_and_private()?]),
        (libc::SYS_mprotect, vec![no_code()?]),
    ];
    for (number, conditions) in arguments {
        rules.insert(number, vec![SeccompRule::new(conditions)?]);
    }
    let here = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::KillProcess, SeccompAction::Allow, here)?.try_into()
}

#[cfg(test)]
mod tests {
    //! The filter itself, run by a small interpreter over every system call there is and some arguments.

    use super::{ALLOWED, filter};

    const KILL: u32 = 0x8000_0000;
    const ALLOW: u32 = 0x7fff_0000;

    /// What the kernel would do with a call.
    fn verdict(number: i64, arguments: [u64; 6]) -> u32 {
        let program = filter().unwrap();
        let architecture: u32 = if cfg!(target_arch = "x86_64") { 0xc000_003e } else { 0xc000_00b7 };
        let mut data = (number as u32).to_le_bytes().to_vec();
        data.extend(architecture.to_le_bytes());
        data.extend([0; 8]);
        arguments.iter().for_each(|argument| data.extend(argument.to_le_bytes()));
        let (mut at, mut held) = (0, 0_u32);
        loop {
            let step = &program[at];
            at += 1;
            let jump = |yes: bool| usize::from(if yes { step.jt } else { step.jf });
            match step.code {
                0x20 => held = u32::from_le_bytes(data[step.k as usize..][..4].try_into().unwrap()),
                0x54 => held &= step.k,
                0x05 => at += step.k as usize,
                0x15 => at += jump(held == step.k),
                0x25 => at += jump(held > step.k),
                0x35 => at += jump(held >= step.k),
                0x06 => return step.k,
                other => panic!("an instruction this test does not know: {other:#x}"),
            }
        }
    }

    #[test]
    fn md_3_every_system_call_off_the_list_kills() {
        let by_arguments = [libc::SYS_read, libc::SYS_write, libc::SYS_mmap, libc::SYS_mprotect];
        let mut killed = 0;
        for number in (0..1024).chain([0x4000_0000, 0x4000_003b]) {
            let expected = if ALLOWED.contains(&number) { ALLOW } else { KILL };
            if !by_arguments.contains(&number) {
                assert_eq!(verdict(number, [0; 6]), expected, "system call {number}");
                killed += usize::from(expected == KILL);
            }
        }
        assert!(killed > 1000);
        for call in [libc::SYS_ptrace, libc::SYS_execve, libc::SYS_openat, libc::SYS_clone3, libc::SYS_socket] {
            assert_eq!(verdict(call, [0; 6]), KILL);
        }
    }

    #[test]
    fn md_3_pipes_and_memory_are_allowed_for_decoding_only() {
        let (anonymous, both, code) = (0x22, 3, 7);
        let calls = [
            (libc::SYS_read, [0, 0, 0, 0, 0, 0], ALLOW),
            (libc::SYS_read, [1, 0, 0, 0, 0, 0], KILL),
            (libc::SYS_read, [3, 0, 0, 0, 0, 0], KILL),
            (libc::SYS_write, [1, 0, 0, 0, 0, 0], ALLOW),
            (libc::SYS_write, [2, 0, 0, 0, 0, 0], KILL),
            (libc::SYS_write, [0, 0, 0, 0, 0, 0], KILL),
            (libc::SYS_mmap, [0, 4096, both, anonymous, u64::MAX, 0], ALLOW),
            (libc::SYS_mmap, [0, 4096, code, anonymous, u64::MAX, 0], KILL),
            (libc::SYS_mmap, [0, 4096, both, 2, 3, 0], KILL),
            (libc::SYS_mmap, [0, 4096, both, 0x21, u64::MAX, 0], KILL),
            (libc::SYS_mprotect, [0, 4096, both, 0, 0, 0], ALLOW),
            (libc::SYS_mprotect, [0, 4096, 5, 0, 0, 0], KILL),
        ];
        for (number, arguments, expected) in calls {
            assert_eq!(verdict(number, arguments), expected, "system call {number} with {arguments:?}");
        }
    }
}
