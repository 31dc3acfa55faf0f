//! The two barriers: the scope in every query, and on PostgreSQL row-level security behind it.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use storage::{Backend, Tx};
use testkit::{World, pictures, stories};

stories! {
    az_6_a_forgotten_scope_shows_nothing_foreign_on_postgresql
    az_6_tenants_do_not_mix_in_a_small_pool
    a_transaction_without_its_act_changes_nothing
    writers_at_once_are_refused_alone_and_lose_nothing
    audit_entries_can_be_neither_altered_nor_removed
    cr_2_a_blob_row_swapped_between_organisations_does_not_open
}

const TABLES: &[&str] = &[
    "blob",
    "org_key",
    "request_seen",
    "audit_entry",
    "person",
    "agreement",
    "agreement_version",
    "report",
    "media_object",
    "item",
    "assessment",
    "disclosure",
    "police_case",
    "outcome",
    "urgency",
    "case_file",
    "case_word",
    "case_read",
    "folder",
    "folder_case",
    "case_note",
    "saved_search",
    "mail_address",
    "context_request",
    "widening",
    "removal_hold",
    "case_message",
    "contact_ask",
    "onward",
    "finding",
    "dispatch",
    "parcel",
    "partner_answer",
    "link_release",
    "provider",
    "fetch_key",
    "secondary",
    "list_fetch",
    "domain_evidence",
    "domain_entry",
    "domain_change",
    "domain_proposal",
    "domain_state",
    "domain_event",
    "domain_version",
    "domain_author",
    "domain_reviewer",
    "domain_exhibit",
    "domain_word",
    "domain_seen",
    "domain_candidate",
    "domain_complaint",
];

