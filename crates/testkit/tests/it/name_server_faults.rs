//! What goes wrong around a transfer of the block list: it is cut, the server goes away in the middle of it, the key is taken back
//! while it runs, one provider floods. A secondary has a whole version then, the old or the new one, and the log says how it
//! ended.

use crate::name_server::{Story, ZONE};
use base::Actor;
use exchange::{
    blocklist::{End, Way, provider},
    rpz::{
        client::{self, Copy, Told, Trouble},
        tsig::{Algorithm, Key},
    },
};
use invented::fault::{Fault, Wire};
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    time::{Duration, Instant},
};
use storage::Backend;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// Takes the zone from somewhere by a key.
async fn refresh(story: &Story, at: SocketAddr, copy: &mut Copy, key: &Key) -> Result<Told, Trouble> {
    copy.refresh(at, ZONE, key, || story.seconds()).await
}

async fn key(story: &Story) -> Key {
    let (key, secret) = story.key("hmac-sha256").await;
    Key::new(&key.name, Algorithm::Sha256, &secret).unwrap()
}

/// A connection from an address of this machine that takes nothing by itself, with a request for everything on its way.
async fn asks_and_waits(story: &Story, from: &str, key: &Key) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 << 10).unwrap();
    socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
    let mut stream = socket.connect(story.at).await.unwrap();
    let (request, _) = client::request(ZONE, key, None, 7, story.seconds()).unwrap();
    stream.write_all(&request).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn fa_1_a_transfer_that_is_cut_changes_nothing_and_the_next_brings_everything() {
    let story = Story::begin(Backend::Sqlite).await;
    story.stop_page("192.0.2.80").await;
    story.many(400).await;
    let key = key(&story).await;
    let wire = Wire::to(story.at).await.unwrap();
    let mut whole = Copy::default();
    refresh(&story, story.at, &mut whole, &key).await.unwrap();
    let faults = |bytes: usize| {
        let bytes = u64::try_from(bytes).unwrap();
        let at = [0, 1, 2, 13, 14, 100, bytes / 3, bytes / 2, bytes - 100, bytes - 1];
        let back = at.into_iter().map(Fault::CutBack);
        let there = [Fault::Refuse, Fault::Cut(0), Fault::Cut(1), Fault::Cut(30), Fault::Reset(1), Fault::Reset(60)];
        let garbled = [2, 3, 14, 20, 40, 60, 90, 120].map(Fault::Garble);
        back.chain(there).chain(garbled).collect::<Vec<_>>()
    };
    // Everything anew, and what changed: an old copy stays as it was.
    for had in [Copy::default(), whole] {
        story.change("another.example", "listed").await;
        story.change("d7.example", "removed").await;
        story.follow().await;
        let mut fresh = had.clone();
        let told = refresh(&story, story.at, &mut fresh, &key).await.unwrap();
        assert_eq!(told.increment, had.serial.is_some());
        for fault in faults(told.bytes) {
            let mut copy = had.clone();
            wire.set(fault);
            let failed = refresh(&story, wire.address, &mut copy, &key).await;
            // A changed letter's case in a name is the same name: then it is the new version, else the old one.
            assert!(failed.is_err() || matches!(fault, Fault::Garble(_)), "{fault:?}: {failed:?}");
            assert_eq!(copy, if failed.is_err() { had.clone() } else { fresh.clone() }, "{fault:?}");
            wire.set(Fault::None);
            refresh(&story, wire.address, &mut copy, &key).await.unwrap();
            assert_eq!(copy, fresh, "{fault:?}");
        }
        for fault in [Fault::Slow(2000), Fault::Late(Duration::from_millis(5))] {
            let mut copy = had.clone();
            wire.set(fault);
            refresh(&story, wire.address, &mut copy, &key).await.unwrap();
            assert_eq!(copy, fresh, "{fault:?}");
        }
        wire.set(Fault::None);
        story.change("another.example", "removed").await;
        story.change("d7.example", "listed").await;
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn iwol_increments_end_where_everything_anew_does_for_every_age_of_a_copy() {
    let story = Story::begin(Backend::Sqlite).await;
    story.stop_page("192.0.2.80").await;
    let key = key(&story).await;
    let mut copies = vec![Copy::default(); 6];
    let (mut listed, mut random) = (BTreeSet::new(), 0x2545_f491_4f6c_dd1d_u64);
    let mut next = |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let mut increments = 0;
    for round in 0..40 {
        for _ in 0..=next(6) {
            // Few names, so that most come and go several times.
            let name = format!("n{}.example", next(25));
            let comes = listed.insert(name.clone());
            if !comes {
                listed.remove(&name);
            }
            story.change(&name, if comes { "listed" } else { "removed" }).await;
        }
        if next(8) == 0 {
            story.stop_page(&format!("192.0.2.{}", 81 + round)).await;
        }
        story.follow().await;
        let mut anew = Copy::default();
        refresh(&story, story.at, &mut anew, &key).await.unwrap();
        assert_eq!(anew.len(), listed.len() * 2 + 1, "round {round}");
        for copy in &mut copies {
            if next(3) == 0 {
                increments += usize::from(refresh(&story, story.at, copy, &key).await.unwrap().increment);
                assert_eq!(*copy, anew, "round {round}");
            }
        }
    }
    assert!(increments > 30, "{increments}");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn az_10_a_transfer_that_runs_ends_within_a_second_when_its_key_is_taken_back() {
    let story = Story::begin(Backend::Sqlite).await;
    story.stop_page("192.0.2.80").await;
    story.many(200_000).await;
    let (row, secret) = story.key("hmac-sha256").await;
    let key = Key::new(&row.name, Algorithm::Sha256, &secret).unwrap();
    let mut stream = asks_and_waits(&story, "127.0.0.1", &key).await;
    client::message(&mut stream).await.unwrap();
    assert_eq!(story.ends().await, [(Way::Axfr, None)], "it runs");
    let revoked = story.world.app.db.now();
    story.revoke(row.id).await;
    story.until_ended((Way::Axfr, Some(End::Stopped))).await;
    let look = story.world.app.db.look(&story.operator()).await.unwrap();
    let (log, _) = provider::fetches(&look, &story.world.app.blocklist, None, 1).await.unwrap();
    drop(look);
    let ended = log.items[0].ended_at.unwrap();
    assert!(ended <= revoked.plus_seconds(1), "{revoked} {ended}");
    // Whoever takes what lay in the sockets by then has not the whole zone, which is 14 MB.
    let mut rest = Vec::new();
    drop(tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut rest)).await);
    assert!(rest.len() < 12 << 20, "{}: that is all of it", rest.len());
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fa_1_a_server_that_goes_away_in_a_transfer_leaves_a_whole_copy_and_says_so() {
    let mut story = Story::begin(Backend::Sqlite).await;
    story.stop_page("192.0.2.80").await;
    // More than sockets hold by themselves.
    story.many(250_000).await;
    let key = key(&story).await;
    let mut had = Copy::default();
    refresh(&story, story.at, &mut had, &key).await.unwrap();
    story.change("another.example", "listed").await;
    // Another stop page: everything anew, slowly.
    story.stop_page("192.0.2.81").await;
    story.follow().await;
    let wire = Wire::to(story.at).await.unwrap();
    wire.set(Fault::Slow(16_000));
    let mut copy = had.clone();
    let (db, at) = (story.world.app.db.clone(), wire.address);
    let by = key.clone();
    let running = tokio::spawn(async move {
        let clock = || u64::try_from(db.now().micros() / 1_000_000).unwrap();
        let failed = copy.refresh(at, ZONE, &by, clock).await;
        (failed, copy)
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    story.goes_away().await;
    let (failed, copy) = running.await.unwrap();
    assert!(failed.is_err(), "{failed:?}");
    assert_eq!(copy, had);
    story.serve().await;
    // Keys open nothing before they were read anew.
    story.follow().await;
    let mut copy = had;
    refresh(&story, story.at, &mut copy, &key).await.unwrap();
    assert_eq!(copy.len(), 250_001 * 2 + 1);
    story.until_ended((Way::Axfr, Some(End::Broken))).await;
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lo_4_a_provider_that_floods_keeps_no_other_waiting() {
    let story = Story::begin(Backend::Sqlite).await;
    story.stop_page("192.0.2.80").await;
    let other: Actor = story.another_provider().await;
    story.stop_page_of(&other, "192.0.2.90").await;
    story.many(100_000).await;
    let flooding = key(&story).await;
    let (row, secret) = story.key_of(&other, "hmac-sha256").await;
    let good = Key::new(&row.name, Algorithm::Sha256, &secret).unwrap();
    let mut alone = Copy::default();
    let begun = Instant::now();
    refresh(&story, story.at, &mut alone, &good).await.unwrap();
    let alone_took = begun.elapsed();
    // As many connections as one address gets, and more; none takes what it asked for.
    let mut held = Vec::new();
    for _ in 0..60 {
        held.push(asks_and_waits(&story, "127.0.0.2", &flooding).await);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let most = story.world.app.blocklist.config.max_transfers_per_provider;
    let running = story.ends().await.iter().filter(|(_, end)| end.is_none()).count();
    assert_eq!(running, most, "transfers of one provider at once");
    let mut copy = Copy::default();
    let begun = Instant::now();
    refresh(&story, story.at, &mut copy, &good).await.unwrap();
    assert_eq!(copy, alone);
    assert!(
        begun.elapsed() < alone_took * 3 + Duration::from_secs(1),
        "{:?} and alone {alone_took:?}",
        begun.elapsed()
    );
    // Who was one too many is told at once or after its turn did not come.
    let mut closed = 0;
    for stream in &mut held {
        let mut byte = [0; 1];
        closed += usize::from(matches!(
            tokio::time::timeout(Duration::from_secs(3), stream.read(&mut byte)).await,
            Ok(Ok(0) | Err(_))
        ));
    }
    let places = story.world.app.blocklist.config.max_connections_per_address;
    assert_eq!(closed, 60 - places, "connections of one address at once");
    drop(held);
    story.end().await;
}
