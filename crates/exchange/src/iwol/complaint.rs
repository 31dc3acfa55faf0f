//! Somebody says that a domain is blocked wrongly. Anybody may, without an account: they get a code by which they learn what
//! became of it. The answer is the same whether the domain is on the list or not, so that the form tells nobody what is.
//!
//! Somebody at INTERPOL decides who had no part in the listing. What is upheld is on its way off the list at once, with the
//! decider as first name.

use super::{
    Act, Domain, Domains, Error, Result, desk, me,
    model::{Event, Stage},
    store,
};
use aws_lc_rs::digest::{SHA256, digest};
use base::{Actor, ComplaintId, Refusal, Time};
use storage::{Db, Page, Tx, keyset};
use uuid::Uuid;

/// Most characters of a complaint.
const MOST_TEXT: usize = 2000;
/// Most characters of a way to reach its author.
const MOST_CONTACT: usize = 200;
/// Most characters of a decision's reason.
const MOST_REASON: usize = 1000;

base::words! {
    /// What became of a complaint.
    State, "state" {
        /// Nobody has decided.
        Open = "open",
        /// It is right.
        Upheld = "upheld",
        /// It is not.
        Rejected = "rejected",
    }
}

/// A complaint.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// Its id.
    pub id: ComplaintId,
    /// The domain that it is about.
    pub domain: Domain,
    /// What is wrong, in its author's words.
    pub text: String,
    /// How its author may be reached.
    pub contact: Option<String>,
    /// When it came in.
    pub at: Time,
    /// When it is to be decided.
    pub due_at: Time,
    /// What became of it.
    pub state: State,
    /// Who decided.
    pub decider: Option<String>,
    /// When.
    pub decided_at: Option<Time>,
    /// Why.
    pub reason: Option<String>,
}

/// What is published about complaints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Came in.
    pub received: i64,
    /// Were right.
    pub upheld: i64,
    /// Were not.
    pub rejected: i64,
    /// Are not decided.
    pub open: i64,
    /// Half of the decisions took this long or less.
    pub median_seconds: Option<i64>,
}

/// Letters of a code: none that is taken for another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code as it is given out: 80 random bits in four groups.
fn code(chance: [u8; 10]) -> String {
    let bits = chance.iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    let letter =
        |place: u32| LETTERS.get(usize::try_from((bits >> (5 * place)) & 31).unwrap_or(0)).copied().unwrap_or(b'0');
    let all: Vec<u8> = (0..16).rev().map(letter).collect();
    all.chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect::<Vec<_>>().join("-")
}

/// What a code is recognised by, however it was typed.
fn digest_of(code: &str) -> Vec<u8> {
    let plain = code.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    digest(&SHA256, plain.take(64).collect::<String>().as_bytes()).as_ref().to_vec()
}

/// Takes a complaint in; returns its author's code and when it is to be decided.
pub async fn submit(db: &Db, with: &Domains, domain: &str, text: &str, contact: &str) -> Result<(String, Time)> {
    let domain = Domain::parse("domain", domain)?;
    let text = base::text("text", text, MOST_TEXT)?;
    let contact = match base::text_opt("contact", Some(contact), MOST_CONTACT)? {
        Some(contact) => Some(base::one_line("contact", &contact, MOST_CONTACT)?),
        None => None,
    };
    let code = code(db.chance().bytes()?);
    let tx = db.begin(&Actor::machine("complaints")).await?;
    let hour = tx.now().plus_seconds(-3600);
    if store::complaints_since(&tx, hour).await? >= i64::from(with.config.complaints_an_hour) {
        return Err(Error::TooMany);
    }
    let new = Complaint {
        id: tx.id(ComplaintId::new)?,
        domain,
        text,
        contact,
        at: tx.now(),
        due_at: with.answer(tx.now()),
        state: State::Open,
        decider: None,
        decided_at: None,
        reason: None,
    };
    store::complaint_add(&tx, &new, &digest_of(&code)).await?;
    tx.commit(&Act::Complained(new.id)).await?;
    Ok((code, new.due_at))
}

/// What became of the complaint that a code was given for.
pub async fn ask(db: &Db, code: &str) -> Result<Complaint> {
    let tx = db.look(&Actor::machine("complaints")).await?;
    let found = store::complaint_by_code(&tx, &digest_of(code)).await?;
    tx.commit(&Act::ComplaintAsked).await?;
    let unknown = || Refusal::new("code", "unknown-code", "there is no complaint with this code, look at it again");
    Ok(found.ok_or_else(unknown)?)
}

/// What is published. It is nobody's, so that no look at it is logged.
pub async fn counts(db: &Db) -> Result<Counts> {
    let tx = db.look(&Actor::machine("complaints")).await?;
    store::complaint_counts(&tx).await
}

/// Complaints of a state, due first. For INTERPOL.
pub async fn list(tx: &Tx, state: State, after: Option<(i64, Uuid)>, limit: u64) -> Result<(Page<Complaint>, Act)> {
    let rows = store::complaints(tx, state, after, limit).await?;
    Ok((keyset::page(rows, limit, |c| (c.due_at.micros(), c.id.0))?, Act::ComplaintsRead))
}

/// Decides a complaint, once: upheld or rejected.
pub async fn decide(tx: &Tx, with: &Domains, id: ComplaintId, decision: &str, reason: &str) -> Result<Act> {
    let complaint = store::complaint_find(tx, id).await?.ok_or(Error::NotFound)?;
    let none = || Refusal::new("decision", "unknown-state", "a decision is upheld or rejected");
    let state = decision.parse().ok().filter(|state| *state != State::Open).ok_or_else(none)?;
    let who = me(tx).await?;
    let reason = base::text("reason", reason, MOST_REASON)?;
    let listed = store::proposals_of_domain(tx, &complaint.domain).await?;
    let listed = listed.into_iter().find(|p| p.stage.is_listed());
    if let Some(listed) = &listed {
        let (proposal, _) = store::state_of(tx, listed.id).await?.ok_or(Error::NotFound)?;
        let had_part = proposal.authors.contains(&who.person)
            || proposal.standing().iter().any(|actor| actor.person == who.person)
            || proposal.extra.as_ref().is_some_and(|actor| actor.person == who.person);
        if had_part {
            let reason = "you had a part in this listing, somebody else decides about complaints against it";
            return Err(Error::conflict("domain-own-listing", "id", reason));
        }
        if state == State::Upheld && !matches!(proposal.stage, Stage::Leaving(_)) {
            desk::apply(tx, with, listed.id, &who, &Event::AskRemoval(reason.clone())).await?;
            tx.note(&Act::RemovalAsked(listed.id, reason.clone())).await?;
        }
    }
    if !store::complaint_decide(tx, id, state, (who.person, &who.name), &reason).await? {
        return Err(Error::conflict("complaint-decided", "decision", "this complaint was decided before"));
    }
    Ok(Act::ComplaintDecided(id, state.word(), reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_four_groups_and_read_however_it_is_typed() {
        let made = code([0xff, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0]);
        assert_eq!(made.len(), 19);
        assert!(made.split('-').all(|part| part.len() == 4), "{made}");
        assert_eq!(digest_of(&made), digest_of(&made.to_lowercase().replace('-', " ")));
        assert_eq!(digest_of("O1IL"), digest_of("0111"));
        assert_ne!(digest_of(&made), digest_of(&code([0; 10])));
    }
}
