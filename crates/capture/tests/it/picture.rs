//! Pictures of pages, drawn by the real browser from what was captured.

use crate::{config, fetch_with, order, set};
use capture::{CaptureConfig, Scout};
use image::RgbaImage;
use std::{
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

fn scout() -> Scout {
    Scout::caged(env!("CARGO_BIN_EXE_scout-worker"), Vec::new())
}

fn drawing(set: &crate::Set) -> CaptureConfig {
    CaptureConfig { screenshot: true, picture_seconds: 60, ..config(&set.stage) }
}

async fn draw(url: &str, config: CaptureConfig) -> Result<Option<RgbaImage>, String> {
    let (brought, material) = fetch_with(order(url, config.clone())).await;
    let picture = scout().draw(material, &brought.ended, &config).await?;
    Ok(picture.map(|p| image::load_from_memory(&p).unwrap().to_rgba8()))
}

/// Folders of browsers that this process has started and that are still there.
fn folders_left() -> usize {
    let mine = format!("cpic-{}-", std::process::id());
    let all = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten();
    all.filter(|e| e.file_name().to_string_lossy().starts_with(&mine)).count()
}

/// Processes that have a text in their command line.
fn running(text: &str) -> usize {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let line = |e: std::fs::DirEntry| std::fs::read(e.path().join("cmdline")).unwrap_or_default();
    all.map(line).filter(|l| String::from_utf8_lossy(l).contains(text)).count()
}

/// A page with these bytes, at an address of the test range; counts what is asked for.
async fn serving(html: String) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.20.7.8:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, SeqCst);
            let (mut buffer, html) = ([0; 4096], html.clone());
            tokio::spawn(async move {
                let length = stream.read(&mut buffer).await.unwrap_or(0);
                let path = String::from_utf8_lossy(&buffer[..length]).into_owned();
                let (status, body) = if path.starts_with("GET / ") { (200, html) } else { (404, String::new()) };
                let head = format!("HTTP/1.1 {status} x\r\nContent-Type: text/html; charset=utf-8\r\n");
                let whole = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
                drop(stream.write_all(whole.as_bytes()).await);
            });
        }
    });
    (format!("http://{at}/"), asked)
}

/// Whether a drawing stands in a picture as it is.
fn stands_in(picture: &RgbaImage, seed: u32) -> bool {
    let drawn = image::load_from_memory(&invented::picture(seed)).unwrap().to_rgba8();
    let (w, h) = drawn.dimensions();
    let probes: Vec<(u32, u32)> = (0..40).map(|n| (n * 7919 % w, n * 104_729 % h)).collect();
    let near = |a: &[u8; 4], b: &[u8; 4]| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= 8);
    let fits = |x: u32, y: u32| {
        probes.iter().all(|(a, b)| near(&picture.get_pixel(x + a, y + b).0, &drawn.get_pixel(*a, *b).0))
    };
    (0..picture.width() - w).any(|x| (0..picture.height() - h).any(|y| fits(x, y)))
}

#[tokio::test]
async fn a_picture_shows_the_drawings_of_the_page_and_only_these() {
    let set = set("picture").await;
    let picture = draw(&set.stage.page("short"), drawing(&set)).await.unwrap().unwrap();
    assert_eq!((picture.width(), picture.height()), (1280, 800));
    for seed in [7, 10, 11, 12] {
        assert!(stands_in(&picture, seed), "drawing {seed} stands in it, pixel by pixel; 7 is the background");
    }
    assert!(!stands_in(&picture, 16), "a drawing of another page");
    assert_eq!(folders_left(), 0);
}

#[tokio::test]
async fn a_long_page_is_drawn_to_its_end_or_the_limit() {
    let set = set("tall").await;
    let picture = draw(&set.stage.page("gallery"), drawing(&set)).await.unwrap().unwrap();
    assert!((4_000..8_001).contains(&picture.height()), "{}", picture.height());
    let (tall, _) = serving("<p style='height:1000000px;background:#2a9d8f'>x".into()).await;
    let picture = draw(&tall, drawing(&set)).await.unwrap().unwrap();
    assert_eq!(picture.height(), 8_000);
    assert_eq!(picture.get_pixel(640, 7_990).0, [42, 157, 143, 255]);
}

#[tokio::test]
async fn a_reported_file_is_drawn_and_a_page_that_was_not_had_is_not() {
    let set = set("drawnfile").await;
    let file = set.stage.page("board").replace("/page", "/p/10.png");
    assert!(stands_in(&draw(&file, drawing(&set)).await.unwrap().unwrap(), 10));
    assert_eq!(draw("http://nobody.example/", drawing(&set)).await, Ok(None));
}

