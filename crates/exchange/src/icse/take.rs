//! Takes answers in: each once, in whatever order they come, and never one to something that was not sent. What is no answer is
//! kept with the reason and keeps no other back.

use super::{
    act::Act,
    answer::{self, Bad, Heard},
    client::{Link, RawAnswer, Trouble},
    deliver::{Out, erase, refuse},
    dispatch::{Answer, Says},
    plan::{self, Effect, State},
    store,
};
use crate::Result;
use base::{Actor, FindingWord, ParcelId};
use reports::finding::{self, Found};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use storage::{Db, Tx};

/// Seconds between two notes that answers were asked for and none came.
const NOTED_SECONDS: i64 = 60;
/// Longest text kept of what is no answer, in characters.
const KEPT: usize = 4000;

/// What came of some answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    all: usize,
    new: usize,
    stray: usize,
    parcels: BTreeSet<ParcelId>,
    refused: Option<(ParcelId, String)>,
}

impl Taken {
    /// For the log.
    pub const fn act(&self) -> Act {
        Act::AnswersTaken(self.all, self.new, self.stray)
    }
}

/// Takes answers in, in the exchange's own transaction.
///
/// # Errors
/// The database cannot be read or written.
pub async fn apply(tx: &Tx, heard: &Heard) -> Result<Taken> {
    let mut taken = Taken { all: heard.answers.len() + heard.bad.len(), ..Taken::default() };
    for answer in &heard.answers {
        one(tx, answer, &mut taken).await?;
    }
    taken.refused = heard.parcel.zip(heard.refused.clone());
    for bad in &heard.bad {
        no_answer(tx, bad.to_string().as_bytes(), bad, &mut taken).await?;
    }
    Ok(taken)
}

async fn one(tx: &Tx, answer: &Answer, taken: &mut Taken) -> Result<()> {
    let raw = format!("{:?}", answer.says);
    let dispatch = store::dispatch_find(tx, answer.dispatch).await?;
    if !store::answer_add(tx, &answer.id, dispatch.as_ref().map(|d| d.id), answer.at, &raw).await? {
        return Ok(());
    }
    taken.new += 1;
    let Some(row) = dispatch else {
        taken.stray += 1;
        return Ok(store::answer_stray(tx, &answer.id, "it answers something that was never sent").await?);
    };
    match plan::after(row.state, row.attempted, &answer.says) {
        Effect::Stray(why) => {
            taken.stray += 1;
            return Ok(store::answer_stray(tx, &answer.id, why).await?);
        }
        Effect::Becomes(state) => {
            let reason = match &answer.says {
                Says::Rejected(reason) => Some(reason.as_str()),
                Says::Taken | Says::Found { .. } => None,
            };
            store::dispatch_answered(tx, row.id, state, reason).await?;
            taken.parcels.extend(row.parcel.filter(|_| matches!(row.state, State::Packed | State::Sent)));
        }
        Effect::Nothing => {}
    }
    let found = match &answer.says {
        Says::Taken => return Ok(()),
        Says::Rejected(reason) => (FindingWord::Rejected, None, Some(reason.clone())),
        Says::Found { word, series } => (plan::finding(*word), series.clone(), None),
    };
    let (word, series, reason) = found;
    let found = Found { item: row.item, word, series, reason, at: answer.at, key: answer.id.clone() };
    if let Some(act) = finding::record(tx, &found).await? {
        tx.note(&act).await?;
    }
    Ok(())
}

/// Asks the receiver for answers and takes them in. Says whether there were any.
///
/// # Errors
/// The database cannot be read or written.
pub async fn next(out: &Out<'_>) -> Result<bool> {
    let after = place(out.db).await?;
    let answers = match out.link.answers(after.as_deref()).await {
        Ok(answers) => answers,
        Err(Trouble::Later(reason) | Trouble::Refused(reason)) => {
            tracing::warn!(reason, "answers of the link could not be asked for");
            note(out.db, Some(&reason)).await?;
            return Ok(false);
        }
    };
    let any = !answers.is_empty();
    for raw in &answers {
        let tx = out.db.begin(&Actor::machine("identification")).await?;
        let taken = hear(out, &tx, raw).await?;
        store::place_put(&tx, Some(&raw.cursor), None).await?;
        let mut gone = Vec::new();
        if let Some((parcel, reason)) = &taken.refused
            && store::dispatches_in(&tx, *parcel).await?.iter().any(|row| row.attempted)
        {
            // Where a parcel was left, its refusal comes as an answer.
            let blob = refuse(&tx, *parcel, reason).await?;
            gone.extend(erase(out, &tx, blob).await?);
        }
        for parcel in &taken.parcels {
            if !store::parcel_waits(&tx, *parcel).await? {
                let blob = store::parcel_end(&tx, *parcel).await?;
                gone.extend(erase(out, &tx, blob).await?);
            }
        }
        tx.commit(&taken.act()).await?;
        out.vault.remove(&gone).await;
        acknowledge(out.link, raw).await;
    }
    if !any {
        note(out.db, None).await?;
    }
    Ok(any)
}

/// Takes in one document of answers, or keeps why it is none.
async fn hear(out: &Out<'_>, tx: &Tx, raw: &RawAnswer) -> Result<Taken> {
    let (bytes, heard): (&[u8], _) = match &raw.bytes {
        Ok(bytes) => (bytes, answer::read(bytes, out.answer_bytes)),
        Err(bad) => (raw.cursor.as_bytes(), Err(bad.clone())),
    };
    match heard {
        Ok(heard) => apply(tx, &heard).await,
        Err(bad) => {
            let mut taken = Taken { all: 1, ..Taken::default() };
            no_answer(tx, bytes, &bad, &mut taken).await?;
            Ok(taken)
        }
    }
}

/// An answer that stays where it is is read again and found to be known.
async fn acknowledge(link: &Link, raw: &RawAnswer) {
    if let Err(Trouble::Later(reason) | Trouble::Refused(reason)) = link.acknowledge(&raw.cursor).await {
        tracing::warn!(reason, "an answer of the link could not be put away");
    }
}

/// Keeps what is no answer, under a name of its own.
async fn no_answer(tx: &Tx, bytes: &[u8], bad: &Bad, taken: &mut Taken) -> Result<()> {
    let id = format!("no-answer:{}", base::hex(&Sha256::digest(bytes)));
    let raw: String = String::from_utf8_lossy(bytes).chars().take(KEPT).collect();
    // PostgreSQL keeps no NUL in a text.
    taken.new += usize::from(store::answer_add(tx, &id, None, tx.now(), &raw.replace('\0', "\u{fffd}")).await?);
    taken.stray += 1;
    Ok(store::answer_stray(tx, &id, &bad.to_string()).await?)
}

async fn place(db: &Db) -> Result<Option<String>> {
    let tx = db.look(&Actor::machine("identification")).await?;
    Ok(store::place_find(&tx).await?)
}

/// Notes that answers were asked for: what was wrong, or that nothing is any more; else once a minute.
async fn note(db: &Db, trouble: Option<&str>) -> Result<()> {
    let tx = db.begin(&Actor::machine("identification")).await?;
    if !store::place_stale(&tx, trouble, NOTED_SECONDS).await? {
        return Ok(());
    }
    store::place_put(&tx, None, trouble).await?;
    Ok(tx.commit(&Act::AnswersTaken(0, 0, 0)).await?)
}
