//! Keys of the demo's officers for the cases they take along. The private ones are told in the ready file, which no real
//! exchange could: there they never leave the officer's machine.

use super::{Result, network::Somebody};
use base::OrgKind;
use exchange::age::Identity;
use reports::package;
use web::App;

/// Registers a new public key for every officer of an LEA; returns the private ones, in the order of people.
pub async fn create(app: &App, people: &[Somebody]) -> Result<Vec<Option<String>>> {
    let mut identities = Vec::with_capacity(people.len());
    for who in people {
        if who.organisation.kind != OrgKind::Lea {
            identities.push(None);
            continue;
        }
        let identity = Identity::from_bytes(app.db.chance().bytes()?);
        let recipient = identity.recipient().map_err(|e| e.to_string())?.to_string();
        let tx = app.db.begin(&who.actor).await?;
        let act = package::set_key(&tx, &recipient).await?;
        tx.commit(&act).await?;
        identities.push(Some(identity.expose()));
    }
    Ok(identities)
}
