//! What goes wrong between the link and the receiver, over each transport with a real peer, down to the rows: a day without the
//! receiver, answers again and again, nonsense, and what the desk says meanwhile.

use crate::{
    identification::{dispatches, findings, judged, pia, picture, releases},
    linked::{Linked, Way},
};
use exchange::icse::sandbox::Hostile;
use serde_json::{Value, json};
use testkit::{World, pictures};

/// Each story over HTTPS on both databases, by SFTP on one and in a bucket on the other.
macro_rules! every_way {
    ($($module:ident $backend:ident $way:ident [$($name:ident)*])*) => { $(
        mod $module { $(
            #[tokio::test]
            async fn $name() {
                let story = |world| super::$name(world, super::Way::$way);
                testkit::World::tell(storage::Backend::$backend, story).await;
            }
        )* }
    )* };
    ($($name:ident)*) => { every_way! {
        https_sqlite Sqlite Https [$($name)*]
        https_postgres Postgres Https [$($name)*]
        sftp_sqlite Sqlite Sftp [$($name)*]
        bucket_postgres Postgres Bucket [$($name)*]
    } };
}

every_way! {
    a_picture_goes_and_comes_back_as_a_series
    fa_2_after_a_day_without_the_receiver_everything_drains
    fa_3_answers_ten_times_in_any_order_are_one
    fa_5_garbage_from_the_receiver_parks_and_loses_nothing
    fa_6_what_the_desk_shows_is_in_the_rows
}

async fn a_picture_goes_and_comes_back_as_a_series(mut world: World, way: Way) -> World {
    let linked = Linked::by(way, &mut world, |_| {}).await;
    releases(&world).await;
    let (_, item) = judged(&world, &picture(5), "baseline").await;
    linked.works(&world).await;
    let held = linked.held();
    assert_eq!((held.len(), held[0].version, held[0].media, held[0].taken), (1, 1, true, 1));
    let found = findings(&world, &item).await;
    assert_eq!((found.len(), found[0]["word"].as_str()), (1, Some("known")), "{found:?}");
    assert!(found[0]["series"].as_str().is_some_and(|series| series.starts_with("S-")), "{found:?}");
    assert_eq!(dispatches(&world, "through").await[0]["state"], "answered");
    world
}

async fn fa_2_after_a_day_without_the_receiver_everything_drains(mut world: World, way: Way) -> World {
    let mut linked = Linked::by(way, &mut world, |_| {}).await;
    releases(&world).await;
    linked.cut();
    for seed in 0..12 {
        judged(&world, &pictures::png(seed), "baseline").await;
        world.app.db.clock().advance(2 * 3600);
        linked.works(&world).await;
    }
    let status = pia(&world).await.get("/api/v1/link").await.json();
    assert_eq!(status["flows"][0]["waiting"], 12, "{status}");
    assert!(status["delivery_trouble"].as_str().is_some(), "the desk says why: {status}");
    linked.mend();
    linked.start().await;
    world.app.db.clock().advance(900);
    linked.works(&world).await;
    let held = linked.held();
    assert_eq!(held.len(), 12, "0 lost");
    assert!(held.iter().all(|h| h.taken == 1 && h.version == 1), "0 double: {held:?}");
    let status = pia(&world).await.get("/api/v1/link").await.json();
    assert_eq!((&status["flows"][0]["waiting"], &status["delivery_trouble"]), (&json!(0), &Value::Null), "{status}");
    world
}

async fn fa_3_answers_ten_times_in_any_order_are_one(mut world: World, way: Way) -> World {
    let linked = Linked::by(way, &mut world, |settings| settings.repeat = true).await;
    releases(&world).await;
    let mut items = Vec::new();
    for digit in [3, 5, 7, 8] {
        items.push(judged(&world, &picture(digit), "baseline").await.1);
    }
    for _ in 0..10 {
        linked.works(&world).await;
        world.app.db.clock().advance(60);
    }
    for item in &items {
        assert_eq!(findings(&world, item).await.len(), 1, "the same answer is one finding");
    }
    assert!(linked.held().iter().all(|h| h.taken == 1));
    assert_eq!(dispatches(&world, "through").await.len(), 4);
    world
}

async fn fa_5_garbage_from_the_receiver_parks_and_loses_nothing(mut world: World, way: Way) -> World {
    let mut linked = Linked::by(way, &mut world, |_| {}).await;
    releases(&world).await;
    for (n, &hostile) in Hostile::ALL.iter().enumerate() {
        linked.stop();
        linked.settings.hostile = Some(hostile);
        linked.start().await;
        let (_, item) = judged(&world, &pictures::png(200 + u32::try_from(n).unwrap()), "baseline").await;
        for _ in 0..4 {
            linked.works(&world).await;
            world.app.db.clock().advance(30);
        }
        assert_eq!(findings(&world, &item).await, [] as [Value; 0], "{hostile:?} is no finding");
        // The receiver is well again: whatever was parked goes through once somebody tries it again.
        linked.stop();
        linked.settings.hostile = None;
        linked.start().await;
        for failed in dispatches(&world, "failed").await {
            assert!(
                failed["reason"].as_str().is_some_and(|r| !r.is_empty() && r.len() < 1000),
                "{hostile:?}: {failed}"
            );
            let path = format!("/api/v1/link/dispatches/{}/retry", failed["id"].as_str().unwrap());
            drop(pia(&world).await.json("POST", &path, &json!({})).await);
        }
        world.app.db.clock().advance(7 * 3600);
        linked.works(&world).await;
        let held = linked.held();
        let mine = held.iter().find(|h| h.item.to_string() == item["id"].as_str().unwrap());
        assert!(mine.is_some(), "{hostile:?} loses nothing");
        assert_eq!(dispatches(&world, "open").await, [] as [Value; 0], "{hostile:?}");
    }
    world
}

async fn fa_6_what_the_desk_shows_is_in_the_rows(mut world: World, way: Way) -> World {
    let mut linked = Linked::by(way, &mut world, |settings| settings.answer_after = 3600).await;
    releases(&world).await;
    linked.cut();
    judged(&world, &picture(5), "baseline").await;
    linked.works(&world).await;
    let browser = crate::pages::Browser::of(pia(&world).await).await;
    let page = browser.get("/interpol?which=open").await.text();
    assert!(page.contains("packed") && !page.contains("left, no receipt"), "nothing claims that it was sent");
    linked.mend();
    world.app.db.clock().advance(900);
    linked.works(&world).await;
    let page = browser.get("/interpol?which=open").await.text();
    let left = way != Way::Https;
    assert_eq!(page.contains("left, no receipt"), left, "what lies in a box is left there, and nobody has said more");
    assert_eq!(dispatches(&world, "through").await, [] as [Value; 0]);
    linked.start().await;
    world.app.db.clock().advance(900);
    linked.works(&world).await;
    assert_eq!(dispatches(&world, "through").await[0]["state"], "taken", "a receipt, and no answer yet");
    world.app.db.clock().advance(3700);
    linked.works(&world).await;
    assert_eq!(dispatches(&world, "through").await[0]["state"], "answered");
    world
}
