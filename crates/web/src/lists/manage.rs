//! `/lists/{id}/…`: what a publisher does to the list itself: describes it anew, adds an entry by hand, lets it be filled
//! from another server. What was typed stays when it is refused.

use crate::{
    App,
    api::lists::subscribe::{Credential, NewSubscription, keep, seal},
    caller::{self, SeesPublish},
    error::Result,
    lists::{list, new::number},
    page,
    params::Form,
    view::lists::Typed,
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{AgeGroup, Gender, ListId, Refusal};
use hashlists::{Digests, Pdq, Record, digest, entry};

async fn shown(app: &App, who: &SignedIn, id: ListId, typed: Typed, done: Result<()>, word: &str) -> Result<Response> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/lists/{id}?done={word}")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "sha256")?;
            let mut page = list::drawn(app, who, id, list::Asked::default(), errors).await?;
            page.typed = typed.over(page.typed);
            page::show_refused(&page, &error)
        }
    }
}

/// Describes the list anew: rule, age, distance.
pub async fn change(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let done = app.act(&who, async |tx| {
        hashlists::list::own(tx, id).await?;
        let changes = hashlists::list::Changes {
            rule: Some(&typed.rule),
            age_below: Some(number("age_below", &typed.age_below)?),
            max_distance: number("max_distance", &typed.max_distance)?,
        };
        Ok(hashlists::list::change(tx, id, &changes).await?)
    });
    let done = done.await;
    shown(&app, &who, id, Typed { open: "change".into(), ..typed }, done, "list-changed").await
}

/// Writes one entry.
pub async fn add(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let done = app.act(&who, async |tx| {
        hashlists::list::own(tx, id).await?;
        let (written, act) = entry::write_all(tx, id, &[record(&typed)?], &app.lists.profiles, None).await?;
        if written.counts.same == 1 {
            return Err(Refusal::new("sha256", "there-already", "this list has this entry already").into());
        }
        Ok(act)
    });
    let done = done.await;
    shown(&app, &who, id, Typed { open: "add".into(), ..typed }, done, "entry-added").await
}

/// What was typed, as a record.
fn record(typed: &Typed) -> Result<Record, Refusal> {
    fn read<const N: usize>(field: &'static str, text: &str) -> Result<Option<[u8; N]>, Refusal> {
        Some(text.trim()).filter(|t| !t.is_empty()).map(|t| digest(field, t.as_bytes())).transpose()
    }
    fn chosen<T: std::str::FromStr<Err = Refusal>>(text: &str) -> Result<Option<T>, Refusal> {
        Some(text.trim()).filter(|t| !t.is_empty()).map(str::parse).transpose()
    }
    let digests = Digests {
        md5: read("md5", &typed.md5)?,
        sha1: read("sha1", &typed.sha1)?,
        sha256: read("sha256", &typed.sha256)?,
    };
    let quality = Some(typed.pdq_quality.trim()).filter(|t| !t.is_empty()).map(Pdq::quality).transpose()?;
    let pdq = read("pdq", &typed.pdq)?.map(|bits| Pdq { bits, quality });
    let series = Some(typed.series.trim()).filter(|t| !t.is_empty());
    let record = Record {
        digests,
        pdq,
        age_group: chosen::<AgeGroup>(&typed.age_group)?,
        gender: chosen::<Gender>(&typed.gender)?,
        series: series.map(|s| base::one_line("series", s, 300)).transpose()?,
        ..Record::default()
    };
    record.check()?;
    Ok(record)
}

/// Lets the list be filled from another server.
pub async fn subscribe(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let done = fill(&app, &who, id, &typed).await;
    // A password is typed again, never shown.
    let typed = Typed { open: "subscribe".into(), password: String::new(), ..typed };
    shown(&app, &who, id, typed, done, "subscription-made").await
}

async fn fill(app: &App, who: &SignedIn, id: ListId, typed: &Typed) -> Result<()> {
    hashlists::list::own(&app.db.look(&who.actor).await?, id).await?;
    let minutes = number("every", &typed.every)?;
    let secret = !typed.user.is_empty() || !typed.password.is_empty();
    let new = NewSubscription {
        kind: typed.kind.clone(),
        url: typed.url.trim().to_owned(),
        credential: secret.then(|| Credential { user: typed.user.clone(), password: typed.password.clone() }),
        every_seconds: minutes.map(|m| m.saturating_mul(60)),
    };
    let sealed = seal(app, who, &new).await?;
    let kept = app.act(who, async |tx| Ok(keep(app, tx, id, &new, sealed.as_ref()).await?.1));
    let kept = kept.await;
    if let (Err(_), Some(sealed)) = (&kept, &sealed) {
        app.vault.discard(sealed).await;
    }
    kept
}
