//! An LEA asks its hotline for more: the page, the series, the files, a new look-up, a new fetch. The hotline grants or
//! declines, and the answer attaches itself: what is granted about a report widens, by routing, what this LEA is told of
//! it, and a look-up or fetch shows on the case when it is done.

use crate::{
    Act, Error, Request, Result,
    entity::{context_request, widening},
    flow::{self, Step},
    ground::{self, Ground},
    intake::Reach,
    store,
};
use agreements::{Grant, REQUEST_CLAUSE, directory};
use base::{
    AgreementId, CaseId, OrgId, Refusal, ReportId, RequestId, RequestKind, RequestState, Time, WideningId, Width,
};
use storage::{Page, Tx, keyset};

/// Days ahead that an answer may be wanted by.
const LONGEST_DAYS: i64 = 90;
const DAY: i64 = 86_400;

/// What is asked for, as it was sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Word of [`RequestKind`].
    pub kind: &'a str,
    /// Why; at most 1,000 characters.
    pub reason: &'a str,
    /// By when, as RFC 3339; at most 90 days ahead.
    pub due: &'a str,
}

/// Asks the hotline of a case of the actor's LEA.
pub async fn ask(tx: &Tx, case: CaseId, asked: Asked<'_>) -> Result<(RequestId, Act)> {
    let ground = ground::of(tx, case).await?;
    let kind: RequestKind = asked.kind.parse()?;
    let reason = base::text("reason", asked.reason, 1000)?;
    let due = due(asked.due, tx.now())?;
    if has_already(&ground, kind) {
        return Err(Error::conflict("request-has", "kind", "you have this already, look at the case again"));
    }
    let (person, author) = ground::author(tx).await?;
    let id = tx.id(RequestId::new)?;
    let row = context_request::Model {
        id: id.0,
        case_id: case.0,
        report_id: ground.report.0,
        hotline_id: ground.hotline.0,
        lea_id: ground.lea.0,
        kind: kind.word().into(),
        reason,
        due_at: due.micros(),
        person_id: person.0,
        author,
        at: tx.now().micros(),
        state: RequestState::Open.word().into(),
        answered_by: None,
        answerer: None,
        answered_at: None,
        answer: None,
        capture_id: None,
        result: None,
        result_at: None,
    };
    store::request_add(tx, row).await.map_err(|error| {
        if error.is_duplicate() {
            Error::conflict("request-open", "kind", "you have asked for this, the hotline has not answered yet")
        } else {
            error.into()
        }
    })?;
    Ok((id, Act::RequestMade(id, kind)))
}

fn due(text: &str, now: Time) -> Result<Time> {
    if text.trim().is_empty() {
        return Err(Refusal::new("due", "missing", "`due` is empty, say by when you need it").into());
    }
    let due: Time = text.trim().parse().map_err(|reason: String| Refusal::new("due", "bad-time", reason))?;
    if due <= now || due > now.plus_seconds(LONGEST_DAYS * DAY) {
        let reason = format!("`due` is in the future and at most {LONGEST_DAYS} days ahead");
        return Err(Refusal::new("due", "request-due", reason).into());
    }
    Ok(due)
}

fn has_already(ground: &Ground, kind: RequestKind) -> bool {
    match kind {
        RequestKind::Page => ground.given.iter().all(|g| g.width >= Width::Page),
        RequestKind::Series => ground.given.iter().all(|g| g.width >= Width::Series),
        RequestKind::Files => ground.given.iter().all(|g| g.media),
        RequestKind::Trace | RequestKind::Recheck => false,
    }
}

/// Takes an open request of the actor's LEA back.
pub async fn take_back(tx: &Tx, case: CaseId, id: RequestId) -> Result<Act> {
    ground::exists(tx, case).await?;
    let request = store::request_of_case(tx, case, id).await?.ok_or(Error::NotFound)?;
    let (person, name) = ground::author(tx).await?;
    if store::request_end(tx, id, RequestState::TakenBack, (person, &name), None).await? {
        Ok(Act::RequestEnded(id, request.kind, RequestState::TakenBack))
    } else {
        Err(answered_before())
    }
}

/// Requests of a case, for its LEA and the hotline that answers it, newest first.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<Request>> {
    store::requests_of_case(tx, case).await
}

/// Requests that wait for the actor's hotline, due first.
pub async fn waiting(tx: &Tx, after: Option<(i64, uuid::Uuid)>, limit: u64) -> Result<Page<Request>> {
    let rows = store::requests_waiting(tx, after, limit).await?;
    Ok(keyset::page(rows, limit, |r| (r.due.micros(), r.id.0))?)
}

