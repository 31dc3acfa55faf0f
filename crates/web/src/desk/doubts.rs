//! `/desk/doubts`: items about which lists disagree, with each other or with a person. A person decides: judges the item,
//! or says why the judgement stands. Nothing was settled by any of the lists named.

use crate::{
    App,
    caller::{self, SeesAssess},
    error::Result,
    page,
    params::{Form, Params},
    show,
    view::{
        base::FieldError,
        doubts::{DoubtRow, DoubtsPage, NamedRow},
    },
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::DoubtId;
use reports::{Act, settle};
use serde::Deserialize;

/// Doubts on a page.
const AT_ONCE: u64 = 50;

/// What to show.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    cursor: Option<String>,
    done: Option<String>,
}

/// The page.
pub async fn list(
    State(app): State<App>,
    SeesAssess(who): SeesAssess,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, &asked, Vec::new()).await?)
}

async fn drawn(app: &App, who: &SignedIn, asked: &Asked, errors: Vec<FieldError>) -> Result<DoubtsPage> {
    let (after, _) = crate::api::shape::paging(asked.cursor.as_deref(), None)?;
    let tx = app.db.look(&who.actor).await?;
    let found = settle::doubts(&tx, after, AT_ONCE).await?;
    tx.commit(&Act::SettlingRead).await?;
    Ok(DoubtsPage {
        base: page::frame(app, who, "doubts", asked.done.clone()),
        rows: found.items.iter().map(row).collect(),
        next: found.next.map(|next| format!("/desk/doubts?cursor={next}")),
        errors,
    })
}

fn row(doubt: &reports::Doubt) -> DoubtRow {
    let named = |n: &reports::Named| NamedRow {
        list: n.name.clone(),
        class: n.class.word().into(),
        country: n.country.map(|c| c.to_string()),
        entry: show::reference(n.entry),
        version: show::count(n.version),
    };
    DoubtRow {
        id: doubt.id.to_string(),
        item: show::reference(doubt.item),
        report_id: doubt.report.to_string(),
        report: show::reference(doubt.report),
        why: doubt.kind.word().into(),
        judged: doubt.class.map(|class| class.word().into()),
        named: doubt.named.iter().map(named).collect(),
        at: doubt.at.minute(),
    }
}

/// Why the judgement stands.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Said {
    why: String,
}

/// Ends a doubt with a record.
pub async fn resolve(
    State(app): State<App>,
    SeesAssess(who): SeesAssess,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let id: DoubtId = caller::id(&id)?;
    let done = app.act(&who, async |tx| Ok(settle::resolve(tx, id, &said.why).await?));
    match done.await {
        Ok(()) => Ok(Redirect::to("/desk/doubts?done=doubt-resolved").into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "why")?;
            page::show_refused(&drawn(&app, &who, &Asked::default(), errors).await?, &error)
        }
    }
}
