//! A fetch in the provider's own log: written before the first byte goes out, completed when the last has gone, or the fetch
//! broke off. Without the first entry nothing goes out.

use super::{
    act::Act,
    model::{End, Fetch, Way},
    store,
};
use crate::Result;
use base::{Actor, FetchId, FetchKeyId, OrgId};
use storage::Db;

/// A fetch that runs.
#[derive(Clone)]
pub struct Fetching {
    db: Db,
    id: FetchId,
    org: OrgId,
    actor: Actor,
}

/// What is fetched.
#[derive(Clone, Copy, Debug)]
pub struct What {
    /// Whose fetch it is.
    pub org: OrgId,
    /// By which key, if by one.
    pub key: Option<FetchKeyId>,
    /// How.
    pub way: Way,
    /// The serial that the other side says to have.
    pub from: Option<i64>,
    /// The serial that it will have.
    pub to: i64,
    /// Bytes of a file that is made already; a transfer's are counted as they go.
    pub file: Option<u64>,
}

/// Writes that a fetch begins.
///
/// # Errors
/// It cannot be written; then it does not begin.
pub async fn begin(db: &Db, actor: &Actor, what: What) -> Result<Fetching> {
    let tx = db.begin(actor).await?;
    let id = tx.id(FetchId::new)?;
    let What { org, key, way, from, to, file } = what;
    let bytes = file.map_or(0, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    let end = file.map(|_| End::Given);
    let fetch = Fetch { id, org, key, way, from, to, at: tx.now(), ended_at: None, bytes, end };
    store::fetch_add(&tx, &fetch).await?;
    tx.commit(&Act::FetchBegan(id, way, to, org)).await?;
    Ok(Fetching { db: db.clone(), id, org, actor: actor.clone() })
}

impl Fetching {
    /// Writes how it ended. What cannot be written is said to the operator: the entry of its beginning is there.
    pub async fn end(self, bytes: u64, end: End) {
        let written = async {
            let tx = self.db.begin(&self.actor).await?;
            store::fetch_end(&tx, self.id, bytes, end).await?;
            Result::<(), crate::Error>::Ok(tx.commit(&Act::FetchEnded(self.id, end, self.org)).await?)
        };
        if let Err(error) = written.await {
            tracing::error!(fetch = %self.id, %error, "how a fetch of the block list ended cannot be noted");
        }
    }
}
