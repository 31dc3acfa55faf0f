//! `POST /api/v1/reports`: an analyst takes in a report.

use crate::{
    App,
    api::shape::Hosting,
    caller::MayReport,
    error::{Problem, Result},
    once::{Answer, Json, Once},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base::ReportId;
use reports::{
    flow,
    intake::{self, Checked, Reach},
};
use serde::{Deserialize, Serialize};
use storage::evidence::Sealed;
use utoipa::ToSchema;

/// A report to take in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// The URL reported: http or https, with a host, without user name and password.
    #[schema(example = "https://pictures.example/gallery/7")]
    source_url: String,
    /// When the hotline received it, RFC 3339 with an offset.
    #[schema(example = "2026-03-01T14:05:00Z")]
    received_at: String,
    /// Where the URL is hosted, as far as it is known.
    #[serde(default)]
    hosting: Hosting,
    /// website, forum, image_host, file_host, social_media, messenger, search, onion, other or unknown.
    site_type: Option<String>,
    /// What the hotline adds, at most 10,000 characters.
    note: Option<String>,
    /// Referrer that the page asks for, sent when it is fetched.
    referrer: Option<String>,
    /// User name and password that the page asks for; kept sealed, never shown again.
    login: Option<Login>,
    /// Whether the page is fetched by itself; yes when not said, where fetching is on.
    capture: Option<bool>,
}

/// A way into a page.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// User name.
    user: String,
    /// Password.
    password: Option<String>,
}

/// The report that was taken in.
#[derive(Serialize, ToSchema)]
pub struct Created {
    /// Its id.
    id: String,
    /// Where it is: received.
    state: &'static str,
}

/// Take in a report.
#[utoipa::path(post, path = "/api/v1/reports", tag = "reports", request_body = NewReport,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Created), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn create(State(app): State<App>, MayReport(who): MayReport, body: Json<NewReport>) -> Result<Response> {
    let Json { value: new, once } = body;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let incoming = intake::Incoming {
        source_url: &new.source_url,
        received_at: &new.received_at,
        ip: new.hosting.ip.as_deref(),
        country: new.hosting.country.as_deref(),
        network: new.hosting.network.as_deref(),
        site_type: new.site_type.as_deref(),
        note: new.note.as_deref(),
        referrer: new.referrer.as_deref(),
        user: new.login.as_ref().map(|l| l.user.as_str()),
        password: new.login.as_ref().and_then(|l| l.password.as_deref()),
    };
    let checked = intake::check(&incoming, app.db.now())?;
    let login = intake::seal_login(&app.db, &app.vault, who.actor.org, &checked).await?;
    let mut reach = app.reach();
    reach.capture &= new.capture.unwrap_or(true);
    let taken = accept(&app, &who, &once, checked, login.as_ref(), reach).await;
    if let (Err(_), Some(login)) = (&taken, &login) {
        app.vault.discard(login).await;
    }
    let (id, answer) = taken?;
    let place = [("location", format!("/api/v1/reports/{id}"))];
    Ok((place, answer).into_response())
}

async fn accept(
    app: &App,
    who: &SignedIn,
    once: &Once,
    checked: Checked,
    login: Option<&Sealed>,
    reach: Reach,
) -> Result<(ReportId, Answer)> {
    let tx = app.db.begin(&who.actor).await?;
    let (id, act) = intake::accept(&tx, &app.vault, checked, login, reach).await?;
    let answer = Answer::created(&Created { id: id.to_string(), state: flow::State::Received.word() });
    once.remember(&tx, &answer).await?;
    tx.commit(&act).await?;
    Ok((id, answer))
}
