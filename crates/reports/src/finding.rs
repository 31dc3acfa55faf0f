//! What victim identification says of an item, as it comes back through the loading dock: whoever sees the item sees it. Where
//! it says that the victim is identified, the cases that show nothing else fall in their inboxes, and nothing of the same
//! content is sent on any more.

use crate::{
    Error, Result,
    change::{self, ChangeKind},
    rank, store,
};
use audit::{Subject, Verb};
use base::{FindingId, FindingWord, ItemId, OrgId, ReportId, Time};
use storage::Tx;

/// What was said of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// The item.
    pub item: ItemId,
    /// Its report.
    pub report: ReportId,
    /// What.
    pub word: FindingWord,
    /// Number of the series it belongs to.
    pub series: Option<String>,
    /// Why it was not taken.
    pub reason: Option<String>,
    /// When it was said, by the partner's clock.
    pub at: Time,
}

/// What comes back, before it is anybody's.
#[derive(Clone, Debug)]
pub struct Found {
    /// The item.
    pub item: ItemId,
    /// What.
    pub word: FindingWord,
    /// Number of the series.
    pub series: Option<String>,
    /// Why it was not taken.
    pub reason: Option<String>,
    /// When, by the partner's clock.
    pub at: Time,
    /// The partner's own id of the answer.
    pub key: String,
}

/// Records what was said. The same answer again changes nothing: then there is no act. For the exchange's own machinery.
pub async fn record(tx: &Tx, found: &Found) -> Result<Option<Act>> {
    let item = store::item_find(tx, found.item).await?.ok_or(Error::NotFound)?;
    let id = tx.id(FindingId::new)?;
    let finding = Finding {
        id,
        item: item.id,
        report: item.report,
        word: found.word,
        series: found.series.clone(),
        reason: found.reason.clone(),
        at: found.at,
    };
    if !store::finding_add(tx, &finding, &found.key).await? {
        return Ok(None);
    }
    let report = store::report_find(tx, item.report).await?.ok_or(Error::NotFound)?;
    for (lea, case) in store::cases_with(tx, item.id).await? {
        rank::renew(tx, &report, case).await?;
        change::note(tx, lea, case, ChangeKind::Found).await?;
    }
    Ok(Some(Act { item: item.id, word: found.word, by: item.reporter }))
}

/// What was said of items that the actor sees, oldest first.
pub async fn of_items(tx: &Tx, items: &[ItemId]) -> Result<Vec<Finding>> {
    store::findings_of(tx, items).await
}

/// Whether content is known to show an identified victim, by what was said of any item with it. For the exchange's own
/// machinery.
pub async fn identified(tx: &Tx, sha256: &[u8]) -> Result<bool> {
    store::content_identified(tx, sha256).await
}

/// Victim identification said something of an item; in the log of the hotline that reported it.
#[derive(Clone, Debug)]
pub struct Act {
    item: ItemId,
    word: FindingWord,
    by: OrgId,
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        "item.found"
    }

    fn verb(&self) -> Verb {
        Verb::Alter
    }

    fn subject(&self) -> Subject {
        Subject::one("item", self.item.0)
    }

    fn detail(&self) -> Option<serde_json::Value> {
        Some(serde_json::json!({ "word": self.word }))
    }

    fn on_behalf_of(&self) -> Option<OrgId> {
        Some(self.by)
    }
}
