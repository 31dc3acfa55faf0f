//! Two LEAs with the same content, or the same page, and no LEA-to-LEA exchange. The officer sees one sentence: another
//! unit has an interest, the hotline can put you in touch. It names nobody, counts nothing and carries no time; it is there
//! exactly while another LEA has a live disclosure of the same thing.
//!
//! Contact comes about in four steps, each by a person: the unit asks, its hotline passes it on, the other unit consents,
//! and only then both are told whom to write to, each by its own hotline's message. Whoever declines is never named, and
//! whoever asked is told nothing of it (decision 27).

use crate::{
    Act, Approach, Contact, Error, Result,
    entity::{case_message, contact_ask},
    flow::{self, Step},
    ground::{self, Ground},
    store,
};
use agreements::directory;
use base::{Actor, ApproachId, CaseId, ContactId, MessageId, OrgId};
use storage::{Db, Tx, jobs};

/// Other units that one ask reaches at most.
const MOST_ASKED: i64 = 20;

/// Whether another LEA has a live disclosure of the same content or page. A look of the exchange's own machinery: no
/// query of an LEA's or a hotline's ever looks across.
pub async fn hint(db: &Db, case: CaseId) -> Result<bool> {
    let tx = db.look(&Actor::machine("deconfliction")).await?;
    let found = match store::case_sides(&tx, case).await? {
        Some(sides) => store::case_has_others(&tx, case, sides).await?,
        None => false,
    };
    drop(tx);
    Ok(found)
}

async fn others(tx: &Tx, case: CaseId) -> Result<Vec<(CaseId, OrgId)>> {
    match store::case_sides(tx, case).await? {
        Some(sides) => store::cases_of_others(tx, case, sides, MOST_ASKED).await,
        None => Ok(Vec::new()),
    }
}

/// Asks the hotline of a case of the actor's LEA to put the two in touch; once. `hinted`: what [`hint`] says.
pub async fn ask(tx: &Tx, case: CaseId, hinted: bool) -> Result<(ContactId, Act)> {
    let ground = ground::of(tx, case).await?;
    if !hinted {
        return Err(Error::conflict("contact-nobody", "case", "nobody else has an interest in this case"));
    }
    let (person, author) = ground::author(tx).await?;
    let id = tx.id(ContactId::new)?;
    let row = contact_ask::Model {
        id: id.0,
        case_id: case.0,
        report_id: ground.report.0,
        hotline_id: ground.hotline.0,
        lea_id: ground.lea.0,
        person_id: person.0,
        author,
        at: tx.now().micros(),
        forwarded_at: None,
        forwarded_by: None,
    };
    store::contact_add(tx, row).await.map_err(|error| {
        if error.is_duplicate() {
            Error::conflict("contact-asked", "case", "your unit has asked for contact before")
        } else {
            error.into()
        }
    })?;
    Ok((id, Act::ContactAsked(id, case)))
}

/// What the actor's LEA asked about a case, and what it is asked about it.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<(Option<Contact>, Vec<Approach>)> {
    Ok((store::contact_of_case(tx, case).await?, store::approaches_of_case(tx, case).await?))
}

/// Asks that the actor's hotline has not passed on, oldest first.
pub async fn waiting(tx: &Tx) -> Result<Vec<Contact>> {
    store::contacts_waiting(tx, 50).await
}

/// Passes an ask on to whoever else has an interest. The hotline does not learn who that is.
pub async fn forward(tx: &Tx, id: ContactId) -> Result<Act> {
    let contact = store::contact_find(tx, id).await?.ok_or(Error::NotFound)?;
    ground::exists(tx, contact.case).await?;
    let (_, name) = ground::author(tx).await?;
    if !store::contact_forward(tx, id, &name).await? {
        return Err(Error::conflict("contact-forwarded", "contact", "this was passed on before"));
    }
    flow::queue(tx, Step::Approach(id)).await?;
    Ok(Act::ContactForwarded(id))
}

/// Says whether the actor's LEA wants to be put in touch; once.
pub async fn answer(tx: &Tx, case: CaseId, id: ApproachId, consents: bool) -> Result<Act> {
    ground::exists(tx, case).await?;
    let approach = store::approach_find(tx, id).await?.filter(|a| a.case == case).ok_or(Error::NotFound)?;
    let (_, name) = ground::author(tx).await?;
    if !store::approach_answer(tx, case, id, &name, consents).await? {
        return Err(Error::conflict("contact-answered", "answer", "your unit has answered this before"));
    }
    if consents {
        flow::queue(tx, Step::Introduce(approach.id)).await?;
    }
    Ok(Act::ContactAnswered(id, case))
}

/// The queued step after a hotline passed an ask on: puts the question to each other unit, once.
pub(crate) async fn approach(db: &Db, job: &jobs::Job, id: ContactId) -> Result<()> {
    let tx = db.begin(&Actor::machine("deconfliction")).await?;
    jobs::done(&tx, job).await?;
    let contact = store::contact_find(&tx, id).await?.ok_or(Error::NotFound)?;
    for (case, lea) in others(&tx, contact.case).await? {
        let approach = tx.id(ApproachId::new)?;
        if store::approach_add(&tx, approach, id, case, lea).await? {
            tx.note(&Act::Approached { approach, lea }).await?;
        }
    }
    Ok(tx.commit(&Act::ContactCarried(id)).await?)
}

/// The queued step after a unit consented: tells both, by a message of each one's hotline. Nothing where either case is
/// not live any more.
pub(crate) async fn introduce(db: &Db, job: &jobs::Job, id: ApproachId) -> Result<()> {
    let tx = db.begin(&Actor::machine("deconfliction")).await?;
    jobs::done(&tx, job).await?;
    let approach = store::approach_find(&tx, id).await?.ok_or(Error::NotFound)?;
    let contact = store::contact_find(&tx, approach.ask).await?.ok_or(Error::NotFound)?;
    if let (Ok(one), Ok(other)) = (ground::of(&tx, contact.case).await, ground::of(&tx, approach.case).await)
        && approach.consented == Some(true)
    {
        tell(&tx, &one, other.lea).await?;
        tell(&tx, &other, one.lea).await?;
    }
    Ok(tx.commit(&Act::ContactCarried(approach.ask)).await?)
}

/// Tells an LEA whom to write to, in its thread with its hotline.
async fn tell(tx: &Tx, ground: &Ground, other: OrgId) -> Result<()> {
    let all = directory::organisations(tx).await?;
    let name = |org: OrgId| all.iter().find(|o| o.id == org).map(|o| o.name.clone()).unwrap_or_default();
    let id = tx.id(MessageId::new)?;
    let row = case_message::Model {
        id: id.0,
        case_id: ground.case.0,
        report_id: ground.report.0,
        hotline_id: ground.hotline.0,
        lea_id: ground.lea.0,
        org_id: ground.hotline.0,
        person_id: None,
        author: "CPORT".into(),
        text: format!(
            "Both of you have consented to be put in touch about this case. The other unit is {}. Please write to its desk; \
             nothing of your case was passed on.",
            name(other)
        ),
        at: tx.now().micros(),
        read_at: None,
        read_by: None,
    };
    store::message_add(tx, row).await?;
    tx.note(&Act::Introduced { case: ground.case, lea: ground.lea }).await?;
    Ok(())
}
