//! Hash lists: who may read and settle by them, what they settle before anybody looks, and how all of it is taken back.

use axum::http::StatusCode;
use base::{ListId, OrgKind};
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
    what_lists_do_for_others_changes_nothing_that_an_unentitled_hotline_sees
    az_6_rows_of_lists_are_behind_the_second_barrier
    lists_that_contradict_each_other_settle_nothing_and_are_both_named
    a_picture_that_looks_alike_is_suggested_and_accepted_with_one_key
    a_blind_sample_is_judged_without_the_hint_and_agreement_is_kept
    a_dispute_goes_to_the_publisher_and_opens_again_what_was_settled
    votes_are_seen_by_voter_and_publisher_only
    police_do_not_pass_lists_to_police
    confirmed_material_becomes_candidates_and_entries_in_bulk
    an_import_lists_refused_rows_goes_on_and_runs_twice_without_change
    an_import_taken_back_leaves_the_list_as_it_was
    a_person_is_never_overruled_by_a_list
    a_hotline_takes_a_whole_batch_back_and_nothing_of_it_stays
    ended_terms_and_stopped_lists_settle_nothing_more
    new_terms_settle_what_is_stored
    a_list_that_marks_everything_stops_itself
    bad_input_is_refused_by_field_and_changes_nothing
    a_reader_of_changes_misses_nothing_while_others_write
    a_changed_entry_changes_what_it_settled
    another_list_may_know_it_still
    a_subscription_waits_longer_after_each_failure
    whoever_asks_hears_only_of_lists_it_may_read
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

async fn what_lists_do_for_others_changes_nothing_that_an_unentitled_hotline_sees(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let bytes = pictures::png(4);
    let (ie, police) = (world.desk("IE").await, world.police("IE").await);
    let report = ie.reports("IE").await;
    let added = ie.adds(&report, "a.png", &bytes).await;
    world.settle().await;
    let paths = [format!("/api/v1/reports/{report}"), format!("/api/v1/items/{}", added["id"].as_str().unwrap())];
    let mut before = Vec::new();
    for path in &paths {
        before.push(ie.get(path).await.bytes);
    }
    let inbox = police.get("/api/v1/cases").await.bytes;
    puts(&world, &pia, made.id, &[known(&bytes)]).await;
    let theirs = nl.reports("DE").await;
    nl.adds(&theirs, "a.png", &bytes).await;
    world.settle().await;
    for (path, was) in paths.iter().zip(before) {
        assert_eq!(ie.get(path).await.bytes, was, "az_4 {path}");
    }
    assert_eq!(police.get("/api/v1/cases").await.bytes, inbox);
    // Nor does a name that is taken elsewhere tell that there is such a list.
    let own = creates(&world, &ie, "Baseline", "national").await;
    assert_eq!(own.country.map(|c| c.to_string()).as_deref(), Some("IE"));
    world
}

async fn az_6_rows_of_lists_are_behind_the_second_barrier(world: World) -> World {
    use sea_orm::{ConnectionTrait, Statement};
    let (made, pia, nl) = baseline(&world).await;
    let bytes = pictures::png(5);
    puts(&world, &pia, made.id, &[known(&bytes)]).await;
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &bytes).await;
    let entry = settled(&world, &nl, &added).await.unwrap().entry;
    let tx = world.app.db.begin(&nl.who.actor).await.unwrap();
    let (_, act) = vote::vote(&tx, made.id, entry, VoteWord::Confirm, None).await.unwrap();
    tx.commit(&act).await.unwrap();
    let bea = world.police("BE").await;
    let tx = world.app.db.look(&bea.who.actor).await.unwrap();
    for table in ["hash_list", "hash_terms", "hash_entry", "hash_vote", "settlement"] {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        let row = tx.query_one_raw(Statement::from_string(tx.get_database_backend(), sql)).await.unwrap().unwrap();
        let seen: i64 = row.try_get("", "n").unwrap();
        match world.app.db.backend() {
            storage::Backend::Sqlite => assert!(seen > 0, "{table} is filled, or the test proves nothing"),
            storage::Backend::Postgres => assert_eq!(seen, 0, "{table}"),
        }
    }
    drop(tx);
    world
}

async fn doubts(world: &World, by: &Caller) -> Vec<reports::Doubt> {
    let tx = world.app.db.look(&by.who.actor).await.unwrap();
    let page = settle::doubts(&tx, None, 50).await.unwrap();
    tx.commit(&reports::Act::SettlingRead).await.unwrap();
    page.items
}

