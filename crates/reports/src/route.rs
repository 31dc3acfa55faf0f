//! Stage 6: who owns each item, and which LEA is told what. The decision is `agreements::decide`; here it becomes rows.
//! Routing may run as often as it likes: what is in force afterwards follows from the facts and agreements of that moment.

use crate::{
    Act, Item, Report, Result,
    change::{self, ChangeKind},
    entity::{disclosure, police_case, withheld},
    flow,
    onward::{self, Ground},
    rank, request, store,
};
use agreements::{Facts, Grant, Network, Ruling, decide, decide::DefaultLane, treaty, widen};
use base::{Actor, CaseId, Class, DisclosureId, OrgId, ReportId, Width};
use hashlists::{Offer, candidate};
use std::collections::BTreeMap;
use storage::{Db, Tx, jobs};
use uuid::Uuid;

/// The queued step: decides about every judged item of a report.
pub(crate) async fn route(db: &Db, job: &jobs::Job, id: ReportId, default_lane: Option<&DefaultLane>) -> Result<()> {
    let tx = db.begin(&Actor::machine("routing")).await?;
    jobs::done(&tx, job).await?;
    let network = treaty::network(&tx, default_lane.cloned()).await?;
    let act = report(&tx, id, &network).await?;
    tx.commit(&act).await?;
    Ok(())
}

/// Decides about every judged item of a report.
pub(crate) async fn report(tx: &Tx, id: ReportId, network: &Network) -> Result<Act> {
    let report = store::report_find(tx, id).await?.ok_or(crate::Error::NotFound)?;
    let grants = request::grants(tx, id).await?;
    let (mut in_force, mut told) = (0, Vec::new());
    let mut items = store::items_of(tx, id).await?;
    // Harmless-looking pictures come last: a granted series opens them beside what an agreement discloses.
    items.sort_by_key(|item| item.assessment.as_ref().is_some_and(|a| a.class == Class::NotIllegal));
    let mut series = None;
    for item in &items {
        let now = route_item(tx, &report, item, network, &grants, &told, &mut series).await?;
        in_force += now.len();
        for lea in now {
            if !told.contains(&lea) {
                told.push(lea);
            }
        }
    }
    summarise_cases(tx, &report, network).await?;
    flow::note_state(tx, id).await?;
    Ok(Act::Routed(id, in_force))
}

/// Decides about one item and returns who is told of it. `beside`: who is told of another item of the report.
async fn route_item(
    tx: &Tx,
    report: &Report,
    item: &Item,
    network: &Network,
    grants: &[Grant],
    beside: &[OrgId],
    series: &mut Option<Ground>,
) -> Result<Vec<OrgId>> {
    let Some(facts) = facts(tx, report, item).await? else {
        // Its judgement was taken back, or there never was one: nobody is told.
        store::withheld_clear(tx, item.id).await?;
        withdraw_beyond(tx, report, item, None, network, &[]).await?;
        candidate::retract(tx, item.id, &[]).await?;
        onward::settle(tx, report, item, &[], series).await?;
        return Ok(Vec::new());
    };
    let decision = widen(decide(&facts, network), &facts, network, grants, beside);
    store::item_routed(tx, item.id, decision.owner, report.hosting.country, decision.waits_for_owner).await?;
    store::withheld_clear(tx, item.id).await?;
    let mut told = Vec::new();
    for ruling in &decision.rulings {
        if let Some(lea) = apply(tx, report, item, decision.owner, ruling).await? {
            told.push(lea);
        }
    }
    withdraw_beyond(tx, report, item, decision.owner, network, &told).await?;
    offer_to_lists(tx, item, &decision.rulings).await?;
    onward::settle(tx, report, item, &decision.rulings, series).await?;
    Ok(told)
}

