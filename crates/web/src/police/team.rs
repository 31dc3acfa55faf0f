//! What colleagues do with cases between them: assigning, folders, read marks, notes. One form for one case or for many.

use crate::{
    App, Error,
    caller::{self, SeesOrder},
    error::Result,
    page,
    params::Form,
    police::{case, inbox::choice},
    show,
    view::inbox::{Choice, TeamView},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, RawForm, State, rejection::RawFormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use base::{CaseId, FolderId, Refusal};
use reports::{
    folder,
    team::{self, Do, Reach},
};
use serde::Deserialize;
use storage::Tx;
use url::form_urlencoded;

/// What the form of acts sends.
#[derive(Default)]
struct Sent {
    cases: Vec<String>,
    what: String,
    person: String,
    folder: String,
    out: String,
    back: String,
}

fn read(bytes: &[u8]) -> Sent {
    let mut sent = Sent::default();
    for (name, value) in form_urlencoded::parse(bytes) {
        let value = value.into_owned();
        match &*name {
            "case" => sent.cases.push(value),
            "do" => sent.what = value,
            "person" => sent.person = value,
            "folder" => sent.folder = value,
            "out" => sent.out = value,
            "back" => sent.back = value,
            _ => {}
        }
    }
    sent
}

/// Does something with the chosen cases and goes back to where they were chosen.
pub async fn act(
    State(app): State<App>,
    SeesOrder(who): SeesOrder,
    form: Result<RawForm, RawFormRejection>,
) -> Result<Response> {
    let RawForm(bytes) = form.map_err(|e| Error::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE, e.body_text()))?;
    let sent = read(&bytes);
    let unknown = store(&app, &who, &sent).await?;
    let said = match (sent.what.as_str(), unknown) {
        (_, 1..) => "some-unknown",
        ("out", _) => "taken-out",
        _ => "assigned",
    };
    Ok(Redirect::to(&format!("{}?done={said}", back(&sent.back))).into_response())
}

/// Where the form was: a page of the officer's, or the inbox.
fn back(path: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-');
    let own = path == "/police" || path.starts_with("/police/");
    if own && path.chars().all(plain) && !path.contains("//") { path } else { "/police" }
}

async fn store(app: &App, who: &SignedIn, sent: &Sent) -> Result<usize> {
    // An id that is none is no case either.
    let cases: Vec<CaseId> = sent.cases.iter().filter_map(|id| id.parse().ok()).collect();
    let strange = sent.cases.len() - cases.len();
    let tx = app.db.begin(&who.actor).await?;
    if sent.what == "out" {
        let folder: FolderId = caller::id(&sent.out)?;
        let mut last = None;
        for case in cases {
            if let Some(act) = last.replace(folder::take_out(&tx, folder, case).await?) {
                tx.note(&act).await?;
            }
        }
        let act = last.ok_or_else(|| Refusal::new("cases", "how-many", "choose 1 to 200 cases"))?;
        tx.commit(&act).await?;
        return Ok(strange);
    }
    let what = match sent.what.as_str() {
        "assign" if sent.person.is_empty() => Do::Assign(None),
        "assign" => Do::Assign(Some(caller::id(&sent.person)?)),
        "folder" => Do::Folder(caller::id(&sent.folder)?),
        "read" => Do::Read(true),
        "unread" => Do::Read(false),
        _ => return Err(Refusal::new("do", "unknown-act", "choose what to do with the cases").into()),
    };
    let (done, act) = team::act(&tx, &cases, what).await?;
    tx.commit(&act).await?;
    Ok(done.unknown + strange)
}

/// A note, as the form sends it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Written {
    body: String,
    reach: String,
}

/// Writes a note on a case.
pub async fn note(
    State(app): State<App>,
    SeesOrder(who): SeesOrder,
    looks: case::Looks,
    Path(id): Path<String>,
    Form(written): Form<Written>,
) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    let stored = app.act(&who, async |tx| {
        reports::case::exists(tx, id).await?;
        Ok(team::note(tx, id, &written.body, Reach::read(&written.reach)?).await?.1)
    });
    match stored.await {
        Ok(()) => Ok(Redirect::to(&format!("/police/cases/{id}?done=note-written")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "body")?;
            let mut page = case::drawn(&app, &who, &looks, id).await?;
            page.errors = errors;
            page.team.body = written.body;
            page::show_refused(&page, &error)
        }
    }
}

/// What the unit keeps about a case.
pub async fn view(tx: &Tx, id: CaseId) -> Result<TeamView> {
    let about = team::about(tx, id).await?;
    let people = team::colleagues(tx).await?;
    let all = folder::all(tx).await?;
    let inside = |id: FolderId| about.folders.iter().any(|(f, _)| *f == id);
    let name_of = |id| people.iter().find(|p| p.id == id).map(|p| p.name.clone());
    Ok(TeamView {
        assigned: about.assigned.and_then(name_of),
        assigned_at: about.assigned_at.map(|t| t.minute()),
        people: people
            .iter()
            .map(|p| Choice { chosen: about.assigned == Some(p.id), ..choice(p.id, &p.name) })
            .collect(),
        inside: about.folders.iter().map(|(id, name)| choice(id, name)).collect(),
        folders: all.iter().filter(|f| !inside(f.id)).map(|f| choice(f.id, &f.name)).collect(),
        notes: about.notes.iter().map(|n| show::note(n, "")).collect(),
        body: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn se_5_a_form_leads_back_to_own_pages_only() {
        for bad in [
            "",
            "https://elsewhere.example",
            "//elsewhere.example",
            "/police//x",
            "/policeman",
            "/desk",
            "/police/../x",
            "/police?x",
        ] {
            assert_eq!(back(bad), "/police", "{bad}");
        }
        assert_eq!(back("/police/cases/01-a"), "/police/cases/01-a");
    }
}
