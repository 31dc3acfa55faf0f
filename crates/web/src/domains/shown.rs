//! The block list's values as pages show them.

use crate::{names::Names, view::domains as view};
use base::{OrgKind, Time};
use exchange::iwol::{
    Domain, Said,
    criteria::Check,
    evidence::Exhibit,
    guard::Guard,
    look::{Happened, Listing},
    propose::Checked,
};
use view::{CheckView, CheckedView, EventRow, ExhibitView, GuardView, NameView, ProposalRow, WordRow};

/// Where a person's part of the block list begins.
pub const fn root(kind: OrgKind) -> &'static str {
    match kind {
        OrgKind::Interpol => "/interpol/domains",
        OrgKind::Hotline | OrgKind::Lea | OrgKind::Asp | OrgKind::Network => "/police/domains",
    }
}

/// A domain in both forms.
pub fn name(domain: &Domain) -> NameView {
    NameView { domain: domain.to_string(), unicode: domain.is_international().then(|| domain.unicode()) }
}

/// Guards.
pub fn guards(guards: &[Guard]) -> Vec<GuardView> {
    let view = |g: &Guard| GuardView { guard: g.word().into(), looks_like: g.looks_like().map(str::to_owned) };
    guards.iter().map(view).collect()
}

/// Criteria.
pub fn checks(checks: &[Check]) -> Vec<CheckView> {
    let view = |c: &Check| CheckView {
        criterion: c.criterion.word().into(),
        holds: c.holds.word().into(),
        found: c.found,
        needed: c.needed,
    };
    checks.iter().map(view).collect()
}

/// Evidence.
pub fn exhibits(exhibits: &[Exhibit]) -> Vec<ExhibitView> {
    let joined =
        |parts: [&Option<String>; 3]| parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ");
    let view = |e: &Exhibit| ExhibitView {
        id: e.id.to_string(),
        url: e.url.clone(),
        seen: e.facts.seen_at.minute(),
        class: e.facts.class.word().into(),
        synthetic: e.facts.synthetic.word().into(),
        age_group: e.facts.age_group.word().into(),
        by_person: e.facts.by_person,
        judged_by: e.judged_by.clone(),
        judged_at: e.judged_at.minute(),
        sha256: base::hex(&e.sha256),
        host: joined([&e.ip, &e.network, &e.country]),
        registered: joined([&e.registrar, &e.registrant, &None]),
        picture: e.picture.is_some(),
    };
    exhibits.iter().map(view).collect()
}

/// A domain held against the criteria.
pub fn checked(found: &Checked) -> CheckedView {
    CheckedView {
        name: name(&found.domain),
        holds: found.holds(),
        checks: checks(&found.checks),
        guards: guards(&found.guards),
        exhibits: exhibits(&found.exhibits),
    }
}

/// A proposal among others, read at a path.
pub fn row(p: &Listing, path: &str, now: Time) -> ProposalRow {
    ProposalRow {
        href: format!("{path}/{}", p.id),
        name: name(&p.domain),
        stage: p.stage.word().into(),
        at: p.created_at.minute(),
        due: p.due_at.map(Time::minute),
        late: p.due_at.is_some_and(|due| due <= now),
        found: p.found.clone(),
        guarded: !p.guards.is_empty(),
    }
}

/// Words on a proposal.
pub fn words(said: &[Said], version: i64, names: &Names) -> Vec<WordRow> {
    let view = |w: &Said| WordRow {
        word: w.word.word().into(),
        name: w.who.name.clone(),
        organisation: names.of(w.who.org),
        reason: w.reason.clone(),
        at: w.at.minute(),
        refused: w.refused.clone(),
        current: w.version == version,
    };
    said.iter().map(view).collect()
}

/// What happened to a proposal.
pub fn history(events: &[Happened], names: &Names) -> Vec<EventRow> {
    let view = |h: &Happened| EventRow {
        what: h.what.clone(),
        name: h.name.clone(),
        organisation: h.org.map(|org| names.of(org)).unwrap_or_default(),
        reason: h.reason.clone(),
        at: h.at.minute(),
        version: h.version,
    };
    events.iter().map(view).collect()
}
