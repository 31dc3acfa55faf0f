//! Stage 7: an LEA's inbox and its cases. An LEA sees nothing without a disclosure to it, and each item only as wide as
//! its own disclosure.

use crate::{
    Act, Case, CaseItem, Disclosure, Error, HostingFacts, Item, OpenCase, Page as SourcePage, Related, Result, Traced,
    flow::{self, Step},
    ground, store,
};
use base::{CaseId, ReportId, Width};
use storage::{Page, Tx, keyset};

/// One page of the LEA's cases, most urgent first.
pub async fn inbox(tx: &Tx, after: Option<(i64, uuid::Uuid)>, limit: u64) -> Result<Page<Case>> {
    let rows = store::cases_page(tx, after, limit).await?;
    Ok(keyset::page(rows, limit, |case| (case.rank, case.id.0))?)
}

/// Opens a case of the actor's LEA with all its items, for what is taken along. The first time is noted, so that the
/// hotline can see that it arrived.
pub async fn open(tx: &Tx, id: CaseId) -> Result<(OpenCase, Act)> {
    let (opened, act) = opened(tx, id).await?;
    let mut items = Vec::new();
    for (item, disclosure) in store::items_of_case(tx, id).await? {
        items.extend(case_item(item, disclosure));
    }
    add_findings(tx, &mut items).await?;
    Ok((OpenCase { items, ..opened }, act))
}

/// Opens a case of the actor's LEA with the first page of its items, as a person reads it.
pub async fn first(tx: &Tx, id: CaseId, limit: u64) -> Result<(OpenCase, Act)> {
    let (opened, act) = opened(tx, id).await?;
    let page = items(tx, id, None, limit).await?;
    Ok((OpenCase { items: page.items, items_next: page.next, ..opened }, act))
}

/// One page of a case's items, in the order of the report.
pub async fn items(tx: &Tx, id: CaseId, after: Option<(i64, uuid::Uuid)>, limit: u64) -> Result<Page<CaseItem>> {
    let case = store::case_find(tx, id).await?.filter(|c| c.items > 0).ok_or(Error::NotFound)?;
    let rows = store::case_items_page(tx, id, case.report, store::Slice { after, limit }).await?;
    let page = keyset::page(rows, limit, |(place, item, _)| (*place, item.id.0))?;
    let given = page.items.into_iter();
    let mut items: Vec<_> = given.filter_map(|(_, item, disclosure)| case_item(item, disclosure)).collect();
    add_findings(tx, &mut items).await?;
    Ok(Page { items, next: page.next })
}

async fn add_findings(tx: &Tx, items: &mut [CaseItem]) -> Result<()> {
    let ids: Vec<_> = items.iter().map(|i| i.id).collect();
    let found = store::findings_of(tx, &ids).await?;
    for item in items {
        item.findings = found.iter().filter(|f| f.item == item.id).cloned().collect();
    }
    Ok(())
}

/// Other live cases of the actor's LEA with the same content, series or host as a case that was opened, newest first.
pub async fn related(tx: &Tx, id: CaseId) -> Result<Vec<Related>> {
    store::cases_related(tx, id).await
}

/// The history of where a case's host is, as wide as the case: nothing at metadata width, reasons only with the page.
pub async fn history(tx: &Tx, open: &OpenCase) -> Result<Vec<Traced>> {
    let width = open.ground.width();
    if width < Width::Item {
        return Ok(Vec::new());
    }
    let entries = store::traces_of(tx, open.case.report).await?;
    let shown = |entry: Traced| Traced { reason: None, person: None, ..entry };
    Ok(if width < Width::Page { entries.into_iter().map(shown).collect() } else { entries })
}

/// The live disclosure of one item of a case to the actor's LEA.
pub async fn given(tx: &Tx, case: CaseId, item: base::ItemId) -> Result<Disclosure> {
    Ok(store::case_item(tx, case, item).await?.ok_or(Error::NotFound)?.1)
}

/// A case without its items.
async fn opened(tx: &Tx, id: CaseId) -> Result<(OpenCase, Act)> {
    let ground = ground::of(tx, id).await?;
    let case = store::case_find(tx, id).await?.filter(|c| c.items > 0).ok_or(Error::NotFound)?;
    let report = store::report_of_case(tx, id).await?.ok_or(Error::NotFound)?;
    if case.opened_at.is_none() {
        store::case_opened(tx, id).await?;
        flow::queue(tx, Step::Progress(case.report)).await?;
    }
    store::case_set_read(tx, id, true).await?;
    let widest = ground.width();
    let page = (widest >= Width::Page).then(|| SourcePage {
        source_url: report.source_url.clone(),
        received_at: report.received_at,
        note: report.note.clone(),
    });
    let hosting = if widest >= Width::Item {
        report.hosting.clone()
    } else {
        HostingFacts { ip: None, ..report.hosting.clone() }
    };
    let opened = OpenCase {
        trace: trace(tx, case.report, widest).await?,
        captures: store::captures_of(tx, case.report).await?,
        page,
        hosting,
        reporter: report.reporter,
        items: Vec::new(),
        items_next: None,
        withheld: store::withheld_of_case(tx, case.report).await?,
        kept: store::kept_of_case(tx, case.report).await?,
        outcomes: store::outcomes_of_case(tx, id).await?,
        case,
        ground,
    };
    Ok((opened, Act::CaseRead(id)))
}

/// The newest trace as wide as the case: below page width without the names in it.
async fn trace(tx: &Tx, report: ReportId, widest: Width) -> Result<Option<::capture::Trace>> {
    if widest < Width::Item {
        return Ok(None);
    }
    let found = store::traces_of(tx, report).await?.into_iter().find_map(|t| t.found);
    Ok(found.map(|found| if widest >= Width::Page { found } else { without_names(found) }))
}

fn without_names(found: ::capture::Trace) -> ::capture::Trace {
    let cdn = found.cdn.map(|cdn| ::capture::Cdn { origin_hint: None, ..cdn });
    ::capture::Trace { host: String::new(), aliases: Vec::new(), domain: None, problems: Vec::new(), cdn, ..found }
}

/// The actor's LEA's case of a report, if it has one.
pub async fn of_report(tx: &Tx, report: ReportId) -> Result<Option<CaseId>> {
    store::case_id(tx, report, tx.actor().org).await
}

/// An item as wide as its own disclosure.
fn case_item(item: Item, disclosure: Disclosure) -> Option<CaseItem> {
    let mut assessment = item.assessment?;
    // The analyst's own note is for the hotline; it opens with the page.
    if disclosure.width < Width::Page {
        assessment.note = None;
    }
    let (media, preview) = (disclosure.media && item.media.blob.is_some(), item.media.preview.is_some());
    let detail = (disclosure.width >= Width::Item).then_some((item.url, item.media));
    Some(CaseItem { id: item.id, assessment, detail, media, preview, disclosure, findings: Vec::new() })
}

/// Whether the actor's LEA has this case.
pub async fn exists(tx: &Tx, id: CaseId) -> Result<()> {
    ground::exists(tx, id).await
}
