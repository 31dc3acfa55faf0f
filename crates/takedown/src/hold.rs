//! A hold on removal: an officer asks to leave content up for a time, as long as the agreement allows, with a magistrate's
//! approval where it asks for one. The hotline sees it at once and cannot change it.

use crate::{Act, Approved, Error, Hold, Refused, Result, Step, allowed, entity::removal_hold, model::terms, store};
use base::{ApprovalForm, CaseId, HoldId, ItemId, Refusal, ReportId, Time};
use reports::ground::{self, Ground};
use storage::{Page, Tx, keyset};

/// What an officer sends to place a hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// One item; `None`: everything disclosed of the case.
    pub item: Option<ItemId>,
    /// Why; at most 1,000 characters on one line.
    pub reason: &'a str,
    /// Until when, as RFC 3339.
    pub until: &'a str,
}

/// Places a hold on a case of the actor's LEA, or on one item of it.
pub async fn place(tx: &Tx, case: CaseId, asked: Asked<'_>) -> Result<(HoldId, Act)> {
    let ground = ground::of(tx, case).await?;
    let reason = base::one_line("reason", asked.reason, 1000)?;
    let until = time("until", asked.until)?;
    let now = tx.now();
    let earlier: Vec<Hold> =
        store::holds_of_case(tx, case).await?.into_iter().filter(|hold| hold.item == asked.item).collect();
    if earlier.iter().any(|hold| hold.holds(now)) {
        return Err(Error::conflict("hold-placed", "case", "a hold is in force already, extend it or end it first"));
    }
    let since = earlier.iter().map(|hold| hold.at).min().unwrap_or(now);
    let ground = match asked.item {
        None => ground,
        Some(item) => of_item(tx, ground, item).await?,
    };
    let lanes: Vec<_> = ground.given.iter().filter(|g| g.clause != agreements::REQUEST_CLAUSE).collect();
    let known = lanes.iter().all(|g| g.lane.is_some());
    let allowed = terms(ground.lanes(), since, now).filter(|_| known);
    let Some(allowed) = allowed else {
        let reason = "the agreement allows no hold here, or its days are used up";
        return Err(Error::conflict("hold-not-allowed", "case", reason));
    };
    check_end(until, now, allowed.latest)?;
    let first = lanes.first().ok_or(Error::NotFound)?;
    let (person, author) = ground::author(tx).await?;
    let id = tx.id(HoldId::new)?;
    let row = removal_hold::Model {
        id: id.0,
        case_id: case.0,
        report_id: ground.report.0,
        hotline_id: ground.hotline.0,
        lea_id: ground.lea.0,
        item_id: asked.item.map(|i| i.0),
        reason: reason.clone(),
        person_id: person.0,
        author,
        at: now.micros(),
        until: until.micros(),
        latest: allowed.latest.micros(),
        agreement_name: first.name.clone(),
        agreement_version: first.version,
        clause: first.clause.clone(),
        oral_due: allowed.oral_due.map(Time::micros),
        written_due: allowed.written_due.map(Time::micros),
        oral: None,
        oral_at: None,
        written: None,
        written_at: None,
        ended_at: None,
        ended_by: None,
        end_reason: None,
    };
    store::hold_add(tx, row).await?;
    Ok((id, Act::Placed(id, case, reason)))
}

/// The ground of one item of the case: only the clause that gave it.
async fn of_item(tx: &Tx, ground: Ground, item: ItemId) -> Result<Ground> {
    let given = reports::case::given(tx, ground.case, item).await?;
    let given = ground.given.into_iter().filter(|g| {
        g.name == given.agreement && g.version == given.version && g.clause == given.clause && g.width == given.width
    });
    Ok(Ground { given: given.collect(), ..ground })
}

fn time(field: &'static str, text: &str) -> Result<Time> {
    if text.trim().is_empty() {
        return Err(Refusal::new(field, "missing", format!("`{field}` is empty, give a time")).into());
    }
    Ok(text.trim().parse().map_err(|reason: String| Refusal::new(field, "bad-time", reason))?)
}

fn check_end(until: Time, now: Time, latest: Time) -> Result<()> {
    if until <= now {
        return Err(
            Refusal::new("until", "hold-ends-early", "`until` is in the past, a hold ends later than now").into()
        );
    }
    if until > latest {
        return Err(too_long(latest));
    }
    Ok(())
}

