//! The archive, read by another program: `warcio` from PyPI.

use crate::{config, fetch, order, set};
use capture::{Order, Payload};
use std::process::Command;

fn python() -> String {
    std::env::var("CPORT_PYTHON").expect("CPORT_PYTHON names a Python with warcio: run the tests with scripts/test")
}

/// Reads every record, checks digests by itself, prints one line a record.
const READER: &str = r#"
import base64, gzip, hashlib, json, sys
from warcio.archiveiterator import ArchiveIterator
def sha(b): return "sha256:" + base64.b32encode(hashlib.sha256(b).digest()).decode()
def dechunk(b):
    out = b""
    while True:
        line, _, b = b.partition(b"\r\n")
        n = int(line.split(b";")[0], 16)
        if n == 0: return out
        out, b = out + b[:n], b[n + 2:]
with open(sys.argv[1], "rb") as f:
    for r in ArchiveIterator(f, no_record_parse=True):
        h = r.rec_headers
        block = r.raw_stream.read()
        assert h.get_header("WARC-Block-Digest") == sha(block), h
        kind = h.get_header("WARC-Type")
        if kind == "response" and not h.get_header("WARC-Truncated"):
            head, _, body = block.partition(b"\r\n\r\n")
            if b"transfer-encoding: chunked" in head.lower(): body = dechunk(body)
            assert h.get_header("WARC-Payload-Digest") == sha(body), h
        print(json.dumps([kind, h.get_header("WARC-Target-URI"), h.get_header("WARC-IP-Address"), len(block), r.rec_headers.protocol]))
"#;

fn read(name: &str, archive: &[u8]) -> Vec<(String, String)> {
    let path = std::env::temp_dir().join(format!("cport-{name}-{}.warc.gz", std::process::id()));
    std::fs::write(&path, archive).unwrap();
    let out = Command::new(python()).args(["-c", READER]).arg(&path).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let check = Command::new(python()).args(["-m", "warcio.cli", "check", "-v"]).arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&check.stdout).into_owned() + &String::from_utf8_lossy(&check.stderr);
    assert!(check.status.success() && !said.contains("fail"), "warcio check: {said}");
    std::fs::remove_file(&path).unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let line = |l: &str| {
        let parts: serde_json::Value = serde_json::from_str(l).unwrap();
        assert_eq!(parts[4], "WARC/1.1");
        (parts[0].as_str().unwrap().to_owned(), parts[1].as_str().unwrap_or_default().to_owned())
    };
    text.lines().map(line).collect()
}

#[tokio::test]
async fn another_reader_finds_every_exchange_and_the_same_digests() {
    let set = set("warc").await;
    let brought = fetch(order(&set.stage.page("short"), config(&set.stage))).await;
    let records = read("warc", &brought.archive);
    let count = |kind: &str| records.iter().filter(|(k, _)| k == kind).count();
    let exchanges = brought.ended.record.exchanges.len();
    assert_eq!(records[0].0, "warcinfo");
    assert_eq!(count("response") + count("revisit"), exchanges);
    assert_eq!(
        (count("request"), count("metadata")),
        (exchanges, exchanges + 1),
        "each exchange, and the capture record"
    );
    assert_eq!(records.last().unwrap().0, "metadata");
    for exchange in &brought.ended.record.exchanges {
        assert!(records.iter().any(|(k, url)| k == "response" && *url == exchange.url.to_string()), "{}", exchange.url);
    }
    let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &brought.archive);
    assert_eq!(brought.ended.record.archive_sha256, base::hex(sum.as_ref()));
    assert_eq!(brought.ended.record.archive_bytes, brought.archive.len() as u64);
}

#[tokio::test]
async fn where_media_may_not_be_kept_its_bytes_stand_nowhere_in_the_archive() {
    let set = set("hashes").await;
    let order = Order { payload: Payload::HashedOnly, ..order(&set.stage.page("board"), config(&set.stage)) };
    let brought = fetch(order).await;
    assert_eq!(brought.files.len(), 7, "they are handed on to be looked into");
    let mut plain = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(brought.archive.as_slice());
    std::io::Read::read_to_end(&mut reader, &mut plain).unwrap();
    let holds = |hay: &[u8], needle: &[u8]| hay.windows(needle.len()).any(|w| w == needle);
    assert!(holds(&plain, b"Drawn shapes"), "the page itself is kept");
    for (found, bytes) in &brought.files {
        for piece in bytes.chunks_exact(64).step_by(7) {
            assert!(!holds(&plain, piece) && !holds(&brought.archive, piece), "{}", found.url);
        }
    }
    let records = read("hashes", &brought.archive);
    assert!(
        records.iter().filter(|(k, _)| k == "response").count() >= 8,
        "each file's answer is there without its body"
    );
}
