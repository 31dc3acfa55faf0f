//! What hashing, sealing and storing costs, by itself and through the real server.

use super::{Backend, Client, Site, percentile, say, say_beside};
use base::{OrgId, Time};
use serde_json::Value;
use std::{
    env, fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Instant,
};
use storage::{
    EvidenceConfig,
    evidence::{Digests, RootKey, Vault},
};

/// Pictures sent, and how many in one request.
const PICTURES: usize = 6_000;
const IN_ONE: usize = 20;
const SENDERS: usize = 4;

/// Small drawn pictures through HTTP: described, hashed, sealed, stored and acknowledged; every one different.
pub fn small_pictures(name: &str) {
    let mut site = Site::new(Backend::Sqlite);
    let token = site.token("H", "A");
    site.serve();
    let drawn: Vec<Vec<u8>> = (0..PICTURES as u32).map(testkit::pictures::jpeg).collect();
    let bytes = drawn.iter().map(Vec::len).sum::<usize>() / PICTURES;
    let begun = Instant::now();
    let mut times: Vec<f64> = thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let (address, token, drawn) = (&site.address, &token, &drawn);
                scope.spawn(move || {
                    let mut http = Client::new(address, token);
                    let batches = drawn.chunks(IN_ONE).enumerate().filter(|(n, _)| n % SENDERS == sender);
                    batches.map(|(n, batch)| send(&mut http, n, batch)).collect::<Vec<f64>>()
                })
            })
            .collect();
        senders.into_iter().flat_map(|s| s.join().unwrap()).collect()
    });
    let took = begun.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    say(name, PICTURES, "pictures/s", PICTURES as f64 / took);
    say(&format!("{name}_bytes_each"), PICTURES, "B", bytes as f64);
    say(&format!("{name}_request_p99"), PICTURES / IN_ONE, "ms", percentile(&times, 0.99));
    say(&format!("{name}_rss_after"), PICTURES, "MB", site.resident_mb());
}

/// One report with one request of pictures; milliseconds of the request with the pictures.
fn send(http: &mut Client, n: usize, batch: &[Vec<u8>]) -> f64 {
    let body = format!("{{\"source_url\":\"https://pictures.example/{n}\",\"received_at\":\"2026-01-01T00:00:00Z\"}}");
    let (status, answer) = http.call("POST", "/api/v1/reports", Some(&body));
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let report: Value = serde_json::from_slice(&answer).unwrap();
    let mut form = Vec::new();
    for (place, picture) in batch.iter().enumerate() {
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{place}.jpg\"\r\n\r\n");
        form.extend([head.as_bytes(), picture, b"\r\n"].concat());
    }
    form.extend(b"--b--\r\n");
    let path = format!("/api/v1/reports/{}/files", report["id"].as_str().unwrap());
    let sent = Instant::now();
    let (status, answer) = http.send("POST", &path, "multipart/form-data; boundary=b", &form);
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    sent.elapsed().as_secs_f64() * 1e3
}

/// Bytes of the large object, and how often each way is tried; the best counts.
const LARGE: usize = 1 << 30;
const TRIES: usize = 3;
const BLOCK: usize = 1 << 20;
/// Small objects stored, and their bytes: about a thumbnail.
const SMALL: usize = 4_000;
const SMALL_BYTES: usize = 20_000;

/// MD5, SHA-1, SHA-256, AES-256-GCM and a flushed file of 1 GiB, beside `sha256sum` of the same file alone.
pub fn seal_large(name: &str) {
    let place = Place::new();
    let file = place.folder.join("large");
    write_noise(&file);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let alone = best(|| {
        assert!(Command::new("sha256sum").arg(&file).stdout(Stdio::null()).status().unwrap().success());
    });
    let sealed = best(|| runtime.block_on(place.seal(&file)));
    let mib = (LARGE >> 20) as f64;
    say_beside(name, LARGE, "MiB/s", mib / sealed, "sha256sum", mib / alone);
    let bytes = fs::read(&file).unwrap();
    let hashed = best(|| _ = std::hint::black_box(Digests::of(&bytes)));
    say(&format!("{name}_three_digests_one_core"), LARGE, "MiB/s", mib / hashed);
    let written = best(|| {
        let mut out = fs::File::create(place.folder.join("copy")).unwrap();
        bytes.chunks(BLOCK).for_each(|block| out.write_all(block).unwrap());
        out.sync_all().unwrap();
    });
    say(&format!("{name}_write_and_flush_alone"), LARGE, "MiB/s", mib / written);
}

/// Small objects stored straight, a few at once: how far the disk's flushes let it go.
pub fn seal_small(name: &str) {
    let place = Place::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for at_once in [1, 4, 16, 64] {
        let begun = Instant::now();
        runtime.block_on(async {
            let one = async |n: usize| {
                let bytes = vec![n as u8; SMALL_BYTES];
                place.vault.put(OrgId(uuid::Uuid::nil()), Time::from_micros(n as i64), &bytes).await.unwrap();
            };
            let workers = (0..at_once).map(|worker| async move {
                for n in (worker..SMALL).step_by(at_once) {
                    one(n).await;
                }
            });
            futures_util::future::join_all(workers).await;
        });
        say(&format!("{name}_{at_once}_at_once"), SMALL, "objects/s", SMALL as f64 / begun.elapsed().as_secs_f64());
    }
}

/// A vault in a folder of its own.
struct Place {
    folder: PathBuf,
    vault: Vault,
}

impl Place {
    fn new() -> Self {
        let folder = env::temp_dir().join(format!("cport-bench-evidence-{}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        let config = EvidenceConfig {
            folder: folder.join("evidence"),
            spool: folder.join("spool"),
            root_key_file: folder.join("root.key"),
            ..EvidenceConfig::default()
        };
        RootKey::create(&config.root_key_file).unwrap();
        let vault = Vault::open(&config).unwrap();
        Self { folder, vault }
    }

    async fn seal(&self, file: &Path) {
        let (mut from, mut block) = (fs::File::open(file).unwrap(), vec![0; BLOCK]);
        let mut sealing = self.vault.begin(OrgId(uuid::Uuid::nil()), Time::from_micros(0)).unwrap();
        loop {
            let n = from.read(&mut block).unwrap();
            if n == 0 {
                break;
            }
            sealing.write(&block[..n]).await.unwrap();
        }
        let sealed = sealing.finish().await.unwrap();
        self.vault.discard(&sealed).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Seconds of the best of a few tries.
fn best(mut work: impl FnMut()) -> f64 {
    let times = (0..TRIES).map(|_| {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64()
    });
    times.fold(f64::INFINITY, f64::min)
}

fn write_noise(path: &Path) {
    let mut file = fs::File::create(path).unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut block = Vec::with_capacity(BLOCK);
    for _ in 0..LARGE / BLOCK {
        block.clear();
        while block.len() < BLOCK {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            block.extend(state.to_le_bytes());
        }
        file.write_all(&block).unwrap();
    }
}
