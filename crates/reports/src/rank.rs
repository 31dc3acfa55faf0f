//! Puts each case where it belongs in its LEA's inbox: gathers what counts, scores it by the unit's weights, folds copies,
//! and notes the words that it is found by. Runs in the transaction of routing, so that a case is never seen without.

use crate::{
    Act, Report, Result, alert,
    flow::{self, Step},
    store::{self, ItemTold, ToRank},
    urgency::{self, Facts, Score, Told, Weights, urgency},
    words::{self, Shown, ShownItem},
};
use agreements::directory;
use base::{Actor, CaseId, Gender, OrgId, PersonId, Width};
use sha2::{Digest, Sha256};
use storage::{Db, Tx, jobs};

/// Cases ranked in one transaction.
const BATCH: i64 = 250;
/// Seconds that a batch may take.
const HOLD_SECONDS: i64 = 120;
/// Cases that a preview looks at.
const PREVIEWED: i64 = 2_000;

/// The weights of a unit: its own, or the exchange's default.
pub async fn weights(tx: &Tx, lea: OrgId) -> Result<Weights> {
    if let Some(own) = store::weights_find(tx, lea).await? {
        return Ok(own);
    }
    Ok(store::weights_find(tx, OrgId(uuid::Uuid::nil())).await?.unwrap_or_default())
}

/// Sets what each factor counts for the actor's unit; its cases are ranked anew by a queued step.
pub async fn set_weights(tx: &Tx, new: Weights) -> Result<Act> {
    let (lea, new) = (tx.actor().org, new.checked()?);
    store::weights_put(tx, lea, &new, tx.actor().person()).await?;
    flow::queue(tx, Step::Rank(lea)).await?;
    Ok(Act::WeightsSet(lea))
}

/// Takes the config's default as the one for units that have set nothing. Every node does so when it starts.
pub async fn adopt_default(db: &Db, default: &Weights) -> Result<()> {
    let nobody = OrgId(uuid::Uuid::nil());
    let default = default.clone().checked()?;
    let tx = db.begin(&Actor::machine("setup")).await?;
    let old = store::weights_find(&tx, nobody).await?.unwrap_or_default();
    if old == default {
        return Ok(());
    }
    store::weights_put(&tx, nobody, &default, None::<PersonId>).await?;
    for lea in store::leas_with_cases(&tx).await? {
        flow::queue(&tx, Step::Rank(lea)).await?;
    }
    Ok(tx.commit(&Act::WeightsSet(nobody)).await?)
}

/// What a case would be with other weights.
#[derive(Clone, Debug)]
pub struct Previewed {
    /// The case.
    pub case: CaseId,
    /// What counts about it.
    pub facts: Facts,
    /// By the weights tried.
    pub score: Score,
    /// Its place now, from 1.
    pub was: usize,
}

/// The first so many rows of the inbox as other weights would order it. Looks at the cases that stand highest now, at most
/// 2,000: the second value tells whether that was all of them.
pub async fn preview(tx: &Tx, tried: Weights, rows: usize) -> Result<(Vec<Previewed>, bool)> {
    let tried = tried.checked()?;
    let now = store::standings(tx, PREVIEWED).await?;
    let all = i64::try_from(now.len()).is_ok_and(|n| n < PREVIEWED);
    let mut then: Vec<(i64, Previewed)> = (1..)
        .zip(now)
        .map(|(was, s)| {
            let score = urgency(&s.facts, &tried);
            let rank = urgency::rank(score.points, s.facts.since, &tried);
            (rank, Previewed { case: s.case, facts: s.facts, score, was })
        })
        .collect();
    then.sort_by(|(a, x), (b, y)| (b, y.case).cmp(&(a, x.case)));
    Ok((then.into_iter().take(rows).map(|(_, p)| p).collect(), all))
}

/// Ranks a case whose disclosures may have changed.
pub(crate) async fn renew(tx: &Tx, report: &Report, id: CaseId) -> Result<()> {
    let Some(case) = store::case_to_rank(tx, id).await? else { return Ok(()) };
    let before = case.facts.clone();
    let facts = gather(tx, report, &case).await?;
    if let Some(facts) = &facts
        && serde_json::to_string(facts).is_ok_and(|now| now != before)
    {
        alert::found(tx, OrgId(case.lea_id), id).await?;
    }
    Ok(())
}

/// Gathers what counts about a case and what it shows, stores both, scores and folds it.
async fn gather(tx: &Tx, report: &Report, case: &ToRank) -> Result<Option<Facts>> {
    let (id, lea) = (CaseId(case.id), OrgId(case.lea_id));
    let told = store::items_told(tx, id).await?;
    store::case_files_renew(tx, id).await?;
    store::case_words_renew(tx, lea, id, &shown_words(id, report, &told)).await?;
    let home = report.hosting.country.is_some() && report.hosting.country == directory::country(tx, lea).await?;
    let made = self_generated(tx, &told).await?;
    let counted: Vec<Told> = told.iter().map(|t| counted(t, &made)).collect();
    let since = report.received_at.min(base::Time::from_micros(case.created_at));
    let facts = Facts::of(&counted, home, store::case_seen(tx, id).await?, since);
    let alike = alike_key(&told, &store::case_files(tx, id).await?);
    store::case_set_facts(tx, id, facts.as_ref(), alike.as_deref(), report.hosting.country).await?;
    let weights = weights(tx, lea).await?;
    score(tx, id, facts.as_ref(), &weights).await?;
    fold(tx, case, alike, &weights).await?;
    Ok(facts)
}

