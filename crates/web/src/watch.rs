//! Whether somebody may still have what is on its way to them: a download is a request that goes on, and rights are read per
//! request. Asked between pieces, an answer is believed for a quarter of a second; who may not any more gets an answer that
//! visibly ends early (AZ-10).

use crate::{App, Error, error::Result};
use agreements::{
    Doing, require,
    sign_in::{self, SignedIn},
};
use axum::body::Bytes;
use base::{CaptureId, ItemId, ListId, PackageId, ProposalId};
use futures_util::{Stream, StreamExt, stream};
use reports::{
    capture::{self, Part},
    look, package,
};
use std::time::Duration;
use tokio::time::Instant;

/// How long an answer is believed.
const BELIEVED: Duration = Duration::from_millis(250);

/// What is on its way.
#[derive(Clone, Copy, Debug)]
pub enum Watched {
    /// The file of an item.
    Item(ItemId),
    /// A part of a capture.
    Capture(CaptureId, Part),
    /// A package.
    Package(PackageId),
    /// A hash list.
    List(ListId),
    /// The picture of a page among a proposal's exhibits.
    Exhibit(ProposalId, uuid::Uuid),
}

/// Somebody, and what is on its way to them.
pub struct Watch {
    app: App,
    who: SignedIn,
    what: Watched,
    asked: Instant,
}

impl Watch {
    /// Somebody who may have it, as was just found out.
    pub fn new(app: &App, who: &SignedIn, what: Watched) -> Self {
        Self { app: app.clone(), who: who.clone(), what, asked: Instant::now() }
    }

    /// Asks again when the last answer is too old to be believed.
    ///
    /// # Errors
    /// They may not any more.
    pub async fn still(&mut self) -> Result<()> {
        if self.asked.elapsed() < BELIEVED {
            return Ok(());
        }
        let asked = Instant::now();
        let who = sign_in::lives(&self.app.db, &self.who).await?;
        require(&who.actor, self.doing())?;
        // A look at what was let out already: the act that let it out is in the log.
        let tx = self.app.db.look(&who.actor).await?;
        match self.what {
            Watched::Item(id) => look::has_file(&tx, id).await?,
            Watched::Capture(id, part) => capture::has(&tx, id, part).await?,
            Watched::Package(id) => package::takeable(&tx, id).await.map(drop)?,
            Watched::List(id) => hashlists::list::readable(&tx, id).await.map(drop)?,
            Watched::Exhibit(id, exhibit) => exchange::iwol::look::has_picture(&tx, id, exhibit).await.map(drop)?,
        }
        drop(tx);
        self.asked = asked;
        Ok(())
    }

    const fn doing(&self) -> Doing {
        match self.what {
            Watched::Item(_) | Watched::Capture(..) => Doing::OpenMedia,
            Watched::Package(_) => Doing::TakeAlong,
            Watched::List(_) => Doing::ReadLists,
            Watched::Exhibit(..) => Doing::ProposeDomain,
        }
    }

    /// What a stream ends with when its receiver may not have it any more; the reason is nobody's business on the way.
    pub fn cut(error: &Error) {
        tracing::info!(%error, "a download ended early: its receiver may not have it any more");
    }
}

/// Pieces as long as their receiver may have them.
pub fn watched(
    pieces: impl Stream<Item = Result<Bytes, Error>> + Send + 'static,
    watch: Watch,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
    stream::try_unfold((pieces.boxed(), watch), |(mut pieces, mut watch)| async move {
        let Some(piece) = pieces.next().await.transpose()? else { return Ok(None) };
        watch.still().await.inspect_err(Watch::cut)?;
        Ok(Some((piece, (pieces, watch))))
    })
}
