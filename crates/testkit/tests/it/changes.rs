//! What an LEA's own system is told of its cases: by feed and by webhook, that something changed and never what.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use testkit::{Caller, World, pictures, stories};

stories! {
    the_feed_says_that_a_case_changed_in_order
    a_system_that_waits_is_told_within_a_second
    az_4_the_feed_of_another_agency_does_not_move
    a_webhook_says_that_and_never_what
    fa_2_a_system_that_is_away_is_told_later_with_the_same_key
    se_9_a_webhook_is_https_and_plain
}

/// A picture disclosed to German police; the case.
async fn discloses(world: &World, seed: u32) -> String {
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(seed)).await;
    assert_eq!(nl.classifies(&item, "baseline").await.status, StatusCode::OK);
    world.settle().await;
    de.case_of(&report).await.expect("a case")["id"].as_str().unwrap().to_owned()
}

async fn changes(who: &Caller, cursor: &str) -> Value {
    let answer = who.get(&format!("/api/v1/cases/changes?cursor={cursor}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn the_feed_says_that_a_case_changed_in_order(world: World) -> World {
    let de = world.police("DE").await;
    let cases = [discloses(&world, 1).await, discloses(&world, 2).await];
    let all = changes(&de, "0").await;
    let told: Vec<(&str, &str)> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["case_id"].as_str().unwrap(), c["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(cases[0].as_str(), "disclosed"), (cases[1].as_str(), "disclosed")]);
    assert_eq!(all["items"][0].as_object().unwrap().len(), 4, "that, and never what: {all}");
    let next = all["next"].as_str().unwrap();
    let nothing = changes(&de, next).await;
    assert_eq!((&nothing["items"], &nothing["next"]), (&json!([]), &json!(next)));
    // The host moves away: what was disclosed is withdrawn, and the system is told that too.
    let report = de.get(&format!("/api/v1/cases/{}", cases[0])).await.str("report_id");
    let nl = world.desk("NL").await;
    world.app.db.clock().advance(1);
    let moved = json!({ "country": "BE", "reason": "a story" });
    assert_eq!(nl.json("PUT", &format!("/api/v1/reports/{report}/hosting"), &moved).await.status, StatusCode::OK);
    world.settle().await;
    let later = changes(&de, next).await;
    assert_eq!(later["items"][0]["kind"], "withdrawn", "{later}");
    for bad in ["cursor=x", "cursor=-1", "wait=26", "other=1"] {
        let answer = de.get(&format!("/api/v1/cases/changes?{bad}")).await;
        assert!(answer.status.is_client_error(), "{bad}: {}", answer.status);
    }
    world
}

async fn a_system_that_waits_is_told_within_a_second(world: World) -> World {
    let de = world.police("DE").await;
    let waiting = async {
        let begun = Instant::now();
        let told = de.get("/api/v1/cases/changes?wait=20").await.json();
        (begun.elapsed(), told)
    };
    let happens = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        (discloses(&world, 1).await, Instant::now())
    };
    let ((took, told), (case, _)) = tokio::join!(waiting, happens);
    assert_eq!(told["items"][0]["case_id"], case.as_str());
    assert!(took < Duration::from_secs(15), "{took:?}: it did not wait to the end");
    // Who is suspended while waiting is told nothing more.
    let waiting = de.get("/api/v1/cases/changes?cursor=1000&wait=20");
    let leaves = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
        let sql = "UPDATE person SET active = $1 WHERE id = $2";
        storage::sql::run(&tx, sql, vec![false.into(), de.who.person.0.into()]).await.unwrap();
        tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
        Instant::now()
    };
    let (answer, left) = tokio::join!(waiting, leaves);
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(left.elapsed() < Duration::from_secs(1), "{:?}", left.elapsed());
    world
}

async fn az_4_the_feed_of_another_agency_does_not_move(world: World) -> World {
    let be = world.police("BE").await;
    let before = be.get("/api/v1/cases/changes").await;
    discloses(&world, 1).await;
    let after = be.get("/api/v1/cases/changes").await;
    assert_eq!((before.text(), format!("{:?}", before.headers)), (after.text(), format!("{:?}", after.headers)));
    world
}

/// What came in: headers and body.
type Came = Arc<Mutex<Vec<(BTreeMap<String, String>, String)>>>;

/// A small server of somebody's case system; refuses the first so many requests.
fn receiver(refuses: usize) -> (SocketAddr, Came) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (at, came) = (listener.local_addr().unwrap(), Came::default());
    let kept = Arc::clone(&came);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut headers = BTreeMap::new();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                let (name, value) = line.trim().split_once(':').unwrap_or((line.trim(), ""));
                headers.insert(name.to_lowercase(), value.trim().to_owned());
            }
            let mut body = vec![0; headers["content-length"].parse().unwrap()];
            stream.read_exact(&mut body).unwrap();
            let mut all = kept.lock().unwrap();
            all.push((headers, String::from_utf8(body).unwrap()));
            let status = if all.len() <= refuses { "503 Service Unavailable" } else { "204 No Content" };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    (at, came)
}

