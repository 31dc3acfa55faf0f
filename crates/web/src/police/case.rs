//! `/police/cases/{id}`: one case: why it is here, what was disclosed and kept back, what was asked, held and said about
//! it. The forms on it are in files of their own, one per verb; each draws this page again when something was refused.

use crate::{
    App, Error,
    api::shape,
    caller::{self, SeesCases},
    error::Result,
    names::Names,
    page,
    params::Params,
    police::{inbox, listing, team},
    show, view,
};
use agreements::{Approval, Doing, may, sign_in::SignedIn};
use axum::{
    extract::{FromRequestParts, Path, State},
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use base::{CaseId, Class, RequestKind, Time, Width};
use reports::{
    Approach, Contact, Message, OpenCase, Request, alike, case, deconflict, ground::Ground, look, message, outcome,
    request,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use storage::{Tx, keyset};
use takedown::{Hold, hold, terms};
use view::{
    desk::EventView,
    dialogue::ApproachView,
    police::{CaseItemView, CasePage, RelatedView, WithheldView},
};

/// Days ahead that a request's form offers.
const USUAL_DUE_DAYS: i64 = 7;
/// Bits in which near-duplicates differ at most.
const ALIKE_BITS: u32 = 31;
const NOT_ILLEGAL: &str = Class::NotIllegal.word();
/// Items counted on the page: "10,000+" beyond.
const MOST_COUNTED: i64 = 10_000;

/// How the page is looked at: in which session, which page of items, after what.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    session: Vec<u8>,
    cursor: Option<String>,
    done: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    cursor: Option<String>,
    done: Option<String>,
}

impl FromRequestParts<App> for Looks {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let Params(Asked { cursor, done }) = Params::from_request_parts(parts, app).await?;
        let session = session(&parts.headers);
        Ok(Self { session, cursor, done })
    }
}

/// The digest of a request's session, by which a purpose is kept.
pub fn session(headers: &axum::http::HeaderMap) -> Vec<u8> {
    Sha256::digest(caller::cookie(headers).unwrap_or_default()).to_vec()
}

/// The case.
pub async fn read(
    State(app): State<App>,
    SeesCases(who): SeesCases,
    looks: Looks,
    Path(id): Path<String>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, &looks, caller::id(&id)?).await?)
}

/// Back to the case after something was done, to the part it was done in.
pub fn back(id: CaseId, done: &str, part: &str) -> Response {
    Redirect::to(&format!("/police/cases/{id}?done={done}#{part}")).into_response()
}

/// Everything that the page shows, read in one transaction.
struct Seen {
    open: OpenCase,
    requests: Vec<Request>,
    holds: Vec<Hold>,
    messages: Vec<Message>,
    contact: Option<Contact>,
    approaches: Vec<Approach>,
    related: Vec<reports::Related>,
    history: Vec<reports::Traced>,
    purpose: Option<String>,
    names: Names,
    now: Time,
}

async fn seen(tx: &Tx, looks: &Looks, id: CaseId) -> Result<(Seen, reports::Act)> {
    let (mut open, act) = case::first(tx, id, keyset::USUAL).await?;
    if looks.cursor.is_some() {
        let (after, limit) = shape::paging(looks.cursor.as_deref(), None)?;
        let page = case::items(tx, id, after, limit).await?;
        (open.items, open.items_next) = (page.items, page.next);
    }
    let (contact, approaches) = deconflict::of_case(tx, id).await?;
    let seen = Seen {
        requests: request::of_case(tx, id).await?,
        holds: hold::of_case(tx, id).await?,
        messages: message::of_case(tx, id).await?,
        contact,
        approaches,
        related: case::related(tx, id).await?,
        history: case::history(tx, &open).await?,
        purpose: look::kept_purpose(tx, id, &looks.session).await?,
        names: Names::read(tx).await?,
        now: tx.now(),
        open,
    };
    Ok((seen, act))
}

/// The page as it stands.
pub(super) async fn drawn(app: &App, who: &SignedIn, looks: &Looks, id: CaseId) -> Result<CasePage> {
    let tx = app.db.begin(&who.actor).await?;
    let (seen, act) = seen(&tx, looks, id).await?;
    let team = team::view(&tx, id).await?;
    let listing = listing::view(&tx, who, id, seen.open.ground.items()).await?;
    tx.commit(&act).await?;
    let hint = deconflict::hint(&app.db, id).await?;
    let base = page::frame(app, who, "inbox", looks.done.clone());
    let page = answers(who, &seen, facts(&seen, id));
    Ok(CasePage { base, hint, team, listing, ..page })
}

