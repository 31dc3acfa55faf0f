//! From what the rooms hand out to what pages show: items, files, judgements, outcomes.

use crate::{names::Names, view};
use reports as r;
use view::{
    desk::OutcomeView,
    dialogue::{ApprovalView, HoldView, MessageView, RequestView},
    evidence::{CaptureRow, HistoryView, SignalView, TraceView},
    inbox::{NoteView, ReasonView},
    item::{AssessmentView, FactsView, FindingView, ItemView, SettledView, SuggestionView},
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
        hashed: !media.pdq.is_empty(),
        length: media.duration_ms.map(length),
        preview: media.preview.is_some() && !media.erased,
        kept: media.blob.is_some() && !media.erased,
        erased: media.erased,
        described: media.described,
        trouble: media.trouble.clone(),
        url: url.map(str::to_owned),
    }
}

/// What a device noted in a file, as word and text; places to five digits, about a metre.
pub fn device(noted: &media::Device) -> Vec<(&'static str, String)> {
    let camera = [noted.make.as_deref(), noted.model.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let place = noted.latitude.zip(noted.longitude).map(|(north, east)| format!("{north:.5}, {east:.5}"));
    let all = [
        ("camera", Some(camera).filter(|c| !c.is_empty())),
        ("serial", noted.serial.clone()),
        ("software", noted.software.clone()),
        ("taken", noted.taken.clone()),
        ("place", place),
    ];
    all.into_iter().filter_map(|(what, text)| Some((what, text?))).collect()
}

/// How long a video is: `1:05`.
fn length(ms: i64) -> String {
    let seconds = count(ms) / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// A trace.
pub fn trace(found: &capture::Trace) -> TraceView {
    let signal = |s: &capture::Signal| SignalView {
        source: match s.source {
            capture::SignalSource::AddressDatabase => "address_database",
            capture::SignalSource::AddressRegistry => "address_registry",
            capture::SignalSource::NetworkRegistry => "network_registry",
        }
        .into(),
        from: s.from.clone(),
        at: s.at.minute(),
        country: s.country.map(|c| c.to_string()),
        says: s.says.clone(),
        failed: s.failed.clone(),
    };
    let network = match (found.asn, &found.network) {
        (Some(asn), Some(name)) => Some(format!("AS{asn} {name}")),
        (Some(asn), None) => Some(format!("AS{asn}")),
        (None, name) => name.clone(),
    };
    let addresses: Vec<String> =
        found.aliases.iter().cloned().chain(found.addresses.iter().map(|a| a.to_string())).collect();
    TraceView {
        at: found.at.minute(),
        addresses: addresses.join(", "),
        signals: found.signals.iter().map(signal).collect(),
        country: found.country.map(|c| c.to_string()),
        network,
        domain: found.domain.as_ref().map(domain),
        cdn: found.cdn.as_ref().map(|c| c.name.clone()),
        origin: found.cdn.as_ref().and_then(|c| c.origin_hint.clone()),
        problems: found.problems.iter().map(|p| view::base::sentence(p)).collect(),
    }
}

fn domain(d: &capture::Domain) -> String {
    let country = d.registrant_country.map(|c| c.to_string());
    [Some(d.name.clone()), d.registrar.clone(), country].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The history of where a host is.
pub fn history(history: &[r::Traced], name_of: impl Fn(base::PersonId) -> Option<String>) -> Vec<HistoryView> {
    let entry = |t: &r::Traced| HistoryView {
        at: t.at.minute(),
        kind: t.kind.word().into(),
        country: t.hosting.country.map(|c| c.to_string()),
        who: t.person.and_then(&name_of),
        reason: t.reason.clone(),
    };
    history.iter().map(entry).collect()
}

/// A capture in a list.
pub fn capture_row(c: &r::Capture) -> CaptureRow {
    CaptureRow {
        id: c.id.to_string(),
        asked: c.asked_at.minute(),
        state: reports::capture::state(c).into(),
        files: count(c.files),
        failed: c.failed.as_deref().map(view::base::sentence),
        hashed_only: c.payload == capture::Payload::HashedOnly,
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
        synthetic: a.synthetic.word().into(),
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
        settled: None,
        suggestion: None,
        findings: item.findings.iter().map(finding).collect(),
    }
}

/// What victim identification said of an item.
pub fn finding(found: &r::finding::Finding) -> FindingView {
    FindingView {
        word: found.word.word().into(),
        series: found.series.clone(),
        reason: found.reason.clone(),
        at: found.at.minute(),
    }
}

/// By what an item was settled.
pub fn settled(by: &r::Settled) -> SettledView {
    SettledView {
        list_id: by.list.to_string(),
        list: by.name.clone(),
        entry: reference(by.entry),
        version: count(by.version),
        how: by.how.clone(),
    }
}

/// What an item looks like.
pub fn suggestion(like: &r::Suggestion) -> SuggestionView {
    SuggestionView {
        list: like.name.clone(),
        how: like.how.clone(),
        distance: count(like.distance),
        class: like.class.word().into(),
        country: like.country.map(|c| c.to_string()),
    }
}

/// A time as `datetime-local` takes it, in UTC.
pub fn input(at: base::Time) -> String {
    at.minute().replace(' ', "T")
}

/// A request. `police`: whether the reader is the LEA.
pub fn request(r: &r::Request, now: base::Time, names: &Names, police: bool) -> RequestView {
    let open = r.state == base::RequestState::Open;
    RequestView {
        id: r.id.to_string(),
        case_id: r.case.to_string(),
        reference: reference(r.report),
        organisation: names.of(r.lea),
        kind: r.kind.word().into(),
        reason: r.reason.clone(),
        due: r.due.minute(),
        late: open && r.due <= now,
        author: r.author.clone(),
        at: r.at.minute(),
        state: r.state.word().into(),
        answerer: r.answerer.clone(),
        answered: r.answered_at.map(|t| t.minute()),
        answer: r.answer.clone(),
        result: r.result.as_deref().map(|result| view::words::result(r.kind.word(), result)),
        may_take_back: police && open,
    }
}

/// A hold. `police`: whether the reader is the LEA, which alone may change it.
pub fn hold(h: &takedown::Hold, now: base::Time, names: &Names, police: bool) -> HoldView {
    let approval = |form: base::ApprovalForm, given: &takedown::Approved| ApprovalView {
        form: form.word().into(),
        office: given.office.clone(),
        reference: given.reference.clone(),
        by: given.by.clone(),
        at: given.at.minute(),
    };
    let oral = h.oral.iter().map(|given| approval(base::ApprovalForm::Oral, given));
    let written = h.written.iter().map(|given| approval(base::ApprovalForm::Written, given));
    HoldView {
        id: h.id.to_string(),
        case_id: h.case.to_string(),
        reference: None,
        organisation: names.of(h.lea),
        item: h.item.map(reference),
        state: h.state(now).word().into(),
        reason: h.reason.clone(),
        author: h.author.clone(),
        at: h.at.minute(),
        until: h.until.minute(),
        latest: h.latest.minute(),
        agreement: h.agreement.clone(),
        version: count(h.version),
        clause: h.clause.clone(),
        due_form: h.due().map(|(form, _)| form.word().into()),
        due: h.due().map(|(_, at)| at.minute()),
        overdue: h.due().is_some_and(|(_, at)| at <= now),
        approvals: oral.chain(written).collect(),
        end_reason: h.end_reason.clone(),
        may_change: police && h.holds(now),
        latest_input: input(h.latest),
    }
}

/// A message, for a reader of an organisation.
pub fn message(m: &r::Message, names: &Names, reader: base::OrgId) -> MessageView {
    MessageView {
        id: m.id.to_string(),
        case_id: m.case.to_string(),
        reference: reference(m.report),
        author: m.author.clone(),
        organisation: names.of(m.org),
        text: m.text.clone(),
        at: m.at.minute(),
        read: m.read_at.map(|t| (t.minute(), m.read_by.clone().unwrap_or_default())),
        may_read: m.org != reader && m.read_at.is_none(),
    }
}

/// What police said.
pub fn outcome(o: &r::Outcome, names: &Names) -> OutcomeView {
    OutcomeView {
        at: o.at.minute(),
        organisation: names.of(o.lea),
        kind: o.kind.word().into(),
        note: o.note.clone(),
        missing: o.missing.iter().map(|m| m.word().to_owned()).collect(),
    }
}

/// A note on a case, with the name of its author's organisation where it is read elsewhere.
pub fn note(n: &r::team::Note, organisation: &str) -> NoteView {
    NoteView {
        author: n.author.clone(),
        organisation: organisation.to_owned(),
        reach: n.reach.word().into(),
        body: n.body.clone(),
        at: n.at.minute(),
    }
}

/// Why a case ranks where it does.
pub fn reason((reason, points): &(r::urgency::Reason, i64)) -> ReasonView {
    use r::urgency::Reason;
    let (word, of) = match reason {
        Reason::New => ("new", String::new()),
        Reason::Age(age) => ("age", age.word().to_owned()),
        Reason::Baseline => ("baseline", String::new()),
        Reason::Several => ("several", String::new()),
        Reason::SelfGenerated => ("self_generated", String::new()),
        Reason::Home => ("home", String::new()),
        Reason::Known => ("known", String::new()),
        Reason::Seen(n) if *n >= r::urgency::MOST_SEEN => ("seen", "1,000+".to_owned()),
        Reason::Seen(n) => ("seen", n.to_string()),
        Reason::Identified => ("identified", String::new()),
    };
    ReasonView { word: word.into(), of, points: *points }
}
