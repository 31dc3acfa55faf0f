//! Who may read a list and who may settle by it: offered by the publisher, accepted by the reader, ended by either. Two
//! signatures, like an agreement; unknown means no. Police do not offer lists to other countries' police (product rule 2).

use crate::{Act, Error, Result, Terms, list, store};
use agreements::directory;
use base::{ListId, OrgId, OrgKind, Refusal, TermsId};
use storage::Tx;

/// Offers a list of the actor's to an organisation.
pub async fn offer(tx: &Tx, id: ListId, to: OrgId, may_settle: bool) -> Result<(Terms, Act)> {
    let found = list::own(tx, id).await?;
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let reader = directory::organisations(tx).await?.into_iter().find(|o| o.id == to && o.active);
    let reader =
        reader.ok_or_else(|| Refusal::new("organisation", "unknown-organisation", "there is no such organisation"))?;
    if to == found.publisher {
        let reason = "a publisher needs no terms for its own list";
        return Err(Refusal::new("organisation", "own-list", reason).into());
    }
    if tx.actor().kind == OrgKind::Lea && reader.kind == OrgKind::Lea {
        let reason = "police do not pass lists to other police here, INTERPOL does";
        return Err(Refusal::new("organisation", "police-to-police", reason).into());
    }
    if may_settle && reader.kind != OrgKind::Hotline {
        let reason = "only a hotline settles reports, offer it without";
        return Err(Refusal::new("may_settle", "nothing-to-settle", reason).into());
    }
    let terms = Terms {
        id: tx.id(TermsId::new)?,
        list: id,
        publisher: found.publisher,
        org: to,
        may_settle,
        offered_at: tx.now(),
        accepted_at: None,
        ended_at: None,
    };
    store::terms_add(tx, &terms, person).await.map_err(|error| {
        if error.is_duplicate() {
            let reason = "this organisation has terms for the list already, end them first";
            Error::conflict("terms-there", "organisation", reason)
        } else {
            error.into()
        }
    })?;
    let act = Act::Offered(terms.id, id, to);
    Ok((terms, act))
}

/// Accepts what was offered to the actor's organisation.
pub async fn accept(tx: &Tx, id: ListId) -> Result<Act> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let mine = |t: &&Terms| t.org == tx.actor().org && t.ended_at.is_none();
    let all = store::terms_of_list(tx, id).await?;
    let open = all.iter().find(mine).ok_or(Error::NotFound)?;
    if store::terms_accept(tx, open.id, person).await? {
        crate::due::hunt_for(tx, open.id).await?;
        return Ok(Act::Accepted(open.id, id));
    }
    Err(Error::conflict("accepted-already", "list", "your organisation has accepted these terms already"))
}

/// Ends terms, as their publisher or their reader. What was settled stays; nothing more is.
pub async fn end(tx: &Tx, id: ListId, terms: TermsId) -> Result<Act> {
    let all = store::terms_of_list(tx, id).await?;
    let open = all.iter().find(|t| t.id == terms).ok_or(Error::NotFound)?;
    if store::terms_end(tx, open.id, tx.actor().person()).await? {
        return Ok(Act::Ended(terms, id));
    }
    Err(Error::conflict("ended-already", "terms", "these terms were ended before"))
}

/// Terms by their id. For the machinery.
pub async fn find(tx: &Tx, id: TermsId) -> Result<Terms> {
    store::terms_find(tx, id).await?.ok_or(Error::NotFound)
}

/// Terms of a list that concern the actor: all for its publisher, its own for a reader. Newest first, ended ones too.
pub async fn of_list(tx: &Tx, id: ListId) -> Result<Vec<Terms>> {
    list::find(tx, id).await?;
    store::terms_of_list(tx, id).await
}
