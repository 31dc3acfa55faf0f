//! CR-3: after erasing, neither what was sealed nor the key that opened it is anywhere on the disk.

use crate::place::{Did, Place, SOMEBODY, files, noise, org};
use base::BlobId;
use std::{collections::HashSet, fs};
use storage::{Error, sql};

async fn wrapped_key(place: &Place, id: BlobId) -> Vec<u8> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        wrapped_key: Vec<u8>,
    }
    let tx = place.db.look(&SOMEBODY).await.unwrap();
    let row: Option<Row> =
        sql::one(&tx, "SELECT wrapped_key FROM blob WHERE id = $1", vec![id.0.into()]).await.unwrap();
    row.unwrap().wrapped_key
}

/// How many of the wanted pieces, told by 16 bytes each, stand in some file under the place.
fn found(place: &Place, wanted: &[&[u8]]) -> usize {
    let wanted: HashSet<&[u8]> = wanted.iter().map(|piece| &piece[..16]).collect();
    let mut seen = HashSet::new();
    for path in files(&place.folder) {
        let bytes = fs::read(path).unwrap();
        seen.extend(bytes.windows(16).filter_map(|window| wanted.get(window).copied()));
    }
    seen.len()
}

async fn shredded(name: &str, objects: usize) {
    let place = Place::new(name).await;
    let canary = b"canary: a drawn circle, 40 pixels wide, on a grey ground".as_slice();
    let mut ids = Vec::new();
    for _ in 0..objects {
        ids.push(place.store(org(1), &[canary, &noise(3_000), canary].concat()).await);
    }
    let mut keys = Vec::new();
    for id in &ids {
        keys.push(wrapped_key(&place, *id).await);
    }
    // A key's beginning and its middle: a page holds it in one piece, but a chain of pages may not.
    let pieces: Vec<&[u8]> = keys.iter().flat_map(|key| [&key[..], &key[32..]]).collect();
    assert_eq!(found(&place, &pieces), 2 * objects, "the search finds what is there");
    let tx = place.db.begin(&SOMEBODY).await.unwrap();
    for id in &ids[1..] {
        assert!(place.vault.erase(&tx, *id).await.unwrap());
    }
    tx.commit(&Did).await.unwrap();
    place.vault.remove(&ids[1..]).await;
    place.db.forget().await.unwrap();
    assert_eq!(found(&place, &[canary]), 0, "plain bytes were never on the disk");
    assert_eq!(found(&place, &pieces[2..]), 0, "keys of erased objects");
    assert_eq!(found(&place, &pieces[..2]), 2, "and the key of the other one is there");
    for id in &ids[1..] {
        assert!(!place.stored(*id).exists());
        assert!(matches!(place.read(*id).await, Err(Error::Erased(_))));
    }
    assert!(place.read(ids[0]).await.unwrap().starts_with(canary), "its neighbour is untouched");
}

#[tokio::test(flavor = "multi_thread")]
async fn cr_3_after_erasing_neither_canary_nor_key_is_on_the_disk() {
    shredded("shred", 20).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long run: 1,000 objects"]
async fn long_cr_3_after_erasing_neither_canary_nor_key_is_on_the_disk() {
    shredded("shred-long", 1_000).await;
}