/// What a page can ask for besides what is captured of it.
const ASKING: &str = "<!doctype html><meta charset=utf-8><link rel=icon href=/icon><link rel=preload as=image href=/preload.png>
    <link rel=prefetch href=/prefetch><link rel=dns-prefetch href=//other.example><link rel=preconnect href=//127.0.0.1:PORT>
    <link rel=modulepreload href=/module.js><link rel=manifest href=/manifest><script src=/script.js></script>
    <style>@import '/import.css'; @font-face { font-family: x; src: url(http://127.0.0.1:PORT/font.woff) } p { font-family: x }</style>
    <iframe src=/frame></iframe><iframe srcdoc='<img src=http://127.0.0.1:PORT/inner.png>'></iframe>
    <frameset><frame src=/framed></frameset><object data=/object></object><embed src=/embed>
    <video autoplay src=http://127.0.0.1:PORT/video.mp4><track default src=/track.vtt></video><audio autoplay src=/audio.mp3></audio>
    <svg><image href=http://127.0.0.1:PORT/svg.png /><use href=/use.svg#x /></svg><table background=http://127.0.0.1:PORT/table.png>
    <body background=http://127.0.0.1:PORT/body.png><img src=http://127.0.0.1:PORT/img.png><p>asks";

#[tokio::test]
async fn fe_2_what_a_page_asks_for_while_it_is_drawn_reaches_nobody() {
    let set = set("asking").await;
    let canary = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = canary.local_addr().unwrap().port();
    let heard = Arc::new(AtomicUsize::new(0));
    let count = heard.clone();
    tokio::spawn(async move {
        while canary.accept().await.is_ok() {
            count.fetch_add(1, SeqCst);
        }
    });
    let (page, asked) = serving(ASKING.replace("PORT", &port.to_string())).await;
    let (brought, material) = fetch_with(order(&page, drawing(&set))).await;
    let before = asked.load(SeqCst);
    assert!(before >= 2, "the scout has fetched page and files: {before}");
    let picture = scout().draw(material, &brought.ended, &drawing(&set)).await.unwrap();
    assert!(picture.is_some());
    assert_eq!((asked.load(SeqCst), heard.load(SeqCst)), (before, 0), "nothing more was asked of anybody");
}

#[tokio::test]
async fn an_endless_page_ends_in_time_and_leaves_nothing() {
    let set = set("endless").await;
    let endless = [
        "<script>for (;;) {}</script><p>script".to_owned(),
        "<meta http-equiv=refresh content='0;url=/?again'><p>again".into(),
        "<style>@keyframes x { to { transform: rotate(9turn) } } p { animation: x 1s infinite }</style><p>turns".into(),
        format!("{}<p>deep", "<div style='filter:blur(9px)'>".repeat(20_000)),
        format!("<style>{}</style><p>grows", "div{width:calc(1px + 1px)}".repeat(20_000)),
        format!("<svg>{}</svg>", "<circle r=9 /><text>x</text>".repeat(50_000)),
    ];
    for html in endless {
        let quick = CaptureConfig { picture_seconds: 6, max_redirects: 2, ..drawing(&set) };
        let (page, _) = serving(html.clone()).await;
        let (brought, material) = fetch_with(order(&page, quick.clone())).await;
        let begun = Instant::now();
        let drawn = scout().draw(material, &brought.ended, &quick).await;
        assert!(begun.elapsed() < Duration::from_secs(9), "{:.60}: {:?}", html, begun.elapsed());
        assert!(drawn.is_ok() || drawn.as_ref().is_err_and(|e| e.contains("seconds")), "{:.60}: {drawn:?}", html);
        assert_eq!(folders_left(), 0, "{html:.60}");
    }
}

/// A program in a browser's place.
fn instead(set: &crate::Set, script: &str) -> PathBuf {
    let folder = set.folder.join("programs");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("browser");
    std::fs::write(&path, format!("#!/bin/bash\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn a_browser_that_is_missing_hangs_dies_or_lies_is_a_problem_noted() {
    let set = set("browsers").await;
    let with = async |chromium: PathBuf| {
        draw(&set.stage.page("board"), CaptureConfig { chromium, picture_seconds: 3, ..drawing(&set) })
            .await
            .unwrap_err()
    };
    assert!(with("/nonexistent/chromium".into()).await.contains("is not there"));
    assert!(with(instead(&set, "exit 1")).await.contains("ended before its work"));
    assert!(with(instead(&set, "printf 'nonsense\\0' >&4; sleep 100")).await.contains("does not speak"));
    assert!(with(instead(&set, "yes >&4")).await.contains("more than a picture"), "endless words");
    let mark = format!("{}.25", 300_000 + std::process::id());
    let begun = Instant::now();
    let hangs = format!("setsid sleep {mark} & (setsid setsid sleep {mark} &) ; trap '' TERM; sleep {mark}");
    assert!(with(instead(&set, &hangs)).await.contains("3 seconds"));
    assert!(begun.elapsed() < Duration::from_secs(6));
    for _ in 0..50 {
        if running(&mark) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((running(&mark), folders_left()), (0, 0), "also what tried to get away is gone");
    let greedy = "python3 -c 'b=[]\nwhile True: b.append(b\"x\" * (64 << 20))' || exec sleep 100";
    let said = with(instead(&set, greedy)).await;
    assert!(said.contains("memory") || said.contains("seconds"), "{said}");
}

#[tokio::test]
async fn md_3_whoever_breaks_into_the_browser_finds_nothing() {
    let set = set("breaking").await;
    let canary = TcpListener::bind("127.20.7.8:0").await.unwrap();
    let at = canary.local_addr().unwrap();
    let heard = Arc::new(AtomicUsize::new(0));
    let count = heard.clone();
    tokio::spawn(async move {
        while canary.accept().await.is_ok() {
            count.fetch_add(1, SeqCst);
        }
    });
    let secret = set.folder.join("secret");
    std::fs::create_dir(&secret).unwrap();
    std::fs::write(secret.join("key"), "the root key").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o777)).unwrap();
    let parent = std::process::id();
    // Each line that succeeds is told; only the last may be.
    let probes = [
        format!("exec 5<>/dev/tcp/{}/{}", at.ip(), at.port()),
        format!("exec 5<>/dev/udp/{}/{}", at.ip(), at.port()) + " && echo x >&5",
        format!("cat {}/key", secret.display()),
        format!("echo x > {}/left", secret.display()),
        "cat /etc/shadow".into(),
        "cat /etc/hostname".into(),
        "ls /root".into(),
        "ls /home".into(),
        "ls /tmp".into(),
        "ls /var/log".into(),
        "echo x > /tmp/cport-left-by-a-browser".into(),
        "echo x > /dev/shm/../../tmp/cport-left-by-a-browser".into(),
        format!("cat /proc/{parent}/environ"),
        format!("cat /proc/{parent}/maps"),
        format!("ls /proc/{parent}/fd/"),
        format!("kill -9 {parent}"),
        "id -u | grep -x 0".into(),
        "mount -t tmpfs none /mnt".into(),
        "chroot / true".into(),
        "dmesg | grep .".into(),
        "python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", 80))'".into(),
        "getent hosts board.example".into(),
        "echo x > $HOME/file && test -s $HOME/file && echo allowed".into(),
    ];
    let lines: String =
        probes.iter().enumerate().map(|(n, p)| format!("( {p} ) >/dev/null 2>&1 && told=$told,{n}\n")).collect();
    let script = format!("{lines}printf '{{\"id\":1,\"error\":{{\"message\":\"%s\"}}}}\\0' \"$told\" >&4; sleep 5");
    let config = CaptureConfig { chromium: instead(&set, &script), ..drawing(&set) };
    let said = draw(&set.stage.page("board"), config).await.unwrap_err();
    assert_eq!(said, format!("Target.getTargets: ,{}", probes.len() - 1), "the numbers of the probes that succeeded");
    assert_eq!(heard.load(SeqCst), 0);
    assert!(!secret.join("left").exists() && !std::path::Path::new("/tmp/cport-left-by-a-browser").exists());
}

/// `/proc` entries of a renderer while one runs: its user, its seccomp mode, whether its network is another.
fn renderer() -> Option<(String, String, bool)> {
    let network = |path: &str| std::fs::read_link(format!("/proc/{path}/ns/net")).ok();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let id = entry.file_name().to_string_lossy().into_owned();
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if !String::from_utf8_lossy(&line).contains("--type=renderer") {
            continue;
        }
        let status = std::fs::read_to_string(entry.path().join("status")).ok()?;
        let of = |name: &str| {
            let line = status.lines().find_map(|l| l.strip_prefix(name))?;
            line.split_whitespace().next().map(str::to_owned)
        };
        return Some((of("Uid:")?, of("Seccomp:")?, network(&id)? != network("self")?));
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_runs_as_somebody_without_rights_in_its_own_sandbox() {
    let set = set("sandbox").await;
    let turning = "<style>@keyframes x { to { transform: rotate(9turn) } } p { animation: x 1s infinite }</style><p>x";
    let (page, _) = serving(turning.into()).await;
    let config = drawing(&set);
    let drawn = tokio::spawn(async move { draw(&page, config).await });
    let mut seen = None;
    while !drawn.is_finished() {
        // The last look counts: a renderer locks itself in after it has started.
        seen = renderer().or(seen);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(drawn.await.unwrap().unwrap().is_some());
    let (user, seccomp, alone) = seen.unwrap();
    assert_eq!((seccomp.as_str(), alone), ("2", true), "system calls are filtered, the network is another");
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        assert_eq!(user, "65534", "root starts it as a user that owns nothing");
    }
}
