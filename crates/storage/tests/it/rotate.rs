//! CR-1: keys are wrapped anew under load, and a rotation that was killed goes on.

use crate::place::{Place, noise, org};
use base::BlobId;
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use storage::{
    EvidenceConfig, OldRoot,
    evidence::{RootKey, Vault},
};

/// Reads objects in turn until told to stop; how many reads, and how many failed.
fn readers(
    place: &Arc<Place>,
    vault: &Vault,
    ids: &[BlobId],
    stop: &Arc<AtomicBool>,
) -> (Arc<AtomicUsize>, Vec<tokio::task::JoinHandle<()>>) {
    let reads = Arc::new(AtomicUsize::new(0));
    let tasks = (0..4).map(|reader| {
        let (place, vault, ids, stop, reads) =
            (Arc::clone(place), vault.clone(), ids.to_vec(), Arc::clone(stop), Arc::clone(&reads));
        tokio::spawn(async move {
            let mut n = reader * 7;
            while !stop.load(Ordering::Relaxed) {
                let id = ids[n % ids.len()];
                let bytes = place.read_with(&vault, id).await.expect("0 failed reads");
                assert_eq!(bytes.len(), 5_000);
                reads.fetch_add(1, Ordering::Relaxed);
                n += 1;
            }
        })
    });
    (Arc::clone(&reads), tasks.collect())
}

async fn under_load(name: &str, objects: usize, rounds: i64) {
    let place = Arc::new(Place::new(name).await);
    let mut ids = Vec::new();
    for _ in 0..objects {
        ids.push(place.store(org(1), &noise(5_000)).await);
    }
    let new_root = place.folder.join("new.key");
    RootKey::create(&new_root).unwrap();
    let both = Vault::open(&EvidenceConfig {
        root_key_file: new_root.clone(),
        old_root: Some(OldRoot::File { path: place.config.root_key_file.clone() }),
        ..place.config.clone()
    })
    .unwrap();
    let sealed: Vec<Vec<u8>> = ids.iter().map(|id| fs::read(place.stored(*id)).unwrap()).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let (reads, tasks) = readers(&place, &both, &ids, &stop);
    let writer = {
        let (place, stop, vault) = (Arc::clone(&place), Arc::clone(&stop), both.clone());
        tokio::spawn(async move {
            let mut stored = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let sealed = vault.put(org(1), place.db.now(), &noise(5_000)).await.unwrap();
                let tx = place.db.begin(&crate::place::SOMEBODY).await.unwrap();
                vault.keep(&tx, &sealed).await.unwrap();
                tx.commit(&crate::place::Did).await.unwrap();
                stored.push(sealed.id);
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            stored
        })
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut newest = 0;
    assert_eq!(both.rotate_root(&place.db).await.unwrap(), 1);
    for round in 0..rounds {
        let rotated = both.rotate_organisation(&place.db, org(1)).await.unwrap().unwrap();
        assert!(rotated.keys >= objects && !rotated.resumed, "{rotated:?}");
        newest = rotated.version;
        assert_eq!(newest, round + 2);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    let later = writer.await.unwrap();
    assert!(reads.load(Ordering::Relaxed) > 20 && !later.is_empty());
    // All of it lies under the newest key and the new root, and no media was touched.
    let only = Vault::open(&EvidenceConfig { root_key_file: new_root, ..place.config.clone() }).unwrap();
    for id in ids.iter().chain(&later) {
        place.read_with(&only, *id).await.unwrap();
    }
    let now: Vec<Vec<u8>> = ids.iter().map(|id| fs::read(place.stored(*id)).unwrap()).collect();
    assert!(sealed == now, "media is never encrypted anew");
    let old = "UPDATE blob SET key_version = key_version WHERE key_version <> $1";
    assert_eq!(place.run(old, vec![newest.into()]).await, 0);
    assert_eq!(place.run("UPDATE org_key SET version = version WHERE version <> $1", vec![newest.into()]).await, 0);
    eprintln!("{} reads, {} stored meanwhile, 0 failed", reads.load(Ordering::Relaxed), later.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn cr_1_rotation_under_load_fails_no_read() {
    under_load("rotate", 60, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long run: 5,000 objects, 10 rotations"]
async fn long_cr_1_rotation_under_load_fails_no_read() {
    under_load("rotate-long", 5_000, 10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cr_1_a_rotation_that_was_killed_goes_on_where_it_was() {
    let place = Place::new("killed").await;
    let mut ids = Vec::new();
    for n in 0..40 {
        ids.push(place.store(org(1), &[n; 50]).await);
    }
    // Rows of so many objects that one step does not do.
    let copy = "INSERT INTO blob (id, org_id, size, wrapped_key, key_version, created_at, erased_at)
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
                SELECT randomblob(16), org_id, size, NULL, key_version, created_at, 1 FROM blob, n";
    place.run(copy, vec![]).await;
    let mut resumed = 0;
    for wait in 0..30 {
        let task = tokio::spawn({
            let (vault, db) = (place.vault.clone(), place.db.clone());
            async move { vault.rotate_organisation(&db, org(1)).await.unwrap().unwrap() }
        });
        tokio::time::sleep(Duration::from_micros(400 * wait)).await;
        task.abort();
        drop(task.await);
        for id in &ids {
            assert_eq!(place.read(*id).await.unwrap().len(), 50, "readable at every point");
        }
        let ended = place.vault.rotate_organisation(&place.db, org(1)).await.unwrap().unwrap();
        resumed += usize::from(ended.resumed);
        let one = "UPDATE org_key SET version = version WHERE org_id = $1";
        assert_eq!(place.run(one, vec![org(1).0.into()]).await, 1, "older keys are gone");
    }
    assert!(resumed > 0, "at least one was killed in the middle");
    assert_eq!(place.vault.rotate_organisation(&place.db, org(9)).await.unwrap(), None, "nothing to rotate");
}
