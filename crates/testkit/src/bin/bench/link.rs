//! Deliveries to victim identification: 100,000 queued items, each with a small sealed file of its own, packed, handed over to a
//! receiver on loopback that checks every digest, and receipted.

use super::{Site, say};
use base::Actor;
use cli::{
    config::{Config, ConfigArg},
    demo::network,
    house,
};
use exchange::icse::{
    IcseConfig,
    client::Link,
    config::{HttpsConfig, Transport},
    deliver::{self, Out},
    pack::{self, Press},
    release::Destination,
    sandbox::{self, Face, Settings, paper},
};
use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Instant};
use storage::{Backend, sql};
use uuid::Uuid;
use web::{App, Mode};

/// Items queued.
const ITEMS: u64 = 100_000;
/// Items made in one transaction.
const BATCH: u64 = 1000;
/// Bytes of a file.
const BYTES: usize = 2048;

/// Items a second and seconds until nothing waits.
pub fn deliver(name: &str, backend: Backend) {
    let site = Site::new(backend);
    let items = std::env::var("CPORT_BENCH_ITEMS").ok().and_then(|n| n.parse().ok()).unwrap_or(ITEMS);
    tokio::runtime::Runtime::new().unwrap().block_on(measure(name, &site, items));
}

async fn measure(name: &str, site: &Site, items: u64) {
    let paper = paper::make(&site.folder.join("paper"), "localhost").unwrap();
    let settings = Settings::new(site.folder.join("receiver"));
    let face = Face::Https { listen: ([127, 0, 0, 1], 0).into(), paper: paper.server.clone() };
    let receiver = sandbox::serve(settings, face).await.unwrap();
    let port = receiver.address.unwrap().port();
    let icse = IcseConfig {
        enabled: true,
        private: true,
        transport: Some(Transport::Https(HttpsConfig {
            url: format!("https://localhost:{port}/"),
            certificate: paper.certificate,
            key: paper.key,
            authority: paper.authority,
        })),
        ..IcseConfig::default()
    };
    let config = Config::read(&ConfigArg { config: Some(site.config.clone()) }).unwrap();
    let app = Arc::new(house::open(&Config { icse: icse.clone(), ..config }, Mode::Live).await.unwrap());
    network::create(&app.db).await.unwrap();
    fill(&app, items).await;
    release(&app).await;
    let link = Link::new(&icse).unwrap();
    let destination = Destination::of(&icse).unwrap();
    let press = Press { db: &app.db, vault: &app.vault, signer: &app.packages, tool: "CPORT bench", config: &icse };
    let out = Out { db: &app.db, vault: &app.vault, link: &link, destination: &destination, answer_bytes: 1 << 20 };
    let begun = Instant::now();
    let packs = async {
        while pack::next(&press).await.unwrap() {}
        begun.elapsed()
    };
    let delivers = async {
        let mut held = 0;
        while held < items as usize {
            if !deliver::next(&out).await.unwrap() {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                held = receiver.receiver().decided();
            }
        }
        begun.elapsed()
    };
    let (packed, delivered) = tokio::join!(packs, delivers);
    let held = receiver.held();
    assert!(held.len() == items as usize && held.iter().all(|h| h.taken == 1), "each once");
    say(&format!("{name}_drain"), items as usize, "s", delivered.as_secs_f64());
    say(&format!("{name}_packed"), items as usize, "s", packed.as_secs_f64());
    say(name, items as usize, "items/s", items as f64 / delivered.as_secs_f64());
}

async fn release(app: &App) {
    use base::OrgKind;
    use exchange::icse::release;
    let people = network::everybody(&app.db).await.unwrap();
    let of = |kind| people.iter().find(|p| p.organisation.kind == kind).unwrap();
    let to = app.destination.as_deref().unwrap();
    let tx = app.db.begin(&of(OrgKind::Interpol).actor).await.unwrap();
    let (id, act) = release::propose(&tx, to, "a bench").await.unwrap();
    tx.commit(&act).await.unwrap();
    let tx = app.db.begin(&of(OrgKind::Network).actor).await.unwrap();
    let act = release::confirm_now(&tx, id, to).await.unwrap();
    tx.commit(&act).await.unwrap();
}

