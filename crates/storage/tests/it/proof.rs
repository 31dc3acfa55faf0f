//! The proof finds every flipped byte, whatever is missing and whatever is nobody's.

use crate::place::{NOON, Place, noise, org};
use base::BlobId;
use std::fs;
use storage::{
    Error,
    evidence::{Flaw, Proof, Sweep, Swept},
};

async fn prove(place: &Place) -> (Proof, Vec<(BlobId, Flaw)>) {
    let mut found = Vec::new();
    let proof = place.vault.prove(&place.db, NOON.plus_seconds(1), |f| found.push((f.object, f.what))).await.unwrap();
    found.sort_by_key(|(id, _)| *id);
    (proof, found)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flipped_byte_is_found() {
    let place = Place::new("flip").await;
    let mut ids = Vec::new();
    for size in [0, 1, 100, 65_536, 65_537, 200_000] {
        ids.push(place.store(org(1), &noise(size)).await);
    }
    let (proof, found) = prove(&place).await;
    assert_eq!((proof.whole, proof.bytes, found.len()), (6, 331_174, 0));
    let mut flips = 0;
    for id in &ids {
        let whole = fs::read(place.stored(*id)).unwrap();
        let len = whole.len();
        // Every byte of the small ones, the edges of every chunk and a walk through the large ones.
        let edges = [0, 1, 65_535, 65_536, 65_551, 65_552, 65_553, len.wrapping_sub(17), len.wrapping_sub(16), len - 1];
        let places: Vec<usize> =
            if len < 200 { (0..len).collect() } else { edges.into_iter().chain((0..len).step_by(9_001)).collect() };
        for at in places.into_iter().filter(|at| *at < len) {
            let mut bad = whole.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(place.stored(*id), &bad).unwrap();
            assert!(matches!(place.read(*id).await, Err(Error::Unsealed(_))), "byte {at} of {len}");
            flips += 1;
        }
        assert_eq!(prove(&place).await.1, [(*id, Flaw::Altered)], "the proof names it");
        fs::write(place.stored(*id), &whole).unwrap();
    }
    assert!(flips > 200, "{flips}");
    assert_eq!(prove(&place).await.1, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn altered_rows_missing_bytes_and_orphans_are_found_and_swept() {
    let place = Place::new("rows").await;
    let mut ids = Vec::new();
    for n in 0..7 {
        ids.push(place.store(org(1), &noise(1_000 + n)).await);
    }
    let orphan = place.vault.put(org(1), NOON, b"interrupted").await.unwrap().id;
    place.run("UPDATE blob SET wrapped_key = substr(wrapped_key, 1, 40) || x'00' || substr(wrapped_key, 42) WHERE id = $1", vec![ids[0].0.into()]).await;
    place.run("UPDATE blob SET size = size - 1 WHERE id = $1", vec![ids[1].0.into()]).await;
    place.run("UPDATE blob SET sha256 = zeroblob(32) WHERE id = $1", vec![ids[2].0.into()]).await;
    place.run("UPDATE blob SET sha256 = NULL WHERE id = $1", vec![ids[3].0.into()]).await;
    fs::remove_file(place.stored(ids[4])).unwrap();
    let tx = place.db.begin(&crate::place::SOMEBODY).await.unwrap();
    assert!(place.vault.erase(&tx, ids[5]).await.unwrap() && !place.vault.erase(&tx, ids[5]).await.unwrap());
    tx.commit(&crate::place::Did).await.unwrap();
    let (proof, found) = prove(&place).await;
    let mut expected = vec![
        (ids[0], Flaw::Altered),
        (ids[1], Flaw::Altered),
        (ids[2], Flaw::OtherDigest),
        (ids[4], Flaw::Missing),
        (ids[5], Flaw::LeftOver),
        (orphan, Flaw::Orphan),
    ];
    expected.sort_by_key(|(id, _)| *id);
    assert_eq!(found, expected);
    assert_eq!((proof.whole, proof.erased, proof.findings), (2, 1, 6));

    let mut young = Vec::new();
    let proof = place.vault.prove(&place.db, NOON, |f| young.push((f.object, f.what))).await.unwrap();
    assert!(young.contains(&(orphan, Flaw::UnderWay)) && (proof.under_way, proof.findings) == (1, 5));
    let key = "UPDATE org_key SET wrapped = zeroblob(80)";
    place.run("CREATE TABLE saved AS SELECT * FROM org_key", vec![]).await;
    place.run(key, vec![]).await;
    assert!(prove(&place).await.1.contains(&(ids[6], Flaw::Locked)));
    place.run("UPDATE org_key SET wrapped = (SELECT wrapped FROM saved)", vec![]).await;

    // An upload under way now is left alone, one of yesterday is swept; nothing else is touched.
    let young = place.vault.sweep(&place.db, NOON.plus_seconds(-86_400), Sweep::Careful).await.unwrap();
    assert_eq!(young, Swept { unfinished: 0, orphans: 0, left_over: 1 });
    let old = place.vault.sweep(&place.db, NOON.plus_seconds(1), Sweep::Careful).await.unwrap();
    assert_eq!(old, Swept { unfinished: 0, orphans: 1, left_over: 0 });
    assert!(!place.stored(orphan).exists() && !place.stored(ids[5]).exists() && place.stored(ids[6]).exists());
    assert_eq!(prove(&place).await.0.findings, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_careful_sweep_does_not_empty_the_store_for_the_wrong_database() {
    let place = Place::new("wrong").await;
    for _ in 0..120 {
        place.store(org(1), b"kept").await;
    }
    let other = Place::new("wrong-other").await;
    let sweep = place.vault.sweep(&other.db, NOON.plus_seconds(1), Sweep::Careful).await;
    assert!(matches!(sweep, Err(Error::TooManyOrphans { orphans: 120, listed: 120 })), "{sweep:?}");
    assert_eq!(prove(&place).await.0.whole, 120);
    let all = place.vault.sweep(&other.db, NOON.plus_seconds(1), Sweep::All).await.unwrap();
    assert_eq!(all.orphans, 120);
}
