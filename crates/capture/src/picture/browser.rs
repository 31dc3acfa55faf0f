//! The browser's process: what it is started with, and what it may not do.
//!
//! Layers, each of them alone enough to keep it from the network: namespaces of its own for network, processes and users,
//! made with `unshare` where the kernel lets an unprivileged user have them; landlock, which leaves it its own folder to
//! write to, the system's programs to read and no TCP; a proxy that is not there and names that never resolve; and every
//! request answered by hand. Started by root it runs as a user that owns nothing. Its own sandbox stays on: where that
//! cannot be had, nothing is drawn.

use super::folder::NOBODY;
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
    Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, getuid, setrlimit};
use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::process::{Child, Command};

/// Most bytes of data that one of its processes may have.
const MOST_DATA: u64 = 2 << 30;
/// Most bytes of anonymous memory of all its processes together.
const MOST_MEMORY: u64 = 2 << 30;
/// Most bytes of a file that it writes.
const MOST_FILE: u64 = 256 << 20;

/// Namespaces that an unprivileged user may make where the kernel allows it. The shell is the first process of its own
/// process namespace: when it dies, everything in it does.
const ALONE: &[&str] = &["--user", "--map-current-user", "--net", "--pid", "--ipc", "--fork", "--kill-child=KILL"];

/// The browser takes its protocol on 3 and 4. The shell stays, as the one that all others die with.
const SHELL: &str = r#""$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1; exit 0"#;

const FLAGS: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--window-size=1280,800",
    "--hide-scrollbars",
    "--mute-audio",
    "--force-color-profile=srgb",
    // No network: a proxy that is not there, loopback not excepted, and names that never resolve.
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--no-pings",
    // Less to break into.
    "--js-flags=--jitless",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-remote-fonts",
    "--disable-plugins",
    "--disable-notifications",
    "--disable-dev-shm-usage",
    "--password-store=basic",
    // All frames of the page in one process whose requests are all answered in one place.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process,Translate,OptimizationHints,MediaRouter,AutoupgradeMixedContent,HttpsUpgrades",
    "--allow-running-insecure-content",
];

/// Folders and files of the system that it reads.
const READ: &[&str] = &[
    "/usr",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/proc",
    "/sys",
    "/dev",
    "/etc/alternatives",
    "/etc/chromium",
    "/etc/chromium.d",
    "/etc/fonts",
    "/etc/group",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/ssl",
    "/var/cache/fontconfig",
    "/var/lib/dbus",
];

/// Locks the calling process in so that the browser can still be started, with its folder; everything it starts inherits
/// this. Only then starts the browser. Fails, in words, when the browser cannot be had.
pub async fn start(program: &Path, folder: &Path, seconds: u64) -> Result<Child, String> {
    if !program.is_file() {
        return Err(format!("the browser is not there: {} (capture.chromium)", program.display()));
    }
    limit().map_err(|e| format!("the browser's limits: {e}"))?;
    lock(program, folder).map_err(|e| format!("the browser's cage: {e}"))?;
    let alone = if run(command("unshare", folder).args(ALONE).arg("true")).await { ALONE } else { &[] };
    let mut whole = command("timeout", folder);
    whole.args(["--foreground", "-s", "KILL"]).arg(format!("{}", seconds + 2));
    if !alone.is_empty() {
        whole.arg("unshare").args(alone);
    }
    whole.args(["sh", "-c", SHELL]).arg(program).args(FLAGS);
    whole.arg(format!("--user-data-dir={}", folder.join("profile").display())).arg("about:blank");
    whole.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    whole.spawn().map_err(|e| format!("the browser does not start: {e}"))
}

/// A command with nothing in its environment but what a browser needs, as a user that owns nothing when we are root.
fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir(folder).env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
    for name in ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
        command.env(name, folder);
    }
    if getuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

async fn run(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().await.is_ok_and(|s| s.success())
}

fn limit() -> io::Result<()> {
    let limits = [
        (Resource::Core, 0),
        (Resource::Data, MOST_DATA),
        (Resource::Fsize, MOST_FILE),
        (Resource::Nofile, 4096),
        (Resource::Cpu, 120),
    ];
    for (what, most) in limits {
        setrlimit(what, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

fn lock(program: &Path, folder: &Path) -> Result<(), landlock::RulesetError> {
    let abi = ABI::V6;
    let all: BitFlags<AccessFs> = AccessFs::from_all(abi);
    // The browser may lie elsewhere than the system's programs; links count where they lead.
    let real = program.canonicalize().unwrap_or_else(|_| program.to_owned());
    let beside = [program, real.as_path()].into_iter().filter_map(Path::parent).map(Path::to_owned);
    let read: Vec<PathBuf> = READ.iter().map(PathBuf::from).chain(beside).collect();
    let write = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::ReadDir | AccessFs::IoctlDev;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(read, AccessFs::from_read(abi)))?
        .add_rules(path_beneath_rules(["/dev/null", "/dev/urandom", "/dev/shm"], write))?
        // Its own process entries: the sandbox writes its users' map there.
        .add_rules(path_beneath_rules(["/proc"], AccessFs::from_read(abi) | AccessFs::WriteFile))?
        .add_rules(path_beneath_rules([folder], all))?
        .restrict_self()?;
    Ok(())
}

/// Why the browser has to end now: too much memory, all its processes together. Reads `/proc` only.
pub fn too_large(started: u32) -> Option<String> {
    let of = |text: &str, name: &str| -> Option<u64> {
        text.lines().find_map(|l| l.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
    };
    let mut all = Vec::new();
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|n| n.parse::<u64>().ok()) else { continue };
        let Ok(text) = std::fs::read_to_string(entry.path().join("status")) else { continue };
        let memory = of(&text, "RssAnon:").unwrap_or(0) + of(&text, "RssShmem:").unwrap_or(0);
        all.push((id, of(&text, "PPid:").unwrap_or(0), memory * 1024));
    }
    let (mut family, mut sum, mut grown) = (vec![u64::from(started)], 0, true);
    while grown {
        grown = false;
        for (id, parent, memory) in &all {
            if family.contains(parent) && !family.contains(id) {
                family.push(*id);
                sum += memory;
                grown = true;
            }
        }
    }
    (sum > MOST_MEMORY).then(|| format!("the browser took more than {} MB of memory", MOST_MEMORY >> 20))
}
