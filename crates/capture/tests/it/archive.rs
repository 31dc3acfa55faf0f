//! The archive, read by another program: `warcio` from PyPI.

use crate::{config, fetch, order, set};
use capture::{CaptureConfig, Order, Payload};
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

/// Replays a page from an archive and nothing else: from the reported URL through its redirects to the page, and each
/// file that it shows. Prints one line a step.
const REPLAY: &str = r#"
import json, re, sys, urllib.parse
from warcio.archiveiterator import ArchiveIterator
answers, protocols = {}, set()
with open(sys.argv[1], "rb") as f:
    for r in ArchiveIterator(f):
        if r.rec_type == "response":
            answers[r.rec_headers.get_header("WARC-Target-URI")] = (r.http_headers, r.content_stream().read())
            protocols.add(tuple(v for n, v in r.rec_headers.headers if n in ("WARC-Protocol", "WARC-Cipher-Suite")))
url, steps = sys.argv[2], []
while True:
    head, body = answers[url]
    steps.append([url, head.get_statuscode()])
    to = head.get_header("Location")
    if not to: break
    url = urllib.parse.urljoin(url, to)
shown = [urllib.parse.urljoin(url, u) for u in re.findall(r'img src="?([^ ">]+)', body.decode())]
print(json.dumps({"steps": steps, "shown": len(shown), "there": sum(u in answers and len(answers[u][1]) > 500 for u in shown),
                  "protocols": sorted(protocols)}))
"#;

fn replay(archive: &[u8], url: &str) -> serde_json::Value {
    let path = std::env::temp_dir().join(format!("cport-replay-{}-{}.warc.gz", std::process::id(), archive.len()));
    std::fs::write(&path, archive).unwrap();
    let out = Command::new(python()).args(["-c", REPLAY]).arg(&path).arg(url).output().unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[tokio::test]
async fn a_page_replays_from_its_archive_alone() {
    let set = set("replay").await;
    let url = set.stage.page("short");
    let brought = fetch(order(&url, config(&set.stage))).await;
    let told = replay(&brought.archive, &url);
    let status: Vec<&str> = told["steps"].as_array().unwrap().iter().map(|s| s[1].as_str().unwrap()).collect();
    assert_eq!(status, ["302", "301", "200"]);
    assert_eq!((&told["shown"], &told["there"]), (&2.into(), &2.into()));
    assert_eq!(told["protocols"].to_string(), r#"[["http/1.1"]]"#);
    let url = set.stage.page("secure");
    let brought = fetch(order(&url, config(&set.stage))).await;
    let told = replay(&brought.archive, &url);
    assert!(told["protocols"].to_string().starts_with(r#"[["http/1.1","tls/1.3","TLS_AES_"#), "{told}");
    let record = &brought.ended.record;
    let page = &record.exchanges[0];
    let tls = page.tls.as_ref().unwrap();
    assert!(page.addresses.len() == 1 && page.headers.len() > 2 && page.digests.is_some() && !tls.chain.is_empty());
    assert!(!record.time_source.is_empty() && record.egress == "direct");
}

#[tokio::test]
async fn answers_that_were_cut_short_are_archived_as_far_as_they_came() {
    let set = set("cut").await;
    for kind in ["slow-body", "endless-chunks", "endless-body", "short", "gzip-bomb", "br-garbage", "zstd"] {
        let small = CaptureConfig { max_file: 1 << 20, exchange_seconds: 5, ..config(&set.stage) };
        let brought = fetch(order(&crate::hostile::serve(kind).await, small)).await;
        let records = read(kind, &brought.archive);
        assert_eq!(records.iter().filter(|(k, _)| k == "response").count(), 1, "{kind}");
        assert!(brought.ended.record.exchanges[0].cut_short.is_some(), "{kind}");
    }
}

/// Answers that hold a drawing under every other name.
const HIDING: [&str; 8] =
    ["text/html", "application/octet-stream", "text/css", "image/png", "", "404", "base64", "gzip"];

#[tokio::test]
async fn where_media_may_not_be_kept_no_other_name_gets_it_into_the_archive() {
    let set = set("hiding").await;
    // No magic number at its beginning: a picture that nobody knows.
    let drawing: Vec<u8> = invented::picture(10).into_iter().skip(16).collect();
    for name in HIDING {
        let coded = base::hex(&drawing);
        let (status, kind, body) = match name {
            "404" => ("404 x", "text/html", drawing.clone()),
            "base64" => {
                ("200 x", "text/html", format!("<p>words<img src='data:image/png;base64,{coded}'>").into_bytes())
            }
            "gzip" => {
                let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                std::io::Write::write_all(&mut packed, &[b"<p>words".repeat(200_000), drawing.clone()].concat())
                    .unwrap();
                ("200 x\r\nContent-Encoding: gzip", "text/html", packed.finish().unwrap())
            }
            kind => ("200 x", kind, drawing.clone()),
        };
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
        let url = crate::hostile::saying([head.as_bytes(), &body].concat()).await;
        let config = CaptureConfig { max_file: 1 << 20, ..config(&set.stage) };
        let brought = fetch(Order { payload: Payload::HashedOnly, ..order(&url, config) }).await;
        let mut plain = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(brought.archive.as_slice()), &mut plain)
            .unwrap();
        for hidden in [drawing.as_slice(), coded.as_bytes(), body.as_slice()] {
            let piece = &hidden[hidden.len() / 2..hidden.len() / 2 + 48];
            assert!(!plain.windows(48).any(|w| w == piece), "{name}");
        }
        assert!(brought.ended.record.exchanges[0].digests.is_some(), "{name}: its hashes are known");
        read("hiding", &brought.archive);
    }
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