/// Folds the group that a case is in now, and the one that it was in.
async fn fold(tx: &Tx, case: &ToRank, alike: Option<Vec<u8>>, weights: &Weights) -> Result<()> {
    let (id, lea) = (CaseId(case.id), OrgId(case.lea_id));
    if alike.is_none() {
        store::case_unfold(tx, id).await?;
    }
    let left = case.alike.clone().filter(|old| alike.as_ref() != Some(old));
    for group in [left, alike].into_iter().flatten() {
        // The newest stands for all of them, so it has to know how many there are.
        let Some(head) = store::alike_fold(tx, lea, &group).await? else { continue };
        let found = store::case_to_rank(tx, head).await?.and_then(|c| serde_json::from_str::<Facts>(&c.facts).ok());
        if let Some(facts) = found {
            let facts = Facts { seen: store::case_seen(tx, head).await?, ..facts };
            score(tx, head, Some(&facts), weights).await?;
        }
    }
    Ok(())
}

async fn score(tx: &Tx, id: CaseId, facts: Option<&Facts>, weights: &Weights) -> Result<()> {
    let Some(facts) = facts else {
        return store::case_set_weighed(tx, id, weights.mark()).await;
    };
    let score = urgency(facts, weights);
    let rank = urgency::rank(score.points, facts.since, weights);
    store::case_set_rank(tx, id, &score, facts.since, rank, weights.mark()).await
}

fn counted(told: &ItemTold, made: &[base::HashId]) -> Told {
    Told {
        class: told.class,
        age: told.age,
        known: told.known,
        both: told.gender == Gender::Both,
        self_generated: told.width >= Width::Item && told.entry.is_some_and(|entry| made.contains(&entry)),
        identified: told.identified,
    }
}

/// Entries of hash lists among those that settled these items that say a victim made it.
async fn self_generated(tx: &Tx, told: &[ItemTold]) -> Result<Vec<base::HashId>> {
    let entries: Vec<base::HashId> = told.iter().filter_map(|t| t.entry).collect();
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let found = hashlists::entry::among(tx, &entries).await?;
    Ok(found.into_iter().filter(|e| e.record.flags.self_generated == Some(true)).map(|e| e.id).collect())
}

/// The same for cases that show the very same files with their digests, each of them, by the same version of one
/// agreement: what ends the sight of the case that stands for the others ends theirs too.
fn alike_key(told: &[ItemTold], files: &[Vec<u8>]) -> Option<Vec<u8>> {
    let by = told.first()?.by;
    let foldable = !files.is_empty() && told.iter().all(|t| t.width >= Width::Item && t.by == by);
    let agreement = by.0.unwrap_or_default().into_bytes();
    foldable.then(|| Sha256::digest([&agreement[..], &by.1.to_be_bytes()[..], &files.concat()].concat()).to_vec())
}

fn shown_words(id: CaseId, report: &Report, told: &[ItemTold]) -> std::collections::BTreeSet<String> {
    let note = report.note.as_deref();
    let shown = Shown {
        page: std::iter::once(report.source_url.as_str()).chain(note).collect(),
        network: report.hosting.network.as_deref().filter(|_| !told.is_empty()),
        ip: report.hosting.ip.map(|ip| ip.to_string()),
        items: told
            .iter()
            .map(|t| ShownItem {
                width: t.width,
                url: t.url.as_deref(),
                digests: t.digests.iter().filter(|d| !d.is_empty()).map(|d| base::hex(d)).collect(),
                note: t.note.as_deref(),
                series: t.series.as_deref(),
            })
            .collect(),
    };
    words::of_case(id, &shown)
}

/// The queued step: ranks every case of an LEA that was ranked by other weights, some at a time. Taken up again where it
/// stopped, because the rows themselves say by which weights they were ranked.
pub(crate) async fn rank_all(db: &Db, job: &jobs::Job, lea: OrgId) -> Result<()> {
    loop {
        jobs::hold(db, job, HOLD_SECONDS).await?;
        let tx = db.begin(&Actor::machine("ranking")).await?;
        let weights = weights(&tx, lea).await?;
        let due = store::cases_to_rank(&tx, lea, weights.mark(), BATCH).await?;
        let last = i64::try_from(due.len()).is_ok_and(|n| n < BATCH);
        for case in &due {
            rank_one(&tx, case, &weights).await?;
        }
        if last {
            jobs::done(&tx, job).await?;
        }
        tx.commit(&Act::Ranked(lea, due.len())).await?;
        if last {
            return Ok(());
        }
    }
}

async fn rank_one(tx: &Tx, case: &ToRank, weights: &Weights) -> Result<()> {
    match serde_json::from_str::<Facts>(&case.facts) {
        Ok(facts) => score(tx, CaseId(case.id), Some(&facts), weights).await,
        // Nothing was gathered yet: it came before there was a ranking, or holds nothing now.
        Err(_) if case.items > 0 => match store::report_find(tx, base::ReportId(case.report_id)).await? {
            Some(report) => gather(tx, &report, case).await.map(drop),
            None => store::case_set_weighed(tx, CaseId(case.id), weights.mark()).await,
        },
        Err(_) => store::case_set_weighed(tx, CaseId(case.id), weights.mark()).await,
    }
}