/// What the hotline answers.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'a> {
    /// Yes.
    Grant,
    /// No, and why; at most 1,000 characters.
    Decline(&'a str),
}

/// Whether there is such a request for the actor's hotline to answer.
pub async fn exists(tx: &Tx, id: RequestId) -> Result<Request> {
    let request = store::request_find(tx, id).await?.ok_or(Error::NotFound)?;
    ground::of(tx, request.case).await?;
    Ok(request)
}

/// Answers a request, once. A grant is carried out by queued steps.
pub async fn answer(tx: &Tx, id: RequestId, answer: Answer<'_>, reach: Reach) -> Result<Act> {
    let request = exists(tx, id).await?;
    if request.state != RequestState::Open {
        return Err(answered_before());
    }
    let (person, name) = ground::author(tx).await?;
    let (state, said) = match answer {
        Answer::Grant => (RequestState::Granted, None),
        Answer::Decline(reason) => (RequestState::Declined, Some(base::text("reason", reason, 1000)?)),
    };
    if !store::request_end(tx, id, state, (person, &name), said.as_deref()).await? {
        return Err(answered_before());
    }
    if state == RequestState::Granted {
        carry_out(tx, &request, reach).await?;
    }
    Ok(Act::RequestEnded(id, request.kind, state))
}

fn answered_before() -> Error {
    Error::conflict("request-answered", "answer", "this request was answered or taken back before")
}

async fn carry_out(tx: &Tx, request: &Request, reach: Reach) -> Result<()> {
    match request.kind {
        RequestKind::Page => grant(tx, request, Width::Page, false).await,
        RequestKind::Series => grant(tx, request, Width::Series, false).await,
        // A file is a file of an item: its own address and digests open with it.
        RequestKind::Files => grant(tx, request, Width::Item, true).await,
        RequestKind::Trace if !reach.trace => {
            let reason = "looking up is switched off here, decline it or have it switched on";
            Err(Error::conflict("trace-off", "answer", reason))
        }
        RequestKind::Recheck if !reach.capture => {
            let reason = "fetching is switched off here, decline it or have it switched on";
            Err(Error::conflict("capture-off", "answer", reason))
        }
        RequestKind::Trace => flow::queue(tx, Step::Trace(request.report)).await,
        RequestKind::Recheck => flow::queue(tx, Step::Recheck(request.report)).await,
    }
}

/// Writes the grant and has the report routed again, which is what widens anything.
async fn grant(tx: &Tx, request: &Request, width: Width, media: bool) -> Result<()> {
    let ground = ground::of(tx, request.case).await?;
    let Some((agreement, name, version)) = ground.agreement() else {
        let reason = "the network's default lane gives what it gives: without an agreement nothing more can be granted";
        return Err(Error::conflict("request-no-agreement", "answer", reason));
    };
    let media = media || (width == Width::Series && ground.given.iter().any(|g| g.media));
    let row = widening::Model {
        id: tx.id(WideningId::new)?.0,
        request_id: request.id.0,
        report_id: request.report.0,
        hotline_id: ground.hotline.0,
        lea_id: ground.lea.0,
        agreement_id: agreement.0,
        agreement_name: name.into(),
        agreement_version: version,
        clause: REQUEST_CLAUSE.into(),
        width: width.word().into(),
        media,
        reason: reason(tx, &ground, request.kind).await?,
        at: tx.now().micros(),
    };
    store::widening_add(tx, row).await?;
    flow::queue(tx, Step::Route(request.report)).await
}

async fn reason(tx: &Tx, ground: &Ground, kind: RequestKind) -> Result<String> {
    let all = directory::organisations(tx).await?;
    let name = |org: OrgId| all.iter().find(|o| o.id == org).map_or("the hotline", |o| o.name.as_str());
    let what = match kind {
        RequestKind::Page => "the whole page",
        RequestKind::Series => "the whole series with its context",
        RequestKind::Files | RequestKind::Trace | RequestKind::Recheck => "the files",
    };
    let (hotline, lea, day) = (name(ground.hotline), name(ground.lea), tx.now().minute());
    let day = day.get(..10).unwrap_or(&day);
    Ok(format!("Granted on request by {hotline} to {lea} on {day}: {what}."))
}

/// What was granted about a report, as the decision takes it.
pub(crate) async fn grants(tx: &Tx, report: ReportId) -> Result<Vec<Grant>> {
    let rows = store::widenings_of(tx, report).await?;
    let grant = |row: widening::Model| Grant {
        lea: OrgId(row.lea_id),
        agreement: AgreementId(row.agreement_id),
        width: row.width.parse().unwrap_or(Width::Metadata),
        media: row.media,
        reason: row.reason,
    };
    Ok(rows.into_iter().map(grant).collect())
}
