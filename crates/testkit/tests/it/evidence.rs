//! Sealed evidence on both databases: who may erase what, what is left then, and rotation under row-level security.

use axum::http::StatusCode;
use base::{Actor, ItemId};
use reports::erase;
use serde_json::Value;
use testkit::{Caller, World, pictures, stories};

stories! {
    an_erased_file_is_gone_for_everybody_and_its_custody_says_so
    only_the_hotline_whose_file_it_is_erases_it
    the_same_content_may_come_again_after_erasing
    cr_1_rotation_reads_and_erases_under_row_level_security
}

const PURPOSE: [(&str, &str); 1] = [("purpose", "check")];

async fn looks(who: &Caller, item: &str) -> (StatusCode, StatusCode) {
    let request = axum::http::Request::builder()
        .uri(format!("/api/v1/items/{item}/file"))
        .header("authorization", format!("Bearer {}", who.token))
        .header(PURPOSE[0].0, PURPOSE[0].1);
    let file = who.send(request.body(axum::body::Body::empty()).unwrap()).await.status;
    (file, who.get(&format!("/api/v1/items/{item}/preview")).await.status)
}

fn id(item: &Value) -> ItemId {
    item["id"].as_str().unwrap().parse().unwrap()
}

async fn erases(world: &World, actor: &Actor, item: ItemId) -> Result<erase::Erased, reports::Error> {
    let app = &world.app;
    let tx = app.db.begin(actor).await.unwrap();
    let (erased, act) = erase::item(&tx, &app.vault, item, "retention is over").await?;
    tx.commit(&act).await.unwrap();
    app.vault.remove(&erased.objects).await;
    Ok(erased)
}

async fn an_erased_file_is_gone_for_everybody_and_its_custody_says_so(world: World) -> World {
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let (report, other) = (nl.reports("DE").await, nl.reports("DE").await);
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    let same = nl.adds(&other, "b.png", &pictures::png(1)).await;
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    let name = item["id"].as_str().unwrap();
    assert_eq!(looks(&nl, name).await, (StatusCode::OK, StatusCode::OK));
    assert_eq!(looks(&de, name).await, (StatusCode::OK, StatusCode::OK));
    assert_eq!(world.sealed_objects(), 2);

    let erased = erases(&world, &nl.who.actor, id(&item)).await.unwrap();
    assert_eq!((erased.objects.len(), erased.items, erased.captures), (2, 2, 0));
    assert_eq!(world.sealed_objects(), 0);
    for who in [&nl, &de] {
        assert_eq!(looks(who, name).await, (StatusCode::GONE, StatusCode::GONE));
    }
    assert_eq!(looks(&nl, same["id"].as_str().unwrap()).await.0, StatusCode::GONE, "it was the same file");
    for item in [&item, &same] {
        let path = format!("/api/v1/items/{}/custody", item["id"].as_str().unwrap());
        let custody = nl.get(&path).await.json().to_string();
        assert!(custody.contains("item.erased") && custody.contains("retention is over"), "{custody}");
    }
    let proof = world.app.vault.prove(&world.app.db, world.app.db.now(), |f| panic!("{f:?}")).await.unwrap();
    assert_eq!((proof.whole, proof.erased), (0, 2));
    assert!(matches!(erases(&world, &nl.who.actor, id(&item)).await, Err(reports::Error::Conflict { .. })));
    world
}

async fn only_the_hotline_whose_file_it_is_erases_it(world: World) -> World {
    let (nl, de, police) = (world.desk("NL").await, world.desk("DE").await, world.police("DE").await);
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    // The German hotline owns it by hosting country and its police may open it; neither erases it.
    for who in [&de, &police, &world.desk("BE").await] {
        let refused = erases(&world, &who.who.actor, id(&item)).await;
        assert!(matches!(refused, Err(reports::Error::NotFound)), "{}: {refused:?}", who.who.name);
    }
    assert_eq!(looks(&nl, item["id"].as_str().unwrap()).await.0, StatusCode::OK);
    erases(&world, &Actor::machine("operator"), id(&item)).await.unwrap();
    assert_eq!(looks(&nl, item["id"].as_str().unwrap()).await.0, StatusCode::GONE);
    assert!(
        nl.acts().await.iter().any(|act| act == "item.erased"),
        "what the operator did stands in the hotline's log"
    );
    world
}

async fn the_same_content_may_come_again_after_erasing(world: World) -> World {
    let nl = world.desk("NL").await;
    let (report, later) = (nl.reports("DE").await, nl.reports("DE").await);
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    erases(&world, &nl.who.actor, id(&item)).await.unwrap();
    let again = nl.adds(&later, "a.png", &pictures::png(1)).await;
    assert_eq!(looks(&nl, again["id"].as_str().unwrap()).await, (StatusCode::OK, StatusCode::OK));
    assert_eq!(world.sealed_objects(), 2);
    world
}

async fn cr_1_rotation_reads_and_erases_under_row_level_security(world: World) -> World {
    let (nl, be) = (world.desk("NL").await, world.desk("BE").await);
    let (mut items, app) = (Vec::new(), &world.app);
    for (who, seed) in [(&nl, 1), (&nl, 2), (&be, 1)] {
        let report = who.reports("DE").await;
        items.push((who, who.adds(&report, "a.png", &pictures::png(seed)).await));
    }
    let (reading, storing) = (app.clone(), nl.who.actor.clone());
    let meanwhile = tokio::spawn(async move {
        for n in 0..40_u8 {
            let sealed = reading.vault.put(storing.org, reading.db.now(), &[n; 100]).await.unwrap();
            let tx = reading.db.begin(&storing).await.unwrap();
            reading.vault.keep(&tx, &sealed).await.unwrap();
            tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
            let tx = reading.db.look(&storing).await.unwrap();
            let locked = reading.vault.find(&tx, sealed.id).await.unwrap().unwrap();
            drop(tx);
            let bytes = reading.vault.open_locked(&reading.db, locked).await.expect("0 failed reads");
            assert_eq!(bytes, [n; 100]);
        }
    });
    for version in 2..6 {
        let rotated = app.vault.rotate_organisation(&app.db, nl.who.actor.org).await.unwrap().unwrap();
        assert_eq!((rotated.version, rotated.resumed), (version, false));
        assert!(rotated.keys >= 4, "{rotated:?}");
    }
    meanwhile.await.unwrap();
    for (who, item) in &items {
        assert_eq!(looks(who, item["id"].as_str().unwrap()).await, (StatusCode::OK, StatusCode::OK));
    }
    let proof = app.vault.prove(&app.db, app.db.now(), |f| panic!("{f:?}")).await.unwrap();
    assert_eq!(proof.whole, 46);
    world
}
