//! `/network/agreements/new`: a party, or the secretariat, begins an agreement with a template.

use crate::{
    App,
    caller::SeesDraft,
    error::Result,
    page,
    params::Form,
    view::agreement::{Choice, NewAgreementForm, NewAgreementPage},
};
use agreements::{
    Act, Template,
    directory::{self, Organisation},
    sign_in::SignedIn,
    treaty::{self, Draft, Terms},
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use base::{AgreementId, OrgId, OrgKind, Refusal};

/// The form.
pub async fn form(State(app): State<App>, SeesDraft(who): SeesDraft) -> Result<Response> {
    page::show(&drawn(&app, &who, NewAgreementForm::default()).await?)
}

/// Drafts the agreement.
pub async fn create(
    State(app): State<App>,
    SeesDraft(who): SeesDraft,
    Form(form): Form<NewAgreementForm>,
) -> Result<Response> {
    match store(&app, &who, &form).await {
        Ok(id) => {
            Ok(Redirect::to(&format!("/network/agreements/{id}/versions/1?done=agreement-drafted")).into_response())
        }
        Err(error) => {
            let (error, errors) = page::field_errors(error, "name")?;
            page::show_refused(&NewAgreementPage { errors, ..drawn(&app, &who, form).await? }, &error)
        }
    }
}

async fn store(app: &App, who: &SignedIn, form: &NewAgreementForm) -> Result<AgreementId> {
    let org = |field, text: &str| {
        text.parse::<OrgId>().map_err(|_| Refusal::new(field, "unknown-organisation", "choose an organisation"))
    };
    let template = Template::find(&form.template)
        .ok_or_else(|| Refusal::new("template", "unknown-template", "choose one of the templates"))?;
    let tx = app.db.begin(&who.actor).await?;
    let terms = Terms { document: template.document()?, valid_from: tx.now(), valid_until: None };
    let (hotline, lea) = (org("hotline", &form.hotline)?, org("lea", &form.lea)?);
    let (id, act) = treaty::draft(&tx, Draft { name: &form.name, hotline, lea, terms }).await?;
    tx.commit(&act).await?;
    Ok(id)
}

async fn drawn(app: &App, who: &SignedIn, form: NewAgreementForm) -> Result<NewAgreementPage> {
    let tx = app.db.look(&who.actor).await?;
    let all = directory::organisations(&tx).await?;
    tx.commit(&Act::DirectoryRead).await?;
    let actor = &who.actor;
    // A party agrees with its own country's other side; the secretariat drafts for any two.
    let near = |o: &&Organisation| match actor.kind {
        OrgKind::Network => true,
        kind if kind == o.kind => o.id == actor.org,
        _ => o.country == actor.country,
    };
    let choices = |kind| {
        let of_kind = all.iter().filter(|o| o.active && o.kind == kind).filter(near);
        let name = |o: &Organisation| match o.country {
            Some(country) => format!("{} ({country})", o.name),
            None => o.name.clone(),
        };
        of_kind.map(|o| Choice { id: o.id.to_string(), name: name(o) }).collect()
    };
    Ok(NewAgreementPage {
        base: page::frame(app, who, "network", None),
        form,
        hotlines: choices(OrgKind::Hotline),
        leas: choices(OrgKind::Lea),
        errors: Vec::new(),
    })
}