async fn lists_that_contradict_each_other_settle_nothing_and_are_both_named(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let police = world.police("NL").await;
    let national = creates(&world, &police, "Dutch list", "national").await;
    agree(&world, national.id, &police, &nl, true).await;
    let bytes = pictures::png(6);
    puts(&world, &pia, made.id, &[known(&bytes)]).await;
    puts(&world, &police, national.id, &[known(&bytes)]).await;
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &bytes).await;
    assert_eq!((added["known"].as_bool(), &added["assessment"]), (Some(false), &Value::Null));
    let open = doubts(&world, &nl).await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].kind, DoubtKind::ListsDisagree);
    let mut names: Vec<&str> = open[0].named.iter().map(|n| n.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Baseline", "Dutch list"]);
    assert_eq!(nl.classifies(&added, "baseline").await.status, StatusCode::OK, "a person decides");
    assert!(doubts(&world, &nl).await.is_empty());
    world
}

/// An entry whose PDQ differs from an item's by so many bits.
async fn alike(world: &World, by: &Caller, which: &Value, moves: usize) -> Record {
    let tx = world.app.db.look(&by.who.actor).await.unwrap();
    let (item, act) = reports::look::item(&tx, id_of(which)).await.unwrap();
    tx.commit(&act).await.unwrap();
    assert!(item.media.pdq_quality >= 50, "the drawn picture has quality {}", item.media.pdq_quality);
    let mut bits: [u8; 32] = item.media.pdq.clone().try_into().unwrap();
    let is_one = |bits: &[u8; 32], at: usize| bits[at / 8] & (1 << (at % 8)) != 0;
    let ones: Vec<usize> = (0..256).filter(|at| is_one(&bits, *at)).take(moves).collect();
    let zeros: Vec<usize> = (0..256).filter(|at| !is_one(&bits, *at)).take(moves).collect();
    ones.iter().chain(&zeros).for_each(|at| bits[at / 8] ^= 1 << (at % 8));
    Record { pdq: Some(Pdq { bits, quality: Some(90) }), ..Record::default() }
}

async fn suggestion(world: &World, by: &Caller, which: &Value) -> Option<reports::Suggestion> {
    let tx = world.app.db.look(&by.who.actor).await.unwrap();
    let open = settle::suggestions(&tx, &[id_of(which)]).await.unwrap();
    tx.commit(&reports::Act::SettlingRead).await.unwrap();
    open.into_iter().next()
}

/// The same world with other settings for lists.
fn with_lists(mut world: World, config: hashlists::ListsConfig) -> World {
    world.app.lists = std::sync::Arc::new(hashlists::Lists::new(config).unwrap());
    world.router = web::router(world.app.clone());
    world
}

async fn a_picture_that_looks_alike_is_suggested_and_accepted_with_one_key(world: World) -> World {
    let world = with_lists(world, hashlists::ListsConfig { blind_sample: 0.0, ..Default::default() });
    let (made, pia, nl) = baseline(&world).await;
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &pictures::png(7)).await;
    let far = nl.adds(&report, "b.png", &pictures::png(8)).await;
    let near = alike(&world, &nl, &added, 4).await;
    puts(&world, &pia, made.id, &[near]).await;
    let found = suggestion(&world, &nl, &added).await.expect("suggested by the hunt");
    assert_eq!((found.list, found.distance, found.class), (made.id, 8, ListClass::Baseline));
    assert_eq!(class_of(&nl, &added).await, None, "what looks alike is never settled");
    let tx = world.app.db.begin(&nl.who.actor).await.unwrap();
    assert!(settle::accept(&tx, id_of(&far), None).await.is_err(), "there is no suggestion for the other");
    let act = settle::accept(&tx, id_of(&added), None).await.unwrap();
    tx.commit(&act).await.unwrap();
    assert_eq!(class_of(&nl, &added).await.as_deref(), Some("baseline"));
    assert_eq!(suggestion(&world, &nl, &added).await, None);
    assert_eq!(item(&nl, &added).await["known"].as_bool(), Some(false), "a person has judged it");
    world
}

async fn a_blind_sample_is_judged_without_the_hint_and_agreement_is_kept(world: World) -> World {
    let world = with_lists(world, hashlists::ListsConfig { blind_sample: 1.0, ..Default::default() });
    let (made, pia, nl) = baseline(&world).await;
    let report = nl.reports("DE").await;
    let mut records = Vec::new();
    let mut items = Vec::new();
    for seed in [9, 10] {
        let added = nl.adds(&report, &format!("{seed}.png"), &pictures::png(seed)).await;
        records.push(alike(&world, &nl, &added, 3).await);
        items.push(added);
    }
    puts(&world, &pia, made.id, &records).await;
    for one in &items {
        assert_eq!(suggestion(&world, &nl, one).await, None, "the hint is kept back");
    }
    nl.classifies(&items[0], "baseline").await;
    nl.classifies(&items[1], "not_illegal").await;
    let tx = world.app.db.look(&nl.who.actor).await.unwrap();
    let quality = settle::quality(&tx).await.unwrap();
    drop(tx);
    assert_eq!((quality.blind, quality.blind_agreed, quality.shown), (2, 1, 0));
    world
}

async fn votes(world: &World, by: &Caller, list: ListId) -> usize {
    let tx = world.app.db.look(&by.who.actor).await.unwrap();
    let page = vote::votes(&tx, list, false, None, 50).await.unwrap();
    tx.commit(&hashlists::Act::VotesRead(list)).await.unwrap();
    page.items.len()
}

