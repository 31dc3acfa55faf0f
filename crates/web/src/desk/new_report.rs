//! `/desk/reports/new`: an analyst takes in a report with its files, in one form.

use crate::{
    App, Error,
    caller::SeesReport,
    error::Result,
    files::{self, Upload},
    once::{Answer, Once},
    page, view,
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{FromRequest, Multipart, Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use base::Country;
use reports::{
    facts,
    intake::{self, Checked},
};
use serde_json::{Value, json};
use storage::evidence::Sealed;
use view::{
    base::FieldError,
    desk::{CountryOption, NewReportPage, ReportForm},
};

/// The empty form.
pub async fn form(State(app): State<App>, SeesReport(who): SeesReport) -> Result<Response> {
    let received_at = app.db.now().minute().replace(' ', "T");
    let form = ReportForm { received_at, capture: true, ..ReportForm::default() };
    page::show(&drawn(&app, &who, form, page::form_key(&app)?, Vec::new()))
}

/// Takes the report in and goes to its page, or shows the form again with what was refused.
pub async fn take_in(State(app): State<App>, SeesReport(who): SeesReport, request: Request) -> Result<Response> {
    let form = Multipart::from_request(request, &app)
        .await
        .map_err(|e| Error::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE, e.body_text()))?;
    let mut upload = Upload::default();
    let read = files::read(&app, who.actor.org, form, &mut upload).await;
    let taken = match read {
        Ok(()) => accept(&app, &who, &upload).await,
        Err(error) => Err(error),
    };
    match taken {
        Ok(id) => Ok(Redirect::to(&format!("/desk/reports/{id}?done=report-added")).into_response()),
        Err(error) => {
            facts::discard(&app.vault, &upload.files).await;
            let (error, errors) = page::field_errors(error, "source_url")?;
            page::show_refused(&drawn(&app, &who, typed(&upload), page::form_key(&app)?, errors), &error)
        }
    }
}

async fn accept(app: &App, who: &SignedIn, upload: &Upload) -> Result<String> {
    let form = typed(upload);
    let once = upload.once(upload.field("idempotency_key").map(str::to_owned), &format!("new report {form:?}"));
    if let Some(body) = once.answered_body(app, who).await? {
        facts::discard(&app.vault, &upload.files).await;
        let before: Value = serde_json::from_str(&body).unwrap_or_default();
        return Ok(before.get("id").and_then(Value::as_str).unwrap_or_default().to_owned());
    }
    in_one_transaction(app, who, upload, &form, &once).await
}

async fn in_one_transaction(
    app: &App,
    who: &SignedIn,
    upload: &Upload,
    form: &ReportForm,
    once: &Once,
) -> Result<String> {
    let received_at = page::utc(&form.received_at);
    let incoming = intake::Incoming {
        source_url: &form.source_url,
        received_at: &received_at,
        ip: Some(&form.hosting_ip),
        country: Some(&form.hosting_country),
        network: Some(&form.hosting_network),
        site_type: Some(&form.site_type),
        note: Some(&form.note),
        referrer: Some(&form.referrer),
        user: Some(&form.user),
        password: upload.field("password"),
    };
    let checked = intake::check(&incoming, app.db.now())?;
    let login = intake::seal_login(&app.db, &app.vault, who.actor.org, &checked).await?;
    let taken = accept_sealed(app, who, upload, once, checked, login.as_ref()).await;
    if let (Err(_), Some(login)) = (&taken, &login) {
        app.vault.discard(login).await;
    }
    taken
}

async fn accept_sealed(
    app: &App,
    who: &SignedIn,
    upload: &Upload,
    once: &Once,
    checked: Checked,
    login: Option<&Sealed>,
) -> Result<String> {
    let mut reach = app.reach();
    reach.capture &= upload.field("capture") == Some("yes");
    let tx = app.db.begin(&who.actor).await?;
    let (id, accepted) = intake::accept(&tx, &app.vault, checked, login, reach).await?;
    once.remember(&tx, &Answer::created(&json!({ "id": id }))).await?;
    if upload.files.is_empty() {
        tx.commit(&accepted).await?;
    } else {
        tx.note(&accepted).await?;
        let (_, added) = facts::attach(&tx, &app.vault, &app.lists, id, app.config.max_files, &upload.files).await?;
        tx.commit(&added).await?;
    }
    Ok(id.to_string())
}

fn typed(upload: &Upload) -> ReportForm {
    let field = |name| upload.field(name).unwrap_or_default().to_owned();
    ReportForm {
        source_url: field("source_url"),
        received_at: field("received_at"),
        hosting_ip: field("hosting_ip"),
        hosting_country: field("hosting_country"),
        hosting_network: field("hosting_network"),
        site_type: field("site_type"),
        note: field("note"),
        referrer: field("referrer"),
        user: field("user"),
        capture: upload.fields.is_empty() || upload.field("capture") == Some("yes"),
    }
}

fn drawn(
    app: &App,
    who: &SignedIn,
    form: ReportForm,
    idempotency_key: String,
    errors: Vec<FieldError>,
) -> NewReportPage {
    let countries = Country::all().map(|c| CountryOption { code: c.to_string(), name: c.name().to_owned() });
    NewReportPage {
        base: page::frame(app, who, "reports", None),
        form,
        idempotency_key,
        countries: countries.collect(),
        may_capture: app.capture.enabled,
        max_files: app.config.max_files as u64,
        max_file_bytes: app.config.max_file_bytes,
        errors,
    }
}
