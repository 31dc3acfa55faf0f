//! Lists themselves: made, described anew, stopped and resumed by their publisher; found by whoever has terms.

use crate::{Access, Act, Error, List, ListClass, Result, store};
use base::{Country, ListId, OrgId, OrgKind, Refusal};
use storage::Tx;

/// A list as it comes in, words not checked yet.
#[derive(Clone, Debug, Default)]
pub struct Incoming<'a> {
    /// Its name.
    pub name: &'a str,
    /// `baseline`, `national` or `context`.
    pub class: &'a str,
    /// For `national`: where; nothing: the publisher's own country.
    pub country: Option<&'a str>,
    /// By what rule something is on it.
    pub rule: &'a str,
    /// The youngest victim is below this age, where the rule says so.
    pub age_below: Option<i64>,
    /// Bits by which a perceptual hash may differ; nothing: 31.
    pub max_distance: Option<i64>,
}

/// Distance when the publisher does not say, and the most there is: beyond it, unrelated pictures look alike.
pub const MAX_DISTANCE: i64 = 31;

/// Makes an empty list of the actor's.
///
/// Only INTERPOL and the network publish baseline lists; a national list is of the publisher's own country.
pub async fn create(tx: &Tx, incoming: &Incoming<'_>) -> Result<(List, Act)> {
    let class: ListClass = incoming.class.parse()?;
    let list = List {
        id: tx.id(ListId::new)?,
        publisher: tx.actor().org,
        name: base::one_line("name", incoming.name, 120)?,
        class,
        country: country(tx, class, incoming.country)?,
        rule: base::text("rule", incoming.rule, 10_000)?,
        age_below: age(incoming.age_below)?,
        max_distance: distance(incoming.max_distance)?,
        version: 0,
        hunted: 0,
        suspended: None,
        guarded: None,
        created_at: tx.now(),
    };
    store::list_add(tx, &list).await.map_err(|error| {
        if error.is_duplicate() {
            Error::from(Refusal::new("name", "name-taken", "another list of yours has this name"))
        } else {
            error.into()
        }
    })?;
    let act = Act::Created(list.id);
    Ok((list, act))
}

fn country(tx: &Tx, class: ListClass, given: Option<&str>) -> Result<Option<Country>, Refusal> {
    let given = given.map(str::trim).filter(|c| !c.is_empty()).map(|c| Country::parse("country", c)).transpose()?;
    let (kind, home) = (tx.actor().kind, tx.actor().country);
    match class {
        ListClass::National => match home {
            Some(home) if given.is_none_or(|c| c == home) && matches!(kind, OrgKind::Lea | OrgKind::Hotline) => {
                Ok(Some(home))
            }
            _ => Err(Refusal::new("country", "not-your-law", "a national list is published in its own country only")),
        },
        ListClass::Baseline | ListClass::Context if given.is_some() => {
            Err(Refusal::new("country", "country-without-national", "a country goes with `national` only"))
        }
        ListClass::Baseline if !matches!(kind, OrgKind::Interpol | OrgKind::Network) => {
            let reason = "only INTERPOL and the network publish a baseline list";
            Err(Refusal::new("class", "not-your-class", reason))
        }
        ListClass::Baseline | ListClass::Context => Ok(None),
    }
}

fn age(given: Option<i64>) -> Result<Option<i64>, Refusal> {
    match given {
        Some(age) if !(1..=25).contains(&age) => {
            Err(Refusal::new("age_below", "out-of-range", "`age_below` is 1 to 25 years"))
        }
        fine => Ok(fine),
    }
}

fn distance(given: Option<i64>) -> Result<i64, Refusal> {
    let distance = given.unwrap_or(MAX_DISTANCE);
    if (0..=MAX_DISTANCE).contains(&distance) {
        return Ok(distance);
    }
    Err(Refusal::new("max_distance", "out-of-range", format!("`max_distance` is 0 to {MAX_DISTANCE} bits")))
}

/// What a publisher may say anew of its list; what is not given stays.
#[derive(Clone, Debug, Default)]
pub struct Changes<'a> {
    /// The rule.
    pub rule: Option<&'a str>,
    /// The age; `Some(None)` takes it away.
    pub age_below: Option<Option<i64>>,
    /// The distance.
    pub max_distance: Option<i64>,
}