async fn a_dispute_goes_to_the_publisher_and_opens_again_what_was_settled(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let bytes = pictures::png(11);
    puts(&world, &pia, made.id, &[known(&bytes)]).await;
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &bytes).await;
    world.settle().await;
    let entry = settled(&world, &nl, &added).await.unwrap().entry;
    let tx = world.app.db.begin(&nl.who.actor).await.unwrap();
    let wordless = vote::vote(&tx, made.id, entry, VoteWord::Dispute, None).await.unwrap_err();
    assert!(matches!(wordless, hashlists::Error::Refused(r) if r.field == "reason"), "a dispute has a reason");
    let (said, act) = vote::vote(&tx, made.id, entry, VoteWord::Dispute, Some("it is a cartoon")).await.unwrap();
    tx.commit(&act).await.unwrap();
    assert_eq!(class_of(&nl, &added).await.as_deref(), Some("baseline"), "a dispute alone changes nothing");
    let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
    let open = vote::votes(&tx, made.id, true, None, 10).await.unwrap().items;
    assert_eq!(open.iter().map(|v| v.id).collect::<Vec<_>>(), [said.id]);
    let act = vote::answer(&tx, made.id, said.id, VoteAnswer::Withdrawn, None).await.unwrap();
    tx.commit(&act).await.unwrap();
    world.settle().await;
    assert_eq!(class_of(&nl, &added).await, None);
    let tx = world.app.db.look(&nl.who.actor).await.unwrap();
    let changes = entry::changes(&tx, made.id, Place::after(1), 10).await.unwrap().items;
    assert!(changes.iter().any(|e| e.id == entry && e.withdrawn.is_some()), "every reader learns it by the number");
    drop(tx);
    world
}

async fn votes_are_seen_by_voter_and_publisher_only(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let (de, be) = (world.police("DE").await, world.police("BE").await);
    agree(&world, made.id, &pia, &de, false).await;
    agree(&world, made.id, &pia, &be, false).await;
    puts(&world, &pia, made.id, &[known(&pictures::png(12))]).await;
    let tx = world.app.db.begin(&de.who.actor).await.unwrap();
    let entry = entry::changes(&tx, made.id, Place::start(), 1).await.unwrap().items[0].id;
    let (_, act) = vote::vote(&tx, made.id, entry, VoteWord::Confirm, None).await.unwrap();
    tx.commit(&act).await.unwrap();
    for (who, sees) in [(&pia, 1), (&de, 1), (&be, 0), (&nl, 0)] {
        assert_eq!(votes(&world, who, made.id).await, sees, "{}", who.who.name);
    }
    let tx = world.app.db.look(&be.who.actor).await.unwrap();
    let terms = terms::of_list(&tx, made.id).await.unwrap();
    assert_eq!(terms.len(), 1, "no police learns who else reads a list");
    drop(tx);
    world
}

async fn police_do_not_pass_lists_to_police(world: World) -> World {
    let (nl, de) = (world.police("NL").await, world.police("DE").await);
    let made = creates(&world, &nl, "Dutch list", "national").await;
    let tx = world.app.db.begin(&nl.who.actor).await.unwrap();
    let refused = terms::offer(&tx, made.id, de.who.organisation.id, false).await.unwrap_err();
    assert!(matches!(refused, hashlists::Error::Refused(r) if r.rule == "police-to-police"));
    world
}

async fn confirmed_material_becomes_candidates_and_entries_in_bulk(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let police = world.police("DE").await;
    let national = creates(&world, &police, "German list", "national").await;
    let be_desk = world.desk("BE").await;
    let (report, other) = (nl.reports("DE").await, be_desk.reports("BE").await);
    let first = nl.adds(&report, "a.png", &pictures::png(13)).await;
    let second = nl.adds(&report, "b.png", &pictures::png(14)).await;
    let third = be_desk.adds(&other, "c.png", &pictures::png(15)).await;
    nl.classifies(&first, "baseline").await;
    nl.classifies(&second, "baseline").await;
    be_desk.classifies(&third, "baseline").await;
    let de_desk = world.desk("DE").await;
    let own = de_desk.reports("DE").await;
    let fourth = de_desk.adds(&own, "d.png", &pictures::png(16)).await;
    de_desk.classifies(&fourth, "national").await;
    world.settle().await;
    let waiting = async |who: &Caller, list: ListId| {
        let tx = world.app.db.look(&who.who.actor).await.unwrap();
        candidate::candidates(&tx, list, CandidateState::Waiting, None, 50).await.unwrap().items
    };
    let offered = waiting(&pia, made.id).await;
    assert_eq!(offered.len(), 2, "the Belgian agreement says nothing of lists, so nothing of it is offered");
    assert_eq!(waiting(&police, national.id).await.len(), 1, "national material of the country goes to its own police");
    let ids: Vec<_> = offered.iter().map(|c| c.id).collect();
    let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
    let (written, act) = candidate::accept(&tx, made.id, &ids).await.unwrap();
    tx.commit(&act).await.unwrap();
    assert_eq!(written.counts.added, 2);
    world.settle().await;
    assert!(waiting(&pia, made.id).await.is_empty());
    let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
    assert!(candidate::accept(&tx, made.id, &ids).await.is_err(), "once");
    drop(tx);
    assert_eq!(item(&nl, &first).await["assessment"]["class"], "baseline");
    assert!(settled(&world, &nl, &first).await.is_none(), "a person's judgement stays a person's");
    // Offered again by a later routing: it stands on the list already.
    let again = nl.reports("DE").await;
    let added = nl.adds(&again, "a.png", &pictures::png(13)).await;
    world.settle().await;
    assert_eq!((added["known"].as_bool(), waiting(&pia, made.id).await.len()), (Some(true), 0));
    world
}

