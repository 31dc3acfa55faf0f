//! Stage 7: an LEA's inbox and its cases. An LEA sees nothing without a disclosure to it, and each item only as wide as
//! its own disclosure.

use crate::{
    Act, Case, CaseItem, Error, HostingFacts, OpenCase, Page as SourcePage, Result,
    flow::{self, Step},
    store,
};
use base::{CaseId, ReportId, Width};
use storage::{Page, Tx, keyset};

/// One page of the LEA's cases, most urgent first.
pub async fn inbox(tx: &Tx, after: Option<(i64, uuid::Uuid)>, limit: u64) -> Result<Page<Case>> {
    let rows = store::cases_page(tx, after, limit).await?;
    Ok(keyset::page(rows, limit, |case| (case.rank, case.id.0))?)
}

/// Opens a case of the actor's LEA. The first time is noted, so that the hotline can see that it arrived.
pub async fn open(tx: &Tx, id: CaseId) -> Result<(OpenCase, Act)> {
    let case = store::case_find(tx, id).await?.filter(|c| c.items > 0).ok_or(Error::NotFound)?;
    let report = store::report_of_case(tx, id).await?.ok_or(Error::NotFound)?;
    if case.opened_at.is_none() {
        store::case_opened(tx, id).await?;
        flow::queue(tx, Step::Progress(case.report)).await?;
    }
    store::case_set_read(tx, id, true).await?;
    let items = case_items(tx, id).await?;
    let widest = items.iter().map(|i| i.disclosure.width).max().unwrap_or(Width::Metadata);
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
        items,
        withheld: store::withheld_of_case(tx, case.report).await?,
        outcomes: store::outcomes_of_case(tx, id).await?,
        case,
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

async fn case_items(tx: &Tx, id: CaseId) -> Result<Vec<CaseItem>> {
    let mut items = Vec::new();
    for (item, disclosure) in store::items_of_case(tx, id).await? {
        let Some(mut assessment) = item.assessment else { continue };
        // The analyst's own note is for the hotline; it opens with the page.
        if disclosure.width < Width::Page {
            assessment.note = None;
        }
        let detail = (disclosure.width >= Width::Item).then(|| (item.url.clone(), item.media.clone()));
        let (media, preview) = (disclosure.media && item.media.blob.is_some(), item.media.preview.is_some());
        items.push(CaseItem { id: item.id, assessment, detail, media, preview, disclosure });
    }
    Ok(items)
}

/// Whether the actor's LEA has this case.
pub async fn exists(tx: &Tx, id: CaseId) -> Result<()> {
    store::case_find(tx, id).await?.filter(|c| c.items > 0).map(|_| ()).ok_or(Error::NotFound)
}
