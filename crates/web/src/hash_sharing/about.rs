//! The small documents: who asks, who takes part, which reasons and classifications there are.

use super::{member::member, reasons, xml};
use crate::{App, caller::MayReadLists, error::Result, names::Names};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
};
use base::Refusal;
use exchange::ncmec::{self, Fingerprint};

/// `GET v2/status`: who asks. The address is not told: behind a proxy it would be the proxy's.
pub async fn status(State(app): State<App>, MayReadLists(who): MayReadLists) -> Result<impl IntoResponse> {
    let tx = app.db.look(&who.actor).await?;
    let status = ncmec::Status {
        address: "0.0.0.0".into(),
        username: who.name.clone(),
        member: member(who.actor.org, who.organisation.clone()),
    };
    tx.commit(&agreements::Act::DirectoryRead).await?;
    Ok(xml(ncmec::status(&status)))
}

/// `GET v2/members`: everybody who takes part; every member may know every member.
pub async fn members(State(app): State<App>, MayReadLists(who): MayReadLists) -> Result<impl IntoResponse> {
    let tx = app.db.look(&who.actor).await?;
    let names = Names::read(&tx).await?;
    let mut members: Vec<_> = names.all().map(|(org, name)| member(org, name.to_owned())).collect();
    members.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    tx.commit(&agreements::Act::DirectoryRead).await?;
    Ok(xml(ncmec::members(&members)))
}

/// `GET v2/feedback/{TYPE}/reasons`: why a fingerprint of a kind should not be on a list.
pub async fn feedback_reasons(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(kind): Path<String>,
) -> Result<impl IntoResponse> {
    let kind = fingerprint(&kind)?;
    let tx = app.db.look(&who.actor).await?;
    tx.commit(&hashlists::Act::ListsRead).await?;
    Ok(xml(ncmec::feedback_reasons(&reasons::of(kind))))
}

/// `GET v2/categorizations`: what an entry can be classified as.
pub async fn categorizations(State(app): State<App>, MayReadLists(who): MayReadLists) -> Result<impl IntoResponse> {
    let tx = app.db.look(&who.actor).await?;
    tx.commit(&hashlists::Act::ListsRead).await?;
    Ok(xml(ncmec::categorizations(&reasons::groups())))
}

/// A kind of fingerprint out of a path.
pub fn fingerprint(text: &str) -> Result<Fingerprint, Refusal> {
    Fingerprint::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Fingerprint::ALL.iter().map(|f| f.path()).collect();
        Refusal::new("type", "unknown-kind", format!("the kind of fingerprint is none of {}", known.join(", ")))
    })
}