/// What was disclosed and kept back.
fn facts(seen: &Seen, id: CaseId) -> CasePage {
    let Seen { open, names, now, .. } = seen;
    let OpenCase { case, page: source, hosting, .. } = open;
    let shown = alike_together(&open.items, names);
    let (items, context): (Vec<_>, Vec<_>) = shown.into_iter().partition(|i| i.assessment.class != NOT_ILLEGAL);
    let owed = match outcome::owed(case, *now) {
        outcome::Owed::Later(due) | outcome::Owed::Asked(_, due) => Some(due),
        outcome::Owed::Nothing => None,
    };
    CasePage {
        id: id.to_string(),
        reference: show::reference(id),
        status: inbox::status(case).into(),
        class: case.class.word().into(),
        reporter: names.of(open.reporter),
        reason: case.why.clone(),
        agreement: case.agreement.clone(),
        version: show::count(case.version),
        clause: case.clause.clone(),
        width: case.width.word().into(),
        media: open.ground.given.iter().any(|g| g.media),
        disclosed: case.created_at.minute(),
        opened: case.opened_at.map(|t| t.minute()),
        source_url: source.as_ref().map(|p| p.source_url.clone()),
        received: source.as_ref().map(|p| p.received_at.minute()),
        note: source.as_ref().and_then(|p| p.note.clone()),
        hosting_ip: hosting.ip.map(|ip| ip.to_string()),
        hosting_country: hosting.country.map(|c| c.to_string()),
        hosting_network: hosting.network.clone(),
        traced: open.trace.as_ref().map(show::trace),
        history: show::history(&seen.history, |_| None),
        captures: open.captures.iter().map(show::capture_row).collect(),
        items,
        context,
        items_count: show::count(open.ground.items().min(MOST_COUNTED + 1)),
        next: open.items_next.as_ref().map(|c| format!("/police/cases/{id}?cursor={c}#items")),
        purpose: seen.purpose.clone(),
        withheld: open.kept.iter().map(withheld).collect(),
        outcomes: open.outcomes.iter().map(|o| show::outcome(o, names)).collect(),
        timeline: timeline(seen),
        related: seen.related.iter().map(related).collect(),
        owed: owed.map(|t| t.minute()),
        owed_late: owed.is_some_and(|t| t <= *now),
        ..CasePage::default()
    }
}

/// What was asked, held and said, and what can be.
fn answers(who: &SignedIn, seen: &Seen, page: CasePage) -> CasePage {
    let Seen { open, names, now, .. } = seen;
    let can = |doing| may(who.actor.kind, who.actor.role, doing);
    let allowed = terms(open.ground.lanes(), *now, *now);
    let mut page = CasePage {
        may_answer: can(Doing::Answer),
        may_ask: can(Doing::Ask),
        may_take: can(Doing::TakeAlong),
        contact_asked: seen.contact.is_some(),
        approaches: seen.approaches.iter().map(approach).collect(),
        kinds: kinds(&open.ground, &seen.requests),
        requests: seen.requests.iter().map(|r| show::request(r, *now, names, true)).collect(),
        hold_latest: allowed.map(|t| t.latest.minute()),
        hold_latest_input: allowed.map(|t| show::input(t.latest)).unwrap_or_default(),
        hold_needs: needs(&open.ground),
        holds: seen.holds.iter().map(|h| show::hold(h, *now, names, true)).collect(),
        messages: seen.messages.iter().map(|m| show::message(m, names, who.actor.org)).collect(),
        ..page
    };
    page.forms.due = show::input(now.plus_seconds(USUAL_DUE_DAYS * 86_400));
    page.forms.until = page.hold_latest_input.clone();
    page
}

/// What the LEA does not have yet and has not asked for.
fn kinds(ground: &Ground, requests: &[Request]) -> Vec<String> {
    let open = |kind| requests.iter().any(|r| r.kind == kind && r.state == base::RequestState::Open);
    let has = |kind| match kind {
        RequestKind::Page => ground.given.iter().all(|g| g.width >= Width::Page),
        RequestKind::Series => ground.given.iter().all(|g| g.width >= Width::Series),
        RequestKind::Files => ground.given.iter().all(|g| g.media),
        RequestKind::Trace | RequestKind::Recheck => false,
    };
    let wanted = RequestKind::ALL.iter().filter(|kind| !open(**kind) && !has(**kind));
    wanted.map(|kind| kind.word().to_owned()).collect()
}

