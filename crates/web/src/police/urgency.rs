//! `/police/urgency`: what each factor counts for the officer's unit, and what its inbox would look like.

use crate::{
    App, Error,
    caller::SeesOrder,
    error::Result,
    page::{self, Done},
    params::{Form, Params},
    show,
    view::inbox::{PreviewRow, UrgencyPage, WeightView},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use base::Refusal;
use reports::{
    Act,
    rank::{self, Previewed},
    urgency::Weights,
};
use serde::Deserialize;

/// Rows of a preview.
const PREVIEWED: usize = 20;

/// The weights as they are, and the inbox by them.
pub async fn read(State(app): State<App>, SeesOrder(who): SeesOrder, Params(done): Params<Done>) -> Result<Response> {
    page::show(&drawn(&app, &who, None, done.done).await?)
}

async fn drawn(app: &App, who: &SignedIn, tried: Option<Weights>, done: Option<String>) -> Result<UrgencyPage> {
    let tx = app.db.look(&who.actor).await?;
    let kept = rank::weights(&tx, who.actor.org).await?;
    let (trying, weights) = (tried.is_some(), tried.unwrap_or(kept));
    let (rows, all) = rank::preview(&tx, weights.clone(), PREVIEWED).await?;
    tx.commit(&Act::WeightsRead(who.actor.org)).await?;
    Ok(UrgencyPage {
        base: page::frame(app, who, "inbox", done),
        weights: weights.all().iter().map(|(name, value)| weight(name, value.to_string())).collect(),
        rows: (1..).zip(&rows).map(|(place, row)| preview(place, row)).collect(),
        tried: trying,
        bounded: !all,
        errors: Vec::new(),
    })
}

fn weight(name: &str, value: String) -> WeightView {
    WeightView { name: name.to_owned(), value }
}

fn preview(place: u64, row: &Previewed) -> PreviewRow {
    PreviewRow {
        id: row.case.to_string(),
        reference: show::reference(row.case),
        place,
        was: row.was as u64,
        points: row.score.points,
        reasons: row.score.reasons.iter().map(show::reason).collect(),
    }
}

/// Weights as the form sends them.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    new_material: String,
    infant: String,
    prepubescent: String,
    pubescent: String,
    adolescent: String,
    baseline: String,
    several_victims: String,
    self_generated: String,
    hosted_here: String,
    copies: String,
    identified: String,
    day: String,
    r#do: String,
}

impl Typed {
    fn read(&self) -> Result<Weights, Refusal> {
        let number = |field: &'static str, text: &str| {
            text.trim().parse().map_err(|_| Refusal::new(field, "not-a-number", "write a whole number"))
        };
        Weights {
            new_material: number("new_material", &self.new_material)?,
            infant: number("infant", &self.infant)?,
            prepubescent: number("prepubescent", &self.prepubescent)?,
            pubescent: number("pubescent", &self.pubescent)?,
            adolescent: number("adolescent", &self.adolescent)?,
            baseline: number("baseline", &self.baseline)?,
            several_victims: number("several_victims", &self.several_victims)?,
            self_generated: number("self_generated", &self.self_generated)?,
            hosted_here: number("hosted_here", &self.hosted_here)?,
            copies: number("copies", &self.copies)?,
            identified: number("identified", &self.identified)?,
            day: number("day", &self.day)?,
        }
        .checked()
    }

    fn views(&self) -> Vec<WeightView> {
        let typed = [
            &self.new_material,
            &self.infant,
            &self.prepubescent,
            &self.pubescent,
            &self.adolescent,
            &self.baseline,
            &self.several_victims,
            &self.self_generated,
            &self.hosted_here,
            &self.copies,
            &self.identified,
            &self.day,
        ];
        Weights::default().all().iter().zip(typed).map(|((name, _), value)| weight(name, value.clone())).collect()
    }
}

/// Previews weights, or saves them for the unit.
pub async fn set(State(app): State<App>, SeesOrder(who): SeesOrder, Form(typed): Form<Typed>) -> Result<Response> {
    let done = async {
        let weights = typed.read()?;
        if typed.r#do != "save" {
            return Ok::<_, Error>(Some(weights));
        }
        app.act(&who, async |tx| Ok(rank::set_weights(tx, weights).await?)).await?;
        Ok(None)
    };
    match done.await {
        Ok(None) => Ok(Redirect::to("/police/urgency?done=weights-set").into_response()),
        Ok(tried) => page::show(&drawn(&app, &who, tried, None).await?),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "new_material")?;
            let page = UrgencyPage { errors, weights: typed.views(), ..drawn(&app, &who, None, None).await? };
            page::show_refused(&page, &error)
        }
    }
}
