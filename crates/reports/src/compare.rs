//! Stage 4: is it known? Content that was assessed before, by whichever hotline, inherits the judgement and asks nobody.

use crate::{
    Result,
    entity::assessment,
    flow::{self, Step},
    store,
};
use base::{Actor, AssessmentId, Class, ItemId, OrgId};
use storage::{Db, Tx, jobs};
use uuid::Uuid;

/// What the network knows of some content.
#[derive(Clone, Debug, sea_orm::FromQueryResult)]
pub struct Verdict {
    pub(crate) assessment_id: Uuid,
    pub(crate) class: String,
    pub(crate) country: Option<String>,
    pub(crate) age_group: String,
    pub(crate) gender: String,
}

/// The judgement in force for content with this SHA-256, if there is one.
pub async fn known(tx: &Tx, sha256: &[u8]) -> Result<Option<Verdict>> {
    store::verdict_find(tx, sha256).await
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
            flow::note_state(&tx, base::ReportId(other.report_id)).await?;
            flow::queue(&tx, Step::Route(base::ReportId(other.report_id))).await?;
            taken += 1;
        }
    }
    tx.commit(&crate::Act::Inherited(item, taken)).await?;
    Ok(())
}
