//! Organisations and their people.

use crate::{
    Act, Error, Result,
    entity::{organisation, person},
    store,
};
use base::{Country, OrgId, OrgKind, PersonId, Refusal, Role};
use storage::Tx;

/// A member of the exchange, as everybody in it may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrgId,
    /// What it is.
    pub kind: OrgKind,
    /// Its name.
    pub name: String,
    /// Its country; INTERPOL and the secretariat have none.
    pub country: Option<Country>,
    /// Whether it takes part now.
    pub active: bool,
}

/// Somebody at the actor's own organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Where they work.
    pub org: OrgId,
    /// Their name.
    pub name: String,
    /// What they do there.
    pub role: Role,
}

/// Admits an organisation. Hotlines, LEAs and access providers have one country; INTERPOL and the network have none.
pub async fn admit(tx: &Tx, kind: OrgKind, name: &str, country: Option<Country>) -> Result<(OrgId, Act)> {
    let name = base::one_line("name", name, 120)?;
    let needs_country = matches!(kind, OrgKind::Hotline | OrgKind::Lea | OrgKind::Asp);
    if needs_country != country.is_some() {
        let reason =
            if needs_country { "this kind of organisation has one country" } else { "this kind has no country" };
        return Err(Refusal::new("country", "organisation-country", reason).into());
    }
    let id = tx.id(OrgId::new)?;
    let row = organisation::Model {
        id: id.0,
        kind: kind.word().into(),
        name,
        country: country.map(|c| c.to_string()),
        active: true,
        created_at: tx.now().micros(),
        keeps_media: true,
    };
    store::organisation_add(tx, row).await.map_err(taken)?;
    Ok((id, Act::OrganisationAdmitted(id)))
}

/// Says whether an organisation's law lets it keep media. Where not, files are hashed and dropped (product rule 10).
pub async fn set_keeps_media(tx: &Tx, org: OrgId, keeps: bool) -> Result<Act> {
    store::organisation_find(tx, org).await?.ok_or(Error::NotFound)?;
    store::organisation_set_keeps_media(tx, org, keeps).await?;
    Ok(Act::MediaLawNoted(org, keeps))
}

/// Whether an organisation's law lets it keep media; one that is not there keeps none.
pub async fn keeps_media(tx: &Tx, org: OrgId) -> Result<bool> {
    Ok(store::organisation_find(tx, org).await?.is_some_and(|row| row.keeps_media))
}

/// An organisation's own country.
pub async fn country(tx: &Tx, org: OrgId) -> Result<Option<Country>> {
    let found = store::organisation_find(tx, org).await?;
    let country = found.and_then(|row| row.country).map(|c| c.parse()).transpose();
    Ok(country.map_err(|_| storage::Error::Stored("organisation.country"))?)
}

/// Adds a person to an organisation.
pub async fn add_person(tx: &Tx, org: OrgId, name: &str, role: Role) -> Result<(PersonId, Act)> {
    let name = base::one_line("name", name, 120)?;
    if role == Role::Machine {
        return Err(Refusal::new("role", "unknown-role", "`machine` is not a person's role").into());
    }
    store::organisation_find(tx, org).await?.ok_or(Error::NotFound)?;
    let id = tx.id(PersonId::new)?;
    let role = role.word().into();
    let row = person::Model { id: id.0, org_id: org.0, name, role, active: true, created_at: tx.now().micros() };
    store::person_add(tx, row).await.map_err(taken)?;
    Ok((id, Act::PersonAdded(id, org)))
}

/// All members of the exchange.
pub async fn organisations(tx: &Tx) -> Result<Vec<Organisation>> {
    store::organisations(tx).await?.into_iter().map(organisation).collect()
}

/// People the actor may know: those of the own organisation.
pub async fn people(tx: &Tx) -> Result<Vec<Person>> {
    store::people(tx)
        .await?
        .into_iter()
        .map(|row| {
            let role = row.role.parse().map_err(|_| storage::Error::Stored("person.role"))?;
            Ok(Person { id: PersonId(row.id), org: OrgId(row.org_id), name: row.name, role })
        })
        .collect()
}

fn organisation(row: organisation::Model) -> Result<Organisation> {
    let stored = |_| storage::Error::Stored("organisation");
    Ok(Organisation {
        id: OrgId(row.id),
        kind: row.kind.parse().map_err(stored)?,
        name: row.name,
        country: row.country.map(|c| c.parse()).transpose().map_err(stored)?,
        active: row.active,
    })
}

fn taken(error: storage::Error) -> Error {
    if error.is_duplicate() {
        Refusal::new("name", "name-taken", "this name is taken, choose another").into()
    } else {
        error.into()
    }
}
