//! `/network/agreements/{id}/versions/{version}`: the editor of a draft. Every button sends the whole form; only saving
//! stores it, so that a draft can be turned about, tried out and compared before anything changes. Works without scripts.

use crate::{
    App, Error,
    caller::{self, SeesDraft},
    error::Result,
    names::Names,
    network::{
        agreement,
        lane_form::{self, Sent},
    },
    page::{self, Done},
    params::{Form, Params},
    show,
    view::agreement::{ContactForm, EditorPage, LaneForm},
};
use agreements::{
    Act, Document, compare,
    sign_in::SignedIn,
    treaty::{self, Status, Terms, Treaty},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{AgreementId, Refusal, Time};
use reports::simulate;

/// A draft as the form holds it.
struct Typed {
    revision: i64,
    valid_from: String,
    valid_until: String,
    lanes: Vec<LaneForm>,
    contacts: Vec<ContactForm>,
}

/// What the page is drawn with beside the fields.
#[derive(Default)]
struct Around {
    tried: bool,
    error: Option<Error>,
    done: Option<String>,
}

/// The editor, with the draft as it is stored; a version that is no draft any more is shown instead.
pub async fn read(
    State(app): State<App>,
    SeesDraft(who): SeesDraft,
    Path((id, version)): Path<(String, String)>,
    Params(done): Params<Done>,
) -> Result<Response> {
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, version.parse().map_err(|_| Error::NOT_FOUND)?);
    draw(&app, &who, id, version, None, Around { done: done.done, ..Around::default() }).await
}

/// One button of the form.
pub async fn write(
    State(app): State<App>,
    SeesDraft(who): SeesDraft,
    Path((id, version)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, version.parse().map_err(|_| Error::NOT_FOUND)?);
    let sent = Sent::new(pairs);
    let mut typed = Typed {
        revision: sent.one("revision").parse().unwrap_or(0),
        valid_from: sent.one("valid_from"),
        valid_until: sent.one("valid_until"),
        lanes: sent.lanes(),
        contacts: sent.contacts(),
    };
    let what = sent.one("do");
    let mut around = Around { tried: what == "preview", ..Around::default() };
    match what.as_str() {
        "save" => match save(&app, &who, id, version, &typed).await {
            Ok(()) => {
                let place = format!("/network/agreements/{id}/versions/{version}?done=draft-saved");
                return Ok(Redirect::to(&place).into_response());
            }
            Err(error) => around.error = Some(error),
        },
        "read" => match Document::from_toml(&sent.one("toml")) {
            Ok(text) => typed.take(&text),
            Err(refusal) => around.error = Some(refusal.into()),
        },
        other => typed.turn(other),
    }
    draw(&app, &who, id, version, Some(typed), around).await
}

async fn save(app: &App, who: &SignedIn, id: AgreementId, version: i64, typed: &Typed) -> Result<()> {
    let tx = app.db.begin(&who.actor).await?;
    treaty::version(&tx, id, version).await?;
    let act = treaty::change(&tx, id, version, typed.revision, typed.terms(tx.now())?).await?;
    Ok(tx.commit(&act).await?)
}

impl Typed {
    fn of(treaty: &Treaty) -> Self {
        let mut typed = Self {
            revision: treaty.revision,
            valid_from: field(Some(treaty.valid_from)),
            valid_until: field(treaty.valid_until),
            lanes: Vec::new(),
            contacts: Vec::new(),
        };
        typed.take(&treaty.document);
        typed
    }

    fn take(&mut self, text: &Document) {
        self.lanes = text.lanes.iter().map(lane_form::of_lane).collect();
        self.contacts = text.contacts.iter().map(lane_form::of_contact).collect();
    }

    fn document(&self) -> Result<Document, Refusal> {
        lane_form::document(&self.lanes, &self.contacts)?.checked()
    }

    fn terms(&self, now: Time) -> Result<Terms, Refusal> {
        let time = |name, text: &str| {
            let given = Some(text).filter(|t| !t.is_empty());
            given.map(|t| page::utc(t).parse::<Time>().map_err(|e| Refusal::new(name, "bad-time", e))).transpose()
        };
        Ok(Terms {
            document: self.document()?,
            valid_from: time("valid_from", &self.valid_from)?.unwrap_or(now),
            valid_until: time("valid_until", &self.valid_until)?,
        })
    }

