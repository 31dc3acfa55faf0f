//! `/api/v1/urgency`: what each factor counts for the caller's unit.

use crate::{
    App,
    api::{cases::shape::Why, shape::List},
    caller::MayOrganise,
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{Json, extract::State, response::Response};
use reports::{
    Act,
    rank::{self, Previewed},
    urgency::Weights,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Rows of a preview.
const PREVIEWED: usize = 20;

/// Points of each factor, 0 to 200.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightsShape {
    /// Material that was not known.
    new_material: i64,
    /// 0 to 2 years.
    infant: i64,
    /// 3 to 9 years.
    prepubescent: i64,
    /// 10 to 13 years.
    pubescent: i64,
    /// 14 to 17 years.
    adolescent: i64,
    /// Illegal everywhere.
    baseline: i64,
    /// Several victims.
    several_victims: i64,
    /// Made by a victim, by a list's word.
    self_generated: i64,
    /// Hosted in the unit's own country.
    hosted_here: i64,
    /// Taken off each time the number of copies doubles.
    copies: i64,
    /// Taken off where the victims are identified already.
    identified: i64,
    /// Points that a day takes off, at least 1.
    day: i64,
}

impl From<&Weights> for WeightsShape {
    fn from(w: &Weights) -> Self {
        Self {
            new_material: w.new_material,
            infant: w.infant,
            prepubescent: w.prepubescent,
            pubescent: w.pubescent,
            adolescent: w.adolescent,
            baseline: w.baseline,
            several_victims: w.several_victims,
            self_generated: w.self_generated,
            hosted_here: w.hosted_here,
            copies: w.copies,
            identified: w.identified,
            day: w.day,
        }
    }
}

impl WeightsShape {
    fn weights(&self) -> Weights {
        Weights {
            new_material: self.new_material,
            infant: self.infant,
            prepubescent: self.prepubescent,
            pubescent: self.pubescent,
            adolescent: self.adolescent,
            baseline: self.baseline,
            several_victims: self.several_victims,
            self_generated: self.self_generated,
            hosted_here: self.hosted_here,
            copies: self.copies,
            identified: self.identified,
            day: self.day,
        }
    }
}

/// A case as other weights would order it.
#[derive(Serialize, ToSchema)]
pub struct PreviewedCase {
    /// Its id.
    id: String,
    /// Its place now, from 1.
    was: usize,
    /// Its points then.
    points: i64,
    /// Why.
    reasons: Vec<Why>,
}

impl From<&Previewed> for PreviewedCase {
    fn from(p: &Previewed) -> Self {
        let reasons = p.score.reasons.iter().map(Into::into).collect();
        Self { id: p.case.to_string(), was: p.was, points: p.score.points, reasons }
    }
}

/// Read the weights of the caller's unit.
#[utoipa::path(get, path = "/api/v1/urgency", tag = "cases",
    responses((status = 200, body = WeightsShape), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(State(app): State<App>, MayOrganise(who): MayOrganise) -> Result<Json<WeightsShape>> {
    let tx = app.db.look(&who.actor).await?;
    let weights = rank::weights(&tx, who.actor.org).await?;
    tx.commit(&Act::WeightsRead(who.actor.org)).await?;
    Ok(Json((&weights).into()))
}

/// Set the weights of the caller's unit. Its cases are put in the new order in the background.
#[utoipa::path(put, path = "/api/v1/urgency", tag = "cases", request_body = WeightsShape,
    responses((status = 200, body = WeightsShape), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn set(State(app): State<App>, MayOrganise(who): MayOrganise, body: Body<WeightsShape>) -> Result<Response> {
    let Body { value, once } = body;
    let tx = app.db.begin(&who.actor).await?;
    let act = rank::set_weights(&tx, value.weights()).await?;
    once.end(tx, &act, Answer::ok(&value)).await
}

/// The first cases as other weights would order them. Nothing is stored.
#[utoipa::path(post, path = "/api/v1/urgency/preview", tag = "cases", request_body = WeightsShape,
    responses((status = 200, body = List<PreviewedCase>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn preview(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    body: Body<WeightsShape>,
) -> Result<Json<List<PreviewedCase>>> {
    let tx = app.db.look(&who.actor).await?;
    let (rows, _) = rank::preview(&tx, body.value.weights(), PREVIEWED).await?;
    tx.commit(&Act::WeightsRead(who.actor.org)).await?;
    Ok(Json(List { items: rows.iter().map(Into::into).collect(), next: None }))
}
