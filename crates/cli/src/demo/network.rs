//! The invented network: organisations, people, agreements. Names are made up; nobody and nothing in it exists.

use crate::house::Result;
use agreements::{
    Document,
    decide::DefaultLane,
    directory::{self, Organisation},
    treaty::{self, Draft, Signing, Terms},
};
use base::{Actor, Country, OrgId, OrgKind, PersonId, Role, Who};
use storage::{Db, Tx};

/// Organisations: kind, name, country, people as (name, role).
type Member = (OrgKind, &'static str, Option<&'static str>, &'static [(&'static str, Role)]);

const MEMBERS: [Member; 12] = [
    (
        OrgKind::Hotline,
        "Hotline Tulip",
        Some("NL"),
        &[("Anouk Analyst", Role::Analyst), ("Niels Analyst", Role::Analyst), ("Arie Auditor", Role::Auditor)],
    ),
    (OrgKind::Hotline, "Hotline Linden", Some("DE"), &[("Dora Analyst", Role::Analyst)]),
    (OrgKind::Hotline, "Hotline Clover", Some("IE"), &[("Ida Analyst", Role::Analyst)]),
    (OrgKind::Hotline, "Hotline Heron", Some("BE"), &[("Bram Analyst", Role::Analyst)]),
    (OrgKind::Lea, "Example Police Netherlands", Some("NL"), &[("Nora Officer", Role::Officer)]),
    (OrgKind::Lea, "Example Police Germany", Some("DE"), &[("Derk Officer", Role::Officer)]),
    (OrgKind::Lea, "Example Police Ireland", Some("IE"), &[("Iris Officer", Role::Officer)]),
    (OrgKind::Lea, "Example Police Belgium", Some("BE"), &[("Bea Officer", Role::Officer)]),
    (OrgKind::Lea, "Example Police Norway", Some("NO"), &[("Odd Officer", Role::Officer)]),
    (
        OrgKind::Interpol,
        "Example INTERPOL desk",
        None,
        &[("Pia Officer", Role::Officer), ("Piet Officer", Role::Officer)],
    ),
    (OrgKind::Asp, "Example Access Provider", Some("NL"), &[("Pim Operator", Role::Operator)]),
    (OrgKind::Network, "Network Secretariat", None, &[("Sam Secretary", Role::Secretary)]),
];

/// Agreements: name, country of both parties, text, whether the LEA has signed too.
const AGREEMENTS: [(&str, &str, &str, bool); 4] = [
    ("Agreement DE: police lead", "DE", include_str!("agreements/de.toml"), true),
    ("Agreement BE: police tell the host", "BE", include_str!("agreements/be.toml"), true),
    ("Agreement NL: police first, host after a day", "NL", include_str!("agreements/nl.toml"), true),
    ("Agreement IE: draft", "IE", include_str!("agreements/ie.toml"), false),
];

/// The network's default lane of the demo.
pub fn default_lane() -> Result<DefaultLane> {
    toml::from_str(include_str!("agreements/default_lane.toml")).map_err(|e| e.to_string().into())
}

/// Somebody of the invented network.
#[derive(Clone, Debug)]
pub struct Somebody {
    /// Who they act as.
    pub actor: Actor,
    /// Their id.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their organisation.
    pub organisation: Organisation,
}

const SETUP: Actor = Actor::machine("setup");

/// Creates organisations, people and agreements, each signed by people of both parties and countersigned.
pub async fn create(db: &Db) -> Result<()> {
    let tx = db.begin(&SETUP).await?;
    for (kind, name, country, people) in MEMBERS {
        let country = country.map(|c| Country::parse("country", c)).transpose()?;
        let (org, act) = directory::admit(&tx, kind, name, country).await?;
        tx.note(&act).await?;
        for (name, role) in people {
            let (_, act) = directory::add_person(&tx, org, name, *role).await?;
            tx.note(&act).await?;
        }
    }
    tx.commit(&agreements::Act::DirectoryRead).await?;
    let everybody = everybody(db).await?;
    for (name, country, text, both) in AGREEMENTS {
        sign_agreement(db, &everybody, name, country, text, both).await?;
    }
    Ok(())
}

async fn sign_agreement(db: &Db, all: &[Somebody], name: &str, country: &str, text: &str, both: bool) -> Result<()> {
    let hotline = find(all, OrgKind::Hotline, country)?;
    let lea = find(all, OrgKind::Lea, country)?;
    let tx = db.begin(&SETUP).await?;
    let draft = Draft {
        name,
        hotline: hotline.organisation.id,
        lea: lea.organisation.id,
        terms: Terms {
            document: Document::from_toml(text)?,
            valid_from: tx.now().plus_seconds(-90 * 86_400),
            valid_until: None,
        },
    };
    let (id, act) = treaty::draft(&tx, draft).await?;
    tx.commit(&act).await?;
    let secretary = all.iter().find(|s| s.organisation.kind == OrgKind::Network);
    for signer in [Some(hotline), both.then_some(lea), secretary.filter(|_| both)].into_iter().flatten() {
        let tx = db.begin(&signer.actor).await?;
        let act = treaty::sign(&tx, id, 1, Signing::default()).await?;
        tx.commit(&act).await?;
    }
    Ok(())
}

/// The first person at the organisation of this kind and country.
pub fn find<'a>(all: &'a [Somebody], kind: OrgKind, country: &str) -> Result<&'a Somebody> {
    let here = |s: &&Somebody| {
        s.organisation.kind == kind && s.organisation.country.map(|c| c.to_string()).as_deref() == Some(country)
    };
    Ok(all.iter().find(here).ok_or_else(|| format!("the invented network has no {kind} in {country}"))?)
}

/// Everybody in the network, in the order they were invented.
pub async fn everybody(db: &Db) -> Result<Vec<Somebody>> {
    let tx = db.look(&SETUP).await?;
    let found = read(&tx).await?;
    tx.commit(&agreements::Act::DirectoryRead).await?;
    Ok(found)
}

async fn read(tx: &Tx) -> Result<Vec<Somebody>> {
    let organisations = directory::organisations(tx).await?;
    let mut people = directory::people(tx).await?;
    people.sort_by_key(|p| place(&p.name));
    let somebody = |p: directory::Person| {
        let organisation = organisations.iter().find(|o| o.id == p.org)?.clone();
        let actor = Actor {
            who: Who::Person(p.id, None),
            org: OrgId(p.org.0),
            kind: organisation.kind,
            country: organisation.country,
            role: p.role,
        };
        Some(Somebody { actor, person: p.id, name: p.name, organisation })
    };
    Ok(people.into_iter().filter_map(somebody).collect())
}

fn place(name: &str) -> usize {
    let names = MEMBERS.iter().flat_map(|(.., people)| people.iter().map(|(name, _)| *name));
    names.into_iter().position(|n| n == name).unwrap_or(usize::MAX)
}