    /// What a button of a clause or contact does: `add`, `up-2`, `remove-0`, `contact`, `leave-1`. Others do nothing.
    fn turn(&mut self, what: &str) {
        let (verb, place) = what.split_once('-').unwrap_or((what, ""));
        let place: usize = place.parse().unwrap_or(usize::MAX);
        match verb {
            "add" => self.lanes.push(lane_form::fresh(&self.lanes)),
            "contact" => self.contacts.push(ContactForm { party: "hotline".into(), ..ContactForm::default() }),
            "remove" if place < self.lanes.len() => drop(self.lanes.remove(place)),
            "leave" if place < self.contacts.len() => drop(self.contacts.remove(place)),
            "up" if place > 0 && place < self.lanes.len() => self.lanes.swap(place, place - 1),
            "down" if place.saturating_add(1) < self.lanes.len() => self.lanes.swap(place, place + 1),
            _ => {}
        }
    }
}

/// A time as a form's field holds it.
fn field(time: Option<Time>) -> String {
    time.map(|t| t.minute().replace(' ', "T")).unwrap_or_default()
}

async fn draw(
    app: &App,
    who: &SignedIn,
    id: AgreementId,
    version: i64,
    typed: Option<Typed>,
    around: Around,
) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    let all = treaty::one(&tx, id).await?;
    let stored = all.iter().find(|t| t.version == version).ok_or(Error::NOT_FOUND)?;
    let (now, names) = (tx.now(), Names::read(&tx).await?);
    let Around { tried, error, done } = around;
    let asked = tried;
    if error.is_none() && stored.status(now) != Status::Draft {
        tx.commit(&Act::AgreementRead(id)).await?;
        return Ok(Redirect::to(&format!("/network/agreements/{id}?version={version}")).into_response());
    }
    let moved = matches!(&error, Some(Error::Agreements(agreements::Error::Storage(storage::Error::Moved))));
    let mut typed = typed.unwrap_or_else(|| Typed::of(stored));
    if moved {
        typed.revision = stored.revision;
    }
    let text = typed.document();
    let question = match &text {
        Ok(text) if tried => Some(simulate::of_version(&tx, id, version, Some(text.clone())).await?),
        Ok(_) | Err(_) => None,
    };
    let act = if question.is_some() { Act::Simulated(id, version) } else { Act::AgreementRead(id) };
    tx.commit(&act).await?;
    let tried = match &question {
        Some(question) => Some(agreement::tried(&simulate::simulate(&app.db, question).await?)),
        None => None,
    };
    // A clause that was just added is not finished yet: what cannot be read is said to who tries it out or saves it.
    let unread = text.as_ref().err().filter(|_| asked).cloned();
    let error = error.or_else(|| unread.map(Error::from));
    let in_force = all.iter().find(|t| t.version != version && t.in_force(now));
    let text = text.ok();
    let difference = in_force
        .zip(text.as_ref())
        .map(|(old, new)| agreement::difference(old.version, compare::difference(&old.document, new)));
    let theirs = moved.then(|| stored.document.lanes.iter().map(agreements::Lane::whole).collect());
    let mut page = EditorPage {
        base: page::frame(app, who, "network", done),
        id: id.to_string(),
        name: stored.name.clone(),
        hotline: names.of(stored.hotline),
        lea: names.of(stored.lea),
        version: show::count(version),
        revision: typed.revision,
        valid_from: typed.valid_from,
        valid_until: typed.valid_until,
        lanes: typed.lanes,
        contacts: typed.contacts,
        overlaps: text.map(|t| agreement::overlaps(&t)).unwrap_or_default(),
        difference,
        tried,
        theirs,
        errors: Vec::new(),
    };
    let Some(error) = error else { return page::show(&page) };
    let (error, errors) = page::field_errors(error, "lanes")?;
    page.errors = errors;
    page::show_refused(&page, &error)
}
