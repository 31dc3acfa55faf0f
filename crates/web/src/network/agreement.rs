//! `/network/agreements/{id}`: one agreement, its clauses in sentences, its versions and signatures.

use crate::{
    App, Error,
    caller::{self, SeesDirectory},
    error::Result,
    names::Names,
    network::overview,
    page, show, view,
};
use agreements::{
    Act, Approval, Hosting, InformedOn, Lane, Notifier, Novelty,
    treaty::{self, Treaty},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::Time;
use view::network::{AgreementPage, LaneView, VersionView};

/// The page.
pub async fn read(
    State(app): State<App>,
    SeesDirectory(who): SeesDirectory,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let versions = treaty::one(&tx, id).await?;
    let names = Names::read(&tx).await?;
    let now = tx.now();
    tx.commit(&Act::AgreementRead(id)).await?;
    let newest = versions.first().ok_or(Error::NOT_FOUND)?;
    page::show(&AgreementPage {
        base: page::frame(&app, &who, "network", None),
        name: newest.name.clone(),
        hotline: names.of(newest.hotline),
        lea: names.of(newest.lea),
        version: show::count(newest.version),
        status: newest.status(now).word().into(),
        lanes: newest.document.lanes.iter().map(lane).collect(),
        versions: versions.iter().map(|t| version(t, newest.version, now)).collect(),
    })
}

fn version(t: &Treaty, shown: i64, now: Time) -> VersionView {
    VersionView {
        version: show::count(t.version),
        valid_from: overview::since(t.valid_from),
        valid_until: t.valid_until.map(|x| x.minute()),
        hotline_signed: t.hotline_signed.map(|x| x.minute()),
        lea_signed: t.lea_signed.map(|x| x.minute()),
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
