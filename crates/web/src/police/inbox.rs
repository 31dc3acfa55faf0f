//! `/police`: what was disclosed to the officer's LEA, most urgent first; the same narrowed by a search, in a folder, or with
//! the very same files as one case.

use crate::{
    App, Error,
    api::shape::paging,
    caller::{self, SeesCases},
    error::Result,
    page,
    params::Params,
    show,
    view::{
        self,
        inbox::{Ago, Choice, FilterForm, FolderView, InboxPage, InboxRow, SearchView},
    },
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{CaseId, FolderId, SearchId};
use reports::{
    Act, Case, folder,
    inbox::{self, Filter, Of, Ranked},
    search::{self, Search},
    team::{self, Colleague},
};
use serde::Deserialize;
use storage::{Page, Tx};
use view::base::FieldError;

/// Which page of a list, and what just happened.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Place {
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows on a page.
    pub limit: Option<u64>,
    /// A word of the `flash` vocabulary.
    pub done: Option<String>,
}

/// The inbox.
pub async fn list(State(app): State<App>, SeesCases(who): SeesCases, Params(place): Params<Place>) -> Result<Response> {
    page::show(&drawn(&app, &who, &Shown::Everything, &place).await?)
}

/// What a search finds.
pub async fn searched(
    State(app): State<App>,
    SeesCases(who): SeesCases,
    Path(id): Path<String>,
    Params(place): Params<Place>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, &Shown::Search(caller::id(&id)?), &place).await?)
}

/// Cases with the very same files as one.
pub async fn alike(
    State(app): State<App>,
    SeesCases(who): SeesCases,
    Path(id): Path<String>,
    Params(place): Params<Place>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, &Shown::Alike(caller::id(&id)?), &place).await?)
}

/// What is in a folder.
pub async fn folder(
    State(app): State<App>,
    SeesCases(who): SeesCases,
    Path(id): Path<String>,
    Params(place): Params<Place>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, &Shown::Folder(caller::id(&id)?), &place).await?)
}

/// What a page shows.
pub enum Shown {
    /// The inbox as it is opened.
    Everything,
    /// What a search finds.
    Search(SearchId),
    /// Cases with the very same files.
    Alike(CaseId),
    /// What is in a folder.
    Folder(FolderId),
}

impl Shown {
    fn path(&self) -> String {
        match self {
            Self::Everything => "/police".into(),
            Self::Search(id) => format!("/police/searches/{id}"),
            Self::Alike(id) => format!("/police/cases/{id}/alike"),
            Self::Folder(id) => format!("/police/folders/{id}"),
        }
    }
}

/// The page as it stands.
pub async fn drawn(app: &App, who: &SignedIn, shown: &Shown, place: &Place) -> Result<InboxPage> {
    let (after, limit) = paging(place.cursor.as_deref(), place.limit)?;
    let tx = app.db.look(&who.actor).await?;
    let mut page = InboxPage { here: shown.path(), ..InboxPage::default() };
    let (found, act) = match shown {
        Shown::Everything => {
            page.kind = "all".into();
            (inbox::list(&tx, Of::Everything, after, limit).await?, Act::CasesRead)
        }
        Shown::Search(id) => {
            let search = search::find(&tx, *id).await?;
            page.kind = "search".into();
            page.form = form(&search.filter);
            page.search = Some(counted(&tx, who, &search).await?);
            (inbox::list(&tx, Of::Filtered(&search.filter), after, limit).await?, Act::CasesRead)
        }
        Shown::Alike(id) => {
            page.kind = "alike".into();
            page.like = Some((show::reference(id), id.to_string()));
            inbox::alike(&tx, *id, after, limit).await?
        }
        Shown::Folder(id) => {
            page.kind = "folder".into();
            page.folder = Some(folder_view(&folder::find(&tx, *id).await?, who));
            let inside = Filter { folder: Some(*id), ..Filter::default() };
            (inbox::list(&tx, Of::Filtered(&inside), after, limit).await?, Act::FolderRead(*id))
        }
    };
    let people = team::colleagues(&tx).await?;
    page.folders = folder::all(&tx).await?.iter().map(|f| choice(f.id, &f.name)).collect();
    page.searches = search::all(&tx).await?.iter().map(|s| named(s, shown)).collect();
    tx.commit(&act).await?;
    page.base = page::frame(app, who, "inbox", place.done.clone());
    page.people =
        people.iter().map(|p| Choice { chosen: Some(p.id) == who.actor.person(), ..choice(p.id, &p.name) }).collect();
    fill(&mut page, app, who, &found, &people);
    Ok(page)
}

fn fill(page: &mut InboxPage, app: &App, who: &SignedIn, found: &Page<Ranked>, people: &[Colleague]) {
    let now = app.db.now();
    page.rows = found.items.iter().map(|ranked| row(ranked, now, who, people)).collect();
    page.next = found.next.as_ref().map(|cursor| format!("{}?cursor={cursor}", page.here));
}