/// Offers what a person judged to hash lists, where a clause lets it go on to them; takes back offers that nothing allows
/// any more. A national list of police is offered only what these police were told with its digests; a baseline list what
/// any clause lets go on. What a list itself had settled is known there already.
async fn offer_to_lists(tx: &Tx, item: &Item, rulings: &[Ruling]) -> Result<()> {
    let onward: Vec<(OrgId, OrgId)> = rulings
        .iter()
        .filter_map(|ruling| match ruling {
            Ruling::Disclose { lea, by: Some(by), width, onward, .. } if onward.hash_list && *width >= Width::Item => {
                Some((*lea, *by))
            }
            Ruling::Disclose { .. } | Ruling::Withhold { .. } => None,
        })
        .collect();
    let (Some(judged), Some((_, any))) = (&item.assessment, onward.first()) else {
        return Ok(candidate::retract(tx, item.id, &[]).await?);
    };
    if store::item_standing(tx, item.id).await?.is_some_and(|s| s.settlement.is_some()) {
        return Ok(candidate::retract(tx, item.id, &[]).await?);
    }
    let mut offer = Offer {
        org: *any,
        item: item.id,
        class: judged.class,
        country: judged.country,
        age_group: judged.age_group,
        gender: judged.gender,
        hashes: store::item_hashes(tx, item.id).await?,
    };
    let mut offered = Vec::new();
    for (list, publisher) in candidate::lists_for(tx, &offer).await? {
        let by = match judged.class {
            Class::Baseline => Some(*any),
            Class::National => onward.iter().find(|(lea, by)| *lea == publisher || *by == publisher).map(|(_, by)| *by),
            Class::NotIllegal => None,
        };
        let Some(by) = by else { continue };
        offer.org = by;
        offered.push(list);
        if let Some(act) = candidate::offer(tx, list, publisher, &offer).await? {
            tx.note(&act).await?;
        }
    }
    Ok(candidate::retract(tx, item.id, &offered).await?)
}

/// Withdraws disclosures of an item to others than these.
async fn withdraw_beyond(
    tx: &Tx,
    report: &Report,
    item: &Item,
    owner: Option<OrgId>,
    network: &Network,
    told: &[OrgId],
) -> Result<()> {
    for (id, lea, agreement) in store::disclosures_beyond(tx, item.id, told).await? {
        store::disclosure_withdraw(tx, id).await?;
        let party = network.agreements.iter().find(|a| Some(a.agreement) == agreement).map(|a| a.hotline);
        let by = party.or(owner).unwrap_or(report.reporter);
        tx.note(&Act::Withdrawn { disclosure: id, lea, by }).await?;
        if let Some(case) = store::case_id(tx, report.id, lea).await? {
            change::note(tx, lea, case, ChangeKind::Withdrawn).await?;
        }
    }
    Ok(())
}

/// What `decide` needs to know; `None` while nobody has judged the item.
async fn facts(tx: &Tx, report: &Report, item: &Item) -> Result<Option<Facts>> {
    let Some(judged) = &item.assessment else {
        return Ok(None);
    };
    let mut judged_by: Vec<OrgId> = item.confirmed_by.into_iter().collect();
    match judged.inherited_from {
        None => judged_by.push(judged.org),
        Some(earlier) => judged_by.extend(store::assessment_org(tx, earlier).await?),
    }
    Ok(Some(Facts {
        hosting: report.hosting.country,
        class: judged.class,
        illegal_in: judged.country,
        age: judged.age_group,
        known: item.known,
        site: report.site_type,
        synthetic: judged.synthetic,
        reporter: report.reporter,
        judged_by,
    }))
}

/// Turns one ruling into rows and returns whom it tells.
async fn apply(tx: &Tx, report: &Report, item: &Item, owner: Option<OrgId>, ruling: &Ruling) -> Result<Option<OrgId>> {
    match ruling {
        Ruling::Withhold { lea, name, clause, reason } => {
            let row = kept_row(tx, report, item, owner, *lea, "everything", name.clone(), clause.clone(), reason)?;
            store::withheld_add(tx, row).await?;
            Ok(None)
        }
        Ruling::Disclose { lea, by, agreement, name, version, clause, width, media, reason, kept, onward: _ } => {
            for kept in kept {
                let (name, clause) = (Some(name.clone()), Some(clause.clone()));
                let row = kept_row(tx, report, item, owner, Some(*lea), kept.what, name, clause, &kept.reason)?;
                store::withheld_add(tx, row).await?;
            }
            let row = disclosure::Model {
                id: tx.id(DisclosureId::new)?.0,
                case_id: case_for(tx, report, *lea).await?.0,
                report_id: report.id.0,
                item_id: item.id.0,
                reporter_id: report.reporter.0,
                owner_id: owner.map(|o| o.0),
                lea_id: lea.0,
                agreement_id: agreement.map(|a| a.0),
                agreement_name: name.clone(),
                agreement_version: *version,
                clause: clause.clone(),
                width: width.word().into(),
                media: *media,
                reason: reason.clone(),
                at: tx.now().micros(),
                withdrawn_at: None,
            };
            disclose(tx, report, by.unwrap_or(report.reporter), row).await?;
            Ok(Some(*lea))
        }
    }
}

