//! What the scout brings home from the invented web.

use crate::{config, fetch, order, set};
use base::Secret;
use capture::{CaptureConfig, Egress, Event, Failed, FoundBy, Login, Scout};
use std::collections::BTreeSet;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

#[tokio::test]
async fn a_page_comes_with_everything_it_shows_once() {
    let set = set("page").await;
    let brought = fetch(order(&set.stage.page("board"), config(&set.stage))).await;
    assert_eq!(brought.ended.failed, None);
    let record = &brought.ended.record;
    assert_eq!(record.title.as_deref(), Some("Drawn shapes"));
    let names: BTreeSet<&str> = brought.files.iter().map(|(f, _)| f.url.path()).collect();
    let all = ["/p/10.png", "/p/11.jpg", "/p/12.png", "/p/13.jpg", "/p/14.png", "/p/15.jpg", "/p/7.jpg"];
    assert_eq!(names, BTreeSet::from(all));
    assert_eq!(brought.files.len(), all.len(), "each once");
    for (found, bytes) in &brought.files {
        let seed: u32 = found.url.path()[3..].split('.').next().unwrap().parse().unwrap();
        assert_eq!(*bytes, invented::picture(seed), "{}", found.url);
    }
    let by = |path: &str| brought.files.iter().find(|(f, _)| f.url.path() == path).unwrap().0.by;
    assert_eq!((by("/p/7.jpg"), by("/p/15.jpg"), by("/p/12.png")), (FoundBy::Style, FoundBy::Link, FoundBy::SourceSet));
    let page = &record.exchanges[0];
    assert_eq!(page.connected.unwrap().ip().to_string(), "127.20.1.1");
    assert_eq!((page.status, page.digests.is_some(), page.record_id.is_some()), (Some(200), true, true));
    assert!(record.tool.starts_with("cport-capture/") && record.ended_at >= record.started_at);
}

#[tokio::test]
async fn redirects_are_recorded_hop_by_hop() {
    let set = set("hops").await;
    let brought = fetch(order(&set.stage.page("short"), config(&set.stage))).await;
    let hops: Vec<(&str, Option<u16>)> =
        brought.ended.record.exchanges[..3].iter().map(|e| (e.url.host_str().unwrap(), e.status)).collect();
    assert_eq!(hops, [("short.example", Some(302)), ("hop.example", Some(301)), ("board.example", Some(200))]);
    let from = brought.ended.record.exchanges[2].redirected_from.as_ref().unwrap();
    assert_eq!(from.host_str(), Some("hop.example"));
    assert_eq!(brought.ended.record.final_url.unwrap().host_str(), Some("board.example"));
}

#[tokio::test]
async fn a_gallery_of_200_comes_whole_and_a_video_with_its_poster() {
    let set = set("gallery").await;
    let brought = fetch(order(&set.stage.page("gallery"), config(&set.stage))).await;
    assert_eq!((brought.files.len(), brought.ended.record.left_out.len()), (200, 0));
    let fewer = CaptureConfig { max_files: 20, ..config(&set.stage) };
    let brought = fetch(order(&set.stage.page("gallery"), fewer)).await;
    assert_eq!((brought.files.len(), brought.ended.record.left_out.len()), (20, 180), "what is left out is named");
    let brought = fetch(order(&set.stage.page("cinema"), config(&set.stage))).await;
    let kinds: BTreeSet<&str> = brought.files.iter().map(|(f, _)| f.declared.as_deref().unwrap()).collect();
    assert_eq!(kinds, BTreeSet::from(["image/jpeg", "video/mp4"]));
}

#[tokio::test]
async fn a_reported_file_is_the_file() {
    let set = set("file").await;
    let url = Url::parse(&set.stage.page("board")).unwrap().join("/p/10.png").unwrap();
    let brought = fetch(order(url.as_str(), config(&set.stage))).await;
    assert_eq!(brought.files.len(), 1);
    assert_eq!(brought.files[0].0.by, FoundBy::Report);
}