fn too_long(latest: Time) -> Error {
    let reason = format!("the agreement allows a hold here until {} UTC at the latest", latest.minute());
    Refusal::new("until", "hold-too-long", reason).into()
}

/// A magistrate's approval as an officer records it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Approval<'a> {
    /// Word of [`ApprovalForm`].
    pub form: &'a str,
    /// The magistrate's office; at most 200 characters.
    pub office: &'a str,
    /// Its reference; at most 100 characters.
    pub reference: &'a str,
}

/// Records a magistrate's approval of a hold.
pub async fn approve(tx: &Tx, case: CaseId, id: HoldId, given: Approval<'_>) -> Result<Act> {
    let hold = find(tx, case, id).await?;
    let form: ApprovalForm = given.form.parse()?;
    let office = base::one_line("office", given.office, 200)?;
    let reference = base::one_line("reference", given.reference, 100)?;
    allow(&hold, Step::Approve(form), tx.now())?;
    let (_, by) = ground::author(tx).await?;
    let approved = Approved { office, reference, by, at: tx.now() };
    if store::hold_approve(tx, id, form, &approved).await? {
        Ok(Act::Approved(id, case, form))
    } else {
        Err(refused(Refused::Twice, &hold))
    }
}

/// Makes a hold longer, with a reason.
pub async fn extend(tx: &Tx, case: CaseId, id: HoldId, until: &str, reason: &str) -> Result<Act> {
    let hold = find(tx, case, id).await?;
    let until = time("until", until)?;
    let reason = base::one_line("reason", reason, 1000)?;
    allow(&hold, Step::Extend(until), tx.now())?;
    if store::hold_extend(tx, id, hold.until, until).await? {
        Ok(Act::Extended(id, case, reason))
    } else {
        Err(storage::Error::Moved.into())
    }
}

/// Ends a hold early, with a reason.
pub async fn end(tx: &Tx, case: CaseId, id: HoldId, reason: &str) -> Result<Act> {
    let hold = find(tx, case, id).await?;
    let reason = base::one_line("reason", reason, 1000)?;
    allow(&hold, Step::End, tx.now())?;
    let (_, by) = ground::author(tx).await?;
    if store::hold_end(tx, id, &by, &reason).await? {
        Ok(Act::Ended(id, case, reason))
    } else {
        Err(refused(Refused::NotInForce, &hold))
    }
}

/// Holds of a case, for its LEA and the hotline that answers it, newest first.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<Hold>> {
    store::holds_of_case(tx, case).await
}

/// Holds on a report that concern the actor, newest first.
pub async fn of_report(tx: &Tx, report: ReportId) -> Result<Vec<Hold>> {
    store::holds_of_report(tx, report).await
}

/// Holds in force that concern the actor, first to end first.
pub async fn in_force(tx: &Tx, after: Option<(i64, uuid::Uuid)>, limit: u64) -> Result<Page<Hold>> {
    let now = tx.now();
    let rows = store::holds_open(tx, now, after, limit).await?;
    let page = keyset::page(rows, limit, |hold| (hold.until.micros(), hold.id.0))?;
    Ok(Page { items: page.items.into_iter().filter(|hold| hold.holds(now)).collect(), next: page.next })
}

/// Whether there is such a hold of that case for the actor's LEA.
pub async fn find(tx: &Tx, case: CaseId, id: HoldId) -> Result<Hold> {
    ground::exists(tx, case).await?;
    store::hold_of_case(tx, case, id).await?.ok_or(Error::NotFound)
}

fn allow(hold: &Hold, step: Step, now: Time) -> Result<()> {
    allowed(hold, step, now).map_err(|refused| self::refused(refused, hold))
}

fn refused(why: Refused, hold: &Hold) -> Error {
    match why {
        Refused::NotInForce => Error::conflict("hold-over", "hold", "this hold is over, ended or lapsed"),
        Refused::NotAskedFor => {
            Error::conflict("hold-approval", "form", "the agreement does not ask for this form of approval")
        }
        Refused::Twice => Error::conflict("hold-approved", "form", "this approval was recorded before"),
        Refused::NotLonger => {
            Refusal::new("until", "hold-not-longer", "the new end is not later than the one it has").into()
        }
        Refused::TooLong => too_long(hold.latest),
    }
}
