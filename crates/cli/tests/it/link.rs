//! Deliveries to victim identification by a real server process that is killed at random moments: whatever an analyst's
//! judgement was acknowledged for arrives once, and nothing arrives twice.

use crate::program::{Place, Server, cport, picture, text};
use cli::{config::Config, config::ConfigArg, demo::network, house};
use exchange::{
    Signer,
    age::Identity,
    icse::sandbox::{self, Face, Running, Settings, paper},
};
use invented::servers::{S3, Sshd};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};
use storage::S3Config;
use tokio::runtime::Runtime;

/// How parcels get there.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Https,
    Sftp,
    Bucket,
}

/// Another make's server in between, where there is one; it ends with this.
type Between = (Option<Sshd>, Option<S3>);

/// The invented network, a receiver in this process, and the link to it.
struct Story {
    place: Place,
    run: Runtime,
    receiver: Running,
    _between: Between,
}

/// A stand-in on that way, what is in between, and the config of a link to it.
fn receiver(way: Way, place: &Place, run: &Runtime) -> (Running, Between, String) {
    let mut settings = Settings { repeat: true, ..Settings::new(place.folder.join("receiver")) };
    let mut head = "[icse]\nenabled = true\nprivate = true\npoll_seconds = 1\n".to_owned();
    let (every, signer) = (Duration::from_millis(50), Signer::from_seed(&[10; 32]).unwrap());
    if way != Way::Https {
        let identity = Identity::from_bytes([42; 32]);
        let recipient = identity.recipient().unwrap();
        head += &format!("recipient = \"{recipient}\"\nanswer_key = \"{}\"\n", signer.public_hex());
        settings.identity = Some(identity);
    }
    match way {
        Way::Https => {
            let paper = paper::make(&place.folder.join("paper"), "localhost").unwrap();
            let face = Face::Https { listen: ([127, 0, 0, 1], 0).into(), paper: paper.server.clone() };
            let running = run.block_on(sandbox::serve(settings, face)).unwrap();
            let transport = format!(
                "[icse.transport.https]\nurl = \"https://localhost:{}/\"\ncertificate = {:?}\nkey = {:?}\nauthority = {:?}\n",
                running.address.unwrap().port(),
                paper.certificate,
                paper.key,
                paper.authority
            );
            (running, (None, None), head + &transport)
        }
        Way::Sftp => {
            let sshd = Sshd::start(&place.folder).unwrap();
            let transport = format!(
                "[icse.transport.sftp]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"{}\"\nkey = {:?}\nknown_hosts = {:?}\nfolder = {:?}\n",
                sshd.port,
                sshd.user,
                sshd.key(),
                sshd.known_at(sshd.port, &sshd.public().unwrap()).unwrap(),
                sshd.drop_box()
            );
            let face = Face::Folder { root: sshd.drop_box(), every, signer };
            (run.block_on(sandbox::serve(settings, face)).unwrap(), (Some(sshd), None), head + &transport)
        }
        Way::Bucket => {
            let s3 = S3::start("parcels").unwrap();
            let bucket = S3Config {
                bucket: s3.bucket.into(),
                endpoint: Some(format!("http://127.0.0.1:{}", s3.port)),
                region: "us-east-1".into(),
                prefix: "icse".into(),
                allow_http: true,
                credentials_file: Some(S3::credentials(&place.folder).unwrap()),
                request_seconds: 5,
            };
            let transport = format!("[icse.transport.bucket]\n{}", toml::to_string(&bucket).unwrap());
            let face = Face::Bucket { bucket, every, signer };
            (run.block_on(sandbox::serve(settings, face)).unwrap(), (None, Some(s3)), head + &transport)
        }
    }
}

impl Story {
    fn new(way: Way, name: &str) -> Self {
        let place = Place::new(name);
        place.must(&["migrate"]);
        place.must(&["admin", "root-key"]);
        let run = Runtime::new().unwrap();
        let (receiver, between, link) = receiver(way, &place, &run);
        fs::write(place.config(), fs::read_to_string(place.config()).unwrap() + &link).unwrap();
        let config = Config::read(&ConfigArg { config: Some(place.config()) }).unwrap();
        run.block_on(async {
            let db = house::database(&config).await.unwrap();
            network::create(&db).await.unwrap();
        });
        Self { place, run, receiver, _between: between }
    }

    fn token(&self, organisation: &str, person: &str) -> String {
        self.place.must(&["admin", "token", "--organisation", organisation, "--person", person, "--label", "test"])
    }

    /// The answer; nothing when the server died.
    fn send(&self, server: &Server, token: &str, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        self.run.block_on(async {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let request = reqwest::Client::new().request(method, format!("{}{path}", server.url)).bearer_auth(token);
            let request = if body.is_null() { request } else { request.json(body) };
            let answer = request.send().await.ok()?;
            let status = answer.status().as_u16();
            Some((status, answer.json().await.ok()?))
        })
    }
}

