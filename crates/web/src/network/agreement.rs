//! `/network/agreements/{id}`: one agreement, its clauses in sentences, its versions and signatures, and what the reader can
//! do with it; `?version=` shows another version, `?try=yes` tries it out.

use crate::{
    App, Error,
    api::agreements::export,
    caller::{self, SeesDirectory},
    error::Result,
    names::Names,
    network::{lane_form, overview},
    page,
    params::Params,
    show,
    view::{
        self,
        agreement::{AgreementPage, DifferenceView, SuspensionView, TriedView},
        base::{FieldError, sentence},
    },
};
use agreements::{
    Act, Approval, Document, Doing, Hosting, InformedOn, Lane, Notifier, Novelty, Reality,
    compare::{self, Difference},
    may,
    sign_in::SignedIn,
    treaty::{self, Status, Suspension, Treaty},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{AgreementId, OrgKind, Time};
use reports::simulate::{self, Simulation};
use serde::Deserialize;
use view::network::{LaneView, VersionView};

/// What the reader asks for.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// The version to show; the newest when not given.
    pub version: Option<i64>,
    /// `yes`: who would get what.
    #[serde(rename = "try")]
    pub tried: Option<String>,
    /// What just happened.
    pub done: Option<String>,
}

/// The page.
pub async fn read(
    State(app): State<App>,
    SeesDirectory(who): SeesDirectory,
    Path(id): Path<String>,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, caller::id(&id)?, asked, Vec::new()).await?)
}

/// A version's text as TOML, to save.
pub async fn toml(
    State(app): State<App>,
    SeesDirectory(who): SeesDirectory,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response> {
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, version.parse().map_err(|_| Error::NOT_FOUND)?);
    let tx = app.db.look(&who.actor).await?;
    let found = treaty::version(&tx, id, version).await?;
    tx.commit(&Act::AgreementRead(id)).await?;
    export::file(&found)
}

/// The page, with what was refused.
pub async fn drawn(
    app: &App,
    who: &SignedIn,
    id: AgreementId,
    asked: Asked,
    errors: Vec<FieldError>,
) -> Result<AgreementPage> {
    let may_draft = may(who.actor.kind, who.actor.role, Doing::DraftAgreement);
    let tx = app.db.look(&who.actor).await?;
    let all = treaty::one(&tx, id).await?;
    let shown = all.iter().find(|t| asked.version.is_none_or(|v| v == t.version)).ok_or(Error::NOT_FOUND)?;
    let suspensions = treaty::suspensions(&tx, id).await?;
    let names = Names::read(&tx).await?;
    let now = tx.now();
    let question = match asked.tried {
        Some(_) if may_draft => Some(simulate::of_version(&tx, id, shown.version, None).await?),
        Some(_) | None => None,
    };
    let act = if question.is_some() { Act::Simulated(id, shown.version) } else { Act::AgreementRead(id) };
    tx.commit(&act).await?;
    let tried_out = match &question {
        Some(question) => Some(tried(&simulate::simulate(&app.db, question).await?)),
        None => None,
    };
    let page = page_of(&all, shown, &names, now);
    let page = with_acts(page, who, &all, shown, &suspensions, now);
    Ok(AgreementPage {
        base: page::frame(app, who, "network", asked.done),
        tried: tried_out,
        suspensions: suspensions.iter().map(|s| suspension(s, &names)).collect(),
        errors,
        ..page
    })
}

fn page_of(all: &[Treaty], shown: &Treaty, names: &Names, now: Time) -> AgreementPage {
    let before = all.iter().find(|t| t.version < shown.version && t.live.is_some());
    let ended = shown.ended.as_ref().map(|(at, by, why)| SuspensionView {
        by: names.of(*by),
        reason: why.clone(),
        at: at.minute(),
        ended: None,
    });
    AgreementPage {
        id: shown.id.to_string(),
        name: shown.name.clone(),
        hotline: names.of(shown.hotline),
        lea: names.of(shown.lea),
        version: show::count(shown.version),
        status: shown.status(now).word().into(),
        revision: shown.revision,
        lanes: shown.document.lanes.iter().map(lane).collect(),
        contacts: shown.document.contacts.iter().map(lane_form::of_contact).collect(),
        overlaps: overlaps(&shown.document),
        difference: before.map(|old| difference(old.version, compare::difference(&old.document, &shown.document))),
        versions: all.iter().map(|t| version(t, shown.version, now)).collect(),
        ended,
        ..AgreementPage::default()
    }
}

