//! Hunts that are cut off: whoever takes the step over goes on where it was, and every item is settled once.

use axum::http::StatusCode;
use base::{Actor, ListId, OrgKind};
use hashlists::{Digests, Index, Opened, Record, entry, list, terms};
use reports::flow;
use sea_orm::FromQueryResult;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};
use storage::sql;
use testkit::{Caller, World, pictures, stories};

stories! {
    du_1_a_hunt_cut_off_at_any_await_goes_on_and_settles_each_item_once
    a_hunt_goes_on_from_the_place_in_its_row
    the_index_of_a_folder_follows_the_rows_on_both_databases
    a_list_that_hits_what_comes_in_is_weighed_and_stopped
}

fn known(bytes: &[u8]) -> Record {
    let digests = Digests { sha256: Some(Sha256::digest(bytes).into()), ..Digests::default() };
    Record { digests, ..Record::default() }
}

/// INTERPOL's baseline list, by which the Dutch hotline settles.
async fn baseline(world: &World) -> (ListId, Caller, Caller) {
    let pia = world.people.iter().find(|p| p.organisation.kind == OrgKind::Interpol).unwrap();
    let (pia, nl) = (world.calling(pia).await, world.desk("NL").await);
    let db = &world.app.db;
    let tx = db.begin(&pia.who.actor).await.unwrap();
    let incoming = list::Incoming { name: "Baseline", class: "baseline", rule: "a test", ..list::Incoming::default() };
    let (made, act) = list::create(&tx, &incoming).await.unwrap();
    tx.commit(&act).await.unwrap();
    let tx = db.begin(&pia.who.actor).await.unwrap();
    let (_, act) = terms::offer(&tx, made.id, nl.who.organisation.id, true).await.unwrap();
    tx.commit(&act).await.unwrap();
    let tx = db.begin(&nl.who.actor).await.unwrap();
    let act = terms::accept(&tx, made.id).await.unwrap();
    tx.commit(&act).await.unwrap();
    world.settle().await;
    (made.id, pia, nl)
}

/// Writes entries and leaves what follows undone.
async fn writes(world: &World, by: &Caller, list: ListId, records: &[Record]) {
    let tx = world.app.db.begin(&by.who.actor).await.unwrap();
    let (_, act) = entry::write_all(&tx, list, records, &world.app.lists.profiles, None).await.unwrap();
    tx.commit(&act).await.unwrap();
}

async fn class_of(by: &Caller, item: &Value) -> Option<String> {
    let answer = by.get(&format!("/api/v1/items/{}", item["id"].as_str().unwrap())).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["assessment"]["class"].as_str().map(str::to_owned)
}

#[derive(FromQueryResult)]
struct Count {
    n: i64,
}

async fn count(world: &World, sql: &str) -> i64 {
    let tx = world.app.db.look(&Actor::machine("test")).await.unwrap();
    sql::one::<Count>(&tx, sql, vec![]).await.unwrap().unwrap().n
}

/// Polls a future so often and drops it then, as a process that is killed does; whether it ended before.
async fn cut_off<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let (mut future, mut left) = (pin!(future), polls);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