fn row(seed: u8) -> Record {
    Record {
        digests: Digests { md5: Some([seed; 16]), sha1: Some([seed; 20]), sha256: Some([seed; 32]) },
        id: Some(format!("row-{seed}")),
        ..Record::default()
    }
}

const INPUT: Input<'static> = Input { form: "jsonl", name: "a list", fingerprint: "f1" };

async fn begins(world: &World, by: &Caller, list: ListId, fingerprint: &str) -> hashlists::Import {
    let tx = world.app.db.begin(&by.who.actor).await.unwrap();
    let (made, act) = import::begin(&tx, list, &Input { fingerprint, ..INPUT }).await.unwrap();
    tx.commit(&act).await.unwrap();
    made
}

async fn takes(
    world: &World,
    by: &Caller,
    into: &hashlists::Import,
    lines: Vec<import::Line>,
    checkpoint: &str,
) -> hashlists::write::Written {
    let reading = Reading { profiles: &world.app.lists.profiles, profile: None };
    let tx = world.app.db.begin(&by.who.actor).await.unwrap();
    let (written, act) = import::take(&tx, into.id, reading, lines, checkpoint).await.unwrap();
    tx.commit(&act).await.unwrap();
    written
}

async fn finishes(world: &World, by: &Caller, import: &hashlists::Import) -> hashlists::Import {
    let tx = world.app.db.begin(&by.who.actor).await.unwrap();
    let (done, act) = import::finish(&tx, import.id, None).await.unwrap();
    tx.commit(&act).await.unwrap();
    world.settle().await;
    done
}

async fn an_import_lists_refused_rows_goes_on_and_runs_twice_without_change(world: World) -> World {
    let pia = interpol(&world).await;
    let made = creates(&world, &pia, "Baseline", "baseline").await;
    let first = begins(&world, &pia, made.id, "f1").await;
    let mut poor = row(3);
    poor.digests = Digests { sha256: Some(Sha256::digest(b"").into()), ..Digests::default() };
    let mut other = row(2);
    other.id = Some("another".into());
    other.digests.sha256 = Some([99; 32]);
    let mut category = row(5);
    category.category = Some(hashlists::Category { region: Some("ZZ".into()), code: "1".into() });
    let lines = |from: i64, rows: Vec<Record>| (from..).zip(rows.into_iter().map(Ok)).collect::<Vec<import::Line>>();
    let mut some = lines(1, vec![row(1), row(2), poor, other, category]);
    some.push((6, Err(base::Refusal::new("md5", "digest-length", "`md5` has 3 characters, 32 are needed"))));
    let written = takes(&world, &pia, &first, some.clone(), "at 6").await;
    assert_eq!((written.counts.added, written.counts.refused, written.counts.lines), (2, 4, 6));
    let refused: Vec<_> = written.refused.iter().map(|r| (r.line, r.field.as_str(), r.rule.as_str())).collect();
    assert_eq!(
        refused,
        [
            (3, "sha256", "empty-file"),
            (4, "sha256", "contradicts-digest"),
            (5, "category", "unknown-region"),
            (6, "md5", "digest-length")
        ]
    );
    // Interrupted here; the same input goes on where it stopped.
    let again = begins(&world, &pia, made.id, "f1").await;
    assert_eq!((again.id, again.checkpoint.as_deref()), (first.id, Some("at 6")));
    takes(&world, &pia, &again, lines(7, vec![row(7)]), "at 7").await;
    let done = finishes(&world, &pia, &again).await;
    assert_eq!((done.state, done.counts.added, done.counts.refused), (ImportState::Done, 3, 4));
    let tx = world.app.db.look(&pia.who.actor).await.unwrap();
    let (listed, next) = import::refusals(&tx, done.id, None, 3).await.unwrap();
    let (rest, _) = import::refusals(&tx, done.id, next, 3).await.unwrap();
    assert_eq!((listed.len(), rest.len(), rest[0].reason.contains("32 are needed")), (3, 1, true));
    let before = list::own(&tx, made.id).await.unwrap().version;
    drop(tx);
    // A second run.
    let second = begins(&world, &pia, made.id, "f1").await;
    assert_ne!(second.id, first.id);
    let written = takes(&world, &pia, &second, some, "at 6").await;
    assert_eq!((written.counts.added, written.counts.changed, written.counts.same), (0, 0, 2));
    finishes(&world, &pia, &second).await;
    let tx = world.app.db.look(&pia.who.actor).await.unwrap();
    assert_eq!(list::own(&tx, made.id).await.unwrap().version, before, "running it twice changes nothing");
    drop(tx);
    world
}

