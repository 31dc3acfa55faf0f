//! `/desk/assess`: what waits for an analyst, and the judgement of one item, by form or by key.

use crate::{
    App, Error,
    caller::{self, SeesAssess},
    error::Result,
    names::Names,
    once::{self, Answer, Once},
    page,
    params::{Form, Params},
    show, view,
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use base::{ItemId, ReportId};
use reports::{Act, assess, look, settle};
use serde::Deserialize;
use serde_json::json;
use view::{
    base::FieldError,
    desk::{AssessForm, AssessItem, AssessPage},
    item::ItemView,
};

/// Items on the page.
const AT_ONCE: u64 = 50;

/// What to show.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// Only this report's items.
    report: Option<String>,
    done: Option<String>,
}

/// The grading page: everything that waits, or one report's part of it.
pub async fn list(
    State(app): State<App>,
    SeesAssess(who): SeesAssess,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    let report = asked.report.as_deref().map(caller::id).transpose()?;
    page::show(&drawn(&app, &who, report, asked.done).await?)
}

/// A judgement as the form sends it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    version: Option<i64>,
    #[serde(default)]
    class: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    age_group: String,
    #[serde(default)]
    gender: String,
    #[serde(default)]
    synthetic: String,
    #[serde(default)]
    note: String,
}

/// Judges one item. Scripts that ask for JSON get it; a form without scripts gets the page again.
pub async fn judge(
    State(app): State<App>,
    SeesAssess(who): SeesAssess,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(judged): Form<Judged>,
) -> Result<Response> {
    let id: ItemId = caller::id(&id)?;
    let wants_json = page::wants_json(&headers);
    let place = format!("judge {id}");
    let Judged { class, country, age_group, gender, synthetic, note, .. } = &judged;
    let said = [class, country, age_group, gender, synthetic, note];
    let once = Once::new(once::key(&headers)?, &place, &said.map(|s| s.as_bytes()));
    match store(&app, &who, id, &judged, &once).await {
        Ok(answer) if wants_json => Ok(answer),
        Ok(_) => Ok(Redirect::to("/desk/assess?done=assessed").into_response()),
        Err(error) if wants_json => Err(error),
        Err(error) => again(&app, &who, id, judged, error).await,
    }
}

async fn store(app: &App, who: &SignedIn, id: ItemId, judged: &Judged, once: &Once) -> Result<Response> {
    if let Some(answer) = once.answered(app, who).await? {
        return Ok(answer);
    }
    // The country field stands beside every class and means something for one of them.
    let national = judged.class == base::Class::National.word();
    let incoming = assess::Incoming {
        class: &judged.class,
        country: national.then_some(judged.country.as_str()),
        age_group: Some(&judged.age_group),
        gender: Some(&judged.gender),
        synthetic: Some(&judged.synthetic),
        note: Some(&judged.note),
    };
    let judgement = assess::check(&incoming, who.actor.country);
    let tx = app.db.begin(&who.actor).await?;
    look::item(&tx, id).await?;
    let act = assess::assess(&tx, id, judgement?, judged.version).await?;
    let (item, _) = look::item(&tx, id).await?;
    let answer = Answer::ok(&json!({ "id": id, "saved": true, "version": item.version }));
    once.remember(&tx, &answer).await?;
    tx.commit(&act).await?;
    Ok(answer.into_response())
}

/// What accepting a suggestion needs of its form; the rest of the form means nothing for it.
#[derive(Deserialize)]
pub struct Accepted {
    version: Option<i64>,
}

/// Accepts what an item looks like, by form or by key.
pub async fn accept(
    State(app): State<App>,
    SeesAssess(who): SeesAssess,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(accepted): Form<Accepted>,
) -> Result<Response> {
    let id: ItemId = caller::id(&id)?;
    let wants_json = page::wants_json(&headers);
    let once = Once::new(once::key(&headers)?, &format!("accept {id}"), &[]);
    match take(&app, &who, id, accepted.version, &once).await {
        Ok(answer) if wants_json => Ok(answer),
        Ok(_) => Ok(Redirect::to("/desk/assess?done=suggestion-accepted").into_response()),
        Err(error) if wants_json => Err(error),
        Err(error) => again(&app, &who, id, Judged::default(), error).await,
    }
}

async fn take(app: &App, who: &SignedIn, id: ItemId, version: Option<i64>, once: &Once) -> Result<Response> {
    if let Some(answer) = once.answered(app, who).await? {
        return Ok(answer);
    }
    let tx = app.db.begin(&who.actor).await?;
    let act = settle::accept(&tx, id, version).await?;
    let (item, _) = look::item(&tx, id).await?;
    once.end(tx, &act, Answer::ok(&json!({ "id": id, "saved": true, "version": item.version }))).await
}

/// The page again, with what was chosen and why it was refused.
async fn again(app: &App, who: &SignedIn, id: ItemId, judged: Judged, error: Error) -> Result<Response> {
    let (error, errors) = page::field_errors(error, "class")?;
    let mut page = drawn(app, who, None, None).await?;
    let Some(row) = page.items.iter_mut().find(|row| row.item.id == id.to_string()) else {
        return Err(error);
    };
    let Judged { class, country, age_group, gender, synthetic, note, .. } = judged;
    (row.form, row.errors) = (AssessForm { class, country, age_group, gender, synthetic, note }, errors);
    page::show_refused(&page, &error)
}

async fn drawn(app: &App, who: &SignedIn, only: Option<ReportId>, done: Option<String>) -> Result<AssessPage> {
    let tx = app.db.look(&who.actor).await?;
    let waiting = look::to_assess(&tx, only, None, AT_ONCE).await?;
    let left = look::count_to_assess(&tx).await?;
    let names = Names::read(&tx).await?;
    let reports = look::reports_of(&tx, waiting.items.iter().map(|(item, _)| item.report).collect()).await?;
    let ids: Vec<ItemId> = waiting.items.iter().map(|(item, _)| item.id).collect();
    let like = settle::suggestions(&tx, &ids).await?;
    let mut items = Vec::with_capacity(waiting.items.len());
    for (item, _) in &waiting.items {
        let report = reports.get(&item.report).ok_or(Error::NOT_FOUND)?;
        items.push(AssessItem {
            report_id: item.report.to_string(),
            report_reference: show::reference(item.report),
            source_host: report.source_host.clone(),
            hosting_country: report.hosting.country.map(|c| c.to_string()),
            version: item.version,
            form: AssessForm::default(),
            errors: Vec::<FieldError>::new(),
            item: ItemView {
                suggestion: like.iter().find(|s| s.item == item.id).map(show::suggestion),
                ..show::item(item, &names)
            },
        });
    }
    tx.commit(&Act::ItemsRead).await?;
    Ok(AssessPage {
        base: page::frame(app, who, "assess", done),
        items,
        left: show::count(left),
        home: who.actor.country.map(|c| c.to_string()),
    })
}