/// Describes a list of the actor's anew.
pub async fn change(tx: &Tx, id: ListId, changes: &Changes<'_>) -> Result<Act> {
    let mut list = own(tx, id).await?;
    if let Some(rule) = changes.rule {
        list.rule = base::text("rule", rule, 10_000)?;
    }
    if let Some(given) = changes.age_below {
        list.age_below = age(given)?;
    }
    if changes.max_distance.is_some() {
        list.max_distance = distance(changes.max_distance)?;
    }
    store::list_set(tx, &list).await?;
    Ok(Act::Changed(id))
}

/// Stops a list of the actor's: from now on nothing is settled by it. What was settled stays; see `reports::settle::undo`.
pub async fn suspend(tx: &Tx, id: ListId, why: &str) -> Result<Act> {
    let why = base::one_line("why", why, 500)?;
    let mut list = own(tx, id).await?;
    list.suspended = list.suspended.or(Some(tx.now()));
    store::list_set(tx, &list).await?;
    Ok(Act::Suspended(id, why))
}

/// Lets a list of the actor's settle again, also one that was stopped because it hit too much.
pub async fn resume(tx: &Tx, id: ListId) -> Result<Act> {
    let mut list = own(tx, id).await?;
    (list.suspended, list.guarded) = (None, None);
    store::list_set(tx, &list).await?;
    store::list_hunt_again(tx, id).await?;
    crate::due::hunt(tx).await?;
    Ok(Act::Resumed(id))
}

/// Stops a list that hits too much, and says so. For the exchange's own machinery.
pub async fn guard(tx: &Tx, list: &List, why: String) -> Result<Act> {
    let guarded = List { guarded: Some(why), ..list.clone() };
    store::list_set(tx, &guarded).await?;
    Ok(Act::Guarded(list.id, list.publisher))
}

/// Where each list stands: its version, and up to which change everything stored was compared. For the machinery.
pub async fn versions(tx: &Tx) -> Result<Vec<(ListId, i64, i64)>> {
    Ok(store::list_versions(tx).await?.into_iter().map(|(id, version, hunted, _)| (id, version, hunted)).collect())
}

/// Notes up to which change everything stored was compared, and how many more files were hit; returns all hits. For the
/// machinery.
pub async fn hunted(tx: &Tx, id: ListId, version: i64, hits: i64) -> Result<i64> {
    store::list_hunted(tx, id, version, hits).await?;
    store::list_hits(tx, id).await
}

/// Lists that the actor publishes or was offered, by name, with what it may do with each.
pub async fn list(tx: &Tx) -> Result<Vec<(List, Access)>> {
    Ok(store::lists(tx).await?.into_iter().filter_map(|(list, access)| Some((list, access?))).collect())
}

/// Every list. For the exchange's own machinery; anybody else gets those it may know.
pub async fn all(tx: &Tx) -> Result<Vec<List>> {
    Ok(store::lists(tx).await?.into_iter().map(|(list, _)| list).collect())
}

/// One list that the actor may know of.
pub async fn find(tx: &Tx, id: ListId) -> Result<(List, Access)> {
    let found = store::list_find(tx, id).await?;
    found.and_then(|(list, access)| Some((list, access?))).ok_or(Error::NotFound)
}

/// One list of the actor's own; anybody else's is not found. The machinery finds any.
pub async fn own(tx: &Tx, id: ListId) -> Result<List> {
    let (list, access) = store::list_find(tx, id).await?.ok_or(Error::NotFound)?;
    let mine = access == Some(Access::Publisher) || tx.actor().scope() == base::Scope::Exchange;
    if mine { Ok(list) } else { Err(Error::NotFound) }
}

/// What an organisation may do with some lists now: its own and those whose terms hold. Asked in the transaction that acts
/// on it, so that ended terms end at once.
pub async fn access(tx: &Tx, org: OrgId, lists: &[ListId]) -> Result<Vec<(List, Access)>> {
    store::lists_for(tx, org, lists).await
}

/// One list whose entries the actor may read.
pub async fn readable(tx: &Tx, id: ListId) -> Result<List> {
    match find(tx, id).await? {
        (list, Access::Publisher | Access::Reader { .. }) => Ok(list),
        (_, Access::Offered) => Err(Error::NotFound),
    }
}