/// What a list says now: entries in force, without the numbers of their changes.
async fn live(world: &World, by: &Caller, list: ListId) -> Vec<String> {
    let tx = world.app.db.look(&by.who.actor).await.unwrap();
    let all = entry::changes(&tx, list, Place::start(), 10_000).await.unwrap().items;
    let mut said: Vec<String> = all
        .into_iter()
        .filter(|e| e.withdrawn.is_none())
        .map(|e| format!("{} {:?} {:?} {:?} {}", e.source_id, e.says, e.hashes, e.record, e.added))
        .collect();
    said.sort();
    said
}

async fn an_import_taken_back_leaves_the_list_as_it_was(world: World) -> World {
    let pia = interpol(&world).await;
    let made = creates(&world, &pia, "Baseline", "baseline").await;
    for round in 0..4_u8 {
        let chance: [u8; 32] = storage::Chance.bytes().unwrap();
        let some = |part: &[u8], tag: &str| -> Vec<import::Line> {
            let tagged = |b: &u8| Record {
                tags: vec![format!("{tag}{}", b % 3)],
                tombstone: b.is_multiple_of(7),
                ..row(b % 20 + 1)
            };
            (1..).zip(part.iter().map(tagged).map(Ok)).collect()
        };
        let base = begins(&world, &pia, made.id, &format!("base {round}")).await;
        takes(&world, &pia, &base, some(&chance[..12], "base"), "1").await;
        finishes(&world, &pia, &base).await;
        let before = live(&world, &pia, made.id).await;
        let more = begins(&world, &pia, made.id, &format!("more {round}")).await;
        takes(&world, &pia, &more, some(&chance[12..22], "more"), "1").await;
        takes(&world, &pia, &more, some(&chance[22..], "last"), "2").await;
        finishes(&world, &pia, &more).await;
        let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
        let act = import::undo(&tx, more.id, "the wrong file").await.unwrap();
        tx.commit(&act).await.unwrap();
        world.settle().await;
        assert_eq!(live(&world, &pia, made.id).await, before, "round {round}: {chance:?}");
        let tx = world.app.db.look(&pia.who.actor).await.unwrap();
        assert_eq!(import::find(&tx, more.id).await.unwrap().state, ImportState::Undone);
        drop(tx);
    }
    world
}

async fn a_person_is_never_overruled_by_a_list(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let bytes = pictures::png(20);
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &bytes).await;
    nl.classifies(&added, "not_illegal").await;
    world.settle().await;
    puts(&world, &pia, made.id, &[known(&bytes)]).await;
    assert_eq!(class_of(&nl, &added).await.as_deref(), Some("not_illegal"));
    let open = doubts(&world, &nl).await;
    assert_eq!((open.len(), open[0].kind, open[0].named[0].list), (1, DoubtKind::JudgedOtherwise, made.id));
    let tx = world.app.db.begin(&nl.who.actor).await.unwrap();
    let act = settle::resolve(&tx, open[0].id, "it shows an adult, three of us looked").await.unwrap();
    tx.commit(&act).await.unwrap();
    assert!(doubts(&world, &nl).await.is_empty());
    world
}

async fn a_hotline_takes_a_whole_batch_back_and_nothing_of_it_stays(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let de = world.police("DE").await;
    let files: Vec<Vec<u8>> = (30..34).map(pictures::png).collect();
    let report = nl.reports("DE").await;
    let mut items = Vec::new();
    for (n, file) in files.iter().enumerate() {
        items.push(nl.adds(&report, &format!("{n}.png"), file).await);
    }
    world.settle().await;
    // Versions and times count changes; everything else is the state.
    let state = async || {
        let mut full = nl.get(&format!("/api/v1/reports/{report}")).await.json();
        full.as_object_mut().unwrap().remove("changed_at");
        for one in full["items"].as_array_mut().unwrap() {
            one.as_object_mut().unwrap().remove("version");
        }
        full.to_string()
    };
    let before = state().await;
    let records: Vec<Record> = files.iter().map(|f| known(f)).collect();
    puts(&world, &pia, made.id, &records).await;
    assert!(de.case_of(&report).await.is_some());
    assert_ne!(state().await, before);
    let tx = world.app.db.begin(&nl.who.actor).await.unwrap();
    let (undone, act) = settle::undo(&tx, settle::Batch::List(made.id), "the list was wrong that day").await.unwrap();
    tx.commit(&act).await.unwrap();
    assert_eq!(undone, 4);
    world.settle().await;
    assert_eq!(state().await, before, "act and undo leave what was there");
    assert_eq!(de.case_of(&report).await, None);
    // The same entries do not settle them again by themselves, however often everything is compared.
    let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
    let act = list::resume(&tx, made.id).await.unwrap();
    tx.commit(&act).await.unwrap();
    world.settle().await;
    assert_eq!(class_of(&nl, &items[0]).await, None);
    world
}