/// Sends a report with drawn pictures and judges them; the items whose judgement was acknowledged.
fn judges(story: &Story, server: &Server, token: &str, token_file: &Path, round: u64) -> Vec<String> {
    let files: Vec<_> = (0..2)
        .map(|n| {
            let name = format!("{round}-{n}.png");
            let seed = u8::try_from((round * 2 + n) % 251).unwrap();
            // Different pixels each time: no two are the same content.
            let path = picture(&story.place.folder, &name, seed);
            let mut bytes = fs::read(&path).unwrap();
            bytes.extend_from_slice(&[round.to_le_bytes(), n.to_le_bytes()].concat());
            fs::write(&path, bytes).unwrap();
            path
        })
        .collect();
    let sent = cport(&["submit", "--server", &server.url, "--token-file"])
        .arg(token_file)
        .args(["--country", "NL", "--url", &format!("https://pictures.example/{round}")])
        .args(&files)
        .output()
        .unwrap();
    assert!(sent.status.success(), "{}{}", text(&sent.stdout), text(&sent.stderr));
    let mut acknowledged = Vec::new();
    let Some((_, waiting)) = story.send(server, token, "GET", "/api/v1/items", &Value::Null) else {
        return acknowledged;
    };
    for item in waiting["items"].as_array().into_iter().flatten() {
        let id = item["id"].as_str().unwrap();
        let said = json!({ "class": "baseline", "age_group": "prepubescent" });
        match story.send(server, token, "PUT", &format!("/api/v1/items/{id}/assessment"), &said) {
            Some((200, _)) => acknowledged.push(id.to_owned()),
            other => panic!("{other:?}"),
        }
    }
    acknowledged
}

fn killed(way: Way, rounds: u64, name: &str) {
    let story = Story::new(way, name);
    let anouk = story.token("Hotline Tulip", "Anouk Analyst");
    let pia = story.token("Example INTERPOL desk", "Pia Officer");
    let sam = story.token("Network Secretariat", "Sam Secretary");
    let token_file = story.place.folder.join("token");
    fs::write(&token_file, &anouk).unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..rounds {
        let server = story.place.serve();
        if round == 0 {
            let why = json!({ "reason": "a test" });
            let (status, made) = story.send(&server, &pia, "POST", "/api/v1/link/releases", &why).unwrap();
            assert_eq!(status, 201, "{made}");
            let path = format!("/api/v1/link/releases/{}/confirm", made["id"].as_str().unwrap());
            assert_eq!(story.send(&server, &sam, "POST", &path, &json!({})).unwrap().0, 201);
        }
        acknowledged.extend(judges(&story, &server, &anouk, &token_file, round));
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        thread::sleep(Duration::from_millis(random % 900));
        drop(server); // kill -9
    }
    let server = story.place.serve();
    let until = Instant::now() + Duration::from_secs(60 + rounds);
    loop {
        let open = story.send(&server, &pia, "GET", "/api/v1/link/dispatches?which=open", &Value::Null).unwrap().1;
        let held: BTreeSet<String> = story.receiver.held().iter().map(|h| h.item.to_string()).collect();
        if open["items"] == json!([]) && acknowledged.is_subset(&held) {
            break;
        }
        assert!(Instant::now() < until, "{open}: {} of {} arrived", held.len(), acknowledged.len());
        thread::sleep(Duration::from_millis(300));
    }
    let held = story.receiver.held();
    assert_eq!(held.len(), acknowledged.len(), "nothing arrives that nobody judged");
    assert!(held.iter().all(|h| h.taken == 1 && h.version == 1 && !h.withdrawn), "each once: {held:?}");
    let failed = story.send(&server, &pia, "GET", "/api/v1/link/dispatches?which=failed", &Value::Null).unwrap().1;
    for row in failed["items"].as_array().unwrap() {
        assert_eq!(row["state"], "rejected", "only what the receiver itself does not want: {row}");
    }
    let link = story.send(&server, &pia, "GET", "/api/v1/link", &Value::Null).unwrap().1;
    assert_eq!(link["strays"], json!([]), "{link}");
}

#[test]
fn fa_3_killed_at_random_every_item_arrives_once() {
    killed(Way::Https, 5, "link-kill");
}

#[test]
fn fa_3_killed_at_random_every_item_arrives_once_by_sftp() {
    killed(Way::Sftp, 3, "link-kill-sftp");
}

#[test]
fn fa_3_killed_at_random_every_item_arrives_once_in_a_bucket() {
    killed(Way::Bucket, 3, "link-kill-bucket");
}

#[test]
#[ignore = "minutes: the same, 200 times"]
fn long_fa_3_killed_at_random_every_item_arrives_once() {
    killed(Way::Https, 200, "link-kill-long");
}

#[test]
#[ignore = "minutes: the same, 200 times"]
fn long_fa_3_killed_at_random_every_item_arrives_once_by_sftp() {
    killed(Way::Sftp, 200, "link-kill-long-sftp");
}

#[test]
#[ignore = "minutes: the same, 200 times"]
fn long_fa_3_killed_at_random_every_item_arrives_once_in_a_bucket() {
    killed(Way::Bucket, 200, "link-kill-long-bucket");
}
