//! Hash lists: who may read and settle by them, what they settle before anybody looks, and how all of it is taken back.

use axum::http::StatusCode;
use base::{Actor, ListId, OrgKind};
use hashlists::{
    CandidateState, Digests, ImportState, List, ListClass, Pdq, Profiles, Record, VoteAnswer, VoteWord, candidate,
    entry::{self, Place},
    import::{self, Input, Reading},
    list, terms, vote,
};
use reports::{DoubtKind, settle};
use serde_json::Value;
use sha2::{Digest, Sha256};
use testkit::{Caller, World, pictures, stories};

stories! {
    a_known_file_is_settled_before_anybody_looks
    a_new_entry_settles_what_is_stored_and_its_withdrawal_opens_it_again
    a_list_without_terms_does_not_exist
}

fn digests(bytes: &[u8]) -> Digests {
    Digests { sha256: Some(Sha256::digest(bytes).into()), ..Digests::default() }
}

fn known(bytes: &[u8]) -> Record {
    Record { digests: digests(bytes), ..Record::default() }
}

/// The officer of INTERPOL's desk.
async fn interpol(world: &World) -> Caller {
    let pia = world.people.iter().find(|p| p.organisation.kind == OrgKind::Interpol).unwrap();
    world.calling(pia).await
}

async fn creates(world: &World, by: &Caller, name: &str, class: &str) -> List {
    let tx = world.app.db.begin(&by.who.actor).await.unwrap();
    let incoming = list::Incoming { name, class, rule: "by the publisher's criteria", ..list::Incoming::default() };
    let (made, act) = list::create(&tx, &incoming).await.unwrap();
    tx.commit(&act).await.unwrap();
    made
}

/// Offers terms and accepts them.
async fn agree(world: &World, list: ListId, publisher: &Caller, reader: &Caller, may_settle: bool) {
    let tx = world.app.db.begin(&publisher.who.actor).await.unwrap();
    let (_, act) = terms::offer(&tx, list, reader.who.organisation.id, may_settle).await.unwrap();
    tx.commit(&act).await.unwrap();
    let tx = world.app.db.begin(&reader.who.actor).await.unwrap();
    let act = terms::accept(&tx, list).await.unwrap();
    tx.commit(&act).await.unwrap();
}

/// Writes entries and lets everything that follows happen.
async fn puts(world: &World, by: &Caller, list: ListId, records: &[Record]) -> i64 {
    let tx = world.app.db.begin(&by.who.actor).await.unwrap();
    let (written, act) = entry::write_all(&tx, list, records, &world.app.lists.profiles, None).await.unwrap();
    tx.commit(&act).await.unwrap();
    world.settle().await;
    written.version
}

/// The baseline list of INTERPOL's desk, by which the Dutch hotline settles.
async fn baseline(world: &World) -> (List, Caller, Caller) {
    let (pia, nl) = (interpol(world).await, world.desk("NL").await);
    let made = creates(world, &pia, "Baseline", "baseline").await;
    agree(world, made.id, &pia, &nl, true).await;
    world.settle().await;
    (made, pia, nl)
}

