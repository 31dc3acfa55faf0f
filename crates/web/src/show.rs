//! From what the rooms hand out to what pages show: items, files, judgements, outcomes.

use crate::{names::Names, view};
use reports as r;
use view::{
    desk::OutcomeView,
    item::{AssessmentView, FactsView, ItemView},
    text,
};

/// A count that is never negative.
pub fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// What people call a thing: the end of its id.
pub fn reference(id: impl ToString) -> String {
    text::tail(&id.to_string())
}

/// A file.
pub fn facts(media: &r::MediaFacts, file_name: &str, url: Option<&str>) -> FactsView {
    FactsView {
        file_name: file_name.to_owned(),
        kind: media.kind.clone(),
        width: count(media.width),
        height: count(media.height),
        size: count(media.size),
        sha256: base::hex(&media.sha256),
        pdq_quality: count(media.pdq_quality),
        url: url.map(str::to_owned),
    }
}

/// A judgement. Who judged first is not told of an inherited one.
pub fn assessment(a: &r::Assessment, names: &Names) -> AssessmentView {
    let inherited = a.inherited_from.is_some();
    AssessmentView {
        class: a.class.word().into(),
        country: a.country.map(|c| c.to_string()),
        age_group: a.age_group.word().into(),
        gender: a.gender.word().into(),
        note: a.note.clone(),
        by: if inherited { String::new() } else { names.of(a.org) },
        at: a.at.minute(),
        inherited,
    }
}

/// An item as a hotline sees it.
pub fn item(item: &r::Item, names: &Names) -> ItemView {
    ItemView {
        id: item.id.to_string(),
        facts: facts(&item.media, &item.file_name, item.url.as_deref()),
        known: item.known,
        assessment: item.assessment.as_ref().map(|a| assessment(a, names)),
        owner: item.owner.map(|o| names.of(o)),
        assigned_country: item.assigned_country.map(|c| c.to_string()),
        waits_for_owner: item.waits_for_owner,
        confirmed_by: item.confirmed_by.map(|o| names.of(o)),
    }
}

/// What police said.
pub fn outcome(o: &r::Outcome, names: &Names) -> OutcomeView {
    OutcomeView { at: o.at.minute(), organisation: names.of(o.lea), kind: o.kind.word().into(), note: o.note.clone() }
}