/// Puts a disclosure in force, unless the very same one is: then nothing happened and nothing is logged.
async fn disclose(tx: &Tx, report: &Report, by: OrgId, row: disclosure::Model) -> Result<()> {
    let (lea, item, case) = (OrgId(row.lea_id), base::ItemId(row.item_id), CaseId(row.case_id));
    let new = DisclosureId(row.id);
    if let Some(disclosure) = store::disclosure_put(tx, row).await? {
        tx.note(&Act::Disclosed { disclosure, report: report.id, item, lea, by }).await?;
        tx.note(&Act::Received { disclosure, case, lea }).await?;
        let kind = if disclosure == new { ChangeKind::Disclosed } else { ChangeKind::Changed };
        change::note(tx, lea, case, kind).await?;
    }
    Ok(())
}

/// The LEA's case of this report: the one it has, or a new empty one that `summarise_cases` fills.
async fn case_for(tx: &Tx, report: &Report, lea: OrgId) -> Result<CaseId> {
    if let Some(id) = store::case_id(tx, report.id, lea).await? {
        return Ok(id);
    }
    let id = tx.id(CaseId::new)?;
    let now = tx.now().micros();
    let row = police_case::Model {
        id: id.0,
        lea_id: lea.0,
        report_id: report.id.0,
        class: Class::National.word().into(),
        items: 0,
        why: String::new(),
        clause: String::new(),
        agreement_name: String::new(),
        agreement_version: 0,
        width: base::Width::Metadata.word().into(),
        hosting_country: report.hosting.country.map(|c| c.to_string()),
        rank: now,
        created_at: now,
        opened_at: None,
        outcome: None,
        points: 0,
        since: now,
        age_group: base::AgeGroup::Unknown.word().into(),
        fresh: false,
        facts: String::new(),
        reasons: "[]".into(),
        weighed: 0,
        alike: None,
        alike_count: 0,
        folded: false,
        assigned_to: None,
        assigned_at: None,
        agreement_id: None,
        mixed: false,
        outcome_days: 0,
    };
    store::case_add(tx, row).await?;
    Ok(id)
}

/// Fills each case from its disclosures in force: how many items, the gravest class, the widest disclosure's reason.
async fn summarise_cases(tx: &Tx, report: &Report, network: &Network) -> Result<()> {
    let mut cases: BTreeMap<Uuid, Vec<store::InForceRow>> = BTreeMap::new();
    for row in store::disclosures_in_force(tx, report.id).await? {
        cases.entry(row.case_id).or_default().push(row);
    }
    for case in store::cases_of(tx, report.id).await? {
        let rows = cases.get(&case.0).map_or(&[] as &[store::InForceRow], Vec::as_slice);
        store::case_summarise(tx, case, rows).await?;
        store::case_owes(tx, case, outcome_days(rows, network)).await?;
        rank::renew(tx, report, case).await?;
    }
    Ok(())
}

/// Days after which a case's outcome is due: the fewest that a clause behind it asks for; 0 where none asks.
fn outcome_days(rows: &[store::InForceRow], network: &Network) -> i64 {
    let lane = |row: &store::InForceRow| {
        let agreements =
            network.agreements.iter().filter(|a| a.name == row.agreement_name && a.version == row.agreement_version);
        agreements.flat_map(|a| &a.document.lanes).find(|lane| lane.clause == row.clause).map(|lane| lane.outcome_days)
    };
    rows.iter().filter_map(lane).filter(|days| *days > 0).min().map_or(0, i64::from)
}

#[expect(clippy::too_many_arguments, reason = "a row has that many columns")]
fn kept_row(
    tx: &Tx,
    report: &Report,
    item: &Item,
    owner: Option<OrgId>,
    lea: Option<OrgId>,
    what: &str,
    agreement_name: Option<String>,
    clause: Option<String>,
    reason: &str,
) -> Result<withheld::Model> {
    Ok(withheld::Model {
        id: tx.id(DisclosureId::new)?.0,
        report_id: report.id.0,
        item_id: item.id.0,
        reporter_id: report.reporter.0,
        owner_id: owner.map(|o| o.0),
        lea_id: lea.map(|l| l.0),
        what: what.into(),
        agreement_name,
        clause,
        reason: reason.into(),
        at: tx.now().micros(),
    })
}