/// The approvals that a hold needs, in the words of the clauses.
fn needs(ground: &Ground) -> Vec<String> {
    let asking = ground.lanes().filter(|lane| lane.approval != Approval::None);
    let mut needs: Vec<String> = asking.map(|lane| view::base::sentence(&lane.approval_sentence())).collect();
    needs.dedup();
    needs
}

fn approach(a: &Approach) -> ApproachView {
    ApproachView { id: a.id.to_string(), consented: a.consented }
}

fn related(other: &reports::Related) -> RelatedView {
    RelatedView {
        id: other.case.to_string(),
        reference: show::reference(other.case),
        by: other.by.iter().map(|by| (*by).to_owned()).collect(),
        disclosed: other.disclosed_at.minute(),
        outcome: other.outcome.map(|o| o.word().to_owned()),
    }
}

/// The items of a page, near-duplicates next to each other; where they cannot be grouped, in their order.
fn alike_together(items: &[reports::CaseItem], names: &Names) -> Vec<CaseItemView> {
    let groups = alike::groups_of_case(items, ALIKE_BITS).unwrap_or_default();
    let mut shown = Vec::with_capacity(items.len());
    for group in &groups {
        let members = group.iter().filter_map(|id| items.iter().find(|i| i.id == *id));
        shown.extend(members.map(|i| CaseItemView { alike: group.len() - 1, ..item(i, names) }));
    }
    if groups.is_empty() { items.iter().map(|i| item(i, names)).collect() } else { shown }
}

fn item(item: &reports::CaseItem, names: &Names) -> CaseItemView {
    let facts = item.detail.as_ref().map(|(url, media)| {
        let reference = show::reference(item.id);
        show::facts(media, &reference, url.as_deref())
    });
    CaseItemView {
        id: item.id.to_string(),
        assessment: show::assessment(&item.assessment, names),
        facts,
        media: item.media,
        preview: item.media && item.preview,
        width: item.disclosure.width.word().into(),
        clause: item.disclosure.clause.clone(),
        alike: 0,
        findings: item.findings.iter().map(show::finding).collect(),
    }
}

fn withheld(kept: &reports::KeptBack) -> WithheldView {
    WithheldView {
        what: kept.what.clone(),
        clause: kept.clause.clone(),
        reason: view::base::sentence(&kept.reason),
        items: show::count(kept.items),
    }
}

/// What happened, oldest first: the case, and everything asked, held and said about it.
fn timeline(seen: &Seen) -> Vec<EventView> {
    let Seen { open, requests, holds, messages, .. } = seen;
    let mut events: Vec<(Time, &str, Option<&str>)> = vec![(open.case.created_at, "case.received", None)];
    events.extend(open.case.opened_at.map(|at| (at, "case.read", None)));
    events.extend(open.captures.iter().filter_map(|c| Some((c.ended_at?, "capture.taken", None))));
    for r in requests {
        events.push((r.at, "request.made", Some(&r.author)));
        let ended = match r.state {
            base::RequestState::Open => None,
            base::RequestState::Granted => Some("request.granted"),
            base::RequestState::Declined => Some("request.declined"),
            base::RequestState::TakenBack => Some("request.taken_back"),
        };
        events.extend(r.answered_at.zip(ended).map(|(at, what)| (at, what, r.answerer.as_deref())));
    }
    for h in holds {
        events.push((h.at, "hold.placed", Some(&h.author)));
        let given = h.oral.iter().chain(&h.written);
        events.extend(given.map(|g| (g.at, "hold.approved", Some(g.by.as_str()))));
        events.extend(h.ended_at.map(|at| (at, "hold.ended", h.ended_by.as_deref())));
        let lapsed = (h.state(seen.now) == takedown::State::Lapsed).then(|| h.due()).flatten();
        events.extend(lapsed.map(|(_, at)| (at, "hold.lapsed", None)));
    }
    events.extend(messages.iter().map(|m| (m.at, "message.written", Some(m.author.as_str()))));
    events.extend(open.outcomes.iter().map(|o| (o.at, "case.answered", None)));
    events.sort_by_key(|(at, ..)| *at);
    let event = |(at, what, who): (Time, &str, Option<&str>)| EventView {
        at: at.minute(),
        what: what.into(),
        who: who.map(str::to_owned),
    };
    events.into_iter().map(event).collect()
}