async fn du_1_a_hunt_cut_off_at_any_await_goes_on_and_settles_each_item_once(world: World) -> World {
    let (list, pia, nl) = baseline(&world).await;
    let pictures: Vec<Vec<u8>> = (1..=4).map(pictures::png).collect();
    let report = nl.reports("DE").await;
    let mut items = Vec::new();
    for (n, bytes) in pictures.iter().enumerate() {
        items.push(nl.adds(&report, &format!("{n}.png"), bytes).await);
    }
    world.settle().await;
    writes(&world, &pia, list, &pictures.iter().map(|p| known(p)).collect::<Vec<_>>()).await;
    let mut cuts = 0;
    // Later each time: a step that was tried ten times is a dead letter.
    for polls in (0..40).map(|k| 3 * k * k) {
        let worked = cut_off(flow::catch_up(&world.app.db, &world.app.lists, None), polls).await.map(Result::unwrap);
        match worked {
            Some(false) if count(&world, "SELECT count(*) AS n FROM job").await == 0 => break,
            // Whoever was killed may hold the row for a moment yet, until the database has noticed.
            Some(false) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            Some(true) => {}
            // Whoever held the step is gone: its lease ends, another takes it over.
            None => {
                cuts += 1;
                world.app.db.clock().advance(130);
            }
        }
    }
    assert!((3..10).contains(&cuts), "{cuts}");
    world.settle().await;
    for item in &items {
        assert_eq!(class_of(&nl, item).await.as_deref(), Some("baseline"));
    }
    assert_eq!(count(&world, "SELECT count(*) AS n FROM settlement").await, 4, "each once");
    assert_eq!(count(&world, "SELECT count(*) AS n FROM hunt_hit").await, 0, "nothing is left to visit");
    assert_eq!(count(&world, "SELECT count(*) AS n FROM hunt WHERE ended_at IS NULL").await, 0);
    world
}

async fn a_hunt_goes_on_from_the_place_in_its_row(world: World) -> World {
    let (list, pia, nl) = baseline(&world).await;
    let (a, b) = (pictures::png(1), pictures::png(2));
    let report = nl.reports("DE").await;
    let (first, second) = (nl.adds(&report, "a.png", &a).await, nl.adds(&report, "b.png", &b).await);
    world.settle().await;
    writes(&world, &pia, list, &[known(&a), known(&b)]).await;
    // As a hunt leaves it that was killed after it went through everything and had visited the first file.
    world
        .as_owner(&format!(
            "INSERT INTO hunt (id, job_id, ranges, scanned, hits, settled, suggested, reopened, doubts, started_at, place)
             SELECT id, id, '[]', 0, 0, 0, 0, 0, 0, 1,
                '{{\"ranges\":[{{\"list\":\"{list}\",\"from\":0,\"to\":1}}],\"stage\":\"Visit\",
                   \"tally\":{{\"scanned\":2,\"hits\":2,\"settled\":1,\"suggested\":0,\"reopened\":0,\"doubts\":0}},
                   \"by_list\":{{\"{list}\":2}}}}' FROM job WHERE kind = 'hunt'"
        ))
        .await;
    world
        .as_owner(
            "INSERT INTO hunt_hit (hunt_id, media_id)
             SELECT h.id, m.id FROM hunt h, media_object m WHERE h.ended_at IS NULL AND m.id = (SELECT id FROM media_object ORDER BY id DESC LIMIT 1)",
        )
        .await;
    world.settle().await;
    let judged = [class_of(&nl, &first).await, class_of(&nl, &second).await];
    assert_eq!(judged.iter().flatten().count(), 1, "what was left is visited, what was done is not done again");
    assert_eq!(count(&world, "SELECT scanned AS n FROM hunt WHERE ranges = '[]'").await, 2, "the figures go on");
    assert_eq!(count(&world, "SELECT hunted AS n FROM hash_list WHERE name = 'Baseline'").await, 1);
    world
}

