//! `/lists`: hash lists that one publishes, reads or was offered.

use crate::{
    App,
    caller::SeesLists,
    error::Result,
    names::Names,
    page::{self, Done},
    params::Params,
    show,
    view::lists::{ListRow, OverviewPage},
};
use agreements::{Doing, may};
use axum::{extract::State, response::Response};
use hashlists::{Access, Act, List, list};

/// The list of lists.
pub async fn list(State(app): State<App>, SeesLists(who): SeesLists, Params(done): Params<Done>) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    let found = list::list(&tx).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::ListsRead).await?;
    page::show(&OverviewPage {
        base: page::frame(&app, &who, "lists", done.done),
        rows: found.iter().map(|(list, access)| row(list, *access, &names)).collect(),
        may_publish: may(who.actor.kind, who.actor.role, Doing::PublishList),
    })
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