/// A page with what was refused, drawn as the inbox with the filter as typed.
pub async fn refused(
    app: &App,
    who: &SignedIn,
    shown: &Shown,
    typed: Option<FilterForm>,
    error: Error,
) -> Result<Response> {
    let (error, errors): (Error, Vec<FieldError>) = page::field_errors(error, "text")?;
    let mut page = InboxPage { errors, ..drawn(app, who, shown, &Place::default()).await? };
    if let Some(typed) = typed {
        page.form = typed;
    }
    page::show_refused(&page, &error)
}

async fn counted(tx: &Tx, who: &SignedIn, search: &Search) -> Result<SearchView> {
    let found = inbox::count(tx, &search.filter).await?;
    Ok(SearchView { found: show::count(found), more: found >= inbox::MOST_COUNTED, ..search_view(search, who) })
}

/// A search, without what it finds.
pub fn search_view(search: &Search, who: &SignedIn) -> SearchView {
    SearchView {
        id: search.id.to_string(),
        name: search.name.clone().unwrap_or_default(),
        own: Some(search.person) == who.actor.person(),
        shared: search.shared,
        alert: search.alert,
        found: 0,
        more: false,
    }
}

/// A folder.
pub fn folder_view(folder: &folder::Folder, who: &SignedIn) -> FolderView {
    FolderView {
        id: folder.id.to_string(),
        name: folder.name.clone(),
        note: folder.note.clone().unwrap_or_default(),
        private: folder.private,
        own: Some(folder.person) == who.actor.person(),
        cases: show::count(folder.cases),
    }
}

/// Something to choose that is not chosen.
pub fn choice(value: impl ToString, label: &str) -> Choice {
    Choice { value: value.to_string(), label: label.to_owned(), chosen: false }
}

fn named(search: &Search, shown: &Shown) -> Choice {
    let here = matches!(shown, Shown::Search(id) if *id == search.id);
    Choice { chosen: here, ..choice(search.id, search.name.as_deref().unwrap_or_default()) }
}

/// The filter as its form shows it again.
fn form(filter: &Filter) -> FilterForm {
    use inbox::Assigned;
    let day = |time: Option<base::Time>| time.map(|t| t.to_string().chars().take(10).collect()).unwrap_or_default();
    let text = |word: Option<&str>| word.unwrap_or_default().to_owned();
    FilterForm {
        class: text(filter.class.map(base::Class::word)),
        age: text(filter.age.map(base::AgeGroup::word)),
        known: text(filter.fresh.map(|fresh| if fresh { "new" } else { "known" })),
        status: text(filter.status.map(inbox::Status::word)),
        hosting: filter.hosting.map(|c| c.to_string()).unwrap_or_default(),
        clause: text(filter.clause.as_deref()),
        assigned: match filter.assigned {
            Some(Assigned::Me) => "me".into(),
            Some(Assigned::Nobody) => "nobody".into(),
            Some(Assigned::Somebody) => "somebody".into(),
            Some(Assigned::To(person)) => person.to_string(),
            None => String::new(),
        },
        unread: if filter.unread { "yes".into() } else { String::new() },
        folder: filter.folder.map(|f| f.to_string()).unwrap_or_default(),
        from: day(filter.from),
        until: day(filter.until),
        text: text(filter.text.as_deref()),
    }
}

/// New, opened or answered.
pub fn status(case: &Case) -> &'static str {
    match (case.outcome, case.opened_at) {
        (Some(_), _) => "answered",
        (None, Some(_)) => "opened",
        (None, None) => "new",
    }
}

fn row(ranked: &Ranked, now: base::Time, who: &SignedIn, people: &[Colleague]) -> InboxRow {
    let case = &ranked.case;
    InboxRow {
        id: case.id.to_string(),
        reference: show::reference(case.id),
        reason: case.why.clone(),
        agreement: case.agreement.clone(),
        clause: case.clause.clone(),
        class: case.class.word().into(),
        reasons: ranked.reasons.iter().map(show::reason).collect(),
        ago: Ago { minutes: show::count(now.micros() - ranked.since.micros()) / 60_000_000 },
        items: show::count(case.items),
        hosting_country: case.hosting_country.map(|c| c.to_string()),
        own_country: case.hosting_country.is_some() && case.hosting_country == who.actor.country,
        disclosed: case.created_at.minute(),
        status: status(case).into(),
        outcome: case.outcome.map(|o| o.word().to_owned()),
        alike: show::count(ranked.alike - 1),
        alike_more: ranked.alike >= i64::from(reports::urgency::MOST_SEEN),
        assigned: ranked.assigned.and_then(|id| people.iter().find(|p| p.id == id)).map(|p| p.name.clone()),
        read: ranked.read,
    }
}