async fn the_index_of_a_folder_follows_the_rows_on_both_databases(world: World) -> World {
    let (list, pia, _) = baseline(&world).await;
    let folder = world.folder().join("index");
    std::fs::create_dir_all(&folder).unwrap();
    let record = |n: u8| known(&[n]);
    writes(&world, &pia, list, &(0..100).map(record).collect::<Vec<_>>()).await;
    let db = &world.app.db;
    let first = Index::default();
    assert!(matches!(first.open(db, &folder).await.unwrap(), Opened::Rows(100, hashlists::Trouble::Missing)));
    assert_eq!(first.save(&folder).unwrap(), 100);
    writes(&world, &pia, list, &(100..130).map(record).collect::<Vec<_>>()).await;
    let tx = db.begin(&pia.who.actor).await.unwrap();
    let gone = entry::changes(&tx, list, entry::Place::start(), 1).await.unwrap().items.pop().unwrap();
    let act = entry::withdraw(&tx, list, gone.id, "a test").await.unwrap();
    tx.commit(&act).await.unwrap();
    let second = Index::default();
    assert!(matches!(second.open(db, &folder).await.unwrap(), Opened::Snapshot(129, 31)));
    assert_eq!(second.check(db).await.unwrap(), hashlists::Checked { lists: 1, rows: 130, missing: 0, extra: 0 });
    let asks = |record: Record| hashlists::Hashes { digests: record.digests, ..hashlists::Hashes::default() };
    assert_eq!((0..130).filter(|n| second.look_up(&asks(record(*n)), 0.8).is_empty()).count(), 1);
    // Set back to before the snapshot: the list stands at an earlier change than the snapshot's.
    second.save(&folder).unwrap();
    world.as_owner("UPDATE hash_list SET version = 2").await;
    let why = |opened: Opened| match opened {
        Opened::Rows(entries, trouble) => (entries, trouble.to_string()),
        Opened::Snapshot(..) => panic!("an old snapshot was opened"),
    };
    let (_, said) = why(Index::default().open(db, &folder).await.unwrap());
    assert!(said.contains("of another database"), "{said}");
    // Set back and gone on since: the last entries are others.
    world.as_owner("UPDATE hash_list SET version = 9").await;
    world.as_owner("UPDATE hash_entry SET changed = 1 WHERE changed = 2").await;
    let (_, said) = why(Index::default().open(db, &folder).await.unwrap());
    assert!(said.contains("stands at an earlier change"), "{said}");
    // What only a comparison tells: a row that was there before is silent in the index.
    world.as_owner("UPDATE hash_entry SET changed = 2, withdrawn = NULL WHERE changed IN (1, 3) AND added = 2").await;
    let index = Index::default();
    index.open(db, &folder).await.unwrap();
    index.save(&folder).unwrap();
    world.as_owner("DELETE FROM hash_past").await;
    world.as_owner("DELETE FROM hash_entry WHERE id = (SELECT id FROM hash_entry WHERE withdrawn IS NULL AND added = 1 ORDER BY id LIMIT 1)").await;
    assert!(matches!(index.open(db, &folder).await.unwrap(), Opened::Snapshot(..)));
    let checked = index.check(db).await.unwrap();
    assert_eq!((checked.missing, checked.extra), (0, 1), "{checked:?}");
    index.rebuild(db).await.unwrap();
    assert!(index.check(db).await.unwrap().is_right());
    world
}

/// The guard that runs while files come in, not the hunt's: a list that settles nearly everything is asked about, and stops.
async fn a_list_that_hits_what_comes_in_is_weighed_and_stopped(mut world: World) -> World {
    let config = hashlists::ListsConfig { guard_least: 4, blind_sample: 0.0, ..hashlists::ListsConfig::default() };
    world.app.lists = std::sync::Arc::new(hashlists::Lists::new(config).unwrap());
    world.router = web::router(world.app.clone());
    let (list, pia, nl) = baseline(&world).await;
    let pictures: Vec<Vec<u8>> = (1..=40).map(pictures::png).collect();
    writes(&world, &pia, list, &pictures.iter().map(|p| known(p)).collect::<Vec<_>>()).await;
    world.settle().await;
    let tx = world.app.db.look(&pia.who.actor).await.unwrap();
    assert_eq!(list::find(&tx, list).await.unwrap().0.guarded, None, "nothing is stored yet");
    drop(tx);
    let mut settled = 0;
    for part in pictures.chunks(10) {
        let report = nl.reports("DE").await;
        for (n, bytes) in part.iter().enumerate() {
            let added = nl.adds(&report, &format!("{n}.png"), bytes).await;
            settled += usize::from(!added["assessment"].is_null());
        }
        world.settle().await;
    }
    let tx = world.app.db.look(&pia.who.actor).await.unwrap();
    let guarded = list::find(&tx, list).await.unwrap().0.guarded;
    drop(tx);
    // Each settled item asks with one chance in four; of 40 nobody asking has a chance below 1 in 90,000.
    let why = guarded.expect("it stopped");
    assert!(why.contains("of") && (4..40).contains(&settled), "{settled}: {why}");
    world
}