#[tokio::test]
async fn in_6_a_reported_archive_is_kept_and_not_opened() {
    let set = set("zip").await;
    // A ZIP whose one member would unpack to a page with a picture, and which says that it is a page itself.
    let member = format!("<img src={}>", set.stage.page("board").replace("/page", "/p/10.png"));
    let zip =
        [b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0".as_slice(), &[0; 12], b"\x05\0\0\0x.htm", member.as_bytes()].concat();
    for declared in ["application/zip", "text/html", "image/png"] {
        let head = format!("HTTP/1.1 200 x\r\nContent-Type: {declared}\r\nContent-Length: {}\r\n\r\n", zip.len());
        let url = crate::hostile::saying([head.as_bytes(), &zip].concat()).await;
        let brought = fetch(order(&url, config(&set.stage))).await;
        let record = &brought.ended.record;
        assert_eq!((&brought.ended.failed, record.exchanges.len()), (&None, 1), "nothing in it is followed");
        if declared == "image/png" {
            assert_eq!(brought.files.len(), 1, "it says that it is a picture: an item for the workshop to refuse");
            continue;
        }
        assert!(brought.files.is_empty());
        let (left, why) = &record.left_out[0];
        assert_eq!(left.as_str(), url);
        assert!(why.starts_with(&format!("it is {declared}")) && why.ends_with("not opened"), "{why}");
    }
}

#[tokio::test]
async fn every_way_out_signs_in_and_a_proxy_by_name_is_found_before_the_cage_closes() {
    let set = set("wayout").await;
    for scheme in ["http", "socks5"] {
        let (asked, at) = proxy(scheme == "http", Some(("ada", "p@ss:word"))).await;
        let by_name = at.replace("127.0.0.1", "localhost");
        let egress = Egress::Proxy(format!("{scheme}://ada:p%40ss%3Aword@{by_name}"));
        let through = CaptureConfig { egress, ..config(&set.stage) };
        let brought = fetch(order(&set.stage.page("vanishing"), through)).await;
        assert_eq!((brought.ended.failed, brought.files.len()), (None, 2), "{scheme}");
        assert_eq!(asked.lock().unwrap().len(), 3);
        let record = serde_json::to_string(&brought.ended.record).unwrap();
        assert!(record.contains(&by_name) && !record.contains("word"), "the record names the proxy, not its password");
        for wrong in ["ada:wrong@", ""] {
            let egress = Egress::Proxy(format!("{scheme}://{wrong}{at}"));
            let refused = CaptureConfig { egress, ..config(&set.stage) };
            let failed = fetch(order(&set.stage.page("vanishing"), refused)).await.ended.failed;
            assert!(matches!(failed, Some(Failed::NoConnection(_))), "{scheme} {wrong}: {failed:?}");
        }
    }
    let gone = CaptureConfig { egress: Egress::Proxy("socks5://127.0.0.1:9".into()), ..config(&set.stage) };
    let failed = fetch(order(&set.stage.page("board"), gone)).await.ended.failed.unwrap().to_string();
    assert!(failed.contains("the proxy 127.0.0.1:9"), "never directly when the proxy is away: {failed}");
}

#[tokio::test]
async fn a_login_goes_to_its_own_host_only_and_a_referrer_with_the_page_only() {
    let set = set("login").await;
    let login = || Some(Login { user: "ada".into(), password: Secret::new("drawn".into()) });
    let locked = order(&set.stage.page("locked"), config(&set.stage));
    assert_eq!(fetch(locked.clone()).await.ended.failed, Some(Failed::Status(401)));
    let brought = fetch(capture::Order { login: login(), ..locked }).await;
    assert_eq!((brought.ended.failed, brought.files.len()), (None, 2));
    let referred = order(&set.stage.page("referred"), config(&set.stage));
    assert_eq!(fetch(referred.clone()).await.ended.failed, Some(Failed::Status(403)));
    let referrer = Url::parse(&set.stage.page("board")).ok();
    assert_eq!(fetch(capture::Order { referrer, ..referred }).await.ended.failed, None);
    // A site that asks for everything and sends on to another host: the other host must not be given it.
    let (seen, elsewhere) = listening("127.20.7.2").await;
    let (_, here) = redirecting("127.20.7.1", &format!("http://{elsewhere}/")).await;
    let referrer = Url::parse("http://board.example/").ok();
    let order = capture::Order { login: login(), referrer, ..order(&format!("http://{here}/"), config(&set.stage)) };
    fetch(order).await;
    let request = String::from_utf8(seen.await.unwrap()).unwrap().to_ascii_lowercase();
    assert!(request.starts_with("get / http/1.1\r\nhost: 127.20.7.2"), "{request}");
    for header in ["authorization", "referer", "cookie", "origin"] {
        assert!(!request.contains(&format!("\r\n{header}:")), "{header} in {request}");
    }
}

#[tokio::test]
async fn a_certificate_that_no_browser_knows_is_taken_and_said() {
    let set = set("tls").await;
    let brought = fetch(order(&set.stage.page("secure"), config(&set.stage))).await;
    assert_eq!(brought.ended.failed, None);
    let tls = brought.ended.record.exchanges[0].tls.clone().unwrap();
    assert_eq!((tls.version.as_str(), tls.names.as_slice()), ("TLSv1_3", &["secure.example".to_owned()][..]));
    assert!(tls.problem.is_some() && tls.sha256.len() == 64 && tls.chain.len() == 1, "{tls:?}");
    assert_eq!(brought.files.len(), 7);
}

#[tokio::test]
async fn what_cannot_be_had_says_why() {
    let set = set("why").await;
    let ended = async |url: String| fetch(order(&url, config(&set.stage))).await.ended.failed;
    assert_eq!(ended("http://nobody.example/".into()).await, Some(Failed::NoAddress("nobody.example".into())));
    assert!(matches!(ended("http://127.20.8.8:9999/".into()).await, Some(Failed::NoConnection(_))));
    assert!(matches!(ended("http://board.example:25/".into()).await, Some(Failed::BadUrl(_))));
    set.stage.vanish();
    assert_eq!(ended(set.stage.page("vanishing")).await, Some(Failed::Status(410)));
    let deaf = CaptureConfig { name_servers: vec!["127.20.0.9:9".parse().unwrap()], ..config(&set.stage) };
    let failed = fetch(order(&set.stage.page("board"), deaf)).await.ended.failed;
    assert_eq!(failed, Some(Failed::NameServers("board.example".into())));
    let wrong = CaptureConfig { allow: vec!["everything".into()], ..config(&set.stage) };
    assert!(matches!(fetch(order(&set.stage.page("board"), wrong)).await.ended.failed, Some(Failed::BadUrl(_))));
}

#[tokio::test]
async fn a_scout_that_dies_is_a_capture_that_failed() {
    let set = set("dies").await;
    let order = order(&set.stage.page("gallery"), config(&set.stage));
    for program in ["/bin/true", "/bin/echo", "/nonexistent"] {
        let mut running =
            Scout::caged(program, vec!["nonsense that is longer than nine bytes".into()]).capture(order.clone()).await;
        let Event::Ended(ended) = running.next().await else { panic!("{program}") };
        assert_eq!(ended.failed, Some(Failed::ScoutDied), "{program}");
    }
}

#[tokio::test]
async fn every_request_goes_through_the_proxy_and_names_are_not_given_to_it() {
    let set = set("proxy").await;
    for scheme in ["http", "socks5"] {
        let (asked, at) = proxy(scheme == "http", None).await;
        let egress = Egress::Proxy(format!("{scheme}://{at}"));
        let through = CaptureConfig { egress, ..config(&set.stage) };
        let brought = fetch(order(&set.stage.page("vanishing"), through)).await;
        assert_eq!((brought.ended.failed, brought.files.len()), (None, 2), "{scheme}");
        let asked = asked.lock().unwrap().clone();
        let to = format!("127.20.3.2:{}", set.stage.port);
        assert_eq!(asked, [to.clone(), to.clone(), to], "{scheme}: three requests, by address");
        assert!(brought.ended.record.egress.contains(&at));
    }
}

/// A listener that takes one request and keeps it.
async fn listening(address: &str) -> (tokio::task::JoinHandle<Vec<u8>>, std::net::SocketAddr) {
    answering(address, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi".into()).await
}

async fn redirecting(address: &str, to: &str) -> (tokio::task::JoinHandle<Vec<u8>>, std::net::SocketAddr) {
    let cookie = "Set-Cookie: a=b\r\n";
    answering(address, format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\n{cookie}Content-Length: 0\r\n\r\n")).await
}

async fn answering(address: &str, answer: String) -> (tokio::task::JoinHandle<Vec<u8>>, std::net::SocketAddr) {
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let at = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        request
    });
    (task, at)
}

pub type Asked = std::sync::Arc<std::sync::Mutex<Vec<String>>>;

/// A proxy that speaks CONNECT or SOCKS5, and where it was asked to go.
pub async fn proxy(http: bool, login: MaySignIn) -> (Asked, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let asked = Asked::default();
    let seen = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let seen = seen.clone();
            tokio::spawn(async move {
                let to = if http { connect(&mut stream, login).await } else { socks(&mut stream, login).await };
                let Some(to) = to else { return };
                seen.lock().unwrap().push(to.clone());
                let Ok(mut onward) = TcpStream::connect(to).await else { return };
                drop(tokio::io::copy_bidirectional(&mut stream, &mut onward).await);
            });
        }
    });
    (asked, at)
}

