//! INTERPOL's "Worst of" list of domains (IWOL): from evidence to the list, and off it again.
//!
//! 1. Material that hotlines' agreements let go on accumulates as evidence on the domain it was found on ([`evidence`]).
//! 2. What the rule file asks for makes the domain a candidate ([`criteria`]); guards say what it needs beyond ([`guard`]).
//! 3. INTERPOL or an agency proposes it ([`propose`]), INTERPOL says who reviews it ([`desk`]), agencies of two countries
//!    confirm ([`review`]), by the rules of [`model`] alone.
//! 4. What is listed is looked at again ([`due`]), can be withdrawn ([`desk`]) and complained about ([`complaint`]).
//!
//! Every change of the list has a serial, a reason and two names, and is written in the transaction of what decides it.

mod act;
pub mod complaint;
mod config;
pub mod criteria;
pub mod desk;
mod domain;
pub mod due;
mod error;
pub mod evidence;
pub mod guard;
pub mod look;
pub mod model;
pub mod propose;
pub mod review;
mod store;
pub mod tasks;
mod work;

pub use crate::{Error, Result};
pub use act::Act;
pub use config::{Domains, DomainsConfig};
pub use domain::Domain;
pub use store::Said;
pub use work::work;

use agreements::directory;
use base::OrgKind;
use storage::Tx;

/// Who acts, as the rules know them.
async fn me(tx: &Tx) -> Result<model::Actor> {
    let actor = tx.actor();
    let person = actor.person().ok_or(Error::NotFound)?;
    let name = directory::people(tx).await?.into_iter().find(|p| p.id == person).map(|p| p.name);
    let side = match (actor.kind, actor.country) {
        (OrgKind::Lea, Some(country)) => model::Side::Agency(country),
        (OrgKind::Interpol, _) => model::Side::Desk,
        (OrgKind::Hotline | OrgKind::Lea | OrgKind::Asp | OrgKind::Network, _) => model::Side::Nobody,
    };
    Ok(model::Actor { person, org: actor.org, side, name: name.unwrap_or_default() })
}
