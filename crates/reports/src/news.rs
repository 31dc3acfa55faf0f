//! What a hotline is told without asking, until somebody there puts it away.

use crate::{Act, Error, News, Result, store};
use base::NewsId;
use storage::Tx;

/// What the actor's hotline was told and nobody there has put away, newest first.
pub async fn unseen(tx: &Tx) -> Result<Vec<News>> {
    store::news_unseen(tx).await
}

/// Puts a piece of news away, for everybody at the actor's hotline.
pub async fn see(tx: &Tx, id: NewsId) -> Result<Act> {
    if store::news_see(tx, id).await? { Ok(Act::NewsSeen(id)) } else { Err(Error::NotFound) }
}
