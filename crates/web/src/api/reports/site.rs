//! `PUT /api/v1/reports/id/site`: what kind of site a report is about.

use crate::{
    App,
    api::shape::Done,
    caller::{self, MayReport},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::ReportId;
use reports::{intake, trace};
use serde::Deserialize;
use utoipa::ToSchema;

/// A kind of site.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// website, forum, image_host, file_host, social_media, messenger, search, onion, other or unknown.
    site_type: String,
}

/// Say what kind of site a report is about. Who is told is decided anew.
#[utoipa::path(put, path = "/api/v1/reports/{id}/site", tag = "reports", request_body = Site,
    params(("id" = String, Path, description = "the report")),
    responses((status = 200, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn put(
    State(app): State<App>,
    MayReport(who): MayReport,
    Path(id): Path<String>,
    body: Json<Site>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: ReportId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        trace::own(tx, id).await?;
        let act = intake::set_site(tx, id, &new.site_type).await?;
        Ok((act, Answer::ok(&Done::of(id))))
    })
    .await
}
