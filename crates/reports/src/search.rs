//! Searches in an inbox. Each is a row with an opaque id, and only the id stands in an address: what was searched for never
//! reaches a log or a history. A search without a name is somebody's last one and nobody else's; a named one can be shared
//! with the own unit, and can send mail that there is something new.

use crate::{Act, Error, Result, inbox::Filter, store};
use base::{PersonId, Refusal, SearchId, Time};
use storage::Tx;

/// Searches without a name that are kept for a person; older ones go.
const LAST: i64 = 50;
/// Most searches with a name of one person.
const MOST: i64 = 100;

/// A search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Its id.
    pub id: SearchId,
    /// Whose.
    pub person: PersonId,
    /// Its name; none for one that was not kept on purpose.
    pub name: Option<String>,
    /// Whether the unit sees it.
    pub shared: bool,
    /// Whether its owner gets mail about new cases.
    pub alert: bool,
    /// What it looks for.
    pub filter: Filter,
    /// When it was made.
    pub at: Time,
}

/// How a search is kept.
#[derive(Clone, Debug, Default)]
pub struct Keep<'a> {
    /// Its name; nothing: not kept on purpose.
    pub name: Option<&'a str>,
    /// Whether the unit sees it.
    pub shared: bool,
    /// Whether its owner gets mail.
    pub alert: bool,
}

struct Kept {
    name: Option<String>,
    shared: bool,
    alert: bool,
}

impl Keep<'_> {
    fn checked(&self) -> Result<Kept> {
        let name = self.name.map(str::trim).filter(|n| !n.is_empty());
        let name = name.map(|n| base::one_line("name", n, 80)).transpose()?;
        if name.is_none() && (self.shared || self.alert) {
            return Err(Refusal::new("name", "missing", "give it a name to share it or to get mail about it").into());
        }
        Ok(Kept { name, shared: self.shared, alert: self.alert })
    }
}

/// Stores a search of the actor's. The same unnamed one again is the same row.
pub async fn make(tx: &Tx, filter: &Filter, keep: &Keep<'_>) -> Result<(SearchId, Act)> {
    let (me, kept) = (me(tx)?, keep.checked()?);
    let text = serde_json::to_string(filter).map_err(|_| storage::Error::Stored("saved_search.filter"))?;
    if kept.name.is_some() {
        room(tx, me).await?;
        address_for(tx, me, kept.alert).await?;
    } else if let Some(id) = store::search_unnamed(tx, me, &text).await? {
        store::search_used(tx, id).await?;
        return Ok((id, Act::SearchMade(id)));
    } else {
        store::searches_forget(tx, me, LAST).await?;
    }
    let id = tx.id(SearchId::new)?;
    store::search_add(tx, id, me, (kept.name.as_deref(), kept.shared, kept.alert), &text).await?;
    Ok((id, Act::SearchMade(id)))
}

async fn room(tx: &Tx, me: PersonId) -> Result<()> {
    if store::searches_named(tx, me).await? < MOST {
        return Ok(());
    }
    Err(Error::conflict("too-many-searches", "name", "you have 100 saved searches, remove one first"))
}

async fn address_for(tx: &Tx, me: PersonId, alert: bool) -> Result<()> {
    if !alert || store::mail_address(tx, me).await?.is_some() {
        return Ok(());
    }
    Err(Refusal::new("address", "missing", "say first where mail reaches you").into())
}

/// A search that the actor may use: the own one, or one that a colleague shares.
pub async fn find(tx: &Tx, id: SearchId) -> Result<Search> {
    store::search_find(tx, me(tx)?, id).await?.ok_or(Error::NotFound)
}

/// Searches with a name that the actor may use, by name.
pub async fn all(tx: &Tx) -> Result<Vec<Search>> {
    store::searches(tx, me(tx)?).await
}

/// Keeps one of the actor's own searches under a name, shares it, switches its mail on or off.
pub async fn keep(tx: &Tx, id: SearchId, keep: &Keep<'_>) -> Result<Act> {
    let old = own(tx, id).await?;
    let kept = keep.checked()?;
    if kept.name.is_none() {
        return Err(Refusal::new("name", "missing", "give it a name").into());
    }
    if old.name.is_none() {
        room(tx, old.person).await?;
    }
    address_for(tx, old.person, kept.alert).await?;
    store::search_keep(tx, id, kept.name.as_deref(), kept.shared, kept.alert).await?;
    if !kept.alert {
        store::mail_call_off(tx, id).await?;
    }
    Ok(Act::SearchKept { search: id, shared: kept.shared, alert: kept.alert })
}

/// Removes one of the actor's own searches.
pub async fn end(tx: &Tx, id: SearchId) -> Result<Act> {
    own(tx, id).await?;
    store::search_remove(tx, id).await?;
    Ok(Act::SearchEnded(id))
}

async fn own(tx: &Tx, id: SearchId) -> Result<Search> {
    let found = find(tx, id).await?;
    if found.person == me(tx)? { Ok(found) } else { Err(Error::NotFound) }
}

/// Where mail reaches the actor.
pub async fn address(tx: &Tx) -> Result<Option<String>> {
    store::mail_address(tx, me(tx)?).await
}

/// Says where mail reaches the actor.
pub async fn set_address(tx: &Tx, address: &str) -> Result<Act> {
    let me = me(tx)?;
    let address = base::one_line("address", address, 200)?;
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>\"(),:;[]\\@".contains(c));
    match address.split_once('@') {
        Some((name, host)) if plain(name) && plain(host) => {
            store::mail_address_set(tx, me, &address).await?;
            Ok(Act::MailAddressSet(me))
        }
        _ => Err(Refusal::new("address", "bad-address", "write an address like name@police.example").into()),
    }
}

fn me(tx: &Tx) -> Result<PersonId> {
    tx.actor().person().ok_or(Error::NotFound)
}
