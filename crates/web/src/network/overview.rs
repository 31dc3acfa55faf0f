//! `/network`: who takes part, and the agreements the reader's organisation is party to.

use crate::{App, caller::SeesDirectory, error::Result, names::Names, page, show, view};
use agreements::{
    Act, Doing, directory, may,
    treaty::{self, Treaty},
};
use axum::{extract::State, response::Response};
use base::{OrgKind, Time};
use view::network::{AgreementRow, NetworkPage, OrganisationRow};

/// The page.
pub async fn read(State(app): State<App>, SeesDirectory(who): SeesDirectory) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    let all = directory::organisations(&tx).await?;
    let treaties = treaty::list(&tx).await?;
    let names = Names::read(&tx).await?;
    let now = tx.now();
    tx.commit(&Act::DirectoryRead).await?;
    let organisations = all.iter().map(|o| OrganisationRow {
        name: o.name.clone(),
        kind: o.kind.word().into(),
        country: o.country.map(|c| c.to_string()),
        own: o.id == who.actor.org,
    });
    let party = matches!(who.actor.kind, OrgKind::Hotline | OrgKind::Lea | OrgKind::Network);
    page::show(&NetworkPage {
        base: page::frame(&app, &who, "network", None),
        organisations: organisations.collect(),
        may_draft: may(who.actor.kind, who.actor.role, Doing::DraftAgreement),
        agreements: party.then(|| treaties.iter().map(|t| row(t, &names, now)).collect()),
    })
}

fn row(t: &Treaty, names: &Names, now: Time) -> AgreementRow {
    AgreementRow {
        id: t.id.to_string(),
        name: t.name.clone(),
        hotline: names.of(t.hotline),
        lea: names.of(t.lea),
        version: show::count(t.version),
        status: t.status(now).word().into(),
        valid_from: since(t.valid_from),
        valid_until: t.valid_until.map(|x| x.minute()),
    }
}

/// A day.
pub fn since(time: Time) -> String {
    time.minute().get(..10).unwrap_or_default().to_owned()
}
