//! Stage 4: is it known? Content that was assessed before, by whichever hotline, inherits the judgement and asks nobody;
//! what hash lists know is settled or suggested by them ([`crate::settle`]).

use crate::{
    Act, Error, Result,
    entity::assessment,
    flow::{self, Step},
    settle::{self, Did, Of},
    store,
};
use base::{Actor, AssessmentId, Class, ItemId, OrgId, ReportId};
use hashlists::Lists;
use storage::{Db, Tx, jobs};
use uuid::Uuid;

/// The queued step behind a capture: compares each file of a report that was not compared yet.
pub(crate) async fn compare(db: &Db, lists: &Lists, job: &jobs::Job, report: ReportId) -> Result<()> {
    let tx = db.begin(&Actor::machine("compare")).await?;
    jobs::done(&tx, job).await?;
    let found = store::report_find(&tx, report).await?.ok_or(Error::NotFound)?;
    let (mut items, mut known) = (0, 0);
    for (item, sha256) in store::items_uncompared(&tx, report).await? {
        items += 1;
        known += usize::from(one(&tx, lists, item, &found, &sha256).await?);
    }
    flow::note_state(&tx, report).await?;
    flow::queue(&tx, Step::Route(report)).await?;
    Ok(tx.commit(&Act::Compared { report, items, known, by: found.reporter }).await?)
}

/// Compares one item and says whether its content is known; then it has a judgement already. What hotlines have judged
/// comes first, then hash lists; where both know it and disagree, the judgement stays and there is a doubt.
pub(crate) async fn one(tx: &Tx, lists: &Lists, item: ItemId, report: &crate::Report, sha256: &[u8]) -> Result<bool> {
    let of = Of { item, report: report.id, org: report.reporter, run: report.id.0 };
    let verdict = store::verdict_find(tx, sha256).await?;
    store::item_compared(tx, item, verdict.is_some()).await?;
    let Some(verdict) = verdict else {
        return Ok(settle::by_lists(tx, lists, of).await? == Did::Settled);
    };
    take_over(tx, item, report.reporter, &verdict).await?;
    settle::disagree(tx, lists, of, class_of(&verdict)?).await?;
    Ok(true)
}

fn class_of(verdict: &Verdict) -> Result<Class> {
    Ok(verdict.class.parse().map_err(|_| storage::Error::Stored("verdict.class"))?)
}

/// What the network knows of some content.
#[derive(Clone, Debug, sea_orm::FromQueryResult)]
pub struct Verdict {
    pub(crate) assessment_id: Uuid,
    pub(crate) class: String,
    pub(crate) country: Option<String>,
    pub(crate) age_group: String,
    pub(crate) gender: String,
    pub(crate) synthetic: String,
}

/// Gives an item the judgement that its content already has. The new row says which one it was taken over from.
pub(crate) async fn take_over(tx: &Tx, item: ItemId, org: OrgId, verdict: &Verdict) -> Result<AssessmentId> {
    let id = tx.id(AssessmentId::new)?;
    let row = assessment::Model {
        id: id.0,
        item_id: item.0,
        org_id: org.0,
        person_id: None,
        class: verdict.class.clone(),
        country: verdict.country.clone(),
        age_group: verdict.age_group.clone(),
        gender: verdict.gender.clone(),
        synthetic: verdict.synthetic.clone(),
        note: None,
        inherited_from: Some(verdict.assessment_id),
        at: tx.now().micros(),
    };
    let class: Class = row.class.parse().map_err(|_| storage::Error::Stored("verdict.class"))?;
    store::assessment_add(tx, row).await?;
    store::item_judge(tx, item, id, class).await?;
    Ok(id)
}

/// The queued step behind an assessment: every item of any hotline that waits with the same content takes it over.
pub(crate) async fn inherit(db: &Db, job: &jobs::Job, item: ItemId) -> Result<()> {
    let tx = db.begin(&Actor::machine("compare")).await?;
    jobs::done(&tx, job).await?;
    let waiting = store::items_waiting_like(&tx, item).await?;
    let mut taken = 0;
    if let Some(verdict) = store::verdict_of_item(&tx, item).await? {
        for other in &waiting {
            take_over(&tx, ItemId(other.id), OrgId(other.reporter_id), &verdict).await?;
            settle::forget(&tx, ItemId(other.id)).await?;
            flow::note_state(&tx, base::ReportId(other.report_id)).await?;
            flow::queue(&tx, Step::Route(base::ReportId(other.report_id))).await?;
            taken += 1;
        }
    }
    tx.commit(&crate::Act::Inherited(item, taken)).await?;
    Ok(())
}
