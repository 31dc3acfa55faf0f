//! `/`: in the demo, choose somebody; signed in, go where the work is.

use crate::{App, Mode, caller::BySession, error::Result, page, view};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use view::public::{HomePage, PersonaView};

/// The front page.
pub async fn home(State(app): State<App>, who: Option<BySession>) -> Result<Response> {
    if let Some(BySession(who, _)) = who {
        return Ok(Redirect::to(&page::start(&app, &who)).into_response());
    }
    if app.mode == Mode::Live {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    let personas = app.personas.iter().map(|p| PersonaView {
        name: p.name.clone(),
        role: p.role.clone(),
        organisation: p.organisation.clone(),
        country: Some(p.country.clone()).filter(|c| !c.is_empty()),
        sign_in_path: p.sign_in_path.clone(),
    });
    let sites = app.sites.iter().map(|s| (s.url.clone(), s.country.clone(), s.what.clone())).collect();
    page::show(&HomePage { base: page::bare_frame(&app), personas: personas.collect(), sites })
}
