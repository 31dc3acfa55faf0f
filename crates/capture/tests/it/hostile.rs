//! Servers that mean harm (FE-4): each capture ends in time and within memory, and says why.

use crate::{config, fetch, order, set};
use capture::{CaptureConfig, Failed};
use std::{
    io::Write,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

const KINDS: [&str; 16] = [
    "slow-head",
    "slow-body",
    "endless-head",
    "endless-chunks",
    "endless-body",
    "short",
    "two-lengths",
    "gzip-bomb",
    "br-garbage",
    "br-bomb",
    "zstd",
    "layers",
    "css-unclosed",
    "loop",
    "nonsense",
    "silence",
];
const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";

pub async fn serve(kind: &'static str) -> String {
    gzip_bomb();
    let listener = TcpListener::bind("127.20.7.7:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(harm(stream, kind));
        }
    });
    format!("http://{at}/")
}

/// A server that gives every asker the same bytes.
pub async fn saying(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.20.7.7:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 2048];
            let _asked = stream.read(&mut buffer).await;
            drop(stream.write_all(&answer).await);
        }
    });
    format!("http://{at}/")
}

/// 256 MB of zeros in gzip. Made once and before anything is timed: packing them takes seconds.
fn gzip_bomb() -> &'static [u8] {
    static BOMB: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..256 {
            packed.write_all(&[0; 1 << 20]).unwrap();
        }
        packed.finish().unwrap()
    });
    &BOMB
}

/// 256 MB of zeros in brotli (RFC 7932), as `zlib.brotliCompressSync` of node makes it.
fn brotli_bomb() -> Vec<u8> {
    include_bytes!("../zeros.br").to_vec()
}