/// Judged items of one hotline that an agreement in force lets go on, each queued.
async fn fill(app: &App, items: u64) {
    #[derive(FromQueryResult)]
    struct Ground {
        agreement_id: Uuid,
        version: i64,
        hotline_id: Uuid,
    }
    let machine = Actor::machine("setup");
    let tx = app.db.look(&machine).await.unwrap();
    let ground: Ground = sql::one(
        &tx,
        "SELECT f.agreement_id, f.version, a.hotline_id FROM agreement_in_force f JOIN agreement a ON a.id = f.agreement_id
         ORDER BY f.agreement_id LIMIT 1",
        vec![],
    )
    .await
    .unwrap()
    .unwrap();
    drop(tx);
    let id = |kind: u8, n: u64| Uuid::from_u128((u128::from(kind) << 120) | u128::from(n));
    for batch in 0..items.div_ceil(BATCH) {
        let mut sealed = Vec::new();
        for n in batch * BATCH..((batch + 1) * BATCH).min(items) {
            let bytes: Vec<u8> = (0..BYTES).map(|k| ((n as usize).wrapping_mul(31) + k * 7) as u8).collect();
            let bytes = [&n.to_le_bytes(), &bytes[8..]].concat();
            let blob = app.vault.put(base::OrgId(ground.hotline_id), app.db.now(), &bytes).await.unwrap();
            sealed.push((n, blob, Sha256::digest(&bytes).to_vec()));
        }
        let tx = app.db.begin(&machine).await.unwrap();
        let now = tx.now().micros();
        let report = id(0xa1, batch);
        sql::run(&tx, "INSERT INTO report (id, reporter_id, source_url, source_host, received_at, submitted_by, state, hosting_country,
            created_at, changed_at, fingerprint) VALUES ($1, $2, $3, 'pictures.example', $4, $1, 'routed', 'NL', $4, $4, $5)",
            vec![report.into(), ground.hotline_id.into(), format!("https://pictures.example/{batch}").into(), now.into(),
                 batch.to_le_bytes().to_vec().into()]).await.unwrap();
        for (n, blob, sha256) in &sealed {
            app.vault.keep(&tx, blob).await.unwrap();
            let (item, media, judged) = (id(0xa2, *n), id(0xa5, *n), id(0xa7, *n));
            sql::run(&tx, "INSERT INTO media_object (id, org_id, sha256, md5, sha1, pdq, pdq_quality, kind, size, width, height, blob_id,
                created_at, described_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 'image/png', $7, 8, 8, $8, $9, $9)",
                vec![media.into(), ground.hotline_id.into(), sha256.clone().into(), sha256[..16].to_vec().into(),
                     sha256[..20].to_vec().into(), vec![0_u8; 32].into(), (BYTES as i64).into(), blob.id.0.into(), now.into()]).await.unwrap();
            sql::run(&tx, "INSERT INTO item (id, report_id, reporter_id, media_id, place, file_name, assessment_id, class, known,
                waits_for_owner, version, created_at, compared_at) VALUES ($1, $2, $3, $4, $5, 'a.png', $6, 'baseline', false, false, 1, $7, $7)",
                vec![item.into(), report.into(), ground.hotline_id.into(), media.into(), (*n as i64).into(), judged.into(), now.into()]).await.unwrap();
            sql::run(
                &tx,
                "INSERT INTO assessment (id, item_id, org_id, class, age_group, gender, at)
                VALUES ($1, $2, $3, 'baseline', 'unknown', 'unknown', $4)",
                vec![judged.into(), item.into(), ground.hotline_id.into(), now.into()],
            )
            .await
            .unwrap();
            sql::run(&tx, "INSERT INTO onward (item_id, way, report_id, hotline_id, agreement_id, agreement_name, agreement_version, clause,
                width, media, digest, revision, at, changed_at) VALUES ($1, 'identification', $2, $3, $4, 'Agreement', $5, '1', 'item', true, $6, 1, $7, $7)",
                vec![item.into(), report.into(), ground.hotline_id.into(), ground.agreement_id.into(), ground.version.into(),
                     sha256.clone().into(), now.into()]).await.unwrap();
            sql::run(&tx, "INSERT INTO dispatch (id, item_id, report_id, hotline_id, country, version, tells, revision, state, tries, due,
                alone, attempted, created_at, changed_at) VALUES ($1, $2, $3, $4, 'NL', 1, 'new', 1, 'queued', 0, $5, false, false, $5, $5)",
                vec![id(0xa9, *n).into(), item.into(), report.into(), ground.hotline_id.into(), now.into()]).await.unwrap();
        }
        tx.commit(&reports::Act::Progressed(base::ReportId(report))).await.unwrap();
    }
}
