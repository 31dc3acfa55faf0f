//! Votes: an organisation that reads a list confirms or disputes an entry; disputes go to the publisher, who withdraws the
//! entry or lets it stay, with a reason. A vote is seen by its voter and the publisher; nobody else learns even that there
//! is one (product rule 2, decision 18).

use crate::{Act, Error, Result, Vote, VoteAnswer, VoteWord, entry, list, store};
use base::{HashId, ListId, VoteId};
use storage::{Page, Tx};
use uuid::Uuid;

/// Says the actor's organisation's word on an entry, instead of an earlier one.
pub async fn vote(tx: &Tx, list: ListId, id: HashId, word: VoteWord, reason: Option<&str>) -> Result<(Vote, Act)> {
    let reason = match word {
        VoteWord::Confirm => base::text_opt("reason", reason, 2000)?,
        VoteWord::Dispute => Some(base::text("reason", reason.unwrap_or_default(), 2000)?),
    };
    let of = list::readable(tx, list).await?;
    let found = entry::find(tx, list, id).await?;
    if of.publisher == tx.actor().org {
        return Err(Error::conflict("own-list", "entry", "a publisher withdraws its entry instead of disputing it"));
    }
    if found.withdrawn.is_some() {
        return Err(Error::conflict("withdrawn-already", "entry", "this entry was withdrawn, there is nothing to say"));
    }
    let mut vote = Vote {
        id: tx.id(VoteId::new)?,
        entry: id,
        list,
        org: tx.actor().org,
        word,
        reason,
        at: tx.now(),
        answer: None,
    };
    vote.id = store::vote_put(tx, &vote, of.publisher).await?;
    let act = Act::Voted(vote.id, id);
    Ok((vote, act))
}

/// Votes on a list's entries that concern the actor, oldest first. `open`: only disputes that nobody has answered.
pub async fn votes(tx: &Tx, list: ListId, open: bool, after: Option<(i64, Uuid)>, limit: u64) -> Result<Page<Vote>> {
    list::readable(tx, list).await?;
    let after = after.unwrap_or((i64::MIN, Uuid::nil()));
    let rows = store::votes(tx, list, open, after, limit).await?;
    Ok(storage::keyset::page(rows, limit, |v| (v.at.micros(), v.id.0))?)
}

/// Answers a dispute about an entry of the actor's list. Withdrawing opens again what the entry had settled.
pub async fn answer(tx: &Tx, list: ListId, id: VoteId, answer: VoteAnswer, reason: Option<&str>) -> Result<Act> {
    list::own(tx, list).await?;
    let vote = store::vote_find(tx, list, id).await?.ok_or(Error::NotFound)?;
    if vote.word != VoteWord::Dispute {
        return Err(Error::conflict("not-a-dispute", "vote", "only a dispute is answered"));
    }
    let reason = match answer {
        VoteAnswer::Stays => Some(base::text("reason", reason.unwrap_or_default(), 2000)?),
        VoteAnswer::Withdrawn => base::text_opt("reason", reason, 2000)?,
    };
    if !store::vote_answer(tx, id, answer.word(), reason.as_deref()).await? {
        return Err(Error::conflict("answered-already", "vote", "this dispute was answered before"));
    }
    if answer == VoteAnswer::Withdrawn && entry::find(tx, list, vote.entry).await?.withdrawn.is_none() {
        let act = entry::withdraw(tx, list, vote.entry, "a dispute was right").await?;
        tx.note(&act).await?;
    }
    Ok(Act::VoteAnswered(id, vote.entry, answer == VoteAnswer::Withdrawn))
}
