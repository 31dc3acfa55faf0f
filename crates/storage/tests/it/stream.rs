//! The way in and the way out, byte by byte and for files of any size.

use crate::place::{NOON, Place, files, noise, org, peak_mib};
use futures_util::StreamExt;
use std::fs;
use storage::{Error, evidence::Digests};

const CHUNK: usize = 64 * 1024;
const MIB: usize = 1 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn bytes_come_back_as_they_came_at_every_size_around_a_chunk_and_a_block() {
    let place = Place::new("sizes").await;
    for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 5] {
        let plain = noise(size);
        let mut sealing = place.vault.begin(org(1), NOON).unwrap();
        for piece in plain.chunks(9_973) {
            sealing.write(piece).await.unwrap();
        }
        let sealed = sealing.finish().await.unwrap();
        assert_eq!((sealed.size, sealed.digests), (size as i64, Digests::of(&plain)), "{size}");
        let id = place.keep(&sealed).await;
        assert!(place.read(id).await.unwrap() == plain, "{size}");
        let tx = place.db.look(&crate::place::SOMEBODY).await.unwrap();
        let locked = place.vault.find(&tx, id).await.unwrap().unwrap();
        drop(tx);
        let opening = place.vault.unlock(&place.db, locked).await.unwrap();
        assert_eq!(opening.size(), size as u64);
        let streamed: Vec<_> = opening.into_stream().map(Result::unwrap).collect().await;
        assert!(streamed.iter().all(|b| b.len() <= MIB) && streamed.concat() == plain, "{size}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_leaves_nothing() {
    let place = Place::new("given-up").await;
    for size in [10, 5 * MIB] {
        let mut sealing = place.vault.begin(org(1), NOON).unwrap();
        sealing.write(&noise(size)).await.unwrap();
        sealing.abort().await;
    }
    assert_eq!(files(&place.folder.join("evidence")), Vec::<std::path::PathBuf>::new());
    let mut sealing = place.vault.begin(org(1), NOON).unwrap();
    sealing.write(&noise(5 * MIB)).await.unwrap();
    drop(sealing);
    for _ in 0..200 {
        if files(&place.folder.join("evidence")).is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("a dropped upload stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn cr_2_no_swap_of_bytes_keys_or_owners_opens() {
    let place = Place::new("swap").await;
    let (mut objects, owners) = (Vec::new(), [org(1), org(1), org(2), org(2)]);
    for (n, owner) in owners.into_iter().enumerate() {
        objects.push((place.store(owner, &noise(200_000 + n % 2)).await, owner));
    }
    let mut refused = 0;
    for (a, a_org) in &objects {
        for (b, b_org) in objects.iter().filter(|(b, _)| b != a) {
            // Bytes of another object.
            let kept = fs::read(place.stored(*a)).unwrap();
            fs::copy(place.stored(*b), place.stored(*a)).unwrap();
            place
                .run(
                    "UPDATE blob SET size = (SELECT size FROM blob WHERE id = $2) WHERE id = $1",
                    vec![a.0.into(), b.0.into()],
                )
                .await;
            assert!(matches!(place.read(*a).await, Err(Error::Unsealed(_))), "bytes");
            // The key of another object, then its whole row but for the id.
            let key = "UPDATE blob SET (wrapped_key, key_version) = (SELECT wrapped_key, key_version FROM blob WHERE id = $2) WHERE id = $1";
            let saved = "CREATE TABLE saved AS SELECT * FROM blob";
            place.run(saved, vec![]).await;
            place.run(key, vec![a.0.into(), b.0.into()]).await;
            assert!(matches!(place.read(*a).await, Err(Error::Unsealed(_))), "bytes and key");
            place.run("UPDATE blob SET org_id = $2 WHERE id = $1", vec![a.0.into(), b_org.0.into()]).await;
            assert!(matches!(place.read(*a).await, Err(Error::Unsealed(_))), "bytes, key and owner");
            fs::write(place.stored(*a), &kept).unwrap();
            place
                .run("UPDATE blob SET size = $2 WHERE id = $1", vec![a.0.into(), ((kept.len() - 4 * 16) as i64).into()])
                .await;
            assert!(matches!(place.read(*a).await, Err(Error::Unsealed(_))), "key and owner");
            place.run("DELETE FROM blob WHERE id = $1", vec![a.0.into()]).await;
            place.run("INSERT INTO blob SELECT * FROM saved WHERE id = $1", vec![a.0.into()]).await;
            place
                .run("UPDATE blob SET size = $2 WHERE id = $1", vec![a.0.into(), ((kept.len() - 4 * 16) as i64).into()])
                .await;
            if a_org != b_org {
                place.run("UPDATE blob SET org_id = $2 WHERE id = $1", vec![a.0.into(), b_org.0.into()]).await;
                assert!(matches!(place.read(*a).await, Err(Error::Unsealed(_))), "owner alone");
                place.run("UPDATE blob SET org_id = $2 WHERE id = $1", vec![a.0.into(), a_org.0.into()]).await;
            }
            place.run("DROP TABLE saved", vec![]).await;
            assert!(place.read(*a).await.is_ok(), "and back in its place it opens");
            refused += 4;
        }
    }
    // The organisations' keys change places.
    place.run("CREATE TABLE saved AS SELECT * FROM org_key", vec![]).await;
    let swap = "UPDATE org_key SET wrapped = (SELECT s.wrapped FROM saved s WHERE s.org_id <> org_key.org_id)";
    assert_eq!(place.run(swap, vec![]).await, 2);
    for (id, _) in &objects {
        assert!(matches!(place.read(*id).await, Err(Error::RootKey(_))));
    }
    assert_eq!(refused, 48);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_or_longer_object_is_refused_before_its_first_byte() {
    let place = Place::new("cut").await;
    let id = place.store(org(1), &noise(3 * CHUNK)).await;
    let whole = fs::read(place.stored(id)).unwrap();
    for cut in [0, 16, CHUNK + 16, 2 * (CHUNK + 16), whole.len() - 1] {
        fs::write(place.stored(id), &whole[..cut]).unwrap();
        assert!(matches!(place.read(id).await, Err(Error::Unsealed(_))), "{cut}");
    }
    fs::write(place.stored(id), [whole.as_slice(), &[0]].concat()).unwrap();
    assert!(matches!(place.read(id).await, Err(Error::Unsealed(_))));
    // Cut between two chunks, and the row made to fit: the last chunk says that it is not the last.
    fs::write(place.stored(id), &whole[..2 * (CHUNK + 16)]).unwrap();
    place.run("UPDATE blob SET size = $2 WHERE id = $1", vec![id.0.into(), (2 * CHUNK as i64).into()]).await;
    assert!(matches!(place.read(id).await, Err(Error::Unsealed(_))));
    fs::remove_file(place.stored(id)).unwrap();
    assert!(matches!(place.read(id).await, Err(Error::Missing(_))));
}

/// One organisation's store looks the same whatever another has: nothing is shared, asked or named by content.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_of_two_organisations_share_nothing() {
    let place = Place::new("apart").await;
    let plain = noise(300_000);
    let (a, b, again) =
        (place.store(org(1), &plain).await, place.store(org(2), &plain).await, place.store(org(1), &plain).await);
    let bytes: Vec<Vec<u8>> = [a, b, again].iter().map(|id| fs::read(place.stored(*id)).unwrap()).collect();
    for (n, one) in bytes.iter().enumerate() {
        for other in &bytes[n + 1..] {
            let same = one.iter().zip(other).filter(|(x, y)| x == y).count();
            // By chance one byte in 256 is equal.
            assert!(same < one.len() / 100, "{same} of {}", one.len());
        }
    }
    let tx = place.db.begin(&crate::place::SOMEBODY).await.unwrap();
    place.vault.erase(&tx, b).await.unwrap();
    tx.commit(&crate::place::Did).await.unwrap();
    place.vault.remove(&[b]).await;
    assert!(place.read(a).await.unwrap() == plain, "another's erasing takes nothing away");
}

async fn through(place: &Place, mib: usize) {
    let block = noise(MIB);
    let mut sealing = place.vault.begin(org(1), NOON).unwrap();
    for _ in 0..mib {
        sealing.write(&block).await.unwrap();
    }
    let id = place.keep(&sealing.finish().await.unwrap()).await;
    let tx = place.db.look(&crate::place::SOMEBODY).await.unwrap();
    let locked = place.vault.find(&tx, id).await.unwrap().unwrap();
    drop(tx);
    let mut opening = place.vault.unlock(&place.db, locked).await.unwrap();
    let mut read = 0;
    while let Some(bytes) = opening.next().await.unwrap() {
        assert!(bytes == block);
        read += 1;
    }
    assert_eq!(read, mib);
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_constant_for_a_large_file() {
    let place = Place::new("large").await;
    through(&place, 2).await;
    let before = peak_mib();
    through(&place, 256).await;
    assert!(peak_mib() < before + 48, "{before} MiB before, {} MiB after 256 MiB", peak_mib());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long run: 4 GiB"]
async fn long_memory_stays_constant_for_4_gib() {
    let place = Place::new("huge").await;
    through(&place, 2).await;
    let before = peak_mib();
    through(&place, 4096).await;
    eprintln!("4 GiB: {before} MiB before, {} MiB after", peak_mib());
    assert!(peak_mib() < before + 48, "{before} MiB before, {} MiB after 4 GiB", peak_mib());
}
