//! `/lists`: hash lists that one publishes, reads or was offered.

use crate::{
    App,
    caller::SeesLists,
    error::Result,
    lists::list::strongest,
    names::Names,
    page::{self, Done},
    params::Params,
    show,
    view::lists::{ListRow, OfferedRow, OverviewPage},
};
use agreements::{Doing, may};
use axum::{extract::State, response::Response};
use base::OrgKind;
use hashlists::{Access, Act, Candidate, List, candidate, list};

/// The list of lists.
pub async fn list(State(app): State<App>, SeesLists(who): SeesLists, Params(done): Params<Done>) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    let found = list::list(&tx).await?;
    let names = Names::read(&tx).await?;
    let offered = match who.actor.kind {
        OrgKind::Hotline => candidate::offered(&tx, None, FEW).await?.items,
        OrgKind::Lea | OrgKind::Interpol | OrgKind::Asp | OrgKind::Network => Vec::new(),
    };
    tx.commit(&Act::ListsRead).await?;
    page::show(&OverviewPage {
        base: page::frame(&app, &who, "lists", done.done),
        rows: found.iter().map(|(list, access)| row(list, *access, &names)).collect(),
        offered: offered.iter().map(offered_row).collect(),
        may_publish: may(who.actor.kind, who.actor.role, Doing::PublishList),
    })
}

/// Candidates shown.
const FEW: u64 = 100;

/// What the own hotline offered, and what became of it; not to which list, which the hotline may not know.
fn offered_row(candidate: &Candidate) -> OfferedRow {
    let (hash, kind) = strongest(&candidate.hashes);
    OfferedRow {
        hash,
        kind,
        class: candidate.says.class.word().into(),
        state: candidate.state.word().into(),
        at: candidate.at.minute(),
    }
}

/// A list as a row.
pub fn row(list: &List, access: Access, names: &Names) -> ListRow {
    ListRow {
        id: list.id.to_string(),
        name: list.name.clone(),
        publisher: names.of(list.publisher),
        class: list.class.word().into(),
        country: list.country.map(|c| c.to_string()),
        version: show::count(list.version),
        access: crate::api::lists::shape::access(access).into(),
        may_settle: matches!(access, Access::Publisher | Access::Reader { may_settle: true }),
        stopped: list.suspended.is_some() || list.guarded.is_some(),
    }
}
