//! Follows a list of another exchange by the numbers of its changes. Pages are signed and say which place they are after,
//! so that a page which is repeated, left out or out of order is seen at once and changes nothing.

use super::client::{self, Key, Page};
use crate::{
    peer::{Peer, Trouble},
    pull::Intake,
};
use serde::{Deserialize, Serialize};

/// Where to go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    /// The key that signed the first page: another one is not believed.
    key: Key,
    /// After which change.
    cursor: Option<String>,
    /// The number of the last change read.
    changed: i64,
    /// The list's version when it was last read.
    version: i64,
}

/// Reads everything up to now.
pub async fn pull(peer: &Peer, intake: &mut Intake<'_>) -> Result<(), Trouble> {
    let class = intake.class().await?;
    let mut place = match intake.due.checkpoint.as_deref().and_then(|t| serde_json::from_str::<Place>(t).ok()) {
        Some(place) => place,
        None => Place { key: client::key(peer).await?, cursor: None, changed: 0, version: 0 },
    };
    let list = peer.base().rsplit('/').next().unwrap_or_default().to_owned();
    loop {
        let page = client::page(peer, &place.key, place.cursor.as_deref()).await?;
        let changed = follows(&page, &list, &place)?;
        place = Place { cursor: Some(page.next.clone()), changed, version: page.version, ..place };
        let records = page.items.iter().map(|item| item.record(&list, class)).collect();
        intake.take(records, &serde_json::to_string(&place).unwrap_or_default()).await?;
        if !page.more || intake.is_over() {
            return Ok(());
        }
    }
}

/// The number of a page's last change, if it is the page after a place.
fn follows(page: &Page, list: &str, place: &Place) -> Result<i64, Trouble> {
    let refused = |reason: &str| Err(Trouble::Garbage(reason.into()));
    if !page.list.eq_ignore_ascii_case(list) {
        return refused("the page is of another list");
    }
    if place.cursor.as_ref().is_some_and(|cursor| page.after != *cursor) {
        return refused("the page is after another place than was asked for");
    }
    if page.version < place.version {
        return refused("the list's version went back");
    }
    let mut last = place.changed;
    for item in &page.items {
        if item.changed < last || item.changed > page.version {
            return refused("changes are not in their order");
        }
        last = item.changed;
    }
    if page.more && (page.items.is_empty() || place.cursor.as_ref() == Some(&page.next)) {
        return refused("the page says that more follows and does not go on");
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(cursor: &str, changed: i64) -> Place {
        let key = Key { key: "k".into(), public: String::new() };
        Place { key, cursor: Some(cursor.into()), changed, version: 5 }
    }

    fn page(after: &str, changes: &[i64], next: &str, more: bool) -> Page {
        let item =
            |changed: &i64| serde_json::json!({ "id": "e", "class": "baseline", "record": {}, "changed": changed });
        let items: Vec<_> = changes.iter().map(item).collect();
        let page = serde_json::json!({
            "list": "l", "version": 9, "after": after, "items": items, "next": next, "more": more,
        });
        serde_json::from_value(page).expect("a page")
    }

    #[test]
    fn fa_3_only_the_page_after_a_place_follows_it() {
        let at = place("a", 3);
        assert_eq!(follows(&page("a", &[3, 4, 9], "b", true), "L", &at).expect("follows"), 9);
        assert_eq!(follows(&page("a", &[], "a", false), "l", &at).expect("nothing new"), 3);
        let bad = [
            page("z", &[4], "b", false),
            page("a", &[2], "b", false),
            page("a", &[5, 4], "b", false),
            page("a", &[10], "b", false),
            page("a", &[], "b", true),
            page("a", &[4], "a", true),
        ];
        for page in bad {
            assert!(follows(&page, "l", &at).is_err(), "{page:?}");
        }
        assert!(follows(&page("a", &[4], "b", false), "other", &at).is_err());
        assert!(follows(&page("a", &[4], "b", false), "l", &Place { version: 10, ..at }).is_err());
    }
}