async fn ended_terms_and_stopped_lists_settle_nothing_more(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let (a, b) = (pictures::png(40), pictures::png(41));
    puts(&world, &pia, made.id, &[known(&a), known(&b)]).await;
    let report = nl.reports("DE").await;
    let first = nl.adds(&report, "a.png", &a).await;
    assert_eq!(first["known"].as_bool(), Some(true));
    let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
    let act = list::suspend(&tx, made.id, "we look into it").await.unwrap();
    tx.commit(&act).await.unwrap();
    let second = nl.adds(&report, "b.png", &b).await;
    assert_eq!(second["known"].as_bool(), Some(false), "suspended");
    let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
    let act = list::resume(&tx, made.id).await.unwrap();
    tx.commit(&act).await.unwrap();
    world.settle().await;
    assert_eq!(class_of(&nl, &second).await.as_deref(), Some("baseline"), "resumed: what came meanwhile is settled");
    let tx = world.app.db.begin(&nl.who.actor).await.unwrap();
    let own = terms::of_list(&tx, made.id).await.unwrap()[0].id;
    let act = terms::end(&tx, made.id, own).await.unwrap();
    tx.commit(&act).await.unwrap();
    let other = nl.reports("IE").await;
    let third = nl.adds(&other, "c.png", &pictures::png(42)).await;
    puts(&world, &pia, made.id, &[known(&pictures::png(42))]).await;
    assert_eq!(class_of(&nl, &third).await, None, "ended terms");
    let tx = world.app.db.look(&nl.who.actor).await.unwrap();
    assert!(list::find(&tx, made.id).await.is_err(), "the list is gone for it");
    drop(tx);
    assert_eq!(class_of(&nl, &first).await.as_deref(), Some("baseline"), "what was settled stays");
    world
}

async fn new_terms_settle_what_is_stored(world: World) -> World {
    let (pia, nl) = (interpol(&world).await, world.desk("NL").await);
    let made = creates(&world, &pia, "Baseline", "baseline").await;
    let bytes = pictures::png(43);
    puts(&world, &pia, made.id, &[known(&bytes)]).await;
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &bytes).await;
    world.settle().await;
    let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
    let (_, act) = terms::offer(&tx, made.id, nl.who.organisation.id, true).await.unwrap();
    tx.commit(&act).await.unwrap();
    world.settle().await;
    assert_eq!(class_of(&nl, &added).await, None, "an offer is one signature");
    let tx = world.app.db.look(&nl.who.actor).await.unwrap();
    assert_eq!(list::find(&tx, made.id).await.unwrap().1, hashlists::Access::Offered);
    assert!(entry::changes(&tx, made.id, Place::start(), 10).await.is_err(), "an offer opens no entry");
    drop(tx);
    let tx = world.app.db.begin(&nl.who.actor).await.unwrap();
    let act = terms::accept(&tx, made.id).await.unwrap();
    tx.commit(&act).await.unwrap();
    world.settle().await;
    assert_eq!(class_of(&nl, &added).await.as_deref(), Some("baseline"));
    world
}

async fn a_list_that_marks_everything_stops_itself(world: World) -> World {
    let config = hashlists::ListsConfig { guard_least: 6, ..Default::default() };
    let world = with_lists(world, config);
    let (made, pia, nl) = baseline(&world).await;
    let report = nl.reports("DE").await;
    let files: Vec<Vec<u8>> = (50..58).map(pictures::png).collect();
    let mut items = Vec::new();
    for (n, file) in files.iter().enumerate() {
        items.push(nl.adds(&report, &format!("{n}.png"), file).await);
    }
    world.settle().await;
    let records: Vec<Record> = files.iter().map(|f| known(f)).collect();
    puts(&world, &pia, made.id, &records).await;
    assert_eq!(class_of(&nl, &items[0]).await, None, "nothing is settled by it");
    let tx = world.app.db.look(&nl.who.actor).await.unwrap();
    let why = list::find(&tx, made.id).await.unwrap().0.guarded.expect("it says so");
    assert!(why.contains("hits 8 of 8 files"), "{why}");
    drop(tx);
    world
}