async fn item(by: &Caller, item: &Value) -> Value {
    let answer = by.get(&format!("/api/v1/items/{}", item["id"].as_str().unwrap())).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn class_of(by: &Caller, which: &Value) -> Option<String> {
    item(by, which).await["assessment"]["class"].as_str().map(str::to_owned)
}

fn id_of(item: &Value) -> base::ItemId {
    item["id"].as_str().unwrap().parse().unwrap()
}

async fn settled(world: &World, by: &Caller, which: &Value) -> Option<reports::Settled> {
    let tx = world.app.db.look(&by.who.actor).await.unwrap();
    let found = settle::of_items(&tx, &[id_of(which)]).await.unwrap();
    tx.commit(&reports::Act::SettlingRead).await.unwrap();
    found.into_iter().next().map(|(_, s)| s)
}

async fn a_known_file_is_settled_before_anybody_looks(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let bytes = pictures::png(1);
    let version = puts(&world, &pia, made.id, &[known(&bytes)]).await;
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &bytes).await;
    assert_eq!((added["known"].as_bool(), added["assessment"]["class"].as_str()), (Some(true), Some("baseline")));
    let by = settled(&world, &nl, &added).await.expect("settled");
    assert_eq!((by.list, by.version, by.how.as_str(), by.name.as_str()), (made.id, version, "sha256", "Baseline"));
    world.settle().await;
    assert!(world.police("DE").await.case_of(&report).await.is_some(), "police are told of what a list settled too");
    assert!(nl.acts().await.contains(&"item.settled".to_owned()));
    let waits = nl.get("/api/v1/items?report=x").await;
    assert_ne!(waits.status, StatusCode::INTERNAL_SERVER_ERROR);
    // Another hotline has no terms: for it nothing is known.
    let ie = world.desk("IE").await;
    let other = ie.reports("IE").await;
    let added = ie.adds(&other, "a.png", &bytes).await;
    assert_eq!((added["known"].as_bool(), &added["assessment"]), (Some(false), &Value::Null));
    world
}

async fn a_new_entry_settles_what_is_stored_and_its_withdrawal_opens_it_again(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let bytes = pictures::png(2);
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &bytes).await;
    world.settle().await;
    assert_eq!(class_of(&nl, &added).await, None);
    puts(&world, &pia, made.id, &[known(&bytes)]).await;
    assert_eq!(class_of(&nl, &added).await.as_deref(), Some("baseline"), "found by the hunt");
    let de = world.police("DE").await;
    assert!(de.case_of(&report).await.is_some());
    let entry = settled(&world, &nl, &added).await.unwrap().entry;
    let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
    let act = entry::withdraw(&tx, made.id, entry, "drawn by mistake").await.unwrap();
    tx.commit(&act).await.unwrap();
    world.settle().await;
    assert_eq!(class_of(&nl, &added).await, None, "it waits for a person again");
    assert_eq!(de.case_of(&report).await, None, "what rested on it is withdrawn");
    let acts = nl.acts().await;
    for act in ["item.settled", "item.reopened"] {
        assert!(acts.contains(&act.to_owned()), "the log keeps {act}: {acts:?}");
    }
    world
}

async fn a_list_without_terms_does_not_exist(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    puts(&world, &pia, made.id, &[known(&pictures::png(3))]).await;
    let ie = world.desk("IE").await;
    let tx = world.app.db.look(&ie.who.actor).await.unwrap();
    let nothing = ListId(uuid::Uuid::from_u128(7));
    for id in [made.id, nothing] {
        for error in [
            list::find(&tx, id).await.map(drop).unwrap_err(),
            list::own(&tx, id).await.map(drop).unwrap_err(),
            terms::of_list(&tx, id).await.map(drop).unwrap_err(),
            entry::changes(&tx, id, Place::start(), 10).await.map(drop).unwrap_err(),
            vote::votes(&tx, id, false, None, 10).await.map(drop).unwrap_err(),
            candidate::candidates(&tx, id, CandidateState::Waiting, None, 10).await.map(drop).unwrap_err(),
            import::imports(&tx, id, None, 10).await.map(drop).unwrap_err(),
        ] {
            assert!(matches!(error, hashlists::Error::NotFound), "{error}");
        }
    }
    assert!(list::list(&tx).await.unwrap().is_empty());
    drop(tx);
    let tx = world.app.db.look(&nl.who.actor).await.unwrap();
    assert_eq!(entry::changes(&tx, made.id, Place::start(), 10).await.unwrap().items.len(), 1);
    assert!(matches!(list::own(&tx, made.id).await, Err(hashlists::Error::NotFound)), "reading is not publishing");
    drop(tx);
    world
}
