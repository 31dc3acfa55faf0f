//! Lists that are filled from another server: two exchanges of this kind, each served on a port, and a peer that goes away,
//! talks nonsense, repeats itself or stops in the middle.

use crate::{
    hash_sharing::served_by,
    lists_by_api::{agree, entries, interpol, publishes, sha256},
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use storage::Backend;
use testkit::{Caller, World, stories};

stories! {
    fa_5_a_list_follows_another_exchange_through_every_trouble
    fa_5_a_list_follows_a_hash_sharing_server_through_every_trouble
    se_9_a_list_is_not_filled_from_private_networks_unless_allowed
}

/// How the peer answers about entries.
#[derive(Clone, Debug)]
enum Mood {
    Well,
    /// So many pages well, then it breaks off.
    Pages(u32),
    Says(u16, Bytes),
    /// The first page it ever gave, whatever is asked.
    Repeats,
}

#[derive(Clone)]
struct Peer {
    mood: Arc<Mutex<Mood>>,
    first: Arc<Mutex<Option<(axum::http::HeaderMap, Bytes)>>>,
}

impl Peer {
    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

async fn moody(State(peer): State<Peer>, request: Request, next: Next) -> Response {
    if !request.uri().path().ends_with("/entries") {
        return next.run(request).await;
    }
    let mood = peer.mood.lock().unwrap().clone();
    let said = |status: u16, body: Bytes| Response::builder().status(status).body(Body::from(body)).unwrap();
    match mood {
        Mood::Says(status, body) => said(status, body),
        Mood::Pages(0) => said(503, Bytes::new()),
        Mood::Repeats => {
            let (headers, body) = peer.first.lock().unwrap().clone().unwrap();
            let mut response = said(200, body);
            *response.headers_mut() = headers;
            response
        }
        Mood::Well | Mood::Pages(_) => {
            if let Mood::Pages(left) = mood {
                peer.is(Mood::Pages(left - 1));
            }
            let (parts, body) = next.run(request).await.into_parts();
            let body = to_bytes(body, 64 << 20).await.unwrap();
            peer.first.lock().unwrap().get_or_insert((parts.headers.clone(), body.clone()));
            Response::from_parts(parts, Body::from(body))
        }
    }
}

/// The other exchange: its list of so many entries, its publisher, and a reader whose token the subscription uses.
struct There {
    world: World,
    peer: Peer,
    base: String,
    list: String,
    publisher: Caller,
    reader: Caller,
}

async fn there(of: u32, parts: u32) -> There {
    let world = World::new(Backend::Sqlite).await;
    let (publisher, reader) = (interpol(&world).await, world.desk("NL").await);
    let list = publishes(&publisher, "Theirs", "baseline").await;
    agree(&publisher, &list, &reader, true).await;
    for part in 0..parts {
        let (from, to) = (part * of / parts, (part + 1) * of / parts);
        let lines: String = (from..to).map(|n| format!("{}\n", sha256(&n.to_be_bytes())[..32].to_owned())).collect();
        let done = crate::lists_by_api::imports(&publisher, &list, "format=text", lines.as_bytes()).await;
        assert_eq!(done.status, StatusCode::CREATED, "{}", done.text());
        world.app.db.clock().advance(20);
    }
    world.app.db.clock().advance(60);
    let peer = Peer { mood: Arc::new(Mutex::new(Mood::Well)), first: Arc::default() };
    let router = web::router(world.app.clone()).layer(middleware::from_fn_with_state(peer.clone(), moody));
    let base = served_by(router).await;
    There { world, peer, base, list, publisher, reader }
}

struct Here {
    publisher: Caller,
    list: String,
}

/// A list of ours that is filled from there.
async fn here(world: &World, kind: &str, url: &str, user: &str, token: &str) -> Here {
    let publisher = interpol(world).await;
    let list = publishes(&publisher, "Ours", "baseline").await;
    let new = json!({
        "kind": kind, "url": url, "every_seconds": 60, "credential": { "user": user, "password": token },
    });
    let made = publisher.json("POST", &format!("{list}/subscriptions"), &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    Here { publisher, list }
}

impl Here {
    /// Fetches what is due, two minutes later; what the subscription says then.
    async fn fetch(&self, world: &World) -> Value {
        world.app.db.clock().advance(120);
        assert!(exchange::pull::next(&world.app.db, &world.app.vault, &world.app.lists).await.unwrap(), "one is due");
        assert!(!exchange::pull::next(&world.app.db, &world.app.vault, &world.app.lists).await.unwrap(), "only one");
        self.publisher.get(&format!("{}/subscriptions", self.list)).await.json()["items"][0].clone()
    }

    async fn version(&self) -> i64 {
        self.publisher.get(&self.list).await.json()["version"].as_i64().unwrap()
    }

    /// Live entries, withdrawn entries.
    async fn count(&self) -> (usize, usize) {
        let (mut live, mut gone, mut cursor) = (0, 0, String::new());
        loop {
            let page = self.publisher.get(&format!("{}/entries?limit=200{cursor}", self.list)).await.json();
            for item in page["items"].as_array().unwrap() {
                *(if item["withdrawn"].is_null() { &mut live } else { &mut gone }) += 1;
            }
            cursor = format!("&cursor={}", page["next"].as_str().unwrap());
            if page["more"] == false {
                return (live, gone);
            }
        }
    }

    async fn imports(&self) -> Vec<Value> {
        self.publisher.get(&format!("{}/imports", self.list)).await.json()["items"].as_array().unwrap().clone()
    }
}

async fn troubles(world: &World, there: &There, here: &Here) {
    // Away, in error, a proxy's page, nonsense, something of another kind: nothing changes, the reason is told.
    let nonsense = [
        (503, "busy"),
        (401, "who are you"),
        (200, "<html><body>maintenance</body></html>"),
        (200, ""),
        (200, "{}"),
        (200, "\u{0}\u{1}\u{2}"),
        (302, ""),
    ];
    let version = here.version().await;
    let failures = here.publisher.get(&format!("{}/subscriptions", here.list)).await.json()["items"][0]["failures"]
        .as_i64()
        .unwrap();
    for (n, (status, body)) in nonsense.into_iter().enumerate() {
        there.peer.is(Mood::Says(status, Bytes::from_static(body.as_bytes())));
        let said = here.fetch(world).await;
        assert_eq!(said["failures"].as_i64(), Some(failures + n as i64 + 1), "{said}");
        let why = said["last_error"].as_str().unwrap();
        assert!(!why.is_empty() && !why.contains("maintenance"), "{why}");
    }
    there.peer.is(Mood::Says(200, Bytes::from(vec![b' '; 17 << 20])));
    assert!(here.fetch(world).await["last_error"].as_str().unwrap().contains("longer"));
    assert_eq!(here.version().await, version);
    there.peer.is(Mood::Well);
}

async fn fa_5_a_list_follows_another_exchange_through_every_trouble(world: World) -> World {
    let there = there(500, 1).await;
    let url = format!("{}{}", there.base, there.list);
    let here = here(&world, "cport", &url, "", &there.reader.token).await;
    troubles(&world, &there, &here).await;
    // It breaks off in the middle; what came stands, and the next fetch goes on there.
    there.peer.is(Mood::Pages(1));
    assert!(here.fetch(&world).await["last_error"].as_str().unwrap().contains("503"));
    assert_eq!(here.count().await, (200, 0));
    there.peer.is(Mood::Well);
    let said = here.fetch(&world).await;
    assert_eq!((&said["last_error"], &said["failures"]), (&Value::Null, &json!(0)));
    assert_eq!(here.count().await, (500, 0));
    let imports = here.imports().await;
    assert_eq!((imports.len(), &imports[0]["state"], &imports[0]["rows"]["lines"]), (1, &json!("done"), &json!(500)));
    // Nothing new changes nothing; a withdrawal there is one here.
    let version = here.version().await;
    here.fetch(&world).await;
    assert_eq!(here.version().await, version);
    let entry = entries(&there.publisher, &there.list).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{}/entries/{entry}/withdrawal", there.list);
    assert!(there.publisher.json("POST", &path, &json!({ "why": "a story" })).await.status.is_success());
    here.fetch(&world).await;
    assert_eq!(here.count().await, (499, 1));
    // An old page, truly signed, is not the one asked for.
    there.peer.is(Mood::Repeats);
    let version = here.version().await;
    assert!(here.fetch(&world).await["last_error"].as_str().unwrap().contains("another place"));
    assert_eq!(here.version().await, version);
    troubles(&world, &there, &here).await;
    drop(there.world);
    world.settle().await;
    world
}

async fn fa_5_a_list_follows_a_hash_sharing_server_through_every_trouble(world: World) -> World {
    // Three transactions' worth, hence three pages.
    let there = there(2400, 3).await;
    let now = world.app.db.now();
    let behind = now.micros() - there.world.app.db.now().micros();
    world.app.db.clock().advance((-behind / 1_000_000).max(0) + 60);
    let url = format!("{}/hashsharing", there.base);
    let here = here(&world, "hash_sharing", &url, "anybody", &there.reader.token).await;
    troubles(&world, &there, &here).await;
    there.peer.is(Mood::Pages(1));
    assert!(here.fetch(&world).await["last_error"].as_str().unwrap().contains("503"));
    assert_eq!(here.count().await, (800, 0));
    there.peer.is(Mood::Well);
    // The next fetch goes on at the second page.
    let said = here.fetch(&world).await;
    assert_eq!((&said["last_error"], &said["failures"]), (&Value::Null, &json!(0)));
    assert_eq!(here.count().await, (2400, 0));
    let imports = here.imports().await;
    let rows = &imports[0]["rows"];
    assert_eq!((imports.len(), &rows["added"], &rows["same"]), (1, &json!(2400), &json!(0)));
    // The peer's clock catches up, then a withdrawal there is one here.
    let ahead = world.app.db.now().micros() - there.world.app.db.now().micros();
    there.world.app.db.clock().advance(ahead / 1_000_000);
    let entry = entries(&there.publisher, &there.list).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{}/entries/{entry}/withdrawal", there.list);
    let reader = there.world.calling(&there.publisher.who).await;
    assert!(reader.json("POST", &path, &json!({ "why": "a story" })).await.status.is_success());
    here.fetch(&world).await;
    assert_eq!(here.count().await, (2399, 1));
    // Its first page again: it is not of the range that was asked for.
    there.peer.is(Mood::Repeats);
    let version = here.version().await;
    assert!(here.fetch(&world).await["last_error"].as_str().unwrap().contains("another range"));
    assert_eq!((here.version().await, here.count().await), (version, (2399, 1)));
    troubles(&world, &there, &here).await;
    assert_eq!(here.fetch(&world).await["last_error"], Value::Null);
    drop(there.world);
    world.settle().await;
    world
}

async fn se_9_a_list_is_not_filled_from_private_networks_unless_allowed(mut world: World) -> World {
    let config = hashlists::ListsConfig::default();
    assert!(!config.private_peers);
    world.app.lists = Arc::new(hashlists::Lists::new(config).unwrap());
    let here = here(&world, "cport", "http://127.0.0.1:9/api/v1/lists/x", "", "t").await;
    assert!(here.fetch(&world).await["last_error"].as_str().unwrap().contains("private network"));
    world.settle().await;
    world
}