async fn bad_input_is_refused_by_field_and_changes_nothing(world: World) -> World {
    let (pia, nl, police) = (interpol(&world).await, world.desk("NL").await, world.police("NL").await);
    let fine = list::Incoming { name: "L", class: "context", rule: "r", ..list::Incoming::default() };
    let refused = async |by: &Caller, incoming: list::Incoming<'_>| {
        let tx = world.app.db.begin(&by.who.actor).await.unwrap();
        match list::create(&tx, &incoming).await {
            Err(hashlists::Error::Refused(r)) => (r.field, r.rule),
            other => panic!("{other:?}"),
        }
    };
    for (by, incoming, field, rule) in [
        (&pia, list::Incoming { name: " ", ..fine.clone() }, "name", "missing"),
        (&pia, list::Incoming { name: "a\nb", ..fine.clone() }, "name", "bad-character"),
        (&pia, list::Incoming { rule: "", ..fine.clone() }, "rule", "missing"),
        (&pia, list::Incoming { class: "worst", ..fine.clone() }, "class", "unknown-class"),
        (&pia, list::Incoming { class: "national", ..fine.clone() }, "country", "not-your-law"),
        (&pia, list::Incoming { country: Some("NL"), ..fine.clone() }, "country", "country-without-national"),
        (&pia, list::Incoming { max_distance: Some(32), ..fine.clone() }, "max_distance", "out-of-range"),
        (&pia, list::Incoming { max_distance: Some(-1), ..fine.clone() }, "max_distance", "out-of-range"),
        (&pia, list::Incoming { age_below: Some(0), ..fine.clone() }, "age_below", "out-of-range"),
        (&nl, list::Incoming { class: "baseline", ..fine.clone() }, "class", "not-your-class"),
        (&police, list::Incoming { class: "baseline", ..fine.clone() }, "class", "not-your-class"),
        (&police, list::Incoming { class: "national", country: Some("DE"), ..fine.clone() }, "country", "not-your-law"),
        (
            &police,
            list::Incoming { class: "national", country: Some("XX"), ..fine.clone() },
            "country",
            "unknown-country",
        ),
    ] {
        assert_eq!(refused(by, incoming).await, (field, rule));
    }
    let made = creates(&world, &pia, "L", "context").await;
    assert_eq!(refused(&pia, fine.clone()).await, ("name", "name-taken"));
    let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
    let rule = |e: hashlists::Error| match e {
        hashlists::Error::Refused(r) => r.rule,
        hashlists::Error::Conflict { rule, .. } => rule,
        other => panic!("{other}"),
    };
    let nobody = base::OrgId(uuid::Uuid::from_u128(1));
    assert_eq!(rule(terms::offer(&tx, made.id, nobody, false).await.unwrap_err()), "unknown-organisation");
    assert_eq!(rule(terms::offer(&tx, made.id, made.publisher, false).await.unwrap_err()), "own-list");
    let lea = police.who.organisation.id;
    assert_eq!(rule(terms::offer(&tx, made.id, lea, true).await.unwrap_err()), "nothing-to-settle");
    let (profiles, empty) = (Profiles::shipped().unwrap(), Record::default());
    assert_eq!(rule(entry::write_all(&tx, made.id, &[empty], &profiles, None).await.unwrap_err()), "nothing-to-match");
    assert_eq!(rule(candidate::accept(&tx, made.id, &[]).await.unwrap_err()), "candidate-count");
    assert_eq!(rule(import::begin(&tx, made.id, &Input { name: "", ..INPUT }).await.map(drop).unwrap_err()), "missing");
    drop(tx);
    let tx = world.app.db.look(&pia.who.actor).await.unwrap();
    assert_eq!(list::own(&tx, made.id).await.unwrap().version, 0, "nothing was changed");
    drop(tx);
    world
}