async fn harm(mut stream: TcpStream, kind: &'static str) -> Option<()> {
    let mut buffer = [0; 2048];
    let _asked = stream.read(&mut buffer).await.ok()?;
    let say = async |stream: &mut TcpStream, bytes: &[u8]| stream.write_all(bytes).await.ok();
    match kind {
        "slow-head" => loop {
            say(&mut stream, b"H").await?;
            sleep(Duration::from_millis(200)).await;
        },
        "slow-body" => {
            say(&mut stream, format!("{HEAD}Content-Length: 100000\r\n\r\n").as_bytes()).await?;
            loop {
                say(&mut stream, b"x").await?;
                sleep(Duration::from_millis(200)).await;
            }
        }
        "endless-head" => {
            say(&mut stream, b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                say(&mut stream, b"X-Again: and again and again and again and again and again\r\n").await?;
            }
        }
        "endless-chunks" => {
            say(&mut stream, format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n").as_bytes()).await?;
            loop {
                say(&mut stream, &[b"10000\r\n", [b'x'; 0x10000].as_slice(), b"\r\n"].concat()).await?;
            }
        }
        "endless-body" => {
            say(&mut stream, format!("{HEAD}\r\n").as_bytes()).await?;
            loop {
                say(&mut stream, &[b'x'; 0x10000]).await?;
            }
        }
        "short" => say(&mut stream, format!("{HEAD}Content-Length: 100\r\n\r\nfew").as_bytes()).await,
        "two-lengths" => {
            say(&mut stream, format!("{HEAD}Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc").as_bytes()).await
        }
        "gzip-bomb" => {
            let body = gzip_bomb();
            let head = format!("{HEAD}Content-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
            say(&mut stream, &[head.as_bytes(), body].concat()).await
        }
        "br-garbage" => {
            say(
                &mut stream,
                format!("{HEAD}Content-Encoding: br, gzip\r\nContent-Length: 4\r\n\r\n\u{1}\u{2}ab").as_bytes(),
            )
            .await
        }
        "br-bomb" => {
            let body = brotli_bomb();
            let head = format!("{HEAD}Content-Encoding: br\r\nContent-Length: {}\r\n\r\n", body.len());
            say(&mut stream, &[head.as_bytes(), &body].concat()).await
        }
        "zstd" => {
            // Not offered, and so not undone: a frame of 256 MB of zeros would come to 8 KB.
            let body = b"\x28\xb5\x2f\xfd\x04\x00\x11\x00\x00\x61\x62";
            let head = format!("{HEAD}Content-Encoding: zstd\r\nContent-Length: {}\r\n\r\n", body.len());
            say(&mut stream, &[head.as_bytes(), body].concat()).await
        }
        "layers" => {
            let coding = ["gzip"; 40].join(", ");
            say(&mut stream, format!("{HEAD}Content-Encoding: {coding}\r\nContent-Length: 2\r\n\r\nab").as_bytes())
                .await
        }
        "css-unclosed" => {
            let body = format!("<style>{}</style>", "url('a".repeat(150_000));
            say(&mut stream, format!("{HEAD}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await
        }
        "loop" => say(&mut stream, b"HTTP/1.1 302 x\r\nLocation: /again?\r\nContent-Length: 0\r\n\r\n").await,
        "nonsense" => say(&mut stream, &[0xff; 4096]).await,
        _ => {
            sleep(Duration::from_secs(60)).await;
            None
        }
    }
}

fn small(set: &crate::Set) -> CaptureConfig {
    CaptureConfig { max_file: 8 << 20, exchange_seconds: 5, total_seconds: 6, ..config(&set.stage) }
}

/// Watches the fetch processes that this process has started; the largest resident memory of any, in MB, when told to end.
fn watch(done: std::sync::Arc<std::sync::atomic::AtomicBool>) -> std::thread::JoinHandle<u64> {
    std::thread::spawn(move || {
        let mut most = 0;
        while !done.load(std::sync::atomic::Ordering::SeqCst) {
            for entry in std::fs::read_dir("/proc").unwrap().flatten() {
                let text = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
                let number = |name: &str| -> Option<u64> {
                    let line = text.lines().find(|l| l.starts_with(name))?;
                    line.split_whitespace().nth(1)?.parse().ok()
                };
                if text.starts_with("Name:\tscout-worker") && number("PPid:") == Some(u64::from(std::process::id())) {
                    most = most.max(number("VmHWM:").unwrap_or(0) / 1024);
                }
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        most
    })
}

#[tokio::test]
async fn fe_4_every_hostile_server_is_left_in_time_with_a_reason() {
    let set = set("fe4").await;
    let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let watching = watch(done.clone());
    let mut running = Vec::new();
    for kind in KINDS {
        let order = order(&serve(kind).await, small(&set));
        running.push((kind, tokio::spawn(async move { (Instant::now(), fetch(order).await, Instant::now()) })));
    }
    for (kind, one) in running {
        let (begun, brought, ended) = one.await.unwrap();
        // 6 s a capture, one more to end, and one for sixteen processes to start on a busy machine.
        assert!(ended - begun < Duration::from_secs(8), "{kind}: {:?}", ended - begun);
        let page =
            brought.ended.record.exchanges.first().unwrap_or_else(|| panic!("{kind}: {:?}", brought.ended.failed));
        let why = (brought.ended.failed.clone(), page.cut_short.clone());
        let fits = match kind {
            "slow-head" | "silence" => matches!(why, (Some(Failed::TimedOut(5)), _)),
            "endless-head" => matches!(why, (Some(Failed::Limit(_) | Failed::Protocol(_)), _)),
            "two-lengths" | "nonsense" => matches!(why, (Some(Failed::Protocol(_)), _)),
            "css-unclosed" => why == (None, None),
            "loop" => matches!(why, (Some(Failed::Redirects(10)), _)),
            _ => why.0.is_none() && why.1.is_some(),
        };
        assert!(fits, "{kind}: {why:?}");
        assert!(page.sent_bytes <= 9 << 20 && page.body_bytes <= 8 << 20, "{kind}");
    }
    done.store(true, std::sync::atomic::Ordering::SeqCst);
    let most = watching.join().unwrap();
    assert!((1..=64).contains(&most), "the largest fetch process took {most} MB");
}

#[tokio::test]
#[ignore = "long"]
async fn long_fe_4_a_hundred_at_once() {
    let set = set("fe4x").await;
    let begun = Instant::now();
    let mut running = Vec::new();
    for n in 0..100 {
        let order = order(&serve(KINDS[n % KINDS.len()]).await, small(&set));
        running.push(tokio::spawn(fetch(order)));
    }
    for one in running {
        one.await.unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}
