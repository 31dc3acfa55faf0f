//! Hash lists of the demo: INTERPOL's Baseline, by which every hotline settles, and a German one, accepted in Germany and
//! offered to the Netherlands. Their entries are digests of nothing, and a few of drawn pictures, so that a report has an
//! item that is settled and one that only looks alike.

use super::{
    network::{Somebody, find},
    pictures,
};
use crate::house::Result;
use base::{ListId, OrgKind};
use hashlists::{Digests, List, Pdq, Record, entry, list, terms};
use sha2::{Digest, Sha256};
use web::App;

/// Seeds of pictures whose very file is on the Baseline list.
const KNOWN: [u32; 2] = [50, 53];
/// Seeds of pictures of which the Baseline list knows one that looks alike.
const ALIKE: [u32; 2] = [51, 54];
/// The same of the invented web: the two drawings of its shop.
const SHOP: [u32; 2] = [40, 41];
/// Entries that match nothing.
const OTHERS: u32 = 24;

/// Makes both lists and lets the hotlines sign.
pub async fn create(app: &App, people: &[Somebody]) -> Result<()> {
    let interpol = of_kind(people, OrgKind::Interpol)?;
    let police = find(people, OrgKind::Lea, "DE")?;
    let baseline =
        made(app, interpol, "Baseline", "baseline", "Invented: by INTERPOL's criteria, the child is 13 or younger.")
            .await?;
    let national = made(app, police, "German list", "national", "Invented: illegal under German law.").await?;
    for country in ["NL", "DE", "IE", "BE"] {
        let analyst = find(people, OrgKind::Hotline, country)?;
        offered(app, interpol, &baseline, analyst).await?;
        accepted(app, analyst, baseline.id).await?;
    }
    let (linden, tulip) = (find(people, OrgKind::Hotline, "DE")?, find(people, OrgKind::Hotline, "NL")?);
    offered(app, police, &national, linden).await?;
    accepted(app, linden, national.id).await?;
    offered(app, police, &national, tulip).await?;
    let mut records: Vec<Record> = (0..OTHERS).map(nothing).collect();
    records.extend(KNOWN.map(|seed| known(&pictures::draw(seed).1)));
    for seed in ALIKE {
        records.push(alike(app, &pictures::draw(seed).1)?);
    }
    let [same, other] = SHOP.map(invented::picture);
    records.extend([known(&same), alike(app, &other)?]);
    filled(app, interpol, baseline.id, &records).await?;
    filled(app, police, national.id, &(100..100 + OTHERS).map(nothing).collect::<Vec<_>>()).await?;
    app.lists.index.follow(&app.db).await?;
    Ok(())
}

fn of_kind(people: &[Somebody], kind: OrgKind) -> Result<&Somebody> {
    Ok(people.iter().find(|p| p.organisation.kind == kind).ok_or("the demo has nobody of this kind")?)
}

async fn made(app: &App, by: &Somebody, name: &str, class: &str, rule: &str) -> Result<List> {
    let tx = app.db.begin(&by.actor).await?;
    let (list, act) = list::create(&tx, &list::Incoming { name, class, rule, ..list::Incoming::default() }).await?;
    tx.commit(&act).await?;
    Ok(list)
}

async fn offered(app: &App, by: &Somebody, list: &List, to: &Somebody) -> Result<()> {
    let tx = app.db.begin(&by.actor).await?;
    let (_, act) = terms::offer(&tx, list.id, to.organisation.id, true).await?;
    Ok(tx.commit(&act).await?)
}

async fn accepted(app: &App, by: &Somebody, list: ListId) -> Result<()> {
    let tx = app.db.begin(&by.actor).await?;
    let act = terms::accept(&tx, list).await?;
    Ok(tx.commit(&act).await?)
}

async fn filled(app: &App, by: &Somebody, list: ListId, records: &[Record]) -> Result<()> {
    let tx = app.db.begin(&by.actor).await?;
    let (_, act) = entry::write_all(&tx, list, records, &app.lists.profiles, None).await?;
    Ok(tx.commit(&act).await?)
}

/// Digests of a number, which are no picture's; the MD5 is invented.
fn nothing(n: u32) -> Record {
    let mut record = known(&n.to_be_bytes());
    record.digests.md5 = record.digests.sha256.and_then(|d| d.first_chunk().copied());
    record
}

fn known(bytes: &[u8]) -> Record {
    let digests = Digests { sha256: Some(Sha256::digest(bytes).into()), ..Digests::default() };
    Record { digests, ..Record::default() }
}

/// A picture that differs in eight bits of its PDQ.
fn alike(app: &App, bytes: &[u8]) -> Result<Record> {
    let facts = app.workshop.describe(bytes).map_err(|why| why.to_string())?;
    let was = facts.pdq.ok_or("the demo's pictures have a PDQ")?.bits;
    let (mut bits, is) = (was, |n: usize, value: u8| was.get(n / 8).is_some_and(|b| b >> (n % 8) & 1 == value));
    // As many ones go as come: half of the bits of a PDQ are set.
    let ones = (0..256).filter(|n| is(*n, 1)).take(4);
    for n in ones.chain((0..256).filter(|n| is(*n, 0)).take(4)) {
        if let Some(byte) = bits.get_mut(n / 8) {
            *byte ^= 1 << (n % 8);
        }
    }
    Ok(Record { pdq: Some(Pdq { bits, quality: Some(100) }), ..Record::default() })
}
