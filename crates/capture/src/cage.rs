//! What the fetch process may not do, from before it reads a byte of the web: no file, no other process, no way to look
//! into one, nothing that changes the machine. It needs the network; where to, is its own check's and the firewall's.

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, Scope, path_beneath_rules,
};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use seccompiler::{
    BackendError, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use std::{collections::BTreeMap, io};

/// System calls that fail with "not permitted". Landlock keeps it from opening, making and removing files; what it does not
/// know of, such as modes, owners, times and looking whether a file is there, is refused here.
const REFUSED: &[libc::c_long] = &[
    // Other programs and processes.
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_process_mrelease,
    libc::SYS_kcmp,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_setsid,
    libc::SYS_setpgid,
    libc::SYS_setpriority,
    libc::SYS_prctl,
    libc::SYS_setrlimit,
    // Who it is.
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setreuid,
    libc::SYS_setregid,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setfsuid,
    libc::SYS_setfsgid,
    libc::SYS_setgroups,
    libc::SYS_capset,
    libc::SYS_personality,
    // File systems and files.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_mount_setattr,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fspick,
    libc::SYS_fsmount,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_chdir,
    libc::SYS_fchdir,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchmodat2,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_utimensat,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_statx,
    libc::SYS_newfstatat,
    libc::SYS_readlinkat,
    libc::SYS_statfs,
    libc::SYS_mknodat,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_memfd_create,
    libc::SYS_memfd_secret,
    libc::SYS_inotify_init1,
    libc::SYS_fanotify_init,
    libc::SYS_quotactl,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    // Memory and queues shared with others.
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
    // The kernel and the machine.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_reboot,
    libc::SYS_syslog,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    // It asks; nobody asks it.
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
];

/// The same by their older names, where the processor's kernel still has them.
#[cfg(target_arch = "x86_64")]
const REFUSED_OF_OLD: &[libc::c_long] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
    libc::SYS_access,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_readlink,
    libc::SYS_mknod,
    libc::SYS_inotify_init,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_OF_OLD: &[libc::c_long] = &[];

/// What is refused by its arguments: sockets other than plain ones of the Internet (no local ones, behind which a database
/// or a container's master may sit, none of the kernel's, no raw packets), and setting limits.
fn by_argument() -> Result<Vec<(libc::c_long, Vec<SeccompRule>)>, BackendError> {
    let is = |argument, how, value: i32| {
        let value = u64::try_from(value).unwrap_or_default();
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, how, value)
    };
    let foreign = vec![is(0, SeccompCmpOp::Ne, libc::AF_INET)?, is(0, SeccompCmpOp::Ne, libc::AF_INET6)?];
    let raw = vec![is(1, SeccompCmpOp::MaskedEq(0xf), libc::SOCK_RAW)?];
    let setting = vec![SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Ne, 0)?];
    Ok(vec![
        (libc::SYS_socket, vec![SeccompRule::new(foreign)?, SeccompRule::new(raw)?]),
        (libc::SYS_prlimit64, vec![SeccompRule::new(setting)?]),
    ])
}

/// Locks the calling process in, for good. `memory` is the most that it may map, in bytes; `readable` are the only folders
/// that it may read.
///
/// # Errors
/// What could not be locked, in words; the process must then not go on.
pub fn enter(memory: u64, readable: &[&str]) -> Result<(), String> {
    let failed = |what: &'static str| move |error: io::Error| format!("{what}: {error}");
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|e| failed("dumpable")(e.into()))?;
    let abi = ABI::V6;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.scope(Scope::from_all(abi)))
        .and_then(|rules| rules.create())
        .and_then(|rules| rules.add_rules(path_beneath_rules(readable, AccessFs::from_read(abi))))
        .and_then(|rules| rules.restrict_self())
        .map_err(|e| format!("landlock: {e}"))?;
    for (what, most) in [
        (Resource::As, memory),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 256),
        (Resource::Nproc, 0),
    ] {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        setrlimit(what, limit).map_err(|e| failed("limit")(e.into()))?;
    }
    let wrong = |e: &dyn std::fmt::Display| format!("seccomp: {e}");
    let mut rules: BTreeMap<_, _> = REFUSED.iter().chain(REFUSED_OF_OLD).map(|number| (*number, Vec::new())).collect();
    rules.extend(by_argument().map_err(|e| wrong(&e))?);
    let here = std::env::consts::ARCH.try_into().map_err(|e: BackendError| wrong(&e))?;
    let refused = SeccompAction::Errno(u32::try_from(libc::EPERM).unwrap_or(1));
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refused, here).map_err(|e| wrong(&e))?;
    let program: seccompiler::BpfProgram = filter.try_into().map_err(|e: BackendError| wrong(&e))?;
    seccompiler::apply_filter(&program).map_err(|e| wrong(&e))
}