pub type MaySignIn = Option<(&'static str, &'static str)>;

async fn connect(stream: &mut TcpStream, login: MaySignIn) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    // base64("ada:p@ss:word")
    if login.is_some() && !head.contains("\r\nProxy-Authorization: Basic YWRhOnBAc3M6d29yZA==\r\n") {
        stream.write_all(b"HTTP/1.1 407 sign in\r\n\r\n").await.unwrap();
        return None;
    }
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    Some(head.split(' ').nth(1).unwrap().to_owned())
}

async fn socks(stream: &mut TcpStream, login: MaySignIn) -> Option<String> {
    let mut hello = [0; 3];
    stream.read_exact(&mut hello).await.unwrap();
    let wanted = if login.is_some() { 2 } else { 0 };
    if hello != [5, 1, wanted] {
        stream.write_all(&[5, 0xff]).await.unwrap();
        return None;
    }
    stream.write_all(&[5, wanted]).await.unwrap();
    if let Some((user, password)) = login {
        let right = [&[1, user.len() as u8], user.as_bytes(), &[password.len() as u8], password.as_bytes()].concat();
        let mut said = vec![0; 2 + user.len()];
        stream.read_exact(&mut said).await.unwrap();
        let mut rest = vec![0; 1 + usize::from(stream.read_u8().await.unwrap())];
        rest[0] = (rest.len() - 1) as u8;
        stream.read_exact(&mut rest[1..]).await.unwrap();
        let fits = [said, rest].concat() == right;
        stream.write_all(&[1, u8::from(!fits)]).await.unwrap();
        if !fits {
            return None;
        }
    }
    let mut ask = [0; 10];
    stream.read_exact(&mut ask).await.unwrap();
    assert_eq!(ask[..4], [5, 1, 0, 1], "an address, not a name");
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
    let port = u16::from_be_bytes([ask[8], ask[9]]);
    Some(format!("{}.{}.{}.{}:{port}", ask[4], ask[5], ask[6], ask[7]))
}
