//! The store in a real S3 server, which goes away and comes back.

use crate::{
    place::{NOON, Place, files, noise, org, peak_mib},
    server,
};
use invented::servers::S3;
use std::time::{Duration, Instant};
use storage::{
    Error, StoreConfig,
    evidence::{Drained, Flaw, Sweep},
};

const MIB: usize = 1 << 20;

async fn with(server: &S3, name: &str) -> Place {
    Place::with(name, |folder, config| config.store = server::config(server, folder)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn small_and_large_objects_go_to_the_bucket_and_come_back() {
    let server = server::start();
    let place = with(&server, "bucket").await;
    let mut ids = Vec::new();
    for size in [0, 70_000, MIB, 8 * MIB, 21 * MIB + 7] {
        let plain = noise(size);
        let id = place.store(org(1), &plain).await;
        assert!(place.read(id).await.unwrap() == plain, "{size}");
        ids.push(id);
    }
    let (names, n) = (server.objects().unwrap(), ids[0].0.simple().to_string());
    assert_eq!(names.len(), 5);
    assert!(names.contains(&format!("exchange/{}/{n}", &n[30..])), "{names:?}");
    assert_eq!(files(&place.config.spool), Vec::<std::path::PathBuf>::new(), "nothing stays here");
    let tx = place.db.begin(&crate::place::SOMEBODY).await.unwrap();
    assert!(place.vault.erase(&tx, ids[1]).await.unwrap());
    tx.commit(&crate::place::Did).await.unwrap();
    place.vault.remove(&ids[1..2]).await;
    assert!(matches!(place.read(ids[1]).await, Err(Error::Erased(_))));
    assert_eq!(server.objects().unwrap().len(), 4);
    let orphan = place.vault.put(org(1), NOON, b"never kept").await.unwrap();
    let mut found = Vec::new();
    let proof = place.vault.prove(&place.db, NOON.plus_seconds(1), |f| found.push(f.clone())).await.unwrap();
    assert_eq!((proof.whole, proof.erased, proof.findings), (4, 1, 1));
    assert_eq!((found[0].object, found[0].what), (orphan.id, Flaw::Orphan));
    let swept = place.vault.sweep(&place.db, NOON.plus_seconds(1), Sweep::Careful).await.unwrap();
    assert_eq!((swept.orphans, server.objects().unwrap().len()), (1, 4));
}

/// FA-2 of the catalogue for the store: intake goes on, nothing is lost, it drains when the store is back.
#[tokio::test(flavor = "multi_thread")]
async fn fa_2_while_the_store_is_away_objects_wait_in_the_spool_and_are_read_from_it() {
    let mut server = server::start();
    let place = with(&server, "away").await;
    server.stop();
    let mut kept = Vec::new();
    for size in [1_000, 3 * MIB, 500] {
        let plain = noise(size);
        kept.push((place.store(org(1), &plain).await, plain));
    }
    let begun = Instant::now();
    kept.push((place.store(org(2), b"nobody waits twice").await, b"nobody waits twice".to_vec()));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(place.vault.probe(NOON).await.is_err());
    for (id, plain) in &kept {
        assert!(place.spooled(*id).is_file() && place.read(*id).await.unwrap() == *plain);
    }
    assert_eq!(place.vault.drain().await.unwrap(), Drained { moved: 0, waiting: 4 });
    // A restart of ours in between loses nothing, nor does one of the store's.
    let restarted = place.reopened();
    server.again().unwrap();
    assert_eq!(restarted.drain().await.unwrap(), Drained { moved: 4, waiting: 0 });
    assert_eq!((server.objects().unwrap().len(), files(&place.config.spool).len()), (4, 1), "but for the lock");
    for (id, plain) in &kept {
        assert!(place.read_with(&restarted, *id).await.unwrap() == *plain);
    }
    assert_eq!(restarted.probe(NOON).await.unwrap(), 0);
    place.vault.drain().await.unwrap();
    place.store(org(1), b"straight").await;
    assert_eq!(server.objects().unwrap().len(), 5);
    let proof = place.vault.prove(&place.db, NOON.plus_seconds(1), |f| panic!("{f:?}")).await.unwrap();
    assert_eq!(proof.whole, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hangs_in_the_middle_of_a_large_upload_loses_nothing() {
    let server = server::start();
    let place = Place::with("hangs", |folder, config| {
        config.store = server::config(&server, folder);
        if let StoreConfig::S3(s3) = &mut config.store {
            s3.request_seconds = 1;
        }
    })
    .await;
    let before = place.store(org(1), b"before").await;
    let plain = noise(20 * MIB);
    let mut sealing = place.vault.begin(org(1), NOON).unwrap();
    sealing.write(&plain[..10 * MIB]).await.unwrap();
    server.signal("-STOP").unwrap();
    sealing.write(&plain[10 * MIB..]).await.unwrap();
    let id = place.keep(&sealing.finish().await.unwrap()).await;
    assert!(place.spooled(id).is_file() && place.read(id).await.unwrap() == plain);
    assert!(matches!(place.read(before).await, Err(Error::Store(_))), "an error, and not that it is missing");
    server.signal("-CONT").unwrap();
    for _ in 0..50 {
        if place.vault.drain().await.unwrap().waiting == 0 {
            break;
        }
    }
    assert!(!place.spooled(id).exists() && place.read(id).await.unwrap() == plain);
    assert_eq!(place.read(before).await.unwrap(), b"before");
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_constant_on_the_way_to_a_bucket() {
    let server = server::start();
    let place = with(&server, "bucket-large").await;
    let block = noise(MIB);
    let mut before = 0;
    for mib in [20, 160] {
        before = peak_mib();
        let mut sealing = place.vault.begin(org(1), NOON).unwrap();
        for _ in 0..mib {
            sealing.write(&block).await.unwrap();
        }
        let id = place.keep(&sealing.finish().await.unwrap()).await;
        let tx = place.db.look(&crate::place::SOMEBODY).await.unwrap();
        let locked = place.vault.find(&tx, id).await.unwrap().unwrap();
        drop(tx);
        let mut opening = place.vault.unlock(&place.db, locked).await.unwrap();
        while let Some(bytes) = opening.next().await.unwrap() {
            assert!(bytes == block);
        }
    }
    assert!(peak_mib() < before + 64, "{before} MiB after 20 MiB, {} MiB after 160", peak_mib());
}

#[tokio::test(flavor = "multi_thread")]
async fn cr_4_what_goes_wrong_with_a_bucket_prints_no_credentials() {
    let mut server = server::start();
    let place = with(&server, "silent").await;
    let id = place.store(org(1), b"x").await;
    server.stop();
    let error = place.read(id).await.unwrap_err();
    let said = format!("{error} {error:?} {:?}", place.config);
    assert!(!said.contains("canary-secret") && said.contains("127.0.0.1"), "{said}");
}