async fn count(tx: &Tx, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = tx.query_one_raw(Statement::from_string(tx.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// A world in which the Dutch hotline and the German police have rows in every table.
async fn busy(world: &World) -> (String, String) {
    let (nl, de) = (world.desk("NL").await, world.police("DE").await);
    let report = nl.reports("DE").await;
    let item = nl.adds(&report, "a.png", &pictures::png(1)).await;
    nl.classifies(&item, "baseline").await;
    world.settle().await;
    let case = de.case_of(&report).await.unwrap()["id"].as_str().unwrap().to_owned();
    let key = [("Idempotency-Key", "k")];
    let said = json!({ "outcome": "useful" });
    de.json_with("POST", &format!("/api/v1/cases/{case}/outcome"), &said, &key).await;
    let weights = de.get("/api/v1/urgency").await.json();
    de.json("PUT", "/api/v1/urgency", &weights).await;
    de.get(&format!("/api/v1/cases/{case}")).await;
    de.json("POST", &format!("/api/v1/cases/{case}/notes"), &json!({ "body": "a story", "reach": "unit" })).await;
    let folder = de.json("POST", "/api/v1/folders", &json!({ "name": "A story" })).await.str("id");
    de.json("POST", &format!("/api/v1/folders/{folder}/cases"), &json!({ "cases": [case] })).await;
    de.json("POST", "/api/v1/case-searches", &json!({ "filter": {} })).await;
    de.json("PUT", "/api/v1/mail-address", &json!({ "address": "somebody@police.example" })).await;
    let later = world.app.db.now().plus_seconds(86_400).to_string();
    let asked = json!({ "kind": "series", "reason": "a story", "due": later });
    let request = de.json("POST", &format!("/api/v1/cases/{case}/requests"), &asked).await.str("id");
    let grant = json!({ "answer": "grant" });
    world.desk("DE").await.json("POST", &format!("/api/v1/requests/{request}/answer"), &grant).await;
    let held = json!({ "reason": "a story", "until": later });
    de.json("POST", &format!("/api/v1/cases/{case}/holds"), &held).await;
    de.json("POST", &format!("/api/v1/cases/{case}/messages"), &json!({ "text": "a story" })).await;
    let put = de.json("POST", &format!("/api/v1/cases/{case}/contact"), &json!({})).await;
    assert_eq!(put.status, axum::http::StatusCode::CREATED, "the Dutch police have the same content");
    world.settle().await;
    (report, case)
}

async fn az_6_a_forgotten_scope_shows_nothing_foreign_on_postgresql(mut world: World) -> World {
    busy(&world).await;
    crate::domains::of_others(&world).await;
    crate::identification::of_others(&mut world).await;
    crate::name_server::of_each_kind(&world).await;
    let bea = world.people.iter().find(|p| p.name.starts_with("Bea")).unwrap();
    let tx = world.app.db.look(&bea.actor).await.unwrap();
    for &table in TABLES {
        let seen = count(&tx, table).await;
        match world.app.db.backend() {
            // No scope in this query, on purpose: on SQLite it shows that the query's own scope is the only barrier.
            Backend::Sqlite => assert!(seen > 0, "{table} is filled, or the test proves nothing"),
            Backend::Postgres => {
                let own = match table {
                    "person" | "agreement" | "agreement_version" => 1,
                    "audit_entry" => seen,
                    _ => 0,
                };
                assert_eq!(seen, own, "{table}");
            }
        }
    }
    drop(tx);
    if world.app.db.backend() == Backend::Postgres {
        let tx = world.app.db.look(&bea.actor).await.unwrap();
        let sql = "SELECT COUNT(*) AS n FROM audit_entry WHERE org_id <> $1";
        let values = [bea.organisation.id.0.into()];
        let foreign = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
        let foreign: i64 = tx.query_one_raw(foreign).await.unwrap().unwrap().try_get("", "n").unwrap();
        assert_eq!(foreign, 0, "no foreign entry of the log");
    }
    world
}

async fn az_6_tenants_do_not_mix_in_a_small_pool(world: World) -> World {
    busy(&world).await;
    // Four connections; many turns of organisations that have something and organisations that have nothing.
    let mut turns = Vec::new();
    for n in 0..300 {
        let world_db = world.app.db.clone();
        let who = world.people[n % world.people.len()].clone();
        turns.push(tokio::spawn(async move {
            let tx = world_db.look(&who.actor).await.unwrap();
            let cases = reports::case::inbox(&tx, None, 10).await.unwrap().items.len();
            let mine = reports::look::reports(&tx, None, None, 10).await.unwrap().items.len();
            tx.commit(&reports::Act::CasesRead).await.unwrap();
            (who.name, cases, mine)
        }));
    }
    for turn in turns {
        let (name, cases, mine) = turn.await.unwrap();
        // Told: the German police, and the Dutch police facts only.
        let told = usize::from(name.starts_with("Derk") || name.starts_with("Nora"));
        let reported = usize::from(["Anouk", "Niels", "Arie"].iter().any(|n| name.starts_with(n)));
        assert_eq!((cases, mine), (told, reported), "{name}");
    }
    world
}

async fn a_transaction_without_its_act_changes_nothing(world: World) -> World {
    let nl = world.desk("NL").await;
    let before = nl.acts().await.len();
    let checked = reports::intake::check(
        &reports::intake::Incoming {
            source_url: "https://dropped.example/",
            received_at: "2026-06-01T10:00:00Z",
            ..reports::intake::Incoming::default()
        },
        world.app.db.now(),
    );
    let tx = world.app.db.begin(&nl.who.actor).await.unwrap();
    reports::intake::accept(&tx, &world.app.vault, checked.unwrap(), None, Default::default()).await.unwrap();
    drop(tx);
    assert_eq!(nl.get("/api/v1/reports").await.json()["items"].as_array().unwrap().len(), 0);
    assert_eq!(nl.acts().await.len(), before + 2, "only the two looks of this test");
    // A look cannot change anything either.
    let tx = world.app.db.look(&nl.who.actor).await.unwrap();
    if world.app.db.backend() == Backend::Sqlite {
        assert!(tx.execute_unprepared("UPDATE report SET note = 'x'").await.is_err());
    }
    drop(tx);
    world
}

async fn audit_entries_can_be_neither_altered_nor_removed(world: World) -> World {
    busy(&world).await;
    world.verify_log().await;
    for sql in ["DELETE FROM audit_entry", "UPDATE audit_entry SET act = 'x'", "UPDATE audit_entry SET purpose = 'x'"] {
        let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
        assert!(tx.execute_unprepared(sql).await.is_err(), "{sql}");
        drop(tx);
    }
    // What only an owner of the tables could do is found by the check, and where.
    if world.app.db.backend() == Backend::Sqlite {
        world.as_owner("DROP TRIGGER audit_entry_as_written").await;
        world.as_owner("DROP TRIGGER audit_entry_stays").await;
    }
    let org = "(SELECT id FROM organisation WHERE name = 'Hotline Tulip')";
    let of = |seq: i64| format!("WHERE org_id = {org} AND seq = {seq}");
    let broken_at = async || match storage::audit_log::verify(&world.app.db).await {
        Err(storage::audit_log::Fault::Broken(broken)) => Some(broken.seq),
        Err(storage::audit_log::Fault::Cut { found, .. }) => Some(found),
        Ok(_) => None,
        Err(other) => panic!("{other}"),
    };
    assert_eq!(broken_at().await, None);
    world.as_owner(&format!("UPDATE audit_entry SET purpose = 'changed' {}", of(3))).await;
    assert_eq!(broken_at().await, Some(3), "altered");
    world.as_owner(&format!("UPDATE audit_entry SET purpose = NULL {}", of(3))).await;
    assert_eq!(broken_at().await, None, "put back");
    world.as_owner(&format!("DELETE FROM audit_entry {}", of(5))).await;
    assert_eq!(broken_at().await, Some(6), "removed");
    World::new(world.app.db.backend()).await
}

async fn cr_2_a_blob_row_swapped_between_organisations_does_not_open(world: World) -> World {
    let (nl, ie) = (world.desk("NL").await, world.desk("IE").await);
    let (a, b) = (nl.reports("DE").await, ie.reports("DE").await);
    let item = nl.adds(&a, "a.png", &pictures::png(1)).await;
    ie.adds(&b, "b.png", &pictures::png(2)).await;
    // The Irish object's wrapped key under the Dutch object's id.
    let tx = world.app.db.begin(&base::Actor::machine("setup")).await.unwrap();
    let sql = "UPDATE blob SET wrapped_key = (SELECT b.wrapped_key FROM blob b WHERE b.org_id = $1 LIMIT 1) WHERE org_id = $2";
    let (from, to) = (ie.who.organisation.id.0, nl.who.organisation.id.0);
    storage::sql::run(&tx, sql, vec![from.into(), to.into()]).await.unwrap();
    tx.commit(&agreements::Act::DirectoryRead).await.unwrap();
    let path = format!("/api/v1/items/{}/file?purpose=look", item["id"].as_str().unwrap());
    assert_eq!(nl.get(&path).await.status.as_u16(), 500);
    world
}

async fn writers_at_once_are_refused_alone_and_lose_nothing(world: World) -> World {
    let nl = world.desk("NL").await;
    // Each URL is sent twice at the same moment, and every seventh sender goes away before it hears anything.
    let sends: Vec<_> = (0..300)
        .map(|n| {
            let nl = nl.clone();
            let send = tokio::spawn(async move {
                let url = format!("https://pictures.example/{}", n / 2);
                let body = json!({ "source_url": url, "received_at": "2026-06-01T10:00:00Z" });
                let answer = nl.json("POST", "/api/v1/reports", &body).await;
                (answer.status.as_u16(), answer.str("id"))
            });
            if n % 7 == 0 {
                send.abort();
            }
            send
        })
        .collect();
    let mut acknowledged = Vec::new();
    for send in sends {
        match send.await {
            Ok((201, id)) => acknowledged.push(id),
            Ok((status, _)) => assert_eq!(status, 409, "a duplicate is refused and nothing else is"),
            Err(gone) => assert!(gone.is_cancelled()),
        }
    }
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
    for id in &acknowledged {
        assert_eq!(nl.get(&format!("/api/v1/reports/{id}")).await.status.as_u16(), 200, "acknowledged is there");
    }
    let accepted =
        nl.get("/api/v1/audit?act=report.accepted&limit=200").await.json()["items"].as_array().unwrap().len();
    let mut reports = 0;
    let mut next = Some(String::new());
    while let Some(cursor) = next {
        let page = nl.get(&format!("/api/v1/reports?limit=200{cursor}")).await.json();
        reports += page["items"].as_array().unwrap().len();
        next = page["next"].as_str().map(|c| format!("&cursor={c}"));
    }
    assert_eq!(reports, accepted, "a report and its entry are there together, or neither");
    assert!(reports >= acknowledged.len() && reports <= 150);
    world
}