async fn told_at(who: &Caller, at: SocketAddr) -> String {
    let answer = who.json("PUT", "/api/v1/webhook", &json!({ "url": format!("http://{at}/hook") })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.str("key")
}

async fn a_webhook_says_that_and_never_what(world: World) -> World {
    let (de, (at, came)) = (world.police("DE").await, receiver(0));
    let key = told_at(&de, at).await;
    let case = discloses(&world, 1).await;
    let came = came.lock().unwrap().clone();
    let [(headers, body)] = &came[..] else { panic!("{came:?}") };
    let said: Value = serde_json::from_str(body).unwrap();
    assert_eq!(said.as_object().unwrap().keys().collect::<Vec<_>>(), ["at", "case", "change"], "{body}");
    assert_eq!(said["case"], case.as_str());
    let told = changes(&de, "0").await;
    assert_eq!(
        (&said["change"], headers["idempotency-key"].as_str()),
        (&told["items"][0]["id"], said["change"].as_str().unwrap())
    );
    // Signed with the key that signs packages, over what was sent.
    let [scheme, _, signature] = headers["webhook-signature"].split(':').collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!(scheme, "ed25519");
    let signed = format!("cport-webhook/1\n{}\n{body}", headers["webhook-timestamp"]);
    let public = base::unhex(&key).unwrap();
    let public = UnparsedPublicKey::new(&ED25519, &public);
    assert!(public.verify(signed.as_bytes(), &STANDARD.decode(signature).unwrap()).is_ok());
    assert!(public.verify(signed.replace("/1", "/2").as_bytes(), &STANDARD.decode(signature).unwrap()).is_err());
    assert!(de.acts().await.contains(&"webhook.told".to_owned()), "in the agency's own log");
    // Taken back, nothing is told any more.
    assert_eq!(de.json("DELETE", "/api/v1/webhook", &json!({})).await.status, StatusCode::OK);
    discloses(&world, 2).await;
    assert_eq!(changes(&de, "0").await["items"].as_array().unwrap().len(), 2);
    world
}

async fn fa_2_a_system_that_is_away_is_told_later_with_the_same_key(world: World) -> World {
    let (de, (at, came)) = (world.police("DE").await, receiver(2));
    told_at(&de, at).await;
    discloses(&world, 1).await;
    assert_eq!(came.lock().unwrap().len(), 1);
    for tries in 2..=3 {
        world.settle().await;
        assert_eq!(came.lock().unwrap().len(), tries - 1, "not again at once");
        world.app.db.clock().advance(1 << tries);
        world.settle().await;
        assert_eq!(came.lock().unwrap().len(), tries);
    }
    world.app.db.clock().advance(3600);
    world.settle().await;
    let came = came.lock().unwrap().clone();
    assert_eq!(came.len(), 3, "once taken, it is told no more");
    let keys: Vec<&str> = came.iter().map(|(headers, _)| headers["idempotency-key"].as_str()).collect();
    assert!(keys.iter().all(|k| *k == keys[0]), "{keys:?}");
    world
}

async fn se_9_a_webhook_is_https_and_plain(world: World) -> World {
    let de = world.police("DE").await;
    for bad in
        ["", "x", "ftp://a.example/", "https://u:p@a.example/", "https://a.example/?token=1", "https://a.example/#x"]
    {
        let answer = de.json("PUT", "/api/v1/webhook", &json!({ "url": bad })).await;
        assert_eq!((answer.status, answer.str("field")), (StatusCode::UNPROCESSABLE_ENTITY, "url".into()), "{bad}");
    }
    assert_eq!(de.get("/api/v1/webhook").await.json()["url"], json!(null));
    world
}