/// What the reader can do with the version shown.
fn with_acts(
    page: AgreementPage,
    who: &SignedIn,
    all: &[Treaty],
    shown: &Treaty,
    suspensions: &[Suspension],
    now: Time,
) -> AgreementPage {
    let can = |doing| may(who.actor.kind, who.actor.role, doing);
    let (drafts, signs) = (can(Doing::DraftAgreement), can(Doing::SignAgreement));
    let status = shown.status(now);
    let own = suspensions.iter().any(|s| s.by == who.actor.org && s.ended.is_none());
    let binds = all.iter().any(|t| matches!(t.status(now), Status::InForce | Status::Suspended | Status::ToCome));
    let next = match shown.signs_as(who.actor.org, who.actor.kind) {
        Some(OrgKind::Hotline) => shown.hotline_signed.is_none(),
        Some(OrgKind::Lea) => shown.lea_signed.is_none(),
        Some(OrgKind::Network) => status == Status::Signed,
        Some(OrgKind::Interpol | OrgKind::Asp) | None => false,
    };
    AgreementPage {
        may_write: drafts && status == Status::Draft,
        may_sign: signs && shown.is_open() && next,
        may_discard: drafts && shown.is_open(),
        may_draft: drafts && !all.iter().any(Treaty::is_open),
        may_suspend: signs && binds && !own,
        may_resume: signs && own,
        may_end: signs && binds,
        ..page
    }
}

fn suspension(s: &Suspension, names: &Names) -> SuspensionView {
    SuspensionView {
        by: names.of(s.by),
        reason: s.reason.clone(),
        at: s.at.minute(),
        ended: s.ended.map(|x| x.minute()),
    }
}

/// Clauses that are for the same items, in sentences.
pub fn overlaps(text: &Document) -> Vec<String> {
    text.overlaps().iter().map(|o| sentence(&o.sentence)).collect()
}

/// What distinguishes a text from an older version.
pub fn difference(from: i64, found: Difference) -> DifferenceView {
    let said = |all: Vec<String>| all.iter().map(|s| sentence(s)).collect();
    DifferenceView {
        from: show::count(from),
        added: said(found.added),
        removed: said(found.removed),
        changed: found.changed.iter().map(|c| (sentence(&c.before), sentence(&c.after))).collect(),
        wider: found.wider,
        narrower: found.narrower,
    }
}

/// Who would get what.
pub fn tried(found: &Simulation) -> TriedView {
    TriedView {
        days: found.days,
        sentences: found.sentences(),
        old: (found.old.reports, found.old.items),
        new: (found.new.reports, found.new.items),
        by_clause: found.new.by_clause.iter().map(|(clause, items)| (clause.clone(), *items)).collect(),
    }
}

fn version(t: &Treaty, shown: i64, now: Time) -> VersionView {
    let replaced = t.live.map(|(_, until)| until).filter(|until| until.micros() < i64::MAX);
    VersionView {
        version: show::count(t.version),
        valid_from: overview::since(t.valid_from),
        valid_until: t.valid_until.map(|x| x.minute()),
        hotline_signed: t.hotline_signed.map(|x| x.minute()),
        lea_signed: t.lea_signed.map(|x| x.minute()),
        network_signed: t.network_signed.map(|x| x.minute()),
        replaced: replaced.filter(|until| Some(*until) != t.valid_until && t.ended.is_none()).map(|x| x.minute()),
        status: t.status(now).word().into(),
        shown: t.version == shown,
    }
}

fn lane(lane: &Lane) -> LaneView {
    let (approval, approval_hours, written_hours) = match lane.approval {
        Approval::None => ("none", 0, 0),
        Approval::Oral { deadline_hours } => ("oral", deadline_hours, 0),
        Approval::OralThenWritten { deadline_hours, written_hours } => {
            ("oral_then_written", deadline_hours, written_hours)
        }
        Approval::Written { deadline_hours } => ("written", deadline_hours, 0),
    };
    let onward = [(lane.onward.icse, "icse"), (lane.onward.iwol, "iwol"), (lane.onward.hash_list, "hash_list")];
    LaneView {
        clause: lane.clause.clone(),
        hosting: match lane.hosting {
            Hosting::Home => "home",
            Hosting::Member => "member",
            Hosting::Elsewhere => "elsewhere",
        }
        .into(),
        classes: lane.classes.iter().map(|c| c.word().to_owned()).collect(),
        ages: lane.ages.iter().map(|a| a.word().to_owned()).collect(),
        novelty: match lane.novelty {
            Novelty::Any => "any",
            Novelty::Known => "known",
            Novelty::New => "new",
        }
        .into(),
        sites: lane.sites.iter().map(|s| s.word().to_owned()).collect(),
        synthetic: match lane.synthetic {
            Reality::Any => "any",
            Reality::Real => "real",
            Reality::Synthetic => "synthetic",
        }
        .into(),
        informed_on: match lane.informed_on {
            InformedOn::AnyMemberBaseline => "any_member_baseline",
            InformedOn::OwnAssessment => "own_assessment",
        }
        .into(),
        width: lane.width.word().into(),
        media: lane.media,
        notice_by: match lane.host_notice.by {
            Notifier::Hotline => "hotline",
            Notifier::Police => "police",
            Notifier::Partner => "partner",
        }
        .into(),
        notice_after_hours: lane.host_notice.after_hours,
        approval: approval.into(),
        approval_hours,
        written_hours,
        hold_days: lane.hold_days,
        onward: onward.iter().filter(|(on, _)| *on).map(|(_, word)| (*word).to_owned()).collect(),
        outcome_days: lane.outcome_days,
        retention_days: lane.retention_days,
    }
}