async fn a_reader_of_changes_misses_nothing_while_others_write(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let writers: Vec<_> = (0..12_u8)
        .map(|writer| {
            let (db, actor, list) = (world.app.db.clone(), pia.who.actor.clone(), made.id);
            tokio::spawn(async move {
                for n in 0..5_u8 {
                    let tx = db.begin(&actor).await.unwrap();
                    let rows = [row(writer * 20 + n + 1), row(writer * 20 + n + 6)];
                    let profiles = Profiles::shipped().unwrap();
                    let (_, act) = entry::write_all(&tx, list, &rows, &profiles, None).await.unwrap();
                    tx.commit(&act).await.unwrap();
                }
            })
        })
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    let mut place = Place::start();
    let mut done = false;
    loop {
        let tx = world.app.db.look(&nl.who.actor).await.unwrap();
        let page = entry::changes(&tx, made.id, place, 7).await.unwrap().items;
        drop(tx);
        match page.last() {
            Some(last) => place = Place { version: last.changed, entry: last.id.0 },
            None if done => break,
            None => {
                done = writers.iter().all(tokio::task::JoinHandle::is_finished);
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        }
        seen.extend(page.iter().map(|e| e.source_id.clone()));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(seen.len(), live(&world, &pia, made.id).await.len());
    assert_eq!(seen.len(), 12 * 10);
    world
}

async fn a_changed_entry_changes_what_it_settled(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let bytes = pictures::png(60);
    let named = |class: Option<bool>| {
        let mut record = Record { id: Some("one".into()), ..known(&bytes) };
        record.flags.suspected = class;
        record
    };
    puts(&world, &pia, made.id, &[named(None)]).await;
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &bytes).await;
    assert_eq!(added["known"].as_bool(), Some(true));
    puts(&world, &pia, made.id, &[named(Some(true))]).await;
    assert_eq!(class_of(&nl, &added).await, None, "only suspected now: it settles nothing");
    assert_eq!(doubts(&world, &nl).await[0].kind, DoubtKind::Context);
    puts(&world, &pia, made.id, &[named(Some(false))]).await;
    assert_eq!(class_of(&nl, &added).await.as_deref(), Some("baseline"));
    assert!(doubts(&world, &nl).await.is_empty());
    world
}

async fn another_list_may_know_it_still(world: World) -> World {
    let (made, pia, nl) = baseline(&world).await;
    let second = creates(&world, &pia, "Second", "baseline").await;
    agree(&world, second.id, &pia, &nl, true).await;
    let bytes = pictures::png(61);
    puts(&world, &pia, made.id, &[known(&bytes)]).await;
    puts(&world, &pia, second.id, &[known(&bytes)]).await;
    let report = nl.reports("DE").await;
    let added = nl.adds(&report, "a.png", &bytes).await;
    let first = settled(&world, &nl, &added).await.unwrap();
    let tx = world.app.db.begin(&pia.who.actor).await.unwrap();
    let act = entry::withdraw(&tx, first.list, first.entry, "a mistake").await.unwrap();
    tx.commit(&act).await.unwrap();
    world.settle().await;
    let now = settled(&world, &nl, &added).await.expect("the other list knows it");
    assert_ne!(now.list, first.list);
    assert_eq!(class_of(&nl, &added).await.as_deref(), Some("baseline"));
    world
}

async fn a_subscription_waits_longer_after_each_failure(world: World) -> World {
    use hashlists::subscription;
    let nl = world.desk("NL").await;
    let made = creates(&world, &nl, "From elsewhere", "national").await;
    let fine = subscription::Incoming {
        kind: "hash_sharing",
        url: "https://hashes.example/",
        credential: None,
        every_seconds: 600,
    };
    let tx = world.app.db.begin(&nl.who.actor).await.unwrap();
    for (bad, field) in [
        (subscription::Incoming { kind: "ftp", ..fine.clone() }, "kind"),
        (subscription::Incoming { url: "ftp://x", ..fine.clone() }, "url"),
        (subscription::Incoming { every_seconds: 1, ..fine.clone() }, "every_seconds"),
    ] {
        let refused = subscription::subscribe(&tx, made.id, &bad).await.unwrap_err();
        assert!(matches!(&refused, hashlists::Error::Refused(r) if r.field == field), "{refused}");
    }
    let (_, act) = subscription::subscribe(&tx, made.id, &fine).await.unwrap();
    tx.commit(&act).await.unwrap();
    let db = &world.app.db;
    let mut waits = Vec::new();
    for _ in 0..3 {
        let due = subscription::take_due(db).await.unwrap().expect("due");
        assert!(subscription::take_due(db).await.unwrap().is_none(), "one node at a time");
        subscription::fetched(db, &due, Some("refused")).await.unwrap();
        let tx = db.look(&nl.who.actor).await.unwrap();
        let now = subscription::subscriptions(&tx, made.id).await.unwrap().remove(0);
        drop(tx);
        waits.push((now.due_at.micros() - db.now().micros()) / 1_000_000);
        db.clock().advance(waits.last().copied().unwrap());
    }
    assert_eq!(waits, [30, 60, 120]);
    world
}

async fn whoever_asks_hears_only_of_lists_it_may_read(world: World) -> World {
    use hashlists::{Hashes, ask};
    let (made, pia, nl) = baseline(&world).await;
    puts(&world, &pia, made.id, &[row(1)]).await;
    let of = |n: u8| Hashes { digests: Digests { sha1: Some([n; 20]), ..Digests::default() }, ..Hashes::default() };
    let police = world.police("DE").await;
    for (who, knows) in [(&nl, 1), (&pia, 1), (&police, 0)] {
        let tx = world.app.db.look(&who.who.actor).await.unwrap();
        let (answers, act) = ask::ask(&tx, &world.app.lists, &[of(1), of(2)]).await.unwrap();
        tx.commit(&act).await.unwrap();
        assert_eq!((answers.len(), answers[0].len(), answers[1].len()), (2, knows, 0), "{}", who.who.name);
    }
    let tx = world.app.db.look(&nl.who.actor).await.unwrap();
    assert!(ask::ask(&tx, &world.app.lists, &[]).await.is_err());
    assert!(ask::ask(&tx, &world.app.lists, &vec![of(1); 1001]).await.is_err());
    drop(tx);
    world
}
