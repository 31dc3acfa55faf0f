//! Candidates: content that a hotline has judged and whose agreement lets it go onto a list is offered to the publisher by
//! itself; the publisher takes many at once. The publisher sees hashes and judgement, not the item or the report.

use crate::{Act, Candidate, CandidateState, Error, ListClass, Offer, Result, Says, list, store, write};
use base::{CandidateId, Class, ItemId, ListId, OrgId};
use std::collections::HashMap;
use storage::{Page, Tx};
use uuid::Uuid;

/// Offers content to a list. For routing, in its transaction; says which acts to note.
pub async fn offer(tx: &Tx, to: ListId, publisher: OrgId, offer: &Offer) -> Result<Option<Act>> {
    let class = match offer.class {
        Class::Baseline => ListClass::Baseline,
        Class::National => ListClass::National,
        Class::NotIllegal => return Ok(None),
    };
    let candidate = Candidate {
        id: tx.id(CandidateId::new)?,
        list: to,
        org: offer.org,
        says: Says { class, age_group: offer.age_group, gender: offer.gender },
        hashes: offer.hashes.clone(),
        state: CandidateState::Waiting,
        at: tx.now(),
        answered_at: None,
        entry: None,
    };
    let new = store::candidate_add(tx, &candidate, publisher, offer.item).await?;
    Ok(new.then_some(Act::CandidateOffered(candidate.id, to, offer.org)))
}

/// Lists that content of this class may be offered to, with their publishers: baseline lists, and national ones of the
/// country whose law it is. For routing.
pub async fn lists_for(tx: &Tx, offer: &Offer) -> Result<Vec<(ListId, OrgId)>> {
    match offer.class {
        Class::Baseline => store::lists_of_class(tx, ListClass::Baseline, None).await,
        Class::National => store::lists_of_class(tx, ListClass::National, offer.country).await,
        Class::NotIllegal => Ok(Vec::new()),
    }
}

/// Takes back candidates of an item that nobody has answered, but for some lists. For routing.
pub async fn retract(tx: &Tx, item: ItemId, but: &[ListId]) -> Result<()> {
    store::candidates_retract(tx, item, but).await
}

/// Takes back what a hotline offered to the lists of a publisher and nobody has answered: the ground for it is gone.
pub async fn retract_between(tx: &Tx, hotline: OrgId, publisher: OrgId) -> Result<()> {
    store::candidates_retract_between(tx, hotline, publisher).await
}

/// Candidates of a list in a state: all for its publisher, a hotline's own for the hotline.
pub async fn candidates(
    tx: &Tx,
    list: ListId,
    state: CandidateState,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Page<Candidate>> {
    list::readable(tx, list).await?;
    let rows = store::candidates(tx, list, state, after.unwrap_or((i64::MIN, Uuid::nil())), limit).await?;
    Ok(storage::keyset::page(rows, limit, |c| (c.at.micros(), c.id.0))?)
}

/// Candidates that the actor's own organisation offered, to whatever list, oldest first. Which list that was is not said
/// to whoever has no terms of it: content and answer are the hotline's own.
pub async fn offered(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<Page<Candidate>> {
    let rows = store::candidates_offered(tx, after.unwrap_or((i64::MIN, Uuid::nil())), limit).await?;
    Ok(storage::keyset::page(rows, limit, |c| (c.at.micros(), c.id.0))?)
}

/// Takes candidates onto the actor's list, at most [`write::MOST_ROWS`] at once; all or none.
pub async fn accept(tx: &Tx, id: ListId, ids: &[CandidateId]) -> Result<(write::Written, Act)> {
    let list = list::own(tx, id).await?;
    let found = waiting(tx, id, ids).await?;
    let mut rows = Vec::with_capacity(found.len());
    for (line, candidate) in (1..).zip(&found) {
        rows.push(write::Row {
            line,
            source: "candidate".into(),
            source_id: write::Row::key(&candidate.hashes),
            says: candidate.says,
            hashes: candidate.hashes.clone(),
            record: "{}".into(),
            provenance: Some(candidate.id.to_string()),
            ..write::Row::default()
        });
    }
    let keys: Vec<String> = rows.iter().map(|r| r.source_id.clone()).collect();
    let written = write::write(tx, &list, rows, None).await?;
    if let Some(refused) = written.refused.first() {
        let reason = format!("candidate {} of those given: {}", refused.line, refused.reason);
        return Err(Error::conflict("candidate-refused", "candidates", reason));
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let entries: HashMap<String, Uuid> =
        store::entries_by_source(tx, id, &keys).await?.into_iter().map(|e| (e.source_id, e.id)).collect();
    for (candidate, key) in found.iter().zip(keys) {
        let entry = entries.get(key).map(|id| base::HashId(*id));
        store::candidate_answer(tx, candidate.id, CandidateState::Accepted, None, entry).await?;
    }
    crate::due::hunt(tx).await?;
    let accepted = found.len().cast_signed() as i64;
    Ok((written, Act::CandidatesAnswered(id, accepted, 0)))
}

/// Leaves candidates out, with a reason that the hotline reads.
pub async fn decline(tx: &Tx, id: ListId, ids: &[CandidateId], reason: &str) -> Result<Act> {
    let reason = base::text("reason", reason, 2000)?;
    list::own(tx, id).await?;
    let found = waiting(tx, id, ids).await?;
    for candidate in &found {
        store::candidate_answer(tx, candidate.id, CandidateState::Declined, Some(&reason), None).await?;
    }
    Ok(Act::CandidatesAnswered(id, 0, found.len().cast_signed() as i64))
}

/// Waiting candidates among these; one that is not refuses all.
async fn waiting(tx: &Tx, list: ListId, ids: &[CandidateId]) -> Result<Vec<Candidate>> {
    if ids.is_empty() || ids.len() > write::MOST_ROWS {
        let reason = format!("give 1 to {} candidates", write::MOST_ROWS);
        return Err(Error::conflict("candidate-count", "candidates", reason));
    }
    let found = store::candidates_waiting(tx, list, ids).await?;
    let mut distinct: Vec<CandidateId> = ids.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if found.len() != distinct.len() {
        let reason = "some of these candidates are not waiting on this list, load them again";
        return Err(Error::conflict("not-waiting", "candidates", reason));
    }
    Ok(found)
}
