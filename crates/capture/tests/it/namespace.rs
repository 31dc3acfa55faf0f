//! FE-3: the check of addresses is switched off, and the kernel alone keeps the scout outside: a network namespace with
//! `egress.nft`. Needs root, `ip` and `nft`.

use crate::{fetch_by, order};
use capture::{CaptureConfig, Scout};
use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

const IP: &str = "/usr/sbin/ip";
/// Addresses that lie inside somewhere; the canary listens on all of them. The last two are fetched by redirect.
const INSIDE: [&str; 12] = [
    "10.1.2.3",
    "172.16.0.9",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.51.100.9",
    "127.0.0.1",
    "127.8.8.8",
    "[fd00:ec2::254]",
    "[64:ff9b::7f00:1]",
    "[2001:db8::9]",
    "[::1]",
];
/// The one address that may be reached.
const OUTSIDE: &str = "203.0.113.7";

/// Listens on every address; writes a letter for each visitor, and sends who asks for `/to/…` there.
const CANARY: &str = r#"
import os, socket, sys, threading
log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
s = socket.create_server(("::", 8088), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)
os.write(log, b"r")
while True:
    c, peer = s.accept()
    os.write(log, b"x")
    path = c.recv(4096).split(b" ")[1]
    if path.startswith(b"/to/"):
        c.sendall(b"HTTP/1.1 302 x\r\nLocation: http://" + path[4:] + b"/\r\nContent-Length: 0\r\n\r\n")
    else:
        c.sendall(b"HTTP/1.1 200 x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi")
    c.close()
"#;

/// Two namespaces with a cable between them, and canaries in both.
struct World {
    scout: String,
    outside: String,
    canaries: Vec<Child>,
    log: PathBuf,
}

fn run(words: &str) {
    let mut parts = words.split_whitespace();
    let out = Command::new(parts.next().unwrap()).args(parts).output().unwrap();
    assert!(out.status.success(), "{words}: {}", String::from_utf8_lossy(&out.stderr));
}

impl World {
    fn new() -> Self {
        let id = std::process::id();
        let (scout, outside) = (format!("cport-s{id}"), format!("cport-o{id}"));
        let log = std::env::temp_dir().join(format!("cport-fe3-{id}"));
        let mut world = Self { scout, outside, canaries: Vec::new(), log };
        let (s, o) = (world.scout.clone(), world.outside.clone());
        for ns in [&s, &o] {
            run(&format!("{IP} netns add {ns}"));
            run(&format!("{IP} -n {ns} link set lo up"));
        }
        run(&format!("{IP} -n {s} link add veth0 type veth peer name veth1 netns {o}"));
        for (ns, link, v4, v6) in
            [(&s, "veth0", "203.0.113.1/24", "fd99::1/64"), (&o, "veth1", "203.0.113.7/24", "fd99::7/64")]
        {
            run(&format!("{IP} -n {ns} addr add {v4} dev {link}"));
            run(&format!("{IP} -n {ns} addr add {v6} dev {link} nodad"));
            run(&format!("{IP} -n {ns} link set {link} up"));
        }
        run(&format!("{IP} -n {s} route add default via 203.0.113.7"));
        run(&format!("{IP} -n {s} -6 route add default via fd99::7"));
        for address in
            INSIDE.iter().map(|a| a.trim_matches(['[', ']'])).filter(|a| !a.starts_with("127.") && *a != "::1")
        {
            let nodad = if address.contains(':') { " nodad" } else { "" };
            run(&format!("{IP} -n {o} addr add {address} dev lo{nodad}"));
        }
        for ns in [&s, &o] {
            let canary = Command::new(IP)
                .args(["netns", "exec", ns, "python3", "-c", CANARY])
                .arg(&world.log)
                .stdout(Stdio::null())
                .spawn();
            world.canaries.push(canary.unwrap());
        }
        while std::fs::read(&world.log).unwrap_or_default().len() < 2 {
            std::thread::sleep(Duration::from_millis(20));
        }
        world
    }

    /// Visitors so far.
    fn visitors(&self) -> usize {
        std::fs::read(&self.log).unwrap().iter().filter(|b| **b == b'x').count()
    }

    /// Fetches, by a scout in its namespace, with its own check of addresses switched off.
    async fn fetch(&self, url: &str) -> bool {
        let all = vec!["0.0.0.0/0".into(), "::/0".into()];
        let names = vec!["203.0.113.7:5353".parse().unwrap()];
        let config = CaptureConfig {
            enabled: true,
            allow: all,
            name_servers: names,
            exchange_seconds: 2,
            total_seconds: 6,
            ..CaptureConfig::default()
        };
        let worker = env!("CARGO_BIN_EXE_scout-worker");
        let args = ["netns", "exec", &self.scout, worker].map(Into::into).to_vec();
        fetch_by(&Scout::caged(IP, args), order(url, config)).await.0.ended.failed.is_none()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for canary in &mut self.canaries {
            drop(canary.kill());
            drop(canary.wait());
        }
        for ns in [&self.scout, &self.outside] {
            drop(Command::new(IP).args(["netns", "del", ns]).output());
        }
        drop(std::fs::remove_file(&self.log));
    }
}

#[tokio::test]
#[ignore = "long, needs root and nft"]
async fn long_fe_3_the_kernel_alone_keeps_the_scout_outside() {
    let world = World::new();
    // Without the rules every address is reached: the check is really off, and the canary hears.
    for address in INSIDE {
        let before = world.visitors();
        assert!(world.fetch(&format!("http://{address}:8088/")).await, "{address}");
        assert_eq!(world.visitors(), before + 1, "{address}");
    }
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/egress.nft");
    run(&format!("{IP} netns exec {} nft -f {rules}", world.scout));
    let open = format!("{IP} netns exec {} nft add element inet cport_scout allowed", world.scout);
    run(&format!("{open} {{{OUTSIDE}}}"));
    let before = world.visitors();
    assert!(world.fetch(&format!("http://{OUTSIDE}:8088/")).await, "what is allowed is reached");
    assert_eq!(world.visitors(), before + 1);
    for address in INSIDE {
        let before = world.visitors();
        assert!(!world.fetch(&format!("http://{address}:8088/")).await, "{address}");
        assert_eq!(world.visitors(), before, "{address}");
        assert!(!world.fetch(&format!("http://{OUTSIDE}:8088/to/{address}:8088")).await, "redirected to {address}");
        assert_eq!(world.visitors(), before + 1, "the redirect was heard, {address} was not asked");
    }
}

#[test]
fn fe_3_the_kernels_rules_name_the_same_networks_as_the_check() {
    let rules = include_str!("../../egress.nft");
    let check = include_str!("../../src/address.rs");
    let list = check.split("const NEVER_V4").nth(1).unwrap().split("];").next().unwrap();
    let networks: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert!(networks.len() >= 19);
    for network in networks {
        assert!(rules.contains(&format!(" {network}")), "{network}");
    }
}
